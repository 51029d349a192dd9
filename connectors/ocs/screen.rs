//! Screens, as machines list them. Pure.

use domain::identity;
use domain::observation::Facts;
use domain::record::Text;
use domain::word::Kind;

use super::machine::{Columns, kept, text};
use super::parts::{is_panel_maker, made};
use crate::model;

/// What the agent writes before the code of a maker that it does not know.
const UNKNOWN_MAKER: &str = "Unknown manufacturer code ";

/// A row of `monitors`.
#[derive(Clone, Debug)]
pub struct Screen {
    /// Who made it, what it is, its serial number, when it was made.
    pub facts: Facts,
    /// It has neither a good serial number nor a name: built into something, most often.
    nameless: bool,
    panel_maker: bool,
}

impl Screen {
    /// From a row of `monitors`.
    pub fn of(row: &Columns) -> Self {
        let serial = kept(row, "SERIAL").filter(|serial| identity::serial(serial).is_some());
        let caption = kept(row, "CAPTION");
        let told = text(row, "MANUFACTURER").map(|told| told.trim_start_matches(UNKNOWN_MAKER).to_owned());
        Self {
            nameless: serial.is_none() && caption.is_none(),
            panel_maker: told.as_deref().is_none_or(is_panel_maker),
            facts: Facts {
                kind: Some(Kind::Monitor),
                manufacturer: told.as_deref().map(model::maker).and_then(Text::of),
                model: caption,
                serial,
                manufacture_date: text(row, "DESCRIPTION").and_then(|text| made(&text)),
                ..Facts::default()
            },
        }
    }

    /// Is it a part of a machine of this kind? What is built into a laptop is no monitor.
    pub fn is_built_in(&self, kind: Option<Kind>) -> bool {
        let has_panel = matches!(kind, Some(Kind::Laptop | Kind::AllInOne | Kind::Tablet));
        self.nameless && (has_panel || self.panel_maker)
    }

    /// What it is known by again, wherever it is seen: maker and serial number.
    pub fn native(&self) -> Option<String> {
        let serial = identity::serial(self.facts.serial.as_deref()?)?;
        let maker = identity::maker(self.facts.manufacturer.as_deref().unwrap_or_default());
        Some(format!("monitor/{maker}/{serial}"))
    }

    /// What it is called where it is known by its machine alone.
    pub fn name(&self) -> &str {
        let facts = &self.facts;
        facts.model.as_deref().or(facts.manufacturer.as_deref()).unwrap_or("screen")
    }
}
