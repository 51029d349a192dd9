//! Tables that people keep: CSV, XLSX and ODS, as each sort of contents.
#![no_main]

use std::sync::LazyLock;

use connectors::secret::PseudonymKey;
use connectors::{Context, csv};

#[path = "../context.rs"]
mod context;

static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context {
    pseudonyms: Some(PseudonymKey::new("a key of the fuzzers".to_owned().into())),
    ..context::context("csv")
});

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    let _ = csv::replay::document(&CONTEXT, document);
});
