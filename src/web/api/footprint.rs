//! The annual footprint as a table that adds up.

use std::collections::BTreeMap;

use super::Ask;
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;

const DIMENSIONS: [&str; 3] = ["entity", "kind", "phase"];

/// The table: its rows add up to `total`, in grams.
pub fn table(ask: &Ask) -> Result<Answer, Problem> {
    let criterion = ask.text("criterion").unwrap_or("co2e");
    if criterion != "co2e" {
        return Err(Problem::parameter("criterion", "only the criterion `co2e` is known"));
    }
    let mut by = Vec::new();
    for told in
        ask.text("by").unwrap_or("entity,kind,phase").split(',').map(str::trim).filter(|told| !told.is_empty())
    {
        let dimension = DIMENSIONS.iter().find(|dimension| **dimension == told);
        let unknown = || Problem::parameter("by", format!("`{told}` is none of kind, entity, phase"));
        by.push(*dimension.ok_or_else(unknown)?);
    }
    let world = ask.world();
    let mut sums: BTreeMap<Vec<&str>, f64> = BTreeMap::new();
    let mut total = 0.0;
    for (indicator, reading) in world.readings() {
        let Some(grams) = reading.value.filter(|_| indicator.name == "footprint_annual_co2e_grams") else { continue };
        let told = |dimension: &str| reading.slice.iter().find(|(label, _)| *label == dimension);
        let key = by.iter().map(|dimension| told(dimension).map_or("unknown", |(_, told)| &**told)).collect();
        *sums.entry(key).or_default() += grams;
        total += grams;
    }
    let rows = sums.into_iter().map(|(key, grams)| {
        let mut row: Row = by.iter().zip(key).map(|(dimension, told)| (*dimension, told.into())).collect();
        row.push(("value", grams.into()));
        row.push(("unit", "grams".into()));
        row
    });
    let more = vec![("criterion", criterion.into()), ("unit", "grams".into()), ("total", total.into())];
    Ok(Answer::List { rows: rows.collect(), next: None, more })
}
