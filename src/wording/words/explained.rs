//! The words of an explanation: its steps, their units, and where each comes from.

use std::borrow::Cow;

use super::{Words, say};
use crate::wording::{Lang, agreed};

/// A step of an explanation.
pub fn step(lang: Lang, what: &str) -> &str {
    say(STEPS, lang, what)
}

/// A unit of an explanation, of this many with three decimals.
pub fn unit(lang: Lang, unit: &str, value: f64) -> &str {
    match unit {
        "years" => agreed(lang, value, 3, lang.pick("an", "year"), lang.pick("ans", "years")),
        unit => say(UNITS, lang, unit),
    }
}

/// Where a step comes from: what is always told the same way; ids, names and documents stay as they are.
pub fn origin(lang: Lang, told: &str) -> Cow<'_, str> {
    if lang == Lang::En {
        return told.into();
    }
    let mut origin = Cow::Borrowed(told);
    for (english, french) in ORIGINS {
        if origin.contains(english) {
            origin = origin.replace(english, french).into();
        }
    }
    origin
}

const STEPS: &Words = &[
    ("manufacture", "Fabrication", "Manufacture"),
    ("distribution", "Transport", "Distribution"),
    ("end of life", "Fin de vie", "End of life"),
    ("embodied, all its life", "Hors usage, toute sa vie", "Embodied, all its life"),
    ("age", "Âge", "Age"),
    ("reference lifetime", "Durée de vie de référence", "Reference lifetime"),
    ("years with us", "Années chez nous", "Years with us"),
    ("years before us", "Années avant nous", "Years before us"),
    ("embodied, a year", "Hors usage, par an", "Embodied, a year"),
    ("electricity, a year", "Électricité, par an", "Electricity, a year"),
    ("room overhead (PUE)", "Surcoût de la salle (PUE)", "Room overhead (PUE)"),
    ("electricity factor", "Facteur de l'électricité", "Electricity factor"),
    ("use, a year", "Usage, par an", "Use, a year"),
    ("footprint, a year", "Empreinte, par an", "Footprint, a year"),
    ("fit as well as each other", "Facteurs aussi proches l'un que l'autre", "Fit as well as each other"),
    ("  of which cpu", "dont processeurs", "of which processors"),
    ("  of which ram", "dont mémoire", "of which memory"),
    ("  of which ssd", "dont disques SSD", "of which solid-state drives"),
    ("  of which hdd", "dont disques durs", "of which hard disks"),
    ("  of which motherboard", "dont carte mère", "of which main board"),
    ("  of which power_supply", "dont alimentations", "of which power supplies"),
    ("  of which case", "dont châssis", "of which case"),
    ("  of which assembly", "dont assemblage", "of which assembly"),
];

const UNITS: &Words =
    &[("kgCO2e", "kg\u{a0}CO₂e", "kg\u{a0}CO₂e"), ("kgCO2e/kWh", "kg\u{a0}CO₂e/kWh", "kg\u{a0}CO₂e/kWh")];

/// Longer ones before those that they hold.
const ORIGINS: &[(&str, &str)] = &[
    ("the operator's own row", "facteur propre à la collectivité"),
    ("a row for this very model", "facteur de ce modèle"),
    ("computed from the specification", "calculé d'après la configuration"),
    ("the row of its kind", "facteur de son type"),
    ("Makers, gathered by Boavizta", "fabricants, chiffres réunis par Boavizta"),
    ("French Republic", "République française"),
    ("public text", "texte public"),
    ("decree of 13 August 2025", "arrêté du 13 août 2025"),
    ("no published factor for kind", "aucun facteur publié pour le type"),
    (
        "sum of its parts; distribution and end of life are not in it",
        "somme des composants, sans transport ni fin de vie",
    ),
    ("sum of the three", "somme des trois"),
    ("service began on", "en service depuis le"),
    ("the beginning of its service is unknown", "date de mise en service inconnue"),
    (
        "its life where it has left, else the greater of its age and the reference",
        "sa durée de vie s'il est sorti, sinon le plus grand de son âge et de la référence",
    ),
    ("none is taken:", "aucun n'est retenu\u{a0}:"),
    ("is not told", "n'est pas renseigné"),
    ("told by", "donné par"),
    ("embodied / (years before us + years with us)", "hors usage / (années avant nous + années chez nous)"),
    ("declared of this model", "déclaré pour ce modèle"),
    ("no default for kind", "aucune valeur usuelle pour le type"),
    ("in stock: it uses none", "en stock\u{a0}: aucune"),
    (
        "its share of what the IT equipment of a measured room was measured to take, a year",
        "sa part de ce qu'ont consommé les équipements informatiques d'une salle mesurée, par an",
    ),
    ("its share of what the IT equipment of ", "sa part de ce qu'ont consommé les équipements informatiques de "),
    (" was measured to take, a year", ", mesuré, par an"),
    (", its overhead included", ", surcoût compris"),
    ("measured of a room, and told with the electricity", "mesuré pour une salle, et donné avec l'électricité"),
    ("room_pue_ratio of ", "room_pue_ratio de "),
    (", measured", ", mesuré"),
    (", each day by what the room took on it", ", chaque jour selon ce que la salle a consommé"),
    ("server_room_pue where it stands in a server room, else 1", "server_room_pue en salle serveurs, sinon 1"),
    (", the nearest year known", ", l'année connue la plus proche"),
    ("electricity × overhead × factor", "électricité × surcoût × facteur"),
    ("embodied a year + use a year", "hors usage par an + usage par an"),
    ("not in the active fleet: counts in no total", "hors du parc actif\u{a0}: ne compte dans aucun total"),
    ("of them; standard deviation", "unités\u{a0}; écart type"),
    ("by what is not told of them", "faute de précisions"),
    (
        "cut-off: of a refurbished thing only the refurbishing counts, and no set tells it",
        "cut-off\u{a0}: seul le reconditionnement compte, et aucun jeu de facteurs ne le donne",
    ),
];
