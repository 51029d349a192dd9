//! What means harm or is broken as if it did: sources, files, disks, clocks, signals. Each test prints what it measured.

#![expect(clippy::print_stdout, reason = "figures are for whoever reads them")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::house::*;

mod bombs;
mod clock;
mod disk;
mod queries;
mod secrets;
mod signals;
mod sources;

/// How long a slow machine may take with what is large: as long as a source may that something else than time is to end.
pub const LONG: Duration = Duration::from_secs(600);

/// The servers of `tests/hostile/server.py`.
pub struct Servers {
    _program: Program,
    ports: Value,
}

impl Servers {
    pub fn start() -> Self {
        let mut child = Command::new("python3")
            .arg(root().join("tests/hostile/server.py"))
            .arg(root().join("connectors/glpi/fixtures/loopback.pem"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
        Self { _program: Program(child), ports: serde_json::from_str(&told).unwrap() }
    }

    /// `127.0.0.1:PORT` of one of them.
    pub fn address(&self, mode: &str) -> String {
        format!("127.0.0.1:{}", self.ports[mode])
    }

    /// How often one was asked, and how many bytes it has sent.
    pub fn told(&self, mode: &str) -> (u64, u64) {
        let url = format!("http://{}/", self.address("stats"));
        let told: Value = wait(async { client().get(url).send().await.unwrap().json().await.unwrap() });
        (told[mode]["asked"].as_u64().unwrap(), told[mode]["sent"].as_u64().unwrap())
    }
}

/// What one source failed with: class and words.
pub fn failure(daemon: &Daemon, source: &str) -> (String, String) {
    let sources = daemon.sources();
    let found = sources.iter().find(|told| told["name"] == source).unwrap_or_else(|| panic!("no source {source}"));
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("failure_class"), text("failure"))
}

/// Holds what a source failed with against what is expected: its class, and part of one line.
pub fn check_failure(daemon: &Daemon, source: &str, class: &str, says: &str) {
    let (found, told) = failure(daemon, source);
    println!("{source}: {found}: {told}");
    assert_eq!(found, class, "{source}: {told}");
    assert!(told.contains(says) && !told.contains('\n') && told.len() < 1000, "{source}: {told}");
}

/// A fleet of so many laptops, all of this model.
pub fn fleet(folder: &Folder, count: usize, model: &str) {
    let rows = (0..count).map(|at| format!("A{at};laptop;SER{at:05};{model}\n"));
    folder.write("fleet.csv", &format!("id;kind;serial;model\n{}", rows.collect::<String>()));
}

/// The models of all assets, each once.
pub fn models(daemon: &Daemon) -> Vec<String> {
    let mut models: Vec<String> =
        daemon.items("/api/v1/assets").iter().map(|asset| asset["model"].as_str().unwrap().to_owned()).collect();
    models.dedup();
    models
}

/// Numbers that are not chosen, from a seed that is told.
pub struct Chance(u64);

impl Chance {
    pub fn seeded(by: &str) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let told = std::env::var("ECOPARC_SEED").ok().and_then(|told| told.parse().ok());
        let seed = told.unwrap_or(now.as_nanos() as u64) | 1;
        println!("{by}: ECOPARC_SEED={seed}");
        Self(seed)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % bound
    }
}
