//! OCS's answers, pages of machines.
#![no_main]

use std::sync::LazyLock;

use connectors::rule::Rules;
use connectors::{Context, ocs};

static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context {
    name: "ocs".to_owned(),
    base: ".".into(),
    time_zone: jiff::tz::TimeZone::UTC,
    pseudonyms: None,
    year_of: "date",
    rules: Rules::default(),
});

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    let _ = ocs::replay::document(&CONTEXT, document);
});
