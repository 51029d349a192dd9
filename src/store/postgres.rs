//! The store on a PostgreSQL server, or one that speaks as it does. Plain rows and transactions, and no prepared
//! statement that outlives its transaction: a pooler may give each transaction another connection.

use std::borrow::Cow;
use std::time::Duration;

use anyhow::{Result, bail};
use secrecy::{ExposeSecret, SecretString};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgTypeInfo};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Encode, Executor, Postgres, Type};

use super::cell::{Cell, Column, Sort};
use super::engine::{Engine, Told};
use super::lease::{CHANNEL, Lease, PassedOn};

/// Connections at most.
const CONNECTIONS: u32 = 8;
/// How long a connection may take to come.
const ARRIVAL: Duration = Duration::from_secs(5);
/// How long one statement may take: a network that swallows everything must not hold us for ever.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long one step of the schema may take: it may have to make an index of everything.
const UPGRADE: Duration = Duration::from_secs(3600);
/// Attempts at bringing the schema up to date: replicas that start together may get in each other's way once.
const ATTEMPTS: u32 = 5;

/// How a transaction that only reads begins.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// The schema, in steps that only go forward. What each is and who understands it is in the table `schema_step`:
/// sqlx's own way takes advisory locks and prepared statements, which not every server and no pooler has.
static STEPS: Migrator = sqlx::migrate!("src/store/migrations/postgres");

/// Connects, and brings the schema up to date.
pub(super) async fn open(url: &str, password: Option<&SecretString>, idle: Duration) -> Result<Engine> {
    let mut options: PgConnectOptions = url.parse()?;
    if let Some(password) = password {
        options = options.password(password.expose_secret());
    }
    // Poolers refuse what they do not know, and a slow statement is nothing that an operator could change.
    let options = options.application_name("ecoparc").extra_float_digits(None).disable_statement_logging();
    let pool =
        PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(ARRIVAL).connect_with(options).await?;
    let mut attempt = 1;
    loop {
        match migrate(&pool, idle).await {
            Err(error) if attempt < ATTEMPTS && is_collision(&error) => attempt += 1,
            outcome => break outcome?,
        }
    }
    Ok(Engine::Postgres { pool, idle })
}

/// Refuses a URL that holds a password: it would be told wherever the URL is.
pub(super) fn check_url(rest: &str) -> Result<()> {
    let (authority, more) = rest.split_once(['/', '?']).unwrap_or((rest, ""));
    let login = authority.rsplit_once('@').map_or("", |(login, _)| login);
    let options = more.split_once('?').map_or(more, |(_, options)| options);
    if login.contains(':') || options.split('&').any(|option| option.starts_with("password=")) {
        bail!("the store's url holds a password: tell it as `password_file`");
    }
    Ok(())
}

/// Brings the schema up to date in one transaction. A row is its lock: of replicas that start together one writes, and
/// the others find it done.
async fn migrate(pool: &PgPool, idle: Duration) -> Result<()> {
    let mut tx = Tx::write(pool, idle, None).await?;
    let (tables, ours): (i64, i64) = tx
        .first(
            "SELECT count(*), count(*) FILTER (WHERE tablename = 'schema_step') \
             FROM pg_catalog.pg_tables WHERE schemaname = current_schema()",
            &[],
        )
        .await?
        .unwrap_or_default();
    if tables > 0 && ours == 0 {
        bail!("it is another program's database");
    }
    if ours == 0 {
        tx.script(
            "CREATE TABLE schema_step (version BIGINT PRIMARY KEY, hash TEXT NOT NULL, reader BIGINT NOT NULL); \
             INSERT INTO schema_step (version, hash, reader) VALUES (0, '', 0)",
        )
        .await?;
    }
    tx.run("UPDATE schema_step SET reader = 0 WHERE version = 0", &[]).await?;
    let taken: Vec<(i64, String, i64)> = tx.rows("SELECT version, hash, reader FROM schema_step", &[]).await?;
    let latest = STEPS.iter().map(|step| step.version).max().unwrap_or_default();
    // A later release may have gone on where it says that releases up to ours need not know.
    if let Some((version, ..)) = taken.iter().find(|(version, _, reader)| *version > latest && *reader > latest) {
        bail!("it was written by a newer release of ecoparc (schema {version})");
    }
    for step in STEPS.iter() {
        let hash = hex::encode(&step.checksum);
        match taken.iter().find(|(version, ..)| *version == step.version) {
            Some((_, taken, _)) if *taken == hash => {}
            Some((version, ..)) => bail!("its schema {version} is not the one this release knows"),
            None => {
                let takes = "INSERT INTO schema_step (version, hash, reader) VALUES ($1, $2, $1)";
                tx.run(takes, &[step.version.into(), hash.into()]).await?;
                tx.script(step.sql.as_str()).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Did another replica do the same at the same time?
fn is_collision(error: &anyhow::Error) -> bool {
    // Unique violation, table exists, serialization failure, deadlock.
    let codes = ["23505", "42P07", "40001", "40P01"];
    let told = error.chain().find_map(|cause| cause.downcast_ref::<sqlx::Error>());
    let code = told.and_then(|error| error.as_database_error()).and_then(|error| error.code());
    code.is_some_and(|code| codes.contains(&&*code))
}

/// A transaction. Dropped without `commit` it closes its connection, and so leaves nothing.
pub(super) struct Tx {
    conn: PoolConnection<Postgres>,
    ended: bool,
    /// What it may write under.
    lease: Option<Lease>,
    /// It ends a collection.
    over: bool,
    /// It replaces a testimony.
    recorded: bool,
    /// The source that others are told of.
    about: Option<String>,
}

impl Drop for Tx {
    fn drop(&mut self) {
        if !self.ended {
            // Nobody knows how far the two sides have come; rolling back could wait for ever.
            self.conn.close_on_drop();
        }
    }
}

impl Tx {
    /// A transaction that only reads, all of one moment.
    pub(super) async fn read(pool: &PgPool) -> sqlx::Result<Self> {
        Self::begin(pool, READ, None).await
    }

    /// A transaction that writes. The server ends it where its client stands still for so long: what it has locked would
    /// hold up the others.
    pub(super) async fn write(pool: &PgPool, idle: Duration, lease: Option<Lease>) -> sqlx::Result<Self> {
        let how = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = {}",
            idle.as_millis()
        );
        Self::begin(pool, &how, lease).await
    }

    async fn begin(pool: &PgPool, how: &str, lease: Option<Lease>) -> sqlx::Result<Self> {
        let conn = pool.acquire().await?;
        let mut tx = Self { conn, ended: false, lease, over: false, recorded: false, about: None };
        within(ARRIVAL, tx.conn.execute(sqlx::raw_sql(AssertSqlSafe(how)))).await?;
        Ok(tx)
    }

    pub(super) fn ends(&mut self, recorded: bool) {
        (self.over, self.recorded) = (true, recorded);
    }

    pub(super) fn tells(&mut self, source: &str) {
        self.about = Some(source.to_owned());
    }

    /// Looks at the lease last: what has passed on by now is left as it is, and from here on nobody can take it before
    /// this is in force.
    pub(super) async fn commit(mut self) -> sqlx::Result<()> {
        if let Some(Lease { name, token }) = self.lease.take() {
            let told = "UPDATE lease SET told = told + 1, recorded = recorded + $3, collecting = collecting * $4 \
                        WHERE name = $1 AND token = $2";
            let (recorded, goes_on) = (i64::from(self.recorded), i64::from(!self.over));
            let values = [name.as_str().into(), token.into(), recorded.into(), goes_on.into()];
            if self.run(told, &values).await? == 0 {
                return Err(sqlx::Error::AnyDriverError(Box::new(PassedOn)));
            }
            self.about = Some(name);
        }
        within(PATIENCE, self.conn.execute(sqlx::raw_sql("COMMIT"))).await?;
        self.ended = true;
        if let Some(source) = self.about.take() {
            // Not every server carries it, and whoever misses it looks every few seconds.
            let told = self.run("SELECT pg_notify($1, $2)", &[CHANNEL.into(), source.into()]).await;
            self.ended = told.is_ok();
        }
        Ok(())
    }

    /// Runs several statements, without any value.
    async fn script(&mut self, sql: &'static str) -> sqlx::Result<()> {
        within(UPGRADE, self.conn.execute(sqlx::raw_sql(sql))).await?;
        Ok(())
    }

    pub(super) async fn run(&mut self, sql: &str, values: &[Cell<'_>]) -> sqlx::Result<u64> {
        let query = sqlx::query_with(AssertSqlSafe(sql), bound(values)?).persistent(false);
        Ok(within(PATIENCE, query.execute(&mut *self.conn)).await?.rows_affected())
    }

    async fn first<T: Told>(&mut self, sql: &str, values: &[Cell<'_>]) -> sqlx::Result<Option<T>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    pub(super) async fn rows<T: Told>(&mut self, sql: &str, values: &[Cell<'_>]) -> sqlx::Result<Vec<T>> {
        let query = sqlx::query_as_with(AssertSqlSafe(sql), bound(values)?).persistent(false);
        within(PATIENCE, query.fetch_all(&mut *self.conn)).await
    }

    /// Runs one statement for given rows, which reach it as one array a column.
    pub(super) async fn run_given<'a>(
        &mut self,
        sql: &str,
        fixed: impl Iterator<Item = &'a Cell<'a>>,
        columns: &[Column],
        rows: &[Cell<'_>],
    ) -> sqlx::Result<()> {
        let mut bound = bound(fixed)?;
        for (at, (_, sort)) in columns.iter().enumerate() {
            let column = rows.iter().skip(at).step_by(columns.len());
            let added = match sort {
                Sort::Int => bound.add(column.map(integer).collect::<Vec<Option<i64>>>()),
                Sort::Real => bound.add(column.map(number).collect::<Vec<Option<f64>>>()),
                Sort::Text => bound.add(column.map(words).collect::<Vec<Option<Cow<'_, str>>>>()),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        let query = sqlx::query_with(AssertSqlSafe(sql), bound).persistent(false);
        within(PATIENCE, query.execute(&mut *self.conn)).await?;
        Ok(())
    }
}

/// Waits for the server, and not for ever.
async fn within<T>(patience: Duration, asking: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let late = || std::io::Error::new(std::io::ErrorKind::TimedOut, "the database does not answer");
    tokio::time::timeout(patience, asking).await.unwrap_or_else(|_| Err(sqlx::Error::Io(late())))
}

fn integer(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Int(number) => Some(*number),
        _ => None,
    }
}

fn number(cell: &Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Real(number) => Some(*number),
        Cell::Int(number) => Some(*number as f64),
        _ => None,
    }
}

fn words<'a>(cell: &'a Cell<'_>) -> Option<Cow<'a, str>> {
    match cell {
        Cell::Text(text) => Some(without_nul(text)),
        _ => None,
    }
}

/// PostgreSQL takes any character in a text but U+0000: a stray one is shown as what cannot be shown, and loses nothing
/// beside itself.
fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

fn bound<'a>(values: impl IntoIterator<Item = &'a Cell<'a>>) -> sqlx::Result<PgArguments> {
    let mut bound = PgArguments::default();
    for cell in values {
        bound.add(Bound(cell)).map_err(sqlx::Error::Encode)?;
    }
    Ok(bound)
}

/// A value of the type that the server finds fit for its place: a missing one has none of its own.
struct Bound<'a>(&'a Cell<'a>);

impl Type<Postgres> for Bound<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Bound<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> std::result::Result<IsNull, BoxDynError> {
        match self.0 {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Int(number) => Encode::<Postgres>::encode_by_ref(number, buffer),
            Cell::Real(number) => Encode::<Postgres>::encode_by_ref(number, buffer),
            Cell::Text(text) => Encode::<Postgres>::encode_by_ref(&&*without_nul(text), buffer),
        }
    }
}
