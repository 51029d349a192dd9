//! The footprints of all assets, gathered into cells of alike ones: sums are made of cells, so that each is computed once.

use std::collections::{BTreeMap, HashMap};

use crate::entity::EntityId;
use crate::factor::Tier;
use crate::indicator::{Basis, Grounds};
use crate::quantity::{Energy, Impact};
use crate::word::{Criterion, Kind, Status};

use super::asset;

/// Assets that are alike as far as the footprint's sums and errors go.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Where they belong.
    pub entity: EntityId,
    /// What they are.
    pub kind: Option<Kind>,
    /// Maker and model, as a number; 0 stands for an unknown model.
    pub model: u32,
    /// Their factor (index as of `Rows`).
    pub row: Option<usize>,
    /// How close it is.
    pub tier: Tier,
    /// The row that tells their electricity.
    pub energy_row: Option<usize>,
    /// How many active assets.
    pub count: f64,
    /// How many of them have an embodied figure a year, an undivided one, and a use figure.
    pub told: [f64; 3],
    /// Manufacture, distribution and end of life, a year.
    pub embodied: [Impact; 3],
    /// Embodied, undivided.
    pub undivided: Impact,
    /// Electricity a year: measured, declared of the thing, declared of its model, usual for the kind (`USED`).
    pub energy: [Energy; 4],
    /// Its impact.
    pub used: [Impact; 4],
    /// How much of it the operator's own series told.
    pub by_series: Impact,
    /// Of what was acquired, by civil year: embodied undivided, how many have a figure, how many there are.
    pub acquired: BTreeMap<i16, (Impact, f64, f64)>,
}

/// Gathers the footprints of all assets into cells.
pub fn cells(basis: &Basis, criterion: Criterion) -> Vec<Cell> {
    let rows = &basis.rows;
    let snapshot = basis.snapshot;
    // Each class of alike assets with its rows, and which of them rest on the same ones.
    let mut grounds = HashMap::new();
    let footings: Vec<(asset::Footing, usize)> = (rows.alike.iter())
        .map(|alike| {
            let facts = &snapshot.assets[alike.first].facts;
            let footing = asset::footing(basis, criterion, facts);
            let key = (facts.kind, alike.model, footing.choice.row, footing.choice.tier, footing.energy_row);
            let next = grounds.len();
            let ground = *grounds.entry(key).or_insert(next);
            (footing, ground)
        })
        .collect();
    let mut places = HashMap::new();
    let mut cells: Vec<Cell> = Vec::new();
    for (at, (asset, status)) in snapshot.assets.iter().zip(&basis.status).enumerate() {
        let facts = &asset.facts;
        if facts.virtual_machine == Some(true) {
            continue;
        }
        let active = matches!(status, Some(Status::InUse | Status::InStock | Status::InRepair));
        let year = asset::acquired_in(asset, basis.at);
        if !active && year.is_none() {
            continue;
        }
        let class = rows.class(at);
        let (footing, ground) = &footings[class];
        let footprint = asset::with(basis, asset, *status, footing);
        let place = *places.entry((asset.entity, *ground)).or_insert_with(|| {
            cells.push(Cell {
                entity: asset.entity,
                kind: facts.kind,
                model: rows.alike[class].model,
                row: footprint.row,
                tier: footprint.tier,
                energy_row: footprint.energy_row,
                count: 0.0,
                told: [0.0; 3],
                embodied: [Impact(0.0); 3],
                undivided: Impact(0.0),
                energy: [Energy(0.0); 4],
                used: [Impact(0.0); 4],
                by_series: Impact(0.0),
                acquired: BTreeMap::new(),
            });
            cells.len() - 1
        });
        let cell = &mut cells[place];
        if active {
            cell.count += 1.0;
            if let Some(annual) = footprint.annual {
                cell.told[0] += 1.0;
                for (sum, part) in cell.embodied.iter_mut().zip(annual) {
                    *sum += part;
                }
            }
            if let Some(undivided) = footprint.undivided {
                cell.told[1] += 1.0;
                cell.undivided += undivided;
            }
            if let (Some(energy), Some(used)) = (footprint.energy, footprint.used) {
                cell.told[2] += 1.0;
                let at = match (footprint.grounds, facts.annual_kwh) {
                    (Grounds::Measured, _) => 0,
                    (Grounds::Declared, Some(_)) => 1,
                    (Grounds::Declared, None) => 2,
                    _ => 3,
                };
                cell.energy[at] += energy;
                cell.used[at] += used;
                if footprint.by_series {
                    cell.by_series += used;
                }
            }
        }
        if let Some(year) = year {
            let (sum, told, all) = cell.acquired.entry(year).or_default();
            *all += 1.0;
            if let Some(undivided) = footprint.undivided {
                *told += 1.0;
                *sum += undivided;
            }
        }
    }
    cells
}

impl Cell {
    /// Electricity a year and its impact, by where they are known from.
    pub fn uses(&self) -> impl Iterator<Item = (Grounds, Energy, Impact)> + '_ {
        USED.into_iter().zip(self.energy).zip(self.used).map(|((grounds, energy), used)| (grounds, energy, used))
    }
}

/// Where use figures come from, in the order of `Cell::used`.
pub(super) const USED: [Grounds; 4] = [Grounds::Measured, Grounds::Declared, Grounds::Declared, Grounds::Default];
