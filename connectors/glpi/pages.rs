//! The pages of one list as they come, and whether they are all of it. Offsets shift when rows come and go between
//! two pages: rows are known by their ids, and counted. Pure.

use std::collections::HashSet;

use anyhow::anyhow;
use serde_json::{Map, Value};

use super::row::id_of;
use crate::{Class, Failure, Progress};

pub struct Pages<'a> {
    what: &'a str,
    progress: &'a Progress,
    /// Rows that came, repeated ones too: where the next page begins. What servers tell of a page's own start and end
    /// is wrong in some versions.
    pub came: usize,
    /// Ids of the rows given on.
    seen: HashSet<u64>,
    /// The total that GLPI told first, and last.
    first: Option<usize>,
    last: usize,
}

impl<'a> Pages<'a> {
    pub fn new(what: &'a str, progress: &'a Progress) -> Self {
        progress.step(what, 0);
        Self { what, progress, came: 0, seen: HashSet::new(), first: None, last: 0 }
    }

    /// Gives the rows of a page on, those that were not there before; `total` is what GLPI counts, where it does.
    pub fn take(
        &mut self,
        rows: Vec<Value>,
        total: Option<usize>,
        mut take: impl FnMut(Map<String, Value>),
    ) -> Result<(), Failure> {
        if let Some(total) = total {
            if self.first.is_none() {
                self.progress.step(self.what, total as u64);
            }
            self.first.get_or_insert(total);
            self.last = total;
        }
        let (came, known) = (rows.len(), self.seen.len());
        self.came += came;
        self.progress.add(came as u64);
        for row in rows {
            let Value::Object(row) = row else { return Err(unexpected(self.what, "a row that is not one")) };
            let id = id_of(&row).ok_or_else(|| unexpected(self.what, "a row without an id"))?;
            if self.seen.insert(id) {
                take(row);
            }
        }
        if came > 0 && self.seen.len() == known {
            let cause = anyhow!("{}: the same rows came again: its pages have no end", self.what);
            return Err(Failure::new(Class::Incomplete, cause));
        }
        Ok(())
    }

    /// How many rows there are, by the larger of GLPI's counts: rows that vanished on the way make a list incomplete.
    pub fn counted(&self) -> usize {
        self.last.max(self.first.unwrap_or(0))
    }

    /// Fails where fewer different rows came than there are.
    pub fn whole(&self) -> Result<(), Failure> {
        let (came, counted) = (self.seen.len(), self.counted());
        if came < counted {
            let cause = anyhow!("{}: {came} rows came of the {counted} that GLPI counts", self.what);
            return Err(Failure::new(Class::Incomplete, cause));
        }
        Ok(())
    }
}

/// The total of `Content-Range: 0-49/294`.
pub fn total(content_range: &str) -> Option<usize> {
    content_range.rsplit_once('/')?.1.trim().parse().ok()
}

/// An answer that is none that GLPI gives.
pub fn unexpected(what: &str, told: &str) -> Failure {
    let cause = anyhow!("it told {told}").context(format!("{what}: GLPI's answer is not understood"));
    Failure::new(Class::Protocol, cause)
}

#[cfg(test)]
mod tests {
    #[test]
    fn totals() {
        assert_eq!(super::total("294-293/294"), Some(294));
        assert_eq!(super::total("0--1/0"), Some(0));
        assert_eq!(super::total("0-49/*"), None);
        assert_eq!(super::total(""), None);
    }
}
