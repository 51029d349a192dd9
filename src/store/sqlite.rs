//! The store in a file of its own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use sqlx::error::DatabaseError as _;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, Connection as _, SqliteConnection};

use super::cell::Cell;
use super::engine::{Engine, Told};

/// The schema, in steps that only go forward.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations/sqlite");

/// Pages that a connection keeps, in kibibytes below zero: 16 MiB where rows are looked up to be changed, 2 MiB where a
/// table is read from one end to the other.
const WRITING: &str = "-16384";
pub(super) const READING: &str = "-2048";

/// How long a lock of somebody else's is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a file, makes it where there is none, and brings its schema up to date.
pub(super) async fn open(file: &Path) -> Result<Engine> {
    if !file.exists() {
        make_private(file)?;
    }
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", WRITING)
        // Bytes that are left behind in the log at most.
        .pragma("journal_size_limit", "67108864")
        .optimize_on_close(true, None);
    let writer = pool(1).connect_with(options.clone()).await?;
    refuse_strangers(&writer).await?;
    MIGRATIONS.run(&writer).await.map_err(told)?;
    let options = options.read_only(true).optimize_on_close(false, None).pragma("cache_size", READING);
    let reader = pool(4).connect_with(options).await?;
    Ok(Engine::Sqlite { writer, reader })
}

/// SQLite ends a transaction by itself where the disk is full or fails. sqlx goes on taking the connection for one within
/// it, and begins nothing on it any more: another takes its place.
fn pool(most: u32) -> SqlitePoolOptions {
    let options = SqlitePoolOptions::new().max_connections(most);
    options.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
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

/// Leaves no byte of what was deleted or replaced, neither in the file nor in its log. Waits so long for who still reads
/// that.
pub(super) async fn wipe(writer: &SqlitePool, patience: Duration) -> Result<()> {
    sqlx::query("VACUUM").execute(writer).await?;
    let until = Instant::now() + patience;
    loop {
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(writer).await?;
        if busy == 0 {
            return Ok(());
        }
        ensure!(Instant::now() < until, "somebody goes on reading the store");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What can be done where SQLite says that the file is damaged, full or read-only (its result codes, primary ones in the
/// low byte).
pub(super) fn advice(error: &anyhow::Error) -> Option<&'static str> {
    match error.chain().find_map(result_code)? & 0xff {
        11 | 26 => Some(
            "the store's file is damaged: put a copy made by `ecoparc backup` in its place, or move it away and begin \
             without its history",
        ),
        13 => Some("there is no room left for the store"),
        10 => Some("the store's disk fails, or is full"),
        8 => Some("the store may only be read: is its disk mounted so, or is it another account's?"),
        _ => None,
    }
}

/// SQLite's result code, whichever library tells it.
fn result_code(cause: &(dyn std::error::Error + 'static)) -> Option<i32> {
    if let Some(scanned) = cause.downcast_ref::<rusqlite::Error>() {
        return Some(scanned.sqlite_error()?.extended_code);
    }
    let told = cause.downcast_ref::<sqlx::Error>()?.as_database_error()?;
    told.try_downcast_ref::<sqlx::sqlite::SqliteError>()?.code()?.parse().ok()
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
