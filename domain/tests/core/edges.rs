//! Figures at their edges: the day itself, what is left out of a share, the first word of several, the last piece.

use std::collections::BTreeSet;

use domain::account::Account;
use domain::decision::Decision;
use domain::entity::{Entity, EntityId};
use domain::exit::ExitLine;
use domain::factor::{Factor, GridFactor, Series, Tier};
use domain::indicator::footprint::portions;
use domain::indicator::{Basis, Publishing, Reading, all};
use domain::law::Law;
use domain::law::declaration::rows;
use domain::law::reen::Exits;
use domain::observation::Facts;
use domain::power::{Integration, Meter, Point, PowerDay, PowerSample, integrate};
use domain::purchase::PurchaseLine;
use domain::quantity::{Energy, Intensity};
use domain::reconcile::{Rules, naming, reconcile};
use domain::record::Text;
use domain::room::{PointName, RoomRule};
use domain::snapshot::Snapshot;
use domain::specification::Specification;
use domain::testimony::{Kept, Lines, Moment, Spell, Testimony};
use domain::word::{Condition, Criterion, Disposal, Kind, Mode, Status, Verdict};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::world::{
    OPEN, ORGANISATION, asset, bought, exits, kept, line, moment, purchases, reading, rules, settings, snapshot,
    testimony, text, told,
};

const AT: Date = date(2026, 6, 30);
const TOMORROW: Date = date(2026, 7, 1);

fn of(kind: Kind, years: i16) -> Facts {
    Facts { kind: Some(kind), in_service_date: Some(date(2026 - years, 6, 30)), ..Facts::default() }
}

fn house(fleet: impl IntoIterator<Item = Facts>) -> Testimony {
    let fleet = fleet.into_iter().enumerate().map(|(at, facts)| kept(&format!("{at:06}"), facts));
    testimony("glpi", fleet.collect())
}

fn told_by(basis: &Basis, name: &str) -> Vec<Reading> {
    (all().find(|indicator| indicator.name == name).unwrap().compute)(basis)
}

/// Each reading's labels, its value and its coverage, as they are told.
fn lines(snapshot: &Snapshot, name: &str) -> Vec<String> {
    let settings = settings(0.0461);
    let line = |reading: Reading| {
        let labels: Vec<&str> = reading.slice.iter().map(|(_, value)| &**value).collect();
        let value = reading.value.map_or_else(|| "?".to_owned(), |value| format!("{value:.3}"));
        format!("{} {value} of {:.2}", labels.join(" "), reading.coverage)
    };
    told_by(&Basis::new(snapshot, &settings, OPEN, AT), name).into_iter().map(line).collect()
}

fn of_fleet(fleet: impl IntoIterator<Item = Facts>, name: &str) -> Vec<String> {
    lines(&snapshot(&[house(fleet)]), name)
}

#[test]
fn what_is_passed_on_today_is_passed_on() {
    let spell = |since, status, user: Option<&str>| Spell { since, status, entity: None, user: user.map(Text::from) };
    let lent_again = |native: &str, day| Kept {
        spells: vec![
            spell(date(2024, 1, 1), Status::InUse, Some("a")),
            spell(date(2025, 3, 1), Status::InStock, None),
            spell(day, Status::InUse, Some("b")),
        ],
        ..kept(native, Facts { status: Some(Status::InUse), ..of(Kind::Laptop, 3) })
    };
    let fleet = testimony("glpi", vec![lent_again("1", AT), lent_again("2", TOMORROW)]);
    assert_eq!(lines(&snapshot(&[fleet]), "internal_reassignments"), ["laptop 2026 1.000 of 1.00"]);
}

#[test]
fn what_left_is_counted_by_its_way() {
    let left = |disposal| Facts { disposal_date: Some(AT), disposal: Some(disposal), ..of(Kind::Laptop, 6) };
    let mut told = of_fleet([Disposal::Recycling, Disposal::Donation, Disposal::Recycling].map(left), "disposals");
    told.sort();
    assert_eq!(told, ["2026 laptop donation 1.000 of 1.00", "2026 laptop recycling 2.000 of 1.00"]);
}

/// A new monitor costs 200 euros here; the used one of New Year's day cost 150, that of the day before is last year's.
#[test]
fn a_purchase_of_new_years_day_is_of_the_new_year() {
    let of = |day, quantity: f64, amount, condition| PurchaseLine {
        date: Some(day),
        quantity: Some(quantity),
        ..bought(day, Kind::Monitor, amount, condition)
    };
    let lines = purchases([
        of(date(2026, 3, 1), 10.0, 2000, Condition::New),
        of(date(2026, 1, 1), 1.0, 150, Condition::Refurbished),
        of(date(2025, 12, 31), 1.0, 20, Condition::Refurbished),
    ]);
    let told = self::lines(&snapshot(&[told(lines)]), "avoided_euros");
    assert_eq!(told, ["refurbished_purchases 2026 50.000 of 1.00"]);
}

/// B: reformed on or before 1 January and not gone before it. What only stands in the stock is no exit of the year.
#[test]
fn the_stock_of_new_years_morning() {
    let of_two = |second: Option<Date>, gone, way| {
        let good = asset("1", date(2020, 1, 1), Some(date(2025, 6, 1)), gone, way);
        // What left in 2024 makes a dated history.
        let before = second.map(|day| asset("2", date(2019, 1, 1), Some(day), Some(day), Disposal::Recycling));
        let goods = std::iter::once(good).chain(before).collect();
        let exits = Exits::of(&snapshot(&[testimony("house", goods)]), &Law::default(), AT);
        let of_the_year = &exits.cells[&(ORGANISATION.into(), 2026)];
        (of_the_year.a, of_the_year.b, of_the_year.exits)
    };
    let figures = |gone, way| of_two(Some(date(2024, 4, 1)), gone, way);
    assert_eq!(figures(Some(date(2025, 12, 31)), Disposal::Donation), (0.0, Some(0.0), 0.0));
    assert_eq!(figures(Some(date(2026, 1, 1)), Disposal::Donation), (1.0, Some(1.0), 1.0));
    assert_eq!(figures(Some(date(2026, 1, 2)), Disposal::Donation), (1.0, Some(1.0), 1.0));
    assert_eq!(figures(None, Disposal::Unknown), (0.0, Some(1.0), 0.0));
    // So does what was reformed in the year before, in the stock or gone since.
    assert_eq!(of_two(None, None, Disposal::Unknown), (0.0, Some(1.0), 0.0));
    assert_eq!(of_two(None, Some(date(2026, 1, 2)), Disposal::Donation), (1.0, Some(1.0), 1.0));
}

/// By which way it is to leave is not known before: until then it only stands in the stock.
#[test]
fn the_way_out_of_a_listed_good_is_known_from_its_day_on() {
    let given = ExitLine {
        kind: Some(Kind::Laptop),
        retired_date: Some(date(2026, 6, 1)),
        date: Some(AT),
        disposal: Some(Disposal::Donation),
        ..ExitLine::default()
    };
    let snapshot = snapshot(&[told(exits([given], []))]);
    let seen = |at| {
        let line = Exits::of(&snapshot, &Law::default(), at).lines.remove(0);
        (line.way, line.left())
    };
    assert_eq!(seen(date(2026, 6, 29)), (Disposal::Unknown, None));
    assert_eq!(seen(AT), (Disposal::Donation, Some(AT)));
}

/// Of those that began their service: what is ordered, and what comes tomorrow, did not.
#[test]
fn a_median_is_of_what_began_its_service() {
    let gone = Facts { disposal_date: Some(AT), ..of(Kind::Laptop, 2) };
    let ordered = Facts { kind: Some(Kind::Laptop), status: Some(Status::Ordered), ..Facts::default() };
    let coming = Facts { in_service_date: Some(TOMORROW), ..of(Kind::Laptop, 0) };
    // 730 days.
    assert_eq!(of_fleet([gone, ordered, coming], "lifetime_median_seconds"), ["laptop 63072000.000 of 1.00"]);
}

#[test]
fn a_field_is_known_of_a_share() {
    let named = Facts { model: text("Latitude 5440"), ..of(Kind::Laptop, 1) };
    let told = of_fleet([named, of(Kind::Laptop, 1), of(Kind::Laptop, 1), of(Kind::Laptop, 1)], "field_known_ratio");
    for expected in ["laptop model 0.250 of 1.00", "laptop service_start 1.000 of 1.00"] {
        assert!(told.iter().any(|line| line == expected), "{expected}: {told:?}");
    }
}

/// Only of the one whose parts are told is there a factor: 519.4 kg over five years, of
/// 2 × (10 + 500 × 0.02) + 2 × 5 + 64 × 0.8 × 2 + 66 + 2 × 3 × 24 + 150 + 7.
#[test]
fn what_a_year_more_spares_is_covered_by_what_has_a_factor() {
    let running = |facts| Facts { operating_system: text("Windows Server 2012 R2 Standard"), ..facts };
    let specified = Facts { cpu_count: Some(2.0), ram_gb: Some(64.0), ..of(Kind::Server, 3) };
    let fleet = [running(specified), running(of(Kind::Server, 3))];
    let told = of_fleet(fleet, "early_renewal_avoidable_co2e_grams");
    assert_eq!(told, ["server windows_server_2012 103880.000 of 0.50"]);
}

/// Two drives of the usual 960 GB, and three disks.
#[test]
fn drives_that_are_only_counted_have_the_usual_size() {
    let counted = Facts {
        cpu_count: Some(1.0),
        ram_gb: Some(32.0),
        ssd_count: Some(2.0),
        hdd_count: Some(3.0),
        ..of(Kind::Server, 1)
    };
    let told = Specification::of(&counted).unwrap();
    assert_eq!((told.ssd_gb, told.ssds, told.hdds), (1920.0, 2.0, 3.0));
}

/// What was bought used was new at a time nobody tells: the old document of this model may speak of it, and not of one
/// that is new for all one knows.
#[test]
fn reuse_makes_another_class() {
    let mut settings = settings(0.0);
    let kind_row = settings.factors.rows.iter().find(|row| row.kind == Kind::Laptop).unwrap().clone();
    settings.factors.rows.push(Factor {
        id: Text::from("makers/dell-latitude"),
        manufacturer: text("Dell"),
        model: text("Latitude 5440"),
        year: Some(2015),
        ..kind_row
    });
    settings.factors = settings.factors.indexed();
    let laptop = Facts { manufacturer: text("Dell"), model: text("Latitude 5440"), ..of(Kind::Laptop, 1) };
    let used = Facts { condition: Some(Condition::Refurbished), ..laptop.clone() };
    let snapshot = snapshot(&[house([laptop.clone(), laptop, used, of(Kind::Tablet, 1)])]);
    let mut told: Vec<_> = portions(&Basis::new(&snapshot, &settings, OPEN, AT), |_, _| true)
        .iter()
        .map(|portion| (portion.kind.unwrap(), portion.tier, portion.count, portion.told))
        .collect();
    told.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)));
    assert_eq!(
        told,
        [
            (Kind::Laptop, Tier::Kind, 2.0, [2.0, 2.0]),
            (Kind::Laptop, Tier::Model, 1.0, [1.0, 1.0]),
            (Kind::Tablet, Tier::None, 1.0, [0.0, 0.0]),
        ]
    );
}

/// Two tablets without a factor, as far apart as a fleet of two pieces has them: neither is told as a zero.
#[test]
fn what_was_acquired_without_a_factor_is_unknown() {
    let screen = || Facts { kind: Some(Kind::Monitor), ..Facts::default() };
    let tablet = || of(Kind::Tablet, 1);
    let fleet = std::iter::once(tablet()).chain((0..33_000).map(|_| screen())).chain([tablet()]);
    assert_eq!(of_fleet(fleet, "footprint_acquired_co2e_grams"), ["tablet 2025 ? of 0.00"]);
}

/// The operator's series tells of what is measured, and of carbon: 20 g a kilowatt-hour instead of the year's 50.
#[test]
fn a_series_is_of_measured_carbon_alone() {
    let told = |days: i64| {
        let day = |back: i64| PowerDay {
            day: AT.saturating_sub(back.days()),
            energy: Energy(1000.0 * 86_400.0),
            seconds: 86_400.0,
        };
        let point = Point { device: text("pdu"), ..Point::default() };
        let meter = Meter { point, days: (0..days).rev().map(day).collect(), ..Meter::default() };
        let laptop = Facts { location: text("Salle A"), ..of(Kind::Laptop, 1) };
        let room = RoomRule {
            name: Text::from("Salle A"),
            locations: vec![Text::from("Salle A")],
            it: vec![PointName { source: None, device: Text::from("pdu") }],
            total: Vec::new(),
        };
        let fleet = Testimony { power: vec![meter], ..house([laptop]) };
        let snapshot = reconcile(&[fleet], &Rules { rooms: vec![room], ..rules() });
        let mut settings = settings(0.05);
        let of_metals = GridFactor {
            criterion: Criterion::Adpe,
            intensity: Intensity::per_kwh(0.5),
            ..settings.factors.grid[0].clone()
        };
        settings.factors.grid.push(of_metals);
        let series = (0..days).map(|back| (AT.saturating_sub(back.days()), Intensity::per_kwh(20.0)));
        settings.factors.series = Some(Series { set: 1, days: series.collect() });
        let basis = Basis::new(&snapshot, &settings, OPEN, AT).asked(moment(AT));
        let kwh = reading(&basis, "electricity_annual_joules", &[]).unwrap() / 3.6e6;
        let a_kwh = |name| format!("{:.6}", reading(&basis, name, &[("phase", "use")]).unwrap() / kwh);
        [a_kwh("footprint_annual_co2e_grams"), a_kwh("footprint_annual_adpe_grams")]
    };
    assert_eq!(told(7), ["20.000000", "0.500000"]);
    // Less than a week replaces no default.
    assert_eq!(told(6), ["50.000000", "0.500000"]);
}

#[test]
fn a_point_that_nobody_put_anywhere_is_told_so() {
    let note = |watts_at: Moment| {
        let point = Point { device: text("pdu"), ..Point::default() };
        let meter = Meter { point, watts: Some((watts_at, 500.0)), ..Meter::default() };
        let snapshot = snapshot(&[Testimony { power: vec![meter], ..testimony("snmp", Vec::new()) }]);
        let settings = settings(0.05);
        let basis = Basis::new(&snapshot, &settings, OPEN, AT).asked(moment(AT));
        let told = told_by(&basis, "power_watts").remove(0);
        (told.value, told.note.unwrap_or_default().to_string())
    };
    let nowhere = "no [[room]] names these measuring points, and their source tells no room";
    assert_eq!(note(moment(AT)), (Some(500.0), nowhere.to_owned()));
    // That it is silent comes first.
    let quiet = "no measuring point told its power in the last 15 minutes";
    assert_eq!(note(moment(date(2026, 6, 29))), (None, quiet.to_owned()));
}

/// One reading below the others was wrong: nothing went through between the two that are the same.
#[test]
fn an_index_that_comes_back_to_what_it_was_has_counted_nothing() {
    let noon = moment(AT).0;
    let sample = |hour: i64, kwh| PowerSample {
        time: Some(Moment(noon + hour * 3600)),
        device: text("pdu"),
        kwh: Some(kwh),
        ..PowerSample::default()
    };
    let mut meters = Vec::new();
    let by = Integration { time_zone: TimeZone::UTC, gap: 1800.0 };
    integrate(&mut meters, &[sample(0, 100.0), sample(1, 99.0), sample(2, 100.0)], &by);
    assert_eq!(meters[0].days, [PowerDay { day: AT, energy: Energy(0.0), seconds: 7200.0 }]);
}

/// Three laptops of the only department there is, below a buyer of its own: they are told as that buyer's.
#[test]
fn a_small_department_alone_is_told_as_its_buyers() {
    let mut rules = rules();
    rules.entities.nodes.push(Entity {
        id: Text::from("accueil"),
        name: Text::from("accueil"),
        parent: Some(EntityId(2)),
        configured: true,
        ..Entity::default()
    });
    let laptop = Facts { entity: text("accueil"), ..of(Kind::Laptop, 1) };
    let snapshot = reconcile(&[house(vec![laptop; 3])], &rules);
    let settings = settings(0.05);
    let publishing = Publishing { entity_depth: 2, folded: true, ..OPEN };
    let basis = Basis::new(&snapshot, &settings, publishing, AT);
    assert_eq!(reading(&basis, "assets", &[("entity", "ccas"), ("kind", "laptop")]), Some(3.0));
}

/// What a buyer has is public, however little it is; the other entities of the same reader do not change that.
#[test]
fn a_reader_of_a_buyer_and_a_department_is_told_what_the_buyer_has() {
    let there = |entity: &str| Facts { entity: text(entity), ..of(Kind::Laptop, 1) };
    let whole = snapshot(&[house(["ccas", "ville", "ccas", "ville"].map(there))]);
    let told = |entities: &[&str]| {
        let ids: Vec<EntityId> = entities.iter().map(|id| whole.entities.find(id).unwrap()).collect();
        let part = whole.told_within(&ids, OPEN.min_cell, &[AT]);
        part.assets.iter().map(|asset| part.entities.entity(asset.entity).id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(told(&["ville", "ccas"]), ["ccas", "ccas"]);
    assert_eq!(told(&["ville"]), Vec::<String>::new());
}

#[test]
fn a_row_of_the_declaration_is_commented_on_what_there_is() {
    let day = date(2026, 3, 1);
    let rental = PurchaseLine { mode: Some(Mode::Rental), ..bought(day, Kind::Laptop, 500, Condition::New) };
    let comments = |of: PurchaseLine| {
        let (snapshot, settings) = (snapshot(&[told(purchases([of]))]), settings(0.05));
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        rows(&basis.ledger, &settings.law, &snapshot.entities, 2026)[0].comments.to_string()
    };
    assert_eq!(comments(bought(day, Kind::Laptop, 900, Condition::New)), "");
    assert_eq!(comments(rental), "locations, non comptées : 500,00 € HT");
}

#[test]
fn a_category_is_known_by_its_name_and_by_the_decrees_label() {
    let law = Law::default();
    for (told, known) in
        [("it_2021", true), ("IT_TELEPHONY", true), ("Matériel informatique et téléphonie", true), ("Papier", false)]
    {
        assert_eq!(law.knows(told), known, "{told}");
    }
}

/// People say that two things of different serials are one: it has the serial of the one that is believed more.
#[test]
fn a_thing_of_two_serials_has_the_first() {
    let of = |serial: &str| Facts { serial: text(serial), ..of(Kind::Laptop, 1) };
    let same = Decision {
        decision: Some(Verdict::Same),
        asset_a: text("glpi:000000"),
        asset_b: text("glpi:000001"),
        ..Decision::default()
    };
    let decisions = Lines { decisions: vec![line(1, same)], ..Lines::default() };
    let assets = |other: &str| {
        let fleet = house([of("SERIAL1"), of("SERIAL2")]);
        snapshot(&[fleet, testimony("agents", vec![kept("1", of(other))]), told(decisions.clone())]).assets.len()
    };
    assert_eq!((assets("SERIAL1"), assets("SERIAL2")), (1, 2));
}

#[test]
fn the_newest_contact_counts_whoever_tells_it() {
    let seen = |name: &str, day| {
        let facts = Facts { serial: text("SERIAL1"), last_seen: Some(day), ..of(Kind::Laptop, 1) };
        testimony(name, vec![kept("1", facts)])
    };
    let (old, new) = (date(2026, 1, 10), date(2026, 5, 1));
    for (first, second) in [(old, new), (new, old)] {
        assert_eq!(snapshot(&[seen("a", first), seen("b", second)]).assets[0].last_seen, Some(new));
    }
}

/// Who is in two directories belongs where the first says, unless only the second says that they are still there.
#[test]
fn of_two_accounts_the_first_that_is_enabled_counts() {
    let directory = |name: &str, entity: &str, enabled| {
        let account = Account { user: text("p1"), entity: text(entity), enabled, ..Account::default() };
        let mut told = Testimony {
            lines: Lines { accounts: vec![line(1, account)], ..Lines::default() },
            ..testimony(name, Vec::new())
        };
        told.source.creates = false;
        told
    };
    let (yes, no) = (Some(true), Some(false));
    for (first, second, entity, left) in [
        (yes, yes, "ville", false),
        (None, None, "ville", false),
        (yes, no, "ville", false),
        (no, no, "ville", true),
        (no, yes, "ecole", false),
    ] {
        let held = house([Facts { user: text("p1"), ..of(Kind::Laptop, 1) }]);
        let snapshot = snapshot(&[held, directory("old", "ville", first), directory("new", "ecole", second)]);
        let asset = &snapshot.assets[0];
        let told = (&*snapshot.entities.entity(asset.entity).id, asset.owner_left);
        assert_eq!(told, (entity, Some(left)), "{first:?} {second:?}");
    }
}

/// Names that all have one root stand below it; a name that has nothing below it is no root, however it is written.
#[test]
fn a_name_alone_is_no_root() {
    let unplaced = |told: [&str; 2]| {
        let names: BTreeSet<Text> = told.into_iter().map(Text::from).collect();
        naming(&rules().entities, &[(testimony("glpi", Vec::new()).source, names)]).unplaced.remove(0)
    };
    assert_eq!(unplaced(["Mairie", "Mairie > ville"]), Vec::<Text>::new());
    assert_eq!(unplaced(["Cinéma", "Cinéma >"]), ["glpi: Cinéma", "glpi: Cinéma >"].map(Text::from));
}
