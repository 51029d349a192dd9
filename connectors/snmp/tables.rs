//! What is known of vendors, as tables beside this file: enterprise numbers, what their objects are, and where they
//! put what the standard MIBs do not tell. Pure.

use std::sync::{LazyLock, OnceLock};

use domain::word::{Kind, Word};
use regex::Regex;

use super::told::{Oid, oid};

/// Where enterprises have their objects (RFC 2578, section 4): `1.3.6.1.4.1`.
pub const ENTERPRISES: [u32; 6] = [1, 3, 6, 1, 4, 1];

/// How an object is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// One instance.
    Get,
    /// The first value of a column that says anything; of watts, the sum of the column.
    Column,
    /// A column whose different values are those of the members of a stack.
    Members,
}

/// A place where a vendor puts a fact.
#[derive(Clone, Debug)]
pub struct Place {
    /// Agents whose `sysObjectID` begins so below `enterprises`; empty for every agent.
    pub object: Oid,
    /// What is there: `serial`, `model`, `firmware`, `asset_tag`, `hostname`.
    pub field: String,
    /// Where.
    pub oid: Oid,
    /// How it is read.
    pub read: Read,
}

/// What watts mean for the balance of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watts {
    /// Drawn by the thing itself.
    Consumption,
    /// Passed on to other things by a UPS or a PDU.
    Output,
    /// Passed on over network cables.
    Poe,
}

/// A place where a vendor puts true watts; volt-amperes, ratings and budgets are in no row.
#[derive(Clone, Debug)]
pub struct Power {
    /// As of [`Place`].
    pub object: Oid,
    /// Where.
    pub oid: Oid,
    /// How it is read.
    pub read: Read,
    /// Watts of one unit.
    pub scale: f64,
    /// What these watts are.
    pub what: Watts,
    /// Only the rows of which this column tells this number.
    pub only: Option<(Oid, i64)>,
}

/// A pattern that is made ready when it is first needed: most never are.
struct Pattern {
    text: String,
    ready: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn new(text: String) -> Self {
        Self { text, ready: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        self.ready.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }
}

/// What the objects of a vendor are.
struct Sort {
    object: Oid,
    description: Option<Pattern>,
    /// `None`: a virtual machine.
    kind: Option<Kind>,
}

struct Tables {
    vendors: Vec<(u32, String)>,
    sorts: Vec<Sort>,
    places: Vec<Place>,
    powers: Vec<Power>,
    /// Object, and a pattern of `sysDescr` whose first group is the model.
    descriptions: Vec<(Oid, Pattern)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    vendors: rows(include_str!("enterprises.csv"))
        .into_iter()
        .filter_map(|row| Some((row.first()?.parse().ok()?, row.get(1)?.clone())))
        .collect(),
    sorts: rows(include_str!("kinds.csv")).iter().filter_map(|row| sort(row)).collect(),
    places: rows(include_str!("oids.csv")).iter().filter_map(|row| place(row)).collect(),
    powers: rows(include_str!("power.csv")).iter().filter_map(|row| power(row)).collect(),
    descriptions: rows(include_str!("descriptions.csv"))
        .iter()
        .filter_map(|row| Some((object(row.first()?)?, Pattern::new(row.get(1)?.clone()))))
        .collect(),
});

/// Rows of a table without its heading and its comments.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    rows.map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn object(told: &str) -> Option<Oid> {
    if told == "*" { Some(Oid::new()) } else { oid(told) }
}

fn read(told: &str) -> Option<Read> {
    match told {
        "get" => Some(Read::Get),
        "column" | "outlets" => Some(Read::Column),
        "members" => Some(Read::Members),
        _ => None,
    }
}

fn sort(row: &[String]) -> Option<Sort> {
    let [of, description, kind, ..] = row else { return None };
    let description = (!description.is_empty()).then(|| Pattern::new(format!("(?i){description}")));
    let kind = if kind == "virtual_machine" { None } else { Some(Kind::parse(kind)?) };
    Some(Sort { object: object(of)?, description, kind })
}

fn place(row: &[String]) -> Option<Place> {
    let [of, field, at, how, ..] = row else { return None };
    Some(Place { object: object(of)?, field: field.clone(), oid: oid(at)?, read: read(how)? })
}

fn power(row: &[String]) -> Option<Power> {
    let [of, at, how, scale, what, ..] = row else { return None };
    let what = match what.as_str() {
        "consumption" => Watts::Consumption,
        "output" => Watts::Output,
        "poe" => Watts::Poe,
        _ => return None,
    };
    let only = match row.get(7).and_then(|told| told.split_once('=')) {
        Some((column, kind)) => Some((oid(column)?, kind.parse().ok()?)),
        None => None,
    };
    Some(Power { object: object(of)?, oid: oid(at)?, read: read(how)?, scale: scale.parse().ok()?, what, only })
}

/// The part of a `sysObjectID` below `enterprises`; empty where it is elsewhere.
pub fn below(system: &[u32]) -> &[u32] {
    system.strip_prefix(&ENTERPRISES[..]).unwrap_or_default()
}

/// Who made an agent, by the enterprise number in its `sysObjectID`.
pub fn vendor(system: &[u32]) -> Option<&'static str> {
    let number = below(system).first()?;
    TABLES.vendors.iter().find(|(known, _)| known == number).map(|(_, name)| name.as_str())
}

/// What an agent is, by its `sysObjectID`, and its description or model; the first row that fits.
pub fn kind(system: &[u32], description: &str, model: &str) -> Option<Kind> {
    found(system, description, model)?.kind
}

/// Is it an appliance that runs in a virtual machine, by the same rows?
pub fn is_virtual(system: &[u32], description: &str, model: &str) -> bool {
    found(system, description, model).is_some_and(|sort| sort.kind.is_none())
}

fn found(system: &[u32], description: &str, model: &str) -> Option<&'static Sort> {
    let fits = |sort: &&Sort| {
        let matches = |pattern: &Pattern| {
            pattern.regex().is_some_and(|regex| regex.is_match(description) || regex.is_match(model))
        };
        below(system).starts_with(&sort.object) && sort.description.as_ref().is_none_or(matches)
    };
    TABLES.sorts.iter().find(fits)
}

/// The model that a description tells, where its vendor has no other place for it.
pub fn described_model(system: &[u32], description: &str) -> Option<String> {
    let fits = |row: &&(Oid, Pattern)| below(system).starts_with(&row.0);
    let found =
        TABLES.descriptions.iter().filter(fits).find_map(|(_, pattern)| pattern.regex()?.captures(description));
    found.and_then(|found| Some(found.get(1)?.as_str().trim().to_owned())).filter(|model| !model.is_empty())
}

/// Where this agent puts facts: the rows of the longest object first, those of every agent last.
pub fn places(system: &[u32]) -> Vec<&'static Place> {
    let mut places: Vec<&Place> =
        TABLES.places.iter().filter(|place| below(system).starts_with(&place.object)).collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.object.len()));
    places
}

/// Where this agent puts watts.
pub fn powers(system: &[u32]) -> Vec<&'static Power> {
    TABLES.powers.iter().filter(|power| below(system).starts_with(&power.object)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row that could not be read would silently be none.
    #[test]
    fn every_row_is_read() {
        let count = |text: &str| rows(text).len();
        assert_eq!(TABLES.vendors.len(), count(include_str!("enterprises.csv")));
        assert_eq!(TABLES.places.len(), count(include_str!("oids.csv")));
        assert_eq!(TABLES.powers.len(), count(include_str!("power.csv")));
        assert_eq!(TABLES.descriptions.len(), count(include_str!("descriptions.csv")));
        let lost: Vec<_> = rows(include_str!("kinds.csv")).into_iter().filter(|row| sort(row).is_none()).collect();
        assert!(lost.is_empty(), "{lost:?}");
        let patterns = TABLES.sorts.iter().filter_map(|sort| sort.description.as_ref());
        let patterns = patterns.chain(TABLES.descriptions.iter().map(|(_, pattern)| pattern));
        let wrong: Vec<&str> =
            patterns.filter(|pattern| pattern.regex().is_none()).map(|pattern| pattern.text.as_str()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        let fields = ["serial", "model", "firmware", "asset_tag", "hostname"];
        let strange: Vec<_> = TABLES.places.iter().filter(|place| !fields.contains(&place.field.as_str())).collect();
        assert!(strange.is_empty(), "{strange:?}");
        assert!(TABLES.vendors.len() > 50 && TABLES.places.len() > 80 && TABLES.powers.len() > 15);
        assert_eq!(vendor(&[1, 3, 6, 1, 4, 1, 9, 1, 1208]), Some("Cisco"));
        assert_eq!(vendor(&[1, 3, 6, 1, 4, 1]), None);
    }
}
