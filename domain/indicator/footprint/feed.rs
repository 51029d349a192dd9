//! What measured rooms give the assets that stand in them. A room's measure replaces the declarations and defaults of
//! what it feeds, and is shared in their proportion; it is added to nothing.

use std::collections::HashMap;

use crate::indicator::Basis;
use crate::packed::Packed;
use crate::quantity::{Energy, Intensity, YEAR_SECONDS};
use crate::shared::Shared;
use crate::snapshot::Asset;
use crate::word::{Kind, Status};

use super::asset;

/// What each room gives.
#[derive(Clone, Debug, Default)]
pub struct Feeds {
    rooms: Vec<Fed>,
    /// The room that a location means (index into `Snapshot::rooms`).
    places: HashMap<Shared, usize>,
}

/// What one room gives.
#[derive(Clone, Debug, Default)]
struct Fed {
    /// What its IT equipment takes a year, as measured; `None` where that covers too little.
    annual: Option<Energy>,
    /// Total over IT energy, as measured.
    pue: Option<f64>,
    /// The intensity of that electricity by the operator's own series.
    intensity: Option<Intensity>,
    /// Declared and default electricity a year of what it feeds.
    told: Energy,
    /// How many assets it feeds.
    count: f64,
    /// How many of them have no such figure.
    untold: f64,
}

impl Feeds {
    /// What rooms give at the end of the basis' day.
    pub fn of(basis: &Basis) -> Self {
        let snapshot = basis.snapshot;
        let least = basis.settings.assumptions.measured_days * 86_400.0;
        let series = basis.settings.factors.series.as_ref();
        let mut feeds = Self::default();
        if snapshot.rooms.iter().all(|room| room.locations.is_empty()) {
            return feeds;
        }
        for room in &snapshot.rooms {
            let it = room.it(basis.at).filter(|it| it.seconds >= least);
            let common = room.common(basis.at).filter(|common| common.covered.0 >= least);
            feeds.rooms.push(Fed {
                annual: it.map(|it| it.energy * (YEAR_SECONDS / it.seconds)),
                pue: common.and_then(|common| common.pue()),
                intensity: series.and_then(|series| room.intensity(basis.at, &series.days)),
                ..Fed::default()
            });
        }
        let mut nowhere = std::collections::HashSet::new();
        for asset in snapshot.assets.iter().chain(&snapshot.roommates) {
            let Some(location) = asset.told(Packed::location) else { continue };
            if feeds.places.contains_key(&location) || nowhere.contains(&location) {
                continue;
            }
            match snapshot.rooms.iter().position(|room| room.means(location.text())) {
                Some(room) => drop(feeds.places.insert(location, room)),
                None => drop(nowhere.insert(location)),
            }
        }
        let inside = snapshot.assets.iter().zip(basis.status.iter().copied());
        let outside = snapshot
            .roommates
            .iter()
            .map(|asset| (asset, if asset.is_virtual { None } else { asset.status(basis.at) }));
        for (asset, status) in inside.chain(outside) {
            feeds.count(basis, asset, status);
        }
        feeds
    }

    fn count(&mut self, basis: &Basis, asset: &Asset, status: Option<Status>) {
        let Some(room) = self.room(asset).filter(|_| is_fed(asset.kind, status)) else { return };
        let own = asset::own_energy(basis, asset, basis.rows.energies()[asset.class as usize]);
        let fed = &mut self.rooms[room];
        fed.count += 1.0;
        match own {
            Some((energy, _)) => fed.told += energy,
            None => fed.untold += 1.0,
        }
    }

    /// The room in which something stands (index into `Snapshot::rooms`).
    pub fn room(&self, asset: &Asset) -> Option<usize> {
        if self.places.is_empty() {
            return None;
        }
        self.places.get(&asset.told(Packed::location)?).copied()
    }

    /// Does any asset draw on a room?
    pub fn feeds(&self, room: usize) -> bool {
        self.rooms.get(room).is_some_and(|fed| fed.count > 0.0)
    }

    /// The intensity of what a room takes, by the operator's own series.
    pub fn intensity(&self, room: usize) -> Option<Intensity> {
        self.rooms[room].intensity
    }

    /// Power usage effectiveness of a room, as measured.
    pub fn pue(&self, room: usize) -> Option<f64> {
        self.rooms[room].pue
    }

    /// What a measured room gives something that stands in it, a year and before overhead; `None` where the measure
    /// says nothing of it.
    pub fn share(
        &self,
        room: usize,
        kind: Option<Kind>,
        status: Option<Status>,
        own: Option<Energy>,
    ) -> Option<Energy> {
        let fed = &self.rooms[room];
        let annual = fed.annual?;
        if matches!(kind, Some(Kind::Ups | Kind::Pdu)) {
            // What goes through it is what it feeds; what it loses is within the room's overhead.
            return Some(Energy(0.0));
        }
        if !is_fed(kind, status) {
            return None;
        }
        let equal = annual * (1.0 / fed.count);
        // Those of which nobody tells what they take have an equal share; the others divide the rest by what they tell.
        let rest = annual * (1.0 - fed.untold / fed.count);
        Some(match own {
            Some(own) if fed.told.0 > 0.0 => rest * (own.0 / fed.told.0),
            _ => equal,
        })
    }
}

/// Does it draw on the IT electricity of its room?
fn is_fed(kind: Option<Kind>, status: Option<Status>) -> bool {
    matches!(status, Some(Status::InUse | Status::InRepair)) && !matches!(kind, Some(Kind::Ups | Kind::Pdu))
}
