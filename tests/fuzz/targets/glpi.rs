//! GLPI's answers, whole documents of them.
#![no_main]

use std::sync::LazyLock;

use connectors::{Context, glpi};

#[path = "../context.rs"]
mod context;

static CONTEXT: LazyLock<Context> = LazyLock::new(|| context::context("glpi"));

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    let _ = glpi::replay::document(&CONTEXT, document);
});
