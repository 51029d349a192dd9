//! Reads back the last word of a source.

use anyhow::{Context, Result};
use domain::observation::Observation;
use domain::packed::Packed;
use domain::record::{Record, Text};
use domain::testimony::{Kept, Line, Lines, Moment, Source, Spell, Testimony};
use domain::word::{Status, Word};
use serde::de::DeserializeSeed;

use super::Store;
use super::body::{Recall, Seed, column};
use super::bulk;
use super::engine::Tx;
use super::power;
use super::scan::Scan;

/// JSON objects, one after the other.
pub(super) type Bodies<'a> = serde_json::Deserializer<serde_json::de::StrRead<'a>>;

/// Bytes of an ISO date.
const DAY: usize = "2026-01-31".len();

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

/// All observations of a source, page by page: a server's. `scan.rs` reads a file's.
async fn observations(tx: &mut Tx, source: i64, recall: &mut Recall) -> Result<Vec<Packed>> {
    let mut all = Vec::new();
    let mut page = fetch(tx, source, "").await?;
    while let Some(last) = &page.last {
        let from = tx.after(last);
        // The server looks for the next page while this one is understood.
        let (next, read) = tokio::join!(fetch(tx, source, &from), async { read(&page, recall, &mut all) });
        read?;
        page = next?;
    }
    Ok(all)
}

/// Some observations, column by column: JSON arrays, but for `first_seen`, ISO dates one behind the other, and `bodies`,
/// JSON objects one after the other.
#[derive(Default, sqlx::FromRow)]
struct Page {
    last: Option<String>,
    natives: String,
    marks: String,
    first_seen: Option<String>,
    unlisted_since: String,
    bodies: Option<String>,
    /// Those of observations of which more than the opening one is told.
    #[sqlx(skip)]
    spells: String,
}

/// Fetches the next page of observations, from this native id on.
async fn fetch(tx: &mut Tx, source: i64, from: &str) -> sqlx::Result<Page> {
    // One row a page: many small ones cost more than what they bring.
    let mut page: Page = tx
        .one(
            "SELECT max(native) AS last, coalesce(CAST(json_group_array(native) AS TEXT), '[]') AS natives, \
                coalesce(CAST(json_group_array(anonymous + 2 * arrived) AS TEXT), '[]') AS marks, \
                group_concat(first_seen, '') AS first_seen, \
                coalesce(CAST(json_group_array(unlisted_since) AS TEXT), '[]') AS unlisted_since, \
                group_concat(body, ' ') AS bodies \
             FROM (SELECT native, anonymous, arrived, first_seen, unlisted_since, body FROM observation \
                   WHERE source = $1 AND native >= $2 ORDER BY native LIMIT $3) AS page",
            &[source.into(), from.into(), bulk::page(tx).into()],
        )
        .await?;
    if let Some(last) = &page.last {
        (page.spells,) = tx
            .one(
                "SELECT coalesce(CAST(json_group_array(json_array(native, since, status, entity, holder)) AS TEXT), '[]') \
                 FROM (SELECT native, since, status, entity, holder FROM spell \
                       WHERE source = $1 AND native IN (SELECT native FROM spell \
                           WHERE source = $1 AND opening = 0 AND native BETWEEN $2 AND $3) ORDER BY native, since) AS told",
                &[source.into(), from.into(), (&**last).into()],
            )
            .await?;
    }
    Ok(page)
}

/// Adds the observations of one page.
fn read(page: &Page, recall: &mut Recall, all: &mut Vec<Packed>) -> Result<()> {
    let marks = column::<u8>(&page.marks)?;
    let mut days = page.first_seen.as_deref().unwrap_or_default();
    let unlisted_since = column::<Option<i64>>(&page.unlisted_since)?;
    let mut bodies = serde_json::Deserializer::from_str(page.bodies.as_deref().unwrap_or_default());
    let mut spells =
        column::<(String, &str, &str, Option<String>, Option<String>)>(&page.spells)?.into_iter().peekable();
    for (at, native) in column::<String>(&page.natives)?.into_iter().enumerate() {
        let (first_seen, later) = days.split_at_checked(DAY).with_context(|| format!("record `{native}`: no day"))?;
        days = later;
        let told = Told {
            native: &native,
            anonymous: marks[at] & 1 != 0,
            arrived: marks[at] & 2 != 0,
            first_seen,
            unlisted_since: unlisted_since[at].map(Moment),
        };
        let mut kept = told.with(&mut bodies, recall)?;
        // Both come in the order of native ids.
        while let Some((_, since, status, entity, holder)) =
            spells.next_if(|(native, ..)| **native == *kept.observation.native)
        {
            kept.spells.push(spell(since, status, entity.as_deref(), holder.as_deref(), recall)?);
        }
        all.push(Packed::from(kept));
    }
    Ok(())
}

/// What the columns of an observation tell besides its body.
pub(super) struct Told<'a> {
    pub(super) native: &'a str,
    pub(super) anonymous: bool,
    pub(super) arrived: bool,
    pub(super) first_seen: &'a str,
    pub(super) unlisted_since: Option<Moment>,
}

impl Told<'_> {
    /// The observation with the next body, and no history yet.
    pub(super) fn with(&self, bodies: &mut Bodies<'_>, recall: &mut Recall) -> Result<Kept> {
        let facts = Seed::new(recall).deserialize(bodies).with_context(|| format!("record `{}`", self.native))?;
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
        let (natives, bodies, place): (String, Option<String>, Option<i64>) = tx
            .one(
                "SELECT coalesce(CAST(json_group_array(native) AS TEXT), '[]'), group_concat(body, ' '), max(place) \
                 FROM (SELECT native, body, place FROM line \
                       WHERE source = $1 AND contents = $2 AND place > $3 ORDER BY place LIMIT $4) AS page",
                &[source.into(), R::NAME.into(), last.into(), bulk::page(tx).into()],
            )
            .await?;
        let Some((bodies, place)) = bodies.zip(place) else { break };
        last = place;
        let mut bodies = serde_json::Deserializer::from_str(&bodies);
        for native in column::<String>(&natives)? {
            let told = Seed::new(recall).deserialize(&mut bodies).with_context(|| format!("line `{native}`"))?;
            all.push(Line { native: Text::from(native), told });
        }
    }
    Ok(all)
}
