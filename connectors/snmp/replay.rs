//! Recordings, read without an agent: what fuzzers try and what the tests replay. Pure.
//!
//! A document is a recording of snmpsim, a line for each object: `OID|TAG|VALUE`, the tag as in BER, in decimal; an `x`
//! behind it says that the value is hexadecimal.

use domain::packed::Packed;
use jiff::Timestamp;

use super::told::{Oid, Told, Value, oid};
use super::{power, read};
use crate::{Context, Harvest};

/// Reads a document at this moment: things, neighbours and watts.
pub fn document(context: &Context, document: &[u8], now: Timestamp) -> (Harvest, power::Drawn) {
    let told = recording(&String::from_utf8_lossy(document));
    let mut harvest = Harvest { tally: context.rules.tally(), complete: true, ..Harvest::default() };
    let things = read::things(&told, now, &context.time_zone).into_iter().chain(read::neighbours(&told));
    for thing in things {
        let seen = read::observe(thing, &told, &context.rules, &mut harvest.tally);
        harvest.observations.push(Packed::from(&seen));
    }
    (harvest, power::drawn(&told, &read::system(&told)))
}

/// The values of a recording; lines that are none are passed over.
pub fn recording(text: &str) -> Told {
    let row = |line: &str| -> Option<(Oid, Value)> {
        let mut parts = line.splitn(3, '|');
        let (name, tag, told) = (oid(parts.next()?)?, parts.next()?, parts.next()?);
        let bytes = |hex: bool| match hex {
            false => Some(told.as_bytes().to_vec()),
            true => hex::decode(told).ok(),
        };
        let value = match tag {
            "2" | "65" | "66" | "70" => Value::Number(told.parse().ok()?),
            "4" | "4x" => Value::Bytes(bytes(tag == "4x")?),
            "6" => Value::Object(oid(told)?),
            "64x" => Value::Address(bytes(true)?.try_into().ok()?),
            "67" => Value::Ticks(told.parse().ok()?),
            _ => return None,
        };
        Some((name, value))
    };
    Told(text.lines().filter_map(row).collect())
}
