//! How the figures are made, and what the law's are taken from.

use domain::word::Word;
use maud::{Markup, html};

use super::Sheet;
use super::tables::{heads, table};
use crate::report::annual;
use crate::wording::{percent, words};

pub fn page(sheet: &Sheet) -> Markup {
    let (lang, settings) = (sheet.lang, &sheet.edition.settings);
    html! {
        @for block in annual::method_blocks(lang, settings, sheet.edition.today, sheet.world.readings()) {
            (annual::block(&block))
        }
        (law(sheet))
        p { a href="/api/v1/factors" { (sheet.say("Tous les facteurs", "All factors")) } ", "
            a href="/api/v1/law" { (sheet.say("tous les chiffres de la loi", "all figures of the law")) } "." }
    }
}

/// The figures of the law in use, each with its text and how sure it is.
fn law(sheet: &Sheet) -> Markup {
    let (lang, law) = (sheet.lang, &sheet.edition.settings.law);
    let spending = law.categories.iter().flat_map(|category| {
        category.steps.iter().map(move |step| (words::category(lang, category.name, Some(category.label)), step))
    });
    let exits = law.exit_targets.iter().map(|step| (sheet.say("Sorties vers le réemploi", "Exits to reuse"), step));
    let inside = html! {
        (heads(sheet, &[
            ("Obligation", "Obligation", false),
            ("À partir de", "From", false),
            ("Part", "Share", true),
            ("Texte", "Text", false),
            ("Certitude", "Certainty", false),
        ]))
        tbody { @for (what, step) in spending.chain(exits) { tr {
            th scope="row" { (what) }
            td { (step.from) }
            td.n { @match step.share {
                Some(share) => (percent(lang, share, 1)),
                None => (sheet.say("à vérifier", "to be checked")),
            } }
            td { (step.text) }
            td {
                (words::certainty(lang, step.certainty.name()))
                @if let Some(by) = &step.checked_by { " (" (by) ")" }
            }
        } } }
    };
    table(
        sheet,
        "law",
        ("Les chiffres de la loi", "The figures of the law"),
        (
            "Ce qui n'a pu être établi reste «\u{a0}à vérifier\u{a0}»\u{a0}: aucun taux n'est supposé.",
            "What could not be established stays \"to be checked\": no rate is supposed.",
        ),
        inside,
    )
}
