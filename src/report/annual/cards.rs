//! The headline figures.

use domain::entity::{NO_SIRET, ROOT};
use domain::indicator::Reading;
use domain::indicator::objective::Standing;
use domain::law::Step;
use domain::word::ActionStatus;

use super::remains::actions;
use super::{Card, Year};
use crate::figures::{Buyer, ENOUGH, Figures, workplaces};
use crate::wording::{amount, co2e, count, duration, euros, number, percent};

/// One card a subject.
pub fn cards(year: &Year) -> Vec<Card> {
    vec![spending(year), exits(year), climate(year), lifetime(year), fleet(year), plan(year)]
}

/// The buyer that the report's entity is, or is a part of.
pub fn buyer<'a>(year: &'a Year) -> Buyer<'a> {
    let tree = &year.snapshot.entities;
    let siret = &tree.entity(tree.buyer(year.asked.entity)).siret;
    // The organisation and its town hall may share one: the whole is the buyer.
    let whole = tree.upward(year.asked.entity).filter(|above| tree.entity(*above).siret == *siret).last();
    let entity = tree.entity(whole.unwrap_or(ROOT));
    Buyer { siret: entity.siret.as_deref().unwrap_or(NO_SIRET), entity: Some(entity) }
}

/// The report speaks of a part of its buyer: what is the buyer's is not told here.
pub fn is_part(year: &Year) -> bool {
    let tree = &year.snapshot.entities;
    year.snapshot.partial.contains(buyer(year).siret)
        || (tree.buyer(year.asked.entity) != year.asked.entity && year.asked.entity != ROOT)
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

/// What the law asks of a buyer: a share, nothing, or what could not be established.
fn asked_by_law(year: &Year, buyer: Buyer, step: Option<&Step>) -> String {
    let target = match step.map(|step| step.share) {
        Some(Some(target)) => {
            format!("{}{}", year.say("Objectif\u{a0}: ", "Target: "), percent(year.lang(), target, 1))
        }
        Some(None) => year.say("Objectif\u{a0}: à vérifier", "Target: to be checked").to_owned(),
        None => year.say("Pas d'objectif cette année-là", "No target in that year").to_owned(),
    };
    let voluntary = buyer.is_voluntary();
    let name = buyer.entity.map_or(buyer.siret, |entity| &entity.name);
    format!("{name}. {target}{}", if voluntary { year.say(", à titre volontaire.", ", voluntary.") } else { "." })
}

/// Said in place of a rate that is the whole buyer's.
fn elsewhere(year: &Year, title: &str) -> Card {
    let name = buyer(year).entity.map_or("", |entity| &entity.name);
    Card {
        title: title.to_owned(),
        figure: year.say("dans le bilan de l'acheteur", "in the buyer's report").to_owned(),
        verdict: String::new(),
        lines: vec![format!("{name}.")],
    }
}

fn spending(year: &Year) -> Card {
    let lang = year.lang();
    let title = year.say("Achats informatiques issus du réemploi", "IT purchases from reuse");
    if is_part(year) {
        return elsewhere(year, title);
    }
    let (buyer, told) = (buyer(year), year.told());
    let category = year.asked.settings.law.it_category(year.asked.year);
    let slice = [
        ("siret", buyer.siret),
        ("category", category.map_or("", |category| category.name)),
        ("year", told.as_str()),
    ];
    let rate = year.figures.find("reuse_spend_ratio", &slice);
    let step = category.and_then(|category| category.step(year.asked.year));
    let mut lines = vec![asked_by_law(year, buyer, step)];
    let missing = year.figures.find("reuse_spend_missing_euros", &slice).and_then(|missing| missing.value);
    if let Some(missing) = missing.filter(|missing| *missing >= 0.5) {
        let missing = euros(lang, missing);
        lines.push(lang.pick(
            format!("Il manque {missing} hors taxes d'achats issus du réemploi, à montant total constant."),
            format!("Missing: {missing} of reuse without tax, at constant total."),
        ));
    }
    if let Some(rate) = rate.filter(|rate| rate.value.is_some() && rate.coverage < ENOUGH) {
        let known = percent(lang, rate.coverage, 0);
        lines.push(lang.pick(
            format!("Données incomplètes\u{a0}: neuf ou réemploi connu pour {known} des montants."),
            format!("Incomplete data: new or reused is known for {known} of the amounts."),
        ));
    }
    Card {
        title: title.to_owned(),
        figure: year.value(rate, |value| percent(lang, value, 1)),
        verdict: verdict(year, rate),
        lines,
    }
}

fn exits(year: &Year) -> Card {
    let lang = year.lang();
    let title = year.say("Sorties vers le réemploi", "Exits to reuse");
    if is_part(year) {
        return elsewhere(year, title);
    }
    let (buyer, told) = (buyer(year), year.told());
    let slice = [("siret", buyer.siret), ("year", told.as_str())];
    let rate = year.figures.find("disposal_reuse_ratio", &slice);
    let part = |name| year.figures.find(name, &slice).and_then(|reading| reading.value);
    let step = year.asked.settings.law.exit_step(year.asked.year);
    let mut lines = vec![asked_by_law(year, buyer, step)];
    if let Some((a, b)) = part("disposals_to_reuse").zip(part("reformed_stock")) {
        let directed = count(lang, a, lang.pick("bien orienté", "good"), lang.pick("biens orientés", "goods"));
        let reformed = count(lang, b, lang.pick("réformé", "reformed"), lang.pick("réformés", "reformed"));
        lines.push(lang.pick(
            format!("{directed} vers le réemploi, pour {reformed} en stock au 1er janvier."),
            format!("{directed} directed to reuse, for {reformed} and in stock on 1 January."),
        ));
    }
    Card {
        title: title.to_owned(),
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
        let told: Vec<String> = [
            (&workplaces()[..], ["ordinateur", "ordinateurs"], ["computer", "computers"]),
            (&["monitor"], ["écran", "écrans"], ["monitor", "monitors"]),
            (&["smartphone"], ["téléphone mobile", "téléphones mobiles"], ["mobile phone", "mobile phones"]),
        ]
        .into_iter()
        .map(|(kinds, french, english)| (per.of(kinds), lang.pick(french, english)))
        // None may mean too few to be told.
        .filter(|(each, _)| *each > 0.0)
        .map(|(each, [one, several])| amount(lang, each, 2, one, several))
        .collect();
        if !told.is_empty() {
            let (told, agents) = (told.join(", "), count(lang, per.agents, "agent", "agents"));
            lines.push(lang.pick(format!("{told} par agent ({agents})."), format!("{told} for each of {agents}.")));
        }
        if per.outside > 0.0 {
            let outside = count(
                lang,
                per.outside,
                lang.pick("matériel", "piece of equipment"),
                lang.pick("matériels", "pieces of equipment"),
            );
            lines.push(lang.pick(
                format!("Hors de ces moyennes, faute d'effectif correspondant\u{a0}: {outside}."),
                format!("Not in these means, for want of a matching headcount: {outside}."),
            ));
        }
    }
    lines.extend(year.counted_from());
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

/// The objectives whose baseline is not to come yet on the report's day.
pub fn begun<'a>(year: &'a Year) -> impl Iterator<Item = &'a Standing> {
    year.basis.standings().iter().filter(|standing| standing.objective.baseline_date <= year.asked.at)
}

/// The strategy in two lines.
fn plan(year: &Year) -> Card {
    let lang = year.lang();
    let standings: Vec<_> = begun(year).collect();
    let on_track = standings.iter().filter(|standing| standing.on_track == Some(true)).count();
    let told = |status: ActionStatus| actions(year).filter(|action| action.status == Some(status)).count();
    let mut lines = Vec::new();
    if actions(year).next().is_some() {
        let [to_start, running, done] = [ActionStatus::ToStart, ActionStatus::Running, ActionStatus::Done].map(told);
        lines.push(lang.pick(
            format!(
                "Actions\u{a0}: {}, {running} en cours, {to_start} à lancer.",
                count(lang, done as f64, "terminée", "terminées")
            ),
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
                lang.pick(
                    format!(
                        "{} sur {} dans les temps",
                        count(lang, on_track as f64, "objectif", "objectifs"),
                        standings.len()
                    ),
                    format!("{on_track} of {all} on track"),
                )
            }
        },
        verdict: String::new(),
        lines,
    }
}
