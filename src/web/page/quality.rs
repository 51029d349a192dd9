//! What could not be settled, and how much is known.

use maud::{Markup, html};

use super::source;
use super::tables::{heads, table};
use super::{Sheet, words};
use crate::figures::label;
use crate::wording::{number, percent};

/// What could not be settled, and how much is known.
pub fn quality(sheet: &Sheet) -> Markup {
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
        (known(sheet))
    }
}

/// Of what share of the active fleet each field is known.
fn known(sheet: &Sheet) -> Markup {
    const NAME: &str = "field_known_ratio";
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let share = |field: &str| {
        let (mut known, mut all) = (0.0, 0.0);
        for reading in figures.all(NAME, &[("field", field)]) {
            let active = figures.active(Some(label(reading, "kind")));
            known += reading.value.unwrap_or(0.0) * active;
            all += active;
        }
        (all > 0.0).then(|| known / all)
    };
    let fields = figures.labels(NAME, "field");
    if fields.is_empty() {
        return html! {};
    }
    let inside = html! {
        (heads(sheet, &[("Information", "Information", false), ("Connue pour", "Known for", true)]))
        tbody { @for field in fields { tr {
            th scope="row" { (words::field(lang, field)) }
            td.n { @match share(field) {
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
