//! Readings, today, on another day, and over time.

use std::collections::{BTreeMap, BTreeSet};

use domain::entity::EntityId;
use domain::indicator::{Indicator, Reading};
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde_json::{Map, Value};

use super::{Ask, day, number};
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;
use crate::web::world::Key;
use crate::wire::reading as reading_row;

/// Days of a history that are computed from dates at most; those that are stored cost nothing.
const COMPUTED: usize = 60;
/// Days of a history.
const STEPS: usize = 4000;

fn label<'a>(reading: &'a Reading, of: &str) -> Option<&'a str> {
    reading.slice.iter().find(|(label, _)| *label == of).map(|(_, told)| &**told)
}

/// Every reading, or those that are asked for.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let name = ask.text("name").map(|name| named(name).map_err(|detail| Problem::parameter("name", detail)));
    let name = name.transpose()?;
    let mut key = Key::of(&ask.edition, &ask.viewer);
    if let Some(at) = ask.date("at")? {
        if at > ask.edition.today {
            return Err(Problem::parameter("at", "`at` is a day to come"));
        }
        key.at = at;
    }
    let mut labels = None;
    if let Some(entity) = ask.entity()? {
        if key.folded && ask.edition.snapshot.entities.entity(entity).siret.is_none() {
            // The totals of a small entity would tell what its folded cells hide: only what is published of it is told.
            labels = Some(published(ask, &key, entity));
        } else {
            key.entities = vec![entity];
        }
    }
    let world = ask.worlds.of(&ask.edition, key);
    let (kind, year) = (ask.text("kind"), ask.text("year"));
    let rows = world.readings().iter().filter(|(indicator, reading)| {
        name.is_none_or(|name| indicator.name == name.name)
            && kind.is_none_or(|kind| label(reading, "kind") == Some(kind))
            && year.is_none_or(|year| label(reading, "year") == Some(year))
            && labels.as_ref().is_none_or(|labels| label(reading, "entity").is_some_and(|told| labels.contains(told)))
    });
    Ok(Answer::all(rows.map(|(indicator, reading)| reading_row(indicator, reading)).collect()))
}

/// The labels under which an entity and what lies below it are published.
fn published(ask: &Ask, key: &Key, entity: EntityId) -> BTreeSet<String> {
    let tree = &ask.edition.snapshot.entities;
    let depth = ask.edition.publishing.entity_depth;
    let inside = (0..tree.nodes.len() as u32).map(EntityId).filter(|at| tree.is_within(*at, entity));
    let own = inside.filter(|at| tree.depth(*at) <= depth || tree.entity(*at).siret.is_some());
    let visible = own.filter(|at| key.entities.is_empty() || ask.viewer.sees(&ask.edition, *at));
    visible.map(|at| tree.entity(at).id.to_string()).collect()
}

fn named(name: &str) -> Result<&'static Indicator, String> {
    let wanted = name.strip_prefix("ecoparc_").unwrap_or(name);
    domain::indicator::all()
        .find(|indicator| indicator.name == wanted)
        .ok_or_else(|| format!("no indicator is called `{name}`"))
}

/// First day, last day and step of a history.
pub fn span(ask: &Ask) -> Result<(Date, Date, Span), Problem> {
    let to = ask.date("to")?.unwrap_or(ask.edition.today);
    let from = ask.date("from")?.unwrap_or_else(|| to.saturating_sub(1.year()));
    if to > ask.edition.today {
        return Err(Problem::parameter("to", "`to` is a day to come"));
    }
    if from > to {
        return Err(Problem::parameter("from", "`from` is after `to`"));
    }
    let step = match ask.text("step").unwrap_or("month") {
        "day" => 1.day(),
        "week" => 1.week(),
        "month" => 1.month(),
        "quarter" => 3.months(),
        "year" => 1.year(),
        _ => return Err(Problem::parameter("step", "`step` is one of day, week, month, quarter, year")),
    };
    Ok((from, to, step))
}

/// What is stored may be shown: it is what was published to all.
pub fn sees_stored(ask: &Ask) -> bool {
    ask.viewer.entities.is_empty()
}

/// One family over time.
pub fn history(ask: &Ask) -> Result<Answer, Problem> {
    let name = ask.path.get("name").map(String::as_str).unwrap_or_default();
    let indicator = named(name).map_err(Problem::not_found)?;
    let (from, to, step) = span(ask)?;
    let mut stored: BTreeMap<Date, Vec<Row>> = BTreeMap::new();
    for past in &ask.stored {
        let slice: Map<String, Value> =
            past.slice.iter().map(|(label, told)| (label.clone(), Value::from(told.as_str()))).collect();
        stored.entry(past.day).or_default().push(vec![
            ("date", past.day.to_string().into()),
            ("slice", slice.into()),
            ("value", number(past.value)),
            ("low", number(past.low)),
            ("high", number(past.high)),
            ("unit", indicator.unit.into()),
            ("target", number(past.target)),
            ("coverage", past.coverage.into()),
            ("stored", true.into()),
        ]);
    }
    // Always counted from the end, so that the last point is the last day asked for.
    let mut days = Vec::new();
    for steps in 0..=STEPS {
        let at = step.checked_mul(steps as i64).ok().and_then(|back| to.checked_sub(back).ok());
        match at.filter(|at| *at >= from) {
            Some(at) if steps < STEPS => days.push(at),
            Some(_) => return Err(Problem::parameter("step", "that many steps are too many; take a longer one")),
            None => break,
        }
    }
    days.reverse();
    let computed = days.iter().filter(|at| !stored.contains_key(at)).count();
    if computed > COMPUTED {
        let detail =
            format!("{computed} days are not stored and at most {COMPUTED} are computed; take a longer step");
        return Err(Problem::parameter("step", detail));
    }
    let world = ask.world();
    let mut rows = Vec::new();
    for at in days {
        if let Some(told) = stored.remove(&at) {
            rows.extend(told);
            continue;
        }
        for reading in (indicator.compute)(&world.basis(at)) {
            let mut row: Row = vec![("date", day(Some(at)))];
            row.extend(reading_row(indicator, &reading).into_iter().filter(|(name, _)| {
                matches!(*name, "slice" | "value" | "low" | "high" | "unit" | "target" | "coverage")
            }));
            row.push(("stored", false.into()));
            rows.push(row);
        }
    }
    Ok(Answer::List { rows, next: None, more: vec![("name", indicator.name.into())] })
}
