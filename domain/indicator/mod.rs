//! Questions asked of every snapshot, and their answers. [`ALL`] is the whole list.

mod basis;
pub mod census;
pub mod disposal;
pub mod fleet;
pub mod footprint;
mod labels;
pub mod lifetime;
pub mod objective;
pub mod people;
pub mod power;
pub mod procurement;
pub mod quality;
mod reading;
pub mod renewal;
pub mod small;
mod strategy;

use rayon::prelude::*;

pub use basis::{Basis, Publishing, Settings, days, kind_label, span};
pub use labels::labels;
pub use reading::{Grounds, Reading, Slice};

/// A question: one metric family.
pub struct Indicator {
    /// The metric family without `ecoparc_`.
    pub name: &'static str,
    /// What it tells, in one sentence.
    pub help: &'static str,
    /// `grams joules seconds euros ratio assets agents pages count watts litres`.
    pub unit: &'static str,
    /// Answers it.
    pub compute: fn(&Basis) -> Vec<Reading>,
}

/// Every question, in the order of the contract.
pub static ALL: &[&[Indicator]] = &[
    fleet::ALL,
    lifetime::ALL,
    footprint::ALL,
    footprint::gain::ALL,
    procurement::ALL,
    disposal::ALL,
    people::ALL,
    power::ALL,
    renewal::ALL,
    quality::ALL,
    strategy::ALL,
];

/// Every question.
pub fn all() -> impl Iterator<Item = &'static Indicator> {
    ALL.iter().copied().flatten()
}

/// Every reading of a basis, with its question, in the order of the questions.
pub fn measure(basis: &Basis) -> Vec<(&'static Indicator, Reading)> {
    // What several questions share is there before they are asked side by side: a thread that waited for it could be
    // handed a question that waits for the same.
    basis.standings();
    let questions: Vec<&Indicator> = all().collect();
    let answers = questions.into_par_iter().map(|indicator| (indicator, (indicator.compute)(basis)));
    let answers: Vec<(&Indicator, Vec<Reading>)> = answers.collect();
    answers
        .into_iter()
        .flat_map(|(indicator, readings)| readings.into_iter().map(move |reading| (indicator, reading)))
        .collect()
}
