//! `ecoparc compare`.

use std::fmt::Write;

use anyhow::ensure;
use domain::indicator::Basis;
use domain::indicator::footprint::{compare, is_known};
use domain::quantity::Impact;
use domain::word::Word;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{fleet, say};
use crate::config::Config;

/// Prints the annual footprint of two days and what makes the difference, out of what the store keeps.
pub async fn days(config: &Config, from: Date, to: Option<Date>) -> anyhow::Result<()> {
    let today = connectors::day_of(Timestamp::now(), &config.time_zone);
    let to = to.unwrap_or(today);
    for (name, day) in [("from", from), ("to", to)] {
        ensure!(day <= today, "--{name} {day} is a day to come");
    }
    let (ground, snapshot) = fleet(config).await?;
    let bases = [from, to].map(|day| Basis::new(&snapshot, &ground.settings, ground.publishing, day));
    for (name, basis) in ["from", "to"].into_iter().zip(&bases) {
        ensure!(is_known(basis), "--{name} {}: nothing is known of that day yet", basis.at);
    }
    let Some(told) = compare(&bases[0], &bases[1], |_, _| true) else {
        say(
            "on one of these days nothing in the active fleet has a published factor: there is no difference to tell",
        );
        return Ok(());
    };
    let mut text = String::new();
    let mut line = |what: &str, value: String, about: &str| {
        let _ = writeln!(text, "{what:<20}{value:>14} kgCO2e a year  {about}");
    };
    let kg = |impact: Impact| format!("{:.3}", impact.0 / 1000.0);
    let signed = |impact: Impact| format!("{:+.3}", impact.0 / 1000.0);
    let least =
        |end: usize| if told.coverage[end] < 1.0 { "at least: not all of it has a published factor" } else { "" };
    line(&from.to_string(), kg(told.from), least(0));
    for (effect, impact) in &told.effects {
        line(effect.name(), signed(*impact), effect.about());
    }
    line(&to.to_string(), kg(told.to), least(1));
    let (low, high) = (signed(told.difference.low), signed(told.difference.high));
    let bounds = format!("({low} to {high}: what both days share has cancelled)");
    line("difference", signed(told.difference.value), &bounds);
    say(&text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
    Ok(())
}
