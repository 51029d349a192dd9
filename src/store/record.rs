//! Replaces a source's testimony by what a complete harvest brought.

use std::time::Duration;

use anyhow::{Context, Result};
use domain::packed::Packed;
use domain::power::Meter;
use domain::record::Record;
use domain::reject::Reject;
use domain::testimony::{Line, Lines, Moment, Testimony};
use jiff::civil::Date;

use super::Store;
use super::body::to_json;
use super::bulk::{self, BATCH};
use super::cell::{Cell, int, text};
use super::engine::Tx;
use super::forget::standing_of;
use super::hash;
use super::journal::{Attempt, Outcome, replace_rejects, write_attempt};
use super::power;

/// What a complete harvest brought.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Assets. Where several have one native id, the first is kept.
    pub observations: &'a [Packed],
    /// The last word as it was read back. Where that is of the same moment as the stored one, what is as it was is seen
    /// without the database.
    pub last: Option<&'a Testimony>,
    /// Everything beside assets.
    pub lines: &'a Lines,
    /// Its electricity by measuring point and day, in place of what was told before, and out of how many samples;
    /// `None` where it told of none: what was appended stays.
    pub power: Option<(&'a [Meter], usize)>,
    /// Is what it lists for the first time new in the house? Not where only what answered is listed.
    pub tells_arrivals: bool,
    /// Rows that could not be read: of many, the first are kept.
    pub rejects: &'a [Reject],
    /// How long it took.
    pub took: Duration,
}

/// What a harvest changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Observations never seen before.
    pub new: usize,
    /// Observations that now say something else.
    pub changed: usize,
    /// Observations that say what they said.
    pub unchanged: usize,
    /// Observations that are listed again.
    pub returned: usize,
    /// Observations that are no longer listed.
    pub vanished: usize,
    /// Observations passed over, because an earlier one of the same harvest has the same native id.
    pub repeated: usize,
    /// Did any line change?
    pub lines_changed: bool,
    /// Another process has recorded since the last word was read back: what it said is known to the store alone.
    pub overtaken: bool,
}

impl Recorded {
    /// Does a source say what it said when its last word was read back? Its electricity is not looked at.
    pub fn is_as_before(&self) -> bool {
        let Self { new, changed, unchanged: _, returned, vanished, repeated: _, lines_changed, overtaken } = *self;
        new + changed + returned + vanished == 0 && !lines_changed && !overtaken
    }
}

impl Store {
    /// Replaces the testimony of `source` by what a complete harvest said, which ended `at`, on the day `today` of the
    /// organisation. One transaction: dropped or killed halfway, it leaves the testimony as it was.
    ///
    /// # Errors
    /// Where the database fails; nothing is changed then.
    pub async fn record(&self, source: &str, said: &Said<'_>, at: Moment, today: Date) -> Result<Recorded> {
        let recording = async move {
            let mut tx = self.write().await?;
            let recorded = record(&mut tx, source, said, at, today).await?;
            tx.ends(true);
            tx.commit().await?;
            anyhow::Ok(recorded)
        };
        recording.await.with_context(|| format!("cannot record what source `{source}` said"))
    }
}

/// The same, inside a transaction that the caller commits.
pub(super) async fn record(tx: &mut Tx, source: &str, said: &Said<'_>, at: Moment, today: Date) -> Result<Recorded> {
    let id = source_id(tx, source).await?;
    let (harvested, lines_hash): (Option<i64>, Option<i64>) =
        tx.one("SELECT harvested, lines_hash FROM source WHERE id = $1", &[id.into()]).await?;

    let mut recorded = Recorded::default();
    let arrived = harvested.is_some() && said.tells_arrivals;
    let last = said.last.filter(|last| Some(last.harvested.0) == harvested);
    recorded.overtaken = said.last.is_some() && last.is_none() && harvested.is_some();
    match last.and_then(|last| as_before(said.observations, &last.observations)) {
        Some(unchanged) => (recorded.unchanged, recorded.repeated) = (unchanged, said.observations.len() - unchanged),
        None => {
            let changes = Changes::new(id, at, today, arrived);
            compare(tx, said.observations, changes, &mut recorded).await?;
        }
    }

    let (lines, hash) = lines_of(said.lines);
    recorded.lines_changed = lines_hash != Some(hash);
    if recorded.lines_changed {
        tx.run("DELETE FROM line WHERE source = $1", &[id.into()]).await?;
        let columns = [text("contents"), int("place"), text("native"), text("body")];
        let then = "INSERT INTO line (source, contents, place, native, body) \
                    SELECT fixed.source, contents, place, native, body FROM given, fixed";
        bulk::run(tx, &[("source", Cell::Int(id))], &columns, &lines, then).await?;
    }

    if let Some((meters, _)) = said.power {
        power::replace(tx, id, meters).await?;
    }

    let told = [at.0.into(), hash.into(), id.into()];
    tx.run("UPDATE source SET harvested = $1, lines_hash = $2 WHERE id = $3", &told).await?;
    replace_rejects(tx, id, said.rejects).await?;
    let attempt = Attempt {
        source: source.to_owned(),
        started: Moment(at.0.saturating_sub(said.took.as_secs() as i64)),
        ended: at,
        outcome: Outcome::Complete,
        class: None,
        message: None,
        observations: said.observations.len() as u64,
        lines: (lines.len() / 4 + said.power.map_or(0, |(_, samples)| samples)) as u64,
        rejects: said.rejects.len() as u64,
        took: said.took,
    };
    write_attempt(tx, id, &attempt).await?;
    Ok(recorded)
}

/// The number of a source, given where it has none yet.
pub(super) async fn source_id(tx: &mut Tx, source: &str) -> sqlx::Result<i64> {
    let name = [source.into()];
    tx.run("INSERT INTO source (name) VALUES ($1) ON CONFLICT DO NOTHING", &name).await?;
    Ok(tx.one::<(i64,)>("SELECT id FROM source WHERE name = $1", &name).await?.0)
}

/// How many observations are said, where they are those that were listed before, to the letter.
fn as_before(said: &[Packed], before: &[Packed]) -> Option<usize> {
    let mut said: Vec<&Packed> = said.iter().collect();
    said.sort_by(|a, b| a.native_bytes().cmp(b.native_bytes()));
    said.dedup_by(|a, b| a.native_bytes() == b.native_bytes());
    let mut listed = before.iter().filter(|kept| kept.history().unlisted_since.is_none());
    let same = said.iter().all(|said| listed.next().is_some_and(|kept| kept.says_as(said)));
    (same && listed.next().is_none()).then_some(said.len())
}

/// Walks what is said and what is stored side by side, both in the order of native ids, and writes the differences.
async fn compare<'a>(
    tx: &mut Tx,
    said: &'a [Packed],
    mut changes: Changes<'a>,
    recorded: &mut Recorded,
) -> Result<()> {
    // Keys beside their places: sorting a million rows does not touch the rows.
    let mut order: Vec<(&str, usize)> = said.iter().enumerate().map(|(at, told)| (told.native(), at)).collect();
    order.sort_unstable();
    order.dedup_by_key(|(native, _)| *native);
    recorded.repeated = said.len() - order.len();

    let told: Vec<&Packed> = order.into_iter().map(|(_, at)| &said[at]).collect();
    let mut told = told.into_iter().peekable();
    let mut from = String::new();
    loop {
        let page = stored(tx, changes.source, &from).await?;
        for row in &page {
            let unlisted = row.unlisted_since.is_some();
            while let Some(new) = told.next_if(|told| *told.native() < *row.native) {
                recorded.new += 1;
                changes.tell(new, hash::of_observation(new), None);
                changes.flush_full(tx).await?;
            }
            let Some(told) = told.next_if(|told| *told.native() == *row.native) else {
                if !unlisted {
                    recorded.vanished += 1;
                    changes.vanished.push(Cell::from(row.native.clone()));
                }
                continue;
            };
            recorded.returned += usize::from(unlisted);
            let hash = hash::of_observation(told);
            if hash != row.hash {
                recorded.changed += 1;
                changes.tell(told, hash, Some(row.standing));
            } else {
                recorded.unchanged += 1;
                if unlisted {
                    changes.returned.push(Cell::from(row.native.clone()));
                }
            }
        }
        changes.flush(tx).await?;
        match page.last() {
            Some(last) => from = tx.after(&last.native),
            None => break,
        }
    }
    for new in told {
        recorded.new += 1;
        changes.tell(new, hash::of_observation(new), None);
        changes.flush_full(tx).await?;
    }
    changes.flush(tx).await
}

/// What is known of a stored observation without reading its body.
#[derive(sqlx::FromRow)]
struct Row {
    native: String,
    hash: i64,
    standing: i64,
    unlisted_since: Option<i64>,
}

/// The next page of stored observations, from this native id on.
async fn stored(tx: &mut Tx, source: i64, from: &str) -> sqlx::Result<Vec<Row>> {
    tx.rows(
        "SELECT native, hash, standing, unlisted_since FROM observation \
         WHERE source = $1 AND native >= $2 ORDER BY native LIMIT $3",
        &[source.into(), from.into(), bulk::page(tx).into()],
    )
    .await
}

/// Differences that are not written yet.
struct Changes<'a> {
    source: i64,
    at: Moment,
    today: String,
    /// Is an observation that is new now one that arrived since an earlier harvest?
    arrived: bool,
    /// Rows of `observation`, new ones and those that say something else.
    told: Vec<Cell<'a>>,
    /// Native id, status, entity, holder and whether it is new, of new ones and of those for which one of the three
    /// changed.
    spells: Vec<Cell<'a>>,
    /// Native ids of the latter.
    moved: Vec<Cell<'a>>,
    /// Native ids of those that are listed again and say what they said.
    returned: Vec<Cell<'a>>,
    /// Native ids of those that are no longer listed.
    vanished: Vec<Cell<'a>>,
}

impl<'a> Changes<'a> {
    fn new(source: i64, at: Moment, today: Date, arrived: bool) -> Self {
        Self {
            source,
            at,
            today: today.to_string(),
            arrived,
            told: vec![],
            spells: vec![],
            moved: vec![],
            returned: vec![],
            vanished: vec![],
        }
    }

    /// Takes up an observation that is new, or says something else than one of this standing did.
    fn tell(&mut self, told: &'a Packed, hash: i64, before: Option<i64>) {
        let native = || Cell::from(told.native());
        let spell = standing_of(told);
        let standing = hash::of(&spell);
        let anonymous = Cell::Int(told.is_anonymous().into());
        self.told.extend([
            native(),
            Cell::Int(hash),
            Cell::Int(standing),
            anonymous,
            Cell::from(to_json(&told.facts())),
        ]);
        if before == Some(standing) {
            return;
        }
        if before.is_some() {
            self.moved.push(native());
        }
        self.spells.extend(spell);
        self.spells.push(Cell::Int(before.is_none().into()));
    }

    /// Writes once enough has come together.
    async fn flush_full(&mut self, tx: &mut Tx) -> Result<()> {
        if self.told.len() >= 5 * BATCH { self.flush(tx).await } else { Ok(()) }
    }

    async fn flush(&mut self, tx: &mut Tx) -> Result<()> {
        let source = ("source", Cell::Int(self.source));
        let today = ("today", Cell::from(&*self.today));
        bulk::run(
            tx,
            &[source.clone(), today.clone(), ("arrived", Cell::Int(self.arrived.into()))],
            &[text("native"), int("hash"), int("standing"), int("anonymous"), text("body")],
            &self.told,
            "INSERT INTO observation (source, native, hash, standing, anonymous, arrived, first_seen, body) \
             SELECT fixed.source, native, hash, standing, anonymous, arrived, today, body FROM given, fixed WHERE true \
             ON CONFLICT (source, native) DO UPDATE SET hash = excluded.hash, standing = excluded.standing, \
                anonymous = excluded.anonymous, body = excluded.body, unlisted_since = NULL",
        )
        .await?;
        // The last word of a day replaces what was told earlier that day. So does it where the clock was ahead.
        bulk::run(
            tx,
            &[source.clone(), today.clone()],
            &[text("native")],
            &self.moved,
            "DELETE FROM spell WHERE source = (SELECT source FROM fixed) AND native IN (SELECT native FROM given) \
             AND since >= (SELECT today FROM fixed)",
        )
        .await?;
        bulk::run(
            tx,
            &[source.clone(), today],
            &[text("native"), text("status"), text("entity"), text("holder"), int("opening")],
            &self.spells,
            "INSERT INTO spell (source, native, since, status, entity, holder, opening) \
             SELECT fixed.source, given.native, today, given.status, given.entity, given.holder, given.opening \
             FROM fixed CROSS JOIN given LEFT JOIN spell AS newest \
               ON newest.source = fixed.source AND newest.native = given.native AND newest.since = \
                  (SELECT max(since) FROM spell WHERE source = fixed.source AND native = given.native) \
             WHERE newest.since IS NULL OR newest.status <> given.status \
                OR newest.entity IS DISTINCT FROM given.entity OR newest.holder IS DISTINCT FROM given.holder",
        )
        .await?;
        bulk::run(
            tx,
            std::slice::from_ref(&source),
            &[text("native")],
            &self.returned,
            "UPDATE observation SET unlisted_since = NULL \
             WHERE source = (SELECT source FROM fixed) AND native IN (SELECT native FROM given)",
        )
        .await?;
        bulk::run(
            tx,
            &[source, ("at", Cell::Int(self.at.0))],
            &[text("native")],
            &self.vanished,
            "UPDATE observation SET unlisted_since = (SELECT at FROM fixed) \
             WHERE source = (SELECT source FROM fixed) AND native IN (SELECT native FROM given)",
        )
        .await?;
        for written in [&mut self.told, &mut self.moved, &mut self.spells, &mut self.returned, &mut self.vanished] {
            written.clear();
        }
        Ok(())
    }
}

/// The rows of all lines, and the hash of them all.
fn lines_of(lines: &Lines) -> (Vec<Cell<'_>>, i64) {
    let mut rows = vec![];
    push_lines(&mut rows, &lines.purchases);
    push_lines(&mut rows, &lines.exits);
    push_lines(&mut rows, &lines.stock_counts);
    push_lines(&mut rows, &lines.headcounts);
    push_lines(&mut rows, &lines.declared);
    push_lines(&mut rows, &lines.actions);
    push_lines(&mut rows, &lines.services);
    push_lines(&mut rows, &lines.accounts);
    push_lines(&mut rows, &lines.decisions);
    let hash = hash::of(&rows);
    (rows, hash)
}

fn push_lines<'a, R: Record>(rows: &mut Vec<Cell<'a>>, lines: &'a [Line<R>]) {
    for (place, line) in lines.iter().enumerate() {
        let Line { native, told } = line;
        rows.extend([Cell::from(R::NAME), Cell::Int(place as i64), Cell::from(&**native), Cell::from(to_json(told))]);
    }
}
