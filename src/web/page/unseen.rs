//! What may not be where it is thought to be, and what works but may be thrown away.

use domain::indicator::quality::UNSEEN;
use maud::{Markup, html};

use super::source;
use super::tables::{heads, table};
use super::{Sheet, words};
use crate::figures::label;
use crate::wording::{co2e, number};

/// Equipment that nothing confirms or no inventory lists, by kind.
pub fn unseen(sheet: &Sheet) -> Markup {
    const NAME: &str = "unseen_assets";
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let reasons: Vec<&str> =
        UNSEEN.into_iter().filter(|reason| figures.find(NAME, &[("reason", reason)]).is_some()).collect();
    if reasons.is_empty() {
        return html! {};
    }
    let inside = html! {
        thead { tr {
            th scope="col" { (sheet.say("Type", "Kind")) }
            @for reason in &reasons { th.n scope="col" { (words::unseen(lang, reason)) } }
        } }
        tbody { @for kind in figures.labels(NAME, "kind") { tr {
            th scope="row" { (words::kind(lang, kind)) }
            @for reason in &reasons { td.n {
                @match figures.find(NAME, &[("kind", kind), ("reason", reason)]) {
                    Some(reading) => {
                        @let link = if sheet.sees_assets() { format!("/api/v1/unseen?reason={reason}&kind={kind}") } else { source(NAME, Some(kind), None) };
                        (sheet.figure(&link, &number(lang, reading.value.unwrap_or(0.0), 0)))
                        @if let Some(note) = &reading.note { br; span.note { (words::note(lang, note)) } }
                    }
                    None => (sheet.say("non connu", "not known")),
                }
            } }
        } } }
    };
    table(
        sheet,
        "unseen",
        ("Matériels à retrouver", "Equipment to be found again"),
        (
            "Ce qu'aucun contact ne confirme plus, et ce qu'aucun inventaire ne recense. Un même matériel peut être compté dans plusieurs colonnes.",
            "What no contact confirms any more, and what no inventory lists. One thing may be counted in several columns.",
        ),
        inside,
    )
}

/// Equipment whose system is no longer supported.
pub fn renewal(sheet: &Sheet) -> Markup {
    const NAME: &str = "early_renewal_risk_assets";
    const SPARED: &str = "early_renewal_avoidable_co2e_grams";
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let mut told: Vec<(&str, &str)> =
        figures.all(NAME, &[]).map(|reading| (label(reading, "system"), label(reading, "kind"))).collect();
    told.sort_unstable();
    told.dedup();
    if told.is_empty() {
        return html! {};
    }
    let inside = html! {
        (heads(sheet, &[
            ("Système", "System", false),
            ("Type", "Kind", false),
            ("En service", "In service", true),
            ("CO₂e évité par une année de plus", "CO₂e spared by one more year", true),
        ]))
        tbody { @for (system, kind) in told { tr {
            @let slice = [("system", system), ("kind", kind)];
            th scope="row" { (words::system(system)) }
            td { (words::kind(lang, kind)) }
            td.n { (sheet.figure(&source(NAME, Some(kind), None), &number(lang, figures.sum(NAME, &slice).value.unwrap_or(0.0), 0))) }
            td.n { @match figures.find(SPARED, &slice).map(|reading| (reading.value, reading)) {
                Some((Some(grams), _)) => (sheet.figure(&source(SPARED, Some(kind), None), &co2e(lang, grams))),
                Some((None, reading)) => (sheet.unknown(reading.note.as_deref())),
                None => (sheet.unknown(None)),
            } }
        } } }
    };
    table(
        sheet,
        "renewal",
        ("Risque de renouvellement anticipé", "Risk of early renewal"),
        (
            "Matériels qui fonctionnent, mais dont le système n'est plus maintenu par son éditeur. Les garder une année de plus, sous un autre système ou avec un support étendu, repousse d'autant la fabrication de leurs remplaçants\u{a0}; cet écart n'est déduit d'aucun autre chiffre.",
            "Equipment that works, but whose system its maker no longer maintains. Keeping it one more year, with another system or extended support, puts off the making of its successors by as much; this is taken off no other figure.",
        ),
        inside,
    )
}
