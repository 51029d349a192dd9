//! Where things belong: the entity names of sources, placed in the configured tree.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::doubt::{Cause, Doubt};
use crate::entity::{Entity, EntityId, EntityTree, ROOT};
use crate::identity::name_matches;
use crate::packed::Packed;
use crate::record::Text;
use crate::shared::Shared;
use crate::snapshot::Placed;
use crate::testimony::{Line, Source, SourceId, Testimony};

use super::Rules;

/// Parts of an entity's path stand between these.
const SEPARATOR: &str = " > ";

/// Every entity name of every source, placed.
pub(crate) struct Places {
    pub entities: EntityTree,
    pub doubts: Vec<Doubt>,
    /// Where each source belongs.
    pub bases: Vec<EntityId>,
    of: FxHashMap<(SourceId, Shared), EntityId>,
    /// The configured entities, as names are compared.
    named: Vec<Named>,
    /// The entity of a name below another.
    below: HashMap<(EntityId, String), EntityId>,
    by_siret: HashMap<Text, EntityId>,
}

/// A configured entity, as names are compared.
struct Named {
    entity: EntityId,
    id: Text,
    aliases: Vec<Text>,
    name: String,
    path: String,
}

impl Places {
    /// Places all the names that sources tell, in an order that does not depend on that of arrival.
    pub fn of(testimonies: &[Testimony], rules: &Rules) -> Self {
        let mut places = Self::new(&rules.entities, testimonies.iter().map(|testimony| &testimony.source));
        for (at, testimony) in testimonies.iter().enumerate() {
            let told = testimony.observations.par_iter().filter_map(Packed::entity);
            let named = told.fold(FxHashSet::default, |mut named, told| {
                named.insert(told);
                named
            });
            let named: FxHashSet<Shared> = named.flatten().collect();
            let named = named.into_iter().map(|name| -> &Text { name.text() });
            let told: BTreeSet<&Text> = named.chain(testimony.lines.entities()).collect();
            places.take(SourceId(at as u16), &testimony.source.name, &told);
        }
        places
    }

    /// What is configured, for these sources in the order of belief.
    fn new<'s>(entities: &EntityTree, sources: impl Iterator<Item = &'s Source>) -> Self {
        let base = |source: &Source| source.entity.as_deref().and_then(|id| entities.find(id)).unwrap_or(ROOT);
        let bases = sources.map(base).collect();
        let mut places = Self {
            entities: entities.clone(),
            doubts: Vec::new(),
            bases,
            of: FxHashMap::default(),
            named: Vec::new(),
            below: HashMap::new(),
            by_siret: HashMap::new(),
        };
        places.learn();
        places
    }

    /// Places the names that a source tells.
    fn take(&mut self, source: SourceId, name: &str, told: &BTreeSet<&Text>) {
        let trunk = trunk(told);
        for told in told {
            let entity = self.place(source, name, told, trunk.as_deref());
            self.of.insert((source, Shared::of(told)), entity);
        }
    }

    /// Takes up the names of what is configured.
    fn learn(&mut self) {
        for (at, entity) in self.entities.nodes.iter().enumerate() {
            let id = EntityId(at as u32);
            if let Some(siret) = &entity.siret {
                // The organisation may be there once more as one of its entities, which is meant then.
                self.by_siret.insert(siret.clone(), id);
            }
            if let Some(parent) = entity.parent {
                self.below.entry((parent, entity.name.to_lowercase())).or_insert(id);
            }
            if entity.configured {
                self.named.push(Named {
                    entity: id,
                    id: entity.id.clone(),
                    aliases: entity.aliases.clone(),
                    name: entity.name.to_lowercase(),
                    path: self.path(id).to_lowercase(),
                });
            }
        }
    }

    /// The entity that a source means; its own base where it tells none.
    pub fn of_name(&self, source: SourceId, told: Option<Shared>) -> EntityId {
        let base = self.bases[source.0 as usize];
        told.and_then(|told| self.of.get(&(source, told))).copied().unwrap_or(base)
    }

    /// The entity a line belongs to: the one it tells, else the one whose SIRET it tells, else its source's.
    pub fn of_line(&self, source: SourceId, told: Option<&str>, siret: Option<&str>) -> EntityId {
        match told {
            Some(told) => self.of_name(source, Some(Shared::of(&Text::from(told)))),
            None => {
                siret.and_then(|siret| self.by_siret.get(siret)).copied().unwrap_or(self.bases[source.0 as usize])
            }
        }
    }

    /// A placed line: its SIRET is its own, else that of the nearest entity upward that has one.
    pub fn line<T: Clone>(
        &self,
        source: SourceId,
        line: &Line<T>,
        entity: EntityId,
        siret: Option<&Text>,
    ) -> Placed<T> {
        let siret = siret.cloned().unwrap_or_else(|| self.entities.siret_of(entity));
        Placed { source, native: line.native.clone(), told: line.told.clone(), entity, siret, asset: None }
    }

    fn place(&mut self, source: SourceId, name: &str, told: &str, trunk: Option<&str>) -> EntityId {
        let base = self.bases[source.0 as usize];
        let parts = parts(told);
        for (path, known) in paths(&parts, trunk) {
            if let Some(entity) = self.configured(name, &path, base) {
                return self.grow(entity, &parts[known..]);
            }
        }
        let below = below(&parts, trunk);
        if below.is_empty() {
            return base;
        }
        if self.entities.nodes.iter().skip(1).any(|entity| entity.configured) {
            self.doubts.push(Doubt { about: vec![Text::from(format!("{name}: {told}"))], what: Cause::Unplaced });
        }
        self.grow(base, below)
    }

    /// The configured entity within `base` that a source's path names: by alias, id, name or whole path.
    fn configured(&self, source: &str, path: &str, base: EntityId) -> Option<EntityId> {
        let lower = path.to_lowercase();
        let named = |find: &dyn Fn(&Named) -> bool| {
            let mut within =
                self.named.iter().filter(|named| find(named) && self.entities.is_within(named.entity, base));
            within.next().map(|named| named.entity)
        };
        named(&|named| named.aliases.iter().any(|alias| alias_matches(alias, source, path)))
            .or_else(|| named(&|named| *named.id == *path))
            .or_else(|| named(&|named| named.name == lower))
            .or_else(|| named(&|named| named.path == lower))
    }

    /// The names from below the root down to an entity.
    fn path(&self, entity: EntityId) -> String {
        let mut names: Vec<&str> = self.entities.upward(entity).map(|id| &*self.entities.entity(id).name).collect();
        names.pop();
        names.reverse();
        names.join(SEPARATOR)
    }

    /// The entity below `from` that these names lead to; those that nobody configured are added.
    fn grow(&mut self, from: EntityId, names: &[&str]) -> EntityId {
        names.iter().fold(from, |parent, name| {
            let key = (parent, name.to_lowercase());
            if let Some(known) = self.below.get(&key) {
                return *known;
            }
            let above = self.entities.entity(parent);
            let id = if parent == ROOT { (*name).to_owned() } else { format!("{}{SEPARATOR}{name}", above.id) };
            let entity =
                Entity { id: Text::from(id), name: Text::from(*name), parent: Some(parent), ..Entity::default() };
            self.entities.nodes.push(entity);
            let grown = EntityId((self.entities.nodes.len() - 1) as u32);
            self.below.insert(key, grown);
            grown
        })
    }
}

/// How the configured tree takes the entity names that sources tell, for whoever writes its aliases.
pub struct Naming {
    /// Of each source, `SOURCE: NAME` of those that nothing configured means; none where no entity is configured.
    pub unplaced: Vec<Vec<Text>>,
    /// The aliases that mean none of them, each behind the id of its entity.
    pub idle: Vec<(Text, Text)>,
}

/// Holds what each source tells against the configured tree.
pub fn naming(entities: &EntityTree, told: &[(Source, BTreeSet<Text>)]) -> Naming {
    let mut places = Places::new(entities, told.iter().map(|(source, _)| source));
    // Of each source its name, its base, and every path that an alias may mean.
    let mut heard: Vec<(&str, EntityId, BTreeSet<String>)> = Vec::new();
    let mut unplaced = Vec::new();
    for (at, (source, names)) in told.iter().enumerate() {
        let names: BTreeSet<&Text> = names.iter().collect();
        let trunk = trunk(&names);
        let paths = names.iter().flat_map(|name| paths(&parts(name), trunk.as_deref())).map(|(path, _)| path);
        heard.push((&*source.name, places.bases[at], paths.collect()));
        places.take(SourceId(at as u16), &source.name, &names);
        unplaced.push(places.doubts.drain(..).flat_map(|doubt| doubt.about).collect());
    }
    let means = |named: &Named, alias: &str| {
        heard.iter().any(|(source, base, paths)| {
            places.entities.is_within(named.entity, *base)
                && paths.iter().any(|path| alias_matches(alias, source, path))
        })
    };
    let mut idle = Vec::new();
    for named in &places.named {
        let silent = named.aliases.iter().filter(|alias| !means(named, alias));
        idle.extend(silent.map(|alias| (named.id.clone(), alias.clone())));
    }
    Naming { unplaced, idle }
}

/// The parts of an entity's path, outermost first.
fn parts(told: &str) -> Vec<&str> {
    told.split('>').map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Those below the root that all the names of their source share.
fn below<'p, 't>(parts: &'p [&'t str], trunk: Option<&str>) -> &'p [&'t str] {
    match (parts, trunk) {
        ([first, below @ ..], Some(trunk)) if *first == trunk => below,
        _ => parts,
    }
}

/// What of a path may be meant by one name, the longest first and then again below the trunk, each with how many of the
/// parts lie in it or above it.
fn paths(parts: &[&str], trunk: Option<&str>) -> Vec<(String, usize)> {
    let above = parts.len() - below(parts, trunk).len();
    let path = |from: usize, known: usize| (parts[from..known].join(SEPARATOR), known);
    let whole = (1..=parts.len()).rev().map(|known| path(0, known));
    // Without a trunk these are the same once more.
    let below = (above + 1..=parts.len()).rev().filter(|_| above > 0).map(|known| path(above, known));
    whole.chain(below).collect()
}

/// The root that all the entity names of a source share: it stands for the source's own base.
fn trunk(told: &BTreeSet<&Text>) -> Option<String> {
    let mut names = told.iter().map(|name| parts(name));
    let first = names.next()?;
    let root = first.first()?;
    let mut deeper = first.len() > 1;
    for parts in names {
        if parts.first() != Some(root) {
            return None;
        }
        deeper |= parts.len() > 1;
    }
    deeper.then(|| (*root).to_owned())
}

/// `path`, or `source: path`; a `*` at the end stands for anything.
fn alias_matches(alias: &str, source: &str, path: &str) -> bool {
    let wanted = match alias.split_once(':') {
        Some((of, wanted)) if of.trim() == source => wanted.trim(),
        // A colon may also be part of an entity's name.
        _ => alias.trim(),
    };
    name_matches(wanted, path)
}
