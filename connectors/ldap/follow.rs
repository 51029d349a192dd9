//! A search over several servers: the one that is asked, and those that its referrals lead to.

use std::collections::HashSet;
use std::sync::Arc;

use super::directory::Directory;
use super::dn;
use super::entry::Entry;
use super::referral::{Address, Elsewhere, Search, Trail};
use crate::Failure;

impl Directory<'_> {
    /// Reads every entry that a search finds, here and where referrals lead to, and gives each to `take`. Returns those
    /// referrals that are not followed.
    pub async fn search(
        &mut self,
        what: &str,
        search: &Search,
        attributes: &[String],
        mut take: impl FnMut(Entry),
    ) -> Result<Elsewhere, Failure> {
        let door = self.door;
        let listed: Vec<Address> = door.referrals.iter().map(|(address, _)| address.clone()).collect();
        // Servers may hold the same part of a directory, and refer to it both.
        let (follows, mut names) = (!listed.is_empty(), HashSet::new());
        let mut take = |entry: Entry| {
            if !follows || names.insert(dn::normal(&entry.dn)) {
                take(entry);
            }
        };
        let own = Address::read(&self.server.url).map(|(address, _)| address);
        let mut trail = Trail::new(listed, own.as_ref(), search);
        while let Some(stop) = trail.next() {
            let Some((_, server)) = stop.server.and_then(|at| door.referrals.get(at)).filter(|_| stop.hops > 0)
            else {
                let below = format!("`{}`", search.base);
                self.read((what, &below), &stop, attributes, &mut trail, &mut take).await?;
                continue;
            };
            let mut beside = door.enter(server, Arc::clone(&self.bytes)).await?;
            beside.answers = self.answers;
            // A server's own words on a base may name an entry.
            beside.read((what, "what a referral tells"), &stop, attributes, &mut trail, &mut take).await?;
            self.answers = beside.answers;
            beside.close().await;
        }
        Ok(trail.elsewhere)
    }
}
