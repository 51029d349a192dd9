//! `ecoparc check [--connect]`.

use std::fmt::Write;
use std::process::ExitCode;
use std::sync::Arc;

use domain::word::Word;

use super::say;
use crate::collect::collect_or_stop;
use crate::config::Config;
use crate::refresh::Ground;

/// How many values of a field are shown.
const VALUES: usize = 20;

/// Validates everything; with `connect` asks every source and shows what its rules match.
pub async fn check(config: &Config, connect: bool) -> anyhow::Result<ExitCode> {
    let ground = Ground::of(config)?;
    say(&format!(
        "configuration: {} entities, {} sources, {} factor rows: ok",
        config.entities.nodes.len(),
        config.sources.len(),
        ground.settings.factors.rows.len()
    ));
    if !connect {
        return Ok(ExitCode::SUCCESS);
    }
    let mut all_well = true;
    for source in &config.sources {
        let collected = collect_or_stop(source, Arc::new(connectors::Progress::default())).await?;
        let mut text = format!("\n{} ({})\n", source.told.name, source.connector);
        match collected.harvest {
            Ok(harvest) => {
                let _ = writeln!(
                    text,
                    "  read {} records in {:.1} s, {} rejects",
                    harvest.accepted(),
                    collected.took.as_secs_f64(),
                    harvest.rejects.len()
                );
                for note in &harvest.notes {
                    let _ = writeln!(text, "  {note}");
                }
                for reject in harvest.rejects.iter().take(VALUES) {
                    let column = reject.column.as_deref().map(|column| format!(" {column}")).unwrap_or_default();
                    let _ = writeln!(text, "    reject {}{column}: {}", reject.place, reject.reason);
                }
                for (rule, (count, examples)) in source.rules.iter().zip(&harvest.tally.matches) {
                    let warning = if *count == 0 { "   <- matches nothing" } else { "" };
                    let _ = writeln!(text, "  rule {rule}: {count}{warning}");
                    if !examples.is_empty() {
                        let _ = writeln!(text, "    e.g. {}", examples.join(", "));
                    }
                }
                for (field, values) in &harvest.tally.said {
                    let mut values: Vec<_> = values.iter().collect();
                    values.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
                    let shown = values.iter().take(VALUES).map(|(value, count)| format!("{value} ({count})"));
                    let rest = &values[values.len().min(VALUES)..];
                    let more = match rest.iter().map(|(_, count)| **count).sum::<u64>() {
                        0 => String::new(),
                        records => format!(", and {} more values ({records})", rest.len()),
                    };
                    let _ = writeln!(text, "  {field}: {}{more}", shown.collect::<Vec<_>>().join(", "));
                }
            }
            Err(failure) => {
                all_well = false;
                let _ = writeln!(text, "  failed ({}): {:#}", failure.class.name(), failure.cause);
            }
        }
        say(text.trim_end());
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
