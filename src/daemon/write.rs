//! What the daemon writes beside collections: readings and assets for people who read the database, and electricity
//! that the database refused when it came.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::ToSpan;
use tokio::sync::{Notify, watch};
use tracing::{debug, error, info, warn};

use super::Daemon;
use super::kept::take_over;
use super::listen::Listeners;
use crate::config::Config;
use crate::edition::Edition;
use crate::sampling::catch_up;
use crate::store::{CHORES, PassedOn, Store};

impl Daemon {
    /// Writes what people read in the database, if there is a newer edition than the one written last. Samples change
    /// no asset and make an edition a minute: after those only the readings are written. What was refused is tried again.
    pub(super) async fn write(&mut self, editions: &watch::Sender<Option<Arc<Edition>>>, written: &mut u64) {
        self.catch_up().await;
        let Some(edition) = editions.borrow().clone() else { return };
        if edition.number == *written && self.store_ok {
            return;
        }
        let Some(chores) = self.held.borrow().of(CHORES) else {
            // Another replica writes; whether the store is there is ours to know.
            self.store_ok = self.store.ping().await.is_ok();
            return;
        };
        let store = self.store.under(chores.lease.as_ref());
        *written = edition.number;
        let readings: Vec<_> =
            edition.readings.iter().map(|(indicator, reading)| (indicator.name, reading.clone())).collect();
        let outcome = async {
            let clock = Instant::now();
            store.write_readings(edition.today, &readings).await?;
            debug!(readings = readings.len(), seconds = clock.elapsed().as_secs_f64(), "the day's readings are kept");
            if self.assets_due {
                store.write_assets(&edition.snapshot, edition.today).await?;
            }
            // It looks at everything that is kept.
            if self.purged != Some(edition.today) {
                store.purge(edition.today.saturating_sub(self.config.history_days.days())).await?;
            }
            anyhow::Ok(())
        };
        match outcome.await {
            Ok(()) => {
                self.assets_due = false;
                self.purged = Some(edition.today);
                if !std::mem::replace(&mut self.store_ok, true) {
                    info!("the store takes what is written again");
                }
            }
            // The one that holds it now writes.
            Err(error) if PassedOn::caused(&error) => {}
            // Told when it began.
            Err(error) if std::mem::replace(&mut self.store_ok, false) => {
                error!("cannot write the day's readings: {:#}", Store::advised(error));
            }
            Err(_) => {}
        }
    }

    /// Is what the world is told of the store no longer so?
    pub(super) fn store_changed(&self, editions: &watch::Sender<Option<Arc<Edition>>>) -> bool {
        editions
            .borrow()
            .as_ref()
            .is_some_and(|edition| edition.store_ok != (self.store_ok && self.held.borrow().reached()))
    }

    /// Writes the electricity that the database refused, if it takes it now.
    async fn catch_up(&mut self) {
        for (testimony, unwritten) in self.testimonies.iter().zip(&mut self.unwritten) {
            let Some(grant) = self.held.borrow().of(&testimony.source.name) else { continue };
            if let Err(error) = catch_up(&self.store.under(grant.lease.as_ref()), testimony, unwritten).await {
                warn!(source = &*testimony.source.name, "electricity stays unwritten: {error:#}");
            }
        }
    }

    /// Asks for a collection: here, or of the replica that collects the source.
    pub(super) async fn ask(&self, source: &str, here: &Notify) {
        if self.held.borrow().of(source).is_some() {
            here.notify_one();
        } else if let Err(error) = self.store.ask(source).await {
            warn!("{error:#}");
        }
    }

    /// Lets other replicas go on at once.
    pub(super) async fn give_back(&self) {
        if self.store.is_shared()
            && let Err(error) = self.store.give_back(&self.lasting.replica).await
        {
            warn!("{error:#}");
        }
    }

    /// Reads the configuration again, and what is kept under it.
    pub(super) async fn reload(&mut self, path: &Path, listeners: &mut Listeners) -> anyhow::Result<Self> {
        self.lasting.supervisor.reloading();
        // The next configuration begins with what is written.
        self.catch_up().await;
        let path = path.to_path_buf();
        let config = tokio::task::spawn_blocking(move || Config::load(&path)).await??;
        let mut next = Self::prepare(config, self.lasting.clone()).await?;
        listeners.take_up(&next.config.server).await?;
        for (state, source) in next.states.iter_mut().zip(&next.config.sources) {
            if let Some(known) = self.states.iter_mut().find(|known| known.name == state.name) {
                take_over(state, std::mem::take(known));
                state.rule_matches.retain(|(rule, _)| source.rules.contains(rule));
            }
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests;
