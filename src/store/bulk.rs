//! Many rows a statement. Each statement costs a hop to SQLite's thread, or a journey to PostgreSQL's host: single rows
//! would cost ten times. How given rows reach a statement is the one thing that differs for the sake of speed.

use super::cell::{Cell, Column, Sort};
use super::engine::Tx;

/// Rows read from a file in one piece: few enough that what they say stays in a processor's cache.
const PAGE: i64 = 1_000;
/// Rows read from a server in one piece: each is a journey there and back.
const POSTGRES_PAGE: i64 = 4_000;
/// Rows that come together before they are written.
pub(super) const BATCH: usize = 4_000;
/// Rows of one statement of SQLite at most.
const ROWS: usize = 500;
/// Bound values of one statement at most; SQLite takes 32,766.
const VALUES: usize = 32_000;
/// Rows of one statement of PostgreSQL at most.
const POSTGRES_ROWS: usize = 5_000;

/// Rows read from the database in one piece.
pub(super) fn page(tx: &Tx) -> i64 {
    match tx {
        Tx::Sqlite(_) => PAGE,
        Tx::Postgres(_) => POSTGRES_PAGE,
    }
}

/// Runs `then` for rows, many a statement. It finds them in the table `given` with the named columns, and the values
/// that are the same for all, where there are any, in the one row of `fixed`. `cells` are the rows, one after the other.
pub(super) async fn run(
    tx: &mut Tx,
    fixed: &[(&'static str, Cell<'_>)],
    columns: &[Column],
    cells: &[Cell<'_>],
    then: &str,
) -> sqlx::Result<()> {
    let width = columns.len();
    let rows = match tx {
        Tx::Sqlite(_) => ROWS.min((VALUES - fixed.len()) / width),
        Tx::Postgres(_) => POSTGRES_ROWS,
    };
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    for chunk in cells.chunks(rows * width) {
        // Only names and marks of ours are put together here; every value is bound.
        match tx {
            Tx::Sqlite(sqlite) => {
                let mut sql = "WITH ".to_owned();
                if !fixed.is_empty() {
                    sql += &format!("fixed({}) AS (VALUES {}), ", named(fixed), marks(fixed.len()));
                }
                sql += &format!("given({names}) AS (VALUES {}) {then}", many(&marks(width), chunk.len() / width));
                // Full chunks share one prepared statement; the last one is seldom seen again.
                let persistent = chunk.len() == rows * width;
                let values = fixed.iter().map(|(_, cell)| cell).chain(chunk);
                super::sqlite::run(sqlite, &sql, values, persistent).await?;
            }
            Tx::Postgres(postgres) => {
                let mut sql = "WITH ".to_owned();
                if !fixed.is_empty() {
                    let casts: Vec<String> = (1..).zip(fixed).map(|(at, (_, cell))| cast(at, cell)).collect();
                    sql += &format!("fixed({}) AS (SELECT {}), ", named(fixed), casts.join(", "));
                }
                let arrays = (fixed.len() + 1..).zip(columns).map(|(at, (_, sort))| match sort {
                    Sort::Int => format!("${at}::BIGINT[]"),
                    Sort::Real => format!("${at}::DOUBLE PRECISION[]"),
                    Sort::Text => format!("${at}::TEXT[]"),
                });
                let arrays = arrays.collect::<Vec<_>>().join(", ");
                sql += &format!("given({names}) AS (SELECT * FROM unnest({arrays})) {then}");
                postgres.run_given(&sql, fixed.iter().map(|(_, cell)| cell), columns, chunk).await?;
            }
        }
    }
    Ok(())
}

fn named(fixed: &[(&'static str, Cell<'_>)]) -> String {
    fixed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// `(?,?,?)`
fn marks(count: usize) -> String {
    format!("({})", many("?", count))
}

fn many(what: &str, count: usize) -> String {
    vec![what; count].join(",")
}

/// A bound value with its type.
fn cast(at: usize, cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null | Cell::Text(_) => format!("${at}::TEXT"),
        Cell::Int(_) => format!("${at}::BIGINT"),
        Cell::Real(_) => format!("${at}::DOUBLE PRECISION"),
    }
}
