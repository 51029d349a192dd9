//! `[assumptions]`: our own numbers, where the operator knows better.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use connectors::keys;
use domain::assumption::{Allocation, Assumptions};
use domain::quantity::Years;
use domain::word::Word;
use serde::Deserialize;

pub(super) const KEYS: &[&str] = &[
    "server_room_pue",
    "lifetime_years",
    "refurbished_allocation",
    "common_error",
    "power_gap_minutes",
    "measured_days",
    "second_life_years",
];

#[derive(Deserialize)]
pub(super) struct RawAssumptions {
    server_room_pue: Option<f64>,
    #[serde(default)]
    lifetime_years: BTreeMap<String, f64>,
    refurbished_allocation: Option<String>,
    common_error: Option<f64>,
    power_gap_minutes: Option<f64>,
    measured_days: Option<f64>,
    second_life_years: Option<f64>,
}

pub(super) fn assumptions(raw: RawAssumptions) -> anyhow::Result<Assumptions> {
    let mut known = Assumptions::default();
    for (kind, years) in raw.lifetime_years {
        let kind = keys::kind(&kind).context("`lifetime_years`")?;
        ensure!((0.1..=50.0).contains(&years), "a lifetime of {years} years cannot be");
        known.set_lifetime(kind, Years(years));
    }
    if let Some(told) = raw.refurbished_allocation {
        known.allocation = Allocation::parse(&told)
            .with_context(|| format!("`refurbished_allocation` is `time` or `cutoff`, not `{told}`"))?;
    }
    let numbers = [
        ("server_room_pue", raw.server_room_pue, &mut known.server_room_pue, 1.0, 10.0),
        ("common_error", raw.common_error, &mut known.common_error, 0.0, 1.0),
        ("power_gap_minutes", raw.power_gap_minutes, &mut known.power_gap_minutes, 1.0, 1440.0),
        ("measured_days", raw.measured_days, &mut known.measured_days, 1.0, 365.0),
        ("second_life_years", raw.second_life_years, &mut known.second_life_years, 0.0, 20.0),
    ];
    for (name, told, number, low, high) in numbers {
        let Some(told) = told else { continue };
        ensure!((low..=high).contains(&told), "`{name}` lies between {low} and {high}");
        *number = told;
        known.told.push(name);
    }
    Ok(known)
}
