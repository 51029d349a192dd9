//! The trajectory of a year's reuse spending, as tables.

use domain::indicator::{Basis, Reading, all};
use domain::law::trajectory::{Need, Trajectory};
use domain::purchase::PurchaseLine;
use domain::quantity::Cents;
use domain::word::{Condition, Kind, Mode};
use jiff::civil::{Date, date};

use crate::world::{self, CCAS, OPEN, ORGANISATION, purchases, settings, snapshot, text, told};

fn bought(day: Date, amount: i64, condition: Condition) -> PurchaseLine {
    PurchaseLine { quantity: Some(1.0), ..world::bought(day, Kind::Laptop, amount, condition) }
}

/// 30 laptops for 15 000 €, one given, 80 000 € new: 15 200 of 95 200 € are 15.966 %, and 3 840 € are missing.
fn worked() -> Vec<PurchaseLine> {
    vec![
        bought(date(2026, 1, 10), 75_000, Condition::New),
        PurchaseLine { derogation: Some(true), ..bought(date(2026, 2, 11), 5_000, Condition::New) },
        PurchaseLine { quantity: Some(30.0), ..bought(date(2026, 3, 12), 15_000, Condition::Refurbished) },
        PurchaseLine { amount_ht: None, ..bought(date(2026, 3, 31), 0, Condition::Donated) },
        PurchaseLine { mode: Some(Mode::Rental), ..bought(date(2026, 5, 14), 9_000, Condition::New) },
    ]
}

/// What a basis of these lines on a day gives.
fn asked<T>(lines: &[PurchaseLine], at: Date, question: impl Fn(&Basis) -> T) -> T {
    let (snapshot, settings) = (snapshot(&[told(purchases(lines.to_vec()))]), settings(0.0461));
    question(&Basis::new(&snapshot, &settings, OPEN, at))
}

fn trajectories(lines: &[PurchaseLine], at: Date, year: i16) -> Vec<Trajectory> {
    asked(lines, at, |basis| Trajectory::of(&basis.ledger, &basis.settings.law, at, year))
}

fn one(lines: &[PurchaseLine], at: Date) -> Trajectory {
    let mut all = trajectories(lines, at, at.year());
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn need(trajectory: &Trajectory, kind: Kind) -> Need {
    *trajectory.needs.iter().find(|need| need.kind == kind).unwrap()
}

fn readings(lines: &[PurchaseLine], at: Date, name: &str) -> Vec<Reading> {
    let indicator = all().find(|indicator| indicator.name == name).unwrap();
    asked(lines, at, indicator.compute)
}

#[test]
fn the_worked_year() {
    // 73 of 365 days remain: a fifth of the last twelve months, 19 040 €.
    let trajectory = one(&worked(), date(2026, 10, 19));
    assert_eq!(trajectory.remaining_days, 73);
    assert_eq!((trajectory.so_far.total, trajectory.so_far.reuse), (Cents(9_520_000), Cents(1_520_000)));
    assert_eq!(trajectory.missing, Some(Cents(384_000)));
    let share = |value: Option<f64>| format!("{:.5}", value.unwrap());
    assert_eq!(share(trajectory.so_far.ratio()), "0.15966");
    assert_eq!(share(trajectory.projected()), "0.15966");
    assert_eq!(share(trajectory.remaining()), "19040.00000");
    // (0.20 × 114 240 − 15 200) / 19 040
    assert_eq!(share(trajectory.required()), "0.40168");
    let laptops = need(&trajectory, Kind::Laptop);
    assert_eq!((laptops.price.unwrap().mean(), laptops.units, laptops.note), (500.0, Some(8.0), None));
    let monitors = need(&trajectory, Kind::Monitor);
    assert_eq!((monitors.price, monitors.units), (None, None));
    assert!(monitors.note.unwrap().contains("no refurbished price"));
    let told = readings(&worked(), date(2026, 10, 19), "reuse_spend_required_ratio");
    assert_eq!((told.len(), told[0].value, told[0].note.as_deref()), (1, trajectory.required(), None));
}

#[test]
fn month_by_month() {
    let months = |at: Date, year| {
        let all = trajectories(&worked(), at, year);
        let rows = all[0].months.iter().map(|month| {
            let sides = [month.own.total, month.own.reuse, month.so_far.total, month.so_far.reuse];
            (month.first.month(), sides.map(|cents| cents.0 / 100))
        });
        rows.collect::<Vec<_>>()
    };
    let first = [
        (1, [75_000, 0, 75_000, 0]),
        (2, [5_000, 0, 80_000, 0]),
        (3, [15_200, 15_200, 95_200, 15_200]),
        (4, [0, 0, 95_200, 15_200]),
    ];
    assert_eq!(months(date(2026, 4, 1), 2026), first);
    // The gift of 31 March is not there yet on the 30th.
    assert_eq!(months(date(2026, 3, 30), 2026)[2], (3, [15_000, 15_000, 95_000, 15_000]));
    assert_eq!(months(date(2026, 3, 31), 2026)[2], first[2]);
    // A year that is over has all its months, and nothing remains of it.
    assert_eq!(months(date(2028, 2, 1), 2026).len(), 12);
    let over = &trajectories(&worked(), date(2028, 2, 1), 2026)[0];
    assert_eq!((over.remaining_days, over.required(), over.projected()), (0, None, over.so_far.ratio()));
    assert!(trajectories(&worked(), date(2026, 4, 1), 2027).is_empty());
}

#[test]
fn required_share_of_what_remains() {
    let plan = |new, reuse, at| {
        let day = date(2026, 1, 10);
        one(&[bought(day, new, Condition::New), bought(day, reuse, Condition::SecondHand)], at).required()
    };
    let fifth = date(2026, 10, 19);
    for (new, reuse, at, required) in [
        // On target: as much of the rest as of the year.
        (800, 200, fifth, Some(0.2)),
        // (0.20 × 1 200 − 100) / 200
        (900, 100, fifth, Some(0.7)),
        // (0.20 × 1 200 − 0) / 200: above 1, said so.
        (1_000, 0, fifth, Some(1.2)),
        // Met, whatever comes: never below 0.
        (500, 500, fifth, Some(0.0)),
        (900, 100, date(2026, 12, 31), None),
    ] {
        let found = plan(new, reuse, at);
        assert_eq!(found.map(|share| (share * 1e9).round() / 1e9), required, "{new} {reuse} {at}");
    }
    let late = readings(&worked(), date(2026, 12, 30), "reuse_spend_required_ratio");
    assert!(late[0].value.unwrap() > 1.0 && late[0].note.as_deref().unwrap().contains("above 1"), "{late:?}");
    let over = readings(&worked(), date(2026, 12, 31), "reuse_spend_required_ratio");
    assert!(over[0].value.is_none() && over[0].note.as_deref().unwrap().contains("nothing remains"), "{over:?}");
}

#[test]
fn without_a_target_nothing_is_asked() {
    let printer = |condition| PurchaseLine { kind: Some(Kind::Printer), ..bought(date(2026, 3, 1), 300, condition) };
    let lines = [printer(Condition::New), printer(Condition::Refurbished)];
    let trajectory = one(&lines, date(2026, 6, 1));
    assert_eq!((trajectory.target, trajectory.missing, trajectory.required()), (None, None, None));
    assert_eq!(trajectory.projected(), Some(0.5));
    let printers = need(&trajectory, Kind::Printer);
    assert_eq!((printers.price.unwrap().mean(), printers.units), (300.0, None));
    assert!(printers.note.unwrap().contains("not established"));
    let told = readings(&lines, date(2026, 6, 1), "reuse_spend_required_ratio");
    assert!(told[0].value.is_none() && told[0].note.as_deref().unwrap().contains("not established"));
}

#[test]
fn credit_notes_lower_both_sides_and_tell_no_price() {
    let day = date(2026, 2, 1);
    let back = |amount, quantity, condition| PurchaseLine {
        quantity: Some(quantity),
        ..bought(date(2026, 3, 1), amount, condition)
    };
    let lines = [
        bought(day, 1_000, Condition::New),
        bought(day, 400, Condition::Refurbished),
        bought(day, 200, Condition::Refurbished),
        back(-200, -1.0, Condition::Refurbished),
        back(-50, 1.0, Condition::Refurbished),
    ];
    // An invoice of untold quantity tells the price of nothing.
    let untold = PurchaseLine { quantity: None, ..bought(day, 8_000, Condition::Refurbished) };
    assert!(need(&one(&[untold], date(2026, 10, 19)), Kind::Laptop).price.is_none());
    let trajectory = one(&lines, date(2026, 10, 19));
    assert_eq!((trajectory.so_far.total, trajectory.so_far.reuse), (Cents(135_000), Cents(35_000)));
    let laptops = need(&trajectory, Kind::Laptop).price.unwrap();
    assert_eq!((laptops.mean(), laptops.units), (300.0, 2.0));
    assert_eq!(trajectory.months[2].own.reuse, Cents(-25_000));
    // More was given back than bought: no rate, nothing that remains.
    let negative = one(&[back(-200, 1.0, Condition::New)], date(2026, 6, 1));
    assert_eq!((negative.projected(), negative.remaining(), negative.required()), (None, None, None));
}

#[test]
fn prices_are_the_buyers_then_the_houses_of_24_months() {
    let at = date(2026, 11, 24);
    let line = |siret, day, kind, quantity, amount, condition| PurchaseLine {
        siret: text(siret),
        kind: Some(kind),
        quantity: Some(quantity),
        ..bought(day, amount, condition)
    };
    let (used, day) = (Condition::Refurbished, date(2026, 5, 1));
    let lines = [
        line(ORGANISATION, day, Kind::Laptop, 1.0, 10_000, Condition::New),
        // For nothing is no price.
        line(ORGANISATION, day, Kind::Laptop, 1.0, 0, used),
        line(ORGANISATION, day, Kind::Monitor, 4.0, 320, used),
        // The last of 24 months, and a day too early.
        line(ORGANISATION, date(2024, 11, 25), Kind::Laptop, 2.0, 600, used),
        line(ORGANISATION, date(2024, 11, 24), Kind::Laptop, 1.0, 9_000, used),
        line(CCAS, day, Kind::Laptop, 1.0, 1_200, used),
        line(CCAS, day, Kind::Tablet, 3.0, 600, used),
        line(CCAS, day, Kind::Smartphone, 0.0, 600, used),
    ];
    let all = trajectories(&lines, at, 2026);
    let of = |siret: &str| all.iter().find(|trajectory| &*trajectory.siret == siret).unwrap();
    // 0.20 × 10 320 − 320
    assert_eq!(of(ORGANISATION).missing, Some(Cents(174_400)));
    for (kind, mean, known, units, own) in [
        (Kind::Laptop, Some(300.0), 2.0, Some(6.0), true),
        (Kind::Monitor, Some(80.0), 4.0, Some(22.0), true),
        (Kind::Tablet, Some(200.0), 3.0, Some(9.0), false),
        (Kind::Smartphone, None, 0.0, None, false),
    ] {
        let need = need(of(ORGANISATION), kind);
        assert_eq!(need.price.map(|price| price.mean()), mean, "{kind:?}");
        assert_eq!(need.price.map_or(0.0, |price| price.units), known, "{kind:?}");
        assert_eq!((need.units, need.note.is_none()), (units, own), "{kind:?}");
    }
    assert_eq!(need(of(CCAS), Kind::Monitor).units, Some(0.0));
    assert!(need(of(CCAS), Kind::Monitor).note.unwrap().contains("whole house"));
}

/// A year that is over knows nothing of the prices of the next one.
#[test]
fn prices_of_a_past_year() {
    let lines = [
        bought(date(2025, 3, 1), 900, Condition::New),
        bought(date(2025, 5, 1), 300, Condition::Refurbished),
        bought(date(2026, 5, 1), 700, Condition::Refurbished),
    ];
    let past = trajectories(&lines, date(2026, 11, 24), 2025);
    assert_eq!((past.len(), need(&past[0], Kind::Laptop).price.unwrap().mean()), (1, 300.0));
    assert_eq!((past[0].so_far.total, past[0].recent.total), (Cents(120_000), Cents(120_000)));
}

/// The rest of the year is taken to be like the last 365 days, today's among them.
#[test]
fn the_last_twelve_months() {
    let days =
        [(date(2025, 10, 19), 700), (date(2025, 10, 20), 40), (date(2026, 3, 1), 1_000), (date(2026, 10, 19), 5)];
    let lines = days.map(|(day, amount)| bought(day, amount, Condition::New));
    assert_eq!(one(&lines, date(2026, 10, 19)).recent.total, Cents(104_500));
}

#[test]
fn what_divides_evenly_is_not_rounded_up() {
    let day = date(2026, 5, 1);
    let lines = [
        PurchaseLine { quantity: Some(3.0), ..bought(day, 1_000, Condition::Refurbished) },
        bought(day, 9_000, Condition::New),
    ];
    // Missing 1 000 € at a third of 1 000 € each.
    assert_eq!(need(&one(&lines, date(2026, 6, 1)), Kind::Laptop).units, Some(3.0));
}

/// A purchase and its credit note: a rate of nothing is no rate.
#[test]
fn a_year_of_nothing_has_no_rate() {
    let credit = PurchaseLine { amount_ht: Some(Cents(-100_000)), ..bought(date(2026, 2, 1), 0, Condition::New) };
    let lines = [bought(date(2026, 1, 10), 1_000, Condition::New), credit];
    let nothing = one(&lines, date(2026, 12, 31));
    assert_eq!((nothing.projected(), nothing.missing), (None, None));
}

/// All of it went back: what is asked is established, and there is nothing to ask it of.
#[test]
fn nothing_bought_is_no_missing_target() {
    let day = date(2026, 2, 1);
    let back = PurchaseLine { amount_ht: Some(Cents(-90_000)), ..bought(day, 0, Condition::New) };
    let note = |kind, lines: &[PurchaseLine]| need(&one(lines, date(2026, 6, 1)), kind).note;
    assert_eq!(note(Kind::Laptop, &[bought(day, 900, Condition::New), back]), Some("nothing was bought"));
    let printer = PurchaseLine { kind: Some(Kind::Printer), ..bought(day, 900, Condition::New) };
    assert_eq!(note(Kind::Printer, &[printer]), Some("the law's target for this category is not established"));
}
