//! What outlives a restart: the last word of each source, its electricity day by day, the journal of harvests, the assets
//! in plain columns, the readings of each day, declarations that were handed in, and what another program answered for
//! servers. SQLite today; a second database would answer the same functions of [`Store`].
//!
//! Invariants:
//! * A source's testimony changes only by a complete harvest, in one transaction: cut off anywhere, all or nothing.
//! * What did not change is not written.
//! * What a source no longer lists is marked, never deleted.
//! * One connection writes; readers never wait for it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};

mod appraisal;
mod asset;
pub(crate) mod body;
mod bulk;
mod filing;
mod hash;
mod journal;
mod notice;
mod power;
mod reading;
mod record;
mod testimony;
#[cfg(test)]
mod tests;

pub use appraisal::{Appraised, Figure};
pub use filing::Filed;
pub use journal::{Missed, Outcome, Reject};
pub use notice::Notice;
pub use reading::Past;
#[cfg(test)]
pub use record::Recorded;
pub use record::Said;

/// The schema, in steps that only go forward.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations/sqlite");

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    /// The one connection that writes.
    writer: SqlitePool,
    /// Those that only read.
    reader: SqlitePool,
}

impl Store {
    /// Opens the database that `url` names, makes it where there is none, and brings its schema up to date.
    /// `sqlite://FILE` is relative to `base`, the configuration file's folder.
    ///
    /// # Errors
    /// Where the file cannot be opened, is damaged, belongs to another program or to a newer release.
    pub async fn open(url: &str, base: &Path) -> Result<Self> {
        let file = file_of(url, base)?;
        Self::open_file(&file).await.with_context(|| format!("cannot open the store {}", file.display()))
    }

    async fn open_file(file: &Path) -> Result<Self> {
        if !file.exists() {
            make_private(file)?;
        }
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(true)
            .pragma("temp_store", "MEMORY")
            // 64 MB of pages, and no more than that left behind in the log.
            .pragma("cache_size", "-65536")
            .pragma("journal_size_limit", "67108864")
            .optimize_on_close(true, None);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        refuse_strangers(&writer).await?;
        MIGRATIONS.run(&writer).await.map_err(told)?;
        let reader = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options.read_only(true).optimize_on_close(false, None))
            .await?;
        Ok(Self { writer, reader })
    }

    /// Writes a copy of the whole database to `file`, which must not exist yet. Harvests go on meanwhile.
    ///
    /// # Errors
    /// Where the file exists or cannot be written.
    pub async fn backup(&self, file: &Path) -> Result<()> {
        let context = || format!("cannot copy the store to {}", file.display());
        let name = file.to_str().context("its name is not UTF-8").with_context(context)?;
        make_private(file).with_context(context)?;
        let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(&self.reader).await;
        if copied.is_err() {
            // Half a copy would be worse than none; the first error is the one to tell.
            let _ = std::fs::remove_file(file);
        }
        copied.map(|_| ()).with_context(context)
    }

    /// Is the database there? `readyz` asks.
    ///
    /// # Errors
    /// Where it does not answer.
    pub async fn ping(&self) -> Result<()> {
        let answer = sqlx::query("SELECT 1 FROM source LIMIT 1").execute(&self.reader).await;
        answer.map(|_| ()).context("the store does not answer")
    }

    /// Closes all connections, the log merged into the file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// A transaction that may write; dropped without `commit` it leaves nothing.
    async fn write(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        // Taking the write lock at once: a lock taken halfway would fail instead of waiting.
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }
}

/// The file that a URL names.
fn file_of(url: &str, base: &Path) -> Result<PathBuf> {
    let (scheme, name) = url.split_once("://").unwrap_or(("", url));
    // The rest of another database's URL may hold a password: it is not repeated.
    match scheme {
        "sqlite" if name.contains('?') => bail!("the store's url takes no options after `?`"),
        "sqlite" if !name.is_empty() && !name.starts_with(":memory:") => Ok(base.join(name)),
        "sqlite" => bail!("the store's url names no file (sqlite://ecoparc.db)"),
        _ => bail!("the store's url must begin with sqlite:// (sqlite://ecoparc.db), not `{scheme}`"),
    }
}

/// Makes an empty file that only its owner can read. SQLite gives its log the same permissions.
fn make_private(file: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?;
    Ok(())
}

/// Refuses a database that another program made.
async fn refuse_strangers(pool: &SqlitePool) -> Result<()> {
    let (tables, ours): (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(*) FILTER (WHERE name = '_sqlx_migrations') FROM sqlite_schema WHERE type = 'table'",
    )
    .fetch_one(pool)
    .await?;
    if tables > 0 && ours == 0 {
        bail!("it is another program's database");
    }
    Ok(())
}

/// A failed migration in an operator's words.
fn told(error: MigrateError) -> anyhow::Error {
    match error {
        MigrateError::VersionMissing(version) => {
            anyhow::anyhow!("it was written by a newer release of ecoparc (schema {version})")
        }
        MigrateError::VersionMismatch(version) => {
            anyhow::anyhow!("its schema {version} is not the one this release knows")
        }
        error => error.into(),
    }
}
