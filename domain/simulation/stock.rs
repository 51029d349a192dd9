//! What there is of a kind, and how it leaves and is replaced.
//!
//! What leaves is at the head of a queue, and what replaces it goes to its end. As a year takes stock ÷ life of the
//! queue, after y years its head has come y/life times round it: a place that it has passed holds something younger
//! than the life, whenever that came. So a year is computed by itself, and the years between need not be.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::entity::EntityId;
use crate::indicator::footprint::{footings, with};
use crate::indicator::{Basis, span};
use crate::quantity::{Energy, Impact, Years};
use crate::word::{Criterion, Kind, Mode, Status};

use super::{Flow, Part, Path};

/// What there is of a kind.
#[derive(Default)]
pub struct Stock {
    /// Alike things. The order is that of four queues, oldest first: owned and rented, of unknown age and of known.
    lots: BTreeMap<Lot, Sums>,
    /// What is in stock, and what serves.
    pub uses: [Use; 2],
    /// Older than the life of its kind, and of unknown age.
    pub old: f64,
    /// Of unknown age.
    pub ageless: f64,
}

/// Things that are alike as far as queues and spreading go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Lot {
    rented: bool,
    start: Option<Date>,
    /// Bits of the years before us.
    upstream: u64,
    serves: bool,
}

#[derive(Default)]
struct Sums {
    count: f64,
    /// How many have a figure for making.
    made: f64,
    /// Making them, undivided, before anything is shared with those before us.
    embodied: Impact,
}

/// The electricity of some things.
#[derive(Default)]
pub struct Use {
    /// How many there are.
    pub count: f64,
    /// How many have a figure.
    told: f64,
    energy: Energy,
    used: Impact,
}

/// What is active of the entities that are asked for, by kind.
pub fn stocks(basis: &Basis, asked: &impl Fn(EntityId) -> bool) -> BTreeMap<Option<Kind>, Stock> {
    let rows = &basis.rows;
    let assets = &basis.snapshot.assets;
    let footings = footings(basis, Criterion::Co2e);
    let mut stocks: BTreeMap<Option<Kind>, Stock> = BTreeMap::new();
    for (at, asset) in assets.iter().enumerate() {
        let status = basis.status[at];
        let active = status.is_some_and(Status::is_active);
        if !active || !asked(asset.entity) {
            continue;
        }
        let footprint = with(basis, asset, status, &footings[asset.class as usize]);
        let stock = stocks.entry(asset.kind).or_default();
        let serves = status != Some(Status::InStock);
        let lot = Lot {
            rented: asset.mode == Some(Mode::Rental),
            start: asset.start,
            upstream: footprint.upstream.0.to_bits(),
            serves,
        };
        let sums = stock.lots.entry(lot).or_default();
        sums.count += 1.0;
        if let (Some(_), Some(row)) = (footprint.annual, footprint.row) {
            sums.made += 1.0;
            sums.embodied += rows.row(row).embodied();
        }
        let uses = &mut stock.uses[usize::from(serves)];
        uses.count += 1.0;
        if let (Some(energy), Some(used)) = (footprint.energy, footprint.used) {
            uses.told += 1.0;
            uses.energy += energy;
            uses.used += used;
        }
        match (footprint.age, footprint.reference) {
            (None, _) => stock.ageless += 1.0,
            (Some(age), Some(life)) if age.0 > life.0 => stock.old += 1.0,
            _ => {}
        }
    }
    stocks
}

impl Path {
    /// What is left of a lot once the scenario has taken its share.
    fn weight(&self, serves: bool) -> f64 {
        if serves { 1.0 - self.removed } else { 1.0 }
    }

    /// What of making it stands for a year of what has replaced a thing, and which part of that has a figure.
    fn replaced(&self, life: Years, rented: bool) -> [f64; 2] {
        let share = if rented { 0.0 } else { self.refurbished };
        let spread = |upstream: Years| 1.0 / (upstream + life).0;
        match self.upstream {
            Some(upstream) => [(1.0 - share) * spread(Years(0.0)) + share * spread(upstream), 1.0],
            None => [(1.0 - share) * spread(Years(0.0)), 1.0 - share],
        }
    }

    fn used(&self, energy: Energy, used: Impact) -> Impact {
        self.intensity.map_or(used, |intensity| energy * intensity)
    }
}

impl Stock {
    /// The stock at the end of a year, from 1 on, and what came and went in that year.
    pub fn after(&self, at: Date, year: u8, path: &Path) -> Part {
        let years = f64::from(year);
        let mut part = Part::default();
        let mut flow = Flow::default();
        let lots: Vec<(&Lot, &Sums)> = self.lots.iter().collect();
        for queue in lots.chunk_by(|(a, _), (b, _)| (a.rented, a.start.is_some()) == (b.rented, b.start.is_some())) {
            let rented = queue[0].0.rented;
            let count = |lots: &[(&Lot, &Sums)]| {
                lots.iter().map(|(lot, sums)| path.weight(lot.serves) * sums.count).sum::<f64>()
            };
            let length = count(queue);
            part.assets += length;
            let turned = path.life.map_or(0.0, |life| length / life.0);
            let head = turned * years;
            flow.leave(turned, rented, path);
            let mut place = 0.0;
            // What began on one day leaves together.
            for alike in queue.chunk_by(|(a, _), (b, _)| a.start == b.start) {
                let size = count(alike);
                let gone = if size > 0.0 { ((head - place) / size).clamp(0.0, 1.0) } else { 0.0 };
                place += size;
                for (lot, sums) in alike {
                    let Some(life) = path.life else { continue };
                    let [spread, told] = path.replaced(life, rented);
                    let age = lot.start.map_or(0.0, |start| span(start, at).0 + years);
                    let kept = 1.0 / (f64::from_bits(lot.upstream) + age.max(life.0));
                    let weight = path.weight(lot.serves);
                    part.embodied += sums.embodied * (weight * ((1.0 - gone) * kept + gone * spread));
                    part.covered[0] += weight * sums.made * ((1.0 - gone) + gone * told);
                }
            }
        }
        for (serves, uses) in self.uses.iter().enumerate() {
            let weight = path.weight(serves == 1);
            part.used += path.used(uses.energy, uses.used) * weight;
            part.covered[1] += weight * uses.told;
            if year == 1 {
                flow.removed += if serves == 1 { path.removed * uses.count } else { 0.0 };
            }
        }
        flow.exits += flow.removed;
        for (since, count) in path.joining.iter().filter(|(since, _)| *since <= year) {
            self.join(path, *count, year - since, &mut part, &mut flow);
        }
        part.total = part.embodied + part.used;
        part.flow = Some(flow);
        part
    }

    /// What has joined so many whole years before this one: each like the mean of what is here, ages evenly spread
    /// from none to the life of the kind. So it is never older, and as much of it leaves in each year.
    fn join(&self, path: &Path, count: f64, before: u8, part: &mut Part, flow: &mut Flow) {
        part.assets += count;
        if before == 0 {
            flow.joined += count;
        }
        let (made, embodied) = self
            .lots
            .values()
            .fold((0.0, Impact(0.0)), |(made, embodied), sums| (made + sums.made, embodied + sums.embodied));
        if let Some(life) = path.life {
            let turned = count / life.0;
            flow.leave(turned, false, path);
            let gone = (f64::from(before + 1) / life.0).min(1.0);
            let [spread, told] = path.replaced(life, false);
            if made > 0.0 {
                part.embodied += embodied * (count / made * ((1.0 - gone) / life.0 + gone * spread));
                part.covered[0] += count * ((1.0 - gone) + gone * told);
            }
        }
        let told: f64 = self.uses.iter().map(|uses| uses.told).sum();
        if told > 0.0 {
            let used: Impact = self.uses.iter().map(|uses| path.used(uses.energy, uses.used)).sum();
            part.used += used * (count / told);
            part.covered[1] += count;
        }
    }
}

impl Flow {
    /// So many leave and are replaced.
    fn leave(&mut self, count: f64, rented: bool, path: &Path) {
        self.exits += count;
        if rented {
            self.rented += count;
        } else {
            self.refurbished += count * path.refurbished;
            self.new += count * (1.0 - path.refurbished);
        }
    }
}
