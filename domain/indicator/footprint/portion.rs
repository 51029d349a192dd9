//! A total, factor by factor.

use std::collections::BTreeMap;

use crate::entity::EntityId;
use crate::factor::Tier;
use crate::indicator::{Basis, Grounds};
use crate::quantity::{Energy, Estimate, Impact};
use crate::record::Text;
use crate::word::Kind;

use super::sum::Sum;
use super::{empty, whole};

/// What one factor brings to a total: all assets of a kind that rest on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Portion {
    /// What they are.
    pub kind: Option<Kind>,
    /// How close the factor is, and why it was chosen.
    pub tier: Tier,
    /// The factor of their making.
    pub factor: Option<Text>,
    /// Who publishes it, in which edition, and where it is found; empty without a factor.
    pub origin: String,
    /// How many assets.
    pub count: f64,
    /// How many of them have a figure for making, and for use.
    pub told: [f64; 2],
    /// Manufacture, distribution and end of life, a year.
    pub embodied: Impact,
    /// Electricity a year, with overhead.
    pub energy: Energy,
    /// Where that is known from.
    pub grounds: Option<Grounds>,
    /// The factor that tells it, where nothing closer does.
    pub energy_factor: Option<Text>,
    /// The impact of that electricity, a year.
    pub used: Impact,
    /// Both, a year, with bounds; those of several portions do not add.
    pub annual: Estimate,
}

/// A total, factor by factor: the parts add up to it. `asked` chooses among entities and kinds.
pub fn portions(basis: &Basis, asked: impl Fn(EntityId, Option<Kind>) -> bool) -> Vec<Portion> {
    let mut portions: BTreeMap<_, (Portion, Sum)> = BTreeMap::new();
    for cell in basis.cells.iter().filter(|cell| cell.count > 0.0) {
        if !asked(cell.entity, cell.kind) {
            continue;
        }
        let factor = cell.row.map(|row| basis.rows.row(row));
        let (portion, sum) = portions.entry((cell.kind, cell.row, cell.tier, cell.energy_row)).or_insert_with(|| {
            (
                Portion {
                    kind: cell.kind,
                    tier: cell.tier,
                    factor: factor.map(|factor| factor.id.clone()),
                    origin: factor.map_or_else(String::new, |factor| {
                        let set = &basis.settings.factors.sets[factor.set];
                        format!("{}, {}; {}", set.publisher, set.edition, factor.found)
                    }),
                    count: 0.0,
                    told: [0.0; 2],
                    embodied: Impact(0.0),
                    energy: Energy(0.0),
                    grounds: None,
                    energy_factor: cell.energy_row.map(|row| basis.rows.row(row).id.clone()),
                    used: Impact(0.0),
                    annual: Estimate::default(),
                },
                empty(basis),
            )
        });
        whole(sum, basis, cell);
        portion.count += cell.count;
        portion.told[0] += cell.told[0];
        portion.told[1] += cell.told[2];
        portion.embodied += cell.embodied.into_iter().sum();
        for (grounds, energy, used) in cell.uses() {
            portion.energy += energy;
            portion.used += used;
            if energy.0 > 0.0 {
                portion.grounds = Some(match portion.grounds {
                    Some(other) if other != grounds => Grounds::Mixed,
                    _ => grounds,
                });
            }
        }
    }
    let settled = |(portion, sum): (Portion, Sum)| Portion { annual: sum.estimate(), ..portion };
    portions.into_values().map(settled).collect()
}

/// What they come to together, a year.
pub fn total(portions: &[Portion]) -> Impact {
    portions.iter().map(|portion| portion.annual.value).sum()
}

/// What all portions of a kind come to, a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The kind.
    pub kind: Option<Kind>,
    /// How many assets.
    pub count: f64,
    /// Manufacture, distribution and end of life.
    pub embodied: Impact,
    /// Use.
    pub used: Impact,
}

impl Part {
    /// Both.
    pub fn total(&self) -> Impact {
        self.embodied + self.used
    }
}

/// Portions by kind, the heaviest first.
pub fn parts(portions: &[Portion]) -> Vec<Part> {
    let mut parts: BTreeMap<Option<Kind>, Part> = BTreeMap::new();
    for portion in portions {
        let none = Part { kind: portion.kind, count: 0.0, embodied: Impact(0.0), used: Impact(0.0) };
        let part = parts.entry(portion.kind).or_insert(none);
        part.count += portion.count;
        part.embodied += portion.embodied;
        part.used += portion.used;
    }
    let mut parts: Vec<Part> = parts.into_values().collect();
    parts.sort_by(|a, b| b.total().0.total_cmp(&a.total().0));
    parts
}

/// The annual footprint of each kind, all phases, with its bounds; a kind of which nothing has a figure is not there.
pub fn kinds(basis: &Basis) -> Vec<(Option<Kind>, Estimate)> {
    let mut sums: BTreeMap<Option<Kind>, Sum> = BTreeMap::new();
    for cell in basis.cells.iter().filter(|cell| cell.count > 0.0 && cell.told[0] + cell.told[2] > 0.0) {
        let sum = sums.entry(cell.kind).or_insert_with(|| empty(basis));
        whole(sum, basis, cell);
    }
    sums.into_iter().map(|(kind, sum)| (kind, sum.estimate())).collect()
}
