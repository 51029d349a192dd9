//! What SNMP agents tell, as recordings.
#![no_main]

use std::sync::LazyLock;

use connectors::rule::Rules;
use connectors::{Context, snmp};

static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context {
    name: "snmp".to_owned(),
    base: ".".into(),
    time_zone: jiff::tz::TimeZone::UTC,
    pseudonyms: None,
    year_of: "date",
    rules: Rules::default(),
});

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    let _ = snmp::replay::document(&CONTEXT, document, jiff::Timestamp::UNIX_EPOCH);
});
