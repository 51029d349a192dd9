//! Tests of the pure core through its three doors: `reconcile`, `Basis::new` and `measure`. One binary, so that the
//! world's builders are compiled once.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod compare;
mod counted;
mod edges;
mod footing;
mod footprint;
mod gain;
mod growth;
mod identity;
mod joining;
mod law;
mod ledger;
mod life;
mod measures;
mod naming;
mod part;
mod people;
mod pieces;
mod power;
mod privacy;
mod properties;
mod reen;
mod simulation;
mod small;
mod spending;
mod strategy;
mod trajectory;
mod uncertainty;
mod worked;
mod world;
