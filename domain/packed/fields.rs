//! What is packed, field by field: each stands at the mark of its place here, as `write.rs` writes it.

use jiff::civil::Date;

use crate::observation::Facts;
use crate::quantity::Cents;
use crate::record::Text;
use crate::shared::Shared;
use crate::word::{Condition, Disposal, Kind, Mode, Status};

use super::{DATES, NUMBERS, Packed, SHARED, TEXTS, WORDS};

/// The fields that are asked for one by one.
impl Packed {
    /// `kind` of [`Facts`].
    pub fn kind(&self) -> Option<Kind> {
        self.word(WORDS)
    }

    /// `status` of [`Facts`].
    pub fn status(&self) -> Option<Status> {
        self.word(WORDS + 1)
    }

    /// `condition` of [`Facts`].
    pub fn condition(&self) -> Option<Condition> {
        self.word(WORDS + 2)
    }

    /// `mode` of [`Facts`].
    pub fn mode(&self) -> Option<Mode> {
        self.word(WORDS + 3)
    }

    /// `disposal` of [`Facts`].
    pub fn disposal(&self) -> Option<Disposal> {
        self.word(WORDS + 4)
    }

    /// `account_enabled` of [`Facts`].
    pub fn account_enabled(&self) -> Option<bool> {
        self.flag(WORDS + 5)
    }

    /// `witness` of [`Facts`].
    pub fn witness(&self) -> Option<bool> {
        self.flag(WORDS + 6)
    }

    /// `virtual_machine` of [`Facts`].
    pub fn virtual_machine(&self) -> Option<bool> {
        self.flag(WORDS + 7)
    }

    /// `manufacturer` of [`Facts`].
    pub fn manufacturer(&self) -> Option<Shared> {
        self.shared(SHARED)
    }

    /// `model` of [`Facts`].
    pub fn model(&self) -> Option<Shared> {
        self.shared(SHARED + 1)
    }

    /// `entity` of [`Facts`].
    pub fn entity(&self) -> Option<Shared> {
        self.shared(SHARED + 2)
    }

    /// `location` of [`Facts`].
    pub fn location(&self) -> Option<Shared> {
        self.shared(SHARED + 3)
    }

    /// `department` of [`Facts`].
    pub fn department(&self) -> Option<Shared> {
        self.shared(SHARED + 4)
    }

    /// `supplier` of [`Facts`].
    pub fn supplier(&self) -> Option<Shared> {
        self.shared(SHARED + 5)
    }

    /// `cpu` of [`Facts`].
    pub fn cpu(&self) -> Option<Shared> {
        self.shared(SHARED + 6)
    }

    /// `repairability_class` of [`Facts`].
    pub fn repairability_class(&self) -> Option<Shared> {
        self.shared(SHARED + 7)
    }

    /// `ecolabel` of [`Facts`].
    pub fn ecolabel(&self) -> Option<Shared> {
        self.shared(SHARED + 8)
    }

    /// `operating_system` of [`Facts`].
    pub fn operating_system(&self) -> Option<Shared> {
        self.shared(SHARED + 9)
    }

    /// `operating_system_version` of [`Facts`].
    pub fn operating_system_version(&self) -> Option<Shared> {
        self.shared(SHARED + 10)
    }

    /// `firmware` of [`Facts`].
    pub fn firmware(&self) -> Option<Shared> {
        self.shared(SHARED + 11)
    }

    /// `order_date` of [`Facts`].
    pub fn order_date(&self) -> Option<Date> {
        self.date(DATES)
    }

    /// `purchase_date` of [`Facts`].
    pub fn purchase_date(&self) -> Option<Date> {
        self.date(DATES + 1)
    }

    /// `delivery_date` of [`Facts`].
    pub fn delivery_date(&self) -> Option<Date> {
        self.date(DATES + 2)
    }

    /// `manufacture_date` of [`Facts`].
    pub fn manufacture_date(&self) -> Option<Date> {
        self.date(DATES + 3)
    }

    /// `in_service_date` of [`Facts`].
    pub fn in_service_date(&self) -> Option<Date> {
        self.date(DATES + 4)
    }

    /// `retired_date` of [`Facts`].
    pub fn retired_date(&self) -> Option<Date> {
        self.date(DATES + 5)
    }

    /// `disposal_date` of [`Facts`].
    pub fn disposal_date(&self) -> Option<Date> {
        self.date(DATES + 6)
    }

    /// `last_seen` of [`Facts`].
    pub fn last_seen(&self) -> Option<Date> {
        self.date(DATES + 7)
    }

    /// `warranty_end` of [`Facts`].
    pub fn warranty_end(&self) -> Option<Date> {
        self.date(DATES + 8)
    }

    /// `running_since` of [`Facts`].
    pub fn running_since(&self) -> Option<Date> {
        self.date(DATES + 9)
    }

    /// `upstream_years` of [`Facts`].
    pub fn upstream_years(&self) -> Option<f64> {
        self.number(NUMBERS)
    }

    /// `cpu_count` of [`Facts`].
    pub fn cpu_count(&self) -> Option<f64> {
        self.number(NUMBERS + 1)
    }

    /// `ram_gb` of [`Facts`].
    pub fn ram_gb(&self) -> Option<f64> {
        self.number(NUMBERS + 2)
    }

    /// `ram_modules` of [`Facts`].
    pub fn ram_modules(&self) -> Option<f64> {
        self.number(NUMBERS + 3)
    }

    /// `ssd_gb` of [`Facts`].
    pub fn ssd_gb(&self) -> Option<f64> {
        self.number(NUMBERS + 4)
    }

    /// `ssd_count` of [`Facts`].
    pub fn ssd_count(&self) -> Option<f64> {
        self.number(NUMBERS + 5)
    }

    /// `hdd_gb` of [`Facts`].
    pub fn hdd_gb(&self) -> Option<f64> {
        self.number(NUMBERS + 6)
    }

    /// `hdd_count` of [`Facts`].
    pub fn hdd_count(&self) -> Option<f64> {
        self.number(NUMBERS + 7)
    }

    /// `screen_inches` of [`Facts`].
    pub fn screen_inches(&self) -> Option<f64> {
        self.number(NUMBERS + 8)
    }

    /// `annual_kwh` of [`Facts`].
    pub fn annual_kwh(&self) -> Option<f64> {
        self.number(NUMBERS + 9)
    }

    /// `power_watts` of [`Facts`].
    pub fn power_watts(&self) -> Option<f64> {
        self.number(NUMBERS + 10)
    }

    /// `repairability_index` of [`Facts`].
    pub fn repairability_index(&self) -> Option<f64> {
        self.number(NUMBERS + 11)
    }

    /// `weight_kg` of [`Facts`].
    pub fn weight_kg(&self) -> Option<f64> {
        self.number(NUMBERS + 12)
    }

    /// `ports` of [`Facts`].
    pub fn ports(&self) -> Option<f64> {
        self.number(NUMBERS + 13)
    }

    /// `printed_pages` of [`Facts`].
    pub fn printed_pages(&self) -> Option<f64> {
        self.number(NUMBERS + 14)
    }

    /// `purchase_price_ht` of [`Facts`].
    pub fn purchase_price_ht(&self) -> Option<Cents> {
        self.money(NUMBERS + 15)
    }

    /// `serial` of [`Facts`].
    pub fn serial(&self) -> Option<&str> {
        self.text(TEXTS)
    }

    /// `asset_tag` of [`Facts`].
    pub fn asset_tag(&self) -> Option<&str> {
        self.text(TEXTS + 1)
    }

    /// `uuid` of [`Facts`].
    pub fn uuid(&self) -> Option<&str> {
        self.text(TEXTS + 2)
    }

    /// `hostname` of [`Facts`].
    pub fn hostname(&self) -> Option<&str> {
        self.text(TEXTS + 3)
    }

    /// `mac` of [`Facts`].
    pub fn mac(&self) -> Option<&str> {
        self.text(TEXTS + 4)
    }

    /// `user` of [`Facts`].
    pub fn user(&self) -> Option<&str> {
        self.text(TEXTS + 5)
    }

    /// `order_number` of [`Facts`].
    pub fn order_number(&self) -> Option<&str> {
        self.text(TEXTS + 6)
    }
}

/// Fields of one sort together.
impl Packed {
    /// Every date that is told, but the end of warranty.
    pub fn dates_but_warranty(&self) -> impl Iterator<Item = Date> + '_ {
        self.told(DATES, NUMBERS).filter(|mark| *mark != DATES + 8).filter_map(|mark| self.date(mark))
    }

    /// What it can be known by: serial, asset tag, UUID, host name and MAC addresses.
    pub fn names(&self) -> [Option<&str>; 5] {
        self.first_texts()
    }

    /// Every number that is told, but the price.
    pub fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.told(NUMBERS, NUMBERS + 15).filter_map(|mark| self.number(mark))
    }
}

/// All of them.
pub(super) fn read(row: &Packed) -> Facts {
    let shared = |told: Option<Shared>| told.map(|told| told.text().clone());
    let own = |told: Option<&str>| told.map(Text::from);
    Facts {
        kind: row.kind(),
        status: row.status(),
        condition: row.condition(),
        mode: row.mode(),
        disposal: row.disposal(),
        account_enabled: row.account_enabled(),
        witness: row.witness(),
        virtual_machine: row.virtual_machine(),
        manufacturer: shared(row.manufacturer()),
        model: shared(row.model()),
        entity: shared(row.entity()),
        location: shared(row.location()),
        department: shared(row.department()),
        supplier: shared(row.supplier()),
        cpu: shared(row.cpu()),
        repairability_class: shared(row.repairability_class()),
        ecolabel: shared(row.ecolabel()),
        operating_system: shared(row.operating_system()),
        operating_system_version: shared(row.operating_system_version()),
        firmware: shared(row.firmware()),
        order_date: row.order_date(),
        purchase_date: row.purchase_date(),
        delivery_date: row.delivery_date(),
        manufacture_date: row.manufacture_date(),
        in_service_date: row.in_service_date(),
        retired_date: row.retired_date(),
        disposal_date: row.disposal_date(),
        last_seen: row.last_seen(),
        warranty_end: row.warranty_end(),
        running_since: row.running_since(),
        upstream_years: row.upstream_years(),
        cpu_count: row.cpu_count(),
        ram_gb: row.ram_gb(),
        ram_modules: row.ram_modules(),
        ssd_gb: row.ssd_gb(),
        ssd_count: row.ssd_count(),
        hdd_gb: row.hdd_gb(),
        hdd_count: row.hdd_count(),
        screen_inches: row.screen_inches(),
        annual_kwh: row.annual_kwh(),
        power_watts: row.power_watts(),
        repairability_index: row.repairability_index(),
        weight_kg: row.weight_kg(),
        ports: row.ports(),
        printed_pages: row.printed_pages(),
        purchase_price_ht: row.purchase_price_ht(),
        serial: own(row.serial()),
        asset_tag: own(row.asset_tag()),
        uuid: own(row.uuid()),
        hostname: own(row.hostname()),
        mac: own(row.mac()),
        user: own(row.user()),
        order_number: own(row.order_number()),
    }
}
