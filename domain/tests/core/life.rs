//! The dates of an asset's life: when it began, where it was on each day, when it left.

use domain::doubt::Reason;
use domain::exit::ExitLine;
use domain::indicator::Basis;
use domain::observation::Facts;
use domain::record::Text;
use domain::testimony::Spell;
use domain::word::{Kind, Status};
use jiff::civil::{Date, date};

use crate::counted::lines;
use crate::identity::{doubts, facts};
use crate::world::{OPEN, exits, kept, moment, settings, snapshot, testimony, text, told};

fn spell(status: Status, since: Date) -> Spell {
    Spell { since, status, entity: None, user: None }
}

/// Each day belongs to what begins on it. The house has known both since 1 January 2024.
#[test]
fn where_it_is_on_each_day() {
    let ordered =
        Facts { status: Some(Status::InUse), in_service_date: Some(date(2025, 6, 30)), ..facts("SER0001", "", "") };
    // In service a year before the first harvest, which found it in stock.
    let known = Facts { in_service_date: Some(date(2023, 1, 1)), ..ordered.clone() };
    let mut stocked = kept("2", known);
    stocked.spells = vec![spell(Status::InStock, date(2024, 1, 1)), spell(Status::InUse, date(2025, 3, 1))];
    for (kept, days) in [
        (
            kept("1", ordered),
            vec![
                (date(2023, 12, 31), None),
                (date(2024, 1, 1), Some(Status::Ordered)),
                (date(2025, 6, 29), Some(Status::Ordered)),
                (date(2025, 6, 30), Some(Status::InUse)),
            ],
        ),
        (
            stocked,
            vec![
                (date(2023, 6, 1), Some(Status::InStock)),
                (date(2025, 2, 28), Some(Status::InStock)),
                (date(2025, 3, 1), Some(Status::InUse)),
            ],
        ),
    ] {
        let snapshot = snapshot(&[testimony("fleet", vec![kept])]);
        for (day, status) in days {
            assert_eq!(snapshot.assets[0].status(day), status, "{day}");
        }
    }
}

/// Two sources list it for the first time on one day: it came then only if both had looked before.
#[test]
fn it_arrived_where_all_that_saw_it_first_had_looked_before() {
    let day = date(2025, 6, 30);
    let start = |told: [(Date, bool); 2]| {
        let source = |(name, (first_seen, arrived)): (&str, (Date, bool))| {
            let mut kept = kept("1", facts("SER0001", "", ""));
            (kept.first_seen, kept.arrived) = (first_seen, arrived);
            testimony(name, vec![kept])
        };
        snapshot(&[source(("a", told[0])), source(("b", told[1]))]).assets[0].start
    };
    assert_eq!(start([(day, true), (day, true)]), Some(day));
    assert_eq!(start([(day, true), (day, false)]), None);
    assert_eq!(start([(day, true), (date(2025, 7, 1), false)]), Some(day));
}

/// Its exit is sure to be recorded from the day on which all that say so record theirs.
#[test]
fn it_is_observed_since_the_last_of_its_sources_records_exits() {
    let since = [Some(date(2020, 1, 1)), Some(date(2023, 1, 1)), None];
    let told = ["a", "b", "c"].into_iter().zip(since).map(|(name, since)| {
        let mut told = testimony(name, vec![kept("1", facts("SER0001", "", ""))]);
        told.source.exits_recorded_since = since;
        told
    });
    assert_eq!(snapshot(&told.collect::<Vec<_>>()).assets[0].observed_since, Some(date(2023, 1, 1)));
}

#[test]
fn a_reform_without_a_date_is_the_day_first_seen_so() {
    let day = date(2026, 2, 3);
    let mut reformed = kept("1", Facts { status: Some(Status::Retired), ..facts("SER0001", "", "") });
    reformed.spells = vec![spell(Status::InUse, reformed.first_seen), spell(Status::Retired, day)];
    let snapshot = snapshot(&[testimony("fleet", vec![reformed])]);
    let asset = &snapshot.assets[0];
    assert_eq!((asset.retired, asset.gone, asset.exit_dated), (Some(day), None, false));
}

/// A source that fell silent two years ago does not make this year's dates impossible.
#[test]
fn dates_can_be_until_a_year_after_the_newest_harvest() {
    let bought = Some(date(2026, 3, 1));
    let fleet = testimony("fleet", vec![kept("1", Facts { purchase_date: bought, ..facts("SER0001", "", "") })]);
    let mut silent = testimony("old", Vec::new());
    silent.harvested = moment(date(2024, 1, 1));
    let snapshot = snapshot(&[fleet, silent]);
    assert_eq!((snapshot.assets[0].bought, snapshot.doubts.len()), (bought, 0));
}

/// A row that will not be known again stays a doubt when another source knows the thing.
#[test]
fn a_row_without_a_key_is_told_of_what_it_joined() {
    let mut row = kept("1", facts("SER0001", "", ""));
    row.observation.anonymous = true;
    let list = testimony("list", vec![kept("1", facts("SER0001", "", ""))]);
    let snapshot = snapshot(&[testimony("fleet", vec![row]), list]);
    assert_eq!((snapshot.assets.len(), doubts(&snapshot, Reason::Anonymous)), (1, 1));
}

/// A tag means something in the realm of whoever tells it.
#[test]
fn a_line_names_an_asset_by_its_tag() {
    let mut glpi = testimony("glpi", vec![kept("1", facts("SER0001", "", ""))]);
    glpi.source.realm = Text::from("another");
    let list = testimony("list", vec![kept("1", facts("SER0001", "INV-1", ""))]);
    let gone = ExitLine { date: Some(date(2026, 3, 1)), asset_tag: text("INV-1"), ..ExitLine::default() };
    let snapshot = snapshot(&[glpi, list, told(exits([gone], []))]);
    assert_eq!((snapshot.assets[0].gone, snapshot.exits[0].asset), (Some(date(2026, 3, 1)), Some(0)));
}

/// By the name and key of any of its sources.
#[test]
fn an_asset_is_found_by_each_of_its_ids() {
    let (one, two) = (facts("SER0001", "", ""), facts("SER0002", "", ""));
    let snapshot = snapshot(&[
        testimony("glpi", vec![kept("1", one.clone()), kept("2", two.clone())]),
        testimony("list", vec![kept("1", two), kept("x", one)]),
    ]);
    let found = |id: &str| snapshot.asset(id).map(|asset| snapshot.id(asset).to_string());
    for (id, expected) in
        [("glpi:1", Some("glpi:1")), ("list:1", Some("glpi:2")), ("list:x", Some("glpi:1")), ("list:2", None)]
    {
        assert_eq!(found(id).as_deref(), expected, "{id}");
    }
}

/// Reformed on a day that was only seen, gone on one that was told: the life ends with the reform, and has no date.
#[test]
fn a_reform_that_was_only_seen_dates_no_life() {
    let (seen, left) = (date(2026, 2, 3), date(2026, 5, 1));
    let reformed = |told: Facts| {
        let mut reformed = kept("1", Facts { status: Some(Status::Retired), ..told });
        reformed.spells = vec![spell(Status::InUse, reformed.first_seen), spell(Status::Retired, seen)];
        testimony("fleet", vec![reformed])
    };
    let told = || facts("SER0001", "", "");
    let life = |testimonies: &[domain::testimony::Testimony]| {
        let snapshot = snapshot(testimonies);
        let asset = &snapshot.assets[0];
        (asset.retired, asset.gone, asset.exit_dated)
    };
    let gone = Facts { disposal_date: Some(left), ..told() };
    assert_eq!(life(&[reformed(gone.clone())]), (Some(seen), Some(left), false));
    // So where a line tells of the departure, or of the reform too.
    let line = |retired_date| {
        let line = ExitLine { date: Some(left), retired_date, serial: text("SER0001"), ..ExitLine::default() };
        crate::world::told(exits([line], []))
    };
    assert_eq!(life(&[reformed(told()), line(None)]), (Some(seen), Some(left), false));
    let day = date(2026, 1, 9);
    assert_eq!(life(&[reformed(told()), line(Some(day))]), (Some(day), Some(left), true));
    // Where nothing tells of a reform the departure is the end.
    let disposed = Facts { status: Some(Status::Disposed), ..gone };
    assert_eq!(life(&[testimony("fleet", vec![kept("1", disposed)])]), (None, Some(left), true));
}

/// Of three laptops that left this year one tells no service, and of one the day was only seen. A fourth had left when it was
/// first seen: nobody knows whether that was this year.
#[test]
fn a_mean_life_is_of_those_whose_life_is_known() {
    let (began, left) = (Some(date(2024, 6, 30)), Some(date(2026, 6, 30)));
    let of = |at: usize, in_service_date, disposal_date| {
        let facts = facts(&format!("SER000{at}"), "", "");
        Facts { kind: Some(Kind::Laptop), in_service_date, disposal_date, ..facts }
    };
    let mut seen = kept("3", Facts { status: Some(Status::Disposed), ..of(3, began, None) });
    seen.spells = vec![spell(Status::InUse, seen.first_seen), spell(Status::Disposed, date(2026, 2, 3))];
    let mut away = kept("4", Facts { status: Some(Status::Disposed), ..of(4, began, None) });
    (away.first_seen, away.spells) = (date(2026, 2, 1), vec![spell(Status::Disposed, date(2026, 2, 1))]);
    let fleet = vec![kept("1", of(1, began, left)), kept("2", of(2, None, left)), seen, away];
    let (snapshot, settings) = (snapshot(&[testimony("fleet", fleet)]), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 6, 30));
    // 730 days.
    assert_eq!(lines(&basis, "lifetime_mean_at_exit_seconds"), ["laptop 2026 63072000.000 of 0.33"]);
}
