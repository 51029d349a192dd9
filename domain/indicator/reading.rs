//! One answer.

use crate::quantity::Estimate;
use crate::record::Text;
use crate::word::Word;

/// Where a reading's inputs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grounds {
    /// Measured on the spot.
    Measured,
    /// Declared by someone.
    Declared,
    /// Our defaults.
    Default,
    /// Several of these.
    Mixed,
}

impl Word for Grounds {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Measured, "measured"),
        (Self::Declared, "declared"),
        (Self::Default, "default"),
        (Self::Mixed, "mixed"),
    ];
}

/// The slice of the world a reading speaks of: label and value, in the order of the family's labels.
pub type Slice = Vec<(&'static str, Text)>;

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Empty for totals.
    pub slice: Slice,
    /// The value in the family's unit; `None` when it cannot be computed, and `note` says why.
    pub value: Option<f64>,
    /// Lower bound, where one is known.
    pub low: Option<f64>,
    /// Upper bound, where one is known.
    pub high: Option<f64>,
    /// What the law or an objective asks.
    pub target: Option<f64>,
    /// Where its inputs come from.
    pub grounds: Grounds,
    /// Share of what it speaks of that had the data it needs, 0 to 1.
    pub coverage: f64,
    /// Ids of the factors and assumptions it rests on.
    pub rests_on: Vec<Text>,
    /// What a reader must know, in one sentence.
    pub note: Option<Text>,
}

impl Reading {
    /// A plain count or sum of what sources declare.
    pub fn of(slice: Slice, value: f64) -> Self {
        Self {
            slice,
            value: Some(value),
            low: None,
            high: None,
            target: None,
            grounds: Grounds::Declared,
            coverage: 1.0,
            rests_on: Vec::new(),
            note: None,
        }
    }

    /// A value, or what keeps it from being computed.
    pub fn maybe(slice: Slice, value: Option<f64>, otherwise: &str) -> Self {
        let note = value.is_none().then(|| Text::from(otherwise));
        Self { value, note, ..Self::of(slice, 0.0) }
    }

    /// With its coverage; one that cannot be told is none.
    pub fn coverage(self, coverage: Option<f64>) -> Self {
        // Lines of a negative quantity could push it out of its range, and lines of none leave nothing to divide by.
        let told = coverage.filter(|coverage| !coverage.is_nan());
        Self { coverage: told.map_or(0.0, |coverage| coverage.clamp(0.0, 1.0)), ..self }
    }

    /// With what is asked.
    pub fn target(self, target: Option<f64>) -> Self {
        Self { target, ..self }
    }

    /// With bounds.
    pub fn bounds(self, low: Option<f64>, high: Option<f64>) -> Self {
        Self { low, high, ..self }
    }

    /// With the value and bounds of an estimate.
    pub fn estimate(self, estimate: Estimate) -> Self {
        Self { value: Some(estimate.value.0), low: Some(estimate.low.0), high: Some(estimate.high.0), ..self }
    }

    /// With where its inputs come from, and what it rests on.
    pub fn grounds(self, grounds: Grounds, rests_on: Vec<Text>) -> Self {
        Self { grounds, rests_on, ..self }
    }

    /// With a word to its reader.
    pub fn note(self, note: &str) -> Self {
        Self { note: Some(Text::from(note)), ..self }
    }
}
