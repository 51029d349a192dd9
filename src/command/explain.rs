//! `ecoparc explain`.

use std::fmt::Write;

use anyhow::{Context, bail};
use connectors::keys;
use domain::entity::EntityId;
use domain::explain::{Step, fields, footprint};
use domain::factor::{Choice, Tier, Wanted};
use domain::indicator::footprint::{grid, portions, total};
use domain::indicator::{Basis, kind_label};
use domain::law::agec::Counted;
use domain::word::{Criterion, Kind, Word};
use jiff::Timestamp;

use super::{entity_named, fleet, say};
use crate::config::Config;
use crate::refresh::Ground;

/// The factor of a kind, or of a very model.
pub fn kind(config: &Config, kind: &str, manufacturer: Option<&str>, model: Option<&str>) -> anyhow::Result<()> {
    let kind = keys::kind(kind)?;
    let ground = Ground::of(config)?;
    let (factors, assumptions) = (&ground.settings.factors, &ground.settings.assumptions);
    let wanted = Wanted { kind: Some(kind), manufacturer, model, ..Wanted::default() };
    let Choice { row, tier, rivals } = factors.choose(Criterion::Co2e, &wanted);
    let mut text = String::new();
    for rival in rivals {
        let _ = writeln!(text, "fits as well as others, and is not taken: {}", factors.rows[rival].id);
    }
    let Some(row) = row else {
        let parts = if kind == Kind::Server {
            "; one whose memory and processors are told is the sum of its parts"
        } else {
            ""
        };
        let _ = write!(
            text,
            "{}: no published factor of this kind{parts}; what has none is counted, and its footprint is told as unknown",
            kind.name()
        );
        say(&text);
        return Ok(());
    };
    let (row, set) = (&factors.rows[row], &factors.sets[factors.rows[row].set]);
    let _ = writeln!(text, "{} -> {} (tier {})", kind.name(), row.id, tier.name());
    let _ = writeln!(text, "  from        {} {}, {}; {}", set.publisher, set.edition, set.licence, row.found);
    let kg = |grams: f64| grams / 1000.0;
    let _ = writeln!(text, "  manufacture {:.3} kgCO2e", kg(row.manufacture.0));
    let _ = writeln!(text, "  distribution {:.3} kgCO2e", kg(row.distribution.0));
    let _ = writeln!(text, "  end of life {:.3} kgCO2e", kg(row.end_of_life.0));
    let _ = writeln!(text, "  r           {} embodied, {} electricity", row.r_embodied, row.r_energy);
    if let Some(row) = factors.energy(&wanted).map(|row| &factors.rows[row])
        && let Some(energy) = row.annual_energy
    {
        let _ = writeln!(text, "  electricity {:.3} kWh a year ({})", energy.as_kwh(), row.id);
    }
    match assumptions.lifetimes.iter().find(|(known, ..)| *known == kind) {
        Some((_, years, origin)) => {
            let _ = writeln!(text, "  lifetime    {} years ({origin})", years.0);
            let _ = writeln!(text, "  a year      {:.3} kgCO2e embodied", kg((row.embodied() / *years).0));
        }
        None => {
            let _ = writeln!(text, "  lifetime    none known: no figure a year");
        }
    }
    debug_assert_ne!(tier, Tier::None);
    say(text.trim_end());
    Ok(())
}

/// What of a total is asked for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Only this kind.
    pub kind: Option<&'a str>,
    /// Only this entity.
    pub entity: Option<&'a str>,
}

/// An asset's footprint, a total, or the lines of a legal figure, from the store.
pub async fn figure(config: &Config, what: Option<&str>, year: Option<i16>, asked: Asked<'_>) -> anyhow::Result<()> {
    let Some(what) = what else {
        bail!("explain what? an asset's id, `footprint`, `reuse-spend`, `reuse-exits`, or --kind")
    };
    let (ground, snapshot) = fleet(config).await?;
    let today = connectors::day_of(Timestamp::now(), &config.time_zone);
    let publishing = domain::indicator::Publishing { folded: false, ..ground.publishing };
    let basis = Basis::new(&snapshot, &ground.settings, publishing, today);
    let year = year.unwrap_or(today.year());
    let text = match what {
        "reuse-spend" => spend(&basis, year),
        "reuse-exits" => exits(&basis, year),
        "footprint" => footprint_text(&basis, asked)?,
        id => {
            let asset = snapshot
                .asset(id)
                .with_context(|| format!("no asset has the id `{id}` (run `ecoparc sync` first?)"))?;
            let mut text = format!("{}\n", snapshot.id(asset));
            for (field, value, said_by) in fields(&basis, asset).filter(|(field, ..)| *field != "user") {
                let _ = writeln!(text, "  {field:<22} {value}  [{}]", said_by.map_or("", |source| source));
            }
            for Step { what, value, unit, origin } in footprint(&basis, asset) {
                let value = value.map_or_else(|| "unknown".to_owned(), |value| format!("{value:.4} {unit}"));
                let _ = writeln!(text, "  {what:<24} {value:<20} {origin}");
            }
            text
        }
    };
    say(text.trim_end());
    Ok(())
}

/// The annual footprint, factor by factor.
fn footprint_text(basis: &Basis, asked: Asked) -> anyhow::Result<String> {
    let kind = match asked.kind {
        None => None,
        Some("unknown") => Some(None),
        Some(told) => Some(Some(keys::kind(told)?)),
    };
    let entities = &basis.snapshot.entities;
    let entity = asked.entity.map(|name| entity_named(entities, name)).transpose()?;
    let is_asked = |of: EntityId, what: Option<Kind>| {
        kind.is_none_or(|kind| kind == what) && entity.is_none_or(|entity| entities.is_within(of, entity))
    };
    let portions = portions(basis, is_asked);
    let kg = |told: f64, grams: f64| if told > 0.0 { format!("{:.3}", grams / 1000.0) } else { "unknown".to_owned() };
    let mut text = String::new();
    for portion in &portions {
        let [made, used] = portion.told;
        let _ = writeln!(
            text,
            "{} {}: {} kgCO2e embodied a year + {} of use = {} ({} to {})",
            portion.count,
            kind_label(portion.kind),
            kg(made, portion.embodied.0),
            kg(used, portion.used.0),
            kg(made + used, portion.annual.value.0),
            kg(made + used, portion.annual.low.0),
            kg(made + used, portion.annual.high.0)
        );
        let factor = portion.factor.as_deref().unwrap_or("none");
        let origin = if portion.origin.is_empty() { String::new() } else { format!("; {}", portion.origin) };
        let _ = writeln!(text, "  embodied     {factor}: {}{origin}", portion.tier.why());
        let row = portion.energy_factor.as_deref().unwrap_or("none");
        let grounds = portion.grounds.map_or("unknown", |grounds| grounds.name());
        let _ = writeln!(text, "  electricity  {:.3} kWh a year, {grounds}; row: {row}", portion.energy.as_kwh());
        for (without, what) in [(portion.count - made, "embodied"), (portion.count - used, "use")] {
            if without > 0.0 {
                let _ = writeln!(text, "  {without} of them without a figure for {what}");
            }
        }
    }
    if let Some(grid) = grid(basis, Criterion::Co2e) {
        let _ = writeln!(text, "electricity factor {} ({})", grid.id, grid.found);
    }
    let whole = portions.iter().all(|portion| portion.told.iter().all(|told| *told == portion.count));
    let least = if whole { "" } else { "at least " };
    let _ = writeln!(text, "sum {least}{} kgCO2e a year", kg(1.0, total(&portions).0));
    Ok(text)
}

fn spend(basis: &Basis, year: i16) -> String {
    let mut text = String::new();
    for ((siret, category, _), spend) in basis.ledger.cells.iter().filter(|((.., of), _)| *of == year) {
        let _ = writeln!(text, "{siret} {category} {year}");
        let lines = basis.ledger.lines.iter();
        for line in
            lines.filter(|line| line.siret.text() == siret && *line.category == **category && line.year == year)
        {
            let amount =
                if line.counted == Counted::No { format!("({})", line.amount) } else { line.amount.to_string() };
            let _ = writeln!(
                text,
                "  {:<40} {} {amount:>14} {:<16} {}{}",
                line.id(basis.snapshot),
                line.date,
                line.condition.name(),
                line.why.text(),
                line.proof.as_deref().map(|proof| format!("; proof: {proof}")).unwrap_or_default()
            );
        }
        let rate =
            spend.ratio().map_or_else(|| "cannot be computed".to_owned(), |rate| format!("{:.3} %", rate * 100.0));
        let _ = writeln!(
            text,
            "  reuse {} + gifts {} over purchases {} + gifts {} = {rate}",
            spend.reuse(),
            spend.gifts,
            spend.purchases(),
            spend.gifts
        );
        match basis.settings.law.target(category, year) {
            Some(target) => {
                let step = basis.settings.law.category_named(category, year).and_then(|category| category.step(year));
                let missing =
                    spend.missing(target).map_or_else(|| "nothing".to_owned(), |cents| format!("{cents} €"));
                let _ = write!(text, "  target {} %: missing {missing}", target * 100.0);
                let _ = match step {
                    Some(step) => writeln!(text, " ({}, {})", step.text, step.certainty.name()),
                    None => writeln!(text),
                };
            }
            None => {
                let _ = writeln!(text, "  target: to be checked: the decree's figure is not established");
            }
        }
    }
    if text.is_empty() { format!("nothing was bought in {year}") } else { text }
}

fn exits(basis: &Basis, year: i16) -> String {
    let mut text = String::new();
    for ((siret, _), figures) in basis.exits.cells.iter().filter(|((_, of), _)| *of == year) {
        let _ = writeln!(text, "{siret} {year}");
        for line in basis.exits.lines.iter().filter(|line| line.siret == *siret) {
            if !line.left_in(year) && !line.stood_in(year) && !line.may_have_left_in(year) {
                continue;
            }
            let date = line.date().map(|date| date.to_string()).unwrap_or_default();
            let (kind, way) = (line.kind.map_or("unknown", Word::name), line.way.name());
            let (a, b) = (line.to_a(year), line.to_b(year));
            let proof = line.proof.as_deref().map(|proof| format!("; proof: {proof}")).unwrap_or_default();
            let _ = writeln!(
                text,
                "  {:<40} {date} {:>4} {kind:<14} {way:<28} A {a:>4}  B {b:>4}  {}{proof}",
                line.id(basis.snapshot),
                line.quantity,
                line.why
            );
        }
        let b = figures.b.map_or_else(|| "unknown".to_owned(), |b| b.to_string());
        let how = if figures.counted { "counted" } else { "from dates of reform and exit" };
        let rate =
            figures.ratio().map_or_else(|| "cannot be computed".to_owned(), |rate| format!("{:.1} %", rate * 100.0));
        let _ = writeln!(text, "  A {} over B {b} ({how}) = {rate}", figures.a);
    }
    if text.is_empty() { format!("nothing left in {year}") } else { text }
}
