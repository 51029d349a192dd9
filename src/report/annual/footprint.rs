//! What drives the footprint, and what was spared.

use domain::factor::Tier;
use domain::indicator::footprint::{Part, kinds, parts, portions};
use domain::indicator::kind_label;

use super::{Block, Section, Table, Year};
use crate::chart;
use crate::figures::{Figures, label};
use crate::wording::gains::WAYS;
use crate::wording::{co2e, co2e_range, count, euros, inside, number, percent, words};

/// Kinds and factors that are named.
const NAMED: usize = 8;

pub fn footprint(year: &Year) -> Section {
    let lang = year.lang();
    let told = portions(year.basis, |_, _| true);
    let parts = parts(&told);
    let whole: f64 = parts.iter().map(|part| part.total().0).sum();
    if whole <= 0.0 {
        let none =
            year.say("Aucun matériel actif n'a de facteur publié.", "Nothing that is active has a published factor.");
        let blocks = [Block::Text(none.to_owned())].into_iter().chain(year.counted_from().map(Block::Small));
        return Section { id: "footprint", title: title(year), blocks: blocks.collect() };
    }
    let bounds = kinds(year.basis);
    let mut table = Table::new(
        year.say(
            "Empreinte d'une année du parc actif, par type de matériel. Les bornes (95\u{a0}%) ne s'additionnent pas.",
            "A year's footprint of the active fleet, by kind. Bounds (95%) do not add.",
        ),
        &[
            (year.say("Matériel", "Equipment"), false),
            (year.say("Nombre", "Number"), true),
            (year.say("Fabrication", "Manufacture"), true),
            (year.say("Usage", "Use"), true),
            (year.say("Total", "Total"), true),
            (year.say("Bornes", "Bounds"), true),
            (year.say("Part", "Share"), true),
        ],
    );
    let known: Vec<&Part> = parts.iter().filter(|part| part.total().0 > 0.0).collect();
    let (named, others) = known.split_at(known.len().min(NAMED));
    let line = |name: &str, count: f64, made: f64, used: f64, bounds: String| {
        vec![
            name.to_owned(),
            number(lang, count, 0),
            co2e(lang, made),
            co2e(lang, used),
            co2e(lang, made + used),
            bounds,
            percent(lang, (made + used) / whole, 1),
        ]
    };
    for part in named {
        let bounds = bounds
            .iter()
            .find(|(kind, _)| *kind == part.kind)
            .map_or_else(String::new, |(_, estimate)| co2e_range(lang, estimate.low.0, estimate.high.0));
        table.rows.push(line(
            words::kind(lang, &kind_label(part.kind)),
            part.count,
            part.embodied.0,
            part.used.0,
            bounds,
        ));
    }
    if !others.is_empty() {
        let sum = |of: fn(&Part) -> f64| others.iter().map(|part| of(part)).sum();
        let (count, made, used) = (sum(|part| part.count), sum(|part| part.embodied.0), sum(|part| part.used.0));
        table.rows.push(line(year.say("Autres", "Others"), count, made, used, String::new()));
    }
    let uncounted = || parts.iter().filter(|part| part.total().0 == 0.0);
    let bare: f64 = uncounted().map(|part| part.count).sum();
    if bare > 0.0 {
        let name = year.say("Sans facteur publié", "Without a published factor");
        let mut row = vec![name.to_owned(), number(lang, bare, 0)];
        row.extend([const { String::new() }; 5]);
        table.rows.push(row);
    }
    let sum = |of: fn(&Part) -> f64| parts.iter().map(of).sum::<f64>();
    let fleet = year.figures.find("footprint_fleet_annual_co2e_grams", &[]);
    let whole_bounds = fleet.and_then(|reading| reading.low.zip(reading.high));
    table.foot = line(
        year.say("Ensemble", "All"),
        sum(|part| part.count),
        sum(|part| part.embodied.0),
        sum(|part| part.used.0),
        whole_bounds.map_or_else(String::new, |(low, high)| co2e_range(lang, low, high)),
    );
    let heaviest: Vec<Part> = named.iter().map(|part| **part).collect();
    let made = percent(lang, sum(|part| part.embodied.0) / whole, 0);
    let mut blocks = vec![
        Block::Text(lang.pick(
            format!("La fabrication fait {made} de l'empreinte annuelle\u{a0}: garder les matériels plus longtemps et acheter moins de neuf pèse plus que de les éteindre."),
            format!("Manufacture makes {made} of the annual footprint: keeping equipment longer and buying less of it new weighs more than switching it off."),
        )),
        Block::Chart(chart::kinds(lang, &heaviest)),
        Block::Table(table),
    ];
    if sum(|part| part.embodied.0) < whole / 2.0 {
        blocks.remove(0);
    }
    let without: Vec<String> = uncounted()
        .map(|part| {
            format!("{} ({})", inside(words::kind(lang, &kind_label(part.kind))), number(lang, part.count, 0))
        })
        .collect();
    if !without.is_empty() {
        blocks.push(Block::Text(format!(
            "{}{}{}. {}",
            year.say(
                "Sans facteur publié, donc absents du total",
                "Without a published factor, thus not in the total"
            ),
            lang.colon(),
            without.join(", "),
            year.say("L'empreinte réelle est plus élevée.", "The real footprint is higher."),
        )));
    }
    let far: f64 =
        told.iter().filter(|portion| portion.tier == Tier::Kind).map(|portion| portion.annual.value.0).sum();
    blocks.push(Block::Small(lang.pick(
        format!("{} de ce total repose sur des facteurs moyens du type de matériel, le reste sur ceux du modèle même ou de sa configuration. Les méthodes des fabricants diffèrent\u{a0}: leurs chiffres ne servent pas à les comparer.", percent(lang, far / whole, 0)),
        format!("{} of this total rests on mean factors of the kind, the rest on those of the very model or its specification. Makers' methods differ: their figures are not there to compare makers.", percent(lang, far / whole, 0)),
    )));
    blocks.extend(year.counted_from().map(Block::Small));
    Section { id: "footprint", title: title(year), blocks }
}

fn title(year: &Year) -> String {
    year.say("Ce qui pèse dans l'empreinte", "What drives the footprint").to_owned()
}

/// What long lives and reuse have spared in the year, up to the last day of it that the report knows.
pub fn gains(year: &Year) -> Section {
    let lang = year.lang();
    let told = year.told();
    let last = year.trend.iter().rev().find(|(day, _)| day.year() == year.asked.year);
    let figures = Figures::of(last.map_or(&[][..], |(_, readings)| readings));
    let mut table = Table::new(
        year.say(
            "Par comparaison avec ce qui se serait passé sans cela\u{a0}: ces chiffres ne se retranchent d'aucun autre.",
            "Compared with what would have happened otherwise: these figures are subtracted from no other.",
        ),
        &[
            (year.say("Ce qui épargne", "What spares"), false),
            ("CO₂e", true),
            (year.say("Bornes", "Bounds"), true),
            (year.say("Euros HT", "Euros without tax"), true),
            (year.say("Ce qui est supposé", "What is supposed"), false),
        ],
    );
    for (by, name, supposed) in WAYS {
        let slice = [("by", by), ("year", told.as_str())];
        let (grams, money) = (figures.find("avoided_co2e_grams", &slice), figures.find("avoided_euros", &slice));
        if grams.is_none() && money.is_none() {
            continue;
        }
        let least = |reading: Option<&domain::indicator::Reading>| {
            reading.map_or("", |reading| year.at_least(reading.coverage))
        };
        table.rows.push(vec![
            year.say(name.0, name.1).to_owned(),
            grams.map_or_else(String::new, |_| {
                year.value(grams, |value| format!("{}{}", least(grams), co2e(lang, value)))
            }),
            grams
                .and_then(|reading| reading.low.zip(reading.high))
                .map_or_else(String::new, |(low, high)| co2e_range(lang, low, high)),
            money.map_or_else(String::new, |_| {
                year.value(money, |value| format!("{}{}", least(money), euros(lang, value)))
            }),
            year.say(supposed.0, supposed.1).to_owned(),
        ]);
    }
    let mut blocks = Vec::new();
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    let moved: f64 = year
        .figures
        .all("internal_reassignments", &[("year", &told)])
        .filter(|reading| label(reading, "kind") != "unknown")
        .filter_map(|reading| reading.value)
        .sum();
    if moved > 0.0 {
        blocks.push(Block::Text(lang.pick(
            format!(
                "{} par ailleurs changé de mains au sein de la collectivité.",
                count(lang, moved, "matériel a", "matériels ont")
            ),
            format!(
                "{} changed hands within the organisation.",
                count(lang, moved, "piece of equipment", "pieces of equipment")
            ),
        )));
    }
    Section { id: "gains", title: year.say("Ce qui a été épargné", "What was spared").to_owned(), blocks }
}
