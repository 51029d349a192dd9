//! What the annual footprint is made up of, factor by factor.

use domain::factor::Tier;
use domain::indicator::Grounds;
use domain::indicator::footprint::{Portion, total};
use domain::word::Word;
use maud::{Markup, html};

use super::tables::{heads, table};
use super::{Sheet, words};
use crate::wording::{co2e, number};

/// The footprint factor by factor, of all kinds or of the one that is asked for.
pub fn page(sheet: &Sheet) -> Markup {
    let all = &sheet.world.portions().0;
    let kind = |portion: &Portion| portion.kind.map_or("unknown", Word::name);
    let asked = sheet.ask("kind").filter(|asked| all.iter().any(|portion| kind(portion) == *asked));
    let portions: Vec<Portion> =
        all.iter().filter(|portion| asked.is_none_or(|asked| kind(portion) == asked)).cloned().collect();
    html! {
        @if let Some(kind) = asked {
            p { (words::kind(sheet.lang, kind)) " – "
                a href="/footprint/factors" { (sheet.say("tous les types de matériel", "all kinds of equipment")) } ", "
                a href=(format!("/api/v1/indicators?kind={kind}")) { (sheet.say("tous les chiffres de celui-ci", "all figures of this one")) } "."
            }
        }
        (makeup(sheet, &portions, asked))
        p {
            a href="/api/v1/factors" { (sheet.say("Tous les facteurs, avec leur licence et leur référence", "All factors, with licence and reference")) } ". "
            a href="/footprint" { (sheet.say("Retour à l'empreinte", "Back to the footprint")) } "."
        }
    }
}

/// One line a kind and factor: how many, which factor and why, and what it comes to.
fn makeup(sheet: &Sheet, portions: &[Portion], of: Option<&str>) -> Markup {
    if portions.is_empty() {
        return html! {};
    }
    let lang = sheet.lang;
    let explanation = of.map_or_else(String::new, |kind| format!("?kind={kind}"));
    let explanation = format!("/api/v1/footprint/explanation{explanation}");
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
                @match &portion.factor {
                    Some(factor) => td { (factor) span.note { (tier(sheet, portion.tier)) "\u{a0}: " (words::origin(lang, &portion.origin)) } },
                    None if made + used == 0.0 => td colspan="5" { (tier(sheet, portion.tier)) },
                    None => td { (tier(sheet, portion.tier)) },
                }
                @if portion.factor.is_some() || made + used > 0.0 {
                    td.n { (told(made, portion.embodied.0)) }
                    td.n {
                        @if used > 0.0 {
                            (number(lang, portion.energy.as_kwh(), 0)) "\u{a0}kWh"
                            span.note { (grounds(sheet, portion.grounds)) }
                        } @else { (sheet.say("inconnue", "unknown")) }
                    }
                    td.n { (told(used, portion.used.0)) }
                    td.n {
                        @if made + used > 0.0 { (sheet.least(!is_whole(portion))) }
                        (told(made + used, portion.annual.value.0))
                        @if made + used > 0.0 {
                            span.note { (super::cards::bounds(sheet, &co2e(lang, portion.annual.low.0), &co2e(lang, portion.annual.high.0))) }
                        }
                    }
                }
            }
        } }
        tfoot { tr {
            th scope="row" { (sheet.say("Ensemble", "All")) }
            td.n { (number(lang, portions.iter().map(|portion| portion.count).sum(), 0)) }
            td {} td {} td {} td {}
            td.n {
                (sheet.least(!portions.iter().all(is_whole)))
                (sheet.figure(&explanation, &co2e(lang, total(portions).0)))
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
        Tier::Local => ("facteur propre à la collectivité", "your own factor"),
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
