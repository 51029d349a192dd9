use jiff::civil::date;

use super::*;
use crate::quantity::Cents;
use crate::record::{Record, Takes, Value};
use crate::word::Disposal;

/// Facts in which the fields of some places are told.
fn told(places: impl Fn(usize) -> bool, number: f64) -> Facts {
    let mut facts = Facts::default();
    for (at, field) in Facts::FIELDS.iter().enumerate().filter(|(at, _)| places(*at)) {
        let value = match field.takes {
            Takes::Text => Value::Text(Text::from(format!("{} n° {at}", field.name))),
            Takes::Word(_, names) => Value::Word(names()[1]),
            Takes::Date => Value::Date(date(2020, 1 + (at % 12) as i8, 1 + (at % 28) as i8)),
            Takes::Money => Value::Money(Cents(number as i64 * 100 + at as i64)),
            Takes::Number => Value::Number(number + at as f64),
            Takes::Flag => Value::Flag(at % 2 == 0),
            Takes::Moment => unreachable!(),
        };
        (field.set)(&mut facts, value);
        assert!((field.get)(&facts).is_some(), "{}", field.name);
    }
    facts
}

#[test]
fn what_is_packed_is_what_is_read() {
    let all = Facts::FIELDS.len();
    assert_eq!(all as u32, FIELDS, "each field has its mark");
    for number in [12.5, 0.1, 1e12] {
        for at in 0..all {
            for facts in [told(|place| place == at, number), told(|place| place != at, number)] {
                let observation = Observation { native: Text::from("Computer/é12"), anonymous: at % 2 == 0, facts };
                assert_eq!(Packed::from(&observation).observation(), observation, "{}", Facts::FIELDS[at].name);
            }
        }
        let observation = Observation { native: Text::default(), anonymous: false, facts: told(|_| true, number) };
        assert_eq!(Packed::from(&observation).observation(), observation);
    }
}

#[test]
fn long_texts_are_whole() {
    for length in [254, 255, 256, 70_000] {
        let facts = Facts { mac: Some(Text::from("m".repeat(length))), ..told(|_| true, 1.0) };
        let observation = Observation { native: Text::from("n".repeat(length)), anonymous: true, facts };
        assert_eq!(Packed::from(&observation).observation(), observation);
    }
}

#[test]
fn histories_come_back() {
    let facts = told(|_| true, 1.0);
    let observation = Observation { native: Text::from("1"), anonymous: false, facts: facts.clone() };
    let first_seen = date(2024, 2, 29);
    let usual = usual_spell(&facts, first_seen);
    let later = Spell { since: date(2025, 1, 1), status: Status::InStock, entity: None, user: None };
    let with = |spells: Vec<Spell>| Kept {
        observation: observation.clone(),
        first_seen,
        arrived: true,
        unlisted_since: Some(Moment(7)),
        spells,
    };
    for spells in [vec![usual.clone()], vec![later.clone()], vec![usual.clone(), later]] {
        assert_eq!(Packed::from(with(spells.clone())).kept(), with(spells));
    }
    // None stands for the usual one.
    assert_eq!(Packed::from(with(vec![])).kept(), with(vec![usual]));
    assert_eq!(Packed::from(with(vec![])).unusual_spells(), None);
}

#[test]
fn a_known_way_out_alone_is_gone() {
    for (status, disposal, meant) in [
        (None, None, Status::InUse),
        (None, Some(Disposal::Unknown), Status::InUse),
        (None, Some(Disposal::Donation), Status::Disposed),
        (Some(Status::Retired), Some(Disposal::Donation), Status::Retired),
    ] {
        let facts = Facts { status, disposal, ..Facts::default() };
        let told = Packed::from(&Observation { native: Text::from("1"), anonymous: false, facts });
        let spell = Spell { since: Date::MIN, status: meant, entity: None, user: None };
        assert_eq!(told.spells(), [spell], "{status:?} {disposal:?}");
    }
}
