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
    let mut unkept = Vec::new();
    loop {
        let edition = editions.borrow_and_update().clone();
        if let Some(edition) = edition
            && let Err(error) = tell(&notifier, &store, &edition, &mut unkept).await
        {
            warn!(notifier = notifier.name, "somebody could not be told: {error:#}");
            // The edition that is in force then is told.
            tokio::time::sleep(PAUSE).await;
        } else if editions.changed().await.is_err() {
            return;
        }
    }
}

/// What was told, and whether it was that something is over.
type Told = (Notice, bool);

/// Tells what an edition brings, and keeps that it was told. One message that fails holds up no other. What was told and
/// the store refused to keep is in `unkept`: it is kept later, and not told again.
async fn tell(notifier: &Notifier, store: &Store, edition: &Edition, unkept: &mut Vec<Told>) -> anyhow::Result<()> {
    let concerns = concerns(edition, notifier.lang);
    let wanted: Vec<&Concern> = concerns.iter().filter(|concern| notifier.about.contains(&concern.about)).collect();
    let mut known = store.notices(&notifier.name).await?;
    let mut outcome = Ok(());
    for told in std::mem::take(unkept) {
        known.retain(|notice| notice.concern != told.0.concern);
        known.extend((!told.1).then(|| told.0.clone()));
        outcome = outcome.and(keep(notifier, store, told, unkept).await);
    }
    for message in due(&wanted, &known, edition.made_at) {
        if let Err(error) = notifier.way.send(&message, notifier.lang).await {
            outcome = outcome.and(Err(error));
            continue;
        }
        info!(notifier = notifier.name, concern = message.concern, over = message.over, "told");
        let notice = Notice { concern: message.concern, what: message.what, told: message.since.as_second() };
        outcome = outcome.and(keep(notifier, store, (notice, message.over), unkept).await);
    }
    outcome
}

async fn keep(notifier: &Notifier, store: &Store, told: Told, unkept: &mut Vec<Told>) -> anyhow::Result<()> {
    let kept = store.notice(&notifier.name, &told.0, told.1).await;
    if kept.is_err() {
        unkept.push(told);
    }
    kept
}

/// What is to be said: of what presses and was not told, and of what was told and is known to be well.
fn due(concerns: &[&Concern], known: &[Notice], now: Timestamp) -> Vec<Message> {
    let told = |concern: &Concern| known.iter().find(|notice| notice.concern == concern.key);
    let message = |concern: &&Concern| match (concern.pressing, told(concern)) {
        (true, None) => {
            Some(Message { concern: concern.key.clone(), what: concern.what.clone(), over: false, since: now })
        }
        (false, Some(notice)) => Some(Message {
            concern: notice.concern.clone(),
            what: notice.what.clone(),
            over: true,
            since: Timestamp::from_second(notice.told).unwrap_or(now),
        }),
        _ => None,
    };
    concerns.iter().filter_map(message).collect()
}
