//! Which observations are one thing. Keys in the order of their strength: serial, system UUID, asset tag, MAC
//! addresses, host name. Joining is transitive, and never joins two different good serials.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::doubt::{Doubt, Reason};
use crate::identity;
use crate::record::Text;
use crate::testimony::Testimony;
use crate::word::{Kind, Verdict};

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
    joining.by_serial();
    joining.by_uuid();
    joining.by_tag();
    joining.by_mac();
    joining.by_host();
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

/// The observations that have a key, grouped by it, each group in the order of belief, groups in the order of keys.
fn groups<K: Ord + Hash + Eq>(keyed: impl Iterator<Item = (K, u32)>) -> Vec<(K, Vec<u32>)> {
    let mut map: HashMap<K, Vec<u32>> = HashMap::new();
    for (key, at) in keyed {
        map.entry(key).or_default().push(at);
    }
    let mut groups: Vec<(K, Vec<u32>)> = map.into_iter().filter(|(_, members)| members.len() > 1).collect();
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    groups
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

    /// Of one source, can the two be one thing, by the model and kind they tell?
    fn alike(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.label(a), self.label(b));
        !matches!((a.0, b.0), (Some(x), Some(y)) if x != y) && !matches!((a.1, b.1), (Some(x), Some(y)) if x != y)
    }

    fn by_serial(&mut self) {
        let keyed: Vec<(String, u32)> =
            (0..self.seen.len() as u32).filter_map(|at| Some((self.keys[at as usize].serial.clone()?, at))).collect();
        for (serial, at) in &keyed {
            let root = self.root(*at) as usize;
            if self.serial[root].is_none() {
                self.serial[root] = Some((serial.clone(), 0));
            }
        }
        for (serial, members) in groups(keyed.into_iter()) {
            let variants = self.variants(&members);
            for (number, variant) in variants.iter().enumerate() {
                for at in variant {
                    let root = self.root(*at) as usize;
                    if self.serial[root].as_ref().is_some_and(|(own, _)| *own == serial) {
                        self.serial[root] = Some((serial.clone(), number as u32));
                    }
                }
            }
            for variant in &variants {
                for at in &variant[1..] {
                    self.union(variant[0], *at);
                }
            }
            let apart = self.roots(&members);
            if apart.len() > 1 {
                self.doubt(&apart, format!("one serial number on {} different things", apart.len()));
            }
        }
    }

    /// Splits observations that share a serial into things. They are one thing, unless one source tells several
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

    fn by_uuid(&mut self) {
        let keyed: Vec<(u128, u32)> =
            (0..self.seen.len() as u32).filter_map(|at| Some((self.keys[at as usize].uuid?, at))).collect();
        for (_, members) in groups(keyed.into_iter()) {
            for at in 1..members.len() {
                let joinable = members[..at]
                    .iter()
                    .find(|other| {
                        self.source(**other) != self.source(members[at]) || self.alike(**other, members[at])
                    })
                    .copied();
                if let Some(other) = joinable {
                    self.union(other, members[at]);
                }
            }
            self.doubt_apart(&members, "one system UUID on things with different serial numbers");
        }
    }

    /// A doubt, if these observations are still in several groups.
    fn doubt_apart(&mut self, members: &[u32], what: &str) {
        let apart = self.roots(members);
        if apart.len() > 1 {
            self.doubt(&apart, what.to_owned());
        }
    }

    fn realm(&self, at: u32) -> Text {
        self.testimonies[self.source(at) as usize].source.realm.clone()
    }

    /// Does some source have several different things among these?
    fn repeats_within_a_source(&mut self, members: &[u32]) -> bool {
        let runs: Vec<Vec<u32>> =
            members.chunk_by(|a, b| self.source(*a) == self.source(*b)).map(<[u32]>::to_vec).collect();
        runs.iter().any(|run| self.roots(run).len() > 1)
    }

    fn by_tag(&mut self) {
        let keyed: Vec<((Text, String), u32)> = (0..self.seen.len() as u32)
            .filter_map(|at| Some(((self.realm(at), self.keys[at as usize].tag.clone()?), at)))
            .collect();
        for (_, members) in groups(keyed.into_iter()) {
            if self.repeats_within_a_source(&members) {
                self.doubt_apart(&members, "one asset tag on several things of one source");
                continue;
            }
            for at in &members[1..] {
                self.union(members[0], *at);
            }
            self.doubt_apart(&members, "one asset tag on things with different serial numbers");
        }
    }

    fn by_mac(&mut self) {
        let keyed: Vec<(u64, u32)> = (0..self.seen.len() as u32)
            .flat_map(|at| self.keys[at as usize].macs.iter().map(move |mac| (*mac, at)).collect::<Vec<_>>())
            .collect();
        for (_, members) in groups(keyed.into_iter()) {
            // A docking station's address is seen behind every machine that was ever docked: it identifies none.
            if self.repeats_within_a_source(&members) {
                continue;
            }
            for at in &members[1..] {
                self.union(members[0], *at);
            }
            self.doubt_apart(&members, "one MAC address on things with different serial numbers");
        }
    }

    fn by_host(&mut self) {
        let keyed: Vec<((Text, String), u32)> = (0..self.seen.len() as u32)
            .filter_map(|at| Some(((self.realm(at), self.keys[at as usize].host.clone()?), at)))
            .collect();
        for (_, members) in groups(keyed.into_iter()) {
            let roots = self.roots(&members);
            let strong: Vec<u32> = roots.iter().copied().filter(|root| self.strong[*root as usize]).collect();
            let weak: Vec<u32> = members.iter().copied().filter(|at| self.keys[*at as usize].only_host()).collect();
            if weak.is_empty() || roots.len() < 2 {
                continue;
            }
            if strong.len() > 1 || self.repeats_within_a_source(&weak) {
                self.doubt_apart(&members, "one host name on several things, none of which can be preferred");
                continue;
            }
            let target = strong.first().copied().unwrap_or(weak[0]);
            let sources: Vec<u16> = members
                .iter()
                .copied()
                .filter(|at| strong.contains(&{ self.parent_of(*at) }))
                .map(|at| self.source(at))
                .collect();
            for at in weak {
                // A source that lists the name twice means two things by it.
                if !sources.contains(&self.source(at)) {
                    self.union(target, at);
                }
            }
            self.doubt_apart(&members, "one host name on things that were not joined");
        }
    }

    fn parent_of(&self, at: u32) -> u32 {
        let mut root = at;
        while self.parent[root as usize] != root {
            root = self.parent[root as usize];
        }
        root
    }
}
