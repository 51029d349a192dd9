//! `ecoparc report`: the sample town's, in every form, read as its readers read it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::figures::sample;
use crate::house::*;

fn run(config: &Path, arguments: &[&str]) -> Output {
    on_sample_day(ecoparc()).arg("--config").arg(config).args(arguments).output().unwrap()
}

fn told(config: &Path, arguments: &[&str]) -> String {
    let output = run(config, &[&["report"], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn collected() -> (Folder, std::path::PathBuf) {
    let (folder, config) = sample();
    // As anybody may read it: small cells are folded, in the report as in the API.
    let text = std::fs::read_to_string(&config).unwrap().replace("anonymous = \"assets\"", "anonymous = \"read\"");
    std::fs::write(&config, text).unwrap();
    assert_eq!(run(&config, &["sync"]).status.code(), Some(0));
    (folder, config)
}

/// Name and slice of a figure, as one text.
fn key(figure: &Value) -> String {
    format!("{} {}", figure["name"].as_str().unwrap(), figure["slice"])
}

#[test]
fn every_figure_of_the_report_is_the_apis() {
    let (_folder, config) = collected();
    let report: Value = serde_json::from_str(&told(&config, &["--year", "2025", "--format", "json"])).unwrap();
    assert_eq!((&report["year"], &report["at"]), (&2025.into(), &"2025-12-31".into()));
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    let list = |path: &str| daemon.json(path)["items"].as_array().unwrap().clone();
    let mut days: BTreeMap<&str, usize> = BTreeMap::new();
    let mut known: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    // The day of the report, and one of the trend.
    let asked = |figure: &&Value| ["2025-12-31", "2022-12-31"].contains(&figure["date"].as_str().unwrap());
    for figure in report["figures"].as_array().unwrap().iter().filter(asked) {
        let day = figure["date"].as_str().unwrap();
        let of_day = known.entry(day.to_owned()).or_insert_with(|| {
            list(&format!("/api/v1/indicators?at={day}")).into_iter().map(|row| (key(&row), row)).collect()
        });
        let row = of_day.get(&key(figure)).unwrap_or_else(|| panic!("{day} {}: not in the API", key(figure)));
        for field in ["value", "low", "high", "unit", "target", "coverage", "note"] {
            assert_eq!(figure[field], row[field], "{day} {} {field}", key(figure));
        }
        *days.entry(day).or_default() += 1;
    }
    assert!(days["2022-12-31"] > 10 && days["2025-12-31"] > 1000, "{days:?}");
    let changes = report["changes"].as_array().unwrap();
    let sum: f64 = changes.iter().map(|change| change["value"].as_f64().unwrap()).sum();
    let compared = daemon.json("/api/v1/compare?from=2024-12-31&to=2025-12-31");
    assert_eq!(Some(sum), compared["difference"].as_f64());
    assert_eq!(report["actions"].as_array().unwrap().len(), 9);

    let lines = told(&config, &["--year", "2025", "--format", "csv"]);
    assert_eq!(lines.lines().count(), report["figures"].as_array().unwrap().len() + 1);
}

#[test]
fn what_people_wrote_survives_new_figures() {
    let (folder, config) = collected();
    let before = told(&config, &["--year", "2026", "--at", SAMPLE_DAY, "--format", "md"]);
    let note = "Les portables de la génération 2019 ont reçu une **extension de mémoire**";
    assert!(before.contains(note) && before.contains("débat d'orientation budgétaire"), "{before}");
    // A large refurbished purchase changes the rate, and nothing of what was written.
    let ledger = folder.0.join("quickstart/achats.csv");
    let mut lines = std::fs::read_to_string(&ledger).unwrap();
    let heads = lines.trim_start_matches('\u{feff}').lines().next().unwrap().to_owned();
    let cell = |head: &str| match head {
        "Date d'écriture" | "Date de facture" => "20/11/2026",
        "Entité" => "Mairie",
        "Type de matériel" => "laptop",
        "Quantité" => "100",
        "Montant HT" => "40 000,00",
        "État" => "Reconditionné",
        "Mode" => "Achat",
        _ => "",
    };
    lines += &format!("{}\n", heads.split(';').map(cell).collect::<Vec<_>>().join(";"));
    std::fs::write(&ledger, lines).unwrap();
    assert!(run(&config, &["sync", "--source", "achats"]).status.success());
    let after = told(&config, &["--year", "2026", "--at", SAMPLE_DAY, "--format", "md"]);
    assert!(after.contains(note), "{after}");
    let rate = |text: &str| text.lines().find(|line| line.contains("Achats informatiques")).unwrap().to_owned();
    assert!(
        rate(&before).contains("sous l'objectif") && rate(&after).contains("objectif atteint"),
        "{}",
        rate(&after)
    );
}

#[test]
fn one_run_writes_every_towns_report() {
    let (folder, config) = collected();
    let out = folder.0.join("bilans");
    let asked = ["--year", "2026", "--split", "siret", "--format", "md", "--output", out.to_str().unwrap()];
    assert_eq!(told(&config, &asked), "");
    let mut files: Vec<_> =
        std::fs::read_dir(&out).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files.len(), 2, "the town, whose SIRET the organisation has too, and its CCAS: {files:?}");
    let ccas = std::fs::read_to_string(out.join("bilan-2026-ccas.md")).unwrap();
    assert!(ccas.contains("Le CCAS suit la stratégie de la ville"), "its own notes");
    assert!(!ccas.contains("ressourcerie") && !ccas.contains("reemploi-30-pour-cent"), "the town's actions and aims");
    assert!(ccas.contains("(à titre volontaire)") && !ccas.contains("Mairie |"), "{ccas}");
    // What a body's name is, he or she, nobody knows.
    assert!(ccas.contains(": selon votre configuration, l'obligation ne s'applique pas") && !ccas.contains("soumis"));
    assert_eq!(ccas, told(&config, &["--year", "2026", "--entity", "ccas", "--format", "md"]));
    let office = told(&config, &["--year", "2026", "--entity", "dsi", "--format", "md"]);
    assert!(office.contains("le taux légal est le sien, dans son propre bilan"), "{office}");
}

/// The report of a department of ten people that has so many things of these kinds, each in service since a day.
fn of_department(things: &[(&str, usize, &str)], format: &str) -> String {
    let folder = Folder::new();
    let mut rows = "id;kind;serial;entity;in_service_date\n".to_owned();
    for (kind, count, since) in things {
        for at in 0..*count {
            let id = format!("{kind}{}x{at}", &since[..4]);
            rows += &format!("{id};{kind};SER{id};police;{since}\n");
        }
    }
    folder.write("fleet.csv", &rows);
    folder.write("people.csv", "date;entity;agents\n2021-01-01;police;10\n");
    let entity = "[[entity]]\nid = \"police\"\nname = \"Police municipale\"\n";
    let sources = table("fleet", "assets", "fleet.csv", "") + &table("people", "headcount", "people.csv", "");
    let config = folder.configure(&(entity.to_owned() + &sources));
    assert_eq!(run(&config, &["sync"]).status.code(), Some(0));
    told(&config, &["--year", "2025", "--entity", "police", "--format", format])
}

#[test]
fn a_departments_report_tells_none_of_its_small_cells() {
    let figures = |told: &str, day: &str| -> Vec<Value> {
        let told: Value = serde_json::from_str(told).unwrap();
        told["figures"].as_array().unwrap().iter().filter(|figure| figure["date"] == day).cloned().collect()
    };
    let (desktops, laptops) = (("desktop", 9, "2021-03-01"), ("laptop", 8, "2024-01-01"));
    let (phones, early) = (("smartphone", 2, "2021-03-01"), ("laptop", 3, "2021-03-01"));
    // As though two phones had never been.
    let without = of_department(&[desktops, laptops], "json");
    let own = figures(&without, "2025-12-31");
    assert_eq!(serde_json::from_str::<Value>(&without).unwrap()["counted_from"], 5);
    assert!(own.iter().any(|figure| figure["slice"]["kind"] == "laptop" && figure["value"] == 8.0), "{own:?}");
    assert_eq!(figures(&of_department(&[desktops, laptops, phones], "json"), "2025-12-31"), own);
    let page = of_department(&[desktops, laptops, phones, ("monitor", 21, "2021-03-01")], "md");
    let each = page.lines().find(|line| line.contains("par agent")).unwrap();
    assert!(each.contains("1,7 ordinateur, 2,1 écrans par agent") && !each.contains("mobile"), "{each}");
    assert!(each.contains("qu'à partir de 5 d'un même type"), "{each}");
    // Beside the trend and the footprint too.
    assert_eq!(page.matches("qu'à partir de 5 d'un même type").count(), 3, "{page}");
    // Of a year in which there were too few, three laptops are not told, though there are enough of them now.
    let footprint = |told: &str| {
        let mut then = figures(told, "2022-12-31").into_iter();
        then.find(|figure| figure["name"] == "footprint_fleet_annual_co2e_grams").unwrap()["value"].as_f64().unwrap()
    };
    assert_eq!(footprint(&of_department(&[desktops, early, laptops], "json")), footprint(&without));
}

#[test]
fn french_readers_read_french_and_english_readers_english() {
    let (_folder, config) = collected();
    let report: Value = serde_json::from_str(&told(&config, &["--year", "2026", "--format", "json"])).unwrap();
    let french = told(&config, &["--year", "2026"]);
    let english = told(&config, &["--year", "2026", "--lang", "en"]);
    let figures = report["figures"].as_array().unwrap();
    let notes: std::collections::BTreeSet<&str> =
        figures.iter().filter_map(|figure| figure["note"].as_str()).collect();
    assert!(notes.len() > 3, "{notes:?}");
    for note in notes {
        assert!(!french.contains(&format!("non calculable\u{a0}: {note}")), "{note}");
    }
    for (word, other) in [("Ce que la loi demande", "What the law asks"), ("Où nous en sommes", "Where we stand")] {
        assert!(french.contains(word) && !french.contains(other), "{other}");
        assert!(english.contains(other) && !english.contains(word), "{word}");
    }
    for word in ["harvest", "testimony", "edition of", "snapshot", "basis"] {
        assert!(!english.contains(word), "{word} is ours alone");
    }
}

/// What a command prints; it must succeed.
fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn it_prints_on_a4_with_the_officials_page_first() {
    let (folder, config) = collected();
    let (page, pdf) = (folder.0.join("bilan.html"), folder.0.join("bilan.pdf"));
    told(&config, &["--year", "2026", "--output", page.to_str().unwrap()]);
    let size = std::fs::metadata(&page).unwrap().len();
    assert!(size < 500_000, "{size} bytes");
    printed(
        Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"])
            .arg(format!("--user-data-dir={}", folder.0.join("chromium").display()))
            .arg(format!("--print-to-pdf={}", pdf.display()))
            .arg(format!("file://{}", page.display())),
    );
    let about = printed(Command::new("pdfinfo").arg(&pdf));
    let size = about.lines().find(|line| line.starts_with("Page size")).unwrap();
    assert!(size.contains("A4"), "{size}");
    let pages: usize = about.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim().parse().unwrap();
    let text = |page: usize| {
        let page = page.to_string();
        printed(Command::new("pdftotext").args(["-layout", "-f", &page, "-l", &page]).arg(&pdf).arg("-"))
    };
    // The whole summary, and nothing else, is on the first page.
    let first = text(1);
    for title in ["Où nous en sommes", "Ce qui a changé en un an", "Ce qui reste à faire", "points à vérifier dans"]
    {
        assert!(first.contains(title), "{title}: {first}");
    }
    assert!(!first.contains("Ce que la loi demande") && text(2).contains("Ce que la loi demande"), "{first}");
    let all: String = (1..=pages).map(text).collect();
    for title in
        ["D'où nous venons", "Ce qui pèse dans l'empreinte", "La stratégie", "Doutes et couverture", "Licence"]
    {
        assert!(all.contains(title), "{title}");
    }
    // Every page has ink: drawn small, some of its grey is dark.
    let drawn = folder.0.join("page");
    printed(Command::new("pdftoppm").args(["-gray", "-r", "20"]).arg(&pdf).arg(&drawn));
    let pictures = std::fs::read_dir(&folder.0).unwrap().map(|file| file.unwrap().path());
    let pictures: Vec<_> = pictures.filter(|path| path.extension().is_some_and(|end| end == "pgm")).collect();
    assert_eq!(pictures.len(), pages);
    for picture in pictures {
        let dark = std::fs::read(&picture).unwrap().iter().filter(|grey| **grey < 160).count();
        assert!(dark > 200, "{}: {dark} dark points", picture.display());
    }
    // The drawings are there: the bars of the first chart are wider than a letter.
    assert!(std::fs::read_to_string(&page).unwrap().matches("<rect class=\"p0\"").count() > 15);
}

#[test]
fn what_cannot_be_told_is_said_in_one_line() {
    let (folder, config) = sample();
    let says = |arguments: &[&str], said: &str| {
        let (code, line) = refusal(&run(&config, &[&["report"], arguments].concat()));
        assert!(code == 1 && line.contains(said), "{code}: `{said}` is not in: {line}");
    };
    says(&["--year", "2026"], "nothing was ever collected");
    assert_eq!(run(&config, &["sync"]).status.code(), Some(0));
    says(&["--year", "2126"], "--year 2126: it has not begun");
    says(&["--year", "2026", "--at", "2025-12-31"], "the year 2026 had not begun then");
    says(&["--year", "2026", "--at", "2126-01-01"], "is a day to come");
    says(&["--year", "2026", "--entity", "nulle-part"], "no entity is called `nulle-part`");
    says(&["--year", "2026", "--split", "siret"], "tell a folder with --output");
    folder.write("quickstart/notes/theme-7.md", "?");
    says(&["--year", "2026"], "introduction.md, theme-1.md to theme-6.md and conclusion.md");
    std::fs::remove_dir_all(folder.0.join("quickstart/notes")).unwrap();
    says(&["--year", "2026"], "cannot read the notes in");
}
