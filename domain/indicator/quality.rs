//! How much is known, and what is not.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;

use crate::doubt::{Doubt, Reason};
use crate::factor::Tier;
use crate::observation::Facts;
use crate::record::Text;
use crate::snapshot::{Asset, Snapshot};
use crate::word::{Criterion, Kind, Word};

use super::basis::kind_label;
use super::footprint::{Alike, Rows};
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
    let laptops = || basis.active().filter(|(asset, _)| asset.facts.kind == Some(Kind::Laptop));
    let told: Vec<f64> = laptops().filter_map(|(asset, _)| asset.facts.repairability_index).collect();
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
        let facts = &asset.facts;
        let told = match facts.kind {
            Some(Kind::Laptop) => facts.repairability_index.is_some(),
            Some(Kind::Smartphone | Kind::Tablet) => facts.repairability_class.is_some(),
            _ => continue,
        };
        let Some(kind) = facts.kind else { continue };
        let (known, all) = counts.entry(kind).or_default();
        *known += f64::from(u8::from(told));
        *all += 1.0;
    }
    let reading =
        |(kind, (known, all)): (Kind, (f64, f64))| Reading::of(vec![("kind", kind_label(Some(kind)))], known / all);
    counts.into_iter().map(reading).collect()
}

fn classes(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(Kind, Text), f64> = BTreeMap::new();
    for (asset, _) in basis.active() {
        let Some(kind @ (Kind::Smartphone | Kind::Tablet)) = asset.facts.kind else { continue };
        let class = asset.facts.repairability_class.clone().unwrap_or_else(|| Text::from("unknown"));
        *counts.entry((kind, class)).or_default() += 1.0;
    }
    let readings = counts
        .into_iter()
        .map(|((kind, class), count)| Reading::of(vec![("kind", kind_label(Some(kind))), ("class", class)], count));
    readings.collect()
}

/// The reasons for which something is unseen.
pub const UNSEEN: [&str; 4] = ["silent", "owner_left", "account_disabled", "not_in_inventory"];

/// Is its newest contact longer ago than is usual? What never had a contact date cannot be silent.
pub fn is_silent(facts: &Facts, at: Date) -> Option<bool> {
    facts.last_seen.map(|seen| seen < at.saturating_sub(Span::new().days(SILENT_DAYS)))
}

/// Why an asset may not be where it is thought to be, reason by reason; `None` where nothing can tell.
pub fn unseen_because(asset: &Asset, at: Date) -> [(&'static str, Option<bool>); 3] {
    let disabled = asset.facts.account_enabled.map(|enabled| !enabled);
    [("silent", is_silent(&asset.facts, at)), ("owner_left", asset.owner_left), ("account_disabled", disabled)]
}

fn unseen(basis: &Basis) -> Vec<Reading> {
    // How many, and how many of those in no inventory are silent too.
    let mut counts: BTreeMap<(Option<Kind>, &'static str), (f64, usize)> = BTreeMap::new();
    for (asset, _) in basis.active() {
        for (reason, known) in unseen_because(asset, basis.at) {
            if let Some(is_so) = known {
                counts.entry((asset.facts.kind, reason)).or_default().0 += f64::from(u8::from(is_so));
            }
        }
    }
    for unjoined in basis.snapshot.unlisted() {
        let entry = counts.entry((unjoined.facts.kind, "not_in_inventory")).or_default();
        entry.0 += 1.0;
        entry.1 += usize::from(is_silent(&unjoined.facts, basis.at) == Some(true));
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

/// One doubt for each model that several rows speak of differently.
pub fn ambiguous(snapshot: &Snapshot, rows: &Rows) -> Vec<Doubt> {
    let what = |alike: &Alike| {
        let facts = &snapshot.assets[alike.first].facts;
        let rivals = rows.choose(Criterion::Co2e, facts).rivals;
        let names: Vec<&str> = rivals.iter().map(|row| &*rows.row(*row).id).collect();
        let model = facts.model.as_deref().unwrap_or_default();
        (!names.is_empty()).then(|| format!("{model} fits several factors, and none is taken: {}", names.join(", ")))
    };
    let whats: Vec<Option<String>> = rows.alike.iter().map(what).collect();
    let mut abouts: BTreeMap<String, Vec<Text>> = BTreeMap::new();
    if whats.iter().all(Option::is_none) {
        return Vec::new();
    }
    let there = |asset: &Asset| asset.gone.is_none() && asset.facts.virtual_machine != Some(true);
    for (at, asset) in snapshot.assets.iter().enumerate().filter(|(_, asset)| there(asset)) {
        if let Some(what) = &whats[rows.class(at)] {
            abouts.entry(what.clone()).or_default().push(asset.id.clone());
        }
    }
    let doubts = abouts.into_iter().map(|(what, about)| Doubt { reason: Reason::AmbiguousModel, about, what });
    doubts.collect()
}

fn doubts(basis: &Basis) -> Vec<Reading> {
    let readings = Reason::ALL.iter().map(|(reason, name)| {
        let count = all_doubts(basis).filter(|doubt| doubt.reason == *reason).count();
        Reading::of(vec![("reason", Text::from(*name))], count as f64)
    });
    readings.collect()
}

/// The fields whose knowledge is told, and how each is known.
type KnownField = (&'static str, fn(&crate::snapshot::Asset) -> bool);
const FIELDS: [KnownField; 10] = [
    ("serial", |asset| asset.facts.serial.as_deref().and_then(crate::identity::serial).is_some()),
    ("model", |asset| asset.facts.model.is_some()),
    ("manufacturer", |asset| asset.facts.manufacturer.is_some()),
    ("condition", |asset| {
        asset.facts.condition.is_some_and(|condition| condition != crate::word::Condition::Unknown)
    }),
    ("service_start", |asset| asset.start.is_some()),
    ("purchase_date", |asset| asset.facts.purchase_date.is_some()),
    ("purchase_price", |asset| asset.facts.purchase_price_ht.is_some()),
    ("entity", |asset| asset.facts.entity.is_some()),
    ("specification", |asset| specified(&asset.facts)),
    ("last_seen", |asset| asset.facts.last_seen.is_some()),
];

fn specified(facts: &Facts) -> bool {
    facts.cpu.is_some() || [facts.ram_gb, facts.ssd_gb, facts.hdd_gb, facts.screen_inches].iter().any(Option::is_some)
}

fn known(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<Option<Kind>, ([f64; FIELDS.len()], f64)> = BTreeMap::new();
    for (asset, _) in basis.active() {
        let (known, all) = counts.entry(asset.facts.kind).or_default();
        *all += 1.0;
        for (count, (_, is_known)) in known.iter_mut().zip(FIELDS) {
            *count += f64::from(u8::from(is_known(asset)));
        }
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
