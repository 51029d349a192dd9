//! Many rows a statement. Each statement costs a hop to the database's thread: single rows would cost ten times.

use std::borrow::Cow;

use sqlx::{AssertSqlSafe, SqliteConnection};

/// Rows of one statement at most.
const ROWS: usize = 500;
/// Bound values of one statement at most; SQLite takes 32,766.
const VALUES: usize = 32_000;

/// A value on its way to a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    /// Nothing.
    Null,
    /// An integer.
    Int(i64),
    /// A number.
    Real(f64),
    /// A text.
    Text(Cow<'a, str>),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Runs `then` for rows, many a statement. It finds them in the table `given` with the named columns, and the values
/// that are the same for all in the one row of `fixed`. `cells` are the rows, one after the other.
pub(super) async fn run(
    conn: &mut SqliteConnection,
    fixed: &[(&'static str, Cell<'_>)],
    columns: &[&'static str],
    cells: &[Cell<'_>],
    then: &str,
) -> sqlx::Result<()> {
    let width = columns.len();
    let rows = ROWS.min((VALUES - fixed.len()) / width);
    for chunk in cells.chunks(rows * width) {
        let names: Vec<&str> = fixed.iter().map(|(name, _)| *name).collect();
        // Only names and question marks of ours are put together here; every value is bound.
        let sql = format!(
            "WITH fixed({}) AS (VALUES {}), given({}) AS (VALUES {}) {then}",
            names.join(", "),
            marks(fixed.len()),
            columns.join(", "),
            vec![marks(width); chunk.len() / width].join(","),
        );
        // Full chunks share one prepared statement; the last one is seldom seen again.
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(chunk.len() == rows * width);
        for cell in fixed.iter().map(|(_, cell)| cell).chain(chunk) {
            query = match cell {
                Cell::Null => query.bind(None::<i64>),
                Cell::Int(number) => query.bind(*number),
                Cell::Real(number) => query.bind(*number),
                Cell::Text(text) => query.bind(text.as_ref()),
            };
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// `(?,?,?)`
fn marks(count: usize) -> String {
    format!("({})", vec!["?"; count].join(","))
}
