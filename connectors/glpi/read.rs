//! GLPI's raw rows, as observations. Pure: rows in, a harvest out.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::observation::{Facts, Observation};
use domain::quantity::Cents;
use domain::record::Text;
use domain::word::Kind;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::row::{Row, id_of, number};
use crate::rule::Rules;
use crate::secret::PseudonymKey;
use crate::{Harvest, Reject, kind, value};

/// One of GLPI's item types that are equipment.
pub struct ItemType {
    /// As the API and `Infocom.itemtype` name it.
    pub name: &'static str,
    /// The list of its types, and the column that refers to it.
    types: (&'static str, &'static str),
    /// The list of its models, and the column that refers to it.
    models: (&'static str, &'static str),
    /// Is its name the one it has on the network?
    named_by_network: bool,
    /// What such an item is in general: before the name of a type it tells which « fixe » is meant.
    noun: &'static str,
    /// What it is, from what the name of its type means.
    kind: fn(Option<Kind>) -> Option<Kind>,
}

/// The item types read, in the order in which they are asked for.
pub static ITEM_TYPES: &[ItemType] = &[
    ItemType {
        name: "Computer",
        types: ("ComputerType", "computertypes_id"),
        models: ("ComputerModel", "computermodels_id"),
        named_by_network: true,
        noun: "pc",
        // Portable, fixe, serveur, tablette: without a type nothing says which.
        kind: |told| told,
    },
    ItemType {
        name: "Monitor",
        types: ("MonitorType", "monitortypes_id"),
        models: ("MonitorModel", "monitormodels_id"),
        named_by_network: false,
        noun: "écran",
        kind: |told| match told {
            Some(Kind::Tv | Kind::InteractiveDisplay | Kind::Projector) => told,
            // The types are most often technologies: LCD, LED.
            _ => Some(Kind::Monitor),
        },
    },
    ItemType {
        name: "NetworkEquipment",
        types: ("NetworkEquipmentType", "networkequipmenttypes_id"),
        models: ("NetworkEquipmentModel", "networkequipmentmodels_id"),
        named_by_network: true,
        noun: "réseau",
        kind: |told| told,
    },
    ItemType {
        name: "Printer",
        types: ("PrinterType", "printertypes_id"),
        models: ("PrinterModel", "printermodels_id"),
        named_by_network: true,
        noun: "imprimante",
        kind: |told| match told {
            Some(Kind::Multifunction | Kind::Copier | Kind::Scanner) => told,
            // Laser, jet d'encre.
            _ => Some(Kind::Printer),
        },
    },
    ItemType {
        name: "Phone",
        types: ("PhoneType", "phonetypes_id"),
        models: ("PhoneModel", "phonemodels_id"),
        named_by_network: false,
        noun: "téléphone",
        // « Portable » and « fixe » alike, there are two sorts.
        kind: |told| told,
    },
    ItemType {
        name: "Peripheral",
        types: ("PeripheralType", "peripheraltypes_id"),
        models: ("PeripheralModel", "peripheralmodels_id"),
        named_by_network: false,
        noun: "périphérique",
        kind: |told| told.or(Some(Kind::Other)),
    },
];

/// The lists of names that rows refer to, beside the types and models of each item type. `Group` is one of version 10
/// and older only: later lists do not say whose an item is.
pub static DICTIONARIES: &[&str] =
    &["State", "Location", "Entity", "Manufacturer", "Supplier", "SupplierType", "Budget", "Group"];

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
];

/// The reported fields whose values are worth a rule, and are counted.
static COUNTED: &[&str] = &["itemtype", "state", "type", "supplier", "supplier_type", "budget"];

impl ItemType {
    /// What an item of this type is; `type_name` is the house's own word for it.
    fn kind(&self, type_name: Option<&str>) -> Option<Kind> {
        let told = |name: &str| kind::of_word(&format!("{} {name}", self.noun)).or_else(|| kind::of_word(name));
        (self.kind)(type_name.and_then(told))
    }

    /// Its own two dictionaries.
    pub fn dictionaries(&self) -> [&'static str; 2] {
        [self.types.0, self.models.0]
    }
}

/// How this house writes prices down: GLPI's `value` has no tax flag, and is 0 where it is unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pricing {
    /// The rate of the tax that prices include, as a ratio.
    pub vat: Option<f64>,
    /// Does 0 mean free, rather than unknown?
    pub zero_is_free: bool,
}

impl Pricing {
    fn ht(self, told: Cents) -> Option<Cents> {
        match self.vat {
            _ if told.0 == 0 && !self.zero_is_free => None,
            Some(rate) => Some(Cents((told.0 as f64 / (1.0 + rate)).round() as i64)),
            None => Some(told),
        }
    }
}

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

/// What the accounts know of one item.
#[derive(Default)]
struct Infocom {
    order_date: Option<Date>,
    buy_date: Option<Date>,
    delivery_date: Option<Date>,
    use_date: Option<Date>,
    decommission_date: Option<Date>,
    warranty_end: Option<Date>,
    price: Option<Cents>,
    supplier: Option<u64>,
    budget: Option<u64>,
    order_number: Option<Text>,
    immo_number: Option<Text>,
    bill: Option<Text>,
    comment: Option<Text>,
}

/// What rows are read with, and the harvest they make. Dictionaries first, then the accounts, then the items.
pub struct Reader<'a> {
    pricing: Pricing,
    encoded: bool,
    rules: &'a Rules,
    /// The source's name, which keeps the users of two GLPI apart, and the key.
    pseudonyms: Option<(&'a str, &'a PseudonymKey)>,
    names: HashMap<&'static str, HashMap<u64, Text>>,
    supplier_types: HashMap<u64, u64>,
    accounts: HashMap<(&'static str, u64), Infocom>,
    harvest: Harvest,
}

impl<'a> Reader<'a> {
    /// A reader of the rows of a GLPI of this version.
    pub fn new(
        version: &str,
        pricing: Pricing,
        rules: &'a Rules,
        pseudonyms: Option<(&'a str, &'a PseudonymKey)>,
    ) -> Self {
        Self {
            pricing,
            encoded: keeps_entities(version),
            rules,
            pseudonyms,
            names: HashMap::new(),
            supplier_types: HashMap::new(),
            accounts: HashMap::new(),
            harvest: Harvest { tally: rules.tally(), ..Harvest::default() },
        }
    }

    /// All that was read; to be asked for once every list was read to its end.
    pub fn harvest(self) -> Harvest {
        Harvest { complete: true, ..self.harvest }
    }

    /// Learns a name; that of a tree is its whole path.
    pub fn name(&mut self, dictionary: &'static str, columns: &Map<String, Value>) {
        let row = Row { columns, encoded: self.encoded };
        // The root entity is number 0.
        let Some(id) = id_of(columns) else { return };
        if let Some(name) = row.kept("completename").or_else(|| row.kept("name")) {
            self.names.entry(dictionary).or_default().insert(id, name);
        }
        if let ("Supplier", Some(kind)) = (dictionary, row.id("suppliertypes_id")) {
            self.supplier_types.insert(id, kind);
        }
    }

    /// Learns what the accounts know of an item; items of other types are left out.
    pub fn account(&mut self, columns: &Map<String, Value>) {
        let row = Row { columns, encoded: self.encoded };
        let itemtype = row.text("itemtype").and_then(|told| ITEM_TYPES.iter().find(|known| *known.name == *told));
        let (Some(itemtype), Some(item)) = (itemtype, row.id("items_id")) else { return };
        let place = format!("{}/{item}", itemtype.name);
        let price = match row.text("value").map(|text| value::money(&text)) {
            Some(Ok(price)) => self.pricing.ht(price),
            Some(Err(reason)) => {
                self.reject(&place, "value", reason);
                None
            }
            None => None,
        };
        let warranty = row.columns.get("warranty_duration").and_then(number).filter(|months| *months > 0);
        let starts = self.day(&place, row, "warranty_date");
        let infocom = Infocom {
            order_date: self.day(&place, row, "order_date"),
            buy_date: self.day(&place, row, "buy_date"),
            delivery_date: self.day(&place, row, "delivery_date"),
            use_date: self.day(&place, row, "use_date"),
            decommission_date: self.day(&place, row, "decommission_date"),
            warranty_end: starts.zip(warranty).and_then(|(starts, months)| {
                starts.checked_add(i64::try_from(months).ok().filter(|months| *months < 1200)?.months()).ok()
            }),
            price,
            supplier: row.id("suppliers_id"),
            budget: row.id("budgets_id"),
            order_number: row.kept("order_number"),
            immo_number: row.kept("immo_number"),
            bill: row.kept("bill"),
            comment: row.kept("comment"),
        };
        self.accounts.insert((itemtype.name, item), infocom);
    }

    /// Reads an item. Templates are none, though lists hold them.
    pub fn item(&mut self, itemtype: &'static ItemType, columns: &Map<String, Value>) {
        let row = Row { columns, encoded: self.encoded };
        let Some(id) = id_of(columns) else { return };
        if row.id("is_template").is_some() || row.id("is_deleted").is_some() {
            return;
        }
        let native = format!("{}/{id}", itemtype.name);
        let last_seen = self.day(&native, row, "last_inventory_update");
        let size = row.text("size").and_then(|size| value::number(&size).ok()).filter(|inches| *inches > 0.0);
        let unbought = Infocom::default();
        let account = self.accounts.get(&(itemtype.name, id)).unwrap_or(&unbought);
        let named = |dictionary: &str, id: Option<u64>| self.names.get(dictionary)?.get(&id?);
        let listed = |dictionary: &str, column: &str| named(dictionary, row.id(column)).cloned();

        let type_name = listed(itemtype.types.0, itemtype.types.1);
        let virtual_machine = itemtype.name == "Computer" && type_name.as_deref().is_some_and(is_virtual);
        let mut facts = Facts {
            kind: if virtual_machine { None } else { itemtype.kind(type_name.as_deref()) },
            virtual_machine: virtual_machine.then_some(true),
            manufacturer: listed("Manufacturer", "manufacturers_id"),
            model: listed(itemtype.models.0, itemtype.models.1),
            serial: row.kept("serial"),
            asset_tag: row.kept("otherserial"),
            uuid: row.kept("uuid"),
            hostname: row.kept("name").filter(|_| itemtype.named_by_network),
            // The root entity is number 0, not "none".
            entity: named("Entity", row.columns.get("entities_id").and_then(number)).cloned(),
            location: listed("Location", "locations_id"),
            user: self
                .pseudonyms
                .zip(row.id("users_id"))
                .and_then(|((source, key), id)| key.of(&format!("{source}:{id}"))),
            order_date: account.order_date,
            purchase_date: account.buy_date,
            delivery_date: account.delivery_date,
            purchase_price_ht: account.price,
            supplier: named("Supplier", account.supplier).cloned(),
            order_number: account.order_number.clone(),
            in_service_date: account.use_date,
            retired_date: account.decommission_date,
            last_seen,
            warranty_end: account.warranty_end,
            screen_inches: size.filter(|_| itemtype.name == "Monitor"),
            ..Facts::default()
        };

        let supplier_type =
            account.supplier.and_then(|id| named("SupplierType", self.supplier_types.get(&id).copied()));
        let told = &facts;
        let said = |field: &str| -> Option<Cow<'_, str>> {
            let kept = match field {
                "itemtype" => return Some(Cow::Borrowed(itemtype.name)),
                "comment" => return row.text("comment"),
                "name" => return row.text("name"),
                "state" => named("State", row.id("states_id")),
                "type" => type_name.as_ref(),
                "model" => told.model.as_ref(),
                "manufacturer" => told.manufacturer.as_ref(),
                "supplier" => told.supplier.as_ref(),
                "supplier_type" => supplier_type,
                "infocom_comment" => account.comment.as_ref(),
                "entity" => told.entity.as_ref(),
                "location" => told.location.as_ref(),
                "group" => named("Group", row.id("groups_id")),
                "budget" => named("Budget", account.budget),
                "order_number" => told.order_number.as_ref(),
                "immo_number" => account.immo_number.as_ref(),
                "bill" => account.bill.as_ref(),
                "serial" => told.serial.as_ref(),
                "asset_tag" => told.asset_tag.as_ref(),
                _ => None,
            };
            kept.map(|text| Cow::Borrowed(&**text))
        };
        let tally = &mut self.harvest.tally;
        for field in COUNTED {
            if let Some(text) = said(field) {
                tally.count(field, &text);
            }
        }
        for (field, value) in self.rules.verdicts::<Facts>(said, &native, tally) {
            (field.set)(&mut facts, value);
        }
        self.harvest.observations.push(Observation { native: Text::from(native), anonymous: false, facts });
    }

    /// The day of a column; one that cannot be read is told of, and the row's other columns count.
    fn day(&mut self, place: &str, row: Row<'_>, column: &str) -> Option<Date> {
        row.day(column).unwrap_or_else(|reason| {
            self.reject(place, column, reason);
            None
        })
    }

    fn reject(&mut self, place: &str, column: &str, reason: String) {
        let reject = Reject { place: place.to_owned(), column: Some(column.to_owned()), reason };
        self.harvest.rejects.push(reject);
    }
}

/// Does the name of a computer's type say that it is a virtual machine? The host of such machines is none.
fn is_virtual(type_name: &str) -> bool {
    let folded = kind::fold(type_name);
    let words = || folded.split(' ');
    let says = |list: &[&str]| words().any(|word| list.contains(&word));
    let host = says(&["hyperviseur", "hypervisor", "hote", "host", "esx", "esxi"]);
    let machine = says(&[
        "vm",
        "vms",
        "virtual",
        "virtuel",
        "virtuels",
        "virtuelle",
        "virtuelles",
        "vmware",
        "virtualbox",
        "kvm",
        "qemu",
        "xen",
        "hyperv",
        "bochs",
        "parallels",
        "lxc",
    ]);
    !host && (machine || folded.contains("hyper v"))
}
