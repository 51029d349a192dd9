//! How ecoparc asks each kind of tool, and reads its answers. A connector is a folder: `mod.rs` (asking),
//! `settings.rs` (its keys; the lists', fewer, are in `mod.rs`), `read.rs` (pure: bytes to observations), `replay.rs` (the same of whole documents, for
//! fuzzers and tests), `sample.toml`, `README.md`, `fixtures/`, `tests.rs`.
//! A connector knows neither the store nor the other connectors; timeout, retry and circuit are the daemon's.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::packed::Packed;
use domain::power::PowerSample;
use domain::record::Text;
pub use domain::reject::Reject;
use domain::testimony::Lines;
use domain::word::Word;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::rule::{Rules, Tally};
use crate::secret::PseudonymKey;

pub mod address;
pub mod clock;
pub mod csv;
pub mod glpi;
pub mod html;
pub mod http;
pub mod keys;
pub mod kind;
pub mod ldap;
pub mod model;
pub mod ocs;
pub mod pace;
mod repeated;
pub mod rule;
pub mod secret;
pub mod snmp;
#[cfg(test)]
mod tests;
pub mod value;

/// Every connector, in alphabetical order.
pub static ALL: &[&Connector] =
    &[&csv::CONNECTOR, &glpi::CONNECTOR, &ldap::CONNECTOR, &ocs::CONNECTOR, &snmp::CONNECTOR];

/// The connector of this name (`type = "…"` of a source).
pub fn named(name: &str) -> Option<&'static Connector> {
    ALL.iter().copied().find(|connector| connector.name == name)
}

/// Code that speaks to one kind of tool.
pub struct Connector {
    /// Its name in `type = "…"`.
    pub name: &'static str,
    /// A commented `[[source]]` table.
    pub sample: &'static str,
    /// May its sources add assets, unless the operator says otherwise? A directory may not.
    pub creates: bool,
    /// The reported fields that a rule's `when` can name; empty where any column can be named.
    pub reports: &'static [&'static str],
    /// Understands a source's own keys and touches no network. An unknown key is refused and the one meant is named.
    pub open: fn(toml::Table, Context) -> anyhow::Result<Box<dyn Source>>,
}

/// What the daemon lends to a source.
#[derive(Clone)]
pub struct Context {
    /// The source's name in the configuration.
    pub name: String,
    /// Relative paths start here: the configuration file's folder.
    pub base: PathBuf,
    /// Server times are told in, and turned into days of, this time zone.
    pub time_zone: TimeZone,
    /// Turns logins into pseudonyms; without it people are dropped.
    pub pseudonyms: Option<PseudonymKey>,
    /// The date of a purchase line that makes its civil year: a field of `PurchaseLine`; `date` stands in for it.
    pub year_of: &'static str,
    /// How this house writes things down.
    pub rules: Rules,
}

/// One tool, configured and named by the operator.
#[async_trait::async_trait]
pub trait Source: Send + Sync {
    /// Asks the tool for all it knows. Dropping the future abandons the collection and harms nothing.
    async fn collect(&self, progress: &Progress) -> Result<Harvest, Failure>;

    /// How often its measuring points are to be asked what they show; `None` where it has none.
    fn samples_every(&self) -> Option<Duration> {
        None
    }

    /// Asks its measuring points what they show now, each sample with its time. Dropping the future harms nothing.
    /// What could be asked is given, though other points be silent; a failure is one of all of them.
    async fn sample(&self) -> Result<Vec<PowerSample>, Failure> {
        Ok(Vec::new())
    }

    /// The agents that it can look for (`ecoparc discover`), where it is of that kind.
    fn network(&self) -> Option<&snmp::Snmp> {
        None
    }

    /// Waits, a few seconds at most, until what abandoned collections left behind at the tool is put away.
    async fn settle(&self) {}
}

/// What one collection brought back.
#[derive(Debug, Default)]
pub struct Harvest {
    /// Assets, one observation each.
    pub observations: Vec<Packed>,
    /// Everything beside assets.
    pub lines: Lines,
    /// All samples of electricity that it keeps, in any order; they replace those told before. `None` where it keeps
    /// none: what [`Source::sample`] gave stays.
    pub power: Option<Vec<PowerSample>>,
    /// Its headcounts are of this very day: those that it told before stay as they were on theirs.
    pub counted: bool,
    /// Rows that could not be read; the others count.
    pub rejects: Vec<Reject>,
    /// Every page, table or file asked for was read to its end. Only a complete harvest replaces the testimony.
    pub complete: bool,
    /// Only what answered is in it: what is there for the first time may have been silent before, and did not arrive now.
    pub polled: bool,
    /// What each rule matched, what the fields worth a rule hold, and the columns that nothing takes.
    pub tally: Tally,
    /// What an operator should know of what could be read, one sentence each, without any name of a person.
    pub notes: Vec<String>,
}

impl Harvest {
    /// How many records it accepted.
    pub fn accepted(&self) -> usize {
        let lines = &self.lines;
        self.observations.len()
            + lines.purchases.len()
            + lines.exits.len()
            + lines.stock_counts.len()
            + lines.headcounts.len()
            + lines.declared.len()
            + lines.actions.len()
            + lines.services.len()
            + lines.accounts.len()
            + lines.decisions.len()
            + self.power.as_ref().map_or(0, Vec::len)
    }
}

/// What sort of failure it was: `ecoparc_source_failures_total{class}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Class {
    Auth,
    Permission,
    Network,
    Tls,
    Timeout,
    Protocol,
    Server,
    TooLarge,
    Incomplete,
    Other,
}

impl Word for Class {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Auth, "auth"),
        (Self::Permission, "permission"),
        (Self::Network, "network"),
        (Self::Tls, "tls"),
        (Self::Timeout, "timeout"),
        (Self::Protocol, "protocol"),
        (Self::Server, "server"),
        (Self::TooLarge, "too_large"),
        (Self::Incomplete, "incomplete"),
        (Self::Other, "other"),
    ];
}

/// A collection that failed: its class for the metrics, its causes for the operator.
#[derive(Debug)]
pub struct Failure {
    /// What sort.
    pub class: Class,
    /// Why; the whole chain is printed once, by the daemon.
    pub cause: anyhow::Error,
    /// Headings or sheets that are there instead of what is meant. One may be somebody's name: they are for whoever may
    /// read the table itself, and neither logged nor published.
    pub instead: Vec<String>,
}

impl Failure {
    /// A failure of this class.
    pub fn new(class: Class, cause: impl Into<anyhow::Error>) -> Self {
        Self { class, cause: cause.into(), instead: Vec::new() }
    }

    /// The same failure, told in a wider context.
    pub fn context(self, context: impl std::fmt::Display + Send + Sync + 'static) -> Self {
        Self { cause: self.cause.context(context), ..self }
    }
}

/// How far a collection is, for the progress bar of `ecoparc sync`.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    doing: Mutex<String>,
}

impl Progress {
    /// Starts a step of so many records (0 where that is not known).
    pub fn step(&self, doing: &str, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        if let Ok(mut current) = self.doing.lock() {
            doing.clone_into(&mut current);
        }
    }

    /// So many more records of this step are read.
    pub fn add(&self, records: u64) {
        self.done.fetch_add(records, Ordering::Relaxed);
    }

    /// What it is doing, how much of it is done, and of how much.
    pub fn now(&self) -> (String, u64, u64) {
        let doing = self.doing.lock().map(|doing| doing.clone()).unwrap_or_default();
        (doing, self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// The key under which an observation is found again: the source's own id, else what identifies the thing, else,
/// for an anonymous row, its content. Returns the key and whether the row is anonymous.
pub fn native_key(
    id: Option<&str>,
    facts: &domain::observation::Facts,
    content: impl Fn() -> String,
) -> (Text, bool) {
    let told = [&facts.serial, &facts.asset_tag, &facts.uuid, &facts.mac, &facts.hostname];
    let known = id
        .and_then(Text::of)
        .or_else(|| told.into_iter().flatten().find(|told| !domain::identity::is_placeholder(told)).cloned());
    match known {
        Some(key) => (key, false),
        None => (Text::from(content()), true),
    }
}

/// So many of something, in words that agree with the number: `1 agent`, `2 agents`.
pub fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// The day on which something happened, in the organisation's time zone.
pub fn day_of(timestamp: jiff::Timestamp, time_zone: &TimeZone) -> Date {
    time_zone.to_datetime(timestamp).date()
}
