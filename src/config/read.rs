//! From the file's tables to what they mean.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail, ensure};
use connectors::keys;
use connectors::rule::Rules;
use connectors::secret::{PseudonymKey, resolve, told_secret};
use domain::assumption::{Allocation, Assumptions};
use domain::entity::{Entity, EntityId, EntityTree, ROOT};
use domain::identity::is_siret;
use domain::law::Law;
use domain::quantity::Years;
use domain::record::Text;
use domain::word::{Kind, Word};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::schedule::duration;
use super::{Config, Schedule, Source};
use crate::store::Place;

const TABLES: &[&str] = &[
    "organisation",
    "entity",
    "server",
    "metrics",
    "store",
    "privacy",
    "factors",
    "assumptions",
    "law",
    "notify",
    "objective",
    "report",
    "room",
    "source",
];

/// The keys of a source that are the frame's; all others are its connector's.
const FRAME: &[&str] = &[
    "name",
    "type",
    "schedule",
    "every",
    "timeout",
    "stale_after",
    "creates",
    "entity",
    "realm",
    "unlisted_after",
    "exits_recorded_since",
    "allow_shrink",
    "link",
    "rule",
];

/// The line of a text in which something is wrong, from 1.
pub fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    1 + before.matches('\n').count()
}

pub fn load(path: &Path, environment: BTreeMap<String, String>) -> anyhow::Result<Config> {
    let file = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the configuration {file}"))?;
    // What is wrong is told without the line that it is in: a secret may be there.
    let parsed = text
        .parse::<Table>()
        .map_err(|error| anyhow!("line {}: {}", line_of(&text, &error), error.message().trim().replace('\n', " ")));
    parsed.with_context(|| format!("cannot understand the configuration {file}"))?;
    let told = config::Config::builder()
        .add_source(config::File::from_str(&text, config::FileFormat::Toml))
        .add_source(
            config::Environment::with_prefix("ECOPARC")
                .prefix_separator("__")
                .separator("__")
                .try_parsing(true)
                .source(Some(environment.into_iter().collect())),
        )
        .build()
        .and_then(config::Config::try_deserialize::<Table>)
        .with_context(|| format!("cannot understand the configuration {file}"))?;
    let base = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
    understand(told, &base).with_context(|| format!("configuration {file}"))
}

fn understand(mut told: Table, base: &Path) -> anyhow::Result<Config> {
    keys::check(told.keys(), TABLES)?;
    let organisation: Organisation = table(&mut told, "organisation", ORGANISATION)?;
    let entities = entities(&organisation, list(&mut told, "entity")?)?;
    let time_zone = TimeZone::get(&organisation.time_zone)
        .with_context(|| format!("[organisation]: `{}` is not a time zone", organisation.time_zone))?;
    let server = super::server::serve(table(&mut told, "server", super::server::KEYS)?, base)?;
    let metrics: Metrics = table(&mut told, "metrics", &["entity_depth", "max_series"])?;
    let store: Store = table(&mut told, "store", &["url", "password", "password_file", "lease", "history_days"])?;
    let history_days = store.history_days.unwrap_or(3650);
    ensure!((1..=36_525).contains(&history_days), "[store]: `history_days` lies between 1 and 36525");
    let lease = duration(store.lease.as_deref().unwrap_or("30s")).context("[store]: `lease`")?;
    ensure!((2..=600).contains(&lease.as_secs()), "[store]: `lease` is between 2s and 10m");
    let store_password = resolve("password", store.password, store.password_file, base).context("[store]")?;
    let privacy: Privacy = table(&mut told, "privacy", &["pseudonym_key", "pseudonym_key_file", "min_cell"])?;
    let factors: Factors = table(&mut told, "factors", &["extra", "electricity", "boaviztapi"])?;
    let boaviztapi = factors.boaviztapi.as_deref().map(super::address::address).transpose();
    let boaviztapi = boaviztapi.context("[factors]: `boaviztapi`")?;
    let mut assumptions = assumptions(table(&mut told, "assumptions", ASSUMPTIONS)?)?;
    if let Some(country) = factors.electricity {
        assumptions.electricity = country;
    }
    let law = match told.remove("law") {
        None => Law::default(),
        Some(Value::Table(law)) => super::law::law(law).context("[law]")?,
        Some(_) => bail!("`law` is not a table: write [law]"),
    };
    let objectives = super::objective::objectives(list(&mut told, "objective")?)?;
    let notifiers = super::notify::notifiers(list(&mut told, "notify")?, base)?;
    let report: Report = table(&mut told, "report", &["notes"])?;
    let pseudonyms = resolve("pseudonym_key", privacy.pseudonym_key, privacy.pseudonym_key_file, base)
        .context("[privacy]")?
        .map(PseudonymKey::new);
    let mut sources: Vec<Source> = Vec::new();
    for (at, source) in list(&mut told, "source")?.into_iter().enumerate() {
        let name = source.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        ensure!(!name.is_empty(), "[[source]] number {}: it has no `name`", at + 1);
        ensure!(
            name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')),
            "source \"{name}\": a name is made of letters, digits, `-`, `_` and `.`"
        );
        ensure!(sources.iter().all(|other| *other.told.name != *name), "source \"{name}\": the name is taken");
        let context = connectors::Context {
            name: name.clone(),
            base: base.to_path_buf(),
            time_zone: time_zone.clone(),
            pseudonyms: pseudonyms.clone(),
            year_of: law.year_of,
            rules: Rules::default(),
        };
        sources.push(open(source, context, &entities).with_context(|| format!("source \"{name}\""))?);
    }
    let rooms = super::room::rooms(list(&mut told, "room")?, &sources)?;
    Ok(Config {
        time_zone,
        entities,
        server,
        entity_depth: metrics.entity_depth.unwrap_or(1),
        max_series: metrics.max_series.unwrap_or(20_000),
        store: Place {
            url: store.url.unwrap_or_else(|| "sqlite://ecoparc.db".to_owned()),
            base: base.to_path_buf(),
            password: store_password,
            lease,
        },
        history_days,
        pseudonyms,
        min_cell: privacy.min_cell.unwrap_or(5),
        extra_factors: factors.extra.unwrap_or_default().into_iter().map(|folder| base.join(folder)).collect(),
        boaviztapi,
        assumptions,
        law,
        objectives,
        report_notes: report.notes.map(|folder| base.join(folder)),
        notifiers,
        rooms,
        sources,
    })
}

/// One table as a struct; a missing table is an empty one.
fn table<T: DeserializeOwned>(told: &mut Table, name: &str, known: &[&str]) -> anyhow::Result<T> {
    let table = match told.remove(name) {
        None => Table::new(),
        Some(Value::Table(table)) => table,
        Some(_) => bail!("`{name}` is not a table: write [{name}]"),
    };
    keys::check(table.keys(), known).with_context(|| format!("[{name}]"))?;
    typed(table).with_context(|| format!("[{name}]"))
}

/// A list of tables: `[[name]]`.
fn list(told: &mut Table, name: &str) -> anyhow::Result<Vec<Table>> {
    match told.remove(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(tables)) => tables
            .into_iter()
            .map(|table| match table {
                Value::Table(table) => Ok(table),
                _ => bail!("`{name}` is not a list of tables: write [[{name}]]"),
            })
            .collect(),
        Some(_) => bail!("`{name}` is not a list of tables: write [[{name}]]"),
    }
}

pub(super) fn typed<T: DeserializeOwned>(table: Table) -> anyhow::Result<T> {
    table.try_into().map_err(|error: toml::de::Error| anyhow::anyhow!("{}", error.message().trim()))
}

const ORGANISATION: &[&str] = &["name", "siret", "country", "time_zone", "legal_subject", "population"];

#[derive(Deserialize)]
struct Report {
    notes: Option<std::path::PathBuf>,
}

#[derive(Deserialize)]
struct Organisation {
    #[serde(default = "an_organisation")]
    name: String,
    siret: Option<String>,
    #[serde(default = "france")]
    country: String,
    #[serde(default = "paris")]
    time_zone: String,
    #[serde(default = "yes")]
    legal_subject: bool,
    population: Option<u32>,
}

fn an_organisation() -> String {
    "organisation".to_owned()
}

fn france() -> String {
    "FR".to_owned()
}

fn paris() -> String {
    "Europe/Paris".to_owned()
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct RawEntity {
    id: String,
    name: Option<String>,
    parent: Option<String>,
    siret: Option<String>,
    #[serde(default = "yes")]
    legal_subject: bool,
    population: Option<u32>,
    #[serde(default)]
    aliases: Vec<String>,
}

fn checked_siret(siret: Option<String>) -> anyhow::Result<Option<Text>> {
    match siret {
        Some(siret) if !is_siret(&siret) => {
            bail!("siret `{siret}`: a SIRET has 14 digits, the last of them a check key that this one fails")
        }
        siret => Ok(siret.map(Text::from)),
    }
}

/// The organisation and its entities, parents before children.
fn entities(organisation: &Organisation, tables: Vec<Table>) -> anyhow::Result<EntityTree> {
    ensure!(
        organisation.country.len() == 2,
        "[organisation]: country `{}` is not a two-letter code",
        organisation.country
    );
    let root = Entity {
        id: Text::from(organisation.name.as_str()),
        name: Text::from(organisation.name.as_str()),
        siret: checked_siret(organisation.siret.clone()).context("[organisation]")?,
        legal_subject: organisation.legal_subject,
        population: organisation.population,
        configured: true,
        ..Entity::default()
    };
    let mut waiting = Vec::new();
    for table in tables {
        let id = table.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let known = &["id", "name", "parent", "siret", "legal_subject", "population", "aliases"];
        let place = || format!("entity \"{id}\"");
        keys::check(table.keys(), known).with_context(place)?;
        let raw: RawEntity = typed(table).with_context(place)?;
        ensure!(!raw.id.trim().is_empty(), "[[entity]]: an id may not be empty");
        ensure!(raw.id != "other" && raw.id != "unknown", "entity \"{id}\": this id is ecoparc's own");
        ensure!(waiting.iter().all(|other: &RawEntity| other.id != raw.id), "entity \"{id}\": the id is taken");
        checked_siret(raw.siret.clone()).with_context(place)?;
        waiting.push(raw);
    }
    for raw in &waiting {
        if let Some(parent) = &raw.parent {
            let ids: Vec<&str> = waiting.iter().map(|other| other.id.as_str()).collect();
            ensure!(
                ids.contains(&parent.as_str()),
                "entity \"{}\": there is no parent `{parent}`{}",
                raw.id,
                keys::meant(parent, &ids)
            );
        }
    }
    let mut tree = EntityTree { nodes: vec![root] };
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for raw in waiting {
            let parent = match &raw.parent {
                None => Some(ROOT),
                Some(parent) => tree
                    .nodes
                    .iter()
                    .skip(1)
                    .position(|known| *known.id == **parent)
                    .map(|at| EntityId(at as u32 + 1)),
            };
            let Some(parent) = parent else {
                later.push(raw);
                continue;
            };
            tree.nodes.push(Entity {
                name: Text::from(raw.name.as_deref().unwrap_or(&raw.id)),
                id: Text::from(raw.id),
                parent: Some(parent),
                siret: raw.siret.map(Text::from),
                legal_subject: raw.legal_subject,
                population: raw.population,
                aliases: raw.aliases.into_iter().map(Text::from).collect(),
                configured: true,
            });
        }
        waiting = later;
        if waiting.len() == before {
            bail!("entity \"{}\": its parents go round in a circle", waiting[0].id);
        }
    }
    Ok(tree)
}

#[derive(Deserialize)]
struct Metrics {
    entity_depth: Option<usize>,
    max_series: Option<usize>,
}

#[derive(Deserialize)]
struct Store {
    url: Option<String>,
    #[serde(default, deserialize_with = "told_secret")]
    password: Option<secrecy::SecretString>,
    password_file: Option<std::path::PathBuf>,
    lease: Option<String>,
    history_days: Option<i32>,
}

#[derive(Deserialize)]
struct Privacy {
    pseudonym_key: Option<secrecy::SecretString>,
    pseudonym_key_file: Option<std::path::PathBuf>,
    min_cell: Option<usize>,
}

#[derive(Deserialize)]
struct Factors {
    extra: Option<Vec<std::path::PathBuf>>,
    electricity: Option<String>,
    boaviztapi: Option<String>,
}

const ASSUMPTIONS: &[&str] = &[
    "server_room_pue",
    "lifetime_years",
    "refurbished_allocation",
    "common_error",
    "power_gap_minutes",
    "measured_days",
    "second_life_years",
];

#[derive(Deserialize)]
struct RawAssumptions {
    server_room_pue: Option<f64>,
    #[serde(default)]
    lifetime_years: BTreeMap<String, f64>,
    refurbished_allocation: Option<String>,
    common_error: Option<f64>,
    power_gap_minutes: Option<f64>,
    measured_days: Option<f64>,
    second_life_years: Option<f64>,
}

fn assumptions(raw: RawAssumptions) -> anyhow::Result<Assumptions> {
    let mut assumptions = Assumptions::default();
    if let Some(pue) = raw.server_room_pue {
        ensure!((1.0..=10.0).contains(&pue), "[assumptions]: a PUE of {pue} cannot be: it is 1 or more");
        assumptions.server_room_pue = pue;
        assumptions.told.push("server_room_pue");
    }
    for (kind, years) in raw.lifetime_years {
        let names: Vec<&str> = Kind::ALL.iter().map(|(_, name)| *name).collect();
        let known = Kind::parse(&kind).with_context(|| {
            format!("[assumptions]: `lifetime_years.{kind}` is not a kind{}", keys::meant(&kind, &names))
        })?;
        ensure!((0.1..=50.0).contains(&years), "[assumptions]: a lifetime of {years} years cannot be");
        assumptions.set_lifetime(known, Years(years));
    }
    if let Some(allocation) = raw.refurbished_allocation {
        assumptions.allocation = Allocation::parse(&allocation).with_context(|| {
            format!("[assumptions]: `refurbished_allocation` is `time` or `cutoff`, not `{allocation}`")
        })?;
    }
    if let Some(common) = raw.common_error {
        ensure!((0.0..=1.0).contains(&common), "[assumptions]: `common_error` lies between 0 and 1");
        assumptions.common_error = common;
        assumptions.told.push("common_error");
    }
    if let Some(minutes) = raw.power_gap_minutes {
        ensure!((1.0..=1440.0).contains(&minutes), "[assumptions]: `power_gap_minutes` lies between 1 and 1440");
        assumptions.power_gap_minutes = minutes;
        assumptions.told.push("power_gap_minutes");
    }
    if let Some(days) = raw.measured_days {
        ensure!((1.0..=365.0).contains(&days), "[assumptions]: `measured_days` lies between 1 and 365");
        assumptions.measured_days = days;
        assumptions.told.push("measured_days");
    }
    if let Some(years) = raw.second_life_years {
        ensure!((0.0..=20.0).contains(&years), "[assumptions]: `second_life_years` lies between 0 and 20");
        assumptions.second_life_years = years;
        assumptions.told.push("second_life_years");
    }
    Ok(assumptions)
}

#[derive(Deserialize)]
struct RawSource {
    name: String,
    r#type: String,
    schedule: Option<String>,
    every: Option<String>,
    timeout: Option<String>,
    stale_after: Option<String>,
    creates: Option<bool>,
    entity: Option<String>,
    realm: Option<String>,
    unlisted_after: Option<String>,
    exits_recorded_since: Option<String>,
    allow_shrink: Option<bool>,
    link: Option<String>,
    #[serde(default)]
    rule: Vec<Value>,
}

fn open(mut told: Table, mut context: connectors::Context, entities: &EntityTree) -> anyhow::Result<Source> {
    let own: Table = {
        let (frame, own): (Table, Table) = told.into_iter().partition(|(key, _)| FRAME.contains(&key.as_str()));
        told = frame;
        own
    };
    ensure!(told.contains_key("type"), "it has no `type`");
    let raw: RawSource = typed(told)?;
    let names: Vec<&str> = connectors::ALL.iter().map(|connector| connector.name).collect();
    let connector = connectors::named(&raw.r#type)
        .with_context(|| format!("there is no type `{}`{}", raw.r#type, keys::meant(&raw.r#type, &names)))?;
    let time = |key: &str, told: Option<&str>, default: &str| {
        duration(told.unwrap_or(default)).with_context(|| format!("`{key}`"))
    };
    if let Some(entity) = &raw.entity {
        let ids: Vec<&str> = entities.nodes.iter().map(|entity| &*entity.id).collect();
        ensure!(ids.contains(&entity.as_str()), "there is no entity `{entity}`{}", keys::meant(entity, &ids));
    }
    if let Some(link) = &raw.link {
        let http = link.starts_with("https://") || link.starts_with("http://");
        ensure!(
            http && link.contains("{id}"),
            "`link`: write https://… with {{id}} in it, and {{type}} where it is needed"
        );
    }
    context.rules = Rules::read(&raw.rule, connector.reports)?;
    let rules = context.rules.0.iter().enumerate().map(|(at, rule)| rule_name(at, rule)).collect();
    let exits_recorded_since = raw
        .exits_recorded_since
        .map(|day| day.parse().with_context(|| format!("`exits_recorded_since`: `{day}` is not a date (2021-01-01)")))
        .transpose()?;
    Ok(Source {
        told: domain::testimony::Source {
            name: Text::from(raw.name.as_str()),
            creates: raw.creates.unwrap_or(connector.creates),
            realm: Text::from(raw.realm.unwrap_or_default()),
            entity: raw.entity.map(Text::from),
            unlisted_after: i64::try_from(time("unlisted_after", raw.unlisted_after.as_deref(), "90d")?.as_secs())?,
            exits_recorded_since,
        },
        connector: connector.name,
        schedule: Schedule::read(raw.schedule.as_deref(), raw.every.as_deref())?,
        timeout: time("timeout", raw.timeout.as_deref(), "5m")?,
        stale_after: time("stale_after", raw.stale_after.as_deref(), "24h")?,
        allow_shrink: raw.allow_shrink.unwrap_or(false),
        link: raw.link,
        rules,
        asks: Arc::from((connector.open)(own, context)?),
    })
}

/// What a rule is called in `ecoparc_rule_matches`: its number, counted from 1, and what it sets.
fn rule_name(at: usize, rule: &connectors::rule::Rule) -> String {
    let set: Vec<String> = rule.set.iter().map(|(field, value)| format!("{field}={value}")).collect();
    format!("{} {}", at + 1, set.join(" "))
}
