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

/// The watts of power supplies, else of whole chassis: sensors of type 6 (watts, direct or alternating) that are well
/// (status 1), and belong to no module and no port.
fn sensors(told: &Told, table: &[u32]) -> Option<f64> {
    let (class, parent) = (entity(ENTITY_CLASS), entity(ENTITY_PARENT));
    let classes: BTreeMap<&[u32], i64> = told.numbers(&class).collect();
    let parents: BTreeMap<&[u32], i64> = told.numbers(&parent).collect();
    let cell = |column: u32, index: &[u32]| told.number(&[table, &[column], index].concat());
    let (mut supplies, mut chassis) = (Vec::new(), Vec::new());
    for (index, kind) in told.numbers(&[table, &[SENSOR_TYPE]].concat()) {
        let well = cell(SENSOR_STATUS, index).is_none_or(|status| status == 1);
        let (Some(value), Some(scale)) = (cell(SENSOR_VALUE, index), cell(SENSOR_SCALE, index)) else { continue };
        if kind != 6 || !well {
            continue;
        }
        let precision = cell(SENSOR_PRECISION, index).unwrap_or(0);
        let watts = value as f64 * 10f64.powi(3 * (scale as i32 - 9)) / 10f64.powi(precision as i32);
        if !(LEAST..=MOST).contains(&watts) {
            continue;
        }
        match owner(index, &classes, &parents) {
            Some(POWER_SUPPLY) => supplies.push(watts),
            Some(CHASSIS) => chassis.push(watts),
            _ => {}
        }
    }
    let sum = |watts: Vec<f64>| (!watts.is_empty()).then(|| watts.iter().sum());
    sum(supplies).or_else(|| sum(chassis))
}

/// The class of what a sensor measures: the first above it that is a power supply, a chassis, a module or a port.
fn owner(index: &[u32], classes: &BTreeMap<&[u32], i64>, parents: &BTreeMap<&[u32], i64>) -> Option<i64> {
    let mut at: Oid = index.to_vec();
    for _ in 0..16 {
        let parent = u32::try_from(*parents.get(at.as_slice())?).ok()?;
        at = vec![parent];
        match classes.get(at.as_slice()) {
            Some(class) if [POWER_SUPPLY, CHASSIS, MODULE, PORT, STACK].contains(class) => return Some(*class),
            Some(_) => {}
            None => return None,
        }
    }
    None
}
