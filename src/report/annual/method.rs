//! How the figures are made, of which published numbers, under which licences.

use std::collections::BTreeSet;

use domain::indicator::{Indicator, Reading, Settings};
use domain::word::Criterion;
use jiff::civil::Date;

use super::{Block, Section, Table, Year};
use crate::figures::{Figures, label};
use crate::wording::{Lang, inside, percent, short, words};

pub fn method(year: &Year) -> Section {
    let readings = year.trend.last().map_or(&[][..], |(_, readings)| readings);
    Section {
        id: "method",
        title: year.say("Méthode, facteurs et licences", "Method, factors and licences").to_owned(),
        blocks: blocks(year.lang(), year.asked.settings, year.asked.at, readings),
    }
}

/// How the figures of a day are made.
pub fn blocks(lang: Lang, settings: &Settings, at: Date, readings: &[(&'static Indicator, Reading)]) -> Vec<Block> {
    let mut blocks = vec![Block::List(
        [
            (
                "Fabrication, transport et fin de vie sont répartis sur la durée de vie\u{a0}: l'âge atteint, ou la durée de référence du type tant qu'elle n'est pas dépassée. Un matériel reconditionné ne porte que la part de ses années chez nous.",
                "Manufacture, transport and end of life are spread over the lifetime: the age reached, or the kind's reference lifetime while it is not passed. A refurbished thing bears the share of its years with us.",
            ),
            (
                "L'usage est l'électricité d'une année, mesurée, sinon déclarée par le fabricant, sinon usuelle pour le type, au facteur d'émission de l'année\u{a0}; un matériel en stock ne consomme rien.",
                "Use is a year's electricity, measured, else declared by the maker, else usual for the kind, at the year's emission factor; what is in stock uses none.",
            ),
            (
                "Les bornes sont un intervalle à 95\u{a0}%\u{a0}: les erreurs des facteurs, qu'un même facteur fait partager à tous ceux qui en dépendent.",
                "Bounds are a 95% interval: the errors of factors, which all that rests on the same one share.",
            ),
            (
                "La durée de vie médiane est l'estimateur de Kaplan-Meier\u{a0}: les matériels encore en service sont pris en compte.",
                "Median lifetime is the Kaplan-Meier estimate: what is still in service is taken into account.",
            ),
            (
                "L'eau n'est pas affichée\u{a0}: les facteurs publiés se contredisent, jusque dans leur signe et de plusieurs ordres de grandeur.",
                "Water is not shown: published factors contradict each other, even by sign, and by orders of magnitude.",
            ),
            (
                "Ce qui n'est pas connu n'est jamais compté comme nul\u{a0}: un total incomplet est dit «\u{a0}au moins\u{a0}».",
                "What is not known never counts as zero: a total that is not whole is called \"at least\".",
            ),
        ]
        .map(|(french, english)| lang.pick(french, english).to_owned())
        .to_vec(),
    )];
    if let Some(grid) = settings.factors.electricity(&settings.assumptions.electricity, at.year(), Criterion::Co2e) {
        let grams = short(lang, grid.intensity.as_per_kwh(), 1);
        let (country, of) = (&settings.assumptions.electricity, grid.year);
        blocks.push(Block::Text(lang.pick(
            format!("Électricité\u{a0}: {grams}\u{a0}g\u{a0}CO₂e par kilowattheure ({country}, {of})."),
            format!("Electricity: {grams} g CO₂e a kilowatt-hour ({country}, {of})."),
        )));
    }
    blocks.push(Block::Table(sets(lang, settings, readings)));
    let mut assumed = Table::new(
        lang.pick("Hypothèses, toutes réglables.", "Assumptions; each may be set."),
        &[
            (lang.pick("Hypothèse", "Assumption"), false),
            (lang.pick("Valeur", "Value"), true),
            (lang.pick("Provenance", "Origin"), false),
        ],
    );
    for assumption in settings.assumptions.all() {
        assumed.rows.push(vec![
            self::name(lang, &assumption.name),
            short(lang, assumption.value, 2),
            match assumption.origin {
                "assumption" => lang.pick("hypothèse d'ecoparc", "ecoparc's own").to_owned(),
                "configuration" => {
                    lang.pick("configuration propre à la collectivité", "your own configuration").to_owned()
                }
                other => other.to_owned(),
            },
        ]);
    }
    blocks.push(Block::Table(assumed));
    let tiers: Vec<String> = tiers(lang, &Figures::of(readings));
    if !tiers.is_empty() {
        blocks.push(Block::Text(format!(
            "{}{}{}.",
            lang.pick("Part du parc actif selon le facteur", "Share of the active fleet by factor"),
            lang.colon(),
            tiers.join(", ")
        )));
    }
    blocks.push(Block::Small(format!(
        "ecoparc {} ({}). {}",
        env!("CARGO_PKG_VERSION"),
        crate::COMMIT,
        lang.pick(
            "Chaque chiffre se suit jusqu'à ses lignes et à ses facteurs\u{a0}: ecoparc explain.",
            "Each figure can be followed to its lines and factors: ecoparc explain."
        )
    )));
    blocks
}

/// An assumption, as people call it.
fn name(lang: Lang, name: &str) -> String {
    if let Some(kind) = name.strip_prefix("lifetime_years.") {
        let kind = inside(words::kind(lang, kind));
        return lang.pick(format!("durée de référence, {kind} (ans)"), format!("reference lifetime, {kind} (years)"));
    }
    let told = match name {
        "server_room_pue" => ("PUE des salles non mesurées", "PUE of rooms that are not measured"),
        "common_error" => ("erreur commune d'un facteur, au plus", "common error of a factor, at most"),
        "power_gap_minutes" => (
            "écart maximal entre deux relevés électriques (minutes)",
            "largest gap between two power samples (minutes)",
        ),
        "measured_days" => (
            "jours de mesure d'une salle avant de remplacer les valeurs usuelles",
            "days of measure before a room replaces defaults",
        ),
        "second_life_years" => (
            "usage par un autre après une sortie vers le réemploi (ans)",
            "use by somebody else after an exit to reuse (years)",
        ),
        other => (other, other),
    };
    lang.pick(told.0, told.1).to_owned()
}

/// The sets that the figures of the day rest on.
fn sets(lang: Lang, settings: &Settings, readings: &[(&'static Indicator, Reading)]) -> Table {
    let mut table = Table::new(
        lang.pick("Facteurs sur lesquels reposent les chiffres.", "Factors that the figures rest on."),
        &[
            (lang.pick("Éditeur", "Publisher"), false),
            (lang.pick("Édition", "Version"), false),
            (lang.pick("Licence", "Licence"), false),
            (lang.pick("Référence", "Reference"), false),
        ],
    );
    let ids = readings.iter().flat_map(|(_, reading)| &reading.rests_on);
    let used: BTreeSet<&str> = ids.filter_map(|id| id.split_once('/')).map(|(set, _)| set).collect();
    for set in settings.factors.sets.iter().filter(|set| used.contains(&*set.id)) {
        table.rows.push(
            [&set.publisher, &set.edition, &set.licence, &set.origin]
                .map(|text| words::origin(lang, text).into_owned())
                .to_vec(),
        );
    }
    table
}

/// Which share of the active fleet has a factor of which tier.
fn tiers(lang: Lang, figures: &Figures) -> Vec<String> {
    let names = [
        ("local", "facteur propre à la collectivité", "your own"),
        ("model", "modèle même", "the very model"),
        ("specification", "configuration", "its specification"),
        ("kind", "type de matériel", "its kind"),
        ("none", "aucun facteur publié", "no published factor"),
    ];
    let all = figures.active(None);
    let mut told = Vec::new();
    for (tier, french, english) in names {
        let mut count = 0.0;
        for reading in figures.all("factor_coverage_ratio", &[("tier", tier)]) {
            count += reading.value.unwrap_or(0.0) * figures.active(Some(label(reading, "kind")));
        }
        if count > 0.0 {
            told.push(format!("{} {}", lang.pick(french, english), percent(lang, count / all, 1)));
        }
    }
    told
}
