//! The strategy: its objectives, its actions, what is declared by hand, and the services that others run.

use domain::snapshot::{Placed, Snapshot};
use domain::word::{ActionStatus, Theme, Word};
use serde_json::{Map, Value};

use super::{Ask, day, number};
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;

/// A word or nothing, as JSON.
fn word<W: Word>(word: Option<W>) -> Value {
    word.map_or(Value::Null, |word| word.name().into())
}

/// A text or nothing, as JSON.
fn told(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

/// The theme asked for; an action or a figure may have none, and then answers to no theme.
fn theme(ask: &Ask) -> Result<Option<Theme>, Problem> {
    let read =
        |text: &str| Theme::parse(text).ok_or_else(|| Problem::parameter("theme", "`theme` is a number from 1 to 6"));
    ask.text("theme").map(read).transpose()
}

/// `SOURCE:FILE:LINE`: where a line comes from. Sorted, line 9 comes before line 12.
fn origin<T>(snapshot: &Snapshot, line: &Placed<T>) -> (String, String) {
    let source = snapshot.source_name(line.source);
    let sorted = match line.native.rsplit_once(':').and_then(|(file, at)| Some((file, at.parse::<u64>().ok()?))) {
        Some((file, at)) => format!("{:05}:{file}:{at:010}", line.source.0),
        None => format!("{:05}:{}", line.source.0, line.native),
    };
    (sorted, format!("{source}:{}", line.native))
}

fn entity<T>(snapshot: &Snapshot, line: &Placed<T>) -> Value {
    (&*snapshot.entities.entity(line.entity).id).into()
}

/// Where each objective stands, in the order of the configuration.
pub fn objectives(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = theme(ask)?;
    let world = ask.world();
    let standings = world.standings().iter();
    let rows = standings.filter(|standing| wanted.is_none_or(|wanted| standing.objective.theme == wanted));
    let rows = rows.map(|standing| {
        let objective = &standing.objective;
        let slice: Map<String, Value> =
            objective.slice.iter().map(|(label, told)| (label.to_string(), Value::from(&**told))).collect();
        vec![
            ("name", (&*objective.name).into()),
            ("indicator", objective.indicator.into()),
            ("slice", slice.into()),
            ("theme", objective.theme.name().into()),
            ("baseline_date", day(Some(objective.baseline_date))),
            ("baseline_value", number(standing.baseline)),
            ("now", number(standing.now.as_ref().and_then(|now| now.value))),
            ("target", number(Some(objective.target))),
            ("target_date", day(Some(objective.target_date))),
            ("ratio", number(standing.ratio)),
            ("expected_ratio", number(standing.expected)),
            ("needed_per_year", number(standing.needed_per_year)),
            ("on_track", standing.on_track.into()),
            ("unit", standing.unit.into()),
            ("note", told(standing.note.as_deref())),
        ]
    });
    Ok(Answer::all(rows.collect()))
}

/// The actions, late and blocked ones told.
pub fn actions(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = theme(ask)?;
    let unknown = |text: &str| Problem::parameter("status", format!("no status of an action is called `{text}`"));
    let status = ask.text("status").map(|text| ActionStatus::parse(text).ok_or_else(|| unknown(text))).transpose()?;
    let (world, today) = (ask.world(), ask.edition.today);
    let snapshot = world.snapshot();
    let asked = snapshot.actions.iter().filter(|line| {
        wanted.is_none_or(|wanted| line.told.theme == Some(wanted))
            && status.is_none_or(|status| line.told.status == Some(status))
    });
    let rows = asked.map(|line| {
        let (action, (sorted, origin)) = (&line.told, origin(snapshot, line));
        let row: Row = vec![
            ("id", told(action.id.as_deref())),
            ("theme", word(action.theme)),
            ("title", told(action.title.as_deref())),
            ("status", word(action.status)),
            ("entity", entity(snapshot, line)),
            ("department", told(action.department.as_deref())),
            ("start", day(action.start)),
            ("due", day(action.due)),
            ("late", action.is_late(today).into()),
            ("blocked", action.is_blocked().into()),
            ("blocked_by", told(action.blocked_by.as_deref())),
            ("indicator", told(action.indicator.as_deref())),
            ("origin", origin.into()),
        ];
        (sorted, row)
    });
    ask.paged(rows.collect())
}

/// What is declared by hand.
pub fn declared(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = theme(ask)?;
    let world = ask.world();
    let snapshot = world.snapshot();
    let asked = snapshot.declared.iter().filter(|line| wanted.is_none_or(|wanted| line.told.theme == Some(wanted)));
    let rows = asked.map(|line| {
        let (figure, (sorted, origin)) = (&line.told, origin(snapshot, line));
        let row: Row = vec![
            ("date", day(figure.date)),
            ("entity", entity(snapshot, line)),
            ("theme", word(figure.theme)),
            ("name", told(figure.name.as_deref())),
            ("value", number(figure.value)),
            ("unit", told(figure.unit.as_deref())),
            ("source", told(figure.source.as_deref())),
            ("note", told(figure.note.as_deref())),
            ("origin", origin.into()),
        ];
        (sorted, row)
    });
    ask.paged(rows.collect())
}

/// What suppliers declare of their services.
pub fn services(ask: &Ask) -> Result<Answer, Problem> {
    let year = |text: &str| {
        text.parse::<i16>().map_err(|_| Problem::parameter("year", format!("`{text}` is no civil year")))
    };
    let wanted = ask.text("year").map(year).transpose()?.map(f64::from);
    let world = ask.world();
    let snapshot = world.snapshot();
    let asked = snapshot.services.iter().filter(|line| wanted.is_none_or(|wanted| line.told.year == Some(wanted)));
    let rows = asked.map(|line| {
        let (service, (sorted, origin)) = (&line.told, origin(snapshot, line));
        let row: Row = vec![
            ("year", service.year.map_or(Value::Null, |year| (year as i16).into())),
            ("entity", entity(snapshot, line)),
            ("scope", word(service.scope)),
            ("name", told(service.name.as_deref())),
            ("supplier", told(service.supplier.as_deref())),
            ("kwh", number(service.kwh)),
            ("co2e_kg", number(service.co2e_kg)),
            ("amount_ht", number(service.amount_ht.map(|amount| amount.0 as f64 / 100.0))),
            ("document", told(service.origin.as_deref())),
            ("origin", origin.into()),
        ];
        (sorted, row)
    });
    ask.paged(rows.collect())
}
