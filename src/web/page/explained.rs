//! How the footprint of one thing was reached, step by step.

use domain::explain::Step;
use domain::snapshot::Asset;
use domain::word::Word;
use maud::{Markup, html};

use super::{Lang, shell, words};
use crate::edition::Edition;
use crate::wording::number;

/// So many things are shown at most where several are meant.
pub const FOUND: usize = 50;

/// Asks for a thing.
pub(super) fn form(lang: Lang, asked: &str) -> Markup {
    html! {
        form method="get" action="/explain" role="search" {
            p {
                label for="q" { (lang.pick(
                    "Expliquer l'empreinte d'un matériel (identifiant, n° de série, étiquette, nom)\u{a0}: ",
                    "Explain the footprint of one thing (id, serial number, tag, name): ",
                )) }
                input type="search" id="q" name="q" value=(asked) required;
                " " button { (lang.pick("Expliquer", "Explain")) }
            }
        }
    }
}

/// The steps of the one thing that is meant, else those that may be.
pub fn explanation(edition: &Edition, lang: Lang, asked: &str, found: &[&Asset], steps: &[Step]) -> String {
    let title = lang.pick("Comment ce chiffre est obtenu", "How this figure is reached");
    let name = |asset: &Asset| {
        let facts = &asset.facts;
        let kind = words::kind(lang, facts.kind.map_or("unknown", Word::name)).to_owned();
        let told = [facts.manufacturer.as_deref(), facts.model.as_deref()].into_iter().flatten().collect::<Vec<_>>();
        format!("{kind}\u{a0}: {} ({})", told.join(" "), edition.snapshot.entities.entity(asset.entity).name)
    };
    let body = html! {
        main id="main" tabindex="-1" {
            h1 { (title) }
            (form(lang, asked))
            @match found {
                [] => p role="status" { (lang.pick("Aucun matériel ne correspond.", "Nothing like this is known.")) },
                [asset] => {
                    h2 { (asset.id) }
                    p { (name(asset)) }
                    div.wide tabindex="0" role="region" aria-label=(title) { table {
                        thead { tr {
                            th scope="col" { (lang.pick("Étape", "Step")) }
                            th.n scope="col" { (lang.pick("Valeur", "Value")) }
                            th scope="col" { (lang.pick("Origine", "Origin")) }
                        } }
                        tbody { @for step in steps { tr {
                            th scope="row" { (words::step(lang, &step.what)) }
                            td.n { @match step.value {
                                Some(value) => { (number(lang, value, 3)) @if !step.unit.is_empty() { "\u{a0}" (words::unit(lang, step.unit)) } }
                                None => (lang.pick("inconnu", "unknown")),
                            } }
                            td { (words::origin(lang, &step.origin)) }
                        } } }
                    } }
                }
                several => ul { @for asset in several { li {
                    a href=(format!("/explain?q={}", query(&asset.id))) { (asset.id) } " " (name(asset))
                } } },
            }
            p { a href="/" { (lang.pick("Retour aux chiffres", "Back to the figures")) } }
        }
    };
    shell(lang, title, &body)
}

/// A text as the value of a query.
fn query(text: &str) -> String {
    let mut coded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => coded.push(char::from(byte)),
            _ => coded.push_str(&format!("%{byte:02X}")),
        }
    }
    coded
}
