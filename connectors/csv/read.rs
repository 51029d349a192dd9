//! Rows of cells to records, whatever the contents: headings are matched to columns once a file, rules speak first,
//! then each column is read as its field takes it. Pure: rows come in, a harvest comes out.

use std::borrow::Cow;

use anyhow::anyhow;
use domain::record::{Field, Takes, Value};
use domain::testimony::Moment;
use jiff::ToSpan;
use jiff::civil::Date;

use super::contents::{Contents, Fault, Row, Seen};
use super::headings::{BARE_NAMES, FIRST_NAMES};
use super::words;
use crate::kind::fold;
use crate::{Class, Context, Failure, Harvest, Reject, value};

/// Columns whose values are worth a rule, and are counted for whoever writes one.
const TALLIED: &[&str] = &["status", "kind", "condition", "supplier", "category", "mode", "disposal", "role"];
/// What exports write for "no value".
const NOTHING: &[&str] =
    &["", "-", "--", "NULL", "null", "\\N", "#N/A", "N/A", "n/a", "0000-00-00", "0000-00-00 00:00:00"];
/// What spreadsheets show where a formula failed, in English and in French, without the space before its mark.
const FAILED: &[&str] = &[
    "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#NOM?", "#VALEUR!", "#NOMBRE!", "#NUL!", "#SPILL!",
    "#CALC!",
];
/// So many rows that cannot be read are no table with faults, but not the table that was meant.
const MOST_REJECTS: usize = 1_000_000;
/// How much of a text a message repeats, in characters.
const SHOWN: usize = 60;
/// A vocabulary of more words than these is not listed in every row's reject: the guide has it, and a rule's error.
const LISTED: usize = 12;
/// So many rejects list their words: nobody reads more of them, and there may be a million.
const LISTING: usize = 1_000;

/// A text as a message repeats it: one line, not too long.
pub fn shown(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.chars().nth(SHOWN).is_none() && !text.chars().any(char::is_control) {
        return text.into();
    }
    let mut short: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    short.push('…');
    short.into()
}

/// Does a cell say nothing: by what exports write for it, or as a formula that failed (LibreOffice: `Err:508`)?
fn says_nothing(text: &str) -> bool {
    let code = || text.strip_prefix("Err")?.trim_start().strip_prefix(':');
    let is_failed = || match text.starts_with('#') {
        true => FAILED.contains(&&*text.replace(char::is_whitespace, "")),
        false => code().is_some_and(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit())),
    };
    NOTHING.contains(&text) || is_failed()
}

/// No heading, or no sheet, is the one meant. The names of those that are there may be people's: they are counted, and
/// `check --connect` alone names them.
pub fn lacking<'n>(
    class: Class,
    meant: anyhow::Error,
    what: &str,
    names: impl Iterator<Item = &'n String>,
) -> Failure {
    let names = names.filter(|name| !name.trim().is_empty());
    let instead: Vec<String> = names.map(|name| shown(name).into_owned()).collect();
    let are = if instead.len() == 1 { "is" } else { "are" };
    let count = crate::counted(instead.len(), what, &format!("{what}s"));
    let named = if instead.is_empty() { "" } else { ", which `ecoparc check --connect` names" };
    let cause = anyhow!("{meant}: there {are} {count}{named}");
    Failure { instead, ..Failure::new(class, cause) }
}

/// Reads the files of one source, one after the other.
pub struct Reader<'c, R: Contents> {
    context: &'c Context,
    /// The operator's columns: name in the contract and heading.
    columns: &'c [(String, String)],
    harvest: Harvest,
    seen: Seen,
    /// The operator's columns that some file has.
    found: Vec<bool>,
    /// The headings of all files, and whether something reads a column of this heading in one of them.
    headings: Vec<(String, bool)>,
    marker: std::marker::PhantomData<fn() -> R>,
}

impl<'c, R: Contents> Reader<'c, R> {
    /// A reader that has read nothing yet.
    pub fn new(context: &'c Context, columns: &'c [(String, String)]) -> Self {
        let mut harvest = Harvest { tally: context.rules.tally(), ..Harvest::default() };
        R::begin(&mut harvest);
        let found = vec![false; columns.len()];
        Self {
            context,
            columns,
            harvest,
            seen: Seen::default(),
            found,
            headings: Vec::new(),
            marker: std::marker::PhantomData,
        }
    }

    /// Begins a file, known to people by `name`. Its first row that is not empty is its headings; `typed` says that
    /// dates may come as the numbers by which spreadsheets count days.
    pub fn file<'r>(&'r mut self, name: &'r str, typed: bool) -> File<'r, 'c, R> {
        File { reader: self, name, typed, layout: None }
    }

    /// What was read, once every file was read to its end.
    pub fn finish(mut self) -> Result<Harvest, Failure> {
        if let Some(((name, heading), _)) = self.columns.iter().zip(&self.found).find(|(_, found)| !**found) {
            let meant = anyhow!("`columns.{name}`: no heading `{heading}`");
            return Err(lacking(Class::Other, meant, "heading", self.headings.iter().map(|(told, _)| told)));
        }
        let idle = self.headings.iter().filter(|(heading, read)| !read && !heading.trim().is_empty());
        let idle: Vec<String> = idle.map(|(heading, _)| shown(heading).into_owned()).collect();
        if !idle.is_empty() {
            let columns = crate::counted(idle.len(), "column", "columns");
            let them = if idle.len() == 1 { "it" } else { "them" };
            self.harvest.notes.push(format!("{columns} taken by nothing: `ecoparc check --connect` names {them}"));
        }
        self.harvest.tally.idle = idle;
        self.harvest.complete = true;
        Ok(self.harvest)
    }
}

/// One file being read.
pub struct File<'r, 'c, R: Contents> {
    reader: &'r mut Reader<'c, R>,
    name: &'r str,
    typed: bool,
    layout: Option<Layout<R>>,
}

/// Which column of a file is which.
struct Layout<R: Contents> {
    headings: Vec<String>,
    fields: Vec<(&'static Field<R>, usize)>,
    beside: Vec<(&'static str, usize)>,
    /// The columns that rules name, by the names rules use.
    when: Vec<(String, usize)>,
    /// The column that names a person: its content goes nowhere.
    person: Option<usize>,
}

impl<R: Contents> Layout<R> {
    /// The column of this name in the contract.
    fn column(&self, name: &str) -> Option<usize> {
        let field = self.fields.iter().find(|(field, _)| field.name == name).map(|(_, at)| *at);
        field.or_else(|| self.beside.iter().find(|(beside, _)| *beside == name).map(|(_, at)| *at))
    }

    /// Does a field or a rule read this column?
    fn reads(&self, at: usize) -> bool {
        let fields = self.fields.iter().map(|(_, at)| at).chain(self.beside.iter().map(|(_, at)| at));
        fields.chain(self.when.iter().map(|(_, at)| at)).any(|read| *read == at)
    }
}

impl<R: Contents> File<'_, '_, R> {
    /// Takes the next row: the number of its line, and its cells or why they cannot be read.
    pub fn row(&mut self, line: u64, cells: Result<&[String], &str>) -> Result<(), Failure> {
        match (cells, &self.layout) {
            (Ok(cells), _) if cells.iter().all(|cell| cell.trim().is_empty()) => {}
            (Ok(cells), None) => self.layout = Some(self.understand(cells)?),
            (Ok(cells), Some(layout)) => read_row(self.reader, layout, self.name, self.typed, line, cells),
            (Err(reason), None) => {
                return Err(Failure::new(Class::Protocol, anyhow!("line {line}: no headings: {reason}")));
            }
            (Err(reason), Some(_)) => self.reader.harvest.rejects.push(Reject {
                place: format!("{}:{line}", self.name),
                column: None,
                reason: reason.to_owned(),
            }),
        }
        if self.reader.harvest.rejects.len() > MOST_REJECTS {
            let cause =
                anyhow!("line {line}: more than {MOST_REJECTS} rows cannot be read: is this the table meant?");
            return Err(Failure::new(Class::TooLarge, cause));
        }
        Ok(())
    }

    /// Ends the file: one without headings is no table.
    pub fn end(self) -> Result<(), Failure> {
        match self.layout {
            Some(_) => Ok(()),
            None => Err(Failure::new(Class::Protocol, anyhow!("it is empty: a table begins with its headings"))),
        }
    }

    /// Matches headings to columns: the operator's word first, then the contract's names, then the usual headings.
    fn understand(&mut self, headings: &[String]) -> Result<Layout<R>, Failure> {
        let folded: Vec<String> = headings.iter().map(|heading| fold(heading)).collect();
        let at = |heading: &str| folded.iter().position(|one| one == heading && !one.is_empty());
        let mut told: Vec<(&str, usize)> = Vec::new();
        for ((name, heading), found) in self.reader.columns.iter().zip(&mut self.reader.found) {
            if let Some(at) = at(&fold(heading)) {
                *found = true;
                told.push((name, at));
            }
        }
        let claimed = |at: usize| told.iter().any(|(_, claimed)| *claimed == at);
        let free = |heading: &str| at(heading).filter(|at| !claimed(*at));
        let people = folded.iter().any(|one| FIRST_NAMES.iter().any(|first| one.starts_with(first)));
        let usual = |name: &str| {
            let (_, usual) = R::HEADINGS.iter().find(|(column, _)| *column == name)?;
            let surname = |heading: &&str| people && name == "hostname" && BARE_NAMES.contains(heading);
            usual.split(", ").filter(|heading| !surname(heading)).find_map(free)
        };
        let column = |name: &str| {
            let told = told.iter().find(|(column, _)| *column == name).map(|(_, at)| *at);
            let configured = self.reader.columns.iter().any(|(column, _)| column == name);
            told.or_else(|| if configured { None } else { free(&fold(name)).or_else(|| usual(name)) })
        };
        let fields: Vec<_> = R::FIELDS.iter().filter_map(|field| column(field.name).map(|at| (field, at))).collect();
        let beside: Vec<_> = R::BESIDE.iter().filter_map(|name| column(name).map(|at| (*name, at))).collect();
        let mut layout =
            Layout { headings: headings.to_vec(), person: column("user"), fields, beside, when: Vec::new() };
        for (name, _) in self.reader.context.rules.0.iter().flat_map(|rule| &rule.when) {
            let meant = fold(name);
            let column = layout.column(name).or_else(|| at(&meant)).or_else(|| {
                // `state` means what the usual heading `state` means: the column of `status`.
                let (column, _) = R::HEADINGS.iter().find(|(_, usual)| usual.split(", ").any(|one| one == meant))?;
                layout.column(column)
            });
            layout.when.extend(column.map(|at| (name.clone(), at)));
        }
        for (at, heading) in headings.iter().enumerate() {
            match self.reader.headings.iter_mut().find(|(known, _)| known == heading) {
                Some((_, read)) => *read |= layout.reads(at),
                None => self.reader.headings.push((heading.clone(), layout.reads(at))),
            }
        }
        self.suffices(&layout)?;
        Ok(layout)
    }

    /// Refuses a file of which no row could be read.
    fn suffices(&self, layout: &Layout<R>) -> Result<(), Failure> {
        let context = self.reader.context;
        let set = |name: &str| context.rules.0.iter().any(|rule| rule.set.iter().any(|(field, _)| field == name));
        let lacks = |names: &Vec<&'static str>| !names.iter().any(|name| layout.column(name).is_some() || set(name));
        let meant = if layout.fields.is_empty() && layout.beside.is_empty() {
            anyhow!("no heading is known for {}", R::NAME)
        } else if let Some(names) = R::needs(context.year_of).into_iter().find(lacks) {
            anyhow!("{} need a column `{}`", R::NAME, names.join("` or `"))
        } else {
            return Ok(());
        };
        Err(lacking(Class::Protocol, meant, "heading", layout.headings.iter()))
    }
}

fn read_row<R: Contents>(
    reader: &mut Reader<'_, R>,
    layout: &Layout<R>,
    file: &str,
    typed: bool,
    line: u64,
    cells: &[String],
) {
    let place = format!("{file}:{line}");
    let (context, harvest, seen) = (reader.context, &mut reader.harvest, &mut reader.seen);
    let text = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
    if let Some(beyond) = (layout.headings.len()..cells.len()).find(|at| !text(*at).is_empty()) {
        let reason = format!("there are {} cells for {} headings", beyond + 1, layout.headings.len());
        harvest.rejects.push(Reject { place, column: None, reason });
        return;
    }
    let cell = |name: &str| layout.column(name).map(text).filter(|text| !says_nothing(text));
    for (field, at) in &layout.fields {
        if TALLIED.contains(&field.name) && Some(*at) != layout.person && !text(*at).is_empty() {
            harvest.tally.count(field.name, &shown(text(*at)));
        }
    }
    let said = |name: &str| layout.when.iter().find(|(when, _)| when == name).map(|(_, at)| Cow::Borrowed(text(*at)));
    let known = ["id", "serial", "asset_tag", "uuid", "mac", "hostname"].into_iter().find_map(cell);
    let example = known.filter(|_| R::BESIDE.contains(&"id")).unwrap_or(&place);
    let verdicts = context.rules.verdicts::<R>(said, example, &mut harvest.tally);
    let content = || {
        let mut content = String::new();
        for name in
            layout.beside.iter().map(|(name, _)| *name).chain(layout.fields.iter().map(|(field, _)| field.name))
        {
            if let (true, Some(text)) = (name != "user", cell(name)) {
                content.extend([name, "\u{1f}", text, "\u{1e}"]);
            }
        }
        content
    };
    let listing = harvest.rejects.len() < LISTING;
    let row = Row { place: &place, cell: &cell, content: &content, year_of: context.year_of };
    let read = || -> Result<R, Fault> {
        let mut record = R::default();
        for (field, at) in &layout.fields {
            let decided = verdicts.iter().any(|(decided, _)| decided.name == field.name);
            if decided || says_nothing(text(*at)) {
                continue;
            }
            if let Some(value) =
                read_cell(context, field, text(*at), (typed, listing)).map_err(|why| (field.name, why))?
            {
                (field.set)(&mut record, value);
            }
        }
        for (field, value) in &verdicts {
            // A person's name may stand in a configuration; it stays there.
            if field.name != "user" {
                (field.set)(&mut record, value.clone());
            }
        }
        record.check(&row)?;
        Ok(record)
    };
    match read() {
        Ok(record) => record.keep(&row, harvest, seen),
        Err((name, reason)) => {
            let at = layout.column(name);
            let heading = at.and_then(|at| layout.headings.get(at)).map_or(name, |heading| heading.trim());
            let personal = at.is_some() && at == layout.person;
            let reason = if personal { "it cannot be read".to_owned() } else { reason };
            harvest.rejects.push(Reject { place, column: Some(shown(heading).into_owned()), reason });
        }
    }
}

/// What a cell holds; why it cannot be read, with the words it may hold where `listing`.
fn read_cell<R>(
    context: &Context,
    field: &Field<R>,
    text: &str,
    (typed, listing): (bool, bool),
) -> Result<Option<Value>, String> {
    match field.takes {
        Takes::Text if field.name == "user" => {
            Ok(context.pseudonyms.as_ref().and_then(|key| key.of(text)).map(Value::Text))
        }
        Takes::Text => value::read(field.takes, text),
        Takes::Word(_, names) => words::canonical(field, text).map(|word| Some(Value::Word(word))).ok_or_else(|| {
            let (text, name, words) = (shown(text), field.name, names());
            if !listing || words.len() > LISTED {
                return format!("`{text}` is not a {name} it knows: write a rule for it");
            }
            format!("`{text}` is not a {name} it knows ({}): write a rule for it", words.join(", "))
        }),
        Takes::Date if typed && serial_day(text).is_some() => Ok(serial_day(text).map(Value::Date)),
        Takes::Moment if typed && serial_moment(text, context).is_some() => {
            Ok(serial_moment(text, context).map(Value::Moment))
        }
        Takes::Moment => value::moment(&shown(text), &context.time_zone).map(|at| Some(Value::Moment(at))),
        Takes::Number => match value::read(field.takes, &shown(text))? {
            Some(Value::Number(number)) if number < 0.0 => Err(format!("`{number}` is less than 0")),
            read => Ok(read),
        },
        _ => value::read(field.takes, &shown(text)),
    }
}

/// The day that a spreadsheet counts as this number, where its cell was not formatted as a date: days since
/// 30 December 1899, for the years 1954 to 2119.
fn serial_day(text: &str) -> Option<Date> {
    let days: f64 = text.parse().ok()?;
    let days = (20_000.0..80_000.0).contains(&days).then_some(days.floor() as i64)?;
    jiff::civil::date(1899, 12, 30).checked_add(days.days()).ok()
}

/// The moment that a spreadsheet counts as this number: the part behind the point is the time of the day.
fn serial_moment(text: &str, context: &Context) -> Option<Moment> {
    let day = serial_day(text)?;
    let days: f64 = text.parse().ok()?;
    let seconds = (days.fract() * 86_400.0).round() as i64;
    let at = day.at(0, 0, 0, 0).checked_add(seconds.seconds()).ok()?;
    context.time_zone.to_timestamp(at).ok().map(|at| Moment(at.as_second()))
}
