//! Reads back the last word of a source.

use anyhow::{Context, Result};
use domain::observation::Observation;
use domain::packed::Packed;
use domain::record::{Record, Text};
use domain::testimony::{Kept, Line, Lines, Moment, Source, Spell, Testimony};
use domain::word::{Status, Word};

use super::Store;
use super::body::{Recall, from_json};
use super::bulk;
use super::engine::Tx;
use super::power;
use super::scan::Scan;

impl Store {
    /// The last word of this source, its observations in the order of their native ids; `None` before its first
    /// complete harvest. What a source said stays stored when the configuration no longer names it.
    ///
    /// # Errors
    /// Where the database fails or holds what no release writes.
    pub async fn testimony(&self, source: &Source) -> Result<Option<Testimony>> {
        let reading = async move {
            loop {
                // Inside one transaction a harvest recorded meanwhile is not seen: what is read is of one moment. It has not
                // begun to read: the scan comes in between, so that there are no more of them than connections.
                let mut tx = self.read().await?;
                let scan = self.engine.scan()?;
                let read = testimony(&mut tx, scan, source).await?;
                tx.commit().await?;
                match read {
                    Read::Changed => {}
                    Read::Never => return Ok(None),
                    Read::Told(testimony) => return anyhow::Ok(Some(*testimony)),
                }
            }
        };
        reading.await.with_context(|| format!("cannot read back what source `{}` said", source.name))
    }
}

/// What came of reading.
enum Read {
    /// There was no complete harvest yet.
    Never,
    /// Something was written meanwhile: once more.
    Changed,
    Told(Box<Testimony>),
}

async fn testimony(tx: &mut Tx, scan: Option<Scan>, source: &Source) -> Result<Read> {
    let harvested = "SELECT id, harvested FROM source WHERE name = $1 AND harvested IS NOT NULL";
    let known: Option<(i64, i64)> = tx.first(harvested, &[(&*source.name).into()]).await?;
    let Some((id, harvested)) = known else { return Ok(Read::Never) };
    let mut recall = Recall::default();
    let observations = match scan {
        None => observations(tx, id, &mut recall).await?,
        Some(scan) => {
            let reading = tokio::task::spawn_blocking(move || {
                let read = scan.observations(id, &mut recall);
                (read, recall)
            });
            let read;
            (read, recall) = reading.await?;
            let Some(observations) = read? else { return Ok(Read::Changed) };
            observations
        }
    };
    Ok(Read::Told(Box::new(Testimony {
        source: source.clone(),
        harvested: Moment(harvested),
        observations,
        lines: Lines {
            purchases: lines(tx, id, &mut recall).await?,
            exits: lines(tx, id, &mut recall).await?,
            stock_counts: lines(tx, id, &mut recall).await?,
            headcounts: lines(tx, id, &mut recall).await?,
            declared: lines(tx, id, &mut recall).await?,
            actions: lines(tx, id, &mut recall).await?,
            services: lines(tx, id, &mut recall).await?,
            accounts: lines(tx, id, &mut recall).await?,
            decisions: lines(tx, id, &mut recall).await?,
        },
        power: power::meters(tx, id).await?,
    })))
}

/// A row of the table `observation`.
#[derive(sqlx::FromRow)]
struct Row {
    native: String,
    anonymous: i64,
    arrived: i64,
    first_seen: String,
    unlisted_since: Option<i64>,
    body: String,
}

/// A row of the table `spell`.
#[derive(sqlx::FromRow)]
struct Stretch {
    native: String,
    since: String,
    status: String,
    entity: Option<String>,
    holder: Option<String>,
}

/// All observations of a source, page by page: a server's. `scan.rs` reads a file's.
async fn observations(tx: &mut Tx, source: i64, recall: &mut Recall) -> Result<Vec<Packed>> {
    let mut all = Vec::new();
    let mut from = String::new();
    loop {
        let rows: Vec<Row> = tx
            .rows(
                "SELECT native, anonymous, arrived, first_seen, unlisted_since, body FROM observation \
                 WHERE source = $1 AND native >= $2 ORDER BY native LIMIT $3",
                &[source.into(), (&*from).into(), bulk::page(tx).into()],
            )
            .await?;
        let Some(last) = rows.last().map(|row| &*row.native) else { return Ok(all) };
        // Those of which more than the opening stretch is told.
        let stretches: Vec<Stretch> = tx
            .rows(
                "SELECT native, since, status, entity, holder FROM spell \
                 WHERE source = $1 AND native IN (SELECT native FROM spell \
                     WHERE source = $1 AND opening = 0 AND native BETWEEN $2 AND $3) ORDER BY native, since",
                &[source.into(), (&*from).into(), last.into()],
            )
            .await?;
        from = tx.after(last);
        let mut stretches = stretches.into_iter().peekable();
        for Row { native, anonymous, arrived, first_seen, unlisted_since, body } in &rows {
            let (anonymous, arrived) = (*anonymous != 0, *arrived != 0);
            let unlisted_since = unlisted_since.map(Moment);
            let told = Told { native, anonymous, arrived, first_seen, unlisted_since, body };
            let mut kept = told.understood(recall)?;
            // Both come in the order of native ids.
            while let Some(Stretch { since, status, entity, holder, .. }) =
                stretches.next_if(|stretch| stretch.native == *native)
            {
                kept.spells.push(spell(&since, &status, entity.as_deref(), holder.as_deref(), recall)?);
            }
            all.push(Packed::from(kept));
        }
    }
}

/// An observation as it is stored.
pub(super) struct Told<'a> {
    pub(super) native: &'a str,
    pub(super) anonymous: bool,
    pub(super) arrived: bool,
    pub(super) first_seen: &'a str,
    pub(super) unlisted_since: Option<Moment>,
    pub(super) body: &'a str,
}

impl Told<'_> {
    /// The observation, without history yet.
    pub(super) fn understood(&self, recall: &mut Recall) -> Result<Kept> {
        let facts = from_json(self.body, recall).with_context(|| format!("record `{}`", self.native))?;
        Ok(Kept {
            observation: Observation { native: Text::from(self.native), anonymous: self.anonymous, facts },
            first_seen: self.first_seen.parse()?,
            arrived: self.arrived,
            unlisted_since: self.unlisted_since,
            spells: Vec::new(),
        })
    }
}

/// A stretch of a history.
pub(super) fn spell(
    since: &str,
    status: &str,
    entity: Option<&str>,
    holder: Option<&str>,
    recall: &mut Recall,
) -> Result<Spell> {
    Ok(Spell {
        since: since.parse()?,
        status: Status::parse(status).unwrap_or(Status::InUse),
        entity: entity.map(|entity| recall.text(entity)),
        user: holder.map(|holder| recall.text(holder)),
    })
}

/// All lines of one sort, in the order in which they were told.
async fn lines<R: Record>(tx: &mut Tx, source: i64, recall: &mut Recall) -> Result<Vec<Line<R>>> {
    let mut all = Vec::new();
    let mut last = -1;
    loop {
        let rows: Vec<(String, String, i64)> = tx
            .rows(
                "SELECT native, body, place FROM line \
                 WHERE source = $1 AND contents = $2 AND place > $3 ORDER BY place LIMIT $4",
                &[source.into(), R::NAME.into(), last.into(), bulk::page(tx).into()],
            )
            .await?;
        let Some((_, _, place)) = rows.last() else { return Ok(all) };
        last = *place;
        for (native, body, _) in rows {
            let told = from_json(&body, recall).with_context(|| format!("line `{native}`"))?;
            all.push(Line { native: Text::from(native), told });
        }
    }
}
