//! What the annual footprint is made up of, factor by factor.

use domain::factor::Tier;
use domain::indicator::Grounds;
use domain::indicator::footprint::{Portion, total};
use domain::word::Word;
use maud::{Markup, html};

use super::tables::{heads, table};
use super::{Sheet, words};
use crate::wording::{co2e, number};

/// One line a kind and factor: how many, which factor and why, and what it comes to.
pub fn makeup(sheet: &Sheet, portions: &[Portion]) -> Markup {
    if portions.is_empty() {
        return html! {};
    }
    let lang = sheet.lang;
    let least = |all: bool| if all { "" } else { sheet.say("au moins ", "at least ") };
    let is_whole = |portion: &Portion| portion.told.iter().all(|told| *told == portion.count);
    let told = |told: f64, grams: f64| {
        if told > 0.0 { co2e(lang, grams) } else { sheet.say("inconnu", "unknown").to_owned() }
    };
    let inside = html! {
        (heads(sheet, &[
            ("Matériel", "Equipment", false),
            ("Nombre", "Number", true),
            ("Facteur de fabrication", "Factor of manufacture", false),
            ("Fabrication, par an", "Manufacture, a year", true),
            ("Électricité, par an", "Electricity, a year", true),
            ("Usage, par an", "Use, a year", true),
            ("Total", "Total", true),
        ]))
        tbody { @for portion in portions {
            @let [made, used] = portion.told;
            @let kind = portion.kind.map_or("unknown", |kind| kind.name());
            tr {
                th scope="row" { (words::kind(lang, kind)) }
                td.n { (number(lang, portion.count, 0)) }
                td {
                    @match &portion.factor {
                        Some(factor) => {
                            (sheet.figure("/api/v1/factors", factor)) br;
                            span.note { (tier(sheet, portion.tier)) "\u{a0}: " (portion.origin) }
                        }
                        None => (tier(sheet, portion.tier)),
                    }
                }
                td.n { (told(made, portion.embodied.0)) }
                td.n {
                    @if used > 0.0 {
                        (number(lang, portion.energy.as_kwh(), 0)) "\u{a0}kWh" br;
                        span.note { (grounds(sheet, portion.grounds)) }
                    } @else { (sheet.say("inconnue", "unknown")) }
                }
                td.n { (told(used, portion.used.0)) }
                td.n {
                    @if made + used > 0.0 { (least(is_whole(portion))) }
                    (sheet.figure(&format!("/api/v1/footprint/explanation?kind={kind}"), &told(made + used, portion.annual.value.0)))
                    @if made + used > 0.0 {
                        br;
                        span.note { (super::cards::bounds(sheet, &co2e(lang, portion.annual.low.0), &co2e(lang, portion.annual.high.0))) }
                    }
                }
            }
        } }
        tfoot { tr {
            th scope="row" { (sheet.say("Ensemble", "All")) }
            td.n { (number(lang, portions.iter().map(|portion| portion.count).sum(), 0)) }
            td {} td {} td {} td {}
            td.n {
                (least(portions.iter().all(is_whole)))
                (sheet.figure("/api/v1/footprint/explanation", &co2e(lang, total(portions).0)))
            }
        } }
    };
    table(
        sheet,
        "makeup",
        ("D'où vient l'empreinte annuelle", "Where the annual footprint comes from"),
        (
            "Chaque ligne réunit les matériels d'un même type et d'un même facteur\u{a0}; leur somme est l'empreinte annuelle du parc. Les bornes (95\u{a0}%) ne s'additionnent pas. Les méthodes des fabricants diffèrent\u{a0}: leurs chiffres ne servent pas à les comparer.",
            "Each line holds the equipment of one kind and one factor; together they are the annual footprint. Bounds (95%) do not add. Makers' methods differ: their figures are not there to compare makers.",
        ),
        inside,
    )
}

fn tier(sheet: &Sheet, tier: Tier) -> &'static str {
    let (french, english) = match tier {
        Tier::Local => ("facteur de la maison", "the house's own factor"),
        Tier::Model => ("facteur de ce modèle", "factor of this very model"),
        Tier::Specification => ("calculé d'après la configuration", "computed from the specification"),
        Tier::Kind => ("facteur du type de matériel", "factor of the kind"),
        Tier::None => ("aucun facteur publié", "no published factor"),
    };
    sheet.lang.pick(french, english)
}

fn grounds(sheet: &Sheet, grounds: Option<Grounds>) -> &'static str {
    let (french, english) = match grounds {
        Some(Grounds::Measured) => ("mesurée", "measured"),
        Some(Grounds::Declared) => ("déclarée par le fabricant", "declared by the maker"),
        Some(Grounds::Mixed) => ("en partie mesurée ou déclarée", "partly measured or declared"),
        Some(Grounds::Default) => ("valeur usuelle du type", "usual value of the kind"),
        None => ("aucune", "none"),
    };
    sheet.lang.pick(french, english)
}
