//! Which observations are one thing. Keys in the order of their strength: serial, system UUID, asset tag, MAC
//! addresses, host name. Joining is transitive, and never joins two different good serials.
//!
//! Sources come one after the other, in the order of belief: what is joined before a source speaks stays joined,
//! so that a less believed source only adds.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::doubt::{Doubt, Reason};
use crate::identity;
use crate::record::Text;
use crate::testimony::Testimony;
use crate::word::{Kind, Status, Verdict};

use super::{Decisions, Seen};

/// Each observation's group, and what could not be settled on the way.
pub(crate) struct Joined {
    /// For each observation the first one of its group.
    pub root: Vec<u32>,
    /// Things that share an identity and were not joined.
    pub doubts: Vec<Doubt>,
}

/// What an observation can be known by.
#[derive(Default)]
struct Keys {
    serial: Option<String>,
    uuid: Option<u128>,
    tag: Option<String>,
    macs: Vec<u64>,
    host: Option<String>,
}

impl Keys {
    fn of(seen: &Seen) -> Self {
        let facts = &seen.kept.observation.facts;
        Self {
            serial: facts.serial.as_deref().and_then(identity::serial),
            uuid: facts.uuid.as_deref().and_then(identity::uuid),
            tag: facts.asset_tag.as_deref().and_then(identity::asset_tag),
            macs: facts.mac.as_deref().map(|mac| identity::macs(mac).collect()).unwrap_or_default(),
            host: facts.hostname.as_deref().and_then(identity::hostname),
        }
    }

    fn only_host(&self) -> bool {
        self.serial.is_none() && self.uuid.is_none() && self.tag.is_none() && self.macs.is_empty()
    }
}

/// By what observations are grouped, strongest first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Serial,
    Uuid,
    Tag,
    Mac,
    Host,
}

/// Observations that share a key, in the order of belief.
struct Group {
    by: By,
    members: Vec<u32>,
}

struct Joining<'a> {
    seen: &'a [Seen<'a>],
    testimonies: &'a [Testimony],
    keys: Vec<Keys>,
    parent: Vec<u32>,
    /// Of each root: the serial of its group, and which of the things that share this serial it is.
    serial: Vec<Option<(String, u32)>>,
    /// Has the group anything better than a host name?
    strong: Vec<bool>,
    /// Pairs of observations that people hold apart.
    apart: Vec<(u32, u32)>,
    doubts: Vec<Doubt>,
}

/// Joins what is one thing.
pub(crate) fn join(seen: &[Seen], testimonies: &[Testimony], decisions: &Decisions) -> Joined {
    let keys: Vec<Keys> = seen.iter().map(Keys::of).collect();
    let mut joining = Joining {
        seen,
        testimonies,
        parent: (0..seen.len() as u32).collect(),
        serial: vec![None; seen.len()],
        strong: keys.iter().map(|keys| !keys.only_host()).collect(),
        keys,
        apart: Vec::new(),
        doubts: Vec::new(),
    };
    joining.decided(decisions);
    joining.take_serials();
    let groups = joining.groups();
    for source in 0..testimonies.len() as u16 {
        for group in &groups {
            let told = group.members.partition_point(|at| joining.source(*at) <= source);
            if told > 1 && joining.source(group.members[told - 1]) == source {
                joining.join(group.by, &group.members[..told]);
            }
        }
    }
    for group in &groups {
        joining.doubt_group(group);
    }
    let root: Vec<u32> = (0..seen.len() as u32).map(|at| joining.root(at)).collect();
    let Joining { doubts, .. } = joining;
    let doubts = final_names(doubts, &root, seen, testimonies);
    Joined { root, doubts }
}

/// Doubts speak of assets: the ids of observations become those of the groups they ended in.
fn final_names(doubts: Vec<Doubt>, root: &[u32], seen: &[Seen], testimonies: &[Testimony]) -> Vec<Doubt> {
    if doubts.is_empty() {
        return doubts;
    }
    let names = super::assemble::group_names(root, seen, testimonies);
    let by_observation: HashMap<Text, &Text> =
        (0..seen.len()).map(|at| (observation_id(&seen[at], testimonies), &names[&root[at]])).collect();
    doubts
        .into_iter()
        .filter_map(|mut doubt| {
            doubt.about =
                doubt.about.iter().map(|id| by_observation.get(id).map_or(id, |name| *name).clone()).collect();
            doubt.about.sort();
            doubt.about.dedup();
            // What a later, stronger reason joined after all is no collision any more.
            (doubt.about.len() > 1).then_some(doubt)
        })
        .collect()
}

/// `SOURCE:NATIVE_ID` of one observation.
pub(crate) fn observation_id(seen: &Seen, testimonies: &[Testimony]) -> Text {
    let source = &testimonies[seen.source.0 as usize].source.name;
    Text::from(format!("{source}:{}", seen.kept.observation.native))
}

/// The observations that share a key, each group in the order of belief, groups in the order of keys.
fn grouped<K: Ord + Hash + Eq>(by: By, keyed: impl Iterator<Item = (K, u32)>) -> impl Iterator<Item = Group> {
    let mut map: HashMap<K, Vec<u32>> = HashMap::new();
    for (key, at) in keyed {
        map.entry(key).or_default().push(at);
    }
    let mut groups: Vec<(K, Vec<u32>)> = map.into_iter().filter(|(_, members)| members.len() > 1).collect();
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    groups.into_iter().map(move |(_, members)| Group { by, members })
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

    /// Joins the groups of two observations, unless they have different serials or people hold them apart.
    /// The lower index, which is believed more, becomes the root.
    fn union(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return true;
        }
        let differ = matches!((&self.serial[a as usize], &self.serial[b as usize]), (Some(x), Some(y)) if x != y);
        if differ || self.held_apart(a, b) {
            return false;
        }
        self.link(a, b);
        true
    }

    fn link(&mut self, a: u32, b: u32) {
        let (root, child) = (a.min(b), a.max(b));
        self.parent[child as usize] = root;
        let serial = self.serial[child as usize].take();
        let own = &mut self.serial[root as usize];
        *own = own.take().or(serial);
        self.strong[root as usize] |= self.strong[child as usize];
    }

    fn held_apart(&mut self, a: u32, b: u32) -> bool {
        for at in 0..self.apart.len() {
            let (x, y) = self.apart[at];
            let (x, y) = (self.root(x), self.root(y));
            if (x == a && y == b) || (x == b && y == a) {
                return true;
            }
        }
        false
    }

    fn doubt(&mut self, members: &[u32], what: String) {
        let about = members.iter().map(|at| observation_id(&self.seen[*at as usize], self.testimonies)).collect();
        self.doubts.push(Doubt { reason: Reason::Collides, about, what });
    }

    fn decided(&mut self, decisions: &Decisions) {
        if decisions.taken.is_empty() {
            return;
        }
        let at: HashMap<Text, u32> =
            (0..self.seen.len()).map(|at| (observation_id(&self.seen[at], self.testimonies), at as u32)).collect();
        let pairs = |verdict| {
            decisions
                .pairs(verdict)
                .filter_map(|(a, b)| Some((*at.get(a)?, *at.get(b)?)))
                .collect::<Vec<(u32, u32)>>()
        };
        self.apart = pairs(Verdict::Different);
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
            if self.serial[root].is_none() {
                self.serial[root] = self.keys[at].serial.clone().map(|serial| (serial, 0));
            }
        }
    }

    fn groups(&self) -> Vec<Group> {
        let all = || self.keys.iter().zip(0..);
        let realm = |at: u32| &self.testimonies[self.source(at) as usize].source.realm;
        grouped(By::Serial, all().filter_map(|(keys, at)| Some((keys.serial.as_ref()?, at))))
            .chain(grouped(By::Uuid, all().filter_map(|(keys, at)| Some((keys.uuid?, at)))))
            .chain(grouped(By::Tag, all().filter_map(|(keys, at)| Some(((realm(at), keys.tag.as_ref()?), at)))))
            .chain(grouped(By::Mac, all().flat_map(|(keys, at)| keys.macs.iter().map(move |mac| (*mac, at)))))
            .chain(grouped(By::Host, all().filter_map(|(keys, at)| Some(((realm(at), keys.host.as_ref()?), at)))))
            .collect()
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

    /// A doubt, if observations that share a key are still in several groups.
    fn doubt_group(&mut self, group: &Group) {
        let members = &group.members;
        let apart = self.roots(members);
        if apart.len() < 2 {
            return;
        }
        let weak = self.weak(members);
        let what = match group.by {
            By::Serial => format!("one serial number on {} different things", apart.len()),
            By::Uuid => "one system UUID on different things".to_owned(),
            By::Tag if self.repeats_within_a_source(members) => {
                "one asset tag on several things of one source".to_owned()
            }
            By::Tag => "one asset tag on things with different serial numbers".to_owned(),
            By::Mac if self.repeats_within_a_source(members) => return,
            By::Mac => "one MAC address on things with different serial numbers".to_owned(),
            // Things with something better than a host name may share it: a name is given to the next machine.
            By::Host if weak.iter().all(|at| self.is_strong(*at)) => return,
            By::Host => "one host name on several things, none of which can be preferred".to_owned(),
        };
        self.doubt(&apart, what);
    }

    fn by_serial(&mut self, members: &[u32]) {
        let variants = self.variants(members);
        let Some(serial) = self.keys[members[0] as usize].serial.clone() else { return };
        for (number, variant) in variants.iter().enumerate() {
            for at in variant {
                let root = self.root(*at) as usize;
                if self.serial[root].as_ref().is_some_and(|(own, _)| *own == serial) {
                    self.serial[root] = Some((serial.clone(), number as u32));
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

    /// Splits observations that share a serial or system UUID into things. They are one thing, unless one source tells several
    /// models or kinds with it: then each model is a thing of its own, and other sources' observations go to the
    /// thing whose model they tell.
    fn variants(&mut self, members: &[u32]) -> Vec<Vec<u32>> {
        let mut colliding: Vec<u16> = Vec::new();
        for run in members.chunk_by(|a, b| self.source(*a) == self.source(*b)) {
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
            members.iter().partition(|at| colliding.contains(&self.source(**at)));
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
        let facts = &self.seen[at as usize].kept.observation.facts;
        (facts.model.as_deref().map(identity::model), facts.kind)
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

    /// Does some source have several different things among these?
    fn repeats_within_a_source(&mut self, members: &[u32]) -> bool {
        let runs: Vec<Vec<u32>> =
            members.chunk_by(|a, b| self.source(*a) == self.source(*b)).map(<[u32]>::to_vec).collect();
        runs.iter().any(|run| self.roots(run).len() > 1)
    }

    /// Those of some observations that have nothing better than a host name.
    fn weak(&self, members: &[u32]) -> Vec<u32> {
        members.iter().copied().filter(|at| self.keys[*at as usize].only_host()).collect()
    }

    /// Those of some groups that a source which may add assets still lists, and tells neither reformed nor gone.
    fn still_there(&mut self, members: &[u32], groups: &[u32]) -> Vec<u32> {
        let mut there = Vec::new();
        for at in members {
            let seen = &self.seen[*at as usize];
            let facts = &seen.kept.observation.facts;
            let out = matches!(facts.status, Some(Status::Retired | Status::Disposed | Status::Lost))
                || facts.disposal_date.is_some()
                || facts.retired_date.is_some();
            let root = self.root(*at);
            if groups.contains(&root)
                && !self.keys[*at as usize].only_host()
                && super::assemble::makes(seen, self.testimonies)
                && seen.kept.unlisted_since.is_none()
                && !out
                && !there.contains(&root)
            {
                there.push(root);
            }
        }
        there
    }

    fn by_host(&mut self, members: &[u32]) {
        let roots = self.roots(members);
        let mut strong: Vec<u32> = roots.iter().copied().filter(|root| self.strong[*root as usize]).collect();
        if strong.len() > 1 {
            // A name is given to the next machine: it is that of the one which is still there.
            strong = self.still_there(members, &strong);
        }
        let weak = self.weak(members);
        let several = roots.iter().filter(|root| self.strong[**root as usize]).count() > 1;
        if weak.is_empty() || roots.len() < 2 || (several && strong.len() != 1) || self.repeats_within_a_source(&weak)
        {
            return;
        }
        let target = strong.first().copied().unwrap_or(weak[0]);
        let held: Vec<u32> = members.iter().copied().filter(|at| strong.contains(&self.root(*at))).collect();
        let sources: BTreeSet<u16> = held.into_iter().map(|at| self.source(at)).collect();
        for at in weak {
            // A source that lists the name twice means two things by it.
            if !sources.contains(&self.source(at)) {
                self.union(target, at);
            }
        }
    }
}
