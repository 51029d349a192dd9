//! The notes of readings and of objectives: they are made in English, and told to readers in their language.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::wording::{Lang, amount, date, inside};

/// A note in the reader's language; what has no French words stays as it is.
pub fn note(lang: Lang, told: &str) -> Cow<'_, str> {
    match lang {
        Lang::En => told.into(),
        Lang::Fr => french(told).map_or(told.into(), Cow::from),
    }
}

fn french(told: &str) -> Option<String> {
    if let Some((_, french)) = NOTES.iter().find(|(known, _)| *known == told) {
        return Some((*french).to_owned());
    }
    with_a_value(told).or_else(|| because(told)).or_else(|| several(told))
}

/// What holds a number, a day or a name.
fn with_a_value(told: &str) -> Option<String> {
    if let Some(point) = told.strip_suffix(" was never heard of") {
        return Some(format!("le point de mesure {point} n'a jamais répondu"));
    }
    if let Some(count) = told.strip_suffix(" of them were not heard of for 90 days") {
        return Some(format!("dont {count} sans contact depuis 90 jours"));
    }
    if let Some(day) = told.strip_prefix("handed in on ") {
        return Some(format!("déposée le {}", written(day)));
    }
    if let Some(day) = told.strip_prefix("due on ") {
        return Some(format!("à déposer au plus tard le {}", written(day)));
    }
    let known = told.strip_prefix("over ")?.strip_suffix("; a year is asked")?;
    let (days, between) = known.split_once(" days known of both, from ")?;
    let (first, last) = between.split_once(" to ")?;
    let days = amount(Lang::Fr, days.parse().ok()?, 1, "jour connu", "jours connus");
    let (first, last) = (written(first), written(last));
    Some(format!("sur {days} des deux, du {first} au {last}\u{a0}; une année est demandée"))
}

/// A day as French readers write it; what is no day stays as it is.
fn written(day: &str) -> String {
    day.parse::<Date>().map_or_else(|_| day.to_owned(), |day| date(Lang::Fr, day))
}

/// A note, and after a colon why it is so.
fn because(told: &str) -> Option<String> {
    let (known, french) =
        NOTES.iter().find(|(known, _)| told.strip_prefix(known).is_some_and(|rest| rest.starts_with(": ")))?;
    let why = &told[known.len() + 2..];
    let why = kinds(why).map_or_else(|| note(Lang::Fr, why), Cow::from);
    Some(format!("{french}\u{a0}: {why}"))
}

/// The kinds that a note of a simulation is about, some with two lives; `None` where it names none.
fn kinds(told: &str) -> Option<String> {
    let words = |part: &str| {
        let (name, lives) = part.split_once(' ').map_or((part, None), |(name, lives)| (name, Some(lives)));
        let kind = Some(super::kind(Lang::Fr, name)).filter(|kind| *kind != name).map(inside)?;
        Some(match lives {
            Some(lives) => format!("{kind} {}", lives.replace(" and not ", " et non ").replace('.', ",")),
            None => kind,
        })
    };
    let all: Option<Vec<String>> = told.split(", ").map(words).collect();
    Some(all?.join(", "))
}

/// Several notes, one after the other; one of them may hold a semicolon itself.
fn several(told: &str) -> Option<String> {
    told.match_indices("; ").find_map(|(at, between)| {
        let first = french(&told[..at])?;
        Some(format!("{first}\u{a0}; {}", note(Lang::Fr, &told[at + between.len()..])))
    })
}

const NOTES: &[(&str, &str)] = &[
    ("nothing was bought", "rien n'a été acheté"),
    ("the law's target for this category is not established", "l'objectif légal de cette catégorie est à vérifier"),
    (
        "more than half of those that ever began their service are still in service",
        "plus de la moitié sont encore en service",
    ),
    (
        "no published factor, or no reference lifetime, for this kind",
        "aucun facteur d'émission publié, ou aucune durée de référence, pour ce type de matériel",
    ),
    ("no factor of this country's electricity is known", "aucun facteur connu pour l'électricité de ce pays"),
    ("no published factor for this kind", "aucun facteur d'émission publié pour ce type de matériel"),
    (
        "no reformed goods were in stock on 1 January: the rate cannot be computed",
        "aucun bien réformé n'était en stock au 1er janvier",
    ),
    (
        "neither a count nor dated history tells the stock of reformed goods on 1 January",
        "ni comptage ni historique daté du stock de biens réformés au 1er janvier",
    ),
    ("neither a count nor dated history tells it", "ni comptage ni historique daté"),
    (
        "of reformed goods in stock on 1 January the age or the kind is not known: the rate cannot be computed",
        "l'âge ou le type de biens réformés en stock au 1er janvier n'est pas connu\u{a0}: le taux n'est pas calculable",
    ),
    (
        "of those in stock the age or the kind is not known",
        "l'âge ou le type de ceux qui sont en stock n'est pas connu",
    ),
    (
        "IT and total electricity are not measured together yet",
        "l'électricité informatique et totale ne sont pas encore mesurées ensemble",
    ),
    (
        "IT shows nothing, or more than all: look at the measuring points",
        "les équipements informatiques consommeraient plus que toute la salle, ou rien\u{a0}: points de mesure à vérifier",
    ),
    (
        "no [[room]] names these measuring points, and their source tells no room",
        "aucune [[room]] ne nomme ces points de mesure, et leur source n'indique pas de salle",
    ),
    (
        "no [[room]] names these measuring points: one may feed another, so they have no sum",
        "aucune [[room]] ne nomme ces points de mesure\u{a0}: l'un peut alimenter l'autre, ils ne s'additionnent donc pas",
    ),
    (
        "nothing is known between two samples yet: they may be further apart than power_gap_minutes",
        "pas encore deux relevés assez rapprochés (power_gap_minutes)",
    ),
    (
        "no asset stands at this room's locations: its electricity is in no footprint",
        "aucun matériel n'est situé dans cette salle\u{a0}: son électricité n'entre dans aucune empreinte",
    ),
    (
        "no measuring point told its power in the last 15 minutes",
        "aucun point de mesure n'a indiqué sa puissance depuis 15 minutes",
    ),
    ("at least: some measuring points are silent", "au moins\u{a0}: des points de mesure ne répondent pas"),
    ("counted by people", "compté sur place"),
    ("at least: not all of it has a published factor", "au moins\u{a0}: tout n'a pas de facteur publié"),
    ("the baseline date is to come", "la date de départ est à venir"),
    ("too many baseline dates are to be computed", "trop de dates de départ sont à recalculer"),
    ("the target is the baseline", "la cible est la valeur de départ"),
    (
        "the indicator has no reading of this slice at the baseline date",
        "l'indicateur n'a pas de valeur pour ce périmètre à la date de départ",
    ),
    (
        "the indicator has no reading of this slice now",
        "l'indicateur n'a pas de valeur pour ce périmètre aujourd'hui",
    ),
    (
        "the indicator has several readings of this slice at the baseline date",
        "l'indicateur a plusieurs valeurs pour ce périmètre à la date de départ",
    ),
    (
        "the indicator has several readings of this slice now",
        "l'indicateur a plusieurs valeurs pour ce périmètre aujourd'hui",
    ),
    (
        "the indicator cannot be computed at the baseline date",
        "l'indicateur n'est pas calculable à la date de départ",
    ),
    ("the indicator cannot be computed now", "l'indicateur n'est pas calculable aujourd'hui"),
    (
        "nothing remains to be spent this year, were it like the last twelve months",
        "plus rien à dépenser cette année, si elle suit les douze derniers mois",
    ),
    (
        "the year to date, and the rest of it like the last twelve months",
        "l'année à ce jour, et le reste comme les douze derniers mois",
    ),
    ("above 1: out of reach this year", "plus de 100\u{a0}%\u{a0}: hors d'atteinte cette année"),
    (
        "share of units: not the legal rate, which is a share of euros",
        "part des unités\u{a0}: ce n'est pas le taux légal, qui est une part des euros",
    ),
    (
        "share of the fleet in units: not the legal rate, which is a share of a year's spending",
        "part du parc en unités\u{a0}: ce n'est pas le taux légal, qui est une part des dépenses d'une année",
    ),
    ("no line tells whether the index was considered", "aucune ligne n'indique si l'indice a été pris en compte"),
    (
        "of what left only: biased when a fleet grows; the median by Kaplan-Meier is not",
        "des seules sorties\u{a0}: biaisé quand le parc grandit, ce que n'est pas la médiane de Kaplan-Meier",
    ),
    (
        "nothing in the active fleet has a published factor",
        "rien dans le parc actif n'a de facteur d'émission publié",
    ),
    (
        "some of its equipment is too little to be told apart from that of other entities",
        "une partie de son équipement est trop réduite pour être donnée à part de celle d'autres entités",
    ),
    (
        "no published factor for this entity's equipment",
        "aucun facteur d'émission publié pour le matériel de cette entité",
    ),
    ("no electricity figure for this kind", "aucune consommation connue pour ce type de matériel"),
    (
        "nothing of it has all that this needs: a factor, a lifetime, years before us",
        "il manque un facteur, une durée de vie ou les années avant nous",
    ),
    ("no price of it is known", "aucun prix n'en est connu"),
    ("no supplier declares it", "aucun prestataire ne le déclare"),
    ("a table of actions tells of today alone", "le suivi des actions ne dit que leur état d'aujourd'hui"),
    ("no index is told", "aucun indice n'est renseigné"),
    ("no weight is told", "aucun poids n'est renseigné"),
    (
        "no printer tells how many pages it has printed",
        "aucune imprimante n'indique combien de pages elle a imprimées",
    ),
    ("no entity has this SIRET", "aucune entité n'a ce SIRET"),
    (
        "of each kind, stock ÷ life leaves in a year, the oldest first, and is replaced by its like",
        "pour chaque type, le parc divisé par la durée de vie part chaque année, les plus anciens d'abord, et est remplacé par son semblable",
    ),
    (
        "half of a kind lasts longer here than these years, and not than its reference life, at which today's course replaces it ([assumptions] lifetime_years sets that)",
        "la moitié des matériels d'un type dure ici plus longtemps que la première de ces durées, en années, alors qu'au rythme actuel ils sont remplacés au bout de l'autre, leur durée de référence (lifetime_years de [assumptions] la fixe)",
    ),
    (
        "no reference lifetime: they neither leave nor are replaced",
        "aucune durée de vie de référence\u{a0}: ils ne partent pas et ne sont pas remplacés",
    ),
    (
        "no price of the last 24 months, new or refurbished, as both courses need it: in the euros of neither",
        "aucun prix des 24 derniers mois, neuf ou reconditionné, comme les deux cours le demandent\u{a0}: absents des euros de l'un et de l'autre",
    ),
    (
        "refurbished ones without a proven life before us: nothing is credited",
        "reconditionnés sans vie attestée avant nous\u{a0}: rien n'est déduit",
    ),
    (
        "refurbished ones have no figure for making, as long as refurbished_allocation is cutoff",
        "la fabrication des reconditionnés n'est pas chiffrée tant que refurbished_allocation vaut cutoff",
    ),
    (
        "nothing of the kind is here: what joins has no figure",
        "rien de ce type ici\u{a0}: ce qui s'ajoute n'est pas chiffré",
    ),
    (
        "the footprint is at least that: not all of it has a published factor and a lifetime",
        "l'empreinte est au moins celle-là\u{a0}: tout n'a pas de facteur publié et de durée de vie",
    ),
    (
        "the rate of reuse is that of all buyers together, at today's prices and without gifts: no legal figure",
        "le taux de réemploi est celui de tous les acheteurs ensemble, aux prix d'aujourd'hui et sans les dons\u{a0}: ce n'est pas un chiffre légal",
    ),
];

#[cfg(test)]
mod tests;
