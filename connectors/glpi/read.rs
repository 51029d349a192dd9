//! GLPI's raw rows, as observations. Pure: rows in, a harvest out.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::observation::{Facts, Observation};
use domain::packed::Packed;
use domain::record::Text;
use domain::word::Kind;
use serde_json::{Map, Value};

use super::account::{Infocom, Pricing};
use super::extra::Extra;
use super::itemtype::{self, ItemType};
use super::names::Names;
use super::row::{Row, id_of, number};
use crate::clock::Clock;
use crate::kind::fold;
use crate::model::{Drive, drive_of, is_virtual};
use crate::rule::{EXTRA, Rules};
use crate::secret::PseudonymKey;
use crate::{Class, Context, Failure, Harvest, Reject, value};

/// The fields that a rule's `when` can name.
pub static REPORTS: &[&str] = &[
    "itemtype",
    "state",
    "type",
    "model",
    "manufacturer",
    "supplier",
    "supplier_type",
    "comment",
    "infocom_comment",
    "entity",
    "location",
    "group",
    "budget",
    "order_number",
    "immo_number",
    "bill",
    "name",
    "serial",
    "asset_tag",
    EXTRA,
];

/// A part of a computer.
pub enum Component<'a> {
    /// A processor, by its name.
    Processor { name: Option<&'a str> },
    /// A memory module.
    Memory { megabytes: f64 },
    /// A drive; its name tells what it stores with.
    Drive { name: Option<&'a str>, megabytes: f64 },
}

/// The reported fields whose values are worth a rule, and are counted.
static COUNTED: &[&str] = &["itemtype", "state", "type", "supplier", "supplier_type", "budget"];

/// Does a GLPI of this version keep `&`, `<` and `>` as entities? Up to 10 it does; from 11 on text is plain, and
/// what looks like an entity is data.
pub fn keeps_entities(version: &str) -> bool {
    major(version).is_some_and(|major| major <= 10)
}

/// Does a GLPI of this version turn serial numbers that look like numbers into numbers (`000121212` to `121212`)?
pub fn loses_digits(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    (part(), part(), part()) < (9, 5, 12)
}

/// Do its lists say which group an item belongs to? From 11 on they do not.
pub fn lists_groups(version: &str) -> bool {
    keeps_entities(version)
}

/// The first number of a version.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// What rows are read with, and the harvest they make. Dictionaries first, then the accounts and what the house has
/// added, then the items, then the components of servers.
pub struct Reader<'a> {
    pricing: Pricing,
    encoded: bool,
    clock: Clock,
    rules: &'a Rules,
    /// The source's name, which keeps the users of two GLPI apart, and the key.
    pseudonyms: Option<(&'a str, &'a PseudonymKey)>,
    /// Pseudonyms of logins by the number of the account, where people are known by them.
    logins: Option<HashMap<u64, Text>>,
    types: Vec<ItemType>,
    /// What ids stand for.
    pub names: Names,
    supplier_types: HashMap<u64, u64>,
    accounts: HashMap<(usize, u64), Infocom>,
    /// Fields that the house has added.
    pub extra: Extra,
    /// Computers that are servers, and where their observations are.
    servers: HashMap<u64, usize>,
    harvest: Harvest,
}

impl<'a> Reader<'a> {
    /// A reader for one source; `encoded` where GLPI keeps `&`, `<` and `>` as entities.
    pub fn new(pricing: Pricing, context: &'a Context, encoded: bool, clock: Clock) -> Self {
        Self {
            pricing,
            encoded,
            clock,
            rules: &context.rules,
            pseudonyms: context.pseudonyms.as_ref().map(|key| (context.name.as_str(), key)),
            logins: None,
            types: itemtype::core(),
            names: Names::default(),
            supplier_types: HashMap::new(),
            accounts: HashMap::new(),
            extra: Extra::default(),
            servers: HashMap::new(),
            harvest: Harvest { tally: context.rules.tally(), ..Harvest::default() },
        }
    }

    /// The item types to be read, in order; [`Reader::item`] takes their places in it.
    pub fn types(&self) -> &[ItemType] {
        &self.types
    }

    /// One more item type, of the house's own making.
    pub fn add_type(&mut self, itemtype: ItemType) {
        if self.types.iter().all(|known| known.name != itemtype.name) {
            self.types.push(itemtype);
        }
    }

    /// A row of this GLPI.
    pub fn row<'r>(&self, columns: &'r Map<String, Value>) -> Row<'r> {
        Row { columns, encoded: self.encoded }
    }

    /// Does a rule look at a field of the house's own?
    pub fn rules_name_extra(&self) -> bool {
        self.rules.0.iter().any(|rule| rule.when.iter().any(|(field, _)| field.starts_with("field.")))
    }

    /// Fails where a rule looks at a field that nothing defines: it would silently match nothing, and things would be
    /// taken for what they are not.
    pub fn every_field_is_there(&self) -> Result<(), Failure> {
        let named = self.rules.0.iter().flat_map(|rule| &rule.when);
        let mut named = named.filter_map(|(field, _)| field.strip_prefix("field."));
        match named.find(|name| !self.extra.is_known(name)) {
            Some(name) => {
                let known = self.extra.labels().join(", ");
                let cause =
                    anyhow::anyhow!("a rule names `field.{name}`, which this GLPI does not tell; it tells {known}");
                Err(Failure::new(Class::Other, cause))
            }
            None => Ok(()),
        }
    }

    /// Something an operator should know of what could be read.
    pub fn note(&mut self, note: String) {
        self.harvest.notes.push(note);
    }

    /// All that was read; to be asked for once every list was read to its end.
    pub fn harvest(self) -> Harvest {
        Harvest { complete: true, ..self.harvest }
    }

    /// Learns the name in a row of one of GLPI's lists.
    pub fn name(&mut self, list: &str, columns: &Map<String, Value>) {
        let row = self.row(columns);
        self.names.read(list, row);
        if let ("Supplier", Some(id), Some(kind)) = (list, id_of(columns), row.id("suppliertypes_id")) {
            self.supplier_types.insert(id, kind);
        }
    }

    /// From now on people are known by their logins; `false` where there is no key and nobody is known.
    pub fn by_login(&mut self) -> bool {
        self.logins = Some(HashMap::new());
        self.pseudonyms.is_some()
    }

    /// Learns the login of an account, as a pseudonym at once.
    pub fn login(&mut self, account: &Map<String, Value>) {
        let pseudonym = id_of(account)
            .zip(self.row(account).text("name"))
            .zip(self.pseudonyms)
            .and_then(|((id, login), (_, key))| Some((id, key.of(&login)?)));
        if let Some(logins) = &mut self.logins {
            logins.extend(pseudonym);
        }
    }

    /// The pseudonym of the account of this number.
    fn person(&self, account: u64) -> Option<Text> {
        let (source, key) = self.pseudonyms?;
        match &self.logins {
            Some(logins) => logins.get(&account).cloned(),
            None => key.of(&format!("{source}:{account}")),
        }
    }

    /// Learns what the accounts know of an item; items of other types are left out.
    pub fn account(&mut self, columns: &Map<String, Value>) {
        let row = self.row(columns);
        let at = row.text("itemtype").and_then(|told| self.types.iter().position(|known| *known.class == *told));
        let (Some(at), Some(item)) = (at, row.id("items_id")) else { return };
        let place = format!("{}/{item}", self.types[at].name);
        let rejects = &mut self.harvest.rejects;
        let infocom = Infocom::read(row, self.pricing, |column, reason| {
            rejects.push(Reject { place: place.clone(), column: Some(column.to_owned()), reason });
        });
        self.accounts.insert((at, item), infocom);
    }

    /// Reads an item of the type at this place. Templates are none, though lists hold them.
    pub fn item(&mut self, at: usize, columns: &Map<String, Value>) {
        let row = self.row(columns);
        let Some(id) = id_of(columns) else { return };
        if row.id("is_template").is_some() || row.id("is_deleted").is_some() {
            return;
        }
        let native = format!("{}/{id}", self.types[at].name);
        let last_seen = row.moment("last_inventory_update", &self.clock);
        let last_seen = last_seen.unwrap_or_else(|reason| {
            let column = Some("last_inventory_update".to_owned());
            self.harvest.rejects.push(Reject { place: native.clone(), column, reason });
            None
        });
        let size = row.text("size").and_then(|size| value::number(&size).ok()).filter(|inches| *inches > 0.0);
        let itemtype = &self.types[at];
        let unbought = Infocom::default();
        let account = self.accounts.get(&(at, id)).unwrap_or(&unbought);
        let listed = |dictionary: &str, column: &str| self.names.of(dictionary, row.id(column)).cloned();

        let type_name = itemtype.types.as_ref().and_then(|types| listed(&types.class, &types.column));
        let manufacturer = listed("Manufacturer", "manufacturers_id");
        let model = listed(&itemtype.models.class, &itemtype.models.column);
        let (by, of, what) = (manufacturer.as_deref(), model.as_deref(), type_name.as_deref());
        let virtual_machine = itemtype.name == "Computer" && is_virtual(by, of, what);
        let mut facts = Facts {
            kind: if virtual_machine { None } else { itemtype.kind(what, by, of) },
            virtual_machine: virtual_machine.then_some(true),
            serial: row.kept("serial"),
            asset_tag: row.kept("otherserial"),
            uuid: row.kept("uuid"),
            hostname: row.kept("name").filter(|_| itemtype.named_by_network),
            // The root entity is number 0, not "none".
            entity: self.names.of("Entity", row.columns.get("entities_id").and_then(number)).cloned(),
            location: listed("Location", "locations_id"),
            user: row.id("users_id").and_then(|account| self.person(account)),
            order_date: account.order_date,
            purchase_date: account.buy_date,
            delivery_date: account.delivery_date,
            purchase_price_ht: account.price,
            supplier: self.names.of("Supplier", account.supplier).cloned(),
            order_number: account.order_number.clone(),
            in_service_date: account.use_date,
            retired_date: account.decommission_date,
            last_seen,
            warranty_end: account.warranty_end,
            screen_inches: size.filter(|_| itemtype.name == "Monitor"),
            manufacturer,
            model,
            ..Facts::default()
        };

        let supplier_type =
            account.supplier.and_then(|id| self.names.of("SupplierType", self.supplier_types.get(&id).copied()));
        let groups: Vec<&str> =
            row.ids("groups_id").filter_map(|id| self.names.of("Group", Some(id))).map(|name| &**name).collect();
        let groups = Text::of(&groups.join(", "));
        let extra = self.extra.said(&itemtype.class, id);
        let of_extra = |name: &str| {
            let name = fold(name);
            let named = extra.iter().find(|(field, _)| self.extra.is_named(*field, &name));
            named.map(|(_, value)| value)
        };
        let told = &facts;
        let said = |field: &str| -> Option<Cow<'_, str>> {
            let kept = match field {
                "itemtype" => return Some(Cow::Borrowed(itemtype.name.as_str())),
                "comment" => return row.text("comment"),
                "name" => return row.text("name"),
                "state" => self.names.of("State", row.id("states_id")),
                "type" => type_name.as_ref(),
                "model" => told.model.as_ref(),
                "manufacturer" => told.manufacturer.as_ref(),
                "supplier" => told.supplier.as_ref(),
                "supplier_type" => supplier_type,
                "infocom_comment" => account.comment.as_ref(),
                "entity" => told.entity.as_ref(),
                "location" => told.location.as_ref(),
                "group" => groups.as_ref(),
                "budget" => self.names.of("Budget", account.budget),
                "order_number" => told.order_number.as_ref(),
                "immo_number" => account.immo_number.as_ref(),
                "bill" => account.bill.as_ref(),
                "serial" => told.serial.as_ref(),
                "asset_tag" => told.asset_tag.as_ref(),
                other => other.strip_prefix("field.").and_then(of_extra),
            };
            kept.map(|text| Cow::Borrowed(&**text))
        };
        let tally = &mut self.harvest.tally;
        for told in extra {
            let (field, value) = self.extra.listed(told);
            tally.count(&field, value);
        }
        for (field, value) in self.rules.judge(COUNTED, said, &native, tally) {
            (field.set)(&mut facts, value);
        }
        if itemtype.name == "Computer" && facts.kind == Some(Kind::Server) {
            self.servers.insert(id, self.harvest.observations.len());
        }
        self.harvest.observations.push(Packed::from(&Observation {
            native: Text::from(native),
            anonymous: false,
            facts,
        }));
    }

    /// The computers that are servers, in order: their components decide their footprint, and are worth asking for.
    pub fn servers(&self) -> Vec<u64> {
        let mut servers: Vec<u64> = self.servers.keys().copied().collect();
        servers.sort_unstable();
        servers
    }

    /// One component of a server.
    pub fn component(&mut self, computer: u64, component: &Component<'_>) {
        if let Some(at) = self.servers.get(&computer) {
            self.harvest.observations[*at].change(|server| add_component(&mut server.observation.facts, component));
        }
    }

    /// The components of a computer as REST v1 lists them below `_devices`.
    pub fn devices(&mut self, computer: u64, devices: &Value) {
        let rows = |list: &str| devices.get(list).and_then(Value::as_object).into_iter().flat_map(Map::values);
        let size = |row: &Value, column: &str| row.get(column).and_then(number).unwrap_or(0) as f64;
        let named = |names: &Self, row: &Value, dictionary: &str, column: &str| {
            names.names.of(dictionary, row.get(column).and_then(number)).cloned()
        };
        for row in rows("Item_DeviceProcessor") {
            let name = named(self, row, "DeviceProcessor", "deviceprocessors_id");
            self.component(computer, &Component::Processor { name: name.as_deref() });
        }
        for row in rows("Item_DeviceMemory") {
            self.component(computer, &Component::Memory { megabytes: size(row, "size") });
        }
        for row in rows("Item_DeviceHardDrive") {
            let name = named(self, row, "DeviceHardDrive", "deviceharddrives_id");
            let drive = Component::Drive { name: name.as_deref(), megabytes: size(row, "capacity") };
            self.component(computer, &drive);
        }
    }
}

/// One component more of a server.
fn add_component(facts: &mut Facts, component: &Component<'_>) {
    let add = |slot: &mut Option<f64>, amount: f64| {
        if amount > 0.0 {
            *slot = Some(slot.unwrap_or(0.0) + amount);
        }
    };
    match *component {
        Component::Processor { name } => {
            facts.cpu = facts.cpu.take().or_else(|| name.and_then(Text::of));
            add(&mut facts.cpu_count, 1.0);
        }
        Component::Memory { megabytes } => {
            add(&mut facts.ram_gb, megabytes / 1024.0);
            add(&mut facts.ram_modules, if megabytes > 0.0 { 1.0 } else { 0.0 });
        }
        Component::Drive { name, megabytes } => match name.and_then(drive_of) {
            Some(Drive::Solid) => {
                add(&mut facts.ssd_gb, megabytes / 1000.0);
                add(&mut facts.ssd_count, 1.0);
            }
            Some(Drive::Disk) => {
                add(&mut facts.hdd_gb, megabytes / 1000.0);
                add(&mut facts.hdd_count, 1.0);
            }
            // What it stores with is not told: it is left out rather than guessed.
            None => {}
        },
    }
}
