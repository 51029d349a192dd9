//! Equipment that works, and that the end of its system's support may have replaced before its time.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::packed::Packed;
use crate::record::Text;
use crate::snapshot::Asset;
use crate::system::{SYSTEMS, System};
use crate::word::{Criterion, Kind};

use super::basis::kind_label;
use super::footprint::of_asset;
use super::{Basis, Indicator, Reading};

/// The questions about early renewal.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "early_renewal_risk_assets",
        help: "Active assets that run a system whose support has ended.",
        unit: "assets",
        compute: at_risk,
    },
    Indicator {
        name: "early_renewal_avoidable_co2e_grams",
        help: "Embodied CO2e that one more year of service of those assets puts off: that of their kind over its reference lifetime. Counterfactual, never subtracted.",
        unit: "grams",
        compute: avoidable,
    },
];

/// The system that an asset runs although its support has ended.
fn past_support(asset: &Asset, at: Date) -> Option<&'static System> {
    let system = SYSTEMS.get(usize::from(asset.system?))?;
    system.is_past_support(at).then_some(system)
}

fn at_risk(basis: &Basis) -> Vec<Reading> {
    // Not by entity: of a few machines one would know whose they are.
    let mut counts: BTreeMap<(Option<Kind>, &'static str), f64> = BTreeMap::new();
    // Of how many of a kind a system is told, and how many there are.
    let mut told: BTreeMap<Option<Kind>, (f64, f64)> = BTreeMap::new();
    for (asset, _) in basis.active() {
        let (known, all) = told.entry(asset.kind).or_default();
        *all += 1.0;
        if asset.system.is_some() || asset.told(Packed::operating_system).is_some() {
            *known += 1.0;
        }
        if let Some(system) = past_support(asset, basis.at) {
            *counts.entry((asset.kind, system.name)).or_default() += 1.0;
        }
    }
    let readings = counts.into_iter().map(|((kind, system), count)| {
        let slice = vec![("kind", kind_label(kind)), ("system", Text::from(system))];
        Reading::of(slice, count).coverage(told.get(&kind).map(|(known, all)| known / all))
    });
    readings.collect()
}

/// Replacing a thing a year later spares a year of what stands for it: F over the reference lifetime of its kind.
fn avoidable(basis: &Basis) -> Vec<Reading> {
    #[derive(Default)]
    struct Sum {
        grams: f64,
        told: f64,
        all: f64,
    }
    let mut sums: BTreeMap<(Option<Kind>, &'static str), Sum> = BTreeMap::new();
    for (asset, status) in basis.active() {
        let Some(system) = past_support(asset, basis.at) else { continue };
        let sum = sums.entry((asset.kind, system.name)).or_default();
        sum.all += 1.0;
        let footprint = of_asset(basis, Criterion::Co2e, asset, Some(status));
        let factor = footprint.row.map(|row| basis.rows.row(row));
        if let (Some(factor), Some(reference)) = (factor, footprint.reference) {
            sum.grams += (factor.embodied() / reference).0;
            sum.told += 1.0;
        }
    }
    let readings = sums.into_iter().map(|((kind, system), sum)| {
        let slice = vec![("kind", kind_label(kind)), ("system", Text::from(system))];
        let value = (sum.told > 0.0).then_some(sum.grams);
        Reading::maybe(slice, value, "no published factor, or no reference lifetime, for this kind")
            .coverage(Some(sum.told / sum.all))
    });
    readings.collect()
}
