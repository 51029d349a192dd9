use domain::record::{Record, Takes, Value};
use proptest::prelude::*;

use super::super::body::{self, Recall, to_json};
use super::*;

fn from_json<R: Record>(json: &str) -> serde_json::Result<R> {
    body::from_json(json, &mut Recall::default())
}

#[test]
fn a_body_is_an_object_of_what_is_known() {
    let json = to_json(&seen("a", Some(Status::InStock), "Mairie > É").facts);
    let expected = r#"{"serial":"SN \"a\"","entity":"Mairie > É","status":"in_stock","purchase_date":"2024-02-29","purchase_price_ht":91181,"screen_inches":0.30000000000000004}"#;
    assert_eq!(json, expected);
    assert_eq!(to_json(&Facts::default()), "{}");
    assert_eq!(to_json(&Facts { weight_kg: Some(f64::NAN), ..Facts::default() }), "{}");
}

#[test]
fn what_is_not_understood_is_passed_over() {
    let json = r#"{"colour":{"a":[1,{"b":2}]},"status":"melted","kind":3,"ram_gb":16,"purchase_price_ht":1.5,
        "mac":["a","b"],"cpu":null,"virtual_machine":true,"in_service_date":"soon","serial":"x"}"#;
    let expected =
        Facts { ram_gb: Some(16.0), virtual_machine: Some(true), serial: Some("x".into()), ..Facts::default() };
    assert_eq!(from_json::<Facts>(json).unwrap(), expected);
    assert!(from_json::<Facts>("{").is_err());
    assert!(from_json::<Facts>("{} {}").is_err());
}

/// Any value that a field can hold, made of one number and one text.
fn value(takes: Takes, seed: u64, text: &str) -> Option<Value> {
    Some(match takes {
        Takes::Text => Value::Text(text.into()),
        Takes::Word(_, names) => names().into_iter().cycle().nth((seed % 100) as usize).map(Value::Word)?,
        Takes::Date => Value::Date(date((seed % 9_999) as i16, 1 + (seed % 12) as i8, 1 + (seed % 28) as i8)),
        Takes::Moment => Value::Moment(Moment(seed as i64)),
        Takes::Money => Value::Money(Cents(seed as i64)),
        Takes::Number => Value::Number(Some(f64::from_bits(seed)).filter(|number| number.is_finite())?),
        Takes::Flag => Value::Flag(seed.is_multiple_of(2)),
    })
}

fn comes_back<R: Record + PartialEq + std::fmt::Debug>(seeds: &[(bool, u64, String)]) {
    let mut record = R::default();
    for (field, (known, seed, text)) in R::FIELDS.iter().zip(seeds) {
        if let Some(value) = value(field.takes, *seed, text).filter(|_| *known) {
            (field.set)(&mut record, value);
        }
    }
    assert_eq!(from_json::<R>(&to_json(&record)).unwrap(), record);
}

proptest! {
    #[test]
    fn every_record_comes_back(seeds in prop::collection::vec((any::<bool>(), any::<u64>(), any::<String>()), 50)) {
        comes_back::<Facts>(&seeds);
        comes_back::<PurchaseLine>(&seeds);
        comes_back::<domain::exit::ExitLine>(&seeds);
        comes_back::<domain::exit::StockCount>(&seeds);
        comes_back::<domain::headcount::Headcount>(&seeds);
        comes_back::<domain::strategy::Declared>(&seeds);
        comes_back::<domain::strategy::Action>(&seeds);
        comes_back::<domain::strategy::ServiceLine>(&seeds);
        comes_back::<domain::account::Account>(&seeds);
        comes_back::<domain::decision::Decision>(&seeds);
        comes_back::<domain::power::PowerSample>(&seeds);
    }
}
