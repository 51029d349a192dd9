//! `[[source.rule]]`: how this house writes things down. `when` holds regular expressions over any field that a
//! connector reports; `set` says what they mean. The first match wins for each key of `set`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use domain::exit::ExitLine;
use domain::observation::Facts;
use domain::power::PowerSample;
use domain::purchase::PurchaseLine;
use domain::record::{Field, Record, Takes, Value};
use regex::Regex;

/// How many examples of a rule's matches are kept.
const EXAMPLES: usize = 5;
/// How many different values of one field are counted by themselves.
const VALUES: usize = 1000;
/// What the values beyond them are counted as.
const OTHERS: &str = "(others)";

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Field and pattern; all must match.
    pub when: Vec<(String, Regex)>,
    /// Field and value, as the contract writes them.
    pub set: Vec<(String, String)>,
}

/// The rules of one source, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Rules(pub Vec<Rule>);

/// What each rule matched, what the reported fields hold, and what nothing takes.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Per rule: how many records, and the first few of them (native ids).
    pub matches: Vec<(u64, Vec<String>)>,
    /// Per reported field: how often each value occurs.
    pub said: BTreeMap<String, BTreeMap<String, u64>>,
    /// Headings of columns that nothing takes. A heading may be somebody's name: they are for whoever may read the
    /// table itself, and neither logged nor published.
    pub idle: Vec<String>,
}

impl Tally {
    /// Counts a value of a field worth a rule (a state, a type, a supplier); never one that names a person.
    pub fn count(&mut self, field: &str, value: &str) {
        if let Some(count) = self.said.get_mut(field).and_then(|values| values.get_mut(value)) {
            *count += 1;
            return;
        }
        let values = self.said.entry(field.to_owned()).or_default();
        let value = if values.len() < VALUES { value } else { OTHERS };
        *values.entry(value.to_owned()).or_default() += 1;
    }
}

/// Among the fields that a connector reports: whatever else the house has added to its tool, by name, as in
/// `field.Grade` or `"field.Origine achat"`.
pub const EXTRA: &str = "field.*";

/// Does a rule mean a field that the house has added?
fn is_extra(field: &str) -> bool {
    field.strip_prefix("field.").is_some_and(|name| !name.is_empty())
}

/// `field = { Grade = "A" }` and `field.Grade = "A"` are one in TOML; both mean the key `field.Grade`.
fn flattened(table: &toml::Table) -> Vec<(String, &toml::Value)> {
    let mut flat = Vec::new();
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) => {
                flat.extend(inner.iter().map(|(name, value)| (format!("{key}.{name}"), value)));
            }
            value => flat.push((key.clone(), value)),
        }
    }
    flat
}

fn takes_of(field: &str) -> Option<Vec<Takes>> {
    let takes: Vec<Takes> = [
        Facts::field(field).map(|f| f.takes),
        PurchaseLine::field(field).map(|f| f.takes),
        ExitLine::field(field).map(|f| f.takes),
        PowerSample::field(field).map(|f| f.takes),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!takes.is_empty()).then_some(takes)
}

impl Rules {
    /// Understands the `rule` tables of a source. `reports` are the fields its connector can report; where it is
    /// empty any column may be named. Errors name the rule by its number, counted from 1.
    pub fn read(tables: &[toml::Value], reports: &[&str]) -> anyhow::Result<Self> {
        let read = |table: &toml::Value| -> anyhow::Result<Rule> {
            let Some(table) = table.as_table() else { bail!("it is not a table") };
            if let Some(key) = table.keys().find(|key| !matches!(key.as_str(), "when" | "set")) {
                bail!("unknown key `{key}`: a rule has `when` and `set`");
            }
            let part = |name: &str| table.get(name).and_then(toml::Value::as_table);
            let (Some(when), Some(set)) = (part("when"), part("set")) else {
                bail!("a rule has two tables, `when` and `set`");
            };
            let when = flattened(when)
                .into_iter()
                .map(|(field, pattern)| {
                    let known = reports.contains(&field.as_str()) || is_extra(&field) && reports.contains(&EXTRA);
                    if !reports.is_empty() && !known {
                        bail!("`when.{field}`: this connector reports {}", reports.join(" "));
                    }
                    let pattern = pattern.as_str().with_context(|| format!("`when.{field}` is not a text"))?;
                    let pattern = Regex::new(pattern).with_context(|| format!("`when.{field}` is not a pattern"))?;
                    Ok((field, pattern))
                })
                .collect::<anyhow::Result<Vec<_>>>()?;
            let set = set
                .iter()
                .map(|(field, value)| {
                    let text = match value {
                        toml::Value::String(text) => text.clone(),
                        other => other.to_string(),
                    };
                    let takes = takes_of(field).with_context(|| format!("`set.{field}`: there is no such field"))?;
                    // A word may belong to one record's vocabulary only; one that fits none is an error.
                    let read: Vec<_> = takes.iter().map(|takes| crate::value::read(*takes, &text)).collect();
                    if let Some(Err(reason)) = read.iter().find(|_| read.iter().all(Result::is_err)) {
                        bail!("`set.{field}`: {reason}");
                    }
                    Ok((field.clone(), text))
                })
                .collect::<anyhow::Result<Vec<_>>>()?;
            if when.is_empty() || set.is_empty() {
                bail!("`when` and `set` each need a key");
            }
            Ok(Rule { when, set })
        };
        let rules =
            tables.iter().enumerate().map(|(at, table)| read(table).with_context(|| format!("rule {}", at + 1)));
        Ok(Self(rules.collect::<anyhow::Result<_>>()?))
    }

    /// A tally with a place for every rule.
    pub fn tally(&self) -> Tally {
        Tally { matches: vec![(0, Vec::new()); self.0.len()], ..Tally::default() }
    }

    /// Counts what an asset says of the fields worth a rule, and gives what the rules say of it, as
    /// [`Rules::verdicts`] does.
    pub fn judge<'a>(
        &self,
        counted: &[&str],
        said: impl Fn(&str) -> Option<Cow<'a, str>>,
        example: &str,
        tally: &mut Tally,
    ) -> Vec<(&'static Field<Facts>, Value)> {
        for field in counted {
            if let Some(text) = said(field) {
                tally.count(field, &text);
            }
        }
        self.verdicts(said, example, tally)
    }

    /// What the rules say of one record: a value for each field that some matching rule sets, the first match winning.
    /// `said` gives a reported field's text, `example` the record's native id.
    pub fn verdicts<'a, R: Record>(
        &self,
        said: impl Fn(&str) -> Option<Cow<'a, str>>,
        example: &str,
        tally: &mut Tally,
    ) -> Vec<(&'static Field<R>, Value)> {
        let mut verdicts: Vec<(&'static Field<R>, Value)> = Vec::new();
        for (at, rule) in self.0.iter().enumerate() {
            let matches =
                rule.when.iter().all(|(field, pattern)| said(field).is_some_and(|text| pattern.is_match(&text)));
            if !matches {
                continue;
            }
            if let Some((count, examples)) = tally.matches.get_mut(at) {
                *count += 1;
                if examples.len() < EXAMPLES {
                    examples.push(example.to_owned());
                }
            }
            for (name, text) in &rule.set {
                let Some(field) = R::field(name) else { continue };
                let decided = verdicts.iter().any(|(other, _)| other.name == field.name);
                if let (false, Ok(Some(value))) = (decided, crate::value::read(field.takes, text)) {
                    verdicts.push((field, value));
                }
            }
        }
        verdicts
    }
}
