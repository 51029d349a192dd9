//! `ecoparc factors [--check DIR]`.

use std::fmt::Write;
use std::path::Path;

use super::say;
use crate::config::Config;
use crate::refresh::Ground;

/// The sets in use, and every assumption.
pub fn list(config: &Config) -> anyhow::Result<()> {
    let ground = Ground::of(config)?;
    let factors = &ground.settings.factors;
    let mut text = String::new();
    for (at, set) in factors.sets.iter().enumerate() {
        let rows = factors.rows.iter().filter(|row| row.set == at).count()
            + factors.grid.iter().filter(|row| row.set == at).count()
            + factors.components.iter().filter(|row| row.set == at).count();
        let local = if set.local { ", local: believed first" } else { "" };
        let _ =
            writeln!(text, "{}: {}, {} ({}), {rows} rows{local}", set.id, set.publisher, set.edition, set.licence);
        let _ = writeln!(text, "  {}", set.origin);
    }
    let _ = writeln!(text, "\nassumptions");
    for assumption in ground.settings.assumptions.all() {
        let _ = writeln!(text, "  {:<32} {:<8} {}", assumption.name, assumption.value, assumption.origin);
    }
    say(text.trim_end());
    Ok(())
}

/// Reads and checks a folder of local factors.
pub fn check(folder: &Path) -> anyhow::Result<()> {
    let factors = ::factors::check(folder)?;
    let days = factors.series.as_ref().map_or(0, |series| series.days.len());
    let counts = [
        (factors.rows.len(), "rows of equipment"),
        (factors.grid.len(), "of electricity"),
        (days, "whole days of hours"),
        (factors.components.len(), "parts of servers"),
        (factors.processors.len(), "processors"),
        (factors.aliases.len(), "other names of models"),
    ];
    let told = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    say(&format!("{}: {}: ok", folder.display(), told.collect::<Vec<_>>().join(", ")));
    Ok(())
}
