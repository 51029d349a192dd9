//! When each source is asked: its schedule, an early retry after a passing fault, or somebody's wish. After several
//! failures in a row the circuit opens: no early retries until one collection succeeds.

use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::Duration;

use connectors::{Class, Progress};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{Notify, mpsc};

use crate::collect::{Collected, collect};
use crate::config::Source;

/// So many failures in a row open the circuit.
const CIRCUIT: u32 = 5;
/// The first early retry comes after about so long; each further one after twice as long.
const RETRY: Duration = Duration::from_secs(10);

/// What happens to a source.
pub enum Event {
    /// A collection begins.
    Begins,
    /// A collection ended. The daemon answers when it has been kept.
    Ended(Box<Collected>),
}

/// Collects a source for ever. Dropping the future abandons a collection under way.
pub async fn keep_collecting(
    at: usize,
    source: Arc<Source>,
    time_zone: TimeZone,
    asked: Arc<Notify>,
    events: mpsc::Sender<(usize, Event)>,
    mut last: Option<Timestamp>,
) {
    let (mut failures, mut retry) = (0_u32, None);
    loop {
        let scheduled = source.schedule.wait(last, Timestamp::now(), &time_zone);
        // An expression without a further moment leaves the source to those who ask for it.
        let wait = match (scheduled, retry) {
            (Some(scheduled), Some(retry)) => Some(scheduled.min(retry)),
            (scheduled, retry) => scheduled.or(retry),
        };
        tokio::select! {
            () = tokio::time::sleep(wait.unwrap_or(Duration::MAX)) => {}
            () = asked.notified() => {}
        }
        if events.send((at, Event::Begins)).await.is_err() {
            return;
        }
        let collected = collect(&source, Arc::new(Progress::default())).await;
        last = Some(collected.began);
        (failures, retry) = match &collected.harvest {
            Ok(_) => (0, None),
            Err(failure) => {
                let failures = failures.saturating_add(1);
                let soon = passing(failure.class) && failures < CIRCUIT;
                (failures, soon.then(|| jittered(RETRY * 2_u32.pow(failures - 1))))
            }
        };
        if events.send((at, Event::Ended(Box::new(collected)))).await.is_err() {
            return;
        }
    }
}

/// A fault that may be over in a moment. A refused password is not: asking again soon may lock the account.
fn passing(class: Class) -> bool {
    matches!(class, Class::Network | Class::Timeout | Class::Server | Class::Incomplete)
}

/// Between half as long and half as long again, so that sources that failed together do not come back together.
fn jittered(wait: Duration) -> Duration {
    let random = std::hash::RandomState::new().build_hasher().finish();
    wait.mul_f64(0.5 + (random % 1024) as f64 / 1024.0)
}
