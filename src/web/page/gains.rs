//! What long lives and reuse have spared this year.

use maud::{Markup, html};

use super::Sheet;
use super::source;
use super::tables::{heads, table};
use crate::figures::label;
use crate::wording::gains::WAYS;
use crate::wording::{co2e, number};

const GRAMS: &str = "avoided_co2e_grams";
const EUROS: &str = "avoided_euros";

/// A line for each way that something was spared in this year.
pub fn gains(sheet: &Sheet) -> Markup {
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let told = |name: &str, by: &str| figures.all(name, &[("by", by)]).find(|reading| label(reading, "by") == by);
    let ways: Vec<_> =
        WAYS.iter().filter(|(by, ..)| told(GRAMS, by).is_some() || told(EUROS, by).is_some()).collect();
    if ways.is_empty() {
        return html! {};
    }
    let least = |coverage: f64| sheet.least(coverage < 1.0);
    let inside = html! {
        (heads(sheet, &[("Ce qui épargne", "What spares", false), ("CO₂e", "CO₂e", true), ("Euros HT", "Euros without tax", true)]))
        tbody { @for (by, name, supposed) in ways { tr {
            th scope="row" { (sheet.say(name.0, name.1)) br; span.note { (sheet.say(supposed.0, supposed.1)) } }
            td.n { @match told(GRAMS, by).map(|reading| (reading, reading.value)) {
                Some((reading, Some(value))) => {
                    (least(reading.coverage)) (sheet.figure(&source(GRAMS, None, None), &co2e(lang, value)))
                    @if let (Some(low), Some(high)) = (reading.low, reading.high) {
                        br; span.note { (super::cards::bounds(sheet, &co2e(lang, low), &co2e(lang, high))) }
                    }
                }
                Some((_, None)) => (sheet.say("inconnu", "unknown")),
                None => "",
            } }
            td.n { @match told(EUROS, by).map(|reading| (reading, reading.value)) {
                Some((reading, Some(value))) => {
                    (least(reading.coverage)) (sheet.figure(&source(EUROS, None, None), &number(lang, value, 0))) "\u{a0}€"
                }
                Some((_, None)) => (sheet.say("inconnu", "unknown")),
                None => "",
            } }
        } } }
    };
    table(
        sheet,
        "gains",
        ("Épargné cette année", "Spared this year"),
        (
            "Par comparaison avec ce qui se serait passé sans cela\u{a0}: ces chiffres ne se retranchent d'aucun autre.",
            "Compared with what would have happened otherwise: these figures are subtracted from no other.",
        ),
        inside,
    )
}
