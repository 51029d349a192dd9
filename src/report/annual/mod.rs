//! The year's report (REEN, article 35): first the page that an elected official reads, then what it rests on. One shape
//! of sections and blocks, written as HTML that prints on A4, as Markdown, and as plain figures in JSON and CSV.

mod cards;
mod changes;
mod data;
mod doubts;
mod footprint;
mod html;
mod law;
mod markdown;
mod method;
mod remains;
mod strategy;
mod summary;
#[cfg(test)]
mod tests;
mod trend;

use domain::entity::{EntityId, ROOT};
use domain::indicator::{Basis, Indicator, Publishing, Reading, Settings, measure};
use domain::snapshot::Snapshot;
use domain::testimony::Moment;
use domain::word::{Theme, Word};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::chart::Chart;
use crate::figures::Figures;
use crate::wording::{self, Lang};

pub use data::{csv, json};
pub use html::{block, html, table};
pub use markdown::markdown;
pub use method::blocks as method_blocks;
pub use strategy::{declared, services};

/// What a report is asked of.
pub struct Asked<'a> {
    /// The whole fleet, of which `entity` chooses.
    pub snapshot: &'a Snapshot,
    /// Factors, assumptions, law, objectives.
    pub settings: &'a Settings,
    /// How readings are published: small cells are folded, since a report is read outside the house; of what people hold, a
    /// department's tells no more than the API tells one who may see that department alone.
    pub publishing: Publishing,
    /// Of whom it speaks, with all that lies below.
    pub entity: EntityId,
    /// The civil year.
    pub year: i16,
    /// The day at whose end it is seen.
    pub at: Date,
    /// This very moment, and its day.
    pub now: (Moment, Date),
    /// Its language.
    pub lang: Lang,
    /// What people wrote for it.
    pub notes: &'a Notes,
    /// The fleet's annual footprint as it was published on days before, in grams.
    pub published: &'a [(Date, f64)],
}

/// What people wrote for a report, in Markdown: it survives new figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes {
    /// Before the figures.
    pub introduction: Option<String>,
    /// Under each theme of the strategy.
    pub themes: Vec<(Theme, String)>,
    /// At the end of the strategy.
    pub conclusion: Option<String>,
}

/// A report, ready to be written.
pub struct Report {
    /// Its title.
    pub title: String,
    /// Of whom, and when: one sentence.
    pub about: String,
    /// Its language.
    pub lang: Lang,
    /// The civil year.
    pub year: i16,
    /// The day at whose end it is seen.
    pub at: Date,
    /// Of whom it speaks: id and name.
    pub entity: (String, String),
    /// What people read, in order; the first is a page of its own.
    pub sections: Vec<Section>,
    /// Every figure, for programs.
    pub data: data::Data,
}

/// A part of a report under a heading.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// What a section is made of.
pub enum Block {
    /// A heading below the section's.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Small print.
    Small(String),
    /// Headline figures.
    Cards(Vec<Card>),
    /// Points.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A drawing of figures that a table beside it tells too.
    Chart(Chart),
    /// What a person wrote, in Markdown.
    Written(String),
}

/// A headline figure.
pub struct Card {
    /// What it is.
    pub title: String,
    /// The figure.
    pub figure: String,
    /// What the law says of it, in two words; empty where it says nothing.
    pub verdict: String,
    /// What a reader must know.
    pub lines: Vec<String>,
}

/// A table.
#[derive(Default)]
pub struct Table {
    /// What it tells.
    pub caption: String,
    /// Column heads; a column of figures stands at its right.
    pub heads: Vec<(String, bool)>,
    /// Cells.
    pub rows: Vec<Vec<String>>,
    /// The line of sums; empty where there is none.
    pub foot: Vec<String>,
}

/// A year, as the sections look at it.
struct Year<'a> {
    asked: &'a Asked<'a>,
    snapshot: &'a Snapshot,
    basis: &'a Basis<'a>,
    figures: Figures<'a>,
    /// A year earlier; `None` where nothing is known of that day.
    before: Option<(&'a Basis<'a>, Figures<'a>)>,
    /// Days of the trend with their readings, the oldest first; the last is the report's own.
    trend: &'a [(Date, Readings)],
}

type Readings = Vec<(&'static Indicator, Reading)>;

impl Year<'_> {
    fn lang(&self) -> Lang {
        self.asked.lang
    }

    fn say<'t>(&self, french: &'t str, english: &'t str) -> &'t str {
        self.asked.lang.pick(french, english)
    }

    /// The year, as labels tell it.
    fn told(&self) -> String {
        self.asked.year.to_string()
    }

    /// The year is not over on the day of the report.
    fn is_running(&self) -> bool {
        self.asked.at < date(self.asked.year, 12, 31)
    }

    /// Why a figure is missing.
    fn unknown(&self, note: Option<&str>) -> String {
        let unknown = self.say("non calculable", "cannot be computed");
        match note {
            Some(note) => {
                format!("{unknown}{}{}", self.lang().colon(), wording::words::note(self.lang(), note))
            }
            None => unknown.to_owned(),
        }
    }

    /// A value of a reading, in words, or why there is none.
    fn value(&self, reading: Option<&Reading>, words: impl Fn(f64) -> String) -> String {
        match reading {
            Some(reading) => match reading.value {
                Some(value) => words(value),
                None => self.unknown(reading.note.as_deref()),
            },
            None => self.unknown(None),
        }
    }

    /// In a department, which has no SIRET of its own, what people hold is told from so many of a kind on: of fewer, one would
    /// know whose they are.
    fn least(&self) -> Option<usize> {
        let siret = &self.snapshot.entities.entity(self.asked.entity).siret;
        let department = self.asked.entity != ROOT && siret.is_none();
        Some(self.asked.publishing.min_cell).filter(|least| department && *least > 1)
    }

    /// The same in words, where some may be left out.
    fn counted_from(&self) -> Option<String> {
        let least = self.least()?;
        Some(self.lang().pick(
            format!("Les matériels remis à des personnes ne sont comptés qu'à partir de {least} d'un même type."),
            format!("What people hold is counted from {least} of a kind on."),
        ))
    }

    fn at_least(&self, coverage: f64) -> &str {
        if coverage < 1.0 { self.say("au moins ", "at least ") } else { "" }
    }
}

impl Asked<'_> {
    /// What all questions of a day share.
    fn basis<'s>(&'s self, snapshot: &'s Snapshot, day: Date) -> Basis<'s> {
        let basis = Basis::new(snapshot, self.settings, self.publishing, day);
        if day == self.now.1 { basis.asked(self.now.0) } else { basis }
    }
}

impl Table {
    /// A table of these columns.
    fn new(caption: &str, heads: &[(&str, bool)]) -> Self {
        let heads = heads.iter().map(|(text, is_figure)| ((*text).to_owned(), *is_figure)).collect();
        Self { caption: caption.to_owned(), heads, ..Self::default() }
    }
}

/// Makes a report.
pub fn annual(asked: &Asked) -> Report {
    let before = asked.at.saturating_sub(1.year());
    // What a part has too little of on one of these days is not in it.
    let part = |of: &Snapshot, days: &[Date]| of.told_within(&[asked.entity], asked.publishing.min_cell, days);
    let own = (asked.entity != ROOT).then(|| part(asked.snapshot, &[asked.at, before]));
    let snapshot = own.as_ref().unwrap_or(asked.snapshot);
    let basis = asked.basis(snapshot, asked.at);
    let readings = measure(&basis);
    let earlier = asked.basis(snapshot, before);
    let known = domain::indicator::footprint::is_known(&earlier);
    let told = if known { measure(&earlier) } else { Vec::new() };
    let then = |day: Date| {
        let part = own.as_ref().map(|own| part(own, &[day]));
        (day, measure(&asked.basis(part.as_ref().unwrap_or(asked.snapshot), day)))
    };
    let mut trend: Vec<(Date, Readings)> = trend::days(snapshot, asked).into_iter().map(then).collect();
    trend.push((asked.at, readings.clone()));
    let year = Year {
        asked,
        snapshot,
        basis: &basis,
        figures: Figures::of(&readings),
        before: known.then(|| (&earlier, Figures::of(&told))),
        trend: &trend,
    };
    let entity = snapshot.entities.entity(asked.entity);
    let lang = asked.lang;
    let running = if year.is_running() { lang.pick(", année en cours", ", year not over") } else { "" };
    Report {
        title: format!("{} {}", lang.pick("Bilan numérique responsable", "Responsible digital report"), asked.year),
        about: format!(
            "{}. {} {}{running}.",
            entity.name,
            lang.pick("Situation au", "As of"),
            wording::date(lang, asked.at)
        ),
        lang,
        year: asked.year,
        at: asked.at,
        entity: (entity.id.to_string(), entity.name.to_string()),
        sections: vec![
            summary::summary(&year),
            law::law(&year),
            trend::trend(&year),
            footprint::footprint(&year),
            strategy::strategy(&year),
            strategy::outside(&year),
            footprint::gains(&year),
            doubts::doubts(&year),
            method::method(&year),
        ]
        .into_iter()
        .filter(|section| !section.blocks.is_empty())
        .collect(),
        data: data::Data::of(&year),
    }
}

/// The themes of the strategy, in order.
fn themes() -> impl Iterator<Item = Theme> {
    Theme::ALL.iter().map(|(theme, _)| *theme)
}
