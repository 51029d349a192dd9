//! The rule of small cells, on random fleets: no figure that is published, alone or with others, tells how many things of a
//! person's kind a small department has.

use std::collections::{BTreeMap, BTreeSet};

use domain::entity::EntityId;
use domain::indicator::{Basis, Publishing, Reading, measure};
use domain::observation::Facts;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::testimony::Testimony;
use domain::word::{Kind, Status};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::world::{OPEN, headcounts, kept, settings, snapshot, testimony};

pub const AT: Date = date(2026, 6, 30);
pub const LEAST: usize = OPEN.min_cell;
/// Entities as sources name them, and under what each is published.
const PLACES: [(&str, &str); 5] = [
    ("organisation", "organisation"),
    ("ville", "ville"),
    ("maternelle", "ville"),
    ("ccas", "ccas"),
    ("ecole", "ecole"),
];
/// Those that have no SIRET of their own.
const DEPARTMENTS: [&str; 2] = ["ville", "ecole"];
const KINDS: [Kind; 4] = [Kind::Laptop, Kind::Tablet, Kind::Monitor, Kind::Printer];

/// How many things of each place and kind, mostly few.
fn fleet() -> impl Strategy<Value = Vec<usize>> {
    let count = prop_oneof![2 => Just(0_usize), 4 => 1..5_usize, 2 => 5..9_usize];
    prop::collection::vec(count, PLACES.len() * KINDS.len())
}

pub fn testimonies(counts: &[usize]) -> Vec<Testimony> {
    let mut told = Vec::new();
    for (at, count) in counts.iter().enumerate() {
        let (place, kind) = (PLACES[at / KINDS.len()].0, KINDS[at % KINDS.len()]);
        for number in 0..*count {
            let facts = Facts {
                serial: Some(Text::from(format!("SERIAL{at:03}{number:03}"))),
                entity: Some(Text::from(place)),
                kind: Some(kind),
                status: Some([Status::InUse, Status::InStock, Status::Retired][number % 3]),
                in_service_date: Some(date(2018 + (number % 7) as i16, 3, 1)),
                ..Facts::default()
            };
            told.push(kept(&format!("n{at}-{number}"), facts));
        }
    }
    let mut testimony = testimony("parc", told);
    testimony.lines = headcounts(PLACES.map(|(place, _)| (place, 10.0)));
    vec![testimony]
}

pub fn readings(snapshot: &Snapshot) -> Vec<(&'static str, Reading)> {
    let settings = settings(0.0461);
    let basis = Basis::new(snapshot, &settings, Publishing { folded: true, ..OPEN }, AT);
    measure(&basis).into_iter().map(|(indicator, reading)| (indicator.name, reading)).collect()
}

pub fn label<'a>(reading: &'a Reading, of: &str) -> Option<&'a str> {
    reading.slice.iter().find(|(label, _)| *label == of).map(|(_, told)| &**told)
}

/// True counts by published entity and kind.
fn cells(counts: &[usize]) -> BTreeMap<(&'static str, Kind), usize> {
    let mut cells = BTreeMap::new();
    for (at, count) in counts.iter().enumerate() {
        *cells.entry((PLACES[at / KINDS.len()].1, KINDS[at % KINDS.len()])).or_default() += count;
    }
    cells
}

fn name(kind: Kind) -> &'static str {
    domain::word::Word::name(kind)
}

/// Families by entity without a kind, and why each may be so: headcounts, what suppliers declare, things that nobody holds,
/// and a mean that is left out where it would tell.
const BY_ENTITY_ALONE: [&str; 5] = [
    "agents",
    "footprint_declared_co2e_grams",
    "printed_pages_total",
    "virtual_machines",
    "footprint_per_agent_co2e_grams",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_reader_of_everything_cannot_find_a_small_cell(counts in fleet()) {
        let told = readings(&snapshot(&testimonies(&counts)));
        let cells = cells(&counts);
        let here: BTreeSet<&str> = DEPARTMENTS.into_iter().filter(|entity| cells.iter().any(|((of, _), count)| of == entity && *count > 0)).collect();
        for kind in [Kind::Laptop, Kind::Tablet] {
            let shown = |family: Option<&str>, entity: &str| -> Option<f64> {
                let all = told.iter().filter(|(of, reading)| {
                    family.is_none_or(|family| *of == family)
                        && label(reading, "entity") == Some(entity)
                        && label(reading, "kind") == Some(name(kind))
                });
                let values: Vec<f64> = all.filter_map(|(_, reading)| reading.value).collect();
                (!values.is_empty()).then(|| values.iter().sum())
            };
            // Of a small cell no family tells anything under its own name.
            for entity in DEPARTMENTS {
                let count = cells[&(entity, kind)];
                if (1..LEAST).contains(&count) {
                    prop_assert_eq!(shown(None, entity), None, "{} {:?}", entity, kind);
                }
            }
            // What is left of the whole, once everything that is told is taken away, is that of several departments, or of
            // none, or so many that it tells of nobody.
            let untold: Vec<&str> = here.iter().copied().filter(|entity| shown(Some("assets"), entity).is_none()).collect();
            let hidden: f64 = untold.iter().map(|entity| cells[&(*entity, kind)] as f64).sum();
            let total: f64 = cells.iter().filter(|((_, of), _)| *of == kind).map(|(_, count)| *count as f64).sum();
            let all = ["organisation", "ccas", "other"].into_iter().chain(DEPARTMENTS);
            let sum: f64 = all.filter_map(|entity| shown(Some("assets"), entity)).sum();
            prop_assert_eq!(sum, total, "nothing is lost");
            if untold.len() == 1 {
                let other = shown(Some("assets"), "other").unwrap_or_default();
                prop_assert!(hidden == 0.0 || hidden >= LEAST as f64 || other == 0.0, "{:?} {:?}: {}", kind, untold, other);
                // Alone, it is told as part of the one above, in a sum with what that has.
                if hidden > 0.0 && other == 0.0 {
                    let above = cells[&("organisation", kind)] as f64;
                    prop_assert_eq!(shown(Some("assets"), "organisation"), Some(above + hidden));
                }
            }
        }
        // A mean over an entity's whole equipment, times its people, would be a sum: less what is told of each kind, a cell.
        for (family, reading) in &told {
            let (Some(entity), None) = (label(reading, "entity"), label(reading, "kind")) else { continue };
            prop_assert!(BY_ENTITY_ALONE.contains(family), "{}: may it be told by entity alone?", family);
            let hides = [Kind::Laptop, Kind::Tablet].iter().any(|kind| {
                let own = cells.get(&(entity, *kind)).copied().unwrap_or_default();
                own > 0 && !told.iter().any(|(of, other)| *of == "assets" && label(other, "entity") == Some(entity) && label(other, "kind") == Some(name(*kind)))
            });
            // The organisation's is of everything: it tells no more than the total does.
            if *family == "footprint_per_agent_co2e_grams" && hides && entity != "organisation" {
                prop_assert_eq!(reading.value, None, "{}", entity);
            }
        }
    }

    /// Who sees departments alone, and no single thing: of a kind of which all of these have fewer, nothing is told at all,
    /// neither by entity nor in any total.
    #[test]
    fn a_reader_of_small_departments_is_told_none_of_their_small_cells(counts in fleet(), asked in 1..4_u8) {
        let whole = snapshot(&testimonies(&counts));
        let part: Vec<&str> = DEPARTMENTS.into_iter().enumerate().filter(|(at, _)| asked >> at & 1 == 1).map(|(_, id)| id).collect();
        let ids: Vec<EntityId> = part.iter().map(|id| whole.entities.find(id).unwrap()).collect();
        let cells = cells(&counts);
        let seen = |kind: Kind| part.iter().map(|entity| cells[&(*entity, kind)]).sum::<usize>();
        let told = readings(&whole.told_within(&ids, LEAST, &[AT]));
        // As though the things that are left out had never been.
        let mut without = counts.clone();
        for (at, count) in without.iter_mut().enumerate() {
            let (place, kind) = (PLACES[at / KINDS.len()].1, KINDS[at % KINDS.len()]);
            if part.contains(&place) && [Kind::Laptop, Kind::Tablet].contains(&kind) && seen(kind) < LEAST {
                *count = 0;
            }
        }
        let never = readings(&snapshot(&testimonies(&without)).within(&ids));
        let values = |told: &[(&'static str, Reading)]| {
            let all = told.iter().map(|(name, reading)| format!("{name} {:?} {:?}", reading.slice, reading.value));
            all.collect::<Vec<_>>()
        };
        prop_assert_eq!(values(&told), values(&never));
        for kind in [Kind::Laptop, Kind::Tablet].into_iter().filter(|kind| (1..LEAST).contains(&seen(*kind))) {
            let left: Vec<_> = told.iter().filter(|(_, reading)| {
                label(reading, "kind") == Some(name(kind)) && reading.value.is_some_and(|value| value != 0.0)
            }).map(|(name, _)| *name).filter(|name| *name != "lifetime_reference_seconds").collect();
            prop_assert!(left.is_empty(), "{:?} {:?}", kind, left);
        }
        // What nobody holds is told, however few there are.
        let printers = told.iter().filter(|(of, reading)| *of == "assets" && label(reading, "kind") == Some("printer"));
        prop_assert_eq!(printers.filter_map(|(_, reading)| reading.value).sum::<f64>(), seen(Kind::Printer) as f64);
    }
}
