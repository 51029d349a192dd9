//! Asking OCS's database: one connection, one read-only transaction, so that all tables tell of one moment.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use anyhow::anyhow;
use futures_util::TryStreamExt as _;
use serde_json::Value;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow};
use sqlx::{AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Executor as _, Row as _};

use super::Asked;
use super::fields::Fields;
use super::machine::{Columns, Machine, text};
use super::read::Reader;
use super::relay::Relay;
use crate::clock::Clock;
use crate::http::is_tls;
use crate::repeated::repeated;
use crate::{Class, Failure, Harvest, Progress};

/// How long the database may take to open a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Columns of `hardware`.
const HARDWARE: &[&str] = &[
    "ID",
    "DEVICEID",
    "NAME",
    "UUID",
    "LASTDATE",
    "LASTCOME",
    "OSNAME",
    "OSVERSION",
    "PROCESSORT",
    "MEMORY",
    "ARCHIVE",
    "CATEGORY_ID",
];
/// Read only where people become pseudonyms.
const LOGIN: &str = "USERID";
/// Columns of `bios`.
const BIOS: &[&str] = &["HARDWARE_ID", "SMANUFACTURER", "SMODEL", "SSN", "TYPE", "ASSETTAG"];
/// The tables of parts, and the columns of each.
const PARTS: &[(&str, &[&str])] = &[
    ("monitors", &["HARDWARE_ID", "MANUFACTURER", "CAPTION", "DESCRIPTION", "SERIAL"]),
    ("cpus", &["HARDWARE_ID", "TYPE"]),
    ("memories", &["HARDWARE_ID", "CAPACITY"]),
    ("storages", &["HARDWARE_ID", "TYPE", "NAME", "MODEL", "DISKSIZE"]),
    ("networks", &["HARDWARE_ID", "MACADDR", "VIRTUALDEV"]),
    ("virtualmachines", &["HARDWARE_ID", "UUID"]),
];
/// What a machine is read from, beside its parts. No column named here or there may be missing: what is read without it
/// would be wrong, and look right.
const MACHINES: &[(&str, &[&str])] =
    &[("hardware", HARDWARE), ("bios", BIOS), ("accountinfo", &["HARDWARE_ID", "TAG"])];
/// Tables that the account may be without as a whole; less is known then.
const WELCOME: &[&str] = &["networks", "virtualmachines", "assets_categories", "accountinfo_config", "snmp_types"];
/// Where the choices of administrative data are: the operator's own view, which holds no secret, before OCS's table.
const CHOICES: &[&str] = &["readable_config", "config"];

/// Whom to ask, and as whom.
pub struct Database {
    pub options: MySqlConnectOptions,
    /// `HOST:PORT`, for messages.
    pub host: String,
    /// Its name or address alone.
    pub name: String,
}

/// Asks for everything.
pub async fn collect(database: &Database, asked: &Asked, progress: &Progress) -> Result<Harvest, Failure> {
    progress.step("connection", 0);
    let mut asking = Asking::open(database).await?;
    let harvest = asking.everything(asked, progress).await;
    let harvest = harvest.map_err(|failure| asking.relay.failure(&asking.host).unwrap_or(failure));
    // Whether it ends well matters little: it has changed nothing.
    let Asking { connection, relay, .. } = asking;
    let closing = async {
        let _ = connection.close().await;
        relay.end().await;
    };
    let _ = tokio::time::timeout(PATIENCE, closing).await;
    harvest
}

struct Asking {
    connection: MySqlConnection,
    relay: Relay,
    /// The columns that the account may read, by table.
    columns: BTreeMap<String, BTreeSet<String>>,
    host: String,
}

impl Asking {
    async fn open(database: &Database) -> Result<Self, Failure> {
        let host = database.host.clone();
        let connecting = async {
            let relay = Relay::open(&database.name, database.options.get_port(), &host).await?;
            let options = database.options.clone().socket(&relay.path).disable_statement_logging();
            let connected = options.connect().await;
            let connection = connected.map_err(|error| {
                relay.failure(&host).unwrap_or_else(|| failure(&error, &host, Class::Network, "cannot be reached"))
            })?;
            Ok((connection, relay))
        };
        let connected = tokio::time::timeout(PATIENCE, connecting).await;
        let late = |_| Err(Failure::new(Class::Timeout, anyhow!("{host} did not answer in time")));
        let (connection, relay) = connected.unwrap_or_else(late)?;
        Ok(Self { connection, relay, columns: BTreeMap::new(), host })
    }

    async fn everything(&mut self, asked: &Asked, progress: &Progress) -> Result<Harvest, Failure> {
        for statement in [
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        ] {
            let begun = self.connection.execute(statement).await.map(|_| ());
            begun.map_err(|error| broken(&error, &self.host))?;
        }
        self.learn_columns().await?;
        for (table, columns) in MACHINES.iter().chain(PARTS) {
            let there = self.columns.get(*table);
            if there.is_none() && WELCOME.contains(table) {
                continue;
            }
            let missing = columns.iter().find(|column| !there.is_some_and(|there| there.contains(**column)));
            if let Some(column) = missing.copied() {
                // Asked for by name, the server says whether it is missing or kept from us.
                self.rows(&format!("SELECT {} FROM {} LIMIT 1", quoted(column), quoted(table))).await?;
                let cause = anyhow!("{}: column {column} of {table} is not to be had", self.host);
                return Err(Failure::new(Class::Permission, cause));
            }
        }
        let ahead = self.rows("SELECT CAST(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW()) AS CHAR) AS ahead").await?;
        let ahead = ahead.first().and_then(|row| text(row, "ahead")?.parse().ok()).unwrap_or(0);
        let clock = Clock::ahead(ahead, jiff::Timestamp::now(), asked.context.time_zone.clone());
        let (config, choices) = self.administrative().await?;
        let labelled = self.columns.contains_key("accountinfo_config");
        let mut reader = asked.reader(Fields::of(&config, &choices), clock, labelled)?;
        reader.note(self.version().await?);
        for table in WELCOME.iter().filter(|table| !self.columns.contains_key(**table)) {
            reader.note(format!("{table}: not there, or not readable by the account"));
        }
        if self.choices_table().is_none() {
            reader
                .note("config: not readable by the account: choices of administrative data stay numbers".to_owned());
        }

        let total = self.rows("SELECT CAST(COUNT(*) AS CHAR) AS n FROM hardware").await?;
        let total = total.first().and_then(|row| text(row, "n")?.parse().ok()).unwrap_or(0);
        progress.step("computers", total);
        let columns: Vec<String> = reader.fields.columns().map(str::to_owned).collect();
        let query = self.machines(&columns, asked);
        let mut after = 0;
        loop {
            let filled = query.replace(":after", &after.to_string());
            let mut machines = self.machine_rows(&filled).await?;
            let ids = (machines.keys().next().copied(), machines.keys().next_back().copied());
            let (Some(first), Some(last)) = ids else { break };
            for (table, wanted) in PARTS {
                self.parts(table, wanted, first, last, &mut machines).await?;
            }
            progress.add(machines.len() as u64);
            for machine in machines.values() {
                reader.machine(machine);
            }
            after = last;
        }
        if asked.snmp {
            self.snmp(asked, &mut reader).await?;
        }
        Ok(reader.harvest())
    }

    /// Which columns the account may read.
    async fn learn_columns(&mut self) -> Result<(), Failure> {
        let query = "SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS \
                     WHERE TABLE_SCHEMA = DATABASE()";
        for row in self.rows(query).await? {
            if let Some((table, column)) = text(&row, "t").zip(text(&row, "c")) {
                self.columns.entry(table.into_owned()).or_default().insert(column.into_owned());
            }
        }
        Ok(())
    }

    /// Those of the columns wanted that there are, cast to text: zero dates and changed types are read like any other.
    fn cast<'w>(&self, table: &str, alias: &str, wanted: impl Iterator<Item = &'w str>) -> Vec<String> {
        let there = self.columns.get(table);
        wanted
            .filter(|column| there.is_some_and(|there| there.contains(*column)))
            .map(|column| format!("CAST({alias}.{0} AS CHAR) AS {0}", quoted(column)))
            .collect()
    }

    /// Where choices are, if anywhere.
    fn choices_table(&self) -> Option<&'static str> {
        CHOICES.iter().copied().find(|table| self.columns.contains_key(*table))
    }

    async fn version(&mut self) -> Result<String, Failure> {
        let Some(table) = self.choices_table() else {
            return Ok("OCS, by its database, of a version that its `config` would tell".to_owned());
        };
        let query = format!("SELECT CAST(TVALUE AS CHAR) AS v FROM {table} WHERE NAME = 'GUI_VERSION'");
        let rows = self.rows(&query).await?;
        let version = rows.first().and_then(|row| text(row, "v")).unwrap_or_default().into_owned();
        Ok(format!("OCS, by its database, schema {version}"))
    }

    /// The names, labels and choices of administrative fields.
    async fn administrative(&mut self) -> Result<(Vec<Columns>, Vec<Columns>), Failure> {
        let mut config = Vec::new();
        if self.columns.contains_key("accountinfo_config") {
            let query = "SELECT CAST(ID AS CHAR) AS ID, CAST(NAME AS CHAR) AS NAME, CAST(COMMENT AS CHAR) AS COMMENT, \
                         CAST(TYPE AS CHAR) AS TYPE FROM accountinfo_config \
                         WHERE ACCOUNT_TYPE = 'COMPUTERS' AND NAME <> 'TAG' ORDER BY accountinfo_config.ID";
            config = self.rows(query).await?;
        }
        let mut choices = Vec::new();
        if let Some(table) = self.choices_table() {
            let query = format!(
                "SELECT CAST(NAME AS CHAR) AS NAME, CAST(IVALUE AS CHAR) AS IVALUE, CAST(TVALUE AS CHAR) AS TVALUE \
                 FROM {table} WHERE NAME LIKE 'ACCOUNT\\_VALUE\\_%'"
            );
            choices = self.rows(&query).await?;
        }
        Ok((config, choices))
    }

    /// The question for a page of machines, by the primary key; `:after` stands for the last id seen.
    fn machines(&self, administrative: &[String], asked: &Asked) -> String {
        let login = asked.context.pseudonyms.is_some().then_some(LOGIN);
        let mut columns = self.cast("hardware", "h", HARDWARE.iter().copied().chain(login));
        columns.extend(self.cast("bios", "b", BIOS.iter().copied().filter(|column| *column != "HARDWARE_ID")));
        columns.extend(self.cast("accountinfo", "a", administrative.iter().map(String::as_str)));
        let categories = self.columns.contains_key("assets_categories");
        if categories {
            columns.push("CAST(c.CATEGORY_NAME AS CHAR) AS CATEGORY_NAME".to_owned());
        }
        let join = if categories { "LEFT JOIN assets_categories c ON c.ID = h.CATEGORY_ID" } else { "" };
        format!(
            "SELECT {} FROM hardware h LEFT JOIN bios b ON b.HARDWARE_ID = h.ID \
             LEFT JOIN accountinfo a ON a.HARDWARE_ID = h.ID {join} \
             WHERE h.ID > :after ORDER BY h.ID LIMIT {}",
            columns.join(", "),
            asked.page_size
        )
    }

    /// A page of machines, without their parts. A machine without a row in `bios` or `accountinfo` is one.
    async fn machine_rows(&mut self, query: &str) -> Result<BTreeMap<u64, Machine>, Failure> {
        let mut machines = BTreeMap::new();
        for row in self.rows(query).await? {
            let mut machine = Machine::default();
            for (column, value) in row {
                let into = match column.as_str() {
                    "CATEGORY_NAME" => {
                        machine.category = value.as_str().and_then(domain::record::Text::of);
                        continue;
                    }
                    column if HARDWARE.contains(&column) || column == LOGIN => &mut machine.hardware,
                    column if BIOS.contains(&column) => &mut machine.bios,
                    _ => &mut machine.accountinfo,
                };
                into.insert(column, value);
            }
            if let Some(id) = machine.id() {
                machines.insert(id, machine);
            }
        }
        Ok(machines)
    }

    /// The parts in one table of the machines of a page.
    async fn parts(
        &mut self,
        table: &str,
        wanted: &[&str],
        first: u64,
        last: u64,
        machines: &mut BTreeMap<u64, Machine>,
    ) -> Result<(), Failure> {
        let columns = self.cast(table, "p", wanted.iter().copied());
        if columns.is_empty() {
            return Ok(());
        }
        let query = format!(
            "SELECT {} FROM {} p WHERE p.HARDWARE_ID BETWEEN {first} AND {last} ORDER BY p.ID",
            columns.join(", "),
            quoted(table)
        );
        for row in self.rows(&query).await? {
            let machine = text(&row, "HARDWARE_ID").and_then(|id| machines.get_mut(&id.parse().ok()?));
            let Some(machine) = machine else { continue };
            let rows = match table {
                "monitors" => &mut machine.monitors,
                "cpus" => &mut machine.cpus,
                "memories" => &mut machine.memories,
                "storages" => &mut machine.storages,
                "networks" => &mut machine.networks,
                _ => &mut machine.guests,
            };
            rows.push(row);
        }
        Ok(())
    }

    /// Reads what the SNMP scan has found, by the house's own types. Their tables may be kept from the account.
    async fn snmp(&mut self, asked: &Asked, reader: &mut Reader<'_>) -> Result<(), Failure> {
        if !self.columns.contains_key("snmp_types") {
            return Ok(());
        }
        let query = "SELECT CAST(TYPE_NAME AS CHAR) AS name, CAST(TABLE_TYPE_NAME AS CHAR) AS told FROM snmp_types";
        let types = self.rows(query).await?;
        for (name, table) in types.iter().filter_map(|row| text(row, "name").zip(text(row, "told"))) {
            let Some(columns) = self.columns.get(&*table) else {
                asked.missed_snmp(reader, &name)?;
                continue;
            };
            let columns: Vec<String> = self.cast(&table, "s", columns.iter().map(String::as_str));
            let query = format!("SELECT {} FROM {} s", columns.join(", "), quoted(&table));
            self.each(&query, |row| reader.snmp(&name, &row)).await?;
        }
        Ok(())
    }

    /// The rows of a question whose columns are all text.
    async fn rows(&mut self, query: &str) -> Result<Vec<Columns>, Failure> {
        let mut rows = Vec::new();
        self.each(query, |row| rows.push(row)).await?;
        Ok(rows)
    }

    /// Gives the rows of such a question on, one by one as they come.
    async fn each(&mut self, query: &str, mut take: impl FnMut(Columns)) -> Result<(), Failure> {
        let mut names: HashMap<usize, String> = HashMap::new();
        let mut stream = sqlx::query(AssertSqlSafe(query)).persistent(false).fetch(&mut self.connection);
        loop {
            match stream.try_next().await {
                Ok(Some(row)) => take(columns(&row, &mut names)),
                Ok(None) => return Ok(()),
                Err(error) => return Err(broken(&error, &self.host)),
            }
        }
    }
}

/// A row as columns of text; what is null or no text is left out.
fn columns(row: &MySqlRow, names: &mut HashMap<usize, String>) -> Columns {
    let mut columns = Columns::new();
    for (at, column) in row.columns().iter().enumerate() {
        if let Ok(Some(text)) = row.try_get_unchecked::<Option<String>, _>(at) {
            let name = names.entry(at).or_insert_with(|| column.name().to_owned());
            columns.insert(name.clone(), Value::String(text));
        }
    }
    columns
}

/// A name between the quotes of MySQL.
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A question that failed once the connection was there.
fn broken(error: &sqlx::Error, host: &str) -> Failure {
    failure(error, host, Class::Incomplete, "broke off in the middle of an answer")
}

/// What an error of the database means; `class` and `what` are for a connection that failed. The server's own words
/// may hold a login and are not repeated, but for the table that it misses.
fn failure(error: &sqlx::Error, host: &str, class: Class, what: &str) -> Failure {
    if matches!(error, sqlx::Error::Tls(_)) || is_tls(error) {
        let cause =
            anyhow!("{error}").context(format!("{host} does not prove who it is, or speaks no TLS that we accept"));
        return Failure::new(Class::Tls, cause);
    }
    let sqlx::Error::Database(told) = error else {
        let is_io = matches!(error, sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed);
        let (class, what) = if is_io { (class, what) } else { (Class::Protocol, "is not understood") };
        return Failure::new(class, anyhow!("{error}").context(format!("{host} {what}")));
    };
    let number = told.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>().map_or(0, |told| told.number());
    let (class, meaning) = match number {
        1045 | 1698 => (Class::Auth, "refuses `login` and `password`".to_owned()),
        1044 | 1142 | 1143 | 1227 | 1370 => (
            Class::Permission,
            "does not let this account read what is needed: see the grants in the README".to_owned(),
        ),
        1130 => (Class::Permission, "lets nobody in from this address".to_owned()),
        1049 => (Class::Protocol, "has no such database: does `url` end in OCS's?".to_owned()),
        1146 => (Class::Protocol, format!("misses a table of OCS: {}", repeated(told.message()))),
        1040 | 1053 | 1203 | 1226 | 1927 | 3024 => (Class::Server, "has too much to do, or is stopping".to_owned()),
        _ => (Class::Server, "failed: its error log says why".to_owned()),
    };
    Failure::new(class, anyhow!("{host} {meaning} (error {number})"))
}
