//! Second screens: monitors beyond one for each workstation.

use std::collections::BTreeMap;

use crate::entity::EntityId;
use crate::indicator::Basis;
use crate::word::{Kind, Status};

use super::Scenario;

/// Screens in service, and those of them that are second ones.
pub struct Screens {
    /// Monitors in service.
    monitors: f64,
    /// Of these, beyond one for each workstation in service of the same entity: that another office lacks screens makes
    /// none of this one's a first.
    pub second: f64,
}

impl Screens {
    /// Those of the entities that are asked for.
    pub fn of(basis: &Basis, asked: &impl Fn(EntityId) -> bool) -> Self {
        let mut counts: BTreeMap<EntityId, [f64; 2]> = BTreeMap::new();
        for (asset, status) in basis.active().filter(|(asset, _)| asked(asset.entity)) {
            let at = match asset.kind {
                Some(Kind::Monitor) => 0,
                Some(kind) if kind.is_workplace() => 1,
                _ => continue,
            };
            if status != Status::InStock {
                counts.entry(asset.entity).or_default()[at] += 1.0;
            }
        }
        let monitors = counts.values().map(|[monitors, _]| monitors).sum();
        let second = counts.values().map(|[monitors, workstations]| (monitors - workstations).max(0.0)).sum();
        Self { monitors, second }
    }

    /// Of all monitors in service, the share that a scenario takes away: which ones is not known, so of each the same.
    pub fn share(&self, scenario: &Scenario) -> f64 {
        if self.second > 0.0 { scenario.second_screens_removed * self.second / self.monitors } else { 0.0 }
    }
}
