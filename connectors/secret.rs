//! Secrets that cannot be printed, and pseudonyms of people.

use std::sync::Arc;

use anyhow::Context as _;
use domain::record::Text;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Where systemd hands secrets over, as a path may begin.
const CREDENTIALS: &str = "${CREDENTIALS_DIRECTORY}/";

/// Resolves a secret told as `x` or as the path `x_file`; both at once is an error that names the key, and so is an empty
/// one: a file that waits to be filled guards nothing.
///
/// A relative path is one of the configuration's folder. Where systemd hands credentials over (`LoadCredential=`), the
/// one that is named as the path, `_` for `/`, goes first: as it names them where it loads a folder. Thus
/// `secrets/glpi-token` is `/etc/ecoparc/secrets/glpi-token` for whoever may read that, and for a unit that may not the
/// credential `secrets_glpi-token`. A path that begins with `${CREDENTIALS_DIRECTORY}/` is a credential alone.
pub fn resolve(
    key: &str,
    told: Option<SecretString>,
    file: Option<std::path::PathBuf>,
    base: &std::path::Path,
) -> anyhow::Result<Option<SecretString>> {
    match (told, file) {
        (Some(_), Some(_)) => anyhow::bail!("both `{key}` and `{key}_file` are given: keep one"),
        (Some(secret), None) => {
            anyhow::ensure!(!secret.expose_secret().trim().is_empty(), "`{key}` is empty");
            Ok(Some(secret))
        }
        (None, Some(file)) => {
            let handed = std::env::var_os("CREDENTIALS_DIRECTORY").map(std::path::PathBuf::from);
            let path = place(&file, base, handed.as_deref()).with_context(|| format!("`{key}_file`"))?;
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("`{key}_file`: cannot read {}", path.display()))?;
            anyhow::ensure!(!text.trim().is_empty(), "`{key}_file`: {} is empty", path.display());
            Ok(Some(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned())))
        }
        (None, None) => Ok(None),
    }
}

/// The file that a path means.
fn place(
    file: &std::path::Path,
    base: &std::path::Path,
    handed: Option<&std::path::Path>,
) -> anyhow::Result<std::path::PathBuf> {
    let told = file.to_string_lossy();
    if let Some(name) = told.strip_prefix(CREDENTIALS) {
        return Ok(handed.context("systemd hands no credentials over: CREDENTIALS_DIRECTORY is not set")?.join(name));
    }
    let credential = handed.filter(|_| file.is_relative()).map(|folder| folder.join(told.replace('/', "_")));
    Ok(credential.filter(|path| path.is_file()).unwrap_or_else(|| base.join(file)))
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
        Some(Text::from(hex::encode(&digest[..16])))
    }
}

impl std::fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::path::Path;

    use super::*;

    #[test]
    fn a_credential_goes_before_the_file_that_it_was_made_of() {
        let folder = std::env::temp_dir().join(format!("ecoparc-credentials-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("secrets_token"), "handed over\n").unwrap();
        let base = Path::new("/etc/ecoparc");
        let meant = |file: &str, handed| place(Path::new(file), base, handed).map(|path| path.display().to_string());
        let credential = folder.join("secrets_token").display().to_string();
        assert_eq!(meant("secrets/token", Some(&folder)).unwrap(), credential);
        assert_eq!(meant("${CREDENTIALS_DIRECTORY}/secrets_token", Some(&folder)).unwrap(), credential);
        assert_eq!(meant("secrets/other", Some(&folder)).unwrap(), "/etc/ecoparc/secrets/other");
        assert_eq!(meant("secrets/token", None).unwrap(), "/etc/ecoparc/secrets/token");
        assert_eq!(meant("/secrets/token", Some(&folder)).unwrap(), "/secrets/token");
        assert!(meant("${CREDENTIALS_DIRECTORY}/token", None).unwrap_err().to_string().contains("not set"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
