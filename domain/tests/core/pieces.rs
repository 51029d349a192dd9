//! A fleet of more than one piece: neither the order of arrival nor the number of cores changes anything, and what is made
//! of a part of a house speaks of that part.

use std::collections::{BTreeMap, BTreeSet};

use domain::entity::EntityId;
use domain::exit::ExitLine;
use domain::indicator::{Basis, Reading, measure};
use domain::law::agec::Ledger;
use domain::law::reen::Exits;
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::testimony::{Lines, Testimony};
use domain::word::{Condition, Disposal, Kind};
use jiff::civil::{Date, date};

use crate::world::{CCAS, OPEN, ORGANISATION, euros, exits, kept, purchases, settings, snapshot, testimony, text};

/// More than any step takes in one go.
const MANY: usize = 70_000;
const AT: Date = date(2026, 6, 30);

fn fleet() -> Vec<Testimony> {
    let bought = |at: usize| Some(date(2018 + (at * 7919 % 8) as i16, 1 + (at % 12) as i8, 5));
    let inventory = |at: usize| Facts {
        kind: Some([Kind::Laptop, Kind::Monitor, Kind::Smartphone][at % 3]),
        manufacturer: text(["Dell", "HP"][at % 2]),
        model: text(&format!("Model {}", at % 37)),
        serial: text(&format!("SER{at:06}")),
        asset_tag: text(&format!("INV-{}", at % (MANY - 9))),
        entity: text(["ville", "ccas", "ecole"][at % 5 % 3]),
        condition: (!at.is_multiple_of(7)).then_some([Condition::New, Condition::Refurbished][at % 2]),
        purchase_date: bought(at),
        purchase_price_ht: euros(100 + (at % 900) as i64),
        disposal_date: at.is_multiple_of(11).then(|| date(2026, 1 + (at % 5) as i8, 9)),
        ..Facts::default()
    };
    let agents = |at: usize| Facts {
        serial: text(&format!("SER{at:06}")),
        hostname: text(&format!("pc-{}", at % 50_000)),
        mac: text(&format!("00:1a:2b:{:02x}:{:02x}:{:02x}", at >> 16, at >> 8 & 255, at & 255)),
        ..Facts::default()
    };
    let docked = |at: usize| Facts {
        mac: text(&format!("00:1a:2b:{:02x}:{:02x}:{:02x} 00:1a:2b:00:00:07", at >> 16, at >> 8 & 255, at & 255)),
        ..Facts::default()
    };
    let list = |name: &str, facts: &dyn Fn(usize) -> Facts, of: usize| {
        testimony(name, (0..MANY / of).map(|at| kept(&format!("{at:06}"), facts(at))).collect())
    };
    vec![list("inventory", &inventory, 1), list("agents", &agents, 2), list("docks", &docked, 10)]
}

/// All that is made of a fleet on so many cores.
fn made(testimonies: &[Testimony], cores: usize) -> (Snapshot, Ledger, Vec<(&'static str, Reading)>) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build().unwrap();
    pool.install(|| {
        let (snapshot, settings) = (snapshot(testimonies), settings(0.05));
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        let readings = measure(&basis).into_iter().map(|(indicator, reading)| (indicator.name, reading)).collect();
        let ledger = basis.ledger.clone();
        (snapshot, ledger, readings)
    })
}

#[test]
fn neither_order_nor_cores_change_anything() {
    let mut testimonies = fleet();
    let first = made(&testimonies, 1);
    assert!(first.0.assets.len() >= MANY && !first.0.doubts.is_empty() && first.0.alike.len() > 100);
    assert!(first.1.lines.len() > MANY / 2, "{} lines", first.1.lines.len());
    // Each asset's class and each purchase are its own, wherever pieces end.
    let (snapshot, ledger, _) = &first;
    let model = |facts: Facts| (facts.kind, facts.manufacturer, facts.model);
    for asset in &snapshot.assets {
        assert_eq!(model(snapshot.alike[asset.class as usize].facts.facts()), model(asset.facts()));
    }
    for line in &ledger.lines {
        let asset = snapshot.asset(&line.id(snapshot)).unwrap();
        assert_eq!((line.kind, Some(line.date)), (asset.kind, asset.facts().purchase_date));
        assert_eq!(Some(line.amount), asset.facts().purchase_price_ht);
    }
    let same = |other: &(Snapshot, Ledger, Vec<_>), what: &str| {
        assert!(first.0 == other.0, "the snapshot, {what}");
        assert!(first.1 == other.1, "the ledger, {what}");
        assert!(first.2 == other.2, "the readings, {what}");
    };
    same(&made(&testimonies, 4), "on four cores");
    testimonies.iter_mut().for_each(|testimony| testimony.observations.reverse());
    same(&made(&testimonies, 3), "in reverse and on three cores");
}

/// Half of them leave after three years, and half stay; two entities have as many.
#[test]
fn pieces_are_added_up() {
    let of = |at: usize| Facts {
        kind: Some(Kind::Laptop),
        entity: text(["ville", "ccas"][at % 2]),
        in_service_date: Some(date(2022, 6, 30)),
        disposal_date: (at / 2).is_multiple_of(2).then(|| date(2025, 6, 30)),
        ..Facts::default()
    };
    let inventory = testimony("inventory", (0..MANY).map(|at| kept(&format!("{at:06}"), of(at))).collect());
    let (_, _, readings) = made(&[inventory], 2);
    let told = |name: &str, label: &str| {
        let is =
            |(of, reading): &&(_, Reading)| *of == name && reading.slice.iter().any(|(_, value)| **value == *label);
        readings.iter().find(is).map(|(_, reading)| (reading.value, reading.coverage)).unwrap()
    };
    let half = MANY as f64 / 2.0;
    assert_eq!(told("assets_by_age", "4-5y"), (Some(half), 1.0));
    // What has left was acquired too.
    assert_eq!(told("footprint_acquired_co2e_grams", "2022"), (Some(MANY as f64 * 185_090.0), 1.0));
    assert_eq!(told("lifetime_median_seconds", "laptop"), (Some(1096.0 * 86_400.0), 1.0));
    assert_eq!(
        told("footprint_embodied_co2e_grams", "laptop"),
        (Some(half / 2.0 * 185_090.0), 1.0),
        "of one of two entities"
    );
}

#[test]
fn lines_of_a_part_name_what_they_are_of() {
    let asset = |native: &str, entity: &str| {
        let facts = Facts {
            kind: Some(Kind::Laptop),
            entity: text(entity),
            purchase_date: Some(date(2026, 2, 1)),
            purchase_price_ht: euros(500),
            disposal_date: Some(date(2026, 5, 1)),
            ..Facts::default()
        };
        kept(native, facts)
    };
    let bought = |entity: &str| PurchaseLine {
        date: Some(date(2026, 3, 1)),
        entity: text(entity),
        kind: Some(Kind::Laptop),
        amount_ht: euros(900),
        ..PurchaseLine::default()
    };
    let gone = |entity: &str| ExitLine { date: Some(date(2026, 4, 1)), entity: text(entity), ..ExitLine::default() };
    let entities = ["ville", "ccas", "ecole"];
    let mut ledger = testimony("ledger", Vec::new());
    ledger.lines = Lines { exits: exits(entities.map(gone), []).exits, ..purchases(entities.map(bought)) };
    let assets = entities.iter().enumerate().map(|(at, entity)| asset(&at.to_string(), entity));
    let whole = snapshot(&[testimony("glpi", assets.collect()), ledger]);
    // The second entity below the organisation, and both.
    for (allowed, expected) in [(vec![2], vec!["1"]), (vec![1, 3], vec!["0", "2"]), (vec![0], vec!["0", "1", "2"])] {
        let part = whole.within(&allowed.into_iter().map(EntityId).collect::<Vec<_>>());
        let law = settings(0.05).law;
        let of_lines = expected.iter().map(|at| format!("ledger:file.csv:{at}"));
        let expected: BTreeSet<Text> =
            expected.iter().map(|at| format!("glpi:{at}")).chain(of_lines).map(Text::from).collect();
        let spent: Vec<Text> = Ledger::of(&part, &law, AT).lines.iter().map(|line| line.id(&part)).collect();
        let left: Vec<Text> = Exits::of(&part, &law, AT).lines.iter().map(|line| line.id(&part)).collect();
        for told in [spent, left] {
            assert_eq!(told.len(), expected.len());
            assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }
}

/// Who sees a part of a buyer would read another value of the same figure.
#[test]
fn a_part_of_a_buyer_has_no_legal_figure() {
    let bought = |entity: &str, considered| PurchaseLine {
        date: Some(date(2026, 3, 1)),
        entity: text(entity),
        kind: Some(Kind::Laptop),
        condition: Some(Condition::New),
        amount_ht: euros(900),
        repairability_considered: Some(considered),
        ..PurchaseLine::default()
    };
    let gone = |entity: &str| ExitLine {
        date: Some(date(2026, 4, 1)),
        entity: text(entity),
        disposal: Some(Disposal::Recycling),
        weight_kg: Some(2.0),
        ..ExitLine::default()
    };
    let mut ledger = testimony("ledger", Vec::new());
    let purchases = purchases([bought("ville", true), bought("ecole", false), bought("ccas", true)]);
    ledger.lines = Lines { exits: exits(["ville", "ecole", "ccas"].map(gone), []).exits, ..purchases };
    let whole = snapshot(&[ledger]);
    let told = |of: &Snapshot| {
        let settings = settings(0.05);
        let all = measure(&Basis::new(of, &settings, OPEN, AT)).into_iter();
        let legal = all.filter(|(of, _)| ["index_considered_ratio", "weee_grams"].contains(&of.name));
        legal
            .map(|(of, reading)| ((of.name, reading.slice[0].1.to_string()), reading.value))
            .collect::<BTreeMap<_, _>>()
    };
    let index = |siret: &str, value| (("index_considered_ratio", siret.to_owned()), Some(value));
    let waste = |siret: &str, value| (("weee_grams", siret.to_owned()), Some(value));
    let [of_ccas, waste_of_ccas] = [index(CCAS, 1.0), waste(CCAS, 2000.0)];
    let of_all = [index(ORGANISATION, 0.5), waste(ORGANISATION, 4000.0), of_ccas.clone(), waste_of_ccas.clone()];
    assert_eq!(told(&whole), BTreeMap::from(of_all));
    // The town without its school, and a buyer of its own.
    assert_eq!(told(&whole.within(&[EntityId(1), EntityId(2)])), BTreeMap::from([of_ccas, waste_of_ccas]));
}
