//! What changed in a year.

use domain::indicator::footprint::compare;

use super::Year;
use super::cards::{buyer, is_part};
use crate::figures::Figures;
use crate::wording::{co2e, count, duration, effects, number, percent, signed};

/// Causes of a change that are named.
const CAUSES: usize = 3;

/// One sentence a change; none where nothing is known of a year before.
pub fn changes(year: &Year) -> Vec<String> {
    let lang = year.lang();
    let Some((before, past)) = &year.before else { return Vec::new() };
    let mut changes = Vec::new();
    if let Some(told) = compare(before, year.basis, |_, _| true) {
        let difference = told.difference;
        let (from, to) = (co2e(lang, told.from.0), co2e(lang, told.to.0));
        let change = signed(difference.value.0, |grams| co2e(lang, grams));
        let (low, high) = (signed(difference.low.0, |g| co2e(lang, g)), signed(difference.high.0, |g| co2e(lang, g)));
        let mut causes: Vec<_> =
            told.effects.iter().filter(|(_, impact)| impact.0.abs() >= told.to.0.abs() / 1000.0).collect();
        causes.sort_by(|(_, a), (_, b)| b.0.abs().total_cmp(&a.0.abs()));
        let causes: Vec<String> = causes
            .into_iter()
            .take(CAUSES)
            .map(|(effect, impact)| {
                format!("{} {}", effects::name(lang, *effect), signed(impact.0, |grams| co2e(lang, grams)))
            })
            .collect();
        let causes = if causes.is_empty() {
            ".".to_owned()
        } else {
            format!("{}{}.", lang.colon(), causes.join(lang.pick("\u{a0}; ", "; ")))
        };
        changes.push(lang.pick(
            format!("L'empreinte annuelle passe de {from} à {to}, soit {change} (entre {low} et {high}){causes}"),
            format!("The annual footprint goes from {from} to {to}: {change} (between {low} and {high}){causes}"),
        ));
    }
    let (was, is) = (past.active(None), year.figures.active(None));
    let change = signed(is - was, |change| number(lang, change, 0));
    let (one, several) = lang.pick(("matériel", "matériels"), ("piece of equipment", "pieces of equipment"));
    let (was, is) = (number(lang, was, 0), count(lang, is, one, several));
    changes.push(lang.pick(
        format!("Le parc passe de {was} à {is} ({change})."),
        format!("The fleet goes from {was} to {is} ({change})."),
    ));
    changes.extend(rate(
        year,
        "reuse_spend_ratio",
        ("La part de réemploi des achats informatiques", "The share of reuse in IT purchases"),
        true,
    ));
    changes.extend(rate(
        year,
        "disposal_reuse_ratio",
        ("Le taux de sorties vers le réemploi", "The rate of exits to reuse"),
        false,
    ));
    let median = |figures: &Figures| {
        figures.find("lifetime_median_seconds", &[("kind", "laptop")]).and_then(|reading| reading.value)
    };
    if let Some((was, is)) = median(past).zip(median(&year.figures)) {
        let (was, is) = (duration(lang, was), duration(lang, is));
        changes.push(match was == is {
            true => lang.pick(
                format!("La durée de vie médiane des portables reste de {is}."),
                format!("The median lifetime of laptops stays at {is}."),
            ),
            false => lang.pick(
                format!("La durée de vie médiane des portables passe de {was} à {is}."),
                format!("The median lifetime of laptops goes from {was} to {is}."),
            ),
        });
    }
    changes
}

/// A legal rate of the year before, and of this year.
fn rate(year: &Year, name: &str, what: (&str, &str), of_spending: bool) -> Option<String> {
    let lang = year.lang();
    if is_part(year) {
        return None;
    }
    let siret = buyer(year).siret;
    let law = &year.asked.settings.law;
    let of = |of: i16| {
        let told = of.to_string();
        let mut slice = vec![("siret", siret), ("year", told.as_str())];
        if of_spending {
            slice.push(("category", law.it_category(of)?.name));
        }
        year.figures.find(name, &slice).and_then(|reading| reading.value).map(|value| percent(lang, value, 1))
    };
    let (was, is) = (of(year.asked.year - 1)?, of(year.asked.year)?);
    let so_far = if year.is_running() { lang.pick(" à ce jour", " so far") } else { "" };
    Some(lang.pick(
        format!("{} passe de {was} en {} à {is} en {}{so_far}.", what.0, year.asked.year - 1, year.asked.year),
        format!("{} goes from {was} in {} to {is} in {}{so_far}.", what.1, year.asked.year - 1, year.asked.year),
    ))
}
