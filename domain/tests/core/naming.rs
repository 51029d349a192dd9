//! What the configured tree makes of the names that sources tell, told to whoever writes its aliases.

use std::collections::BTreeSet;

use domain::entity::{Entity, EntityTree, ROOT};
use domain::reconcile::naming;
use domain::record::Text;

use crate::world::testimony;

/// Entities below the root, each an id and its aliases.
fn tree(entities: &[(&str, &[&str])]) -> EntityTree {
    let root = Entity { id: "ville".into(), name: "Ville".into(), configured: true, ..Entity::default() };
    let below = entities.iter().map(|(id, aliases)| Entity {
        id: Text::from(*id),
        name: Text::from(*id),
        parent: Some(ROOT),
        aliases: aliases.iter().map(|alias| Text::from(*alias)).collect(),
        configured: true,
        ..Entity::default()
    });
    EntityTree { nodes: [root].into_iter().chain(below).collect() }
}

/// Names that a source tells: those that nothing means, and the aliases that mean none.
#[track_caller]
fn check(tree: &EntityTree, base: Option<&str>, told: &[&str], unplaced: &[&str], idle: &[(&str, &str)]) {
    let mut source = testimony("glpi", Vec::new()).source;
    source.entity = base.map(Text::from);
    let told: BTreeSet<Text> = told.iter().map(|name| Text::from(*name)).collect();
    let naming = naming(tree, &[(source, told)]);
    let unplaced: Vec<Text> = unplaced.iter().map(|name| Text::from(*name)).collect();
    let idle: Vec<(Text, Text)> =
        idle.iter().map(|(entity, alias)| (Text::from(*entity), Text::from(*alias))).collect();
    assert_eq!((naming.unplaced, naming.idle), (vec![unplaced], idle));
}

#[test]
fn an_alias_that_matches_nothing_is_found() {
    let told = ["Mairie", "Mairie > CCAS", "Mairie > CCAS > Accueil", "Mairie > DSI > Réseau"];
    // A `*` in front is a character like any other.
    let lost = tree(&[("social", &["*> CCAS*"]), ("dsi", &[])]);
    let unplaced = ["glpi: Mairie > CCAS", "glpi: Mairie > CCAS > Accueil"];
    check(&lost, None, &told, &unplaced, &[("social", "*> CCAS*")]);
    // With the root or without it, whole or with a `*` at its end, whatever its case.
    for alias in ["CCAS", "Mairie > CCAS", "mairie > ccas*", "glpi: CCAS", "CCAS > Accueil"] {
        let unplaced: &[&str] = if alias.ends_with("Accueil") { &["glpi: Mairie > CCAS"] } else { &[] };
        check(&tree(&[("social", &[alias]), ("dsi", &[])]), None, &told, unplaced, &[]);
    }
    // Of another source; an entity that this source has nothing of.
    let elsewhere = tree(&[("ccas", &["ocs: CCAS"]), ("dsi", &[])]);
    check(&elsewhere, None, &told, &[], &[("ccas", "ocs: CCAS")]);
    let mut apart = tree(&[("ccas", &["CCAS"]), ("dsi", &["Mairie > DSI"])]);
    check(&apart, Some("ccas"), &told, &["glpi: Mairie > DSI > Réseau"], &[("dsi", "Mairie > DSI")]);
    // All names begin with the root, and none is the root alone; one name alone is no root.
    let social = || tree(&[("social", &["CCAS"]), ("dsi", &[])]);
    check(&social(), None, &["Mairie > CCAS", "Mairie > DSI"], &[], &[]);
    check(&social(), None, &["Mairie"], &["glpi: Mairie"], &[("social", "CCAS")]);
    // Where nobody has configured entities, none is missed.
    apart.nodes.truncate(1);
    check(&apart, None, &told, &[], &[]);
}

#[test]
fn an_alias_means_what_any_source_tells() {
    let told = ["glpi", "ocs"].map(|name| testimony(name, Vec::new()).source);
    let names = [["CCAS"], ["DSI"]].map(|names| names.into_iter().map(Text::from).collect());
    let told: Vec<_> = told.into_iter().zip(names).collect();
    let tree = tree(&[("social", &["CCAS"]), ("réseaux", &["DSI"])]);
    assert!(naming(&tree, &told).idle.is_empty());
}
