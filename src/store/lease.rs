//! Who does what, where several replicas share a database: a row a source, held for a while by one of them, and a token
//! that grows with each holder. Rows and transactions alone, and the database's clock alone: no lock that belongs to a
//! session, which a pooler would give to somebody else. In a file there is nobody to share with, and no
//! such table: the SQL here is PostgreSQL's alone.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::postgres::PgListener;

use super::Store;
use super::bulk;
use super::cell::{Cell, text};
use super::engine::Engine;

/// The lease of what one replica does for all: readings, the table of assets, messages to people.
pub const CHORES: &str = "*";

/// A lease that was held when it was last asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// A source, or [`CHORES`].
    pub name: String,
    /// Its number among all holders of this lease.
    pub(super) token: i64,
}

/// A lease, and what its holder should know.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The lease.
    pub lease: Lease,
    /// How long ago the last collection began; `None` where there was none.
    pub begun: Option<Duration>,
    /// A collection is due: its last one was cut off, or somebody asked for one.
    pub due: bool,
}

/// How often a source was written of, by whomever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Generation {
    /// How often its testimony was replaced.
    pub recorded: i64,
    /// How often anything was written of it.
    pub told: i64,
    /// Somebody asked for a collection that has not begun.
    pub asked: bool,
}

/// A write was refused: the lease has another holder by now.
#[derive(Debug)]
pub struct PassedOn;

impl fmt::Display for PassedOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lease has passed on to another replica")
    }
}

impl std::error::Error for PassedOn {}

impl PassedOn {
    /// Is it why this failed?
    pub fn caused(error: &anyhow::Error) -> bool {
        error.chain().any(|cause| cause.is::<Self>())
    }
}

/// Wakes whoever waits for news of the other replicas.
pub struct Listener(PgListener);

impl Listener {
    /// Waits for the next word.
    ///
    /// # Errors
    /// Where the connection broke.
    pub async fn heard(&mut self) -> Result<()> {
        self.0.recv().await?;
        Ok(())
    }
}

/// A row of a lease that is held: name, token, seconds since the last collection began, due.
type Row = (String, i64, Option<f64>, bool);

const HELD: &str = "name, token, CAST(extract(epoch FROM now() - begun) AS DOUBLE PRECISION), \
                    collecting > 0 OR asked > answered";

impl Store {
    /// May several daemons share it?
    pub fn is_shared(&self) -> bool {
        matches!(self.engine, Engine::Postgres { .. })
    }

    /// The same store, whose writes are refused once the lease has passed on. Without a lease nothing is refused.
    pub fn under(&self, lease: Option<&Lease>) -> Self {
        Self { engine: self.engine.clone(), lease: lease.cloned() }
    }

    /// Renews what a replica holds of these names, gives back what others should have, and takes what is free: each
    /// replica that lives gets an even share. No collection under way is given back. Gives what it holds for `length` from now.
    ///
    /// # Errors
    /// Where the database fails: what was held is held until it expires.
    pub async fn hold(&self, replica: &str, names: &[String], length: Duration) -> Result<Vec<Held>> {
        let holding = async {
            let me = Cell::from(replica);
            let seconds = Cell::from(length.as_secs_f64());
            let mut tx = self.engine.write(None).await?;
            let alive = "INSERT INTO replica (name, expires) VALUES ($1, now() + $2 * interval '1 second') \
                         ON CONFLICT (name) DO UPDATE SET expires = excluded.expires";
            tx.run(alive, &[me.clone(), seconds.clone()]).await?;
            tx.run("DELETE FROM replica WHERE expires <= now()", &[]).await?;
            let (replicas,): (i64,) = tx.one("SELECT count(*) FROM replica", &[]).await?;
            let all: Vec<Cell<'_>> = names.iter().map(|name| Cell::from(name.as_str())).collect();
            let known = "INSERT INTO lease (name) SELECT name FROM given WHERE true ON CONFLICT DO NOTHING";
            bulk::run(&mut tx, &[], &[text("name")], &all, known).await?;

            let renew = format!(
                "UPDATE lease SET expires = now() + $2 * interval '1 second' \
                 WHERE holder = $1 AND expires > now() RETURNING {HELD}"
            );
            let mut held: Vec<Row> = tx.rows(&renew, &[me.clone(), seconds.clone()]).await?;
            held.sort_by(|one, other| one.0.cmp(&other.0));
            let share = names.len().div_ceil(usize::try_from(replicas).unwrap_or(1).max(1));
            // First what the configuration no longer names, then what is over the share.
            let mut back: Vec<String> = Vec::new();
            let kept = |name: &str| names.iter().any(|known| known == name);
            back.extend(held.iter().filter(|(name, ..)| !kept(name)).map(|(name, ..)| name.clone()));
            let over = (held.len() - back.len()).saturating_sub(share);
            let idle = held.iter().filter(|(name, _, _, due)| kept(name) && !due).map(|(name, ..)| name.clone());
            back.extend(idle.take(over).collect::<Vec<_>>());
            if !back.is_empty() {
                let given: Vec<Cell<'_>> = back.iter().map(|name| Cell::from(name.as_str())).collect();
                // With a token of its own, so that a collection that was about to begin does not.
                let then = "UPDATE lease SET holder = NULL, token = token + 1, expires = now() \
                            WHERE holder = (SELECT me FROM fixed) AND name IN (SELECT name FROM given)";
                bulk::run(&mut tx, &[("me", me.clone())], &[text("name")], &given, then).await?;
                held.retain(|(name, ..)| !back.contains(name));
            } else if held.len() < share {
                let limit = Cell::Int((share - held.len()) as i64);
                let places: Vec<String> = (2..).take(names.len()).map(|at| format!("${at}")).collect();
                // In one order, so that replicas that take at the same time do not wait for each other in a circle.
                let free = format!(
                    "SELECT name FROM lease WHERE (holder IS NULL OR expires <= now()) AND name IN ({}) \
                     ORDER BY name LIMIT $1 FOR UPDATE",
                    places.join(", ")
                );
                let free: Vec<(String,)> = tx.rows(&free, &[&[limit], &all[..]].concat()).await?;
                let take = format!(
                    "UPDATE lease SET holder = $1, token = token + 1, expires = now() + $2 * interval '1 second' \
                     WHERE name = $3 RETURNING {HELD}"
                );
                for (name,) in free {
                    held.push(tx.one(&take, &[me.clone(), seconds.clone(), name.into()]).await?);
                }
            }
            tx.commit().await?;
            anyhow::Ok(held)
        };
        let held = holding.await.context("cannot renew the leases")?;
        Ok(held.into_iter().map(of).collect())
    }

    /// Takes one lease for `length` if nobody holds it; a replica of its own, for a command that ends.
    ///
    /// # Errors
    /// Where the database fails, or somebody holds it.
    pub async fn take(&self, replica: &str, name: &str, length: Duration) -> Result<Lease> {
        let taking = async {
            let mut tx = self.engine.write(None).await?;
            tx.run("INSERT INTO lease (name) VALUES ($1) ON CONFLICT DO NOTHING", &[name.into()]).await?;
            let take = format!(
                "UPDATE lease SET holder = $1, token = token + 1, expires = now() + $2 * interval '1 second' \
                 WHERE name = $3 AND (holder IS NULL OR expires <= now()) RETURNING {HELD}"
            );
            let taken: Option<Row> =
                tx.first(&take, &[replica.into(), length.as_secs_f64().into(), name.into()]).await?;
            let holder: Option<(Option<String>,)> =
                tx.first("SELECT holder FROM lease WHERE name = $1", &[name.into()]).await?;
            tx.commit().await?;
            let holder = holder.and_then(|(holder,)| holder).unwrap_or_default();
            taken.map(|row| of(row).lease).with_context(|| format!("the replica {holder} collects it"))
        };
        taking.await.with_context(|| format!("cannot collect source `{name}` here"))
    }

    /// Gives back all that a replica holds, and forgets it.
    ///
    /// # Errors
    /// Where the database fails: it expires.
    pub async fn give_back(&self, replica: &str) -> Result<()> {
        let giving = async {
            let mut tx = self.engine.write(None).await?;
            let back = "UPDATE lease SET holder = NULL, token = token + 1, expires = now() WHERE holder = $1";
            tx.run(back, &[replica.into()]).await?;
            tx.run("DELETE FROM replica WHERE name = $1", &[replica.into()]).await?;
            tx.commit().await
        };
        giving.await.context("cannot give back the leases")
    }

    /// Notes that a collection begins under the lease that this store writes under. Without one there is nothing to note.
    ///
    /// # Errors
    /// Where the database fails, or the lease has passed on: the collection must not begin.
    pub async fn begin(&self) -> Result<()> {
        let Some(lease) = &self.lease else { return Ok(()) };
        let noting = async {
            let mut tx = self.engine.write(None).await?;
            let begin =
                "UPDATE lease SET begun = now(), collecting = 1, answered = asked WHERE name = $1 AND token = $2";
            let ours = tx.run(begin, &[lease.name.as_str().into(), lease.token.into()]).await?;
            tx.commit().await?;
            if ours == 0 { Err(PassedOn.into()) } else { anyhow::Ok(()) }
        };
        noting.await.with_context(|| format!("cannot begin a collection of source `{}`", lease.name))
    }

    /// Asks whoever holds a source's lease for a collection.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn ask(&self, source: &str) -> Result<()> {
        let asking = async {
            let mut tx = self.engine.write(None).await?;
            tx.run("UPDATE lease SET asked = asked + 1 WHERE name = $1", &[source.into()]).await?;
            tx.tells(source);
            tx.commit().await
        };
        asking.await.with_context(|| format!("cannot ask for a collection of source `{source}`"))
    }

    /// How often each source was written of. Where the store is a file there is nothing to tell.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn generations(&self) -> Result<Vec<(String, Generation)>> {
        if !self.is_shared() {
            return Ok(Vec::new());
        }
        let reading = async {
            let mut tx = self.read().await?;
            let all = "SELECT name, recorded, told, asked > answered FROM lease ORDER BY name";
            let rows: Vec<(String, i64, i64, bool)> = tx.rows(all, &[]).await?;
            tx.commit().await?;
            anyhow::Ok(rows)
        };
        let rows = reading.await.context("cannot read what other replicas wrote")?;
        Ok(rows
            .into_iter()
            .map(|(name, recorded, told, asked)| (name, Generation { recorded, told, asked }))
            .collect())
    }

    /// Listens to what replicas tell each other; `None` where the server does not carry it, or there are none.
    pub async fn listen(&self) -> Option<Listener> {
        let Engine::Postgres { pool, .. } = &self.engine else { return None };
        let mut listener = PgListener::connect_with(pool).await.ok()?;
        listener.listen(CHANNEL).await.ok()?;
        Some(Listener(listener))
    }
}

/// Where replicas tell each other of which source something was written.
pub(super) const CHANNEL: &str = "ecoparc";

fn of((name, token, begun, due): Row) -> Held {
    let begun = begun.map(|seconds| Duration::from_secs_f64(seconds.max(0.0)));
    Held { lease: Lease { name, token }, begun, due }
}
