//! What things cost this house: the mean prices of what it bought in the last 24 months, without tax.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;

use crate::quantity::Cents;
use crate::word::{Condition, Kind};

use super::agec::{Counted, Ledger, SpendLine};

/// Months in which prices are looked for.
const PRICED_MONTHS: i32 = 24;

/// What things of a kind cost this house, without tax.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Price {
    /// What was paid for them.
    pub paid: Cents,
    /// How many they were; above zero.
    pub units: f64,
}

impl Price {
    /// The mean price of one, in euros without tax.
    pub fn mean(self) -> f64 {
        self.paid.euros() / self.units
    }

    /// With a line more.
    pub fn add(&mut self, line: &SpendLine) {
        self.paid += line.amount;
        self.units += line.quantity;
    }
}

/// The purchases of the last 24 months that tell what one of a kind costs. What is given or rented has no price, a
/// credit note tells none, and of how many things an invoice is, is not to be guessed.
pub fn priced(ledger: &Ledger, end: Date) -> impl Iterator<Item = (Kind, &SpendLine)> {
    let before = end.saturating_sub(Span::new().months(PRICED_MONTHS));
    ledger.lines.iter().filter_map(move |line| {
        let bought = matches!(line.counted, Counted::Reuse | Counted::Total);
        let told = line.quantity_told && line.quantity > 0.0 && line.amount > Cents(0);
        let kind = line.kind.filter(|_| line.date > before && line.date <= end && bought && told)?;
        Some((kind, line))
    })
}

/// The mean prices by kind of those of these purchases that are asked for.
pub fn by_kind(ledger: &Ledger, end: Date, asked: impl Fn(&SpendLine) -> bool) -> BTreeMap<Kind, Price> {
    let mut prices: BTreeMap<Kind, Price> = BTreeMap::new();
    for (kind, line) in priced(ledger, end).filter(|(_, line)| asked(line)) {
        prices.entry(kind).or_default().add(line);
    }
    prices
}

/// Bought from reuse.
pub fn is_reused(line: &SpendLine) -> bool {
    line.counted == Counted::Reuse
}

/// Bought new.
pub fn is_new(line: &SpendLine) -> bool {
    line.counted == Counted::Total && line.condition == Condition::New
}
