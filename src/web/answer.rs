//! What a route gives: one object, a list of flat objects, or text; as JSON or as CSV.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::kept::Made;
use super::stream::{Steps, streamed};
use crate::cells::{line, safe};
pub use crate::wire::{Columns, Row, names, object};

/// What a list is called where it is a file.
pub const LIST: &str = "list.csv";
/// A list of more rows than a page may have is sent while it is made.
const WHOLE: usize = 1000;

/// What a route gives.
pub enum Answer {
    /// One object.
    One(Value),
    /// A list; `next` continues it; `more` stands beside it. `columns` are names of all rows, those of a list that may be
    /// without any.
    List { columns: Vec<&'static str>, rows: Vec<Row>, next: Option<String>, more: Row },
    /// A list of which each row is made when it is its turn.
    Rows { file: &'static str, rows: Rows, next: Option<String> },
    /// Lines of CSV.
    Lines { file: String, lines: Vec<String> },
}

/// Rows to be made one by one. Making one costs little: nothing else runs on the thread meanwhile.
pub struct Rows {
    /// The names in every row, in order: CSV has them in its head, be there a row or none.
    pub columns: Vec<&'static str>,
    /// How many places there are.
    pub count: usize,
    /// The row of a place, if there is one.
    pub of: Box<dyn Fn(usize) -> Option<Row> + Send>,
}

impl Answer {
    /// A whole list.
    pub fn all(columns: Vec<&'static str>, rows: Vec<Row>) -> Self {
        Self::List { columns, rows, next: None, more: Vec::new() }
    }
}

const JSON: &str = "application/json";
const CSV: &str = "text/csv; charset=utf-8";

/// An answer as it is sent.
pub enum Written {
    /// All of it is there.
    Whole(Arc<Made>),
    /// It is made while it is sent.
    Steps { kind: &'static str, file: Option<String>, steps: Steps },
}

/// Writes an answer. Runs off the async threads.
pub fn write(answer: Answer, edition: u64, csv: bool) -> Written {
    match answer {
        Answer::One(mut value) => {
            if let Value::Object(map) = &mut value {
                map.entry("edition").or_insert_with(|| edition.into());
            }
            whole(JSON, None, value.to_string())
        }
        Answer::List { columns, rows, .. } if csv => {
            let columns: Vec<&'static str> = rows.iter().flatten().fold(columns, |mut columns, (name, _)| {
                if !columns.contains(name) {
                    columns.push(name);
                }
                columns
            });
            let head = line(columns.iter().map(|name| (*name).to_owned()));
            let lines = rows.into_iter().map(move |row| csv_line(&columns, &row));
            whole(CSV, Some(LIST.to_owned()), std::iter::once(head).chain(lines).collect())
        }
        Answer::List { rows, next, more, .. } => {
            let items: Vec<Value> = rows.into_iter().map(|row| Value::Object(object(row))).collect();
            let mut body = json!({ "items": items, "next": next, "edition": edition });
            for (name, value) in more {
                body[name] = value;
            }
            whole(JSON, None, body.to_string())
        }
        Answer::Rows { file, rows, next } => {
            let count = rows.count;
            let (kind, file) = if csv { (CSV, Some(file.to_owned())) } else { (JSON, None) };
            let steps: Steps =
                if csv { Box::new(csv_steps(rows)) } else { Box::new(json_steps(rows, next, edition)) };
            if count > WHOLE { Written::Steps { kind, file, steps } } else { whole(kind, file, steps.collect()) }
        }
        Answer::Lines { file, lines } => whole(CSV, Some(file), lines.concat()),
    }
}

fn whole(kind: &'static str, file: Option<String>, body: String) -> Written {
    Written::Whole(Arc::new(Made::of(kind, file, body)))
}

impl Written {
    /// The response, to someone who takes gzip or not.
    pub fn response(self, gzip: bool) -> Response {
        match self {
            Self::Whole(made) => made.response(gzip),
            Self::Steps { kind, file, steps } => typed(streamed(steps), kind, file.as_deref()),
        }
    }
}

/// A body of this type, as a file where it has a name.
pub fn typed(body: impl Into<Body>, kind: &'static str, file: Option<&str>) -> Response {
    let mut response = body.into().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(name) = file.and_then(|file| HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")).ok())
    {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// A line for each row, the head before the first one.
fn csv_steps(rows: Rows) -> impl Iterator<Item = String> + Send {
    let Rows { columns, count, of } = rows;
    let head = line(columns.iter().map(|name| (*name).to_owned()));
    let lines = (0..count).map(move |at| of(at).map_or_else(String::new, |row| csv_line(&columns, &row)));
    std::iter::once(head).chain(lines)
}

/// An object for each row, in the frame of a list.
fn json_steps(rows: Rows, next: Option<String>, edition: u64) -> impl Iterator<Item = String> + Send {
    let Rows { count, of, .. } = rows;
    let mut before = "";
    let items = (0..count).map(move |at| {
        let Some(row) = of(at) else { return String::new() };
        format!("{}{}", std::mem::replace(&mut before, ","), Value::Object(object(row)))
    });
    let end = format!("],\"next\":{}}}", Value::from(next));
    std::iter::once(format!("{{\"edition\":{edition},\"items\":[")).chain(items).chain(std::iter::once(end))
}

/// A row as a line of CSV, in these columns.
fn csv_line(columns: &[&'static str], row: &Row) -> String {
    line(columns.iter().enumerate().map(|(at, column)| {
        // Most often they stand in this very order.
        let there = row.get(at).filter(|(name, _)| name == column);
        match there.or_else(|| row.iter().find(|(name, _)| name == column)).map(|(_, value)| value) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => safe(text),
            Some(Value::Array(several)) => {
                let several: Vec<String> =
                    several.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect();
                safe(&several.join(" "))
            }
            Some(other) => other.to_string(),
        }
    }))
}
