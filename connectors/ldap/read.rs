//! Entries of a directory as observations, headcounts and accounts. Pure: entries in, a harvest out, without anything
//! that names a person.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use domain::account::Account;
use domain::headcount::Headcount;
use domain::observation::{Facts, Observation};
use domain::packed::Packed;
use domain::record::Text;
use domain::testimony::Line;
use jiff::Timestamp;
use regex::Regex;
use sha2::{Digest, Sha256};

use super::entry::Entry;
use super::place::{Places, Way};
use super::{active, dn, time};
use crate::rule::EXTRA;
use crate::{Context, Harvest, Reject};

/// The fields that a rule's `when` can name; `field.ATTRIBUTE` is any attribute of a computer.
pub static REPORTS: &[&str] = &[
    "name",
    "serial",
    "ou",
    "department",
    "location",
    "operating_system",
    "operating_system_version",
    "enabled",
    EXTRA,
];

/// The reported fields whose values are worth a rule, and are counted.
static COUNTED: &[&str] = &["ou", "location", "operating_system"];

/// What stands for a department that nobody tells: a headcount without any would be its entity's total.
const UNKNOWN: &str = "unknown";

/// Patterns over attributes, `login` and `dn`; all must match.
#[derive(Clone, Debug)]
pub struct Pattern(pub Vec<(String, Regex)>);

/// Whom to read as people, and how.
#[derive(Clone, Debug)]
pub struct People {
    pub login: Vec<String>,
    pub entity: Way,
    pub department: Way,
    pub employee_type: Vec<String>,
    pub exclude: Vec<Pattern>,
    pub only: Vec<Pattern>,
}

/// What to read as computers, and how. Each list is attributes, of which the first that is told counts.
#[derive(Clone, Debug)]
pub struct Computers {
    pub name: Vec<String>,
    pub serial: Vec<String>,
    pub mac: Vec<String>,
    pub operating_system: Vec<String>,
    pub operating_system_version: Vec<String>,
    pub last_seen: Vec<String>,
    pub location: Vec<String>,
    pub entity: Way,
    pub department: Way,
    pub owner: Vec<String>,
    pub exclude: Vec<Pattern>,
}

/// What entries are read with, and the harvest they make.
pub struct Reader<'a> {
    context: &'a Context,
    now: Timestamp,
    /// Structures and groups are learned before people and computers.
    pub places: Places,
    /// Pseudonyms of people by their normal names, for those who hold a computer.
    holders: HashMap<String, Text>,
    /// Where each of those counted works, by their logins as [`Login`]s.
    agents: HashMap<Login, Place>,
    accounts: BTreeMap<Text, Account>,
    persons: Persons,
    harvest: Harvest,
}

/// A login that cannot be read back: kept while reading, with and without a key for pseudonyms.
type Login = [u8; 32];

/// A department that is told goes before none, so that of several entries of one login always the same one counts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    is_unknown: bool,
    entity: Option<Text>,
    department: Text,
}

/// How many people were read, and why they were not counted.
#[derive(Default)]
struct Persons {
    read: usize,
    nameless: usize,
    again: usize,
    disabled: usize,
    excluded: usize,
    others: usize,
}

impl<'a> Reader<'a> {
    /// A reader for one source; what has an end has it before or after `now`.
    pub fn new(context: &'a Context, places: Places, now: Timestamp) -> Self {
        Self {
            context,
            now,
            places,
            holders: HashMap::new(),
            agents: HashMap::new(),
            accounts: BTreeMap::new(),
            persons: Persons::default(),
            harvest: Harvest { tally: context.rules.tally(), ..Harvest::default() },
        }
    }

    /// Something an operator should know of what could be read.
    pub fn note(&mut self, note: String) {
        self.harvest.notes.push(note);
    }

    /// Reads a person; `chosen` where the operator's own filter finds it active, or there is none.
    pub fn person(&mut self, people: &People, entry: &Entry, chosen: bool) {
        self.persons.read += 1;
        let rejects = &mut self.harvest.rejects;
        let place = || format!("person/{}", entry.id().unwrap_or_else(|| "without id".to_owned()));
        let enabled = active::enabled(entry, self.now, |attribute, reason| {
            rejects.push(Reject {
                place: place(),
                column: Some(attribute.to_owned()),
                reason: format!("{reason}: taken for untold"),
            });
        });
        let enabled = chosen && enabled.unwrap_or(true);
        let department = self.places.told(&people.department, entry);
        let entity = self.places.entity(&people.entity, &people.department, entry);
        let login = entry.first(&people.login);
        if let (Some(key), Some(login)) = (&self.context.pseudonyms, login)
            && let Some(pseudonym) = key.of(login)
        {
            self.holders.insert(dn::normal(&entry.dn), pseudonym.clone());
            let told = Account {
                user: Some(pseudonym.clone()),
                entity: entity.clone(),
                department: department.clone(),
                enabled: Some(enabled),
            };
            // Of two accounts of one login the one that may be used.
            if enabled || !self.accounts.contains_key(&pseudonym) {
                self.accounts.insert(pseudonym, told);
            }
        }
        // A contact of an address book: nobody who works here goes without one.
        let Some(login) = login else {
            self.persons.nameless += 1;
            return;
        };
        let matches = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(entry, Some(login)));
        if !enabled {
            self.persons.disabled += 1;
        } else if matches(&people.exclude) {
            self.persons.excluded += 1;
        } else if !people.only.is_empty() && !matches(&people.only) {
            self.persons.others += 1;
        } else {
            let known = Sha256::digest(login.to_lowercase().as_bytes()).into();
            let place = Place {
                is_unknown: department.is_none(),
                entity: entity.clone(),
                department: department.clone().unwrap_or_else(|| Text::from(UNKNOWN)),
            };
            if let Some(there) = self.agents.get_mut(&known) {
                self.persons.again += 1;
                if place < *there {
                    *there = place;
                }
                return;
            }
            self.agents.insert(known, place);
            let tally = &mut self.harvest.tally;
            for kind in people.employee_type.iter().flat_map(|name| entry.texts(name)) {
                tally.count("employee_type", kind);
            }
            for (field, told) in [("department", &department), ("entity", &entity)] {
                if let Some(told) = told {
                    tally.count(field, told);
                }
            }
            if let Some(units) = dn::units(&entry.dn) {
                tally.count("ou", &units);
            }
        }
    }

    /// Reads a computer, after all people who may hold it.
    pub fn computer(&mut self, computers: &Computers, entry: &Entry) {
        if computers.exclude.iter().any(|pattern| pattern.matches(entry, None)) {
            return;
        }
        let native = format!("computer/{}", entry.id().unwrap_or_else(|| digest(&dn::normal(&entry.dn))));
        let (rejects, now) = (&mut self.harvest.rejects, self.now);
        let mut garbage = |attribute: &str, reason: &str| {
            rejects.push(Reject {
                place: native.clone(),
                column: Some(attribute.to_owned()),
                reason: format!("{reason}: taken for untold"),
            });
        };
        let told = |names: &[String]| entry.first(names).and_then(Text::of);
        let last_seen = computers.last_seen.iter().find_map(|name| Some((name, entry.text(name)?)));
        let last_seen = last_seen.and_then(|(name, told)| match time::moment(told) {
            Ok(moment) => moment,
            Err(reason) => {
                garbage(name, reason);
                None
            }
        });
        let macs: Vec<&str> = computers.mac.iter().flat_map(|name| entry.texts(name)).collect();
        let mut facts = Facts {
            // The domain's part of a full name is the same for all.
            hostname: told(&computers.name).and_then(|name| Text::of(name.split('.').next().unwrap_or_default())),
            serial: told(&computers.serial),
            mac: Text::of(&macs.join(" ")),
            operating_system: told(&computers.operating_system),
            operating_system_version: told(&computers.operating_system_version),
            last_seen: last_seen.map(|at| crate::day_of(at, &self.context.time_zone)),
            account_enabled: active::enabled(entry, now, garbage),
            location: told(&computers.location),
            department: self.places.told(&computers.department, entry),
            entity: self.places.entity(&computers.entity, &computers.department, entry),
            user: entry.first(&computers.owner).and_then(|owner| self.holders.get(&dn::normal(owner)).cloned()),
            ..Facts::default()
        };
        let units = dn::units(&entry.dn);
        let tally = &mut self.harvest.tally;
        let before = &facts;
        let said = |field: &str| -> Option<Cow<'_, str>> {
            let kept = match field {
                "name" => before.hostname.as_deref(),
                "serial" => before.serial.as_deref(),
                "ou" => units.as_deref(),
                "department" => before.department.as_deref(),
                "location" => before.location.as_deref(),
                "operating_system" => before.operating_system.as_deref(),
                "operating_system_version" => before.operating_system_version.as_deref(),
                "enabled" => before.account_enabled.map(|enabled| if enabled { "true" } else { "false" }),
                other => entry.text(other.strip_prefix("field.")?),
            };
            kept.map(Cow::Borrowed)
        };
        let rules = &self.context.rules;
        for (field, value) in rules.judge(COUNTED, said, &native, tally) {
            (field.set)(&mut facts, value);
        }
        self.harvest.observations.push(Packed::from(&Observation {
            native: Text::from(native),
            anonymous: false,
            facts,
        }));
    }

    /// All that was read.
    pub fn harvest(mut self) -> Harvest {
        let date = crate::day_of(self.now, &self.context.time_zone);
        let mut counts: BTreeMap<(Option<Text>, Text), u64> = BTreeMap::new();
        for Place { entity, department, .. } in self.agents.into_values() {
            *counts.entry((entity, department)).or_default() += 1;
        }
        for ((entity, department), agents) in counts {
            let native = match &entity {
                Some(entity) => format!("{entity} > {department}"),
                None => department.to_string(),
            };
            let told =
                Headcount { date: Some(date), entity, department: Some(department), agents: Some(agents as f64) };
            self.harvest.lines.headcounts.push(Line { native: Text::from(native), told });
        }
        for (pseudonym, told) in self.accounts {
            self.harvest.lines.accounts.push(Line { native: pseudonym, told });
        }
        let Persons { read, nameless, again, disabled, excluded, others } = self.persons;
        let uncounted = [
            (
                nameless,
                "tells no login: neither counted nor given a pseudonym",
                "tell no login: neither counted nor given a pseudonym",
            ),
            (again, "tells the login of another: counted with it", "tell the login of another: counted with it"),
            (disabled, "may not log in any more: not counted", "may not log in any more: not counted"),
            (excluded, "is left out by `exclude`", "are left out by `exclude`"),
            (others, "is not among those that `only` counts", "are not among those that `only` counts"),
        ];
        let people = crate::counted(read, "person", "people");
        for (count, one, several) in uncounted.into_iter().filter(|(count, ..)| *count > 0) {
            self.harvest.notes.push(format!("of {people} {}", crate::counted(count, one, several)));
        }
        for pattern in self.places.idle() {
            self.harvest.notes.push(format!("`entities`: `{pattern}` matches nothing that those above it left"));
        }
        self.harvest
    }
}

impl Pattern {
    /// Do all of its patterns match a value each?
    fn matches(&self, entry: &Entry, login: Option<&str>) -> bool {
        self.0.iter().all(|(field, pattern)| match field.as_str() {
            "dn" => pattern.is_match(&entry.dn),
            "login" => login.is_some_and(|login| pattern.is_match(login)),
            name => entry.texts(name).any(|value| pattern.is_match(value)),
        })
    }
}

/// A name that cannot be read back, for an entry without any id.
fn digest(name: &str) -> String {
    hex::encode(&Sha256::digest(name.as_bytes())[..16])
}
