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

/// Columns: the name of each, and what makes its cell.
pub type Columns<F> = &'static [(&'static str, F)];

/// The names of columns, in order.
pub fn names<F>(columns: &[(&'static str, F)]) -> Vec<&'static str> {
    columns.iter().map(|(name, _)| *name).collect()
}

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
pub static READING: Columns<fn(&Indicator, &Reading) -> Value> = &[
    ("name", |indicator, _| indicator.name.into()),
    ("slice", |_, told| slice(told.slice.iter().map(|(label, value)| ((*label).to_owned(), Value::from(&**value))))),
    ("value", |_, told| number(told.value)),
    ("low", |_, told| number(told.low)),
    ("high", |_, told| number(told.high)),
    ("unit", |indicator, _| indicator.unit.into()),
    ("target", |_, told| number(told.target)),
    ("basis", |_, told| told.grounds.name().into()),
    ("coverage", |_, told| told.coverage.into()),
    ("rests_on", |_, told| told.rests_on.iter().map(|id| Value::from(&**id)).collect()),
    ("note", |_, told| told.note.as_deref().map_or(Value::Null, Value::from)),
];

/// A reading as a row.
pub fn reading(indicator: &Indicator, told: &Reading) -> Row {
    READING.iter().map(|(name, of)| (*name, of(indicator, told))).collect()
}

/// The labels of a slice, as an object.
pub fn slice(labels: impl Iterator<Item = (String, Value)>) -> Value {
    labels.collect::<Map<String, Value>>().into()
}

/// The cell of a line that a source tells, as of a day.
pub type Cell<T> = fn(&Snapshot, &Placed<T>, Date) -> Value;

/// A line in these columns.
pub fn line<T>(columns: &[(&'static str, Cell<T>)], snapshot: &Snapshot, line: &Placed<T>, today: Date) -> Row {
    columns.iter().map(|(name, of)| (*name, of(snapshot, line, today))).collect()
}

/// A word or nothing, as JSON.
fn word<W: Word>(word: Option<W>) -> Value {
    word.map_or(Value::Null, |word| word.name().into())
}

/// A text or nothing, as JSON.
fn told(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn entity<T>(snapshot: &Snapshot, line: &Placed<T>) -> Value {
    (&*snapshot.entities.entity(line.entity).id).into()
}

/// Where an objective stands.
pub static OBJECTIVE: Columns<fn(&Standing) -> Value> = &[
    ("name", |standing| (&*standing.objective.name).into()),
    ("indicator", |standing| standing.objective.indicator.into()),
    ("slice", |standing| {
        slice(standing.objective.slice.iter().map(|(label, told)| (label.to_string(), Value::from(&**told))))
    }),
    ("theme", |standing| standing.objective.theme.name().into()),
    ("baseline_date", |standing| day(Some(standing.objective.baseline_date))),
    ("baseline_value", |standing| number(standing.baseline)),
    ("now", |standing| number(standing.now.as_ref().and_then(|now| now.value))),
    ("target", |standing| number(Some(standing.objective.target))),
    ("target_date", |standing| day(Some(standing.objective.target_date))),
    ("ratio", |standing| number(standing.ratio)),
    ("expected_ratio", |standing| number(standing.expected)),
    ("needed_per_year", |standing| number(standing.needed_per_year)),
    ("on_track", |standing| standing.on_track.into()),
    ("unit", |standing| standing.unit.into()),
    ("note", |standing| told(standing.note.as_deref())),
];

/// Where an objective stands, as a row.
pub fn objective(standing: &Standing) -> Row {
    OBJECTIVE.iter().map(|(name, of)| (*name, of(standing))).collect()
}

/// An action; late as of this day.
pub static ACTION: Columns<Cell<Action>> = &[
    ("id", |_, line, _| told(line.told.id.as_deref())),
    ("theme", |_, line, _| word(line.told.theme)),
    ("title", |_, line, _| told(line.told.title.as_deref())),
    ("status", |_, line, _| word(line.told.status)),
    ("entity", |snapshot, line, _| entity(snapshot, line)),
    ("department", |_, line, _| told(line.told.department.as_deref())),
    ("start", |_, line, _| day(line.told.start)),
    ("due", |_, line, _| day(line.told.due)),
    ("late", |_, line, today| line.told.is_late(today).into()),
    ("blocked", |_, line, _| line.told.is_blocked().into()),
    ("blocked_by", |_, line, _| told(line.told.blocked_by.as_deref())),
    ("indicator", |_, line, _| told(line.told.indicator.as_deref())),
    ("origin", |snapshot, line, _| (&*snapshot.line_id(line)).into()),
];

/// A figure that is declared by hand.
pub static DECLARED: Columns<Cell<Declared>> = &[
    ("date", |_, line, _| day(line.told.date)),
    ("entity", |snapshot, line, _| entity(snapshot, line)),
    ("theme", |_, line, _| word(line.told.theme)),
    ("name", |_, line, _| told(line.told.name.as_deref())),
    ("value", |_, line, _| number(line.told.value)),
    ("unit", |_, line, _| told(line.told.unit.as_deref())),
    ("source", |_, line, _| told(line.told.source.as_deref())),
    ("note", |_, line, _| told(line.told.note.as_deref())),
    ("origin", |snapshot, line, _| (&*snapshot.line_id(line)).into()),
];

/// A service, as its supplier declares it.
pub static SERVICE: Columns<Cell<ServiceLine>> = &[
    ("year", |_, line, _| line.told.year.map_or(Value::Null, |year| (year as i16).into())),
    ("entity", |snapshot, line, _| entity(snapshot, line)),
    ("scope", |_, line, _| word(line.told.scope)),
    ("name", |_, line, _| told(line.told.name.as_deref())),
    ("supplier", |_, line, _| told(line.told.supplier.as_deref())),
    ("kwh", |_, line, _| number(line.told.kwh)),
    ("co2e_kg", |_, line, _| number(line.told.co2e_kg)),
    ("amount_ht", |_, line, _| number(line.told.amount_ht.map(|amount| amount.0 as f64 / 100.0))),
    ("document", |_, line, _| told(line.told.origin.as_deref())),
    ("origin", |snapshot, line, _| (&*snapshot.line_id(line)).into()),
];
