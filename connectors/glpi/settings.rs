//! A GLPI source's own keys, understood before anything is asked.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::account::Pricing;
use super::oauth::Api;
use super::session::{Login, Server};
use crate::http::Client;
use crate::secret::told_secret;
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
    "client_id",
    "client_secret",
    "client_secret_file",
    "page_size",
    "requests_per_second",
    "ca_file",
    "value_includes_vat",
    "zero_is_free",
    "logins",
];

/// The largest page: more rows at once can exhaust PHP's memory.
const LARGEST_PAGE: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    url: String,
    #[serde(default)]
    api: WhichApi,
    #[serde(default, deserialize_with = "told_secret")]
    app_token: Option<SecretString>,
    app_token_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "told_secret")]
    user_token: Option<SecretString>,
    user_token_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "told_secret")]
    login: Option<SecretString>,
    #[serde(default, deserialize_with = "told_secret")]
    password: Option<SecretString>,
    password_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "told_secret")]
    client_id: Option<SecretString>,
    #[serde(default, deserialize_with = "told_secret")]
    client_secret: Option<SecretString>,
    client_secret_file: Option<PathBuf>,
    page_size: Option<usize>,
    requests_per_second: Option<f64>,
    ca_file: Option<PathBuf>,
    value_includes_vat: Option<toml::Value>,
    #[serde(default)]
    zero_is_free: bool,
    #[serde(default)]
    logins: bool,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum WhichApi {
    #[default]
    Auto,
    V1,
    V2,
}

/// What a source is made of, once its keys are understood.
pub struct Settings {
    /// Whom to ask over REST v1, and as whom.
    pub v1: Option<Server>,
    /// The same over the high-level API.
    pub v2: Option<Api>,
    /// Rows a page.
    pub page_size: usize,
    /// How prices are written down.
    pub pricing: Pricing,
    /// Are people known by their logins, and not by the numbers of their accounts?
    pub logins: bool,
}

impl Settings {
    /// Understands the keys; errors name them.
    pub fn read(table: toml::Table, context: &Context, patience: Duration) -> anyhow::Result<Self> {
        let told: Told = keys::read(table, KEYS)?;
        let root = root(&told.url).context("`url`")?;
        let resolve = |key, secret, file| secret::resolve(key, secret, file, &context.base);
        let app_token = resolve("app_token", told.app_token, told.app_token_file)?;
        let user_token = resolve("user_token", told.user_token, told.user_token_file)?;
        let password = resolve("password", told.password, told.password_file)?;
        let client_secret = resolve("client_secret", told.client_secret, told.client_secret_file)?;
        let client = match (told.client_id, client_secret) {
            (Some(id), Some(secret)) => Some((id, secret)),
            (None, None) => None,
            (Some(_), None) => bail!("`client_id` is given without `client_secret`"),
            (None, Some(_)) => bail!("`client_secret` is given without `client_id`"),
        };
        let account = match (told.login, password) {
            (Some(login), Some(password)) => Some((login, password)),
            (None, None) => None,
            (Some(_), None) => bail!("`login` is given without `password`"),
            (None, Some(_)) => bail!("`password` is given without `login`"),
        };
        ensure!(client.is_none() || account.is_some(), "`client_id` is given without `login` and `password`");
        ensure!(
            user_token.is_none() || account.is_none() || client.is_some(),
            "`user_token` and `login` are both given: keep one"
        );
        // Where an OAuth client is given, an account alone is meant for it.
        let for_v1 = user_token.is_some() || app_token.is_some() || client.is_none();
        let (v1, v2) = match told.api {
            WhichApi::Auto => (for_v1, client.is_some()),
            WhichApi::V1 => (true, false),
            WhichApi::V2 => (false, true),
        };
        ensure!(
            !v2 || client.is_some(),
            "`api` is \"v2\": `client_id`, `client_secret`, `login`, `password` are needed"
        );

        let page_size = told.page_size.unwrap_or(LARGEST_PAGE);
        ensure!((1..=LARGEST_PAGE).contains(&page_size), "`page_size` is between 1 and {LARGEST_PAGE}");
        let vat = told.value_includes_vat.as_ref().map(vat).transpose().context("`value_includes_vat`")?;
        let ca_file = told.ca_file.map(|path| context.base.join(path));
        let asking = Client::new(&root, ca_file.as_deref(), patience)?.paced(told.requests_per_second)?;
        let api =
            client.zip(account.clone()).filter(|_| v2).map(|((client_id, client_secret), (login, password))| Api {
                client: asking.clone(),
                base: address(&root, "api.php"),
                client_id,
                client_secret,
                login,
                password,
            });
        let login = match (user_token, account) {
            _ if !v1 => None,
            (Some(token), _) => Some(Login::UserToken(header("user_token", "user_token ", &token)?)),
            (None, Some((login, password))) => Some(Login::Password { login, password }),
            (None, None) => bail!("neither `user_token` nor `login` with `password` is given"),
        };
        let app_token = app_token.map(|token| header("app_token", "", &token)).transpose()?;
        let is_v1 = told.url.trim_end_matches('/').ends_with("/api.php/v1");
        let base = address(&root, if is_v1 { "api.php/v1" } else { "apirest.php" });
        Ok(Self {
            v1: login.map(|login| Server { client: asking, base, app_token, login, closing: Mutex::default() }),
            v2: api,
            page_size,
            logins: told.logins,
            pricing: Pricing { vat: vat.flatten(), zero_is_free: told.zero_is_free },
        })
    }
}

/// The address of GLPI itself, whichever of its pages or APIs was told.
fn root(told: &str) -> anyhow::Result<Url> {
    let mut url = Url::parse(told.trim()).map_err(|error| anyhow!("is not an address: {error}"))?;
    ensure!(matches!(url.scheme(), "http" | "https"), "starts with neither https:// nor http://");
    ensure!(url.username().is_empty() && url.password().is_none(), "holds a login: use `login` and `password_file`");
    ensure!(url.query().is_none() && url.fragment().is_none(), "ends before any `?` or `#`");
    let path = url.path().trim_end_matches('/');
    let path = match path.find("/api.php") {
        Some(at) => &path[..at],
        None => path.trim_end_matches("/apirest.php").trim_end_matches("/index.php"),
    };
    let path = path.to_owned();
    url.set_path(&path);
    Ok(url)
}

/// An address below GLPI's own.
fn address(root: &Url, what: &str) -> String {
    format!("{}/{what}", root.as_str().trim_end_matches('/'))
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
            let v1 = root(told).map(|root| address(&root, "apirest.php"));
            assert_eq!(v1.ok().as_deref(), Some(expected), "{told}");
        };
        check("https://glpi.example.fr", "https://glpi.example.fr/apirest.php");
        check("https://glpi.example.fr/", "https://glpi.example.fr/apirest.php");
        check("https://example.fr/glpi/index.php", "https://example.fr/glpi/apirest.php");
        check("https://example.fr/glpi/apirest.php/", "https://example.fr/glpi/apirest.php");
        check("http://127.0.0.1:8801/api.php/v1", "http://127.0.0.1:8801/apirest.php");
        check("http://127.0.0.1:8801/glpi/api.php", "http://127.0.0.1:8801/glpi/apirest.php");
        check("https://glpi.example.fr/api.php/v2.3", "https://glpi.example.fr/apirest.php");
        for refused in [
            "glpi.example.fr",
            "ftp://glpi.example.fr",
            "https://user:secret@glpi.example.fr",
            "https://glpi.example.fr/apirest.php?user_token=x",
        ] {
            let error = root(refused).expect_err(refused).to_string();
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
