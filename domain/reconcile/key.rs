//! What observations can be known by, and which of them share it: keys of 64 bits, made on all cores and grouped by
//! sorting.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::FxHasher;

use crate::identity;
use crate::testimony::Testimony;

use super::Seen;

/// What observations can be known by, hashed. Of 2 million different keys of 64 bits two are taken for one with a chance of one
/// in nine million.
#[derive(Default)]
pub(super) struct Keys {
    /// Each observation's serial; 0 where it has none.
    pub serial: Vec<u64>,
    /// Nothing better than a host name.
    pub only_host: Vec<bool>,
}

/// The keys of some observations, and by each of `BY` those that have one.
type Piece = (Keys, [Vec<(u64, u32)>; BY.len()]);

/// Observations whose keys are made in one go.
const PIECE: usize = 16_384;

impl Keys {
    /// The keys of all observations, and the groups of those that share one, by each of `BY`.
    pub fn of(seen: &[Seen], testimonies: &[Testimony]) -> (Self, Vec<Groups>) {
        let realms: Vec<u64> =
            testimonies.iter().map(|testimony| hash((By::Tag, &*testimony.source.realm))).collect();
        let pieces: Vec<Piece> = seen
            .par_chunks(PIECE)
            .enumerate()
            .map(|(piece, seen)| of_piece(seen, (piece * PIECE) as u32, &realms))
            .collect();
        let begin = |source| seen.partition_point(|seen| usize::from(seen.source.0) < source) as u32;
        let begins: Vec<u32> = (0..=testimonies.len()).map(begin).collect();
        let groups = BY.par_iter().map(|by| {
            let keyed: Vec<&[(u64, u32)]> = pieces.iter().map(|(_, keyed)| &keyed[*by as usize][..]).collect();
            Groups::of(*by, &keyed, &begins)
        });
        let groups = groups.collect();
        let mut all = Self { serial: Vec::with_capacity(seen.len()), only_host: Vec::with_capacity(seen.len()) };
        for (keys, _) in pieces {
            all.serial.extend(keys.serial);
            all.only_host.extend(keys.only_host);
        }
        (all, groups)
    }
}

fn of_piece(seen: &[Seen], first: u32, realms: &[u64]) -> Piece {
    let (mut keys, mut keyed) = Piece::default();
    keys.serial.reserve_exact(seen.len());
    keys.only_host.reserve_exact(seen.len());
    let mut room = String::new();
    for (seen, at) in seen.iter().zip(first..) {
        let (said, realm) = (seen.said, realms[usize::from(seen.source.0)]);
        let mut put = |by: By, key: Option<u64>| {
            // A key of 0 stands for none.
            let key = key.map_or(0, |key| key.max(1));
            if key != 0 {
                keyed[by as usize].push((key, at));
            }
            key
        };
        let [serial, tag, uuid, host, mac_told] = said.names();
        let serial = put(By::Serial, serial.and_then(|told| identity::serial_in(told, &mut room)).map(hash));
        let uuid = put(By::Uuid, uuid.and_then(identity::uuid).map(hash));
        let tag = tag.and_then(|told| identity::asset_tag_in(told, &mut room));
        let tag = put(By::Tag, tag.map(|tag| hash((realm, tag))));
        let mut mac = 0;
        for told in mac_told.into_iter().flat_map(identity::macs) {
            mac = put(By::Mac, Some(hash(told)));
        }
        let host = host.and_then(|told| identity::hostname_in(told, &mut room));
        put(By::Host, host.map(|host| hash((realm, host))));
        keys.serial.push(serial);
        keys.only_host.push(serial | uuid | tag | mac == 0);
    }
    (keys, keyed)
}

/// The same in every process: the order of groups must not depend on chance.
pub(super) fn hash(told: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    told.hash(&mut hasher);
    hasher.finish()
}

/// Sorted by key, and then in the order of belief: keys, which are evenly spread, go into buckets that a processor's cache
/// holds, and are sorted there.
fn together(keyed: &[&[(u64, u32)]]) -> Vec<(u64, u32)> {
    let count: usize = keyed.iter().map(|keyed| keyed.len()).sum();
    let bits = (count >> 10).checked_ilog2().map_or(1, |bits| bits.clamp(1, 12));
    let bucket = |key: u64| (key >> (64 - bits)) as usize;
    let mut bounds: Vec<usize> = vec![0; (1 << bits) + 1];
    for (key, _) in keyed.iter().copied().flatten() {
        bounds[bucket(*key) + 1] += 1;
    }
    for at in 1..bounds.len() {
        bounds[at] += bounds[at - 1];
    }
    let (mut next, mut all) = (bounds.clone(), vec![(0, 0); count]);
    for (key, at) in keyed.iter().copied().flatten() {
        let place = &mut next[bucket(*key)];
        all[*place] = (*key, *at);
        *place += 1;
    }
    for bucket in bounds.windows(2) {
        let bucket = &mut all[bucket[0]..bucket[1]];
        // One number compares faster than a pair.
        bucket.sort_unstable_by_key(|(key, at)| u128::from(*key) << 32 | u128::from(*at));
    }
    all
}

/// No observation: where a group ends.
const END: u32 = u32::MAX;

/// The groups of one sort: keys that several observations have, and those observations.
pub(super) struct Groups {
    pub by: By,
    /// The members of all groups, each in the order of belief, and groups in that of their first members: whoever walks
    /// them walks along the observations, and not to and fro.
    members: Vec<u32>,
    /// Where each group begins in `members`, and where the last one ends.
    bounds: Vec<u32>,
    /// Of each source: the groups that change when it speaks, and how many members they have by then.
    pub turns: Vec<Vec<(u32, u32)>>,
}

impl Groups {
    /// `begins` are the places where the observations of each source begin, and where the last ones end.
    fn of(by: By, keyed: &[&[(u64, u32)]], begins: &[u32]) -> Self {
        let keyed = together(keyed);
        // Groups as they come, an end behind each; of each its first member and where it stands, in one number each.
        let (mut grouped, mut firsts) = (Vec::with_capacity(keyed.len()), Vec::new());
        for group in keyed.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            firsts.push(u64::from(group[0].1) << 32 | grouped.len() as u64);
            grouped.extend(group.iter().map(|keyed| keyed.1));
            grouped.push(END);
        }
        drop(keyed);
        firsts.sort_unstable();
        let (mut members, mut bounds) = (Vec::with_capacity(grouped.len()), vec![0]);
        let mut turns = vec![Vec::new(); begins.len() - 1];
        for first in firsts {
            let (from, number) = (members.len(), bounds.len() as u32 - 1);
            members.extend(grouped[first as u32 as usize..].iter().take_while(|at| **at != END));
            let (group, mut told) = (&members[from..], 0);
            while let Some(next) = group.get(told) {
                let source = begins.partition_point(|begin| begin <= next) - 1;
                told += group[told..].iter().take_while(|at| **at < begins[source + 1]).count();
                if told > 1 {
                    turns[source].push((number, told as u32));
                }
            }
            bounds.push(members.len() as u32);
        }
        Self { by, members, bounds, turns }
    }

    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    pub fn group(&self, at: usize) -> &[u32] {
        &self.members[self.bounds[at] as usize..self.bounds[at + 1] as usize]
    }
}

/// By what observations are grouped, strongest first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum By {
    Serial,
    Uuid,
    Tag,
    Mac,
    Host,
}

/// All of them.
pub(super) const BY: [By; 5] = [By::Serial, By::Uuid, By::Tag, By::Mac, By::Host];
