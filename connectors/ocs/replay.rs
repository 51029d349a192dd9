//! Answers of the REST API, read without a server: what fuzzers try and what the tests replay. Pure.
//!
//! A document is the body of a page of machines, `{"ID": {sections}}`, as any version writes it.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::fields::{Fields, mappable};
use super::machine::Machine;
use super::read::{Reader, Words};
use super::repair;
use crate::clock::Clock;
use crate::{Context, Harvest};

/// Reads a document; `None` where it is no page of machines.
pub fn document(context: &Context, document: &[u8]) -> Option<Harvest> {
    let Value::Object(machines) = repair::json(document).ok()? else { return None };
    let words = Words::default();
    let mut fields = Fields::of(&[], &[]);
    let mapped = [("purchase_date", "fields_3"), ("purchase_price_ht", "fields_7"), ("entity", "TAG")];
    let mapped = mapped.into_iter().filter_map(|(field, column)| Some((mappable(field)?, column.to_owned())));
    fields.map(&mapped.collect::<Vec<_>>(), false);
    let mut reader = Reader::new(context, Clock { server: None, house: TimeZone::UTC }, &words, fields);
    for told in machines.into_values() {
        if let Value::Object(sections) = told {
            // What the SNMP scan writes is a row like any other.
            reader.snmp("Imprimante", &sections);
            if let Some(machine) = Machine::of_sections(sections) {
                reader.machine(&machine);
            }
        }
    }
    Some(reader.harvest())
}
