//! Readings, today, on another day, and over time.

use std::collections::{BTreeMap, BTreeSet};

use domain::entity::EntityId;
use domain::indicator::{Indicator, Reading, kind_label};
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde_json::Value;

use super::{Ask, day, number};
use crate::figures::label;
use crate::history::{History, Past, Point, beside};
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;
use crate::web::world::Key;
use crate::wire;

/// Days of a history that are computed from dates at most; those that are stored cost nothing.
const COMPUTED: usize = 60;
/// Days of a history.
const STEPS: usize = 4000;

/// What a history tells beside what was published.
pub const RESTATE: &str = "yes (default; 60 days at most) or no. Where `origin` is `published`, `value` is what was told \
    on that day and `restated` what is computed of it now, with today's inventory, factors and method. Where it is \
    `recomputed`, nothing is stored of the day, or nothing that a token of some entities may see: both are computed now. \
    A slice that only one of them tells has no number in the other, and `note` says so. They differ by what was learnt \
    later: an invoice, an exit or a decision told late; another place or contact in place of the former. Of an earlier \
    day `doubts` and `unseen_assets` are computed from what is known now, and `actions` not at all.";

/// Every reading, or those that are asked for.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let name = ask.text("name").map(|name| named(name).map_err(|detail| Problem::parameter("name", detail)));
    let name = name.transpose()?;
    let mut key = Key::of(&ask.edition, &ask.viewer);
    key.at = ask.past("at")?.unwrap_or(key.at);
    let mut published = None;
    if let Some(entity) = ask.entity()? {
        if key.folded {
            // Computed of a part alone, figures would differ from those of the whole by what its folded cells hide: what is
            // published of it is told, and nothing else.
            published = Some(labels(ask, &key, entity));
        } else {
            key.entities = vec![entity];
        }
    }
    let world = ask.worlds.of(&ask.edition, key);
    // As labels spell them, whatever the question does.
    let (kind, year) = (ask.kind()?.map(kind_label), ask.of_year()?.map(|year| year.to_string()));
    let rows = world.readings().iter().filter(|(indicator, reading)| {
        name.is_none_or(|name| indicator.name == name.name)
            && kind.as_deref().is_none_or(|kind| label(reading, "kind") == kind)
            && year.as_deref().is_none_or(|year| label(reading, "year") == year)
            && published.as_ref().is_none_or(|[entities, sirets]| match label(reading, "entity") {
                "" => sirets.contains(label(reading, "siret")),
                told => entities.contains(told),
            })
    });
    let rows = rows.map(|(indicator, reading)| wire::reading(indicator, reading)).collect();
    Ok(Answer::all(wire::names(wire::READING), rows))
}

/// The entities and the buyers under which an entity and what lies below it are published.
fn labels(ask: &Ask, key: &Key, entity: EntityId) -> [BTreeSet<String>; 2] {
    let tree = &ask.edition.snapshot.entities;
    let depth = ask.edition.publishing.entity_depth;
    let visible = |at: &EntityId| key.entities.is_empty() || ask.viewer.sees(&ask.edition, *at);
    let inside = (0..tree.nodes.len() as u32).map(EntityId).filter(|at| tree.is_within(*at, entity));
    let inside: Vec<EntityId> = inside.filter(visible).collect();
    let own = inside.iter().filter(|at| tree.depth(**at) <= depth || tree.entity(**at).siret.is_some());
    let buyers = inside.iter().filter(|at| tree.buyer(**at) == **at);
    let sirets = buyers.map(|at| tree.siret_of(*at).to_string());
    [own.map(|at| tree.entity(*at).id.to_string()).collect(), sirets.collect()]
}

fn named(name: &str) -> Result<&'static Indicator, String> {
    let wanted = name.strip_prefix("ecoparc_").unwrap_or(name);
    domain::indicator::all()
        .find(|indicator| indicator.name == wanted)
        .ok_or_else(|| format!("no indicator is called `{name}`"))
}

/// First day, last day and step of a history.
fn span(ask: &Ask) -> Result<(Date, Date, Span), Problem> {
    let (from, to) = ask.days()?;
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

/// What was published of a family, and is stored. It is of the whole: who may see some entities alone is told none of
/// it, since totals, folded cells and the other entities are among it.
pub async fn stored(ask: &Ask, history: &History) -> Result<Vec<Past>, Problem> {
    let (indicator, (from, to, _)) = (family(ask)?, span(ask)?);
    if !ask.viewer.entities.is_empty() {
        return Ok(Vec::new());
    }
    // Without the store the history is computed from dates alone.
    Ok(history.readings(indicator.name, from, to).await.unwrap_or_default())
}

/// The family of a history, by its name with or without `ecoparc_`.
fn family(ask: &Ask) -> Result<&'static Indicator, Problem> {
    named(ask.path.get("name").map(String::as_str).unwrap_or_default()).map_err(Problem::not_found)
}

/// One family over time: each day as it was published where that is stored, else as it is computed now; and beside
/// what was published, the same day as it is computed now.
pub fn history(ask: &Ask) -> Result<Answer, Problem> {
    let indicator = family(ask)?;
    let (from, to, step) = span(ask)?;
    let restates = match ask.text("restate").unwrap_or("yes") {
        "yes" => true,
        "no" => false,
        _ => return Err(Problem::parameter("restate", "`restate` is yes or no")),
    };
    let mut stored: BTreeMap<Date, Vec<Past>> = BTreeMap::new();
    for past in &ask.stored {
        stored.entry(past.day).or_default().push(past.clone());
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
    // All of the published days or none: half a series would look like a break.
    let untold = match restates {
        false => Some("restate=no"),
        true if days.len() > COMPUTED => Some(MANY_DAYS),
        true => None,
    };
    let world = ask.worlds.of(&ask.edition, Key::of(&ask.edition, &ask.viewer).about(&days));
    // What was published had its small cells folded: so has what stands beside it.
    let public = ask.worlds.of(&ask.edition, Key { folded: true, ..world.key.clone() });
    let mut rows = Vec::new();
    for at in days {
        match stored.remove(&at) {
            Some(told) => {
                let now = if untold.is_none() { (indicator.compute)(&public.basis(at)) } else { Vec::new() };
                rows.extend(beside(told, now).iter().map(|point| published_row(indicator, at, point, untold)));
            }
            None => {
                let now = (indicator.compute)(&world.basis(at));
                rows.extend(now.iter().map(|reading| recomputed_row(indicator, at, reading)));
            }
        }
    }
    Ok(Answer::List { columns: DAY.to_vec(), rows, next: None, more: vec![("name", indicator.name.into())] })
}

const MANY_DAYS: &str = "not restated: more than 60 days are asked for; take a longer step";
const NOT_PUBLISHED: &str = "nothing was published of this slice on that day";
const NOT_TOLD: &str = "what is known now tells of no such slice on that day";

/// What is told of a slice on a day, in order.
const DAY: [&str; 15] = [
    "date",
    "slice",
    "value",
    "low",
    "high",
    "unit",
    "target",
    "coverage",
    "stored",
    "origin",
    "restated",
    "restated_low",
    "restated_high",
    "restated_coverage",
    "note",
];

/// A slice of a day of which something was published.
fn published_row(indicator: &Indicator, at: Date, point: &Point, untold: Option<&str>) -> Row {
    let Point { slice, published, restated } = point;
    let past = published.as_ref();
    let note = match (past, restated) {
        (None, _) => Some(NOT_PUBLISHED),
        (_, Some(reading)) => reading.note.as_deref(),
        (_, None) => Some(untold.unwrap_or(NOT_TOLD)),
    };
    let told = [
        day(Some(at)),
        wire::slice(slice.iter().map(|(label, told)| (label.clone(), Value::from(told.as_str())))),
        number(past.and_then(|past| past.value)),
        number(past.and_then(|past| past.low)),
        number(past.and_then(|past| past.high)),
        indicator.unit.into(),
        number(past.and_then(|past| past.target)),
        number(past.map(|past| past.coverage)),
        past.is_some().into(),
        "published".into(),
        number(restated.as_ref().and_then(|reading| reading.value)),
        number(restated.as_ref().and_then(|reading| reading.low)),
        number(restated.as_ref().and_then(|reading| reading.high)),
        number(restated.as_ref().map(|reading| reading.coverage)),
        note.map_or(Value::Null, Value::from),
    ];
    DAY.into_iter().zip(told).collect()
}

/// A slice of a day of which nothing is stored: what is computed now is all there is.
fn recomputed_row(indicator: &Indicator, at: Date, reading: &Reading) -> Row {
    let told = [
        day(Some(at)),
        wire::slice(reading.slice.iter().map(|(label, value)| ((*label).to_owned(), Value::from(&**value)))),
        number(reading.value),
        number(reading.low),
        number(reading.high),
        indicator.unit.into(),
        number(reading.target),
        reading.coverage.into(),
        false.into(),
        "recomputed".into(),
        number(reading.value),
        number(reading.low),
        number(reading.high),
        reading.coverage.into(),
        reading.note.as_deref().map_or(Value::Null, Value::from),
    ];
    DAY.into_iter().zip(told).collect()
}

#[cfg(test)]
mod tests;
