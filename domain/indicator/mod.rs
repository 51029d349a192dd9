//! Questions asked of every snapshot, and their answers.

use crate::record::Text;

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

impl crate::word::Word for Grounds {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Measured, "measured"),
        (Self::Declared, "declared"),
        (Self::Default, "default"),
        (Self::Mixed, "mixed"),
    ];
}

/// The unit of a family of readings: its name in the contract.
pub type Unit = &'static str;

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The slice of the world it speaks of: label and value, in the order of the family's labels; empty for totals.
    pub slice: Vec<(&'static str, Text)>,
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

/// A question: one metric family.
pub struct Indicator {
    /// The metric family without `ecoparc_`.
    pub name: &'static str,
    /// What it tells, in one sentence.
    pub help: &'static str,
    /// `grams joules seconds euros ratio assets agents pages count watts litres`.
    pub unit: Unit,
    /// Answers it.
    pub compute: fn(&Basis) -> Vec<Reading>,
}

/// What every question is asked of.
pub struct Basis;
