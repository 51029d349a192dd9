//! When each source is asked: its schedule, an early retry after a passing fault, or somebody's wish. After several
//! failures in a row the circuit opens: no early retries until one collection succeeds.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::Duration;

use connectors::{Class, Failure, Progress};
use domain::power::PowerSample;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{Notify, mpsc, watch};
use tracing::{debug, warn};

use crate::collect::{Collected, collect, sample};
use crate::config::Source;
use crate::replica::{Grant, Holdings, granted, lost};
use crate::store::{Lease, Store};

/// So many failures in a row open the circuit.
const CIRCUIT: u32 = 5;
/// The first early retry comes after about so long; each further one after twice as long.
const RETRY: Duration = Duration::from_secs(10);

/// A collection that must not begin now is tried again so much later.
const AGAIN: Duration = Duration::from_secs(1);

/// The wall clock is looked at so often before a moment of it.
const LOOK: Duration = Duration::from_secs(60);

/// What happens to a source.
pub enum Event {
    /// A collection begins.
    Begins,
    /// A collection ended, which began under this lease.
    Ended(Box<Collected>, Option<Lease>),
    /// A collection was dropped: another replica may do it now.
    Dropped,
    /// Its measuring points were asked what they show.
    Sampled(Result<Vec<PowerSample>, Failure>),
}

/// Who collects a source.
pub struct Collector {
    /// Its place in the configuration.
    pub at: usize,
    /// It.
    pub source: Arc<Source>,
    /// In which its schedule is told.
    pub time_zone: TimeZone,
    /// Somebody wishes for a collection.
    pub asked: Arc<Notify>,
    /// Where it is told what happens.
    pub events: mpsc::Sender<(usize, Event)>,
    /// Where it is noted that a collection begins.
    pub store: Store,
    /// What this daemon may do.
    pub holdings: watch::Receiver<Holdings>,
}

/// How the collections of a source have gone.
struct Attempts {
    last: Option<Timestamp>,
    failures: u32,
    retry: Option<Duration>,
    /// One is under way.
    busy: bool,
}

impl Collector {
    /// Collects for ever, while there is a right to; at once where that is due. Dropping the future abandons a collection
    /// under way.
    pub async fn keep_collecting(mut self, due: bool) {
        let mut attempts = Attempts { last: None, failures: 0, retry: due.then_some(Duration::ZERO), busy: false };
        let mut still = self.holdings.clone();
        let name = self.source.told.name.to_string();
        while let Some(grant) = granted(&mut self.holdings, &name).await {
            attempts.last = grant.last.max(attempts.last);
            if grant.due {
                attempts.retry = Some(Duration::ZERO);
            }
            tokio::select! {
                () = self.collect(&mut attempts, &grant) => return,
                () = lost(&mut still, &name, &grant) => {}
            }
            if std::mem::take(&mut attempts.busy) {
                warn!(source = name, "the lease passed on during a collection: nothing of it is kept");
                if self.events.send((self.at, Event::Dropped)).await.is_err() {
                    return;
                }
            }
        }
    }

    async fn collect(&self, attempts: &mut Attempts, grant: &Grant) {
        let Self { at, source, time_zone, asked, events, .. } = self;
        let store = self.store.under(grant.lease.as_ref());
        loop {
            let scheduled = source.schedule.wait(attempts.last, Timestamp::now(), time_zone);
            // An expression without a further moment leaves the source to those who ask for it.
            let wait = match (scheduled, attempts.retry) {
                (Some(scheduled), Some(retry)) => Some(scheduled.min(retry)),
                (scheduled, retry) => scheduled.or(retry),
            };
            // Timers know nothing of a wall clock that is set: what is far off by it is looked at again.
            let far =
                source.schedule.is_by_clock() && attempts.retry.is_none() && wait.is_some_and(|wait| wait > LOOK);
            tokio::select! {
                () = tokio::time::sleep(LOOK), if far => continue,
                () = tokio::time::sleep(wait.unwrap_or(Duration::MAX)), if !far => {}
                () = asked.notified() => {}
            }
            if let Err(error) = store.begin().await {
                // Whether the lease is still held is known soon.
                debug!(source = &*source.told.name, "{error:#}");
                tokio::time::sleep(AGAIN).await;
                attempts.retry = Some(Duration::ZERO);
                continue;
            }
            if events.send((*at, Event::Begins)).await.is_err() {
                return;
            }
            attempts.busy = true;
            let collected = collect(source, Arc::new(Progress::default())).await;
            attempts.busy = false;
            attempts.last = Some(collected.began);
            (attempts.failures, attempts.retry) = match &collected.harvest {
                Ok(_) => (0, None),
                Err(failure) => {
                    let failures = attempts.failures.saturating_add(1);
                    (failures, early(failure.class, failures).map(jittered))
                }
            };
            let ended = Event::Ended(Box::new(collected), grant.lease.clone());
            if events.send((*at, ended)).await.is_err() {
                return;
            }
        }
    }
}

/// Asks a source's measuring points for ever, on a schedule of their own; at once where it has none.
pub async fn keep_sampling(at: usize, source: Arc<Source>, events: mpsc::Sender<(usize, Event)>) {
    let Some(every) = source.asks.samples_every() else { return };
    let mut moments = tokio::time::interval(every.max(Duration::from_secs(1)));
    moments.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        moments.tick().await;
        let sampled = sample(&source).await;
        if events.send((at, Event::Sampled(sampled))).await.is_err() {
            return;
        }
    }
}

/// How long to wait before an early retry, after so many failures in a row; `None` for the next scheduled moment.
/// A refused password will not be over in a moment, and asking again soon may lock the account.
fn early(class: Class, failures: u32) -> Option<Duration> {
    let passing = matches!(class, Class::Network | Class::Timeout | Class::Server | Class::Incomplete);
    (passing && failures < CIRCUIT).then(|| RETRY * 2_u32.pow(failures.saturating_sub(1)))
}

/// Between half as long and half as long again, so that sources that failed together do not come back together.
fn jittered(wait: Duration) -> Duration {
    let random = std::hash::RandomState::new().build_hasher().finish();
    wait.mul_f64(0.5 + (random % 1024) as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_retries_double_until_the_circuit_opens() {
        let waits: Vec<Option<u64>> =
            (1..=6).map(|failures| early(Class::Server, failures).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits, [Some(10), Some(20), Some(40), Some(80), None, None]);
        for class in [Class::Auth, Class::Permission, Class::Protocol, Class::Tls, Class::TooLarge, Class::Other] {
            assert_eq!(early(class, 1), None, "{class:?}");
        }
    }

    #[test]
    fn retries_are_spread() {
        let waits: Vec<Duration> = (0..100).map(|_| jittered(RETRY)).collect();
        assert!(waits.iter().all(|wait| *wait >= RETRY / 2 && *wait < RETRY * 3 / 2));
        assert!(waits.iter().any(|wait| *wait != waits[0]));
    }
}
