//! Which observations are one thing. Keys in the order of their strength: serial, system UUID, asset tag, MAC
//! addresses, host name. Joining is transitive, and never joins two different good serials.
//!
//! Sources come one after the other, in the order of belief: what is joined before a source speaks stays joined,
//! so that a less believed source only adds.

use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::doubt::{Cause, Doubt};
use crate::identity;
use crate::packed::Packed;
use crate::record::Text;
use crate::testimony::{SourceId, Testimony};
use crate::word::{Kind, Status, Verdict};

use super::key::{By, Keys};
use super::{Decisions, Seen};

/// Each observation's group, and what could not be settled on the way.
pub(crate) struct Joined {
    /// For each observation the first one of its group.
    pub root: Vec<u32>,
    /// Things that share an identity and were not joined.
    pub doubts: Vec<Doubt>,
}

/// A serial of none.
const NONE: (u64, u32) = (0, 0);

struct Joining<'a> {
    seen: &'a [Seen<'a>],
    testimonies: &'a [Testimony],
    /// Each observation's serial; 0 where it has none.
    serials: Vec<u64>,
    /// Of each observation: has it nothing better than a host name?
    only_host: Vec<bool>,
    parent: Vec<u32>,
    /// Of each root: the serial of its group, and which of the things that share this serial it is.
    serial: Vec<(u64, u32)>,
    /// Has the group anything better than a host name?
    strong: Vec<bool>,
    /// Of roots: observations that people hold apart from the group.
    apart: FxHashMap<u32, Vec<u32>>,
    doubts: Vec<Doubt>,
}

/// Joins what is one thing.
pub(crate) fn join(seen: &[Seen], testimonies: &[Testimony], decisions: &Decisions) -> Joined {
    let (Keys { serial: serials, only_host }, sorts) = Keys::of(seen, testimonies);
    let mut joining = Joining {
        seen,
        testimonies,
        parent: (0..seen.len() as u32).collect(),
        serial: vec![NONE; seen.len()],
        strong: only_host.iter().map(|only_host| !only_host).collect(),
        serials,
        only_host,
        apart: FxHashMap::default(),
        doubts: Vec::new(),
    };
    joining.decided(decisions);
    joining.take_serials();
    for source in 0..testimonies.len() {
        for groups in &sorts {
            for (group, told) in &groups.turns[source] {
                joining.join(groups.by, &groups.group(*group as usize)[..*told as usize]);
            }
        }
    }
    let root = joining.roots_of_all();
    for groups in &sorts {
        let apart =
            |at: &usize| groups.group(*at).windows(2).any(|pair| root[pair[0] as usize] != root[pair[1] as usize]);
        let left: Vec<usize> = (0..groups.len()).into_par_iter().filter(apart).collect();
        for at in left {
            joining.doubt_group(groups.by, groups.group(at));
        }
    }
    let Joining { doubts, .. } = joining;
    let doubts = final_names(doubts, &root, seen, testimonies);
    Joined { root, doubts }
}

/// Doubts speak of assets: the ids of observations become those of the groups they ended in.
fn final_names(doubts: Vec<Doubt>, root: &[u32], seen: &[Seen], testimonies: &[Testimony]) -> Vec<Doubt> {
    if doubts.is_empty() {
        return doubts;
    }
    let namers = super::assemble::namers(root, seen);
    let spoken: HashSet<&Text> = doubts.iter().flat_map(|doubt| &doubt.about).collect();
    let mut by_observation: HashMap<Text, Text> = HashMap::new();
    for (at, told) in seen.iter().enumerate() {
        let id = told.id(testimonies);
        if spoken.contains(&id) {
            let namer = &seen[namers[root[at] as usize] as usize];
            by_observation.insert(id, namer.id(testimonies));
        }
    }
    doubts
        .into_iter()
        .filter_map(|mut doubt| {
            doubt.about = doubt.about.iter().map(|id| by_observation.get(id).unwrap_or(id).clone()).collect();
            doubt.about.sort();
            doubt.about.dedup();
            // What a later, stronger reason joined after all is no collision any more.
            (doubt.about.len() > 1).then_some(doubt)
        })
        .collect()
}

/// `SOURCE:NATIVE_ID` of one observation.
pub(crate) fn observation_id(source: SourceId, said: &Packed, testimonies: &[Testimony]) -> Text {
    testimonies[usize::from(source.0)].source.id_of(said.native())
}

impl Seen<'_> {
    fn id(&self, testimonies: &[Testimony]) -> Text {
        observation_id(self.source, self.said, testimonies)
    }
}

impl Joining<'_> {
    fn root(&mut self, at: u32) -> u32 {
        let mut root = at;
        while self.parent[root as usize] != root {
            root = self.parent[root as usize];
        }
        let mut walk = at;
        while self.parent[walk as usize] != root {
            walk = std::mem::replace(&mut self.parent[walk as usize], root);
        }
        root
    }

    /// The root of each observation.
    fn roots_of_all(&self) -> Vec<u32> {
        let root = |mut at: u32| {
            while self.parent[at as usize] != at {
                at = self.parent[at as usize];
            }
            at
        };
        (0..self.parent.len() as u32).into_par_iter().map(root).collect()
    }

    /// Joins the groups of two observations, unless they have different serials or people hold them apart.
    /// The lower index, which is believed more, becomes the root.
    fn union(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return true;
        }
        let (x, y) = (self.serial[a as usize], self.serial[b as usize]);
        if (x != NONE && y != NONE && x != y) || self.held_apart(a, b) {
            return false;
        }
        self.link(a, b);
        true
    }

    fn link(&mut self, a: u32, b: u32) {
        let (root, child) = (a.min(b), a.max(b));
        self.parent[child as usize] = root;
        let serial = std::mem::replace(&mut self.serial[child as usize], NONE);
        let own = &mut self.serial[root as usize];
        if *own == NONE {
            *own = serial;
        }
        self.strong[root as usize] |= self.strong[child as usize];
        if let Some(mut apart) = self.apart.remove(&child) {
            let own = self.apart.entry(root).or_default();
            // The longer list takes up the shorter one.
            if own.len() < apart.len() {
                std::mem::swap(own, &mut apart);
            }
            own.append(&mut apart);
        }
    }

    fn held_apart(&mut self, a: u32, b: u32) -> bool {
        let count = |of: u32| self.apart.get(&of).map_or(0, Vec::len);
        let (few, other) = if count(a) <= count(b) { (a, b) } else { (b, a) };
        (0..count(few)).any(|at| self.root(self.apart[&few][at]) == other)
    }

    fn doubt(&mut self, members: &[u32], what: Cause) {
        let about = members.iter().map(|at| self.seen[*at as usize].id(self.testimonies)).collect();
        self.doubts.push(Doubt { about, what });
    }

    fn decided(&mut self, decisions: &Decisions) {
        if decisions.taken.is_empty() {
            return;
        }
        let at: HashMap<Text, u32> =
            (0..self.seen.len()).map(|at| (self.seen[at].id(self.testimonies), at as u32)).collect();
        let pairs = |verdict| {
            decisions
                .pairs(verdict)
                .filter_map(|(a, b)| Some((*at.get(a)?, *at.get(b)?)))
                .collect::<Vec<(u32, u32)>>()
        };
        for (a, b) in pairs(Verdict::Different) {
            self.apart.entry(a).or_default().push(b);
            self.apart.entry(b).or_default().push(a);
        }
        for (a, b) in pairs(Verdict::Same) {
            let (a, b) = (self.root(a), self.root(b));
            if a != b && !self.held_apart(a, b) {
                self.link(a, b);
            }
        }
    }

    fn source(&self, at: u32) -> u16 {
        self.seen[at as usize].source.0
    }

    /// Each group of observations has the serial of its most believed member that tells one.
    fn take_serials(&mut self) {
        for at in 0..self.seen.len() {
            let root = self.root(at as u32) as usize;
            if self.serial[root] == NONE && self.serials[at] != 0 {
                self.serial[root] = (self.serials[at], 0);
            }
        }
    }

    fn join(&mut self, by: By, members: &[u32]) {
        match by {
            By::Serial => self.by_serial(members),
            By::Uuid => self.by_uuid(members),
            // A docking station's address is seen behind every machine that was ever docked: it identifies none.
            By::Tag | By::Mac if self.repeats_within_a_source(members) => {}
            By::Tag | By::Mac => self.join_all(members),
            By::Host => self.by_host(members),
        }
    }

    fn join_all(&mut self, members: &[u32]) {
        for at in &members[1..] {
            self.union(members[0], *at);
        }
    }

    /// The doubt that observations leave which share a key and are still in several groups.
    fn doubt_group(&mut self, by: By, members: &[u32]) {
        let apart = self.roots(members);
        let weak = self.weak(members);
        let what = match by {
            By::Serial => Cause::SharedSerial(apart.len()),
            By::Uuid => Cause::SharedUuid,
            By::Tag if self.repeats_within_a_source(members) => Cause::RepeatedTag,
            By::Tag => Cause::SharedTag,
            By::Mac if self.repeats_within_a_source(members) => return,
            By::Mac => Cause::SharedMac,
            // Things with something better than a host name may share it: a name is given to the next machine.
            By::Host if weak.iter().all(|at| self.is_strong(*at)) => return,
            By::Host => Cause::SharedHost,
        };
        self.doubt(&apart, what);
    }

    fn by_serial(&mut self, members: &[u32]) {
        if self.are_of_one_each(members) {
            // None of them repeats it: one thing, its first variant.
            return self.join_all(members);
        }
        let variants = self.variants(members);
        let serial = self.serials[members[0] as usize];
        for (number, variant) in variants.iter().enumerate() {
            for at in variant {
                let root = self.root(*at) as usize;
                if self.serial[root].0 == serial {
                    self.serial[root] = (serial, number as u32);
                }
            }
        }
        for variant in &variants {
            self.join_all(variant);
        }
    }

    fn by_uuid(&mut self, members: &[u32]) {
        for variant in self.variants(members) {
            self.join_all(&variant);
        }
    }

    /// Has each source one of them at most?
    fn are_of_one_each(&self, members: &[u32]) -> bool {
        members.windows(2).all(|pair| self.source(pair[0]) != self.source(pair[1]))
    }

    /// Splits observations that share a serial or system UUID into things. They are one thing, unless one source tells several
    /// models or kinds with it: then each model is a thing of its own, and other sources' observations go to the
    /// thing whose model they tell.
    fn variants(&mut self, members: &[u32]) -> Vec<Vec<u32>> {
        let mut colliding: Vec<u16> = Vec::new();
        let runs = members.chunk_by(|a, b| self.source(*a) == self.source(*b));
        for run in runs.filter(|run| run.len() > 1) {
            let labels: BTreeSet<_> = run.iter().map(|at| self.label(*at)).collect();
            let models: BTreeSet<_> = labels.iter().filter_map(|(model, _)| model.as_ref()).collect();
            let kinds: BTreeSet<_> = labels.iter().filter_map(|(_, kind)| *kind).collect();
            if models.len() > 1 || kinds.len() > 1 {
                colliding.push(self.source(run[0]));
            }
        }
        if colliding.is_empty() {
            return vec![members.to_vec()];
        }
        let mut variants: Vec<Vec<u32>> = Vec::new();
        let mut by_label: HashMap<(Option<String>, Option<Kind>), usize> = HashMap::new();
        let mut by_model: HashMap<String, usize> = HashMap::new();
        let mut by_root: HashMap<u32, usize> = HashMap::new();
        let (first, then): (Vec<u32>, Vec<u32>) =
            members.iter().partition(|at| colliding.binary_search(&self.source(**at)).is_ok());
        for (at, strict) in first.into_iter().map(|at| (at, true)).chain(then.into_iter().map(|at| (at, false))) {
            let label = self.label(at);
            let root = self.root(at);
            let by_model_only = if strict { None } else { label.0.as_ref().and_then(|model| by_model.get(model)) };
            let place = by_root.get(&root).or_else(|| by_label.get(&label)).or(by_model_only).copied();
            let place = place.unwrap_or_else(|| {
                variants.push(Vec::new());
                variants.len() - 1
            });
            variants[place].push(at);
            by_root.entry(root).or_insert(place);
            if let Some(model) = &label.0 {
                by_model.entry(model.clone()).or_insert(place);
            }
            by_label.entry(label).or_insert(place);
        }
        variants
    }

    /// The model and kind that an observation tells.
    fn label(&self, at: u32) -> (Option<String>, Option<Kind>) {
        let said = self.seen[at as usize].said;
        (said.model().map(|model| identity::model(model.text())), said.kind())
    }

    /// The different groups that some observations are in.
    fn roots(&mut self, members: &[u32]) -> Vec<u32> {
        let mut roots: Vec<u32> = members.iter().map(|at| self.root(*at)).collect();
        roots.sort_unstable();
        roots.dedup();
        roots
    }

    /// Is it in a group that has something better than a host name?
    fn is_strong(&mut self, at: u32) -> bool {
        let root = self.root(at);
        self.strong[root as usize]
    }

    /// Are they in one group already?
    fn are_one(&mut self, members: &[u32]) -> bool {
        let first = self.root(members[0]);
        members[1..].iter().all(|at| self.root(*at) == first)
    }

    /// Does some source have several different things among these?
    fn repeats_within_a_source(&mut self, members: &[u32]) -> bool {
        let seen = self.seen;
        let mut runs = members.chunk_by(|a, b| seen[*a as usize].source == seen[*b as usize].source);
        runs.any(|run| !self.are_one(run))
    }

    /// Those of some observations that have nothing better than a host name.
    fn weak(&self, members: &[u32]) -> Vec<u32> {
        members.iter().copied().filter(|at| self.only_host[*at as usize]).collect()
    }

    /// Those of some groups that a source which may add assets still lists, and tells neither reformed nor gone.
    fn still_there(&mut self, members: &[u32], groups: &[u32]) -> Vec<u32> {
        let mut there = BTreeSet::new();
        for at in members {
            let seen = &self.seen[*at as usize];
            let said = seen.said;
            let status = Status::meant(said.status(), said.disposal());
            let out = matches!(status, Status::Retired | Status::Disposed | Status::Lost)
                || said.disposal_date().is_some()
                || said.retired_date().is_some();
            let root = self.root(*at);
            if groups.binary_search(&root).is_ok()
                && !self.only_host[*at as usize]
                && seen.makes
                && said.history().unlisted_since.is_none()
                && !out
            {
                there.insert(root);
            }
        }
        there.into_iter().collect()
    }

    fn by_host(&mut self, members: &[u32]) {
        if self.are_one(members) {
            return;
        }
        let weak = self.weak(members);
        if weak.is_empty() {
            return;
        }
        let roots = self.roots(members);
        let mut strong: Vec<u32> = roots.iter().copied().filter(|root| self.strong[*root as usize]).collect();
        if strong.len() > 1 {
            // A name is given to the next machine: it is that of the one which is still there.
            strong = self.still_there(members, &strong);
        }
        let several = roots.iter().filter(|root| self.strong[**root as usize]).count() > 1;
        if roots.len() < 2 || (several && strong.len() != 1) || self.repeats_within_a_source(&weak) {
            return;
        }
        let target = strong.first().copied().unwrap_or(weak[0]);
        let mut sources = BTreeSet::new();
        for at in members {
            if strong.binary_search(&self.root(*at)).is_ok() {
                sources.insert(self.source(*at));
            }
        }
        for at in weak {
            // A source that lists the name twice means two things by it.
            if !sources.contains(&self.source(at)) {
                self.union(target, at);
            }
        }
    }
}
