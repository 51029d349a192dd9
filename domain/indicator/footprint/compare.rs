//! Why the annual footprint of one day is not that of another: the difference, cause by cause.
//!
//! The total of a day is a product of what may change, over groups of assets that are of one kind and rest on the same
//! factor rows:
//!
//! `N × (c × Σ s e + k × Σ t w i)`
//!
//! with `N` the active assets; `c` and `k` which part of them has a figure for making and for use; `s` and `t` which
//! part of those a group is; and of a group `e` the embodied impact a year of one that has a figure (mean), `w` its
//! electricity a year with overhead (mean), `i` the impact of a joule of it.
//!
//! One of them after the other is taken from the second day instead of the first, in the order of [`Effect`]. Each
//! effect is the difference of two totals that follow one another, so that they add up to the whole. Another order
//! would divide it otherwise; this one is always the same.
//!
//! Where a day cannot tell something, since nothing was there to tell it of, it is as on the other day. Thus a fleet
//! that begins or ends is an effect of its size, and a group that begins or ends one of the mix.

use std::collections::{BTreeMap, BTreeSet};

use crate::entity::EntityId;
use crate::indicator::Basis;
use crate::quantity::{Estimate, Impact};
use crate::word::{Criterion, Kind, Word};

use super::sum::Sum;
use super::{Cell, asset, empty, whole};

/// What makes a difference. Indices 0 and 1 mean the first and the second day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Another part of the fleet has a figure: `N₀ × ((c₁ − c₀) Σ s₀ e₀ + (k₁ − k₀) Σ t₀ w₀ i₀)`.
    Coverage,
    /// More or fewer assets: `(N₁ − N₀) × (c₁ Σ s₀ e₀ + k₁ Σ t₀ w₀ i₀)`.
    FleetSize,
    /// Other kinds, or models with other factors: `N₁ × (c₁ Σ (s₁ − s₀) e₀ + k₁ Σ (t₁ − t₀) w₀ i₀)`.
    Mix,
    /// Making is spread over other lives, before us and with us: `N₁ c₁ Σ s₁ (e₁ − e₀)`.
    Lifetimes,
    /// Other electricity for a thing of the group, as measured or declared, or as more of them are in stock:
    /// `N₁ k₁ Σ t₁ (w₁ − w₀) i₀`.
    Consumption,
    /// Electricity itself is another, by the year's factor or the operator's series: `N₁ k₁ Σ t₁ w₁ (i₁ − i₀)`.
    Electricity,
    /// The second day under its own settings, less the same day under those of the first: other factors, reference
    /// lifetimes and assumptions. 0 within one edition.
    FactorsAndMethod,
}

impl Word for Effect {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Coverage, "coverage"),
        (Self::FleetSize, "fleet_size"),
        (Self::Mix, "mix"),
        (Self::Lifetimes, "lifetimes"),
        (Self::Consumption, "consumption"),
        (Self::Electricity, "electricity"),
        (Self::FactorsAndMethod, "factors_and_method"),
    ];
}

impl Effect {
    /// What it tells, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Coverage => "another part of the fleet has a figure",
            Self::FleetSize => "more or fewer assets, alike on average",
            Self::Mix => "other kinds, or models with other factors",
            Self::Lifetimes => "making is spread over longer or shorter lives",
            Self::Consumption => "a thing takes more or less electricity, or is in stock",
            Self::Electricity => "the impact of a kilowatt-hour",
            Self::FactorsAndMethod => "other factors and assumptions; 0 within one edition",
        }
    }
}

/// Two days, and what lies between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The total of the first day, a year.
    pub from: Impact,
    /// The total of the second day.
    pub to: Impact,
    /// Which part of the fleet has a figure on each day, as the readings of those days tell it; below 1 a total is
    /// "at least".
    pub coverage: [f64; 2],
    /// What each effect adds, in their order: together `difference.value` to the last bit.
    pub effects: Vec<(Effect, Impact)>,
    /// `to − from`, with bounds: the errors that both totals share have cancelled.
    pub difference: Estimate,
}

/// Is anything known at the end of the basis' day?
pub fn is_known(basis: &Basis) -> bool {
    basis.status.iter().any(Option::is_some)
}

/// Compares the annual climate footprint of two days of one snapshot; `None` where nothing that was active on one of
/// them has a figure. `asked` chooses among entities and kinds.
pub fn compare(from: &Basis, to: &Basis, asked: impl Fn(EntityId, Option<Kind>) -> bool) -> Option<Comparison> {
    let asked: &Asked = &asked;
    let [before, after] = days(from, to, asked)?;
    // The second day, as the settings of the first see it.
    let same = std::ptr::eq(from.settings, to.settings);
    let seen = (!same).then(|| Basis::new(to.snapshot, from.settings, to.publishing, to.at));
    let [mut day, last] = match &seen {
        None => [before.clone(), after.clone()],
        Some(seen) => days(from, seen, asked)?,
    };
    let (from_total, to_total) = (before.total(), after.total());
    let mut total = from_total;
    let effects = Effect::ALL.iter().map(|(effect, _)| {
        match effect {
            Effect::Coverage => day.covered = last.covered,
            Effect::FleetSize => day.fleet = last.fleet,
            Effect::Mix => day.shares.clone_from(&last.shares),
            Effect::Lifetimes => day.embodied.clone_from(&last.embodied),
            Effect::Consumption => day.joules.clone_from(&last.joules),
            Effect::Electricity => day.intensity.clone_from(&last.intensity),
            Effect::FactorsAndMethod => day = after.clone(),
        }
        let before = std::mem::replace(&mut total, day.total());
        (*effect, Impact(total - before))
    });
    let effects = effects.collect();
    let sums = [from, to].map(|basis| sum(basis, asked));
    let coverage = sums.each_ref().map(Sum::coverage);
    let [first, second] = sums;
    let variance = second.variance_less(&first);
    let difference = Estimate::normal(Impact(to_total - from_total), variance);
    Some(Comparison { from: Impact(from_total), to: Impact(to_total), coverage, effects, difference })
}

type Asked<'a> = dyn Fn(EntityId, Option<Kind>) -> bool + 'a;

/// The cells of the active fleet that are asked for.
fn active<'a>(basis: &'a Basis, asked: &'a Asked) -> impl Iterator<Item = &'a Cell> {
    basis.cells.iter().filter(|cell| cell.count > 0.0 && asked(cell.entity, cell.kind))
}

fn sum(basis: &Basis, asked: &Asked) -> Sum {
    let mut sum = empty(basis);
    for cell in active(basis, asked) {
        whole(&mut sum, basis, cell);
    }
    sum
}

/// A day, as what its total is the product of; lists go by group.
#[derive(Clone, Default)]
struct Day {
    /// `N`.
    fleet: f64,
    /// `c` and `k`.
    covered: [f64; 2],
    /// `s` and `t`.
    shares: [Vec<f64>; 2],
    /// `e`, in grams.
    embodied: Vec<f64>,
    /// `w`.
    joules: Vec<f64>,
    /// `i`, in grams a joule.
    intensity: Vec<f64>,
}

/// Totals are told to the 65 536th of a gram. That is exact in binary: up to 137 000 tonnes, so are their differences,
/// and the sums of these in whatever order.
const GRAIN: f64 = 65_536.0;

impl Day {
    fn total(&self) -> f64 {
        let [made, used] = &self.shares;
        let made = made.iter().zip(&self.embodied).fold(0.0, |sum, (s, e)| sum + s * e);
        let used = used.iter().zip(&self.joules).zip(&self.intensity).fold(0.0, |sum, ((t, w), i)| sum + t * w * i);
        let total = self.fleet * (self.covered[0] * made + self.covered[1] * used);
        (total * GRAIN).round() / GRAIN
    }
}

/// A kind, the row of its making, and the row of its electricity: indices mean the same under the same settings.
type Key = (Option<Kind>, Option<usize>, Option<usize>);

/// A group on a day, in sums.
#[derive(Clone, Copy, Default)]
struct Group {
    /// How many have a figure for making, and for use.
    told: [f64; 2],
    embodied: f64,
    joules: f64,
    used: f64,
    by_series: f64,
}

/// Two days under the same settings, by the groups of both; `None` where a day has assets and no figure.
fn days(from: &Basis, to: &Basis, asked: &Asked) -> Option<[Day; 2]> {
    let ends = [from, to];
    let groups = ends.map(|basis| groups(basis, asked));
    let fleets = ends.map(|basis| active(basis, asked).map(|cell| cell.count).sum::<f64>());
    let told = [0, 1].map(|part| [0, 1].map(|end| groups[end].values().map(|group| group.told[part]).sum::<f64>()));
    if (0..2).any(|end| fleets[end] > 0.0 && told[0][end] + told[1][end] == 0.0) {
        return None;
    }
    let covered = told.map(|told| both([0, 1].map(|end| mean(told[end], fleets[end]))));
    let mut days =
        [0, 1].map(|end| Day { fleet: fleets[end], covered: covered.map(|covered| covered[end]), ..Day::default() });
    // The country's electricity on each day.
    let grid = ends.map(|basis| asset::grid(basis, Criterion::Co2e).map(|grid| grid.intensity.0));
    let keys: BTreeSet<&Key> = groups.iter().flat_map(BTreeMap::keys).collect();
    for key in keys {
        let group = [0, 1].map(|end| groups[end].get(key).copied().unwrap_or_default());
        let shares = [0, 1].map(|part| both([0, 1].map(|end| mean(group[end].told[part], told[part][end]))));
        let embodied = both(group.map(|group| mean(group.embodied, group.told[0])));
        let joules = both(group.map(|group| mean(group.joules, group.told[1])));
        // Only where the operator's series tells some of it is it another than the country's.
        let own = group.map(|group| mean(group.used, group.joules).filter(|_| group.by_series > 0.0));
        let intensity = both([0, 1].map(|end| own[end].or(grid[end])));
        for (end, day) in days.iter_mut().enumerate() {
            for (part, shares) in shares.iter().enumerate() {
                day.shares[part].push(shares[end]);
            }
            day.embodied.push(embodied[end]);
            day.joules.push(joules[end]);
            day.intensity.push(intensity[end]);
        }
    }
    Some(days)
}

fn groups(basis: &Basis, asked: &Asked) -> BTreeMap<Key, Group> {
    let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
    for cell in active(basis, asked) {
        let group = groups.entry((cell.kind, cell.row, cell.energy_row)).or_default();
        group.told[0] += cell.told[0];
        group.told[1] += cell.told[2];
        group.embodied += cell.embodied.into_iter().sum::<Impact>().0;
        for (_, energy, used) in cell.uses() {
            group.joules += energy.0;
            group.used += used.0;
        }
        group.by_series += cell.by_series.0;
    }
    groups
}

fn mean(sum: f64, count: f64) -> Option<f64> {
    (count > 0.0).then(|| sum / count)
}

/// What each day tells, else the other; 0 where neither does.
fn both([from, to]: [Option<f64>; 2]) -> [f64; 2] {
    [from.or(to), to.or(from)].map(|told| told.unwrap_or(0.0))
}
