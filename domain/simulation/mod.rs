//! What a choice would change over five years, beside the course that things take today.
//!
//! Year 0 is the fleet as it is, and as its footprint is published; a scenario begins the day after. Then, year by year
//! and kind by kind:
//!
//! * of every kind, stock ÷ life leaves in a year, the oldest first; so what is older than the life already leaves no
//!   faster than its kind, and there is no cliff on the first day. What has no known age leaves evenly among the rest;
//! * each thing is replaced by its like: the same factor, the same electricity, rented if it was rented. Of the things
//!   bought a share is refurbished. Thus the stock and the part of it that has a figure stay what they are, and what a
//!   scenario changes is told by the difference alone. Were things replaced by the mean of their kind, a longer life
//!   could cost more than a shorter one, merely since the oldest models are not the mean ones;
//! * making is spread as in what is published (`indicator/footprint/`): F / (years before us + max(age, life)).

mod buying;
mod screens;
mod stock;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::assumption::Allocation;
use crate::entity::EntityId;
use crate::indicator::Basis;
use crate::indicator::footprint::{grid, of_entities};
use crate::quantity::{Impact, Intensity, Years};
use crate::record::Text;
use crate::word::{Criterion, Kind, Word};

use buying::Buying;
use screens::Screens;
use stock::{Stock, stocks};

/// Years that are looked ahead.
pub const YEARS: u8 = 5;
/// The category of AGEC article 58 whose rate is followed.
const CATEGORY: &str = "it_telephony";

/// What may be chosen otherwise; the default changes nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// What people call it.
    pub title: Text,
    /// Other lives, by kind.
    pub lifetimes: BTreeMap<Kind, Years>,
    /// Of what is bought from now on, the share of units from reuse, 0 to 1: of every kind.
    pub refurbished: Option<f64>,
    /// The same of a kind: it goes before the one of every kind.
    pub refurbished_of: BTreeMap<Kind, f64>,
    /// Years of life before us of refurbished things, where this house has proven none.
    pub upstream: Option<Years>,
    /// What one from reuse costs of the price of a new one, where this house has bought none of the kind.
    pub price_ratio: Option<f64>,
    /// Of the monitors in service beyond one for each workstation of the same entity, the share that goes, 0 to 1.
    pub second_screens_removed: f64,
    /// Of the printers in service, the share that goes since others are shared, 0 to 1.
    pub printers_removed: f64,
    /// Other electricity.
    pub electricity: Option<Electricity>,
    /// Entities that join.
    pub joining: Vec<Joining>,
}

/// Other electricity.
#[derive(Clone, Debug, PartialEq)]
pub enum Electricity {
    /// Of this intensity.
    Told(Intensity),
    /// Of this country (ISO 3166), in the year of the basis.
    Country(Text),
}

/// An entity that joins with its equipment.
#[derive(Clone, Debug, PartialEq)]
pub struct Joining {
    /// What it is called.
    pub name: Text,
    /// It joins when this year begins, 1 to 5.
    pub year: u8,
    /// What it brings.
    pub assets: BTreeMap<Kind, f64>,
}

/// A scenario that cannot be computed: which key, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The key, as scenarios write it.
    pub key: String,
    /// What is wrong with it.
    pub what: String,
}

impl Scenario {
    /// What of it has no meaning on this basis; `None` where all of it does.
    pub fn fault(&self, basis: &Basis) -> Option<Fault> {
        let lives = self.lifetimes.keys().map(|kind| ("lifetime_years", kind));
        let bought = self.refurbished_of.keys().map(|kind| ("refurbished_share", kind));
        for (table, kind) in lives.chain(bought) {
            if basis.settings.assumptions.lifetime(*kind).is_none() {
                let what = "it has no reference lifetime to compare with; tell one in [assumptions] lifetime_years";
                return Some(Fault { key: format!("{table}.{}", kind.name()), what: what.to_owned() });
            }
        }
        if let Some(Electricity::Country(country)) = &self.electricity
            && self.intensity(basis).is_none()
        {
            let what = format!("no factor of the electricity of `{country}` is known");
            return Some(Fault { key: "electricity.country".to_owned(), what });
        }
        None
    }

    fn intensity(&self, basis: &Basis) -> Option<Intensity> {
        match self.electricity.as_ref()? {
            Electricity::Told(intensity) => Some(*intensity),
            Electricity::Country(country) => {
                let factors = &basis.settings.factors;
                factors.electricity(country, basis.at.year(), Criterion::Co2e).map(|factor| factor.intensity)
            }
        }
    }
}

/// A scenario beside today, and all that both rest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// The day of year 0.
    pub at: Date,
    /// Today's course, year 0 first.
    pub today: Vec<Year>,
    /// The scenario's.
    pub scenario: Vec<Year>,
    /// Every number that was assumed.
    pub assumptions: Vec<Assumed>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
}

/// A number that was assumed.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumed {
    /// What it is called.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// In which unit.
    pub unit: &'static str,
    /// In which course; `None`: in both.
    pub course: Option<Course>,
    /// Where it comes from, or what it does.
    pub origin: String,
}

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// As things are.
    Today,
    /// As the scenario wants them.
    Scenario,
}

impl Word for Course {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Today, "today"), (Self::Scenario, "scenario")];
}

/// One year of a course.
#[derive(Clone, Debug, PartialEq)]
pub struct Year {
    /// The civil year in which it ends.
    pub civil_year: i16,
    /// All of it.
    pub whole: Part,
    /// Kind by kind.
    pub kinds: Vec<(Option<Kind>, Part)>,
    /// Euros of reuse over euros of what is bought in `it_telephony`; `None` in year 0, where nothing of it is bought,
    /// and where no price is known.
    pub reuse_spend: Option<f64>,
    /// Of what is bought of that category, the share of units whose price is known; `None` in year 0.
    pub reuse_spend_coverage: Option<f64>,
    /// What the law asks of that category in that civil year, of each buyer; `None` where it is not established.
    pub target: Option<f64>,
}

/// What is told of a kind, or of all, at the end of a year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// Active assets.
    pub assets: f64,
    /// How many of them have a figure for making, and for use.
    pub covered: [f64; 2],
    /// Manufacture, distribution and end of life, a year.
    pub embodied: Impact,
    /// Use, a year.
    pub used: Impact,
    /// Both.
    pub total: Impact,
    /// What came and went in the year; `None` in year 0.
    pub flow: Option<Flow>,
}

/// What comes and goes in a year, in units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flow {
    /// What leaves.
    pub exits: f64,
    /// Of these, what nothing replaces.
    pub removed: f64,
    /// Rented anew: never in the spending.
    pub rented: f64,
    /// Bought new.
    pub new: f64,
    /// Bought from reuse.
    pub refurbished: f64,
    /// What joins with an entity: neither bought nor rented anew.
    pub joined: f64,
    /// Of what is bought, how many units have a price.
    pub priced: f64,
    /// What these cost, in euros without tax.
    pub euros: f64,
    /// Of that, what the refurbished ones cost.
    pub euros_refurbished: f64,
}

impl Part {
    /// Which part of it has a figure, 0 to 1, as readings count it: three phases of making and one of use.
    pub fn coverage(&self) -> f64 {
        let [made, used] = self.covered;
        if self.assets > 0.0 { (3.0 * made + used) / (4.0 * self.assets) } else { 1.0 }
    }

    fn add(&mut self, other: &Self) {
        self.assets += other.assets;
        self.covered = [0, 1].map(|at| self.covered[at] + other.covered[at]);
        self.embodied += other.embodied;
        self.used += other.used;
        self.total += other.total;
        if let Some(more) = &other.flow {
            self.flow.get_or_insert_default().add(more);
        }
    }
}

impl Flow {
    /// What is bought, new and from reuse.
    pub fn bought(&self) -> f64 {
        self.new + self.refurbished
    }

    /// Of what is bought, the share of units whose price is known; 1 where nothing is.
    pub fn coverage(&self) -> f64 {
        if self.bought() > 0.0 { self.priced / self.bought() } else { 1.0 }
    }

    /// What is bought, in euros without tax: at least, where `coverage` is below 1. `None` where no price is known.
    pub fn spent(&self) -> Option<f64> {
        (self.bought() == 0.0 || self.priced > 0.0).then_some(self.euros)
    }

    fn add(&mut self, other: &Self) {
        self.exits += other.exits;
        self.removed += other.removed;
        self.rented += other.rented;
        self.new += other.new;
        self.refurbished += other.refurbished;
        self.joined += other.joined;
        self.priced += other.priced;
        self.euros += other.euros;
        self.euros_refurbished += other.euros_refurbished;
    }
}

/// What one course takes of a kind.
#[derive(Clone, Debug, Default, PartialEq)]
struct Path {
    /// Its life; without one nothing leaves and nothing is bought.
    life: Option<Years>,
    /// Of what is bought, the share from reuse.
    refurbished: f64,
    /// Years before us of what is bought from reuse; `None` where its making cannot be divided (cut-off).
    upstream: Option<Years>,
    /// Of what is in service, the share that goes in the first year.
    removed: f64,
    /// Other electricity than today's.
    intensity: Option<Intensity>,
    /// What joins: when, and how many.
    joining: Vec<(u8, f64)>,
}

/// Both courses of what belongs to the entities that are asked for. Prices, shares and years before us are those of
/// the whole basis: an entity of a few buys as its house does.
pub fn simulate(basis: &Basis, scenario: &Scenario, asked: impl Fn(EntityId) -> bool) -> Simulation {
    let stocks = stocks(basis, &asked);
    let buying = Buying::of(basis, scenario.price_ratio);
    let screens = Screens::of(basis, &asked);
    let joined = scenario.joining.iter().flat_map(|joining| joining.assets.keys().map(|kind| Some(*kind)));
    let kinds: BTreeSet<Option<Kind>> = stocks.keys().copied().chain(joined).collect();
    let mut paths: BTreeMap<Option<Kind>, [Path; 2]> = BTreeMap::new();
    let as_things_are = Scenario { upstream: scenario.upstream, ..Scenario::default() };
    for kind in kinds {
        let today = path(basis, &as_things_are, &buying, 0.0, kind);
        paths.insert(kind, [today, path(basis, scenario, &buying, screens.share(scenario), kind)]);
    }
    let now = now(basis, &asked);
    let course = |at: usize| {
        let ahead = (1..=YEARS).map(|year| {
            let of_kind = paths.iter().map(|(kind, paths)| {
                let stock = stocks.get(kind);
                let empty = Stock::default();
                let mut part = stock.unwrap_or(&empty).after(basis.at, year, &paths[at]);
                let prices = kind.and_then(|kind| buying.prices(kind, paths));
                part.flow = part.flow.map(|flow| prices.map_or(flow, |prices| flow.paid(prices)));
                (*kind, part)
            });
            summed(basis, year, of_kind.collect())
        });
        std::iter::once(now.clone()).chain(ahead).collect::<Vec<_>>()
    };
    let (today, then) = (course(0), course(1));
    let ground = told::Ground { basis, scenario, stocks: &stocks, paths: &paths, buying: &buying, screens: &screens };
    let notes = ground.notes([&today, &then]);
    Simulation { at: basis.at, assumptions: ground.assumptions(), notes, today, scenario: then }
}

/// What a scenario takes of a kind.
fn path(basis: &Basis, scenario: &Scenario, buying: &Buying, screens: f64, kind: Option<Kind>) -> Path {
    let assumptions = &basis.settings.assumptions;
    let usual = kind.and_then(|kind| assumptions.lifetime(kind));
    let told = kind.and_then(|kind| scenario.lifetimes.get(&kind)).copied();
    let own = kind.map_or(0.0, |kind| buying.refurbished(kind));
    let chosen = kind.and_then(|kind| scenario.refurbished_of.get(&kind).copied()).or(scenario.refurbished);
    let proven = kind.and_then(|kind| buying.proven(kind)).or(scenario.upstream).unwrap_or_default();
    let joining = kind.map_or_else(Vec::new, |kind| {
        let brought = scenario.joining.iter().filter_map(|joining| Some((joining.year, *joining.assets.get(&kind)?)));
        brought.collect()
    });
    Path {
        life: told.or(usual),
        refurbished: chosen.unwrap_or(own),
        upstream: (assumptions.allocation != Allocation::Cutoff).then_some(proven),
        removed: match kind {
            Some(Kind::Monitor) => screens,
            Some(Kind::Printer) => scenario.printers_removed,
            _ => 0.0,
        },
        intensity: scenario.intensity(basis),
        joining,
    }
}

/// Year 0: the fleet as it is, out of the very sums that are published.
fn now(basis: &Basis, asked: &impl Fn(EntityId) -> bool) -> Year {
    let mut kinds: BTreeMap<Option<Kind>, Part> = BTreeMap::new();
    for cell in basis.cells.iter().filter(|cell| cell.count > 0.0 && asked(cell.entity)) {
        let embodied: Impact = cell.embodied.into_iter().sum();
        let used: Impact = cell.used.into_iter().sum();
        kinds.entry(cell.kind).or_default().add(&Part {
            assets: cell.count,
            covered: [cell.told[0], cell.told[2]],
            embodied,
            used,
            total: embodied + used,
            flow: None,
        });
    }
    let mut year = summed(basis, 0, kinds.into_iter().collect());
    if let Some(published) = of_entities(basis, asked).value {
        year.whole.total = Impact(published);
    }
    year
}

fn summed(basis: &Basis, year: u8, kinds: Vec<(Option<Kind>, Part)>) -> Year {
    let civil_year = basis.at.year() + i16::from(year);
    let law = &basis.settings.law;
    // Where nothing is, nothing comes and goes; in year 0 that is not asked.
    let mut whole = Part { flow: (year > 0).then(Flow::default), ..Part::default() };
    let mut of_category: Option<Flow> = None;
    for (kind, part) in &kinds {
        whole.add(part);
        let category = kind.and_then(|kind| law.category_of(kind, civil_year));
        if let (Some(flow), true) = (&part.flow, category.is_some_and(|category| category.name == CATEGORY)) {
            of_category.get_or_insert_default().add(flow);
        }
    }
    let spent = of_category.filter(|flow| flow.euros > 0.0);
    Year {
        civil_year,
        whole,
        kinds,
        reuse_spend: spent.map(|flow| flow.euros_refurbished / flow.euros),
        reuse_spend_coverage: of_category.map(|flow| flow.coverage()),
        target: law.target(CATEGORY, civil_year),
    }
}

/// Grams a kilowatt-hour of today's electricity, and the factor that tells it.
fn electricity<'a>(basis: &Basis<'a>) -> Option<(f64, &'a Text)> {
    grid(basis, Criterion::Co2e).map(|grid| (grid.intensity.as_per_kwh(), &grid.id))
}
