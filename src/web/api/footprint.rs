//! The annual footprint as a table that adds up.

use std::collections::BTreeMap;

use domain::entity::EntityId;
use domain::indicator::footprint::{Portion, portions, total};
use domain::indicator::kind_label;
use domain::record::Text;
use domain::word::{Kind, Word};
use serde_json::Value;

use super::Ask;
use crate::web::answer::{Answer, Columns, Row, names};
use crate::web::problem::Problem;

const DIMENSIONS: [&str; 3] = ["entity", "kind", "phase"];

/// The table: its rows add up to `total`.
pub fn table(ask: &Ask) -> Result<Answer, Problem> {
    let criterion = ask.text("criterion").unwrap_or("co2e");
    let (family, usual) = match criterion {
        "co2e" => ("footprint_annual_co2e_grams", "entity,kind,phase"),
        "adpe" => ("footprint_annual_adpe_grams", "kind,phase"),
        "primary_energy" => ("footprint_annual_primary_energy_joules", "kind,phase"),
        _ => return Err(Problem::parameter("criterion", "is none of co2e, adpe, primary_energy")),
    };
    let mut by = Vec::new();
    for told in ask.text("by").unwrap_or(usual).split(',').map(str::trim).filter(|told| !told.is_empty()) {
        let dimension = DIMENSIONS.iter().find(|dimension| **dimension == told && usual.contains(told));
        let unknown = || Problem::parameter("by", format!("`{told}` is none of {usual}"));
        let dimension = *dimension.ok_or_else(unknown)?;
        if !by.contains(&dimension) {
            by.push(dimension);
        }
    }
    let world = ask.world();
    let mut sums: BTreeMap<Vec<&str>, f64> = BTreeMap::new();
    let mut total = 0.0;
    let mut unit = "grams";
    for (indicator, reading) in world.readings() {
        let Some(value) = reading.value.filter(|_| indicator.name == family) else { continue };
        unit = indicator.unit;
        let told = |dimension: &str| reading.slice.iter().find(|(label, _)| *label == dimension);
        let key = by.iter().map(|dimension| told(dimension).map_or("unknown", |(_, told)| &**told)).collect();
        *sums.entry(key).or_default() += value;
        total += value;
    }
    let rows = sums.into_iter().map(|(key, value)| {
        let mut row: Row = by.iter().zip(key).map(|(dimension, told)| (*dimension, told.into())).collect();
        row.push(("value", value.into()));
        row.push(("unit", unit.into()));
        row
    });
    let more = vec![("criterion", criterion.into()), ("unit", unit.into()), ("total", total.into())];
    let columns = by.iter().copied().chain(["value", "unit"]).collect();
    Ok(Answer::List { columns, rows: rows.collect(), next: None, more })
}

fn text(told: Option<&Text>) -> Value {
    told.map_or(Value::Null, |told| (&**told).into())
}

/// A value of which something is told.
fn known(told: f64, value: f64) -> Value {
    if told > 0.0 { value.into() } else { Value::Null }
}

/// What is told of a part of the footprint.
static PORTION: Columns<fn(&Portion) -> Value> = &[
    ("kind", |portion| (&*kind_label(portion.kind)).into()),
    ("assets", |portion| portion.count.into()),
    ("tier", |portion| portion.tier.name().into()),
    ("factor", |portion| text(portion.factor.as_ref())),
    ("origin", |portion| portion.origin.as_str().into()),
    ("embodied_grams", |portion| known(portion.told[0], portion.embodied.0)),
    ("electricity_joules", |portion| known(portion.told[1], portion.energy.0)),
    ("electricity_basis", |portion| portion.grounds.map_or(Value::Null, |grounds| grounds.name().into())),
    ("electricity_factor", |portion| text(portion.energy_factor.as_ref())),
    ("use_grams", |portion| known(portion.told[1], portion.used.0)),
    ("value", |portion| known(portion.told[0] + portion.told[1], portion.annual.value.0)),
    ("low", |portion| known(portion.told[0] + portion.told[1], portion.annual.low.0)),
    ("high", |portion| known(portion.told[0] + portion.told[1], portion.annual.high.0)),
    ("without_embodied", |portion| (portion.count - portion.told[0]).into()),
    ("without_use", |portion| (portion.count - portion.told[1]).into()),
];

/// How it is made up, factor by factor: the rows add up to `total`, in grams.
pub fn explanation(ask: &Ask) -> Result<Answer, Problem> {
    let (kind, entity) = (ask.kind()?, ask.entity_of_assets()?);
    let world = ask.world();
    let entities = &ask.edition.snapshot.entities;
    let asked = |of: EntityId, what: Option<Kind>| {
        kind.is_none_or(|kind| kind == what) && entity.is_none_or(|entity| entities.is_within(of, entity))
    };
    let portions = match (kind, entity) {
        (None, None) => world.portions().0.clone(),
        _ => portions(&world.basis(world.key.at), asked),
    };
    let total = total(&portions).0;
    let rows = portions.iter().map(|portion| PORTION.iter().map(|(name, of)| (*name, of(portion))).collect());
    Ok(Answer::List {
        columns: names(PORTION),
        rows: rows.collect(),
        next: None,
        more: vec![("unit", "grams".into()), ("total", total.into())],
    })
}
