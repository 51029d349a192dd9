//! Who holds an asset, as a directory knows them: where they belong, and whether they are still there.

use std::collections::{HashMap, HashSet};

use crate::account::Account;
use crate::observation::Facts;
use crate::record::{Record, Text, Value};
use crate::testimony::{SourceId, Testimony};

/// A week, in seconds.
const WEEK: i64 = 7 * 86_400;

/// The accounts of all directories, by realm and pseudonym: logins mean something inside one realm only.
pub(crate) struct Holders<'a> {
    accounts: HashMap<(&'a Text, &'a Text), (SourceId, &'a Account)>,
    /// Sources that call people as a directory does: it knows nine in ten of those whom they name, and was heard not
    /// long before them.
    alike: HashSet<SourceId>,
    testimonies: &'a [Testimony],
}

impl<'a> Holders<'a> {
    /// What the directories say; of one login the first-believed account.
    pub fn of(testimonies: &'a [Testimony]) -> Self {
        let mut accounts: HashMap<(&Text, &Text), (SourceId, &Account)> = HashMap::new();
        for (at, testimony) in testimonies.iter().enumerate() {
            for line in &testimony.lines.accounts {
                let Some(user) = &line.told.user else { continue };
                let told = (SourceId(at as u16), &line.told);
                let known = accounts.entry((&testimony.source.realm, user)).or_insert(told);
                // Who has moved from one directory to another has left none of them.
                if known.1.enabled == Some(false) && line.told.enabled != Some(false) {
                    *known = told;
                }
            }
        }
        let mut alike = HashSet::new();
        let heard = |realm: &Text| {
            let directories =
                testimonies.iter().filter(|told| !told.lines.accounts.is_empty() && told.source.realm == *realm);
            directories.map(|told| told.harvested.0).min()
        };
        for (at, testimony) in testimonies.iter().enumerate() {
            // A directory that has not been heard for a week does not know who came since.
            if heard(&testimony.source.realm).is_none_or(|heard| heard < testimony.harvested.0 - WEEK) {
                continue;
            }
            let named = testimony.observations.iter().filter_map(|kept| kept.observation.facts.user.as_ref());
            let named: HashSet<&Text> = named.collect();
            let known = named.iter().filter(|user| accounts.contains_key(&(&testimony.source.realm, **user))).count();
            if known > 0 && 10 * known >= 9 * named.len() {
                alike.insert(SourceId(at as u16));
            }
        }
        Self { accounts, alike, testimonies }
    }

    /// The account of whom a source names.
    fn account(&self, user: Option<&Text>, said_by: Option<SourceId>) -> Option<(SourceId, &'a Account)> {
        let realm = &self.testimonies[said_by?.0 as usize].source.realm;
        self.accounts.get(&(realm, user?)).copied()
    }

    /// Has the holder left: is the account disabled, or gone from the directories that know nine in ten of those whom this source
    /// names? `None` where no directory can tell.
    pub fn left(&self, user: Option<&Text>, said_by: Option<SourceId>) -> Option<bool> {
        match self.account(user, said_by) {
            Some((_, account)) => Some(account.enabled == Some(false)),
            None => (user.is_some() && self.alike.contains(&said_by?)).then_some(true),
        }
    }

    /// Tells entity and department by the holder's account, where no source that lists the asset does.
    pub fn place(&self, facts: &mut Facts, said_by: &mut [Option<SourceId>]) {
        let at = |name: &str| Facts::FIELDS.iter().position(|field| field.name == name);
        let Some((directory, account)) = self.account(facts.user.as_ref(), at("user").and_then(|at| said_by[at]))
        else {
            return;
        };
        for (name, told) in [("entity", &account.entity), ("department", &account.department)] {
            let (Some(at), Some(told)) = (at(name), told) else { continue };
            let listed = said_by[at].is_some_and(|source| self.testimonies[source.0 as usize].source.creates);
            if !listed {
                (Facts::FIELDS[at].set)(facts, Value::Text(told.clone()));
                said_by[at] = Some(directory);
            }
        }
    }
}
