//! Where a civil year's reuse spending is going: month by month, at the year's end, and what is still to be bought.
//! AGEC article 58 asks a share of a year's euros by category (décret 2024-134, article 2): amounts are without tax, and
//! gifts stand on both sides.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::{Date, date};

use crate::quantity::Cents;
use crate::record::Text;
use crate::word::Kind;

use super::Law;
use super::agec::{Counted, Ledger, Spend, SpendLine, share};
pub use super::price::Price;
use super::price::{by_kind, is_reused, priced};

/// Days of the twelve months that the rest of the year is taken to be like.
const RECENT_DAYS: i32 = 365;

/// The two sides of the legal rate, gifts on both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// The denominator.
    pub total: Cents,
    /// The numerator.
    pub reuse: Cents,
}

impl Sides {
    fn of(spend: &Spend) -> Self {
        Self { total: spend.purchases() + spend.gifts, reuse: spend.reuse() + spend.gifts }
    }

    /// The rate; `None` when the total is not above zero.
    pub fn ratio(self) -> Option<f64> {
        share(self.reuse, self.total)
    }

    fn add(&mut self, line: &SpendLine) {
        self.total += line.to_total();
        self.reuse += line.to_reuse();
    }
}

/// One month of a civil year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// What was spent in it.
    pub own: Sides,
    /// What was spent from 1 January to its end.
    pub so_far: Sides,
}

/// How much of one kind would be enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    /// The kind.
    pub kind: Kind,
    /// What it costs this house refurbished; `None` where no price of the last 24 months is known.
    pub price: Option<Price>,
    /// How many of it alone, bought instead of something new, close the gap; `None` without a price or a target.
    pub units: Option<f64>,
    /// What a reader must know.
    pub note: Option<&'static str>,
}

/// A buyer's spending on a category in a civil year, seen at the end of a day; of a year that is over, at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// The buyer.
    pub siret: Text,
    /// The category.
    pub category: Text,
    /// The civil year.
    pub year: i16,
    /// What the law asks; `None` where it is not established.
    pub target: Option<f64>,
    /// What is missing of it at constant total; `None` without a target, and when the total is not above zero.
    pub missing: Option<Cents>,
    /// The year to date.
    pub so_far: Sides,
    /// Of it, the share of euros of known condition, 0 to 1; `None` when the total is not above zero.
    pub coverage: Option<f64>,
    /// The last 365 days.
    pub recent: Sides,
    /// Days from now to 31 December.
    pub remaining_days: i16,
    /// January to now.
    pub months: Vec<Month>,
    /// What would be enough, for each kind that the law puts into the category.
    pub needs: Vec<Need>,
}

impl Trajectory {
    /// The trajectories of a civil year, by buyer and category, out of a ledger read up to the end of a day.
    pub fn of(ledger: &Ledger, law: &Law, at: Date, year: i16) -> Vec<Self> {
        let end = at.min(date(year, 12, 31));
        let sums = Sums::of(ledger, end, year);
        let prices = Prices::of(ledger, end);
        let cells = ledger.cells.iter().filter(|((.., of), _)| *of == year);
        let trajectories = cells.map(|((siret, category, year), spend)| {
            let key = (siret.clone(), category.clone());
            let target = law.target(category, *year);
            let missing = target.and_then(|target| spend.missing(target));
            let kinds = law.category_named(category, *year).map_or(&[][..], |category| &category.kinds);
            Self {
                siret: siret.clone(),
                category: category.clone(),
                year: *year,
                target,
                missing,
                so_far: Sides::of(spend),
                coverage: spend.coverage(),
                recent: sums.recent.get(&key).copied().unwrap_or_default(),
                remaining_days: date(*year, 12, 31).day_of_year() - end.day_of_year(),
                months: sums.months(&key, end),
                needs: kinds.iter().map(|kind| prices.need(siret, *kind, target, missing)).collect(),
            }
        });
        trajectories.collect()
    }

    /// The part of a year of 365 days that remains.
    fn rest(&self) -> f64 {
        f64::from(self.remaining_days) / f64::from(RECENT_DAYS)
    }

    /// The rate at the year's end, were the rest of it like the last twelve months; `None` when the total then is not
    /// above zero.
    pub fn projected(&self) -> Option<f64> {
        let reuse = self.so_far.reuse.euros() + self.recent.reuse.euros() * self.rest();
        let total = self.so_far.total.euros() + self.recent.total.euros() * self.rest();
        (total > 0.0).then(|| reuse / total)
    }

    /// The spending that remains, in euros without tax, were the rest of the year like the last twelve months; `None`
    /// when nothing does.
    pub fn remaining(&self) -> Option<f64> {
        Some(self.recent.total.euros() * self.rest()).filter(|remaining| *remaining > 0.0)
    }

    /// The share of the remaining spending that must go to reuse for the year to end on target: above 1 it is out of
    /// reach, 0 where the target is met whatever comes; `None` when nothing remains or no target is established.
    pub fn required(&self) -> Option<f64> {
        let (target, remaining) = self.target.zip(self.remaining())?;
        let asked = target * (self.so_far.total.euros() + remaining) - self.so_far.reuse.euros();
        Some((asked / remaining).max(0.0))
    }
}

/// Buyer and category.
type Key = (Text, Text);

/// What the lines of a ledger sum to.
struct Sums {
    year: i16,
    monthly: BTreeMap<Key, [Sides; 12]>,
    recent: BTreeMap<Key, Sides>,
}

impl Sums {
    fn of(ledger: &Ledger, end: Date, year: i16) -> Self {
        let before = end.saturating_sub(Span::new().days(RECENT_DAYS));
        let (mut monthly, mut recent) = (BTreeMap::<Key, [Sides; 12]>::new(), BTreeMap::<Key, Sides>::new());
        for line in ledger.lines.iter().filter(|line| line.counted != Counted::No && line.date <= end) {
            let key = || (line.siret.text().clone(), Text::from(line.category));
            if line.year == year {
                monthly.entry(key()).or_default()[usize::from(line.date.month().unsigned_abs()) - 1].add(line);
            }
            if line.date > before {
                recent.entry(key()).or_default().add(line);
            }
        }
        Self { year, monthly, recent }
    }

    fn months(&self, key: &Key, end: Date) -> Vec<Month> {
        let sums = self.monthly.get(key).copied().unwrap_or_default();
        let mut so_far = Sides::default();
        let months = (1..=end.month()).zip(sums).map(|(month, own)| {
            so_far.total += own.total;
            so_far.reuse += own.reuse;
            Month { first: date(self.year, month, 1), own, so_far }
        });
        months.collect()
    }
}

/// The mean prices of what was bought from reuse in the last 24 months.
struct Prices {
    own: BTreeMap<(Text, Kind), Price>,
    house: BTreeMap<Kind, Price>,
}

impl Prices {
    fn of(ledger: &Ledger, end: Date) -> Self {
        let mut own: BTreeMap<(Text, Kind), Price> = BTreeMap::new();
        for (kind, line) in priced(ledger, end).filter(|(_, line)| is_reused(line)) {
            own.entry((line.siret.text().clone(), kind)).or_default().add(line);
        }
        Self { own, house: by_kind(ledger, end, is_reused) }
    }

    fn need(&self, siret: &Text, kind: Kind, target: Option<f64>, missing: Option<Cents>) -> Need {
        let own = self.own.get(&(siret.clone(), kind)).copied();
        let price = own.or_else(|| self.house.get(&kind).copied());
        let units = missing.zip(price).map(|(missing, price)| {
            // Multiplied first: what divides evenly does so to the last bit, and is not rounded up.
            (missing.0 as f64 * price.units / price.paid.0 as f64).ceil()
        });
        let note = match (missing, price, own) {
            (None, ..) if target.is_some() => Some(NOTHING_BOUGHT),
            (None, ..) => Some(NO_TARGET),
            (_, None, _) => Some(NO_PRICE),
            (_, _, None) => Some(HOUSE_PRICE),
            _ => None,
        };
        Need { kind, price, units, note }
    }
}

/// Said where a total is not above zero.
pub const NOTHING_BOUGHT: &str = "nothing was bought";
/// Said where the law's figure is not established.
pub const NO_TARGET: &str = "the law's target for this category is not established";
const NO_PRICE: &str = "no refurbished price of this kind is known in the last 24 months";
const HOUSE_PRICE: &str = "the whole house's mean price: this buyer bought none refurbished in the last 24 months";
