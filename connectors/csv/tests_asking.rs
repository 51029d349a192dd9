//! Asking: settings, files and spreadsheets.
#![expect(clippy::unwrap_used, reason = "tests")]

use domain::observation::Facts;

use super::tests::{context, read_as, told};
use super::{CONNECTOR, files};
use crate::rule::Rules;
use crate::{Class, Failure, Harvest, Progress};

async fn collect(settings: &str) -> Result<Harvest, Failure> {
    let source = (CONNECTOR.open)(settings.parse().unwrap(), context("")).unwrap();
    source.collect(&Progress::default()).await
}

#[tokio::test]
async fn spreadsheets() {
    let expected = |file: &str| {
        format!(
            "5CD0001 kind=laptop manufacturer=Dell model=Latitude 5440 serial=5CD0001 purchase_date=2023-05-17 \
             purchase_price_ht=812.50 last_seen=2026-11-23 virtual_machine=false\n\
             1234567890123 kind=monitor manufacturer=Iiyama model=XUB2492 serial=1234567890123 \
             purchase_date=2023-03-15 purchase_price_ht=119.00 last_seen=2026-11-24\n\
             ! {file}:5 [Type] `Chaise` is not a kind it knows: write a rule for it"
        )
    };
    for file in ["assets.xlsx", "assets.ods"] {
        let settings = format!("contents = 'assets'\npath = '{file}'");
        assert_eq!(told(collect(&settings).await), expected(file));
    }
    assert_eq!(
        told(collect("contents = 'assets'\npath = 'assets.xlsx'\nsheet = 'Bilan'").await),
        "protocol: `assets.xlsx`: assets.xlsx: it has no sheet `Bilan`: there are 2 sheets, which `ecoparc check --connect` \
         names"
    );
    assert_eq!(told(collect("contents = 'assets'\npath = 'assets.xlsx'\nsheet = 'Notes'").await), "");
}

#[tokio::test]
async fn files_that_cannot_be_read() {
    let check = async |path: &str, expected: &str| {
        let failed = told(collect(&format!("contents = 'assets'\npath = '{path}'")).await);
        assert_eq!(failed, expected);
    };
    check("none/*.csv", "other: `none/*.csv`: no file is found").await;
    check("none.csv", "other: `none.csv`: none.csv: cannot be opened: No such file or directory (os error 2)").await;
    check("../fixtures", "other: `../fixtures`: fixtures: it is no regular file").await;
    check(
        "pict*.csv",
        "protocol: `pict*.csv`: picture.csv: it is no text table: it holds NUL bytes (for UTF-16 without a byte order \
         mark, set `encoding`)",
    )
    .await;
    let denied = super::unreadable(std::io::ErrorKind::PermissionDenied.into());
    assert_eq!(denied.class, Class::Permission);
}

#[test]
fn globs_are_sorted_and_plain_names_are_no_patterns() {
    let folder = std::env::temp_dir().join(format!("ecoparc-csv-[{}]", std::process::id()));
    std::fs::create_dir_all(folder.join("sub.csv")).unwrap();
    for name in ["b.csv", "a.csv", "x[1].csv"] {
        std::fs::write(folder.join(name), "serial\n").unwrap();
    }
    let found = |path: &str| -> Vec<String> {
        let names = files(&folder, path).unwrap().into_iter();
        names.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(found("[ab].csv"), ["a.csv", "b.csv"]);
    assert_eq!(found("*.csv"), ["a.csv", "b.csv", "x[1].csv"]);
    assert_eq!(found("x[1].csv"), ["x[1].csv"]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn settings_are_understood_or_refused() {
    let check = |settings: &str, expected: &str| {
        let refused = match (CONNECTOR.open)(settings.parse().unwrap(), context("")) {
            Ok(_) => String::new(),
            Err(error) => format!("{error:#}"),
        };
        assert_eq!(refused, expected);
    };
    check("path = 'a'\ncontents = 'assets'\nseparator = 'tab'\nencoding = 'latin1'\nsheet = 'A'", "");
    check("pth = 'a'\ncontents = 'assets'", "unknown key `pth`: did you mean `path`?");
    check(
        "password = 'a'\ncontents = 'assets'",
        "unknown key `password`: the known ones are path contents columns sheet encoding separator",
    );
    check("path = 'a'\ncontents = 'purchase'", "unknown contents `purchase`: did you mean `purchases`?");
    check(
        "path = 'a'\ncontents = 'x'",
        "unknown contents `x`: the known ones are assets purchases disposals reformed_stock headcount power declared actions services decisions",
    );
    check("contents = 'assets'", "missing field `path`");
    check("path = 3\ncontents = 'assets'", "invalid type: integer `3`, expected a string");
    check(
        "path = 'a'\ncontents = 'assets'\ncolumns = { serail = 'b' }",
        "unknown column `columns.serail`: did you mean `serial`?",
    );
    check("path = 'a'\ncontents = 'assets'\ncolumns = { serial = '' }", "`columns.serial` names no heading");
    check(
        "path = 'a'\ncontents = 'assets'\nseparator = ';;'",
        "`separator`: `;;` is not one character (`,`, `;`, `tab`…)",
    );
    check(
        "path = 'a'\ncontents = 'assets'\nencoding = 'x'",
        "`encoding`: `x` is none (utf-8, windows-1252, utf-16le…)",
    );
}

#[test]
fn the_sample_opens() {
    let sample: toml::Table = CONNECTOR.sample.parse().unwrap();
    let mut source = sample["source"][0].as_table().unwrap().clone();
    let rules = source.remove("rule").unwrap();
    assert!(Rules::read(rules.as_array().unwrap(), CONNECTOR.reports).is_ok());
    for frame in ["name", "type", "every"] {
        assert!(source.remove(frame).is_some());
    }
    assert!((CONNECTOR.open)(source, context("")).is_ok());
}

/// A misspelt heading is seen by whoever checks; the note, which is published, counts, and what is under it is not seen.
#[tokio::test]
async fn columns_that_nothing_takes_are_named() {
    let folder = std::env::temp_dir().join(format!("ecoparc-csv-headings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let check = async |name: &str, tables: &[&str], note: &[&str], idle: &[&str]| {
        for (at, table) in tables.iter().enumerate() {
            std::fs::write(folder.join(format!("{name}-{at}.csv")), table).unwrap();
        }
        let settings = format!("contents = 'assets'\npath = '{}/{name}-*.csv'", folder.display());
        let harvest = collect(&settings).await.unwrap();
        assert_eq!((harvest.notes, harvest.tally.idle), (owned(note), owned(idle)), "{name}");
    };
    check("known", &["N° de série;Modèle;;Utilisateur\nS1;A;;jolivet\n"], &[], &[]).await;
    let tables = ["serial;Couleur\nS1;J. Martin\n", "serial;Couleur;Prix d'acha HT\nS2;;12\n"];
    let note = "2 columns taken by nothing: `ecoparc check --connect` names them";
    check("misspelt", &tables, &[note], &["Couleur", "Prix d'acha HT"]).await;
    let note = "1 column taken by nothing: `ecoparc check --connect` names it";
    check("one", &tables[..1], &[note], &["Couleur"]).await;
    // What some file has a use for is not idle, in whatever order they come.
    let (without, with) = ("serial;model;Modèle\nS1;A;B\n", "serial;Modèle\nS2;C\n");
    check("later", &[without, with], &[], &[]).await;
    check("sooner", &[with, without], &[], &[]).await;
    check("never", &[without, without], &[note], &["Modèle"]).await;
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Beside a first name a bare `Nom` is somebody's: it would become a key, which ids and examples repeat.
#[test]
fn a_surname_is_no_host_name() {
    let read = |table: &str, columns: &[(&str, &str)]| {
        let columns: Vec<_> = columns.iter().map(|(name, heading)| ((*name).into(), (*heading).into())).collect();
        read_as::<Facts>(table.as_bytes(), &context(""), &columns)
    };
    for headings in ["Nom;Prénom", "NAME;First name", "Nom;Prénom de l'agent", "Name;firstname"] {
        let harvest = read(&format!("{headings};Modèle\nMartin;Jeanne;A\n"), &[]).unwrap();
        assert_eq!(harvest.tally.idle, headings.split(';').collect::<Vec<_>>());
        let told = told(Ok(harvest));
        assert!(told.starts_with('#') && told.ends_with(" model=A"), "{headings}: {told}");
    }
    let named = "PC-1 model=A hostname=PC-1";
    assert_eq!(told(read("Nom;Modèle\nPC-1;A\n", &[])), named);
    assert_eq!(told(read("Nom;Nom du poste;Prénom;Modèle\nMartin;PC-1;Jeanne;A\n", &[])), named);
    assert_eq!(told(read("Nom;Prénom;Modèle\nPC-1;Jeanne;A\n", &[("hostname", "Nom")])), named);
}

fn owned(told: &[&str]) -> Vec<String> {
    told.iter().map(|told| (*told).to_owned()).collect()
}
