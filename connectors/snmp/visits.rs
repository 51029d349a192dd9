//! What the visits of one collection came to.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::{IpAddr, SocketAddr};

use domain::identity;
use domain::observation::{Facts, Observation};
use domain::record::Text;
use jiff::Timestamp;

use super::agent::{Agent, Trouble};
use super::read::{self, Thing};
use super::targets;
use crate::rule::Tally;
use crate::{Context, Reject};

/// What is said where reading an agent's answers failed in a way that it must not.
pub const LOST: &str = "reading it failed";

/// Why an address is not listed; `None` for one that is silent in a range, as is usual.
pub fn reject_of(address: SocketAddr, alone: bool, (trouble, midway): (Trouble, bool)) -> Option<Reject> {
    let reason = match trouble {
        Trouble::Silent if midway => "it stopped answering in the middle".to_owned(),
        Trouble::Silent if alone => "no answer by any credential".to_owned(),
        Trouble::Silent => return None,
        Trouble::Refused => "it refuses the credentials".to_owned(),
        Trouble::Failed(error) => format!("it answers {error}"),
        Trouble::Strange(what) => format!("its answer is not understood: {what}"),
    };
    Some(Reject { place: address.ip().to_string(), column: None, reason })
}

/// An agent that has told what it has; else its trouble, and whether it had answered before.
pub type Visit = Result<Agent, (Trouble, bool)>;

/// What the visits of one collection came to.
#[derive(Default)]
pub struct Visits {
    pub answered: usize,
    pub refused: usize,
    /// Why the first of those that answer and cannot be read cannot.
    pub failure: Option<String>,
    pub partial: usize,
    /// How many agents answered some questions with an error, by what that was first. They are read on: none is a reject.
    pub errors: BTreeMap<String, usize>,
    /// What agents speak for, by native id. What they told beside it is let go at once.
    pub things: BTreeMap<Text, Observation>,
    pub neighbours: BTreeMap<Text, Thing>,
    /// Where neighbours say that they can be asked.
    pub beside: BTreeSet<IpAddr>,
    /// The addresses of all that answered, those of stacks too.
    pub macs: HashSet<u64>,
    pub tally: Tally,
    pub rejects: Vec<Reject>,
}

impl Visits {
    pub fn take(&mut self, context: &Context, address: SocketAddr, alone: bool, outcome: Visit) {
        let Agent { told, partial, error, .. } = match outcome {
            Ok(agent) => agent,
            Err(trouble) => {
                let answers = matches!(trouble.0, Trouble::Failed(_) | Trouble::Strange(_));
                self.refused += usize::from(trouble.0 == Trouble::Refused);
                let reject = reject_of(address, alone, trouble);
                if answers && self.failure.is_none() {
                    self.failure = reject.as_ref().map(|reject| reject.reason.clone());
                }
                self.rejects.extend(reject);
                return;
            }
        };
        self.answered += 1;
        self.partial += usize::from(partial);
        if let Some(error) = error {
            *self.errors.entry(error).or_default() += 1;
        }
        let things = read::things(&told, Timestamp::now(), &context.time_zone);
        if things.is_empty() {
            self.rejects.push(Reject {
                place: address.ip().to_string(),
                column: None,
                reason: "it tells neither serial number, address nor name: it could not be known again".to_owned(),
            });
            return;
        }
        self.macs.extend(read::macs(&told).iter().flat_map(|mac| identity::macs(mac)));
        for thing in things {
            // One thing asked at several addresses is one.
            if let Entry::Vacant(place) = self.things.entry(thing.native.clone()) {
                place.insert(read::observe(thing, &told, &context.rules, &mut self.tally));
            }
        }
        self.beside.extend(targets::beside(&told));
        for thing in read::neighbours(&told) {
            self.neighbours.entry(thing.native.clone()).or_insert(thing);
        }
    }

    /// Neighbours that were not asked themselves: the others have spoken.
    pub fn unasked(&mut self) -> Vec<Thing> {
        let mut serials = HashSet::new();
        let macs = &self.macs;
        let mut names = HashSet::new();
        for Observation { facts, .. } in self.things.values() {
            serials.extend(facts.serial.as_deref().and_then(identity::serial));
            names.extend(facts.hostname.as_deref().and_then(identity::hostname));
        }
        let is_asked = |facts: &Facts| {
            facts.serial.as_deref().and_then(identity::serial).is_some_and(|serial| serials.contains(&serial))
                || facts.mac.as_deref().into_iter().flat_map(identity::macs).any(|mac| macs.contains(&mac))
                || facts.hostname.as_deref().and_then(identity::hostname).is_some_and(|name| names.contains(&name))
        };
        let neighbours = std::mem::take(&mut self.neighbours).into_values();
        neighbours.filter(|thing| !is_asked(&thing.facts)).collect()
    }
}
