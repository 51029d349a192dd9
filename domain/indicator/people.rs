//! People: how many, and how much equipment each has.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::entity::{EntityId, ROOT};
use crate::record::Text;
use crate::testimony::SourceId;
use crate::word::Kind;

use super::basis::kind_label;
use super::{Basis, Indicator, Reading};

/// The questions about people.
pub static ALL: &[Indicator] = &[
    Indicator { name: "agents", help: "People at work, by entity.", unit: "agents", compute: agents },
    Indicator {
        name: "assets_per_agent_ratio",
        help: "Active assets of a kind for one agent of the entity.",
        unit: "ratio",
        compute: per_agent,
    },
];

/// The people of an entity, as its first-believed source counts them.
struct Counted {
    people: f64,
    /// The entity's own total, which holds those of the entities below it; not only its departments.
    total: bool,
}

/// People by entity node: the newest count up to the day, of each department; an entity's own total wins over the
/// sum of its departments, and the first-believed source wins over the others.
fn counted(basis: &Basis) -> BTreeMap<EntityId, Counted> {
    // Several names may mean one entity: each is counted by itself.
    type Named = BTreeMap<Option<Text>, BTreeMap<Option<Text>, (Date, f64)>>;
    let mut told: BTreeMap<EntityId, BTreeMap<SourceId, Named>> = BTreeMap::new();
    for line in &basis.snapshot.headcounts {
        let (Some(date), Some(people)) = (line.told.date, line.told.agents) else { continue };
        if date > basis.at {
            continue;
        }
        let named = told.entry(line.entity).or_default().entry(line.source).or_default();
        let newest = named.entry(line.told.entity.clone()).or_default();
        let entry = newest.entry(line.told.department.clone()).or_insert((date, people));
        if date >= entry.0 {
            *entry = (date, people);
        }
    }
    let count = |named: &Named| {
        let mut counted = Counted { people: 0.0, total: false };
        for newest in named.values() {
            match newest.get(&None) {
                Some((_, total)) => (counted.people, counted.total) = (counted.people + total, true),
                None => counted.people += newest.values().map(|(_, people)| people).sum::<f64>(),
            }
        }
        counted
    };
    told.into_iter().filter_map(|(entity, sources)| Some((entity, count(sources.values().next()?)))).collect()
}

/// People by published entity. An entity's own total holds those below it that are published with it.
pub fn agents_by_entity(basis: &Basis) -> BTreeMap<Text, f64> {
    let counted = counted(basis);
    let tree = &basis.snapshot.entities;
    let mut sums: BTreeMap<Text, f64> = BTreeMap::new();
    for (entity, Counted { people, .. }) in &counted {
        let label = basis.entity(*entity);
        let above = tree.entity(*entity).parent;
        let held = std::iter::successors(above, |id| tree.entity(*id).parent)
            .take_while(|above| basis.entity(*above) == label)
            .any(|above| counted.get(&above).is_some_and(|above| above.total));
        if !held {
            *sums.entry(label).or_default() += people;
        }
    }
    sums
}

/// The entity under which everyone is counted: the organisation, where its own total is told. All equipment is theirs.
pub fn everyone(basis: &Basis) -> Option<Text> {
    counted(basis).get(&ROOT).filter(|counted| counted.total).map(|_| basis.entity(ROOT))
}

fn agents(basis: &Basis) -> Vec<Reading> {
    agents_by_entity(basis)
        .into_iter()
        .map(|(entity, people)| Reading::of(vec![("entity", entity)], people))
        .collect()
}

fn per_agent(basis: &Basis) -> Vec<Reading> {
    let agents = agents_by_entity(basis);
    let everyone = everyone(basis);
    let of_everyone = everyone.iter().flat_map(|all| basis.kinds().into_iter().map(|kind| (all.clone(), kind)));
    let known = basis.entity_kinds().into_iter().chain(of_everyone);
    let mut counts: BTreeMap<(Text, Option<Kind>), f64> = known.map(|key| (key, 0.0)).collect();
    for count in basis.active_counts() {
        let own = basis.entity_of(count.entity, count.kind);
        if let Some(everyone) = everyone.as_ref().filter(|everyone| **everyone != own) {
            *counts.entry((everyone.clone(), count.kind)).or_default() += count.count as f64;
        }
        *counts.entry((own, count.kind)).or_default() += count.count as f64;
    }
    let readings = counts.into_iter().filter_map(|((entity, kind), count)| {
        let people = *agents.get(&entity).filter(|people| **people > 0.0)?;
        Some(Reading::of(vec![("entity", entity), ("kind", kind_label(kind))], count / people))
    });
    readings.collect()
}
