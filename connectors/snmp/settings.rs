//! An SNMP source's own keys, understood before anything is asked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use async_snmp::{Auth, AuthProtocol, MasterKeys, PrivProtocol, UsmConfig};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::targets::{self, Range, Target};
use crate::pace::Pace;
use crate::secret::told_secret;
use crate::{Context, keys, secret};

/// Every key, as an operator writes it.
const KEYS: &[&str] = &[
    "targets",
    "exclude",
    "port",
    "neighbours",
    "follow_neighbours",
    "request_timeout",
    "retries",
    "concurrency",
    "requests_per_second",
    "target_timeout",
    "power_every",
    "credential",
];
const CREDENTIAL_KEYS: &[&str] = &[
    "version",
    "community",
    "community_file",
    "user",
    "auth",
    "auth_password",
    "auth_password_file",
    "privacy",
    "privacy_password",
    "privacy_password_file",
    "context",
    "targets",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    targets: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    port: Option<u16>,
    neighbours: Option<bool>,
    #[serde(default)]
    follow_neighbours: bool,
    request_timeout: Option<String>,
    retries: Option<u32>,
    concurrency: Option<usize>,
    requests_per_second: Option<f64>,
    target_timeout: Option<String>,
    power_every: Option<String>,
    #[serde(default)]
    credential: Vec<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldCredential {
    version: String,
    #[serde(default, deserialize_with = "told_secret")]
    community: Option<SecretString>,
    community_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "told_secret")]
    user: Option<SecretString>,
    auth: Option<String>,
    #[serde(default, deserialize_with = "told_secret")]
    auth_password: Option<SecretString>,
    auth_password_file: Option<PathBuf>,
    privacy: Option<String>,
    #[serde(default, deserialize_with = "told_secret")]
    privacy_password: Option<SecretString>,
    privacy_password_file: Option<PathBuf>,
    context: Option<String>,
    #[serde(default)]
    targets: Vec<String>,
}

/// One way of being let in, and where it is tried.
pub struct Credential {
    /// How it is called in messages: by its place and version, never by what it holds.
    pub name: String,
    /// What is shown to agents; for one AES of two sorts, both.
    pub auths: Vec<Auth>,
    /// Where it is tried; everywhere where empty.
    ranges: Vec<Range>,
}

impl Credential {
    /// Is it meant for this address?
    pub fn is_for(&self, address: std::net::IpAddr) -> bool {
        self.ranges.is_empty() || self.ranges.iter().any(|range| range.holds(address))
    }
}

/// What a source is made of, once its keys are understood.
pub struct Settings {
    pub targets: Vec<Target>,
    pub exclude: Vec<Range>,
    pub port: u16,
    /// Are neighbours (LLDP) read?
    pub neighbours: bool,
    /// Are they asked too, where they say that they can be?
    pub follow_neighbours: bool,
    pub patience: Duration,
    pub retries: u32,
    pub concurrency: usize,
    pub pace: Option<Pace>,
    /// How long one agent may take in all.
    pub time: Duration,
    pub power_every: Option<Duration>,
    pub credentials: Vec<Credential>,
}

impl Settings {
    /// Understands the keys; errors name them.
    pub fn read(table: toml::Table, context: &Context) -> anyhow::Result<Self> {
        let told: Told = keys::read(table, KEYS)?;
        ensure!(!told.targets.is_empty(), "`targets` is empty");
        let targets = told.targets.iter().map(|text| targets::target(text)).collect::<anyhow::Result<_>>();
        let exclude = ranges(&told.exclude).context("`exclude`")?;
        ensure!(!told.credential.is_empty(), "no `[[source.credential]]` is given");
        let credentials = told.credential.into_iter().enumerate().map(|(at, table)| {
            credential(at + 1, table, &context.base).with_context(|| format!("credential {}", at + 1))
        });
        let patience = keys::duration("request_timeout", told.request_timeout.as_deref())?;
        let time = keys::duration("target_timeout", told.target_timeout.as_deref())?;
        let pace = match told.requests_per_second {
            Some(pace) => {
                ensure!((0.1..=100_000.0).contains(&pace), "`requests_per_second` is between 0.1 and 100000");
                Some(Pace::new(pace))
            }
            None => None,
        };
        let concurrency = told.concurrency.unwrap_or(64);
        ensure!((1..=5000).contains(&concurrency), "`concurrency` is between 1 and 5000");
        let retries = told.retries.unwrap_or(2);
        ensure!(retries <= 10, "`retries` is at most 10");
        Ok(Self {
            targets: targets.context("`targets`")?,
            exclude,
            port: told.port.unwrap_or(161),
            neighbours: told.neighbours.unwrap_or(true),
            follow_neighbours: told.follow_neighbours,
            patience: patience.unwrap_or(Duration::from_secs(1)),
            retries,
            concurrency,
            pace,
            time: time.unwrap_or(Duration::from_secs(60)),
            power_every: keys::duration("power_every", told.power_every.as_deref())?,
            credentials: credentials.collect::<anyhow::Result<_>>()?,
        })
    }
}

fn ranges(told: &[String]) -> anyhow::Result<Vec<Range>> {
    told.iter().map(|text| Range::read(text)).collect()
}

fn credential(number: usize, table: toml::Value, base: &Path) -> anyhow::Result<Credential> {
    let toml::Value::Table(table) = table else { bail!("it is not a table") };
    let told: ToldCredential = keys::read(table, CREDENTIAL_KEYS)?;
    let resolve = |key, secret, file| secret::resolve(key, secret, file, base);
    let community = resolve("community", told.community, told.community_file)?;
    let auth_password = resolve("auth_password", told.auth_password, told.auth_password_file)?;
    let privacy_password = resolve("privacy_password", told.privacy_password, told.privacy_password_file)?;
    let auths = match told.version.as_str() {
        "1" | "2c" => {
            let community = community.context("`community` (or `community_file`) is needed")?;
            ensure!(told.user.is_none() && told.auth.is_none(), "`user` and `auth` are for version 3");
            let community = community.expose_secret().trim();
            ensure!(!community.is_empty(), "`community` is empty");
            // It is what writes are allowed with by default, and reading is all that is wanted.
            ensure!(community != "private", "`community` is the usual one for writing: give one that may only read");
            vec![if told.version == "1" { Auth::v1(community) } else { Auth::v2c(community) }]
        }
        "3" => {
            ensure!(community.is_none(), "`community` is for versions 1 and 2c");
            let user = told.user.context("`user` is needed")?;
            let auth = told.auth.as_deref().map(protocol).transpose()?;
            let usm = |keys: Option<MasterKeys>| -> anyhow::Result<Auth> {
                let mut usm = UsmConfig::new(user.expose_secret().as_bytes().to_vec());
                if let Some(context) = &told.context {
                    usm = usm.context_name(context.as_bytes().to_vec());
                }
                Ok(Auth::from(match keys {
                    Some(keys) => usm.with_master_keys(keys).map_err(|error| anyhow!("{error}"))?,
                    None => usm,
                }))
            };
            match (auth, auth_password, told.privacy.as_deref(), privacy_password) {
                (None, None, None, None) => vec![usm(None)?],
                (Some(auth), Some(password), privacy, secret) => {
                    let password = password.expose_secret().as_bytes();
                    ensure!(password.len() >= 8, "`auth_password` is shorter than eight characters (RFC 3414)");
                    let keys = || MasterKeys::new(auth, password).map_err(|error| anyhow!("`auth`: {error}"));
                    match (privacy, secret) {
                        (None, None) => vec![usm(Some(keys()?))?],
                        (Some(privacy), Some(secret)) => {
                            let secret = secret.expose_secret().as_bytes();
                            ensure!(secret.len() >= 8, "`privacy_password` is shorter than eight characters");
                            let keys = |privacy| {
                                keys()?.with_privacy(privacy, secret).map_err(|error| anyhow!("`privacy`: {error}"))
                            };
                            ciphers(privacy)?
                                .into_iter()
                                .map(|privacy| usm(Some(keys(privacy)?)))
                                .collect::<anyhow::Result<_>>()?
                        }
                        _ => bail!("`privacy` and `privacy_password` go together"),
                    }
                }
                _ => bail!("`auth` and `auth_password` go together, and privacy goes with both"),
            }
        }
        other => bail!("`version` is \"1\", \"2c\" or \"3\", not `{other}`"),
    };
    let name = format!("credential {number} (version {})", told.version);
    Ok(Credential { name, auths, ranges: ranges(&told.targets).context("`targets`")? })
}

fn protocol(told: &str) -> anyhow::Result<AuthProtocol> {
    let known = "MD5 SHA SHA-224 SHA-256 SHA-384 SHA-512";
    told.parse().map_err(|_| anyhow!("`auth`: `{told}` is none of {known}"))
}

/// The ciphers that a word means. Two ways of making keys for AES-192 and AES-256 are in use (by Blumenthal's draft, and
/// by Reeder's, which Cisco took): where neither is named both are tried.
fn ciphers(told: &str) -> anyhow::Result<Vec<PrivProtocol>> {
    use PrivProtocol::{Aes192Blumenthal, Aes192Reeder, Aes256Blumenthal, Aes256Reeder};
    match told.to_ascii_uppercase().replace('-', "").as_str() {
        "AES192" => Ok(vec![Aes192Blumenthal, Aes192Reeder]),
        "AES256" => Ok(vec![Aes256Blumenthal, Aes256Reeder]),
        _ => {
            let known =
                "DES AES-128 AES-192 AES-256 AES-192-BLUMENTHAL AES-192-CISCO AES-256-BLUMENTHAL AES-256-CISCO";
            told.parse().map(|cipher| vec![cipher]).map_err(|_| anyhow!("`privacy`: `{told}` is none of {known}"))
        }
    }
}
