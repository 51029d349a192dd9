//! How much is known, and what is not.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;

use crate::doubt::{Cause, Doubt, Reason};
use crate::factor::{Choice, Tier};
use crate::packed::Packed;
use crate::record::Text;
use crate::snapshot::{Alike, Asset, Snapshot};
use crate::word::{Condition, Criterion, Kind, Word};

use super::basis::kind_label;
use super::footprint::Rows;
use super::{Basis, Indicator, Reading};

/// The questions about quality.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "repairability_index_mean",
        help: "Mean French repairability index of active laptops that have one; watch its coverage.",
        unit: "count",
        compute: repairability,
    },
    Indicator {
        name: "repairability_coverage_ratio",
        help: "Share of active assets that have a repairability index or class.",
        unit: "ratio",
        compute: repairability_coverage,
    },
    Indicator {
        name: "repairability_classes",
        help: "Active phones and tablets by European repairability class.",
        unit: "assets",
        compute: classes,
    },
    Indicator {
        name: "unseen_assets",
        help: "Assets that no contact confirms, or that no inventory lists; reasons overlap.",
        unit: "assets",
        compute: unseen,
    },
    Indicator { name: "doubts", help: "What could not be settled, by reason.", unit: "count", compute: doubts },
    Indicator {
        name: "field_known_ratio",
        help: "Share of the active fleet of a kind of which a field is known.",
        unit: "ratio",
        compute: known,
    },
    Indicator {
        name: "factor_coverage_ratio",
        help: "Share of the active fleet of a kind by closeness of its emission factor.",
        unit: "ratio",
        compute: tiers,
    },
];

/// A contact older than this many days is silence.
const SILENT_DAYS: i64 = 90;

fn repairability(basis: &Basis) -> Vec<Reading> {
    let laptops = || basis.active().filter(|(asset, _)| asset.kind == Some(Kind::Laptop));
    let told = laptops().filter(|(asset, _)| asset.repairability_told);
    let told: Vec<f64> = told.filter_map(|(asset, _)| asset.told(Packed::repairability_index)).collect();
    let all = laptops().count();
    if all == 0 {
        return Vec::new();
    }
    let mean = (!told.is_empty()).then(|| told.iter().sum::<f64>() / told.len() as f64);
    let slice = vec![("kind", kind_label(Some(Kind::Laptop)))];
    vec![Reading::maybe(slice, mean, "no index is told").coverage(Some(told.len() as f64 / all as f64))]
}

fn repairability_coverage(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<Kind, (f64, f64)> = BTreeMap::new();
    for (asset, _) in basis.active() {
        let Some(kind @ (Kind::Laptop | Kind::Smartphone | Kind::Tablet)) = asset.kind else { continue };
        let (known, all) = counts.entry(kind).or_default();
        *known += f64::from(u8::from(asset.repairability_told));
        *all += 1.0;
    }
    let reading =
        |(kind, (known, all)): (Kind, (f64, f64))| Reading::of(vec![("kind", kind_label(Some(kind)))], known / all);
    counts.into_iter().map(reading).collect()
}

fn classes(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(Kind, Text), f64> = BTreeMap::new();
    for (asset, _) in basis.active() {
        let Some(kind @ (Kind::Smartphone | Kind::Tablet)) = asset.kind else { continue };
        let class = asset.repairability_told.then(|| asset.told(Packed::repairability_class)).flatten();
        let class = class.map_or_else(|| Text::from("unknown"), |class| class.text().clone());
        *counts.entry((kind, class)).or_default() += 1.0;
    }
    let readings = counts
        .into_iter()
        .map(|((kind, class), count)| Reading::of(vec![("kind", kind_label(Some(kind))), ("class", class)], count));
    readings.collect()
}

/// The reasons for which something is unseen.
pub const UNSEEN: [&str; 4] = ["silent", "owner_left", "account_disabled", "not_in_inventory"];

/// Whose newest contact is before this day is silent at the end of another; what never had a contact date is not.
pub fn silent_before(at: Date) -> Date {
    at.saturating_sub(Span::new().days(SILENT_DAYS))
}

/// Why an asset may not be where it is thought to be, reason by reason; `None` where nothing can tell. `silent` is of
/// [`silent_before`].
pub fn unseen_because(asset: &Asset, silent: Date) -> [(&'static str, Option<bool>); 3] {
    let is_silent = asset.last_seen.map(|seen| seen < silent);
    let disabled = asset.account_enabled.map(|enabled| !enabled);
    [("silent", is_silent), ("owner_left", asset.owner_left), ("account_disabled", disabled)]
}

fn unseen(basis: &Basis) -> Vec<Reading> {
    // How many, and how many of those in no inventory are silent too.
    let mut counts: BTreeMap<(Option<Kind>, &'static str), (f64, usize)> = BTreeMap::new();
    for count in basis.active_counts() {
        for (reason, (is_so, told)) in UNSEEN.into_iter().zip(count.unseen) {
            if told > 0 {
                counts.entry((count.kind, reason)).or_default().0 += is_so as f64;
            }
        }
    }
    for unjoined in basis.snapshot.not_in_inventory() {
        let entry = counts.entry((unjoined.voices.told(Packed::kind), "not_in_inventory")).or_default();
        entry.0 += 1.0;
        entry.1 += usize::from(unjoined.voices.last_seen().is_some_and(|seen| seen < silent_before(basis.at)));
    }
    let readings = counts.into_iter().map(|((kind, reason), (count, silent))| {
        let reading = Reading::of(vec![("kind", kind_label(kind)), ("reason", Text::from(reason))], count);
        if silent > 0 {
            reading.note(&format!("{silent} of them were not heard of for {SILENT_DAYS} days"))
        } else {
            reading
        }
    });
    readings.collect()
}

/// Every doubt: those of reconciliation, and those that the purchases and the models' factors raise.
pub fn all_doubts<'a>(basis: &'a Basis) -> impl Iterator<Item = &'a Doubt> + use<'a> {
    basis.snapshot.doubts.iter().chain(&basis.ledger.doubts).chain(&basis.ambiguous)
}

/// One doubt for each model that several rows speak of differently, about those of it that nobody let go.
pub fn ambiguous(snapshot: &Snapshot, rows: &Rows) -> Vec<Doubt> {
    let what = |(alike, choice): (&Alike, &Choice)| {
        let rivals = &choice.rivals;
        let names: Vec<Text> = rivals.iter().map(|row| rows.row(*row).id.clone()).collect();
        let model = alike.facts.model().map(|model| model.text().clone()).unwrap_or_default();
        (!names.is_empty()).then_some((model, names))
    };
    let whats: Vec<Option<(Text, Vec<Text>)>> =
        rows.alike.iter().zip(rows.choices(Criterion::Co2e)).map(what).collect();
    let mut abouts: BTreeMap<&(Text, Vec<Text>), Vec<Text>> = BTreeMap::new();
    if whats.iter().all(Option::is_none) {
        return Vec::new();
    }
    let there = |asset: &Asset| asset.gone.is_none() && !asset.is_virtual;
    for asset in snapshot.assets.iter().filter(|asset| there(asset)) {
        if let Some(what) = &whats[asset.class as usize] {
            let id = snapshot.id(asset);
            if !snapshot.let_go.contains(&id) {
                abouts.entry(what).or_default().push(id);
            }
        }
    }
    let doubt = |(what, about): (&(Text, Vec<Text>), _)| Doubt { about, what: Cause::Models(Box::new(what.clone())) };
    abouts.into_iter().map(doubt).collect()
}

fn doubts(basis: &Basis) -> Vec<Reading> {
    let readings = Reason::ALL.iter().map(|(reason, name)| {
        let count = all_doubts(basis).filter(|doubt| doubt.reason() == *reason).count();
        Reading::of(vec![("reason", Text::from(*name))], count as f64)
    });
    readings.collect()
}

/// The fields whose knowledge is told, and how each is known.
type KnownField = (&'static str, fn(&Asset) -> bool);
pub(super) const FIELDS: [KnownField; 10] = [
    ("serial", |asset| asset.told(Packed::serial).is_some_and(crate::identity::is_serial)),
    ("model", |asset| asset.told(Packed::model).is_some()),
    ("manufacturer", |asset| asset.told(Packed::manufacturer).is_some()),
    ("condition", |asset| asset.condition.is_some_and(|condition| condition != Condition::Unknown)),
    ("service_start", |asset| asset.start.is_some()),
    ("purchase_date", |asset| asset.bought.is_some()),
    ("purchase_price", |asset| asset.price.is_some()),
    ("entity", |asset| asset.told(Packed::entity).is_some()),
    ("specification", |asset| {
        let sizes = [Packed::ram_gb, Packed::ssd_gb, Packed::hdd_gb, Packed::screen_inches];
        asset.told(Packed::cpu).is_some() || sizes.into_iter().any(|size| asset.told(size).is_some())
    }),
    ("last_seen", |asset| asset.last_seen.is_some()),
];

/// Which of these fields are known of an asset: a mark for each.
pub(crate) fn known_fields(asset: &Asset) -> u16 {
    let marks = FIELDS.iter().enumerate().map(|(at, (_, is_known))| u16::from(is_known(asset)) << at);
    marks.sum()
}

fn known(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<Option<Kind>, ([f64; FIELDS.len()], f64)> = BTreeMap::new();
    for count in basis.active_counts() {
        let (known, all) = counts.entry(count.kind).or_default();
        *all += count.count as f64;
        known.iter_mut().zip(count.known).for_each(|(sum, more)| *sum += more as f64);
    }
    let mut readings = Vec::new();
    for (kind, (known, all)) in counts {
        for ((field, _), count) in FIELDS.iter().zip(known) {
            let slice = vec![("kind", kind_label(kind)), ("field", Text::from(*field))];
            readings.push(Reading::of(slice, count / all));
        }
    }
    readings
}

fn tiers(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<Option<Kind>, BTreeMap<Tier, f64>> = BTreeMap::new();
    for cell in basis.cells.iter().filter(|cell| cell.count > 0.0) {
        *counts.entry(cell.kind).or_default().entry(cell.tier).or_default() += cell.count;
    }
    let mut readings = Vec::new();
    for (kind, tiers) in counts {
        let all: f64 = tiers.values().sum();
        for (tier, name) in Tier::ALL {
            let slice = vec![("kind", kind_label(kind)), ("tier", Text::from(*name))];
            readings.push(Reading::of(slice, tiers.get(tier).copied().unwrap_or(0.0) / all));
        }
    }
    readings
}
