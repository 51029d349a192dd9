//! Asking OCS's REST API. It tells no version, no total and no end, and an answer may lack sections of a machine: ids are
//! listed first, and what is missing or cut short is asked for again.

use std::collections::BTreeSet;

use anyhow::anyhow;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::Asked;
use super::fields::Fields;
use super::machine::{Columns, Machine, SECTIONS};
use super::read::Reader;
use super::repair;
use crate::clock::Clock;
use crate::http::{Client, few_values};
use crate::{Class, Failure, Harvest, Progress};

/// How often one machine is asked for before its answer is given up.
const TURNS: usize = 3;
/// Rows of the SNMP scan a page.
const SNMP_PAGE: usize = 100;

/// Whom to ask, and as whom.
pub struct Api {
    pub client: Client,
    /// `…/ocsapi/v1`, without a slash behind it.
    pub base: String,
    pub login: SecretString,
    pub password: SecretString,
}

/// Asks for everything.
pub async fn collect(api: &Api, asked: &Asked, progress: &Progress) -> Result<Harvest, Failure> {
    progress.step("list", 0);
    // The zone of its dates is told nowhere.
    let clock = Clock { server: None, house: asked.context.time_zone.clone() };
    let mut reader = asked.reader(Fields::of(&[], &[]), clock, false)?;
    reader.note("OCS, over REST: administrative fields go by their numbers, and choices too".to_owned());
    let listed = api.listed().await?;
    progress.step("computers", listed.len() as u64);
    let mut missing = listed.clone();
    let whole = api.pages(asked.page_size, listed.len(), &mut missing, &mut reader, progress).await?;
    if !whole {
        reader.note(
            "OCS cannot list its machines whole (a plugin's table is missing?): asked section by section".to_owned(),
        );
    }
    for id in missing {
        let machine = if whole { api.machine(id).await? } else { api.by_section(id).await? };
        // Merged into another or deleted since it was listed.
        if let Some(machine) = machine {
            reader.machine(&machine);
        }
        progress.add(1);
    }
    if asked.snmp {
        api.snmp(&mut reader).await?;
    }
    Ok(reader.harvest())
}

impl Api {
    /// What a path answers, repaired.
    async fn get(&self, path: &str) -> Result<Value, Failure> {
        let request = self.client.request(Method::GET, &format!("{}/{path}", self.base));
        let request = request
            .basic_auth(self.login.expose_secret(), Some(self.password.expose_secret()))
            .header("Accept", "application/json");
        let what = path.split('?').next().unwrap_or(path).to_owned();
        let answer = self.client.ask(request).await.map_err(|failure| failure.context(what.clone()))?;
        let (class, meaning) = match answer.status {
            200..=299 if answer.is_web_page() => (Class::Protocol, "answered with a web page: is `url` right?"),
            200..=299 => {
                few_values(&answer.body).map_err(|failure| failure.context(what.clone()))?;
                return repair::json(&answer.body).map_err(|error| {
                    let cause = anyhow!("answered with what is not JSON: {error}").context(what);
                    Failure::new(Class::Protocol, cause)
                });
            }
            401 => (Class::Auth, "refuses `login` and `password`"),
            403 => (Class::Permission, "its Apache lets nobody in from this address (zz-ocsinventory-restapi.conf)"),
            404 => (Class::Protocol, "does not know this question: is `url` that of the REST API?"),
            500..=599 => (Class::Server, "failed: the error log of its Apache says why"),
            _ => (Class::Protocol, "refuses the question"),
        };
        Err(Failure::new(class, anyhow!("{meaning} (HTTP {})", answer.status).context(what)))
    }

    /// The ids of all rows of `hardware`, in order.
    async fn listed(&self) -> Result<BTreeSet<u64>, Failure> {
        let told = self.get("computers/listID").await?;
        let Value::Array(rows) = told else { return Err(unexpected("computers/listID")) };
        rows.iter().map(|row| row["ID"].as_u64().ok_or_else(|| unexpected("computers/listID"))).collect()
    }

    /// Reads the machines page by page and takes them from `missing`; false where the server cannot do that.
    async fn pages(
        &self,
        page_size: usize,
        listed: usize,
        missing: &mut BTreeSet<u64>,
        reader: &mut Reader<'_>,
        progress: &Progress,
    ) -> Result<bool, Failure> {
        let mut seen = BTreeSet::new();
        // Machines may arrive meanwhile, but not for ever.
        for start in (0..listed + 10 * page_size).step_by(page_size) {
            let told = match self.get(&format!("computers?start={start}&limit={page_size}")).await {
                Err(failure) if failure.class == Class::Server && start == 0 => return Ok(false),
                told => told?,
            };
            let machines = match told {
                // Past the end.
                Value::Null => return Ok(true),
                Value::Object(machines) if machines.is_empty() => return Ok(true),
                Value::Object(machines) => machines,
                _ => return Err(unexpected("computers")),
            };
            for (id, told) in machines {
                let id: u64 = id.parse().map_err(|_| unexpected("computers"))?;
                let machine = match told {
                    Value::Object(sections) => Machine::of_sections(sections),
                    _ => None,
                };
                // Rows shift when machines come and go; what was cut short is asked for once more.
                match machine.filter(|machine| machine.id() == Some(id)) {
                    Some(machine) if seen.insert(id) => {
                        missing.remove(&id);
                        progress.add(1);
                        reader.machine(&machine);
                    }
                    Some(_) => {}
                    None => drop(missing.insert(id)),
                }
            }
        }
        Err(Failure::new(Class::Protocol, anyhow!("computers: there is no end to its pages")))
    }

    /// One machine, asked for again while its answer is cut short; `None` where there is no such machine any more.
    async fn machine(&self, id: u64) -> Result<Option<Machine>, Failure> {
        for _ in 0..TURNS {
            let Some(sections) = of_machine(self.get(&format!("computer/{id}")).await?, id)? else { return Ok(None) };
            if let Some(machine) = Machine::of_sections(sections) {
                return Ok(Some(machine));
            }
        }
        Err(cut_short(id))
    }

    /// One machine, section by section.
    async fn by_section(&self, id: u64) -> Result<Option<Machine>, Failure> {
        for _ in 0..TURNS {
            let mut whole = Columns::new();
            for section in SECTIONS {
                let told = self.get(&format!("computer/{id}/{section}")).await?;
                let Some(sections) = of_machine(told, id)? else { return Ok(None) };
                whole.extend(sections);
            }
            if let Some(machine) = Machine::of_sections(whole) {
                return Ok(Some(machine));
            }
        }
        Err(cut_short(id))
    }

    /// What the SNMP scan has found. Up to 2.8.1 lists come without the names of their columns.
    async fn snmp(&self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        // An OCS without the scan answers with an empty list.
        let Value::Array(types) = self.get("snmps/typeList").await? else { return Err(unexpected("snmps/typeList")) };
        let text = |row: &Value, key: &str| row[key].as_str().map(str::to_owned);
        for (name, table) in types.iter().filter_map(|row| text(row, "TYPE_NAME").zip(text(row, "TABLE_TYPE_NAME"))) {
            if !table.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                continue;
            }
            let mut start = 0;
            let mut seen = BTreeSet::new();
            loop {
                let path = format!("snmp/{table}?start={start}&limit={SNMP_PAGE}");
                let Value::Array(mut rows) = self.get(&path).await? else { return Err(unexpected(&path)) };
                let told = rows.len();
                rows.retain(|row| seen.insert(row.to_string()));
                // Pages may go on as long as they bring something new.
                if told >= SNMP_PAGE && rows.is_empty() {
                    let cause = anyhow!("snmp/{table}: the same rows came again: its pages have no end");
                    return Err(Failure::new(Class::Incomplete, cause));
                }
                for row in &rows {
                    let row = match row {
                        Value::Object(row) => Some(row.clone()),
                        Value::Array(values) => self.snmp_row(&table, values).await?,
                        _ => None,
                    };
                    if let Some(row) = row {
                        reader.snmp(&name, &row);
                    }
                }
                start += told;
                if told < SNMP_PAGE {
                    break;
                }
            }
        }
        Ok(())
    }

    /// A row with the names of its columns; its id is the first value of the row without them.
    async fn snmp_row(&self, table: &str, values: &[Value]) -> Result<Option<Columns>, Failure> {
        let id = values.first().and_then(Value::as_u64).ok_or_else(|| unexpected("snmp"))?;
        let told = self.get(&format!("snmp/{table}/{id}")).await?;
        Ok(told.get(0).and_then(Value::as_object).cloned())
    }
}

/// The sections of `{"ID": {sections}}`; `None` where it is null: there is no such machine.
fn of_machine(mut told: Value, id: u64) -> Result<Option<Columns>, Failure> {
    if told.is_null() {
        return Ok(None);
    }
    match told.get_mut(id.to_string()).map(Value::take) {
        Some(Value::Object(sections)) => Ok(Some(sections)),
        _ => Err(unexpected("computer")),
    }
}

fn cut_short(id: u64) -> Failure {
    let cause = anyhow!("computer/{id}: sections are missing from its answer, {TURNS} times in a row");
    Failure::new(Class::Incomplete, cause)
}

fn unexpected(what: &str) -> Failure {
    Failure::new(Class::Protocol, anyhow!("{what}: OCS's answer is not understood"))
}
