//! What left, and what of it went to reuse.

use domain::word::{Disposal, Word};
use maud::{Markup, html};

use super::tables::{heads, table, years};
use super::{Sheet, source, words};
use crate::wording::{number, percent};

pub fn page(sheet: &Sheet) -> Markup {
    html! { (exits(sheet)) (ways(sheet)) }
}

/// Exits to reuse by buyer and year.
fn exits(sheet: &Sheet) -> Markup {
    const NAME: &str = "disposal_reuse_ratio";
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let mut rows = Vec::new();
    for buyer in figures.buyers(NAME, &sheet.edition.snapshot.entities) {
        for year in years(sheet) {
            let told = year.to_string();
            let slice = [("siret", buyer.siret), ("year", told.as_str())];
            let Some(rate) = figures.find(NAME, &slice) else { continue };
            let part = |name: &str| {
                let reading = figures.find(name, &slice);
                match reading.and_then(|reading| reading.value) {
                    Some(value) => sheet.figure(&source(name, None, Some(year)), &number(lang, value, 0)),
                    None => sheet.unknown(reading.and_then(|reading| reading.note.as_deref())),
                }
            };
            rows.push(html! { tr {
                th scope="row" { (buyer.name(sheet.lang)) }
                td { (year) }
                td.n { (part("disposals_to_reuse")) }
                td.n { (part("reformed_stock")) }
                td.n { @match rate.value {
                    Some(value) => (sheet.figure(&source(NAME, None, Some(year)), &percent(lang, value, 2))),
                    None => (sheet.unknown(rate.note.as_deref())),
                } }
                td.n { @match rate.target {
                    Some(target) => (percent(lang, target, 1)),
                    None => (sheet.say("aucun", "none")),
                } }
            } });
        }
    }
    let inside = html! {
        (heads(sheet, &[
            ("Détenteur", "Owner", false),
            ("Année", "Year", false),
            ("A\u{a0}: vers le réemploi", "A: to reuse", true),
            ("B\u{a0}: réformés en stock au 1er janvier", "B: reformed, in stock on 1 January", true),
            ("A / B", "A / B", true),
            ("Objectif", "Target", true),
        ]))
        tbody {
            @for row in &rows { (row) }
            @if rows.is_empty() { tr { td colspan="6" { (sheet.say("aucune sortie connue pour ces années", "no exit is known for these years")) } } }
        }
    };
    table(
        sheet,
        "exits",
        ("Sorties vers le réemploi", "Exits to reuse"),
        (
            "Biens réformés de dix ans au plus orientés vers le réemploi (loi REEN, article 16). Le taux peut dépasser 100\u{a0}%.",
            "Reformed goods of at most ten years directed to reuse (REEN law, article 16). The rate may exceed 100%.",
        ),
        inside,
    )
}

/// What left, by way and year.
fn ways(sheet: &Sheet) -> Markup {
    const NAME: &str = "disposals";
    let count = |way: &str, year: i16| {
        sheet.figures.sum(NAME, &[("disposal", way), ("year", &year.to_string())]).value.unwrap_or(0.0)
    };
    let told = |way: &&str| years(sheet).iter().any(|year| count(way, *year) > 0.0);
    let ways: Vec<&str> = Disposal::ALL.iter().map(|(_, name)| *name).filter(told).collect();
    if ways.is_empty() {
        return html! {};
    }
    let inside = html! {
        thead { tr {
            th scope="col" { (sheet.say("Filière", "Way")) }
            @for year in years(sheet) { th.n scope="col" { (year) } }
        } }
        tbody { @for way in ways { tr {
            th scope="row" { (words::way(sheet.lang, way)) }
            @for year in years(sheet) {
                td.n { (sheet.figure(&source(NAME, None, Some(year)), &number(sheet.lang, count(way, year), 0))) }
            }
        } } }
    };
    let title = ("Ce qui est sorti, par filière", "What left, by way");
    table(
        sheet,
        "ways",
        title,
        ("Nombre de matériels sortis dans l'année.", "Number of pieces that left in the year."),
        inside,
    )
}
