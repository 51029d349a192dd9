//! The headline figures.

use domain::indicator::Reading;
use maud::{Markup, html};

use crate::wording::{agreed, amount, co2e, count, duration, euros, number, percent, short};

use super::source;
use super::{Sheet, words};
use crate::figures::{Buyer, ENOUGH, workplaces};

/// The headline figures, one card each.
pub fn cards(sheet: &Sheet) -> Markup {
    html! {
        section aria-labelledby="headline" {
            h2 id="headline" { (sheet.say("L'essentiel", "At a glance")) }
            ul.cards {
                li { (purchases(sheet)) }
                li { (footprint(sheet)) }
                li { (lifetime(sheet)) }
                li { (people(sheet)) }
                li { (exits(sheet)) }
            }
        }
    }
}

/// Two bounds, in words.
pub(super) fn bounds(sheet: &Sheet, low: &str, high: &str) -> String {
    sheet.lang.pick(format!("entre {low} et {high}"), format!("between {low} and {high}"))
}

/// Said where what the law asks does not bind this buyer.
fn voluntary(sheet: &Sheet, buyer: Option<Buyer>) -> Markup {
    html! {
        @if buyer.is_some_and(|buyer| buyer.is_voluntary()) {
            p.note { (sheet.say(
                "À titre volontaire, selon votre configuration.",
                "Voluntary, by your configuration.",
            )) }
        }
    }
}

fn purchases(sheet: &Sheet) -> Markup {
    let (lang, year) = (sheet.lang, sheet.edition.today.year());
    let buyer = sheet.figures.buyers("reuse_spend_ratio", &sheet.edition.snapshot.entities).first().copied();
    let told = year.to_string();
    let category = sheet.edition.settings.law.it_category(year);
    let slice = [
        ("siret", buyer.map_or("", |buyer| buyer.siret)),
        ("category", category.map_or("", |category| category.name)),
        ("year", &told),
    ];
    let rate = sheet.figures.find("reuse_spend_ratio", &slice);
    // The law asks it before anything is bought, too.
    let target = category.and_then(|category| sheet.edition.settings.law.target(category.name, year));
    let missing = sheet.figures.find("reuse_spend_missing_euros", &slice);
    let projected = sheet.figures.find("reuse_spend_projected_ratio", &slice).and_then(|reading| reading.value);
    html! {
        h3 { (sheet.say("Part des achats issue du réemploi en ", "Share of purchases from reuse in ")) (year) }
        p.figure { (rate_figure(sheet, rate, "reuse_spend_ratio", year)) }
        p {
            @if let Some(category) = category { (words::category(lang, category.name, Some(category.label))) }
            @if let Some(entity) = buyer.and_then(|buyer| buyer.entity) { ", " (entity.name) } ". "
            @match target {
                Some(target) => {
                    (sheet.say("Objectif\u{a0}: ", "Target: ")) (percent(lang, target, 1)) ". "
                    @match missing.and_then(|missing| missing.value) {
                        Some(0.0) => (sheet.say("Objectif atteint.", "Target reached.")),
                        Some(missing) => {
                            (sheet.say("Il manque ", "Missing: "))
                            (sheet.figure(&source("reuse_spend_missing_euros", None, Some(year)), &euros(lang, missing)))
                            (sheet.say(" d'achats issus du réemploi, à montant total constant.", " of reuse, at constant total."))
                        }
                        None => {}
                    }
                }
                None => (sheet.say("Objectif\u{a0}: à vérifier.", "Target: to be checked.")),
            }
        }
        @if let Some(rate) = rate { (incomplete(sheet, rate)) }
        @if let Some(projected) = projected {
            p {
                (sheet.say("Au rythme des douze derniers mois\u{a0}: ", "At the pace of the last twelve months: "))
                (sheet.figure(&source("reuse_spend_projected_ratio", None, Some(year)), &percent(lang, projected, 2)))
                (sheet.say(" en fin d'année.", " at the year's end."))
            }
        }
        (voluntary(sheet, buyer))
        p.note {
            (sheet.say(
                "Article 58 de la loi AGEC, selon la lecture retenue ici\u{a0}: en euros hors taxes, dons reçus compris, locations exclues.",
                "AGEC law, article 58, as it is read here: in euros without tax, with gifts received, without rentals.",
            ))
            @if sheet.sees_assets() {
                " " a href=(format!("/api/v1/procurement/{year}/lines")) { (sheet.say("Lignes d'achat", "Purchase lines")) } "."
            }
        }
    }
}

/// A rate, or why there is none.
fn rate_figure(sheet: &Sheet, rate: Option<&Reading>, name: &str, year: i16) -> Markup {
    match rate.map(|rate| (rate.value, rate.note.as_deref())) {
        Some((Some(value), _)) => sheet.figure(&source(name, None, Some(year)), &percent(sheet.lang, value, 2)),
        Some((None, note)) => sheet.unknown(note),
        None => sheet.unknown(Some(sheet.say("aucune donnée pour cette année", "no data for this year"))),
    }
}

/// Said where too few euros are of known condition.
fn incomplete(sheet: &Sheet, rate: &Reading) -> Markup {
    html! {
        @if rate.coverage < ENOUGH {
            p.alert {
                (sheet.say("Données incomplètes\u{a0}: neuf ou réemploi n'est connu que pour ", "Incomplete data: new or reused is known for only "))
                (percent(sheet.lang, rate.coverage, 0)) (sheet.say(" des montants.", " of the amounts."))
            }
        }
    }
}

fn footprint(sheet: &Sheet) -> Markup {
    let lang = sheet.lang;
    const NAME: &str = "footprint_fleet_annual_co2e_grams";
    let reading = sheet.figures.find(NAME, &[]);
    let bound =
        |name: &str, own: Option<f64>| own.or_else(|| sheet.figures.find(name, &[]).and_then(|low| low.value));
    let low = bound("footprint_fleet_annual_co2e_low_grams", reading.and_then(|reading| reading.low));
    let high = bound("footprint_fleet_annual_co2e_high_grams", reading.and_then(|reading| reading.high));
    html! {
        h3 { (sheet.say("Empreinte carbone annuelle du parc", "Annual carbon footprint of the equipment")) }
        p.figure {
            @match reading.and_then(|reading| reading.value) {
                Some(value) => {
                    (sheet.least(reading.is_some_and(|reading| reading.coverage < 1.0)))
                    (sheet.figure("/footprint", &co2e(lang, value)))
                }
                None => (sheet.unknown(reading.and_then(|reading| reading.note.as_deref()))),
            }
        }
        @if let (Some(low), Some(high)) = (low, high) {
            p { (bounds(sheet, &co2e(lang, low), &co2e(lang, high))) (sheet.say(" (intervalle à 95\u{a0}%).", " (95% interval).")) }
        }
        p.note { (sheet.say(
            "La part de la fabrication, répartie sur la durée de vie, est un modèle et non une mesure.",
            "The part of manufacture, spread over the lifetime, is a model, not a measurement.",
        )) }
    }
}

fn lifetime(sheet: &Sheet) -> Markup {
    let lang = sheet.lang;
    const NAME: &str = "lifetime_median_seconds";
    let reading = sheet.figures.find(NAME, &[("kind", "laptop")]);
    html! {
        h3 { (sheet.say("Durée de vie des ordinateurs portables", "Lifetime of laptops")) }
        p.figure {
            @match reading.and_then(|reading| reading.value) {
                Some(value) => {
                    (sheet.say("la moitié durent plus de ", "half of them last more than "))
                    (sheet.figure(&source(NAME, Some("laptop"), None), &duration(lang, value)))
                }
                None => (sheet.unknown(reading.and_then(|reading| reading.note.as_deref()))),
            }
        }
        @if let Some((low, high)) = reading.and_then(|reading| reading.low.zip(reading.high)) {
            p { (bounds(sheet, &duration(lang, low), &duration(lang, high))) (sheet.say(" (intervalle à 95\u{a0}%).", " (95% interval).")) }
        }
        p.note { (sheet.say(
            "Durée de vie médiane, estimateur de Kaplan-Meier\u{a0}: les appareils encore en service sont pris en compte.",
            "Median lifetime by Kaplan-Meier: equipment still in service is taken into account.",
        )) }
    }
}

fn people(sheet: &Sheet) -> Markup {
    let lang = sheet.lang;
    let root = sheet.edition.snapshot.entities.nodes.first().map_or("", |root| &root.id);
    let per = sheet.figures.per_agent(root);
    html! {
        h3 { (sheet.say("Équipement par agent", "Equipment per agent")) }
        @match &per {
            Some(per) => {
                @let computers = per.of(&workplaces());
                p.figure {
                    (sheet.figure(&source("assets_per_agent_ratio", None, None), &short(lang, computers, 2)))
                    " " (agreed(lang, computers, 2, sheet.say("ordinateur", "computer"), sheet.say("ordinateurs", "computers")))
                }
                p {
                    @for (kind, one, several) in [
                        ("monitor", sheet.say("écran", "monitor"), sheet.say("écrans", "monitors")),
                        ("smartphone", sheet.say("téléphone mobile", "mobile phone"), sheet.say("téléphones mobiles", "mobile phones")),
                    ] { (amount(lang, per.of(&[kind]), 2, one, several)) ", " }
                    (amount(lang, per.of(&[]), 2, sheet.say("matériel", "piece of equipment"), sheet.say("matériels", "pieces of equipment")))
                    (sheet.say(" en tout\u{a0}; ", " in all; "))
                    (sheet.figure(&source("agents", None, None), &count(lang, per.agents, sheet.say("agent", "agent"), "agents"))) "."
                }
                @if per.outside > 0.0 {
                    p.note {
                        (count(lang, per.outside, sheet.say("matériel", "piece of equipment"), sheet.say("matériels", "pieces of equipment")))
                        (sheet.say(" sans effectif correspondant\u{a0}: hors de ces moyennes.", " without a matching headcount: not in these means."))
                    }
                }
            }
            None => p.figure { (sheet.unknown(Some(sheet.say("aucun effectif connu", "no headcount is known")))) },
        }
    }
}

fn exits(sheet: &Sheet) -> Markup {
    let (lang, year) = (sheet.lang, sheet.edition.today.year());
    let buyer = sheet.figures.buyers("disposal_reuse_ratio", &sheet.edition.snapshot.entities).first().copied();
    let told = year.to_string();
    let slice = [("siret", buyer.map_or("", |buyer| buyer.siret)), ("year", told.as_str())];
    let rate = sheet.figures.find("disposal_reuse_ratio", &slice);
    let part = |name| sheet.figures.find(name, &slice).and_then(|reading| reading.value);
    html! {
        h3 { (sheet.say("Sorties vers le réemploi en ", "Exits to reuse in ")) (year) }
        p.figure { (rate_figure(sheet, rate, "disposal_reuse_ratio", year)) }
        p {
            @if let Some(a) = part("disposals_to_reuse") {
                "A\u{a0}= " (sheet.figure(&source("disposals_to_reuse", None, Some(year)), &number(lang, a, 0)))
                (agreed(lang, a, 0, sheet.say(" orienté", " directed"), sheet.say(" orientés", " directed")))
                (sheet.say(" vers le réemploi\u{a0}; ", " to reuse; "))
            }
            @match part("reformed_stock") {
                Some(b) => {
                    "B\u{a0}= " (sheet.figure(&source("reformed_stock", None, Some(year)), &number(lang, b, 0)))
                    (agreed(lang, b, 0, sheet.say(" réformé", " reformed and"), sheet.say(" réformés", " reformed and")))
                }
                None => (sheet.say("B, inconnu\u{a0}: réformés", "B, unknown: reformed and")),
            }
            (sheet.say(" en stock au 1er janvier.", " in stock on 1 January."))
            @if let Some(target) = rate.and_then(|rate| rate.target) {
                " " (sheet.say("Objectif\u{a0}: ", "Target: ")) (percent(lang, target, 1)) "."
            }
        }
        (voluntary(sheet, buyer))
        p.note {
            @if let Some(entity) = buyer.and_then(|buyer| buyer.entity) { (entity.name) ". " }
            (sheet.say("Article 16 de la loi REEN\u{a0}: A divisé par B.", "REEN law, article 16: A divided by B."))
        }
    }
}
