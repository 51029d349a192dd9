//! What outlives a restart: the last word of each source, its electricity day by day, the journal of harvests, the assets
//! in plain columns, the readings of each day, declarations that were handed in, and what another program answered for
//! servers. In a file of SQLite's, or on a PostgreSQL server that several replicas share: the same functions of
//! [`Store`], the same SQL but for what `bulk.rs`, `scan.rs`, `sqlite.rs` and `postgres.rs` tell.
//!
//! Invariants:
//! * A source's testimony changes only by a complete harvest, in one transaction: cut off anywhere, all or nothing.
//! * What did not change is not written.
//! * What a source no longer lists is marked, never deleted.
//! * Readers never wait for who writes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use secrecy::SecretString;

mod appraisal;
mod asset;
pub(crate) mod body;
mod bulk;
mod cell;
mod claim;
mod engine;
mod filing;
mod forget;
mod hash;
mod journal;
mod lease;
mod notice;
mod postgres;
mod power;
mod reading;
mod record;
mod scan;
mod sqlite;
mod testimony;
#[cfg(test)]
mod tests;

pub use appraisal::Appraised;
pub use claim::Claim;
pub use filing::Filed;
pub use forget::Forgotten;
pub use journal::{Missed, Outcome, State};
pub use lease::{CHORES, Generation, Held, Lease, PassedOn};
pub use notice::Notice;
pub use reading::Past;
pub use record::{Recorded, Said};

use engine::{Engine, Tx};

/// Where a store is kept.
#[derive(Clone, Debug)]
pub struct Place {
    /// `sqlite://FILE` or `postgres://USER@HOST/DATABASE`.
    pub url: String,
    /// The configuration file's folder: a file is relative to it.
    pub base: PathBuf,
    /// The user's password, for a server that asks for one.
    pub password: Option<SecretString>,
    /// How long a replica holds what it does not renew.
    pub lease: Duration,
}

#[cfg(test)]
impl Place {
    /// A file in a folder.
    pub fn file(folder: &Path) -> Self {
        Self {
            url: "sqlite://ecoparc.db".to_owned(),
            base: folder.to_path_buf(),
            password: None,
            lease: Duration::from_secs(30),
        }
    }
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
    /// What it writes under, where replicas share the database.
    lease: Option<Lease>,
}

impl Store {
    /// Opens the database, makes it where it is a file that there is not, and brings its schema up to date.
    ///
    /// # Errors
    /// Where it cannot be opened or reached, is damaged, belongs to another program or to a newer release.
    pub async fn open(place: &Place) -> Result<Self> {
        // What follows an unknown scheme may hold a password: it is not repeated.
        let (scheme, rest) = place.url.split_once("://").unwrap_or(("", &place.url));
        match scheme {
            "sqlite" => {
                let file = sqlite::file_of(rest, &place.base)?;
                let opened = sqlite::open(&file).await;
                let engine = opened.with_context(|| format!("cannot open the store {}", file.display()));
                Ok(Self { engine: engine.map_err(Self::advised)?, lease: None })
            }
            "postgres" | "postgresql" => {
                postgres::check_url(rest)?;
                let opened = postgres::open(&place.url, place.password.as_ref(), place.lease).await;
                let told = rest.split('?').next().unwrap_or_default();
                let engine = opened.with_context(|| format!("cannot open the store {scheme}://{told}"))?;
                Ok(Self { engine, lease: None })
            }
            _ => bail!(
                "the store's url must begin with sqlite:// (sqlite://ecoparc.db) or postgres:// \
                 (postgres://USER@HOST/DATABASE), not `{scheme}`"
            ),
        }
    }

    /// The error, and first what can be done about it where it speaks of a file that is damaged, full or read-only.
    pub fn advised(error: anyhow::Error) -> anyhow::Error {
        match sqlite::advice(&error) {
            Some(advice) if error.to_string() != advice => error.context(advice),
            _ => error,
        }
    }

    /// Writes a copy of the whole database to `file`, which must not exist yet. Harvests go on meanwhile.
    ///
    /// # Errors
    /// Where the file exists or cannot be written, or the database is a server's.
    pub async fn backup(&self, file: &Path) -> Result<()> {
        match &self.engine {
            Engine::Sqlite { reader, .. } => sqlite::copy(reader, file).await,
            Engine::Postgres { .. } => Err(anyhow::anyhow!("it is on a PostgreSQL server: use pg_dump")),
        }
        .with_context(|| format!("cannot copy the store to {}", file.display()))
    }

    /// Is the database there? `readyz` asks.
    ///
    /// # Errors
    /// Where it does not answer.
    pub async fn ping(&self) -> Result<()> {
        let asking = async {
            let mut tx = self.read().await?;
            tx.rows::<(i64,)>("SELECT id FROM source LIMIT 1", &[]).await?;
            tx.commit().await
        };
        asking.await.context("the store does not answer")
    }

    /// Is it only that the database cannot be reached at present? Whoever waits may see it come.
    pub fn is_away(error: &anyhow::Error) -> bool {
        let told = error.chain().find_map(|cause| cause.downcast_ref::<sqlx::Error>());
        told.is_some_and(|error| match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
            // It is starting, stopping, or has no connection left.
            sqlx::Error::Database(error) => {
                error.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("53"))
            }
            _ => false,
        })
    }

    /// Closes all connections; where the store is a file, the log is merged into it.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Engine::Postgres { pool, .. } => pool.close().await,
        }
    }

    /// A transaction that may write; dropped without `commit` it leaves nothing.
    async fn write(&self) -> sqlx::Result<Tx> {
        self.engine.write(self.lease.as_ref()).await
    }

    /// A transaction that only reads, all of one moment.
    async fn read(&self) -> sqlx::Result<Tx> {
        self.engine.read().await
    }
}
