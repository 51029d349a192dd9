//! What readers read has words in their language.

use super::tree::{file, files};
use super::{check, rust};

/// What an effect is about has its words under its name, in `src/wording/effects.rs`.
const EFFECTS: &str = "domain/indicator/footprint/compare.rs";

/// What a simulation rests on is told there, and nowhere else.
const SIMULATED: &str = "domain/simulation/told.rs";

/// Beside the help of metrics, a sentence in `domain/indicator` is a note, as is one in what a simulation tells; one that
/// holds a value is tested where it is translated.
#[test]
fn every_note_of_a_reading_has_french_words() {
    let words = file("src/wording/words/notes.rs").text + &file("src/wording/words/assumed.rs").text;
    let (mut found, mut breaches) = (0, Vec::new());
    let mut told = rust(&files(), "domain/indicator");
    told.push(file(SIMULATED));
    for file in told.iter().filter(|file| file.path != EFFECTS) {
        for (number, line) in file.code() {
            let parts: Vec<&str> = line.split('"').collect();
            let texts = parts.chunks_exact(2).filter(|pair| !pair[0].ends_with("help: ")).map(|pair| pair[1]);
            for text in texts.filter(|text| text.matches(' ').count() > 1 && !text.contains('{')) {
                found += 1;
                if !words.contains(&format!("{text}\"")) {
                    breaches.push(format!("{}:{number} {text}", file.path));
                }
            }
        }
    }
    assert!(found > 40, "only {found} notes were found in domain/");
    check("a note is read in French: give it words in src/wording/words/notes.rs or assumed.rs", breaches);
}
