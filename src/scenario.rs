//! Scenarios as people write them, TOML in a file or JSON in a request: the same keys, read in one place. What is
//! doubtful is refused with the key that is wrong.

pub mod told;

use std::collections::BTreeMap;
use std::fmt;

use connectors::keys::meant;
use domain::quantity::{Intensity, Years};
use domain::record::Text;
use domain::simulation::{Electricity, Fault, Joining, Scenario, YEARS};
use domain::word::{Kind, Word};
use serde_json::{Map, Value};

use crate::config::line_of;

/// A key of a scenario, for whoever describes them.
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it changes.
    pub about: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Text.
    Text,
    /// A number between these.
    Number(u32, u32),
    /// A table of such numbers by kind.
    ByKind(u32, u32),
    /// A table.
    Table,
    /// A list of tables.
    Tables,
}

const SHARE: Takes = Takes::Number(0, 1);
/// No life is longer, in years, here as in the configuration.
pub const LIFE: u32 = 50;
/// And none is shorter.
pub const SHORTEST: f64 = 0.1;
/// No electricity emits more, in grams a kWh.
pub const GRAMS: u32 = 5000;
const KWH: &str = "grams_per_kwh";
/// Of every kind.
const ALL: &str = "all";

/// Every key.
pub const KEYS: &[Key] = &[
    Key { name: "title", takes: Takes::Text, about: "What people call it." },
    Key {
        name: "lifetime_years",
        takes: Takes::ByKind(0, LIFE),
        about: "Other lives, in years by kind: `laptop = 6`.",
    },
    Key {
        name: "refurbished_share",
        takes: Takes::ByKind(0, 1),
        about: "Of what is bought from now on, the share of units from reuse by kind; `all` stands for every other kind.",
    },
    Key {
        name: "refurbished_upstream_years",
        takes: Takes::Number(0, LIFE),
        about: "Years of life before us of refurbished things, where this house has proven none.",
    },
    Key {
        name: "refurbished_price_ratio",
        takes: SHARE,
        about: "What a refurbished one costs of the price of a new one, where this house has bought none of the kind.",
    },
    Key {
        name: "second_screens_removed",
        takes: SHARE,
        about: "Of the monitors in service beyond one for each workstation of the same entity, the share that goes.",
    },
    Key {
        name: "printers_removed",
        takes: SHARE,
        about: "Of the printers in service, the share that goes since others are shared.",
    },
    Key {
        name: "electricity",
        takes: Takes::Table,
        about: "Other electricity: `grams_per_kwh`, or `country` as the factors of electricity name it.",
    },
    Key {
        name: "joining",
        takes: Takes::Tables,
        about: "Entities that join: `name`, `year` (1 to 5), `assets` (how many, by kind).",
    },
];

/// Entities that may join in one scenario.
const JOINING: usize = 20;
/// Assets of one kind that one entity may bring.
const BROUGHT: u32 = 1_000_000;
/// Letters of a title or a name.
const LETTERS: usize = 200;

/// A scenario that is refused, and the key that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The key, as `lifetime_years.laptop`; empty where the text itself cannot be read.
    pub key: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => f.write_str(&self.what),
            key => write!(f, "`{key}`: {}", self.what),
        }
    }
}

impl std::error::Error for Refused {}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { key: fault.key, what: fault.what }
    }
}

fn refused<T>(key: &str, what: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { key: key.to_owned(), what: what.into() })
}

/// Reads a file's text.
pub fn of_toml(text: &str) -> Result<Scenario, Refused> {
    let unread = |what: &str| Refused { key: String::new(), what: what.trim().to_owned() };
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| unread(&format!("line {}: {}", line_of(text, &error), error.message())))?;
    read(&serde_json::to_value(table).map_err(|error| unread(&error.to_string()))?)
}

/// Reads a request's body.
pub fn of_json(text: &str) -> Result<Scenario, Refused> {
    let unread =
        |error: serde_json::Error| Refused { key: "body".to_owned(), what: format!("it is no JSON: {error}") };
    read(&serde_json::from_str(text).map_err(unread)?)
}

/// Reads what is told as JSON.
pub fn read(value: &Value) -> Result<Scenario, Refused> {
    let table = table("", value)?;
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    known("", table, &names)?;
    let told = |name: &str| table.get(name);
    let number = |name: &str| {
        let bounds = KEYS.iter().find(|key| key.name == name).map(|key| key.takes);
        let Some(Takes::Number(low, high)) = bounds else { return Ok(None) };
        told(name).map(|value| within(name, value, low, high)).transpose()
    };
    let mut scenario = Scenario {
        title: told("title").map(|value| text("title", value)).transpose()?.unwrap_or_default(),
        upstream: number("refurbished_upstream_years")?.map(Years),
        price_ratio: number("refurbished_price_ratio")?,
        second_screens_removed: number("second_screens_removed")?.unwrap_or(0.0),
        printers_removed: number("printers_removed")?.unwrap_or(0.0),
        electricity: told("electricity").map(electricity).transpose()?,
        joining: told("joining").map(joining).transpose()?.unwrap_or_default(),
        ..Scenario::default()
    };
    for (kind, years) in by_kind("lifetime_years", told("lifetime_years"), LIFE, false)? {
        let Some(kind) = kind else { continue };
        if years < SHORTEST {
            return refused(&inside("lifetime_years", kind.name()), format!("a life of {years} years cannot be"));
        }
        scenario.lifetimes.insert(kind, Years(years));
    }
    for (kind, share) in by_kind("refurbished_share", told("refurbished_share"), 1, true)? {
        match kind {
            Some(kind) => drop(scenario.refurbished_of.insert(kind, share)),
            None => scenario.refurbished = Some(share),
        }
    }
    Ok(scenario)
}

fn inside(of: &str, name: &str) -> String {
    if of.is_empty() { name.to_owned() } else { format!("{of}.{name}") }
}

fn table<'a>(key: &str, value: &'a Value) -> Result<&'a Map<String, Value>, Refused> {
    let what = if key.is_empty() { "a scenario is a table" } else { "is a table" };
    value.as_object().map_or_else(|| refused(if key.is_empty() { "body" } else { key }, what), Ok)
}

fn known(of: &str, table: &Map<String, Value>, names: &[&str]) -> Result<(), Refused> {
    match table.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => refused(&inside(of, key), format!("there is no such key{}", meant(key, names))),
        None => Ok(()),
    }
}

fn text(key: &str, value: &Value) -> Result<Text, Refused> {
    let told = value.as_str().and_then(Text::of);
    match told.filter(|told| told.chars().count() <= LETTERS && !told.chars().any(char::is_control)) {
        Some(told) => Ok(told),
        None => refused(key, format!("is one line of text, of {LETTERS} letters at most")),
    }
}

fn within(key: &str, value: &Value, low: u32, high: u32) -> Result<f64, Refused> {
    let Some(number) = value.as_f64().filter(|number| number.is_finite()) else {
        return refused(key, "is no number");
    };
    if (f64::from(low)..=f64::from(high)).contains(&number) {
        // There is one zero.
        Ok(number + 0.0)
    } else {
        refused(key, format!("{number} does not lie between {low} and {high}"))
    }
}

/// A table by kind; `None` is what `all` tells, where that may be.
fn by_kind(key: &str, value: Option<&Value>, high: u32, all: bool) -> Result<BTreeMap<Option<Kind>, f64>, Refused> {
    let mut numbers = BTreeMap::new();
    let Some(value) = value else { return Ok(numbers) };
    let mut names = Kind::names();
    names.extend(all.then_some(ALL));
    for (name, value) in table(key, value)? {
        let key = inside(key, name);
        let Some(name) = names.iter().find(|known| *known == name) else {
            return refused(&key, format!("there is no such kind{}", meant(name, &names)));
        };
        numbers.insert(Kind::parse(name), within(&key, value, 0, high)?);
    }
    Ok(numbers)
}

fn electricity(value: &Value) -> Result<Electricity, Refused> {
    const OF: &str = "electricity";
    let table = table(OF, value)?;
    known(OF, table, &[KWH, "country"])?;
    match (table.get(KWH), table.get("country")) {
        (Some(grams), None) => {
            let grams = within(&inside(OF, KWH), grams, 0, GRAMS)?;
            Ok(Electricity::Told(Intensity::per_kwh(grams)))
        }
        (None, Some(country)) => Ok(Electricity::Country(text(&inside(OF, "country"), country)?)),
        _ => refused(OF, format!("tell one of `{KWH}` and `country`")),
    }
}

fn joining(value: &Value) -> Result<Vec<Joining>, Refused> {
    const OF: &str = "joining";
    let Some(list) = value.as_array().filter(|list| list.len() <= JOINING) else {
        return refused(OF, format!("is a list of tables, {JOINING} at most"));
    };
    let mut all = Vec::new();
    for value in list {
        let told = table(OF, value)?;
        known(OF, told, &["name", "year", "assets"])?;
        let missing = |name: &str| told.get(name).map_or_else(|| refused(&inside(OF, name), "is missing"), Ok);
        let year = within("joining.year", missing("year")?, 1, u32::from(YEARS))?;
        if year.fract() != 0.0 {
            return refused("joining.year", format!("is a whole number from 1 to {YEARS}"));
        }
        let assets = by_kind("joining.assets", Some(missing("assets")?), BROUGHT, false)?;
        let assets = assets.into_iter().filter_map(|(kind, count)| Some((kind?, count))).collect();
        all.push(Joining { name: text("joining.name", missing("name")?)?, year: year as u8, assets });
    }
    Ok(all)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const WHOLE: &str = "title = \"Tout\"\nrefurbished_upstream_years = 3\nrefurbished_price_ratio = 0.5\nsecond_screens_removed = 0.5\n\
        printers_removed = 1\nelectricity = { country = \"DE\" }\n[lifetime_years]\nlaptop = 6\n[refurbished_share]\n\
        all = 0.25\nsmartphone = 0.5\n[[joining]]\nname = \"Syndicat\"\nyear = 2\nassets = { laptop = 40 }\n";

    #[test]
    fn both_ways_of_writing_are_one() {
        let table: toml::Table = WHOLE.parse().unwrap();
        assert_eq!(table.len(), KEYS.len(), "the test writes every key");
        let of_toml = of_toml(WHOLE).unwrap();
        assert_eq!(of_json(&serde_json::to_string(&table).unwrap()).unwrap(), of_toml);
        assert_eq!(of_toml.lifetimes[&Kind::Laptop], Years(6.0));
        assert_eq!((of_toml.refurbished, of_toml.refurbished_of[&Kind::Smartphone]), (Some(0.25), 0.5));
        assert_eq!(of_toml.electricity, Some(Electricity::Country(Text::from("DE"))));
        assert_eq!((of_toml.joining[0].year, of_toml.joining[0].assets[&Kind::Laptop]), (2, 40.0));
        assert_eq!(of_json("{}").unwrap(), Scenario::default());
    }

    #[test]
    fn what_is_doubtful_is_refused_by_its_key() {
        let check = |scenario: &str, key: &str, what: &str| {
            let refused = of_json(scenario).unwrap_err();
            assert_eq!(refused.key, key, "{scenario}");
            assert!(refused.what.contains(what), "{scenario}: {}", refused.what);
            assert_eq!(refused.to_string().lines().count(), 1);
        };
        check("[]", "body", "table");
        check("{", "body", "no JSON");
        check(r#"{"lifetime": {}}"#, "lifetime", "no such key");
        check(r#"{"lifetime_year": {}}"#, "lifetime_year", "did you mean `lifetime_years`?");
        check(r#"{"lifetime_years": {"laptop": -1}}"#, "lifetime_years.laptop", "between 0 and 50");
        check(r#"{"lifetime_years": {"laptop": 0}}"#, "lifetime_years.laptop", "cannot be");
        check(r#"{"lifetime_years": {"laptop": "six"}}"#, "lifetime_years.laptop", "no number");
        check(r#"{"lifetime_years": {"labtop": 6}}"#, "lifetime_years.labtop", "did you mean `laptop`?");
        check(r#"{"lifetime_years": {"all": 6}}"#, "lifetime_years.all", "no such kind");
        check(r#"{"lifetime_years": 6}"#, "lifetime_years", "table");
        check(r#"{"refurbished_share": {"all": 50}}"#, "refurbished_share.all", "between 0 and 1");
        check(r#"{"printers_removed": 1.01}"#, "printers_removed", "between 0 and 1");
        check(r#"{"second_screens_removed": true}"#, "second_screens_removed", "no number");
        check(r#"{"title": ""}"#, "title", "text");
        check(r#"{"title": "a\u001b[2J"}"#, "title", "text");
        check(r#"{"electricity": {}}"#, "electricity", "one of");
        check(r#"{"electricity": {"grams_per_kwh": 1, "country": "FR"}}"#, "electricity", "one of");
        check(r#"{"electricity": {"grams_per_kwh": -5}}"#, "electricity.grams_per_kwh", "between");
        check(r#"{"electricity": {"grams": 5}}"#, "electricity.grams", "no such key");
        check(r#"{"joining": {"name": "a"}}"#, "joining", "list");
        check(r#"{"joining": [{"name": "a", "year": 1}]}"#, "joining.assets", "missing");
        check(r#"{"joining": [{"name": "a", "year": 6, "assets": {}}]}"#, "joining.year", "between 1 and 5");
        check(r#"{"joining": [{"name": "a", "year": 1.5, "assets": {}}]}"#, "joining.year", "whole");
        check(
            r#"{"joining": [{"name": "a", "year": 1, "assets": {"laptop": -4}}]}"#,
            "joining.assets.laptop",
            "between",
        );
        assert_eq!(of_toml("printers_removed = nan").unwrap_err().key, "printers_removed");
        assert_eq!(of_toml("printers_removed = inf").unwrap_err().key, "printers_removed");
        let unread = of_toml("title = \"a\"\nprinters_removed = = 1").unwrap_err();
        assert!(unread.key.is_empty() && unread.what.starts_with("line 2: "), "{unread:?}");
        let twice = of_toml("title = \"a\"\ntitle = \"b\"").unwrap_err();
        assert!(twice.what.starts_with("line 2: "), "{twice:?}");
    }
}
