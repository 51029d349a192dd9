//! The fleet: how many, of what, since when.

use std::collections::BTreeMap;

use crate::packed::Packed;
use crate::record::Text;
use crate::word::{Condition, Kind, Status, Word};

use super::basis::kind_label;
use super::{Basis, Indicator, Reading};

/// The fleet's questions.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "assets",
        help: "Assets known that are not disposed, lost or unlisted, by entity, kind and status.",
        unit: "assets",
        compute: assets,
    },
    Indicator {
        name: "assets_acquired",
        help: "Active fleet by condition at acquisition.",
        unit: "assets",
        compute: acquired,
    },
    Indicator { name: "assets_by_age", help: "Active fleet by age band.", unit: "assets", compute: by_age },
    Indicator {
        name: "assets_age_seconds",
        help: "Sum of the known ages of the active fleet; divide by ecoparc_assets_age_known for the mean.",
        unit: "seconds",
        compute: age_seconds,
    },
    Indicator {
        name: "assets_age_known",
        help: "Active assets whose age is known.",
        unit: "assets",
        compute: age_known,
    },
    Indicator {
        name: "reuse_fleet_ratio",
        help: "Share of the active fleet that was bought from reuse; informative, not the law.",
        unit: "ratio",
        compute: reuse_fleet,
    },
    Indicator {
        name: "internal_reassignments",
        help: "Assets given to another holder or entity after a spell in stock, by civil year.",
        unit: "count",
        compute: reassignments,
    },
    Indicator {
        name: "virtual_machines",
        help: "Virtual machines: counted apart, without age or footprint.",
        unit: "count",
        compute: virtual_machines,
    },
    Indicator {
        name: "printed_pages_total",
        help: "Pages that printers and copiers have printed in their lives, where they count them; those that are gone too.",
        unit: "pages",
        compute: printed_pages,
    },
];

const KNOWN: [Status; 5] = [Status::Ordered, Status::InStock, Status::InUse, Status::InRepair, Status::Retired];

fn assets(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(Text, Option<Kind>, Status), f64> = BTreeMap::new();
    for (entity, kind) in basis.entity_kinds() {
        for status in KNOWN {
            counts.insert((entity.clone(), kind, status), 0.0);
        }
    }
    for count in &basis.census {
        let entity = basis.entity_of(count.entity, count.kind);
        *counts.entry((entity, count.kind, count.status)).or_default() += count.count as f64;
    }
    let slice = |(entity, kind, status): (Text, Option<Kind>, Status)| {
        vec![("entity", entity), ("kind", kind_label(kind)), ("status", Text::from(status.name()))]
    };
    counts.into_iter().map(|(key, count)| Reading::of(slice(key), count)).collect()
}

fn acquired(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(Text, Option<Kind>, Condition), f64> = BTreeMap::new();
    for (entity, kind) in basis.entity_kinds() {
        for (condition, _) in Condition::ALL {
            counts.insert((entity.clone(), kind, *condition), 0.0);
        }
    }
    for count in basis.active_counts() {
        let entity = basis.entity_of(count.entity, count.kind);
        *counts.entry((entity, count.kind, count.condition)).or_default() += count.count as f64;
    }
    let slice = |(entity, kind, condition): (Text, Option<Kind>, Condition)| {
        vec![("entity", entity), ("kind", kind_label(kind)), ("condition", Text::from(condition.name()))]
    };
    counts.into_iter().map(|(key, count)| Reading::of(slice(key), count)).collect()
}

/// The age bands, in years.
pub const BANDS: [&str; 12] =
    ["0-1y", "1-2y", "2-3y", "3-4y", "4-5y", "5-6y", "6-7y", "7-8y", "8-9y", "9-10y", "10y+", "unknown"];

fn by_age(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<Option<Kind>, [f64; BANDS.len()]> =
        basis.kinds().into_iter().map(|kind| (kind, [0.0; BANDS.len()])).collect();
    for count in basis.active_counts() {
        let sums = counts.entry(count.kind).or_default();
        sums.iter_mut().zip(count.bands).for_each(|(sum, more)| *sum += more as f64);
    }
    let readings = counts.into_iter().flat_map(|(kind, counts)| {
        BANDS.iter().zip(counts).map(move |(band, count)| {
            Reading::of(vec![("kind", kind_label(kind)), ("age_band", Text::from(*band))], count)
        })
    });
    readings.collect()
}

/// Of each published entity and kind: days of known age, how many are known, how many there are.
fn ages(basis: &Basis) -> BTreeMap<(Text, Option<Kind>), (i64, u64, u64)> {
    let mut ages: BTreeMap<_, _> = basis.entity_kinds().into_iter().map(|key| (key, (0, 0, 0))).collect();
    for count in basis.active_counts() {
        let key = (basis.entity_of(count.entity, count.kind), count.kind);
        let (sum, known, all) = ages.entry(key).or_default();
        *all += count.count;
        *sum += count.ages.0;
        *known += count.ages.1;
    }
    ages
}

fn per_age(basis: &Basis, value: fn(i64, u64) -> f64) -> Vec<Reading> {
    let readings = ages(basis).into_iter().map(|((entity, kind), (sum, known, all))| {
        let coverage = if all == 0 { 1.0 } else { known as f64 / all as f64 };
        Reading::of(vec![("entity", entity), ("kind", kind_label(kind))], value(sum, known)).coverage(Some(coverage))
    });
    readings.collect()
}

fn age_seconds(basis: &Basis) -> Vec<Reading> {
    per_age(basis, |days, _| days as f64 * 86_400.0)
}

fn age_known(basis: &Basis) -> Vec<Reading> {
    per_age(basis, |_, known| known as f64)
}

fn reuse_fleet(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<Option<Kind>, (f64, f64, f64)> = BTreeMap::new();
    for count in basis.active_counts() {
        let (reuse, known, all) = counts.entry(count.kind).or_default();
        let here = count.count as f64;
        *all += here;
        *known += if count.condition == Condition::Unknown { 0.0 } else { here };
        *reuse += if count.condition.is_reuse() { here } else { 0.0 };
    }
    let readings = counts.into_iter().map(|(kind, (reuse, known, all))| {
        Reading::of(vec![("kind", kind_label(kind))], reuse / all)
            .bounds(Some(reuse / all), Some((reuse + all - known) / all))
            .coverage(Some(known / all))
            .note("share of the fleet in units: not the legal rate, which is a share of a year's spending")
    });
    readings.collect()
}

fn reassignments(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(Option<Kind>, i16), f64> = BTreeMap::new();
    for asset in basis.snapshot.assets.iter().filter(|asset| !asset.is_virtual) {
        let mut holder = None;
        let mut stocked = false;
        for spell in asset.spells.iter().flat_map(|spells| spells.iter()).filter(|spell| spell.since <= basis.at) {
            match spell.status {
                Status::InStock => stocked = true,
                Status::InUse => {
                    let now = (&spell.user, &spell.entity);
                    if stocked && holder.is_some_and(|before| before != now) {
                        *counts.entry((asset.kind, spell.since.year())).or_default() += 1.0;
                    }
                    (holder, stocked) = (Some(now), false);
                }
                _ => {}
            }
        }
    }
    let readings = counts.into_iter().map(|((kind, year), count)| {
        Reading::of(vec![("kind", kind_label(kind)), ("year", Text::from(year.to_string()))], count)
    });
    readings.collect()
}

fn virtual_machines(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<Text, f64> = BTreeMap::new();
    for asset in basis.snapshot.assets.iter().filter(|asset| asset.is_virtual) {
        if asset.is_active(basis.at) {
            *counts.entry(basis.entity(asset.entity)).or_default() += 1.0;
        }
    }
    counts.into_iter().map(|(entity, count)| Reading::of(vec![("entity", entity)], count)).collect()
}

fn printed_pages(basis: &Basis) -> Vec<Reading> {
    // Pages, active things that count them, and active things that could.
    let mut sums: BTreeMap<Text, (f64, f64, f64)> = BTreeMap::new();
    for asset in basis.snapshot.assets.iter().filter(|asset| !asset.is_virtual) {
        let (pages, prints) = (
            asset.told(Packed::printed_pages),
            matches!(asset.kind, Some(Kind::Printer | Kind::Multifunction | Kind::Copier)),
        );
        if pages.is_none() && !prints {
            continue;
        }
        let sum = sums.entry(basis.entity(asset.entity)).or_default();
        sum.0 += pages.unwrap_or(0.0);
        if asset.is_active(basis.at) {
            sum.1 += f64::from(u8::from(pages.is_some()));
            sum.2 += 1.0;
        }
    }
    let reading = |(entity, (pages, counted, all)): (Text, (f64, f64, f64))| {
        let known = (pages > 0.0 || counted > 0.0).then_some(pages);
        let reading =
            Reading::maybe(vec![("entity", entity)], known, "no printer tells how many pages it has printed");
        reading.coverage(Some(if all > 0.0 { counted / all } else { 0.0 }))
    };
    sums.into_iter().map(reading).collect()
}
