//! Records as JSON objects: `{field: value}` of the fields that are known, in the order of `Record::FIELDS`. Money is in
//! integer cents, a moment in seconds since 1970, a date an ISO text, a word its name. A field that this release does not
//! know, or a value it cannot take, is passed over when reading, so that rows outlive the release that wrote them.

use std::fmt;
use std::hash::BuildHasher;
use std::marker::PhantomData;

use domain::quantity::Cents;
use domain::record::{Record, Takes, Text, Value};
use domain::testimony::Moment;
use rustc_hash::FxBuildHasher;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A record on its way to JSON.
pub(crate) struct Body<'a, R>(pub(crate) &'a R);

impl<R: Record> Serialize for Body<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for field in R::FIELDS {
            match (field.get)(self.0) {
                Some(Value::Moment(Moment(seconds))) => object.serialize_entry(field.name, &seconds)?,
                Some(Value::Text(text)) => object.serialize_entry(field.name, &*text)?,
                Some(Value::Word(word)) => object.serialize_entry(field.name, word)?,
                Some(Value::Date(date)) => object.serialize_entry(field.name, &format_args!("{date}"))?,
                Some(Value::Money(Cents(cents))) => object.serialize_entry(field.name, &cents)?,
                // JSON has no other numbers; a field that holds none of these is not known.
                Some(Value::Number(number)) if number.is_finite() => object.serialize_entry(field.name, &number)?,
                Some(Value::Flag(flag)) => object.serialize_entry(field.name, &flag)?,
                Some(Value::Number(_)) | None => {}
            }
        }
        object.end()
    }
}

/// The record as JSON; the same record always gives the same text.
pub(crate) fn to_json<R: Record>(record: &R) -> String {
    let mut json = Vec::with_capacity(640);
    serde_json::to_writer(&mut json, &Body(record)).expect("keys are texts and writing to memory does not fail");
    String::from_utf8(json).expect("JSON is UTF-8")
}

/// The record that this JSON object tells.
pub(super) fn from_json<R: Record>(json: &str, recall: &mut Recall) -> serde_json::Result<R> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let record = Seed { recall, record: PhantomData }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(record)
}

/// Texts read lately, shared instead of copied: makers, models and entities repeat from row to row.
/// A fixed number of slots, each keeping the last text that fell into it, bounds both memory and time.
pub(super) struct Recall {
    slots: Vec<Text>,
}

impl Default for Recall {
    fn default() -> Self {
        Self { slots: vec![Text::default(); 1024] }
    }
}

impl Recall {
    /// The text, shared with an earlier equal one where that is still remembered.
    pub(super) fn text(&mut self, text: &str) -> Text {
        let at = FxBuildHasher.hash_one(text) as usize % self.slots.len();
        let slot = &mut self.slots[at];
        if **slot != *text {
            *slot = Text::from(text);
        }
        slot.clone()
    }
}

/// Reads a record.
struct Seed<'a, R> {
    recall: &'a mut Recall,
    record: PhantomData<R>,
}

impl<'de, R: Record> DeserializeSeed<'de> for Seed<'_, R> {
    type Value = R;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<R, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: Record> Visitor<'de> for Seed<'_, R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object of `{}` fields", R::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<R, A::Error> {
        let mut record = R::default();
        // Fields come in order: the search goes on where the last one was found.
        let mut next = 0;
        while let Some(found) = object.next_key_seed(Key::<R> { next, record: PhantomData })? {
            let Some(at) = found else {
                object.next_value::<IgnoredAny>()?;
                continue;
            };
            next = at + 1;
            let field = &R::FIELDS[at];
            if let Some(value) = object.next_value_seed(Slot { takes: field.takes, recall: self.recall })? {
                (field.set)(&mut record, value);
            }
        }
        Ok(record)
    }
}

/// Reads a key as the place of its field in `FIELDS`.
struct Key<R> {
    next: usize,
    record: PhantomData<R>,
}

impl<'de, R: Record> DeserializeSeed<'de> for Key<R> {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<R: Record> Visitor<'_> for Key<R> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        let later = R::FIELDS.iter().skip(self.next).position(|field| field.name == key).map(|at| at + self.next);
        Ok(later.or_else(|| R::FIELDS.iter().position(|field| field.name == key)))
    }
}

/// Reads a value as what its field takes; `None` where it is of another sort.
struct Slot<'a> {
    takes: Takes,
    recall: &'a mut Recall,
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = Option<Value>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(match self.takes {
            Takes::Text => Some(Value::Text(self.recall.text(text))),
            Takes::Word(canonical, _) => canonical(text).map(Value::Word),
            Takes::Date => text.parse().ok().map(Value::Date),
            Takes::Moment | Takes::Money | Takes::Number | Takes::Flag => None,
        })
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(matches!(self.takes, Takes::Flag).then_some(Value::Flag(flag)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(match self.takes {
            Takes::Money => Some(Value::Money(Cents(number))),
            Takes::Moment => Some(Value::Moment(Moment(number))),
            Takes::Number => Some(Value::Number(number as f64)),
            _ => None,
        })
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(match self.takes {
            Takes::Money => i64::try_from(number).ok().map(|cents| Value::Money(Cents(cents))),
            Takes::Moment => i64::try_from(number).ok().map(|seconds| Value::Moment(Moment(seconds))),
            Takes::Number => Some(Value::Number(number as f64)),
            _ => None,
        })
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(matches!(self.takes, Takes::Number).then_some(Value::Number(number)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_map(object)?;
        Ok(None)
    }
}
