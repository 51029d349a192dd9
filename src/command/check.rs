//! `ecoparc check [--connect]`.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use connectors::{Harvest, counted};
use domain::entity::EntityTree;
use domain::identity::{name_matches, same_name};
use domain::packed::Packed;
use domain::reconcile::naming;
use domain::record::Text;
use domain::room::RoomRule;
use domain::word::Word;

use super::say;
use crate::collect::collect_or_stop;
use crate::config::{Config, Source};
use crate::refresh::Ground;

/// How many values of a field, headings, entities of a source or rejects are shown.
const SHOWN: usize = 20;

/// What sources tell that the configuration may mean by name.
#[derive(Default)]
struct Names {
    /// Of each source, the entities that it names.
    entities: Vec<(domain::testimony::Source, BTreeSet<Text>)>,
    /// Where assets are.
    locations: BTreeSet<Text>,
    /// Of which rooms measures are.
    rooms: BTreeSet<Text>,
}

/// Validates everything; with `connect` asks every source and shows what it tells and what the configuration makes of it.
pub async fn check(config: &Config, connect: bool) -> anyhow::Result<ExitCode> {
    let ground = Ground::of(config)?;
    say(&format!(
        "configuration: {}, {}, {}: ok",
        counted(config.entities.nodes.len(), "entity", "entities"),
        counted(config.sources.len(), "source", "sources"),
        counted(ground.settings.factors.rows.len(), "factor row", "factor rows")
    ));
    if !connect {
        return Ok(ExitCode::SUCCESS);
    }
    let (mut all_well, mut names) = (true, Names::default());
    for source in &config.sources {
        let collected = collect_or_stop(source, Arc::new(connectors::Progress::default())).await?;
        let mut text = format!("\n{} ({})\n", source.told.name, source.connector);
        match collected.harvest {
            Ok(harvest) => {
                let records = counted(harvest.accepted(), "record", "records");
                let rejects = counted(harvest.rejects.len(), "reject", "rejects");
                line(&mut text, &format!("  read {records} in {:.1} s, {rejects}", collected.took.as_secs_f64()));
                told(source, harvest, &mut names, &mut text);
            }
            Err(failure) => {
                all_well = false;
                line(&mut text, &format!("  failed ({}): {:#}", failure.class.name(), failure.cause));
                if !failure.instead.is_empty() {
                    line(&mut text, &format!("  found instead: `{}`", failure.instead.join("`, `")));
                }
            }
        }
        say(text.trim_end());
    }
    let meant = meant(&config.entities, &config.rooms, &names, all_well);
    if !meant.is_empty() {
        say(&format!("\nnames of the configuration\n{}", meant.trim_end()));
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Adds a line. What a source tells may hold characters that break it, or that a terminal obeys: they become spaces.
fn line(text: &mut String, told: &str) {
    text.extend(told.chars().map(|c| if c.is_control() { ' ' } else { c }));
    text.push('\n');
}

/// Adds what a source tells, a line a thing; its names are learnt.
fn told(source: &Source, mut harvest: Harvest, names: &mut Names, text: &mut String) {
    names.entities.push((source.told.clone(), entities(&mut harvest)));
    let locations = harvest.observations.iter().filter_map(Packed::location);
    names.locations.extend(locations.map(|location| location.text().clone()));
    names.rooms.extend(harvest.power.iter().flatten().filter_map(|sample| sample.room.clone()));
    for note in &harvest.notes {
        line(text, &format!("  {note}"));
    }
    let idle = &harvest.tally.idle;
    if !idle.is_empty() {
        let idle = first(idle.iter().map(|heading| format!("`{heading}`")));
        line(text, &format!("  columns that nothing takes: {idle}"));
    }
    for reject in harvest.rejects.iter().take(SHOWN) {
        let column = reject.column.as_deref().map(|column| format!(" {column}")).unwrap_or_default();
        line(text, &format!("    reject {}{column}: {}", reject.place, reject.reason));
    }
    for (rule, (count, examples)) in source.rules.iter().zip(&harvest.tally.matches) {
        let warning = if *count == 0 { "   <- matches nothing" } else { "" };
        line(text, &format!("  rule {rule}: {count}{warning}"));
        if !examples.is_empty() {
            line(text, &format!("    e.g. {}", examples.join(", ")));
        }
    }
    for (field, values) in &harvest.tally.said {
        let mut values: Vec<_> = values.iter().collect();
        values.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let shown = first(values.iter().map(|(value, count)| format!("{value} ({count})")));
        let records = match values.iter().skip(SHOWN).map(|(_, count)| **count).sum::<u64>() {
            0 => String::new(),
            records => format!(" ({records})"),
        };
        line(text, &format!("  {field}: {shown}{records}"));
    }
}

/// The entities that a source names, counted beside what else it holds.
fn entities(harvest: &mut Harvest) -> BTreeSet<Text> {
    let (tally, lines) = (&mut harvest.tally, &harvest.lines);
    let of_assets = harvest.observations.iter().filter_map(Packed::entity).map(|name| name.text().clone());
    // A directory has counted those of people already, by people and not by lines: its assets are counted apart.
    let apart = tally.said.contains_key("entity");
    let mut entities = BTreeSet::new();
    for name in of_assets {
        tally.count(if apart { "entity of assets" } else { "entity" }, &name);
        entities.insert(name);
    }
    for name in lines.entities() {
        if !apart {
            tally.count("entity", name);
        }
        entities.insert(name.clone());
    }
    entities
}

/// Names that the configuration and the sources do not share: entities that nothing configured means, aliases and
/// locations that mean nothing that was read. Those are told only where `whole`: a source that failed may tell them. A
/// room that lists no locations goes by its name. Where measuring points are named, it may be there for its electricity
/// alone: whether an asset is at its name is not told.
fn meant(entities: &EntityTree, rooms: &[RoomRule], names: &Names, whole: bool) -> String {
    let naming = naming(entities, &names.entities);
    let mut text = String::new();
    for unplaced in naming.unplaced.iter().filter(|unplaced| !unplaced.is_empty()) {
        let unplaced = first(unplaced.iter().map(Text::to_string));
        line(&mut text, &format!("  no `[[entity]]` has this name or alias: {unplaced}"));
    }
    let mut locations =
        rooms.iter().flat_map(|room| room.locations.iter().map(move |location| (&room.name, location)));
    let is_bare = |room: &&RoomRule| room.locations.is_empty() && room.it.is_empty() && room.total.is_empty();
    let mut by_name = rooms.iter().filter(is_bare).map(|room| &room.name);
    if !whole {
        let has_aliases = entities.nodes.iter().any(|entity| !entity.aliases.is_empty());
        if has_aliases || locations.next().is_some() || by_name.next().is_some() {
            text += "  not every source was read: whether aliases, locations and rooms match is not told\n";
        }
        return text;
    }
    let is_empty = |(_, wanted): &(&Text, &Text)| !names.locations.iter().any(|told| name_matches(wanted, told));
    let aliases = naming.idle.iter().map(|(entity, alias)| ("alias", "entity", entity, alias));
    let idle = aliases.chain(locations.filter(is_empty).map(|(room, location)| ("location", "room", room, location)));
    for (what, of, owner, name) in idle {
        // A pattern is not refused for it: a name may hold one.
        let star = if name.trim_end_matches('*').contains('*') {
            ": a `*` stands for anything at the end alone"
        } else {
            ""
        };
        line(&mut text, &format!("  {of} \"{owner}\": the {what} `{name}` matches nothing that was read{star}"));
    }
    let is_unread = |name: &&Text| {
        !names.locations.iter().any(|told| name_matches(name, told))
            && !names.rooms.iter().any(|told| same_name(name, told))
    };
    for name in by_name.filter(is_unread) {
        line(
            &mut text,
            &format!("  room \"{name}\": it has no `locations`, and its name matches nothing that was read"),
        );
    }
    text
}

/// The first of them, and how many more there are.
fn first(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        rest => format!(", and {rest} more"),
    };
    names.take(SHOWN).collect::<Vec<_>>().join(", ") + &more
}

#[cfg(test)]
mod tests {
    use domain::headcount::Headcount;
    use domain::observation::{Facts, Observation};
    use domain::testimony::Line;

    use super::*;

    /// An asset of the first entity and a headcount of the second.
    fn harvest() -> Harvest {
        let facts = Facts { entity: Text::of("DSI"), ..Facts::default() };
        let observation = Observation { native: Text::from("1"), anonymous: false, facts };
        let told = Headcount { entity: Text::of("CCAS"), ..Headcount::default() };
        let mut harvest = Harvest { observations: vec![Packed::from(&observation)], ..Harvest::default() };
        harvest.lines.headcounts.push(Line { native: Text::from("2"), told });
        harvest
    }

    #[test]
    fn entities_of_assets_are_counted_beside_those_of_people() {
        let all = BTreeSet::from(["CCAS", "DSI"].map(Text::from));
        let mut table = harvest();
        assert_eq!(entities(&mut table), all);
        assert_eq!(table.tally.said["entity"], [("CCAS".to_owned(), 1), ("DSI".to_owned(), 1)].into());
        let mut directory = harvest();
        directory.tally.said.insert("entity".to_owned(), [("CCAS".to_owned(), 40)].into());
        assert_eq!(entities(&mut directory), all);
        assert_eq!(directory.tally.said["entity"], [("CCAS".to_owned(), 40)].into());
        assert_eq!(directory.tally.said["entity of assets"], [("DSI".to_owned(), 1)].into());
    }
}
