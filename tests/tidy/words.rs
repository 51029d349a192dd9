//! What readers read has words in their language.

use super::tree::{file, files};
use super::{check, rust};

/// What an effect is about has its words under its name, in `src/wording/effects.rs`.
const EFFECTS: &str = "domain/indicator/footprint/compare.rs";

/// Beside the help of metrics, a sentence in `domain/indicator` is a note; one that holds a value is tested where it is
/// translated.
#[test]
fn every_note_of_a_reading_has_french_words() {
    let words = file("src/wording/words/notes.rs").text;
    let (mut found, mut breaches) = (0, Vec::new());
    for file in rust(&files(), "domain/indicator").iter().filter(|file| file.path != EFFECTS) {
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
    assert!(found > 30, "only {found} notes were found in domain/indicator/");
    check("a note is read in French: give it words in src/wording/words/notes.rs", breaches);
}
