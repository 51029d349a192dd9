//! An OCS source's own keys, understood before anything is asked.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, anyhow, bail, ensure};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};

use super::fields::mappable;
use super::read::Words;
use super::rest::Api;
use super::sql::Database;
use super::{Access, Asked};
use crate::http::{Client, PATIENCE};
use crate::kind::of_word;
use crate::secret::told_secret;
use crate::{Context, keys, secret};

/// Every key, as an operator writes it.
const KEYS: &[&str] = &[
    "access",
    "url",
    "login",
    "password",
    "password_file",
    "tls",
    "ca_file",
    "page_size",
    "requests_per_second",
    "snmp",
    "fields",
    "models",
];

/// The largest page over REST: fifty machines are half a second of the server, and half a megabyte.
const LARGEST_PAGE: usize = 50;
/// Machines asked for at once in SQL.
const SQL_PAGE: usize = 2000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    #[serde(default)]
    access: WhichAccess,
    url: String,
    #[serde(default, deserialize_with = "told_secret")]
    login: Option<SecretString>,
    #[serde(default, deserialize_with = "told_secret")]
    password: Option<SecretString>,
    password_file: Option<PathBuf>,
    tls: Option<Tls>,
    ca_file: Option<PathBuf>,
    page_size: Option<usize>,
    requests_per_second: Option<f64>,
    snmp: Option<toml::Value>,
    #[serde(default)]
    fields: toml::Table,
    #[serde(default)]
    models: toml::Table,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum WhichAccess {
    #[default]
    Sql,
    Rest,
}

/// How much the database must prove.
#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Tls {
    /// Encrypted, by a server whose certificate names it and is signed by an authority trusted here.
    Verify,
    /// Encrypted, whoever it is.
    Require,
    /// Encrypted where the server can.
    Prefer,
    Off,
}

/// What a source is made of, once its keys are understood.
pub struct Settings {
    pub access: Access,
    pub asked: Asked,
}

impl Settings {
    /// Understands the keys; errors name them.
    pub fn read(table: toml::Table, context: Context) -> anyhow::Result<Self> {
        let told: Told = keys::read(table, KEYS)?;
        let url =
            Url::parse(told.url.trim()).map_err(|error| anyhow!("is not an address: {error}")).context("`url`")?;
        ensure!(
            url.username().is_empty() && url.password().is_none(),
            "`url`: holds a login: use `login` and `password_file`"
        );
        let password = secret::resolve("password", told.password, told.password_file, &context.base)?;
        let (Some(login), Some(password)) = (told.login, password) else {
            bail!("`login` and `password` (or `password_file`) are needed")
        };
        let ca_file = told.ca_file.map(|path| context.base.join(path));
        let is_sql = told.access == WhichAccess::Sql;
        let largest = if is_sql { SQL_PAGE } else { LARGEST_PAGE };
        let page_size = told.page_size.unwrap_or(largest);
        ensure!((1..=largest).contains(&page_size), "`page_size` is between 1 and {largest}");
        let access = if is_sql {
            ensure!(told.requests_per_second.is_none(), "`requests_per_second` is for `access = \"rest\"`");
            Access::Sql(Box::new(database(&url, &login, &password, told.tls, ca_file).context("`url`")?))
        } else {
            ensure!(told.tls.is_none(), "`tls` is for `access = \"sql\"`: over REST the address says https or http");
            ensure!(matches!(url.scheme(), "http" | "https"), "`url`: starts with neither https:// nor http://");
            let client = Client::new(&url, ca_file.as_deref(), PATIENCE)?.paced(told.requests_per_second)?;
            let base = url.as_str().trim_end_matches('/');
            let base = if base.ends_with("/ocsapi/v1") { base.to_owned() } else { format!("{base}/ocsapi/v1") };
            Access::Rest(Api { client, base, login, password })
        };
        let mut words = Words { models: pairs(&told.models).context("`models`")?, snmp: Vec::new() };
        let snmp = match told.snmp {
            None | Some(toml::Value::Boolean(true)) => true,
            Some(toml::Value::Boolean(false)) => false,
            Some(toml::Value::Table(types)) => {
                for (name, table) in &types {
                    let table = table.as_table().with_context(|| format!("`snmp.{name}` is not a table"))?;
                    let own = pairs(table).with_context(|| format!("`snmp.{name}`"))?;
                    const KNOWN: &[&str] =
                        &["kind", "serial", "model", "manufacturer", "hostname", "location", "mac"];
                    let names: Vec<String> = own.iter().map(|(field, _)| field.clone()).collect();
                    keys::check(names.iter(), KNOWN).with_context(|| format!("`snmp.{name}`"))?;
                    if let Some((_, word)) =
                        own.iter().find(|(field, word)| field == "kind" && of_word(word).is_none())
                    {
                        bail!("`snmp.{name}`: `{word}` is no kind");
                    }
                    words.snmp.push((name.clone(), own));
                }
                true
            }
            Some(_) => bail!("`snmp` is false, or a table of types"),
        };
        let fields = pairs(&told.fields).context("`fields`")?.into_iter().map(|(field, name)| {
            let known = mappable(&field).with_context(|| {
                format!("`fields.{field}`: no such field holds text, a date, money or a number; words are for rules")
            })?;
            Ok((known, name))
        });
        let fields = fields.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self { access, asked: Asked { page_size, snmp, fields, words, context } })
    }
}

/// A table of texts.
fn pairs(table: &toml::Table) -> anyhow::Result<Vec<(String, String)>> {
    let text = |(key, value): (&String, &toml::Value)| {
        let value = value.as_str().with_context(|| format!("`{key}` is not a text"))?;
        Ok((key.clone(), value.to_owned()))
    };
    table.iter().map(text).collect()
}

/// The database of an address like `mysql://db.example.fr:3306/ocsweb`.
fn database(
    url: &Url,
    login: &SecretString,
    password: &SecretString,
    tls: Option<Tls>,
    ca_file: Option<PathBuf>,
) -> anyhow::Result<Database> {
    ensure!(matches!(url.scheme(), "mysql" | "mariadb"), "starts with neither mysql:// nor mariadb://");
    ensure!(url.query().is_none() && url.fragment().is_none(), "ends before any `?` or `#`");
    let host = url.host_str().context("names no host")?;
    let name = url.path().trim_matches('/');
    ensure!(!name.is_empty() && !name.contains('/'), "ends in the name of the database, most often `ocsweb`");
    let mode = match tls.unwrap_or(if ca_file.is_some() { Tls::Verify } else { Tls::Prefer }) {
        Tls::Verify => MySqlSslMode::VerifyIdentity,
        Tls::Require => MySqlSslMode::Required,
        Tls::Prefer => MySqlSslMode::Preferred,
        Tls::Off => MySqlSslMode::Disabled,
    };
    let port = url.port().unwrap_or(3306);
    let mut options = MySqlConnectOptions::from_str("mysql://")
        .map_err(|error| anyhow!("{error}"))?
        .host(host)
        .port(port)
        .database(name)
        .username(login.expose_secret())
        .password(password.expose_secret())
        .ssl_mode(mode)
        .charset("utf8mb4")
        // The server's own zone stays in force: it is what its moments are told in, and it is asked for.
        .timezone(None)
        // Whatever the server's mode is, a zero date is read and nothing is set.
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .set_names(true);
    if let Some(path) = ca_file {
        ensure!(path.is_file(), "`ca_file`: {} is not a file", path.display());
        options = options.ssl_ca(path);
    }
    Ok(Database { options, host: format!("{host}:{port}"), name: host.to_owned() })
}
