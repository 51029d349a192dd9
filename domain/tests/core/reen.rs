//! REEN article 16, as tables.

use domain::exit::{ExitLine, StockCount};
use domain::indicator::{Basis, all};
use domain::law::Law;
use domain::law::reen::{ExitFigures, Exits};
use domain::observation::Facts;
use domain::testimony::{Kept, Lines, Spell, Testimony};
use domain::word::{Disposal, Kind, Mode, Status};
use jiff::Span;
use jiff::civil::{Date, date};

use crate::world::{
    OPEN, ORGANISATION, asset, exits, kept, moment, reading, settings, snapshot, testimony, text, told,
};

/// A value of the organisation and of 2026.
pub fn reen(testimonies: &[Testimony], name: &str) -> Option<f64> {
    let (snapshot, settings) = (snapshot(testimonies), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 12, 31));
    reading(&basis, name, &[("siret", ORGANISATION), ("year", "2026")])
}

#[test]
fn a_over_b() {
    let old = date(2020, 1, 1);
    let in_stock = Some(date(2025, 10, 1));
    let fleet = || {
        testimony(
            "fleet",
            vec![
                asset("1", old, in_stock, Some(date(2026, 3, 1)), Disposal::Donation),
                asset("2", old, in_stock, Some(date(2026, 3, 1)), Disposal::Recycling),
                asset("3", old, in_stock, None, Disposal::Unknown),
                // Reformed during the year: in A, not in B.
                asset("4", old, Some(date(2026, 2, 1)), Some(date(2026, 4, 1)), Disposal::PublicTransfer),
                // Gone before the year.
                asset("5", old, Some(date(2025, 2, 1)), Some(date(2025, 12, 31)), Disposal::Donation),
                // One day more than ten years old at reform, and ten years to the day.
                asset("6", date(2016, 2, 28), Some(date(2026, 3, 1)), Some(date(2026, 3, 2)), Disposal::Donation),
                asset("7", date(2016, 3, 1), Some(date(2026, 3, 1)), Some(date(2026, 3, 2)), Disposal::Donation),
            ],
        )
    };
    assert_eq!(reen(&[fleet()], "disposals_to_reuse"), Some(3.0));
    assert_eq!(reen(&[fleet()], "reformed_stock"), Some(3.0));
    assert_eq!(reen(&[fleet()], "disposal_reuse_ratio"), Some(1.0));
    let count = StockCount { date: Some(date(2025, 12, 31)), count: Some(2.0), ..StockCount::default() };
    let counted = told(exits([], [count]));
    assert_eq!(reen(&[fleet(), counted.clone()], "reformed_stock"), Some(2.0));
    // A month before the year's first day is near enough, a day more is not.
    for (day, told_by_count) in [(date(2025, 12, 1), Some(2.0)), (date(2025, 11, 30), Some(3.0))] {
        let count = StockCount { date: Some(day), count: Some(2.0), ..StockCount::default() };
        assert_eq!(reen(&[fleet(), told(exits([], [count]))], "reformed_stock"), told_by_count, "{day}");
    }
    assert_eq!(reen(&[fleet(), counted], "disposal_reuse_ratio"), Some(1.5));
    // A line that names an asset is the same exit, and may say that it is classified.
    let line = ExitLine {
        date: Some(date(2026, 3, 1)),
        serial: text("serial1"),
        disposal: Some(Disposal::Donation),
        classified: Some(true),
        ..ExitLine::default()
    };
    assert_eq!(reen(&[fleet(), told(exits([line], []))], "disposals_to_reuse"), Some(2.0));
}

/// Two lists tell of one exit: what the first says, and what the second alone says, counts.
#[test]
fn lines_about_one_asset_are_believed_in_their_order() {
    let line = |proof: Option<&str>, approved_scheme, classified| ExitLine {
        date: Some(date(2026, 3, 1)),
        serial: text("SERIAL1"),
        proof: proof.and_then(text),
        approved_scheme,
        classified,
        ..ExitLine::default()
    };
    let seen = |lines: [ExitLine; 2]| {
        let fleet = testimony("fleet", vec![asset("1", date(2020, 1, 1), None, None, Disposal::Unknown)]);
        let exits = Exits::of(&snapshot(&[fleet, told(exits(lines, []))]), &Law::default(), date(2026, 12, 31));
        assert_eq!(exits.lines.len(), 1);
        let line = &exits.lines[0];
        (line.proof.as_deref().map(str::to_owned), line.approved, line.eligible)
    };
    let (slip, classified) = (line(Some("slip 12"), None, Some(true)), line(None, Some(true), Some(false)));
    let told = |proof: Option<&str>, eligible| (proof.map(str::to_owned), Some(true), Some(eligible));
    assert_eq!(seen([slip.clone(), line(None, Some(true), None)]), told(Some("slip 12"), false));
    assert_eq!(seen([classified, slip]), told(Some("slip 12"), true));
}

/// What left by a day of reform alone stands in no stock after it; counts of one day, room by room, are one.
#[test]
fn what_has_left_stands_in_no_stock() {
    let given = ExitLine {
        kind: Some(Kind::Laptop),
        quantity: Some(50.0),
        purchase_date: Some(date(2020, 1, 1)),
        retired_date: Some(date(2024, 6, 1)),
        disposal: Some(Disposal::Donation),
        ..ExitLine::default()
    };
    assert_eq!(reen(&[told(exits([given], []))], "reformed_stock"), Some(0.0));
    let room = |count| StockCount { date: Some(date(2025, 12, 31)), count: Some(count), ..StockCount::default() };
    let earlier = StockCount { date: Some(date(2025, 12, 20)), count: Some(7.0), ..StockCount::default() };
    assert_eq!(reen(&[told(exits([], [room(60.0), earlier, room(83.0)]))], "reformed_stock"), Some(143.0));
    // As near on the other side: two counts of the same goods are no sum.
    let after = StockCount { date: Some(date(2026, 1, 2)), count: Some(140.0), ..StockCount::default() };
    assert_eq!(reen(&[told(exits([], [after.clone(), room(143.0)]))], "reformed_stock"), Some(143.0));
    assert_eq!(reen(&[told(exits([], [after]))], "reformed_stock"), Some(140.0));
}

#[test]
fn no_stock_and_no_history_are_no_zero() {
    let exit = |retired, date| ExitLine {
        kind: Some(Kind::Monitor),
        quantity: Some(4.0),
        purchase_date: Some(jiff::civil::date(2020, 1, 1)),
        retired_date: retired,
        date,
        disposal: Some(Disposal::Donation),
        ..ExitLine::default()
    };
    let this_year = told(exits([exit(None, Some(date(2026, 5, 1)))], []));
    assert_eq!(reen(std::slice::from_ref(&this_year), "disposals_to_reuse"), Some(4.0));
    assert_eq!(reen(std::slice::from_ref(&this_year), "reformed_stock"), None);
    assert_eq!(reen(&[this_year], "disposal_reuse_ratio"), None);
    // What left on 1 January tells nothing of before.
    assert_eq!(reen(&[told(exits([exit(None, Some(date(2026, 1, 1)))], []))], "reformed_stock"), None);
    let year_before = exit(None, Some(date(2025, 5, 1)));
    let both = told(exits([exit(None, Some(date(2026, 5, 1))), year_before], []));
    assert_eq!(reen(std::slice::from_ref(&both), "reformed_stock"), Some(0.0));
    assert_eq!(reen(&[both], "disposal_reuse_ratio"), None);
}

/// Ninety days after 3 October is 1 January: on that day it is not known to be there any more.
#[test]
fn what_nobody_lists_stands_in_no_stock() {
    let b = |missed: Date, at| {
        let mut reformed = asset("1", date(2020, 1, 1), Some(date(2025, 9, 1)), None, Disposal::Unknown);
        reformed.unlisted_since = Some(moment(missed));
        let snapshot = snapshot(&[testimony("house", vec![reformed])]);
        Exits::of(&snapshot, &Law::default(), at).cells[&(ORGANISATION.into(), 2026)].b
    };
    for at in [date(2026, 1, 1), date(2026, 6, 30)] {
        assert_eq!((b(date(2025, 10, 3), at), b(date(2025, 10, 4), at)), (Some(0.0), Some(1.0)), "{at}");
    }
}

#[test]
fn a_share_of_no_exits_is_none() {
    let share = |a, eligible| ExitFigures { a, eligible, ..ExitFigures::default() }.share_of_exits();
    assert_eq!([share(3.0, 4.0), share(0.0, 4.0), share(0.0, 0.0)], [Some(0.75), Some(0.0), None]);
}

/// Each day belongs to what happens on it.
#[test]
fn a_good_is_reformed_from_its_day_on() {
    let day = date(2026, 1, 1);
    let reformed = asset("1", date(2020, 1, 1), Some(day), None, Disposal::Unknown);
    let before = asset("2", date(2020, 1, 1), Some(date(2025, 3, 1)), Some(date(2025, 4, 1)), Disposal::Recycling);
    let (snapshot, law) = (snapshot(&[testimony("house", vec![reformed, before])]), Law::default());
    let lines = |at| Exits::of(&snapshot, &law, at).lines.len();
    assert_eq!((lines(day - Span::new().days(1)), lines(day)), (1, 2));
    // A way out without a day of its own: it left on the day of its reform.
    let left = Facts {
        kind: Some(Kind::Laptop),
        status: Some(Status::Retired),
        purchase_date: Some(date(2020, 1, 1)),
        retired_date: Some(day),
        disposal: Some(Disposal::Donation),
        ..Facts::default()
    };
    let given = crate::world::snapshot(&[testimony("house", vec![kept("1", left)])]);
    let a = |at| Exits::of(&given, &law, at).cells.get(&(ORGANISATION.into(), at.year())).map(|told| told.a);
    assert_eq!((a(day - Span::new().days(1)), a(day)), (None, Some(1.0)));
    // And stands in the stock of that morning.
    let of_the_year = |snapshot| Exits::of(snapshot, &law, day).cells[&(ORGANISATION.into(), 2026)].clone();
    assert_eq!((of_the_year(&snapshot).b, of_the_year(&snapshot).counted), (Some(1.0), false));
    // As people count it, who may do so on that very day.
    let count = StockCount { date: Some(day), count: Some(7.0), ..StockCount::default() };
    let counted = of_the_year(&crate::world::snapshot(&[told(exits([], [count]))]));
    assert_eq!((counted.b, counted.counted), (Some(7.0), true));
    let status = |native: &str, at: Date| snapshot.asset(&format!("house:{native}")).unwrap().status(at);
    assert_eq!(
        (status("1", day - Span::new().days(1)), status("1", day)),
        (Some(Status::InUse), Some(Status::Retired))
    );
    let gone = date(2025, 4, 1);
    assert_eq!(
        (status("2", gone - Span::new().days(1)), status("2", gone)),
        (Some(Status::Retired), Some(Status::Disposed))
    );
}

/// Figures begin in the year of the first target, and a year's coverage is the share of exits of which the scope is known.
#[test]
fn years_and_coverage_of_exits() {
    let undated = Facts {
        kind: Some(Kind::Laptop),
        serial: text("SERIALX"),
        disposal_date: Some(date(2026, 5, 1)),
        disposal: Some(Disposal::Recycling),
        ..Facts::default()
    };
    let other = Facts { serial: text("SERIALY"), ..undated.clone() };
    let known = asset("1", date(2020, 1, 1), Some(date(2026, 1, 5)), Some(date(2026, 3, 1)), Disposal::Donation);
    let (snapshot, settings) =
        (snapshot(&[testimony("house", vec![known, kept("2", undated), kept("3", other)])]), settings(0.0461));
    let exits = Exits::of(&snapshot, &settings.law, date(2026, 12, 31));
    let years: Vec<i16> = exits.cells.keys().map(|(_, year)| *year).collect();
    assert_eq!(years, [2023, 2024, 2025, 2026]);
    let told = &exits.cells[&(ORGANISATION.into(), 2026)];
    assert_eq!((told.exits, told.known, told.eligible), (3.0, 1.0, 1.0));
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 12, 31));
    let readings = (all().find(|indicator| indicator.name == "disposals_to_reuse").unwrap().compute)(&basis);
    let coverage: Vec<f64> = readings.iter().map(|reading| reading.coverage).collect();
    // Where nothing left, nothing of it is unknown.
    assert_eq!(coverage, [1.0, 1.0, 1.0, 1.0 / 3.0]);
}

#[test]
fn a_stock_says_whether_people_counted_it() {
    let reformed = asset("1", date(2020, 1, 1), Some(date(2025, 3, 1)), None, Disposal::Unknown);
    let fleet = testimony("house", vec![reformed]);
    let count = StockCount { date: Some(date(2026, 1, 1)), count: Some(7.0), ..StockCount::default() };
    let settings = settings(0.0461);
    for (testimonies, stock, note) in
        [(vec![fleet.clone()], 1.0, None), (vec![fleet, told(exits([], [count]))], 7.0, Some("counted by people"))]
    {
        let snapshot = snapshot(&testimonies);
        let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 12, 31));
        let readings = (all().find(|indicator| indicator.name == "reformed_stock").unwrap().compute)(&basis);
        let newest = readings.last().unwrap();
        assert_eq!((newest.value, newest.note.as_deref()), (Some(stock), note));
    }
}

fn exits_of<const N: usize>(lines: [ExitLine; N]) -> Lines {
    exits(lines, [])
}

/// Value, coverage and note of 2026.
fn said(testimonies: &[Testimony], name: &str) -> (Option<f64>, f64, Option<String>) {
    let (snapshot, settings) = (snapshot(testimonies), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 12, 31));
    let readings = (all().find(|indicator| indicator.name == name).unwrap().compute)(&basis);
    let newest = readings.last().unwrap();
    (newest.value, newest.coverage, newest.note.as_deref().map(str::to_owned))
}

/// Of four reformed goods nobody knows how old three are; of those three alone there is no zero. A count is whole.
#[test]
fn a_stock_of_unknown_age_is_said_to_be() {
    let undated = |native: &str| {
        let reformed = Some(date(2025, 10, 1));
        let facts = Facts { kind: Some(Kind::Laptop), retired_date: reformed, ..Facts::default() };
        kept(native, Facts { status: Some(Status::Retired), serial: text(&format!("SERIAL{native}")), ..facts })
    };
    let known = asset("1", date(2020, 1, 1), Some(date(2025, 10, 1)), None, Disposal::Unknown);
    let three = || vec![undated("2"), undated("3"), undated("4")];
    let some = [testimony("house", [vec![known], three()].concat())];
    assert_eq!(said(&some, "reformed_stock"), (Some(1.0), 0.25, None));
    assert_eq!(said(&some, "disposals_to_reuse"), (Some(0.0), 1.0, None));
    // The rate knows no more than the less known of its two sides.
    assert_eq!(said(&some, "disposal_reuse_ratio"), (Some(0.0), 0.25, None));
    let nobody = [testimony("house", three())];
    let note = |told: &str| Some(told.to_owned());
    let stock = "of those in stock the age or the kind is not known";
    assert_eq!(said(&nobody, "reformed_stock"), (None, 0.0, note(stock)));
    let ratio =
        "of reformed goods in stock on 1 January the age or the kind is not known: the rate cannot be computed";
    assert_eq!(said(&nobody, "disposal_reuse_ratio"), (None, 0.0, note(ratio)));
    // A server, which is outside the decree, and goods of which nobody knows: no stock that is known, and no rate.
    let server = Facts { kind: Some(Kind::Server), retired_date: Some(date(2025, 10, 1)), ..Facts::default() };
    let server = kept("9", Facts { status: Some(Status::Retired), ..server });
    let beside = [testimony("house", [vec![server.clone()], three()].concat())];
    assert_eq!(said(&beside, "reformed_stock"), (Some(0.0), 0.25, None));
    assert_eq!(said(&beside, "disposal_reuse_ratio"), (None, 0.25, note(ratio)));
    let none = "no reformed goods were in stock on 1 January: the rate cannot be computed";
    assert_eq!(said(&[testimony("house", vec![server])], "disposal_reuse_ratio"), (None, 1.0, note(none)));
    let count = StockCount { date: Some(date(2026, 1, 1)), count: Some(2.0), ..StockCount::default() };
    let counted = [testimony("house", three()), told(exits([], [count]))];
    assert_eq!(said(&counted, "reformed_stock"), (Some(2.0), 1.0, note("counted by people")));
    assert_eq!(said(&counted, "disposal_reuse_ratio"), (Some(0.0), 1.0, None));
    let count = StockCount { date: Some(date(2026, 1, 1)), count: Some(0.0), ..StockCount::default() };
    let none_counted = [testimony("house", three()), told(exits([], [count]))];
    assert_eq!(said(&none_counted, "disposal_reuse_ratio"), (None, 1.0, note(none)));
}

/// Whoever owns it reforms it: what is rented is neither in A nor in B (legal.md, 2.2).
#[test]
fn what_is_rented_is_not_this_houses_to_reform() {
    let fleet = |mode| {
        let rented = |native, gone, way| {
            let mut good = asset(native, date(2020, 1, 1), Some(date(2025, 10, 1)), gone, way);
            good.observation.facts.mode = mode;
            good
        };
        let back = Some(date(2026, 3, 1));
        let goods = vec![rented("1", back, Disposal::TakeBackWithReuseProof), rented("2", None, Disposal::Unknown)];
        [testimony("fleet", goods)]
    };
    let figures = |mode| ["disposals_to_reuse", "reformed_stock"].map(|name| reen(&fleet(mode), name));
    assert_eq!(figures(Some(Mode::Purchase)), [Some(1.0), Some(2.0)]);
    assert_eq!(figures(Some(Mode::Rental)), [Some(0.0), Some(0.0)]);
    let exits = Exits::of(&snapshot(&fleet(Some(Mode::Rental))), &Law::default(), date(2026, 12, 31));
    let seen: Vec<_> = exits.lines.iter().map(|line| (line.eligible, line.why)).collect();
    assert_eq!(seen, [(Some(false), "rented: not this house's to reform"); 2]);
}

/// Bought in 2018, and gone on a day that nobody tells when the first harvest saw them: of no year, the first harvest's
/// no more than any other.
#[test]
fn what_had_left_when_it_was_first_seen_is_of_no_year() {
    let given = |native: &str| {
        let facts = Facts { kind: Some(Kind::Laptop), status: Some(Status::Disposed), ..Facts::default() };
        let facts = Facts { purchase_date: Some(date(2018, 1, 1)), disposal: Some(Disposal::Donation), ..facts };
        kept(native, Facts { serial: text(&format!("SERIAL{native}")), ..facts })
    };
    let fleet = |change: &dyn Fn(&mut Kept)| {
        let mut goods = [given("1"), given("2"), given("3")];
        goods.iter_mut().for_each(change);
        // One more, of which the day is told.
        let dated = asset("4", date(2020, 1, 1), None, Some(date(2024, 3, 1)), Disposal::Donation);
        [testimony("house", [goods.to_vec(), vec![dated]].concat())]
    };
    // What a family tells of 2024, the year of the first harvest, and how much of that is known.
    let told = |fleet: &[Testimony], at, name| {
        let (snapshot, settings) = (snapshot(fleet), settings(0.0461));
        let basis = Basis::new(&snapshot, &settings, OPEN, at);
        let readings = (all().find(|indicator| indicator.name == name).unwrap().compute)(&basis);
        let of_donations = |reading: &&domain::indicator::Reading| {
            let has = |told: &str| reading.slice.iter().any(|(_, value)| &**value == told);
            has("2024") && (name != "avoided_co2e_grams" || has("exits_to_reuse"))
        };
        let rounded = |value: f64| (value * 1e3).round() / 1e3;
        readings.iter().find(of_donations).map(|reading| (reading.value.map(rounded), reading.coverage))
    };
    let (as_seen, later) = (fleet(&|_| {}), date(2026, 12, 31));
    for name in ["disposals_to_reuse", "disposals"] {
        assert_eq!(told(&as_seen, later, name), Some((Some(1.0), 0.25)), "{name}");
    }
    // One laptop for two years of five.
    let spared = (Some(185_090.0 * 2.0 / 5.0), 0.25);
    assert_eq!(told(&as_seen, date(2024, 12, 31), "avoided_co2e_grams"), Some(spared));
    // They may as well have left in 2022, with one of which that is told.
    let [mut house] = fleet(&|_| {});
    let early = asset("5", date(2019, 1, 1), None, Some(date(2022, 3, 1)), Disposal::Donation);
    house.observations.push(early.into());
    let (told_earlier, given) = (snapshot(&[house]), settings(0.0461));
    let basis = Basis::new(&told_earlier, &given, OPEN, later);
    let readings = (all().find(|indicator| indicator.name == "disposals").unwrap().compute)(&basis);
    let of_2022 = readings.iter().find(|reading| reading.slice.iter().any(|(_, value)| &**value == "2022"));
    assert_eq!(of_2022.map(|reading| (reading.value, reading.coverage)), Some((Some(1.0), 0.25)));
    // Neither in stock then, nor in the fleet since.
    let seen = snapshot(&as_seen);
    assert_eq!(seen.assets[0].status(date(2024, 1, 1)), Some(Status::Disposed));
    let exits = Exits::of(&seen, &Law::default(), later);
    let (line, of_2024) = (&exits.lines[0], &exits.cells[&(ORGANISATION.into(), 2024)]);
    assert_eq!((line.date(), line.left(), line.eligible), (None, None, None));
    assert_eq!(line.why, "it had left when it was first seen: its year is not known");
    assert_eq!((of_2024.exits, of_2024.b), (1.0, None));
    // It may have left in any year from its purchase to the first harvest, and in none after that.
    let may: Vec<i16> = (2016..2027).filter(|year| line.may_have_left_in(*year)).collect();
    assert_eq!(may, (2018..=2024).collect::<Vec<i16>>());

    // Seen to leave: there before, or not there at all before.
    let in_use = |kept: &mut Kept| {
        let spell = |since, status| Spell { since, status, entity: None, user: None };
        kept.spells = vec![spell(date(2024, 1, 1), Status::InUse), spell(date(2024, 5, 1), Status::Disposed)];
    };
    for fleet in [fleet(&in_use), fleet(&|kept| kept.arrived = true)] {
        assert_eq!(told(&fleet, later, "disposals_to_reuse"), Some((Some(4.0), 1.0)));
    }
    // A line that tells the day, or a day of reform: both know the year.
    let line = |at: usize| ExitLine {
        date: Some(date(2023, 3, 1)),
        serial: text(&format!("SERIAL{at}")),
        ..ExitLine::default()
    };
    let [house] = fleet(&|_| {});
    let dated = [house, crate::world::told(exits_of([line(1), line(2), line(3)]))];
    assert_eq!(told(&dated, later, "disposals_to_reuse"), Some((Some(1.0), 1.0)));
    let reformed = |kept: &mut Kept| kept.observation.facts.retired_date = Some(date(2023, 5, 1));
    let of_reform = fleet(&reformed);
    assert_eq!(told(&of_reform, later, "disposals_to_reuse"), Some((Some(1.0), 0.25)));
    assert_eq!(reen(&of_reform, "reformed_stock"), Some(0.0));
    // Reformed when it was first seen, with the way that it was to go: gone on no known day either.
    let status = |kept: &mut Kept| kept.observation.facts.status = Some(Status::Retired);
    assert_eq!(told(&fleet(&status), later, "disposals_to_reuse"), Some((Some(1.0), 0.25)));
    // Without a way it stands in the stock, as it did when it was first seen.
    let waits = |kept: &mut Kept| {
        kept.observation.facts.status = Some(Status::Retired);
        kept.observation.facts.disposal = None;
    };
    assert_eq!(reen(&fleet(&waits), "reformed_stock"), Some(3.0));
}
