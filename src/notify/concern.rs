//! What of an edition needs somebody.

use domain::indicator::Reading;
use domain::law::declared_by;

use crate::edition::Edition;
use crate::figures::{Buyer, ENOUGH, Figures};
use crate::wording::{self, Lang, percent, words};

/// What a concern is about: what a notifier chooses among.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// What the law asks: targets, declarations.
    Law,
    /// What the house wants to reach.
    Objective,
    /// Where the figures come from.
    Source,
}

/// Something that needs somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// The same from one edition to the next.
    pub key: String,
    /// What it is about.
    pub about: About,
    /// It needs somebody; else it is known to be well.
    pub pressing: bool,
    /// One sentence that a person can act on.
    pub what: String,
}

/// Before this month a year's rate says little of its end.
const FROM_MONTH: i8 = 9;
/// From this month on a declaration that is due on 30 June presses.
const DECLARATION_MONTH: i8 = 6;

/// Everything that is watched and of which the edition can tell, in an order that stays. Of what it cannot tell, since a
/// figure is not known or its year is over, there is nothing to say.
pub fn concerns(edition: &Edition, lang: Lang) -> Vec<Concern> {
    let figures = Figures::of(&edition.readings);
    let mut concerns = Vec::new();
    spending(edition, &figures, lang, &mut concerns);
    exits(edition, &figures, lang, &mut concerns);
    declarations(edition, &figures, lang, &mut concerns);
    for standing in &edition.standings {
        let Some(on_track) = standing.on_track else { continue };
        let name = &standing.objective.name;
        concerns.push(Concern {
            pressing: !on_track,
            key: format!("objective:{name}"),
            about: About::Objective,
            what: lang.pick(
                format!("L'objectif {name} est en retard sur le rythme prévu."),
                format!("The objective {name} is behind an even pace."),
            ),
        });
    }
    // Before its first collection has ended nothing is known of a source.
    let heard = edition.sources.iter().filter(|source| source.last_success.is_some() || source.failure.is_some());
    for source in heard {
        let why = source
            .failure
            .as_ref()
            .map_or_else(String::new, |(_, class, _)| format!(" ({})", words::failure(lang, class)));
        let since = source.last_success.map_or_else(
            || lang.pick("jamais lue", "never read").to_owned(),
            |at| format!("{} {}", lang.pick("dernière lecture le", "last read on"), wording::moment(lang, at)),
        );
        let name = &source.name;
        concerns.push(Concern {
            pressing: source.stale,
            key: format!("source:{name}"),
            about: About::Source,
            what: lang.pick(
                format!("Les données de la source {name} sont anciennes\u{a0}: {since}{why}."),
                format!("The data of the source {name} are old: {since}{why}."),
            ),
        });
    }
    concerns
}

/// Those whom the law binds.
fn bound<'a>(edition: &'a Edition, figures: &Figures<'a>, name: &str) -> Vec<Buyer<'a>> {
    let buyers = figures.buyers(name, &edition.snapshot.entities);
    buyers.into_iter().filter(|buyer| buyer.entity.is_some_and(|entity| entity.legal_subject)).collect()
}

fn called<'a>(buyer: &Buyer<'a>) -> &'a str {
    buyer.entity.map_or(buyer.siret, |entity| &entity.name)
}

/// A rate and what the law asks of it; `None` where one of them is not known.
fn asked(reading: Option<&Reading>, target: Option<f64>) -> Option<(f64, f64)> {
    reading?.value.zip(target)
}

fn spending(edition: &Edition, figures: &Figures, lang: Lang, concerns: &mut Vec<Concern>) {
    let year = edition.today.year();
    if edition.today.month() < FROM_MONTH {
        return;
    }
    let told = year.to_string();
    for buyer in bound(edition, figures, "reuse_spend_ratio") {
        for category in figures.labels("reuse_spend_ratio", "category") {
            let slice = [("siret", buyer.siret), ("category", category), ("year", told.as_str())];
            let rate = figures.find("reuse_spend_ratio", &slice);
            // A gap that may only be missing information is no reason to buy.
            let Some(rate) = rate.filter(|rate| rate.coverage >= ENOUGH) else { continue };
            let target = rate.target;
            let Some((rate, target)) = asked(figures.find("reuse_spend_projected_ratio", &slice), target) else {
                continue;
            };
            let pressing = rate < target;
            let label = edition.settings.law.category_named(category, year).map(|known| known.label);
            let (what, name) = (words::category(lang, category, label), called(&buyer));
            let (rate, target) = (percent(lang, rate, 1), percent(lang, target, 1));
            concerns.push(Concern {
                pressing,
                key: format!("reuse-spend:{}:{category}:{year}", buyer.siret),
                about: About::Law,
                what: lang.pick(
                    format!("{name}\u{a0}: au rythme actuel, les achats de {year} issus du réemploi finiront sous l'objectif ({what}\u{a0}: objectif {target})."),
                    format!("{name}: at the present pace, purchases from reuse of {year} will end below the target ({what}: target {target})."),
                ) + &lang.pick(format!(" Projection\u{a0}: {rate}."), format!(" Projection: {rate}.")),
            });
        }
    }
}

fn exits(edition: &Edition, figures: &Figures, lang: Lang, concerns: &mut Vec<Concern>) {
    let year = edition.today.year();
    if edition.today.month() < FROM_MONTH {
        return;
    }
    let told = year.to_string();
    for buyer in bound(edition, figures, "disposal_reuse_ratio") {
        let rate = figures.find("disposal_reuse_ratio", &[("siret", buyer.siret), ("year", &told)]);
        let Some((rate, target)) = asked(rate, rate.and_then(|rate| rate.target)) else { continue };
        let pressing = rate < target;
        let (name, rate, target) = (called(&buyer), percent(lang, rate, 1), percent(lang, target, 1));
        concerns.push(Concern {
            pressing,
            key: format!("reuse-exits:{}:{year}", buyer.siret),
            about: About::Law,
            what: lang.pick(
                format!("{name}\u{a0}: les sorties vers le réemploi de {year} sont sous l'objectif ({rate} pour {target})."),
                format!("{name}: exits to reuse of {year} are below the target ({rate} of {target})."),
            ),
        });
    }
}

fn declarations(edition: &Edition, figures: &Figures, lang: Lang, concerns: &mut Vec<Concern>) {
    // That of a year presses from June on, until the next one does.
    let today = edition.today;
    let year = today.year() - if today.month() < DECLARATION_MONTH { 2 } else { 1 };
    let due = wording::date(lang, declared_by(year));
    for buyer in bound(edition, figures, "declaration_filed") {
        let filed = figures.find("declaration_filed", &[("siret", buyer.siret), ("year", &year.to_string())]);
        let Some(filed) = filed.and_then(|filed| filed.value) else { continue };
        let name = called(&buyer);
        concerns.push(Concern {
            key: format!("declaration:{}:{year}", buyer.siret),
            about: About::Law,
            pressing: filed == 0.0,
            what: lang.pick(
                format!(
                    "{name}\u{a0}: la déclaration des achats de {year} n'est pas enregistrée, échéance le {due}."
                ),
                format!("{name}: the declaration of the purchases of {year} is not filed, due on {due}."),
            ),
        });
    }
}
