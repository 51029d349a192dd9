//! ecoparc: the daemon.

mod config;
mod edition;
mod exposition;
mod history;
mod store;

fn main() {}
