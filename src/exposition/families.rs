//! Which families a page of metrics holds, in which order.

use std::collections::{BTreeMap, BTreeSet};

use domain::indicator::{Indicator, Reading, Slice};
use domain::record::Text;
use jiff::Timestamp;

use super::Page;
use crate::edition::{Edition, SourceState};

/// Writes everything that does not change within an edition.
pub fn write(
    page: &mut Page,
    edition: &Edition,
    readings: &[(&'static Indicator, Reading)],
    sources: &[&SourceState],
) {
    daemon(page, edition);
    let mut families: Vec<(&'static Indicator, Vec<(Slice, f64)>)> = Vec::new();
    for (indicator, reading) in readings {
        // An unknown value is absent, never a zero.
        let Some(value) = reading.value else { continue };
        if families.last().is_none_or(|(last, _)| last.name != indicator.name) {
            families.push((indicator, Vec::new()));
        }
        if let Some((_, samples)) = families.last_mut() {
            samples.push((reading.slice.clone(), value));
        }
    }
    let mut folded = Vec::new();
    for (indicator, samples) in families {
        let name = format!("ecoparc_{}", indicator.name);
        let (samples, beyond) = fold(indicator, samples, edition.max_series);
        folded.push((name.clone(), beyond as f64));
        page.family(&name, indicator.help, name.ends_with("_total"));
        for (slice, value) in samples {
            page.sample(&name, slice.iter().map(|(label, told)| (*label, &**told)), value);
        }
    }
    page.family("ecoparc_series_folded", "Series of a family beyond max_series, told together or left out.", false);
    for (family, beyond) in folded {
        page.sample("ecoparc_series_folded", [("family", family.as_str())].into_iter(), beyond);
    }
    told_of_sources(page, sources);
}

fn seconds(at: Timestamp) -> f64 {
    at.as_microsecond() as f64 / 1e6
}

fn daemon(page: &mut Page, edition: &Edition) {
    let mut one = |name: &str, help: &str, labels: &[(&str, &str)], value: f64| {
        page.family(name, help, false);
        page.sample(name, labels.iter().copied(), value);
    };
    let build = [("version", env!("CARGO_PKG_VERSION")), ("commit", crate::COMMIT)];
    one("ecoparc_build_info", "Which ecoparc this is.", &build, 1.0);
    one(
        "ecoparc_edition_timestamp_seconds",
        "When what is published here was made; collected on a schedule, never by a scrape.",
        &[],
        seconds(edition.made_at),
    );
    one("ecoparc_refresh_duration_seconds", "How long the refresh took that made it.", &[], edition.refresh_seconds);
    one(
        "ecoparc_config_last_reload_successful",
        "Whether the configuration was read successfully the last time.",
        &[],
        f64::from(u8::from(edition.config_ok)),
    );
    one(
        "ecoparc_store_up",
        "Whether the store is there, and took what was last written to it.",
        &[],
        f64::from(u8::from(edition.store_ok)),
    );
    page.family("ecoparc_factor_set_info", "Published emission factors in use.", false);
    // Two folders may be of one publisher and edition.
    let sets = edition.settings.factors.sets.iter();
    let sets: BTreeSet<(&str, &str)> = sets.map(|set| (&*set.publisher, &*set.edition)).collect();
    for (publisher, edition) in sets {
        page.sample("ecoparc_factor_set_info", [("publisher", publisher), ("edition", edition)].into_iter(), 1.0);
    }
}

/// A family about sources: its name, what it tells, and its value where there is one.
type OfSource = (&'static str, &'static str, fn(&SourceState) -> Option<f64>);

const OF_SOURCES: [OfSource; 6] = [
    ("ecoparc_source_last_success_timestamp_seconds", "When a source's last complete harvest ended.", |source| {
        source.last_success.map(seconds)
    }),
    ("ecoparc_source_stale_after_seconds", "Age at which a source's last complete harvest is stale.", |source| {
        Some(source.stale_after.as_secs_f64())
    }),
    ("ecoparc_source_duration_seconds", "How long a source's last collection took.", |source| {
        source.up.map(|_| source.seconds)
    }),
    ("ecoparc_source_observations", "Observations and lines of a source's last complete harvest.", |source| {
        source.last_success.map(|_| source.observations as f64)
    }),
    ("ecoparc_source_rejects", "Records of a source's last complete harvest that could not be read.", |source| {
        source.last_success.map(|_| source.rejects as f64)
    }),
    (
        "ecoparc_source_lease_held",
        "Whether this replica collects a source; one of those on a database does.",
        |source| source.lease_held.map(|held| f64::from(u8::from(held))),
    ),
];

fn told_of_sources(page: &mut Page, sources: &[&SourceState]) {
    let name = "ecoparc_source_up";
    page.family(name, "Whether a source's last collection succeeded.", false);
    for source in sources {
        if let Some(up) = source.up {
            let labels = [("source", source.name.as_str()), ("connector", source.connector)];
            page.sample(name, labels.into_iter(), f64::from(u8::from(up)));
        }
    }
    for (name, help, of) in OF_SOURCES {
        page.family(name, help, false);
        for source in sources {
            if let Some(value) = of(source) {
                page.sample(name, [("source", source.name.as_str())].into_iter(), value);
            }
        }
    }
    let name = "ecoparc_source_failures_total";
    page.family(name, "Failed collections since the daemon started, by class.", true);
    for source in sources {
        for (class, count) in &source.failures {
            let labels = [("source", source.name.as_str()), ("class", *class)];
            page.sample(name, labels.into_iter(), *count as f64);
        }
    }
    let name = "ecoparc_rule_matches";
    page.family(name, "What a rule matched in the last complete harvest.", false);
    for source in sources {
        for (rule, count) in &source.rule_matches {
            let labels = [("source", source.name.as_str()), ("rule", rule.as_str())];
            page.sample(name, labels.into_iter(), *count as f64);
        }
    }
}

/// May values of this family be added up over entities?
fn is_additive(indicator: &Indicator) -> bool {
    let never = ["_low_", "_high_", "_per_", "_mean", "_median", "_reference", "_index"];
    indicator.unit != "ratio" && !never.iter().any(|part| indicator.name.contains(part))
}

/// Keeps a family within `max` series: what is beyond is told as entity `other` where it can be added up, else left
/// out. Gives what is kept, and how many series were beyond.
pub fn fold(indicator: &Indicator, samples: Vec<(Slice, f64)>, max: usize) -> (Vec<(Slice, f64)>, usize) {
    if samples.len() <= max {
        return (samples, 0);
    }
    let other = |slice: &Slice| -> Option<Slice> {
        slice.iter().any(|(label, _)| *label == "entity").then(|| {
            let told = slice
                .iter()
                .map(|(label, told)| (*label, if *label == "entity" { Text::from("other") } else { told.clone() }));
            told.collect()
        })
    };
    let mut kept = samples;
    if !is_additive(indicator) || kept.iter().any(|(slice, _)| other(slice).is_none()) {
        let beyond = kept.split_off(max).len();
        return (kept, beyond);
    }
    let others: BTreeSet<Slice> = kept.iter().filter_map(|(slice, _)| other(slice)).collect();
    let rest = kept.split_off(max.saturating_sub(others.len()));
    let beyond = rest.len();
    let mut sums: BTreeMap<Slice, f64> = BTreeMap::new();
    for (slice, value) in rest {
        if let Some(slice) = other(&slice) {
            *sums.entry(slice).or_default() += value;
        }
    }
    // Small cells may have been folded into the same entity before.
    for (slice, value) in &mut kept {
        *value += sums.remove(slice).unwrap_or_default();
    }
    kept.extend(sums);
    (kept, beyond)
}
