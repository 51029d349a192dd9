//! Records as tables of fields: one written-out list a record type. Reading a spreadsheet, applying a rule,
//! merging testimonies, storing and telling all walk the same list, so that a field is added in one place.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use crate::quantity::Cents;
use crate::testimony::Moment;
use crate::word::Word;

/// A short immutable text, cheap to copy.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Arc<str>);

impl Text {
    /// The text with its ends trimmed; `None` where nothing is left.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.into()))
    }
}

impl Default for Text {
    fn default() -> Self {
        Self("".into())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl std::ops::Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// What a field holds, once said.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Free text.
    Text(Text),
    /// A word of a closed vocabulary, as the vocabulary spells it.
    Word(&'static str),
    /// A civil date.
    Date(Date),
    /// A moment, to the second.
    Moment(Moment),
    /// Money.
    Money(Cents),
    /// A number in the unit that the field's name gives.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Word(word) => f.write_str(word),
            Self::Date(date) => date.fmt(f),
            Self::Moment(moment) => moment.fmt(f),
            Self::Money(cents) => cents.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
        }
    }
}

/// What a field takes.
#[derive(Clone, Copy)]
pub enum Takes {
    /// Free text.
    Text,
    /// A word: the first function gives the vocabulary's own spelling, `None` for a word it does not have; the second
    /// all of its words, for whoever must be told them.
    Word(fn(&str) -> Option<&'static str>, fn() -> Vec<&'static str>),
    /// A civil date.
    Date,
    /// A moment, to the second.
    Moment,
    /// Money.
    Money,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
}

/// One field of a record.
pub struct Field<T: 'static> {
    /// Its name in the contract.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it holds.
    pub get: fn(&T) -> Option<Value>,
    /// Makes it hold a value; a value of another sort than `takes` empties it.
    pub set: fn(&mut T, Value),
}

/// A record that is a list of fields.
pub trait Record: Default + 'static {
    /// What users call such records: the `contents` of a tabular source.
    const NAME: &'static str;
    /// Its fields, in the order in which they are written out.
    const FIELDS: &'static [Field<Self>];

    /// The field of this name.
    fn field(name: &str) -> Option<&'static Field<Self>> {
        Self::FIELDS.iter().find(|field| field.name == name)
    }
}

/// A typed slot that can say and be told a [`Value`].
pub trait Told {
    /// What it holds.
    fn tell(&self) -> Option<Value>;
    /// A slot that holds `value`; an empty one where the value is of another sort.
    fn told(value: Value) -> Self;
}

impl Told for Option<Text> {
    fn tell(&self) -> Option<Value> {
        self.clone().map(Value::Text)
    }
    fn told(value: Value) -> Self {
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Told for Option<Date> {
    fn tell(&self) -> Option<Value> {
        self.map(Value::Date)
    }
    fn told(value: Value) -> Self {
        match value {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }
}

impl Told for Option<Moment> {
    fn tell(&self) -> Option<Value> {
        self.map(Value::Moment)
    }
    fn told(value: Value) -> Self {
        match value {
            Value::Moment(moment) => Some(moment),
            _ => None,
        }
    }
}

impl Told for Option<Cents> {
    fn tell(&self) -> Option<Value> {
        self.map(Value::Money)
    }
    fn told(value: Value) -> Self {
        match value {
            Value::Money(cents) => Some(cents),
            _ => None,
        }
    }
}

impl Told for Option<f64> {
    fn tell(&self) -> Option<Value> {
        self.map(Value::Number)
    }
    fn told(value: Value) -> Self {
        match value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl Told for Option<bool> {
    fn tell(&self) -> Option<Value> {
        self.map(Value::Flag)
    }
    fn told(value: Value) -> Self {
        match value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }
}

impl<W: Word> Told for Option<W> {
    fn tell(&self) -> Option<Value> {
        self.map(|word| Value::Word(word.name()))
    }
    fn told(value: Value) -> Self {
        match value {
            Value::Word(word) => W::parse(word),
            _ => None,
        }
    }
}
