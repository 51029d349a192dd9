//! What people write down beside an inventory (*administrative data*): columns whose numbers differ from one house to
//! the next, known by their names and labels. Pure.

use std::collections::HashMap;

use domain::observation::Facts;
use domain::record::{Field, Record, Takes, Value as Told};
use jiff::civil::Date;

use super::machine::{Columns, kept, text};
use crate::kind::fold;
use crate::value;

/// What a column of `accountinfo` holds (`accountinfo_config.TYPE`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// One of a list, by its number.
    Choice,
    /// Some of a list, joined by `&&&`.
    Choices,
    /// Anything else.
    Free,
}

/// One administrative field.
struct Admin {
    /// `fields_3`, or `TAG`.
    column: String,
    /// As people see it.
    label: String,
    /// Column, name and label, folded.
    names: Vec<String>,
    sort: Sort,
    /// What the numbers of a list mean.
    choices: HashMap<String, String>,
}

/// The administrative fields, and what the operator says they are.
#[derive(Default)]
pub struct Fields {
    known: Vec<Admin>,
    /// Field of the contract and place in `known`.
    mapped: Vec<(&'static Field<Facts>, usize)>,
}

impl Fields {
    /// From rows of `accountinfo_config` and `config`; neither is told over REST, where columns are known by
    /// themselves.
    pub fn of(config: &[Columns], choices: &[Columns]) -> Self {
        let mut known = vec![Admin::bare("TAG")];
        for row in config {
            let Some(id) = text(row, "ID") else { continue };
            let name = text(row, "NAME").unwrap_or_default();
            let label = text(row, "COMMENT").unwrap_or_else(|| name.clone());
            let column = format!("fields_{id}");
            let prefix = format!("ACCOUNT_VALUE_{name}_");
            let meant = choices.iter().filter(|choice| {
                // The number behind the name may be missing: it is in a column of its own as well.
                text(choice, "NAME").is_some_and(|told| told.starts_with(&prefix))
            });
            let choices =
                meant.filter_map(|row| Some((text(row, "IVALUE")?.into_owned(), text(row, "TVALUE")?.into_owned())));
            known.push(Admin {
                names: vec![fold(&column), fold(&name), fold(&label)],
                column,
                label: label.into_owned(),
                sort: match text(row, "TYPE").as_deref() {
                    Some("2" | "11") => Sort::Choice,
                    Some("5") => Sort::Choices,
                    _ => Sort::Free,
                },
                choices: choices.collect(),
            });
        }
        Self { known, mapped: Vec::new() }
    }

    /// Takes the operator's mapping; returns the names that no field has, which is an error only once something was
    /// asked.
    pub fn map(&mut self, mapping: &[(&'static Field<Facts>, String)], labelled: bool) -> Vec<String> {
        let mut unknown = Vec::new();
        for (field, name) in mapping {
            match self.place(name) {
                Some(at) => self.mapped.push((field, at)),
                // Where labels are not told, a column is taken at its word.
                None if !labelled && is_column(name) => {
                    self.known.push(Admin::bare(name));
                    self.mapped.push((field, self.known.len() - 1));
                }
                None => unknown.push(name.clone()),
            }
        }
        unknown
    }

    /// Where the field of this column, name or label is.
    fn place(&self, name: &str) -> Option<usize> {
        let folded = fold(name);
        self.known.iter().position(|known| known.names.contains(&folded))
    }

    /// Is there a field of this name?
    pub fn is_known(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// The labels there are, to name what was meant.
    pub fn labels(&self) -> Vec<&str> {
        self.known.iter().map(|known| known.label.as_str()).collect()
    }

    /// The columns of `accountinfo` worth asking for.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(|known| known.column.as_str())
    }

    /// Learns the columns of a row that no configuration told of.
    pub fn learn(&mut self, accountinfo: &Columns) {
        for column in accountinfo.keys().filter(|column| column.starts_with("fields_")) {
            if self.known.iter().all(|known| known.column != *column) {
                self.known.push(Admin::bare(column));
            }
        }
    }

    /// What a field means in a row: choices by their words, tags and unknowns left out.
    fn said(&self, at: usize, accountinfo: &Columns) -> Option<String> {
        let field = &self.known[at];
        let told = text(accountinfo, &field.column)?;
        let meant = |choice: &str| field.choices.get(choice).cloned();
        match field.sort {
            // The number of a choice that was deleted since means nothing any more.
            // Without any choice told, the number is all there is.
            Sort::Choice => {
                let stays = field.choices.is_empty() || told.parse::<u32>().is_err();
                meant(&told).or_else(|| stays.then(|| told.into_owned()))
            }
            Sort::Choices => {
                let parts = told.split("&&&").map(str::trim).filter(|part| !part.is_empty());
                let parts: Vec<String> = parts.map(|part| meant(part).unwrap_or_else(|| part.to_owned())).collect();
                (!parts.is_empty()).then(|| parts.join(", "))
            }
            Sort::Free if matches!(&*told, "1970-01-01" | "0000-00-00") => None,
            Sort::Free if field.column == "TAG" => tag(accountinfo).map(|tag| tag.to_string()),
            Sort::Free => Some(told.into_owned()),
        }
    }

    /// What a rule sees under `field.NAME`, or `tag`.
    pub fn named(&self, name: &str, accountinfo: &Columns) -> Option<String> {
        self.said(self.place(name)?, accountinfo)
    }

    /// How `check --connect` lists the fields: `field.LABEL`, and the value of those that are one of a list.
    pub fn listed(&self, accountinfo: &Columns) -> Vec<(String, String)> {
        let told = self.known.iter().enumerate().filter_map(|(at, field)| {
            let said = self.said(at, accountinfo)?;
            let free = field.sort == Sort::Free && field.column != "TAG";
            Some((format!("field.{}", field.label), if free { "…".to_owned() } else { said }))
        });
        told.collect()
    }

    /// Writes the mapped fields into an asset's facts. What cannot be read is given to `reject`, with its label.
    pub fn tell(&self, accountinfo: &Columns, facts: &mut Facts, mut reject: impl FnMut(&str, String)) {
        for (field, at) in &self.mapped {
            let Some(said) = self.said(*at, accountinfo) else { continue };
            let read = match field.takes {
                Takes::Date => typed_date(&said).map(|date| Some(Told::Date(date))),
                takes => value::read(takes, &said),
            };
            match read {
                Ok(Some(value)) => (field.set)(facts, value),
                Ok(None) => {}
                Err(reason) => reject(&self.known[*at].label, reason),
            }
        }
    }
}

impl Admin {
    fn bare(column: &str) -> Self {
        Self {
            column: column.to_owned(),
            label: column.to_owned(),
            names: vec![fold(column)],
            sort: Sort::Free,
            choices: HashMap::new(),
        }
    }
}

/// Is it the name of a column of `accountinfo`?
fn is_column(name: &str) -> bool {
    name.strip_prefix("fields_")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Fields that an operator may map: words are for rules, since no house writes them as we do.
pub fn mappable(name: &str) -> Option<&'static Field<Facts>> {
    Facts::field(name).filter(|field| !matches!(field.takes, Takes::Word(..) | Takes::Flag))
}

/// A date as people type it in a field of text: also `15-05-23`, and a month, `03/2021`, which is its first day.
/// A year alone is refused: half a year of error is more than an age can bear.
pub fn typed_date(text: &str) -> Result<Date, String> {
    let wrong = || format!("`{text}` is not a date (2026-11-24, 24/11/2026, 11/2026)");
    let parts: Vec<&str> = text.trim().split(['-', '/', '.']).map(str::trim).collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(|part| digits(part)) {
        return value::date(text);
    }
    match parts[..] {
        [month, year] if year.len() == 4 && month.len() <= 2 => {
            value::date(&format!("01/{month:0>2}/{year}")).map_err(|_| wrong())
        }
        [year, month] if year.len() == 4 && month.len() <= 2 => {
            value::date(&format!("01/{month:0>2}/{year}")).map_err(|_| wrong())
        }
        [day, month, year] if year.len() == 2 && day.len() <= 2 => {
            value::date(&format!("{day:0>2}/{month:0>2}/20{year}")).map_err(|_| wrong())
        }
        [_] => Err(format!("`{text}` tells no month")),
        _ => value::date(text),
    }
}

/// The tag by which the agent or the console puts a machine somewhere; `NA` is what the agent writes where nobody chose
/// one.
pub fn tag(accountinfo: &Columns) -> Option<domain::record::Text> {
    kept(accountinfo, "TAG").filter(|tag| &**tag != "NA")
}
