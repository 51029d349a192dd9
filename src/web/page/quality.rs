//! What could not be settled, and how much is known.

use domain::reject::Reject;
use domain::word::Word;
use maud::{Markup, html};

use super::source;
use super::tables::{heads, table};
use super::{Sheet, query, unseen, words};
use crate::figures::label;
use crate::web::api::sources::seen;
use crate::wording::{fields, number, percent};

pub fn page(sheet: &Sheet) -> Markup {
    html! {
        (quality(sheet))
        (unseen::unseen(sheet))
        (unseen::renewal(sheet))
        (rejects(sheet))
    }
}

/// What could not be settled, and how much is known.
fn quality(sheet: &Sheet) -> Markup {
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let address = source("doubts", None, None);
    let doubts = figures.all("doubts", &[]).filter_map(|reading| Some((label(reading, "reason"), reading.value?)));
    let doubts: Vec<(&str, f64)> = doubts.filter(|(_, count)| *count > 0.0).collect();
    let inside = html! {
        (heads(sheet, &[("À vérifier", "To be checked", false), ("Nombre", "Number", true)]))
        tbody {
            @for (reason, count) in &doubts { tr {
                th scope="row" { (words::doubt(lang, reason)) }
                td.n { (sheet.figure(&address, &number(lang, *count, 0))) }
            } }
            @if doubts.is_empty() { tr { td colspan="2" { (sheet.say("rien à vérifier", "nothing to be checked")) } } }
        }
    };
    let title = ("Qualité des données", "Quality of the data");
    let caption = ("Ce qui n'a pu être tranché, et reste visible.", "What could not be settled, and stays visible.");
    html! {
        (table(sheet, "quality", title, caption, inside))
        @if sheet.sees_assets() { (each(sheet)) }
        (known(sheet))
    }
}

/// Doubts that are told one by one.
const TOLD: usize = 100;

/// Each doubt, with the things it is about.
fn each(sheet: &Sheet) -> Markup {
    let doubts: Vec<_> = sheet.world.doubts().take(TOLD + 1).collect();
    if doubts.is_empty() {
        return html! {};
    }
    let assets = &sheet.edition.snapshot;
    let inside = html! {
        (heads(sheet, &[("Raison", "Reason", false), ("Ce qu'il faut regarder", "What to look at", false), ("Matériels et lignes", "Equipment and lines", false)]))
        tbody { @for doubt in doubts.iter().take(TOLD) { tr {
            th scope="row" { (words::doubt(sheet.lang, doubt.reason().name())) }
            td { (words::cause(sheet.lang, &doubt.what)) }
            td { @for (at, about) in doubt.about.iter().enumerate() {
                @if at > 0 { ", " }
                @if assets.named(about).is_some() { a href=(format!("/explain?q={}", query(about))) { (about) } } @else { (about) }
                @if let Some(tool) = sheet.tool(about) { " (" a href=(tool) rel="noreferrer" { (sheet.say("dans l'outil", "in the tool")) } ")" }
            } }
        } } }
    };
    let title = ("À trancher, un par un", "To be settled, one by one");
    let caption = (
        "Une ligne dans un tableau de décisions (contents = \"decisions\") tranche pour de bon.",
        "A line in a table of decisions (contents = \"decisions\") settles one for good.",
    );
    html! {
        (table(sheet, "each", title, caption, inside))
        @if doubts.len() > TOLD { p { a href="/api/v1/doubts" { (sheet.say("Tous les doutes", "All doubts")) } } }
    }
}

/// Rows that could not be read, with their place and the reason.
fn rejects(sheet: &Sheet) -> Markup {
    if !sheet.sees_assets() {
        return html! {};
    }
    let sources = seen(sheet.edition, sheet.viewer).filter(|source| !source.rejected.is_empty());
    let rows: Vec<_> =
        sources.flat_map(|source| source.rejected.iter().map(move |rejected| (&source.name, rejected))).collect();
    if rows.is_empty() {
        return html! {};
    }
    let inside = html! {
        (heads(sheet, &[("Source", "Source", false), ("Où", "Where", false), ("Colonne", "Column", false), ("Pourquoi", "Why", false)]))
        tbody { @for (source, Reject { place, column, reason }) in &rows { tr {
            th scope="row" { (source) }
            td { (place) }
            td { (column.as_deref().unwrap_or_default()) }
            @match words::reject(sheet.lang, reason) {
                Some(words) => td { (words) },
                None => td lang="en" { (reason) },
            }
        } } }
    };
    let title = ("Lignes refusées", "Rows refused");
    let caption = (
        "Le reste de chaque fichier compte\u{a0}; celles-ci comptent une fois corrigées. Les premières de chaque source sont montrées.",
        "The rest of each file counts; these count once they are put right. The first of each source are shown.",
    );
    table(sheet, "rejects", title, caption, inside)
}

/// Of what share of the active fleet each field is known.
fn known(sheet: &Sheet) -> Markup {
    const NAME: &str = "field_known_ratio";
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let fields = figures.labels(NAME, "field");
    if fields.is_empty() {
        return html! {};
    }
    let inside = html! {
        (heads(sheet, &[("Information", "Information", false), ("Connue pour", "Known for", true)]))
        tbody { @for field in fields { tr {
            th scope="row" { (fields::field(lang, field)) }
            td.n { @match figures.known(field) {
                Some(share) => (sheet.figure(&source(NAME, None, None), &percent(lang, share, 0))),
                None => (sheet.unknown(None)),
            } }
        } } }
    };
    let title = ("Ce qui est connu du parc", "What is known of the equipment");
    let caption = (
        "Part du parc en service, en stock ou en réparation.",
        "Share of the equipment in use, in stock or in repair.",
    );
    table(sheet, "known", title, caption, inside)
}
