//! Sums with their errors. What several assets share does not average out: the method and scope of a factor row is
//! common to all that rests on it, its fitness for a model to all of that model.

use std::collections::{BTreeMap, BTreeSet};

use crate::factor::GridFactor;
use crate::indicator::{Grounds, Reading, Slice};
use crate::quantity::{Estimate, Impact, SPAN_DEVIATIONS};
use crate::record::Text;
use crate::word::Kind;

/// What an error is common to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// The embodied impact, as a method tells it (`Factor::method`).
    Embodied(Text),
    /// The electricity, as a method tells it.
    Energy(Text),
    /// Measured electricity: it has no error of its own.
    Measured,
    /// What makers declare of a kind's electricity.
    Declared(Option<Kind>),
}

/// A sum of impacts, with the terms of its variance.
pub struct Sum {
    mean: Impact,
    common_error: f64,
    /// `Σ m r_c` by term, and `Σ m r_m` by term and model.
    terms: BTreeMap<Term, (f64, BTreeMap<u32, f64>)>,
    /// `Σ m sd` of the electricity factor, common to all.
    grid: f64,
    told: f64,
    all: f64,
    rests_on: BTreeSet<Text>,
    grounds: BTreeSet<Grounds>,
}

impl Sum {
    /// An empty sum. `common_error` is the part of a row's relative error that all its units share, at most.
    pub fn new(common_error: f64) -> Self {
        Self {
            mean: Impact(0.0),
            common_error,
            terms: BTreeMap::new(),
            grid: 0.0,
            told: 0.0,
            all: 0.0,
            rests_on: BTreeSet::new(),
            grounds: BTreeSet::new(),
        }
    }

    /// So many of so many assets have a figure.
    pub fn seen(&mut self, told: f64, all: f64) {
        self.told += told;
        self.all += all;
    }

    /// It rests on this factor or assumption.
    pub fn rests(&mut self, id: &Text) {
        if !self.rests_on.contains(id) {
            self.rests_on.insert(id.clone());
        }
    }

    /// Some of the use comes from there.
    pub fn used(&mut self, grounds: Grounds, impact: Impact) {
        if impact.0 > 0.0 {
            self.grounds.insert(grounds);
        }
    }

    /// Adds an impact whose relative standard deviation is `r`.
    pub fn add(&mut self, term: Term, model: u32, impact: Impact, r: f64) {
        if impact.0 == 0.0 {
            return;
        }
        self.mean += impact;
        let common = r.min(self.common_error);
        let of_model = (r * r - common * common).max(0.0).sqrt();
        let (shared, models) = self.terms.entry(term).or_default();
        *shared += impact.0 * common;
        *models.entry(model).or_default() += impact.0 * of_model;
    }

    /// The part of the error that electricity's own factor brings; its impact is already in the sum.
    pub fn grid(&mut self, impact: Impact, grid: &GridFactor) {
        if impact.0 == 0.0 {
            return;
        }
        self.rests(&grid.id);
        if let Some((low, high)) = grid.bounds {
            self.grid += impact.0 * (high.0 - low.0) / SPAN_DEVIATIONS / grid.intensity.0;
        }
    }

    /// The sum between its bounds.
    pub fn estimate(&self) -> Estimate {
        Estimate::log_normal(self.mean, self.variance())
    }

    /// Which part of what there is has a figure.
    pub fn coverage(&self) -> f64 {
        if self.all > 0.0 { self.told / self.all } else { 1.0 }
    }

    fn variance(&self) -> f64 {
        let rows = self
            .terms
            .values()
            .map(|(shared, models)| shared * shared + models.values().map(|model| model * model).sum::<f64>());
        rows.sum::<f64>() + self.grid * self.grid
    }

    /// The variance of this sum less another of the same snapshot. An error that both rest on, of a method, a model or
    /// the country's electricity, is the same in both, and cancels as far as both bear it.
    pub fn variance_less(mut self, other: &Self) -> f64 {
        for (term, (shared, models)) in &other.terms {
            let (own, own_models) = self.terms.entry(term.clone()).or_default();
            *own -= shared;
            for (model, part) in models {
                *own_models.entry(*model).or_default() -= part;
            }
        }
        self.grid -= other.grid;
        self.variance()
    }

    /// The reading of this sum; where nothing of what there is has a figure, what keeps it from having one.
    pub fn reading(self, slice: Slice, otherwise: &str) -> Reading {
        if self.all > 0.0 && self.told == 0.0 {
            return Reading { value: None, ..Reading::of(slice, 0.0) }.coverage(Some(0.0)).note(otherwise);
        }
        let estimate = self.estimate();
        let coverage = self.coverage();
        let grounds = match (self.grounds.len(), self.grounds.first()) {
            (1, Some(only)) => *only,
            (0, _) => Grounds::Default,
            _ => Grounds::Mixed,
        };
        let reading = Reading::of(slice, 0.0)
            .estimate(estimate)
            .coverage(Some(coverage))
            .grounds(grounds, self.rests_on.into_iter().collect());
        if coverage < 1.0 { reading.note("at least: not all of it has a published factor") } else { reading }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum_of(models: &[(u32, f64)]) -> Estimate {
        let mut sum = Sum::new(0.20);
        for (model, impact) in models {
            sum.add(Term::Embodied(Text::from("ademe/laptop")), *model, Impact(*impact), 0.59);
        }
        sum.estimate()
    }

    /// By hand: of ten laptops of one model the errors add, of two models only their common part does.
    #[test]
    fn worked_bounds() {
        let near = |value: f64, worked: f64| assert!((value - worked).abs() < 5e-3, "{value} is not {worked}");
        let one = sum_of(&[(1, 37.018)]);
        near(one.low.0, 10.923);
        near(one.high.0, 93.061);
        let ten = sum_of(&[(1, 370.18)]);
        near(ten.low.0, 109.23);
        near(ten.high.0, 930.61);
        let two_models = sum_of(&[(1, 185.09), (2, 185.09)]);
        near(two_models.low.0, 148.40);
        near(two_models.high.0, 773.35);
    }
}
