//! What is asked of REST v1, in which order. People are never asked for, unless by their logins.

use std::collections::HashMap;

use anyhow::anyhow;
use serde_json::{Map, Value};

use super::Asked;
use super::extra::Block;
use super::itemtype::{ItemType, system_name};
use super::read::{self, Reader};
use super::row::{id_of, number};
use super::session::{List, Listed, Session};
use crate::{Class, Failure, Harvest, Progress};

/// The lists of names that rows refer to, beside the types and models of each item type.
const NAMES: &[&str] = &["State", "Location", "Entity", "Manufacturer", "Supplier", "SupplierType", "Budget"];
/// Left out by the server where it can, and once more by the reader: versions differ in what they make of it.
const NO_TEMPLATES: &str = "&searchText%5Bis_template%5D=%5E0%24";
/// How many servers are asked for their components at once: the address of the question must stay short.
const AT_ONCE: usize = 40;

/// Asks for everything.
pub async fn collect(session: &mut Session, asked: &Asked, progress: &Progress) -> Result<Harvest, Failure> {
    progress.step("session", 0);
    let about = session.about().await?;
    let version = about.version.as_str();
    let clock = session.clock(asked.context.time_zone.clone());
    let mut reader = Reader::new(asked.pricing, &asked.context, read::keeps_entities(version), clock);
    reader.note(format!("GLPI {version}, over REST v1; {}", session.scope()));
    if read::loses_digits(version) {
        reader.note("before 9.5.12 GLPI turns serial numbers into numbers: zeros are lost".to_owned());
    }
    let mut asking = Asking { session, page_size: asked.page_size, progress };
    asking.custom_types(&mut reader, &about.asset_types).await?;
    asking.names(&mut reader, version).await?;
    if asked.logins && reader.by_login() {
        // Without it everybody would be nobody, in a harvest that calls itself complete.
        if asking.try_list("User", "", |row| reader.login(row)).await? != Listed::Whole {
            let cause = anyhow!("the account's profile has no right to read users, and `logins` is true");
            return Err(Failure::new(Class::Permission, cause));
        }
    }
    asking.list("Infocom", "", |row| reader.account(row)).await?;
    asking.plugin_fields(&mut reader).await?;
    let fields = asking.custom_fields(&mut reader).await?;
    for (at, itemtype) in reader.types().to_vec().iter().enumerate() {
        let list = List { class: &itemtype.class, filter: NO_TEMPLATES, optional: itemtype.optional };
        let take = |row: &Map<String, Value>| {
            if itemtype.custom {
                custom_values(&mut reader, itemtype, &fields, row);
            }
            reader.item(at, row);
        };
        let listed = asking.session.list(&list, asking.page_size, progress, take).await?;
        missed(&mut reader, listed, &itemtype.name, false)?;
    }
    reader.every_field_is_there()?;
    asking.components(&mut reader).await?;
    Ok(reader.harvest())
}

/// Fields of custom assets, by their number in GLPI: the number that the reader gave them.
pub type CustomFields = HashMap<u64, usize>;

/// One collection under way.
struct Asking<'a> {
    session: &'a mut Session,
    page_size: usize,
    progress: &'a Progress,
}

impl Asking<'_> {
    async fn list(
        &mut self,
        class: &str,
        filter: &str,
        take: impl FnMut(&Map<String, Value>),
    ) -> Result<(), Failure> {
        let list = List { class, filter, optional: false };
        self.session.list(&list, self.page_size, self.progress, take).await.map(|_| ())
    }

    /// Asks for a list that need not exist or be readable.
    async fn try_list(
        &mut self,
        class: &str,
        filter: &str,
        take: impl FnMut(&Map<String, Value>),
    ) -> Result<Listed, Failure> {
        let list = List { class, filter, optional: true };
        self.session.list(&list, self.page_size, self.progress, take).await
    }

    /// The custom assets of GLPI 11, told by its configuration; their definitions say what people call them.
    async fn custom_types(&mut self, reader: &mut Reader<'_>, classes: &[String]) -> Result<(), Failure> {
        let names: Vec<&str> = classes.iter().filter_map(|class| system_name(class)).collect();
        if names.is_empty() {
            return Ok(());
        }
        let mut labels = HashMap::new();
        let learn = |row: &Map<String, Value>| {
            let text = |column: &str| row.get(column).and_then(Value::as_str).map(str::to_owned);
            labels.extend(text("system_name").zip(text("label")));
        };
        let listed = self.try_list("Glpi\\Asset\\AssetDefinition", "", learn).await?;
        missed(reader, listed, "labels of custom assets", false)?;
        for name in names {
            reader.add_type(ItemType::custom(name, labels.get(name).map_or(name, String::as_str)));
        }
        Ok(())
    }

    async fn names(&mut self, reader: &mut Reader<'_>, version: &str) -> Result<(), Failure> {
        for class in NAMES {
            self.list(class, "", |row| reader.name(class, row)).await?;
        }
        if read::lists_groups(version) {
            self.list("Group", "", |row| reader.name("Group", row)).await?;
        }
        for itemtype in reader.types().to_vec() {
            let types = itemtype.types.map(|types| types.class);
            for class in types.into_iter().chain([itemtype.models.class]) {
                let list = List { class: &class, filter: "", optional: itemtype.optional };
                self.session.list(&list, self.page_size, self.progress, |row| reader.name(&class, row)).await?;
            }
        }
        Ok(())
    }

    /// The blocks of the *Fields* plugin, where there is one, and what they hold.
    async fn plugin_fields(&mut self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        let classes: Vec<String> = reader.types().iter().map(|itemtype| itemtype.class.clone()).collect();
        let classes: Vec<&str> = classes.iter().map(String::as_str).collect();
        let mut blocks = Vec::new();
        let learn = |row: &Map<String, Value>| blocks.extend(Block::of(reader.row(row), &classes));
        let listed = self.try_list("PluginFieldsContainer", "", learn).await?;
        let needed = reader.rules_name_extra();
        // Most houses have no such plugin, and nothing to be told of it.
        if listed == Listed::Forbidden {
            missed(reader, listed, "the Fields plugin", needed)?;
        }
        if blocks.is_empty() {
            return Ok(());
        }
        let learn = |row: &Map<String, Value>| {
            let row = reader.row(row);
            reader.extra.plugin_field(row, &mut blocks);
        };
        let listed = self.try_list("PluginFieldsField", "", learn).await?;
        missed(reader, listed, "the fields of the Fields plugin", needed)?;
        for block in &blocks {
            for class in &block.lists {
                // With names instead of ids, the item is a name too: the raw list says whose the values are.
                let mut named = HashMap::new();
                if !block.choices.is_empty() {
                    let learn = |row: &Map<String, Value>| named.extend(id_of(row).map(|id| (id, block.chosen(row))));
                    self.try_list(class, "&expand_dropdowns=true", learn).await?;
                }
                let take = |row: &Map<String, Value>| {
                    let named = id_of(row).and_then(|id| named.get(&id));
                    let row = reader.row(row);
                    reader.extra.plugin_values(block, row, named);
                };
                let listed = self.try_list(class, "", take).await?;
                missed(reader, listed, class, needed)?;
            }
        }
        Ok(())
    }

    async fn custom_fields(&mut self, reader: &mut Reader<'_>) -> Result<CustomFields, Failure> {
        let mut fields = CustomFields::new();
        if !reader.types().iter().any(|itemtype| itemtype.custom) {
            return Ok(fields);
        }
        let learn = |row: &Map<String, Value>| {
            let text = |column: &str| row.get(column).and_then(Value::as_str).unwrap_or_default();
            let field = reader.extra.custom_field(text("label"), text("system_name"), text("type"));
            fields.extend(id_of(row).zip(field));
        };
        let listed = self.try_list("Glpi\\Asset\\CustomFieldDefinition", "", learn).await?;
        let needed = reader.rules_name_extra();
        missed(reader, listed, "fields of custom assets", needed)?;
        Ok(fields)
    }

    /// The processors, memory and drives of servers. One that vanished meanwhile spoils the answer for those asked
    /// for with it: they keep what else is known of them.
    async fn components(&mut self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        let servers = reader.servers();
        if servers.is_empty() {
            return Ok(());
        }
        for class in ["DeviceProcessor", "DeviceHardDrive"] {
            let listed = self.try_list(class, "", |row| reader.name(class, row)).await?;
            missed(reader, listed, class, false)?;
        }
        let mut told = false;
        self.progress.step("components", servers.len() as u64);
        for ids in servers.chunks(AT_ONCE) {
            let Some(rows) = self.session.items("Computer", ids, "&with_devices=true").await? else {
                if !std::mem::replace(&mut told, true) {
                    let note = "components of some servers: not readable by the account, or gone meanwhile";
                    reader.note(note.to_owned());
                }
                continue;
            };
            for row in &rows {
                if let Some((id, devices)) = row.get("id").and_then(number).zip(row.get("_devices")) {
                    reader.devices(id, devices);
                }
            }
            self.progress.add(ids.len() as u64);
        }
        Ok(())
    }
}

/// Tells of a list that is not to be had; one that rules need fails the harvest, since a rule that silently matches
/// nothing changes what things are.
fn missed(reader: &mut Reader<'_>, listed: Listed, what: &str, needed: bool) -> Result<(), Failure> {
    let why = match listed {
        Listed::Whole => return Ok(()),
        Listed::Unknown => "this GLPI has no such list",
        Listed::Forbidden => "the account's profile has no right to read it",
    };
    if needed {
        return Err(Failure::new(Class::Permission, anyhow!("{what}: {why}, and rules name `field.…`")));
    }
    reader.note(match listed {
        Listed::Unknown => format!("{what}: {why}: nothing is wrong where you keep none"),
        _ => format!("{what}: {why}"),
    });
    Ok(())
}

/// `custom_fields` is a text of JSON, keyed by the number of the field.
pub fn custom_values(reader: &mut Reader<'_>, itemtype: &ItemType, fields: &CustomFields, row: &Map<String, Value>) {
    let told = row.get("custom_fields").and_then(Value::as_str);
    let told: Option<Map<String, Value>> = told.and_then(|told| serde_json::from_str(told).ok());
    let Some(id) = id_of(row) else { return };
    for (number, value) in told.unwrap_or_default() {
        if let Some(field) = number.parse().ok().and_then(|number: u64| fields.get(&number)) {
            reader.extra.custom_value(&itemtype.class, id, *field, &value);
        }
    }
}
