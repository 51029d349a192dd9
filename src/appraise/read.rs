//! boaviztapi's question and answer. As found of 2.5.0, and heeded here:
//! * Criteria are named one by one: of itself it tells others too, and `criteria=all` makes it fail.
//! * No `duration` is sent: it would divide what making costs. No life either (`hours_life_time`; any other key is
//!   passed over in silence): without one all of the life is meant.
//! * Its electricity is that of a European mix where no country is told. Only what making costs is taken.
//! * A figure may be a text, `not implemented`.
//! * A figure is rounded to few digits, its bounds are not.
//! * Units and capacities are whole numbers, or it refuses.
//! * A server without any drive is given one, unless none is told: that is to say zero of them.
//! * A processor that it does not know is an average one between wide bounds, and no error. It knows them by the words
//!   of their names alone: `CPU @ 2.60GHz` makes a known one unknown.

use anyhow::{Context, bail, ensure};
use domain::quantity::{Estimate, Impact};
use domain::specification::{Specification, processor_words};
use domain::word::Criterion;
use serde_json::{Value, json};

/// Where it is asked, below its address.
pub const PATH: &str = "v1/server/?verbose=false&criteria=gwp&criteria=pe";

/// Where its version is told.
pub const VERSION_PATH: &str = "v1/utils/version";

/// What is asked for: our criterion, its name there, its unit there, and how many of our units that is.
const CRITERIA: [(Criterion, &str, &str, f64); 2] =
    [(Criterion::Co2e, "gwp", "kgCO2eq", 1e3), (Criterion::PrimaryEnergy, "pe", "MJ", 1e6)];

/// The criteria that are asked for.
pub fn criteria() -> impl Iterator<Item = Criterion> {
    CRITERIA.into_iter().map(|(criterion, ..)| criterion)
}

/// A number of things: whole, and one at least.
fn whole(number: f64) -> u64 {
    // A number too large becomes the largest there is.
    (number.round() as u64).max(1)
}

/// What it is asked for a specification.
pub fn question(told: &Specification) -> Value {
    let mut cpu = json!({ "units": whole(told.cpus) });
    if let Some(name) = &told.cpu {
        cpu["name"] = processor_words(name).join(" ").into();
    }
    let each = |gigabytes: f64, units: u64| whole(gigabytes / units as f64);
    let (modules, ssds, hdds) = (whole(told.modules), whole(told.ssds), whole(told.hdds));
    let mut disks = Vec::new();
    if told.ssds > 0.0 {
        disks.push(json!({ "units": ssds, "type": "ssd", "capacity": each(told.ssd_gb, ssds) }));
    }
    if told.hdds > 0.0 {
        disks.push(json!({ "units": hdds, "type": "hdd" }));
    }
    if disks.is_empty() {
        disks.push(json!({ "units": 0, "type": "ssd", "capacity": 1 }));
    }
    json!({
        "model": { "type": "rack" },
        "configuration": {
            "cpu": cpu,
            "ram": [{ "units": modules, "capacity": each(told.ram_gb, modules) }],
            "disk": disks,
            "power_supply": { "units": 2 },
        },
        "usage": {},
    })
}

/// What an answer tells for each criterion: a figure, or why it is none.
///
/// # Errors
/// Where it is no answer of boaviztapi.
pub fn answer(told: &Value) -> anyhow::Result<Vec<(Criterion, Result<Estimate, String>)>> {
    let impacts = told.get("impacts").filter(|impacts| impacts.is_object());
    let impacts = impacts.context("answered without `impacts`: is it boaviztapi?")?;
    let told = CRITERIA.into_iter().map(|(criterion, name, unit, size)| {
        let figure = figure(&impacts[name], unit, size).map_err(|error| format!("{name}: {error:#}"));
        (criterion, figure)
    });
    Ok(told.collect())
}

/// What making costs, of one criterion.
fn figure(told: &Value, unit: &str, size: f64) -> anyhow::Result<Estimate> {
    let number = |key: &str| match &told["embedded"] {
        Value::String(instead) => bail!("`{}` in place of a figure", brief(instead)),
        embedded => match &embedded[key] {
            Value::String(instead) => bail!("`{}` in place of `{key}`", brief(instead)),
            told => told.as_f64().with_context(|| format!("it has no `{key}`")),
        },
    };
    let (value, low, high) = (number("value")?, number("min")?, number("max")?);
    let told = told["unit"].as_str().unwrap_or_default();
    ensure!(told == unit, "in `{}`, not in {unit}", brief(told));
    ensure!(low >= 0.0 && value > 0.0, "{value} (at least {low}) cannot be");
    ensure!(low <= value && value <= high, "{value} is not between its own bounds, {low} and {high}");
    Ok(Estimate { value: Impact(value * size), low: Impact(low * size), high: Impact(high * size) })
}

/// The beginning of a text that somebody else wrote.
fn brief(told: &str) -> String {
    told.chars().filter(|told| !told.is_control()).take(40).collect()
}

/// The version it tells.
///
/// # Errors
/// Where it is none.
pub fn version(told: &Value) -> anyhow::Result<String> {
    let told = told.as_str().map(brief).filter(|told| !told.is_empty());
    told.context("told no version: is it boaviztapi?")
}
