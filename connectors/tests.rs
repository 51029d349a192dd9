//! What the tests of several connectors share.

use std::path::{Path, PathBuf};

/// Where a server of `tests/servers` has its files: below where cargo builds.
pub fn folder(server: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"));
    target.join("servers").join(server)
}
