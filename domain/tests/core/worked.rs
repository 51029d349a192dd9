//! Values worked by hand, to the digits given, from what sources tell to the reading.

use domain::indicator::footprint::fleet;
use domain::indicator::{Basis, Reading};
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::quantity::{Estimate, Impact, Intensity};
use domain::testimony::{Kept, Testimony};
use domain::word::{Condition, Disposal, Kind, Mode};
use jiff::Span;
use jiff::civil::{Date, date};

use crate::world::{OPEN, euros, kept, line, moment, purchases, reading, settings, snapshot, testimony, text, told};

const AT: Date = date(2026, 6, 30);
const GRID: f64 = 0.0461;

fn in_service(kind: Kind, years: i16) -> Facts {
    Facts { kind: Some(kind), in_service_date: Some(date(2026 - years, 6, 30)), ..Facts::default() }
}

fn fleet_of(facts: &[Facts], grid: f64) -> Reading {
    let kept = facts.iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts.clone())).collect();
    let (snapshot, settings) = (snapshot(&[testimony("glpi", kept)]), settings(grid));
    fleet(&Basis::new(&snapshot, &settings, OPEN, AT))
}

/// Kilograms, as they were worked: so many decimals, no tolerance.
#[track_caller]
fn check(grams: Option<f64>, worked: &str) {
    let decimals = worked.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    assert_eq!(format!("{:.decimals$}", grams.unwrap() / 1000.0), worked);
}

#[test]
fn footprint_of_one() {
    let refurbished =
        Facts { condition: Some(Condition::Refurbished), upstream_years: Some(4.0), ..in_service(Kind::Laptop, 1) };
    for (facts, grid, worked) in [
        (in_service(Kind::Laptop, 1), 0.0, "37.018"),
        (in_service(Kind::Laptop, 1), GRID, "38.355"),
        (in_service(Kind::Monitor, 1), 0.0, "11.640"),
        (in_service(Kind::Monitor, 1), GRID, "15.005"),
        (in_service(Kind::Desktop, 1), 0.0, "35.243"),
        (in_service(Kind::Desktop, 1), GRID, "42.310"),
        (in_service(Kind::Laptop, 8), GRID, "24.473"),
        (refurbished, 0.0, "20.566"),
    ] {
        check(fleet_of(&[facts], grid).value, worked);
    }
}

/// Without electricity, which has an error of its own.
#[test]
fn bounds() {
    let of = |model: &str| Facts { model: text(model), ..in_service(Kind::Laptop, 1) };
    let one = fleet_of(&[of("a")], 0.0);
    check(one.low, "10.923");
    check(one.high, "93.061");
    let ten = fleet_of(&vec![of("a"); 10], 0.0);
    check(ten.value, "370.18");
    check(ten.low, "109.23");
    check(ten.high, "930.61");
    let two_models = fleet_of(&[vec![of("a"); 5], vec![of("b"); 5]].concat(), 0.0);
    check(two_models.value, "370.18");
    check(two_models.low, "148.40");
    check(two_models.high, "773.35");
}

/// The error of the country's electricity is one more, of all use together.
#[test]
fn bounds_of_electricity() {
    let mut settings = settings(GRID);
    settings.factors.grid[0].bounds = Some((Intensity::per_kwh(26.1), Intensity::per_kwh(66.1)));
    let snapshot = snapshot(&[testimony("glpi", vec![kept("1", in_service(Kind::Desktop, 1))])]);
    let told = fleet(&Basis::new(&snapshot, &settings, OPEN, AT));
    let (embodied, used) = ((203.0 + 1.85 + 6.61) / 6.0, 153.3 * GRID);
    // Of the row, of its electricity, and 40 g between the bounds of 46.1 g: two times 1.96 deviations.
    let errors = [0.78 * embodied, 0.30 * used, used * 40.0 / (2.0 * 1.96) / 46.1];
    let variance: f64 = errors.iter().map(|error| error * error).sum();
    let expected = Estimate::log_normal(Impact(embodied + used), variance);
    for (told, expected) in [(told.value, expected.value), (told.low, expected.low), (told.high, expected.high)] {
        assert!((told.unwrap() / 1000.0 / expected.0 - 1.0).abs() < 1e-9, "{told:?} {expected:?}");
    }
}

#[test]
fn median_life() {
    let days = |years: i32| Span::new().days(years * 1461 / 4);
    let left = |years: i32| {
        let start = date(2015, 1, 1);
        Facts {
            kind: Some(Kind::Laptop),
            in_service_date: Some(start),
            disposal_date: Some(start + days(years)),
            disposal: Some(Disposal::Recycling),
            ..Facts::default()
        }
    };
    let serving =
        |years: i32| Facts { kind: Some(Kind::Laptop), in_service_date: Some(AT - days(years)), ..Facts::default() };
    let lives = [3, 4, 4, 6].map(left).into_iter().chain([2, 5, 5, 7].map(serving));
    let kept: Vec<Kept> = lives.enumerate().map(|(at, facts)| kept(&at.to_string(), facts)).collect();
    let (snapshot, settings) = (snapshot(&[testimony("glpi", kept)]), settings(GRID));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let median = reading(&basis, "lifetime_median_seconds", &[("kind", "laptop")]).unwrap();
    assert_eq!(format!("{:.1}", median / 86_400.0 / 365.25), "6.0");
    // A year ago is what was asked then, or would have been.
    let told = |at, name| reading(&Basis::new(&snapshot, &settings, OPEN, at), name, &[("kind", "laptop")]);
    let mut moved = 0;
    for at in [AT, date(2021, 6, 1), date(2019, 6, 1)] {
        let before = told(at - Span::new().years(1), "lifetime_median_seconds");
        assert_eq!(told(at, "lifetime_median_year_ago_seconds"), before, "{at}");
        moved += u8::from(told(at, "lifetime_median_seconds") != before);
    }
    assert!(moved > 0, "the median never moved: this compares nothing");
}

#[test]
fn purchases_of_2026() {
    let bought = |amount, condition| PurchaseLine {
        invoice_date: Some(date(2026, 3, 1)),
        kind: Some(Kind::Laptop),
        amount_ht: euros(amount),
        condition: Some(condition),
        ..PurchaseLine::default()
    };
    let lines = [
        bought(75_000, Condition::New),
        PurchaseLine { derogation: Some(true), ..bought(5_000, Condition::New) },
        bought(15_000, Condition::Refurbished),
        PurchaseLine { amount_ht: None, ..bought(0, Condition::Donated) },
        PurchaseLine { mode: Some(Mode::Rental), ..bought(9_000, Condition::New) },
    ];
    let (snapshot, settings) = (snapshot(&[told(purchases(lines))]), settings(GRID));
    let basis = Basis::new(&snapshot, &settings, OPEN, date(2026, 12, 31));
    let of = |name| reading(&basis, name, &[("category", "it_telephony"), ("year", "2026")]).unwrap();
    assert_eq!(of("purchases_euros"), 95_000.0);
    assert_eq!(of("gifts_euros"), 200.0);
    assert_eq!(of("rentals_euros"), 9_000.0);
    assert_eq!(of("derogated_euros"), 5_000.0);
    assert_eq!(format!("{:.3}", of("reuse_spend_ratio") * 100.0), "15.966");
    assert_eq!(format!("{:.3}", of("reuse_spend_without_gifts_ratio") * 100.0), "15.789");
    assert_eq!(of("reuse_spend_target_ratio"), 0.20);
    assert_eq!(of("reuse_spend_missing_euros"), 3_840.0);
}

/// A headcount and the same laptop at work: nothing is counted twice on the way to a reading.
#[test]
fn footprint_per_agent() {
    let mut glpi = testimony("glpi", vec![kept("1", in_service(Kind::Laptop, 1))]);
    let counted = domain::headcount::Headcount {
        date: Some(date(2026, 1, 1)),
        agents: Some(2.0),
        ..domain::headcount::Headcount::default()
    };
    glpi.lines.headcounts.push(line(1, counted));
    let glpi = Testimony { harvested: moment(AT), ..glpi };
    let (snapshot, settings) = (snapshot(&[glpi]), settings(GRID));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let grams = reading(&basis, "footprint_per_agent_co2e_grams", &[("entity", "organisation")]);
    check(grams.map(|grams| grams * 2.0), "38.355");
}

/// A printer that is gone has printed what it has printed; one that counts nothing adds nothing, and lowers coverage.
#[test]
fn printed_pages() {
    let printer = |pages: Option<f64>| Facts { printed_pages: pages, ..in_service(Kind::Printer, 3) };
    let gone = Facts { disposal_date: Some(date(2026, 1, 1)), ..printer(Some(5_000.0)) };
    let fleet = [printer(Some(120_000.0)), printer(None), gone, in_service(Kind::Laptop, 1)];
    let kept = fleet.into_iter().enumerate().map(|(at, facts)| kept(&at.to_string(), facts)).collect();
    let (snapshot, settings) = (snapshot(&[testimony("glpi", kept)]), settings(GRID));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    assert_eq!(reading(&basis, "printed_pages_total", &[]), Some(125_000.0));
    let told = domain::indicator::measure(&basis);
    let (_, told) = told.iter().find(|(indicator, _)| indicator.name == "printed_pages_total").unwrap();
    assert_eq!(told.coverage, 0.5);
    assert_eq!(told.slice[0].0, "entity");
}
