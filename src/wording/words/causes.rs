//! The sentences of doubts.

use domain::doubt::Cause;
use domain::quantity::Cents;
use domain::record::Value;
use domain::word::Word;

use super::kind;
use crate::wording::{Lang, SPACE, date, fields, number};

/// What a person can act on, in the reader's language; in English it is the sentence of the API.
pub fn cause(lang: Lang, cause: &Cause) -> String {
    match lang {
        Lang::En => cause.to_string(),
        Lang::Fr => french(cause),
    }
}

fn french(cause: &Cause) -> String {
    let fixed = match cause {
        Cause::NoKey => "ligne sans rien qui permette de la reconnaître d'une lecture à l'autre",
        Cause::SharedSerial(things) => {
            return format!(
                "un même numéro de série pour {} matériels différents",
                number(Lang::Fr, *things as f64, 0)
            );
        }
        Cause::SharedUuid => "un même identifiant matériel (UUID) pour des matériels différents",
        Cause::RepeatedTag => "une même étiquette pour plusieurs matériels d'une même source",
        Cause::SharedTag => "une même étiquette pour des matériels dont les numéros de série diffèrent",
        Cause::SharedMac => "une même adresse MAC pour des matériels dont les numéros de série diffèrent",
        Cause::SharedHost => "un même nom réseau pour plusieurs matériels, sans que rien permette d'en préférer un",
        Cause::Kinds(told) => {
            let [first, second] = told.each_ref().map(|(source, told)| (&**source, kind(Lang::Fr, told.name())));
            return differ("type", first, second);
        }
        Cause::Makers(told) => {
            let [first, second] = told.each_ref().map(|(source, maker)| (&**source, &**maker));
            return differ("fabricant", first, second);
        }
        Cause::Gap { ledger, inventory } => {
            let [ledger, inventory] = [*ledger, *inventory].map(amount);
            return format!("{ledger} d'après le fichier d'achats, {inventory} d'après les prix de l'inventaire");
        }
        Cause::Unlisted => "ne figure plus dans aucune source",
        Cause::Impossible(told) => {
            let field = fields::field(Lang::Fr, told.0);
            return format!("valeur impossible pour «{SPACE}{field}{SPACE}»{SPACE}: {}", written(&told.1));
        }
        Cause::LeftBeforeService => "sorti avant sa mise en service",
        Cause::Models(told) => {
            let (model, rows) = &**told;
            return format!(
                "{model} correspond à plusieurs facteurs d'émission, et aucun n'est retenu{SPACE}: {}",
                rows.join(", ")
            );
        }
        Cause::Unplaced => "aucune [[entity]] de la configuration ne porte ce nom, ni parmi ses alias",
        Cause::NoGridValue => "la grille légale des dons, dans ce qui en est établi, ne lui donne pas de valeur",
    };
    fixed.to_owned()
}

/// What two sources tell differently.
fn differ(what: &str, (first, one): (&str, &str), (second, other): (&str, &str)) -> String {
    format!("{what} selon {first}{SPACE}: {one}{SPACE}; selon {second}{SPACE}: {other}")
}

/// A value as French readers write it, to its last decimal: rounded, it might look possible.
fn written(value: &Value) -> String {
    match value {
        Value::Date(day) => date(Lang::Fr, *day),
        Value::Money(cents) => amount(*cents),
        Value::Number(told) if told.is_finite() => {
            let decimals = told.to_string().split_once('.').map_or(0, |(_, part)| part.len());
            number(Lang::Fr, *told, decimals)
        }
        value => value.to_string(),
    }
}

/// Euros to the cent: two amounts that differ look different.
fn amount(cents: Cents) -> String {
    format!("{}{SPACE}€", number(Lang::Fr, cents.0 as f64 / 100.0, 2))
}

#[cfg(test)]
mod tests {
    use domain::record::Text;
    use domain::word::Kind;
    use jiff::civil::date as day;

    use super::*;

    /// One of each: what is missing here has French words all the same, or `french` would not compile.
    fn all() -> Vec<(Cause, &'static str)> {
        let absurd = |field, value| Cause::Impossible(Box::new((field, value)));
        let text = |text: &str| Text::from(text);
        vec![
            (Cause::NoKey, "ligne sans rien qui permette de la reconnaître d'une lecture à l'autre"),
            (Cause::SharedSerial(2), "un même numéro de série pour 2 matériels différents"),
            (Cause::SharedUuid, "un même identifiant matériel (UUID) pour des matériels différents"),
            (Cause::RepeatedTag, "une même étiquette pour plusieurs matériels d'une même source"),
            (Cause::SharedTag, "une même étiquette pour des matériels dont les numéros de série diffèrent"),
            (Cause::SharedMac, "une même adresse MAC pour des matériels dont les numéros de série diffèrent"),
            (
                Cause::SharedHost,
                "un même nom réseau pour plusieurs matériels, sans que rien permette d'en préférer un",
            ),
            (
                Cause::Kinds(Box::new([(text("glpi"), Kind::Laptop), (text("ocs"), Kind::Monitor)])),
                "type selon glpi\u{a0}: Ordinateurs portables\u{a0}; selon ocs\u{a0}: Écrans",
            ),
            (
                Cause::Makers(Box::new([(text("glpi"), text("Dell")), (text("ocs"), text("HP"))])),
                "fabricant selon glpi\u{a0}: Dell\u{a0}; selon ocs\u{a0}: HP",
            ),
            (
                Cause::Gap { ledger: Cents(100_000), inventory: Cents(105_150) },
                "1\u{202f}000,00\u{a0}€ d'après le fichier d'achats, 1\u{202f}051,50\u{a0}€ d'après les prix de l'inventaire",
            ),
            (Cause::Unlisted, "ne figure plus dans aucune source"),
            (
                absurd("purchase_date", Value::Date(day(1970, 1, 1))),
                "valeur impossible pour «\u{a0}Date d'achat\u{a0}»\u{a0}: 1er janvier 1970",
            ),
            (
                absurd("invoice_date", Value::Date(day(2062, 3, 2))),
                "valeur impossible pour «\u{a0}Date de facture\u{a0}»\u{a0}: 2 mars 2062",
            ),
            (
                absurd("purchase_price_ht", Value::Money(Cents(-1))),
                "valeur impossible pour «\u{a0}Prix hors taxes (€)\u{a0}»\u{a0}: \u{2212}0,01\u{a0}€",
            ),
            (
                absurd("weight_kg", Value::Number(-1.5)),
                "valeur impossible pour «\u{a0}Poids (kg)\u{a0}»\u{a0}: \u{2212}1,5",
            ),
            (
                absurd("weight_kg", Value::Number(-0.000_25)),
                "valeur impossible pour «\u{a0}Poids (kg)\u{a0}»\u{a0}: \u{2212}0,00025",
            ),
            (
                absurd("weight_kg", Value::Number(1e12)),
                "valeur impossible pour «\u{a0}Poids (kg)\u{a0}»\u{a0}: 1\u{202f}000\u{202f}000\u{202f}000\u{202f}000",
            ),
            (Cause::LeftBeforeService, "sorti avant sa mise en service"),
            (
                Cause::Models(Box::new((text("ZBook 15"), vec![text("makers/a"), text("makers/b")]))),
                "ZBook 15 correspond à plusieurs facteurs d'émission, et aucun n'est retenu\u{a0}: makers/a, makers/b",
            ),
            (Cause::Unplaced, "aucune [[entity]] de la configuration ne porte ce nom, ni parmi ses alias"),
            (Cause::NoGridValue, "la grille légale des dons, dans ce qui en est établi, ne lui donne pas de valeur"),
        ]
    }

    #[test]
    fn every_cause_of_a_doubt_has_french_words() {
        for (told, expected) in all() {
            assert_eq!(cause(Lang::Fr, &told), expected);
            assert_eq!(cause(Lang::En, &told), told.to_string());
        }
    }
}
