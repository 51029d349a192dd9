//! Agents as they really answer: recordings of many, replayed by snmpsim; net-snmp's own for version 3.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::path::Path;
use std::process::Command;

use domain::observation::Facts;
use domain::word::Word;

use super::{Found, Snmp};
use crate::rule::Rules;
use crate::tests::folder;
use crate::{Context, Progress};

mod faults;
mod net_snmp;
mod recorded;
mod responder;
mod things;
mod watts;

fn context() -> Context {
    Context {
        name: "snmp".to_owned(),
        base: Path::new(env!("CARGO_MANIFEST_DIR")).join("snmp/fixtures"),
        time_zone: jiff::tz::TimeZone::UTC,
        pseudonyms: None,
        year_of: "date",
        rules: Rules::default(),
    }
}

/// A source with these keys.
fn source(keys: &str) -> Snmp {
    Snmp::open(toml::from_str(keys).unwrap(), context()).unwrap()
}

/// The agents that answer.
async fn discover(keys: &str) -> Vec<Found> {
    found_by(&source(keys)).await
}

async fn found_by(source: &Snmp) -> Vec<Found> {
    let mut found = Vec::new();
    source.discover(&[], &Progress::default(), |agent| found.extend(agent.ok())).await.unwrap();
    found
}

/// A server of `tests/servers`, which the tests share; what it printed.
fn server(name: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/servers").join(name);
    let output = Command::new(script).arg("start").arg(folder(name)).output().unwrap();
    assert!(output.status.success(), "tests/servers/{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn kind_of(facts: &Facts) -> &'static str {
    facts.kind.map_or("", Word::name)
}
