//! Rooms whose electricity is measured: worked values, and that nothing is counted twice.

use domain::entity::EntityId;
use domain::explain::{Step, footprint};
use domain::indicator::{Basis, Grounds, Indicator, Reading, Settings, measure};
use domain::observation::Facts;
use domain::power::{Meter, Point, PowerDay};
use domain::quantity::Energy;
use domain::reconcile::{Rules, reconcile};
use domain::record::Text;
use domain::room::{PointName, RoomRule};
use domain::snapshot::Snapshot;
use domain::testimony::{Moment, Testimony};
use domain::word::{Kind, Role};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::world::{OPEN, kept, moment, reading, rules, settings, testimony, text};

pub const AT: Date = date(2026, 6, 30);
const HOUR: f64 = 3600.0;

/// A point that took so many watts for so many hours of each of so many days up to `AT`.
pub fn meter(device: &str, watts: f64, hours: f64, days: i64) -> Meter {
    let day = |back: i64| PowerDay {
        day: AT.saturating_sub(back.days()),
        energy: Energy(watts * hours * HOUR),
        seconds: hours * HOUR,
    };
    Meter {
        point: Point { device: text(device), ..Point::default() },
        days: (0..days).rev().map(day).collect(),
        watts: Some((moment(AT), watts)),
        ..Meter::default()
    }
}

pub fn power(name: &str, meters: impl IntoIterator<Item = Meter>) -> Testimony {
    Testimony { power: meters.into_iter().collect(), ..testimony(name, Vec::new()) }
}

fn names(told: &[&str]) -> Vec<PointName> {
    let name = |told: &&str| match told.split_once(':') {
        Some((source, device)) => PointName { source: text(source), device: Text::from(device) },
        None => PointName { source: None, device: Text::from(*told) },
    };
    told.iter().map(name).collect()
}

pub fn room(it: &[&str], total: &[&str]) -> RoomRule {
    RoomRule {
        name: Text::from("Salle A"),
        locations: vec![Text::from("Mairie > Sous-sol*")],
        it: names(it),
        total: names(total),
    }
}

pub fn world(testimonies: &[Testimony], room: RoomRule) -> Snapshot {
    reconcile(testimonies, &Rules { rooms: vec![room], ..rules() })
}

pub fn here(kind: Kind) -> Facts {
    Facts {
        kind: Some(kind),
        location: text("mairie > sous-sol > baie 2"),
        in_service_date: Some(date(2025, 6, 30)),
        ..Facts::default()
    }
}

pub fn basis<'a>(snapshot: &'a Snapshot, settings: &'a Settings) -> Basis<'a> {
    Basis::new(snapshot, settings, OPEN, AT).asked(moment(AT))
}

fn kwh(basis: &Basis, kind: &str, grounds: &str) -> f64 {
    reading(basis, "electricity_annual_joules", &[("kind", kind), ("basis", grounds)]).unwrap() / 3.6e6
}

/// Ten days of 1 kW of IT and 1.5 kW in all; on one of them the total is known for six hours only.
#[test]
fn worked_pue() {
    let mut total = meter("tgbt-a", 1500.0, 24.0, 10);
    total.days[3].seconds = 6.0 * HOUR;
    total.days[3].energy = Energy(3000.0 * 6.0 * HOUR);
    let testimonies = [power("csv", [meter("pdu-a1", 400.0, 24.0, 10), meter("PDU-A2", 600.0, 24.0, 10), total])];
    let (snapshot, settings) = (world(&testimonies, room(&["pdu-a1", "pdu-a2"], &["csv:tgbt-a"])), settings(0.0461));
    let basis = basis(&snapshot, &settings);
    // (9 × 24 × 1.5 + 6 × 3.0) / (9 × 24 × 1.0 + 6 × 1.0) = 342 / 222
    let pue = reading(&basis, "room_pue_ratio", &[("room", "Salle A")]).unwrap();
    assert_eq!(format!("{pue:.6}"), "1.540541");
    let (_, told) = measure(&basis).into_iter().find(|(indicator, _)| indicator.name == "room_pue_ratio").unwrap();
    let note = "over 9.2 days known of both, from 2026-06-21 to 2026-06-30; a year is asked";
    assert_eq!((told.note.as_deref(), told.grounds), (Some(note), Grounds::Measured));
    assert_eq!(format!("{:.6}", told.coverage), "0.025342", "9.25 days of 365");
    assert_eq!(reading(&basis, "power_watts", &[("room", "Salle A"), ("role", "it")]), Some(1000.0));
    let joules = reading(&basis, "room_energy_joules_total", &[("room", "Salle A"), ("role", "it")]);
    assert_eq!(joules, Some(1000.0 * 240.0 * HOUR));
    // Nobody knows what stands there: that is said where the energy is told.
    let unused = |(indicator, reading): &(&Indicator, Reading)| {
        indicator.name == "room_energy_joules_total"
            && reading.note.as_deref().is_some_and(|note| note.contains("no asset"))
    };
    assert_eq!(measure(&basis).iter().filter(|told| unused(told)).count(), 1);
}

#[test]
fn a_day_on_which_a_point_is_silent_does_not_count() {
    let mut second = meter("pdu-a2", 600.0, 24.0, 10);
    second.days.remove(4);
    let testimonies = [power("csv", [meter("pdu-a1", 400.0, 24.0, 10), second, meter("tgbt-a", 1500.0, 24.0, 10)])];
    let (snapshot, settings) = (world(&testimonies, room(&["pdu-a1", "pdu-a2"], &["tgbt-a"])), settings(0.0461));
    let basis = basis(&snapshot, &settings);
    assert_eq!(reading(&basis, "room_pue_ratio", &[]), Some(1.5));
    assert_eq!(snapshot.rooms[0].it(AT).unwrap().seconds, 9.0 * 24.0 * HOUR);
}

/// A name that is misspelt, or a source that was never reached: half of a room is not taken for the whole.
#[test]
fn a_point_that_was_never_heard_of() {
    let testimonies = [power("csv", [meter("pdu-a1", 400.0, 24.0, 10), meter("tgbt-a", 1500.0, 24.0, 10)])];
    let (snapshot, settings) = (world(&testimonies, room(&["pdu-a1", "pdu-b2"], &["tgbt-a"])), settings(0.0461));
    let basis = basis(&snapshot, &settings);
    assert_eq!(reading(&basis, "room_pue_ratio", &[]), None);
    assert_eq!(snapshot.rooms[0].it(AT), None, "it replaces nobody's defaults");
    let told = |(indicator, reading): &(&Indicator, Reading)| {
        let note = reading.note.as_deref().unwrap_or_default();
        match indicator.name {
            "room_pue_ratio" => note == "pdu-b2 was never heard of",
            "power_watts" => note.starts_with("at least") && (reading.coverage - 0.5).abs() < 1e-9,
            _ => false,
        }
    };
    assert_eq!(measure(&basis).iter().filter(|both| told(both)).count(), 2);
}

/// Among things that tell what they take, those that do not have an equal share, and not none.
#[test]
fn shares_where_some_tell_nothing() {
    let screen = Facts { annual_kwh: Some(73.0), ..here(Kind::Monitor) };
    let fleet = vec![kept("1", here(Kind::Server)), kept("2", here(Kind::Server)), kept("3", screen)];
    let testimonies = [testimony("glpi", fleet), power("snmp", [meter("pdu-a1", 1000.0, 24.0, 30)])];
    let (snapshot, settings) = (world(&testimonies, room(&["pdu-a1"], &[])), settings(0.0461));
    let basis = basis(&snapshot, &settings);
    assert!((kwh(&basis, "server", "measured") - 8766.0 * 2.0 / 3.0 * 1.75).abs() < 1e-6);
    assert!((kwh(&basis, "monitor", "measured") - 8766.0 / 3.0 * 1.75).abs() < 1e-6);
    // Nor is anything to be divided by where all that is told is nothing.
    let idle = Facts { annual_kwh: Some(0.0), ..here(Kind::Laptop) };
    let fleet = vec![kept("1", idle.clone()), kept("2", idle)];
    let testimonies = [testimony("glpi", fleet), power("snmp", [meter("pdu-a1", 1000.0, 24.0, 30)])];
    let snapshot = world(&testimonies, room(&["pdu-a1"], &[]));
    assert!((kwh(&self::basis(&snapshot, &settings), "laptop", "measured") - 8766.0 * 1.75).abs() < 1e-6);
}

/// One sample, or samples further apart than the gap: nothing is known, and nothing is not zero.
#[test]
fn nothing_known_is_not_zero() {
    let testimonies = [power("csv", [Meter { watts: Some((moment(AT), 400.0)), ..meter("pdu-a1", 400.0, 24.0, 0) }])];
    let (snapshot, settings) = (world(&testimonies, room(&["pdu-a1"], &[])), settings(0.0461));
    assert_eq!(reading(&basis(&snapshot, &settings), "room_energy_joules_total", &[]), None);
}

#[test]
fn what_cannot_be_a_pue_is_none() {
    for (it, total) in [(1000.0, 900.0), (0.0, 900.0)] {
        let testimonies = [power("csv", [meter("pdu-a1", it, 24.0, 10), meter("tgbt-a", total, 24.0, 10)])];
        let (snapshot, settings) = (world(&testimonies, room(&["pdu-a1"], &["tgbt-a"])), settings(0.0461));
        assert_eq!(reading(&basis(&snapshot, &settings), "room_pue_ratio", &[]), None);
    }
    let (snapshot, settings) =
        (world(&[power("csv", [meter("pdu-a1", 1.0, 24.0, 9)])], room(&["pdu-a1"], &[])), settings(0.0461));
    assert_eq!(reading(&basis(&snapshot, &settings), "room_pue_ratio", &[]), None);
}

#[test]
fn old_power_is_not_told() {
    let (old, new) = (Moment(moment(AT).0 - 901), Moment(moment(AT).0 - 900));
    let told = |first: Moment, second: Moment| {
        let testimonies = [power(
            "csv",
            [
                Meter { watts: Some((first, 400.0)), ..meter("pdu-a1", 400.0, 24.0, 1) },
                Meter { watts: Some((second, 600.0)), ..meter("pdu-a2", 600.0, 24.0, 1) },
            ],
        )];
        let (snapshot, settings) = (world(&testimonies, room(&["pdu-a1", "pdu-a2"], &[])), settings(0.0461));
        reading(&basis(&snapshot, &settings), "power_watts", &[("role", "it")])
    };
    assert_eq!(told(new, new), Some(1000.0));
    assert_eq!(told(old, new), Some(600.0));
    assert_eq!(told(old, old), None);
}

/// 300 W of IT all year are 2 629.8 kWh, whatever makers and defaults say: shared 29 to 73 between a laptop's and a
/// monitor's default, and the declared 29 of a second laptop.
#[test]
fn a_measured_room_replaces_defaults_and_is_not_added() {
    let declared = Facts { annual_kwh: Some(29.0), ..here(Kind::Laptop) };
    let away = Facts { location: text("Mairie > 1er étage"), ..here(Kind::Laptop) };
    let stock = Facts { status: Some(domain::word::Status::InStock), ..here(Kind::Laptop) };
    let fleet = [here(Kind::Laptop), declared, here(Kind::Monitor), away, stock];
    let fleet = fleet.into_iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts)).collect();
    let meters = [meter("pdu-a1", 300.0, 24.0, 30), meter("tgbt-a", 450.0, 24.0, 30)];
    let testimonies = [testimony("glpi", fleet), power("csv", meters)];
    let (snapshot, settings) = (world(&testimonies, room(&["pdu-a1"], &["tgbt-a"])), settings(0.0461));
    let basis = basis(&snapshot, &settings);
    let whole = 0.3 * 8766.0;
    let near = |value: f64, worked: f64| assert!((value - worked).abs() < 1e-6, "{value} is not {worked}");
    // With the room's measured PUE of 1.5.
    near(kwh(&basis, "laptop", "measured"), whole * 58.0 / 131.0 * 1.5);
    near(kwh(&basis, "monitor", "measured"), whole * 73.0 / 131.0 * 1.5);
    near(kwh(&basis, "monitor", "default"), 0.0);
    near(kwh(&basis, "laptop", "declared"), 0.0);
    // The one that stands elsewhere keeps its default.
    near(kwh(&basis, "laptop", "default"), 29.0);
    let used = reading(&basis, "footprint_annual_co2e_grams", &[("kind", "monitor"), ("phase", "use")]).unwrap();
    near(used, whole * 73.0 / 131.0 * 1.5 * 46.1);
    // What is measured has no error of its own, and the electricity factor is exact here.
    let all = measure(&basis);
    let of = |name: &str| {
        let found = all.iter().find(|(indicator, reading)| {
            let has = |label, value: &str| reading.slice.iter().any(|(l, v)| *l == label && &**v == value);
            indicator.name == name && has("kind", "monitor") && has("phase", "use")
        });
        found.and_then(|(_, reading)| reading.value)
    };
    near(of("footprint_annual_co2e_low_grams").unwrap(), used);
    near(of("footprint_annual_co2e_high_grams").unwrap(), used);
}

/// A UPS feeds two PDUs, which feed a server: the room takes what the PDUs show, once.
#[test]
fn what_passes_through_is_not_counted_twice_with_what_it_feeds() {
    let passing = |kind| Facts { power_watts: Some(1000.0), annual_kwh: Some(8766.0), ..here(kind) };
    let fleet = [passing(Kind::Ups), passing(Kind::Pdu), passing(Kind::Pdu), here(Kind::Server), here(Kind::Switch)];
    let fleet: Vec<_> = fleet.into_iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts)).collect();
    let meters =
        [meter("pdu-a1", 400.0, 24.0, 30), meter("pdu-a2", 600.0, 24.0, 30), meter("ups-a", 1000.0, 24.0, 30)];
    let testimonies = [testimony("glpi", fleet), power("snmp", meters)];
    let (snapshot, settings) = (world(&testimonies, room(&["pdu-a1", "pdu-a2"], &[])), settings(0.0461));
    let basis = basis(&snapshot, &settings);
    // Neither has a figure of its own: they share equally. Nobody measured the whole room: the assumed PUE.
    for kind in ["server", "switch"] {
        assert!((kwh(&basis, kind, "measured") - 8766.0 / 2.0 * 1.75).abs() < 1e-6);
    }
    for kind in ["ups", "pdu"] {
        assert_eq!(kwh(&basis, kind, "measured") + kwh(&basis, kind, "declared") + kwh(&basis, kind, "default"), 0.0);
    }
    assert_eq!(reading(&basis, "power_watts", &[("room", "Salle A")]), Some(1000.0));
    assert_eq!(reading(&basis, "power_watts", &[("room", "unknown")]), Some(1000.0), "the UPS, named in no room");
    // Named nowhere, the PDU and the UPS that feeds them are not added up.
    let snapshot = world(&testimonies, room(&[], &[]));
    let basis = self::basis(&snapshot, &settings);
    for name in ["power_watts", "room_energy_joules_total"] {
        assert_eq!(reading(&basis, name, &[("room", "unknown")]), None, "{name}");
    }
}

/// Outside a measured room, what a UPS or a PDU puts out is no use of its own.
#[test]
fn output_power_is_no_consumption() {
    for kind in [Kind::Ups, Kind::Pdu] {
        let facts = Facts { power_watts: Some(3000.0), location: None, ..here(kind) };
        let snapshot = reconcile(&[testimony("glpi", vec![kept("1", facts)])], &rules());
        let settings = settings(0.0461);
        assert_eq!(reading(&basis(&snapshot, &settings), "electricity_annual_joules", &[]), None);
    }
}

/// Neither the default electricity of what stands there, nor the assumed overhead.
#[test]
fn less_than_a_week_replaces_nothing() {
    let testimonies = |days| {
        let meters = [meter("pdu-a1", 300.0, 24.0, days), meter("tgbt-a", 450.0, 24.0, days)];
        [testimony("glpi", vec![kept("1", here(Kind::Laptop))]), power("csv", meters)]
    };
    let settings = settings(0.0461);
    for (days, grounds, other, worked) in
        [(6, "default", "measured", 29.0 * 1.75), (7, "measured", "default", 0.3 * 8766.0 * 1.5)]
    {
        let snapshot = world(&testimonies(days), room(&["pdu-a1"], &["tgbt-a"]));
        let basis = basis(&snapshot, &settings);
        assert!((kwh(&basis, "laptop", grounds) - worked).abs() < 1e-6, "{days}");
        assert_eq!(kwh(&basis, "laptop", other), 0.0);
    }
}

/// A table and SNMP tell of the same PDU: the first-believed one counts, the other fills the days that it lacks.
#[test]
fn two_sources_of_one_point_are_one_point() {
    let mut first = meter("pdu-a1", 400.0, 24.0, 10);
    first.days.drain(..2);
    let own = Point { device: text("pdu-a1"), room: text("salle a"), role: Some(Role::It) };
    let second = Meter { point: own, ..meter("pdu-a1", 500.0, 24.0, 10) };
    let testimonies = [power("snmp", [first]), power("csv", [second])];
    let joules = |room| {
        let (snapshot, settings) = (world(&testimonies, room), settings(0.0461));
        reading(&basis(&snapshot, &settings), "room_energy_joules_total", &[("room", "Salle A")]).unwrap()
    };
    let once = (8.0 * 400.0 + 2.0 * 500.0) * 24.0 * HOUR;
    assert_eq!(joules(room(&["pdu-a1"], &[])), once);
    assert_eq!(joules(room(&["snmp:pdu-a1"], &[])), once);
}

/// The assumed overhead of server rooms is that of servers, and of what stands in a `[[room]]`: one that only a table
/// names may be any room, and its measured overhead is its servers' alone.
#[test]
fn overhead_of_a_room_that_only_a_table_names() {
    let under = |device: &str, watts: f64, role| {
        let known = meter(device, watts, 24.0, 30);
        let place = text("mairie > sous-sol > baie 2");
        Meter { point: Point { room: place, role: Some(role), ..known.point.clone() }, ..known }
    };
    let settings = settings(0.0461);
    let elsewhere = RoomRule { name: Text::from("Salle B"), ..RoomRule::default() };
    for (described, total, server, switch) in [
        (true, None, 1.75, 1.75),
        (false, None, 1.75, 1.0),
        (true, Some(1.5), 1.5, 1.5),
        (false, Some(1.5), 1.5, 1.0),
    ] {
        let meters = [under("pdu-a1", 1000.0, Role::It)].into_iter();
        let meters = meters.chain(total.map(|pue| under("tgbt-a", 1000.0 * pue, Role::Total)));
        let fleet = vec![kept("1", here(Kind::Server)), kept("2", here(Kind::Switch))];
        let told = [testimony("glpi", fleet), power("csv", meters)];
        let rule = if described { room(&["pdu-a1"], &["tgbt-a"][..total.iter().count()]) } else { elsewhere.clone() };
        let snapshot = world(&told, rule);
        let basis = basis(&snapshot, &settings);
        for (kind, pue) in [("server", server), ("switch", switch)] {
            let worked = 8766.0 / 2.0 * pue;
            let kwh = kwh(&basis, kind, "measured");
            assert!((kwh - worked).abs() < 1e-6, "{kind}, described: {described}, total: {total:?}: {kwh} kWh");
        }
    }
}

/// A source tells of one point under two rooms: one after the other they are its day, both at once are one day.
#[test]
fn a_point_in_two_rooms_at_once_counts_once() {
    let under = |name: &str, watts: f64, hours: f64, days: i64| {
        let known = meter("pdu-a1", watts, hours, days);
        Meter { point: Point { room: text(name), ..known.point.clone() }, before: Energy(7.0), ..known }
    };
    for (what, meters, expected) in [
        (
            "moved at noon",
            [under("A", 100.0, 12.0, 1), under("B", 200.0, 12.0, 1)],
            (300.0 * 12.0 * HOUR, 24.0 * HOUR, 14.0),
        ),
        (
            "told twice all day",
            [under("A", 100.0, 24.0, 1), under("B", 100.0, 24.0, 1)],
            (100.0 * 24.0 * HOUR, 24.0 * HOUR, 7.0),
        ),
        (
            "told twice, the second time for longer",
            [under("A", 100.0, 20.0, 1), under("B", 200.0, 23.0, 1)],
            (200.0 * 23.0 * HOUR, 23.0 * HOUR, 7.0),
        ),
    ] {
        let snapshot = world(&[power("csv", meters)], room(&["pdu-a1"], &[]));
        let known = &snapshot.rooms[0].meters;
        assert_eq!((known.len(), known[0].days.len()), (1, 1), "{what}");
        let told = (known[0].days[0].energy.0, known[0].days[0].seconds, known[0].before.0);
        assert_eq!(told, expected, "{what}");
    }
}

/// Whoever sees one entity sees its share of the room's electricity, and not the room's measures.
#[test]
fn a_part_of_the_world_takes_its_share_and_sees_no_more() {
    let of = |entity: &str| Facts { entity: text(entity), ..here(Kind::Laptop) };
    let fleet = ["ville", "ccas", "ville", "ville"].iter().enumerate();
    let glpi = testimony("glpi", fleet.map(|(at, entity)| kept(&at.to_string(), of(entity))).collect());
    let meters = [("pdu-a1", 300.0), ("tgbt-a", 450.0), ("pdu-b1", 200.0)];
    let csv = power("csv", meters.map(|(device, watts)| meter(device, watts, 24.0, 30)));
    // Nothing of theirs stands in the second room.
    let second = RoomRule { name: Text::from("Salle B"), it: names(&["pdu-b1"]), ..RoomRule::default() };
    let described = Rules { rooms: vec![room(&["pdu-a1"], &["tgbt-a"]), second], ..rules() };
    let (snapshot, settings) = (reconcile(&[glpi, csv], &described), settings(0.0461));
    let part = snapshot.within(&[EntityId(2)]);
    let energy = |snapshot: &Snapshot| {
        let slice = [("entity", "ccas"), ("basis", "measured")];
        reading(&basis(snapshot, &settings), "electricity_annual_joules", &slice).unwrap()
    };
    assert_eq!(energy(&part), energy(&snapshot));
    assert!(energy(&part) > 0.0);
    let seen = measure(&basis(&part, &settings));
    assert!(!seen.iter().any(|(indicator, _)| ["power_watts", "room_energy_joules_total"].contains(&indicator.name)));
    // Nor how one of its figures was reached by them.
    let steps = |snapshot: &Snapshot| {
        let basis = basis(snapshot, &settings);
        let asset = snapshot.assets.iter().find(|asset| asset.facts().entity == text("ccas")).unwrap();
        footprint(&basis, asset)
    };
    let (whole, scoped) = (steps(&snapshot), steps(&part));
    let value = |steps: &[Step], what: &str| steps.iter().find(|step| step.what == what).unwrap().value;
    assert!(whole.iter().any(|step| step.origin.contains("Salle A")));
    assert!(!scoped.iter().any(|step| step.origin.contains("Salle A")));
    assert_eq!(value(&whole, "room overhead (PUE)"), Some(1.5));
    assert_eq!(value(&scoped, "room overhead (PUE)"), None);
    assert_eq!(value(&whole, "electricity, a year").map(|kwh| kwh * 1.5), value(&scoped, "electricity, a year"));
    assert_eq!(value(&whole, "footprint, a year"), value(&scoped, "footprint, a year"));
}

/// Two towns' sources measure one room: whoever sees both sees it.
#[test]
fn a_room_is_shown_to_whoever_sees_all_its_sources() {
    let of = |entity: &str, device: &str| {
        let mut told = power(entity, [meter(device, 300.0, 24.0, 30)]);
        told.source.entity = text(entity);
        told
    };
    let whole = world(&[of("ville", "pdu-a1"), of("ccas", "pdu-a2")], room(&["pdu-a1", "pdu-a2"], &[]));
    let shown =
        |entities: &[u32]| whole.within(&entities.iter().copied().map(EntityId).collect::<Vec<_>>()).rooms[0].shown;
    assert_eq!([shown(&[1]), shown(&[2]), shown(&[1, 2]), shown(&[0])], [false, false, true, true]);
}
