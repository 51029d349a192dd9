//! A GLPI source's own keys, understood before anything is asked.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use super::read::Pricing;
use super::session::{Login, Server};
use crate::http::Client;
use crate::{Context, keys, secret};

/// Every key, as an operator writes it.
const KEYS: &[&str] = &[
    "url",
    "api",
    "app_token",
    "app_token_file",
    "user_token",
    "user_token_file",
    "login",
    "password",
    "password_file",
    "page_size",
    "ca_file",
    "value_includes_vat",
    "zero_is_free",
];

/// The largest page: more rows at once can exhaust PHP's memory.
const LARGEST_PAGE: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    url: String,
    #[serde(default)]
    api: Api,
    #[serde(default, deserialize_with = "secret_text")]
    app_token: Option<SecretString>,
    app_token_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "secret_text")]
    user_token: Option<SecretString>,
    user_token_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "secret_text")]
    login: Option<SecretString>,
    #[serde(default, deserialize_with = "secret_text")]
    password: Option<SecretString>,
    password_file: Option<PathBuf>,
    page_size: Option<usize>,
    ca_file: Option<PathBuf>,
    value_includes_vat: Option<toml::Value>,
    #[serde(default)]
    zero_is_free: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Api {
    #[default]
    Auto,
    V1,
    V2,
}

/// What a source is made of, once its keys are understood.
pub struct Settings {
    /// Whom to ask, and as whom.
    pub server: Server,
    /// Rows a page.
    pub page_size: usize,
    /// How prices are written down.
    pub pricing: Pricing,
}

/// A text that no message may repeat: serde's own complaint about a wrong type quotes the value.
fn secret_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => Ok(Some(SecretString::from(text))),
        _ => Err(serde::de::Error::custom("a token, login or password is a text between quotes")),
    }
}

impl Settings {
    /// Understands the keys; errors name them.
    pub fn read(table: toml::Table, context: &Context, patience: Duration) -> anyhow::Result<Self> {
        keys::check(table.keys(), KEYS)?;
        let told: Told = table.try_into().map_err(|error: toml::de::Error| anyhow!("{}", error.message().trim()))?;
        if matches!(told.api, Api::V2) {
            bail!("`api`: GLPI 11's high-level API (v2) is not available in this version of ecoparc: use \"v1\"");
        }
        let base = base(&told.url).context("`url`")?;
        let resolve = |key, secret, file| secret::resolve(key, secret, file, &context.base);
        let app_token = resolve("app_token", told.app_token, told.app_token_file)?;
        let user_token = resolve("user_token", told.user_token, told.user_token_file)?;
        let password = resolve("password", told.password, told.password_file)?;
        let login = match (user_token, told.login, password) {
            (Some(token), None, None) => Login::UserToken(header("user_token", "user_token ", &token)?),
            (None, Some(login), Some(password)) => Login::Password { login, password },
            (Some(_), _, _) => bail!("`user_token` and `login` are both given: keep one"),
            (None, None, None) => bail!("neither `user_token` nor `login` with `password` is given"),
            (None, Some(_), None) => bail!("`login` is given without `password`"),
            (None, None, Some(_)) => bail!("`password` is given without `login`"),
        };
        let app_token = app_token.map(|token| header("app_token", "", &token)).transpose()?;
        let page_size = told.page_size.unwrap_or(LARGEST_PAGE);
        ensure!((1..=LARGEST_PAGE).contains(&page_size), "`page_size` is between 1 and {LARGEST_PAGE}");
        let vat = told.value_includes_vat.as_ref().map(vat).transpose().context("`value_includes_vat`")?;
        let ca_file = told.ca_file.map(|path| context.base.join(path));
        let client = Client::new(&base, ca_file.as_deref(), patience)?;
        Ok(Self {
            server: Server { client, base: base.as_str().trim_end_matches('/').to_owned(), app_token, login },
            page_size,
            pricing: Pricing { vat: vat.flatten(), zero_is_free: told.zero_is_free },
        })
    }
}

/// The address of REST v1: `…/apirest.php` (any version) or `…/api.php/v1` (GLPI 11) as told, else the former below
/// the base told.
fn base(told: &str) -> anyhow::Result<Url> {
    let mut url = Url::parse(told.trim()).map_err(|error| anyhow!("is not an address: {error}"))?;
    ensure!(matches!(url.scheme(), "http" | "https"), "starts with neither https:// nor http://");
    ensure!(url.username().is_empty() && url.password().is_none(), "holds a login: use `login` and `password_file`");
    ensure!(url.query().is_none() && url.fragment().is_none(), "ends before any `?` or `#`");
    let path = url.path().trim_end_matches('/').to_owned();
    ensure!(!path.contains("/api.php/v2"), "is that of the high-level API (v2): give that of GLPI itself");
    let path = if path.ends_with("/apirest.php") || path.ends_with("/api.php/v1") {
        path
    } else if path.ends_with("/api.php") {
        format!("{path}/v1")
    } else {
        format!("{}/apirest.php", path.trim_end_matches("/index.php"))
    };
    url.set_path(&path);
    Ok(url)
}

/// A header that logs do not show.
fn header(key: &str, scheme: &str, secret: &SecretString) -> anyhow::Result<HeaderValue> {
    let secret = secret.expose_secret().trim();
    ensure!(!secret.is_empty(), "`{key}` is empty");
    let mut value = HeaderValue::from_str(&format!("{scheme}{secret}"))
        .map_err(|_| anyhow!("`{key}` holds a character that no token has"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The rate by which prices are divided: `20` and `0.20` are both 20 %; `false` is none.
fn vat(told: &toml::Value) -> anyhow::Result<Option<f64>> {
    let rate = match told {
        toml::Value::Boolean(false) => return Ok(None),
        toml::Value::Integer(percent) => *percent as f64 / 100.0,
        toml::Value::Float(rate) if *rate < 1.0 => *rate,
        toml::Value::Float(percent) => percent / 100.0,
        _ => bail!("is false, or the rate that prices include: 20"),
    };
    ensure!(rate > 0.0 && rate < 1.0, "is false, or the rate that prices include: 20");
    Ok(Some(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let check = |told: &str, expected: &str| {
            assert_eq!(base(told).map(|url| url.to_string()).ok().as_deref(), Some(expected), "{told}");
        };
        check("https://glpi.example.fr", "https://glpi.example.fr/apirest.php");
        check("https://glpi.example.fr/", "https://glpi.example.fr/apirest.php");
        check("https://example.fr/glpi/index.php", "https://example.fr/glpi/apirest.php");
        check("https://example.fr/glpi/apirest.php/", "https://example.fr/glpi/apirest.php");
        check("http://127.0.0.1:8801/api.php/v1", "http://127.0.0.1:8801/api.php/v1");
        check("http://127.0.0.1:8801/api.php", "http://127.0.0.1:8801/api.php/v1");
        for refused in [
            "glpi.example.fr",
            "ftp://glpi.example.fr",
            "https://user:secret@glpi.example.fr",
            "https://glpi.example.fr/apirest.php?user_token=x",
            "https://glpi.example.fr/api.php/v2.3",
        ] {
            let error = base(refused).expect_err(refused).to_string();
            assert!(!error.contains("secret") && !error.contains("user_token"), "{error}");
        }
    }

    #[test]
    fn rates() {
        let check = |told: toml::Value, expected: Option<Option<f64>>| {
            assert_eq!(vat(&told).ok(), expected, "{told}");
        };
        check(false.into(), Some(None));
        check(20.into(), Some(Some(0.2)));
        check(0.2.into(), Some(Some(0.2)));
        check(5.5.into(), Some(Some(0.055)));
        check(true.into(), None);
        check(0.into(), None);
        check((-20).into(), None);
        check("20".into(), None);
    }
}
