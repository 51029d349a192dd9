//! What is made of recordings, beside what a careful reader finds in them (`fixtures/expected.csv`).

use std::collections::BTreeMap;

use domain::identity;
use domain::observation::Facts;

use super::responder::{self, Faults};
use super::{Found, context, discover, kind_of, server};
use crate::snmp::replay;
use crate::tests::folder;

struct Expected {
    dump: String,
    vendor: String,
    model: String,
    serial: String,
    kind: String,
    /// Watts in its note: `consumption=612 W`.
    watts: [Option<f64>; 3],
}

fn expected() -> Vec<Expected> {
    let text = include_str!("../fixtures/expected.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| {
        let cell = |at: usize| row.get(at).unwrap_or_default().trim().to_owned();
        let watts = ["consumption=", "output=", "poe="].map(|what| {
            let (_, told) = row.get(5)?.split_once(what)?;
            told.split(' ').next()?.parse().ok()
        });
        Expected { dump: cell(0), vendor: cell(1), model: cell(2), serial: cell(3), kind: cell(4), watts }
    })
    .collect()
}

/// What differs between a row of the table and what is made of the recording.
fn differences(row: &Expected, agent: Option<&Found>) -> Option<String> {
    let Some(agent) = agent else { return Some("no answer".to_owned()) };
    let told =
        |of: fn(&Facts) -> &str| agent.things.first().map(|(_, facts)| of(facts).to_owned()).unwrap_or_default();
    let mut serials: Vec<String> =
        agent.things.iter().filter_map(|(_, facts)| identity::serial(facts.serial.as_deref()?)).collect();
    serials.sort();
    let mut wanted: Vec<String> = row.serial.split('|').filter_map(identity::serial).collect();
    wanted.sort();
    let vendor = told(|facts| facts.manufacturer.as_deref().unwrap_or_default());
    let model = told(|facts| facts.model.as_deref().unwrap_or_default());
    let kind = told(|facts| kind_of(facts));
    let mut differs = Vec::new();
    if identity::maker(&vendor) != identity::maker(&row.vendor) {
        differs.push(format!("vendor {vendor:?}, not {:?}", row.vendor));
    }
    if identity::model(&model) != identity::model(&row.model) {
        differs.push(format!("model {model:?}, not {:?}", row.model));
    }
    if serials != wanted {
        differs.push(format!("serials {serials:?}, not {wanted:?}"));
    }
    if kind != row.kind {
        differs.push(format!("kind {kind:?}, not {:?}", row.kind));
    }
    let watts = [agent.drawn.consumption, agent.drawn.output, agent.drawn.poe];
    if watts.iter().zip(row.watts).any(|(told, wanted)| match (*told, wanted) {
        (Some(told), Some(wanted)) => (told - wanted).abs() > 0.001,
        (told, wanted) => told != wanted,
    }) {
        differs.push(format!("watts {watts:?}, not {:?}", row.watts));
    }
    (!differs.is_empty()).then(|| format!("{} ({})", differs.join("; "), agent.headline))
}

/// Recordings of which less is read than a careful reader finds, and why.
fn gaps() -> BTreeMap<String, String> {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(&include_bytes!("../fixtures/gaps.csv")[..]);
    reader.records().map(Result::unwrap).map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

fn keys(port: u16, community: &str) -> String {
    format!(
        "targets = ['127.0.0.1']\nport = {port}\nrequest_timeout = '5s'\nneighbours = false\n[[credential]]\n\
         version = '2c'\ncommunity = '{community}'"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recording_is_read_as_people_read_it() {
    server("snmpsim");
    let rows = expected();
    assert!(rows.len() > 100, "{}", rows.len());
    let gaps = gaps();
    let mut wrong = Vec::new();
    for row in &rows {
        let text = std::fs::read(folder("snmpsim").join("data").join(&row.dump)).expect(&row.dump);
        let address = responder::start(responder::walk(&String::from_utf8_lossy(&text)), Faults::default());
        let found = discover(&keys(address.port(), "public")).await;
        match (differences(row, found.first()), gaps.contains_key(&row.dump)) {
            (Some(differs), false) => wrong.push(format!("{}: {differs}", row.dump)),
            (None, true) => wrong.push(format!("{}: read as expected, take it out of gaps.csv", row.dump)),
            _ => {}
        }
    }
    println!("{} of {} recordings are read as expected", rows.len() - gaps.len(), rows.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A recording that is read without an agent tells what the agent tells; cut anywhere, it makes nothing panic.
#[tokio::test(flavor = "multi_thread")]
async fn replays() {
    let mut checked = 0;
    for entry in std::fs::read_dir(context().base.join("walks")).unwrap() {
        let text = std::fs::read(entry.unwrap().path()).unwrap();
        let now = jiff::Timestamp::now();
        let (harvest, drawn) = replay::document(&context(), &text, now);
        let address = responder::start(responder::walk(&String::from_utf8_lossy(&text)), Faults::default());
        let found = discover(&keys(address.port(), "public")).await;
        assert_eq!(found[0].drawn, drawn);
        let things = harvest.observations.iter().filter(|told| told.witness().is_none());
        let told: Vec<_> = things.map(|told| (told.native().into(), told.serial().map(Into::into))).collect();
        let asked: Vec<_> =
            found[0].things.iter().map(|(native, facts)| (native.clone(), facts.serial.clone())).collect();
        assert_eq!(told, asked);
        for cut in (0..text.len()).step_by(97) {
            replay::document(&context(), &text[cut..], now);
        }
        checked += 1;
    }
    assert_eq!(checked, 14);
}

/// snmpsim says the same as the responder of these tests.
#[tokio::test(flavor = "multi_thread")]
async fn snmpsim_tells_the_same() {
    let port: u16 = server("snmpsim").parse().unwrap();
    let gaps = gaps();
    for row in expected().iter().filter(|row| !gaps.contains_key(&row.dump)).step_by(9) {
        let found = discover(&keys(port, row.dump.trim_end_matches(".snmprec").trim_end_matches(".snmpwalk"))).await;
        assert_eq!(differences(row, found.first()), None, "{}", row.dump);
    }
}
