//! What the daemon currently tells the world.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::indicator::objective::Standing;
use domain::indicator::{Indicator, Publishing, Reading, Settings};
use domain::reject::Reject;
use domain::snapshot::Snapshot;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::exposition::Exposition;

/// How a source is doing.
#[derive(Clone, Debug, Default)]
pub struct SourceState {
    /// Its name.
    pub name: String,
    /// Its connector.
    pub connector: &'static str,
    /// Its last collection succeeded, were it before the daemon started. `None` while it has never been tried.
    pub up: Option<bool>,
    /// Where the tool shows one of its things: an address with `{id}`, and `{type}`.
    pub link: Option<String>,
    /// A collection is under way.
    pub collecting: bool,
    /// This daemon collects it; `None` where it is the only one that could.
    pub lease_held: Option<bool>,
    /// End of its last complete harvest, ever.
    pub last_success: Option<Timestamp>,
    /// End of its last failed collection, and why, in one line, while it is failing.
    pub failure: Option<(Timestamp, &'static str, String)>,
    /// Failed collections since the daemon started, by class.
    pub failures: Vec<(&'static str, u64)>,
    /// How long its last collection took, in seconds.
    pub seconds: f64,
    /// Observations and lines of its last complete harvest.
    pub observations: u64,
    /// Rejects of its last complete harvest: how many.
    pub rejects: u64,
    /// The first of them.
    pub rejected: Vec<Reject>,
    /// What an operator should know of what could be read, since the daemon started.
    pub notes: Vec<String>,
    /// What each rule matched in its last complete harvest since the daemon started: name and count.
    pub rule_matches: Vec<(String, u64)>,
    /// Its last complete harvest is older than `stale_after`, or there is none.
    pub stale: bool,
    /// When that is.
    pub stale_after: Duration,
}

/// What the daemon currently tells the world: immutable, replaced whole.
pub struct Edition {
    /// Its number; each is greater than the one before, also after a restart.
    pub number: u64,
    /// When it was made.
    pub made_at: Timestamp,
    /// The day it speaks of, in the organisation's time zone.
    pub today: Date,
    /// All assets, lines and doubts.
    pub snapshot: Arc<Snapshot>,
    /// Factors, assumptions, law.
    pub settings: Arc<Settings>,
    /// How readings are published; its `folded` is true.
    pub publishing: Publishing,
    /// Every reading of today, small cells folded.
    pub readings: Vec<(&'static Indicator, Reading)>,
    /// Where each objective stands today.
    pub standings: Vec<Standing>,
    /// How each source is doing.
    pub sources: Vec<SourceState>,
    /// How long it took to make, in seconds.
    pub refresh_seconds: f64,
    /// Series a metric family may have.
    pub max_series: usize,
    /// The store answered when it was last needed.
    pub store_ok: bool,
    /// The configuration was read again successfully the last time that was asked.
    pub config_ok: bool,
    /// The body of `/metrics`: made once.
    pub exposition: OnceLock<Exposition>,
}

impl Edition {
    /// The body of `/metrics`, made the first time that it is asked for.
    pub fn exposition(&self) -> &Exposition {
        self.exposition.get_or_init(|| Exposition::of(self))
    }
}

/// How often one looks whether a former edition is still read.
const GLANCE: Duration = Duration::from_millis(200);

/// Holds a former edition until nobody else does, and frees it off the async threads: a fleet is many small pieces, and
/// whoever happened to read it last would stand still meanwhile, and all its thread's tasks with it.
pub fn retire(former: Option<Arc<Edition>>) {
    let Some(former) = former else { return };
    tokio::spawn(async move {
        while Arc::strong_count(&former) > 1 {
            tokio::time::sleep(GLANCE).await;
        }
        tokio::task::spawn_blocking(move || drop(former));
    });
}
