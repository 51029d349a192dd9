//! The store in a file of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, SqliteConnection};

use super::cell::Cell;
use super::engine::{Engine, Told};

/// The schema, in steps that only go forward.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations/sqlite");

/// Opens a file, makes it where there is none, and brings its schema up to date.
pub(super) async fn open(file: &Path) -> Result<Engine> {
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
    Ok(Engine::Sqlite { writer, reader })
}

/// The file that the rest of a URL names.
pub(super) fn file_of(name: &str, base: &Path) -> Result<PathBuf> {
    match name {
        _ if name.contains('?') => bail!("the store's url takes no options after `?`"),
        _ if !name.is_empty() && !name.starts_with(":memory:") => Ok(base.join(name)),
        _ => bail!("the store's url names no file (sqlite://ecoparc.db)"),
    }
}

/// Writes a copy of the whole database to a file that does not exist yet.
pub(super) async fn copy(reader: &SqlitePool, file: &Path) -> Result<()> {
    let name = file.to_str().context("its name is not UTF-8")?;
    make_private(file)?;
    let copied = sqlx::query("VACUUM INTO ?").bind(name).execute(reader).await;
    if copied.is_err() {
        // Half a copy would be worse than none; the first error is the one to tell.
        let _ = std::fs::remove_file(file);
    }
    copied?;
    Ok(())
}

/// Leaves no byte of what was deleted or replaced, neither in the file nor in its log. Waits for who still reads that.
pub(super) async fn wipe(writer: &SqlitePool) -> Result<()> {
    sqlx::query("VACUUM").execute(writer).await?;
    loop {
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(writer).await?;
        if busy == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
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

/// Runs one statement.
pub(super) async fn run<'a>(
    conn: &mut SqliteConnection,
    sql: &str,
    values: impl IntoIterator<Item = &'a Cell<'a>>,
    persistent: bool,
) -> sqlx::Result<u64> {
    let query = sqlx::query_with(AssertSqlSafe(sql), bound(values)?).persistent(persistent);
    Ok(query.execute(conn).await?.rows_affected())
}

/// The rows that a query gives.
pub(super) async fn rows<T: Told>(
    conn: &mut SqliteConnection,
    sql: &str,
    values: &[Cell<'_>],
) -> sqlx::Result<Vec<T>> {
    sqlx::query_as_with(AssertSqlSafe(sql), bound(values)?).fetch_all(conn).await
}

fn bound<'a>(values: impl IntoIterator<Item = &'a Cell<'a>>) -> sqlx::Result<SqliteArguments> {
    let mut bound = SqliteArguments::default();
    for cell in values {
        let added = match cell {
            Cell::Null => bound.add(None::<i64>),
            Cell::Int(number) => bound.add(*number),
            Cell::Real(number) => bound.add(*number),
            Cell::Text(text) => bound.add(text.as_ref()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(bound)
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
