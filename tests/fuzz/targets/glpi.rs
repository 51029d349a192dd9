//! GLPI's answers, whole documents of them.
#![no_main]

use std::sync::LazyLock;

use connectors::rule::Rules;
use connectors::{Context, glpi};

static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context {
    name: "glpi".to_owned(),
    base: ".".into(),
    time_zone: jiff::tz::TimeZone::UTC,
    pseudonyms: None,
    year_of: "date",
    rules: Rules::default(),
});

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    let _ = glpi::replay::document(&CONTEXT, document);
});
