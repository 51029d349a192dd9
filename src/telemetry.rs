//! What the daemon says of itself: lines that read alone, as text or JSON, on standard error.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// An error with its causes, in one line whatever they hold: what reads TOML draws the line that it does not understand.
pub fn in_one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        let cause = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        // Some libraries tell their cause in their own words too.
        if !line.ends_with(&cause) {
            line += if line.is_empty() { "" } else { ": " };
            line += &cause;
        }
    }
    line
}

/// Starts the log. `ECOPARC_LOG` filters it (`info` where unset, `debug`, `warn`, `ecoparc::daemon=debug`…).
pub fn start(log: Log) {
    let filter = EnvFilter::try_from_env("ECOPARC_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // Their own account of every silent address and every broken connection: what matters of that is told by the
    // connector.
    let quiet = ["async_snmp=off", "ldap3=off"].into_iter().filter_map(|quiet| quiet.parse().ok());
    let filter = quiet.fold(filter, EnvFilter::add_directive);
    // Who did what is kept, however little else is wanted, unless it is named itself.
    let named = std::env::var("ECOPARC_LOG").is_ok_and(|told| told.contains("audit"));
    let audit = "audit=info".parse().ok().filter(|_| !named);
    let filter = audit.into_iter().fold(filter, EnvFilter::add_directive);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match log {
        Log::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        Log::Json => lines.json().flatten_event(true).init(),
    }
    // A panic is a fault of ours: one line, without a backtrace and without what it was working on.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        tracing::error!(place, "a fault in ecoparc itself");
    }));
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::in_one_line;

    #[test]
    fn an_error_is_told_once_and_in_one_line() {
        let error = anyhow!("no such table").context("the database says: no such table");
        assert_eq!(in_one_line(&error.context("cannot\n  open")), "cannot open: the database says: no such table");
    }
}
