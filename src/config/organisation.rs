//! `[organisation]` and `[[entity]]`: whose equipment it is.

use anyhow::{Context, bail, ensure};
use connectors::keys;
use domain::entity::{Entity, EntityId, EntityTree, ROOT};
use domain::identity::{is_siret, same_name};
use domain::record::Text;
use serde::Deserialize;
use toml::{Table, Value};

use super::read::typed;

pub(super) const KEYS: &[&str] = &["name", "siret", "country", "time_zone", "legal_subject", "population"];

#[derive(Deserialize)]
pub(super) struct Organisation {
    #[serde(default = "an_organisation")]
    name: String,
    siret: Option<String>,
    #[serde(default = "france")]
    pub(super) country: String,
    #[serde(default = "paris")]
    pub(super) time_zone: String,
    #[serde(default = "yes")]
    legal_subject: bool,
    population: Option<u32>,
}

fn an_organisation() -> String {
    "organisation".to_owned()
}

fn france() -> String {
    "FR".to_owned()
}

fn paris() -> String {
    "Europe/Paris".to_owned()
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct RawEntity {
    id: String,
    name: Option<String>,
    parent: Option<String>,
    siret: Option<String>,
    #[serde(default = "yes")]
    legal_subject: bool,
    population: Option<u32>,
    #[serde(default)]
    aliases: Vec<String>,
}

fn checked_siret(siret: Option<String>) -> anyhow::Result<Option<Text>> {
    match siret {
        Some(siret) if !is_siret(&siret) => {
            bail!("siret `{siret}`: a SIRET has 14 digits, the last of them a check key that this one fails")
        }
        siret => Ok(siret.map(Text::from)),
    }
}

/// The organisation and its entities, parents before children.
pub(super) fn entities(organisation: &Organisation, tables: Vec<Table>) -> anyhow::Result<EntityTree> {
    ensure!(
        organisation.country.len() == 2,
        "[organisation]: country `{}` is not a two-letter code",
        organisation.country
    );
    let root = Entity {
        id: Text::from(organisation.name.as_str()),
        name: Text::from(organisation.name.as_str()),
        siret: checked_siret(organisation.siret.clone()).context("[organisation]")?,
        legal_subject: organisation.legal_subject,
        population: organisation.population,
        configured: true,
        ..Entity::default()
    };
    let mut waiting = Vec::new();
    for table in tables {
        let id = table.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let known = &["id", "name", "parent", "siret", "legal_subject", "population", "aliases"];
        let place = || format!("entity \"{id}\"");
        keys::check(table.keys(), known).with_context(place)?;
        let raw: RawEntity = typed(table).with_context(place)?;
        ensure!(!raw.id.trim().is_empty(), "[[entity]]: an id may not be empty");
        ensure!(raw.id != "other" && raw.id != "unknown", "entity \"{id}\": this id is ecoparc's own");
        ensure!(waiting.iter().all(|other: &RawEntity| other.id != raw.id), "entity \"{id}\": the id is taken");
        // The organisation goes by its name where others go by their ids: whoever may see this entity would see all.
        ensure!(!same_name(&raw.id, &organisation.name), "entity \"{id}\": this id is the organisation's name");
        checked_siret(raw.siret.clone()).with_context(place)?;
        waiting.push(raw);
    }
    for raw in &waiting {
        if let Some(parent) = &raw.parent {
            let ids: Vec<&str> = waiting.iter().map(|other| other.id.as_str()).collect();
            ensure!(
                ids.contains(&parent.as_str()),
                "entity \"{}\": there is no parent `{parent}`{}",
                raw.id,
                keys::meant(parent, &ids)
            );
        }
    }
    let mut tree = EntityTree { nodes: vec![root] };
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for raw in waiting {
            let parent = match &raw.parent {
                None => Some(ROOT),
                Some(parent) => tree
                    .nodes
                    .iter()
                    .skip(1)
                    .position(|known| *known.id == **parent)
                    .map(|at| EntityId(at as u32 + 1)),
            };
            let Some(parent) = parent else {
                later.push(raw);
                continue;
            };
            tree.nodes.push(Entity {
                name: Text::from(raw.name.as_deref().unwrap_or(&raw.id)),
                id: Text::from(raw.id),
                parent: Some(parent),
                siret: raw.siret.map(Text::from),
                legal_subject: raw.legal_subject,
                population: raw.population,
                aliases: raw.aliases.into_iter().map(Text::from).collect(),
                configured: true,
            });
        }
        waiting = later;
        if waiting.len() == before {
            bail!("entity \"{}\": its parents go round in a circle", waiting[0].id);
        }
    }
    Ok(tree)
}

/// Refuses a name that several entities have, where it is the id of none of them: which one is meant?
pub(super) fn means_one(entities: &EntityTree, name: &str) -> anyhow::Result<()> {
    let called = entities.called(name);
    if called.len() > 1 && entities.nodes.iter().skip(1).all(|entity| &*entity.id != name) {
        let has_whole = called.contains(&ROOT);
        let whole = if has_whole { ", or leave the key out for the whole organisation" } else { "" };
        let others = called.into_iter().filter(|id| *id != ROOT);
        let ids: Vec<&str> = others.map(|id| &*entities.entity(id).id).collect();
        bail!(
            "several entities are called `{name}`: write the id of the one that is meant: {}{whole}",
            ids.join(" ")
        );
    }
    Ok(())
}
