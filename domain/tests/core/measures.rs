//! Measured rooms: what is said beside their figures, and the operator's own series of electricity.

use domain::factor::Series;
use domain::indicator::footprint::{Effect, compare};
use domain::indicator::{Basis, Reading, all};
use domain::power::{Meter, Point};
use domain::quantity::{Energy, Intensity};
use domain::reconcile::{Rules, reconcile};
use domain::record::Text;
use domain::room::RoomRule;
use domain::testimony::Moment;
use domain::word::{Kind, Role};
use jiff::ToSpan;

use crate::power::{AT, basis, here, meter, power, room, world};
use crate::world::{OPEN, kept, moment, rules, settings, testimony};

const NOWHERE: &str = "no [[room]] names these measuring points, and their source tells no room";

fn readings(basis: &Basis, name: &str) -> Vec<Reading> {
    (all().find(|indicator| indicator.name == name).unwrap().compute)(basis)
}

/// What is said beside each figure: its labels, and the note.
fn notes(basis: &Basis, name: &str) -> Vec<String> {
    let line = |reading: Reading| {
        let labels: Vec<&str> = reading.slice.iter().map(|(_, value)| &**value).collect();
        format!("{}: {}", labels.join(" "), reading.note.as_deref().unwrap_or_default())
    };
    readings(basis, name).into_iter().map(line).collect()
}

/// Points that told their power so many seconds ago.
#[test]
fn power_of_silent_points_is_said_to_be_missing() {
    let settings = settings(0.0461);
    let heard = |device: &str, ago: i64| Meter {
        watts: Some((Moment(moment(AT).0 - ago), 400.0)),
        ..meter(device, 400.0, 24.0, 1)
    };
    let quiet = "no measuring point told its power in the last 15 minutes";
    for (ago, on_the_day, watts, note) in [
        ([0, 900], true, Some(800.0), ""),
        ([0, 901], true, Some(400.0), "at least: some measuring points are silent"),
        ([901, 901], true, None, quiet),
        // Of a day that is over nothing is told that holds for minutes.
        ([0, 0], false, None, quiet),
    ] {
        let meters = [heard("pdu-a1", ago[0]), heard("pdu-a2", ago[1])];
        let snapshot = world(&[power("csv", meters)], room(&["pdu-a1", "pdu-a2"], &[]));
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        let basis = if on_the_day { basis.asked(moment(AT)) } else { basis };
        assert_eq!(readings(&basis, "power_watts")[0].value, watts, "{ago:?}");
        assert_eq!(notes(&basis, "power_watts"), [format!("Salle A it: {note}")], "{ago:?}");
    }
}

/// One point alone is told; of two, one may feed the other. A power usage effectiveness is a room's.
#[test]
fn points_that_nobody_has_put_anywhere() {
    let settings = settings(0.0461);
    let one = |device: &str| {
        let known = meter(device, 400.0, 24.0, 10);
        Meter { point: Point { role: Some(Role::It), ..known.point.clone() }, ..known }
    };
    let apart = "no [[room]] names these measuring points: one may feed another, so they have no sum";
    for (meters, joules, note) in [
        (vec![one("pdu-a1")], Some(400.0 * 240.0 * 3600.0), NOWHERE),
        (vec![one("pdu-a1"), one("pdu-a2")], None, apart),
    ] {
        let snapshot = world(&[power("snmp", meters)], room(&[], &[]));
        let basis = basis(&snapshot, &settings);
        assert_eq!(readings(&basis, "room_energy_joules_total")[0].value, joules);
        for name in ["power_watts", "room_energy_joules_total"] {
            assert_eq!(notes(&basis, name), [format!("unknown it: {note}")], "{name}");
        }
        assert!(readings(&basis, "room_pue_ratio").is_empty());
    }
}

/// Two rooms, all of which is measured; a laptop stands in the first.
#[test]
fn a_room_in_which_nothing_stands_is_said_to_be_in_no_footprint() {
    let second = RoomRule {
        name: Text::from("Salle B"),
        locations: vec![Text::from("Annexe")],
        ..room(&["pdu-b1"], &["tgbt-b"])
    };
    let meters = ["pdu-a1", "tgbt-a", "pdu-b1", "tgbt-b"].map(|device| meter(device, 300.0, 24.0, 30));
    let testimonies = [testimony("glpi", vec![kept("1", here(Kind::Laptop))]), power("csv", meters)];
    let rooms = vec![room(&["pdu-a1"], &["tgbt-a"]), second];
    let (snapshot, settings) = (reconcile(&testimonies, &Rules { rooms, ..rules() }), settings(0.0461));
    let nobody = "Salle B it: no asset stands at this room's locations: its electricity is in no footprint";
    assert_eq!(
        notes(&basis(&snapshot, &settings), "room_energy_joules_total"),
        ["Salle A it: ", "Salle A total: ", nobody, "Salle B total: "]
    );
}

/// A point that took nothing all day is known to have done so, whatever another one does not tell; what went through
/// before the days that are kept is known too.
#[test]
fn nothing_that_was_measured_is_zero() {
    let settings = settings(0.0461);
    let silent = || meter("pdu-a2", 0.0, 24.0, 0);
    let before = Meter { before: Energy(5.0), ..meter("pdu-a1", 0.0, 24.0, 0) };
    for (first, joules) in [(meter("pdu-a1", 0.0, 24.0, 1), 0.0), (before, 5.0)] {
        let snapshot = world(&[power("csv", [first, silent()])], room(&["pdu-a1", "pdu-a2"], &[]));
        let told = readings(&basis(&snapshot, &settings), "room_energy_joules_total");
        assert_eq!(told[0].value, Some(joules));
    }
}

/// 1 kW all year, with the assumed overhead of 1.75: 15 340.5 kWh, at 20 g by the days up to the first of two dates,
/// and at 40 g by those up to the second. The country's electricity, of 50 g and unsure, has no part in it.
#[test]
fn a_series_stands_for_the_countrys_electricity() {
    let mut settings = settings(0.05);
    settings.factors.grid[0].bounds = Some((Intensity::per_kwh(30.0), Intensity::per_kwh(70.0)));
    let days = (0..30)
        .map(|back: i64| (AT.saturating_sub(back.days()), Intensity::per_kwh(if back < 15 { 60.0 } else { 20.0 })));
    settings.factors.series = Some(Series { set: 1, days: days.collect() });
    let glpi = testimony("glpi", vec![kept("1", here(Kind::Laptop))]);
    let testimonies = [glpi, power("csv", [meter("pdu-a1", 1000.0, 24.0, 30)])];
    let snapshot = world(&testimonies, room(&["pdu-a1"], &[]));
    let [from, to] = [AT.saturating_sub(15.days()), AT].map(|at| Basis::new(&snapshot, &settings, OPEN, at));
    let told = compare(&from, &to, |_, _| true).unwrap();
    let kwh = 8766.0 * 1.75;
    let near = |value: f64, worked: f64| assert!((value - worked).abs() < 1e-3, "{value} is not {worked}");
    near(told.from.0, 37_018.0 + kwh * 20.0);
    near(told.to.0, 37_018.0 + kwh * 40.0);
    for (effect, impact) in &told.effects {
        near(impact.0, if *effect == Effect::Electricity { kwh * 20.0 } else { 0.0 });
    }
    let mut used = readings(&to, "footprint_annual_co2e_grams");
    used.retain(|reading| reading.slice.iter().any(|(_, value)| &**value == "use"));
    let rests_on: Vec<&str> = used[0].rests_on.iter().map(|id| &**id).collect();
    assert_eq!((used.len(), rests_on), (1, vec!["electricity"]));
    for bound in [used[0].low, used[0].high] {
        near(bound.unwrap(), kwh * 40.0);
    }
}
