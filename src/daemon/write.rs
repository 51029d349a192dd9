//! What the daemon writes beside collections: readings and assets for people who read the database, and electricity
//! that the database refused when it came.

use std::path::Path;
use std::sync::Arc;

use jiff::ToSpan;
use tokio::sync::watch;
use tracing::{error, info, warn};

use super::House;
use crate::config::Config;
use crate::edition::Edition;
use crate::sampling::catch_up;

impl House {
    /// Writes what people read in the database, if there is a newer edition than the one written last. Samples change
    /// no asset and make an edition a minute: after those only the readings are written. What was refused is tried again.
    pub(super) async fn write(&mut self, editions: &watch::Sender<Option<Arc<Edition>>>, written: &mut u64) {
        self.catch_up().await;
        let Some(edition) = editions.borrow().clone() else { return };
        if edition.number == *written && self.store_ok {
            return;
        }
        *written = edition.number;
        let readings: Vec<_> =
            edition.readings.iter().map(|(indicator, reading)| (indicator.name, reading.clone())).collect();
        let outcome = async {
            self.store.write_readings(edition.today, &readings).await?;
            if self.assets_due {
                self.store.write_assets(&edition.snapshot, edition.today).await?;
                self.store.purge(edition.today.saturating_sub(self.config.history_days.days())).await?;
            }
            anyhow::Ok(())
        };
        match outcome.await {
            Ok(()) => {
                self.assets_due = false;
                if !std::mem::replace(&mut self.store_ok, true) {
                    info!("the store takes what is written again");
                }
            }
            // Told when it began.
            Err(error) if std::mem::replace(&mut self.store_ok, false) => {
                error!("cannot write the day's readings: {error:#}");
            }
            Err(_) => {}
        }
    }

    /// Is what the world is told of the store no longer so?
    pub(super) fn store_changed(&self, editions: &watch::Sender<Option<Arc<Edition>>>) -> bool {
        editions.borrow().as_ref().is_some_and(|edition| edition.store_ok != self.store_ok)
    }

    /// Writes the electricity that the database refused, if it takes it now.
    async fn catch_up(&mut self) {
        for (testimony, unwritten) in self.testimonies.iter().zip(&mut self.unwritten) {
            if let Err(error) = catch_up(&self.store, testimony, unwritten).await {
                warn!(source = &*testimony.source.name, "electricity stays unwritten: {error:#}");
            }
        }
    }

    /// Reads the configuration again, and what is kept under it.
    pub(super) async fn reload(&mut self, path: &Path) -> anyhow::Result<Self> {
        // The next house begins with what is written.
        self.catch_up().await;
        let path = path.to_path_buf();
        let config = tokio::task::spawn_blocking(move || Config::load(&path)).await??;
        Self::prepare(config).await
    }
}

#[cfg(test)]
mod tests;
