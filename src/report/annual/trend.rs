//! The years since the first that is known.

use jiff::civil::{Date, date};

use domain::snapshot::Snapshot;

use super::cards::{buyer, is_part};
use super::{Asked, Block, Readings, Section, Table, Year};
use crate::chart::{Bar, Chart, Shape};
use crate::figures::Figures;
use crate::wording::{Lang, co2e, date as day, duration, number, percent};

/// Years of a trend at most, with the report's own.
const YEARS: i16 = 10;

/// The ends of the years before the report's, from the first of which the inventory can tell: something was bought or
/// began to serve, and exits were recorded since, where a source tells from when.
pub fn days(snapshot: &Snapshot, asked: &Asked) -> Vec<Date> {
    let starts = snapshot.assets.iter().filter_map(|asset| asset.start);
    let bought = snapshot.purchases.iter().filter_map(|line| line.told.date);
    let Some(first) = starts.chain(bought).min() else { return Vec::new() };
    let recorded = snapshot.sources.iter().filter_map(|source| source.exits_recorded_since).max();
    let first = recorded.map_or(first, |recorded| first.max(recorded)).year();
    let first = first.max(asked.year - YEARS + 1);
    (first..=asked.year).map(|year| date(year, 12, 31)).filter(|day| *day < asked.at).collect()
}

/// What one year is told by.
struct Then<'a> {
    label: String,
    day: Date,
    figures: Figures<'a>,
}

pub fn trend(year: &Year) -> Section {
    let lang = year.lang();
    let then: Vec<Then> = year
        .trend
        .iter()
        .map(|(day, readings): &(Date, Readings)| Then {
            label: day.year().to_string(),
            day: *day,
            figures: Figures::of(readings),
        })
        .collect();
    if then.len() < 2 {
        return Section { id: "trend", title: String::new(), blocks: Vec::new() };
    }
    let mut blocks = vec![Block::Table(table(year, &then))];
    blocks.push(Block::Chart(Chart {
        title: year
            .say(
                "Empreinte annuelle du parc à la fin de l'année, et ses bornes",
                "Annual footprint of the fleet at the year's end, with bounds",
            )
            .to_owned(),
        shape: Shape::Columns,
        bars: then
            .iter()
            .map(|then| {
                let reading = then.figures.find("footprint_fleet_annual_co2e_grams", &[]);
                let value = reading.and_then(|reading| reading.value);
                Bar {
                    label: then.label.clone(),
                    parts: value.into_iter().collect(),
                    told: value.map_or_else(String::new, |value| co2e(lang, value)),
                    bounds: reading.and_then(|reading| reading.low.zip(reading.high)),
                }
            })
            .collect(),
        legend: Vec::new(),
        targets: Vec::new(),
    }));
    if let Some(siret) = siret(year) {
        let rates: Vec<_> = then.iter().map(|then| (then, rate(year, then, siret))).collect();
        // From the first year of which it is known.
        let rates: Vec<_> = rates.into_iter().skip_while(|(_, (value, _))| value.is_none()).collect();
        blocks.push(Block::Chart(Chart {
            title: year
                .say(
                    "Part de réemploi des achats informatiques, et l'objectif de l'année",
                    "Share of reuse in IT purchases, and the year's target",
                )
                .to_owned(),
            shape: Shape::Columns,
            bars: rates
                .iter()
                .map(|(then, (value, _))| Bar {
                    label: then.label.clone(),
                    parts: value.iter().copied().collect(),
                    told: value.map_or_else(String::new, |value| percent(lang, value, 1)),
                    bounds: None,
                })
                .collect(),
            legend: Vec::new(),
            targets: rates.iter().map(|(_, (_, target))| *target).collect(),
        }));
    }
    blocks.push(Block::Small(year.say(
        "Chaque année est recalculée à partir des dates de l'inventaire, avec les facteurs et la méthode d'aujourd'hui\u{a0}; l'électricité est celle de l'année. Les matériels que les outils ont purgés n'y sont plus.",
        "Every year is computed anew from the dates of the inventory, with today's factors and method, and that year's electricity. What tools have purged is not in it.",
    ).to_owned()));
    blocks.extend(year.counted_from().map(Block::Small));
    Section { id: "trend", title: year.say("D'où nous venons", "Where we come from").to_owned(), blocks }
}

/// The buyer whose rates are followed; none where the report is of a part of it.
fn siret<'a>(year: &'a Year) -> Option<&'a str> {
    (!is_part(year)).then(|| buyer(year).siret)
}

/// The rate of IT purchases of the year, and its target.
fn rate(year: &Year, then: &Then, siret: &str) -> (Option<f64>, Option<f64>) {
    let category = year.asked.settings.law.it_category(then.day.year()).map_or("", |category| category.name);
    let slice = [("siret", siret), ("category", category), ("year", then.label.as_str())];
    let reading = then.figures.find("reuse_spend_ratio", &slice).filter(|_| then.day.year() <= year.asked.year);
    (reading.and_then(|reading| reading.value), reading.and_then(|reading| reading.target))
}

/// The end of a year by its number, any other day in full.
fn at(lang: Lang, at: Date) -> String {
    if (at.month(), at.day()) == (12, 31) {
        lang.pick(format!("fin {}", at.year()), format!("end of {}", at.year()))
    } else {
        day(lang, at)
    }
}

fn table(year: &Year, then: &[Then]) -> Table {
    let lang = year.lang();
    let siret = siret(year);
    let published = |at: Date| year.asked.published.iter().find(|(day, _)| *day == at).map(|(_, grams)| *grams);
    let mut heads = vec![
        (year.say("Au", "As of"), false),
        (year.say("Matériels", "Equipment"), true),
        (year.say("Âge moyen", "Mean age"), true),
        (year.say("Empreinte annuelle", "Annual footprint"), true),
    ];
    let has_published = then.iter().any(|then| published(then.day).is_some());
    if has_published {
        heads.push((year.say("Publié alors", "Published then"), true));
    }
    heads.push((year.say("Portables\u{a0}: la moitié durent plus de", "Laptops: half last more than"), true));
    heads.push((year.say("Achats issus du réemploi", "Purchases from reuse"), true));
    heads.push((year.say("Sorties vers le réemploi", "Exits to reuse"), true));
    let mut table = Table::new("", &heads);
    for then in then {
        let figures = &then.figures;
        let footprint = figures.find("footprint_fleet_annual_co2e_grams", &[]);
        let least = footprint.map_or("", |reading| year.at_least(reading.coverage));
        let dash = || "–".to_owned();
        let mut row = vec![
            at(lang, then.day),
            number(lang, figures.active(None), 0),
            super::cards::mean_age(figures).map_or_else(dash, |(age, _)| duration(lang, age)),
            footprint
                .and_then(|reading| reading.value)
                .map_or_else(dash, |value| format!("{least}{}", co2e(lang, value))),
        ];
        if has_published {
            row.push(published(then.day).map_or_else(dash, |grams| co2e(lang, grams)));
        }
        let median = figures.find("lifetime_median_seconds", &[("kind", "laptop")]).and_then(|reading| reading.value);
        row.push(median.map_or_else(dash, |value| duration(lang, value)));
        row.push(
            siret.and_then(|siret| rate(year, then, siret).0).map_or_else(dash, |value| percent(lang, value, 1)),
        );
        let slice = [("siret", siret.unwrap_or_default()), ("year", then.label.as_str())];
        let exits = figures.find("disposal_reuse_ratio", &slice).and_then(|reading| reading.value);
        let exits = exits.filter(|_| then.day.year() <= year.asked.year);
        row.push(exits.map_or_else(dash, |value| percent(lang, value, 1)));
        table.rows.push(row);
    }
    table
}
