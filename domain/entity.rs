//! Towns, bodies and departments, in a tree.

use crate::identity::same_name;
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

    /// Whose SIRET this is: the first entity that has it; the organisation for [`NO_SIRET`], where it has none.
    pub fn of_siret(&self, siret: &str) -> Option<EntityId> {
        let owns = |entity: &Entity| match entity.siret.as_deref() {
            Some(own) => own == siret,
            None => siret == NO_SIRET && entity.parent.is_none(),
        };
        self.nodes.iter().position(owns).map(|at| EntityId(at as u32))
    }

    /// The entity of this id, else the only one of this name: a name of several means none of them.
    pub fn find(&self, name: &str) -> Option<EntityId> {
        self.find_among(name, |_| true)
    }

    /// The same among some entities: no other one makes a name mean several.
    pub fn find_among(&self, name: &str, is_among: impl Fn(EntityId) -> bool) -> Option<EntityId> {
        let at = self.nodes.iter().position(|entity| &*entity.id == name);
        let of_id = at.map(|at| EntityId(at as u32)).filter(|id| is_among(*id));
        of_id.or_else(|| {
            let mut called = self.called(name);
            called.retain(|id| is_among(*id));
            // What only sources name cannot make a name of the configuration mean several.
            if called.iter().any(|id| self.entity(*id).configured) {
                called.retain(|id| self.entity(*id).configured);
            }
            match called[..] {
                [only] => Some(only),
                _ => None,
            }
        })
    }

    /// All of this name.
    pub fn called(&self, name: &str) -> Vec<EntityId> {
        let all = (0..).map(EntityId).zip(&self.nodes);
        all.filter(|(_, entity)| same_name(&entity.name, name)).map(|(id, _)| id).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_siret_anywhere_is_the_organisations() {
        let tree = |own: Option<&str>| {
            let entity =
                |parent, siret: Option<&str>| Entity { parent, siret: siret.map(Text::from), ..Entity::default() };
            EntityTree {
                nodes: vec![entity(None, own), entity(Some(ROOT), Some("26000000000018")), entity(Some(ROOT), own)],
            }
        };
        let check = |own: Option<&str>, siret: &str, expected: Option<u32>| {
            assert_eq!(tree(own).of_siret(siret), expected.map(EntityId), "{own:?} {siret}");
        };
        check(None, NO_SIRET, Some(0));
        check(None, "26000000000018", Some(1));
        check(None, "21000000000013", None);
        check(Some("21000000000013"), "21000000000013", Some(0));
        check(Some("21000000000013"), NO_SIRET, None);
        assert_eq!(&*tree(None).siret_of(EntityId(2)), NO_SIRET);
    }

    /// The one town that holds all that is configured below it is no step: whoever has two towns tells them apart.
    #[test]
    fn a_trunk_is_no_step() {
        let depths = |parents: &[(Option<u32>, bool)]| {
            let entity = |(parent, configured): &(Option<u32>, bool)| Entity {
                parent: parent.map(EntityId),
                configured: *configured,
                ..Entity::default()
            };
            let tree = EntityTree { nodes: parents.iter().map(entity).collect() };
            (0..parents.len() as u32).map(|at| tree.depth(EntityId(at))).collect::<Vec<_>>()
        };
        let (root, town, below, told) = ((None, true), (Some(0), true), (Some(1), true), (Some(2), false));
        assert_eq!(depths(&[root, town, below, told]), [0, 0, 1, 2]);
        // Alone it is a direction like others; a second one, and what nobody configured, have their own steps.
        assert_eq!(depths(&[root, town, (Some(1), false)]), [0, 1, 2]);
        assert_eq!(depths(&[root, town, below, (Some(0), true)]), [0, 1, 2, 1]);
        assert_eq!(depths(&[root, town, below, (Some(0), false)]), [0, 0, 1, 1]);
    }

    #[test]
    fn a_name_of_several_means_none_of_them() {
        let entity = |id: &str, name: &str, configured| Entity {
            id: Text::from(id),
            name: Text::from(name),
            parent: (id != "Ville").then_some(ROOT),
            configured,
            ..Entity::default()
        };
        let nodes = vec![
            entity("Ville", "Ville", true),
            entity("nord", "École", true),
            entity("sud", "ÉCOLE", true),
            entity("musee", "Musée", true),
            entity("sud > Musée", "Musée", false),
            entity("nord > Accueil", "Accueil", false),
            entity("sud > Accueil", "Accueil", false),
            entity("sud > Cantine", "Cantine", false),
        ];
        let tree = EntityTree { nodes };
        let check = |name: &str, expected: Option<u32>, called: usize| {
            assert_eq!((tree.find(name), tree.called(name).len()), (expected.map(EntityId), called), "{name}");
        };
        check("Ville", Some(0), 1);
        check("nord", Some(1), 0);
        check("école", None, 2);
        check("MUSÉE", Some(3), 2);
        check("sud > Musée", Some(4), 0);
        check("Accueil", None, 2);
        check("sud > Accueil", Some(6), 0);
        check("cantine", Some(7), 1);
        check("est", None, 0);
        let within = |name: &str| tree.find_among(name, |id| id.0 == 2 || id.0 > 3);
        assert_eq!(
            ["école", "nord", "Musée", "Accueil"].map(within),
            [Some(2), None, Some(4), None].map(|at| at.map(EntityId))
        );
    }
}
