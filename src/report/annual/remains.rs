//! What remains to be done.

use domain::law::declared_by;
use domain::law::trajectory::{Need, Trajectory};
use domain::strategy::Action;
use domain::word::Word;

use super::Year;
use super::cards::{begun, buyer, is_part};
use crate::figures::{Buyer, ENOUGH};
use crate::wording::{count, date, euros, inside, words};

/// Actions that are named.
const NAMED: usize = 3;

/// One sentence a task, those of the law first.
pub fn remains(year: &Year) -> Vec<String> {
    let lang = year.lang();
    let mut remains = Vec::new();
    remains.extend(to_buy(year));
    remains.extend(to_direct(year));
    remains.extend(to_declare(year));
    let late: Vec<&Action> = actions(year).filter(|action| action.is_late(year.asked.at)).collect();
    let blocked: Vec<&Action> = actions(year).filter(|action| action.is_blocked()).collect();
    for (what, of) in [
        (("action en retard", "actions en retard", "late action", "late actions"), late),
        (("action bloquée", "actions bloquées", "blocked action", "blocked actions"), blocked),
    ] {
        if of.is_empty() {
            continue;
        }
        let titles: Vec<&str> = of.iter().take(NAMED).filter_map(|action| action.title.as_deref()).collect();
        let (one, several) = lang.pick((what.0, what.1), (what.2, what.3));
        let more = if of.len() > titles.len() { "…" } else { "" };
        remains.push(format!(
            "{}{}{}{more}.",
            count(lang, of.len() as f64, one, several),
            lang.colon(),
            titles.join(lang.pick("\u{a0}; ", "; "))
        ));
    }
    let behind: Vec<&str> = begun(year)
        .filter(|standing| standing.on_track == Some(false))
        .map(|standing| &*standing.objective.name)
        .collect();
    if !behind.is_empty() {
        remains.push(format!(
            "{}{}{}.",
            year.say("Objectifs en retard sur le rythme prévu", "Objectives behind an even pace"),
            lang.colon(),
            behind.join(", ")
        ));
    }
    let doubts = year.figures.sum("doubts", &[]).value.filter(|doubts| *doubts > 0.0);
    if let Some(doubts) = doubts {
        remains.push(lang.pick(
            format!(
                "{} dans les données (voir «\u{a0}Doutes et couverture\u{a0}»).",
                count(lang, doubts, "point à vérifier", "points à vérifier")
            ),
            format!(
                "{} in the data (see \"Doubts and coverage\").",
                count(lang, doubts, "point to be checked", "points to be checked")
            ),
        ));
    }
    remains
}

/// The actions of the strategy.
pub fn actions<'a>(year: &'a Year) -> impl Iterator<Item = &'a Action> {
    year.snapshot.actions.iter().map(|line| &line.told)
}

/// What is missing of purchases from reuse, and how many of something would be enough.
fn to_buy(year: &Year) -> Vec<String> {
    let lang = year.lang();
    let trajectories = Trajectory::of(&year.basis.ledger, &year.asked.settings.law, year.asked.at, year.asked.year);
    let buyers = year.figures.buyers("reuse_spend_ratio", &year.snapshot.entities);
    let mut told = Vec::new();
    for buyer in buyers.iter().filter(|buyer| !buyer.is_voluntary()) {
        for trajectory in trajectories.iter().filter(|trajectory| &*trajectory.siret == buyer.siret) {
            let Some(missing) = trajectory.missing.map(|missing| missing.euros()).filter(|missing| *missing >= 0.5)
            else {
                continue;
            };
            // A gap that may only be missing information is no reason to buy.
            if trajectory.coverage.is_none_or(|known| known < ENOUGH) {
                told.push(
                    year.say(
                        "Renseigner ce qui a été acheté neuf ou issu du réemploi\u{a0}: trop de montants sont d'état inconnu.",
                        "Tell what was bought new and what from reuse: too many amounts are of unknown condition.",
                    )
                    .to_owned(),
                );
                continue;
            }
            let known = year.asked.settings.law.category_named(&trajectory.category, year.asked.year);
            let category = inside(words::category(lang, &trajectory.category, known.map(|known| known.label)));
            let amount = euros(lang, missing);
            let most = |a: &&Need, b: &&Need| {
                let units = |need: &Need| need.price.map_or(0.0, |price| price.units);
                units(a).total_cmp(&units(b))
            };
            let need = trajectory.needs.iter().filter(|need| need.units.is_some()).max_by(most);
            let example =
                need.and_then(|need| Some((need, need.units?))).map_or_else(String::new, |(need, units)| {
                    let [one, several] = words::bought(lang, need.kind.name(), true);
                    let units = count(lang, units, &one, &several);
                    lang.pick(format!(", par exemple {units}"), format!(", for example {units}"))
                });
            told.push(if year.is_running() {
                lang.pick(
                    format!(
                        "Acheter encore {amount} HT issus du réemploi avant le 31 décembre ({category}){example}."
                    ),
                    format!("Buy {amount} more from reuse before 31 December ({category}){example}."),
                )
            } else {
                lang.pick(
                    format!("Il a manqué {amount} HT d'achats issus du réemploi ({category}){example}."),
                    format!("{amount} of purchases from reuse were missing ({category}){example}."),
                )
            });
        }
    }
    told
}

/// How many goods more are to be directed to reuse.
fn to_direct(year: &Year) -> Option<String> {
    let lang = year.lang();
    let buyer = Some(buyer(year)).filter(|buyer| !buyer.is_voluntary() && !is_part(year))?;
    let told = year.told();
    let slice = [("siret", buyer.siret), ("year", told.as_str())];
    let part = |name| year.figures.find(name, &slice).and_then(|reading| reading.value);
    let target = year.figures.find("disposal_reuse_ratio", &slice)?.target?;
    let missing = (target * part("reformed_stock")? - part("disposals_to_reuse")?).ceil();
    (missing > 0.0).then(|| {
        if year.is_running() {
            lang.pick(
                format!(
                    "Orienter encore {} vers le réemploi avant le 31 décembre.",
                    count(lang, missing, "bien réformé", "biens réformés")
                ),
                format!(
                    "Direct {} more to reuse before 31 December.",
                    count(lang, missing, "reformed good", "reformed goods")
                ),
            )
        } else {
            lang.pick(
                format!(
                    "Il a manqué {} orientés vers le réemploi.",
                    count(lang, missing, "bien réformé", "biens réformés")
                ),
                format!(
                    "{} directed to reuse were missing.",
                    count(lang, missing, "reformed good", "reformed goods")
                ),
            )
        }
    })
}

/// The declaration of the last year that is over, the report's own where it is, where it was not handed in. Those before
/// 2024 were another decree's, and ecoparc does not know of them.
fn to_declare(year: &Year) -> Option<String> {
    let lang = year.lang();
    let today = year.asked.now.1;
    let of = if today.year() > year.asked.year { year.asked.year } else { year.asked.year - 1 };
    let buyers = year.figures.buyers("reuse_spend_ratio", &year.snapshot.entities);
    let bought = |buyer: &&Buyer| {
        let slice = [("siret", buyer.siret), ("year", &of.to_string()[..])];
        !buyer.is_voluntary() && year.figures.find("reuse_spend_ratio", &slice).is_some()
    };
    let open: Vec<&str> = buyers
        .iter()
        .filter(bought)
        .filter(|buyer| year.snapshot.filing(buyer.siret, of).is_none())
        .map(|buyer| buyer.entity.map_or(buyer.siret, |entity| &*entity.name))
        .collect();
    let due = declared_by(of);
    let late = if due < today { year.say(", dépassée", ", which is over") } else { "" };
    let (due, names) = (date(lang, due), open.join(", "));
    (of >= 2024 && !open.is_empty()).then(|| {
        lang.pick(
            format!("Déclarer les achats de {of} ({names})\u{a0}: échéance le {due}{late}."),
            format!("Declare the purchases of {of} ({names}): due on {due}{late}."),
        )
    })
}
