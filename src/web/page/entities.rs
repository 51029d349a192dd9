//! The footprint by entity and by phase, and what was acquired year by year.

use domain::word::{Phase, Word};
use maud::{Markup, html};

use super::tables::table;
use super::{Sheet, source};
use crate::chart::{Bar, Chart, Shape};
use crate::wording::co2e;

/// Years that are told.
const YEARS: i16 = 10;

pub fn page(sheet: &Sheet) -> Markup {
    html! {
        (entities(sheet))
        (acquired(sheet))
        p { a href="/footprint" { (sheet.say("Retour à l'empreinte", "Back to the footprint")) } }
    }
}

/// Each entity's annual footprint, by phase.
fn entities(sheet: &Sheet) -> Markup {
    const NAME: &str = "footprint_annual_co2e_grams";
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let tree = &sheet.edition.snapshot.entities;
    let mut entities = figures.labels(NAME, "entity");
    entities.sort_by_key(|id| tree.find(id).map_or(u32::MAX, |at| at.0));
    let phase = |phase: &str| match phase {
        "manufacture" => sheet.say("Fabrication", "Manufacture"),
        "distribution" => sheet.say("Transport", "Distribution"),
        "use" => sheet.say("Usage", "Use"),
        _ => sheet.say("Fin de vie", "End of life"),
    };
    let total = |slice: &[(&str, &str)]| {
        let total = figures.sum(NAME, slice);
        total.value.map_or_else(
            || sheet.say("inconnu", "unknown").to_owned(),
            |value| format!("{}{}", sheet.least(total.partial), co2e(lang, value)),
        )
    };
    let phases = || Phase::ALL.iter().map(|(_, name)| *name);
    let inside = html! {
        thead { tr {
            th scope="col" { (sheet.say("Entité", "Entity")) }
            @for name in phases() { th.n scope="col" { (phase(name)) } }
            th.n scope="col" { (sheet.say("Total", "Total")) }
        } }
        tbody { @for entity in &entities { tr {
            th scope="row" { @match *entity {
                "other" => (sheet.say("Petites entités regroupées", "Small entities together")),
                entity => (tree.find(entity).map_or(entity, |at| &tree.entity(at).name)),
            } }
            @for name in phases() { td.n { (total(&[("entity", entity), ("phase", name)])) } }
            td.n { (sheet.figure(&source(NAME, None, None), &total(&[("entity", entity)]))) }
        } } }
        tfoot { tr {
            th scope="row" { (sheet.say("Ensemble", "All")) }
            @for name in phases() { td.n { (total(&[("phase", name)])) } }
            td.n { (total(&[])) }
        } }
    };
    table(
        sheet,
        "entities",
        ("Empreinte annuelle par entité", "Annual footprint by entity"),
        (
            "De la fabrication à la fin de vie, une année du parc actif.",
            "From manufacture to end of life, a year of the active equipment.",
        ),
        inside,
    )
}

/// What was acquired in each civil year, undivided: the flux, never added to the annual figure.
fn acquired(sheet: &Sheet) -> Markup {
    const NAME: &str = "footprint_acquired_co2e_grams";
    let (lang, figures, today) = (sheet.lang, &sheet.figures, sheet.edition.today.year());
    let years = figures
        .labels(NAME, "year")
        .into_iter()
        .filter(|year| year.parse().is_ok_and(|year: i16| year > today - YEARS));
    let told: Vec<(&str, _)> = years.map(|year| (year, figures.sum(NAME, &[("year", year)]))).collect();
    if told.is_empty() {
        return html! {};
    }
    let inside = html! {
        thead { tr { th scope="col" { (sheet.say("Année", "Year")) } th.n scope="col" { "CO₂e" } } }
        tbody { @for (year, total) in &told { tr {
            th scope="row" { (year) }
            td.n { @match total.value {
                Some(value) => { (sheet.least(total.partial)) (sheet.figure(&source(NAME, None, year.parse().ok()), &co2e(lang, value))) }
                None => (sheet.unknown(total.note)),
            } }
        } } }
    };
    let bars = told.iter().map(|(year, total)| Bar {
        label: (*year).to_owned(),
        parts: total.value.into_iter().collect(),
        // Short, so that the figures of two columns do not touch: the title tells of what.
        told: total.value.map_or_else(String::new, |value| co2e(lang, value).replace("\u{a0}CO₂e", "")),
        bounds: None,
    });
    let title = ("Ce qui a été acquis, année par année", "What was acquired, year by year");
    html! {
        (table(
            sheet,
            "acquired",
            title,
            (
                "Fabrication, transport et fin de vie des matériels acquis dans l'année, sans répartition sur leur vie (BEGES, poste des biens achetés). À côté de l'empreinte annuelle, jamais ajouté.",
                "Manufacture, transport and end of life of what was acquired in the year, not spread over its life (GHG Protocol, scope 3, category 2). Beside the annual footprint, never added to it.",
            ),
            inside,
        ))
        (Chart { title: format!("{} (CO₂e)", sheet.say(title.0, title.1)), shape: Shape::Columns, bars: bars.collect(), legend: Vec::new(), targets: Vec::new() }.draw())
    }
}
