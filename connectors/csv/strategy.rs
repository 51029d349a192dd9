//! Tables of a strategy: figures declared by hand, actions, services that others run.

use domain::strategy::{Action, Declared, ServiceLine};
use domain::testimony::Line;

use super::contents::{Contents, Fault, Row, Seen, need};
use super::headings::{self, Headings};
use crate::{Harvest, Reject};

impl Contents for Declared {
    const HEADINGS: Headings = headings::DECLARED;

    fn needs(_: &'static str) -> Vec<Vec<&'static str>> {
        vec![vec!["date"], vec!["name"], vec!["value"]]
    }

    fn check(&mut self, _: &Row) -> Result<(), Fault> {
        need(&self.date, "date")?;
        need(&self.name, "name")?;
        need(&self.value, "value")
    }

    fn keep(self, row: &Row, harvest: &mut Harvest, _: &mut Seen) {
        harvest.lines.declared.push(Line { native: row.place.into(), told: self });
    }
}

impl Contents for Action {
    const HEADINGS: Headings = headings::ACTIONS;

    fn needs(_: &'static str) -> Vec<Vec<&'static str>> {
        vec![vec!["id"], vec!["title"], vec!["status"]]
    }

    fn check(&mut self, _: &Row) -> Result<(), Fault> {
        need(&self.id, "id")?;
        need(&self.title, "title")?;
        need(&self.status, "status")?;
        match (self.start, self.due) {
            (Some(start), Some(due)) if due < start => Err(("due", format!("{due} is before it starts, on {start}"))),
            _ => Ok(()),
        }
    }

    fn keep(self, row: &Row, harvest: &mut Harvest, seen: &mut Seen) {
        let id = self.id.clone().unwrap_or_default();
        // Twice in a table, nobody knows how far it is.
        if seen.count(&id) > 1 {
            let reason = format!("`{}` is the id of an action above", super::read::shown(&id));
            harvest.rejects.push(Reject { place: row.place.to_owned(), column: Some("id".to_owned()), reason });
            return;
        }
        harvest.lines.actions.push(Line { native: row.place.into(), told: self });
    }
}

impl Contents for ServiceLine {
    const HEADINGS: Headings = headings::SERVICES;

    fn needs(_: &'static str) -> Vec<Vec<&'static str>> {
        vec![vec!["year"], vec!["scope"], vec!["name", "supplier"]]
    }

    fn check(&mut self, _: &Row) -> Result<(), Fault> {
        need(&self.year, "year")?;
        need(&self.scope, "scope")?;
        if self.name.is_none() && self.supplier.is_none() {
            return Err(("name", "neither it nor `supplier` is told".to_owned()));
        }
        match self.year {
            Some(year) if year.fract() != 0.0 || !(1980.0..=2200.0).contains(&year) => {
                Err(("year", format!("`{year}` is not a civil year")))
            }
            _ => Ok(()),
        }
    }

    fn keep(self, row: &Row, harvest: &mut Harvest, _: &mut Seen) {
        harvest.lines.services.push(Line { native: row.place.into(), told: self });
    }
}
