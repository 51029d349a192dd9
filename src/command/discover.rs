//! `ecoparc discover [TARGET]…`.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use connectors::snmp::{Found, Snmp};
use connectors::{Progress, Reject};
use domain::observation::Facts;
use domain::record::Text;
use domain::word::Word;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::say;
use crate::config::Config;

/// How what is found is written.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table
    Text,
    /// A list of objects
    Json,
}

/// Looks for agents with the credentials of an SNMP source, and keeps nothing.
pub async fn discover(
    config: &Config,
    source: Option<&str>,
    targets: &[String],
    format: Format,
) -> anyhow::Result<()> {
    let agents = network(config, source)?;
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} addresses {msg}") {
        bar.set_style(style);
    }
    let progress = Arc::new(Progress::default());
    let (mut found, mut missed): (Vec<Found>, Vec<Reject>) = (Vec::new(), Vec::new());
    {
        let looking = agents.discover(targets, &progress, |outcome| match outcome {
            Ok(agent) => found.push(agent),
            Err(reject) => missed.push(reject),
        });
        tokio::pin!(looking);
        loop {
            tokio::select! {
                looked = &mut looking => break looked?,
                () = tokio::time::sleep(Duration::from_millis(100)) => {
                    let (_, done, total) = progress.now();
                    bar.set_length(total);
                    bar.set_position(done);
                }
            }
        }
    }
    bar.finish_and_clear();
    found.sort_by_key(|agent| agent.address);
    for Reject { place, reason, .. } in &missed {
        let _ = writeln!(std::io::stderr(), "ecoparc: {place}: {reason}");
    }
    say(&match format {
        Format::Text => table(&found),
        Format::Json => serde_json::to_string_pretty(&found.iter().map(object).collect::<Vec<_>>())?,
    });
    Ok(())
}

/// The source whose credentials are shown.
fn network<'a>(config: &'a Config, source: Option<&str>) -> anyhow::Result<&'a Snmp> {
    let mut able = config
        .sources
        .iter()
        .filter(|known| source.is_none_or(|name| *known.told.name == *name))
        .filter_map(|known| known.asks.network());
    match (able.next(), able.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => bail!("there are several sources of type snmp: choose one with --source"),
        (None, _) => None.context(match source {
            Some(name) => format!("there is no source `{name}` of type snmp"),
            None => "no source of type snmp is configured, whose credentials could be shown".to_owned(),
        }),
    }
}

fn text(told: Option<&Text>) -> &str {
    told.map_or("", |text| text)
}

fn kind(facts: &Facts) -> &'static str {
    facts.kind.map_or("", Word::name)
}

/// One line for each thing that an agent speaks for.
fn table(found: &[Found]) -> String {
    let mut table = format!(
        "{:<40} {:<14} {:<28} {:<20} {:<14} {:<24} {:>7}",
        "address", "vendor", "model", "serial", "kind", "credential", "ms"
    );
    for agent in found {
        for (_, facts) in &agent.things {
            table += &format!(
                "\n{:<40} {:<14} {:<28} {:<20} {:<14} {:<24} {:>7}",
                agent.address.to_string(),
                text(facts.manufacturer.as_ref()),
                facts.model.as_ref().map_or(agent.headline.as_str(), |model| model),
                text(facts.serial.as_ref()),
                kind(facts),
                agent.credential,
                agent.took.as_millis(),
            );
        }
    }
    table
}

fn object(agent: &Found) -> Value {
    let power = &agent.drawn;
    json!({
        "address": agent.address.to_string(),
        "credential": agent.credential,
        "milliseconds": u64::try_from(agent.took.as_millis()).unwrap_or(u64::MAX),
        "description": agent.headline,
        "watts": { "consumption": power.consumption, "output": power.output, "poe": power.poe },
        "things": agent.things.iter().map(|(native, facts)| json!({
            "native_id": native,
            "vendor": facts.manufacturer.as_deref(),
            "model": facts.model.as_deref(),
            "serial": facts.serial.as_deref(),
            "kind": facts.kind.map(Word::name),
            "hostname": facts.hostname.as_deref(),
            "firmware": facts.firmware.as_deref(),
        })).collect::<Vec<_>>(),
    })
}
