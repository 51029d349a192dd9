//! Who holds an asset, as a directory knows them: where they belong, and whether they are still there.

use std::collections::{HashMap, HashSet};

use crate::account::Account;
use crate::observation::Facts;
use crate::packed::Packed;
use crate::record::{Record, Text};
use crate::shared::Shared;
use crate::testimony::{SourceId, Testimony};
use crate::voice::Voices;

/// A field of what is said.
type Tells = fn(&Packed) -> Option<Shared>;

/// A week, in seconds.
const WEEK: i64 = 7 * 86_400;

/// The accounts of all directories, by realm and pseudonym: logins mean something inside one realm only.
pub(crate) struct Holders<'a> {
    accounts: HashMap<(&'a str, &'a str), (SourceId, &'a Account)>,
    /// Sources that call people as a directory does: it knows nine in ten of those whom they name, and was heard not
    /// long before them.
    alike: HashSet<SourceId>,
    testimonies: &'a [Testimony],
}

impl<'a> Holders<'a> {
    /// What the directories say; of one login the first-believed account.
    pub fn of(testimonies: &'a [Testimony]) -> Self {
        let mut accounts: HashMap<(&str, &str), (SourceId, &Account)> = HashMap::new();
        for (at, testimony) in testimonies.iter().enumerate() {
            for line in &testimony.lines.accounts {
                let Some(user) = &line.told.user else { continue };
                let told = (SourceId(at as u16), &line.told);
                let known = accounts.entry((&*testimony.source.realm, &**user)).or_insert(told);
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
            let named: HashSet<&str> = testimony.observations.iter().filter_map(Packed::user).collect();
            let known =
                named.iter().filter(|user| accounts.contains_key(&(&*testimony.source.realm, **user))).count();
            if known > 0 && 10 * known >= 9 * named.len() {
                alike.insert(SourceId(at as u16));
            }
        }
        Self { accounts, alike, testimonies }
    }

    /// The account of whom a source names.
    fn account(&self, user: Option<&str>, said_by: Option<SourceId>) -> Option<(SourceId, &'a Account)> {
        if self.accounts.is_empty() {
            return None;
        }
        let realm = &*self.testimonies[said_by?.0 as usize].source.realm;
        self.accounts.get(&(realm, user?)).copied()
    }

    /// Has the holder left: is the account disabled, or gone from the directories that know nine in ten of those whom this source
    /// names? `None` where no directory can tell.
    pub fn left(&self, user: Option<&str>, said_by: Option<SourceId>) -> Option<bool> {
        match self.account(user, said_by) {
            Some((_, account)) => Some(account.enabled == Some(false)),
            None => (user.is_some() && self.alike.contains(&said_by?)).then_some(true),
        }
    }

    /// What the holder's account tells of entity and department, where no source that lists the asset does: the places
    /// of the fields, the words, and whose they are.
    pub fn place(&self, voices: &Voices) -> Vec<(usize, Text, SourceId)> {
        if self.accounts.is_empty() {
            return Vec::new();
        }
        let user = voices.heard().iter().find_map(|voice| Some((voice.said.user()?, voice.source)));
        let account = user.and_then(|(user, said_by)| self.account(Some(user), Some(said_by)));
        let Some((directory, account)) = account else { return Vec::new() };
        let listed = |tells: Tells| {
            let teller = voices.heard().iter().find(|voice| tells(&voice.said).is_some());
            teller.is_some_and(|voice| self.testimonies[usize::from(voice.source.0)].source.creates)
        };
        let fields: [(&str, &Option<Text>, Tells); 2] =
            [("entity", &account.entity, Packed::entity), ("department", &account.department, Packed::department)];
        let told = fields.into_iter().filter_map(|(name, told, tells)| {
            let at = Facts::FIELDS.iter().position(|field| field.name == name)?;
            Some((at, told.clone().filter(|_| !listed(tells))?, directory))
        });
        told.collect()
    }
}
