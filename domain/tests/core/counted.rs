//! Small houses whose indicators are counted on the fingers of one hand.

use domain::exit::ExitLine;
use domain::indicator::lifetime::life;
use domain::indicator::quality::silent_before;
use domain::indicator::{Basis, Reading, all};
use domain::law::agec::SpendLine;
use domain::law::price::{by_kind, is_new, is_reused};
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::quantity::Impact;
use domain::record::Text;
use domain::testimony::{Kept, Spell};
use domain::word::{Condition, Criterion, Disposal, Kind, Status};
use jiff::Span;
use jiff::civil::{Date, date};

use crate::world::{
    OPEN, ORGANISATION, bought, euros, exits, headcounts, kept, moment, purchases, settings, snapshot, testimony,
    text, told,
};

const AT: Date = date(2026, 6, 30);

fn of(kind: Kind, years: i16) -> Facts {
    Facts { kind: Some(kind), in_service_date: Some(date(2026 - years, 6, 30)), ..Facts::default() }
}

fn numbered(fleet: impl IntoIterator<Item = Facts>) -> Vec<Kept> {
    fleet.into_iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts)).collect()
}

/// All readings of one indicator: what tells them apart, and the value.
fn told_by(basis: &Basis, name: &str) -> Vec<Reading> {
    (all().find(|indicator| indicator.name == name).unwrap().compute)(basis)
}

/// Each reading's labels, its value and its coverage, as they are told.
pub fn lines(basis: &Basis, name: &str) -> Vec<String> {
    let line = |reading: Reading| {
        let labels: Vec<&str> = reading.slice.iter().map(|(_, value)| &**value).collect();
        let value = reading.value.map_or_else(|| "?".to_owned(), |value| format!("{value:.3}"));
        format!("{} {value} of {:.2}", labels.join(" "), reading.coverage)
    };
    told_by(basis, name).into_iter().map(line).collect()
}

fn of_fleet(fleet: impl IntoIterator<Item = Facts>, name: &str) -> Vec<String> {
    let (snapshot, settings) = (snapshot(&[testimony("glpi", numbered(fleet))]), settings(0.0461));
    lines(&Basis::new(&snapshot, &settings, OPEN, AT), name)
}

/// Laptops have an index, phones and tablets a class; what is disposed of counts in neither.
#[test]
fn repairability() {
    let index = |index| Facts { repairability_index: Some(index), ..of(Kind::Laptop, 1) };
    let class = |kind, class: &str| Facts { repairability_class: text(class), ..of(kind, 1) };
    let fleet = || {
        [
            index(7.0),
            index(8.0),
            of(Kind::Laptop, 1),
            of(Kind::Laptop, 2),
            Facts { status: Some(Status::Disposed), disposal_date: Some(date(2026, 1, 1)), ..index(1.0) },
            class(Kind::Smartphone, "A"),
            class(Kind::Smartphone, "C"),
            class(Kind::Smartphone, "C"),
            of(Kind::Tablet, 1),
            // Neither has a word in the other's figures.
            class(Kind::Laptop, "A"),
            Facts { repairability_index: Some(2.0), ..of(Kind::Tablet, 1) },
            Facts { repairability_index: Some(2.0), ..of(Kind::Monitor, 1) },
        ]
    };
    assert_eq!(of_fleet(fleet(), "repairability_index_mean"), ["laptop 7.500 of 0.40"]);
    assert_eq!(
        of_fleet(fleet(), "repairability_coverage_ratio"),
        ["laptop 0.400 of 1.00", "tablet 0.000 of 1.00", "smartphone 1.000 of 1.00"]
    );
    assert_eq!(
        of_fleet(fleet(), "repairability_classes"),
        ["tablet unknown 2.000 of 1.00", "smartphone A 1.000 of 1.00", "smartphone C 2.000 of 1.00"]
    );
}

/// A laptop is expected to last five years: one of five is not older than that yet.
#[test]
fn past_lifetime() {
    let undated = Facts { kind: Some(Kind::Laptop), ..Facts::default() };
    let fleet = [of(Kind::Laptop, 4), of(Kind::Laptop, 6), of(Kind::Laptop, 9), undated];
    assert_eq!(of_fleet(fleet, "assets_past_lifetime"), ["organisation laptop 2.000 of 0.75"]);
    // Eight years of a television are 2922 days: on the last of them it is not past yet, a day later it is.
    let a_day_more = Facts { in_service_date: Some(date(2018, 6, 29)), ..of(Kind::Tv, 8) };
    let told = of_fleet([of(Kind::Tv, 8), a_day_more], "assets_past_lifetime");
    assert_eq!(told, ["organisation tv 1.000 of 1.00"]);
}

#[test]
fn conditions_and_age_bands() {
    let bought = |condition, years| Facts { condition: Some(condition), ..of(Kind::Laptop, years) };
    let told = |name| {
        let fleet = [bought(Condition::New, 1), bought(Condition::New, 3), bought(Condition::Refurbished, 1)];
        let mut told = of_fleet(fleet, name);
        told.retain(|line| !line.contains(" 0.000 "));
        told
    };
    assert_eq!(
        told("assets_acquired"),
        ["organisation laptop new 2.000 of 1.00", "organisation laptop refurbished 1.000 of 1.00"]
    );
    assert_eq!(told("assets_by_age"), ["laptop 1-2y 2.000 of 1.00", "laptop 3-4y 1.000 of 1.00"]);
}

/// A gift was not bought; the bounds tell what those could be of which nothing is known.
#[test]
fn reuse_in_the_fleet() {
    let bought = |condition| Facts { condition: Some(condition), ..of(Kind::Laptop, 1) };
    let fleet =
        || [bought(Condition::New), bought(Condition::Refurbished), bought(Condition::Donated), of(Kind::Laptop, 1)];
    assert_eq!(of_fleet(fleet(), "reuse_fleet_ratio"), ["laptop 0.250 of 0.75"]);
    let (snapshot, settings) = (snapshot(&[testimony("glpi", numbered(fleet()))]), settings(0.0461));
    let readings = told_by(&Basis::new(&snapshot, &settings, OPEN, AT), "reuse_fleet_ratio");
    assert_eq!((readings[0].low, readings[0].high), (Some(0.25), Some(0.5)));
}

#[test]
fn known_fields() {
    let named = Facts { manufacturer: text("Dell"), model: text("Latitude 5440"), ..of(Kind::Laptop, 1) };
    let priced =
        Facts { purchase_price_ht: euros(900), serial: text("To be filled by O.E.M."), ..of(Kind::Laptop, 1) };
    let known = of_fleet([named, priced, of(Kind::Laptop, 1), of(Kind::Laptop, 2)], "field_known_ratio");
    for (field, share) in [
        ("model", "0.250"),
        ("manufacturer", "0.250"),
        ("purchase_price", "0.250"),
        ("service_start", "1.000"),
        // A phrase of the firmware's is no serial number.
        ("serial", "0.000"),
        ("condition", "0.000"),
    ] {
        assert!(known.contains(&format!("laptop {field} {share} of 1.00")), "{field}: {known:?}");
    }
}

/// Of lines alone, in units and in euros.
#[test]
fn ecolabelled_purchases() {
    let line = |amount, quantity, ecolabel: Option<&str>| PurchaseLine {
        quantity: Some(quantity),
        ecolabel: ecolabel.map(Text::from),
        ..bought(date(2026, 3, 1), Kind::Laptop, amount, Condition::New)
    };
    let bought = told(purchases([line(3_000, 3.0, Some("TCO Certified")), line(7_000, 1.0, None)]));
    let (snapshot, settings) = (snapshot(&[bought]), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    assert_eq!(
        lines(&basis, "ecolabelled_purchases_ratio"),
        ["2026 units 0.750 of 1.00", "2026 euros 0.300 of 1.00"]
    );
}

/// Given to somebody else after a time in stock; back to the same hands, passed on directly, or a virtual machine counts not.
#[test]
fn reassignments() {
    let spell = |since, status, user: Option<&str>| Spell { since, status, entity: None, user: user.map(Text::from) };
    let lent = |native: &str, back_to: &str, by_stock: bool, is_virtual: bool| {
        let mut kept = kept(
            native,
            Facts { status: Some(Status::InUse), virtual_machine: Some(is_virtual), ..of(Kind::Laptop, 3) },
        );
        kept.spells = vec![spell(date(2024, 1, 1), Status::InUse, Some("a"))];
        if by_stock {
            kept.spells.push(spell(date(2025, 3, 1), Status::InStock, None));
        }
        kept.spells.push(spell(date(2025, 5, 1), Status::InUse, Some(back_to)));
        kept
    };
    // In stock since its first day: it was nobody's before.
    let mut first = lent("6", "b", true, false);
    first.spells.remove(0);
    let fleet = vec![
        lent("1", "b", true, false),
        lent("2", "c", true, false),
        lent("3", "a", true, false),
        lent("4", "b", false, false),
        lent("5", "b", true, true),
        first,
    ];
    let (snapshot, settings) = (snapshot(&[testimony("glpi", fleet)]), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    assert_eq!(lines(&basis, "internal_reassignments"), ["laptop 2025 2.000 of 1.00"]);
}

/// The bounds that are families of their own are those of the fleet, and other criteria are summed by their own rows.
#[test]
fn bounds_and_other_criteria() {
    let mut settings = settings(0.0461);
    let laptop = settings.factors.rows.iter().find(|row| row.kind == Kind::Laptop).unwrap().clone();
    let [manufacture, distribution, end_of_life] = [0.05, 0.004, 0.001].map(Impact);
    settings.factors.rows.push(domain::factor::Factor {
        id: Text::from("ademe/laptop-adpe"),
        criterion: Criterion::Adpe,
        manufacture,
        distribution,
        end_of_life,
        ..laptop
    });
    settings.factors = settings.factors.indexed();
    let snapshot = snapshot(&[testimony("glpi", numbered([of(Kind::Laptop, 1), of(Kind::Laptop, 2)]))]);
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let value = |name| told_by(&basis, name)[0].value;
    let fleet = &told_by(&basis, "footprint_fleet_annual_co2e_grams")[0];
    assert!(fleet.low < fleet.value && fleet.value < fleet.high, "{fleet:?}");
    assert_eq!(value("footprint_fleet_annual_co2e_low_grams"), fleet.low);
    assert_eq!(value("footprint_fleet_annual_co2e_high_grams"), fleet.high);
    // 0.05 + 0.004 + 0.001 grams over five years, of two.
    let adpe = told_by(&basis, "footprint_annual_adpe_grams");
    let embodied: f64 = adpe.iter().filter(|r| &*r.slice[1].1 != "use").filter_map(|r| r.value).sum();
    assert_eq!(format!("{embodied:.5}"), "0.02200");
}

/// A credit note takes its units away, on which side they were.
#[test]
fn units_of_purchases() {
    let day = date(2026, 3, 1);
    let of = |quantity, amount, condition| PurchaseLine {
        quantity: Some(quantity),
        ..bought(day, Kind::Laptop, amount, condition)
    };
    let lines_told = told(purchases([
        of(3.0, 4_000, Condition::New),
        // It came at no price: a unit all the same.
        of(1.0, 0, Condition::New),
        of(3.0, 900, Condition::Refurbished),
        of(1.0, -1_000, Condition::New),
        of(1.0, -300, Condition::Refurbished),
    ]));
    let (snapshot, settings) = (snapshot(&[lines_told]), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    assert_eq!(lines(&basis, "reuse_units_ratio"), ["it_telephony 2026 0.400 of 1.00"]);
}

/// What is new is told so: a line of an untold condition is no price of something new.
#[test]
fn prices_of_what_is_new() {
    let day = date(2026, 3, 1);
    let of = |quantity, amount, condition| PurchaseLine {
        quantity: Some(quantity),
        condition,
        ..bought(day, Kind::Laptop, amount, Condition::New)
    };
    let lines = told(purchases([
        of(2.0, 2_000, Some(Condition::New)),
        of(1.0, 400, None),
        of(1.0, 300, Some(Condition::Refurbished)),
    ]));
    let (snapshot, settings) = (snapshot(&[lines]), settings(0.0461));
    let ledger = Basis::new(&snapshot, &settings, OPEN, day).ledger;
    let mean = |asked: fn(&SpendLine) -> bool| by_kind(&ledger, day, asked)[&Kind::Laptop].mean();
    assert_eq!((mean(is_new), mean(is_reused), mean(|_| true)), (1_000.0, 300.0, 675.0));
}

/// A total is told of weights that are told; its coverage says of how much of what went to recycling.
#[test]
fn waste() {
    let exit = |weight_kg, way| Facts {
        weight_kg,
        disposal_date: Some(date(2026, 3, 1)),
        disposal: Some(way),
        ..of(Kind::Laptop, 6)
    };
    let recycled = |weight| exit(weight, Disposal::Recycling);
    assert_eq!(of_fleet([recycled(None)], "weee_grams"), [format!("{ORGANISATION} 2026 unknown ? of 0.00")]);
    let fleet = [recycled(None), recycled(Some(2.0)), exit(Some(2.5), Disposal::Donation)];
    assert_eq!(of_fleet(fleet, "weee_grams"), [format!("{ORGANISATION} 2026 unknown 2000.000 of 0.50")]);
}

#[test]
fn equipment_per_agent() {
    let there = |kind| Facts { entity: text("ville"), ..of(kind, 1) };
    // Nobody works at the school: what stands there is no share of anybody's.
    let laptops = [vec![there(Kind::Laptop); 6], vec![Facts { entity: text("ecole"), ..there(Kind::Laptop) }]];
    let mut house = testimony("glpi", numbered(laptops.concat()));
    house.lines = headcounts([("ville", 8.0), ("ecole", 0.0)]);
    let (snapshot, settings) = (snapshot(&[house]), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    assert_eq!(lines(&basis, "assets_per_agent_ratio"), ["ville laptop 0.750 of 1.00"]);
    // 185.09 kg / 5 and 29 kWh × 0.0461, times 6 / 8.
    assert_eq!(lines(&basis, "footprint_per_agent_co2e_grams"), ["ville 28766.175 of 1.00"]);
}

/// Two and four years, and none; a virtual machine and what leaves only later are in no mean.
#[test]
fn mean_age_at_exit() {
    let gone = |years, is_virtual| Facts {
        disposal_date: Some(date(2026, 6, 30)),
        virtual_machine: Some(is_virtual),
        ..of(Kind::Laptop, years)
    };
    let later = Facts { disposal_date: Some(date(2026, 7, 1)), ..of(Kind::Laptop, 7) };
    let fleet = [gone(2, false), gone(4, false), gone(0, false), gone(9, true), later, of(Kind::Laptop, 8)];
    // 730, 1461 and 0 days.
    assert_eq!(of_fleet(fleet, "lifetime_mean_at_exit_seconds"), ["laptop 2026 63100800.000 of 1.00"]);
    // An exit is one on its own day.
    let undated = Facts { kind: Some(Kind::Laptop), ..Facts::default() };
    assert_eq!(of_fleet([gone(2, false), undated], "lifetime_median_seconds"), ["laptop 63072000.000 of 0.50"]);
    // And service has begun on its first day.
    assert_eq!(of_fleet([of(Kind::Laptop, 0)], "lifetime_median_seconds"), ["laptop ? of 1.00"]);
}

/// What was there before is seen since exits are recorded, here a year after its first day; what came later, from its
/// first day on.
#[test]
fn lives_are_seen_since_exits_are_recorded() {
    let mut house = testimony("glpi", numbered([of(Kind::Laptop, 3), of(Kind::Laptop, 1)]));
    house.source.exits_recorded_since = Some(date(2024, 6, 30));
    let snapshot = snapshot(&[house]);
    let entries: Vec<i32> = snapshot.assets.iter().map(|asset| life(asset, AT).unwrap().entry).collect();
    assert_eq!(entries, [366, 0]);
}

/// No page of a printer that tells none, and none of a thing that does not print.
#[test]
fn pages_that_nobody_counts() {
    let told = |pages| Facts { printed_pages: pages, ..of(Kind::Printer, 1) };
    assert_eq!(of_fleet([told(None)], "printed_pages_total"), ["organisation ? of 0.00"]);
    assert_eq!(of_fleet([told(None), told(Some(0.0))], "printed_pages_total"), ["organisation 0.000 of 0.50"]);
    // What is gone has printed too.
    let gone = Facts { disposal_date: Some(date(2026, 1, 1)), ..told(Some(500.0)) };
    assert_eq!(of_fleet([gone], "printed_pages_total"), ["organisation 500.000 of 0.00"]);
    assert!(of_fleet([of(Kind::Laptop, 1)], "printed_pages_total").is_empty());
}

/// A list that tells on which day a thing was reformed or left dates its exit.
#[test]
fn exits_are_dated_by_a_line() {
    let laptop = Facts { serial: text("SERIAL1"), ..of(Kind::Laptop, 2) };
    let line = |date, retired_date| ExitLine {
        serial: text("SERIAL1"),
        date,
        retired_date,
        disposal: Some(Disposal::Recycling),
        ..ExitLine::default()
    };
    for line in [line(Some(AT), None), line(None, Some(AT))] {
        let sources = [testimony("glpi", numbered([laptop.clone()])), told(exits([line], []))];
        let (snapshot, settings) = (snapshot(&sources), settings(0.0461));
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        assert_eq!(lines(&basis, "lifetime_mean_at_exit_seconds"), ["laptop 2026 63072000.000 of 1.00"]);
    }
}

/// Only what is active counts, and each of them once.
#[test]
fn virtual_machines_and_electricity() {
    let machine = |status| Facts { virtual_machine: Some(true), status: Some(status), ..of(Kind::Server, 1) };
    let fleet = [machine(Status::InUse), machine(Status::Retired), machine(Status::Retired), of(Kind::Laptop, 1)];
    assert_eq!(of_fleet(fleet, "virtual_machines"), ["organisation 1.000 of 1.00"]);
    // 29 kWh each.
    let told = of_fleet([of(Kind::Laptop, 1), of(Kind::Laptop, 2)], "electricity_annual_joules");
    assert!(told.contains(&"organisation laptop default 208800000.000 of 1.00".to_owned()), "{told:?}");
    // What its maker declares goes before that.
    let declared = Facts { annual_kwh: Some(100.0), ..of(Kind::Laptop, 1) };
    let told = of_fleet([declared], "electricity_annual_joules");
    assert!(told.contains(&"organisation laptop declared 360000000.000 of 1.00".to_owned()), "{told:?}");
    // No row tells of tablets here.
    let declared = Facts { annual_kwh: Some(10.0), ..of(Kind::Tablet, 1) };
    let told = of_fleet([declared, of(Kind::Tablet, 1)], "electricity_annual_joules");
    assert!(told.contains(&"organisation tablet declared 36000000.000 of 0.50".to_owned()), "{told:?}");
}

/// What no source lists any more has no status from its day on, and its life is seen until then.
#[test]
fn unlisted_from_its_day_on() {
    let laptop = kept("1", of(Kind::Laptop, 3));
    let lost = Kept { unlisted_since: Some(moment(date(2025, 10, 1))), ..laptop };
    let snapshot = snapshot(&[testimony("glpi", vec![lost])]);
    let asset = &snapshot.assets[0];
    let day = asset.unlisted.unwrap();
    let before = day.yesterday().unwrap();
    assert_eq!((asset.status(before), asset.status(day)), (Some(Status::InUse), None));
    let seen_until = |at| {
        let life = life(asset, at).unwrap();
        assert!(!life.exited);
        date(2023, 6, 30).saturating_add(Span::new().days(life.end))
    };
    assert_eq!((seen_until(before), seen_until(day), seen_until(AT)), (before, day, day));
}

/// What is bought on the day is acquired, and what comes tomorrow is not.
#[test]
fn acquired_by_the_day() {
    let bought = |day| Facts { kind: Some(Kind::Laptop), purchase_date: Some(day), ..Facts::default() };
    // Acquired all the same is what has left already.
    let gone = Facts { disposal_date: Some(date(2026, 3, 1)), ..bought(date(2026, 2, 1)) };
    let fleet = [bought(AT), bought(date(2026, 7, 1)), bought(date(2025, 7, 1)), gone];
    let told = of_fleet(fleet, "footprint_acquired_co2e_grams");
    assert_eq!(told, ["laptop 2025 185090.000 of 1.00", "laptop 2026 370180.000 of 1.00"]);
}

/// 365 and 1096 days; of a third one nobody knows how old it is.
#[test]
fn ages_are_summed() {
    let fleet = || [of(Kind::Laptop, 1), of(Kind::Laptop, 3), Facts { kind: Some(Kind::Laptop), ..Facts::default() }];
    assert_eq!(of_fleet(fleet(), "assets_age_seconds"), ["organisation laptop 126230400.000 of 0.67"]);
    assert_eq!(of_fleet(fleet(), "assets_age_known"), ["organisation laptop 2.000 of 0.67"]);
}

/// Heard of on the first day that counts, the day before it, and never: only of the second is it said.
#[test]
fn silence_begins_on_a_day() {
    let first = silent_before(AT);
    let seen = |last_seen| Facts { last_seen, ..of(Kind::Laptop, 1) };
    let told = of_fleet([seen(Some(first)), seen(first.yesterday().ok()), seen(None)], "unseen_assets");
    assert_eq!(told, ["laptop silent 1.000 of 1.00"]);
}
