//! ecoparc: what a public body's equipment costs the planet, how long it lasts, and whether the law's reuse targets
//! are met, live.

mod accept;
mod appraise;
mod cells;
mod chart;
mod collect;
mod command;
mod config;
mod daemon;
mod declaration;
mod edition;
mod exposition;
mod figures;
mod history;
mod notify;
mod refresh;
mod replica;
mod report;
mod sampling;
mod scenario;
mod schedule;
#[cfg(test)]
mod spoilt;
mod store;
mod telemetry;
mod web;
mod wire;
mod wording;

use std::process::ExitCode;

use clap::Parser;

use command::{Arguments, Command};
use config::Config;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The commit that this was built from.
const COMMIT: &str = env!("ECOPARC_COMMIT");

/// A bad configuration (`EX_USAGE` of sysexits.h).
const BAD_CONFIGURATION: u8 = 64;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    telemetry::start(arguments.log);
    let loaded = match &arguments.command {
        Command::SampleConfig { .. }
        | Command::Token { .. }
        | Command::Documents { .. }
        | Command::Factors { check: Some(_) } => None,
        _ => match Config::load(&arguments.config) {
            Ok(config) => Some(config),
            Err(error) => return failed(&error, BAD_CONFIGURATION),
        },
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into(), 1),
    };
    let outcome = runtime.block_on(command::execute(arguments, loaded));
    // What still blocks a thread must not hold up the exit.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match outcome {
        Ok(code) => code,
        Err(error) if error.is::<config::Refused>() => failed(&error, BAD_CONFIGURATION),
        Err(error) => failed(&error, 1),
    }
}

/// Says once, in one line, what went wrong.
#[expect(clippy::print_stderr, reason = "this is the border where errors are told")]
fn failed(error: &anyhow::Error, code: u8) -> ExitCode {
    eprintln!("ecoparc: {}", telemetry::in_one_line(error));
    ExitCode::from(code)
}
