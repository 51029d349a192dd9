//! One machine as OCS knows it: rows of its tables, the same whether they came by SQL or by REST. Pure.

use std::borrow::Cow;

use domain::record::Text;
use serde_json::{Map, Value};

use crate::html::unescaped;

/// Columns of one row of a table.
pub type Columns = Map<String, Value>;

/// The sections of a machine that are read, as the REST API calls them after the tables. Every answer has them all as
/// keys, be they empty; one that has not was cut short.
pub const SECTIONS: &[&str] =
    &["bios", "accountinfo", "monitors", "cpus", "memories", "storages", "networks", "virtualmachines"];

/// A row of `hardware`, and the rows of other tables that belong to it.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// `hardware`.
    pub hardware: Columns,
    /// `bios`, empty where the firmware tells nothing.
    pub bios: Columns,
    /// `accountinfo`: what people write down.
    pub accountinfo: Columns,
    /// `assets_categories.CATEGORY_NAME`, where the console has set one.
    pub category: Option<Text>,
    /// `monitors`.
    pub monitors: Vec<Columns>,
    /// `cpus`: one row a socket.
    pub cpus: Vec<Columns>,
    /// `memories`: one row a slot, empty ones too.
    pub memories: Vec<Columns>,
    /// `storages`.
    pub storages: Vec<Columns>,
    /// `networks`.
    pub networks: Vec<Columns>,
    /// `virtualmachines`: guests of this host.
    pub guests: Vec<Columns>,
}

/// The text of a column; `None` where nothing is said. Text may be kept as HTML.
pub fn text<'a>(columns: &'a Columns, column: &str) -> Option<Cow<'a, str>> {
    let text = match columns.get(column)? {
        Value::String(text) => unescaped(text),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Bool(told) => Cow::Borrowed(if *told { "1" } else { "0" }),
        _ => return None,
    };
    match text.trim() {
        "" => None,
        trimmed if trimmed.len() == text.len() => Some(text),
        trimmed => Some(Cow::Owned(trimmed.to_owned())),
    }
}

/// The same, to be kept.
pub fn kept(columns: &Columns, column: &str) -> Option<Text> {
    Text::of(&text(columns, column)?)
}

/// A number of a column, or a text that is one; columns change between both from one version to the next.
pub fn number(columns: &Columns, column: &str) -> Option<f64> {
    text(columns, column)?.parse::<f64>().ok().filter(|number| number.is_finite())
}

impl Machine {
    /// The id of its row in `hardware`.
    pub fn id(&self) -> Option<u64> {
        text(&self.hardware, "ID")?.parse().ok()
    }

    /// Groups of machines have rows in `hardware` too, and tell so by their device id.
    pub fn is_group(&self) -> bool {
        text(&self.hardware, "DEVICEID").is_none_or(|id| id.starts_with('_'))
    }

    /// Typed in by hand: all of them have the same device id, and `_M` behind what they are known by.
    pub fn is_typed(&self) -> bool {
        text(&self.hardware, "DEVICEID").as_deref() == Some("MANUEL")
    }

    /// From the REST API's object of sections. `None` where a section is missing: the answer was cut short.
    pub fn of_sections(mut told: Columns) -> Option<Self> {
        let Some(Value::Object(hardware)) = told.remove("hardware") else { return None };
        if !SECTIONS.iter().all(|section| told.get(*section).is_some_and(Value::is_array)) {
            return None;
        }
        let mut rows = |section: &str| match told.remove(section) {
            Some(Value::Array(rows)) => rows
                .into_iter()
                .filter_map(|row| match row {
                    Value::Object(row) => Some(row),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        Some(Self {
            hardware,
            bios: rows("bios").into_iter().next().unwrap_or_default(),
            accountinfo: rows("accountinfo").into_iter().next().unwrap_or_default(),
            category: None,
            monitors: rows("monitors"),
            cpus: rows("cpus"),
            memories: rows("memories"),
            storages: rows("storages"),
            networks: rows("networks"),
            guests: rows("virtualmachines"),
        })
    }
}
