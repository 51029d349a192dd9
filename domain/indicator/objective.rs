//! Where each objective stands: its indicator at the baseline, now, and on the way to its target.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::entity::{EntityId, ROOT};
use crate::record::Text;
use crate::strategy::Objective;

use super::basis::{days, span};
use super::{Basis, Indicator, Reading, all};

/// The families that tell how far objectives are: none may follow them.
pub const OWN: [&str; 2] = ["objective_ratio", "objective_expected_ratio"];

/// Days of baselines that are computed for one snapshot; each takes a basis of the whole fleet.
pub const BASELINES: usize = 12;

const TO_COME: &str = "the baseline date is to come";
const TOO_MANY: &str = "too many baseline dates are to be computed";
const NO_WAY: &str = "the target is the baseline";
// At the baseline date, and now.
const NO_READING: [&str; 2] = [
    "the indicator has no reading of this slice at the baseline date",
    "the indicator has no reading of this slice now",
];
const SEVERAL: [&str; 2] = [
    "the indicator has several readings of this slice at the baseline date",
    "the indicator has several readings of this slice now",
];
const UNKNOWN: [&str; 2] =
    ["the indicator cannot be computed at the baseline date", "the indicator cannot be computed now"];
const THEN: usize = 0;
const NOW: usize = 1;

/// Every note that a standing may carry; after one that something cannot be computed may stand a colon and the note of
/// its reading, and between several stands a semicolon.
pub const NOTES: [&str; 9] = [
    TO_COME,
    TOO_MANY,
    NO_WAY,
    NO_READING[THEN],
    NO_READING[NOW],
    SEVERAL[THEN],
    SEVERAL[NOW],
    UNKNOWN[THEN],
    UNKNOWN[NOW],
];

/// One objective, and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The objective.
    pub objective: Objective,
    /// The unit of its values.
    pub unit: &'static str,
    /// The value on the day of the baseline.
    pub baseline: Option<f64>,
    /// What its indicator tells now.
    pub now: Option<Reading>,
    /// The way done, as a share of that from baseline to target: 1 is reached, below 0 it went the other way.
    pub ratio: Option<f64>,
    /// The way that an even pace from the baseline date to the target date would have done by now, 0 to 1; `None` before
    /// the baseline date.
    pub expected: Option<f64>,
    /// Change a year that is needed from now to the target date; none is needed of what is reached.
    pub needed_per_year: Option<f64>,
    /// Is it as far as an even pace would have it?
    pub on_track: Option<bool>,
    /// Why something of this is not known, in one sentence.
    pub note: Option<Text>,
}

impl Standing {
    /// The reading of now, for what it rests on; an empty one where there is none.
    pub(super) fn reading(&self) -> Reading {
        let none = || Reading { value: None, ..Reading::of(Vec::new(), 0.0) }.coverage(None);
        self.now.clone().unwrap_or_else(none)
    }
}

/// Every objective that this world shows. Of a part of the world, those whose slice names one of its entities or buyers:
/// what the whole wants to reach is not for a part to reach.
pub(super) fn standings(basis: &Basis) -> Vec<Standing> {
    let shown: Vec<&Objective> =
        basis.settings.objectives.iter().filter(|objective| is_shown(basis, objective)).collect();
    let now = readings(basis, shown.iter().map(|objective| objective.indicator));
    let mut baselines: BTreeMap<&Text, Result<f64, Text>> = BTreeMap::new();
    let computed =
        |objective: &&&Objective| objective.baseline_value.is_none() && objective.baseline_date <= basis.at;
    let dates: BTreeSet<Date> = shown.iter().filter(computed).map(|objective| objective.baseline_date).collect();
    for date in dates.into_iter().take(BASELINES) {
        // One after the other: a basis of a large fleet takes much room.
        let then = Basis::new(basis.snapshot, basis.settings, basis.publishing, date);
        let here = || shown.iter().filter(computed).filter(|objective| objective.baseline_date == date);
        let told = readings(&then, here().map(|objective| objective.indicator));
        for objective in here() {
            let value = single(&told, objective, date, THEN).map(|(value, _)| value);
            baselines.insert(&objective.name, value);
        }
    }
    shown.into_iter().map(|objective| standing(basis, objective, &now, baselines.remove(&objective.name))).collect()
}

fn is_shown(basis: &Basis, objective: &Objective) -> bool {
    let part = &basis.snapshot.part;
    if part.is_empty() || part.contains(&ROOT) {
        return true;
    }
    let tree = &basis.snapshot.entities;
    tree.nodes.iter().enumerate().any(|(at, entity)| {
        let named = objective.slice.iter().any(|(label, told)| match &**label {
            "entity" => entity.id == *told,
            "siret" => entity.siret.as_ref() == Some(told),
            _ => false,
        });
        named && part.iter().any(|allowed| tree.is_within(EntityId(at as u32), *allowed))
    })
}

type Told = BTreeMap<&'static str, Vec<Reading>>;

/// The readings of these families, each asked once.
fn readings(basis: &Basis, names: impl Iterator<Item = &'static str>) -> Told {
    let mut told = Told::new();
    for name in names.filter(|name| !OWN.contains(name)) {
        if !told.contains_key(name)
            && let Some(indicator) = named(name)
        {
            told.insert(name, (indicator.compute)(basis));
        }
    }
    told
}

fn named(name: &str) -> Option<&'static Indicator> {
    all().find(|indicator| indicator.name == name)
}

/// The one reading of an objective's slice on a day, with its value; else why there is none. Where a family has years
/// and the slice tells none, the year of the day is meant.
fn single<'r>(told: &'r Told, objective: &Objective, day: Date, when: usize) -> Result<(f64, &'r Reading), Text> {
    let year = Text::from(day.year().to_string());
    let tells_year = objective.slice.iter().any(|(label, _)| &**label == "year");
    let meant = |reading: &&Reading| {
        let has = |label: &str, value: &Text| reading.slice.iter().any(|(l, v)| *l == label && v == value);
        let of_year = tells_year || reading.slice.iter().all(|(label, told)| *label != "year" || *told == year);
        of_year && objective.slice.iter().all(|(label, value)| has(label, value))
    };
    let mut meant = told.get(objective.indicator).into_iter().flatten().filter(meant);
    match (meant.next(), meant.next()) {
        (None, _) => Err(Text::from(NO_READING[when])),
        (Some(_), Some(_)) => Err(Text::from(SEVERAL[when])),
        (Some(reading), None) => match (reading.value.filter(|value| value.is_finite()), &reading.note) {
            (Some(value), _) => Ok((value, reading)),
            (None, Some(why)) => Err(Text::from(format!("{}: {why}", UNKNOWN[when]))),
            (None, None) => Err(Text::from(UNKNOWN[when])),
        },
    }
}

fn standing(basis: &Basis, objective: &Objective, now: &Told, computed: Option<Result<f64, Text>>) -> Standing {
    let mut notes: Vec<Text> = Vec::new();
    let mut known = |told: Result<f64, Text>| told.map_err(|why| notes.push(why)).ok();
    let baseline = known(match (objective.baseline_value, computed) {
        _ if objective.baseline_date > basis.at => Err(Text::from(TO_COME)),
        (Some(value), _) => Ok(value),
        (None, Some(computed)) => computed,
        (None, None) => Err(Text::from(TOO_MANY)),
    });
    let told = single(now, objective, basis.at, NOW);
    let reading = told.as_ref().ok().map(|(_, reading)| (*reading).clone());
    let current = known(told.map(|(value, _)| value));
    let target = objective.target;
    let ratio = match (baseline, current) {
        (Some(baseline), Some(_)) if baseline == target => known(Err(Text::from(NO_WAY))),
        (Some(baseline), Some(current)) => Some((current - baseline) / (target - baseline)),
        _ => None,
    };
    let left = span(basis.at, objective.target_date).0;
    let needed_per_year = match (current, ratio) {
        (Some(_), Some(ratio)) if ratio >= 1.0 => Some(0.0),
        (Some(current), _) if left > 0.0 => Some((target - current) / left),
        _ => None,
    };
    let whole = f64::from(days(objective.baseline_date, objective.target_date));
    let gone = f64::from(days(objective.baseline_date, basis.at));
    let pace = if whole > 0.0 { (gone / whole).min(1.0) } else { 1.0 };
    let expected = (objective.baseline_date <= basis.at).then_some(pace);
    let on_track = ratio.zip(expected).map(|(ratio, expected)| ratio >= expected);
    let note = (!notes.is_empty()).then(|| {
        let notes: Vec<&str> = notes.iter().map(|note| &**note).collect();
        Text::from(notes.join("; "))
    });
    Standing {
        objective: objective.clone(),
        unit: named(objective.indicator).map_or("", |indicator| indicator.unit),
        baseline,
        now: reading,
        ratio,
        expected,
        needed_per_year,
        on_track,
        note,
    }
}
