//! The declaration of AGEC article 58: rows of the national schema `declaration-biens-reemploi-reutilisation-recycle`
//! v0.1.0 (arrêté du 13 janvier 2025, NOR TECD2428074A), due on 30 June of the year that follows.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Law;
use super::agec::{Ledger, date_of};
use crate::entity::EntityTree;
use crate::identity::is_siret;
use crate::quantity::Cents;
use crate::record::Text;
use crate::snapshot::Snapshot;

/// One row: a buyer's spending on a category in a civil year, without tax; here in cents, in euros in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// `annee`.
    pub year: i16,
    /// `siret`.
    pub siret: Text,
    /// `raison_sociale`; empty where nobody told it.
    pub buyer: Text,
    /// `type_produit_acquis`.
    pub label: Text,
    /// `montant_total`, gifts included, as in the rate: the schema does not say whether they shall be.
    pub total: Cents,
    /// `montant_reemploi_et_reutilisation`, gifts apart.
    pub reuse: Cents,
    /// `montant_produits_issus_don`.
    pub gifts: Cents,
    /// `montant_produits_recycles`: what is bought new and contains recycled material.
    pub recycled: Cents,
    /// `commentaires`.
    pub comments: Text,
}

/// A declaration as it was handed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Filing {
    /// Whose.
    pub siret: Text,
    /// Of which civil year.
    pub year: i16,
    /// Handed in on.
    pub date: Date,
    /// What it said.
    pub rows: Vec<Row>,
}

/// Something about a declaration that its author should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The row, or the file.
    pub about: String,
    /// What.
    pub what: String,
    /// A file with it is wrong, and not to be handed in.
    pub wrong: bool,
}

/// The rows of a civil year, by buyer and category.
pub fn rows(ledger: &Ledger, law: &Law, tree: &EntityTree, year: i16) -> Vec<Row> {
    let cells = ledger.cells.iter().filter(|((.., of), _)| *of == year);
    let row = |((siret, category, _), spend): (&super::agec::Cell, &super::agec::Spend)| {
        let mut comments = Vec::new();
        let mut comment = |what: &str, cents: Cents| {
            if cents.0 > 0 {
                comments.push(format!("{what} : {} € HT", format!("{:.2}", cents.euros()).replace('.', ",")));
            }
        };
        comment("dons compris dans le montant total", spend.gifts);
        comment("dont état à l'achat inconnu, compté dans le total et non dans le réemploi", spend.unknown());
        comment("dont achats sous dérogation", spend.derogated);
        comment("locations, non comptées", spend.rentals);
        if spend.unvalued_gifts > 0.0 {
            let units = spend.unvalued_gifts.to_string().replace('.', ",");
            comments.push(format!("dons sans valeur au barème, non comptés : {units}"));
        }
        let buyer = tree.of_siret(siret).map(|buyer| tree.entity(buyer));
        Row {
            year,
            siret: siret.clone(),
            buyer: buyer.map(|entity| entity.name.clone()).unwrap_or_default(),
            label: law
                .category_named(category, year)
                .map_or_else(|| category.clone(), |category| Text::from(category.label)),
            total: spend.purchases() + spend.gifts,
            reuse: spend.reuse(),
            gifts: spend.gifts,
            recycled: spend.recycled,
            comments: Text::from(comments.join(" ; ")),
        }
    };
    cells.map(row).collect()
}

/// What is wrong with a declaration, or doubtful, on a day.
pub fn faults(rows: &[Row], law: &Law, at: Date) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(year) = rows.first().map(|row| row.year)
        && year >= at.year()
    {
        let what = format!("the year {year} is not over: the figures will still change");
        faults.push(Fault { about: "the file".to_owned(), what, wrong: false });
    }
    if rows.is_empty() {
        let what = "there is nothing to declare: no purchase of that year is known".to_owned();
        faults.push(Fault { about: "the file".to_owned(), what, wrong: true });
    }
    for row in rows {
        let mut fault = |wrong: bool, what: &str| {
            let about = format!("{}, {}", row.siret, row.label);
            faults.push(Fault { about, what: what.to_owned(), wrong });
        };
        let digits = row.siret.len() == 14 && row.siret.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            fault(true, "the buyer has no SIRET of 14 digits: give one to [organisation]");
        } else if !is_siret(&row.siret) {
            fault(false, "the check key of the SIRET is wrong");
        }
        if row.buyer.is_empty() {
            fault(true, "the buyer's name is not known: give the SIRET to an [[entity]]");
        }
        match law.category_named(&row.label, row.year) {
            Some(category) if category.years.1 < 2024 => fault(
                true,
                "spending until 2023 is under the former decree, whose lines the national schema does not have",
            ),
            Some(_) => {}
            None if law.knows(&row.label) => fault(true, "this category is one of other years"),
            None => {
                fault(false, "this product type is passed through as it is written: compare it with the schema's")
            }
        }
        let parts = [("reuse", row.reuse), ("gifts", row.gifts), ("recycled content", row.recycled)];
        if row.total.0 < 0 || parts.iter().any(|(_, part)| part.0 < 0) {
            fault(true, "an amount is below zero: credit notes outweigh purchases");
        }
        if parts.iter().map(|(_, part)| part.0).sum::<i64>() > row.total.0 {
            fault(true, "the parts are more than the total");
        }
    }
    faults
}

/// What the ledger of a civil year leaves out because nobody told what it is, by buyer.
pub fn left_out(ledger: &Ledger, year: i16) -> Vec<Fault> {
    let untold = ledger.lines.iter().filter(|line| line.year == year && line.category == "unknown");
    by_buyer(untold.map(|line| (line.siret.text(), line.amount)), "tell neither kind nor category, and are in no row")
}

/// What is in no ledger because no date that can be is told of it, by buyer; what people let go apart.
pub fn undated(snapshot: &Snapshot, law: &Law) -> Vec<Fault> {
    let undated = snapshot.purchases.iter().filter(|line| date_of(law, &line.told).is_none());
    let undated = undated.filter(|line| !snapshot.let_go.contains(&snapshot.line_id(line)));
    by_buyer(
        undated.map(|line| (&line.siret, line.told.amount_ht.unwrap_or_default())),
        "have no date that can be, and are in no year",
    )
}

fn by_buyer<'a>(lines: impl Iterator<Item = (&'a Text, Cents)>, why: &str) -> Vec<Fault> {
    let mut left: BTreeMap<&Text, (usize, Cents)> = BTreeMap::new();
    for (siret, told) in lines {
        let (count, amount) = left.entry(siret).or_default();
        *count += 1;
        *amount += told;
    }
    let fault = |(siret, (count, amount)): (&Text, (usize, Cents))| Fault {
        about: siret.to_string(),
        what: format!("{count} lines of {amount} € {why}"),
        wrong: false,
    };
    left.into_iter().map(fault).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn row() -> Row {
        Row {
            year: 2025,
            siret: Text::from("21000000000013"),
            buyer: Text::from("Ville d'Exemple"),
            label: Text::from("Matériel informatique et téléphonie"),
            total: Cents(9_520_000),
            reuse: Cents(1_500_000),
            gifts: Cents(20_000),
            recycled: Cents(0),
            comments: Text::default(),
        }
    }

    #[test]
    fn faults_are_told() {
        let check = |what: &str, row: Row, wrong: Option<bool>, said: &str| {
            let faults = faults(&[row], &Law::default(), date(2026, 6, 1));
            assert_eq!(faults.first().map(|fault| fault.wrong), wrong, "{what}: {faults:?}");
            assert!(faults.iter().all(|fault| fault.what.contains(said)), "{what}: {faults:?}");
        };
        check("a good one", row(), None, "");
        check("no SIRET", Row { siret: Text::from("unknown"), ..row() }, Some(true), "14 digits");
        check("no digits", Row { siret: Text::from("2100000000001X"), ..row() }, Some(true), "14 digits");
        check("its key", Row { siret: Text::from("21000000000014"), ..row() }, Some(false), "check key");
        check("no name", Row { buyer: Text::default(), ..row() }, Some(true), "name");
        check("parts", Row { reuse: Cents(9_510_001), ..row() }, Some(true), "more than the total");
        check("nothing but reuse and gifts", Row { reuse: Cents(9_500_000), ..row() }, None, "");
        let nothing = Row { total: Cents(0), reuse: Cents(0), gifts: Cents(0), ..row() };
        check("as much given back as bought", nothing, None, "");
        check("reuse given back", Row { reuse: Cents(-1), ..row() }, Some(true), "below zero");
        check("credit notes", Row { total: Cents(-1), reuse: Cents(0), gifts: Cents(0), ..row() }, Some(true), "");
        check("another category", Row { label: Text::from("Papier"), ..row() }, Some(false), "passed through");
        let former = Row { year: 2023, label: Text::from("Téléphones mobiles, téléphones fixes"), ..row() };
        check("its line today", Row { year: 2025, ..former.clone() }, Some(true), "other years");
        check("the former decree", former, Some(true), "former decree");
        check("a year that goes on", Row { year: 2026, ..row() }, Some(false), "not over");
        assert!(faults(&[], &Law::default(), date(2026, 6, 1))[0].wrong);
    }
}
