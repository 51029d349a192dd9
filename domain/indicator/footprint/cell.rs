//! The footprints of all assets, gathered into cells of alike ones: sums are made of cells, so that each is computed once.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::entity::EntityId;
use crate::factor::Tier;
use crate::indicator::census::PIECE;
use crate::indicator::{Basis, Grounds};
use crate::quantity::{Energy, Impact};
use crate::snapshot::Asset;
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
    /// Electricity a year whose impact no factor tells, by the same, and of how many assets.
    pub without_impact: ([Energy; 4], f64),
    /// How much of it the operator's own series told.
    pub by_series: Impact,
    /// Of what was acquired, by civil year: embodied undivided, how many have a figure, how many there are.
    pub acquired: BTreeMap<i16, (Impact, f64, f64)>,
}

/// Pieces that assets are gathered in, at most.
const PIECES: usize = 8;

/// Gathers the footprints of all assets into cells.
pub fn cells(basis: &Basis, criterion: Criterion) -> Vec<Cell> {
    let (rows, snapshot) = (&basis.rows, basis.snapshot);
    // Which classes rest on the same rows, and what those are: few enough for a processor's cache.
    let (mut known, mut grounds) = (HashMap::new(), Vec::new());
    let of_class: Vec<u32> = (rows.alike.iter().zip(asset::footings(basis, criterion)))
        .map(|(alike, footing)| {
            let key = (alike.facts.kind(), alike.model, footing.choice.row, footing.choice.tier, footing.energy_row);
            *known.entry(key).or_insert_with(|| {
                grounds.push(footing);
                grounds.len() as u32 - 1
            })
        })
        .collect();
    // Each piece finds most cells again: a large fleet has few pieces, as many on every machine.
    let size = snapshot.assets.len().div_ceil(PIECES).max(PIECE);
    let pieces: Vec<Vec<(Place, Cell)>> = snapshot
        .assets
        .par_chunks(size)
        .zip(basis.status.par_chunks(size))
        .map(|(assets, status)| piece(basis, assets, status, &of_class, &grounds))
        .collect();
    // One piece after the other: what rounding does depends on nothing but the assets.
    let mut places: FxHashMap<Place, usize> = FxHashMap::default();
    let mut cells: Vec<Cell> = Vec::new();
    for (place, cell) in pieces.into_iter().flatten() {
        match places.get(&place) {
            Some(known) => cells[*known].add(cell),
            None => {
                places.insert(place, cells.len());
                cells.push(cell);
            }
        }
    }
    cells
}

/// A cell's entity, and what its sums rest on.
type Place = (EntityId, u32);

/// The cells of some assets.
fn piece(
    basis: &Basis,
    assets: &[Asset],
    status: &[Option<Status>],
    of_class: &[u32],
    grounds: &[&asset::Footing],
) -> Vec<(Place, Cell)> {
    let rows = &basis.rows;
    let mut places = FxHashMap::default();
    let mut cells: Vec<(Place, Cell)> = Vec::new();
    for (asset, status) in assets.iter().zip(status) {
        if asset.is_virtual {
            continue;
        }
        let active = status.is_some_and(Status::is_active);
        let year = asset::acquired_in(asset, basis.at);
        if !active && year.is_none() {
            continue;
        }
        let class = asset.class as usize;
        let ground = of_class[class];
        let footprint = asset::with(basis, asset, *status, grounds[ground as usize]);
        let at = (asset.entity, ground);
        let place = *places.entry(at).or_insert_with(|| {
            cells.push((
                at,
                Cell {
                    entity: asset.entity,
                    kind: asset.kind,
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
                    without_impact: ([Energy(0.0); 4], 0.0),
                    by_series: Impact(0.0),
                    acquired: BTreeMap::new(),
                },
            ));
            cells.len() - 1
        });
        let cell = &mut cells[place].1;
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
            if let Some(energy) = footprint.energy {
                let at = match (footprint.grounds, asset.annual_kwh()) {
                    (Grounds::Measured, _) => 0,
                    (Grounds::Declared, Some(_)) => 1,
                    (Grounds::Declared, None) => 2,
                    _ => 3,
                };
                match footprint.used {
                    Some(used) => {
                        cell.told[2] += 1.0;
                        cell.energy[at] += energy;
                        cell.used[at] += used;
                        if footprint.by_series {
                            cell.by_series += used;
                        }
                    }
                    None => {
                        cell.without_impact.0[at] += energy;
                        cell.without_impact.1 += 1.0;
                    }
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
    fn add(&mut self, other: Self) {
        fn sum<T: std::ops::AddAssign, const N: usize>(sums: &mut [T; N], more: [T; N]) {
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        self.count += other.count;
        sum(&mut self.told, other.told);
        sum(&mut self.embodied, other.embodied);
        self.undivided += other.undivided;
        sum(&mut self.energy, other.energy);
        sum(&mut self.used, other.used);
        sum(&mut self.without_impact.0, other.without_impact.0);
        self.without_impact.1 += other.without_impact.1;
        self.by_series += other.by_series;
        for (year, (impact, told, all)) in other.acquired {
            let own = self.acquired.entry(year).or_default();
            *own = (own.0 + impact, own.1 + told, own.2 + all);
        }
    }

    /// All electricity a year, by where it is known from, and of how many assets it is known.
    pub fn drawn(&self) -> (impl Iterator<Item = (Grounds, Energy)> + '_, f64) {
        let energy = self.energy.into_iter().zip(self.without_impact.0).map(|(told, alone)| told + alone);
        (USED.into_iter().zip(energy), self.told[2] + self.without_impact.1)
    }

    /// Electricity a year and its impact, by where they are known from; of what has an impact.
    pub fn uses(&self) -> impl Iterator<Item = (Grounds, Energy, Impact)> + '_ {
        USED.into_iter().zip(self.energy).zip(self.used).map(|((grounds, energy), used)| (grounds, energy, used))
    }
}

/// Where use figures come from, in the order of `Cell::used`.
pub(super) const USED: [Grounds; 4] = [Grounds::Measured, Grounds::Declared, Grounds::Declared, Grounds::Default];
