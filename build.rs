//! Tells the binary which commit it is built from, and that a new migration is a reason to build again.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=src/store/migrations");
    println!("cargo:rerun-if-changed=.git/HEAD");
    println!("cargo:rerun-if-changed=.git/refs/heads");
    println!("cargo:rerun-if-env-changed=ECOPARC_COMMIT");
    let told = std::env::var("ECOPARC_COMMIT").ok();
    // A source archive has no history, and is built all the same.
    let asked = || {
        let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = told.or_else(asked).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo:rustc-env=ECOPARC_COMMIT={commit}");
}
