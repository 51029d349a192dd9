//! What a route gives: one object, a list of flat objects, or text; as JSON or as CSV.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio_stream::wrappers::ReceiverStream;

use crate::report::cells::{line, safe};
pub use crate::wire::{Row, object};

/// Bytes gathered before they are sent.
const CHUNK: usize = 64 * 1024;

/// What a route gives.
pub enum Answer {
    /// One object.
    One(Value),
    /// A list; `next` continues it; `more` stands beside it.
    List { rows: Vec<Row>, next: Option<String>, more: Row },
    /// Lines of CSV, written while they are read.
    Lines { file: String, lines: Box<dyn Iterator<Item = String> + Send> },
}

impl Answer {
    /// A whole list.
    pub fn all(rows: Vec<Row>) -> Self {
        Self::List { rows, next: None, more: Vec::new() }
    }
}

/// Does an `Accept` header prefer CSV over JSON?
pub fn prefers_csv(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let weight = |kind: &str| {
        let range = accept.split(',').find(|range| range.split(';').next().is_some_and(|name| name.trim() == kind));
        range.map(|range| {
            let weight = range.split(';').filter_map(|part| part.trim().strip_prefix("q=")).next();
            weight.and_then(|weight| weight.parse::<f64>().ok()).unwrap_or(1.0)
        })
    };
    weight("text/csv").is_some_and(|csv| csv > 0.0 && csv >= weight("application/json").unwrap_or(0.0))
}

/// Writes an answer. Runs off the async threads.
pub fn write(answer: Answer, edition: u64, csv: bool) -> Response {
    match answer {
        Answer::One(mut value) => {
            if let Value::Object(map) = &mut value {
                map.entry("edition").or_insert_with(|| edition.into());
            }
            typed(Body::from(value.to_string()), "application/json")
        }
        Answer::List { rows, .. } if csv => {
            let columns: Vec<&'static str> = rows.iter().flatten().fold(Vec::new(), |mut columns, (name, _)| {
                if !columns.contains(name) {
                    columns.push(name);
                }
                columns
            });
            let head = line(columns.iter().map(|name| (*name).to_owned()));
            let lines = rows.into_iter().map(move |row| csv_line(&columns, &row));
            streamed("list.csv", Box::new(std::iter::once(head).chain(lines)))
        }
        Answer::List { rows, next, more } => {
            let items: Vec<Value> = rows.into_iter().map(|row| Value::Object(object(row))).collect();
            let mut body = json!({ "items": items, "next": next, "edition": edition });
            for (name, value) in more {
                body[name] = value;
            }
            typed(Body::from(body.to_string()), "application/json")
        }
        Answer::Lines { file, lines } => streamed(&file, lines),
    }
}

fn typed(body: Body, kind: &'static str) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Sends lines while they are made, a few chunks ahead of the reader.
fn streamed(file: &str, lines: Box<dyn Iterator<Item = String> + Send>) -> Response {
    let (send, receive) = tokio::sync::mpsc::channel::<Result<Bytes, std::convert::Infallible>>(4);
    tokio::task::spawn_blocking(move || {
        let mut chunk = String::with_capacity(CHUNK);
        for line in lines {
            chunk.push_str(&line);
            if chunk.len() >= CHUNK {
                let full = std::mem::replace(&mut chunk, String::with_capacity(CHUNK));
                if send.blocking_send(Ok(Bytes::from(full))).is_err() {
                    // The reader went away.
                    return;
                }
            }
        }
        // Nobody is left to tell whether the reader went away now.
        let _gone = send.blocking_send(Ok(Bytes::from(chunk)));
    });
    let mut response = typed(Body::from_stream(ReceiverStream::new(receive)), "text/csv; charset=utf-8");
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A row as a line of CSV, in these columns.
pub fn csv_line(columns: &[&'static str], row: &Row) -> String {
    line(columns.iter().map(|column| match row.iter().find(|(name, _)| name == column).map(|(_, value)| value) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => safe(text),
        Some(Value::Array(several)) => {
            let several: Vec<String> =
                several.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect();
            safe(&several.join(" "))
        }
        Some(other) => other.to_string(),
    }))
}
