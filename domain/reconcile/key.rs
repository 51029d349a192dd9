//! What observations can be known by, and which of them share it: keys of 64 bits, made on all cores and grouped by
//! sorting.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;

use crate::identity;
use crate::testimony::Testimony;

use super::Seen;

/// What observations can be known by: 64 bits of each key, 0 where there is none. Of 2 million different keys two are
/// taken for one with a chance of one in nine million.
pub(super) struct Keys {
    /// Each observation's serial.
    pub serial: Vec<u64>,
    /// Nothing better than a host name.
    pub only_host: Vec<bool>,
    /// By each of `By`, in its order: keys and the observations that have them.
    pub shared: [Vec<(u64, u32)>; 5],
}

/// Observations whose keys are made in one go.
const PIECE: usize = 16_384;

impl Keys {
    pub fn of(seen: &[Seen], testimonies: &[Testimony]) -> Self {
        let realms: Vec<u64> =
            testimonies.iter().map(|testimony| hash((By::Tag, &*testimony.source.realm))).collect();
        let pieces: Vec<Self> = seen
            .par_chunks(PIECE)
            .enumerate()
            .map(|(piece, seen)| Self::of_piece(seen, (piece * PIECE) as u32, &realms))
            .collect();
        let mut all = Self { serial: Vec::with_capacity(seen.len()), ..Self::none() };
        all.only_host.reserve(seen.len());
        for piece in pieces {
            all.serial.extend(piece.serial);
            all.only_host.extend(piece.only_host);
            for (all, piece) in all.shared.iter_mut().zip(piece.shared) {
                all.extend(piece);
            }
        }
        all
    }

    fn none() -> Self {
        Self { serial: Vec::new(), only_host: Vec::new(), shared: Default::default() }
    }

    fn of_piece(seen: &[Seen], first: u32, realms: &[u64]) -> Self {
        let mut keys = Self::none();
        let mut room = String::new();
        for (seen, at) in seen.iter().zip(first..) {
            let (said, realm) = (seen.said, realms[usize::from(seen.source.0)]);
            let mut put = |by: By, key: Option<u64>| {
                // A key of 0 stands for none.
                let key = key.map_or(0, |key| key.max(1));
                if key != 0 {
                    keys.shared[by as usize].push((key, at));
                }
                key
            };
            let serial =
                put(By::Serial, said.serial().and_then(|told| identity::serial_in(told, &mut room)).map(hash));
            let uuid = put(By::Uuid, said.uuid().and_then(identity::uuid).map(hash));
            let tag = said.asset_tag().and_then(|told| identity::asset_tag_in(told, &mut room));
            let tag = put(By::Tag, tag.map(|tag| hash((realm, tag))));
            let mut mac = 0;
            for told in said.mac().into_iter().flat_map(identity::macs) {
                mac = put(By::Mac, Some(told));
            }
            let host = said.hostname().and_then(|told| identity::hostname_in(told, &mut room));
            put(By::Host, host.map(|host| hash((realm, host))));
            keys.serial.push(serial);
            keys.only_host.push(serial | uuid | tag | mac == 0);
        }
        keys
    }
}

/// The same in every process: the order of groups must not depend on chance.
fn hash(told: impl Hash) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    told.hash(&mut hasher);
    hasher.finish()
}

/// The groups of one sort: keys that several observations have, and those observations.
pub(super) struct Groups {
    pub by: By,
    /// The members of all groups, each in the order of belief, and groups in that of their first members: whoever walks
    /// them walks along the observations, and not to and fro.
    members: Vec<u32>,
    /// Where each group begins in `members`, and where the last one ends.
    bounds: Vec<u32>,
}

impl Groups {
    pub fn of(by: By, mut keyed: Vec<(u64, u32)>) -> Self {
        keyed.par_sort_unstable();
        let several = keyed.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
        let mut groups: Vec<&[(u64, u32)]> = several.collect();
        groups.par_sort_unstable_by_key(|group| group[0].1);
        let mut members = Vec::with_capacity(groups.iter().map(|group| group.len()).sum());
        let mut bounds = Vec::with_capacity(groups.len() + 1);
        bounds.push(0);
        for group in groups {
            members.extend(group.iter().map(|(_, at)| *at));
            bounds.push(members.len() as u32);
        }
        Self { by, members, bounds }
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
