//! One raw row of GLPI, column by column. Pure.

use std::borrow::Cow;

use domain::record::Text;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Value};

use crate::value;

/// The id of a row; numbers may come as text.
pub fn id_of(row: &Map<String, Value>) -> Option<u64> {
    number(row.get("id")?)
}

/// A number, or a text that is one; yes and no are 1 and 0.
pub fn number(told: &Value) -> Option<u64> {
    match told {
        Value::Bool(told) => Some(u64::from(*told)),
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whose moments GLPI tells, and in whose days they are wanted.
#[derive(Clone, Debug)]
pub struct Clock {
    /// How far the server's own time is from UTC, where that was seen and is not the house's.
    pub server: Option<Offset>,
    /// The organisation's time zone.
    pub house: TimeZone,
}

impl Clock {
    /// The clock of a server that said `local` at the moment `at`. One that shows the house's time is in its zone,
    /// summer and winter.
    pub fn of(local: Option<DateTime>, at: Option<Timestamp>, house: TimeZone) -> Self {
        let server = local.zip(at).and_then(|(local, at)| {
            let ahead = Offset::UTC.to_timestamp(local).ok()?.as_second() - at.as_second();
            // Zones differ by quarters of an hour; the rest is how long the answer took.
            let quarters = (ahead as f64 / 900.0).round() as i32;
            let offset = Offset::from_seconds(quarters * 900).ok()?;
            (offset != house.to_offset(at)).then_some(offset)
        });
        Self { server, house }
    }

    /// The day of a moment, in the organisation's time zone.
    fn day(&self, moment: &str) -> Option<Date> {
        if let Ok(at) = moment.parse::<Timestamp>() {
            return Some(crate::day_of(at, &self.house));
        }
        let local: DateTime = moment.parse().ok()?;
        let Some(server) = self.server else { return Some(local.date()) };
        Some(crate::day_of(server.to_timestamp(local).ok()?, &self.house))
    }
}

/// A row, read column by column: every column may be missing, null, a number or a text.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub columns: &'a Map<String, Value>,
    /// Are `&`, `<` and `>` kept as entities?
    pub encoded: bool,
}

impl<'a> Row<'a> {
    /// The text of a column, its entities decoded; `None` where nothing is said.
    pub fn text(self, column: &str) -> Option<Cow<'a, str>> {
        let text = match self.columns.get(column)? {
            Value::String(text) if self.encoded => decoded(text),
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Number(number) => Cow::Owned(number.to_string()),
            _ => return None,
        };
        (!text.trim().is_empty()).then_some(text)
    }

    /// The text of a column, to be kept.
    pub fn kept(self, column: &str) -> Option<Text> {
        Text::of(&self.text(column)?)
    }

    /// What a column refers to; 0 is nothing.
    pub fn id(self, column: &str) -> Option<u64> {
        self.columns.get(column).and_then(number).filter(|id| *id != 0)
    }

    /// What a column refers to, where it may be several things.
    pub fn ids(self, column: &str) -> impl Iterator<Item = u64> + 'a {
        let told = self.columns.get(column);
        let one = told.filter(|told| !told.is_array());
        let many = told.and_then(Value::as_array).into_iter().flatten();
        one.into_iter().chain(many).filter_map(number).filter(|id| *id != 0)
    }

    /// The day of a moment, by both clocks.
    pub fn moment(self, column: &str, clock: &Clock) -> Result<Option<Date>, String> {
        match self.text(column) {
            Some(text) if !text.starts_with("0000") => match clock.day(&text) {
                Some(day) => Ok(Some(day)),
                None => value::date(&text).map(Some),
            },
            _ => Ok(None),
        }
    }

    /// The day of a date, or of a moment told in the server's time; MySQL's zero date is none.
    pub fn day(self, column: &str) -> Result<Option<Date>, String> {
        match self.text(column) {
            Some(text) if !text.starts_with("0000") => value::date(&text).map(Some),
            _ => Ok(None),
        }
    }
}

/// `&#38;`, `&#60;`, `&#62;`, and the entities that older versions left behind, decoded once.
fn decoded(text: &str) -> Cow<'_, str> {
    const ENTITIES: &[(&str, char)] = &[
        ("&#38;", '&'),
        ("&#60;", '<'),
        ("&#62;", '>'),
        ("&#34;", '"'),
        ("&#39;", '\''),
        ("&#039;", '\''),
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
    ];
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (width, means) = match ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, means)) => (entity.len(), *means),
            None => (1, '&'),
        };
        plain.push(means);
        rest = &rest[width..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}
