//! An LDAP source's own keys, understood before anything is asked.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use regex::Regex;
use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;

use super::directory::{Door, Server, Who};
use super::kerberos::GSSAPI;
use super::place::{GROUP, Way};
use super::plan::{self, Plan};
use super::profile::{self, Profile};
use super::referral::{Address, decoded};
use super::{guard, tls};
use crate::secret::told_secret;
use crate::{Context, keys, secret};

/// Every key, as an operator writes it.
const KEYS: &[&str] = &[
    "urls",
    "url",
    "follow_referrals",
    "start_tls",
    "plaintext",
    "ca_file",
    "bind_dn",
    "password",
    "password_file",
    "sasl",
    "client_cert_file",
    "client_key_file",
    "profile",
    "base",
    "page_size",
    "request_timeout",
    "time_limit",
    "people",
    "computers",
    "structures",
    "groups",
    "entities",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    #[serde(default)]
    urls: Vec<String>,
    url: Option<String>,
    #[serde(default)]
    follow_referrals: Vec<String>,
    #[serde(default)]
    start_tls: bool,
    #[serde(default)]
    plaintext: bool,
    ca_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "told_secret")]
    bind_dn: Option<SecretString>,
    #[serde(default, deserialize_with = "told_secret")]
    password: Option<SecretString>,
    password_file: Option<PathBuf>,
    sasl: Option<Sasl>,
    client_cert_file: Option<PathBuf>,
    client_key_file: Option<PathBuf>,
    profile: String,
    base: Option<String>,
    page_size: Option<u32>,
    request_timeout: Option<String>,
    time_limit: Option<String>,
    people: Option<toml::Value>,
    computers: Option<toml::Value>,
    structures: Option<toml::Value>,
    groups: Option<toml::Value>,
    #[serde(default)]
    entities: Vec<Entity>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Sasl {
    External,
    Gssapi,
}

/// What the house calls something there, and what it is here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entity {
    r#match: String,
    entity: String,
}

/// What a source is made of, once its keys are understood.
pub struct Settings {
    pub door: Door,
    pub plan: Plan,
}

impl Settings {
    /// Understands the keys; errors name them.
    pub fn read(table: toml::Table, context: &Context) -> anyhow::Result<Self> {
        let mut told: Told = keys::read(table, KEYS)?;
        let names: Vec<&str> = profile::ALL.iter().map(|profile| profile.name).collect();
        let profile = profile::named(&told.profile).with_context(|| {
            format!("`profile`: unknown `{}`{}", told.profile, keys::meant(&told.profile, &names))
        })?;
        let plan = plan(&mut told, profile, context)?;
        Ok(Self { door: door(told, context)?, plan })
    }
}

fn plan(told: &mut Told, profile: &'static Profile, context: &Context) -> anyhow::Result<Plan> {
    let base = told.base.as_deref();
    let people = plan::people(told.people.take(), profile, base).context("`people`")?;
    let computers = plan::computers(told.computers.take(), profile, base, &context.rules).context("`computers`")?;
    ensure!(people.is_some() || computers.is_some(), "neither `people` nor `computers` are to be read");
    let structures = plan::structures(told.structures.take(), profile, base).context("`structures`")?;
    let groups = plan::groups(told.groups.take(), profile, base).context("`groups`")?;
    let ways = people.iter().map(|persons| [&persons.people.entity, &persons.people.department]);
    let ways = ways.chain(computers.iter().map(|found| [&found.computers.entity, &found.computers.department]));
    ensure!(
        !ways.flatten().any(Way::by_group) || groups.as_ref().is_some_and(|groups| groups.pattern.is_some()),
        "`{GROUP}` needs `match` in `groups`: which groups tell of a department? else the first of all would"
    );
    let mut entities = Vec::new();
    for (at, line) in told.entities.iter().enumerate() {
        let context = || format!("entities {}", at + 1);
        let pattern = Regex::new(&line.r#match).context("`match` is not a pattern").with_context(context)?;
        ensure!(!line.entity.trim().is_empty(), "entities {}: `entity` is empty", at + 1);
        entities.push((pattern, line.entity.clone()));
    }
    Ok(Plan { people, computers, structures, groups, entities })
}

fn door(told: Told, context: &Context) -> anyhow::Result<Door> {
    let urls = match (told.url, told.urls) {
        (Some(url), urls) if urls.is_empty() => vec![url],
        (Some(_), _) => bail!("both `url` and `urls` are given: keep one"),
        (None, urls) => urls,
    };
    ensure!(!urls.is_empty(), "`urls` is empty");
    let (mut servers, mut referrals) = (Vec::new(), Vec::new());
    let (mut in_clear, mut over_tls, mut local, mut is_bare) = (None, false, true, false);
    let urls = urls.into_iter().map(|url| ("`urls`", false, url));
    let followed = told.follow_referrals.into_iter().map(|url| ("`follow_referrals`", true, url));
    // What holds of the first holds of the others: the same account goes to all of them.
    for (key, is_followed, url) in urls.chain(followed) {
        let read = server(&url).context(key)?;
        match read.url.split(':').next() {
            Some("ldapi") => {
                ensure!(!told.start_tls, "`start_tls` is not for ldapi://");
                is_bare = true;
            }
            Some("ldaps") => {
                ensure!(!told.start_tls, "`start_tls` is for ldap:// alone: ldaps:// begins with TLS");
                (over_tls, local) = (true, local && is_followed);
            }
            _ => {
                let is_loopback = read.host == "localhost"
                    || read.host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
                (over_tls, local) = (over_tls || told.start_tls, local && is_followed);
                is_bare |= !told.start_tls;
                if !told.start_tls && !is_loopback {
                    in_clear = Some(read.name.clone());
                }
            }
        }
        if is_followed {
            let (address, _) = Address::read(&read.url)
                .with_context(|| format!("{key}: `{}` is no address of ldap:// or ldaps://", read.name))?;
            referrals.push((address, read));
        } else {
            servers.push(read);
        }
    }
    let client = match (&told.client_cert_file, &told.client_key_file) {
        (Some(certificate), Some(key)) => Some((context.base.join(certificate), context.base.join(key))),
        (None, None) => None,
        _ => bail!("`client_cert_file` and `client_key_file` go together"),
    };
    let password = secret::resolve("password", told.password, told.password_file, &context.base)?;
    let who = match (told.sasl, told.bind_dn, password) {
        (Some(Sasl::External), None, None) => {
            ensure!(
                client.is_some() || (local && referrals.is_empty()),
                "`sasl = \"external\"` needs `client_cert_file` and `client_key_file`, or ldapi://"
            );
            ensure!(client.is_none() || over_tls, "a client certificate is shown over TLS: ldaps:// or `start_tls`");
            Who::External
        }
        (Some(Sasl::Gssapi), None, None) => {
            ensure!(
                GSSAPI,
                "`sasl = \"gssapi\"`: this program was built without Kerberos (cargo build --features connectors/gssapi)"
            );
            // Of what Kerberos encrypts itself ldap3 drops messages, in silence.
            ensure!(!is_bare, "`sasl = \"gssapi\"` needs TLS on every server: ldaps:// or `start_tls`");
            Who::Gssapi
        }
        (Some(_), _, _) => bail!("`sasl` takes neither `bind_dn` nor `password`"),
        (None, None, None) => Who::Anonymous,
        (None, Some(dn), Some(password)) => {
            use secrecy::ExposeSecret as _;
            // RFC 4513, 5.1.2: such a bind succeeds and means nobody.
            ensure!(!password.expose_secret().is_empty(), "`password` is empty");
            ensure!(!dn.expose_secret().trim().is_empty(), "`bind_dn` is empty");
            if let Some(name) = in_clear.filter(|_| !told.plaintext) {
                bail!(
                    "the password would go to {name} in clear: use ldaps://, `start_tls = true`, or say `plaintext = true`"
                );
            }
            Who::Simple { dn, password }
        }
        (None, _, _) => bail!("`bind_dn` and `password` (or `password_file`) go together"),
    };
    let page_size = told.page_size.unwrap_or(500);
    ensure!(page_size <= 100_000, "`page_size` is at most 100000");
    let patience = keys::duration("request_timeout", told.request_timeout.as_deref())?;
    let time_limit = keys::duration("time_limit", told.time_limit.as_deref())?;
    let ca_file = told.ca_file.map(|path| context.base.join(path));
    ensure!(ca_file.is_none() || over_tls, "`ca_file` is for TLS: ldaps:// or `start_tls`");
    let client = client.as_ref().map(|(certificate, key)| (certificate.as_path(), key.as_path()));
    Ok(Door {
        servers,
        referrals,
        start_tls: told.start_tls,
        tls: over_tls.then(|| tls::config(ca_file.as_deref(), client)).transpose()?,
        who,
        patience: patience.unwrap_or(Duration::from_secs(30)),
        time_limit: time_limit.unwrap_or(Duration::from_secs(120)),
        page_size,
        limits: guard::USUAL,
    })
}

/// `ldaps://dc1.example.fr`, `ldap://10.1.2.3:3389`, `ldapi://%2Frun%2Fslapd%2Fldapi`.
fn server(told: &str) -> anyhow::Result<Server> {
    let url = Url::parse(told.trim()).map_err(|error| anyhow!("is not an address: {error}"))?;
    ensure!(matches!(url.scheme(), "ldap" | "ldaps" | "ldapi"), "starts with none of ldap://, ldaps://, ldapi://");
    ensure!(
        url.username().is_empty() && url.password().is_none(),
        "holds a login: use `bind_dn` and `password_file`"
    );
    ensure!(
        matches!(url.path(), "" | "/") && url.query().is_none(),
        "ends after host and port: `base` and `filter` are keys of their own"
    );
    let host = url.host_str().filter(|host| !host.is_empty()).context("names no host")?.to_owned();
    let name = match (url.scheme(), url.port()) {
        ("ldapi", _) => decoded(&host).context("names no path: one of its `%` begins no byte of a text")?,
        (_, Some(port)) => format!("{host}:{port}"),
        _ => host.clone(),
    };
    Ok(Server { url: url.as_str().trim_end_matches('/').to_owned(), name, host })
}
