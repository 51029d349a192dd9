//! What long lives and reuse have spared this year: worked values.

use domain::exit::ExitLine;
use domain::indicator::{Basis, Reading, measure};
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::quantity::Cents;
use domain::testimony::{Kept, Lines};
use domain::word::{Condition, Disposal, Kind};
use jiff::civil::{Date, date};

use crate::world::{OPEN, euros, exits, kept, moment, purchases, settings, snapshot, testimony, told};

/// The 100th day of the year.
const AT: Date = date(2026, 4, 10);

fn asked(basis: &Basis, name: &str, by: &str) -> Option<Reading> {
    let all = measure(basis).into_iter();
    all.filter(|(indicator, _)| indicator.name == name)
        .map(|(_, reading)| reading)
        .find(|reading| reading.slice.iter().any(|(_, value)| **value == *by))
}

fn near(value: Option<f64>, worked: f64) {
    let value = value.unwrap();
    assert!((value - worked).abs() <= 1e-9 * worked.abs().max(1.0), "{value} is not {worked}");
}

#[test]
fn worked_values() {
    let laptop = |start: Date| Facts {
        kind: Some(Kind::Laptop),
        in_service_date: Some(start),
        purchase_price_ht: euros(1000),
        ..Facts::default()
    };
    let refurbished = Facts {
        condition: Some(Condition::Refurbished),
        upstream_years: Some(3.0),
        purchase_date: Some(date(2026, 2, 1)),
        ..laptop(date(2026, 2, 1))
    };
    let assets = vec![
        // Long past its five years: the whole of this year so far, 100 days.
        kept("old", laptop(date(2015, 1, 1))),
        kept("young", laptop(date(2025, 1, 1))),
        kept("refurbished", refurbished),
    ];
    let bought = |condition, quantity: f64, amount| PurchaseLine {
        date: Some(date(2026, 1, 15)),
        kind: Some(Kind::Monitor),
        condition: Some(condition),
        quantity: Some(quantity),
        amount_ht: euros(amount),
        ..PurchaseLine::default()
    };
    let last_year = PurchaseLine { date: Some(date(2025, 12, 31)), ..bought(Condition::Refurbished, 9.0, 100) };
    let lines: Lines =
        purchases([bought(Condition::New, 10.0, 2000), bought(Condition::Refurbished, 4.0, 300), last_year]);
    let left = ExitLine {
        date: Some(date(2026, 3, 1)),
        kind: Some(Kind::Monitor),
        quantity: Some(6.0),
        disposal: Some(Disposal::Donation),
        ..ExitLine::default()
    };
    let testimonies = [testimony("glpi", assets), told(lines), told(exits([left], []))];
    let (snapshot, settings) = (snapshot(&testimonies), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let co2e = |by| asked(&basis, "avoided_co2e_grams", by).unwrap();
    near(co2e("longer_lives").value, 185_090.0 / 5.0 * 100.0 / 365.25);
    near(co2e("refurbished_purchases").value, 185_090.0 * 3.0 / 8.0);
    // Six monitors for two of six years.
    near(co2e("exits_to_reuse").value, 6.0 * 69_840.0 * 2.0 / 6.0);
    assert!(co2e("exits_to_reuse").rests_on.iter().any(|id| **id == *"second_life_years"));
    assert!(co2e("longer_lives").low < co2e("longer_lives").value);
    near(asked(&basis, "avoided_euros", "longer_lives").unwrap().value, 1000.0 / 5.0 * 100.0 / 365.25);
    // A new one costs 200 euros here.
    near(asked(&basis, "avoided_euros", "refurbished_purchases").unwrap().value, 4.0 * 200.0 - 300.0);
    assert!(asked(&basis, "avoided_euros", "exits_to_reuse").is_none());
}

/// A refurbished thing of which nobody tells the years before spares nothing that is known: it is no zero.
#[test]
fn what_is_not_known_is_not_spared() {
    let facts = Facts {
        kind: Some(Kind::Laptop),
        condition: Some(Condition::Refurbished),
        purchase_date: Some(date(2026, 2, 1)),
        ..Facts::default()
    };
    let snapshot = snapshot(&[testimony("glpi", vec![kept("a", facts)])]);
    let settings = settings(0.0461);
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    let reading = asked(&basis, "avoided_co2e_grams", "refurbished_purchases").unwrap();
    assert_eq!((reading.value, reading.coverage), (None, 0.0));
    assert!(asked(&basis, "avoided_co2e_grams", "longer_lives").is_none());
}

/// What nobody calls reused is not taken for it.
#[test]
fn an_untold_condition_spares_nothing() {
    let bought = Some(date(2026, 2, 1));
    let facts =
        Facts { kind: Some(Kind::Laptop), purchase_date: bought, in_service_date: bought, ..Facts::default() };
    let snapshot = snapshot(&[testimony("glpi", vec![kept("a", facts)])]);
    let settings = settings(0.0461);
    assert!(
        asked(&Basis::new(&snapshot, &settings, OPEN, AT), "avoided_co2e_grams", "refurbished_purchases").is_none()
    );
}

fn since(kind: Kind, start: Date) -> Facts {
    Facts { kind: Some(kind), in_service_date: Some(start), ..Facts::default() }
}

/// Eight years of a television are 2922 days: on the last of them nothing is beyond, a day later one day is.
#[test]
fn what_is_beyond_begins_after_the_last_day() {
    let settings = settings(0.0461);
    let told = |start| {
        let priced = Facts { purchase_price_ht: euros(800), ..since(Kind::Tv, start) };
        let snapshot = snapshot(&[testimony("glpi", vec![kept("a", priced)])]);
        asked(&Basis::new(&snapshot, &settings, OPEN, AT), "avoided_euros", "longer_lives")
    };
    assert!(told(date(2018, 4, 10)).is_none());
    near(told(date(2018, 4, 9)).unwrap().value, 100.0 / 365.25);
}

/// Without a price, or with one of nothing, what a long life spares is not known: it is no zero.
#[test]
fn euros_of_long_lives_need_a_price() {
    let settings = settings(0.0461);
    let told = |prices: &[Option<Cents>]| {
        let old = |price| Facts { purchase_price_ht: price, ..since(Kind::Laptop, date(2015, 1, 1)) };
        let fleet = prices.iter().enumerate().map(|(at, price)| kept(&at.to_string(), old(*price)));
        let snapshot = snapshot(&[testimony("glpi", fleet.collect())]);
        asked(&Basis::new(&snapshot, &settings, OPEN, AT), "avoided_euros", "longer_lives").unwrap()
    };
    for untold in [None, euros(0)] {
        let reading = told(&[untold]);
        assert_eq!((reading.value, reading.coverage), (None, 0.0), "{untold:?}");
    }
    let half = told(&[euros(1000), None]);
    near(half.value, 1000.0 / 5.0 * 100.0 / 365.25);
    assert_eq!(half.coverage, 0.5);
}

/// What is bought on the day counts; what cost nothing was not bought instead of something new.
#[test]
fn refurbished_purchases_up_to_the_day() {
    let bought = |day, condition, quantity: f64, amount| PurchaseLine {
        date: Some(day),
        kind: Some(Kind::Monitor),
        condition: Some(condition),
        quantity: Some(quantity),
        amount_ht: euros(amount),
        ..PurchaseLine::default()
    };
    let lines = purchases([
        bought(date(2026, 1, 15), Condition::New, 10.0, 2000),
        bought(AT, Condition::Refurbished, 1.0, 50),
        bought(date(2026, 1, 15), Condition::Refurbished, 2.0, 0),
    ]);
    let (snapshot, settings) = (snapshot(&[told(lines)]), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    near(asked(&basis, "avoided_euros", "refurbished_purchases").unwrap().value, 200.0 - 50.0);
}

/// What no source lists any more, what left last year, and what was recycled.
#[test]
fn what_spares_nothing_this_year() {
    let old = kept("a", since(Kind::Laptop, date(2015, 1, 1)));
    let unlisted = Kept { unlisted_since: Some(moment(date(2025, 6, 1))), ..old };
    let left = |day, way| ExitLine {
        date: Some(day),
        kind: Some(Kind::Monitor),
        disposal: Some(way),
        ..ExitLine::default()
    };
    let lines = exits([left(date(2025, 3, 1), Disposal::Donation), left(date(2026, 3, 1), Disposal::Recycling)], []);
    let (snapshot, settings) = (snapshot(&[testimony("glpi", vec![unlisted]), told(lines)]), settings(0.0461));
    let basis = Basis::new(&snapshot, &settings, OPEN, AT);
    for by in ["longer_lives", "exits_to_reuse"] {
        assert!(asked(&basis, "avoided_co2e_grams", by).is_none(), "{by}");
    }
}
