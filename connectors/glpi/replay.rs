//! Documents of GLPI's answers, read without a server: what fuzzers try and what the tests replay. Pure.
//!
//! A document is `{"version": "10.0.19", "lists": {"Computer": [rows], …}}`; of the high-level API the version is told as
//! `v2.3`. Anything else is taken for the body of a refusal.

use serde_json::{Map, Value};

use super::account::Pricing;
use super::extra::Block;
use super::itemtype::{ItemType, system_name};
use super::read::{Reader, keeps_entities};
use super::row::id_of;
use super::{refusal, translate, v1, v2};
use crate::clock::Clock;
use crate::http::Answer;
use crate::{Context, Failure, Harvest};

/// Reads a document: a harvest, or what the refusal means; `None` where it is no JSON.
pub fn document(context: &Context, document: &[u8]) -> Option<Result<Harvest, Failure>> {
    let told: Value = serde_json::from_slice(document).ok()?;
    let (Some(version), Some(lists)) = (told["version"].as_str(), told["lists"].as_object()) else {
        let answer = Answer { status: 400, headers: Default::default(), body: document.to_vec() };
        return Some(Err(refusal::accepted("Computer", answer).err()?));
    };
    let high = version.starts_with('v');
    let clock =
        Clock::of("2026-11-24 13:00:00".parse().ok(), "2026-11-24T12:00:00Z".parse().ok(), context.time_zone.clone());
    let pricing = Pricing { vat: Some(0.2), zero_is_free: false };
    let mut reader = Reader::new(pricing, context, keeps_entities(version), clock);
    let rows = |list: &str| {
        let rows = lists.get(list).and_then(Value::as_array).into_iter().flatten();
        rows.filter_map(Value::as_object).cloned().collect::<Vec<Map<String, Value>>>()
    };
    for class in lists.keys() {
        if let Some(name) = system_name(class) {
            reader.add_type(ItemType::custom(name, name));
        }
    }
    let itemtypes = reader.types().to_vec();
    let is_data = |list: &str| {
        itemtypes.iter().any(|known| known.class == *list) || list == "Infocom" || list.starts_with("PluginFields")
    };
    for list in lists.keys().filter(|list| !is_data(list)) {
        for row in rows(list) {
            let mut told = Vec::new();
            let row = if high { translate::entry(row, |named| told.push(named)) } else { row };
            v2::learn(&mut reader, told);
            reader.name(list, &row);
        }
        reader.names.grow(list);
    }
    for row in rows("Infocom") {
        let mut told = Vec::new();
        let row = if high { translate::account(row, |named| told.push(named)) } else { row };
        v2::learn(&mut reader, told);
        reader.account(&row);
    }
    let classes: Vec<&str> = itemtypes.iter().map(|itemtype| itemtype.class.as_str()).collect();
    let mut blocks: Vec<Block> =
        rows("PluginFieldsContainer").iter().filter_map(|row| Block::of(reader.row(row), &classes)).collect();
    for row in rows("PluginFieldsField") {
        let row = reader.row(&row);
        reader.extra.plugin_field(row, &mut blocks);
    }
    for block in &blocks {
        for row in block.lists.iter().flat_map(|list| rows(list)) {
            let named = row.clone();
            let row = reader.row(&row);
            reader.extra.plugin_values(block, row, Some(&named));
        }
    }
    let mut fields = v1::CustomFields::new();
    for row in rows("Glpi\\Asset\\CustomFieldDefinition") {
        let text = |column: &str| row.get(column).and_then(Value::as_str).unwrap_or_default();
        let field = reader.extra.custom_field(text("label"), text("system_name"), text("type"));
        fields.extend(id_of(&row).zip(field));
    }
    for (at, itemtype) in itemtypes.iter().enumerate() {
        for mut row in rows(&itemtype.class) {
            if itemtype.custom && !high {
                v1::custom_values(&mut reader, itemtype, &fields, &row);
            }
            if high {
                if let (Some(id), Some(Value::Object(fields))) = (id_of(&row), row.remove("custom_fields")) {
                    v2::custom_values(&mut reader, itemtype, id, &fields);
                }
                let mut told = Vec::new();
                row = translate::item(itemtype, row, |named| told.push(named));
                v2::learn(&mut reader, told);
            }
            reader.item(at, &row);
            if let (Some(id), Some(devices)) = (id_of(&row), row.get("_devices")) {
                reader.devices(id, devices);
            }
        }
    }
    Some(Ok(reader.harvest()))
}
