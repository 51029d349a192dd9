//! One raw row of GLPI, column by column. Pure.

use std::borrow::Cow;

use domain::record::Text;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::clock::Clock;
use crate::html::unescaped;
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
            Value::String(text) if self.encoded => unescaped(text),
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
