//! How this house buys: at which prices, which share from reuse, and how old that was.

use std::collections::BTreeMap;

use crate::indicator::Basis;
use crate::law::price::{Price, by_kind, is_new, is_reused};
use crate::packed::Packed;
use crate::quantity::Years;
use crate::word::{Condition, Kind};

use super::{Flow, Path};

/// How this house has bought in the last 24 months.
pub struct Buying {
    /// Everything of known quantity and price, whatever its condition.
    pub all: BTreeMap<Kind, Price>,
    /// What was new.
    pub new: BTreeMap<Kind, Price>,
    /// What was from reuse.
    pub reused: BTreeMap<Kind, Price>,
    /// Years before us of what is here from reuse: their sum, and of how many they are proven.
    pub upstream: BTreeMap<Kind, (f64, f64)>,
    /// What one from reuse costs of a new one's price, where this house has bought none.
    pub ratio: Option<f64>,
}

impl Buying {
    /// Out of the purchases of the last 24 months, and of what is in the active fleet.
    pub fn of(basis: &Basis, ratio: Option<f64>) -> Self {
        let (ledger, at) = (&basis.ledger, basis.at);
        let mut upstream: BTreeMap<Kind, (f64, f64)> = BTreeMap::new();
        for (asset, _) in basis.active() {
            let reused = asset.condition.is_some_and(Condition::is_reuse);
            if let (Some(kind), true, Some(years)) = (asset.kind, reused, asset.told(Packed::upstream_years)) {
                let (sum, count) = upstream.entry(kind).or_default();
                (*sum, *count) = (*sum + years, *count + 1.0);
            }
        }
        Self {
            all: by_kind(ledger, at, |_| true),
            new: by_kind(ledger, at, is_new),
            reused: by_kind(ledger, at, is_reused),
            upstream,
            ratio,
        }
    }

    /// The share of units from reuse, 0 to 1; 0 where none of the kind was bought.
    pub fn refurbished(&self, kind: Kind) -> f64 {
        let units = |of: &BTreeMap<Kind, Price>| of.get(&kind).map_or(0.0, |price| price.units);
        let all = units(&self.all);
        if all > 0.0 { units(&self.reused) / all } else { 0.0 }
    }

    /// The mean of the proven years before us; `None` where none is proven.
    pub fn proven(&self, kind: Kind) -> Option<Years> {
        self.upstream.get(&kind).map(|(sum, count)| Years(sum / count))
    }

    /// What one of a kind costs, new and refurbished, in euros without tax. Where a price that one course needs is
    /// unknown, the kind is in the euros of neither: what a course leaves out would look like a saving.
    pub fn prices(&self, kind: Kind, paths: &[Path; 2]) -> Option<[f64; 2]> {
        let price = |known: Option<f64>, needed: bool| known.or((!needed).then_some(0.0));
        let new = price(self.new_price(kind), paths.iter().any(|path| path.refurbished < 1.0))?;
        let reused = price(self.reused_price(kind), paths.iter().any(|path| path.refurbished > 0.0))?;
        Some([new, reused])
    }

    /// The mean price of a new one.
    pub fn new_price(&self, kind: Kind) -> Option<f64> {
        self.new.get(&kind).map(|price| price.mean())
    }

    /// The mean price of one from reuse, else what the scenario takes of the new one's.
    pub fn reused_price(&self, kind: Kind) -> Option<f64> {
        let own = self.reused.get(&kind).map(|price| price.mean());
        own.or_else(|| Some(self.ratio? * self.new_price(kind)?))
    }
}

impl Flow {
    /// With what is bought paid.
    pub fn paid(self, [new, reused]: [f64; 2]) -> Self {
        let reused = reused * self.refurbished;
        Self { priced: self.bought(), euros: new * self.new + reused, euros_refurbished: reused, ..self }
    }
}
