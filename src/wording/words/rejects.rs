//! Why rows were refused. Many readers write these sentences, in English, and the store keeps them so; they are told to
//! French readers by their patterns. What was read stays as it was written.

use crate::wording::Lang;

/// Why a row was refused, in another language than it was written in: `None` where it stays English, on request or
/// because no words are written down for it.
pub fn reject(lang: Lang, told: &str) -> Option<String> {
    match lang {
        Lang::En => None,
        Lang::Fr => french(told),
    }
}

fn french(told: &str) -> Option<String> {
    if let Some(why) = told.strip_suffix(": taken for untold") {
        return Some(format!("{}\u{a0}: considéré comme non renseigné", french(why)?));
    }
    // What a foreign library says of it has its own words.
    if let Some(what) = told.strip_prefix("its answer is not understood: ") {
        return Some(format!("réponse incomprise\u{a0}: {}", french(what).unwrap_or_else(|| what.to_owned())));
    }
    // The error's name is one word: a sentence says something else.
    if let Some(error) = told.strip_prefix("it answers ").filter(|error| !error.contains(' ')) {
        return Some(format!("répond par l'erreur {error}"));
    }
    PATTERNS.iter().find_map(|(english, french)| Some(filled(french, &holes(english, told)?)))
}

/// What stands in the holes `{}` of a pattern, where a sentence is of it.
fn holes<'a>(pattern: &str, told: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = told.strip_prefix(parts.next()?)?;
    let mut held = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        // The last part is the sentence's end.
        let at = if parts.peek().is_some() { rest.find(part)? } else { rest.strip_suffix(part)?.len() };
        held.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(held)
}

/// The same holes filled in the same order; the last ones may be left out.
fn filled(pattern: &str, held: &[&str]) -> String {
    let mut parts = pattern.split("{}");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, value) in parts.zip(held) {
        text.extend([value, part]);
    }
    text
}

/// English and French. The column of a row stands beside its reason.
const PATTERNS: &[(&str, &str)] = &[
    ("it is missing", "valeur manquante"),
    ("it cannot be read", "valeur illisible"),
    (
        "`{}` is not a {} it knows ({}): write a rule for it",
        "«\u{a0}{}\u{a0}» n'est pas une valeur reconnue pour {} ({})\u{a0}: une règle ([[source.rule]]) doit l'interpréter",
    ),
    (
        "`{}` is not a {} it knows: write a rule for it",
        "«\u{a0}{}\u{a0}» n'est pas une valeur reconnue\u{a0}: une règle ([[source.rule]]) doit l'interpréter",
    ),
    (
        "`{}` is not a word it knows: it takes {}",
        "«\u{a0}{}\u{a0}» n'est pas une valeur reconnue\u{a0}: les valeurs possibles sont {}",
    ),
    (
        "`{}` is not a date (2026-11-24 or 24/11/2026)",
        "«\u{a0}{}\u{a0}» n'est pas une date (24/11/2026 ou 2026-11-24)",
    ),
    (
        "`{}` is not a date (2026-11-24, 24/11/2026, 11/2026)",
        "«\u{a0}{}\u{a0}» n'est pas une date (24/11/2026, 2026-11-24, 11/2026)",
    ),
    ("`{}` tells no month", "«\u{a0}{}\u{a0}» n'indique pas de mois"),
    (
        "`{}` is not a moment (2026-11-24 14:05 or 24/11/2026 14:05)",
        "«\u{a0}{}\u{a0}» n'est pas une date avec heure (24/11/2026 14:05 ou 2026-11-24 14:05)",
    ),
    ("{} is not a moment of this century", "{} n'est pas une date de ce siècle"),
    ("{} samples are of days to come", "relevés datés dans le futur\u{a0}: {}"),
    ("`{}` is not a civil year", "«\u{a0}{}\u{a0}» n'est pas une année civile"),
    ("{} is before it starts, on {}", "l'échéance ({}) précède le début ({})"),
    ("`{}` is not a number", "«\u{a0}{}\u{a0}» n'est pas un nombre"),
    ("`{}` is less than 0", "«\u{a0}{}\u{a0}» est négatif"),
    ("`{}` is not more than 0", "«\u{a0}{}\u{a0}» n'est pas supérieur à 0"),
    ("`{}` is more than 10", "«\u{a0}{}\u{a0}» est supérieur à 10"),
    (
        "{} W cannot be: it lies between 0 and 10 MW",
        "{}\u{a0}W est impossible\u{a0}: une puissance est comprise entre 0 et 10\u{a0}MW",
    ),
    ("{} kWh cannot be the index of a meter", "{}\u{a0}kWh ne peut pas être l'index d'un compteur"),
    ("`{}` is not an amount of money", "«\u{a0}{}\u{a0}» n'est pas un montant"),
    (
        "only an amount with tax is told: it takes `amount_ht`, or `vat_rate` beside it",
        "seul un montant TTC est renseigné\u{a0}: il faut le montant hors taxes (amount_ht) ou le taux de TVA (vat_rate)",
    ),
    ("`{}` is not a rate of tax (20, 20 %, 0.2)", "«\u{a0}{}\u{a0}» n'est pas un taux de TVA (20, 20\u{a0}%, 0,2)"),
    ("`{}` is neither oui nor non", "«\u{a0}{}\u{a0}» n'est ni oui ni non"),
    (
        "`{}` is not a SIRET: it takes 14 digits",
        "«\u{a0}{}\u{a0}» n'est pas un SIRET\u{a0}: un SIRET compte 14 chiffres",
    ),
    (
        "`{}` is not a SIRET: its check key is wrong",
        "«\u{a0}{}\u{a0}» n'est pas un SIRET\u{a0}: sa clé de contrôle est fausse",
    ),
    ("`{}` is not a MAC address", "«\u{a0}{}\u{a0}» n'est pas une adresse MAC"),
    (
        "neither it nor `date` is told: no year to count the line in",
        "ni cette colonne ni «\u{a0}date\u{a0}» n'est renseignée\u{a0}: la ligne ne peut être rattachée à une année",
    ),
    ("neither it nor `{}` is told", "ni cette colonne ni «\u{a0}{}\u{a0}» n'est renseignée"),
    ("`{}` is the id of an action above", "«\u{a0}{}\u{a0}» est déjà l'identifiant d'une action plus haut"),
    ("there are {} cells for {} headings", "{} cellules pour {} en-têtes de colonnes"),
    ("a quote opens and does not close", "un guillemet s'ouvre et ne se referme pas"),
    ("the line is longer than 1 MiB", "la ligne dépasse 1\u{a0}Mio"),
    ("the row is longer than 1 MiB", "la ligne dépasse 1\u{a0}Mio"),
    ("the line holds a NUL byte", "la ligne contient un caractère nul"),
    ("it is no whole number", "ce n'est pas un nombre entier"),
    ("it is no FILETIME", "ce n'est pas une date au format FILETIME"),
    ("it is no generalised time", "ce n'est pas une date au format GeneralizedTime"),
    ("its name is not known to the resolver", "nom inconnu du DNS"),
    (
        "{} is an address of this machine's own link, where clouds tell credentials: no source is asked there",
        "{} est une adresse de lien local, où les hébergeurs en nuage (cloud) exposent des identifiants\u{a0}: aucune source n'y est interrogée",
    ),
    ("no answer by any credential", "aucune réponse, quels que soient les identifiants configurés"),
    ("it refuses the credentials", "refuse les identifiants configurés"),
    ("it stopped answering in the middle", "a cessé de répondre en cours de lecture"),
    ("reading it failed", "sa lecture a échoué"),
    (
        "it answers, and tells nothing of the system group",
        "répond, mais n'indique rien du groupe «\u{a0}system\u{a0}»",
    ),
    (
        "it tells neither serial number, address nor name: it could not be known again",
        "n'indique ni numéro de série, ni adresse, ni nom\u{a0}: rien ne permettrait de le reconnaître",
    ),
];

#[cfg(test)]
mod tests;
