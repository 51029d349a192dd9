//! Several daemons on one database: what this one may do at present, and what the others have written. A daemon whose
//! store is a file is alone and may do everything.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tracing::{debug, info, warn};

use crate::store::{CHORES, Generation, Held, Lease, Store};

/// What others wrote is looked for at least so often: a word that is lost comes to light by then.
const LOOK: Duration = Duration::from_secs(3);

/// What this daemon may do at present.
#[derive(Clone, Debug)]
pub enum Holdings {
    /// Everything: nobody else is there.
    Alone,
    /// What it holds a lease of.
    Shared {
        /// By source, and [`CHORES`].
        held: BTreeMap<String, Grant>,
        /// The database answered when it was last asked.
        reached: bool,
    },
}

/// The right to do something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grant {
    /// What it is written under; none where nobody else is there.
    pub lease: Option<Lease>,
    /// When the last collection began, where another replica may have done it.
    pub last: Option<Timestamp>,
    /// A collection is due: the last one was cut off.
    pub due: bool,
}

impl Holdings {
    /// The right to do something, while it is held.
    pub fn of(&self, name: &str) -> Option<Grant> {
        match self {
            Self::Alone => Some(Grant::default()),
            Self::Shared { held, .. } => held.get(name).cloned(),
        }
    }

    /// Does the database answer, as far as the leases tell?
    pub fn reached(&self) -> bool {
        !matches!(self, Self::Shared { reached: false, .. })
    }
}

/// Waits for the right to do something. `None` where the daemon ends.
pub async fn granted(holdings: &mut watch::Receiver<Holdings>, name: &str) -> Option<Grant> {
    let told = holdings.wait_for(|holdings| holdings.of(name).is_some()).await;
    told.ok().and_then(|holdings| holdings.of(name))
}

/// Waits until a right is lost, or given anew.
pub async fn lost(holdings: &mut watch::Receiver<Holdings>, name: &str, grant: &Grant) {
    let gone = |holdings: &Holdings| holdings.of(name).is_none_or(|now| now.lease != grant.lease);
    let _ = holdings.wait_for(gone).await;
}

/// Does something for ever whenever there is a right to it. What is under way when the right is lost is dropped.
pub async fn while_held<F: Future<Output = ()>>(
    mut holdings: watch::Receiver<Holdings>,
    name: String,
    doing: impl Fn(Grant) -> F,
) {
    let mut still = holdings.clone();
    while let Some(grant) = granted(&mut holdings, &name).await {
        tokio::select! {
            () = doing(grant.clone()) => return,
            () = lost(&mut still, &name, &grant) => {}
        }
    }
}

/// A name that no other replica has, and that people recognise.
pub fn name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let mut mark = [0; 4];
    // Without randomness the number of the process has to do.
    let _ = getrandom::fill(&mut mark);
    format!("{}-{}-{:08x}", host.trim(), std::process::id(), u32::from_be_bytes(mark))
}

/// Renews the leases for ever, three times in the life of one. What cannot be renewed in time is held no more, whatever
/// the database may think: it lets another replica take it.
pub async fn keep_leases(
    store: Store,
    replica: Arc<str>,
    names: Vec<String>,
    length: Duration,
    holdings: watch::Sender<Holdings>,
) {
    let mut moments = tokio::time::interval(length / 3);
    moments.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut until = Instant::now();
    loop {
        // A moment before the database's own: the journey there takes time, and clocks differ.
        let expired = tokio::time::sleep_until(until - length / 10);
        let holds = matches!(&*holdings.borrow(), Holdings::Shared { held, .. } if !held.is_empty());
        tokio::select! {
            biased;
            () = expired, if holds => {
                warn!("the leases could not be renewed in time: other replicas may collect now");
                holdings.send_replace(Holdings::Shared { held: BTreeMap::new(), reached: false });
                continue;
            }
            _ = moments.tick() => {}
        }
        let asked = Instant::now();
        let patience = until.saturating_duration_since(asked).max(length / 3);
        let held = tokio::time::timeout(patience, store.hold(&replica, &names, length)).await;
        match held {
            Ok(Ok(held)) => {
                until = asked + length;
                tell(&holdings, held);
            }
            failed => {
                if let Ok(Err(error)) = failed {
                    debug!("{error:#}");
                }
                holdings.send_if_modified(|holdings| match holdings {
                    Holdings::Shared { reached, .. } if *reached => {
                        *reached = false;
                        true
                    }
                    _ => false,
                });
            }
        }
    }
}

/// Takes note of what is held now. Whoever holds the same as before is not woken.
fn tell(holdings: &watch::Sender<Holdings>, now: Vec<Held>) {
    holdings.send_if_modified(|holdings| {
        let Holdings::Shared { held, reached } = holdings else { return false };
        let mut changed = !std::mem::replace(reached, true);
        let lost: Vec<String> =
            held.keys().filter(|name| now.iter().all(|one| one.lease.name != **name)).cloned().collect();
        for name in lost {
            info!(source = name, "another replica collects it from now on");
            held.remove(&name);
            changed = true;
        }
        for Held { lease, begun, due } in now {
            if held.get(&lease.name).is_some_and(|known| known.lease.as_ref() == Some(&lease)) {
                continue;
            }
            if lease.name != CHORES {
                info!(source = lease.name, due, "this replica collects it from now on");
            }
            let last = begun.and_then(|begun| Timestamp::now().checked_sub(begun).ok());
            held.insert(lease.name.clone(), Grant { lease: Some(lease), last, due });
            changed = true;
        }
        changed
    });
}

/// Tells for ever what is written of each source, by whomever.
pub async fn keep_watching(store: Store, news: mpsc::Sender<(String, Generation)>) {
    let mut known: BTreeMap<String, Generation> = BTreeMap::new();
    loop {
        let mut listener = store.listen().await;
        loop {
            let Ok(all) = store.generations().await else { break };
            for (name, generation) in all {
                if known.insert(name.clone(), generation) != Some(generation)
                    && news.send((name, generation)).await.is_err()
                {
                    return;
                }
            }
            let word = async {
                match &mut listener {
                    Some(listener) => listener.heard().await,
                    None => std::future::pending().await,
                }
            };
            if let Ok(Err(_)) = tokio::time::timeout(LOOK, word).await {
                break;
            }
        }
        // A connection that broke is made anew: it might be silent for ever.
        tokio::time::sleep(LOOK).await;
    }
}
