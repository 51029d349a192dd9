//! `ecoparc declare`: the file, what is refused, what is kept of it, and what has changed since.

use std::process::Output;

use crate::house::*;

const LEDGER: &str = "invoice_date;siret;kind;quantity;amount_ht;condition;mode;recycled_content\n\
     2025-02-03;21000000000013;laptop;10;8000,00;new;;oui\n\
     2025-03-04;21000000000013;laptop;5;2000,50;refurbished;;\n\
     2025-04-05;26000000000018;desktop;1;500;new;;\n\
     2025-05-06;26000000000018;laptop;1;;donated;;\n";

/// Runs a command to its end, in a year in which the page tells of declarations of 2025.
fn run(folder: &Folder, arguments: &[&str]) -> Output {
    on_sample_day(ecoparc()).args(arguments).arg("--config").arg(folder.0.join("ecoparc.toml")).output().unwrap()
}

fn house(ledger: &str) -> Folder {
    let folder = Folder::new();
    folder.write("achats.csv", ledger);
    folder.configure(
        &("[[entity]]\nid = \"ccas\"\nname = \"CCAS d'Essai\"\nsiret = \"26000000000018\"\n".to_owned()
            + &table("achats", "purchases", "achats.csv", "allow_shrink = true")),
    );
    assert!(run(&folder, &["sync"]).status.success());
    folder
}

const HEAD: &str = "annee,siret,raison_sociale,type_produit_acquis,montant_total,montant_reemploi_et_reutilisation,\
     montant_produits_issus_don,montant_produits_recycles,commentaires\r\n";
const TOWN: &str =
    "2025,21000000000013,Ville d'Essai,Matériel informatique et téléphonie,10000.50,2000.50,0.00,8000.00,\r\n";
const CCAS: &str = "2025,26000000000018,CCAS d'Essai,Matériel informatique et téléphonie,700.00,0.00,200.00,0.00,\
     \"dons compris dans le montant total : 200,00 € HT\"\r\n";

#[test]
fn a_file_for_all_or_for_each() {
    let folder = house(LEDGER);
    let out = folder.0.join("declaration.csv");
    let told = run(&folder, &["declare", "--year", "2025", "--output", out.to_str().unwrap()]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), format!("{HEAD}{TOWN}{CCAS}"));

    let each = folder.0.join("each");
    let told = run(&folder, &["declare", "--year", "2025", "--split", "siret", "--output", each.to_str().unwrap()]);
    assert!(told.status.success());
    let of = |siret: &str| std::fs::read_to_string(each.join(format!("declaration-2025-{siret}.csv"))).unwrap();
    assert_eq!(of("21000000000013"), format!("{HEAD}{TOWN}"));
    assert_eq!(of("26000000000018"), format!("{HEAD}{CCAS}"));

    let told = run(&folder, &["declare", "--year", "2025", "--entity", "ccas"]);
    assert_eq!(String::from_utf8_lossy(&told.stdout).trim_end(), format!("{HEAD}{CCAS}").trim_end());
    let refused = [
        (["--entity", "nobody"], "no entity is called `nobody`"),
        (["--split", "siret"], "--output"),
        (["--filed", "2999-01-01"], "a day to come"),
        (["--filed", "2025-12-31"], "was not over then"),
    ];
    for (arguments, said) in refused {
        let told = run(&folder, &[&["declare", "--year", "2025"][..], &arguments].concat());
        assert_eq!(told.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&told.stderr).contains(said), "{}", String::from_utf8_lossy(&told.stderr));
    }
}

#[test]
fn a_file_that_would_be_wrong_is_not_written() {
    let folder = house(&format!("{LEDGER}2025-06-07;26000000000018;printer;1;-50;new;;\n"));
    let out = folder.0.join("declaration.csv");
    let told = run(&folder, &["declare", "--year", "2025", "--output", out.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&told.stderr).into_owned();
    assert_eq!(told.status.code(), Some(1));
    assert!(
        said.contains("wrong: 26000000000018, Matériel de reprographie et d'impression: an amount is below"),
        "{said}"
    );
    assert!(!out.exists());
    let told = run(&folder, &["declare", "--year", "2025", "--output", out.to_str().unwrap(), "--force"]);
    assert!(told.status.success() && out.exists());
}

/// A year mistyped: the line is in no year, and is asked for beside any of them.
#[test]
fn a_purchase_of_no_year_is_told() {
    let folder = house(&format!("{LEDGER}2062-06-07;21000000000013;laptop;1;300;new;;\n"));
    let told = folder.run(&["declare", "--year", "2025"]);
    let (file, said) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success() && file.contains(CCAS.trim_end()), "{file}{said}");
    assert!(
        said.contains("warning: 21000000000013: 1 lines of 300.00 € have no date that can be, and are in no year"),
        "{said}"
    );
    let told = folder.run(&["declare", "--year", "2025", "--entity", "ccas"]);
    assert!(!String::from_utf8_lossy(&told.stderr).contains("date that can be"), "another buyer's");
}

#[test]
fn what_was_handed_in_stays_and_later_changes_are_told() {
    let folder = house(LEDGER);
    let filed = run(&folder, &["declare", "--year", "2025", "--entity", "ccas", "--filed", "2026-06-15"]);
    assert!(filed.status.success(), "{}", String::from_utf8_lossy(&filed.stderr));
    // A late invoice.
    folder.write("achats.csv", &format!("{LEDGER}2025-12-30;26000000000018;laptop;1;300;refurbished;;\n"));
    assert!(run(&folder, &["sync"]).status.success());
    let told = run(&folder, &["declare", "--year", "2025"]);
    let said = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(
        said.contains("since it was handed in on 2026-06-15: 26000000000018") && said.contains("now total 1000.00 €"),
        "{said}"
    );
    assert!(!said.contains("21000000000013"), "{said}");
    // What was handed in stays, unless its author insists.
    let again = run(&folder, &["declare", "--year", "2025", "--filed", "2026-06-20"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("26000000000018 has handed in 2025 on 2026-06-15"));
    let daemon = Daemon::start_on_sample_day(&folder.0.join("ecoparc.toml"));
    daemon.settled();
    let filed = |siret: &str| daemon.reading("declaration_filed", &[("siret", siret), ("year", "2025")]);
    assert_eq!((filed("26000000000018"), filed("21000000000013")), (Some(1.0), Some(0.0)));
    let page = daemon.get("/procurement").body;
    assert!(page.contains("déclaré le 15 juin 2026") && page.contains("les chiffres ont changé depuis"), "{page}");
    let rows: serde_json::Value = serde_json::from_str(&daemon.get("/api/v1/procurement/2025").body).unwrap();
    let ccas = rows["items"].as_array().unwrap().iter().find(|row| row["siret"] == "26000000000018").unwrap();
    assert_eq!(ccas["filed"], "2026-06-15");
    assert_eq!((&ccas["filed_total"], &ccas["total"]), (&700.0.into(), &1000.0.into()));
}
