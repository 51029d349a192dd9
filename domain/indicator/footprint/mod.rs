//! The footprint (GHG Protocol; ADEME RCP *système d'information*): annual embodied and use, undivided and flux views,
//! with bounds.
//!
//! Embodied a year is F / (years before us + years with us), with F what manufacture, distribution and end of life cost
//! together, and years with us the life of what has left, else the greater of its age and its kind's reference. Use a
//! year is electricity × room overhead × electricity factor.

mod asset;
mod cell;
mod compare;
mod feed;
pub mod gain;
mod portion;
mod rows;
mod sum;

use std::collections::BTreeMap;

use crate::entity::EntityId;
use crate::factor::R_DEFAULT;
use crate::quantity::{Energy, Impact};
use crate::record::Text;
use crate::word::{Criterion, Kind, Phase, Word};

use super::basis::kind_label;
use super::{Basis, Grounds, Indicator, Reading, Slice};

pub use asset::{AssetFootprint, grid, of_asset};
pub(crate) use asset::{footings, with};
pub use cell::{Cell, cells};
pub use compare::{Comparison, Effect, compare, is_known};
pub use feed::Feeds;
pub use portion::{Part, Portion, kinds, parts, portions, total};
pub use rows::Rows;
use sum::{Sum, Term};

/// The questions about the footprint.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "footprint_annual_co2e_grams",
        help: "Run-rate of the fleet active now, a year, by life-cycle phase.",
        unit: "grams",
        compute: annual,
    },
    Indicator {
        name: "footprint_annual_co2e_low_grams",
        help: "Lower bound (95 %) of ecoparc_footprint_annual_co2e_grams; bounds do not add.",
        unit: "grams",
        compute: |basis| bounds(basis, |reading| reading.low),
    },
    Indicator {
        name: "footprint_annual_co2e_high_grams",
        help: "Upper bound (95 %) of ecoparc_footprint_annual_co2e_grams; bounds do not add.",
        unit: "grams",
        compute: |basis| bounds(basis, |reading| reading.high),
    },
    Indicator {
        name: "footprint_fleet_annual_co2e_grams",
        help: "Run-rate of the whole fleet active now, a year, all phases.",
        unit: "grams",
        compute: |basis| vec![fleet(basis)],
    },
    Indicator {
        name: "footprint_fleet_annual_co2e_low_grams",
        help: "Lower bound (95 %) of ecoparc_footprint_fleet_annual_co2e_grams.",
        unit: "grams",
        compute: |basis| bound(&fleet(basis), |reading| reading.low),
    },
    Indicator {
        name: "footprint_fleet_annual_co2e_high_grams",
        help: "Upper bound (95 %) of ecoparc_footprint_fleet_annual_co2e_grams.",
        unit: "grams",
        compute: |basis| bound(&fleet(basis), |reading| reading.high),
    },
    Indicator {
        name: "footprint_embodied_co2e_grams",
        help: "Embodied in the active fleet, undivided; never added to the annual figure.",
        unit: "grams",
        compute: embodied,
    },
    Indicator {
        name: "footprint_acquired_co2e_grams",
        help: "Embodied in what was acquired in a civil year, undivided (flux view; GHG Protocol scope 3, category 2).",
        unit: "grams",
        compute: acquired,
    },
    Indicator {
        name: "footprint_annual_adpe_grams",
        help: "Depletion of mineral resources by the fleet active now, in antimony equivalent a year, by phase.",
        unit: "grams",
        compute: |basis| by_kind_and_phase(basis, Criterion::Adpe),
    },
    Indicator {
        name: "footprint_annual_primary_energy_joules",
        help: "Primary energy of the fleet active now, a year, by phase.",
        unit: "joules",
        compute: |basis| by_kind_and_phase(basis, Criterion::PrimaryEnergy),
    },
    Indicator {
        name: "electricity_annual_joules",
        help: "Electricity of the fleet active now, a year, with the server rooms' overhead.",
        unit: "joules",
        compute: electricity,
    },
    Indicator {
        name: "footprint_use_market_co2e_grams",
        help: "Use a year by the supply contract's factor (GHG Protocol scope 2, market-based), beside the location-based one.",
        unit: "grams",
        compute: market,
    },
    Indicator {
        name: "footprint_per_agent_co2e_grams",
        help: "Annual footprint of an entity's equipment, an agent.",
        unit: "grams",
        compute: per_agent,
    },
];

const EMBODIED: [Phase; 3] = [Phase::Manufacture, Phase::Distribution, Phase::EndOfLife];

/// An empty sum, under the basis' assumptions.
fn empty(basis: &Basis) -> Sum {
    Sum::new(basis.settings.assumptions.common_error)
}

/// What a cell adds to a phase.
fn add(sum: &mut Sum, basis: &Basis, criterion: Criterion, cell: &Cell, phase: Phase) {
    match EMBODIED.iter().position(|part| *part == phase) {
        Some(part) => {
            sum.seen(cell.told[0], cell.count);
            if let Some(row) = cell.row {
                let factor = basis.rows.row(row);
                let term = Term::Embodied(factor.method.clone());
                sum.add(term, cell.model, cell.embodied[part], factor.r_embodied);
                sum.rests(&factor.id);
            }
            if let (true, Some(kind)) = (cell.told[0] > 0.0, cell.kind) {
                sum.rests(&Text::from(format!("lifetime_years.{}", kind.name())));
            }
        }
        None => {
            sum.seen(cell.told[2], cell.count);
            for (grounds, _, used) in cell.uses() {
                sum.used(grounds, used);
            }
            let [measured, declared, of_model, usual] = cell.used;
            sum.add(Term::Measured, cell.model, measured, 0.0);
            sum.add(Term::Declared(cell.kind), cell.model, declared, R_DEFAULT);
            if let Some(row) = cell.energy_row.filter(|_| (of_model + usual).0 > 0.0) {
                let factor = basis.rows.row(row);
                sum.add(Term::Energy(factor.method.clone()), cell.model, of_model + usual, factor.r_energy);
                sum.rests(&factor.id);
            }
            if let Some(series) = basis.settings.factors.series.as_ref().filter(|_| cell.by_series.0 > 0.0) {
                sum.rests(&basis.settings.factors.sets[series.set].id);
            }
            if let Some(grid) = asset::grid(basis, criterion) {
                let all: Impact = cell.used.into_iter().sum();
                sum.grid(all - cell.by_series, grid);
            }
        }
    }
}

/// Adds all phases of a cell.
fn whole(sum: &mut Sum, basis: &Basis, cell: &Cell) {
    for phase in PHASES {
        add(sum, basis, Criterion::Co2e, cell, phase);
    }
}

/// Sums by a key, phase by phase; only cells of the active fleet.
fn by<K: Ord + Clone>(
    basis: &Basis,
    criterion: Criterion,
    cells: &[Cell],
    key: impl Fn(&Cell) -> K,
) -> BTreeMap<(K, Phase), Sum> {
    let mut sums: BTreeMap<(K, Phase), Sum> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.count > 0.0) {
        let key = key(cell);
        for phase in &PHASES {
            let sum = sums.entry((key.clone(), *phase)).or_insert_with(|| empty(basis));
            add(sum, basis, criterion, cell, *phase);
        }
    }
    sums
}

const PHASES: [Phase; 4] = [Phase::Manufacture, Phase::Distribution, Phase::Use, Phase::EndOfLife];
const NO_FIGURE: &str = "no published factor, or no reference lifetime, for this kind";
const NO_GRID: &str = "no factor of this country's electricity is known";

/// Why nothing of a phase is known.
fn otherwise(basis: &Basis, criterion: Criterion, phase: Phase) -> &'static str {
    if phase == Phase::Use && asset::grid(basis, criterion).is_none() { NO_GRID } else { NO_FIGURE }
}

fn annual(basis: &Basis) -> Vec<Reading> {
    let entity_kind = |cell: &Cell| (basis.entity_of(cell.entity, cell.kind), cell.kind);
    let mut sums = by(basis, Criterion::Co2e, &basis.cells, entity_kind);
    // What is known but has nothing active is a zero, not a gap.
    for key in basis.entity_kinds() {
        for phase in PHASES {
            sums.entry((key.clone(), phase)).or_insert_with(|| empty(basis));
        }
    }
    let readings = sums.into_iter().map(|(((entity, kind), phase), sum)| {
        let slice = vec![("entity", entity), ("kind", kind_label(kind)), ("phase", Text::from(phase.name()))];
        sum.reading(slice, otherwise(basis, Criterion::Co2e, phase))
    });
    readings.collect()
}

/// The annual figures of a criterion by kind and phase, with their bounds; none where no row tells it.
pub fn by_kind_and_phase(basis: &Basis, criterion: Criterion) -> Vec<Reading> {
    if !basis.rows.tell(criterion) {
        return Vec::new();
    }
    let own;
    let cells = match criterion {
        Criterion::Co2e => &basis.cells,
        _ => {
            own = cells(basis, criterion);
            &own
        }
    };
    let readings = by(basis, criterion, cells, |cell| cell.kind).into_iter().map(|((kind, phase), sum)| {
        let slice = vec![("kind", kind_label(kind)), ("phase", Text::from(phase.name()))];
        sum.reading(slice, otherwise(basis, criterion, phase))
    });
    readings.collect()
}

fn bound(reading: &Reading, of: fn(&Reading) -> Option<f64>) -> Vec<Reading> {
    of(reading)
        .map(|value| Reading { value: Some(value), low: None, high: None, ..reading.clone() })
        .into_iter()
        .collect()
}

fn bounds(basis: &Basis, of: fn(&Reading) -> Option<f64>) -> Vec<Reading> {
    by_kind_and_phase(basis, Criterion::Co2e).iter().flat_map(|reading| bound(reading, of)).collect()
}

/// The whole fleet's annual figure.
pub fn fleet(basis: &Basis) -> Reading {
    of_entities(basis, |_| true)
}

/// The annual figure of what belongs to the entities that are asked for.
pub fn of_entities(basis: &Basis, asked: impl Fn(EntityId) -> bool) -> Reading {
    let mut sum = empty(basis);
    for cell in basis.cells.iter().filter(|cell| cell.count > 0.0 && asked(cell.entity)) {
        whole(&mut sum, basis, cell);
    }
    sum.reading(Vec::new(), "nothing in the active fleet has a published factor")
}

fn embodied(basis: &Basis) -> Vec<Reading> {
    let mut sums: BTreeMap<(Text, Option<Kind>), Sum> =
        basis.entity_kinds().into_iter().map(|key| (key, empty(basis))).collect();
    for cell in basis.cells.iter().filter(|cell| cell.count > 0.0) {
        let key = (basis.entity_of(cell.entity, cell.kind), cell.kind);
        let sum = sums.entry(key).or_insert_with(|| empty(basis));
        sum.seen(cell.told[1], cell.count);
        undivided(sum, basis, cell, cell.undivided);
    }
    let readings = sums.into_iter().map(|((entity, kind), sum)| {
        sum.reading(vec![("entity", entity), ("kind", kind_label(kind))], "no published factor for this kind")
    });
    readings.collect()
}

fn undivided(sum: &mut Sum, basis: &Basis, cell: &Cell, impact: Impact) {
    if let Some(row) = cell.row {
        let factor = basis.rows.row(row);
        sum.add(Term::Embodied(factor.method.clone()), cell.model, impact, factor.r_embodied);
        sum.rests(&factor.id);
    }
}

fn acquired(basis: &Basis) -> Vec<Reading> {
    let mut sums: BTreeMap<(Option<Kind>, i16), Sum> = BTreeMap::new();
    for cell in &basis.cells {
        for (year, (impact, told, all)) in &cell.acquired {
            let sum = sums.entry((cell.kind, *year)).or_insert_with(|| empty(basis));
            sum.seen(*told, *all);
            undivided(sum, basis, cell, *impact);
        }
    }
    let readings = sums.into_iter().map(|((kind, year), sum)| {
        let slice = vec![("kind", kind_label(kind)), ("year", Text::from(year.to_string()))];
        sum.reading(slice, "no published factor for this kind")
    });
    readings.collect()
}

fn electricity(basis: &Basis) -> Vec<Reading> {
    let mut sums = BTreeMap::new();
    for cell in basis.cells.iter().filter(|cell| cell.count > 0.0) {
        let key = (basis.entity_of(cell.entity, cell.kind), cell.kind);
        let (joules, told, all) = sums.entry(key).or_insert(([0.0; TOLD.len()], 0.0, 0.0));
        let (drawn, known) = cell.drawn();
        for (grounds, energy) in drawn {
            let at = TOLD.iter().position(|told| *told == grounds).unwrap_or(TOLD.len() - 1);
            joules[at] += energy.0;
        }
        *told += known;
        *all += cell.count;
    }
    let mut readings = Vec::new();
    for ((entity, kind), (joules, told, all)) in sums {
        for (grounds, value) in TOLD.into_iter().zip(joules) {
            let slice =
                vec![("entity", entity.clone()), ("kind", kind_label(kind)), ("basis", Text::from(grounds.name()))];
            let value = (told > 0.0).then_some(value);
            let reading =
                Reading::maybe(slice, value, "no electricity figure for this kind").coverage(Some(told / all));
            readings.push(Reading { grounds, ..reading });
        }
    }
    readings
}

/// How electricity is known, as it is published.
const TOLD: [Grounds; 3] = [Grounds::Measured, Grounds::Declared, Grounds::Default];

fn market(basis: &Basis) -> Vec<Reading> {
    let Some(contract) = basis.settings.factors.contract(basis.at.year(), Criterion::Co2e) else { return Vec::new() };
    let by_contract = |reading: Reading| Reading {
        value: reading.value.map(|joules| (Energy(joules) * contract.intensity).0),
        rests_on: vec![contract.id.clone()],
        ..reading
    };
    // One reading for all ways in which the electricity is known.
    let mut readings: Vec<Reading> = Vec::new();
    for reading in electricity(basis).into_iter().map(by_contract) {
        let slice: Slice = reading.slice.iter().filter(|(label, _)| *label != "basis").cloned().collect();
        match readings.last_mut().filter(|last| last.slice == slice) {
            Some(last) => last.value = last.value.zip(reading.value).map(|(sum, more)| sum + more),
            None => readings.push(Reading { slice, grounds: Grounds::Mixed, ..reading }),
        }
    }
    readings
}

const MIXED: &str = "some of its equipment is too little to be told apart from that of other entities";

fn per_agent(basis: &Basis) -> Vec<Reading> {
    let agents: BTreeMap<Text, f64> = super::people::agents_by_entity(basis);
    let everyone = super::people::everyone(basis);
    let mut sums: BTreeMap<Text, Sum> = BTreeMap::new();
    for cell in basis.cells.iter().filter(|cell| cell.count > 0.0) {
        let own = basis.entity(cell.entity);
        let all = everyone.clone().filter(|everyone| *everyone != own);
        for entity in all.into_iter().chain([own]).filter(|entity| agents.contains_key(entity)) {
            whole(sums.entry(entity).or_insert_with(|| empty(basis)), basis, cell);
        }
    }
    let readings = sums.into_iter().filter_map(|(entity, sum)| {
        let people = *agents.get(&entity).filter(|people| **people > 0.0)?;
        let per = |value: Option<f64>| value.map(|value| value / people);
        if everyone.as_ref() != Some(&entity) && basis.is_mixed(&entity) {
            // With the number of agents it would tell what its small cells hide.
            return Some(Reading::maybe(vec![("entity", entity)], None, MIXED).coverage(None));
        }
        let reading = sum.reading(vec![("entity", entity)], "no published factor for this entity's equipment");
        Some(Reading { value: per(reading.value), low: per(reading.low), high: per(reading.high), ..reading })
    });
    readings.collect()
}
