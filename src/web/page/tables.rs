//! The tables.

use domain::indicator::kind_label;
use domain::word::{Disposal, Kind, Word};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::config::Scope;
use crate::edition::SourceState;
use crate::web::api::sources::seen;
use crate::wording::{co2e, date, duration, euros, moment, number, percent};

use super::source;
use super::{Sheet, words};
use crate::figures::{Buyer, ENOUGH, Total};
use crate::web::world::Kinds;

/// A table that scrolls by itself where it is too wide for the page, so that the page never does.
pub(super) fn table(sheet: &Sheet, id: &str, title: (&str, &str), caption: (&str, &str), inside: Markup) -> Markup {
    html! {
        section {
            h2 id=(id) { (sheet.say(title.0, title.1)) }
            div.wide tabindex="0" role="region" aria-labelledby=(id) {
                table {
                    caption { (sheet.say(caption.0, caption.1)) }
                    (inside)
                }
            }
        }
    }
}

/// Column heads: French and English; a figure's stand at its right.
pub(super) fn heads(sheet: &Sheet, heads: &[(&str, &str, bool)]) -> Markup {
    html! {
        thead { tr {
            @for (french, english, is_figure) in heads {
                th scope="col" class=[is_figure.then_some("n")] { (sheet.say(french, english)) }
            }
        } }
    }
}

/// This year and the two before it, the newest first.
fn years(sheet: &Sheet) -> [i16; 3] {
    let year = sheet.edition.today.year();
    [year, year - 1, year - 2]
}

/// The rate that a buyer has declared, beside the one that is known now.
fn declared(sheet: &Sheet, buyer: Buyer, label: &str, year: i16, now: f64) -> Markup {
    let filing = sheet.edition.snapshot.filing(buyer.siret, year);
    let row =
        filing.and_then(|filing| filing.rows.iter().find(|row| *row.label == *label).map(|row| (filing.date, row)));
    let rate = row.map(|(day, row)| (day, (row.reuse + row.gifts).euros() / row.total.euros()));
    html! {
        @if let Some((day, rate)) = rate.filter(|(_, rate)| rate.is_finite()) {
            br;
            span.note {
                (sheet.say("déclaré le ", "declared on ")) (date(sheet.lang, day))
                @if (rate - now).abs() > 5e-5 {
                    (sheet.say("\u{a0}: ", ": ")) (percent(sheet.lang, rate, 2))
                    (sheet.say(", les chiffres ont changé depuis", ", the figures have changed since"))
                }
            }
        }
    }
}

/// Purchases by buyer, category and year.
pub fn purchases(sheet: &Sheet) -> Markup {
    const NAME: &str = "reuse_spend_ratio";
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let law = &sheet.edition.settings.law;
    let mut categories = figures.labels(NAME, "category");
    let place = |name: &str| law.categories.iter().position(|category| category.name == name);
    categories.sort_by_key(|name| place(name).unwrap_or(usize::MAX));
    let mut rows = Vec::new();
    for buyer in figures.buyers(NAME, &sheet.edition.snapshot.entities) {
        for category in &categories {
            for year in years(sheet) {
                let told = year.to_string();
                let slice = [("siret", buyer.siret), ("category", *category), ("year", told.as_str())];
                let Some(rate) = figures.find(NAME, &slice) else { continue };
                let missing = figures.find("reuse_spend_missing_euros", &slice);
                let known = law.category_named(category, year).map(|category| category.label);
                rows.push(html! { tr {
                    th scope="row" { (buyer.name(sheet.lang)) }
                    td { (words::category(lang, category, known)) }
                    td { (year) }
                    td.n { @match rate.value {
                        Some(value) => {
                            (sheet.figure(&source(NAME, None, Some(year)), &percent(lang, value, 2)))
                            (declared(sheet, buyer, known.unwrap_or(category), year, value))
                        }
                        None => (sheet.unknown(rate.note.as_deref())),
                    } }
                    td.n { @match rate.target {
                        Some(target) => (percent(lang, target, 1)),
                        None => (sheet.say("à\u{a0}vérifier", "to be checked")),
                    } }
                    td.n { @match missing.and_then(|missing| missing.value) {
                        Some(0.0) => (sheet.say("rien, objectif atteint", "nothing, target reached")),
                        Some(value) => (sheet.figure(
                            &source("reuse_spend_missing_euros", None, Some(year)), &euros(lang, value),
                        )),
                        None => (sheet.say("à\u{a0}vérifier", "to be checked")),
                    } }
                    td.n {
                        (percent(lang, rate.coverage, 0))
                        @if rate.coverage < ENOUGH { (sheet.say(", données incomplètes", ", incomplete data")) }
                    }
                } });
            }
        }
    }
    let columns = [
        ("Acheteur", "Buyer", false),
        ("Catégorie", "Category", false),
        ("Année", "Year", false),
        ("Part du réemploi", "Share of reuse", true),
        ("Objectif", "Target", true),
        ("Il manque", "Missing", true),
        ("Montants dont l'état est connu", "Amounts of known condition", true),
    ];
    let inside = html! {
        (heads(sheet, &columns))
        tbody {
            @for row in &rows { (row) }
            @if rows.is_empty() { tr { td colspan=(columns.len()) { (sheet.say("aucun achat connu pour ces années", "no purchase is known for these years")) } } }
        }
    };
    let lines = html! {
        @if sheet.sees_assets() {
            p.note { (sheet.say("Les lignes derrière ces chiffres\u{a0}: ", "The lines behind these figures: "))
                @for (at, year) in years(sheet).into_iter().enumerate() {
                    @if at > 0 { ", " }
                    a href=(format!("/api/v1/procurement/{year}/lines")) { (sheet.say("lignes ", "lines ")) (year) }
                } "."
            }
        }
    };
    let table = table(
        sheet,
        "purchases",
        ("Achats issus du réemploi", "Purchases from reuse"),
        (
            "Part, en euros hors taxes, des achats de l'année civile issue du réemploi (loi AGEC, article 58). Ce n'est ni une part du parc ni une part des unités.",
            "Share, in euros without tax, of a civil year's purchases that came from reuse (AGEC law, article 58). Neither a share of the fleet nor of units.",
        ),
        inside,
    );
    html! { (table) (lines) }
}

/// A total, worded "at least" where something of it is not known.
fn total(sheet: &Sheet, total: &Total, address: Option<&str>, text: impl Fn(f64) -> String) -> Markup {
    html! {
        @match total.value {
            Some(value) => {
                (sheet.least(total.partial))
                @match address {
                    Some(address) => (sheet.figure(address, &text(value))),
                    None => (text(value)),
                }
            }
            None => (sheet.unknown(total.note)),
        }
    }
}

/// The equipment by kind.
pub fn equipment(sheet: &Sheet, footprints: &Kinds) -> Markup {
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let whole = |value: f64| number(lang, value, 0);
    let kinds = Kind::ALL.iter().map(|(_, name)| *name).chain(["unknown"]);
    let rows: Vec<Markup> = kinds
        .filter_map(|kind| {
            let active = figures.active(Some(kind));
            if active == 0.0 {
                return None;
            }
            let slice = [("kind", kind)];
            let age = figures.sum("assets_age_seconds", &slice).value;
            let known = figures.sum("assets_age_known", &slice).value.filter(|known| *known > 0.0);
            let median = figures.find("lifetime_median_seconds", &slice);
            let past = figures.sum("assets_past_lifetime", &slice);
            let footprint = figures.sum("footprint_annual_co2e_grams", &slice);
            let without = figures.find("factor_coverage_ratio", &[("kind", kind), ("tier", "none")]);
            Some(html! { tr {
                th scope="row" { (sheet.figure(&format!("/footprint/factors?kind={kind}"), words::kind(lang, kind))) }
                td.n { (whole(active)) }
                td.n { @match age.zip(known) {
                    Some((age, known)) => {
                        (duration(lang, age / known))
                        @if known < ENOUGH * active {
                            (sheet.say(" (âge connu\u{a0}: ", " (age known: ")) (percent(lang, known / active, 0)) ")"
                        }
                    }
                    None => (sheet.say("inconnu", "unknown")),
                } }
                td.n { @match median.map(|median| (median.value, median.note.as_deref())) {
                    Some((Some(value), _)) => (duration(lang, value)),
                    Some((None, note)) => (sheet.unknown(note)),
                    None => (sheet.unknown(None)),
                } }
                td.n { @match past.value {
                    Some(_) => (total(sheet, &past, None, whole)),
                    None => (sheet.say("pas de durée de référence", "no reference lifetime")),
                } }
                td.n {
                    (total(sheet, &footprint, None, |value| co2e(lang, value)))
                    @if let Some((_, bounds)) = footprints.iter().find(|(of, _)| *kind_label(*of) == *kind) {
                        span.note { (super::cards::bounds(sheet, &co2e(lang, bounds.low.0), &co2e(lang, bounds.high.0))) }
                    }
                }
                td.n { @match without.and_then(|without| without.value) {
                    Some(without) => (percent(lang, 1.0 - without, 0)),
                    None => (sheet.unknown(None)),
                } }
            } })
        })
        .collect();
    let all = figures.sum("footprint_fleet_annual_co2e_grams", &[]);
    let inside = html! {
        (heads(sheet, &[
            ("Matériel", "Equipment", false),
            ("Nombre", "Number", true),
            ("Âge moyen", "Mean age", true),
            ("La moitié durent plus de", "Half last more than", true),
            ("Vies prolongées", "Lives made longer", true),
            ("Empreinte annuelle", "Annual footprint", true),
            ("Avec un facteur publié", "With a published factor", true),
        ]))
        tbody { @for row in &rows { (row) } }
        tfoot { tr {
            th scope="row" { (sheet.say("Ensemble", "All")) }
            td.n { (sheet.figure(&source("assets", None, None), &whole(figures.active(None)))) }
            td {} td {}
            td.n { (total(sheet, &figures.sum("assets_past_lifetime", &[]), Some(&source("assets_past_lifetime", None, None)), whole)) }
            td.n { (total(sheet, &all, Some(&source("footprint_fleet_annual_co2e_grams", None, None)), |value| co2e(lang, value))) }
            td {}
        } }
    };
    table(
        sheet,
        "equipment",
        ("Parc par type de matériel", "Equipment by type"),
        (
            "Matériels en service, en stock ou en réparation\u{a0}; chaque type mène à ses facteurs. Vies prolongées\u{a0}: matériels gardés au-delà de la durée de référence de leur type, un gain.",
            "Equipment in use, in stock or in repair; each type leads to its factors. Lives made longer: kept beyond the reference lifetime of the type, a gain.",
        ),
        inside,
    )
}

/// Exits to reuse by buyer and year.
pub fn exits(sheet: &Sheet) -> Markup {
    const NAME: &str = "disposal_reuse_ratio";
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let mut rows = Vec::new();
    for buyer in figures.buyers(NAME, &sheet.edition.snapshot.entities) {
        for year in years(sheet) {
            let told = year.to_string();
            let slice = [("siret", buyer.siret), ("year", told.as_str())];
            let Some(rate) = figures.find(NAME, &slice) else { continue };
            let part = |name: &str| {
                let reading = figures.find(name, &slice);
                match reading.and_then(|reading| reading.value) {
                    Some(value) => sheet.figure(&source(name, None, Some(year)), &number(lang, value, 0)),
                    None => sheet.unknown(reading.and_then(|reading| reading.note.as_deref())),
                }
            };
            rows.push(html! { tr {
                th scope="row" { (buyer.name(sheet.lang)) }
                td { (year) }
                td.n { (part("disposals_to_reuse")) }
                td.n { (part("reformed_stock")) }
                td.n { @match rate.value {
                    Some(value) => (sheet.figure(&source(NAME, None, Some(year)), &percent(lang, value, 2))),
                    None => (sheet.unknown(rate.note.as_deref())),
                } }
                td.n { @match rate.target {
                    Some(target) => (percent(lang, target, 1)),
                    None => (sheet.say("aucun", "none")),
                } }
            } });
        }
    }
    let inside = html! {
        (heads(sheet, &[
            ("Détenteur", "Owner", false),
            ("Année", "Year", false),
            ("A\u{a0}: vers le réemploi", "A: to reuse", true),
            ("B\u{a0}: réformés en stock au 1er janvier", "B: reformed, in stock on 1 January", true),
            ("A / B", "A / B", true),
            ("Objectif", "Target", true),
        ]))
        tbody {
            @for row in &rows { (row) }
            @if rows.is_empty() { tr { td colspan="6" { (sheet.say("aucune sortie connue pour ces années", "no exit is known for these years")) } } }
        }
    };
    table(
        sheet,
        "exits",
        ("Sorties vers le réemploi", "Exits to reuse"),
        (
            "Biens réformés de dix ans au plus orientés vers le réemploi (loi REEN, article 16). Le taux peut dépasser 100\u{a0}%.",
            "Reformed goods of at most ten years directed to reuse (REEN law, article 16). The rate may exceed 100%.",
        ),
        inside,
    )
}

/// What left, by way and year.
pub fn ways(sheet: &Sheet) -> Markup {
    const NAME: &str = "disposals";
    let count = |way: &str, year: i16| {
        sheet.figures.sum(NAME, &[("disposal", way), ("year", &year.to_string())]).value.unwrap_or(0.0)
    };
    let told = |way: &&str| years(sheet).iter().any(|year| count(way, *year) > 0.0);
    let ways: Vec<&str> = Disposal::ALL.iter().map(|(_, name)| *name).filter(told).collect();
    if ways.is_empty() {
        return html! {};
    }
    let inside = html! {
        thead { tr {
            th scope="col" { (sheet.say("Filière", "Way")) }
            @for year in years(sheet) { th.n scope="col" { (year) } }
        } }
        tbody { @for way in ways { tr {
            th scope="row" { (words::way(sheet.lang, way)) }
            @for year in years(sheet) {
                td.n { (sheet.figure(&source(NAME, None, Some(year)), &number(sheet.lang, count(way, year), 0))) }
            }
        } } }
    };
    let title = ("Ce qui est sorti, par filière", "What left, by way");
    table(
        sheet,
        "ways",
        title,
        ("Nombre de matériels sortis dans l'année.", "Number of pieces that left in the year."),
        inside,
    )
}

fn state(sheet: &Sheet, state: &SourceState) -> Markup {
    let words = match (state.up, state.stale) {
        (Some(false), _) => ("en échec", "failing"),
        (_, true) => ("données anciennes", "old data"),
        (Some(true), _) => ("à jour", "up to date"),
        (None, _) => ("pas encore interrogée depuis le démarrage", "not asked yet since the start"),
    };
    html! {
        (sheet.say(words.0, words.1))
        @if state.up == Some(false) && state.stale { (sheet.say(", données anciennes", ", old data")) }
        @if state.collecting { (sheet.say(", lecture en cours", ", being read")) }
    }
}

fn when(sheet: &Sheet, at: Timestamp) -> Markup {
    html! { time datetime=(at) { (moment(sheet.lang, at)) } }
}

/// How each source is doing.
pub fn sources(sheet: &Sheet) -> Markup {
    let lang = sheet.lang;
    let inside = html! {
        (heads(sheet, &[
            ("Source", "Source", false),
            ("Type", "Type", false),
            ("État", "State", false),
            ("Dernière lecture complète", "Last complete reading", false),
            ("Lignes lues", "Rows read", true),
            ("Lignes refusées", "Rows refused", true),
            ("Erreur", "Error", false),
        ]))
        tbody { @for source in seen(sheet.edition, sheet.viewer) { tr {
            th scope="row" {
                a href="/api/v1/sources" { (source.name) }
                @if sheet.viewer.may(Scope::Admin) && let Some(csrf) = &sheet.viewer.csrf {
                    form method="post" action=(format!("/api/v1/sources/{}/sync", source.name)) {
                        input type="hidden" name="csrf" value=(csrf);
                        button { (sheet.say("Lire maintenant", "Collect now")) span.skip { " " (source.name) } }
                    }
                }
            }
            td { (words::connector(lang, source.connector)) }
            td { (state(sheet, source)) }
            td { @match source.last_success {
                Some(at) => (when(sheet, at)),
                None => (sheet.say("jamais", "never")),
            } }
            @match source.last_success {
                Some(_) => {
                    td.n { (number(lang, source.observations as f64, 0)) }
                    td.n { (number(lang, source.rejects as f64, 0)) }
                }
                None => { td.n { (sheet.say("inconnu", "unknown")) } td.n { (sheet.say("inconnu", "unknown")) } }
            }
            td { @match &source.failure {
                Some((at, class, cause)) => {
                    (words::failure(lang, class)) ", " (when(sheet, *at))
                    @if sheet.sees_assets() { (sheet.say("\u{a0}: ", ": ")) span lang="en" { (cause) } }
                }
                None => (sheet.say("aucune", "none")),
            } }
        } } }
    };
    let title = ("Sources des données", "Sources of the data");
    let caption = ("D'où viennent les chiffres, et de quand.", "Where the figures come from, and from when.");
    table(sheet, "sources", title, caption, inside)
}
