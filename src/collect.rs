//! One collection of one source, from the asking to the store. The daemon and `ecoparc sync` share it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use connectors::{Class, Failure, Harvest, Progress};
use domain::headcount::{self, Headcount};
use domain::power::{Integration, Meter, PowerSample};
use domain::testimony::{Lines, Moment, Testimony};
use domain::word::Word;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::Source;
use crate::sampling::{Integrated, integrated};
use crate::store::{Missed, Outcome, Recorded, Said, Store};

/// A harvest smaller than this share of the one before is refused, unless the operator allows it.
const SHRINK: f64 = 0.5;
/// How long abandoned collections may take to leave the tools as they found them.
const SETTLING: Duration = Duration::from_secs(5);

/// What one collection came to.
pub struct Collected {
    /// The harvest, or why there is none.
    pub harvest: Result<Harvest, Failure>,
    /// What its samples of electricity come to, where it keeps any; known once it is [`Collected::guarded`].
    pub meters: Option<Vec<Meter>>,
    /// When it began.
    pub began: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// The harvest was whole, and was refused all the same.
    pub refused: bool,
}

/// Asks a source for all it knows, within its time. Never panics: a panic inside a connector is a failure of its own.
pub async fn collect(source: &Source, progress: std::sync::Arc<Progress>) -> Collected {
    let (began, clock) = (Timestamp::now(), Instant::now());
    let asks = source.asks.clone();
    let harvest = match within(source.timeout, async move { asks.collect(&progress).await }).await {
        Ok(harvest) if !harvest.complete => {
            Err(Failure::new(Class::Incomplete, anyhow::anyhow!("not everything could be read to its end")))
        }
        other => other,
    };
    Collected { harvest, meters: None, began, took: clock.elapsed(), refused: false }
}

/// Asks a source what its measuring points show now, within its time. Never panics either.
pub async fn sample(source: &Source) -> Result<Vec<PowerSample>, Failure> {
    let asks = source.asks.clone();
    within(source.timeout, async move { asks.sample().await }).await
}

/// Runs what a connector does on a task of its own, which ends with this future.
async fn within<T: Send + 'static>(
    timeout: Duration,
    asking: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let mut asking = Asking(tokio::spawn(asking));
    match tokio::time::timeout(timeout, &mut asking.0).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(Failure::new(Class::Other, anyhow::anyhow!("the connector failed from within"))),
        Err(_) => Err(Failure::new(
            Class::Timeout,
            anyhow::anyhow!("it did not end within {} s (`timeout`)", timeout.as_secs()),
        )),
    }
}

/// The same for a command: an interruption abandons the collection, and fails.
pub async fn collect_or_stop(source: &Source, progress: std::sync::Arc<Progress>) -> anyhow::Result<Collected> {
    tokio::select! {
        collected = collect(source, progress) => return Ok(collected),
        _ = tokio::signal::ctrl_c() => {}
    }
    settle(std::iter::once(source)).await;
    anyhow::bail!("interrupted")
}

/// Waits until abandoned collections have ended and put away what they had open at the tools: a few seconds at most.
pub async fn settle(sources: impl Iterator<Item = &Source>) {
    let settled = async {
        for source in sources {
            // A collection that has not noticed yet holds on to whom it asks.
            while std::sync::Arc::strong_count(&source.asks) > 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            source.asks.settle().await;
        }
    };
    let _ = tokio::time::timeout(SETTLING, settled).await;
}

/// A collection under way; dropping it abandons the collection.
struct Asking<T>(tokio::task::JoinHandle<Result<T, Failure>>);

impl<T> Drop for Asking<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What a source's word holds, sort by sort: what it lists, its lines, how many people it counts, and the days of its
/// measuring points where it tells them itself: their samples are not kept.
fn held(assets: usize, lines: &Lines, meters: Option<&[Meter]>) -> [(&'static str, f64); 11] {
    let days = |meters: &[Meter]| meters.iter().map(|meter| 1 + meter.days.len()).sum::<usize>();
    // Of each entity and department the newest count.
    let mut people = BTreeMap::new();
    for line in &lines.headcounts {
        let Headcount { date, entity, department, agents } = &line.told;
        let newest = people.entry((entity, department)).or_insert((date, agents));
        if date >= newest.0 {
            *newest = (date, agents);
        }
    }
    [
        ("assets", assets as f64),
        ("purchases", lines.purchases.len() as f64),
        ("exits", lines.exits.len() as f64),
        ("counts of reformed stock", lines.stock_counts.len() as f64),
        ("people", people.values().filter_map(|(_, agents)| **agents).sum()),
        ("declared figures", lines.declared.len() as f64),
        ("actions", lines.actions.len() as f64),
        ("services", lines.services.len() as f64),
        ("accounts", lines.accounts.len() as f64),
        ("decisions", lines.decisions.len() as f64),
        ("days of electricity", meters.map_or(0, days) as f64),
    ]
}

impl Collected {
    /// Makes the harvest fit to be kept beside the source's last word: what its samples of electricity come to is worked
    /// out, those of days to come are rejected, and headcounts of earlier days are taken over. Refuses a harvest that
    /// shrank by more than half since then, unless the operator allows it.
    pub async fn guarded(mut self, source: &Source, last: Option<&Testimony>, by: &Integration) -> Self {
        if let Ok(harvest) = &mut self.harvest {
            for observation in harvest.observations.iter_mut().filter(|told| told.native().contains('\0')) {
                // No tool means this character, and PostgreSQL takes it in no text.
                observation.change(|kept| {
                    kept.observation.native = kept.observation.native.replace('\0', "\u{fffd}").into();
                });
            }
            refuse_the_future(harvest, Moment(self.began.as_second()), &source.told.name);
            if let Some(samples) = harvest.power.take() {
                let Integrated { meters, samples, .. } = integrated(Vec::new(), samples, by).await;
                (harvest.power, self.meters) = (Some(samples), Some(meters));
            }
        }
        if let (Ok(harvest), Some(last)) = (&mut self.harvest, last) {
            if harvest.counted {
                let today = connectors::day_of(self.began, &by.time_zone);
                harvest.lines.headcounts =
                    headcount::carried(&last.lines.headcounts, std::mem::take(&mut harvest.lines.headcounts), today);
            }
            let listed = last.observations.iter().filter(|kept| kept.history().unlisted_since.is_none()).count();
            let before = held(listed, &last.lines, self.meters.as_ref().map(|_| last.power.as_slice()));
            let now = held(harvest.observations.len(), &harvest.lines, self.meters.as_deref());
            let shrunk = before.iter().zip(now).find(|((_, before), (_, now))| *now < before * SHRINK);
            if let Some(((sort, before), (_, now))) = shrunk
                && !source.allow_shrink
            {
                let cause = anyhow::anyhow!(
                    "it lists {now} {sort} where it listed {before}: refused unless `allow_shrink = true`"
                );
                (self.harvest, self.refused) = (Err(Failure::new(Class::Incomplete, cause)), true);
            }
        }
        self
    }
}

/// Refuses samples of days to come: an index told for one of them would fill all days until then.
fn refuse_the_future(harvest: &mut Harvest, now: Moment, source: &str) {
    let Some(samples) = &mut harvest.power else { return };
    let all = samples.len();
    samples.retain(|sample| sample.time.is_none_or(|time| time.0 <= now.0 + 86_400));
    let refused = all - samples.len();
    if refused > 0 {
        harvest.rejects.push(connectors::Reject {
            place: source.to_owned(),
            column: Some("time".to_owned()),
            reason: format!("{refused} samples are of days to come"),
        });
    }
}

/// Keeps a collection: a complete harvest replaces the source's last word, a failure is written into the journal. Gives
/// when the collection ended: that is when it was said.
pub async fn keep(
    store: &Store,
    source: &Source,
    collected: &Collected,
    last: Option<&Testimony>,
    time_zone: &TimeZone,
) -> anyhow::Result<(Timestamp, Recorded)> {
    let ended = collected.began.checked_add(collected.took).unwrap_or(collected.began);
    let at = Moment(ended.as_second());
    match &collected.harvest {
        Ok(harvest) => {
            let said = Said {
                observations: &harvest.observations,
                last,
                lines: &harvest.lines,
                power: collected.meters.as_deref().zip(harvest.power.as_ref().map(Vec::len)),
                tells_arrivals: !harvest.polled,
                rejects: &harvest.rejects,
                took: collected.took,
            };
            let today = connectors::day_of(ended, time_zone);
            Ok((ended, store.record(&source.told.name, &said, at, today).await?))
        }
        Err(failure) => {
            let missed = Missed {
                outcome: if collected.refused { Outcome::Refused } else { Outcome::Failed },
                class: failure.class.name(),
                message: &format!("{:#}", failure.cause),
                took: collected.took,
            };
            store.failed(&source.told.name, at, &missed).await?;
            Ok((ended, Recorded::default()))
        }
    }
}
