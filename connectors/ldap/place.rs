//! Where an entry belongs: by attributes, by the units that hold it, by groups, by codes of structures. Pure.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::record::Text;
use regex::Regex;

use super::dn;
use super::entry::Entry;

/// How a path is told: parts of it, outermost first.
#[derive(Clone, Debug, Default)]
pub struct Way(pub Vec<Part>);

/// One part of a path: the first of these that an entry has.
#[derive(Clone, Debug)]
pub struct Part(pub Vec<Origin>);

/// Where a part comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The value of an attribute; where it is the code of a structure, that structure's path.
    Attribute(String),
    /// The organisational units in the entry's name.
    Units,
    /// A group that it is a member of.
    Group,
}

/// What no attribute can be called (RFC 4512, 2.5: letters, digits and hyphens).
pub const UNITS: &str = "ou_path";
/// The same.
pub const GROUP: &str = "member_of";

impl Way {
    /// Reads `department`, `departmentNumber|ou`, `ou_path`, `member_of`; several are parts of one path.
    pub fn read(told: &[String]) -> Result<Self, String> {
        let origin = |word: &str| match word.trim() {
            UNITS => Ok(Origin::Units),
            GROUP => Ok(Origin::Group),
            name => attribute(name).map(Origin::Attribute),
        };
        let part = |told: &String| told.split('|').map(origin).collect::<Result<Vec<_>, _>>().map(Part);
        told.iter().filter(|told| !told.trim().is_empty()).map(part).collect::<Result<Vec<_>, _>>().map(Self)
    }

    /// Does it look at groups?
    pub fn by_group(&self) -> bool {
        self.0.iter().flat_map(|part| &part.0).any(|origin| matches!(origin, Origin::Group))
    }

    /// Every attribute that it may look at.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        let origins = self.0.iter().flat_map(|part| &part.0);
        origins.filter_map(|origin| match origin {
            Origin::Attribute(name) => Some(name.as_str()),
            Origin::Units => None,
            Origin::Group => Some("memberOf"),
        })
    }
}

/// The name of an attribute.
pub fn attribute(name: &str) -> Result<String, String> {
    let name = name.trim();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_name {
        Ok(name.to_owned())
    } else {
        Err(format!("`{name}` is no attribute, and neither `{UNITS}` nor `{GROUP}`"))
    }
}

/// What is known of a directory's structures and groups, and how the house maps them to its entities.
#[derive(Default)]
pub struct Places {
    entities: Vec<(Regex, String)>,
    /// The patterns of entities that matched something.
    matched: Vec<bool>,
    /// Which groups tell of a department.
    group: Option<Regex>,
    /// Of each structure, by its code: its label, and the code of the one above it.
    structures: HashMap<String, (String, Option<String>)>,
    /// Groups: their normal names, and what they tell of a department.
    groups: Vec<(String, Option<Text>)>,
    /// Of each member, by its normal name: the groups that list it. A member may be a group.
    memberships: HashMap<String, Vec<usize>>,
}

/// Structures, or groups in groups, above each other beyond which they are taken for a circle.
const DEEPEST: usize = 20;

impl Places {
    /// Patterns and the entities that they mean, in the order of the file; which groups tell of a department.
    pub fn new(entities: Vec<(Regex, String)>, group: Option<Regex>) -> Self {
        Self { matched: vec![false; entities.len()], entities, group, ..Self::default() }
    }

    /// Learns a structure.
    pub fn structure(&mut self, code: &str, label: &str, parent: Option<&str>) {
        self.structures.insert(code.to_lowercase(), (label.to_owned(), parent.map(str::to_lowercase)));
    }

    /// Learns the members of a group. One that tells nothing of a department may be in one that does.
    pub fn group<'a>(&mut self, dn: &str, name: Option<&str>, members: impl Iterator<Item = &'a str>) {
        let told = name.and_then(|name| self.told_by_group(name));
        for member in members {
            let member = dn::normal(member);
            // What is no name at all would be everybody's.
            if !member.is_empty() {
                self.memberships.entry(member).or_default().push(self.groups.len());
            }
        }
        self.groups.push((dn::normal(dn), told));
    }

    /// What a group's name says of a department: all of it, or what the pattern has between parentheses.
    fn told_by_group(&self, name: &str) -> Option<Text> {
        let Some(pattern) = &self.group else { return Text::of(name) };
        let found = pattern.captures(name)?;
        Text::of(found.get(1).or(found.get(0))?.as_str())
    }

    /// The path of a structure: `Direction générale > Systèmes d'information`.
    fn path(&self, code: &str) -> Option<String> {
        let mut labels = Vec::new();
        let mut code = Some(code.to_lowercase());
        while let Some((label, parent)) = code.as_ref().and_then(|code| self.structures.get(code)) {
            labels.push(label.as_str());
            if labels.len() > DEEPEST {
                break;
            }
            code.clone_from(parent);
        }
        labels.reverse();
        (!labels.is_empty()).then(|| labels.join(" > "))
    }

    /// The groups of an entry, as it tells them or as they tell of it, and those that these groups are in: how far above
    /// the entry each is, and what it tells of a department.
    fn groups_of(&self, entry: &Entry) -> BTreeSet<(usize, Text)> {
        let own = entry.texts("memberOf").filter_map(|group| self.told_by_group(&dn::leaf(group)?));
        let mut told: BTreeSet<(usize, Text)> = own.map(|name| (0, name)).collect();
        if self.memberships.is_empty() {
            return told;
        }
        let itself = dn::normal(&entry.dn);
        let own: Vec<String> = entry.texts("memberOf").map(dn::normal).collect();
        let mut here: Vec<&str> = vec![&itself];
        // Groups that are in each other end here.
        let mut seen: HashSet<usize> = HashSet::new();
        for distance in 0..DEEPEST {
            let mut above: Vec<&str> = Vec::new();
            for group in here.iter().filter_map(|dn| self.memberships.get(*dn)).flatten() {
                let Some((dn, name)) = self.groups.get(*group).filter(|_| seen.insert(*group)) else { continue };
                told.extend(name.iter().map(|name| (distance, name.clone())));
                above.push(dn);
            }
            if distance == 0 {
                above.extend(own.iter().map(String::as_str));
            }
            here = above;
        }
        told
    }

    /// What an entry says along a way.
    pub fn told(&self, way: &Way, entry: &Entry) -> Option<Text> {
        let mut parts: Vec<String> = Vec::new();
        for Part(origins) in &way.0 {
            parts.extend(origins.iter().find_map(|origin| match origin {
                Origin::Attribute(name) => {
                    let value = entry.text(name)?;
                    Some(self.path(value).unwrap_or_else(|| value.to_owned()))
                }
                Origin::Units => dn::units(&entry.dn),
                // Of several the nearest, then the first in the alphabet, so that the answer is always the same.
                Origin::Group => self.groups_of(entry).first().map(|(_, name)| name.to_string()),
            }));
        }
        Text::of(&parts.join(" > "))
    }

    /// The patterns of entities that have matched nothing yet.
    pub fn idle(&self) -> impl Iterator<Item = &str> {
        let idle = self.entities.iter().zip(&self.matched).filter(|(_, matched)| !**matched);
        idle.map(|((pattern, _), _)| pattern.as_str())
    }

    /// The entity of an entry: the first pattern that what it says of entity or department matches, a code or a unit;
    /// else what it says of its entity itself.
    pub fn entity(&mut self, entity: &Way, department: &Way, entry: &Entry) -> Option<Text> {
        let said = self.told(entity, entry);
        if self.entities.is_empty() {
            return said;
        }
        let mut candidates: Vec<String> = Vec::new();
        candidates.extend(said.iter().map(Text::to_string));
        candidates.extend(self.told(department, entry).map(|told| told.to_string()));
        // As they are told, before a code became a path; second affectations say nothing of where one belongs.
        for Part(origins) in entity.0.iter().chain(&department.0) {
            candidates.extend(origins.iter().find_map(|origin| match origin {
                Origin::Attribute(name) => entry.text(name).map(str::to_owned),
                Origin::Units | Origin::Group => None,
            }));
        }
        candidates.extend(dn::units(&entry.dn));
        candidates.extend(self.groups_of(entry).iter().map(|(_, name)| name.to_string()));
        for ((pattern, meant), matched) in self.entities.iter().zip(&mut self.matched) {
            if let Some(found) = candidates.iter().find_map(|told| pattern.captures(told)) {
                *matched = true;
                let mut path = String::new();
                found.expand(meant, &mut path);
                return Text::of(&path);
            }
        }
        said
    }
}
