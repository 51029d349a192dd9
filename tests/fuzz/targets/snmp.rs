//! What SNMP agents tell, as recordings.
#![no_main]

use std::sync::LazyLock;

use connectors::{Context, snmp};

#[path = "../context.rs"]
mod context;

static CONTEXT: LazyLock<Context> = LazyLock::new(|| context::context("snmp"));

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    let _ = snmp::replay::document(&CONTEXT, document, jiff::Timestamp::UNIX_EPOCH);
});
