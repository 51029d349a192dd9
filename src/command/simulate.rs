//! `ecoparc simulate`.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, ensure};
use domain::indicator::Basis;
use domain::simulation::{Simulation, Year, simulate};
use domain::word::Word;
use jiff::Timestamp;
use serde_json::json;

use super::{entity_named, fleet, say};
use crate::config::Config;
use crate::scenario::{Refused, of_toml, told};

/// Scenarios are short: no file is larger, in bytes.
const LONGEST: u64 = 64 * 1024;

/// How a simulation is written.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table for people
    Text,
    /// What the API answers
    Json,
}

/// Prints a scenario beside today, out of what the store keeps.
pub async fn scenario(config: &Config, file: &Path, entity: Option<&str>, format: Format) -> anyhow::Result<()> {
    let name = || format!("{}", file.display());
    let size = std::fs::metadata(file).with_context(name)?.len();
    ensure!(size <= LONGEST, "{}: it has {size} bytes, and no scenario has more than {LONGEST}", name());
    let scenario = of_toml(&std::fs::read_to_string(file).with_context(name)?).with_context(name)?;
    let today = connectors::day_of(Timestamp::now(), &config.time_zone);
    let (ground, snapshot) = fleet(config).await?;
    let basis = Basis::new(&snapshot, &ground.settings, ground.publishing, today);
    if let Some(fault) = scenario.fault(&basis) {
        return Err(Refused::from(fault)).with_context(name);
    }
    let entities = &snapshot.entities;
    let asked = entity.map(|name| entity_named(entities, name)).transpose()?;
    let simulation = simulate(&basis, &scenario, |of| asked.is_none_or(|entity| entities.is_within(of, entity)));
    match format {
        Format::Json => say(&json!({
            "title": &*scenario.title,
            "items": told::objects(told::years(&simulation)),
            "kinds": told::objects(told::kinds(&simulation)),
            "assumptions": told::objects(told::assumptions(&simulation)),
            "notes": simulation.notes,
        })
        .to_string()),
        Format::Text => say(text(&scenario.title, entity, &simulation).trim_end()),
    }
    Ok(())
}

/// A figure of a year, where it is known.
type Figure = fn(&Year) -> Option<f64>;

/// What is told of both courses: words, digits after the point, figure.
const LINES: &[(&str, usize, Figure)] = &[
    ("footprint a year, tCO2e", 2, |year| known(year, year.whole.total.0 / 1e6)),
    ("  of making", 2, |year| known(year, year.whole.embodied.0 / 1e6)),
    ("  of use", 2, |year| known(year, year.whole.used.0 / 1e6)),
    ("assets", 0, |year| Some(year.whole.assets)),
    ("exits", 1, |year| year.whole.flow.map(|flow| flow.exits)),
    ("bought", 1, |year| year.whole.flow.map(|flow| flow.bought())),
    ("  of reuse", 1, |year| year.whole.flow.map(|flow| flow.refurbished)),
    ("spent, euros HT", 0, |year| year.whole.flow.and_then(|flow| flow.spent())),
    ("reuse of IT spending, %", 2, |year| year.reuse_spend.map(|ratio| ratio * 100.0)),
];

fn known(year: &Year, value: f64) -> Option<f64> {
    (year.whole.assets == 0.0 || year.whole.covered.iter().any(|told| *told > 0.0)).then_some(value)
}

fn text(title: &str, entity: Option<&str>, simulation: &Simulation) -> String {
    let mut text = String::new();
    let what = if title.is_empty() { "a scenario" } else { title };
    let whose = entity.map_or(String::new(), |entity| format!(" of {entity}"));
    let _ = writeln!(text, "{what}, beside today's course: the fleet{whose} of {}\n", simulation.at);
    let _ = write!(text, "{:<36}", "");
    for year in &simulation.today {
        let _ = write!(text, "{:>12}", year.civil_year);
    }
    for (what, digits, figure) in LINES {
        let told = |years: &[Year]| years.iter().map(figure).collect::<Vec<_>>();
        let (today, scenario) = (told(&simulation.today), told(&simulation.scenario));
        let less: Vec<_> = today.iter().zip(&scenario).map(|(own, other)| Some((*other)? - (*own)?)).collect();
        for (course, values, signed) in [("today", &today, false), ("scenario", &scenario, false), ("", &less, true)]
        {
            let head = if course == "today" { what } else { "" };
            let course = if signed { "difference" } else { course };
            let _ = write!(text, "\n{head:<24}{course:<12}");
            for value in values {
                let value = match value {
                    None => "-".to_owned(),
                    Some(value) if signed && format!("{value:.digits$}").trim_matches(['-', '0', '.']).is_empty() => {
                        "0".to_owned()
                    }
                    Some(value) if signed => format!("{value:+.digits$}"),
                    Some(value) => format!("{value:.digits$}"),
                };
                let _ = write!(text, "{value:>12}");
            }
        }
    }
    let least = |years: &[Year]| {
        let flows = years.iter().filter_map(|year| year.whole.flow);
        flows.map(|flow| flow.coverage()).fold(1.0, f64::min)
    };
    let priced = least(&simulation.today).min(least(&simulation.scenario));
    if priced < 1.0 {
        let _ = write!(text, "\n\nspent: at least; {:.1} % of the units have a price", priced * 100.0);
    }
    let _ = writeln!(text, "\n\nnotes");
    for note in &simulation.notes {
        let _ = writeln!(text, "  {note}");
    }
    let _ = writeln!(text, "\nassumptions");
    for line in &simulation.assumptions {
        let course = line.course.map_or("both", Word::name);
        let value = (line.value * 1e4).round() / 1e4;
        let _ = writeln!(text, "  {:<40}{value:>12} {:<12}{course:<10}{}", line.name, line.unit, line.origin);
    }
    text
}
