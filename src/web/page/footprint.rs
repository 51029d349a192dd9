//! The annual footprint kind by kind, and the ways to what it is made up of.

use domain::indicator::footprint::parts;
use domain::indicator::kind_label;
use domain::word::{Kind, Word};
use maud::{Markup, html};

use super::tables::{heads, table};
use super::{Sheet, cards, explained, gains, source, words};
use crate::chart;
use crate::figures::{ENOUGH, Total};
use crate::web::world::Kinds;
use crate::wording::{co2e, duration, number, percent};

/// Kinds that are drawn.
const DRAWN: usize = 10;

pub fn page(sheet: &Sheet) -> Markup {
    html! {
        (kinds(sheet))
        (equipment(sheet, &sheet.world.portions().1))
        p { (sheet.say("Autres vues\u{a0}: ", "Other views: "))
            a href="/footprint/factors" { (sheet.say("facteur par facteur", "factor by factor")) } ", "
            a href="/footprint/entities" { (sheet.say("par entité et par année d'acquisition", "by entity and by year of acquisition")) } "."
        }
        @if sheet.sees_assets() { (explained::form(sheet, "")) }
        (gains::gains(sheet))
    }
}

/// The heaviest kinds. The table of the equipment tells the same.
fn kinds(sheet: &Sheet) -> Markup {
    let heaviest: Vec<_> =
        parts(&sheet.world.portions().0).into_iter().filter(|part| part.total().0 > 0.0).take(DRAWN).collect();
    chart::kinds(sheet.lang, &heaviest).draw()
}

/// The equipment by kind.
fn equipment(sheet: &Sheet, footprints: &Kinds) -> Markup {
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let whole = |value: f64| number(lang, value, 0);
    let kinds = Kind::ALL.iter().map(|(_, name)| *name).chain(["unknown"]);
    let rows: Vec<Markup> = kinds
        .filter_map(|kind| {
            let active = figures.active(Some(kind));
            if active == 0.0 {
                return None;
            }
            let slice = [("kind", kind)];
            let age = figures.sum("assets_age_seconds", &slice).value;
            let known = figures.sum("assets_age_known", &slice).value.filter(|known| *known > 0.0);
            let median = figures.find("lifetime_median_seconds", &slice);
            let past = figures.sum("assets_past_lifetime", &slice);
            let footprint = figures.sum("footprint_annual_co2e_grams", &slice);
            let without = figures.find("factor_coverage_ratio", &[("kind", kind), ("tier", "none")]);
            Some(html! { tr {
                th scope="row" { (sheet.figure(&format!("/footprint/factors?kind={kind}"), words::kind(lang, kind))) }
                td.n { (whole(active)) }
                td.n { @match age.zip(known) {
                    Some((age, known)) => {
                        (duration(lang, age / known))
                        @if known < ENOUGH * active {
                            (sheet.say(" (âge connu\u{a0}: ", " (age known: ")) (percent(lang, known / active, 0)) ")"
                        }
                    }
                    None => (sheet.say("inconnu", "unknown")),
                } }
                td.n { @match median.map(|median| (median.value, median.note.as_deref())) {
                    Some((Some(value), _)) => (duration(lang, value)),
                    Some((None, note)) => (sheet.unknown(note)),
                    None => (sheet.unknown(None)),
                } }
                td.n { @match past.value {
                    Some(_) => (total(sheet, &past, None, whole)),
                    None => (sheet.say("pas de durée de référence", "no reference lifetime")),
                } }
                td.n {
                    (total(sheet, &footprint, None, |value| co2e(lang, value)))
                    @if let Some((_, bounds)) = footprints.iter().find(|(of, _)| *kind_label(*of) == *kind) {
                        span.note { (cards::bounds(sheet, &co2e(lang, bounds.low.0), &co2e(lang, bounds.high.0))) }
                    }
                }
                td.n { @match without.and_then(|without| without.value) {
                    Some(without) => (percent(lang, 1.0 - without, 0)),
                    None => (sheet.unknown(None)),
                } }
            } })
        })
        .collect();
    let all = figures.sum("footprint_fleet_annual_co2e_grams", &[]);
    let inside = html! {
        (heads(sheet, &[
            ("Matériel", "Equipment", false),
            ("Nombre", "Number", true),
            ("Âge moyen", "Mean age", true),
            ("La moitié durent plus de", "Half last more than", true),
            ("Vies prolongées", "Lives made longer", true),
            ("Empreinte annuelle", "Annual footprint", true),
            ("Avec un facteur publié", "With a published factor", true),
        ]))
        tbody { @for row in &rows { (row) } }
        tfoot { tr {
            th scope="row" { (sheet.say("Ensemble", "All")) }
            td.n { (sheet.figure(&source("assets", None, None), &whole(figures.active(None)))) }
            td {} td {}
            td.n { (total(sheet, &figures.sum("assets_past_lifetime", &[]), Some(&source("assets_past_lifetime", None, None)), whole)) }
            td.n { (total(sheet, &all, Some(&source("footprint_fleet_annual_co2e_grams", None, None)), |value| co2e(lang, value))) }
            td {}
        } }
    };
    table(
        sheet,
        "equipment",
        ("Parc par type de matériel", "Equipment by type"),
        (
            "Matériels en service, en stock ou en réparation\u{a0}; chaque type mène à ses facteurs. Vies prolongées\u{a0}: matériels gardés au-delà de la durée de référence de leur type, un gain.",
            "Equipment in use, in stock or in repair; each type leads to its factors. Lives made longer: kept beyond the reference lifetime of the type, a gain.",
        ),
        inside,
    )
}

/// A total, worded "at least" where something of it is not known.
fn total(sheet: &Sheet, total: &Total, address: Option<&str>, text: impl Fn(f64) -> String) -> Markup {
    html! {
        @match total.value {
            Some(value) => {
                (sheet.least(total.partial))
                @match address {
                    Some(address) => (sheet.figure(address, &text(value))),
                    None => (text(value)),
                }
            }
            None => (sheet.unknown(total.note)),
        }
    }
}
