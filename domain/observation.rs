//! What one source says about one asset, once.

use jiff::civil::Date;

use crate::quantity::Cents;
use crate::record::{Field, Record, Takes, Text, Told};
use crate::word::{Condition, Disposal, Kind, Mode, Status, Word};

/// What can be said of an asset. Every field may be unknown, and an unknown is never a zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// What it is.
    pub kind: Option<Kind>,
    /// Who made it.
    pub manufacturer: Option<Text>,
    /// The maker's name for it.
    pub model: Option<Text>,
    /// The maker's serial number.
    pub serial: Option<Text>,
    /// The house's inventory number.
    pub asset_tag: Option<Text>,
    /// System UUID (SMBIOS).
    pub uuid: Option<Text>,
    /// Name on the network.
    pub hostname: Option<Text>,
    /// MAC addresses, separated by spaces.
    pub mac: Option<Text>,
    /// Entity as the source names it; parts of a path are separated by ` > `.
    pub entity: Option<Text>,
    /// Place as the source names it.
    pub location: Option<Text>,
    /// Department as the source names it.
    pub department: Option<Text>,
    /// Pseudonym of the holder; a name never gets here.
    pub user: Option<Text>,
    /// Where it is in its life.
    pub status: Option<Status>,
    /// What it was when acquired.
    pub condition: Option<Condition>,
    /// How it was acquired.
    pub mode: Option<Mode>,
    /// Ordered on.
    pub order_date: Option<Date>,
    /// Bought on.
    pub purchase_date: Option<Date>,
    /// Delivered on.
    pub delivery_date: Option<Date>,
    /// Price without tax.
    pub purchase_price_ht: Option<Cents>,
    /// Who sold it.
    pub supplier: Option<Text>,
    /// Number of the order.
    pub order_number: Option<Text>,
    /// Made on: its service began no earlier, and not much later.
    pub manufacture_date: Option<Date>,
    /// In service since.
    pub in_service_date: Option<Date>,
    /// Reformed on.
    pub retired_date: Option<Date>,
    /// Gone on.
    pub disposal_date: Option<Date>,
    /// The way by which it left.
    pub disposal: Option<Disposal>,
    /// Newest contact.
    pub last_seen: Option<Date>,
    /// End of warranty.
    pub warranty_end: Option<Date>,
    /// Proven years of use before us.
    pub upstream_years: Option<f64>,
    /// Processor.
    pub cpu: Option<Text>,
    /// How many processors.
    pub cpu_count: Option<f64>,
    /// Memory, in gigabytes.
    pub ram_gb: Option<f64>,
    /// Memory modules.
    pub ram_modules: Option<f64>,
    /// Solid-state storage, in gigabytes.
    pub ssd_gb: Option<f64>,
    /// Solid-state drives.
    pub ssd_count: Option<f64>,
    /// Hard disks, in gigabytes.
    pub hdd_gb: Option<f64>,
    /// How many hard disks.
    pub hdd_count: Option<f64>,
    /// Diagonal of the screen, in inches.
    pub screen_inches: Option<f64>,
    /// Electricity a year as its maker declares it (TEC), in kilowatt-hours.
    pub annual_kwh: Option<f64>,
    /// Power drawn, in watts.
    pub power_watts: Option<f64>,
    /// French repairability index, out of ten.
    pub repairability_index: Option<f64>,
    /// European repairability class, A to E.
    pub repairability_class: Option<Text>,
    /// Type I ecolabel (ISO 14024).
    pub ecolabel: Option<Text>,
    /// Weight, in kilograms.
    pub weight_kg: Option<f64>,
    /// Name of its operating system, edition included.
    pub operating_system: Option<Text>,
    /// Version of its operating system, build included.
    pub operating_system_version: Option<Text>,
    /// Its account in the directory is enabled.
    pub account_enabled: Option<bool>,
    /// Version of its firmware, as it tells it.
    pub firmware: Option<Text>,
    /// Ports with a socket of their own.
    pub ports: Option<f64>,
    /// Pages printed in its life.
    pub printed_pages: Option<f64>,
    /// Running since.
    pub running_since: Option<Date>,
    /// Only told of by another thing or by a directory: it informs assets that others list, and makes none.
    pub witness: Option<bool>,
    /// A virtual machine: counted apart, without kind, age or footprint.
    pub virtual_machine: Option<bool>,
}

impl Record for Facts {
    const NAME: &'static str = "assets";
    const FIELDS: &'static [Field<Self>] = &[
        Field {
            name: "kind",
            takes: Takes::Word(Kind::canonical, Kind::names),
            get: |r| r.kind.tell(),
            set: |r, v| r.kind = Told::told(v),
        },
        Field {
            name: "manufacturer",
            takes: Takes::Text,
            get: |r| r.manufacturer.tell(),
            set: |r, v| r.manufacturer = Told::told(v),
        },
        Field { name: "model", takes: Takes::Text, get: |r| r.model.tell(), set: |r, v| r.model = Told::told(v) },
        Field { name: "serial", takes: Takes::Text, get: |r| r.serial.tell(), set: |r, v| r.serial = Told::told(v) },
        Field {
            name: "asset_tag",
            takes: Takes::Text,
            get: |r| r.asset_tag.tell(),
            set: |r, v| r.asset_tag = Told::told(v),
        },
        Field { name: "uuid", takes: Takes::Text, get: |r| r.uuid.tell(), set: |r, v| r.uuid = Told::told(v) },
        Field {
            name: "hostname",
            takes: Takes::Text,
            get: |r| r.hostname.tell(),
            set: |r, v| r.hostname = Told::told(v),
        },
        Field { name: "mac", takes: Takes::Text, get: |r| r.mac.tell(), set: |r, v| r.mac = Told::told(v) },
        Field { name: "entity", takes: Takes::Text, get: |r| r.entity.tell(), set: |r, v| r.entity = Told::told(v) },
        Field {
            name: "location",
            takes: Takes::Text,
            get: |r| r.location.tell(),
            set: |r, v| r.location = Told::told(v),
        },
        Field {
            name: "department",
            takes: Takes::Text,
            get: |r| r.department.tell(),
            set: |r, v| r.department = Told::told(v),
        },
        Field { name: "user", takes: Takes::Text, get: |r| r.user.tell(), set: |r, v| r.user = Told::told(v) },
        Field {
            name: "status",
            takes: Takes::Word(Status::canonical, Status::names),
            get: |r| r.status.tell(),
            set: |r, v| r.status = Told::told(v),
        },
        Field {
            name: "condition",
            takes: Takes::Word(Condition::canonical, Condition::names),
            get: |r| r.condition.tell(),
            set: |r, v| r.condition = Told::told(v),
        },
        Field {
            name: "mode",
            takes: Takes::Word(Mode::canonical, Mode::names),
            get: |r| r.mode.tell(),
            set: |r, v| r.mode = Told::told(v),
        },
        Field {
            name: "order_date",
            takes: Takes::Date,
            get: |r| r.order_date.tell(),
            set: |r, v| r.order_date = Told::told(v),
        },
        Field {
            name: "purchase_date",
            takes: Takes::Date,
            get: |r| r.purchase_date.tell(),
            set: |r, v| r.purchase_date = Told::told(v),
        },
        Field {
            name: "delivery_date",
            takes: Takes::Date,
            get: |r| r.delivery_date.tell(),
            set: |r, v| r.delivery_date = Told::told(v),
        },
        Field {
            name: "purchase_price_ht",
            takes: Takes::Money,
            get: |r| r.purchase_price_ht.tell(),
            set: |r, v| r.purchase_price_ht = Told::told(v),
        },
        Field {
            name: "supplier",
            takes: Takes::Text,
            get: |r| r.supplier.tell(),
            set: |r, v| r.supplier = Told::told(v),
        },
        Field {
            name: "order_number",
            takes: Takes::Text,
            get: |r| r.order_number.tell(),
            set: |r, v| r.order_number = Told::told(v),
        },
        Field {
            name: "manufacture_date",
            takes: Takes::Date,
            get: |r| r.manufacture_date.tell(),
            set: |r, v| r.manufacture_date = Told::told(v),
        },
        Field {
            name: "in_service_date",
            takes: Takes::Date,
            get: |r| r.in_service_date.tell(),
            set: |r, v| r.in_service_date = Told::told(v),
        },
        Field {
            name: "retired_date",
            takes: Takes::Date,
            get: |r| r.retired_date.tell(),
            set: |r, v| r.retired_date = Told::told(v),
        },
        Field {
            name: "disposal_date",
            takes: Takes::Date,
            get: |r| r.disposal_date.tell(),
            set: |r, v| r.disposal_date = Told::told(v),
        },
        Field {
            name: "disposal",
            takes: Takes::Word(Disposal::canonical, Disposal::names),
            get: |r| r.disposal.tell(),
            set: |r, v| r.disposal = Told::told(v),
        },
        Field {
            name: "last_seen",
            takes: Takes::Date,
            get: |r| r.last_seen.tell(),
            set: |r, v| r.last_seen = Told::told(v),
        },
        Field {
            name: "warranty_end",
            takes: Takes::Date,
            get: |r| r.warranty_end.tell(),
            set: |r, v| r.warranty_end = Told::told(v),
        },
        Field {
            name: "upstream_years",
            takes: Takes::Number,
            get: |r| r.upstream_years.tell(),
            set: |r, v| r.upstream_years = Told::told(v),
        },
        Field { name: "cpu", takes: Takes::Text, get: |r| r.cpu.tell(), set: |r, v| r.cpu = Told::told(v) },
        Field {
            name: "cpu_count",
            takes: Takes::Number,
            get: |r| r.cpu_count.tell(),
            set: |r, v| r.cpu_count = Told::told(v),
        },
        Field {
            name: "ram_gb",
            takes: Takes::Number,
            get: |r| r.ram_gb.tell(),
            set: |r, v| r.ram_gb = Told::told(v),
        },
        Field {
            name: "ram_modules",
            takes: Takes::Number,
            get: |r| r.ram_modules.tell(),
            set: |r, v| r.ram_modules = Told::told(v),
        },
        Field {
            name: "ssd_gb",
            takes: Takes::Number,
            get: |r| r.ssd_gb.tell(),
            set: |r, v| r.ssd_gb = Told::told(v),
        },
        Field {
            name: "ssd_count",
            takes: Takes::Number,
            get: |r| r.ssd_count.tell(),
            set: |r, v| r.ssd_count = Told::told(v),
        },
        Field {
            name: "hdd_gb",
            takes: Takes::Number,
            get: |r| r.hdd_gb.tell(),
            set: |r, v| r.hdd_gb = Told::told(v),
        },
        Field {
            name: "hdd_count",
            takes: Takes::Number,
            get: |r| r.hdd_count.tell(),
            set: |r, v| r.hdd_count = Told::told(v),
        },
        Field {
            name: "screen_inches",
            takes: Takes::Number,
            get: |r| r.screen_inches.tell(),
            set: |r, v| r.screen_inches = Told::told(v),
        },
        Field {
            name: "annual_kwh",
            takes: Takes::Number,
            get: |r| r.annual_kwh.tell(),
            set: |r, v| r.annual_kwh = Told::told(v),
        },
        Field {
            name: "power_watts",
            takes: Takes::Number,
            get: |r| r.power_watts.tell(),
            set: |r, v| r.power_watts = Told::told(v),
        },
        Field {
            name: "repairability_index",
            takes: Takes::Number,
            get: |r| r.repairability_index.tell(),
            set: |r, v| r.repairability_index = Told::told(v),
        },
        Field {
            name: "repairability_class",
            takes: Takes::Text,
            get: |r| r.repairability_class.tell(),
            set: |r, v| r.repairability_class = Told::told(v),
        },
        Field {
            name: "ecolabel",
            takes: Takes::Text,
            get: |r| r.ecolabel.tell(),
            set: |r, v| r.ecolabel = Told::told(v),
        },
        Field {
            name: "weight_kg",
            takes: Takes::Number,
            get: |r| r.weight_kg.tell(),
            set: |r, v| r.weight_kg = Told::told(v),
        },
        Field {
            name: "operating_system",
            takes: Takes::Text,
            get: |r| r.operating_system.tell(),
            set: |r, v| r.operating_system = Told::told(v),
        },
        Field {
            name: "operating_system_version",
            takes: Takes::Text,
            get: |r| r.operating_system_version.tell(),
            set: |r, v| r.operating_system_version = Told::told(v),
        },
        Field {
            name: "account_enabled",
            takes: Takes::Flag,
            get: |r| r.account_enabled.tell(),
            set: |r, v| r.account_enabled = Told::told(v),
        },
        Field {
            name: "firmware",
            takes: Takes::Text,
            get: |r| r.firmware.tell(),
            set: |r, v| r.firmware = Told::told(v),
        },
        Field { name: "ports", takes: Takes::Number, get: |r| r.ports.tell(), set: |r, v| r.ports = Told::told(v) },
        Field {
            name: "printed_pages",
            takes: Takes::Number,
            get: |r| r.printed_pages.tell(),
            set: |r, v| r.printed_pages = Told::told(v),
        },
        Field {
            name: "running_since",
            takes: Takes::Date,
            get: |r| r.running_since.tell(),
            set: |r, v| r.running_since = Told::told(v),
        },
        Field {
            name: "witness",
            takes: Takes::Flag,
            get: |r| r.witness.tell(),
            set: |r, v| r.witness = Told::told(v),
        },
        Field {
            name: "virtual_machine",
            takes: Takes::Flag,
            get: |r| r.virtual_machine.tell(),
            set: |r, v| r.virtual_machine = Told::told(v),
        },
    ];
}

/// What one source says about one asset, once.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The source's own key of the record, stable from one harvest to the next.
    pub native: Text,
    /// The row had nothing to be known by again: the key is made of its content.
    pub anonymous: bool,
    /// What it says.
    pub facts: Facts,
}
