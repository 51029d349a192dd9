//! `refresh`: testimonies of four tools become readings, 10 000 assets, 100 000 and a million; what cost grows by, and
//! the memory that an observation and an asset take.
//!
//! `cargo bench --bench refresh [-- SIZE…]`; `-- beside PYTHON` has the DuckDB of that Python (`pip install duckdb`)
//! answer the same aggregations on the same columns in the same run.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench tells its figures")]

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use cost::megabytes_of;
use domain::indicator::census::census;
use domain::indicator::{Basis, Settings, all, measure};
use domain::reconcile::reconcile;
use domain::record::Text;
use domain::strategy::Objective;
use domain::word::{Theme, Word};
use fleet::fleet;
use jiff::Span;
use town::{PUBLISHING, TODAY, body, rules, settings};

#[expect(dead_code, reason = "the processor's seconds are the other benches'")]
mod cost;
mod fleet;
mod town;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

/// The memory that this process holds now, in bytes.
fn resident_bytes() -> u64 {
    (megabytes_of(std::process::id(), "VmRSS") * 1e6) as u64
}

/// Seconds of the middle one of some runs.
fn middle(runs: usize, mut run: impl FnMut()) -> f64 {
    let mut seconds: Vec<f64> = (0..runs)
        .map(|_| {
            let began = Instant::now();
            run();
            began.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[runs / 2]
}

/// The indicators that count the fleet, which `aggregate.py` asks for too.
const COUNTED: [&str; 6] =
    ["assets", "assets_acquired", "assets_by_age", "assets_age_seconds", "reuse_fleet_ratio", "field_known_ratio"];

/// Counts the fleet and answers `COUNTED`, and has DuckDB answer the same.
fn beside(python: &str, basis: &Basis) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fleet.csv");
    let mut csv = BufWriter::new(File::create(&file).unwrap());
    writeln!(csv, "entity,kind,status,condition,start,today,known").unwrap();
    for (asset, status) in basis.known() {
        let entity = basis.entity(asset.entity);
        let kind = asset.kind.map_or("unknown", Word::name);
        let condition = asset.condition.map_or("unknown", Word::name);
        let start = asset.start.map(|start| start.to_string()).unwrap_or_default();
        let (status, known) = (status.name(), asset.known);
        writeln!(csv, "{entity},{kind},{status},{condition},{start},{TODAY},{known}").unwrap();
    }
    csv.flush().unwrap();
    let asked: Vec<_> = all().filter(|indicator| COUNTED.contains(&indicator.name)).collect();
    let mut basis = Basis::new(basis.snapshot, basis.settings, basis.publishing, TODAY);
    let ours = middle(15, || {
        basis.census = census(basis.snapshot, &basis.status, &basis.settings.assumptions, TODAY);
        for indicator in &asked {
            black_box((indicator.compute)(&basis));
        }
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/aggregate.py");
    let told = Command::new(python).arg(script).arg(&file).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let theirs: f64 = String::from_utf8(told.stdout).unwrap().trim().parse().unwrap();
    println!(
        "          {} aggregations: {ours:.3} s, DuckDB {theirs:.3} s, a ratio of {:.2}",
        asked.len(),
        ours / theirs
    );
}

/// What time grows by with the number of assets: the exponent of the power that fits best, by least squares.
fn growth(points: &[(usize, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> =
        points.iter().map(|(assets, seconds)| ((*assets as f64).ln(), seconds.ln())).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / logs.len() as f64;
    let (x, y) = (mean(|log| log.0), mean(|log| log.1));
    let covariance: f64 = logs.iter().map(|log| (log.0 - x) * (log.1 - y)).sum();
    covariance / logs.iter().map(|log| (log.0 - x).powi(2)).sum::<f64>()
}

fn main() {
    let told: Vec<String> = std::env::args().skip(1).collect();
    let sizes: Vec<usize> = told.iter().filter_map(|word| word.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000, 1_000_000] } else { sizes };
    let python = told.iter().position(|word| word == "beside").map(|at| told[at + 1].as_str());
    let mut points = Vec::new();
    let (rules, settings) = (rules(vec![body("Ville")]), settings());
    println!(
        "{:>9} {:>12} {:>11} {:>9} {:>9} {:>9} {:>9}",
        "assets", "observations", "reconcile s", "basis s", "measure s", "B/obs", "B/asset"
    );
    for assets in sizes {
        let runs = if assets > 100_000 { 3 } else { 5 };
        let before = resident_bytes();
        let testimonies = fleet(assets);
        let told = resident_bytes();
        let snapshot = reconcile(&testimonies, &rules);
        let after = resident_bytes();
        let observations: usize = testimonies.iter().map(|testimony| testimony.observations.len()).sum();
        assert_eq!(snapshot.assets.len(), assets, "what the tools say is joined");
        let reconciled = middle(runs, || drop(black_box(reconcile(&testimonies, &rules))));
        let based = middle(runs, || drop(black_box(Basis::new(&snapshot, &settings, PUBLISHING, TODAY))));
        let basis = Basis::new(&snapshot, &settings, PUBLISHING, TODAY);
        let measured = middle(runs, || drop(black_box(measure(&basis))));
        println!(
            "{assets:>9} {observations:>12} {reconciled:>11.3} {based:>9.3} {measured:>9.3} {:>9} {:>9}",
            (told - before) / observations as u64,
            (after - told) / assets as u64
        );
        points.push((assets, reconciled + based + measured));
        if let Some(python) = python {
            beside(python, &basis);
        }
        drop(basis);
        for days in [1, 4] {
            let settings = Settings { objectives: objectives(days), ..settings.clone() };
            let told = Basis::new(&snapshot, &settings, PUBLISHING, TODAY);
            assert!(
                told.standings().iter().all(|standing| standing.now.is_some() && standing.baseline.is_some()),
                "the objectives are followed"
            );
            let whole =
                middle(runs, || drop(black_box(measure(&Basis::new(&snapshot, &settings, PUBLISHING, TODAY)))));
            println!("          basis and measure with {days} days of baselines: {whole:.3} s");
        }
    }
    if points.len() > 1 {
        println!("all three grow as the number of assets to the power of {:.2}", growth(&points));
    }
    println!("peak {:.0} MB", megabytes_of(std::process::id(), "VmHWM"));
}
