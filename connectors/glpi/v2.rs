//! What is asked of the high-level API, in which order. Additional fields of the *Fields* plugin are not in it.

use domain::record::Text;
use serde_json::{Map, Value};

use super::Asked;
use super::itemtype::ItemType;
use super::oauth::Access;
use super::read::{Component, Reader};
use super::row::{id_of, number};
use super::translate::{self, Named};
use crate::clock::Clock;
use crate::{Failure, Harvest, Progress};

/// The trees and lists that rows refer to and whose names they do not tell, or not whole.
const NAMES: &[(&str, &str, bool)] = &[
    ("State", "Dropdowns/State", false),
    ("Location", "Dropdowns/Location", false),
    ("Entity", "Administration/Entity", false),
    ("Supplier", "Management/Supplier", false),
    ("Group", "Administration/Group", true),
];
/// Filters are only asked for: a property that a version does not know is silently left out of them, and every row is
/// looked at again.
const NO_TRASH: &str = "&filter=is_deleted==false";
const NO_TRASH_NO_TEMPLATES: &str = "&filter=is_deleted==false;is_template==false";
/// The first version that tells templates.
const TELLS_TEMPLATES: (u32, u32) = (2, 3);
const INFOCOM: &str = "id itemtype items_id comment date_buy date_use date_order date_delivery date_warranty \
                       date_decommission warranty_duration order_number immo_number invoice_number value \
                       budget { id name } supplier { id name }";
/// The components of servers: what GraphQL calls them, and what is asked of them.
const COMPONENTS: &[(&str, &str)] = &[
    ("ProcessorItem", "id itemtype items_id processor { id designation }"),
    ("MemoryItem", "id itemtype items_id size"),
    ("HardDriveItem", "id itemtype items_id capacity hard_drive { id designation }"),
];
/// How many servers are asked for their components at once.
const AT_ONCE: usize = 100;

/// Asks for everything.
pub async fn collect(access: &mut Access, asked: &Asked, progress: &Progress) -> Result<Harvest, Failure> {
    progress.step("token", 0);
    let version = access.negotiate().await?;
    let scope = access.widen().await?;
    // Moments are told with their offset, and text as it is.
    let clock = Clock { server: None, house: asked.context.time_zone.clone() };
    let mut reader = Reader::new(asked.pricing, &asked.context, false, clock);
    reader.note(format!("high-level API {}.{}; {scope}", version.0, version.1));
    let tells_templates = version >= TELLS_TEMPLATES;
    if !tells_templates {
        let note = "before GLPI 11.0.6 this API does not tell templates from assets: they are counted as assets";
        reader.note(note.to_owned());
    }

    for (list, path, optional) in NAMES {
        let take = |row: Map<String, Value>| {
            let mut told = Vec::new();
            let row = translate::entry(row, |named| told.push(named));
            learn(&mut reader, told);
            reader.name(list, &row);
        };
        access.list(path, "", *optional, progress, take).await?;
        reader.names.grow(list);
    }
    let by_login = asked.logins && reader.by_login();
    let custom = custom_types(access).await?;
    if custom.is_none() {
        reader.note(missed("custom assets"));
    }
    for (name, label) in custom.unwrap_or_default() {
        reader.add_type(ItemType::custom(&name, &label));
    }
    let take = |row: Map<String, Value>| {
        let mut told = Vec::new();
        let row = translate::account(row, |named| told.push(named));
        learn(&mut reader, told);
        reader.account(&row);
    };
    access.graphql("Infocom", INFOCOM, None, false, progress, take).await?;

    // Fields of the plugin are not in this API, and custom fields are known once they are read.
    for (at, itemtype) in reader.types().to_vec().iter().enumerate() {
        let prefix = if itemtype.custom { "Assets/Custom" } else { "Assets" };
        let filter = if tells_templates && !itemtype.custom { NO_TRASH_NO_TEMPLATES } else { NO_TRASH };
        let take = |mut row: Map<String, Value>| {
            if let (Some(id), Some(Value::Object(fields))) = (id_of(&row), row.remove("custom_fields")) {
                custom_values(&mut reader, itemtype, id, &fields);
            }
            if let (true, Some(Value::Object(account))) = (by_login, row.get("user")) {
                reader.login(account);
            }
            let mut told = Vec::new();
            let row = translate::item(itemtype, row, |named| told.push(named));
            learn(&mut reader, told);
            reader.item(at, &row);
        };
        let path = format!("{prefix}/{}", itemtype.name);
        if !access.list(&path, filter, itemtype.optional, progress, take).await? {
            reader.note(missed(&itemtype.name));
        }
    }
    reader.every_field_is_there()?;
    components(access, &mut reader, progress).await?;
    Ok(reader.harvest())
}

/// What is told of a list that is not to be had: this API does not always say whether it is there.
fn missed(what: &str) -> String {
    format!(
        "{what}: this GLPI has no such list, or the account may not read it: nothing is wrong where you keep none"
    )
}

/// Takes names that came along with a row; a name that a list has told, whole path and all, stays.
pub fn learn(reader: &mut Reader<'_>, told: Vec<Named>) {
    for (list, id, name) in told {
        if reader.names.of(&list, Some(id)).is_none() {
            reader.names.learn(&list, id, name);
        }
    }
}

/// The custom assets: system name and label; `None` where they are not to be had.
async fn custom_types(access: &mut Access) -> Result<Option<Vec<(String, String)>>, Failure> {
    let Some(told) = access.get("Assets/Custom").await? else { return Ok(None) };
    let text = |told: &Value, key: &str| told.get(key).and_then(Value::as_str).map(str::to_owned);
    let told = told.as_array().into_iter().flatten();
    Ok(Some(told.filter_map(|told| text(told, "itemtype").zip(text(told, "name"))).collect()))
}

/// A custom field is told by its system name alone, yes and no by the words `true` and `false`.
pub fn custom_values(reader: &mut Reader<'_>, itemtype: &ItemType, item: u64, fields: &Map<String, Value>) {
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        let known = reader.extra.with_system_name(name);
        if let Some(field) = known.or_else(|| reader.extra.custom_field(name, name, "StringType")) {
            reader.extra.custom_value(&itemtype.class, item, field, value);
        }
    }
}

/// The processors, memory and drives of servers. They are taken once a list of them is whole.
async fn components(access: &mut Access, reader: &mut Reader<'_>, progress: &Progress) -> Result<(), Failure> {
    let servers = reader.servers();
    let is_server = |id: u64| servers.binary_search(&id).is_ok();
    'lists: for (of, fields) in COMPONENTS {
        let mut rows = Vec::new();
        let mut chunks = servers.chunks(AT_ONCE);
        while let Some(ids) = chunks.next() {
            let list = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
            let filter = format!("itemtype==Computer;items_id=in=({list})");
            let mut understood = true;
            let take = |row: Map<String, Value>| {
                let computer = computer_of(&row);
                understood &= computer.is_some_and(|id| ids.contains(&id));
                // Those of all computers may come, and would take more room than the harvest.
                if computer.is_some_and(is_server) {
                    rows.push(row);
                }
            };
            if !access.graphql(of, fields, Some(&filter), true, progress, take).await? {
                reader.note(missed(of));
                continue 'lists;
            }
            if !understood {
                // The filter was passed over, as one is whose property is not known: this was the whole list.
                chunks = [].chunks(AT_ONCE);
            }
        }
        for row in &rows {
            if let Some(id) = computer_of(row) {
                component(reader, of, id, row);
            }
        }
    }
    Ok(())
}

/// The computer that a component is in.
fn computer_of(row: &Map<String, Value>) -> Option<u64> {
    let is_computer = row.get("itemtype").and_then(Value::as_str) == Some("Computer");
    row.get("items_id").and_then(number).filter(|_| is_computer)
}

fn component(reader: &mut Reader<'_>, of: &str, computer: u64, row: &Map<String, Value>) {
    let text = |key: &str| row.get(key)?.get("designation")?.as_str().and_then(Text::of);
    let size = |key: &str| row.get(key).and_then(number).unwrap_or(0) as f64;
    let name = text("processor").or_else(|| text("hard_drive"));
    let name = name.as_deref();
    let component = match of {
        "ProcessorItem" => Component::Processor { name },
        "MemoryItem" => Component::Memory { megabytes: size("size") },
        _ => Component::Drive { name, megabytes: size("capacity") },
    };
    reader.component(computer, &component);
}
