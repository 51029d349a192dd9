//! What the law asks, with its texts, and how sure ecoparc is of them.

use domain::law::{STRATEGY_ABOVE, Step, declared_by};
use domain::word::Word;

use super::cards::{buyer, is_part};
use super::{Block, Section, Table, Year};
use crate::figures::label;
use crate::wording::{count, date, euros, number, percent, words};

pub fn law(year: &Year) -> Section {
    let mut blocks = spending(year);
    blocks.extend(exits(year));
    blocks.extend(strategy(year));
    Section { id: "law", title: year.say("Ce que la loi demande", "What the law asks").to_owned(), blocks }
}

/// A text of the law, and how sure it is.
fn text(year: &Year, step: &Step) -> String {
    let by = step.checked_by.as_deref().map_or_else(String::new, |by| format!(", {by}"));
    let sure = format!("{}{by}", words::certainty(year.lang(), step.certainty.name()));
    let share = step.share.map_or_else(
        || year.say("taux non établi", "no rate established").to_owned(),
        |share| percent(year.lang(), share, 1),
    );
    format!("{share} ({}{}{sure})", step.text, year.say("\u{a0}; ", "; "))
}

/// This year and the two before it.
fn years(year: &Year) -> [i16; 3] {
    [year.asked.year, year.asked.year - 1, year.asked.year - 2]
}

fn spending(year: &Year) -> Vec<Block> {
    const NAME: &str = "reuse_spend_ratio";
    let (lang, figures, law) = (year.lang(), &year.figures, &year.asked.settings.law);
    let heads = [
        (year.say("Catégorie", "Category"), false),
        (year.say("Année", "Year"), false),
        (year.say("Achats et dons", "Purchases and gifts"), true),
        (year.say("Part du réemploi", "Share of reuse"), true),
        (year.say("Sans les dons", "Without gifts"), true),
        (year.say("Objectif", "Target"), true),
        (year.say("Il manque", "Missing"), true),
        (year.say("État connu", "Condition known"), true),
    ];
    let mut blocks = vec![
        Block::Heading(
            year.say("Acheter du réemploi (loi AGEC, article 58)", "Buying from reuse (AGEC law, article 58)").to_owned(),
        ),
        Block::Text(year.say(
            "Part des achats de l'année civile issue du réemploi, en euros hors taxes, dons reçus compris à leur valeur de la grille, locations exclues.",
            "Share of a civil year's purchases that came from reuse, in euros without tax, gifts at the grid's value, without rentals.",
        ).to_owned()),
    ];
    let place = |name: &str| law.categories.iter().position(|category| category.name == name).unwrap_or(usize::MAX);
    let mut categories = figures.labels(NAME, "category");
    categories.sort_by_key(|name| place(name));
    let mut texts: Vec<String> = Vec::new();
    for buyer in figures.buyers(NAME, &year.snapshot.entities) {
        let mut table = Table::new(&buyer.name(lang), &heads);
        for category in &categories {
            for of in years(year) {
                let told = of.to_string();
                let slice = [("siret", buyer.siret), ("category", *category), ("year", told.as_str())];
                let Some(rate) = figures.find(NAME, &slice) else { continue };
                let known = law.category_named(category, of);
                let category = words::category(lang, category, known.map(|known| known.label)).to_owned();
                if of == year.asked.year
                    && let Some(step) = known.and_then(|known| known.step(of))
                {
                    let line = format!("{category}{}{}.", lang.colon(), text(year, step));
                    if !texts.contains(&line) {
                        texts.push(line);
                    }
                }
                let spent = figures.sum("purchases_euros", &slice).value.unwrap_or(0.0)
                    + figures.sum("gifts_euros", &slice).value.unwrap_or(0.0);
                if spent == 0.0 && rate.value.is_none() {
                    continue;
                }
                let of_name = |name: &str| figures.find(name, &slice);
                let checked = |value: Option<f64>, words: &dyn Fn(f64) -> String| {
                    value.map_or_else(|| year.say("à vérifier", "to be checked").to_owned(), words)
                };
                table.rows.push(vec![
                    category,
                    told.clone(),
                    euros(lang, spent),
                    year.value(Some(rate), |value| percent(lang, value, 2)),
                    year.value(of_name("reuse_spend_without_gifts_ratio"), |value| percent(lang, value, 2)),
                    checked(rate.target, &|target| percent(lang, target, 1)),
                    checked(of_name("reuse_spend_missing_euros").and_then(|missing| missing.value), &|missing| {
                        euros(lang, missing)
                    }),
                    percent(lang, rate.coverage, 0),
                ]);
            }
        }
        if !table.rows.is_empty() {
            blocks.push(Block::Table(table));
        }
    }
    if texts.is_empty() && blocks.len() == 2 {
        blocks.push(Block::Text(
            if is_part(year) {
                year.say(
                    "Les achats sont ceux d'un acheteur dont seule une partie est décrite ici\u{a0}: le taux légal est le sien, dans son propre bilan.",
                    "Purchases are those of a buyer of whom this report describes a part: the legal rate is in its own report.",
                )
            } else {
                year.say("Aucun achat n'est connu pour ces années.", "No purchase is known for these years.")
            }
            .to_owned(),
        ));
        return blocks;
    }
    blocks.push(Block::List(texts));
    blocks.extend(not_the_law(year).map(Block::Text));
    blocks.extend(filings(year).map(Block::Text));
    blocks
}

/// The share of units and of the fleet, which are often taken for the rate.
fn not_the_law(year: &Year) -> Option<String> {
    let (lang, figures) = (year.lang(), &year.figures);
    let told = year.told();
    let units = figures.find("reuse_units_ratio", &[("category", "it_telephony"), ("year", &told)])?.value?;
    let units = percent(lang, units, 1);
    let laptops = figures.find("reuse_fleet_ratio", &[("kind", "laptop")]).and_then(|reading| reading.value);
    let laptops = laptops.map_or_else(String::new, |share| {
        let share = percent(lang, share, 1);
        lang.pick(format!(" et {share} des portables du parc"), format!(" and {share} of the laptops in the fleet"))
    });
    Some(lang.pick(
        format!("À titre d'information\u{a0}: le réemploi fait {units} des unités achetées en informatique et téléphonie{laptops}. La loi ne compte ni des unités ni le parc\u{a0}: «\u{a0}20\u{a0}% du parc reconditionné\u{a0}» n'est pas l'obligation."),
        format!("For information: reuse is {units} of the units bought in IT and telephony{laptops}. The law counts neither units nor the fleet."),
    ))
}

/// What was declared, or is to be.
fn filings(year: &Year) -> Option<String> {
    let lang = year.lang();
    let of = year.asked.year;
    let over = if declared_by(of) < year.asked.now.1 { year.say(" dépassée", " is over") } else { "" };
    let due = date(lang, declared_by(of));
    if year.is_running() {
        return Some(lang.pick(
            format!("La déclaration des achats de {of} est due le {due}."),
            format!("The declaration of the purchases of {of} is due on {due}."),
        ));
    }
    let told: Vec<String> = year
        .figures
        .buyers("reuse_spend_ratio", &year.snapshot.entities)
        .iter()
        .map(|buyer| {
            let state = match year.snapshot.filing(buyer.siret, of) {
                Some(filing) => lang.pick("déclaré le ", "declared on ").to_owned() + &date(lang, filing.date),
                None => lang.pick(
                    format!("pas encore déclaré ici, échéance le {due}{over}"),
                    format!("not declared here yet, due on {due}{over}"),
                ),
            };
            format!("{} ({state})", buyer.name(lang))
        })
        .collect();
    (!told.is_empty()).then(|| {
        format!(
            "{}{}{}.",
            year.say("Déclaration des achats de l'année", "Declaration of the year's purchases"),
            lang.colon(),
            told.join(lang.pick("\u{a0}; ", "; "))
        )
    })
}

fn exits(year: &Year) -> Vec<Block> {
    const NAME: &str = "disposal_reuse_ratio";
    let (lang, figures) = (year.lang(), &year.figures);
    let mut table = Table::new(
        year.say(
            "Biens réformés de dix ans au plus orientés vers le réemploi dans l'année (A), rapportés à ceux réformés et encore en stock au 1er janvier (B). Le taux peut dépasser 100\u{a0}%.",
            "Reformed goods of at most ten years that were directed to reuse in the year (A), over those reformed and still in stock on 1 January (B). The rate may exceed 100%.",
        ),
        &[
            (year.say("Détenteur", "Owner"), false),
            (year.say("Année", "Year"), false),
            ("A", true),
            ("B", true),
            ("A / B", true),
            (year.say("Objectif", "Target"), true),
        ],
    );
    for buyer in figures.buyers(NAME, &year.snapshot.entities) {
        for of in years(year) {
            let told = of.to_string();
            let slice = [("siret", buyer.siret), ("year", told.as_str())];
            let Some(rate) = figures.find(NAME, &slice) else { continue };
            let part = |name: &str| year.value(figures.find(name, &slice), |value| number(lang, value, 0));
            table.rows.push(vec![
                buyer.name(lang),
                told.clone(),
                part("disposals_to_reuse"),
                part("reformed_stock"),
                year.value(Some(rate), |value| percent(lang, value, 2)),
                rate.target.map_or_else(|| year.say("aucun", "none").to_owned(), |target| percent(lang, target, 1)),
            ]);
        }
    }
    let mut blocks = vec![Block::Heading(
        year.say("Donner une seconde vie (loi REEN, article 16)", "Giving a second life (REEN law, article 16)")
            .to_owned(),
    )];
    if is_part(year) {
        blocks.push(Block::Text(year.say(
            "Les sorties sont celles d'un détenteur dont seule une partie est décrite ici\u{a0}: le taux légal est le sien, dans son propre bilan.",
            "Exits are those of an owner of whom this report describes a part: the legal rate is in its own report.",
        ).to_owned()));
        return blocks;
    }
    if table.rows.is_empty() {
        blocks.push(Block::Text(
            year.say("Aucune sortie n'est connue pour ces années.", "No exit is known for these years.").to_owned(),
        ));
        return blocks;
    }
    blocks.push(Block::Table(table));
    let step = year.asked.settings.law.exit_step(year.asked.year);
    blocks.extend(step.map(|step| {
        Block::List(vec![format!("{}{}{}.", year.say("Objectif", "Target"), lang.colon(), text(year, step))])
    }));
    let (mut all, mut approved, mut least, told) = (0.0, 0.0, false, year.told());
    for reading in figures.all("weee_grams", &[("year", &told)]) {
        let grams = reading.value.unwrap_or(0.0);
        least |= reading.coverage < 1.0;
        all += grams;
        approved += if label(reading, "approved") == "true" { grams } else { 0.0 };
    }
    if all > 0.0 {
        let least = if least { year.say("au moins ", "at least ") } else { "" };
        let (weight, share) = (number(lang, all / 1000.0, 0), percent(lang, approved / all, 0));
        blocks.push(Block::Text(lang.pick(
            format!("Déchets électriques et électroniques remis dans l'année\u{a0}: {least}{weight}\u{a0}kg, dont {share} à des éco-organismes agréés."),
            format!("Electrical and electronic waste handed over in the year: {least}{weight} kg, of which {share} to approved schemes."),
        )));
    }
    blocks
}

/// Who must have a strategy, and report on it. Nothing of it is inherited across a SIRET.
fn strategy(year: &Year) -> Vec<Block> {
    let lang = year.lang();
    let buyer = buyer(year);
    let name = buyer.entity.map_or("", |entity| &entity.name);
    let inhabitants = buyer.entity.and_then(|entity| entity.population);
    let bound = match inhabitants {
        _ if buyer.is_voluntary() => lang.pick(
            format!("{name}\u{a0}: selon votre configuration, l'obligation ne s'applique pas, ce bilan est volontaire."),
            format!("{name} is not subject to it, by your configuration: this report is voluntary."),
        ),
        Some(0) => lang.pick(
            format!("{name} n'a pas d'habitants\u{a0}: ce bilan est volontaire."),
            format!("{name} has no inhabitants: this report is voluntary."),
        ),
        Some(population) => {
            let (one, several) = lang.pick(("habitant", "habitants"), ("inhabitant", "inhabitants"));
            let told = count(lang, f64::from(population), one, several);
            if population > STRATEGY_ABOVE {
                lang.pick(
                    format!("{name}\u{a0}: avec {told}, le seuil de 50\u{202f}000 est dépassé, la stratégie et son bilan annuel sont obligatoires."),
                    format!("{name}: with {told} the threshold of 50,000 is passed, a strategy and its annual report are an obligation."),
                )
            } else {
                lang.pick(
                    format!("{name}\u{a0}: avec {told}, le seuil de 50\u{202f}000 n'est pas dépassé, ce bilan est volontaire."),
                    format!("{name}: with {told} the threshold of 50,000 is not passed, this report is voluntary."),
                )
            }
        }
        None => lang.pick(
            format!("{name}\u{a0}: le nombre d'habitants n'est pas renseigné, l'obligation vaut au-dessus de 50\u{202f}000."),
            format!("{name}: the number of inhabitants is not told, the obligation holds above 50,000."),
        ),
    };
    vec![
        Block::Heading(
            year.say("Rendre compte d'une stratégie (loi REEN, article 35)", "Reporting on a strategy (REEN law, article 35)").to_owned(),
        ),
        Block::Text(format!(
            "{bound} {}",
            year.say(
                "Le bilan figure dans le rapport annuel de développement durable, présenté avant le débat budgétaire (décret 2022-1084 du 29 juillet 2022). Le décret n'impose ni indicateur ni chiffre.",
                "The report is part of the annual sustainable development report, before the budget debate (décret 2022-1084 of 29 July 2022). The decree imposes no indicator and no figure.",
            )
        )),
    ]
}
