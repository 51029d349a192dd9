//! A question, and how its parameters are read.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use domain::entity::EntityId;
use domain::word::{Kind, Word};
use jiff::ToSpan;
use jiff::civil::Date;

use super::cursor;
use crate::config::Scope;
use crate::edition::Edition;
use crate::history::Past;
use crate::web::answer::{Answer, LIST, Row, Rows};
use crate::web::auth::Viewer;
use crate::web::problem::Problem;
use crate::web::world::{Key, World, Worlds};

/// Items of a page where no limit is told.
const PAGE: usize = 100;

/// A question: who asks what of which edition.
pub struct Ask {
    /// The edition.
    pub edition: Arc<Edition>,
    /// Who asks.
    pub viewer: Viewer,
    /// The parts of the path that vary.
    pub path: BTreeMap<String, String>,
    /// The query, checked against the route's parameters.
    pub query: BTreeMap<String, String>,
    /// What was sent with it; empty where the route reads alone.
    pub body: String,
    /// CSV is wanted.
    pub csv: bool,
    /// What was asked lately.
    pub worlds: Arc<Worlds>,
    /// What is stored, for the history.
    pub stored: Vec<Past>,
}

impl Ask {
    /// What the viewer sees today.
    pub fn world(&self) -> Arc<World> {
        self.worlds.of(&self.edition, Key::of(&self.edition, &self.viewer))
    }

    /// A parameter as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A parameter as a date.
    pub fn date(&self, name: &str) -> Result<Option<Date>, Problem> {
        let read = |text: &String| {
            text.parse().map_err(|_| Problem::parameter(name, format!("`{name}` is no date of the form YYYY-MM-DD")))
        };
        self.query.get(name).map(read).transpose()
    }

    /// A parameter as a day that has come.
    pub fn past(&self, name: &str) -> Result<Option<Date>, Problem> {
        match self.date(name)? {
            Some(day) if day > self.edition.today => {
                Err(Problem::parameter(name, format!("`{name}` is a day to come")))
            }
            day => Ok(day),
        }
    }

    /// The two days `from` and `to`; where untold, a year before `to`, and today.
    pub fn days(&self) -> Result<(Date, Date), Problem> {
        let to = self.past("to")?.unwrap_or(self.edition.today);
        Ok((self.past("from")?.unwrap_or_else(|| to.saturating_sub(1.year())), to))
    }

    /// A parameter as a word of a closed vocabulary.
    pub fn word<W: Word>(&self, name: &str) -> Result<Option<W>, Problem> {
        let unknown = |text: &str| Problem::parameter(name, format!("no {name} is called `{text}`"));
        self.text(name).map(|text| W::parse(text).ok_or_else(|| unknown(text))).transpose()
    }

    /// The civil year in the query.
    pub fn of_year(&self) -> Result<Option<i16>, Problem> {
        let read =
            |text: &str| text.parse().map_err(|_| Problem::parameter("year", format!("`{text}` is no civil year")));
        self.text("year").map(read).transpose()
    }

    /// The civil year in the path.
    pub fn year(&self) -> Result<i16, Problem> {
        let year = self.path.get("year").and_then(|text| text.parse().ok());
        let year = year.filter(|year| (1980..=2200).contains(year));
        year.ok_or_else(|| Problem::parameter("year", "`year` is no civil year"))
    }

    /// The entity that the query names, within what the viewer sees.
    pub fn entity(&self) -> Result<Option<EntityId>, Problem> {
        let Some(name) = self.text("entity") else { return Ok(None) };
        let found = self.viewer.entity(&self.edition, name);
        let unknown = || format!("no entity is called `{name}`, or several are: write the id of one");
        found.map(Some).ok_or_else(|| Problem::parameter("entity", unknown()))
    }

    /// The same for what tells of few machines: of those in an office, one would know whose they are. Scope `assets` may.
    pub fn entity_of_assets(&self) -> Result<Option<EntityId>, Problem> {
        let entity = self.entity()?;
        if entity.is_some() && !self.viewer.may(Scope::Assets) {
            return Err(Problem::forbidden("`entity` here needs the scope `assets`"));
        }
        Ok(entity)
    }

    /// The kind asked for; `Some(None)` is what has none.
    pub fn kind(&self) -> Result<Option<Option<Kind>>, Problem> {
        match self.text("kind") {
            Some("unknown") => Ok(Some(None)),
            _ => Ok(self.word("kind")?.map(Some)),
        }
    }

    /// How many items are asked for; `None` where untold.
    pub fn limit(&self) -> Result<Option<usize>, Problem> {
        let Some(text) = self.text("limit") else { return Ok(None) };
        let limit = text.parse().ok().filter(|limit| (1..=1000).contains(limit));
        limit.map(Some).ok_or_else(|| Problem::parameter("limit", "`limit` is a number from 1 to 1000"))
    }

    /// How many items of a page that has to end.
    pub fn page(&self) -> Result<usize, Problem> {
        Ok(self.limit()?.unwrap_or(PAGE))
    }

    /// The id after which the list goes on.
    pub fn after(&self) -> Result<Option<String>, Problem> {
        let Some(text) = self.text("cursor") else { return Ok(None) };
        let id = hex::decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        id.map(Some).ok_or_else(|| Problem::parameter("cursor", "`cursor` is none of ours"))
    }

    /// The part of a list that is asked for: ids in any order, each with what its row is made of, once it is that row's
    /// turn; and the names of its columns. A list without `limit` is told whole.
    pub fn paged<I: Deref<Target = str> + Ord + Send + 'static, T: Send + 'static>(
        &self,
        mut items: Vec<(I, T)>,
        columns: Vec<&'static str>,
        row: impl Fn(&T) -> Row + Send + 'static,
    ) -> Result<Answer, Problem> {
        items.sort_by(|a, b| a.0.cmp(&b.0));
        if let Some(after) = self.after()? {
            let told = items.partition_point(|(id, _)| **id <= *after);
            items.drain(..told);
        }
        let limit = self.limit()?.filter(|_| !self.csv).unwrap_or(usize::MAX);
        let next = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| next).map(|(id, _)| cursor(id));
        let count = items.len();
        let of = Box::new(move |at: usize| items.get(at).map(|(_, of)| row(of)));
        Ok(Answer::Rows { file: LIST, rows: Rows { columns, count, of }, next })
    }
}
