//! Published numbers with their origin. The numbers themselves are data: the `factors` crate reads them.

use crate::identity;
use crate::quantity::{Energy, Impact, Intensity};
use crate::record::Text;
use crate::word::{Criterion, Kind, Word};

/// Where the rows of one folder come from.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorSet {
    /// The folder's name: the first part of its rows' ids.
    pub id: Text,
    /// Who publishes it.
    pub publisher: Text,
    /// Which edition.
    pub edition: Text,
    /// Under which licence.
    pub licence: Text,
    /// Where it is published: a document or repository, and its revision.
    pub origin: Text,
    /// An operator's own folder: believed before all others.
    pub local: bool,
}

/// One row: what one unit of a kind, or of a very model, costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// `SET/ROW`.
    pub id: Text,
    /// Its set (index into `Factors::sets`).
    pub set: usize,
    /// What it speaks of.
    pub kind: Kind,
    /// The maker, where it speaks of one model.
    pub manufacturer: Option<Text>,
    /// The model, where it speaks of one.
    pub model: Option<Text>,
    /// Which impact.
    pub criterion: Criterion,
    /// Making one unit.
    pub manufacture: Impact,
    /// Bringing it here.
    pub distribution: Impact,
    /// Its end of life.
    pub end_of_life: Impact,
    /// Electricity of one unit a year, where the row tells it.
    pub annual_energy: Option<Energy>,
    /// Relative standard deviation of the embodied impact.
    pub r_embodied: f64,
    /// Relative standard deviation of the electricity.
    pub r_energy: f64,
    /// The table, page or file where the row is found again.
    pub found: Text,
}

impl Factor {
    /// Everything but use: manufacture, distribution and end of life.
    pub fn embodied(&self) -> Impact {
        self.manufacture + self.distribution + self.end_of_life
    }
}

/// The impact of a country's electricity in one year.
#[derive(Clone, Debug, PartialEq)]
pub struct GridFactor {
    /// `SET/ROW`.
    pub id: Text,
    /// Its set (index into `Factors::sets`).
    pub set: usize,
    /// ISO 3166 code.
    pub country: Text,
    /// Civil year.
    pub year: i16,
    /// Which impact.
    pub criterion: Criterion,
    /// Per joule.
    pub intensity: Intensity,
    /// Bounds (95 %), where its row gives them.
    pub bounds: Option<(Intensity, Intensity)>,
    /// The table, page or file where the row is found again.
    pub found: Text,
}

/// How close a factor is to the thing it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// The operator's own row.
    Local,
    /// A row for the very model.
    Model,
    /// Computed from the specification.
    Specification,
    /// The kind's row.
    Kind,
    /// No published factor.
    None,
}

impl Word for Tier {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Local, "local"),
        (Self::Model, "model"),
        (Self::Specification, "specification"),
        (Self::Kind, "kind"),
        (Self::None, "none"),
    ];
}

/// All the rows in use, the local ones first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Factors {
    /// Where rows come from.
    pub sets: Vec<FactorSet>,
    /// Rows for equipment.
    pub rows: Vec<Factor>,
    /// Rows for electricity.
    pub grid: Vec<GridFactor>,
}

impl Factors {
    /// The row for a thing: local over the very model's over the kind's. Index into `rows`.
    pub fn choose(
        &self,
        criterion: Criterion,
        kind: Kind,
        manufacturer: Option<&str>,
        model: Option<&str>,
    ) -> Option<(usize, Tier)> {
        let maker = manufacturer.map(identity::maker);
        let model = model.map(identity::model);
        let is_model = |row: &Factor| {
            row.model.as_deref().map(identity::model).is_some_and(|own| Some(own) == model)
                && row.manufacturer.as_deref().map(identity::maker).is_none_or(|own| Some(own) == maker)
        };
        let found = |local: bool, of_model: bool| {
            self.rows.iter().position(|row| {
                row.criterion == criterion
                    && row.kind == kind
                    && self.sets[row.set].local == local
                    && if of_model { row.model.is_some() && is_model(row) } else { row.model.is_none() }
            })
        };
        found(true, true)
            .or_else(|| found(true, false))
            .map(|row| (row, Tier::Local))
            .or_else(|| found(false, true).map(|row| (row, Tier::Model)))
            .or_else(|| found(false, false).map(|row| (row, Tier::Kind)))
    }

    /// A country's electricity in a year, else in the nearest year that is known.
    pub fn electricity(&self, country: &str, year: i16, criterion: Criterion) -> Option<&GridFactor> {
        self.grid
            .iter()
            .filter(|row| &*row.country == country && row.criterion == criterion)
            .min_by_key(|row| ((row.year - year).abs(), -row.year))
    }
}
