//! Hashes by which a change is noticed. They are stored: the same content should give the same hash in every release,
//! or everything is written once more.

use domain::packed::Packed;
use domain::quantity::Cents;
use domain::record::{Record, Value};
use sha2::{Digest, Sha256};

use super::cell::Cell;

/// The hash of some cells. Sixty-four bits suffice: a change goes unnoticed once in 10^19.
pub(super) fn of(cells: &[Cell<'_>]) -> i64 {
    let mut hash = Sha256::new();
    for cell in cells {
        // With its sort and length before each cell, no two different lists feed the same bytes.
        match cell {
            Cell::Null => hash.update([0]),
            Cell::Int(number) => {
                hash.update([1]);
                hash.update(number.to_be_bytes());
            }
            Cell::Real(number) => {
                hash.update([2]);
                hash.update(number.to_be_bytes());
            }
            Cell::Text(text) => {
                hash.update([3]);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text.as_bytes());
            }
        }
    }
    first_bits(hash)
}

/// The hash of what an observation says. It is made of the fields themselves: writing a body out only to find that
/// nothing changed takes three times as long.
pub(super) fn of_observation(observation: &Packed) -> i64 {
    let mut bytes = Vec::with_capacity(640);
    bytes.push(observation.is_anonymous().into());
    push_fields(&mut bytes, &observation.facts());
    first_bits(Sha256::new().chain_update(&bytes))
}

fn push_fields<R: Record>(bytes: &mut Vec<u8>, record: &R) {
    for field in R::FIELDS {
        let Some(value) = (field.get)(record) else { continue };
        push_text(bytes, field.name);
        match value {
            Value::Text(text) => push_text(bytes, &text),
            Value::Word(word) => push_text(bytes, word),
            Value::Date(date) => {
                bytes.extend(date.year().to_be_bytes());
                bytes.extend(date.month().to_be_bytes());
                bytes.extend(date.day().to_be_bytes());
            }
            Value::Moment(moment) => bytes.extend(moment.0.to_be_bytes()),
            Value::Money(Cents(cents)) => bytes.extend(cents.to_be_bytes()),
            Value::Number(number) => bytes.extend(number.to_be_bytes()),
            Value::Flag(flag) => bytes.push(flag.into()),
        }
    }
}

/// With its length before it, no two different lists of texts are the same bytes.
fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_be_bytes());
    bytes.extend(text.as_bytes());
}

fn first_bits(hash: Sha256) -> i64 {
    let mut bits = [0; 8];
    bits.copy_from_slice(&hash.finalize()[..8]);
    i64::from_be_bytes(bits)
}
