//! The real directories that `tests/servers/slapd` and `tests/servers/samba` start: shared by the tests that only read,
//! or of a test's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::CONNECTOR;
use super::super::entry::Entry;
use super::super::replay;
use crate::rule::Rules;
use crate::secret::PseudonymKey;
use crate::tests::folder;
use crate::{Context, Failure, Harvest, Progress, Source};

pub const BASE: &str = "dc=ville,dc=test";

/// A slapd of Debian's.
pub struct Slapd {
    pub folder: PathBuf,
    own: bool,
    pub port: u16,
    pub tls_port: u16,
}

impl Slapd {
    /// The one that tests share; it goes on after them.
    pub fn shared() -> Self {
        Self::start("slapd", &[], false)
    }

    /// One that a test may harm, gone with it.
    pub fn own(what: &str) -> Self {
        Self::start(&format!("slapd-{what}-{}", std::process::id()), &[], true)
    }

    /// One that refers to another for a part of what that one holds too.
    pub fn referring(to: &Self) -> Self {
        let port = to.port.to_string();
        Self::start(&format!("slapd-refers-{}", std::process::id()), &[("SLAPD_REFERRAL", &port)], true)
    }

    /// One with a certificate that is not to be believed.
    pub fn with_certificate(which: &str) -> Self {
        let variables = [("SLAPD_CERTIFICATE", which)];
        Self::start(&format!("slapd-{which}-{}", std::process::id()), &variables, true)
    }

    fn start(name: &str, variables: &[(&str, &str)], own: bool) -> Self {
        let folder = folder(name);
        let sizes: &[&str] = if own { &["1500", "40"] } else { &[] };
        let told = script("slapd", "start", &folder, sizes, variables);
        let mut ports = told.split_whitespace().map(|port| port.parse().unwrap());
        let (port, tls_port) = (ports.next().unwrap(), ports.next().unwrap());
        Self { folder, own, port, tls_port }
    }

    pub fn control(&self, command: &str) {
        script("slapd", command, &self.folder, &[], &[]);
    }

    /// What it was filled with.
    pub fn entries(&self) -> Vec<Entry> {
        replay::entries(&std::fs::read(self.folder.join("load.ldif")).unwrap())
    }

    /// Keys of a source that asks it in clear, with others beside or instead.
    pub fn keys(&self, keys: &str) -> String {
        with(
            keys,
            &[
                ("url", &format!("'ldap://127.0.0.1:{}'", self.port)),
                ("bind_dn", &format!("'cn=ecoparc,{BASE}'")),
                ("password", "'ecoparc-secret'"),
                ("profile", "'openldap'"),
                ("base", &format!("'{BASE}'")),
            ],
        )
    }

    /// The same over TLS.
    pub fn secure(&self, keys: &str) -> String {
        let keys = with(keys, &[("ca_file", &format!("'{}'", self.tls("ca.pem")))]);
        self.keys(&with(&keys, &[("url", &format!("'ldaps://127.0.0.1:{}'", self.tls_port))]))
    }

    pub fn tls(&self, name: &str) -> String {
        self.folder.join("tls").join(name).display().to_string()
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        if self.own {
            self.control("stop");
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Keys with what stands in for those that are not there; they go before any table.
pub fn with(keys: &str, defaults: &[(&str, &str)]) -> String {
    let told: toml::Table = toml::from_str(keys).unwrap();
    let missing = defaults.iter().filter(|(key, _)| {
        let is_there = |key: &str| told.contains_key(key);
        // Another way of binding, or other servers, replace the usual ones.
        let instead =
            (["bind_dn", "password"].contains(key) && is_there("sasl")) || (*key == "url" && is_there("urls"));
        !is_there(key) && !instead
    });
    missing.map(|(key, value)| format!("{key} = {value}\n")).collect::<String>() + keys
}

pub fn script(server: &str, command: &str, folder: &Path, more: &[&str], variables: &[(&str, &str)]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/servers").join(server);
    let variables = variables.iter().copied();
    let mut output = Command::new(script).arg(command).arg(folder).args(more).envs(variables).output();
    let output = output.as_mut().expect("tests/servers runs");
    assert!(output.status.success(), "tests/servers/{server}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(std::mem::take(&mut output.stdout)).unwrap()
}

pub fn context() -> Context {
    Context {
        name: "annuaire".to_owned(),
        base: Path::new(env!("CARGO_MANIFEST_DIR")).join("ldap/fixtures"),
        time_zone: jiff::tz::TimeZone::UTC,
        pseudonyms: Some(key()),
        year_of: "date",
        rules: Rules::default(),
    }
}

pub fn key() -> PseudonymKey {
    PseudonymKey::new("a key of the tests".to_owned().into())
}

/// A source with these keys, its rules among them.
pub fn source(keys: &str) -> Box<dyn Source> {
    let mut table: toml::Table = toml::from_str(keys).unwrap();
    let rules = table.remove("rule").unwrap_or_else(|| toml::Value::Array(Vec::new()));
    let rules = Rules::read(rules.as_array().unwrap(), CONNECTOR.reports).unwrap();
    (CONNECTOR.open)(table, Context { rules, ..context() }).unwrap()
}

pub async fn collect(keys: &str) -> Result<Harvest, Failure> {
    source(keys).collect(&Progress::default()).await
}

/// People by entity and department.
pub fn agents(harvest: &Harvest) -> BTreeMap<(String, String), usize> {
    let told = harvest.lines.headcounts.iter().map(|line| &line.told);
    told.map(|told| {
        let text = |text: &Option<domain::record::Text>| text.as_deref().unwrap_or_default().to_owned();
        ((text(&told.entity), text(&told.department)), told.agents.unwrap() as usize)
    })
    .collect()
}

/// Everything that names a person of these entries: names, logins, mails, telephones.
pub fn personal(entries: &[Entry]) -> Vec<String> {
    let people = entries.iter().filter(|entry| entry.text("sn").is_some());
    let words = people.flat_map(|entry| {
        ["sn", "uid", "sAMAccountName", "mail", "telephoneNumber", "cn"]
            .into_iter()
            .flat_map(|name| entry.texts(name))
    });
    words.map(str::to_lowercase).collect()
}

/// Nothing that a harvest holds names a person.
#[track_caller]
pub fn names_nobody(harvest: &Harvest, entries: &[Entry]) {
    let told = format!("{harvest:?}").to_lowercase();
    let words = personal(entries);
    assert!(words.len() > 500, "{}", words.len());
    let any: Vec<String> = words.iter().map(|word| regex::escape(word)).collect();
    let found = regex::Regex::new(&any.join("|")).unwrap().find(&told).map(|found| found.as_str().to_owned());
    assert_eq!(found, None, "is told");
}
