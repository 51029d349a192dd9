//! LDAP directories: OpenLDAP, 389 DS, Active Directory, supann. People are counted where they work and become
//! pseudonyms; computers inform the inventory and add nothing to it. One session, one search after the other.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::anyhow;
use directory::Directory;
use domain::record::Text;
use entry::Entry;
use jiff::Timestamp;
use place::Places;
use plan::{Groups, Machines, Persons, Plan, Structures};
use read::Reader;
use referral::{Elsewhere, Search};
use settings::Settings;
use tokio::task::JoinSet;

use crate::{Class, Connector, Context, Failure, Harvest, Progress, Source};

mod active;
mod directory;
mod dn;
mod entry;
mod follow;
mod guard;
mod kerberos;
mod place;
mod plan;
mod profile;
mod read;
mod referral;
mod refusal;
pub mod replay;
mod settings;
mod stream;
#[cfg(test)]
mod tests;
mod time;
mod tls;

/// LDAP.
pub static CONNECTOR: Connector = Connector {
    name: "ldap",
    sample: include_str!("sample.toml"),
    // A directory is a witness.
    creates: false,
    reports: read::REPORTS,
    open: |table, context| Ok(Box::new(Ldap::open(table, context)?)),
};

struct Ldap(Arc<Inner>);

struct Inner {
    settings: Settings,
    context: Context,
}

impl Ldap {
    fn open(table: toml::Table, context: Context) -> anyhow::Result<Self> {
        let settings = Settings::read(table, &context)?;
        Ok(Self(Arc::new(Inner { settings, context })))
    }
}

#[async_trait::async_trait]
impl Source for Ldap {
    async fn collect(&self, progress: &Progress) -> Result<Harvest, Failure> {
        // ldap3 panics on some answers that are none of LDAP's: in a task of its own that is a failure like others.
        // The task ends where this future is dropped.
        let mut task = JoinSet::new();
        let (inner, (told, mut counts)) = (Arc::clone(&self.0), tokio::sync::mpsc::unbounded_channel());
        task.spawn(async move { inner.collect(&told).await });
        while let Some((doing, read)) = counts.recv().await {
            match read {
                0 => progress.step(doing, 0),
                read => progress.add(read),
            }
        }
        match task.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(fault)) if fault.is_panic() => {
                Err(Failure::new(Class::Protocol, anyhow!("the directory answered with what is not LDAP")))
            }
            _ => Err(Failure::new(Class::Other, anyhow!("the collection was abandoned"))),
        }
    }
}

/// What is being read, and how many entries of it more.
type Counts = tokio::sync::mpsc::UnboundedSender<(&'static str, u64)>;

/// Entries between two words on progress.
const STRIDE: u64 = 100;

impl Inner {
    async fn collect(&self, counts: &Counts) -> Result<Harvest, Failure> {
        let Settings { door, plan } = &self.settings;
        let (mut directory, missed) = door.open().await?;
        let mut reading = Reading { directory: &mut directory, counts, elsewhere: Elsewhere::default() };
        let places = reading.places(plan).await?;
        let mut reader = Reader::new(&self.context, places, Timestamp::now());
        for failure in missed {
            reader.note(format!("{:#}: the next server was asked", failure.cause));
        }
        let people = match &plan.people {
            Some(persons) => Some(reading.people(persons, &mut reader).await?),
            None => None,
        };
        let computers = match &plan.computers {
            Some(machines) => Some(reading.computers(machines, &mut reader).await?),
            None => None,
        };
        let elsewhere = reading.elsewhere;
        directory.close().await;
        if people.unwrap_or(0) + computers.unwrap_or(0) == 0 {
            let cause = anyhow!("the account is shown nothing: may it read below `base`, and are the filters right?");
            return Err(Failure::new(Class::Permission, cause));
        }
        for (count, what) in [(people, "person"), (computers, "computer")] {
            if count == Some(0) {
                reader.note(format!("the account is shown no {what}"));
            }
        }
        if let Some(note) = elsewhere.note() {
            reader.note(note);
        }
        // Every search ended with success.
        Ok(Harvest { complete: true, counted: true, ..reader.harvest() })
    }
}

/// Searches of one session.
struct Reading<'a, 'b> {
    directory: &'a mut Directory<'b>,
    counts: &'a Counts,
    elsewhere: Elsewhere,
}

impl Reading<'_, '_> {
    /// One search; how many entries it gave.
    async fn search(
        &mut self,
        what: &'static str,
        search: &Search,
        attributes: &[String],
        mut take: impl FnMut(Entry),
    ) -> Result<u64, Failure> {
        let counts = self.counts;
        // Nobody listens to progress any more where the collection was abandoned.
        let _ = counts.send((what, 0));
        let mut read = 0;
        let elsewhere = self
            .directory
            .search(what, search, attributes, |entry| {
                take(entry);
                read += 1;
                if read % STRIDE == 0 {
                    let _ = counts.send((what, STRIDE));
                }
            })
            .await?;
        self.elsewhere.add(elsewhere);
        Ok(read)
    }

    /// Structures and groups.
    async fn places(&mut self, plan: &Plan) -> Result<Places, Failure> {
        let group = plan.groups.as_ref().and_then(|groups| groups.pattern.clone());
        let mut places = Places::new(plan.entities.clone(), group);
        if let Some(Structures { search, code, parent, label }) = &plan.structures {
            let attributes: Vec<String> = [code].into_iter().chain(parent).chain(label).cloned().collect();
            self.search("structures", search, &attributes, |entry| {
                if let (Some(code), Some(label)) = (entry.text(code), entry.first(label)) {
                    places.structure(code, label, entry.first(parent));
                }
            })
            .await?;
        }
        if let Some(Groups { search, name, member: Some(member), .. }) = &plan.groups {
            let attributes = [name.clone(), member.clone()];
            self.search("groups", search, &attributes, |entry| {
                places.group(&entry.dn, entry.text(name), entry.texts(member));
            })
            .await?;
        }
        Ok(places)
    }

    async fn people(&mut self, persons: &Persons, reader: &mut Reader<'_>) -> Result<u64, Failure> {
        let Persons { search, active_filter, people, attributes } = persons;
        let chosen = match active_filter {
            Some(active) => {
                let mut chosen: HashSet<Text> = HashSet::new();
                let filter = format!("(&{}{active})", search.filter);
                let search = Search { filter, ..search.clone() };
                // No attributes (RFC 4511, 4.5.1.8): the name is enough.
                self.search("active people", &search, &["1.1".to_owned()], |entry| {
                    chosen.insert(Text::from(dn::normal(&entry.dn)));
                })
                .await?;
                Some(chosen)
            }
            None => None,
        };
        self.search("people", search, attributes, |entry| {
            let chosen = chosen.as_ref().is_none_or(|chosen| chosen.contains(dn::normal(&entry.dn).as_str()));
            reader.person(people, &entry, chosen);
        })
        .await
    }

    async fn computers(&mut self, machines: &Machines, reader: &mut Reader<'_>) -> Result<u64, Failure> {
        let Machines { search, computers, attributes } = machines;
        self.search("computers", search, attributes, |entry| reader.computer(computers, &entry)).await
    }
}
