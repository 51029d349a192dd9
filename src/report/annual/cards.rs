//! The headline figures.

use domain::indicator::Reading;
use domain::word::ActionStatus;

use super::remains::actions;
use super::{Card, Year};
use crate::figures::{Buyer, COMPUTERS, Figures};
use crate::wording::{co2e, count, duration, euros, number, percent, short};

/// Below this share of known euros a rate is called incomplete.
const ENOUGH: f64 = 0.8;

/// One card a subject.
pub fn cards(year: &Year) -> Vec<Card> {
    vec![spending(year), exits(year), climate(year), lifetime(year), fleet(year), plan(year)]
}

/// The buyer whose rates stand first.
pub fn buyer<'a>(year: &'a Year, name: &str) -> Option<Buyer<'a>> {
    year.figures.buyers(name, &year.snapshot.entities).first().copied()
}

fn verdict(year: &Year, rate: Option<&Reading>) -> String {
    let told = rate.and_then(|rate| rate.value.zip(rate.target)).map(|(value, target)| {
        match (value >= target, year.is_running()) {
            (true, _) => year.say("objectif atteint", "target reached"),
            (false, true) => year.say("sous l'objectif à ce jour", "below the target so far"),
            (false, false) => year.say("objectif non atteint", "target missed"),
        }
    });
    told.unwrap_or_default().to_owned()
}

fn asked_by_law(year: &Year, rate: Option<&Reading>, buyer: Option<Buyer>) -> String {
    let target = match rate.and_then(|rate| rate.target) {
        Some(target) => format!("{}{}", year.say("Objectif\u{a0}: ", "Target: "), percent(year.lang(), target, 1)),
        None => year.say("Objectif\u{a0}: à vérifier", "Target: to be checked").to_owned(),
    };
    let voluntary = buyer.is_some_and(|buyer| buyer.is_voluntary());
    format!("{target}{}", if voluntary { year.say(", à titre volontaire.", ", voluntary.") } else { "." })
}

fn spending(year: &Year) -> Card {
    let lang = year.lang();
    let buyer = buyer(year, "reuse_spend_ratio");
    let told = year.told();
    let slice =
        [("siret", buyer.map_or("", |buyer| buyer.siret)), ("category", "it_telephony"), ("year", told.as_str())];
    let rate = year.figures.find("reuse_spend_ratio", &slice);
    let mut lines = vec![asked_by_law(year, rate, buyer)];
    match year.figures.find("reuse_spend_missing_euros", &slice).and_then(|missing| missing.value) {
        Some(missing) if missing > 0.0 => lines.push(format!(
            "{} {} {}",
            year.say("Il manque", "Missing:"),
            euros(lang, missing),
            year.say(
                "hors taxes d'achats de réemploi, à montant total constant.",
                "of reuse without tax, at constant total."
            )
        )),
        _ => {}
    }
    if let Some(rate) = rate.filter(|rate| rate.value.is_some() && rate.coverage < ENOUGH) {
        lines.push(format!(
            "{} {}",
            year.say(
                "Données incomplètes\u{a0}: neuf ou réemploi connu pour",
                "Incomplete data: new or reused is known for"
            ),
            lang.pick(
                format!("{} des montants.", percent(lang, rate.coverage, 0)),
                format!("{} of the amounts.", percent(lang, rate.coverage, 0))
            )
        ));
    }
    Card {
        title: year.say("Achats informatiques issus du réemploi", "IT purchases from reuse").to_owned(),
        figure: year.value(rate, |value| percent(lang, value, 1)),
        verdict: verdict(year, rate),
        lines,
    }
}

fn exits(year: &Year) -> Card {
    let lang = year.lang();
    let buyer = buyer(year, "disposal_reuse_ratio");
    let told = year.told();
    let slice = [("siret", buyer.map_or("", |buyer| buyer.siret)), ("year", told.as_str())];
    let rate = year.figures.find("disposal_reuse_ratio", &slice);
    let part = |name| year.figures.find(name, &slice).and_then(|reading| reading.value);
    let mut lines = vec![asked_by_law(year, rate, buyer)];
    if let Some((a, b)) = part("disposals_to_reuse").zip(part("reformed_stock")) {
        let (a, b) = (number(lang, a, 0), number(lang, b, 0));
        lines.push(lang.pick(
            format!("{a} biens orientés vers le réemploi, pour {b} réformés en stock au 1er janvier."),
            format!("{a} goods directed to reuse, for {b} reformed and in stock on 1 January."),
        ));
    }
    Card {
        title: year.say("Sorties vers le réemploi", "Exits to reuse").to_owned(),
        figure: year.value(rate, |value| percent(lang, value, 1)),
        verdict: verdict(year, rate),
        lines,
    }
}

fn climate(year: &Year) -> Card {
    let lang = year.lang();
    let reading = year.figures.find("footprint_fleet_annual_co2e_grams", &[]);
    let mut lines = Vec::new();
    if let Some((low, high)) = reading.and_then(|reading| reading.low.zip(reading.high)) {
        let (low, high) = (co2e(lang, low), co2e(lang, high));
        lines.push(lang.pick(
            format!("Entre {low} et {high} (intervalle à 95\u{a0}%)."),
            format!("Between {low} and {high} (95% interval)."),
        ));
    }
    if let Some(reading) = reading.filter(|reading| reading.coverage < 1.0) {
        let share = percent(lang, reading.coverage, 0);
        lines.push(lang.pick(
            format!("{share} des matériels ont un facteur publié."),
            format!("{share} of the equipment has a published factor."),
        ));
    }
    let least = reading.map_or("", |reading| year.at_least(reading.coverage));
    Card {
        title: year.say("Empreinte carbone annuelle du parc", "Annual carbon footprint of the equipment").to_owned(),
        figure: year.value(reading, |value| format!("{least}{}", co2e(lang, value))),
        verdict: String::new(),
        lines,
    }
}

fn lifetime(year: &Year) -> Card {
    let lang = year.lang();
    let reading = year.figures.find("lifetime_median_seconds", &[("kind", "laptop")]);
    let mut lines = Vec::new();
    if let Some((age, known)) = mean_age(&year.figures) {
        let share = if known < 1.0 {
            lang.pick(
                format!(", connu pour {} d'entre eux", percent(lang, known, 0)),
                format!(", known for {} of it", percent(lang, known, 0)),
            )
        } else {
            String::new()
        };
        lines.push(lang.pick(
            format!("Âge moyen de tous les matériels\u{a0}: {}{share}.", duration(lang, age)),
            format!("Mean age of all equipment: {}{share}.", duration(lang, age)),
        ));
    }
    if let Some(past) = year.figures.sum("assets_past_lifetime", &[]).value.filter(|past| *past > 0.0) {
        lines.push(lang.pick(
            format!(
                "{} en service au-delà de la durée de référence\u{a0}: un gain.",
                count(lang, past, "matériel", "matériels")
            ),
            format!("{} in service beyond the reference lifetime: a gain.", number(lang, past, 0)),
        ));
    }
    Card {
        title: year.say("Durée de vie des ordinateurs portables", "Lifetime of laptops").to_owned(),
        figure: year.value(reading, |value| {
            let years = duration(lang, value);
            lang.pick(format!("la moitié durent plus de {years}"), format!("half of them last more than {years}"))
        }),
        verdict: String::new(),
        lines,
    }
}

/// The mean age of what is active, in seconds, and of which share of it that is known.
pub fn mean_age(figures: &Figures) -> Option<(f64, f64)> {
    let age = figures.sum("assets_age_seconds", &[]).value?;
    let known = figures.sum("assets_age_known", &[]).value.filter(|known| *known > 0.0)?;
    Some((age / known, known / figures.active(None)))
}

fn fleet(year: &Year) -> Card {
    let (lang, figures) = (year.lang(), &year.figures);
    let mut lines = Vec::new();
    if let Some(per) = figures.per_agent(&year.snapshot.entities.entity(year.asked.entity).id) {
        let told = [
            (&COMPUTERS[..], "ordinateur", "computers"),
            (&["monitor"], "écran", "monitors"),
            (&["smartphone"], "téléphone mobile", "mobile phones"),
        ]
        .map(|(kinds, french, english)| format!("{} {}", short(lang, per.of(kinds), 2), lang.pick(french, english)))
        .join(", ");
        let agents = count(lang, per.agents, "agent", "agents");
        lines.push(lang.pick(format!("{told} par agent ({agents})."), format!("{told} for each of {agents}.")));
    }
    Card {
        title: year
            .say("Parc en service, en stock ou en réparation", "Equipment in use, in stock or in repair")
            .to_owned(),
        figure: count(
            lang,
            figures.active(None),
            year.say("matériel", "piece of equipment"),
            year.say("matériels", "pieces of equipment"),
        ),
        verdict: String::new(),
        lines,
    }
}

/// The strategy in two lines.
fn plan(year: &Year) -> Card {
    let lang = year.lang();
    let standings = year.basis.standings();
    let on_track = standings.iter().filter(|standing| standing.on_track == Some(true)).count();
    let told = |status: ActionStatus| actions(year).filter(|action| action.status == Some(status)).count();
    let mut lines = Vec::new();
    if actions(year).next().is_some() {
        let [to_start, running, done] = [ActionStatus::ToStart, ActionStatus::Running, ActionStatus::Done].map(told);
        lines.push(lang.pick(
            format!("Actions\u{a0}: {done} terminées, {running} en cours, {to_start} à lancer."),
            format!("Actions: {done} done, {running} running, {to_start} to start."),
        ));
    }
    Card {
        title: year.say("Stratégie", "Strategy").to_owned(),
        figure: match standings.len() {
            0 => year.say("aucun objectif chiffré", "no objective in figures").to_owned(),
            all => {
                let all =
                    count(lang, all as f64, year.say("objectif", "objective"), year.say("objectifs", "objectives"));
                lang.pick(format!("{on_track} sur {all} dans le rythme"), format!("{on_track} of {all} on track"))
            }
        },
        verdict: String::new(),
        lines,
    }
}
