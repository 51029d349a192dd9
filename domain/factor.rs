//! Published numbers with their origin. The numbers themselves are data: the `factors` crate reads them.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::quantity::{Energy, Impact, Intensity};
use crate::record::Text;
use crate::specification::{Component, Processors};
use crate::word::{Criterion, Kind, Word};
use crate::{identity, model};

/// The relative standard deviation where none is published.
pub const R_DEFAULT: f64 = 0.30;

/// A document that is further from the year in which a thing was new speaks of another model of the same name.
const SAME_MODEL_YEARS: i16 = 5;

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
    /// The model, where it speaks of one; a trailing `*` makes it a family.
    pub model: Option<Text>,
    /// Diagonal of the screen in inches, where the model comes in several.
    pub screen_inches: Option<f64>,
    /// Year of the document, where it speaks of one model: makers use a name again some years later.
    pub year: Option<i16>,
    /// Whose method it was reached by. The common part of the error is shared by all rows of one: a kind's row stands
    /// alone, models of one maker in one set share theirs, and so do all that is computed from specifications.
    pub method: Text,
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

    /// A row for servers that are made alike, by whoever computed it.
    pub fn of_server(
        criterion: Criterion,
        set: usize,
        specification: &str,
        manufacture: Impact,
        r_embodied: f64,
        method: &Text,
    ) -> Self {
        Self {
            id: Text::from(format!("{method}/{specification}")),
            set,
            kind: Kind::Server,
            manufacturer: None,
            model: None,
            screen_inches: None,
            year: None,
            method: method.clone(),
            criterion,
            manufacture,
            distribution: Impact(0.0),
            end_of_life: Impact(0.0),
            annual_energy: None,
            r_embodied,
            r_energy: R_DEFAULT,
            found: Text::from("sum of its parts; distribution and end of life are not in it"),
        }
    }

    /// Do both tell the same numbers?
    fn says_as(&self, other: &Self) -> bool {
        self.embodied() == other.embodied() && self.annual_energy == other.annual_energy
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

/// What stands for a country in rows of the operator's supply contract (GHG Protocol scope 2, market-based).
pub const CONTRACT: &str = "contract";

/// The climate impact of electricity day by day, the mean of a day's hours: for loads that are measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its set (index into `Factors::sets`).
    pub set: usize,
    /// By civil day.
    pub days: BTreeMap<Date, Intensity>,
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

impl Tier {
    /// Why a row was chosen.
    pub fn why(self) -> &'static str {
        match self {
            Self::Local => "the operator's own row",
            Self::Model => "a row for this very model",
            Self::Specification => "computed from the specification",
            Self::Kind => "the row of its kind",
            Self::None => "no published factor",
        }
    }
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

/// The same model under another name: a machine type, a product number.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The maker.
    pub manufacturer: Text,
    /// What inventories tell; a trailing `*` stands for anything.
    pub told: Text,
    /// The model as rows name it.
    pub model: Text,
}

/// What a factor is looked for with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wanted<'a> {
    /// What it is.
    pub kind: Option<Kind>,
    /// Who made it.
    pub manufacturer: Option<&'a str>,
    /// Which model.
    pub model: Option<&'a str>,
    /// Diagonal of its screen, in inches.
    pub screen_inches: Option<f64>,
    /// Year in which it was new.
    pub year: Option<i16>,
}

/// The row that was found, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Index into `Factors::rows`; `None` where no row speaks of it.
    pub row: Option<usize>,
    /// How close the row is.
    pub tier: Tier,
    /// Rows of the model of which none can be preferred: none is taken, and a kind's row stands in.
    pub rivals: Vec<usize>,
}

/// How a wanted model is called, as names are compared.
struct Called {
    /// Its maker's name, and that of rows which tell none.
    makers: [String; 2],
    name: model::Name,
}

impl Called {
    fn of(wanted: &Wanted) -> Option<Self> {
        let maker = wanted.manufacturer.map(identity::maker).unwrap_or_default();
        Some(Self { makers: [maker, String::new()], name: model::name(wanted.manufacturer, wanted.model?) })
    }
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
    /// The electricity of measured loads, day by day, where the operator tells it.
    pub series: Option<Series>,
    /// What servers are made of.
    pub components: Vec<Component>,
    /// Dies of processors.
    pub processors: Processors,
    /// Other names of models.
    pub aliases: Vec<Alias>,
    models: Models,
}

/// Rows by what they speak of.
#[derive(Clone, Debug, Default, PartialEq)]
struct Models {
    /// Rows of no model, by kind.
    kinds: HashMap<Kind, Vec<usize>>,
    /// Rows by maker (empty: any) and name.
    exact: HashMap<(String, String), Vec<usize>>,
    /// Rows of families, which end in `*`: maker, how names begin, row.
    families: Vec<(String, String, usize)>,
    /// Names by maker and other name; names that begin so.
    aliases: HashMap<(String, String), String>,
    prefixes: Vec<(String, String, String)>,
}

impl Models {
    /// The name that another name stands for: the very one, else the longest that it begins with.
    fn alias(&self, maker: &str, key: &str) -> Option<&String> {
        let begins = |(of, begin, _): &&(String, String, String)| of == maker && key.starts_with(begin.as_str());
        let longest = || self.prefixes.iter().filter(begins).max_by_key(|(_, begin, _)| begin.len());
        self.aliases.get(&(maker.to_owned(), key.to_owned())).or_else(|| longest().map(|(.., name)| name))
    }
}

impl Factors {
    /// The same, ready to be asked. Whoever changes rows or aliases does this last.
    pub fn indexed(mut self) -> Self {
        let mut models = Models::default();
        for (at, row) in self.rows.iter().enumerate() {
            let Some(told) = row.model.as_deref() else {
                models.kinds.entry(row.kind).or_default().push(at);
                continue;
            };
            let maker = row.manufacturer.as_deref().map(identity::maker).unwrap_or_default();
            let key = model::name(row.manufacturer.as_deref(), told).key;
            match told.ends_with('*') {
                true => models.families.push((maker, key, at)),
                false => models.exact.entry((maker, key)).or_default().push(at),
            }
        }
        for alias in &self.aliases {
            let maker = identity::maker(&alias.manufacturer);
            let of = |told: &str| model::name(Some(&alias.manufacturer), told).key;
            match alias.told.ends_with('*') {
                true => models.prefixes.push((maker, of(&alias.told), of(&alias.model))),
                // Those of the operator's folders come first.
                false => drop(models.aliases.entry((maker, of(&alias.told))).or_insert_with(|| of(&alias.model))),
            }
        }
        self.models = models;
        self
    }

    /// Has any row this very model of a maker's? One that tells no maker speaks of any.
    pub fn has_model(&self, manufacturer: &str, told: &str) -> bool {
        let key = model::name(Some(manufacturer), told).key;
        let makers = [identity::maker(manufacturer), String::new()];
        makers.into_iter().any(|maker| self.models.exact.contains_key(&(maker, key.clone())))
    }

    /// The row for a thing: local over the very model's over the kind's.
    pub fn choose(&self, criterion: Criterion, wanted: &Wanted) -> Choice {
        let (called, mut rivals) = (Called::of(wanted), Vec::new());
        let mut of_model = |local: bool| {
            let rows = self.of_model(criterion, wanted, called.as_ref(), local);
            self.agreed(&rows).or_else(|| {
                rivals.extend(rows);
                None
            })
        };
        let of_kind = |local: bool| self.of_kind(wanted.kind, local, |row| row.criterion == criterion);
        let found = of_model(true)
            .or_else(|| of_kind(true))
            .map(|row| (row, Tier::Local))
            .or_else(|| of_model(false).map(|row| (row, Tier::Model)))
            .or_else(|| of_kind(false).map(|row| (row, Tier::Kind)));
        Choice { row: found.map(|(row, _)| row), tier: found.map_or(Tier::None, |(_, tier)| tier), rivals }
    }

    /// The row that tells the electricity of a thing: what is told of the model goes before what is usual for the kind.
    pub fn energy(&self, wanted: &Wanted) -> Option<usize> {
        let tells = |row: &Factor| row.criterion == Criterion::Co2e && row.annual_energy.is_some();
        let called = Called::of(wanted);
        let of_model = |local: bool| {
            let row = self.agreed(&self.of_model(Criterion::Co2e, wanted, called.as_ref(), local))?;
            tells(&self.rows[row]).then_some(row)
        };
        let of_kind = |local: bool| self.of_kind(wanted.kind, local, tells);
        of_model(true).or_else(|| of_model(false)).or_else(|| of_kind(true)).or_else(|| of_kind(false))
    }

    /// The first of some rows, where all tell the same.
    fn agreed(&self, rows: &[usize]) -> Option<usize> {
        let first = *rows.first()?;
        rows.iter().all(|at| self.rows[*at].says_as(&self.rows[first])).then_some(first)
    }

    fn of_kind(&self, kind: Option<Kind>, local: bool, is_asked: impl Fn(&Factor) -> bool) -> Option<usize> {
        let of_kind = self.models.kinds.get(&kind?)?;
        of_kind.iter().copied().find(|at| {
            let row = &self.rows[*at];
            self.sets[row.set].local == local && is_asked(row)
        })
    }

    /// The rows of a model: those of its very name, else of the name it is an alias of, else of the longest family.
    /// Never another maker's, and never those of another sort of thing.
    fn of_model(&self, criterion: Criterion, wanted: &Wanted, called: Option<&Called>, local: bool) -> Vec<usize> {
        let Some(Called { makers, name: model::Name { key, inches } }) = called else { return Vec::new() };
        let models = &self.models;
        let is_it = |at: &usize| {
            let row = &self.rows[*at];
            let apart = row.year.zip(wanted.year).map(|(own, told)| (own - told).abs());
            row.criterion == criterion
                && self.sets[row.set].local == local
                && apart.is_none_or(|years| years <= SAME_MODEL_YEARS)
                && wanted.kind.is_none_or(|kind| kind == row.kind || kind.is_computer() && row.kind.is_computer())
        };
        let named = |key: &String| -> Vec<usize> {
            let exact = makers.iter().filter_map(|maker| models.exact.get(&(maker.clone(), key.clone())));
            exact.flatten().copied().filter(is_it).collect()
        };
        let mut exact = named(key);
        if exact.is_empty()
            && let Some(name) = models.alias(&makers[0], key)
        {
            exact = named(name);
        }
        // The screen tells sizes of one model apart; of a model with one size it says nothing.
        let diagonal = wanted.screen_inches.or(*inches);
        let of_size = |at: &usize| {
            diagonal.zip(self.rows[*at].screen_inches).is_some_and(|(told, own)| model::same_diagonal(told, own))
        };
        if exact.len() > 1 && exact.iter().any(of_size) {
            exact.retain(of_size);
        }
        if !exact.is_empty() {
            return exact;
        }
        let families = models.families.iter().filter(|(of, begin, at)| {
            (of.is_empty() || *of == makers[0]) && key.starts_with(begin.as_str()) && is_it(at)
        });
        let families: Vec<_> = families.collect();
        let longest = families.iter().map(|(_, begin, _)| begin.len()).max();
        families.iter().filter(|(_, begin, _)| Some(begin.len()) == longest).map(|(.., at)| *at).collect()
    }

    /// The operator's supply contract in a year.
    pub fn contract(&self, year: i16, criterion: Criterion) -> Option<&GridFactor> {
        self.grid.iter().find(|row| &*row.country == CONTRACT && row.year == year && row.criterion == criterion)
    }

    /// A country's electricity in a year, else in the nearest year that is known.
    pub fn electricity(&self, country: &str, year: i16, criterion: Criterion) -> Option<&GridFactor> {
        self.grid
            .iter()
            .filter(|row| &*row.country == country && row.criterion == criterion)
            .min_by_key(|row| ((row.year - year).abs(), -row.year))
    }
}
