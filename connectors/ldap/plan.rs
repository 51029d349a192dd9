//! What to read and how: a profile, and what the configuration says instead of it.

use anyhow::{Context as _, anyhow, bail, ensure};
use regex::Regex;
use toml::{Table, Value};

use super::active;
use super::directory::is_filter;
use super::entry::ID_ATTRIBUTES;
use super::place::{Way, attribute};
use super::profile::Profile;
use super::read::{Computers, Pattern, People};
use super::referral::{Scope, Search};
use crate::keys;
use crate::rule::Rules;

/// Everything that is read of a directory.
pub struct Plan {
    pub people: Option<Persons>,
    pub computers: Option<Machines>,
    pub structures: Option<Structures>,
    pub groups: Option<Groups>,
    /// Patterns and the entities that they mean, in the order of the file.
    pub entities: Vec<(Regex, String)>,
}

pub struct Persons {
    pub search: Search,
    /// Only whom this filter finds too is active.
    pub active_filter: Option<String>,
    pub people: People,
    pub attributes: Vec<String>,
}

pub struct Machines {
    pub search: Search,
    pub computers: Computers,
    pub attributes: Vec<String>,
}

pub struct Structures {
    pub search: Search,
    pub code: String,
    pub parent: Vec<String>,
    pub label: Vec<String>,
}

pub struct Groups {
    pub search: Search,
    pub name: String,
    /// None: members tell their groups themselves.
    pub member: Option<String>,
    pub pattern: Option<Regex>,
}

/// One table of the configuration, beside what its profile says.
struct Keys(Table);

impl Keys {
    /// `None` for `false`; an empty one for `true` or nothing.
    fn read(told: Option<Value>, usual: bool, known: &[&str]) -> anyhow::Result<Option<Self>> {
        let table = match told {
            None if usual => Table::new(),
            None | Some(Value::Boolean(false)) => return Ok(None),
            Some(Value::Boolean(true)) => Table::new(),
            Some(Value::Table(table)) => table,
            Some(_) => bail!("is false, or a table"),
        };
        keys::check(table.keys(), known)?;
        Ok(Some(Self(table)))
    }

    /// A text; `usual` where there is none.
    fn text(&self, key: &str, usual: &str) -> anyhow::Result<String> {
        match self.0.get(key) {
            None => Ok(usual.to_owned()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(_) => bail!("`{key}` is not a text"),
        }
    }

    /// `cn`, or several of which the first counts that is told: `dNSHostName|cn`. None for an empty text.
    fn attributes(&self, key: &str, usual: &str) -> anyhow::Result<Vec<String>> {
        let told = self.text(key, usual)?;
        let names = told.split('|').filter(|name| !name.trim().is_empty());
        names.map(|name| attribute(name).map_err(|wrong| anyhow!("`{key}`: {wrong}"))).collect()
    }

    /// A path, of one part or several.
    fn way(&self, key: &str, usual: &str) -> anyhow::Result<Way> {
        let parts = match self.0.get(key) {
            Some(Value::Array(parts)) => parts
                .iter()
                .map(|part| part.as_str().map(str::to_owned).with_context(|| format!("`{key}` is not of texts")))
                .collect::<anyhow::Result<_>>()?,
            _ => vec![self.text(key, usual)?],
        };
        Way::read(&parts).map_err(|wrong| anyhow!("`{key}`: {wrong}"))
    }

    fn filter(&self, key: &str, usual: &str) -> anyhow::Result<String> {
        let filter = self.text(key, usual)?;
        ensure!(filter.is_empty() || is_filter(&filter), "`{key}` is not a filter (RFC 4515): `{filter}`");
        Ok(filter)
    }

    fn search(&self, usual: &str, base: Option<&str>) -> anyhow::Result<Search> {
        let base = self.text("base", base.unwrap_or_default())?;
        ensure!(!base.trim().is_empty(), "`base` is missing, here or for the whole source");
        let scope = match self.text("scope", "subtree")?.as_str() {
            "subtree" => Scope::Subtree,
            "one" => Scope::One,
            other => bail!("`scope` is `subtree` or `one`, not `{other}`"),
        };
        let filter = self.filter("filter", usual)?;
        ensure!(!filter.is_empty(), "`filter` is missing");
        Ok(Search { base, filter, scope })
    }

    /// Tables of attribute and pattern.
    fn patterns(&self, key: &str, usual: &[&[(&str, &str)]]) -> anyhow::Result<Vec<Pattern>> {
        let pattern = |told: &str| Regex::new(told).with_context(|| format!("`{key}`: `{told}` is not a pattern"));
        let Some(told) = self.0.get(key) else {
            let one = |line: &&[(&str, &str)]| {
                let all = line.iter().map(|(name, told)| Ok(((*name).to_owned(), pattern(told)?)));
                all.collect::<anyhow::Result<Vec<_>>>().map(Pattern)
            };
            return usual.iter().map(one).collect();
        };
        let lines = told.as_array().with_context(|| format!("`{key}` is a list of tables"))?;
        let mut patterns = Vec::new();
        for line in lines {
            let line = line.as_table().filter(|line| !line.is_empty());
            let line = line.with_context(|| format!("`{key}` is a list of tables of attribute and pattern"))?;
            let mut all = Vec::new();
            for (name, told) in line {
                let name = attribute(name).map_err(|wrong| anyhow!("`{key}`: {wrong}"))?;
                let told = told.as_str().with_context(|| format!("`{key}`: `{name}` is not a text"))?;
                all.push((name, pattern(told)?));
            }
            patterns.push(Pattern(all));
        }
        Ok(patterns)
    }
}

/// The attributes that patterns look at.
fn looked_at(patterns: &[Pattern]) -> impl Iterator<Item = &str> {
    let names = patterns.iter().flat_map(|pattern| &pattern.0).map(|(name, _)| name.as_str());
    names.filter(|name| !matches!(*name, "login" | "dn"))
}

/// Each once, with those of ids and of what says that an account is enabled. Nothing else is ever asked for.
fn asked<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut asked: Vec<String> = Vec::new();
    for name in ID_ATTRIBUTES.into_iter().chain(active::ATTRIBUTES).chain(names) {
        if !asked.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            asked.push(name.to_owned());
        }
    }
    asked
}

pub fn people(told: Option<Value>, profile: &Profile, base: Option<&str>) -> anyhow::Result<Option<Persons>> {
    const KNOWN: &[&str] = &[
        "base",
        "filter",
        "scope",
        "active_filter",
        "login",
        "entity",
        "department",
        "employee_type",
        "exclude",
        "only",
    ];
    let Some(keys) = Keys::read(told, true, KNOWN)? else { return Ok(None) };
    let usual = &profile.people;
    let people = People {
        login: keys.attributes("login", usual.login)?,
        entity: keys.way("entity", usual.entity)?,
        department: keys.way("department", usual.department)?,
        employee_type: keys.attributes("employee_type", usual.employee_type)?,
        exclude: keys.patterns("exclude", usual.exclude)?,
        only: keys.patterns("only", usual.only)?,
    };
    ensure!(!people.login.is_empty(), "`login` is missing");
    let names = people.login.iter().chain(&people.employee_type).map(String::as_str);
    let names = names.chain(people.entity.attributes()).chain(people.department.attributes());
    let attributes = asked(names.chain(looked_at(&people.exclude)).chain(looked_at(&people.only)));
    let active_filter = Some(keys.filter("active_filter", "")?).filter(|filter| !filter.is_empty());
    Ok(Some(Persons { search: keys.search(usual.filter, base)?, active_filter, people, attributes }))
}

pub fn computers(
    told: Option<Value>,
    profile: &Profile,
    base: Option<&str>,
    rules: &Rules,
) -> anyhow::Result<Option<Machines>> {
    const KNOWN: &[&str] = &[
        "base",
        "filter",
        "scope",
        "name",
        "serial",
        "mac",
        "operating_system",
        "operating_system_version",
        "last_seen",
        "location",
        "entity",
        "department",
        "owner",
        "exclude",
    ];
    let Some(keys) = Keys::read(told, true, KNOWN)? else { return Ok(None) };
    let usual = &profile.computers;
    let computers = Computers {
        name: keys.attributes("name", usual.name)?,
        serial: keys.attributes("serial", usual.serial)?,
        mac: keys.attributes("mac", usual.mac)?,
        operating_system: keys.attributes("operating_system", usual.operating_system)?,
        operating_system_version: keys.attributes("operating_system_version", usual.operating_system_version)?,
        last_seen: keys.attributes("last_seen", usual.last_seen)?,
        location: keys.attributes("location", usual.location)?,
        entity: keys.way("entity", usual.entity)?,
        department: keys.way("department", usual.department)?,
        owner: keys.attributes("owner", usual.owner)?,
        exclude: keys.patterns("exclude", &[])?,
    };
    ensure!(!computers.name.is_empty(), "`name` is missing");
    // What rules look at besides.
    let named = rules.0.iter().flat_map(|rule| &rule.when).filter_map(|(field, _)| field.strip_prefix("field."));
    let named = named.map(|name| attribute(name).map_err(|wrong| anyhow!("a rule names `field.{name}`: {wrong}")));
    let named = named.collect::<anyhow::Result<Vec<_>>>()?;
    let Computers {
        name, serial, mac, operating_system, operating_system_version, last_seen, location, owner, ..
    } = &computers;
    let lists = [name, serial, mac, operating_system, operating_system_version, last_seen, location, owner, &named];
    let names = lists.into_iter().flatten().map(String::as_str);
    let names = names.chain(computers.entity.attributes()).chain(computers.department.attributes());
    let attributes = asked(names.chain(looked_at(&computers.exclude)));
    Ok(Some(Machines { search: keys.search(usual.filter, base)?, computers, attributes }))
}

pub fn structures(told: Option<Value>, profile: &Profile, base: Option<&str>) -> anyhow::Result<Option<Structures>> {
    let usual = &profile.structures;
    const KNOWN: &[&str] = &["base", "filter", "scope", "code", "parent", "label"];
    let Some(keys) = Keys::read(told, !usual.filter.is_empty(), KNOWN)? else { return Ok(None) };
    let code = keys.attributes("code", usual.code)?.into_iter().next().context("`code` is missing")?;
    let label = keys.attributes("label", usual.label)?;
    ensure!(!label.is_empty(), "`label` is missing");
    let parent = keys.attributes("parent", usual.parent)?;
    Ok(Some(Structures { search: keys.search(usual.filter, base)?, code, parent, label }))
}

pub fn groups(told: Option<Value>, profile: &Profile, base: Option<&str>) -> anyhow::Result<Option<Groups>> {
    let usual = &profile.groups;
    let Some(keys) = Keys::read(told, false, &["base", "filter", "scope", "name", "member", "match"])? else {
        return Ok(None);
    };
    let pattern = keys.text("match", "")?;
    let pattern =
        (!pattern.is_empty()).then(|| Regex::new(&pattern).context("`match` is not a pattern")).transpose()?;
    let name = keys.attributes("name", usual.name)?.into_iter().next().context("`name` is missing")?;
    let member = keys.attributes("member", usual.member)?.into_iter().next();
    // Of `posixGroup` (RFC 2307).
    ensure!(
        !member.as_ref().is_some_and(|member| member.eq_ignore_ascii_case("memberUid")),
        "`member`: `memberUid` holds logins, and groups are followed by the names of entries: `member`, `uniqueMember`, \
         or none (`member = \"\"`) where people tell `memberOf`"
    );
    Ok(Some(Groups { search: keys.search(usual.filter, base)?, name, member, pattern }))
}
