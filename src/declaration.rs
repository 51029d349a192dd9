//! The declaration of AGEC article 58 as a file of the national schema: CSV, UTF-8, commas.

use anyhow::{Context, ensure};
use domain::law::declaration::Row;
use domain::quantity::Cents;
use domain::record::Text;

use crate::cells::{line, meant, safe};

/// The columns, in the order of the schema.
const COLUMNS: [&str; 9] = [
    "annee",
    "siret",
    "raison_sociale",
    "type_produit_acquis",
    "montant_total",
    "montant_reemploi_et_reutilisation",
    "montant_produits_issus_don",
    "montant_produits_recycles",
    "commentaires",
];

/// The lines of the file.
pub fn lines(rows: &[Row]) -> Vec<String> {
    let mut lines = vec![line(COLUMNS.iter().map(|column| (*column).to_owned()))];
    for row in rows {
        let cells = [
            row.year.to_string(),
            row.siret.to_string(),
            safe(&row.buyer),
            safe(&row.label),
            amount(row.total),
            amount(row.reuse),
            amount(row.gifts),
            amount(row.recycled),
            safe(&row.comments),
        ];
        lines.push(line(cells.into_iter()));
    }
    lines
}

fn amount(cents: Cents) -> String {
    format!("{:.2}", cents.euros())
}

/// The rows of a file that ecoparc has written.
///
/// # Errors
/// Where it is none, with its line.
pub fn read(text: &str) -> anyhow::Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    ensure!(reader.headers()?.iter().eq(COLUMNS), "its columns are not those of the national schema");
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let money = |at: usize| -> anyhow::Result<Cents> {
            let euros: f64 = cell(at).parse().with_context(|| format!("`{}` is no amount", COLUMNS[at]))?;
            Ok(Cents((euros * 100.0).round() as i64))
        };
        rows.push(Row {
            year: cell(0).parse().context("`annee` is no year")?,
            siret: Text::from(cell(1)),
            buyer: Text::from(meant(cell(2))),
            label: Text::from(meant(cell(3))),
            total: money(4)?,
            reuse: money(5)?,
            gifts: money(6)?,
            recycled: money(7)?,
            comments: Text::from(meant(cell(8))),
        });
    }
    Ok(rows)
}

/// What has changed since a declaration was handed in, one sentence for each row.
pub fn drift(filed: &[Row], now: &[Row]) -> Vec<String> {
    let same = |a: &Row, b: &Row| a.siret == b.siret && a.label == b.label;
    let told = |row: &Row| {
        format!("total {} €, reuse {} €, gifts {} €, recycled {} €", row.total, row.reuse, row.gifts, row.recycled)
    };
    let mut drift = Vec::new();
    for before in filed {
        match now.iter().find(|row| same(row, before)) {
            Some(row) if told(row) == told(before) => {}
            Some(row) => drift.push(format!(
                "{}, {}: declared {}; now {}",
                before.siret,
                before.label,
                told(before),
                told(row)
            )),
            None => {
                drift.push(format!("{}, {}: declared {}; now nothing", before.siret, before.label, told(before)));
            }
        }
    }
    for row in now.iter().filter(|row| !filed.iter().any(|before| same(row, before))) {
        drift.push(format!("{}, {}: not declared; now {}", row.siret, row.label, told(row)));
    }
    drift
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn row(label: &str, total: i64) -> Row {
        Row {
            year: 2025,
            siret: Text::from("21000000000013"),
            buyer: Text::from("Ville d'Exemple, \"siège\""),
            label: Text::from(label),
            total: Cents(total),
            reuse: Cents(105),
            gifts: Cents(0),
            recycled: Cents(0),
            comments: Text::default(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let formula = Row { buyer: Text::from("=Ville"), comments: Text::from("'+ 1"), ..row("- divers", 300) };
        let rows = [row("Consommables d'impression", 1_234_567), row("Papier", -1), formula];
        let before = read(&lines(&rows).concat()).unwrap();
        assert_eq!(before, rows);
        assert_eq!(drift(&before, &rows), Vec::<String>::new());
        assert!(read("a,b\n1,2\n").is_err());
    }

    #[test]
    fn what_has_changed_since() {
        let (paper, ink) = (row("Papier", 100), row("Consommables d'impression", 200));
        assert_eq!(drift(std::slice::from_ref(&paper), std::slice::from_ref(&paper)), Vec::<String>::new());
        let drifted = drift(std::slice::from_ref(&paper), &[Row { total: Cents(150), ..paper.clone() }, ink]);
        assert_eq!(drifted.len(), 2);
        assert!(
            drifted[0].contains("declared total 1.00 €") && drifted[0].contains("now total 1.50 €"),
            "{drifted:?}"
        );
        assert!(drifted[1].contains("not declared"), "{drifted:?}");
        assert!(drift(&[paper], &[])[0].contains("now nothing"));
    }
}
