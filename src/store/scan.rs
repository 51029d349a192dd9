//! A file's observations, row by row on a thread of their own. To hand a million rows from SQLite's thread to another one,
//! one by one or many in a text, costs more than to understand them.

use anyhow::{Context, Result};
use domain::packed::Packed;
use domain::testimony::Moment;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Connection, OpenFlags, Row, Rows};
use sqlx::sqlite::SqlitePool;

use super::body::Recall;
use super::sqlite::{PATIENCE, READING};
use super::testimony::{Told, spell};

/// A connection that will read what a transaction beside it reads.
pub(super) struct Scan {
    connection: Connection,
    /// SQLite's own count of what others have put in force, as this connection sees it.
    version: i64,
}

impl Scan {
    /// To be made before the transaction reads for the first time, and used after that.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub(super) fn of(reader: &SqlitePool) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(reader.connect_options().get_filename(), flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "cache_size", READING)?;
        let version = version(&connection)?;
        Ok(Self { connection, version })
    }

    /// All observations of a source, in the order of their native ids; `None` where something was written since this was
    /// made, so that they might be of another moment than what the transaction reads.
    ///
    /// # Errors
    /// Where the file is damaged or holds what no release writes.
    pub(super) fn observations(&self, source: i64, recall: &mut Recall) -> Result<Option<Vec<Packed>>> {
        let tx = self.connection.unchecked_transaction()?;
        if version(&tx)? != self.version {
            return Ok(None);
        }
        let mut all = Vec::new();
        let mut each = tx.prepare(
            "SELECT native, anonymous, arrived, first_seen, unlisted_since, body FROM observation \
             WHERE source = $1 ORDER BY native",
        )?;
        // Those of which more than the opening stretch is told, in the same order.
        let mut longer =
            tx.prepare("SELECT DISTINCT native FROM spell WHERE source = $1 AND opening = 0 ORDER BY native")?;
        let mut stretches = tx.prepare(
            "SELECT since, status, entity, holder FROM spell WHERE source = $1 AND native = $2 ORDER BY since",
        )?;
        let (mut each, mut longer) = (each.query([source])?, longer.query([source])?);
        longer.advance()?;
        while let Some(row) = each.next()? {
            let told = Told {
                native: text(row, 0)?,
                anonymous: row.get(1)?,
                arrived: row.get(2)?,
                first_seen: text(row, 3)?,
                unlisted_since: row.get::<_, Option<i64>>(4)?.map(Moment),
                body: text(row, 5)?,
            };
            let mut kept = told.understood(recall)?;
            if has(&mut longer, told.native)? {
                let mut rows = stretches.query((source, told.native))?;
                while let Some(row) = rows.next()? {
                    let shared = |at| anyhow::Ok(row.get_ref(at)?.as_str_or_null()?);
                    kept.spells.push(spell(text(row, 0)?, text(row, 1)?, shared(2)?, shared(3)?, recall)?);
                }
            }
            all.push(Packed::from(kept));
        }
        Ok(Some(all))
    }
}

/// Is the next of these names this one? Names that come before it are passed over.
fn has(names: &mut Rows<'_>, native: &str) -> Result<bool> {
    while let Some(row) = names.get() {
        match text(row, 0)?.cmp(native) {
            std::cmp::Ordering::Less => names.advance()?,
            order => return Ok(order.is_eq()),
        }
    }
    Ok(false)
}

fn text<'a>(row: &'a Row<'_>, at: usize) -> Result<&'a str> {
    row.get_ref(at)?.as_str().with_context(|| format!("column {at} is no text"))
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "data_version", |row| row.get(0))
}
