//! Random ledgers: the lines that are told are the figures that are published, to the cent.

use std::collections::BTreeMap;

use domain::indicator::{Basis, measure};
use domain::law::agec::{Cell, Counted, Ledger, Spend, SpendLine, date_of};
use domain::observation::Facts;
use domain::purchase::PurchaseLine;
use domain::quantity::Cents;
use domain::record::Text;
use domain::testimony::{Kept, Testimony};
use domain::word::{Condition, Kind, Mode, Word};
use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::properties::some;
use crate::world::{CCAS, OPEN, ORGANISATION, kept, line, settings, snapshot, testimony, text};

/// In the last of the years that ledgers tell of, so that some lines are of days to come.
const AT: Date = date(2027, 3, 31);

fn word<W: Word + std::fmt::Debug>() -> impl Strategy<Value = W> {
    prop::sample::select(W::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>())
}

/// Until a year after the harvest: all of them can be.
fn day() -> impl Strategy<Value = Date> {
    (0..2372_i32).prop_map(|on| date(2021, 1, 1).saturating_add(Span::new().days(on)))
}

fn bought() -> impl Strategy<Value = PurchaseLine> {
    // Few kinds and categories, so that many lines share a cell; the law's own words and others.
    let kinds = [Kind::Laptop, Kind::Laptop, Kind::Monitor, Kind::Consumable, Kind::Copier, Kind::Keyboard];
    let categories =
        ["it_telephony", "Matériel informatique et téléphonie", "phones_2021", "Papier", "none", "unknown"];
    let what = (
        some(prop_oneof![3 => prop::sample::select(kinds.to_vec()), 1 => word::<Kind>()]),
        prop_oneof![3 => Just(None), 1 => prop::sample::select(categories.to_vec()).prop_map(text)],
        some(word::<Condition>()),
        some(word::<Mode>()),
        some(prop::bool::ANY),
        some(prop::bool::ANY),
    );
    let how_much = (some(-500_000..2_000_000_i64), some((0..40_u32).prop_map(f64::from)));
    let who =
        (some(prop::sample::select(vec![ORGANISATION, CCAS])), some(prop::sample::select(vec!["ville", "ccas"])));
    (some(day()), some(day()), what, how_much, who).prop_map(|(invoice_date, date, what, how_much, who)| {
        PurchaseLine {
            invoice_date,
            date,
            kind: what.0,
            category: what.1,
            condition: what.2,
            mode: what.3,
            derogation: what.4,
            recycled_content: what.5,
            amount_ht: how_much.0.map(Cents),
            quantity: how_much.1,
            siret: who.0.and_then(text),
            entity: who.1.and_then(text),
            ..PurchaseLine::default()
        }
    })
}

fn priced() -> impl Strategy<Value = Facts> {
    let price = some(-10_000..500_000_i64);
    (some(day()), price, some(word::<Condition>()), some(word::<Mode>())).prop_map(
        |(purchase_date, price, condition, mode)| Facts {
            kind: Some(Kind::Laptop),
            purchase_date,
            purchase_price_ht: price.map(Cents),
            condition,
            mode,
            ..Facts::default()
        },
    )
}

prop_compose! {
    /// A ledger in two sources, and a few assets with prices.
    fn house()(
        lines in prop::collection::vec(bought(), 0..60),
        cut in 0.0..1.0_f64,
        assets in prop::collection::vec(priced(), 0..6),
    ) -> Vec<Testimony> {
        let at = (lines.len() as f64 * cut) as usize;
        let source = |name: &str, lines: &[PurchaseLine]| {
            let mut testimony = testimony(name, Vec::new());
            testimony.lines.purchases = lines.iter().cloned().enumerate().map(|(row, told)| line(row, told)).collect();
            testimony
        };
        let assets: Vec<Kept> = assets.into_iter().enumerate().map(|(row, facts)| kept(&format!("n{row}"), facts)).collect();
        vec![testimony("fleet", assets), source("one", &lines[..at]), source("two", &lines[at..])]
    }
}

/// The cell of every line that counts, added up again from what is told of the lines.
fn added_up(ledger: &Ledger) -> BTreeMap<Cell, Spend> {
    let mut cells: BTreeMap<_, Spend> = BTreeMap::new();
    for line in ledger.lines.iter().filter(|line| line.counted != Counted::No) {
        let cell = cells.entry((line.siret.text().clone(), Text::from(line.category), line.year)).or_default();
        if line.counted == Counted::Gift {
            cell.gifts += line.amount;
            continue;
        }
        *cell.by_condition.entry(line.condition).or_default() += line.amount;
        if line.derogated {
            cell.derogated += line.amount;
        }
        if line.recycled && !line.condition.is_reuse() {
            cell.recycled += line.amount;
        }
    }
    cells
}

fn is_of(line: &SpendLine, cell: &Cell) -> bool {
    (line.siret.text(), line.category, line.year) == (&cell.0, &*cell.1, cell.2)
}

fn sum(ledger: &Ledger, of: &Cell, sides: &[Counted]) -> Cents {
    let of_cell = ledger.lines.iter().filter(|line| is_of(line, of));
    of_cell.filter(|line| sides.contains(&line.counted)).map(|line| line.amount).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_sum_to_both_sides_of_the_rate(testimonies in house()) {
        let (snapshot, settings) = (snapshot(&testimonies), settings(0.0461));
        let ledger = Ledger::of(&snapshot, &settings.law, AT);
        for (cell, spend) in &ledger.cells {
            let told = ledger.lines.iter().filter(|line| is_of(line, cell));
            let sides = told.fold((Cents(0), Cents(0)), |(a, b), line| (a + line.to_reuse(), b + line.to_total()));
            let reuse = sum(&ledger, cell, &[Counted::Reuse, Counted::Gift]);
            let total = sum(&ledger, cell, &[Counted::Reuse, Counted::Total, Counted::Gift]);
            prop_assert_eq!(sides, (reuse, total), "{:?}", cell);
            prop_assert_eq!(reuse, spend.reuse() + spend.gifts, "{:?}", cell);
            prop_assert_eq!(total, spend.purchases() + spend.gifts, "{:?}", cell);
            prop_assert_eq!(spend.by_condition.values().copied().sum::<Cents>(), spend.purchases());
            prop_assert_eq!(spend.ratio(), (total.0 > 0).then(|| reuse.0 as f64 / total.0 as f64), "{:?}", cell);
        }
        // Condition by condition; and no line counts outside of a cell.
        let again = added_up(&ledger);
        for (cell, spend) in &again {
            let told = &ledger.cells[cell];
            prop_assert_eq!(&spend.by_condition, &told.by_condition, "{:?}", cell);
            let beside = |of: &Spend| (of.gifts, of.derogated, of.recycled);
            prop_assert_eq!(beside(spend), beside(told), "{:?}", cell);
        }
        for (cell, spend) in &ledger.cells {
            let empty = spend.by_condition.is_empty() && spend.gifts == Cents(0);
            prop_assert!(again.contains_key(cell) || empty, "{:?}", cell);
        }
    }

    #[test]
    fn every_line_is_told_once_with_its_own_amount(testimonies in house()) {
        let (snapshot, settings) = (snapshot(&testimonies), settings(0.0461));
        let ledger = Ledger::of(&snapshot, &settings.law, AT);
        let mut told: BTreeMap<Text, Vec<_>> = BTreeMap::new();
        for line in ledger.lines.iter().filter(|line| line.origin.is_line()) {
            told.entry(line.id(&snapshot)).or_default().push(line);
        }
        let mut found = 0;
        for (source, line) in testimonies.iter().flat_map(|of| of.lines.purchases.iter().map(move |line| (of, line))) {
            let origin = Text::from(format!("{}:{}", source.source.name, line.native));
            let Some(day) = date_of(&settings.law, &line.told).filter(|day| *day <= AT) else {
                prop_assert!(!told.contains_key(&origin), "{} is of no day so far", origin);
                continue;
            };
            found += 1;
            let Some([one]) = told.get(&origin).map(Vec::as_slice) else {
                return Err(TestCaseError::fail(format!("{origin} is not told once")));
            };
            prop_assert_eq!((one.year, one.date), (day.year(), day));
            if let Some(siret) = &line.told.siret {
                prop_assert_eq!(one.siret.text(), siret);
            }
            if one.counted != Counted::Gift {
                prop_assert_eq!(one.amount, line.told.amount_ht.unwrap_or_default(), "{}", origin);
            }
            prop_assert_eq!(one.derogated, line.told.derogation == Some(true), "{}", origin);
            let reused = line.told.condition.is_some_and(Condition::is_reuse);
            prop_assert!(one.counted != Counted::Reuse || reused, "{} is {:?}", origin, one.counted);
            prop_assert!(one.counted != Counted::Total || !reused, "{} is {:?}", origin, one.counted);
            prop_assert!(!one.is_rental() || one.counted == Counted::No, "{}", origin);
        }
        prop_assert_eq!(found, told.len());
        // Where the ledger has one line, no asset counts.
        for line in ledger.lines.iter().filter(|line| !line.origin.is_line() && line.counted != Counted::No) {
            let covered = told.values().flatten().any(|other| {
                (&other.siret, &other.category, other.year) == (&line.siret, &line.category, line.year)
            });
            prop_assert!(!covered, "{:?} counts beside the ledger", line.origin);
        }
    }

    #[test]
    fn rates_lie_within_their_bounds(testimonies in house()) {
        let (snapshot, settings) = (snapshot(&testimonies), settings(0.0461));
        let basis = Basis::new(&snapshot, &settings, OPEN, AT);
        for (cell, spend) in &basis.ledger.cells {
            if let Some(coverage) = spend.coverage() {
                prop_assert!((0.0..=1.0).contains(&coverage), "{:?} {}", cell, coverage);
            }
            if let (Some(ratio), Some((low, high))) = (spend.ratio(), spend.ratio_bounds()) {
                prop_assert!(low <= ratio && ratio <= high, "{:?} {} {} {}", cell, low, ratio, high);
            }
            prop_assert_eq!(spend.ratio().is_some(), spend.purchases() + spend.gifts > Cents(0), "{:?}", cell);
        }
        let mut rates = 0;
        for (indicator, reading) in measure(&basis) {
            prop_assert!((0.0..=1.0).contains(&reading.coverage), "{} {:?}", indicator.name, reading);
            if let (Some(low), Some(value), Some(high)) = (reading.low, reading.value, reading.high) {
                prop_assert!(low <= value && value <= high, "{} {:?}", indicator.name, reading);
            }
            if indicator.name == "reuse_spend_ratio" {
                let label = |of: &str| reading.slice.iter().find(|(name, _)| *name == of).unwrap().1.clone();
                let cell = (label("siret"), label("category"), label("year").parse().unwrap());
                prop_assert_eq!(reading.value, basis.ledger.cells[&cell].ratio(), "{:?}", cell);
                rates += 1;
            }
        }
        prop_assert_eq!(rates, basis.ledger.cells.len(), "every cell has its rate");
    }
}
