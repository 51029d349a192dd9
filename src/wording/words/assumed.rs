//! The words of what a simulation assumes: each number, its unit, its course, and where it comes from.

use std::borrow::Cow;

use super::{Words, kind, origin, say};
use crate::wording::{Lang, agreed, inside, percent};

/// A number that was assumed, by its name: `what`, or `what.kind`.
pub fn assumed(lang: Lang, name: &str) -> String {
    match name.split_once('.') {
        Some((what, of)) => format!("{}, {}", say(NAMES, lang, what), inside(kind(lang, of))),
        None => say(NAMES, lang, name).to_owned(),
    }
}

/// Its unit, of this many with three decimals at most.
pub fn assumed_unit(lang: Lang, unit: &str, value: f64) -> &str {
    let told = UNITS.iter().find(|(known, ..)| *known == unit);
    let [one, several] = told.map_or([unit; 2], |(_, french, english)| lang.pick(*french, *english));
    agreed(lang, value, 3, one, several)
}

/// In which course it is assumed; in both where none is told.
pub fn course(lang: Lang, name: Option<&str>) -> &str {
    say(COURSES, lang, name.unwrap_or("both"))
}

/// Where it comes from; ids and names stay as they are.
pub fn assumed_origin(lang: Lang, told: &str) -> Cow<'_, str> {
    match lang {
        Lang::En => told.into(),
        Lang::Fr => french(told).map_or_else(|| origin(lang, told), Cow::from),
    }
}

fn french(told: &str) -> Option<String> {
    if let Some((_, french)) = ORIGINS.iter().find(|(known, _)| *known == told) {
        return Some((*french).to_owned());
    }
    if let Some(factor) = told.strip_suffix(", and the same in all years") {
        return Some(format!("{factor}, et le même toutes les années"));
    }
    if let Some(country) = told.strip_prefix("the scenario: electricity of ") {
        return Some(format!("le scénario\u{a0}: électricité de {country}"));
    }
    if let Some(share) = told.strip_prefix("the scenario: ").and_then(|told| told.strip_suffix(" of a new one's")) {
        let share = percent(Lang::Fr, share.parse().ok()?, 1);
        return Some(format!("le scénario\u{a0}: {share} de celui du neuf"));
    }
    if let Some(bought) = told.strip_suffix(" units bought, in the purchases of the last 24 months") {
        let (part, all) = bought.split_once(" of ")?;
        return Some(comma(&format!("{part} des {all} unités achetées, dans les achats des 24 derniers mois")));
    }
    if let Some(many) = told.strip_prefix("mean of the ") {
        let many = many.strip_suffix(" refurbished ones here of which it is told")?;
        return Some(comma(&format!(
            "moyenne des {many} matériels reconditionnés d'ici pour lesquels c'est renseigné"
        )));
    }
    if let Some(many) = told.strip_prefix("mean of ") {
        let many = many.strip_suffix(" units, in the purchases of the last 24 months")?;
        return Some(comma(&format!("moyenne de {many} unités, dans les achats des 24 derniers mois")));
    }
    let joining = told.strip_suffix(" on: each like the mean one here, ages evenly from 0 to its life")?;
    let (name, year) = joining.rsplit_once(", from year ")?;
    Some(format!(
        "{name}, à partir de l'année {year}\u{a0}: chacun comme le matériel moyen d'ici, âges répartis de 0 à sa durée de vie"
    ))
}

/// Numbers with a comma.
fn comma(told: &str) -> String {
    told.replace('.', ",")
}

const NAMES: &Words = &[
    ("electricity_grams_per_kwh", "Électricité", "Electricity"),
    ("second_screens", "Seconds écrans", "Second screens"),
    ("second_screens_removed", "Part des seconds écrans retirés", "Share of second screens removed"),
    ("printers_removed", "Part des imprimantes retirées", "Share of printers removed"),
    ("joining", "Matériels qui s'ajoutent", "Assets that join"),
    ("lifetime_years", "Durée de vie", "Lifetime"),
    ("refurbished_share", "Part des achats en reconditionné", "Share of purchases refurbished"),
    ("refurbished_upstream_years", "Années avant nous du reconditionné", "Years before us of refurbished ones"),
    ("price_new", "Prix du neuf", "Price of a new one"),
    ("price_refurbished", "Prix du reconditionné", "Price of a refurbished one"),
    ("past_lifetime", "Au-delà de leur durée de vie", "Past their lifetime"),
    ("unknown_age", "D'âge inconnu", "Of unknown age"),
];

/// One and several in French, and in English.
const UNITS: &[(&str, [&str; 2], [&str; 2])] = &[
    ("gCO2e/kWh", ["g\u{a0}CO₂e/kWh"; 2], ["g\u{a0}CO₂e/kWh"; 2]),
    ("assets", ["matériel", "matériels"], ["asset", "assets"]),
    ("years", ["an", "ans"], ["year", "years"]),
    ("euros", ["€"; 2], ["euro", "euros"]),
    ("ratio", ["(de 0 à 1)"; 2], ["(from 0 to 1)"; 2]),
];

const COURSES: &Words = &[
    ("both", "aujourd'hui et scénario", "in both courses"),
    ("today", "aujourd'hui", "today"),
    ("scenario", "scénario", "scenario"),
];

const ORIGINS: &[(&str, &str)] = &[
    ("the scenario", "le scénario"),
    ("the scenario, in year 1", "le scénario, la première année"),
    (
        "the scenario, in year 1: of each printer in service the same share",
        "le scénario, la première année\u{a0}: la même part de chaque imprimante en service",
    ),
    (
        "monitors in service beyond one for each workstation of the same entity; of each monitor the same share goes",
        "écrans en service au-delà d'un par poste de travail de la même entité\u{a0}; la même part de chaque écran s'en va",
    ),
    (
        "none was bought in the purchases of the last 24 months",
        "aucun n'a été acheté dans les achats des 24 derniers mois",
    ),
    ("none is told of those here: nothing is credited", "inconnues pour ceux d'ici\u{a0}: rien n'est déduit"),
    ("they leave first, at the pace of their kind", "ils partent les premiers, au rythme de leur type"),
    ("they leave evenly among those of known age", "ils partent répartis parmi ceux dont l'âge est connu"),
    ("ADEME and Arcep, table of reference lifetimes", "ADEME et Arcep, table des durées de vie de référence"),
    ("assumption", "hypothèse"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_french_words() {
        for (told, french) in [
            ("fr_2024, and the same in all years", "fr_2024, et le même toutes les années"),
            ("the scenario: electricity of PL", "le scénario\u{a0}: électricité de PL"),
            ("the scenario: 0.65 of a new one's", "le scénario\u{a0}: 65\u{a0}% de celui du neuf"),
            (
                "12 of 40.5 units bought, in the purchases of the last 24 months",
                "12 des 40,5 unités achetées, dans les achats des 24 derniers mois",
            ),
            (
                "mean of 40.5 units, in the purchases of the last 24 months",
                "moyenne de 40,5 unités, dans les achats des 24 derniers mois",
            ),
            (
                "mean of the 7 refurbished ones here of which it is told",
                "moyenne des 7 matériels reconditionnés d'ici pour lesquels c'est renseigné",
            ),
            (
                "the new school, from year 2 on: each like the mean one here, ages evenly from 0 to its life",
                "the new school, à partir de l'année 2\u{a0}: chacun comme le matériel moyen d'ici, âges répartis de 0 à sa durée de vie",
            ),
            ("assumption", "hypothèse"),
            ("ADEME, publicodes-acv-numerique 2.2.0", "ADEME, publicodes-acv-numerique 2.2.0"),
        ] {
            assert_eq!(assumed_origin(Lang::Fr, told), french);
            assert_eq!(assumed_origin(Lang::En, told), told);
        }
        // What is assumed when nobody sets anything has no origin in English.
        for assumption in domain::assumption::Assumptions::default().all() {
            if let Some(name) = assumption.name.strip_prefix("lifetime_years.") {
                assert_ne!(kind(Lang::Fr, name), name);
                let told = assumed_origin(Lang::Fr, assumption.origin);
                assert!(told.starts_with("ADEME") || told == "hypothèse", "{told}");
            }
        }
        assert_eq!(assumed(Lang::Fr, "price_new.laptop"), "Prix du neuf, ordinateurs portables");
        assert_eq!(assumed(Lang::En, "second_screens"), "Second screens");
        let units = [1.5, 2.0].map(|years| assumed_unit(Lang::Fr, "years", years));
        assert_eq!((units, assumed_unit(Lang::En, "assets", 1.0)), (["an", "ans"], "asset"));
    }
}
