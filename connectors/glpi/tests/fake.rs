//! `tests/fake_glpi.py`, started for one test and ended with it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::{Method, Url};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::http::{Answer, Client, PATIENCE};
use crate::rule::Rules;
use crate::secret::PseudonymKey;
use crate::{Context, Failure, Harvest, Progress, Source};

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("glpi/fixtures")
}

pub struct Fake {
    child: Child,
    pub url: String,
}

impl Drop for Fake {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Fake {
    pub fn start(generation: u32, modes: &[&str]) -> Self {
        let modes = modes.iter().flat_map(|mode| ["--fail", mode]);
        Self::start_with(generation, &modes.collect::<Vec<_>>(), "http")
    }

    pub fn start_tls(generation: u32) -> Self {
        let certificate = fixtures().join("loopback.pem");
        Self::start_with(generation, &["--tls", certificate.to_str().unwrap()], "https")
    }

    fn start_with(generation: u32, arguments: &[&str], scheme: &str) -> Self {
        let mut child = Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fake_glpi.py"))
            .arg("--dir")
            .arg(fixtures().join(format!("glpi{generation}")))
            .args(["--generation", &generation.to_string()])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs tests/fake_glpi.py");
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let url = format!("{scheme}://127.0.0.1:{}", port.trim());
        Self { child, url }
    }

    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let client = Client::new(&Url::parse(&self.url).unwrap(), None, PATIENCE).unwrap();
        let mut request = client.request(method, &format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        client.ask(request).await.unwrap()
    }

    pub async fn fail(&self, modes: &[&str]) {
        self.ask(Method::POST, "/__control", &[], Some(json!({ "fail": modes }))).await;
    }

    pub async fn stats(&self) -> Value {
        self.ask(Method::GET, "/__stats", &[], None).await.json().unwrap()
    }

    /// How many sessions were opened, killed, and are still open.
    pub async fn sessions(&self) -> (u64, u64, u64) {
        let stats = self.stats().await;
        let count = |name: &str| stats[name].as_u64().unwrap();
        (count("opened"), count("killed"), count("open"))
    }

    /// A source with the right tokens and these keys beside or instead.
    pub fn source(&self, keys: &str) -> Box<dyn Source> {
        self.source_with(keys, Rules::default())
    }

    /// The same with a key for pseudonyms.
    pub fn source_with_people(&self, keys: &str) -> Box<dyn Source> {
        let key = PseudonymKey::new(SecretString::from("key".to_owned()));
        self.opened(keys, Context { pseudonyms: Some(key), ..context() })
    }

    pub fn source_with(&self, keys: &str, rules: Rules) -> Box<dyn Source> {
        self.opened(keys, Context { rules, ..context() })
    }

    fn opened(&self, keys: &str, context: Context) -> Box<dyn Source> {
        let mut table: toml::Table = toml::from_str(keys).unwrap();
        table.entry("url").or_insert_with(|| self.url.clone().into());
        table.entry("app_token").or_insert_with(|| "app".into());
        if !table.contains_key("login") {
            table.entry("user_token").or_insert_with(|| "user".into());
        }
        (super::CONNECTOR.open)(table, context).unwrap()
    }

    pub async fn collect(&self, keys: &str) -> Result<Harvest, Failure> {
        self.source(keys).collect(&Progress::default()).await
    }
}

pub fn context() -> Context {
    Context {
        name: "glpi".to_owned(),
        base: fixtures(),
        time_zone: jiff::tz::TimeZone::UTC,
        pseudonyms: None,
        year_of: "date",
        rules: Rules::default(),
    }
}
