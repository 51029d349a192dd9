//! How long equipment lasts: Kaplan-Meier, with what is in service censored, and what it comes to beside the reference.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::quantity::{BOUND_DEVIATIONS, Years};
use crate::record::Text;
use crate::snapshot::{Asset, Snapshot};
use crate::word::{Kind, Status};

use super::basis::{days, kind_label};
use super::census::PIECE;
use super::{Basis, Indicator, Reading};

/// The questions about lifetimes.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "lifetime_median_seconds",
        help: "Median lifetime by Kaplan-Meier, assets in service censored; half of them last longer.",
        unit: "seconds",
        compute: |basis| median(basis, basis.at),
    },
    Indicator {
        name: "lifetime_median_year_ago_seconds",
        help: "The same median as of a year before, by the dates of the inventory as it is now.",
        unit: "seconds",
        compute: |basis| median(basis, basis.at.saturating_sub(Span::new().years(1))),
    },
    Indicator {
        name: "lifetime_mean_at_exit_seconds",
        help: "Mean life of what left in a civil year; informative, biased when a fleet grows.",
        unit: "seconds",
        compute: mean_at_exit,
    },
    Indicator {
        name: "lifetime_reference_seconds",
        help: "Reference lifetime by kind.",
        unit: "seconds",
        compute: reference,
    },
    Indicator {
        name: "assets_past_lifetime",
        help: "Active assets older than the reference lifetime of their kind: lives made longer.",
        unit: "assets",
        compute: past,
    },
];

/// One life as survival statistics see it, in days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Life {
    /// Observed from this age on (delayed entry).
    pub entry: i32,
    /// Until this age.
    pub end: i32,
    /// It ended then; else it is censored there.
    pub exited: bool,
}

/// One step of a survival curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Age, in days.
    pub age: i32,
    /// Share still in service after it.
    pub survival: f64,
    /// Greenwood's standard error of that share.
    pub error: f64,
}

impl Step {
    /// Bounds (95 %) of that share, by a normal error: they may lie outside 0 to 1.
    pub fn bounds(&self) -> (f64, f64) {
        let reach = BOUND_DEVIATIONS * self.error;
        (self.survival - reach, self.survival + reach)
    }
}

/// The Kaplan–Meier curve of some lives (Kaplan and Meier 1958; Greenwood 1926): a step for each age with an exit.
pub fn curve(lives: &[Life]) -> Vec<Step> {
    // At each age: how many more are at risk from then on, and how many exits.
    let mut ages: FxHashMap<i32, (i64, i64)> = FxHashMap::default();
    for life in lives.iter().filter(|life| life.end > life.entry) {
        // At risk at age t: entry < t ≤ end.
        ages.entry(life.entry + 1).or_default().0 += 1;
        ages.entry(life.end + 1).or_default().0 -= 1;
        if life.exited {
            ages.entry(life.end).or_default().1 += 1;
        }
    }
    let mut ages: Vec<(i32, (i64, i64))> = ages.into_iter().collect();
    ages.sort_unstable();
    let (mut at_risk, mut survival, mut sum) = (0_i64, 1.0, 0.0);
    let mut steps = Vec::new();
    for (age, (change, exits)) in ages {
        at_risk += change;
        if exits == 0 {
            continue;
        }
        let (n, d) = (at_risk as f64, exits as f64);
        survival *= 1.0 - d / n;
        if n > d {
            sum += d / (n * (n - d));
        }
        steps.push(Step { age, survival, error: survival * f64::sqrt(sum) });
    }
    steps
}

/// The age at which a share of at most one half is still in service, with its 95 % interval; the upper bound is
/// `None` while the curve's own upper bound stays above one half.
pub fn median_of(steps: &[Step]) -> Option<(i32, i32, Option<i32>)> {
    let first = |at_most: &dyn Fn(&Step) -> f64| steps.iter().find(|step| at_most(step) <= 0.5).map(|step| step.age);
    let median = first(&|step| step.survival)?;
    let low = first(&|step| step.bounds().0).unwrap_or(median);
    Some((median, low, first(&|step| step.bounds().1)))
}

/// An asset's life at the end of a day; `None` where it has no part in statistics.
pub fn life(asset: &Asset, at: Date) -> Option<Life> {
    let start = asset.start?;
    let exit = asset.retired.or(asset.gone).filter(|day| *day <= at);
    if asset.is_virtual || (exit.is_some() && !asset.exit_dated) || start > at {
        return None;
    }
    let entry = asset.observed_since.map_or(0, |since| days(start, since).max(0));
    let end = exit.or(asset.unlisted.filter(|day| *day <= at)).unwrap_or(at);
    Some(Life { entry, end: days(start, end), exited: exit.is_some() })
}

/// The lives of a snapshot at the end of a day, by kind.
pub fn lives(snapshot: &Snapshot, at: Date) -> BTreeMap<Kind, Vec<Life>> {
    let mut lives: BTreeMap<Kind, Vec<Life>> = BTreeMap::new();
    for asset in &snapshot.assets {
        if let (Some(kind), Some(life)) = (asset.kind, life(asset, at)) {
            lives.entry(kind).or_default().push(life);
        }
    }
    lives
}

/// The lives of each kind, and of how many things that ever began their service.
fn cohorts(snapshot: &Snapshot, at: Date) -> BTreeMap<Kind, (Vec<Life>, f64)> {
    let pieces: Vec<BTreeMap<Kind, (Vec<Life>, f64)>> = snapshot
        .assets
        .par_chunks(PIECE)
        .map(|assets| {
            let mut lives: BTreeMap<Kind, (Vec<Life>, f64)> = BTreeMap::new();
            for asset in assets {
                let Some(kind) = asset.kind.filter(|_| !asset.is_virtual) else { continue };
                // What is on its way has no life yet, nor has what came later.
                if asset.start.unwrap_or(asset.first_seen) > at || asset.status(at) == Some(Status::Ordered) {
                    continue;
                }
                let (told, begun) = lives.entry(kind).or_default();
                told.extend(life(asset, at));
                *begun += 1.0;
            }
            lives
        })
        .collect();
    let mut lives: BTreeMap<Kind, (Vec<Life>, f64)> = BTreeMap::new();
    for (kind, (told, begun)) in pieces.into_iter().flatten() {
        let all = lives.entry(kind).or_default();
        all.0.extend(told);
        all.1 += begun;
    }
    lives.retain(|_, (told, _)| !told.is_empty());
    lives
}

/// The median lifetime of each kind of which it is known.
pub fn medians(basis: &Basis) -> BTreeMap<Kind, Years> {
    let known = lives(basis.snapshot, basis.at).into_iter().filter_map(|(kind, lives)| {
        let (median, ..) = median_of(&curve(&lives))?;
        Some((kind, Years::from_days(i64::from(median))))
    });
    known.collect()
}

/// The readings of the medians as of the end of a day.
fn median(basis: &Basis, at: Date) -> Vec<Reading> {
    let readings = cohorts(basis.snapshot, at).into_iter().map(|(kind, (lives, begun))| {
        let slice = vec![("kind", kind_label(Some(kind)))];
        let seconds = |days: i32| f64::from(days) * 86_400.0;
        let found = median_of(&curve(&lives));
        Reading::maybe(
            slice,
            found.map(|(median, ..)| seconds(median)),
            "more than half of those that ever began their service are still in service",
        )
        .bounds(found.map(|(_, low, _)| seconds(low)), found.and_then(|(.., high)| high).map(seconds))
        .coverage(Some(lives.len() as f64 / begun))
    });
    readings.collect()
}

fn mean_at_exit(basis: &Basis) -> Vec<Reading> {
    // Days of the lives that are known, how many these are, and how many exits there were.
    let mut exits: BTreeMap<(Kind, i16), (i64, i64, i64)> = BTreeMap::new();
    let of_a_year = |asset: &&Asset| asset.exit_dated || !asset.exit_unseen;
    for asset in basis.snapshot.assets.iter().filter(of_a_year).filter(|asset| !asset.is_virtual) {
        let exit = asset.retired.or(asset.gone).filter(|day| *day <= basis.at);
        let Some((kind, exit)) = asset.kind.zip(exit) else { continue };
        let (sum, count, all) = exits.entry((kind, exit.year())).or_default();
        *all += 1;
        if let Some(start) = asset.start.filter(|start| asset.exit_dated && *start <= exit) {
            *sum += i64::from(days(start, exit));
            *count += 1;
        }
    }
    let known = exits.into_iter().filter(|(_, (_, count, _))| *count > 0);
    let readings = known.map(|((kind, year), (sum, count, all))| {
        let slice = vec![("kind", kind_label(Some(kind))), ("year", Text::from(year.to_string()))];
        Reading::of(slice, sum as f64 / count as f64 * 86_400.0)
            .coverage(Some(count as f64 / all as f64))
            .note("of what left only: biased when a fleet grows; the median by Kaplan-Meier is not")
    });
    readings.collect()
}

fn reference(basis: &Basis) -> Vec<Reading> {
    let assumptions = &basis.settings.assumptions;
    let readings = basis.kinds().into_iter().flatten().filter_map(|kind| {
        let years = assumptions.lifetime(kind)?;
        let rests_on = vec![Text::from(format!("lifetime_years.{}", kind_label(Some(kind))))];
        Some(
            Reading::of(vec![("kind", kind_label(Some(kind)))], years.seconds())
                .grounds(super::Grounds::Default, rests_on),
        )
    });
    readings.collect()
}

/// Is an asset of this age past the reference lifetime? Strictly.
pub fn is_past(age: Years, reference: Years) -> bool {
    age.0 > reference.0
}

fn past(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(Text, Kind), (f64, f64, f64)> = BTreeMap::new();
    for count in basis.active_counts() {
        let Some(kind) = count.kind.filter(|kind| basis.settings.assumptions.lifetime(*kind).is_some()) else {
            continue;
        };
        let entry = counts.entry((basis.entity_of(count.entity, Some(kind)), kind)).or_default();
        *entry = (entry.0 + count.past as f64, entry.1 + count.ages.1 as f64, entry.2 + count.count as f64);
    }
    let readings = counts.into_iter().map(|((entity, kind), (past, known, all))| {
        Reading::of(vec![("entity", entity), ("kind", kind_label(Some(kind)))], past).coverage(Some(known / all))
    });
    readings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 6/7 are left after 3 years, 4/7 after 4, 2/7 after 6.
    #[test]
    fn worked_survival_curve() {
        let year = |years: i32| years * 1461 / 4;
        let life = |years, exited| Life { entry: 0, end: year(years), exited };
        let lives: Vec<Life> = [3, 4, 4, 6]
            .map(|years| life(years, true))
            .into_iter()
            .chain([2, 5, 5, 7].map(|years| life(years, false)))
            .collect();
        let steps = curve(&lives);
        let survival: Vec<f64> = steps.iter().map(|step| (step.survival * 1e4).round() / 1e4).collect();
        assert_eq!(survival, [0.8571, 0.5714, 0.2857]);
        assert_eq!(median_of(&steps).map(|(median, ..)| median), Some(year(6)));
    }

    #[test]
    fn delayed_entry_takes_no_part_before_it() {
        let lives = [
            Life { entry: 0, end: 10, exited: true },
            Life { entry: 20, end: 30, exited: true },
            Life { entry: 0, end: 40, exited: false },
        ];
        let survival: Vec<f64> = curve(&lives).iter().map(|step| step.survival).collect();
        assert_eq!(survival, [0.5, 0.25]);
        // Nor on its very day: at ten, one of the two others leaves.
        let lives = [Life { entry: 10, end: 20, exited: true }, lives[0], lives[2]];
        let survival: Vec<f64> = curve(&lives).iter().map(|step| step.survival).collect();
        assert_eq!(survival, [0.5, 0.25]);
    }

    #[test]
    fn the_median_is_where_one_half_is_left() {
        let lives = [Life { entry: 0, end: 10, exited: true }, Life { entry: 0, end: 20, exited: false }];
        assert_eq!(median_of(&curve(&lives)).map(|(median, ..)| median), Some(10));
    }

    /// By hand, of four: after two exits √(1/(4·3) + 1/(3·2)) of a half; once nobody is left there is nothing to err on.
    #[test]
    fn worked_errors() {
        let life = |end| Life { entry: 0, end, exited: true };
        let lives = [10, 20, 30, 40].map(life);
        let errors: Vec<String> = curve(&lives).iter().map(|step| format!("{:.4}", step.error)).collect();
        assert_eq!(errors, ["0.2165", "0.2500", "0.2165", "0.0000"]);
        let (low, high) = curve(&lives)[0].bounds();
        assert_eq!(format!("{low:.2} {high:.2}"), "0.33 1.17");
        // What leaves on the day it comes has no life.
        let of_a_day = Life { entry: 20, end: 20, exited: true };
        assert_eq!(curve(&[&lives[..], &[of_a_day]].concat()), curve(&lives));
    }
}
