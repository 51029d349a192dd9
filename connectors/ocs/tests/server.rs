//! The real OCS that `tests/servers/ocs` starts: one shared by the tests that only read, or one of a test's own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::CONNECTOR;
use crate::rule::Rules;
use crate::tests::folder;
use crate::{Context, Failure, Harvest, Progress, Source};

pub struct Server {
    folder: PathBuf,
    own: bool,
    pub database_port: u16,
    pub http_port: u16,
}

impl Server {
    /// The one that tests share; it goes on after them.
    pub fn shared() -> Self {
        Self::start(&folder("ocs"), false)
    }

    /// One that a test may harm, gone with it.
    pub fn own() -> Self {
        Self::start(&folder(&format!("ocs-{}", std::process::id())), true)
    }

    fn start(folder: &Path, own: bool) -> Self {
        let told = script(folder, &["start"], "");
        let mut ports = told.split_whitespace().map(|port| port.parse().unwrap());
        let (database_port, http_port) = (ports.next().unwrap(), ports.next().unwrap());
        Self { folder: folder.to_path_buf(), own, database_port, http_port }
    }

    pub fn control(&self, command: &str) {
        script(&self.folder, &[command], "");
    }

    /// What the database's administrator is told: rows of texts.
    pub fn sql(&self, database: &str, statement: &str) -> Vec<Vec<String>> {
        let told = script(&self.folder, &["sql", database], statement);
        told.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
    }

    /// One number of the database.
    pub fn count(&self, database: &str, statement: &str) -> usize {
        self.sql(database, statement)[0][0].parse().unwrap()
    }

    /// A source over SQL, with these keys beside or instead.
    pub fn over_sql(&self, keys: &str) -> Box<dyn Source> {
        let url = format!("mysql://127.0.0.1:{}/ocsweb", self.database_port);
        source(keys, &[("url", &url), ("login", "ocsread"), ("password", "ocsread-secret")])
    }

    /// The same over REST.
    pub fn over_rest(&self, keys: &str) -> Box<dyn Source> {
        let url = format!("http://127.0.0.1:{}/ocsapi/v1", self.http_port);
        let keys = format!("access = 'rest'\n{keys}");
        source(&keys, &[("url", &url), ("login", "ocsapi"), ("password", "ocsapi-secret")])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.own {
            script(&self.folder, &["stop"], "");
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn script(folder: &Path, arguments: &[&str], input: &str) -> String {
    use std::io::Write as _;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/servers/ocs");
    let mut child = Command::new(script)
        .arg(arguments[0])
        .arg(folder)
        .args(&arguments[1..])
        .env("OCS_WORKERS", if folder.ends_with("ocs") { "8" } else { "1" })
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("tests/servers/ocs runs");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "tests/servers/ocs {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

pub fn context() -> Context {
    Context {
        name: "ocs".to_owned(),
        base: Path::new(env!("CARGO_MANIFEST_DIR")).join("ocs/fixtures"),
        time_zone: jiff::tz::TimeZone::UTC,
        pseudonyms: None,
        year_of: "date",
        rules: Rules::default(),
    }
}

/// A source with these keys, its rules among them, and what stands in for keys that are not there.
pub fn source(keys: &str, defaults: &[(&str, &str)]) -> Box<dyn Source> {
    let mut table: toml::Table = toml::from_str(keys).unwrap();
    for (key, value) in defaults {
        table.entry(*key).or_insert_with(|| (*value).into());
    }
    let rules = table.remove("rule").unwrap_or_else(|| toml::Value::Array(Vec::new()));
    let rules = Rules::read(rules.as_array().unwrap(), CONNECTOR.reports).unwrap();
    (CONNECTOR.open)(table, Context { rules, ..context() }).unwrap()
}

pub async fn collect(source: Box<dyn Source>) -> Result<Harvest, Failure> {
    source.collect(&Progress::default()).await
}
