//! What boaviztapi, another program, answers for the specifications of servers. It is asked in the background after
//! each edition, one question after the other, and its answers are kept: editions from then on take them in place of
//! our own sums of parts. Its absence delays nothing and fails nothing.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use connectors::http::{Answer, Client};
use domain::factor::R_DEFAULT;
use domain::quantity::{Estimate, SPAN_DEVIATIONS};
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::specification::{Appraisal, Specification};
use domain::testimony::Moment;
use domain::word::Criterion;
use jiff::Timestamp;
use reqwest::{Method, Url};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::edition::Edition;
use crate::store::{Appraised, Store};

mod read;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub use read::answer as told;

/// The set that stands for it.
pub const BY: &str = "boaviztapi";

/// A question that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// After a failure it is left alone for so long.
const PAUSE: Duration = Duration::from_secs(600);
/// What it could not answer is not asked again before so many seconds.
const DAY: i64 = 86_400;
/// So many failures in a row end a batch: the others would fail too.
const FAILURES: usize = 3;

/// The answers that are kept, as editions take them. Their bounds leave the error of the parts' own figures out, which
/// comes on top.
///
/// # Errors
/// Where the store fails.
pub async fn appraisals(store: &Store) -> anyhow::Result<Vec<Appraisal>> {
    let kept = store.appraisals().await?.into_iter().filter_map(|kept| {
        let figure = kept.told.ok()?;
        let spread = (figure.high.0 - figure.low.0) / SPAN_DEVIATIONS / figure.value.0;
        Some(Appraisal {
            specification: Text::from(kept.specification),
            criterion: kept.criterion,
            impact: figure.value,
            r: spread.hypot(R_DEFAULT),
            by: Text::from(BY),
        })
    });
    Ok(kept.collect())
}

/// Asks for ever what each edition leaves open, and says when there are new answers. Dropping the future abandons the
/// question under way.
pub async fn keep_appraising(
    url: Url,
    store: Store,
    mut editions: watch::Receiver<Option<Arc<Edition>>>,
    answered: Arc<Notify>,
) {
    let client = match Client::new(&url, None, PATIENCE) {
        Ok(client) => client,
        Err(error) => return warn!("boaviztapi cannot be asked: {error:#}"),
    };
    let asked = Asked { client, base: url.as_str().trim_end_matches('/').to_owned() };
    let mut rested = Instant::now();
    loop {
        let snapshot = editions.borrow_and_update().as_ref().map(|edition| edition.snapshot.clone());
        if let Some(snapshot) = snapshot {
            let batch = asked.batch(&store, &snapshot).await;
            drop(snapshot);
            if batch.answers > 0 {
                info!(specifications = batch.answers, "boaviztapi has answered");
                answered.notify_one();
            }
            if let Some(trouble) = batch.failure.as_ref().or(batch.refusal.as_ref()) {
                warn!(unanswered = batch.unanswered, "boaviztapi: {trouble:#}");
            }
            if batch.failure.is_some() {
                rested = Instant::now() + PAUSE;
            }
        }
        if editions.changed().await.is_err() {
            return;
        }
        tokio::time::sleep_until(rested).await;
    }
}

/// The boaviztapi that is asked.
struct Asked {
    client: Client,
    base: String,
}

/// What came of the questions that one edition left open.
#[derive(Default)]
struct Batch {
    /// Specifications with a new figure.
    answers: usize,
    /// Those without.
    unanswered: usize,
    /// The first thing that went wrong, with the program or on the way to it.
    failure: Option<anyhow::Error>,
    /// The first specification that it could not answer, and why.
    refusal: Option<anyhow::Error>,
}

impl Asked {
    /// Asks what is open, and keeps each answer at once.
    async fn batch(&self, store: &Store, snapshot: &Snapshot) -> Batch {
        let mut batch = Batch::default();
        let now = Moment(Timestamp::now().as_second());
        let open = match store.appraisals().await {
            Ok(kept) => open(snapshot, &kept, now),
            Err(error) => return Batch { failure: Some(error), ..batch },
        };
        if open.is_empty() {
            return batch;
        }
        batch.unanswered = open.len();
        let version = match self.version().await {
            Ok(version) => version,
            Err(error) => return Batch { failure: Some(error), ..batch },
        };
        let mut failures = 0;
        for specification in open {
            let answered = async {
                let told = self.ask(&specification).await?;
                let text = specification.text();
                let rows: Vec<Appraised> = told
                    .into_iter()
                    .map(|(criterion, told)| {
                        let (specification, version) = (text.clone(), version.clone());
                        Appraised { specification, criterion, told, version, asked: now }
                    })
                    .collect();
                store.keep_appraisals(&rows).await?;
                anyhow::Ok(rows)
            };
            match answered.await {
                Ok(rows) => {
                    failures = 0;
                    if rows.iter().any(|row| row.told.is_ok()) {
                        batch.answers += 1;
                        batch.unanswered -= 1;
                    }
                    for Appraised { specification, told, .. } in rows {
                        if let (Err(reason), None) = (told, &batch.refusal) {
                            batch.refusal = Some(anyhow!("no figure for `{specification}`: {reason}"));
                        }
                    }
                }
                Err(error) => {
                    batch.failure.get_or_insert(error);
                    failures += 1;
                    if failures == FAILURES {
                        break;
                    }
                }
            }
        }
        batch
    }

    async fn version(&self) -> anyhow::Result<String> {
        let url = format!("{}/{}", self.base, read::VERSION_PATH);
        let request = self.client.request(Method::GET, &url);
        let answer = self.client.ask(request).await.map_err(|failure| failure.cause)?;
        read::version(&json(&answer)?)
    }

    /// What it tells for a specification, criterion by criterion: a figure, or why it is none.
    async fn ask(&self, told: &Specification) -> anyhow::Result<Vec<(Criterion, Result<Estimate, String>)>> {
        let url = format!("{}/{}", self.base, read::PATH);
        let request = self.client.request(Method::POST, &url).json(&read::question(told));
        let answer = self.client.ask(request).await.map_err(|failure| failure.cause)?;
        match answer.status {
            // These speak of the moment, all others of 4xx of the question.
            408 | 429 => {}
            status @ 400..=499 => {
                let refused = |criterion| (criterion, Err(format!("it refuses the question (status {status})")));
                return Ok(read::criteria().map(refused).collect());
            }
            _ => {}
        }
        read::answer(&json(&answer)?)
    }
}

/// The body of an answer that is one.
fn json(answer: &Answer) -> anyhow::Result<serde_json::Value> {
    if !(200..300).contains(&answer.status) {
        bail!("it answered with the status {}", answer.status);
    }
    if answer.is_web_page() {
        bail!("it answered with a web page: is it boaviztapi?");
    }
    answer.json().map_err(|failure| anyhow!("it {:#}", failure.cause))
}

/// The specifications of servers for which a figure is neither kept nor refused of late; each one once.
fn open(snapshot: &Snapshot, kept: &[Appraised], now: Moment) -> Vec<Specification> {
    let settled = kept.iter().filter(|kept| kept.told.is_ok() || (now.0 - kept.asked.0).abs() < DAY);
    let settled: HashSet<(&str, Criterion)> = settled.map(|kept| (&*kept.specification, kept.criterion)).collect();
    let mut open = Vec::new();
    let mut seen = HashSet::new();
    for specification in snapshot.alike.iter().filter_map(|alike| Specification::of(&alike.facts.facts())) {
        let text = specification.text();
        if read::criteria().any(|criterion| !settled.contains(&(&*text, criterion))) && seen.insert(text) {
            open.push(specification);
        }
    }
    open
}
