//! OCS's answers, pages of machines.
#![no_main]

use std::sync::LazyLock;

use connectors::{Context, ocs};

#[path = "../context.rs"]
mod context;

static CONTEXT: LazyLock<Context> = LazyLock::new(|| context::context("ocs"));

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    let _ = ocs::replay::document(&CONTEXT, document);
});
