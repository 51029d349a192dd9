//! The last readings of each day.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};
use domain::indicator::Reading;
use jiff::civil::Date;

use super::Store;
use super::bulk;
use super::cell::{Cell, real, text};
use super::engine::Tx;
use super::forget::purge_holders;
use super::journal::purge_attempts;
use super::power::purge_days;

/// A reading of an earlier day.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// The day.
    pub day: Date,
    /// Label and value, sorted by label; empty for totals.
    pub slice: Vec<(String, String)>,
    /// The value in the family's unit; `None` when it could not be computed.
    pub value: Option<f64>,
    /// Lower bound, where one was known.
    pub low: Option<f64>,
    /// Upper bound, where one was known.
    pub high: Option<f64>,
    /// What the law or an objective asked.
    pub target: Option<f64>,
    /// Share of what it speaks of that had the data it needs, 0 to 1.
    pub coverage: f64,
}

/// A reading as it is stored.
#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    day: String,
    slice: String,
    #[sqlx(flatten)]
    figures: Figures,
}

/// The figures of a reading.
#[derive(Clone, Copy, PartialEq, sqlx::FromRow)]
struct Figures {
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    target: Option<f64>,
    coverage: f64,
}

impl Store {
    /// Keeps these as the last readings of a day, each with the name of its family, in place of those of the same day
    /// that were kept before.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub async fn write_readings(&self, day: Date, readings: &[(&str, Reading)]) -> Result<()> {
        let writing = async move {
            let mut tx = self.write().await?;
            write(&mut tx, &day.to_string(), readings).await?;
            tx.commit().await?;
            anyhow::Ok(())
        };
        writing.await.with_context(|| format!("cannot keep the readings of {day}"))
    }

    /// The readings of one family, from one day to another, both included, in the order of days.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn history(&self, name: &str, from: Date, to: Date) -> Result<Vec<Past>> {
        let reading = async move {
            let mut tx = self.read().await?;
            let rows: Vec<Row> = tx
                .rows(
                    "SELECT name, day, slice, value, low, high, target, coverage FROM reading \
                     WHERE name = $1 AND day BETWEEN $2 AND $3 ORDER BY day, slice",
                    &[name.into(), from.to_string().into(), to.to_string().into()],
                )
                .await?;
            tx.commit().await?;
            let mut pasts = Vec::with_capacity(rows.len());
            for Row { day, slice, figures, .. } in rows {
                let Figures { value, low, high, target, coverage } = figures;
                let slice = serde_json::from_str::<BTreeMap<String, String>>(&slice)?.into_iter().collect();
                pasts.push(Past { day: day.parse()?, slice, value, low, high, target, coverage });
            }
            anyhow::Ok(pasts)
        };
        reading.await.with_context(|| format!("cannot read the history of `{name}`"))
    }

    /// Forgets readings, days of electricity but for their sum, attempts at harvests and who held what, of before this
    /// day. What sources said else is never forgotten, nor how the last attempt at each ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn purge(&self, history_before: Date) -> Result<()> {
        let purging = async move {
            let mut tx = self.write().await?;
            tx.run("DELETE FROM reading WHERE day < $1", &[history_before.to_string().into()]).await?;
            purge_attempts(&mut tx, history_before).await?;
            purge_days(&mut tx, history_before).await?;
            purge_holders(&mut tx, history_before).await?;
            tx.commit().await?;
            anyhow::Ok(())
        };
        purging.await.with_context(|| format!("cannot forget the history before {history_before}"))
    }
}

async fn write(tx: &mut Tx, day: &str, readings: &[(&str, Reading)]) -> Result<()> {
    let stored = "SELECT name, day, slice, value, low, high, target, coverage FROM reading WHERE day = $1";
    let rows: Vec<Row> = tx.rows(stored, &[day.into()]).await?;
    let mut kept: HashMap<(String, String), Figures> =
        rows.into_iter().map(|row| ((row.name, row.slice), row.figures)).collect();

    let mut changed = vec![];
    for (name, reading) in readings {
        let slice = canonical(reading)?;
        let Reading { value, low, high, target, coverage, .. } = *reading;
        // The database has no "not a number": it would come back as no value, so it is written as none.
        let [value, low, high, target] = [value, low, high, target].map(|figure| figure.filter(|f| !f.is_nan()));
        let coverage = if coverage.is_nan() { 0.0 } else { coverage };
        let key = ((*name).to_owned(), slice);
        if kept.remove(&key) == Some(Figures { value, low, high, target, coverage }) {
            continue;
        }
        changed.extend([Cell::from(*name), Cell::from(key.1), value.into(), low.into(), high.into(), target.into()]);
        changed.push(coverage.into());
    }
    bulk::run(
        tx,
        &[("day", Cell::from(day))],
        &[text("name"), text("slice"), real("value"), real("low"), real("high"), real("target"), real("coverage")],
        &changed,
        "INSERT INTO reading (name, day, slice, value, low, high, target, coverage) \
         SELECT name, day, slice, value, low, high, target, coverage FROM given, fixed WHERE true \
         ON CONFLICT (name, day, slice) DO UPDATE SET value = excluded.value, low = excluded.low, high = excluded.high, \
            target = excluded.target, coverage = excluded.coverage",
    )
    .await?;

    let gone: Vec<Cell<'_>> =
        kept.into_keys().flat_map(|(name, slice)| [Cell::from(name), Cell::from(slice)]).collect();
    bulk::run(
        tx,
        &[("day", Cell::from(day))],
        &[text("name"), text("slice")],
        &gone,
        "DELETE FROM reading WHERE (name, day, slice) IN (SELECT name, day, slice FROM given, fixed)",
    )
    .await?;
    Ok(())
}

/// The slice as JSON, the labels sorted: the same slice is always the same text.
fn canonical(reading: &Reading) -> Result<String> {
    let labels: BTreeMap<&str, &str> = reading.slice.iter().map(|(label, value)| (*label, &**value)).collect();
    Ok(serde_json::to_string(&labels)?)
}
