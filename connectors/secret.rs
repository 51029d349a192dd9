//! Secrets that cannot be printed, and pseudonyms of people.

use std::sync::Arc;

use anyhow::Context as _;
use domain::record::Text;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Resolves a secret told as `x` or as the path `x_file`; both at once is an error that names the key.
pub fn resolve(
    key: &str,
    told: Option<SecretString>,
    file: Option<std::path::PathBuf>,
    base: &std::path::Path,
) -> anyhow::Result<Option<SecretString>> {
    match (told, file) {
        (Some(_), Some(_)) => anyhow::bail!("both `{key}` and `{key}_file` are given: keep one"),
        (Some(secret), None) => Ok(Some(secret)),
        (None, Some(file)) => {
            let path = base.join(file);
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("`{key}_file`: cannot read {}", path.display()))?;
            Ok(Some(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned())))
        }
        (None, None) => Ok(None),
    }
}

/// A text that no message may repeat: serde's own complaint about a wrong type quotes the value.
pub fn told_secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    match serde::Deserialize::deserialize(deserializer)? {
        toml::Value::String(text) => Ok(Some(SecretString::from(text))),
        _ => Err(serde::de::Error::custom("a token, login or password is a text between quotes")),
    }
}

/// The key under which people become pseudonyms (HMAC-SHA-256, RFC 2104).
#[derive(Clone)]
pub struct PseudonymKey(Arc<SecretString>);

impl PseudonymKey {
    /// From the key's text.
    pub fn new(key: SecretString) -> Self {
        Self(Arc::new(key))
    }

    /// The pseudonym of a login: 32 hexadecimal digits, the same for the same login whatever its case.
    /// `None` for an empty login.
    pub fn of(&self, login: &str) -> Option<Text> {
        let login = login.trim().to_lowercase();
        if login.is_empty() {
            return None;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret().as_bytes()).ok()?;
        mac.update(login.as_bytes());
        let digest = mac.finalize().into_bytes();
        Some(Text::from(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>()))
    }
}

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}
