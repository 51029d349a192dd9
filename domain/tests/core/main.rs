//! Tests of the pure core through its three doors: `reconcile`, `Basis::new` and `measure`. One binary, so that the
//! world's builders are compiled once.
#![expect(clippy::unwrap_used, reason = "tests")]

mod identity;
mod law;
mod ledger;
mod people;
mod power;
mod properties;
mod trajectory;
mod worked;
mod world;
