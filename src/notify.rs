//! Tells people, by a webhook or by mail, what needs them: a target that drifts, a declaration that is due, an objective
//! off its pace, a source whose data grow old. Each thing is told once, and once more when it is over; what was told is
//! kept, so that a restart tells nothing twice. For houses that run no Prometheus.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::edition::Edition;
use crate::store::{Notice, Store};
use crate::wording::Lang;

mod concern;
mod send;
#[cfg(test)]
mod tests;

pub use concern::{About, Concern, concerns};
pub use send::{Mail, Way};

/// After a message could not be sent it is tried again so much later, and not before.
const PAUSE: Duration = Duration::from_secs(300);

/// Somebody who is told.
pub struct Notifier {
    /// Its name in the configuration.
    pub name: String,
    /// How they are told.
    pub way: Way,
    /// In which language.
    pub lang: Lang,
    /// What they are told of.
    pub about: Vec<About>,
}

/// A message: something needs somebody, or no longer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is about, for programs.
    pub concern: String,
    /// In words.
    pub what: String,
    /// It is over.
    pub over: bool,
    /// First told at.
    pub since: Timestamp,
}

/// Tells for ever what editions bring. Dropping the future abandons the message under way.
pub async fn keep_telling(
    notifier: Arc<Notifier>,
    store: Store,
    mut editions: watch::Receiver<Option<Arc<Edition>>>,
) {
    loop {
        let edition = editions.borrow_and_update().clone();
        if let Some(edition) = edition
            && let Err(error) = tell(&notifier, &store, &edition).await
        {
            warn!(notifier = notifier.name, "somebody could not be told: {error:#}");
            // The edition that is in force then is told.
            tokio::time::sleep(PAUSE).await;
        } else if editions.changed().await.is_err() {
            return;
        }
    }
}

/// Tells what an edition brings, and keeps that it was told.
async fn tell(notifier: &Notifier, store: &Store, edition: &Edition) -> anyhow::Result<()> {
    let concerns = concerns(edition, notifier.lang);
    let wanted: Vec<&Concern> = concerns.iter().filter(|concern| notifier.about.contains(&concern.about)).collect();
    let known = store.notices(&notifier.name).await?;
    for message in due(&wanted, &known, edition.made_at) {
        notifier.way.send(&message, notifier.lang).await?;
        info!(notifier = notifier.name, concern = message.concern, over = message.over, "told");
        let notice = Notice { concern: message.concern, what: message.what, told: message.since.as_second() };
        store.notice(&notifier.name, &notice, message.over).await?;
    }
    Ok(())
}

/// What is to be said: of what is new, and of what is over.
fn due(concerns: &[&Concern], known: &[Notice], now: Timestamp) -> Vec<Message> {
    let new = concerns.iter().filter(|concern| known.iter().all(|notice| notice.concern != concern.key));
    let new = new.map(|concern| Message {
        concern: concern.key.clone(),
        what: concern.what.clone(),
        over: false,
        since: now,
    });
    let over = known.iter().filter(|notice| concerns.iter().all(|concern| notice.concern != concern.key));
    let over = over.map(|notice| Message {
        concern: notice.concern.clone(),
        what: notice.what.clone(),
        over: true,
        since: Timestamp::from_second(notice.told).unwrap_or(now),
    });
    new.chain(over).collect()
}
