//! Readings about purchases, and what is said where one cannot be told.

use domain::indicator::{Basis, Reading, all};
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::word::{Condition, Kind, Mode};
use jiff::civil::{Date, date};

use crate::counted::lines;
use crate::world::{self, OPEN, ORGANISATION, euros, kept, purchases, settings, snapshot, testimony, text, told};

const AT: Date = date(2026, 10, 19);

fn bought(day: Date, kind: Kind, amount: i64) -> PurchaseLine {
    PurchaseLine { quantity: Some(1.0), ..world::bought(day, kind, amount, Condition::New) }
}

/// What a basis of these lines gives, beside a laptop that an inventory tells the price of.
fn asked<T>(lines: impl IntoIterator<Item = PurchaseLine>, question: impl Fn(&Basis) -> T) -> T {
    let priced = Facts {
        kind: Some(Kind::Laptop),
        purchase_date: Some(date(2026, 4, 1)),
        purchase_price_ht: euros(700),
        condition: Some(Condition::New),
        ..Facts::default()
    };
    let sources = [testimony("glpi", vec![kept("1", priced)]), told(purchases(lines))];
    let (snapshot, settings) = (snapshot(&sources), settings(0.0461));
    question(&Basis::new(&snapshot, &settings, OPEN, AT))
}

fn one(basis: &Basis, name: &str) -> Reading {
    let mut readings = (all().find(|indicator| indicator.name == name).unwrap().compute)(basis);
    assert_eq!(readings.len(), 1, "{name}");
    readings.remove(0)
}

/// Nothing was bought where all was given back, in euros and in units; what no target asks is not missing.
#[test]
fn what_has_no_share_says_why() {
    let day = date(2026, 2, 1);
    asked([bought(day, Kind::Laptop, 1_000), bought(day, Kind::Laptop, -1_000)], |basis| {
        let missing = one(basis, "reuse_spend_missing_euros");
        assert_eq!((missing.value, missing.note.as_deref()), (None, Some("nothing was bought")));
        assert_eq!(one(basis, "reuse_units_ratio").value, None);
    });
    asked([bought(day, Kind::Laptop, 1_000), bought(day, Kind::Printer, 300)], |basis| {
        let all = (all().find(|indicator| indicator.name == "reuse_spend_missing_euros").unwrap().compute)(basis);
        let notes: Vec<Option<&str>> = all.iter().map(|reading| reading.note.as_deref()).collect();
        assert_eq!(notes, [None, Some("the law's target for this category is not established")]);
    });
}

/// 73 of 365 days remain, a fifth of the last twelve months: all of these 200 € must be reuse, for 240 of 1 200 €.
#[test]
fn all_of_the_rest_is_within_reach() {
    let day = date(2026, 1, 10);
    let reused = world::bought(day, Kind::Laptop, 40, Condition::SecondHand);
    asked([bought(day, Kind::Laptop, 960), reused], |basis| {
        let required = one(basis, "reuse_spend_required_ratio");
        assert_eq!((required.value, required.note), (Some(1.0), None));
    });
}

/// Of lines since 2023 that buy something new which has an index: three this year, of two of which it is told, once so.
/// Tablets never had one.
#[test]
fn lines_in_which_the_index_was_considered() {
    let line = |year, kind, considered| PurchaseLine {
        repairability_considered: considered,
        ..bought(date(year, 1, 5), kind, 900)
    };
    let this_year = |kind, considered| line(2026, kind, considered);
    let (yes, no) = (Some(true), Some(false));
    let told = asked(
        [
            line(2022, Kind::Laptop, yes),
            line(2023, Kind::Laptop, yes),
            line(2025, Kind::Laptop, None),
            this_year(Kind::Laptop, yes),
            this_year(Kind::Tv, no),
            this_year(Kind::Laptop, None),
            this_year(Kind::Tablet, yes),
            // A keyboard has no index, nor what nobody calls by its kind.
            this_year(Kind::Keyboard, yes),
            PurchaseLine { kind: None, category: text("it_telephony"), ..this_year(Kind::Laptop, yes) },
            PurchaseLine { condition: Some(Condition::Refurbished), ..this_year(Kind::Laptop, yes) },
            PurchaseLine { mode: Some(Mode::Rental), ..this_year(Kind::Laptop, yes) },
        ],
        |basis| lines(basis, "index_considered_ratio"),
    );
    let of = |told: &str| format!("{ORGANISATION} {told}");
    assert_eq!(told, [of("2023 1.000 of 1.00"), of("2025 ? of 0.00"), of("2026 0.333 of 0.67")]);
}

/// Neither a rental nor an asset is a line that was bought; of no unit there is no share.
#[test]
fn ecolabels_of_lines_that_count() {
    let labelled = |year, quantity, amount| PurchaseLine {
        ecolabel: text("TCO Certified"),
        quantity: Some(quantity),
        ..bought(date(year, 3, 1), Kind::Laptop, amount)
    };
    let told = asked(
        [
            labelled(2025, 0.0, 900),
            labelled(2026, 1.0, 1_000),
            bought(date(2026, 3, 1), Kind::Laptop, 3_000),
            PurchaseLine { mode: Some(Mode::Rental), ..labelled(2026, 8.0, 9_000) },
        ],
        |basis| lines(basis, "ecolabelled_purchases_ratio"),
    );
    assert_eq!(
        told,
        ["2025 units ? of 1.00", "2025 euros 1.000 of 1.00", "2026 units 0.500 of 1.00", "2026 euros 0.250 of 1.00"]
    );
}

/// Ten monitors with a label, two of which go back, beside eight without: a credit note takes away what it is of.
#[test]
fn what_was_given_back_carries_no_ecolabel() {
    let of = |quantity, amount, label: Option<&str>| PurchaseLine {
        ecolabel: label.and_then(text),
        quantity: Some(quantity),
        ..bought(date(2026, 3, 1), Kind::Monitor, amount)
    };
    let label = Some("TCO Certified");
    let told = asked([of(10.0, 1_000, label), of(2.0, -200, label), of(8.0, 2_400, None)], |basis| {
        [lines(basis, "ecolabelled_purchases_ratio"), lines(basis, "reuse_units_ratio")].concat()
    });
    assert_eq!(told, ["2026 units 0.500 of 1.00", "2026 euros 0.250 of 1.00", "it_telephony 2026 0.000 of 1.00"]);
}

/// The order of 26 June 2025 repealed the index of smartphones (legal.md, 5): lines from that day on are asked nothing.
#[test]
fn smartphones_had_an_index_until_its_repeal() {
    let line = |day, considered| PurchaseLine {
        repairability_considered: Some(considered),
        ..bought(day, Kind::Smartphone, 500)
    };
    let repeal = date(2025, 6, 26);
    let before = [line(date(2025, 1, 5), true), line(repeal.yesterday().unwrap(), false)];
    let since = [line(repeal, true), line(date(2026, 1, 5), true)];
    let told = asked([before, since].concat(), |basis| lines(basis, "index_considered_ratio"));
    assert_eq!(told, [format!("{ORGANISATION} 2025 0.500 of 1.00")]);
}

/// Of ten units four are of unknown condition: two are reuse for sure, six at most. Sums of what is given and rented are
/// whole, whatever is not known of the purchases.
#[test]
fn coverage_is_of_what_a_reading_is_about() {
    let of = |quantity, amount, condition| PurchaseLine {
        quantity: Some(quantity),
        condition,
        ..bought(date(2026, 3, 1), Kind::Laptop, amount)
    };
    let lines = [
        of(4.0, 100, Some(Condition::New)),
        of(2.0, 100, Some(Condition::Refurbished)),
        of(4.0, 600, None),
        PurchaseLine { mode: Some(Mode::Rental), ..of(1.0, 50, None) },
        PurchaseLine { mode: Some(Mode::Gift), ..of(1.0, 0, None) },
        PurchaseLine { derogation: Some(true), ..of(0.0, 0, None) },
    ];
    asked(lines, |basis| {
        let units = one(basis, "reuse_units_ratio");
        assert_eq!((units.low, units.value, units.high), (Some(0.2), Some(0.2), Some(0.6)));
        assert_eq!(units.coverage, 0.6);
        for name in ["rentals_euros", "gifts_euros", "derogated_euros"] {
            assert_eq!(one(basis, name).coverage, 1.0, "{name}");
        }
        // 600 of 800 euros, and with the gift of 200 of 1 000.
        assert_eq!(one(basis, "reuse_spend_without_gifts_ratio").coverage, 0.25);
        assert_eq!(one(basis, "reuse_spend_ratio").coverage, 0.4);
    });
    let none = [of(1.0, 100, None), of(1.0, -100, None)];
    asked(none, |basis| {
        let units = one(basis, "reuse_units_ratio");
        assert_eq!((units.low, units.value, units.high, units.coverage), (None, None, None, 0.0));
    });
}
