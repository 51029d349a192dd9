//! Where the current year's reuse spending is going, what to buy before it ends, and what a buyer should know of the rate.

use domain::law::trajectory::{Need, Trajectory};
use domain::quantity::Cents;
use domain::word::Word;
use maud::{Markup, html};

use super::source;
use super::tables::{heads, table};
use super::{Sheet, words};
use crate::chart::{Bar, Chart, Shape};
use crate::figures::ENOUGH;
use crate::wording::{self, count, euros, percent};

/// Kinds that are proposed, those first whose price rests on most units.
const PROPOSED: usize = 3;

/// This year, by buyer and category.
pub fn trajectory(sheet: &Sheet, trajectories: &[Trajectory]) -> Markup {
    if trajectories.is_empty() {
        return html! {};
    }
    let year = sheet.edition.today.year();
    let law = &sheet.edition.settings.law;
    let place = |category: &str| law.categories.iter().position(|known| known.name == category).unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    for buyer in sheet.figures.buyers("reuse_spend_ratio", &sheet.edition.snapshot.entities) {
        let mut own: Vec<&Trajectory> =
            trajectories.iter().filter(|trajectory| &*trajectory.siret == buyer.siret).collect();
        own.sort_by_key(|trajectory| place(&trajectory.category));
        for trajectory in own {
            rows.push(row(sheet, &buyer.name(sheet.lang), trajectory));
        }
    }
    let inside = html! {
        (heads(sheet, &[
            ("Acheteur", "Buyer", false),
            ("Catégorie", "Category", false),
            ("Part à ce jour", "Share to date", true),
            ("Objectif", "Target", true),
            ("Il manque", "Missing", true),
            ("À acheter reconditionné avant le 31 décembre", "To buy refurbished before 31 December", false),
            ("Part projetée en fin d'année", "Projected share at the year's end", true),
            ("Part requise des achats restants", "Share required of remaining purchases", true),
        ]))
        tbody { @for row in &rows { (row) } }
    };
    let title = (format!("Trajectoire {year}"), format!("Trajectory of {year}"));
    html! {
        (table(
            sheet,
            "trajectory",
            (&title.0, &title.1),
            (
                "La projection suppose que le reste de l'année ressemble aux douze derniers mois. Les quantités sont calculées aux prix moyens payés ces 24 derniers mois pour du reconditionné ou de l'occasion, un seul type à la fois, à montant total constant.",
                "The projection assumes that the rest of the year is like the last twelve months. Quantities are at the mean prices paid in the last 24 months for refurbished or second-hand equipment, one kind alone, at constant total.",
            ),
            inside,
        ))
        p.note {
            (sheet.say("Détail\u{a0}: ", "Detail: "))
            a href=(format!("/api/v1/procurement/{year}/trajectory")) { (sheet.say("mois par mois", "month by month")) } ", "
            a href=(format!("/api/v1/procurement/{year}/missing")) { (sheet.say("prix moyens et quantités", "mean prices and quantities")) } "."
        }
    }
}

/// The rate of IT purchases from reuse since 1 January, month by month, beside what the law asks: a drawing for each buyer,
/// and a table that tells the same.
pub fn drawn(sheet: &Sheet) -> Markup {
    let lang = sheet.lang;
    let Some(category) = sheet.edition.settings.law.it_category(sheet.edition.today.year()) else { return html! {} };
    let buyers = sheet.figures.buyers("reuse_spend_ratio", &sheet.edition.snapshot.entities);
    let told: Vec<(String, &Trajectory)> = buyers
        .iter()
        .filter_map(|buyer| {
            let own = |of: &&Trajectory| &*of.siret == buyer.siret && &*of.category == category.name;
            Some((buyer.name(sheet.lang), sheet.trajectories.iter().find(own)?))
        })
        .filter(|(_, trajectory)| !trajectory.months.is_empty())
        .collect();
    let Some((_, first)) = told.first() else { return html! {} };
    let rate = |rate: Option<f64>| rate.map_or_else(String::new, |rate| percent(lang, rate, 0));
    let months = first.months.iter().map(|month| wording::month(lang, month.first));
    html! {
        div.charts { @for (name, trajectory) in &told { (chart(sheet, name, trajectory).draw()) } }
        details {
            summary { (sheet.say("Les mêmes chiffres en tableau, mois par mois", "The same figures as a table, month by month")) }
            div.wide tabindex="0" role="region" aria-label=(sheet.say("Mois par mois", "Month by month")) { table {
                caption { (sheet.say(
                    "Part de réemploi des achats informatiques, cumulée depuis janvier.",
                    "Share of reuse in IT purchases, cumulated since January.",
                )) }
                thead { tr {
                    th scope="col" { (sheet.say("Acheteur", "Buyer")) }
                    @for month in months { th.n scope="col" { (month) } }
                    th.n scope="col" { (sheet.say("Objectif", "Target")) }
                } }
                tbody { @for (name, trajectory) in &told { tr {
                    th scope="row" { (name) }
                    @for month in &trajectory.months { td.n { (rate(month.so_far.ratio())) } }
                    td.n { (rate(trajectory.target)) }
                } } }
            } }
        }
    }
}

fn chart(sheet: &Sheet, name: &str, trajectory: &Trajectory) -> Chart {
    let (lang, year) = (sheet.lang, trajectory.year);
    let bars = trajectory.months.iter().map(|month| {
        let rate = month.so_far.ratio();
        Bar {
            label: wording::month(lang, month.first).to_owned(),
            parts: rate.into_iter().collect(),
            told: rate.map_or_else(String::new, |rate| percent(lang, rate, 0)),
            bounds: None,
        }
    });
    let target = trajectory.target.map_or_else(String::new, |target| {
        let share = percent(lang, target, 1);
        lang.pick(format!(", et l'objectif de {share}"), format!(", and the target of {share}"))
    });
    Chart {
        title: lang.pick(
            format!("{name}\u{a0}: part de réemploi des achats informatiques de {year} depuis janvier{target}"),
            format!("{name}: share of reuse in IT purchases of {year} since January{target}"),
        ),
        shape: Shape::Columns,
        bars: bars.collect(),
        legend: Vec::new(),
        targets: trajectory.months.iter().map(|_| trajectory.target).collect(),
    }
}

/// The declarations of the years that can be told.
pub fn declarations(sheet: &Sheet) -> Markup {
    let year = sheet.edition.today.year();
    html! {
        section aria-labelledby="declarations" {
            h2 id="declarations" { (sheet.say("Déclaration nationale", "National declaration")) }
            p { (sheet.say(
                "Le fichier au schéma national, à vérifier puis à déposer au plus tard le 30 juin de l'année suivante\u{a0}:",
                "The file in the national schema, to be checked and handed in by 30 June of the next year:",
            ))
            @for of in [year - 1, year] {
                " " a href=(format!("/api/v1/procurement/{of}/declaration.csv")) { (sheet.say("déclaration ", "declaration ")) (of) }
            } "." }
        }
    }
}

fn row(sheet: &Sheet, buyer: &str, trajectory: &Trajectory) -> Markup {
    let (lang, year) = (sheet.lang, trajectory.year);
    let incomplete = trajectory.so_far.ratio().is_some() && trajectory.coverage.is_none_or(|known| known < ENOUGH);
    let known = sheet.edition.settings.law.category_named(&trajectory.category, year).map(|category| category.label);
    let share = |name: &str, value: Option<f64>| match value {
        Some(value) => sheet.figure(&source(name, None, Some(year)), &percent(lang, value, 1)),
        None => html! { (sheet.say("non calculable", "cannot be computed")) },
    };
    let to_check = sheet.say("à\u{a0}vérifier", "to be checked");
    // A target asks nothing of a total that is not above zero.
    let no_gap = if trajectory.target.is_some() {
        sheet.say("rien n'a été acheté", "nothing was bought")
    } else {
        to_check
    };
    html! { tr {
        th scope="row" { (buyer) }
        td { (words::category(lang, &trajectory.category, known)) }
        td.n {
            (share("reuse_spend_ratio", trajectory.so_far.ratio()))
            @if incomplete { (sheet.say(", données incomplètes", ", incomplete data")) }
        }
        td.n { @match trajectory.target {
            Some(target) => (percent(lang, target, 1)),
            None => (to_check),
        } }
        td.n { @match trajectory.missing.map(Cents::euros) {
            Some(0.0) => (sheet.say("rien, objectif atteint", "nothing, target reached")),
            Some(missing) => (sheet.figure(
                &source("reuse_spend_missing_euros", None, Some(year)), &euros(lang, missing),
            )),
            None => (no_gap),
        } }
        td { @match trajectory.missing {
            None => (no_gap),
            Some(Cents(0)) => (sheet.say("rien de plus", "nothing more")),
            // A gap that may only be missing information is no reason to buy.
            Some(_) if incomplete => (sheet.say(
                "renseigner d'abord ce qui est neuf ou issu du réemploi",
                "first tell what was new and what was reused",
            )),
            Some(_) => (proposal(sheet, &trajectory.needs)),
        } }
        td.n { (share("reuse_spend_projected_ratio", trajectory.projected())) }
        td.n { @match (trajectory.target, trajectory.required()) {
            (None, _) => (to_check),
            (_, None) => (sheet.say("plus rien à acheter au rythme actuel", "nothing left to buy at this pace")),
            (_, Some(required)) => {
                (share("reuse_spend_required_ratio", Some(required)))
                @if required > 1.0 && !incomplete {
                    (sheet.say(", hors d'atteinte au rythme d'achat actuel", ", out of reach at the present pace of purchases"))
                }
            }
        } }
    } }
}

/// What would be enough, of one kind or another.
fn proposal(sheet: &Sheet, needs: &[Need]) -> Markup {
    let lang = sheet.lang;
    let mut priced: Vec<(f64, f64, &Need)> =
        needs.iter().filter_map(|need| Some((need.price?.units, need.units?, need))).collect();
    priced.sort_by(|a, b| b.0.total_cmp(&a.0));
    let told = priced.iter().take(PROPOSED).enumerate().map(|(at, (_, units, need))| {
        let [one, several] = words::bought(lang, need.kind.name(), at == 0);
        count(lang, *units, &one, &several)
    });
    let told: Vec<String> = told.collect();
    html! {
        @if told.is_empty() {
            (sheet.say("aucun prix de reconditionné connu", "no price of refurbished equipment is known"))
        } @else {
            (sheet.say("soit environ ", "about ")) (told.join(sheet.say(" ou ", " or ")))
        }
    }
}

/// What the rate is, and what it is not. Each with its French and English title and text.
const NOTES: &[[&str; 4]] = &[
    [
        "Pourquoi des euros, par catégorie et par année civile",
        "L'article 58 de la loi AGEC porte sur les biens acquis chaque année. Son décret (n°\u{a0}2024-134, article 2) compte la dépense hors taxes de l'année civile, catégorie par catégorie\u{a0}: le nombre d'appareils n'y entre pas, et une catégorie n'en compense pas une autre.",
        "Why euros, by category and civil year",
        "Article 58 of the AGEC law is about what is acquired each year. Its decree (2024-134, article 2) counts a civil year's spending without tax, category by category: the number of devices has no part in it, and one category does not make up for another.",
    ],
    [
        "«\u{a0}20\u{a0}% du parc\u{a0}» est un autre chiffre",
        "Des guides parlent de «\u{a0}20\u{a0}% du parc\u{a0}». C'est une part des appareils en service, et non des achats de l'année\u{a0}: l'atteindre ne suffit pas à respecter le taux légal, et inversement.",
        "“20% of the fleet” is another figure",
        "Guides speak of “20% of the fleet”. That is a share of the equipment in service, not of the year's purchases: reaching it does not meet the legal rate, nor the other way round.",
    ],
    [
        "Qui est soumis à ce taux",
        "Les services de l'État, les collectivités territoriales et leurs groupements. Selon l'Observatoire économique de la commande publique (guide de 2022), les établissements publics ne sont pas concernés\u{a0}: un CCAS, un hôpital ou une université suit alors ses chiffres à titre volontaire.",
        "Who is subject to it",
        "State services, local authorities and their groupings. According to the French observatory of public procurement (guide of 2022), public establishments are not: a social action centre, a hospital or a university then follows its figures voluntarily.",
    ],
    [
        "Les locations",
        "La loi vise les acquisitions\u{a0}: selon la lecture retenue ici, ce qui est loué ne compte ni dans le total, ni dans le réemploi.",
        "Rentals",
        "The law is about acquisitions: as it is read here, what is rented counts neither in the total nor as reuse.",
    ],
    [
        "Un état inconnu n'est pas du neuf",
        "Un achat dont l'état n'est pas renseigné compte dans le total et, faute de preuve, pas dans le réemploi. Il n'est pas tenu pour neuf\u{a0}: tant qu'il en reste beaucoup, les données sont dites incomplètes.",
        "Unknown condition is not new",
        "A purchase of untold condition counts in the total and, for want of proof, not as reuse. It is not taken for new: as long as many remain, the data are called incomplete.",
    ],
    [
        "Les objectifs «\u{a0}à vérifier\u{a0}»",
        "Pour ces catégories, le taux demandé par le décret n'a pas pu être établi. Aucun objectif n'est donc affiché plutôt qu'un chiffre supposé.",
        "Targets “to be checked”",
        "For these categories the share that the decree asks could not be established. No target is shown rather than a supposed one.",
    ],
];

/// Notes that a buyer reads.
pub fn notes(sheet: &Sheet) -> Markup {
    html! {
        section aria-labelledby="reuse-notes" {
            h2 id="reuse-notes" { (sheet.say("Comprendre le taux de réemploi", "Understanding the reuse rate")) }
            @for [french_title, french, english_title, english] in NOTES {
                h3 { (sheet.say(french_title, english_title)) }
                p { (sheet.say(french, english)) }
            }
        }
    }
}
