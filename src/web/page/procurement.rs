//! Purchases from reuse, where this year's are going, and the declaration.

use maud::{Markup, html};

use super::tables::{heads, table, years};
use super::{Sheet, source, trajectory, words};
use crate::figures::{Buyer, ENOUGH};
use crate::wording::{date, euros, percent};

pub fn page(sheet: &Sheet) -> Markup {
    html! {
        (trajectory::drawn(sheet))
        (purchases(sheet))
        (trajectory::trajectory(sheet, &sheet.trajectories))
        (trajectory::declarations(sheet))
        (trajectory::notes(sheet))
    }
}

/// Purchases by buyer, category and year.
fn purchases(sheet: &Sheet) -> Markup {
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
                    (sheet.lang.colon()) (percent(sheet.lang, rate, 2))
                    (sheet.say(", les chiffres ont changé depuis", ", the figures have changed since"))
                }
            }
        }
    }
}
