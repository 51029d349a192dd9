//! The journal: how every attempt at a harvest ended, and what could not be read.

use std::time::Duration;

use anyhow::{Context, Result};
use domain::reject::Reject;
use domain::testimony::Moment;
use domain::word::Word;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Store;
use super::bulk;
use super::cell::{Cell, int, text};
use super::engine::Tx;
use super::record::source_id;

/// Rejects kept of one source at most.
pub const REJECTS: usize = 10_000;

/// How an attempt at a harvest ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Read to its end: the testimony was replaced.
    Complete,
    /// Not read to its end.
    Failed,
    /// Read to its end and not believed: the source shrank too much.
    Refused,
}

impl Word for Outcome {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Complete, "complete"), (Self::Failed, "failed"), (Self::Refused, "refused")];
}

/// One attempt at a harvest.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The source's name.
    pub source: String,
    /// When it began.
    pub started: Moment,
    /// When it ended.
    pub ended: Moment,
    /// How it ended.
    pub outcome: Outcome,
    /// What sort of failure it was.
    pub class: Option<String>,
    /// Why it failed, in one line.
    pub message: Option<String>,
    /// Observations it brought.
    pub observations: u64,
    /// Lines it brought.
    pub lines: u64,
    /// Rows that could not be read.
    pub rejects: u64,
    /// How long it took, to the millisecond.
    pub took: Duration,
}

/// A harvest that changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Missed<'a> {
    /// Failed or refused.
    pub outcome: Outcome,
    /// What sort of failure it was: a word of `ecoparc_source_failures_total{class}`.
    pub class: &'a str,
    /// Why, in one line, without any secret.
    pub message: &'a str,
    /// How long it took.
    pub took: Duration,
}

/// What the journal last says of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The source's name.
    pub source: String,
    /// Its last complete harvest.
    pub success: Option<Attempt>,
    /// Its last failed or refused one.
    pub failure: Option<Attempt>,
}

impl State {
    /// Did the last attempt fail?
    pub fn failing(&self) -> bool {
        match (&self.success, &self.failure) {
            (Some(success), Some(failure)) => failure.ended > success.ended,
            (None, Some(_)) => true,
            (_, None) => false,
        }
    }
}

const COLUMNS: &str = "SELECT source.name, started, ended, outcome, class, message, observations, lines, rejects, \
                       duration_ms FROM harvest JOIN source ON source.id = harvest.source ";

impl Store {
    /// Writes down that a harvest failed or was refused; the testimony stays in force.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn failed(&self, source: &str, at: Moment, missed: &Missed<'_>) -> Result<()> {
        let writing = async move {
            let mut tx = self.write().await?;
            let id = source_id(&mut tx, source).await?;
            let attempt = Attempt {
                source: source.to_owned(),
                started: Moment(at.0.saturating_sub(missed.took.as_secs() as i64)),
                ended: at,
                outcome: missed.outcome,
                class: Some(missed.class.to_owned()),
                message: Some(missed.message.to_owned()),
                observations: 0,
                lines: 0,
                rejects: 0,
                took: missed.took,
            };
            write_attempt(&mut tx, id, &attempt).await?;
            tx.ends(false);
            tx.commit().await
        };
        writing.await.with_context(|| format!("cannot write down how the harvest of `{source}` ended"))
    }

    /// The last attempts at one source, the newest first.
    #[cfg(test)]
    pub async fn journal(&self, source: &str, limit: u32) -> Result<Vec<Attempt>> {
        let reading = async {
            let mut tx = self.read().await?;
            let last = format!("{COLUMNS} WHERE source.name = $1 ORDER BY harvest.id DESC LIMIT $2");
            let rows: Vec<Row> = tx.rows(&last, &[source.into(), i64::from(limit).into()]).await?;
            tx.commit().await?;
            anyhow::Ok(rows.into_iter().map(attempt).collect())
        };
        reading.await.with_context(|| format!("cannot read the journal of source `{source}`"))
    }

    /// What the journal last says of every source ever asked, in the order of their names.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn states(&self) -> Result<Vec<State>> {
        let reading = async {
            let mut tx = self.read().await?;
            let last = format!(
                "{COLUMNS} WHERE harvest.id IN (SELECT max(id) FROM harvest GROUP BY source, outcome) \
                 ORDER BY source.name, harvest.id"
            );
            let rows: Vec<Row> = tx.rows(&last, &[]).await?;
            tx.commit().await?;
            anyhow::Ok(rows)
        };
        let mut states: Vec<State> = vec![];
        for attempt in reading.await.context("cannot read the journal")?.into_iter().map(attempt) {
            if states.last().is_none_or(|state| state.source != attempt.source) {
                states.push(State { source: attempt.source.clone(), success: None, failure: None });
            }
            let state = states.last_mut().expect("one was just pushed");
            // Later rows are later attempts: of a failure and a refusal the later one stays.
            match attempt.outcome {
                Outcome::Complete => state.success = Some(attempt),
                Outcome::Failed | Outcome::Refused => state.failure = Some(attempt),
            }
        }
        Ok(states)
    }

    /// The first rows that the last complete harvest of this source could not read.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn rejects(&self, source: &str, limit: usize) -> Result<Vec<Reject>> {
        let reading = async {
            let mut tx = self.read().await?;
            let first = "SELECT place, \"column\", reason FROM reject \
                         WHERE source = (SELECT id FROM source WHERE name = $1) ORDER BY number LIMIT $2";
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows: Vec<(String, Option<String>, String)> = tx.rows(first, &[source.into(), limit.into()]).await?;
            tx.commit().await?;
            anyhow::Ok(rows)
        };
        let rows = reading.await.with_context(|| format!("cannot read the rejects of source `{source}`"))?;
        Ok(rows.into_iter().map(|(place, column, reason)| Reject { place, column, reason }).collect())
    }
}

/// An attempt as it is stored.
#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    started: i64,
    ended: i64,
    outcome: String,
    class: Option<String>,
    message: Option<String>,
    observations: i64,
    lines: i64,
    rejects: i64,
    duration_ms: i64,
}

fn attempt(row: Row) -> Attempt {
    let count = |count: i64| count.max(0) as u64;
    Attempt {
        source: row.name,
        started: Moment(row.started),
        ended: Moment(row.ended),
        outcome: Outcome::parse(&row.outcome).unwrap_or(Outcome::Failed),
        class: row.class,
        message: row.message,
        observations: count(row.observations),
        lines: count(row.lines),
        rejects: count(row.rejects),
        took: Duration::from_millis(count(row.duration_ms)),
    }
}

pub(super) async fn write_attempt(tx: &mut Tx, source: i64, attempt: &Attempt) -> sqlx::Result<()> {
    let values = [
        source.into(),
        attempt.started.0.into(),
        attempt.ended.0.into(),
        attempt.outcome.name().into(),
        attempt.class.as_deref().into(),
        attempt.message.as_deref().into(),
        (attempt.observations as i64).into(),
        (attempt.lines as i64).into(),
        (attempt.rejects as i64).into(),
        (attempt.took.as_millis() as i64).into(),
    ];
    tx.run(
        "INSERT INTO harvest \
         (source, started, ended, outcome, class, message, observations, lines, rejects, duration_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &values,
    )
    .await?;
    Ok(())
}

pub(super) async fn replace_rejects(tx: &mut Tx, source: i64, rejects: &[Reject]) -> sqlx::Result<()> {
    tx.run("DELETE FROM reject WHERE source = $1", &[source.into()]).await?;
    let mut rows = vec![];
    for (number, Reject { place, column, reason }) in rejects.iter().take(REJECTS).enumerate() {
        let column = Cell::from(column.as_deref());
        rows.extend([Cell::Int(number as i64), Cell::from(place.as_str()), column, Cell::from(reason.as_str())]);
    }
    let columns = [int("number"), text("place"), text("named"), text("reason")];
    let then = "INSERT INTO reject (source, number, place, \"column\", reason) \
                SELECT fixed.source, number, place, named, reason FROM given, fixed";
    bulk::run(tx, &[("source", Cell::Int(source))], &columns, &rows, then).await
}

/// Forgets attempts that ended before a day, except what [`Store::states`] tells.
pub(super) async fn purge_attempts(tx: &mut Tx, before: Date) -> Result<()> {
    let before = TimeZone::UTC.to_timestamp(before.at(0, 0, 0, 0))?.as_second();
    let forget = "DELETE FROM harvest \
                  WHERE ended < $1 AND id NOT IN (SELECT max(id) FROM harvest GROUP BY source, outcome)";
    tx.run(forget, &[before.into()]).await?;
    Ok(())
}
