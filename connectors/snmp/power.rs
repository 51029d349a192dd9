//! Watts that an agent tells. True watts alone: volt-amperes, ratings, budgets and the light of optical transceivers are
//! none; and each of them at one level only, for what a PDU passes on is drawn again by what it feeds. Pure.

use std::collections::BTreeMap;

use super::mib::*;
use super::tables::{self, Read, Watts};
use super::told::{Oid, Told};

/// Fewer watts than this are no power supply's.
const LEAST: f64 = 0.5;
/// More than this is a mistake: a whole computing centre behind one agent.
const MOST: f64 = 1e6;

/// What one agent draws and passes on, in watts; each of them where it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Drawn by itself.
    pub consumption: Option<f64>,
    /// Passed on by a UPS or PDU: drawn by other things, which may be asked too.
    pub output: Option<f64>,
    /// Passed on over network cables, and part of what it draws.
    pub poe: Option<f64>,
}

/// What an agent draws and passes on.
pub fn drawn(told: &Told, system: &[u32]) -> Drawn {
    let mut drawn = Drawn::default();
    for power in tables::powers(system) {
        let slot = match power.what {
            Watts::Consumption => &mut drawn.consumption,
            Watts::Output => &mut drawn.output,
            Watts::Poe => &mut drawn.poe,
        };
        // The first place that answers counts: the others tell the same again.
        if slot.is_some() {
            continue;
        }
        let watts: Vec<f64> = match power.read {
            Read::Get => {
                told.number(&power.oid).into_iter().filter_map(|number| watts(number, power.scale)).collect()
            }
            Read::Column | Read::Members => {
                let counts = |index: &[u32]| {
                    power
                        .only
                        .as_ref()
                        .is_none_or(|(column, kind)| told.number(&[column, index].concat()) == Some(*kind))
                };
                let rows = told.numbers(&power.oid).filter(|(index, _)| counts(index));
                rows.filter_map(|(_, number)| watts(number, power.scale)).collect()
            }
        };
        // Of a standard MIB, zero is also what those say that do not measure.
        let believed = |sum: &f64| (0.0..=MOST).contains(sum) && (*sum > 0.0 || !power.object.is_empty());
        *slot = (!watts.is_empty()).then(|| watts.iter().sum()).filter(believed);
    }
    drawn.consumption = drawn.consumption.or_else(|| SENSOR_TABLES.iter().find_map(|table| sensors(told, table)));
    drawn
}

/// A number of watts; -1 and 65535 are "not measured".
fn watts(number: i64, scale: f64) -> Option<f64> {
    (number >= 0 && number != 65535).then_some(number as f64 * scale)
}

/// Words in the name of a sensor of watts that measures none: what a thing could draw.
const RATINGS: &[&str] =
    &["capacity", "rated", "rating", "max", "budget", "limit", "available", "nominal", "remaining"];
/// Words of one that measures what goes into a power supply.
const INPUTS: &[&str] = &["input", "power in", "powerin", "pin"];

/// The watts of power supplies, else of whole chassis: sensors of type 6 (watts, direct or alternating) that are well
/// (status 1), and belong to no module and no port. What goes into a supply counts, not again what comes out of it.
fn sensors(told: &Told, table: &[u32]) -> Option<f64> {
    let (class, parent) = (entity(ENTITY_CLASS), entity(ENTITY_PARENT));
    let classes: BTreeMap<&[u32], i64> = told.numbers(&class).collect();
    let parents: BTreeMap<&[u32], i64> = told.numbers(&parent).collect();
    let cell = |column: u32, index: &[u32]| told.number(&[table, &[column], index].concat());
    let name = |column: u32, index: &[u32]| told.text(&[&entity(column)[..], index].concat()).unwrap_or_default();
    // By owner: the watts of its sensors, each with whether it measures an input.
    let mut owned: BTreeMap<(i64, Oid), Vec<(f64, bool)>> = BTreeMap::new();
    for (index, kind) in told.numbers(&[table, &[SENSOR_TYPE]].concat()) {
        let well = cell(SENSOR_STATUS, index).is_none_or(|status| status == 1);
        let (Some(value), Some(scale)) = (cell(SENSOR_VALUE, index), cell(SENSOR_SCALE, index)) else { continue };
        // RFC 3433: scales are 1 (10⁻²⁴) to 17 (10²⁴), and a precision below zero counts figures, not decimals.
        if kind != 6 || !well || !(1..=17).contains(&scale) {
            continue;
        }
        let decimals = cell(SENSOR_PRECISION, index).unwrap_or(0).clamp(0, 9);
        let watts = value as f64 * 10f64.powi(3 * (scale as i32 - 9)) / 10f64.powi(decimals as i32);
        let names = format!("{} {}", name(ENTITY_DESCR, index), name(ENTITY_NAME, index)).to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| starts_a_word(&names, word));
        if !(LEAST..=MOST).contains(&watts) || says(RATINGS) {
            continue;
        }
        if let Some(owner) = owner(index, &classes, &parents) {
            owned.entry(owner).or_default().push((watts, says(INPUTS)));
        }
    }
    let sum = |class: i64| {
        let watts: Vec<f64> = owned
            .iter()
            .filter(|((of, _), _)| *of == class)
            .flat_map(|(_, sensors)| {
                let inputs = sensors.iter().any(|(_, input)| *input);
                sensors.iter().filter(move |(_, input)| *input || !inputs).map(|(watts, _)| *watts)
            })
            .collect();
        (!watts.is_empty()).then(|| watts.iter().sum())
    };
    sum(POWER_SUPPLY).or_else(|| sum(CHASSIS))
}

/// Does a word of the text begin so?
fn starts_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
}

/// What a sensor measures, its class and its index: the first above it that is a power supply, a chassis, a module or a
/// port.
fn owner(index: &[u32], classes: &BTreeMap<&[u32], i64>, parents: &BTreeMap<&[u32], i64>) -> Option<(i64, Oid)> {
    let mut at: Oid = index.to_vec();
    for _ in 0..16 {
        let parent = u32::try_from(*parents.get(at.as_slice())?).ok()?;
        at = vec![parent];
        match classes.get(at.as_slice()) {
            Some(class) if [POWER_SUPPLY, CHASSIS, MODULE, PORT, STACK].contains(class) => return Some((*class, at)),
            Some(_) => {}
            None => return None,
        }
    }
    None
}
