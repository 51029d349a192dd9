//! How old the equipment is, and how long it lasts.

use std::collections::BTreeMap;

use domain::indicator::lifetime::{Step, curve, lives};
use domain::quantity::YEAR_DAYS;
use domain::word::{Kind, Word};
use maud::{Markup, html};

use super::tables::{heads, table};
use super::{Sheet, source, words};
use crate::chart::{Bar, Chart, Curve, Point, Shape};
use crate::figures::label;
use crate::wording::{duration, number, percent};

/// Kinds that are drawn: those of which there are most.
const DRAWN: usize = 6;
/// Kinds whose ages are told one by one.
const TOLD: usize = 15;
/// Lives that a curve needs to tell something.
const ENOUGH: usize = 30;
/// Steps of a curve that are nearer are drawn as one.
const MONTH: i32 = 30;

pub fn page(sheet: &Sheet) -> Markup {
    html! {
        (ages(sheet))
        (curves(sheet))
        (super::unseen::renewal(sheet))
    }
}

/// Kinds of which there is something active, most first.
fn kinds(sheet: &Sheet) -> Vec<&'static str> {
    let mut kinds: Vec<(&str, f64)> = Kind::ALL
        .iter()
        .map(|(_, name)| (*name, sheet.figures.active(Some(name))))
        .filter(|(_, count)| *count > 0.0)
        .collect();
    kinds.sort_by(|a, b| b.1.total_cmp(&a.1));
    kinds.into_iter().map(|(name, _)| name).collect()
}

fn ages(sheet: &Sheet) -> Markup {
    const NAME: &str = "assets_by_age";
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let mut bands: Vec<&str> = Vec::new();
    for reading in figures.all(NAME, &[]) {
        let band = label(reading, "age_band");
        if !bands.contains(&band) {
            bands.push(band);
        }
    }
    let count =
        |kind: &str, band: &str| figures.sum(NAME, &[("kind", kind), ("age_band", band)]).value.unwrap_or(0.0);
    let kinds = kinds(sheet);
    let short = |band: &str| match band {
        "unknown" => "?".to_owned(),
        band => band.replace('y', "").split('-').next().unwrap_or_default().to_owned(),
    };
    let years = |band: &str| {
        let (years, unit) = match band.strip_suffix("y+") {
            Some(years) => (years, sheet.say("ans et plus", "y or more")),
            None => (band.trim_end_matches('y'), sheet.say("ans", "y")),
        };
        // A hyphen would let the line break between the two ages.
        format!("{}\u{a0}{unit}", years.replace('-', "\u{2011}"))
    };
    let charts = kinds.iter().take(DRAWN).map(|kind| Chart {
        title: format!("{} {}", words::kind(lang, kind), sheet.say("par âge, en années", "by age, in years")),
        shape: Shape::Columns,
        bars: bands
            .iter()
            .map(|band| Bar {
                label: short(band),
                parts: vec![count(kind, band)],
                told: number(lang, count(kind, band), 0),
                bounds: None,
            })
            .collect(),
        legend: Vec::new(),
        targets: Vec::new(),
    });
    let inside = html! {
        thead { tr {
            th scope="col" { (sheet.say("Matériel", "Equipment")) }
            @for band in &bands { th.n scope="col" { @match *band {
                "unknown" => (sheet.say("inconnu", "unknown")),
                band => (years(band)),
            } } }
        } }
        tbody { @for kind in kinds.iter().take(TOLD) { tr {
            th scope="row" { (sheet.figure(&source(NAME, Some(kind), None), words::kind(lang, kind))) }
            @for band in &bands { td.n { (number(lang, count(kind, band), 0)) } }
        } } }
        @let others = kinds.get(TOLD..).unwrap_or_default();
        @if !others.is_empty() { tfoot { tr {
            th scope="row" { (sheet.figure(&source(NAME, None, None), sheet.say("Autres types", "Other kinds"))) }
            @for band in &bands { td.n { (number(lang, others.iter().map(|kind| count(kind, band)).sum(), 0)) } }
        } } }
    };
    html! {
        div.charts { @for chart in charts { (chart.draw()) } }
        (table(
            sheet,
            "ages",
            ("Âge du parc", "Age of the equipment"),
            ("Matériels en service, en stock ou en réparation, par année d'âge.", "Equipment in use, in stock or in repair, by year of age."),
            inside,
        ))
    }
}

/// A curve to be drawn.
struct Drawn {
    kind: Kind,
    /// How many have left.
    exits: usize,
    /// The longest life that was seen, in days, ended or not.
    oldest: i32,
    steps: Vec<Step>,
}

/// The steps of a curve as they are drawn: the last of each month, and its level up to the oldest that was seen.
fn points(drawn: &Drawn) -> Vec<Point> {
    let mut points: BTreeMap<i32, Point> = BTreeMap::new();
    let last = drawn.steps.last().map(|step| Step { age: drawn.oldest.max(step.age), ..*step });
    for step in drawn.steps.iter().copied().chain(last) {
        let (low, high) = step.bounds();
        let bounds = (low.max(0.0), high.min(1.0));
        points
            .insert(step.age / MONTH, Point { years: f64::from(step.age) / YEAR_DAYS, share: step.survival, bounds });
    }
    points.into_values().collect()
}

fn curves(sheet: &Sheet) -> Markup {
    let lang = sheet.lang;
    let known = lives(sheet.world.snapshot(), sheet.edition.today);
    let order = kinds(sheet);
    let place = |kind: &Kind| order.iter().position(|name| *name == kind.name()).unwrap_or(usize::MAX);
    let mut told: Vec<_> = known.iter().filter(|(_, lives)| lives.len() >= ENOUGH).collect();
    told.sort_by_key(|(kind, _)| place(kind));
    let drawn: Vec<Drawn> = told
        .into_iter()
        .map(|(kind, lives)| {
            let oldest = lives.iter().map(|life| life.end).max().unwrap_or_default();
            Drawn { kind: *kind, exits: lives.iter().filter(|life| life.exited).count(), oldest, steps: curve(lives) }
        })
        .filter(|drawn| !drawn.steps.is_empty())
        .take(DRAWN)
        .collect();
    if drawn.is_empty() {
        return html! {};
    }
    // Beyond the oldest that was seen nothing is known.
    let after = |drawn: &Drawn, years: f64| {
        let before = drawn.steps.iter().take_while(|step| f64::from(step.age) <= years * YEAR_DAYS).last();
        if f64::from(drawn.oldest) < years * YEAR_DAYS {
            return sheet.say("pas encore observé", "not observed yet").to_owned();
        }
        percent(lang, before.map_or(1.0, |step| step.survival), 0)
    };
    let inside = html! {
        (heads(sheet, &[
            ("Matériel", "Equipment", false),
            ("Sorties observées", "Exits observed", true),
            ("Encore là après 3 ans", "Still there after 3 years", true),
            ("après 5 ans", "after 5 years", true),
            ("après 7 ans", "after 7 years", true),
            ("La moitié durent plus de", "Half last more than", true),
        ]))
        tbody { @for drawn in &drawn { tr {
            @let kind = drawn.kind;
            th scope="row" { (words::kind(lang, kind.name())) }
            td.n { (number(lang, drawn.exits as f64, 0)) }
            @for years in [3.0, 5.0, 7.0] { td.n { (after(drawn, years)) } }
            td.n {
                @let median = sheet.figures.find("lifetime_median_seconds", &[("kind", kind.name())]);
                @match median.and_then(|median| median.value) {
                    Some(value) => (sheet.figure(&source("lifetime_median_seconds", Some(kind.name()), None), &duration(lang, value))),
                    None => (sheet.unknown(median.and_then(|median| median.note.as_deref()))),
                }
            }
        } } }
    };
    html! {
        (table(
            sheet,
            "survival",
            ("Combien durent les matériels", "How long equipment lasts"),
            (
                "Part encore en service après tant d'années (estimateur de Kaplan-Meier\u{a0}: les matériels encore là sont pris en compte). La bande est un intervalle à 95\u{a0}%.",
                "Share still in service after so many years (Kaplan-Meier: what is still there is taken into account). The band is a 95% interval.",
            ),
            inside,
        ))
        div.charts { @for drawn in &drawn {
            (Curve {
                title: words::kind(lang, drawn.kind.name()).to_owned(),
                told: format!("{} {}", sheet.say("Encore là après 5 ans\u{a0}:", "Still there after 5 years:"), after(drawn, 5.0)),
                points: points(drawn),
                levels: [0.0, 0.5, 1.0].map(|share| (share, percent(lang, share, 0))).to_vec(),
                unit: sheet.say("ans", "years").to_owned(),
            }.draw())
        } }
    }
}
