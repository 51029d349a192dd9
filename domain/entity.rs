//! Towns, bodies and departments, in a tree.

use crate::record::Text;

/// An entity, by its place in the tree: 0 is the organisation itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityId(pub u32);

/// The organisation: the root of the tree.
pub const ROOT: EntityId = EntityId(0);

/// Stands for the SIRET of an organisation that has told none, wherever buyers are told by SIRET.
pub const NO_SIRET: &str = "unknown";

/// One entity. With a SIRET it is a buyer of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entity {
    /// Its id in the configuration; for one that only sources name, its path below the organisation.
    pub id: Text,
    /// Its name for readers.
    pub name: Text,
    /// The entity above; none for the root.
    pub parent: Option<EntityId>,
    /// SIRET of its own, 14 digits.
    pub siret: Option<Text>,
    /// Subject to AGEC article 58 and REEN article 16; meaningful beside a SIRET.
    pub legal_subject: bool,
    /// Inhabitants (REEN article 35 applies above 50 000).
    pub population: Option<u32>,
    /// How sources name it: `path`, or `source: path`; a `*` at the end stands for anything.
    pub aliases: Vec<Text>,
    /// Told by the configuration, not only by sources.
    pub configured: bool,
}

/// The tree. Parents stand before their children.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityTree {
    /// All entities; the organisation is the first.
    pub nodes: Vec<Entity>,
}

impl EntityTree {
    /// The entity at this place.
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.nodes[id.0 as usize]
    }

    /// The entity and those above it, up to the root.
    pub fn upward(&self, id: EntityId) -> impl Iterator<Item = EntityId> + '_ {
        std::iter::successors(Some(id), |id| self.entity(*id).parent)
    }

    /// Is `id` this entity, or below it?
    pub fn is_within(&self, id: EntityId, ancestor: EntityId) -> bool {
        self.upward(id).any(|above| above == ancestor)
    }

    /// The nearest entity upward that has a SIRET: the buyer. The root where none has.
    pub fn buyer(&self, id: EntityId) -> EntityId {
        self.upward(id).find(|above| self.entity(*above).siret.is_some()).unwrap_or(ROOT)
    }

    /// The SIRET of the buyer; [`NO_SIRET`] where there is none.
    pub fn siret_of(&self, id: EntityId) -> Text {
        self.entity(self.buyer(id)).siret.clone().unwrap_or_else(|| Text::from(NO_SIRET))
    }

    /// The first entity of this SIRET; the organisation for [`NO_SIRET`], where it has none.
    pub fn of_siret(&self, siret: &str) -> Option<&Entity> {
        let organisation = &self.nodes[0];
        let nobody = siret == NO_SIRET && organisation.siret.is_none();
        if nobody {
            Some(organisation)
        } else {
            self.nodes.iter().find(|entity| entity.siret.as_deref() == Some(siret))
        }
    }

    /// The entity of this id, else of this name.
    pub fn find(&self, name: &str) -> Option<EntityId> {
        let by = |same: fn(&Entity, &str) -> bool| self.nodes.iter().position(|entity| same(entity, name));
        by(|entity, name| &*entity.id == name)
            .or_else(|| by(|entity, name| entity.name.eq_ignore_ascii_case(name)))
            .map(|at| EntityId(at as u32))
    }

    /// How many steps below the root; a configured entity that holds all the other configured ones is depth 0 too.
    pub fn depth(&self, id: EntityId) -> usize {
        let steps = self.upward(id).count() - 1;
        let mut tops =
            self.nodes.iter().enumerate().filter(|(_, entity)| entity.configured && entity.parent == Some(ROOT));
        let trunk = match (tops.next(), tops.next()) {
            (Some((top, _)), None) => Some(EntityId(top as u32)),
            _ => None,
        };
        let within = trunk.is_some_and(|trunk| self.is_within(id, trunk));
        let holds = trunk.is_some_and(|trunk| self.nodes.iter().any(|e| e.configured && e.parent == Some(trunk)));
        if within && holds { steps - 1 } else { steps }
    }
}
