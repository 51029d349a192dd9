//! No reason of a reject is told in English to a French reader: those in the readers' sources, and those that the
//! connectors' own tests have recorded.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use super::*;

/// Where the sentences are written.
const SOURCES: &[&str] = &[
    "connectors/value.rs",
    "connectors/csv/read.rs",
    "connectors/csv/contents.rs",
    "connectors/csv/strategy.rs",
    "connectors/csv/text.rs",
    "connectors/csv/sheet.rs",
    "connectors/ocs/fields.rs",
    "connectors/ldap/active.rs",
    "connectors/ldap/time.rs",
    "connectors/snmp/ask.rs",
    "connectors/snmp/visits.rs",
    "domain/power.rs",
];
/// What is written before a sentence that is no reject's: that of a failure, or of a note.
const FAILURES: &[&str] = &["anyhow!(", "context(", "too_large(format!(", "names.join(", "notes.push(format!("];
/// Other sentences of failures, and what is none.
const OTHERS: &[&str] = &[
    "it has no visible sheet",
    "it has no sheet `{name}`",
    "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}",
];
/// Sentences written where little else is.
const ELSEWHERE: &[&str] = &[
    "it is no FILETIME: taken for untold",
    "its name is not known to the resolver",
    "169.254.169.254 is an address of this machine's own link, where clouds tell credentials: no source is asked there",
    "its answer is not understood: it answers, and tells nothing of the system group",
    "3 samples are of days to come",
];

fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}: where is it now?"))
}

/// The texts between quotes of a source and what is before each, without comments and tests.
fn quoted(source: &str) -> Vec<(String, String)> {
    let code = source.split("#[cfg(test)]").next().unwrap();
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n").replace("'\"'", "''");
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some(at) = rest.find('"') {
        let (before, inside) = (&rest[..at], &rest[at + 1..]);
        let ends = |(at, _): &(usize, &str)| !inside[..*at].ends_with('\\');
        let (end, _) = inside.match_indices('"').find(ends).unwrap();
        // A line that goes on does so behind its indent.
        let parts: Vec<&str> = inside[..end].split("\\\n").map(str::trim_start).collect();
        found.push((before.trim_end().to_owned(), parts.concat()));
        rest = &inside[end + 1..];
    }
    found
}

fn is_sentence((before, text): &(String, String)) -> bool {
    text.contains(' ')
        && text.starts_with(|c: char| c.is_lowercase() || matches!(c, '`' | '{'))
        && !FAILURES.iter().any(|failure| before.ends_with(failure))
        && !OTHERS.contains(&text.as_str())
}

/// A sentence with something in its holes.
fn example(pattern: &str) -> String {
    let mut parts = pattern.split('{');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + "7" + part.split_once('}').unwrap().1)
}

#[test]
fn every_reason_that_a_reader_writes_has_french_words() {
    let mut silent = Vec::new();
    for path in SOURCES {
        let sentences: Vec<String> =
            quoted(&text(path)).into_iter().filter(is_sentence).map(|(_, text)| example(&text)).collect();
        assert!(!sentences.is_empty(), "{path} refuses nothing: take it out of SOURCES");
        silent.extend(sentences.into_iter().filter(|told| reject(Lang::Fr, told).is_none()));
    }
    silent.extend(ELSEWHERE.iter().map(|told| (*told).to_owned()).filter(|told| reject(Lang::Fr, told).is_none()));
    assert!(silent.is_empty(), "write French for them into PATTERNS, or what they are into OTHERS: {silent:#?}");
}

#[test]
fn what_the_readers_refused_in_their_tests_has_french_words() {
    let mut count = 0;
    for path in ["tests.rs", "tests_asking.rs", "tests_power.rs", "tests_strategy.rs"] {
        for (_, recorded) in quoted(&text(&format!("connectors/csv/{path}"))) {
            for line in recorded.split("\\n").filter_map(|line| line.strip_prefix("! ")) {
                let (place, rest) = line.split_once(' ').unwrap();
                // `FILE:LINE`, not the pattern that puts them together.
                if !place.ends_with(|c: char| c.is_ascii_digit()) {
                    continue;
                }
                let reason = rest.strip_prefix('[').and_then(|rest| rest.split_once("] ")).map_or(rest, |two| two.1);
                assert!(reject(Lang::Fr, reason).is_some(), "{path}: {reason}");
                count += 1;
            }
        }
    }
    assert!(count > 40, "only {count} were found");
}

#[test]
fn what_was_read_stays_as_it_was_written() {
    let check = |told: &str, french: Option<&str>| {
        assert_eq!(reject(Lang::Fr, told).as_deref(), french, "{told}");
        assert_eq!(reject(Lang::En, told), None);
    };
    check("it is missing", Some("valeur manquante"));
    check(
        "`31/02/2024` is not a date (2026-11-24 or 24/11/2026)",
        Some("«\u{a0}31/02/2024\u{a0}» n'est pas une date (24/11/2026 ou 2026-11-24)"),
    );
    check(
        "`chaise` is not a kind it knows: write a rule for it",
        Some(
            "«\u{a0}chaise\u{a0}» n'est pas une valeur reconnue\u{a0}: une règle ([[source.rule]]) doit l'interpréter",
        ),
    );
    check(
        "`loué` is not a mode it knows (purchase, rental, gift): write a rule for it",
        Some(
            "«\u{a0}loué\u{a0}» n'est pas une valeur reconnue pour mode (purchase, rental, gift)\u{a0}: une règle ([[source.rule]]) doit l'interpréter",
        ),
    );
    check(
        "`loué` is not a word it knows: it takes purchase, rental, gift",
        Some(
            "«\u{a0}loué\u{a0}» n'est pas une valeur reconnue\u{a0}: les valeurs possibles sont purchase, rental, gift",
        ),
    );
    check("there are 13 cells for 12 headings", Some("13 cellules pour 12 en-têtes de colonnes"));
    check(
        "2026-01-01 is before it starts, on 2026-02-01",
        Some("l'échéance (2026-01-01) précède le début (2026-02-01)"),
    );
    check("`{}` is not a number", Some("«\u{a0}{}\u{a0}» n'est pas un nombre"));
    check("`it is missing` is not a number", Some("«\u{a0}it is missing\u{a0}» n'est pas un nombre"));
    check("its answer is not understood: tag 7", Some("réponse incomprise\u{a0}: tag 7"));
    check("it answers genErr", Some("répond par l'erreur genErr"));
    check("it answers what nobody has words for", None);
    check(
        "it is no whole number: taken for untold",
        Some("ce n'est pas un nombre entier\u{a0}: considéré comme non renseigné"),
    );
    for unknown in ["", "`x` is not", "what nobody has words for", "x it is missing", "it is missing x"] {
        check(unknown, None);
    }
}
