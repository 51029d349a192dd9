//! Exits: REEN article 16 (`law/reen.rs`), and what left by which way.

use std::collections::{BTreeMap, BTreeSet};

use crate::law::reen::{ExitFigures, ExitLineSeen};
use crate::record::Text;
use crate::word::{Disposal, Kind, Word};

use super::basis::kind_label;
use super::{Basis, Indicator, Reading, Slice};

/// The questions about exits.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "disposal_reuse_ratio",
        help: "Goods directed to reuse in the year over reformed goods in stock on 1 January (REEN article 16); may exceed 1.",
        unit: "ratio",
        compute: ratio,
    },
    Indicator {
        name: "disposal_reuse_target_ratio",
        help: "The share that décret 2023-266 asks.",
        unit: "ratio",
        compute: target,
    },
    Indicator {
        name: "disposals_to_reuse",
        help: "A: eligible goods directed to reuse during the year.",
        unit: "assets",
        compute: to_reuse,
    },
    Indicator {
        name: "reformed_stock",
        help: "B: eligible reformed goods in stock on 1 January of the year.",
        unit: "assets",
        compute: stock,
    },
    Indicator {
        name: "disposals",
        help: "What left, by civil year, kind and way.",
        unit: "assets",
        compute: disposals,
    },
    Indicator {
        name: "weee_grams",
        help: "Waste equipment handed over, by civil year; `approved` tells of approved schemes.",
        unit: "grams",
        compute: weee,
    },
];

fn each(basis: &Basis, reading: impl Fn(Slice, &ExitFigures, i16) -> Reading) -> Vec<Reading> {
    let readings = basis.exits.cells.iter().map(|((siret, year), figures)| {
        let slice = vec![("siret", siret.clone()), ("year", Text::from(year.to_string()))];
        reading(slice, figures, *year)
    });
    readings.collect()
}

fn ratio(basis: &Basis) -> Vec<Reading> {
    each(basis, |slice, figures, year| {
        let otherwise = match figures.b {
            _ if figures.stock_is_unsure() => {
                "of reformed goods in stock on 1 January the age or the kind is not known: the rate cannot be computed"
            }
            Some(_) => "no reformed goods were in stock on 1 January: the rate cannot be computed",
            None => "neither a count nor dated history tells the stock of reformed goods on 1 January",
        };
        Reading::maybe(slice, figures.ratio(), otherwise)
            .target(basis.settings.law.exit_target(year))
            .coverage(Some(figures.exits_coverage().min(figures.stock_coverage())))
    })
}

fn target(basis: &Basis) -> Vec<Reading> {
    let years: BTreeSet<i16> = basis.exits.cells.keys().map(|(_, year)| *year).collect();
    let readings = years.into_iter().filter_map(|year| {
        Some(Reading::of(vec![("year", Text::from(year.to_string()))], basis.settings.law.exit_target(year)?))
    });
    readings.collect()
}

fn to_reuse(basis: &Basis) -> Vec<Reading> {
    each(basis, |slice, figures, _| Reading::of(slice, figures.a).coverage(Some(figures.exits_coverage())))
}

fn stock(basis: &Basis) -> Vec<Reading> {
    each(basis, |slice, figures, _| {
        let otherwise = match figures.stock_is_unsure() {
            true => "of those in stock the age or the kind is not known",
            false => "neither a count nor dated history tells it",
        };
        let reading = Reading::maybe(slice, figures.b, otherwise).coverage(Some(figures.stock_coverage()));
        if figures.counted { reading.note("counted by people") } else { reading }
    })
}

fn disposals(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(i16, Option<Kind>, Disposal), f64> = BTreeMap::new();
    for line in &basis.exits.lines {
        // A good that has only been reformed is still in the house.
        if let Some(left) = line.left() {
            *counts.entry((left.year(), line.kind, line.way)).or_default() += line.quantity;
        }
    }
    let unseen = Unseen::of(basis, |line| (line.kind, line.way));
    let readings = counts.into_iter().map(|((year, kind, way), count)| {
        let slice = vec![
            ("year", Text::from(year.to_string())),
            ("kind", kind_label(kind)),
            ("disposal", Text::from(way.name())),
        ];
        Reading::of(slice, count).coverage(Some(count / (count + unseen.of_year(&(kind, way), year))))
    });
    readings.collect()
}

/// What had left when it was first seen, by what it is asked by: the first and the last year in which it may have left, and
/// how much.
struct Unseen<K>(BTreeMap<K, BTreeMap<(i16, i16), f64>>);

impl<K: Ord> Unseen<K> {
    fn of(basis: &Basis, key: impl Fn(&ExitLineSeen) -> K) -> Self {
        let mut counts: BTreeMap<K, BTreeMap<(i16, i16), f64>> = BTreeMap::new();
        for line in &basis.exits.lines {
            if let Some(days) = &line.gone_within {
                let years = (days.start().year(), days.end().year());
                *counts.entry(key(line)).or_default().entry(years).or_default() += line.quantity;
            }
        }
        Self(counts)
    }

    /// How much of it may be of a year.
    fn of_year(&self, key: &K, year: i16) -> f64 {
        let all = self.0.get(key).into_iter().flatten();
        all.filter(|((first, last), _)| (*first..=*last).contains(&year)).map(|(_, count)| count).sum()
    }
}

fn weee(basis: &Basis) -> Vec<Reading> {
    let mut sums: BTreeMap<(Text, i16, &'static str), (f64, f64, f64)> = BTreeMap::new();
    let is_waste = |way| matches!(way, Disposal::Recycling | Disposal::Destroyed | Disposal::TakeBack);
    let is_whole = |siret: &Text| !basis.snapshot.partial.contains(siret);
    for line in basis.exits.lines.iter().filter(|line| is_waste(line.way) && is_whole(&line.siret)) {
        let Some(date) = line.date() else { continue };
        let (grams, told, all) = sums.entry((line.siret.clone(), date.year(), approved(line))).or_default();
        *all += line.quantity;
        if let Some(weight) = line.grams {
            *grams += weight;
            *told += line.quantity;
        }
    }
    let unseen = Unseen::of(basis, |line| is_waste(line.way).then(|| (line.siret.clone(), approved(line))));
    let readings = sums.into_iter().map(|((siret, year, approved), (grams, told, all))| {
        let all = all + unseen.of_year(&Some((siret.clone(), approved)), year);
        let slice =
            vec![("siret", siret), ("year", Text::from(year.to_string())), ("approved", Text::from(approved))];
        Reading::maybe(slice, (told > 0.0).then_some(grams), "no weight is told").coverage(Some(told / all))
    });
    readings.collect()
}

/// Was it handed to an approved scheme?
fn approved(line: &ExitLineSeen) -> &'static str {
    match line.approved {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    }
}
