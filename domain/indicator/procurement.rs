//! Purchases: AGEC article 58 (`law/agec.rs`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};

use crate::law::agec::{Counted, Spend};
use crate::law::trajectory::{NO_TARGET, NOTHING_BOUGHT, Trajectory};
use crate::quantity::Cents;
use crate::record::Text;
use crate::word::{Condition, Kind, Mode, Word};

use super::{Basis, Indicator, Reading, Slice};

/// The questions about purchases.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "purchases_euros",
        help: "Purchases without tax by condition: exactly the lines of the legal denominator, gifts apart.",
        unit: "euros",
        compute: purchases,
    },
    Indicator {
        name: "gifts_euros",
        help: "Gifts received, at the value of the law's grid.",
        unit: "euros",
        compute: |basis| sums(basis, |spend| spend.gifts),
    },
    Indicator {
        name: "rentals_euros",
        help: "Rentals: on neither side of the legal rate.",
        unit: "euros",
        compute: |basis| sums(basis, |spend| spend.rentals),
    },
    Indicator {
        name: "derogated_euros",
        help: "The part of the purchases under a derogation of AGEC article 58, II.",
        unit: "euros",
        compute: |basis| sums(basis, |spend| spend.derogated),
    },
    Indicator {
        name: "reuse_spend_ratio",
        help: "Share of a civil year's spending on a category that went to reuse, with gifts: the legal figure.",
        unit: "ratio",
        compute: ratio,
    },
    Indicator {
        name: "reuse_spend_without_gifts_ratio",
        help: "The same share, purchases alone.",
        unit: "ratio",
        compute: ratio_without_gifts,
    },
    Indicator {
        name: "reuse_spend_target_ratio",
        help: "The share that the law asks; absent where the law's figure is not established.",
        unit: "ratio",
        compute: target,
    },
    Indicator {
        name: "reuse_spend_missing_euros",
        help: "Euros missing of the target, at constant total.",
        unit: "euros",
        compute: missing,
    },
    Indicator {
        name: "reuse_spend_projected_ratio",
        help: "The share at the year's end, were the rest of it like the last twelve months.",
        unit: "ratio",
        compute: projected,
    },
    Indicator {
        name: "reuse_spend_required_ratio",
        help: "Share of what remains to be spent, were it like the last twelve months, that must be reuse to end on target.",
        unit: "ratio",
        compute: required,
    },
    Indicator {
        name: "reuse_spend_coverage_ratio",
        help: "Euros of known condition over euros.",
        unit: "ratio",
        compute: coverage,
    },
    Indicator {
        name: "declaration_filed",
        help: "1 where the declaration of a civil year that is over was handed in, 0 where it was not.",
        unit: "count",
        compute: filed,
    },
    Indicator {
        name: "legal_subject",
        help: "1 where AGEC article 58 and REEN article 16 bind a buyer, 0 where it follows them of its own will.",
        unit: "count",
        compute: subject,
    },
    Indicator {
        name: "reuse_units_ratio",
        help: "Share of purchased units that came from reuse; informative, not the law.",
        unit: "ratio",
        compute: units,
    },
    Indicator {
        name: "index_considered_ratio",
        help: "Lines of new products with a repairability index in which it was considered (REEN article 15).",
        unit: "ratio",
        compute: index_considered,
    },
    Indicator {
        name: "ecolabelled_purchases_ratio",
        help: "Share of purchases that carry a type I ecolabel, in units and in euros.",
        unit: "ratio",
        compute: ecolabelled,
    },
];

const NOTHING_REMAINS: &str = "nothing remains to be spent this year, were it like the last twelve months";

fn slice(siret: &Text, category: &Text, year: i16) -> Slice {
    vec![("siret", siret.clone()), ("category", category.clone()), ("year", Text::from(year.to_string()))]
}

fn each(basis: &Basis, reading: impl Fn(Slice, &Spend, Option<f64>) -> Reading) -> Vec<Reading> {
    let law = &basis.settings.law;
    basis
        .ledger
        .cells
        .iter()
        .map(|((siret, category, year), spend)| {
            reading(slice(siret, category, *year), spend, law.target(category, *year))
        })
        .collect()
}

fn purchases(basis: &Basis) -> Vec<Reading> {
    let mut readings = Vec::new();
    for ((siret, category, year), spend) in &basis.ledger.cells {
        for (condition, name) in Condition::ALL {
            let mut slice = slice(siret, category, *year);
            slice.push(("condition", Text::from(*name)));
            readings.push(Reading::of(slice, spend.by_condition.get(condition).map_or(0.0, |cents| cents.euros())));
        }
    }
    readings
}

fn sums(basis: &Basis, of: fn(&Spend) -> Cents) -> Vec<Reading> {
    // What is given, rented or derogated is so told: nothing of the sum is unknown.
    basis
        .ledger
        .cells
        .iter()
        .map(|((siret, category, year), spend)| Reading::of(slice(siret, category, *year), of(spend).euros()))
        .collect()
}

fn ratio(basis: &Basis) -> Vec<Reading> {
    each(basis, |slice, spend, target| {
        Reading::maybe(slice, spend.ratio(), NOTHING_BOUGHT)
            .bounds(spend.ratio_bounds().map(|(low, _)| low), spend.ratio_bounds().map(|(_, high)| high))
            .target(target)
            .coverage(spend.coverage())
    })
}

fn ratio_without_gifts(basis: &Basis) -> Vec<Reading> {
    each(basis, |slice, spend, target| {
        Reading::maybe(slice, spend.ratio_without_gifts(), NOTHING_BOUGHT)
            .target(target)
            .coverage(spend.coverage_without_gifts())
    })
}

fn target(basis: &Basis) -> Vec<Reading> {
    let mut asked = BTreeMap::new();
    for (_, category, year) in basis.ledger.cells.keys() {
        asked.insert((category.clone(), *year), basis.settings.law.target(category, *year));
    }
    let readings = asked.into_iter().map(|((category, year), target)| {
        let slice = vec![("category", category), ("year", Text::from(year.to_string()))];
        Reading::maybe(slice, target, NO_TARGET)
    });
    readings.collect()
}

fn missing(basis: &Basis) -> Vec<Reading> {
    each(basis, |slice, spend, target| {
        let missing = target.and_then(|target| Some(spend.missing(target)?.euros()));
        let otherwise = if target.is_some() { NOTHING_BOUGHT } else { NO_TARGET };
        Reading::maybe(slice, missing, otherwise).target(target).coverage(spend.coverage())
    })
}

/// The trajectories of the current year.
fn current(basis: &Basis, reading: impl Fn(Slice, &Trajectory) -> Reading) -> Vec<Reading> {
    let current = Trajectory::of(&basis.ledger, &basis.settings.law, basis.at, basis.at.year());
    let readings = current.iter().map(|trajectory| {
        let slice = slice(&trajectory.siret, &trajectory.category, trajectory.year);
        reading(slice, trajectory).coverage(trajectory.coverage)
    });
    readings.collect()
}

fn projected(basis: &Basis) -> Vec<Reading> {
    current(basis, |slice, trajectory| {
        Reading::maybe(slice, trajectory.projected(), NOTHING_BOUGHT)
            .target(trajectory.target)
            .note("the year to date, and the rest of it like the last twelve months")
    })
}

fn required(basis: &Basis) -> Vec<Reading> {
    current(basis, |slice, trajectory| {
        let otherwise = if trajectory.target.is_none() { NO_TARGET } else { NOTHING_REMAINS };
        match trajectory.required() {
            Some(share) if share > 1.0 => Reading::of(slice, share).note("above 1: out of reach this year"),
            share => Reading::maybe(slice, share, otherwise),
        }
    })
}

fn coverage(basis: &Basis) -> Vec<Reading> {
    each(basis, |slice, spend, _| Reading::maybe(slice, spend.coverage(), NOTHING_BOUGHT).coverage(spend.coverage()))
}

/// Of civil years that are over, from the first that is declared in the national schema on.
fn filed(basis: &Basis) -> Vec<Reading> {
    let years = basis.ledger.cells.keys().map(|(siret, _, year)| (siret, *year));
    let filings = basis.snapshot.filings.iter().map(|filing| (&filing.siret, filing.year));
    let over: BTreeSet<_> = years.chain(filings).filter(|(_, year)| (2024..basis.at.year()).contains(year)).collect();
    let readings = over.into_iter().map(|(siret, year)| {
        let slice = vec![("siret", siret.clone()), ("year", Text::from(year.to_string()))];
        let handed_in = basis.snapshot.filing(siret, year).filter(|filing| filing.date <= basis.at);
        let reading = Reading::of(slice, f64::from(u8::from(handed_in.is_some())));
        match handed_in {
            Some(filing) => reading.note(&format!("handed in on {}", filing.date)),
            None => reading.note(&format!("due on {}-06-30", year + 1)),
        }
    });
    readings.collect()
}

/// Of buyers that anything legal is told of.
fn subject(basis: &Basis) -> Vec<Reading> {
    let bought = basis.ledger.cells.keys().map(|(siret, ..)| siret);
    let let_go = basis.exits.cells.keys().map(|(siret, _)| siret);
    let filed = basis.snapshot.filings.iter().map(|filing| &filing.siret);
    let buyers: BTreeSet<&Text> = bought.chain(let_go).chain(filed).collect();
    let readings = buyers.into_iter().map(|siret| {
        let entities = &basis.snapshot.entities;
        let bound = entities.of_siret(siret).map(|buyer| f64::from(u8::from(entities.entity(buyer).legal_subject)));
        Reading::maybe(vec![("siret", siret.clone())], bound, "no entity has this SIRET")
    });
    readings.collect()
}

fn units(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(Text, i16), (f64, f64, f64)> = BTreeMap::new();
    for ((_, category, year), spend) in &basis.ledger.cells {
        let (all, reuse, unknown) = counts.entry((category.clone(), *year)).or_default();
        *all += spend.units.0;
        *reuse += spend.units.1;
        *unknown += spend.unknown_units;
    }
    let readings = counts.into_iter().map(|((category, year), (all, reuse, unknown))| {
        let slice = vec![("category", category), ("year", Text::from(year.to_string()))];
        let share = |part: f64| (all > 0.0).then(|| part / all);
        // As if none of unknown condition were reuse, and as if all were.
        let (none, every) = (share(reuse), share(reuse + unknown));
        Reading::maybe(slice, none, NOTHING_BOUGHT)
            .bounds(none.zip(every).map(|(a, b)| a.min(b)), none.zip(every).map(|(a, b)| a.max(b)))
            .coverage(share(all - unknown.abs()))
            .note("share of units: not the legal rate, which is a share of euros")
    });
    readings.collect()
}

/// The French index of smartphones is no more from this day on (order of 26 June 2025, NOR TECD2518480A).
const SMARTPHONES_UNTIL: Date = date(2025, 6, 26);

/// Does a new product of this kind carry a French repairability or durability index on a day? Tablets never had one.
fn is_indexed(kind: Kind, on: Date) -> bool {
    match kind {
        Kind::Laptop | Kind::Tv => true,
        Kind::Smartphone => on < SMARTPHONES_UNTIL,
        _ => false,
    }
}

fn index_considered(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(Text, i16), (f64, f64, f64)> = BTreeMap::new();
    let is_whole = |siret: &Text| !basis.snapshot.partial.contains(siret);
    let lines = basis.ledger.lines.iter().filter(|line| line.origin.is_line() && line.year >= 2023);
    for line in lines.filter(|line| is_whole(line.siret.text())) {
        let is_new = matches!(line.condition, Condition::New | Condition::NewRecycledContent);
        // REEN article 15 asks it of what is bought, in a category of AGEC or not.
        if is_new && line.mode == Mode::Purchase && line.kind.is_some_and(|kind| is_indexed(kind, line.date)) {
            let (considered, told, all) = counts.entry((line.siret.text().clone(), line.year)).or_default();
            *considered += f64::from(u8::from(line.index_considered == Some(true)));
            *told += f64::from(u8::from(line.index_considered.is_some()));
            *all += 1.0;
        }
    }
    let readings = counts.into_iter().map(|((siret, year), (considered, told, all))| {
        let slice = vec![("siret", siret), ("year", Text::from(year.to_string()))];
        let value = (told > 0.0).then(|| considered / all);
        Reading::maybe(slice, value, "no line tells whether the index was considered").coverage(Some(told / all))
    });
    readings.collect()
}

fn ecolabelled(basis: &Basis) -> Vec<Reading> {
    let mut sums: BTreeMap<i16, [f64; 4]> = BTreeMap::new();
    let counted = |counted| matches!(counted, Counted::Reuse | Counted::Total);
    for line in basis.ledger.lines.iter().filter(|line| line.origin.is_line() && counted(line.counted)) {
        let sum = sums.entry(line.year).or_default();
        sum[1] += line.units();
        sum[3] += line.amount.euros();
        if line.ecolabelled {
            sum[0] += line.units();
            sum[2] += line.amount.euros();
        }
    }
    let mut readings = Vec::new();
    for (year, [units, all_units, euros, all_euros]) in sums {
        for (basis, part, whole) in [("units", units, all_units), ("euros", euros, all_euros)] {
            let slice = vec![("year", Text::from(year.to_string())), ("basis", Text::from(basis))];
            readings.push(Reading::maybe(slice, (whole > 0.0).then(|| part / whole), NOTHING_BOUGHT));
        }
    }
    readings
}
