//! Small cells: what is published of few things of a person's, in one entity, would tell of people. Where it is told instead,
//! and where it is not told at all.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::entity::{EntityId, EntityTree, ROOT};
use crate::record::Text;
use crate::snapshot::{Asset, Snapshot};
use crate::word::{Kind, Status};

use super::Basis;

/// Where each cell that is too small is told: mostly in `other`.
///
/// Where one entity alone could be meant by `other`, that word would hide nothing: its cell is told as part of the one
/// above, as what lies deeper than the depth of entities is.
pub(super) fn small_cells(basis: &Basis) -> BTreeMap<(Text, Kind), Text> {
    let (tree, least) = (&basis.snapshot.entities, basis.publishing.min_cell);
    let mut counts: BTreeMap<Kind, BTreeMap<Text, usize>> = BTreeMap::new();
    let mut meant: BTreeMap<Text, EntityId> = BTreeMap::new();
    for count in &basis.census {
        let published = basis.published(count.entity);
        if tree.entity(published).siret.is_some() || published == ROOT {
            continue;
        }
        let label = basis.entity(count.entity);
        meant.insert(label.clone(), published);
        if let Some(kind) = count.kind.filter(|kind| kind.is_personal()) {
            *counts.entry(kind).or_default().entry(label).or_default() += count.count as usize;
        }
    }
    let above = |label: &Text| {
        let published = meant.get(label).copied().unwrap_or(ROOT);
        let buyer = tree.upward(published).skip(1).find(|above| tree.entity(*above).siret.is_some());
        tree.entity(buyer.unwrap_or(ROOT)).id.clone()
    };
    let mut folded = BTreeMap::new();
    for (kind, entities) in counts {
        let mut by_size: Vec<(usize, Text)> = entities.into_iter().map(|(label, count)| (count, label)).collect();
        by_size.sort();
        let mut other = 0;
        for (count, label) in by_size {
            // Were the folded ones together too few, the smallest sibling joins them.
            if count < least || (other > 0 && other < least) {
                other += count;
                let told = if meant.len() == 1 { above(&label) } else { Text::from("other") };
                folded.insert((label, kind), told);
            }
        }
    }
    folded
}

/// Has no buyer among these entities or below them: what is told of it is told of no other.
fn stands_alone(tree: &EntityTree, part: &[EntityId], entity: EntityId) -> bool {
    let inside = |of: EntityId| part.iter().any(|allowed| tree.is_within(of, *allowed));
    !tree.upward(entity).any(|above| inside(above) && (above == ROOT || tree.entity(above).siret.is_some()))
}

impl Snapshot {
    /// What belongs to these entities and to those below them, for someone who may not see single things: personal things of
    /// a kind of which, outside buyers, there are fewer than `least` on one of these days, are left out.
    pub fn told_within(&self, entities: &[EntityId], least: usize, days: &[Date]) -> Self {
        let inside = |entity: EntityId| entities.iter().any(|allowed| self.entities.is_within(entity, *allowed));
        let alone: Vec<bool> = (0..self.entities.nodes.len() as u32)
            .map(EntityId)
            .map(|entity| inside(entity) && stands_alone(&self.entities, entities, entity))
            .collect();
        let personal = |asset: &Asset| {
            let kind = asset.kind.filter(|kind| kind.is_personal() && alone[asset.entity.0 as usize]);
            kind.filter(|_| !asset.is_virtual)
        };
        let mut few: BTreeSet<Kind> = BTreeSet::new();
        for day in days {
            let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
            for asset in &self.assets {
                let Some(kind) = personal(asset) else { continue };
                if !matches!(asset.status(*day), None | Some(Status::Disposed | Status::Lost)) {
                    *counts.entry(kind).or_default() += 1;
                }
            }
            few.extend(counts.into_iter().filter(|(_, count)| *count < least).map(|(kind, _)| kind));
        }
        self.part_of(entities, |asset| personal(asset).is_none_or(|kind| !few.contains(&kind)))
    }
}
