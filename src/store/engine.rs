//! The two databases a store may be kept in, behind one transaction. SQL is written once, with `$1` for what is bound;
//! what only one of them understands is in `bulk.rs`, in `scan.rs` and `sqlite.rs`, in `postgres.rs`, and in `lease.rs`,
//! which only PostgreSQL is asked.

use std::time::Duration;

use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{FromRow, Sqlite, Transaction};

use super::cell::Cell;
use super::lease::Lease;
use super::scan::Scan;
use super::{postgres, sqlite};

/// The database.
#[derive(Clone, Debug)]
pub(super) enum Engine {
    /// A file of our own.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// Those that only read.
        reader: SqlitePool,
    },
    /// A server, which replicas share.
    Postgres {
        /// Its connections.
        pool: PgPool,
        /// How long one that writes may stand still.
        idle: Duration,
    },
}

impl Engine {
    /// A transaction that may write; dropped without `commit` it leaves nothing.
    /// Under a lease it writes only while that is held.
    pub(super) async fn write(&self, lease: Option<&Lease>) -> sqlx::Result<Tx> {
        Ok(match self {
            // Taking the write lock at once: a lock taken halfway would fail instead of waiting.
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres { pool, idle } => Tx::Postgres(postgres::Tx::write(pool, *idle, lease.cloned()).await?),
        })
    }

    /// What reads a file's observations beside a transaction; a server has nothing faster than the transaction.
    pub(super) fn scan(&self) -> anyhow::Result<Option<Scan>> {
        match self {
            Self::Sqlite { reader, .. } => Scan::of(reader).map(Some),
            Self::Postgres { .. } => Ok(None),
        }
    }

    /// A transaction that only reads, all of one moment.
    pub(super) async fn read(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Self::Sqlite { reader, .. } => Tx::Sqlite(reader.begin().await?),
            Self::Postgres { pool, .. } => Tx::Postgres(postgres::Tx::read(pool).await?),
        })
    }
}

/// What rows of either database can be read as.
pub(super) trait Told: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Told for T {}

/// A transaction.
pub(super) enum Tx {
    /// In a file.
    Sqlite(Transaction<'static, Sqlite>),
    /// On a server.
    Postgres(postgres::Tx),
}

impl Tx {
    /// Runs one statement; gives how many rows it changed. `sql` is text of ours alone: all else is bound.
    pub(super) async fn run(&mut self, sql: &str, values: &[Cell<'_>]) -> sqlx::Result<u64> {
        match self {
            Self::Sqlite(tx) => sqlite::run(tx, sql, values, true).await,
            Self::Postgres(tx) => tx.run(sql, values).await,
        }
    }

    /// The rows that a query gives.
    pub(super) async fn rows<T: Told>(&mut self, sql: &str, values: &[Cell<'_>]) -> sqlx::Result<Vec<T>> {
        match self {
            Self::Sqlite(tx) => sqlite::rows(tx, sql, values).await,
            Self::Postgres(tx) => tx.rows(sql, values).await,
        }
    }

    /// The first row that a query gives.
    pub(super) async fn first<T: Told>(&mut self, sql: &str, values: &[Cell<'_>]) -> sqlx::Result<Option<T>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// The row that a query always gives.
    pub(super) async fn one<T: Told>(&mut self, sql: &str, values: &[Cell<'_>]) -> sqlx::Result<T> {
        self.first(sql, values).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// The text that follows this one in the order of bytes: with it the next page begins. PostgreSQL has no U+0000.
    pub(super) fn after(&self, text: &str) -> String {
        let least = match self {
            Self::Sqlite(_) => '\0',
            Self::Postgres(_) => '\u{1}',
        };
        format!("{text}{least}")
    }

    /// What is written ends a collection, and the testimony is replaced or not: other replicas are told.
    pub(super) fn ends(&mut self, recorded: bool) {
        if let Self::Postgres(tx) = self {
            tx.ends(recorded);
        }
    }

    /// Other replicas are told of a source once this is in force.
    pub(super) fn tells(&mut self, source: &str) {
        if let Self::Postgres(tx) = self {
            tx.tells(source);
        }
    }

    /// Puts in force what was written.
    pub(super) async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}
