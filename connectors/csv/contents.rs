//! What each sort of contents asks of a row: its columns beside the record's own fields, what it needs, what is checked
//! across columns, and where it is kept.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use domain::decision::Decision;
use domain::exit::{ExitLine, StockCount};
use domain::headcount::Headcount;
use domain::identity::is_siret;
use domain::observation::{Facts, Observation};
use domain::packed::Packed;
use domain::power::PowerSample;
use domain::purchase::PurchaseLine;
use domain::quantity::Cents;
use domain::record::{Record, Text};
use domain::testimony::Line;
use domain::word::{Condition, Mode, Verdict};
use sha2::{Digest, Sha256};

use super::headings::{self, Headings};
use crate::{Harvest, native_key, value};

/// A row's fault: the column by its name in the contract, and why.
pub type Fault = (&'static str, String);

/// A row as the checks across columns see it.
pub struct Row<'r> {
    /// `FILE:LINE`.
    pub place: &'r str,
    /// The text of a column, by its name in the contract; `None` where it is absent or empty.
    pub cell: &'r dyn Fn(&str) -> Option<&'r str>,
    /// The text of its known columns but the person's, for a key that does not change when rows move.
    pub content: &'r dyn Fn() -> String,
    /// The field of a purchase line that makes its year.
    pub year_of: &'static str,
}

/// A record that a table can hold.
pub trait Contents: Record + Clone {
    /// The headings that mean its columns beside the contract's own names.
    const HEADINGS: Headings;
    /// Its columns that are no field of the record.
    const BESIDE: &'static [&'static str] = &[];

    /// Columns without which no row could be read: of each list one at least.
    fn needs(year_of: &'static str) -> Vec<Vec<&'static str>>;
    /// What a harvest of such contents holds though no row be read.
    fn begin(_: &mut Harvest) {}
    /// Completes the record from the columns beside its fields, and refuses what cannot count.
    fn check(&mut self, row: &Row) -> Result<(), Fault>;
    /// Puts it where it belongs.
    fn keep(self, row: &Row, harvest: &mut Harvest, seen: &mut Seen);
}

pub(super) fn need<T>(value: &Option<T>, column: &'static str) -> Result<(), Fault> {
    value.is_some().then_some(()).ok_or_else(|| (column, "it is missing".to_owned()))
}

fn siret(told: &mut Option<Text>) -> Result<(), Fault> {
    let Some(text) = told else { return Ok(()) };
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(("siret", format!("`{}` is not a SIRET: it takes 14 digits", super::read::shown(text))));
    }
    if !is_siret(&digits) {
        return Err(("siret", format!("`{digits}` is not a SIRET: its check key is wrong")));
    }
    *told = Text::of(&digits);
    Ok(())
}

fn quantity(told: Option<f64>) -> Result<(), Fault> {
    match told {
        Some(number) if number <= 0.0 => Err(("quantity", format!("`{number}` is not more than 0"))),
        _ => Ok(()),
    }
}

/// A rate of value-added tax in ten-thousandths: `20`, `20 %`, `0.2` and `20,0` are one rate.
pub fn vat_rate(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{}` is not a rate of tax (20, 20 %, 0.2)", super::read::shown(text));
    let (number, percent) = match text.trim().strip_suffix('%') {
        Some(number) => (number, true),
        None => (text, false),
    };
    let number = value::number(number).map_err(|_| wrong())?;
    let percent = if percent || number >= 1.0 { number } else { number * 100.0 };
    if !(0.0..=100.0).contains(&percent) {
        return Err(wrong());
    }
    Ok((percent * 100.0).round() as i64)
}

/// An amount without tax, to the nearest cent, from one with it and the rate in ten-thousandths.
pub fn without_tax(ttc: Cents, rate: i64) -> Cents {
    let (amount, whole) = (i128::from(ttc.0) * 10_000, i128::from(10_000 + rate));
    let cents = (amount.abs() * 2 + whole) / (whole * 2) * amount.signum();
    Cents(i64::try_from(cents).unwrap_or(i64::MAX))
}

/// Keys and rows met so far in one harvest of assets.
#[derive(Default)]
pub struct Seen {
    /// How often each key came, and the row it came with first.
    keys: HashMap<Text, (u32, u64)>,
    /// The other rows of keys that came again.
    rows: HashSet<(Text, u64)>,
    /// Texts that come again and again, each kept once.
    texts: HashSet<Text>,
}

impl Seen {
    /// The text, shared with an equal one met before.
    fn share(&mut self, text: Option<Text>) -> Option<Text> {
        let text = text?;
        if !self.texts.contains(&text) {
            self.texts.insert(text.clone());
        }
        self.texts.get(&text).cloned()
    }

    /// How often this key has come, this time included.
    pub(super) fn count(&mut self, key: &Text) -> u32 {
        let (times, _) = self.keys.entry(key.clone()).or_default();
        *times += 1;
        *times
    }

    /// How often this key has come with different rows, this one included; `None` where the very row has come before.
    fn count_row(&mut self, key: &Text, row: impl Hash) -> Option<u32> {
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        let row = hasher.finish();
        match self.keys.entry(key.clone()) {
            Entry::Vacant(entry) => entry.insert((1, row)).0.into(),
            Entry::Occupied(entry) if entry.get().1 == row => None,
            Entry::Occupied(mut entry) => self.rows.insert((key.clone(), row)).then(|| {
                entry.get_mut().0 += 1;
                entry.get().0
            }),
        }
    }
}

impl Contents for Facts {
    const HEADINGS: Headings = headings::ASSETS;
    const BESIDE: &'static [&'static str] = &["id"];

    fn needs(_: &'static str) -> Vec<Vec<&'static str>> {
        Vec::new()
    }

    fn check(&mut self, _: &Row) -> Result<(), Fault> {
        if let Some(told) = &self.mac {
            self.mac = Some(macs(told).map_err(|reason| ("mac", reason))?);
        }
        if let Some(told) = &self.uuid {
            self.uuid = Text::of(&told.to_lowercase());
        }
        match self.repairability_index {
            Some(index) if index > 10.0 => Err(("repairability_index", format!("`{index}` is more than 10"))),
            _ => Ok(()),
        }
    }

    fn keep(self, row: &Row, harvest: &mut Harvest, seen: &mut Seen) {
        let content = || {
            let hash = Sha256::digest((row.content)().as_bytes());
            format!("#{}", hex::encode(&hash[..8]))
        };
        let (key, anonymous) = native_key((row.cell)("id"), &self, content);
        let native = if anonymous {
            // Equal rows without any identity are as many things.
            Text::from(format!("{key}-{}", seen.count(&key)))
        } else {
            match seen.count_row(&key, (&self.user, (row.content)())) {
                None => return,
                Some(1) => key,
                Some(times) => Text::from(format!("{key}~{times}")),
            }
        };
        harvest.observations.push(Packed::from(&Observation { native, anonymous, facts: self }));
    }
}

/// Hardware addresses as `aa:bb:cc:dd:ee:ff`, separated by spaces.
fn macs(told: &str) -> Result<Text, String> {
    let separates = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | '|');
    let one = |text: &str| {
        let digits: String = text
            .chars()
            .filter(|c| !matches!(c, ':' | '-' | '.') && !separates(*c))
            .collect::<String>()
            .to_lowercase();
        let pairs = || digits.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned());
        (digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| pairs().collect::<Vec<_>>().join(":"))
    };
    let several = || told.split(separates).filter(|part| !part.is_empty()).map(one).collect::<Option<Vec<_>>>();
    let read = one(told).or_else(|| several().map(|macs| macs.join(" ")));
    read.as_deref().and_then(Text::of).ok_or_else(|| format!("`{}` is not a MAC address", super::read::shown(told)))
}

impl Contents for PurchaseLine {
    const HEADINGS: Headings = headings::PURCHASES;
    const BESIDE: &'static [&'static str] = &["amount_ttc", "vat_rate"];

    fn needs(year_of: &'static str) -> Vec<Vec<&'static str>> {
        vec![vec![year_of, "date"], vec!["amount_ht", "amount_ttc", "mode", "condition"]]
    }

    fn check(&mut self, row: &Row) -> Result<(), Fault> {
        siret(&mut self.siret)?;
        let dated = Self::field(row.year_of).and_then(|field| (field.get)(self));
        if dated.is_none() && self.date.is_none() {
            return Err((row.year_of, "neither it nor `date` is told: no year to count the line in".to_owned()));
        }
        let gift = self.mode == Some(Mode::Gift) || self.condition == Some(Condition::Donated);
        if self.amount_ht.is_none() && !gift {
            self.amount_ht = match ((row.cell)("amount_ttc"), (row.cell)("vat_rate")) {
                (Some(ttc), Some(rate)) => {
                    let ttc =
                        value::money(super::read::shown(ttc).as_ref()).map_err(|reason| ("amount_ttc", reason))?;
                    let rate = vat_rate(rate).map_err(|reason| ("vat_rate", reason))?;
                    Some(without_tax(ttc, rate))
                }
                (Some(_), None) => {
                    return Err((
                        "amount_ttc",
                        "only an amount with tax is told: it takes `amount_ht`, or `vat_rate` beside it".to_owned(),
                    ));
                }
                (None, _) => None,
            };
        }
        // A credit note may count backwards.
        let is_credit = self.amount_ht.is_some_and(|amount| amount.0 < 0);
        quantity(if is_credit { self.quantity.map(f64::abs) } else { self.quantity })?;
        if gift { Ok(()) } else { need(&self.amount_ht, "amount_ht") }
    }

    fn keep(self, row: &Row, harvest: &mut Harvest, _: &mut Seen) {
        harvest.lines.purchases.push(Line { native: row.place.into(), told: self });
    }
}

impl Contents for ExitLine {
    const HEADINGS: Headings = headings::DISPOSALS;

    fn needs(_: &'static str) -> Vec<Vec<&'static str>> {
        vec![vec!["date", "retired_date"]]
    }

    fn check(&mut self, _: &Row) -> Result<(), Fault> {
        siret(&mut self.siret)?;
        quantity(self.quantity)?;
        match (self.date, self.retired_date) {
            (None, None) => Err(("date", "neither it nor `retired_date` is told".to_owned())),
            _ => Ok(()),
        }
    }

    fn keep(self, row: &Row, harvest: &mut Harvest, _: &mut Seen) {
        harvest.lines.exits.push(Line { native: row.place.into(), told: self });
    }
}

impl Contents for StockCount {
    const HEADINGS: Headings = headings::REFORMED_STOCK;

    fn needs(_: &'static str) -> Vec<Vec<&'static str>> {
        vec![vec!["date"], vec!["count"]]
    }

    fn check(&mut self, _: &Row) -> Result<(), Fault> {
        siret(&mut self.siret)?;
        need(&self.date, "date")?;
        need(&self.count, "count")
    }

    fn keep(self, row: &Row, harvest: &mut Harvest, _: &mut Seen) {
        harvest.lines.stock_counts.push(Line { native: row.place.into(), told: self });
    }
}

impl Contents for Headcount {
    const HEADINGS: Headings = headings::HEADCOUNT;

    fn needs(_: &'static str) -> Vec<Vec<&'static str>> {
        vec![vec!["date"], vec!["agents"]]
    }

    fn check(&mut self, _: &Row) -> Result<(), Fault> {
        need(&self.date, "date")?;
        need(&self.agents, "agents")
    }

    fn keep(self, row: &Row, harvest: &mut Harvest, _: &mut Seen) {
        harvest.lines.headcounts.push(Line { native: row.place.into(), told: self });
    }
}

impl Contents for PowerSample {
    const HEADINGS: Headings = headings::POWER;

    fn needs(_: &'static str) -> Vec<Vec<&'static str>> {
        vec![vec!["time"], vec!["device", "room"], vec!["watts", "kwh"]]
    }

    fn begin(harvest: &mut Harvest) {
        harvest.power = Some(Vec::new());
    }

    fn check(&mut self, _: &Row) -> Result<(), Fault> {
        self.fault().map_or(Ok(()), Err)
    }

    fn keep(self, _: &Row, harvest: &mut Harvest, seen: &mut Seen) {
        let (room, device) = (seen.share(self.room), seen.share(self.device));
        harvest.power.get_or_insert_default().push(Self { room, device, ..self });
    }
}

impl Contents for Decision {
    const HEADINGS: Headings = headings::DECISIONS;

    fn needs(_: &'static str) -> Vec<Vec<&'static str>> {
        vec![vec!["decision"], vec!["asset_a"]]
    }

    fn check(&mut self, _: &Row) -> Result<(), Fault> {
        need(&self.decision, "decision")?;
        need(&self.asset_a, "asset_a")?;
        match self.decision {
            Some(Verdict::Same | Verdict::Different) => need(&self.asset_b, "asset_b"),
            _ => Ok(()),
        }
    }

    fn keep(self, row: &Row, harvest: &mut Harvest, _: &mut Seen) {
        harvest.lines.decisions.push(Line { native: row.place.into(), told: self });
    }
}
