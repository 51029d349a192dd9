//! No step grows with the square of a fleet: 100 000 of what real inventories hold too many of. Nothing is timed here. A
//! quadratic step takes minutes where the others take seconds, and `.config/nextest.toml` ends it after two.

use domain::decision::Decision;
use domain::doubt::Reason;
use domain::indicator::{Basis, measure};
use domain::observation::Facts;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::testimony::{Kept, Testimony};
use domain::word::{Kind, Verdict};
use jiff::civil::date;

use crate::world::{OPEN, kept, line, settings, snapshot, testimony, text};

const MANY: usize = 100_000;

fn source(name: &str, facts: impl Fn(usize) -> Facts) -> Testimony {
    let observations: Vec<Kept> = (0..MANY).map(|at| kept(&format!("{name}-{at}"), facts(at))).collect();
    testimony(name, observations)
}

fn collisions(snapshot: &Snapshot) -> usize {
    snapshot.doubts.iter().filter(|doubt| doubt.reason() == Reason::Collides).count()
}

/// So many assets, and so many collisions, out of these sources; every indicator can be asked of them.
#[track_caller]
fn check(testimonies: &[Testimony], assets: usize, collides: usize) {
    let snapshot = snapshot(testimonies);
    assert_eq!((snapshot.assets.len(), collisions(&snapshot)), (assets, collides));
    let settings = settings(0.05);
    let readings = measure(&Basis::new(&snapshot, &settings, OPEN, date(2026, 6, 30)));
    let told = readings.iter().filter(|(indicator, _)| indicator.name == "assets");
    assert_eq!(told.filter_map(|(_, reading)| reading.value).sum::<f64>(), assets as f64);
}

/// A serial that looks right and is on everything that a maker has built.
fn bad(at: usize, models: usize) -> Facts {
    let model = text(&format!("Model {}", at % models));
    Facts { kind: Some(Kind::Laptop), model, serial: text("PF0BAD01"), ..Facts::default() }
}

#[test]
fn one_serial_on_several_models() {
    check(&[source("a", |at| bad(at, 40)), source("b", |at| bad(at, 40))], 40, 1);
}

#[test]
fn one_serial_on_as_many_models() {
    check(&[source("a", |at| bad(at, MANY))], MANY, 1);
    check(&[source("a", |at| bad(at, 1)), source("b", |at| bad(at, MANY))], MANY, 1);
}

#[test]
fn monitors_on_one_host_name() {
    let monitor = |at: usize| Facts {
        kind: Some(Kind::Monitor),
        serial: text(&format!("CN{at:08}")),
        hostname: text("pc-0001"),
        ..Facts::default()
    };
    let named = Facts { hostname: text("pc-0001"), ..Facts::default() };
    check(&[source("a", monitor), testimony("b", vec![kept("1", named)])], MANY + 1, 1);
}

#[test]
fn equal_host_names_and_nothing_else() {
    let named = |_: usize| Facts { kind: Some(Kind::Desktop), hostname: text("poste-libre"), ..Facts::default() };
    check(&[source("a", named)], MANY, 1);
    check(&[source("a", named), source("b", named)], 2 * MANY, 1);
}

#[test]
fn one_docking_station_behind_all() {
    let docked = |at: usize| Facts {
        kind: Some(Kind::Laptop),
        serial: text(&format!("SN{at:08}")),
        mac: text("00:1a:2b:3c:4d:5e"),
        ..Facts::default()
    };
    check(&[source("a", docked), source("b", docked)], MANY, 0);
}

#[test]
fn as_many_docking_stations_and_asset_tags() {
    // Each address and each tag stands behind two machines.
    let docked = |at: usize| {
        let [_, x, y, z] = (at as u32 / 2).to_be_bytes();
        Facts {
            kind: Some(Kind::Laptop),
            serial: text(&format!("SN{at:08}")),
            mac: text(&format!("00:1a:2b:{x:02x}:{y:02x}:{z:02x}")),
            asset_tag: text(&format!("INV-{:06}", at / 2)),
            ..Facts::default()
        }
    };
    check(&[source("a", docked)], MANY, MANY / 2);
}

#[test]
fn decisions_on_all() {
    // Each serial is on two models, and somebody has decided of each pair.
    let pair = |at: usize| Facts {
        kind: Some(Kind::Laptop),
        model: text(&format!("Model {}", at % 2)),
        serial: text(&format!("SN{:08}", at / 2)),
        ..Facts::default()
    };
    let decided = |at: usize, verdict| {
        let id = |at: usize| Some(Text::from(format!("a:a-{at}")));
        let (asset_a, asset_b) = (id(at / 2 * 2), id(at / 2 * 2 + 1));
        line(at, Decision { decision: Some(verdict), asset_a, asset_b, ..Decision::default() })
    };
    let decisions = |verdict: fn(usize) -> Verdict| {
        let mut told = testimony("decisions", Vec::new());
        told.lines.decisions = (0..MANY).map(|at| decided(at, verdict(at))).collect();
        told
    };
    check(&[source("a", pair), decisions(|_| Verdict::Same)], MANY / 2, 0);
    check(&[source("a", pair), decisions(|_| Verdict::Different)], MANY, 0);
    check(&[source("a", pair), decisions(|_| Verdict::Ignore)], MANY, 0);
}

#[test]
fn as_many_places() {
    let placed = |at: usize| Facts {
        kind: Some(Kind::Laptop),
        serial: text(&format!("SN{at:08}")),
        entity: text(&format!("Ville > Service {}", at / 5)),
        location: text(&format!("Salle {}", at / 2)),
        ..Facts::default()
    };
    check(&[source("a", placed)], MANY, 0);
}
