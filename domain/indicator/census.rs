//! The fleet counted once, in cells of things that are alike: what only counts things adds up cells instead of walking
//! through all assets again.

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::assumption::Assumptions;
use crate::entity::EntityId;
use crate::quantity::Years;
use crate::snapshot::{Asset, Snapshot};
use crate::word::{Condition, Kind, Status};

use super::basis::{anniversary, days};
use super::fleet::BANDS;
use super::lifetime::is_past;
use super::quality::{FIELDS, silent_before, unseen_because};

/// Assets that are counted in one go.
pub(super) const PIECE: usize = 32_768;

/// What is known, and is not disposed, lost or unlisted, of one entity, kind, status and condition.
#[derive(Clone, Debug)]
pub struct Count {
    /// Where it belongs.
    pub entity: EntityId,
    /// What it is.
    pub kind: Option<Kind>,
    /// Where it is in its life.
    pub status: Status,
    /// What it was when acquired.
    pub condition: Condition,
    /// How many.
    pub count: u64,
    /// The sum of their ages, in days, and how many are known.
    pub ages: (i64, u64),
    /// How many are past the reference lifetime of their kind.
    pub past: u64,
    /// How many by age band, in the order of `fleet::BANDS`.
    pub bands: [u64; BANDS.len()],
    /// Of how many each of `quality::FIELDS` is known.
    pub known: [u64; FIELDS.len()],
    /// Of how many each reason to be unseen holds, and of how many something tells, in the order of `unseen_because`.
    pub unseen: [(u64, u64); 3],
}

impl Count {
    /// Is it of the active fleet?
    pub fn is_active(&self) -> bool {
        self.status.is_active()
    }

    fn of(asset: &Asset, status: Status) -> Self {
        Self {
            entity: asset.entity,
            kind: asset.kind,
            status,
            condition: asset.condition.unwrap_or(Condition::Unknown),
            count: 0,
            ages: (0, 0),
            past: 0,
            bands: [0; BANDS.len()],
            known: [0; FIELDS.len()],
            unseen: [(0, 0); 3],
        }
    }

    fn key(&self) -> Key {
        (self.entity, self.kind, self.status, self.condition)
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.ages = (self.ages.0 + other.ages.0, self.ages.1 + other.ages.1);
        self.past += other.past;
        self.bands.iter_mut().zip(other.bands).for_each(|(sum, more)| *sum += more);
        self.known.iter_mut().zip(other.known).for_each(|(sum, more)| *sum += more);
        self.unseen.iter_mut().zip(other.unseen).for_each(|(sum, more)| *sum = (sum.0 + more.0, sum.1 + more.1));
    }
}

type Key = (EntityId, Option<Kind>, Status, Condition);

/// Counts what is known at the end of a day; `status` as of [`super::Basis`].
pub fn census(snapshot: &Snapshot, status: &[Option<Status>], assumptions: &Assumptions, at: Date) -> Vec<Count> {
    let (bands, silent) = (band_ends(at), silent_before(at));
    let pieces: Vec<Vec<Count>> = snapshot
        .assets
        .par_chunks(PIECE)
        .zip(status.par_chunks(PIECE))
        .map(|(assets, status)| {
            let (mut places, mut counts, mut references) = (FxHashMap::default(), Vec::new(), Vec::new());
            for (asset, status) in assets.iter().zip(status) {
                let Some(status) = status.filter(|status| !matches!(status, Status::Disposed | Status::Lost)) else {
                    continue;
                };
                let key: Key = (asset.entity, asset.kind, status, asset.condition.unwrap_or(Condition::Unknown));
                let place = *places.entry(key).or_insert_with(|| {
                    counts.push(Count::of(asset, status));
                    references.push(asset.kind.and_then(|kind| assumptions.lifetime(kind)));
                    counts.len() - 1
                });
                let count: &mut Count = &mut counts[place];
                count.count += 1;
                match asset.start {
                    Some(start) => {
                        let age = i64::from(days(start, at));
                        count.ages.0 += age;
                        count.ages.1 += 1;
                        let is_past = |reference| is_past(Years::from_days(age), reference);
                        count.past += u64::from(references[place].is_some_and(is_past));
                        count.bands[bands.partition_point(|end| start <= *end)] += 1;
                    }
                    None => count.bands[BANDS.len() - 1] += 1,
                }
                for (at, known) in count.known.iter_mut().enumerate() {
                    *known += u64::from(asset.known >> at & 1);
                }
                for ((is_so, told), (_, known)) in count.unseen.iter_mut().zip(unseen_because(asset, silent)) {
                    *is_so += u64::from(known == Some(true));
                    *told += u64::from(known.is_some());
                }
            }
            counts
        })
        .collect();
    let (mut places, mut counts) = (FxHashMap::<Key, usize>::default(), Vec::<Count>::new());
    for count in pieces.into_iter().flatten() {
        match places.get(&count.key()) {
            Some(place) => counts[*place].add(&count),
            None => {
                places.insert(count.key(), counts.len());
                counts.push(count);
            }
        }
    }
    counts
}

/// The last day of service's beginning that makes each whole number of years, from one on; bands turn on calendar
/// anniversaries.
fn band_ends(at: Date) -> [Date; 10] {
    std::array::from_fn(|years| {
        let years = years as i16 + 1;
        let usual = anniversary(at, -years);
        // The anniversary of 29 February is the 28th where the year has none.
        let next = usual.tomorrow().unwrap_or(usual);
        if anniversary(next, years) <= at { next } else { usual }
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::entity::ROOT;

    /// A fleet of more than one piece: what each of them counts is added up.
    #[test]
    fn what_is_counted_in_parts_is_added_up() {
        let counted = |count, ages, unseen| Count {
            entity: ROOT,
            kind: None,
            status: Status::InUse,
            condition: Condition::New,
            count,
            ages,
            past: 1,
            bands: [count; BANDS.len()],
            known: [count; FIELDS.len()],
            unseen: [unseen; 3],
        };
        let mut sum = counted(3, (700, 2), (1, 3));
        sum.add(&counted(2, (300, 1), (2, 2)));
        assert_eq!((sum.count, sum.ages, sum.past), (5, (1000, 3), 2));
        assert_eq!((sum.bands[0], sum.known[0], sum.unseen[0]), (5, 5, (3, 5)));
    }

    #[test]
    fn bands_turn_on_anniversaries() {
        for at in [date(2026, 11, 27), date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1)] {
            let ends = band_ends(at);
            let mut start = at;
            for _ in 0..4_200 {
                let years = (1..=10).take_while(|years| anniversary(start, *years) <= at).count();
                assert_eq!(ends.partition_point(|end| start <= *end), years, "{start} {at}");
                start = start.yesterday().unwrap_or(Date::MIN);
            }
        }
    }
}
