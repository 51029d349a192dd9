//! `ecoparc token NAME`.

use std::io::Read;

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};

use super::say;

/// Makes a token of 256 random bits; its text is shown this once.
pub fn make(name: &str) -> anyhow::Result<()> {
    ensure!(!name.trim().is_empty(), "a token needs a name");
    let mut random = [0_u8; 32];
    let mut source = std::fs::File::open("/dev/urandom").context("cannot find randomness")?;
    source.read_exact(&mut random).context("cannot find randomness")?;
    let token = format!("ecoparc_{}", hex::encode(random));
    say(&format!("token = \"{token}\""));
    say(&format!("hash = \"sha256:{}\"", hex::encode(Sha256::digest(token.as_bytes()))));
    Ok(())
}
