//! The declaration of a civil year before the real validator (`tests/declaration/validate`): what ecoparc writes is
//! accepted, and the same file with one harm done to it is refused, for that harm.

use std::process::Command;

use serde_json::Value;

use crate::figures::sample;
use crate::house::*;

/// What the validator reproaches a file with: sort of error and field. Nothing where it accepts it.
fn reproaches(folder: &Folder, file: &[u8]) -> Vec<(String, String)> {
    let path = folder.0.join("declaration.csv");
    std::fs::write(&path, file).unwrap();
    let mut validator = Command::new(root().join("tests/declaration/validate"));
    let output = validator.arg(target().join("declaration")).arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report: {said}"));
    assert_eq!(report["valid"], output.status.success(), "{said}");
    // A file that was not read has no errors in its task, but some of its own.
    let task = report["tasks"][0]["errors"].as_array().unwrap();
    let errors = task.iter().chain(report["errors"].as_array().unwrap());
    let told = |error: &Value, key: &str| error[key].as_str().unwrap_or_default().to_owned();
    let found: Vec<_> = errors.map(|error| (told(error, "type"), told(error, "fieldName"))).collect();
    assert_eq!(found.is_empty(), output.status.success(), "{said}");
    found
}

#[track_caller]
fn accepted(folder: &Folder, file: &str) {
    let found = reproaches(folder, file.as_bytes());
    assert!(found.is_empty(), "{found:?} in\n{file}");
}

/// A town and its CCAS, names and amounts that a careless writer would spoil.
fn town() -> (Folder, Daemon) {
    let folder = Folder::new();
    folder.write(
        "achats.csv",
        "invoice_date;entity;siret;kind;category;quantity;amount_ht;condition;mode;derogation;derogation_reason\n\
         2026-01-12;;;laptop;;40;31 999,95;neuf;achat;non;\n\
         2026-02-03;;21000000000013;laptop;;12;4 187,37;reconditionné;achat;non;\n\
         2026-02-17;;;server;;1;6 250,08;neuf;achat;oui;\"Contrainte technique, \"\"significative\"\"\"\n\
         2026-03-02;;;monitor;;3;-412,20;neuf;achat;non;\n\
         2026-03-09;;;smartphone;;8;1 099,99;;achat;non;\n\
         2026-03-20;;;laptop;;3;;don;don;non;\n\
         2026-03-21;;;monitor;;2;;don;don;non;\n\
         2026-04-01;;;monitor;;20;900,50;neuf;location;non;\n\
         2026-05-04;;;desktop;;5;2 500,01;neuf avec matière recyclée;achat;non;\n\
         2026-05-11;;;consumable;;60;1 020,33;remanufacturé;achat;non;\n\
         2026-05-12;;;switch;;2;3 000,00;neuf;achat;non;\n\
         2026-06-01;;;;Papier;500;2 345,67;neuf avec matière recyclée;achat;non;\n\
         2025-06-01;;;laptop;;1;777,77;neuf;achat;non;\n\
         2026-01-20;ccas;;laptop;;4;3 210,99;neuf;achat;non;\n\
         2026-02-20;;26000000000018;tablet;;2;150,01;occasion;achat;non;\n\
         2026-03-20;ccas;;laptop;;1;;don;don;non;\n\
         2026-04-20;ccas;;multifunction;;1;1 875,40;neuf;achat;non;\n\
         2026-06-20;ccas;;;Fournitures de bureau;10;99,90;neuf;achat;non;\n",
    );
    let config = "[organisation]\nname = \"=Ville d'Essai, « L'Été », dite \\\"la Belle\\\"\"\nsiret = \"21000000000013\"\n\
                  [[entity]]\nid = \"ccas\"\nname = \"CCAS d'Essai, 3 \\\"bis\\\", rue de l'Œuvre\"\n\
                  siret = \"26000000000018\"\nlegal_subject = false\n\
                  [server]\nlisten = \"127.0.0.1:0\"\nanonymous = \"assets\"\n";
    let config = folder.write("ecoparc.toml", &(config.to_owned() + &table("achats", "purchases", "achats.csv", "")));
    let daemon = Daemon::start(&config);
    daemon.settled();
    assert_eq!(daemon.sources()[0]["rejects"], 0);
    (folder, daemon)
}

fn declared(daemon: &Daemon, year: i16) -> String {
    let answer = daemon.get(&format!("/api/v1/procurement/{year}/declaration.csv"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

#[test]
fn a_town_and_its_ccas_are_accepted_as_they_are_written() {
    let (folder, daemon) = town();
    let file = declared(&daemon, 2026);
    accepted(&folder, &file);
    // Added up by hand; the columns after these are free text.
    let town = "2026,21000000000013,\"'=Ville d'Essai, « L'Été », dite \"\"la Belle\"\"\"";
    let ccas = "2026,26000000000018,\"CCAS d'Essai, 3 \"\"bis\"\", rue de l'Œuvre\"";
    let mut lines = [
        format!("{town},Consommables d'impression,1020.33,1020.33,0.00,0.00,"),
        format!("{town},Matériel informatique et téléphonie,46225.20,4187.37,600.00,2500.01,"),
        format!("{town},Papier,2345.67,0.00,0.00,2345.67,"),
        format!("{ccas},Fournitures de bureau,99.90,0.00,0.00,0.00,"),
        format!("{ccas},Matériel de reprographie et d'impression,1875.40,0.00,0.00,0.00,"),
        format!("{ccas},Matériel informatique et téléphonie,3561.00,150.01,200.00,0.00,"),
    ];
    lines.sort();
    let mut told: Vec<&str> = file.lines().skip(1).collect();
    told.sort_unstable();
    assert_eq!(told.len(), lines.len(), "{file}");
    for (told, line) in told.iter().zip(&lines) {
        assert!(told.starts_with(line), "{told} is not {line}");
    }
    // The command writes the same.
    drop(daemon);
    let written = folder.0.join("written.csv");
    let told = folder.run(&["declare", "--year", "2026", "--output", written.to_str().unwrap()]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    assert_eq!(std::fs::read_to_string(&written).unwrap(), file);
}

/// Every figure of a declaration opens into lines that sum to it, to the cent.
#[test]
fn the_lines_told_sum_to_what_is_declared() {
    let (_folder, daemon) = town();
    let lines = daemon.items("/api/v1/procurement/2026/lines");
    let cells = daemon.json("/api/v1/procurement/2026")["items"].as_array().unwrap().clone();
    assert_eq!((lines.len(), cells.len()), (17, 6));
    let cents = |value: &Value| (value.as_f64().unwrap() * 100.0).round() as i64;
    for cell in &cells {
        let of_cell =
            lines.iter().filter(|line| ["siret", "category"].iter().all(|label| line[label] == cell[label]));
        let sum = |side: &str| of_cell.clone().map(|line| cents(&line[side])).sum::<i64>();
        assert_eq!(sum("to_total"), cents(&cell["total"]), "{cell}");
        assert_eq!(sum("to_reuse"), cents(&cell["reuse"]) + cents(&cell["gifts"]), "{cell}");
    }
    let counted: Vec<&str> = lines.iter().filter_map(|line| line["counted"].as_str()).collect();
    let times = |side: &str| counted.iter().filter(|counted| **counted == side).count();
    // Left out: a given monitor (the grid has no value for it), a rental, a switch.
    assert_eq!((times("reuse"), times("total"), times("gift"), times("no")), (3, 9, 2, 3));
}

#[test]
fn the_sample_fleet_is_accepted() {
    let (folder, config) = sample();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    for year in [2024, 2025, 2026] {
        let file = declared(&daemon, year);
        accepted(&folder, &file);
        for buyer in ["21000000600010", "26000000500017"] {
            let held = file.contains(&format!("\n{year},{buyer},"));
            assert!(held, "{buyer} bought in {year}:\n{file}");
        }
    }
}

/// One harm done to a file that is accepted: it is refused, and for that.
#[track_caller]
fn refused(folder: &Folder, file: &str, harmed: impl Into<Vec<u8>>, error: &str, field: &str) {
    let harmed = harmed.into();
    assert_ne!(harmed, file.as_bytes(), "nothing was harmed");
    let found = reproaches(folder, &harmed);
    let expected = found.iter().any(|(sort, of)| sort == error && of == field);
    assert!(expected, "{error} of `{field}` is not among {found:?}");
}

#[test]
fn a_harmed_declaration_is_refused() {
    let (folder, daemon) = town();
    let file = declared(&daemon, 2026);
    accepted(&folder, &file);
    let check = |from: &str, to: &str, error: &str, field: &str| {
        refused(&folder, &file, file.replacen(from, to, 1), error, field);
    };
    check("montant_total,", "montant_total_ht,", "incorrect-label", "montant_total");
    check("26000000000018", "2600000000001", "constraint-error", "siret");
    check("26000000000018", "2600000000001O", "constraint-error", "siret");
    check("26000000000018", "260 000 000 00018", "constraint-error", "siret");
    check("et téléphonie", "et telephonie", "constraint-error", "type_produit_acquis");
    check("Consommables d'", "Consommables d’", "constraint-error", "type_produit_acquis");
    check(",46225.20,", ",\"46225,20\",", "type-error", "montant_total");
    check(",46225.20,", ",46 225.20 €,", "type-error", "montant_total");
    check(",46225.20,", ",,", "constraint-error", "montant_total");
    check(",4187.37,", ",néant,", "type-error", "montant_reemploi_et_reutilisation");
    check("\n2026,", "\n26,", "type-error", "annee");
    check("\n2026,", "\n2026-12-31,", "type-error", "annee");
    check("\"CCAS d'Essai, 3 \"\"bis\"\", rue de l'Œuvre\"", "", "constraint-error", "raison_sociale");
    // A decimal comma that nobody quoted is one cell more.
    check(",46225.20,", ",46225,20,", "extra-cell", "");
    refused(&folder, &file, file.replace(',', ";"), "missing-label", "siret");
    let without_first = |line: &str| line.split_once(',').unwrap().1.to_owned() + "\r\n";
    refused(&folder, &file, file.lines().map(without_first).collect::<String>(), "missing-label", "commentaires");
    let twice = file.lines().last().unwrap().to_owned() + "\r\n";
    refused(&folder, &file, file.clone() + &twice, "primary-key", "");
    // Latin-1, as a spreadsheet may write it back.
    let latin: Vec<u8> = file.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    refused(&folder, &file, latin, "encoding-error", "");
}
