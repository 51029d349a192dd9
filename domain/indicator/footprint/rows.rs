//! The rows in use: those that are published, and those that the specifications of servers make.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::factor::{Choice, Factor, Factors, Tier, Wanted};
use crate::observation::Facts;
use crate::snapshot::{Alike, Snapshot};
use crate::specification::{Appraisal, Specification};
use crate::word::{Condition, Criterion, Kind, Word};

use super::asset::Footing;

/// Which criteria the parts of a server are told of.
const OF_PARTS: [Criterion; 2] = [Criterion::Co2e, Criterion::PrimaryEnergy];

/// The rows in use. An index means a published row, or behind those one of a specification.
pub struct Rows<'a> {
    factors: &'a Factors,
    made: Vec<Factor>,
    /// Rows of specifications, by what they say and in the order of `OF_PARTS`.
    specified: HashMap<String, [Option<usize>; OF_PARTS.len()]>,
    /// Assets that rest on the same rows: those that are alike.
    pub alike: Arc<Vec<Alike>>,
    /// Of each class, by criterion and looked for once: its row, the row of its electricity, and all it rests on. Those of
    /// climate are made with the basis, another criterion's by the one question that asks for it.
    choices: [OnceLock<Vec<Choice>>; Criterion::ALL.len()],
    energies: OnceLock<Vec<Option<usize>>>,
    pub(super) footings: [OnceLock<Vec<Footing>>; Criterion::ALL.len()],
}

impl<'a> Rows<'a> {
    /// Rows for all that is in a snapshot.
    pub fn of(factors: &'a Factors, snapshot: &Snapshot) -> Self {
        let mut rows = Self {
            factors,
            made: Vec::new(),
            specified: HashMap::new(),
            alike: snapshot.alike.clone(),
            choices: Default::default(),
            energies: OnceLock::new(),
            footings: Default::default(),
        };
        // Servers are told apart by what they are made of, everything else by its model.
        let servers = snapshot.alike.iter().filter(|alike| alike.facts.kind() == Some(Kind::Server));
        for alike in servers {
            rows.specify(snapshot, &alike.facts.facts());
        }
        rows
    }

    /// Makes the rows of what a server is made of, once.
    fn specify(&mut self, snapshot: &Snapshot, facts: &Facts) {
        let Some(specification) = Specification::of(facts) else { return };
        let text = specification.text();
        if !self.specified.contains_key(&text) {
            let factors = self.factors;
            let places = OF_PARTS.map(|criterion| {
                let of_it = |told: &&Appraisal| told.criterion == criterion && *told.specification == *text;
                let appraised = snapshot.appraisals.iter().find(of_it);
                let own = || specification.factor(criterion, &factors.components, &factors.processors);
                self.made.push(appraised.and_then(|told| appraisal(factors, told)).or_else(own)?);
                Some(factors.rows.len() + self.made.len() - 1)
            });
            self.specified.insert(text, places);
        }
    }

    /// Does any row tell of a criterion?
    pub fn tell(&self, criterion: Criterion) -> bool {
        self.factors.rows.iter().chain(&self.made).any(|row| row.criterion == criterion)
            || self.factors.grid.iter().any(|row| row.criterion == criterion)
    }

    /// A row by its index.
    pub fn row(&self, at: usize) -> &Factor {
        self.factors.rows.get(at).unwrap_or_else(|| &self.made[at - self.factors.rows.len()])
    }

    /// The row of a thing for a criterion: local over the maker's for the very model over specification over kind.
    pub fn choose(&self, criterion: Criterion, facts: &Facts) -> Choice {
        let choice = self.factors.choose(criterion, &wanted(facts));
        if matches!(choice.tier, Tier::Local | Tier::Model) {
            return choice;
        }
        let specified = || {
            let at = OF_PARTS.iter().position(|of| *of == criterion)?;
            self.specified.get(&Specification::of(facts)?.text())?[at]
        };
        match specified() {
            Some(row) => Choice { row: Some(row), tier: Tier::Specification, ..choice },
            None => choice,
        }
    }

    /// The row of each class for a criterion, in the order of `alike`.
    pub fn choices(&self, criterion: Criterion) -> &[Choice] {
        self.choices[criterion as usize]
            .get_or_init(|| self.alike.par_iter().map(|alike| self.choose(criterion, &alike.facts.facts())).collect())
    }

    /// The row that tells the electricity of each class, in the order of `alike`.
    pub fn energies(&self) -> &[Option<usize>] {
        self.energies.get_or_init(|| self.alike.par_iter().map(|alike| self.energy(&alike.facts.facts())).collect())
    }

    /// The row that tells the electricity of a thing.
    pub fn energy(&self, facts: &Facts) -> Option<usize> {
        self.factors.energy(&wanted(facts))
    }
}

/// What a factor of an asset is looked for with.
fn wanted(facts: &Facts) -> Wanted<'_> {
    Wanted {
        kind: facts.kind,
        manufacturer: facts.manufacturer.as_deref(),
        model: facts.model.as_deref(),
        screen_inches: facts.screen_inches,
        year: new_in(facts),
    }
}

/// The year in which it was new, as far as dates tell: what was bought used was new before.
fn new_in(facts: &Facts) -> Option<i16> {
    if let Some(made) = facts.manufacture_date {
        return Some(made.year());
    }
    let dates = [facts.purchase_date, facts.delivery_date, facts.in_service_date];
    let ours = dates.into_iter().flatten().min()?.year();
    let used = facts.condition.is_some_and(Condition::is_reuse);
    match facts.upstream_years {
        Some(years) => Some(ours - years.round() as i16),
        None if used => None,
        None => Some(ours),
    }
}

/// The row that another program's answer makes: the same as ours, with its numbers.
fn appraisal(factors: &Factors, told: &Appraisal) -> Option<Factor> {
    let set = factors.sets.iter().position(|set| set.id == told.by)?;
    Some(Factor::of_server(told.criterion, set, &told.specification, told.impact, told.r, &told.by))
}
