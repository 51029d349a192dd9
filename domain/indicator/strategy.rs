//! The strategy's own figures: actions, services as their suppliers declare them, and how far objectives are.

use std::collections::BTreeMap;

use crate::record::Text;
use crate::word::{ActionStatus, Theme, Word};

use super::objective::Standing;
use super::{Basis, Indicator, Reading, Slice};

/// The questions about the strategy.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "footprint_declared_co2e_grams",
        help: "Footprint of a year of services, as their suppliers declare it; never part of the fleet's.",
        unit: "grams",
        compute: declared,
    },
    Indicator {
        name: "objective_ratio",
        help: "Progress of an objective from its baseline to its target; 1 is reached.",
        unit: "ratio",
        compute: objectives,
    },
    Indicator {
        name: "objective_expected_ratio",
        help: "Progress that an even pace from baseline to target date would have made by now, 0 to 1.",
        unit: "ratio",
        compute: expected,
    },
    Indicator {
        name: "actions",
        help: "Actions of the strategy by theme and status.",
        unit: "count",
        compute: actions,
    },
];

/// What suppliers declare, up to the year of the day. A service without a figure is in no sum, and lowers the coverage.
fn declared(basis: &Basis) -> Vec<Reading> {
    struct Sum {
        grams: f64,
        told: usize,
        all: usize,
    }
    let mut sums: BTreeMap<(Text, &str, i16), Sum> = BTreeMap::new();
    for line in &basis.snapshot.services {
        let (Some(year), Some(scope)) = (line.told.year, line.told.scope) else { continue };
        let year = year as i16;
        if year > basis.at.year() {
            continue;
        }
        let key = (basis.entity(line.entity), scope.name(), year);
        let sum = sums.entry(key).or_insert(Sum { grams: 0.0, told: 0, all: 0 });
        sum.all += 1;
        if let Some(kilograms) = line.told.co2e_kg {
            sum.grams += kilograms * 1000.0;
            sum.told += 1;
        }
    }
    let readings = sums.into_iter().map(|((entity, scope, year), Sum { grams, told, all })| {
        let slice = vec![("entity", entity), ("scope", Text::from(scope)), ("year", Text::from(year.to_string()))];
        let value = (told > 0).then_some(grams);
        Reading::maybe(slice, value, "no supplier declares it").coverage(Some(told as f64 / all as f64))
    });
    readings.collect()
}

/// Actions by theme and status, of every theme that has some. A table tells how actions are now; of earlier days nothing
/// is known but what was published then.
fn actions(basis: &Basis) -> Vec<Reading> {
    let mut counts: BTreeMap<(Option<Theme>, ActionStatus), f64> = BTreeMap::new();
    for line in &basis.snapshot.actions {
        let Some(status) = line.told.status else { continue };
        for (every, _) in ActionStatus::ALL {
            counts.entry((line.told.theme, *every)).or_default();
        }
        *counts.entry((line.told.theme, status)).or_default() += 1.0;
    }
    let readings = counts.into_iter().map(|((theme, status), count)| {
        let theme = Text::from(theme.map_or("unknown", Word::name));
        let slice = vec![("theme", theme), ("status", Text::from(status.name()))];
        Reading::maybe(slice, basis.now.map(|_| count), "a table of actions tells of today alone")
    });
    readings.collect()
}

fn slice(standing: &Standing) -> Slice {
    let theme = Text::from(standing.objective.theme.name());
    vec![("objective", standing.objective.name.clone()), ("theme", theme)]
}

/// Told whether its indicator can be computed or not: it rests on dates alone.
fn expected(basis: &Basis) -> Vec<Reading> {
    let standings = basis.standings().iter();
    let reading =
        |standing: &Standing| Reading::maybe(slice(standing), standing.expected, "the baseline date is to come");
    standings.map(reading).collect()
}

fn objectives(basis: &Basis) -> Vec<Reading> {
    let readings = basis.standings().iter().map(|standing| {
        let slice = slice(standing);
        let reading = Reading { slice, value: standing.ratio, target: Some(1.0), ..standing.reading() };
        Reading { low: None, high: None, note: standing.note.clone(), ..reading }
    });
    readings.collect()
}
