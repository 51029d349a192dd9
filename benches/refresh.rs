//! `refresh`: testimonies of 10 000 and 100 000 assets become readings. Prints the memory an asset takes.
//!
//! `cargo bench --bench refresh`
#![expect(clippy::print_stderr, reason = "a bench tells its figures")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::assumption::Assumptions;
use domain::entity::{Entity, EntityTree};
use domain::indicator::{Basis, Publishing, Settings, measure};
use domain::law::Law;
use domain::observation::{Facts, Observation};
use domain::quantity::Cents;
use domain::reconcile::{Rules, reconcile};
use domain::record::Text;
use domain::strategy::Objective;
use domain::testimony::{Kept, Lines, Moment, Source, Spell, Testimony};
use domain::word::{Condition, Kind, Status, Theme};
use jiff::civil::{Date, date};
use jiff::{Span, tz::TimeZone};

const TODAY: Date = date(2026, 11, 24);

fn source(name: &str) -> Source {
    Source {
        name: Text::from(name),
        creates: true,
        realm: Text::default(),
        entity: None,
        unlisted_after: 90 * 86_400,
        exits_recorded_since: None,
    }
}

fn kept(at: usize, inventory: bool) -> Kept {
    let kinds = [Kind::Laptop, Kind::Monitor, Kind::Desktop, Kind::Smartphone, Kind::Switch];
    let kind = kinds[at % kinds.len()];
    let bought = TODAY.saturating_sub(Span::new().days((at * 7919 % 3650) as i32));
    let status = if at.is_multiple_of(12) { Status::Disposed } else { Status::InUse };
    let mut facts = Facts {
        kind: Some(kind),
        manufacturer: Some(Text::from(["Dell Inc.", "HP", "Lenovo"][at % 3])),
        model: Some(Text::from(format!("Model {}", at % 40))),
        serial: Some(Text::from(format!("SN{at:08X}"))),
        asset_tag: Some(Text::from(format!("INV-{at:07}"))),
        hostname: Some(Text::from(format!("pc-{at:07}"))),
        entity: Some(Text::from(format!("Ville > Direction {}", at % 25))),
        ..Facts::default()
    };
    if inventory {
        facts.status = Some(status);
        facts.condition = Some(if at.is_multiple_of(7) { Condition::Refurbished } else { Condition::New });
        facts.purchase_date = Some(bought);
        facts.purchase_price_ht = Some(Cents(50_000 + (at % 1000) as i64 * 100));
        facts.in_service_date = Some(bought);
        facts.disposal_date = (status == Status::Disposed).then_some(TODAY);
    } else {
        facts.last_seen = Some(TODAY);
        facts.ram_gb = Some(16.0);
    }
    let spell = Spell { since: TODAY, status, entity: facts.entity.clone(), user: None };
    Kept {
        observation: Observation { native: Text::from(format!("Computer/{at}")), anonymous: false, facts },
        first_seen: TODAY,
        arrived: false,
        unlisted_since: None,
        spells: vec![spell],
    }
}

/// Every asset is in the inventory; half of them are in a second source too.
fn fleet(assets: usize) -> Vec<Testimony> {
    let testimony = |name: &str, observations| Testimony {
        source: source(name),
        harvested: Moment(1_795_500_000),
        observations,
        lines: Lines::default(),
        power: Vec::new(),
    };
    vec![
        testimony("glpi", (0..assets).map(|at| kept(at, true)).collect()),
        testimony("ocs", (0..assets).step_by(2).map(|at| kept(at, false)).collect()),
    ]
}

fn rules() -> Rules {
    let root = Entity { id: Text::from("Ville"), name: Text::from("Ville"), configured: true, ..Entity::default() };
    Rules {
        entities: EntityTree { nodes: vec![root] },
        rooms: Vec::new(),
        time_zone: TimeZone::UTC,
        filings: Vec::new(),
        appraisals: Vec::new(),
    }
}

fn settings() -> Settings {
    let factors = factors::load(&[] as &[&std::path::Path]).expect("the shipped factors are right");
    Settings { factors, assumptions: Assumptions::default(), law: Law::default(), objectives: Vec::new() }
}

/// Objectives that follow what is known of laptops and the footprint, from so many days of baselines that are to be
/// computed.
fn objectives(days: i32) -> Vec<Objective> {
    let objective = |at: i32, indicator, slice: Vec<(Text, Text)>| Objective {
        name: Text::from(format!("{indicator}-{at}")),
        indicator,
        slice,
        theme: Theme::Equipment,
        baseline_date: TODAY.saturating_sub(Span::new().days(100 + 90 * at)),
        baseline_value: None,
        target: 1.0,
        target_date: TODAY,
    };
    let laptop = || [("kind", "laptop"), ("field", "model")].map(|(l, v)| (Text::from(l), Text::from(v))).to_vec();
    let both = |at| {
        [objective(at, "field_known_ratio", laptop()), objective(at, "footprint_fleet_annual_co2e_grams", vec![])]
    };
    (0..days).flat_map(both).collect()
}

fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

fn refresh(bench: &mut Criterion) {
    let (rules, settings) = (rules(), settings());
    let publishing = Publishing { entity_depth: 1, min_cell: 5, folded: true };
    for assets in [10_000, 100_000] {
        let before = resident();
        let testimonies = fleet(assets);
        let told = resident();
        let snapshot = reconcile(&testimonies, &rules);
        let after = resident();
        let observations: usize = testimonies.iter().map(|testimony| testimony.observations.len()).sum();
        eprintln!(
            "{assets} assets of {observations} observations: {} bytes an asset in testimonies, {} in the snapshot",
            (told - before) / assets as u64,
            (after - told) / assets as u64
        );
        assert_eq!(snapshot.assets.len(), assets, "the two sources are joined");
        let mut group = bench.benchmark_group(format!("refresh/{assets}"));
        group.sample_size(10);
        group.bench_function("reconcile", |b| {
            b.iter_batched(|| (), |()| black_box(reconcile(&testimonies, &rules)), BatchSize::PerIteration);
        });
        group.bench_function("measure", |b| {
            b.iter(|| black_box(measure(&Basis::new(&snapshot, &settings, publishing, TODAY)).len()));
        });
        for days in [1, 4] {
            let settings = Settings { objectives: objectives(days), ..settings.clone() };
            let told = Basis::new(&snapshot, &settings, publishing, TODAY);
            assert!(
                told.standings().iter().all(|standing| standing.now.is_some() && standing.baseline.is_some()),
                "the objectives are followed"
            );
            group.bench_function(format!("measure with {days} days of baselines"), |b| {
                b.iter(|| black_box(measure(&Basis::new(&snapshot, &settings, publishing, TODAY)).len()));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, refresh);
criterion_main!(benches);
