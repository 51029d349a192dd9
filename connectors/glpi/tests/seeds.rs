//! Documents that fuzzers begin with, and what they found: reading them ends, and loses no row without a word.

use super::super::replay;
use super::fake::{context, fixtures};

#[test]
fn seeds() {
    let mut read = 0;
    for entry in std::fs::read_dir(fixtures().join("seeds")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let document = std::fs::read(&path).unwrap();
        let told = replay::document(&context(), &document);
        if name.starts_with("error") {
            let failure = told.expect(&name).expect_err(&name);
            assert!(!format!("{:#}", failure.cause).contains('\n'), "{name}");
        } else if name.starts_with("glpi") {
            let harvest = told.expect(&name).unwrap();
            assert!(harvest.observations.len() > 30 && harvest.rejects.is_empty(), "{name}");
            assert!(harvest.observations.iter().any(|seen| seen.facts().purchase_price_ht.is_some()), "{name}");
        }
        read += 1;
    }
    assert!(read > 10);
}
