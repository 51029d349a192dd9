//! What directories tell, as LDIF.
#![no_main]

use std::sync::LazyLock;

use connectors::secret::PseudonymKey;
use connectors::{Context, ldap};

#[path = "../context.rs"]
mod context;

static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context {
    // With a key, so that owners are looked for.
    pseudonyms: Some(PseudonymKey::new("a key of the fuzzers".to_owned().into())),
    ..context::context("ldap")
});

libfuzzer_sys::fuzz_target!(|document: &[u8]| {
    let _ = ldap::replay::document(&CONTEXT, document, jiff::Timestamp::UNIX_EPOCH);
});
