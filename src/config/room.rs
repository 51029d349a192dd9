//! `[[room]]`: what measures a room, and which locations of assets mean it.

use anyhow::{Context, bail, ensure};
use connectors::keys;
use domain::record::Text;
use domain::room::{PointName, RoomRule, UNKNOWN};
use serde::Deserialize;
use toml::Table;

use super::Source;
use super::read::{named, typed};

#[derive(Deserialize)]
struct RawRoom {
    #[serde(default)]
    locations: Vec<String>,
    #[serde(default)]
    it: Vec<String>,
    #[serde(default)]
    total: Vec<String>,
}

/// The rooms, in the order of the file.
pub fn rooms(tables: Vec<Table>, sources: &[Source]) -> anyhow::Result<Vec<RoomRule>> {
    let mut rooms: Vec<RoomRule> = Vec::new();
    for (name, table) in named("room", tables)? {
        let place = || format!("room \"{name}\"");
        let location = |told: &String| Text::of(told).context("`locations`: one is blank").with_context(place);
        keys::check(table.keys(), &["name", "locations", "it", "total"]).with_context(place)?;
        let raw: RawRoom = typed(table).with_context(place)?;
        ensure!(!name.eq_ignore_ascii_case(UNKNOWN), "room \"{name}\": this name is ecoparc's own");
        // Letter case tells no rooms apart.
        let taken = rooms.iter().any(|other| domain::identity::same_name(&other.name, &name));
        ensure!(!taken, "room \"{name}\": the name is taken");
        let room = RoomRule {
            name: Text::from(name.as_str()),
            locations: raw.locations.iter().map(location).collect::<anyhow::Result<_>>()?,
            it: points(&raw.it, sources).context("`it`").with_context(place)?,
            total: points(&raw.total, sources).context("`total`").with_context(place)?,
        };
        for (list, points) in [("it", &room.it), ("total", &room.total)] {
            for (at, point) in points.iter().enumerate() {
                let twice = points[..at].iter().any(|other| meets(other, point));
                ensure!(!twice, "room \"{name}\": `{list}` names {} twice", point.device);
            }
        }
        if let Some(both) = room.it.iter().find(|point| room.total.iter().any(|other| meets(other, point))) {
            bail!("room \"{name}\": {} cannot measure both `it` and `total`", both.device);
        }
        for other in &rooms {
            let theirs = other.it.iter().chain(&other.total);
            let ours = || room.it.iter().chain(&room.total);
            if let Some(shared) = theirs.into_iter().find(|point| ours().any(|own| meets(own, point))) {
                bail!("room \"{name}\": {} measures room \"{}\" already", shared.device, other.name);
            }
        }
        rooms.push(room);
    }
    Ok(rooms)
}

/// May both names mean one point?
fn meets(a: &PointName, b: &PointName) -> bool {
    let apart = a.source.is_some() && b.source.is_some() && a.source != b.source;
    !apart && domain::identity::same_name(&a.device, &b.device)
}

/// Names of measuring points: `DEVICE`, or `SOURCE:DEVICE` for that of one source only.
fn points(told: &[String], sources: &[Source]) -> anyhow::Result<Vec<PointName>> {
    let names: Vec<&str> = sources.iter().map(|source| &*source.told.name).collect();
    let point = |told: &String| {
        let whole = told.trim();
        ensure!(!whole.is_empty(), "a measuring point has no name");
        // An address of version 6 is the name of a point and holds colons of its own.
        let address = whole.parse::<std::net::IpAddr>().is_ok();
        match whole.split_once(':').filter(|_| !address) {
            Some((source, device)) if names.contains(&source) && !device.trim().is_empty() => {
                Ok(PointName { source: Some(Text::from(source)), device: Text::from(device.trim()) })
            }
            Some((source, _)) => bail!("`{whole}`: there is no source `{source}`{}", keys::meant(source, &names)),
            None => Ok(PointName { source: None, device: Text::from(whole) }),
        }
    };
    told.iter().map(point).collect()
}
