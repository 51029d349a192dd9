//! The configuration: understood whole before anything is done, or refused with the word that is wrong.

mod address;
mod assumptions;
mod law;
mod notify;
mod objective;
mod organisation;
mod read;
mod room;
mod schedule;
mod server;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::assumption::Assumptions;
use domain::entity::EntityTree;
use domain::law::Law;
use domain::power::Integration;
use domain::room::RoomRule;
use domain::strategy::Objective;
use jiff::tz::TimeZone;

pub use read::line_of;
pub use schedule::Schedule;
pub use server::{Anonymous, Scope, Server, Tls, Token};

use crate::notify::Notifier;

/// All that the operator told.
pub struct Config {
    /// The organisation's time zone.
    pub time_zone: TimeZone,
    /// The organisation, first, and the configured entities.
    pub entities: EntityTree,
    /// Where and to whom the page, the API and the metrics are served.
    pub server: Server,
    /// Entities deeper than this are told as part of the one above.
    pub entity_depth: usize,
    /// Series a metric family may have.
    pub max_series: usize,
    /// Where the store is kept.
    pub store: crate::store::Place,
    /// How long readings are kept, in days.
    pub history_days: i32,
    /// Turns logins into pseudonyms; without it people are dropped.
    pub pseudonyms: Option<connectors::secret::PseudonymKey>,
    /// Cells of fewer personal assets than this are folded.
    pub min_cell: usize,
    /// Folders of local factors, first believed.
    pub extra_factors: Vec<PathBuf>,
    /// Where a boaviztapi answers for specifications of servers; it is asked where this is told.
    pub boaviztapi: Option<reqwest::Url>,
    /// Our own numbers.
    pub assumptions: Assumptions,
    /// The law.
    pub law: Law,
    /// What the strategy wants to reach, in the order of the file.
    pub objectives: Vec<Objective>,
    /// Where what people write for the annual report lies.
    pub report_notes: Option<PathBuf>,
    /// Who is told what needs them.
    pub notifiers: Vec<Arc<Notifier>>,
    /// The rooms whose electricity is measured.
    pub rooms: Vec<RoomRule>,
    /// The sources, in the order of belief.
    pub sources: Vec<Source>,
}

/// One tool to collect from.
pub struct Source {
    /// What reconciliation needs to know of it.
    pub told: domain::testimony::Source,
    /// The connector's name.
    pub connector: &'static str,
    /// When to collect.
    pub schedule: Schedule,
    /// A collection that takes longer is given up.
    pub timeout: Duration,
    /// A testimony older than this is stale.
    pub stale_after: Duration,
    /// A harvest that shrinks by more than half is accepted.
    pub allow_shrink: bool,
    /// Where the tool shows one of its things: an address with `{id}`, and `{type}`.
    pub link: Option<String>,
    /// What its rules are called in `ecoparc_rule_matches`.
    pub rules: Vec<String>,
    /// Asks it.
    pub asks: Arc<dyn connectors::Source>,
}

/// What a configuration names, and what is not right there: told in one line.
#[derive(Debug)]
pub struct Refused(pub String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl Config {
    /// Reads and understands a configuration file and the `ECOPARC__…` variables of the environment.
    /// Touches no network. The error is one line that names the file, the table and the word.
    pub fn load(path: &std::path::Path) -> anyhow::Result<Self> {
        let environment: BTreeMap<String, String> =
            std::env::vars().filter(|(name, _)| name.starts_with("ECOPARC__")).collect();
        read::load(path, environment)
    }

    /// What the integration of samples goes by.
    pub fn integration(&self) -> Integration {
        Integration { time_zone: self.time_zone.clone(), gap: self.assumptions.power_gap_minutes * 60.0 }
    }
}
