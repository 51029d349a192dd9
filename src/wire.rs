//! How the contract writes what is known: flat JSON objects, the same in the API and in the report.

use domain::indicator::objective::Standing;
use domain::indicator::{Indicator, Reading};
use domain::snapshot::{Placed, Snapshot};
use domain::strategy::{Action, Declared, ServiceLine};
use domain::word::Word;
use jiff::civil::Date;
use serde_json::{Map, Value};

/// A flat object: names and values, in order.
pub type Row = Vec<(&'static str, Value)>;

/// The object that a row is.
pub fn object(row: Row) -> Map<String, Value> {
    row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A number or nothing, as JSON: what is not finite is not known.
pub fn number(value: Option<f64>) -> serde_json::Value {
    value.map_or(serde_json::Value::Null, serde_json::Value::from)
}

/// A date or nothing, as JSON.
pub fn day(value: Option<Date>) -> serde_json::Value {
    value.map_or(serde_json::Value::Null, |day| day.to_string().into())
}

/// A reading as the contract writes it.
pub fn reading(indicator: &Indicator, told: &Reading) -> Row {
    let slice: Map<String, Value> =
        told.slice.iter().map(|(label, value)| ((*label).to_owned(), Value::from(&**value))).collect();
    vec![
        ("name", indicator.name.into()),
        ("slice", slice.into()),
        ("value", number(told.value)),
        ("low", number(told.low)),
        ("high", number(told.high)),
        ("unit", indicator.unit.into()),
        ("target", number(told.target)),
        ("basis", told.grounds.name().into()),
        ("coverage", told.coverage.into()),
        ("rests_on", told.rests_on.iter().map(|id| Value::from(&**id)).collect()),
        ("note", told.note.as_deref().map_or(Value::Null, Value::from)),
    ]
}

/// A word or nothing, as JSON.
fn word<W: Word>(word: Option<W>) -> Value {
    word.map_or(Value::Null, |word| word.name().into())
}

/// A text or nothing, as JSON.
fn told(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

/// `SOURCE:FILE:LINE`: where a line comes from.
pub fn origin<T>(snapshot: &Snapshot, line: &Placed<T>) -> String {
    format!("{}:{}", snapshot.source_name(line.source), line.native)
}

fn entity<T>(snapshot: &Snapshot, line: &Placed<T>) -> Value {
    (&*snapshot.entities.entity(line.entity).id).into()
}

/// Where an objective stands.
pub fn objective(standing: &Standing) -> Row {
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
}

/// An action; late as of this day.
pub fn action(snapshot: &Snapshot, line: &Placed<Action>, today: Date) -> Row {
    let action = &line.told;
    vec![
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
        ("origin", origin(snapshot, line).into()),
    ]
}

/// A figure that is declared by hand.
pub fn declared(snapshot: &Snapshot, line: &Placed<Declared>) -> Row {
    let figure = &line.told;
    vec![
        ("date", day(figure.date)),
        ("entity", entity(snapshot, line)),
        ("theme", word(figure.theme)),
        ("name", told(figure.name.as_deref())),
        ("value", number(figure.value)),
        ("unit", told(figure.unit.as_deref())),
        ("source", told(figure.source.as_deref())),
        ("note", told(figure.note.as_deref())),
        ("origin", origin(snapshot, line).into()),
    ]
}

/// A service, as its supplier declares it.
pub fn service(snapshot: &Snapshot, line: &Placed<ServiceLine>) -> Row {
    let service = &line.told;
    vec![
        ("year", service.year.map_or(Value::Null, |year| (year as i16).into())),
        ("entity", entity(snapshot, line)),
        ("scope", word(service.scope)),
        ("name", told(service.name.as_deref())),
        ("supplier", told(service.supplier.as_deref())),
        ("kwh", number(service.kwh)),
        ("co2e_kg", number(service.co2e_kg)),
        ("amount_ht", number(service.amount_ht.map(|amount| amount.0 as f64 / 100.0))),
        ("document", told(service.origin.as_deref())),
        ("origin", origin(snapshot, line).into()),
    ]
}
