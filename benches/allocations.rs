//! `allocations`: how often a refresh asks for memory and how much of it, step by step, on the fleet of `refresh`. Counted
//! over the system's allocator: the numbers are those of any other, the seconds are not, and none is told.
//!
//! `cargo bench --bench allocations [-- SIZE…]`
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use std::alloc::System;
use std::hint::black_box;

use domain::indicator::{Basis, measure};
use domain::reconcile::reconcile;
use fleet::fleet;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use town::{PUBLISHING, TODAY, body, rules, settings};

mod fleet;
mod town;

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Does something, and tells what memory it asked for.
fn counted<T>(step: &str, assets: usize, run: impl FnOnce() -> T) -> T {
    let region = Region::new(MEMORY);
    let done = run();
    let asked = region.change();
    // What was grown or shrunk in place is in both already.
    let kept = asked.bytes_allocated as i64 - asked.bytes_deallocated as i64;
    let of = |number: f64| number / assets as f64;
    println!(
        "{assets:>9} {step:>11} {:>12} {:>9.3} {:>9} {:>9.0} {:>9.0}",
        asked.allocations,
        of(asked.allocations as f64),
        asked.reallocations,
        of(asked.bytes_allocated as f64),
        of(kept as f64)
    );
    done
}

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000, 1_000_000] } else { sizes };
    let (rules, settings) = (rules(vec![body("Ville")]), settings());
    println!(
        "{:>9} {:>11} {:>12} {:>9} {:>9} {:>9} {:>9}",
        "assets", "step", "allocations", "an asset", "grown", "B asked", "B kept"
    );
    for assets in sizes {
        let testimonies = counted("testimonies", assets, || fleet(assets));
        let snapshot = counted("reconcile", assets, || reconcile(&testimonies, &rules));
        let basis = counted("basis", assets, || Basis::new(&snapshot, &settings, PUBLISHING, TODAY));
        black_box(counted("measure", assets, || measure(&basis)));
    }
}
