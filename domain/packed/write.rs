//! From an observation to its bytes.

use jiff::civil::Date;

use crate::observation::Observation;
use crate::quantity::Cents;
use crate::record::Text;
use crate::shared::Shared;
use crate::word::Word;

use super::{ANONYMOUS, WIDE};

/// The bytes of an observation, in the order of marks.
#[derive(Default)]
struct Bytes {
    marks: u64,
    next: u32,
    bytes: Vec<u8>,
    wide: bool,
}

impl Bytes {
    fn mark<T>(&mut self, told: Option<T>) -> Option<T> {
        self.marks |= u64::from(told.is_some()) << self.next;
        self.next += 1;
        told
    }

    fn word<W: Word>(&mut self, told: Option<W>) {
        let at = self.mark(told).and_then(|told| W::ALL.iter().position(|(word, _)| *word == told));
        self.bytes.extend(at.map(|at| at as u8));
    }

    fn flag(&mut self, told: Option<bool>) {
        let told = self.mark(told);
        self.bytes.extend(told.map(u8::from));
    }

    fn shared(&mut self, told: &Option<Text>) {
        if let Some(text) = self.mark(told.as_ref()) {
            self.bytes.extend(Shared::of(text).0.to_le_bytes());
        }
    }

    fn date(&mut self, told: Option<Date>) {
        if let Some(date) = self.mark(told) {
            let [low, high] = date.year().to_le_bytes();
            self.bytes.extend([low, high, date.month() as u8, date.day() as u8]);
        }
    }

    fn number(&mut self, told: Option<f64>) {
        match self.mark(told) {
            Some(number) if self.wide => self.bytes.extend(number.to_le_bytes()),
            Some(number) => self.bytes.extend((number as f32).to_le_bytes()),
            None => {}
        }
    }

    fn money(&mut self, told: Option<Cents>) {
        match self.mark(told) {
            Some(Cents(cents)) if self.wide => self.bytes.extend(cents.to_le_bytes()),
            Some(Cents(cents)) => self.bytes.extend((cents as i32).to_le_bytes()),
            None => {}
        }
    }

    fn text(&mut self, told: &Option<Text>) {
        if let Some(text) = self.mark(told.as_ref()) {
            match u8::try_from(text.len()) {
                Ok(short) if short < u8::MAX => self.bytes.push(short),
                _ => {
                    self.bytes.push(u8::MAX);
                    self.bytes.extend((text.len() as u32).to_le_bytes());
                }
            }
            self.bytes.extend(text.as_bytes());
        }
    }
}

/// The bytes of an observation.
pub(super) fn bytes(observation: &Observation) -> Vec<u8> {
    let Observation { native, anonymous, facts } = observation;
    let mut row = Bytes { bytes: Vec::with_capacity(160), ..Bytes::default() };
    row.bytes.extend([0; 8]);
    row.word(facts.kind);
    row.word(facts.status);
    row.word(facts.condition);
    row.word(facts.mode);
    row.word(facts.disposal);
    row.flag(facts.account_enabled);
    row.flag(facts.witness);
    row.flag(facts.virtual_machine);
    for shared in [
        &facts.manufacturer,
        &facts.model,
        &facts.entity,
        &facts.location,
        &facts.department,
        &facts.supplier,
        &facts.cpu,
        &facts.repairability_class,
        &facts.ecolabel,
        &facts.operating_system,
        &facts.operating_system_version,
        &facts.firmware,
    ] {
        row.shared(shared);
    }
    for date in [
        facts.order_date,
        facts.purchase_date,
        facts.delivery_date,
        facts.manufacture_date,
        facts.in_service_date,
        facts.retired_date,
        facts.disposal_date,
        facts.last_seen,
        facts.warranty_end,
        facts.running_since,
    ] {
        row.date(date);
    }
    let numbers = [
        facts.upstream_years,
        facts.cpu_count,
        facts.ram_gb,
        facts.ram_modules,
        facts.ssd_gb,
        facts.ssd_count,
        facts.hdd_gb,
        facts.hdd_count,
        facts.screen_inches,
        facts.annual_kwh,
        facts.power_watts,
        facts.repairability_index,
        facts.weight_kg,
        facts.ports,
        facts.printed_pages,
    ];
    let fits = |number: &f64| f64::from(*number as f32).to_bits() == number.to_bits();
    row.wide = !numbers.iter().flatten().all(fits)
        || facts.purchase_price_ht.is_some_and(|price| i32::try_from(price.0).is_err());
    for number in numbers {
        row.number(number);
    }
    row.money(facts.purchase_price_ht);
    for text in
        [&facts.serial, &facts.asset_tag, &facts.uuid, &facts.hostname, &facts.mac, &facts.user, &facts.order_number]
    {
        row.text(text);
    }
    row.bytes.extend(native.as_bytes());
    let marks = row.marks | u64::from(*anonymous) << ANONYMOUS | u64::from(row.wide) << WIDE;
    row.bytes[..8].copy_from_slice(&marks.to_le_bytes());
    row.bytes
}
