//! What the figures of a footprint are made of, and what each of them says that it rests on.

use std::collections::BTreeSet;

use domain::entity::EntityId;
use domain::factor::Series;
use domain::indicator::footprint::{fleet, kinds, of_asset, of_entities, parts, portions, total};
use domain::indicator::{Basis, Grounds, Reading, Settings, all};
use domain::observation::Facts;
use domain::quantity::{Impact, Years};
use domain::testimony::{Kept, Testimony};
use domain::word::{Criterion, Kind, Status};
use jiff::civil::{Date, date};

use crate::world::{OPEN, headcounts, kept, moment, settings, snapshot, testimony, text};

const AT: Date = date(2026, 6, 30);
const ELECTRICITY: &str = "electricity/fr-2026";

fn of(kind: Kind) -> Facts {
    Facts { kind: Some(kind), in_service_date: Some(date(2025, 6, 30)), ..Facts::default() }
}

/// A laptop of which its maker declares 100 kWh a year.
fn declared() -> Facts {
    Facts { annual_kwh: Some(100.0), ..of(Kind::Laptop) }
}

fn house(fleet_of: &[Facts]) -> Testimony {
    testimony("glpi", fleet_of.iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts.clone())).collect())
}

/// What a basis of these things gives.
fn asked<T>(fleet_of: &[Facts], settings: &Settings, question: impl Fn(&Basis) -> T) -> T {
    question(&Basis::new(&snapshot(&[house(fleet_of)]), settings, OPEN, AT))
}

fn readings(basis: &Basis, name: &str) -> Vec<Reading> {
    (all().find(|indicator| indicator.name == name).unwrap().compute)(basis)
}

fn rests_on(reading: &Reading) -> Vec<&str> {
    reading.rests_on.iter().map(|id| &**id).collect()
}

/// The annual use of everything, as one kind's reading tells it.
fn used(basis: &Basis) -> Reading {
    let mut all = readings(basis, "footprint_annual_co2e_grams");
    all.retain(|reading| reading.slice.iter().any(|(_, value)| &**value == "use"));
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// A monitor that came and left this year: acquired, and no more than that.
#[test]
fn what_has_left_is_in_no_figure_of_what_is_there() {
    let gone = Facts {
        kind: Some(Kind::Monitor),
        purchase_date: Some(date(2026, 2, 1)),
        disposal_date: Some(date(2026, 3, 1)),
        ..Facts::default()
    };
    let counted = Testimony { lines: headcounts([("organisation", 2.0)]), ..house(&[of(Kind::Laptop), gone]) };
    let (snapshot, settings) = (snapshot(&[counted]), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let told = |name| -> BTreeSet<String> {
        let slices = readings(&basis, name).into_iter().flat_map(|reading| reading.slice);
        slices.filter(|(label, _)| *label == "kind").map(|(_, kind)| kind.to_string()).collect()
    };
    for name in [
        "footprint_annual_co2e_grams",
        "footprint_annual_co2e_low_grams",
        "footprint_embodied_co2e_grams",
        "electricity_annual_joules",
        "factor_coverage_ratio",
    ] {
        assert_eq!(told(name), BTreeSet::from(["laptop".to_owned()]), "{name}");
    }
    assert_eq!(told("footprint_acquired_co2e_grams").len(), 2);
    assert_eq!(portions(&basis, |_, _| true).len(), 1);
    let alone = ["ademe/laptop", ELECTRICITY, "lifetime_years.laptop"];
    assert_eq!(rests_on(&fleet(&basis)), alone);
    assert_eq!(rests_on(&readings(&basis, "footprint_per_agent_co2e_grams")[0]), alone);
}

/// Nothing rests on the lifetime of what has no factor; a total of which all is known is not "at least".
#[test]
fn a_total_rests_on_what_it_was_reached_with() {
    let settings = settings(0.0461);
    let told = asked(&[of(Kind::Laptop), of(Kind::Tablet)], &settings, fleet);
    assert_eq!(rests_on(&told), ["ademe/laptop", ELECTRICITY, "lifetime_years.laptop"]);
    assert_eq!(told.coverage, 0.5);
    assert!(told.note.is_some_and(|note| note.starts_with("at least")));
    let whole = asked(&[of(Kind::Laptop)], &settings, fleet);
    assert_eq!((whole.coverage, whole.note), (1.0, None));
}

/// As it is declared, as it is usual for the kind, or one of them for each of two.
#[test]
fn a_total_says_where_its_electricity_is_known_from() {
    let mut settings = settings(0.0461);
    // It tells of measured rooms alone, and there are none.
    let days = [(AT, settings.factors.grid[0].intensity)].into();
    settings.factors.series = Some(Series { set: 1, days });
    for (fleet_of, grounds, rest) in [
        (vec![of(Kind::Laptop)], Grounds::Default, vec!["ademe/laptop", ELECTRICITY]),
        (vec![declared()], Grounds::Declared, vec![ELECTRICITY]),
        (vec![of(Kind::Laptop), declared()], Grounds::Mixed, vec!["ademe/laptop", ELECTRICITY]),
    ] {
        let told = asked(&fleet_of, &settings, used);
        assert_eq!((told.grounds, rests_on(&told)), (grounds, rest));
    }
}

/// 185.09 kg over five years, and 29 kWh, or 100 kWh as declared, at 50 g.
#[test]
fn a_total_by_factor_by_kind_and_by_entity() {
    let place = |entity: &str, facts: Facts| Facts { entity: text(entity), ..facts };
    let (ville, ccas) = (place("ville", of(Kind::Laptop)), place("ccas", of(Kind::Laptop)));
    // No row tells of switches.
    let fleet_of = [ville.clone(), ccas.clone(), place("ccas", declared()), of(Kind::Switch)];
    let settings = settings(0.05);
    let near = |value: f64, worked: f64| assert!((value - worked).abs() < 1e-6, "{value} is not {worked}");
    asked(&fleet_of, &settings, |basis| {
        let all = portions(basis, |_, kind| kind == Some(Kind::Laptop));
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].count, all[0].told, all[0].grounds), (3.0, [3.0, 3.0], Some(Grounds::Mixed)));
        let part = parts(&all)[0];
        assert_eq!((part.kind, part.count), (Some(Kind::Laptop), 3.0));
        near(part.embodied.0, 3.0 * 37_018.0);
        near(part.used.0, (2.0 * 29.0 + 100.0) * 50.0);
        near(part.total().0, 3.0 * 37_018.0 + 7_900.0);
        near(total(&all).0, part.total().0);
        let figures = kinds(basis);
        assert_eq!(figures.len(), 1, "of switches nothing is known: that is no zero");
        assert_eq!(figures[0].0, Some(Kind::Laptop));
        near(figures[0].1.value.0, part.total().0);
        near(of_entities(basis, |entity| entity == EntityId(1)).value.unwrap(), 37_018.0 + 29.0 * 50.0);
    });
    asked(&[ville, ccas], &settings, |basis| {
        assert_eq!(portions(basis, |_, _| true)[0].grounds, Some(Grounds::Default), "both are known alike");
    });
}

/// Three years on the day it leaves; a thing that leaves on the day it comes tells nothing of how long its like last.
#[test]
fn years_with_us_of_what_has_left() {
    let left = |start| Facts { in_service_date: Some(start), disposal_date: Some(AT), ..of(Kind::Laptop) };
    for (start, years) in [(date(2023, 6, 30), Years::from_days(1096)), (AT, Years(5.0))] {
        let internal = asked(&[left(start)], &settings(0.05), |basis| {
            of_asset(basis, Criterion::Co2e, &basis.snapshot.assets[0], basis.status[0]).internal
        });
        assert_eq!(internal, Some(years), "{start}");
    }
}

/// Nobody knows how long switches last. What it took to make one that is ours alone is known all the same; of one that
/// others had before, not which part of it is ours.
#[test]
fn undivided_needs_no_lifetime_unless_it_was_shared() {
    let mut settings = settings(0.05);
    settings.factors.rows[0].kind = Kind::Switch;
    settings.factors = settings.factors.indexed();
    let shared = Facts { upstream_years: Some(2.0), ..of(Kind::Switch) };
    for (facts, undivided) in [(of(Kind::Switch), Some(Impact(185_090.0))), (shared, None)] {
        let told = asked(&[facts], &settings, |basis| {
            of_asset(basis, Criterion::Co2e, &basis.snapshot.assets[0], basis.status[0])
        });
        assert_eq!((told.annual, told.undivided), (None, undivided));
    }
}

#[test]
fn what_is_in_stock_takes_no_electricity() {
    let stored = Facts { status: Some(Status::InStock), ..of(Kind::Laptop) };
    for (facts, worked) in [(of(Kind::Laptop), 29.0), (stored, 0.0)] {
        let told = asked(&[facts], &settings(0.05), |basis| {
            of_asset(basis, Criterion::Co2e, &basis.snapshot.assets[0], basis.status[0])
        });
        assert_eq!((told.kwh, told.used), (Some(worked), Some(Impact(worked * 50.0))));
    }
}

/// Nobody tells when it left: once it has been missed for 90 days it grows no older.
#[test]
fn what_has_left_grows_no_older() {
    let used = Facts { upstream_years: Some(4.0), in_service_date: Some(date(2017, 6, 30)), ..of(Kind::Laptop) };
    let missed = Kept { unlisted_since: Some(moment(date(2025, 6, 30))), ..kept("1", used) };
    let (snapshot, settings) = (snapshot(&[testimony("glpi", vec![missed])]), settings(0.0));
    let lives = [date(2025, 9, 28), AT].map(|at| {
        let basis = Basis::new(&snapshot, &settings, OPEN, at);
        of_asset(&basis, Criterion::Co2e, &snapshot.assets[0], None).internal.unwrap()
    });
    assert_eq!(lives, [Years::from_days(8 * 365 + 2 + 90); 2]);
}

/// How much electricity a laptop takes is known without a factor of the country's; what that costs is not.
#[test]
fn electricity_needs_no_factor_of_its_own() {
    let mut without = settings(0.0461);
    without.factors.grid.clear();
    without.factors = without.factors.indexed();
    asked(&[declared(), of(Kind::Laptop)], &without, |basis| {
        let joules = readings(basis, "electricity_annual_joules");
        let told: Vec<_> = joules.iter().map(|reading| (reading.grounds, reading.value, reading.coverage)).collect();
        let kwh = |kwh: f64| Some(kwh * 3.6e6);
        assert_eq!(
            told,
            [
                (Grounds::Measured, kwh(0.0), 1.0),
                (Grounds::Declared, kwh(100.0), 1.0),
                (Grounds::Default, kwh(29.0), 1.0)
            ]
        );
        let used = used(basis);
        assert_eq!((used.value, used.coverage), (None, 0.0));
        let note = "no factor of this country's electricity is known";
        assert_eq!(used.note.as_deref(), Some(note));
    });
    // With one, both are told; of what nobody knows the electricity of, neither.
    let tablet = [of(Kind::Tablet)];
    asked(&tablet, &settings(0.0461), |basis| {
        let joules = readings(basis, "electricity_annual_joules");
        let note = joules[0].note.as_deref();
        assert_eq!((joules[0].value, note), (None, Some("no electricity figure for this kind")));
    });
}
