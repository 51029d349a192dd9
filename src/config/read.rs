//! From the file's tables to what they mean.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail, ensure};
use connectors::keys;
use connectors::rule::Rules;
use connectors::secret::{PseudonymKey, resolve, told_secret};
use domain::entity::EntityTree;
use domain::law::Law;
use domain::record::Text;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::organisation::{Organisation, means_one};
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

/// Keys that are text whatever their value looks like: what the environment tells is else read as a number, a yes or a no.
const TEXTS: &[&str] = &["organisation.name", "organisation.siret", "privacy.pseudonym_key", "store.password"];

/// Characters of a key of pseudonyms at least.
const KEY: usize = 16;

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
    let texts: Vec<(&str, String)> = TEXTS
        .iter()
        .filter_map(|path| {
            let variable = format!("ECOPARC__{}", path.replace('.', "__"));
            let told = environment.iter().find(|(name, _)| name.eq_ignore_ascii_case(&variable));
            told.map(|(_, text)| (*path, text.clone()))
        })
        .collect();
    let builder =
        config::Config::builder().add_source(config::File::from_str(&text, config::FileFormat::Toml)).add_source(
            config::Environment::with_prefix("ECOPARC")
                .prefix_separator("__")
                .separator("__")
                .try_parsing(true)
                .source(Some(environment.into_iter().collect())),
        );
    let told = texts
        .into_iter()
        .try_fold(builder, |builder, (path, text)| builder.set_override(path, text))
        .and_then(|builder| builder.build())
        .and_then(config::Config::try_deserialize::<Table>)
        .with_context(|| format!("cannot understand the configuration {file}"))?;
    let base = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
    understand(told, &base).with_context(|| format!("configuration {file}"))
}

fn understand(mut told: Table, base: &Path) -> anyhow::Result<Config> {
    keys::check(told.keys(), TABLES)?;
    let organisation: Organisation = table(&mut told, "organisation", super::organisation::KEYS)?;
    let entities = super::organisation::entities(&organisation, list(&mut told, "entity")?)?;
    let time_zone = TimeZone::get(&organisation.time_zone)
        .with_context(|| format!("[organisation]: `{}` is not a time zone", organisation.time_zone))?;
    let server = super::server::serve(table(&mut told, "server", super::server::KEYS)?, base)?;
    for token in &server.tokens {
        let place = || format!("[[server.token]] \"{}\": `entities`", token.name);
        token.entities.iter().try_for_each(|name| means_one(&entities, name)).with_context(place)?;
    }
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
    let assumptions = table(&mut told, "assumptions", super::assumptions::KEYS)?;
    let mut assumptions = super::assumptions::assumptions(assumptions).context("[assumptions]")?;
    assumptions.electricity = factors.electricity.unwrap_or_else(|| organisation.country.clone());
    let law = match told.remove("law") {
        None => Law::default(),
        Some(Value::Table(law)) => super::law::law(law).context("[law]")?,
        Some(_) => bail!("`law` is not a table: write [law]"),
    };
    let objectives = super::objective::objectives(list(&mut told, "objective")?)?;
    let notifiers = super::notify::notifiers(list(&mut told, "notify")?, base)?;
    let report: Report = table(&mut told, "report", &["notes"])?;
    let pseudonyms = resolve("pseudonym_key", privacy.pseudonym_key, privacy.pseudonym_key_file, base)
        .and_then(|key| key.map(pseudonym_key).transpose())
        .context("[privacy]")?;
    let mut sources: Vec<Source> = Vec::new();
    for (name, source) in named("source", list(&mut told, "source")?)? {
        ensure!(
            name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')),
            "source \"{name}\": a name is made of letters, digits, `-`, `_` and `.`"
        );
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

/// Whoever has the store and a list of logins could try all short keys.
fn pseudonym_key(key: SecretString) -> anyhow::Result<PseudonymKey> {
    let length = key.expose_secret().trim().chars().count();
    ensure!(length >= KEY, "`pseudonym_key` has fewer than {KEY} characters: take what `openssl rand -hex 32` gives");
    Ok(PseudonymKey::new(key))
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

/// A list of tables, by what is written above each: `[[name]]`, or `[[law.name]]` where `told` is the table `[law]`.
pub(super) fn list(told: &mut Table, path: &str) -> anyhow::Result<Vec<Table>> {
    let name = path.rsplit('.').next().unwrap_or(path);
    let wrong = || anyhow!("`{name}` is not a list of tables: write [[{path}]]");
    match told.remove(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(tables)) => {
            let table = |value| if let Value::Table(table) = value { Ok(table) } else { Err(wrong()) };
            tables.into_iter().map(table).collect()
        }
        Some(_) => Err(wrong()),
    }
}

/// What is told under names, in the order of the file: a table without a name or with that of another is refused.
pub(super) fn named(what: &str, tables: Vec<Table>) -> anyhow::Result<Vec<(String, Table)>> {
    let mut named: Vec<(String, Table)> = Vec::new();
    for (at, table) in tables.into_iter().enumerate() {
        let name = table.get("name").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        ensure!(!name.is_empty(), "[[{what}]] number {}: it has no `name`", at + 1);
        ensure!(named.iter().all(|(other, _)| *other != name), "{what} \"{name}\": the name is taken");
        named.push((name, table));
    }
    Ok(named)
}

pub(super) fn typed<T: DeserializeOwned>(table: Table) -> anyhow::Result<T> {
    table.try_into().map_err(|error: toml::de::Error| anyhow!("{}", error.message().trim()))
}

#[derive(Deserialize)]
struct Report {
    notes: Option<std::path::PathBuf>,
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
    password: Option<SecretString>,
    password_file: Option<std::path::PathBuf>,
    lease: Option<String>,
    history_days: Option<i32>,
}

#[derive(Deserialize)]
struct Privacy {
    #[serde(default, deserialize_with = "told_secret")]
    pseudonym_key: Option<SecretString>,
    pseudonym_key_file: Option<std::path::PathBuf>,
    min_cell: Option<usize>,
}

#[derive(Deserialize)]
struct Factors {
    extra: Option<Vec<std::path::PathBuf>>,
    electricity: Option<String>,
    boaviztapi: Option<String>,
}

#[derive(Deserialize)]
struct RawSource {
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
        means_one(entities, entity).context("`entity`")?;
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
            name: Text::from(context.name.as_str()),
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
