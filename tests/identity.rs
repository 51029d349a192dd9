//! Sources that speak of the same things (the fourth point), through the real binary.

use serde_json::Value;

use crate::house::*;

fn field<'a>(asset: &'a Value, name: &str) -> &'a Value {
    &asset["fields"][name]
}

#[test]
fn glpi_and_a_listing_give_one_asset_each_with_provenance_per_field() {
    let folder = Folder::new();
    let glpi = Glpi::start(10, &[]);
    // Rows of the recorded fleet, as a buyer's listing knows them: by serial or by tag, in its own spelling.
    let alone = Folder::new();
    let only = Daemon::start(&alone.configure(&glpi.source("glpi", "")));
    only.settled();
    let assets = only.items("/api/v1/assets?kind=laptop");
    let once = |serial: &Value| assets.iter().filter(|other| other["serial"] == *serial).count() == 1;
    let good =
        |asset: &&Value| asset["serial"].as_str().is_some_and(|serial| !serial.contains(' ') && serial.len() > 6);
    let modelled = |asset: &&Value| asset["model"].is_string();
    let known: Vec<&Value> =
        assets.iter().filter(good).filter(modelled).filter(|asset| once(&asset["serial"])).take(20).collect();
    assert_eq!(known.len(), 20);
    let mut listing = "N° de série;Modèle;Condition;Classe énergie\n".to_owned();
    for asset in &known {
        listing +=
            &format!("{};{} (liste);reconditionné;A\n", asset["serial"].as_str().unwrap().to_lowercase(), "Modèle");
    }
    listing += "SERNOTINGLPI1;Latitude;neuf;B\n";
    folder.write("listing.csv", &listing);
    let config = folder.configure(&(glpi.source("glpi", "") + &table("listing", "assets", "listing.csv", "")));
    let daemon = Daemon::start(&config);
    daemon.settled();
    assert_eq!(daemon.items("/api/v1/assets").len(), only.items("/api/v1/assets").len() + 1);
    for asset in known {
        let id = asset["id"].as_str().unwrap().replace('/', "%2F");
        let joined = daemon.json(&format!("/api/v1/assets/{id}"));
        assert_eq!(field(&joined, "model")["said_by"], "glpi", "{joined}");
        assert_eq!(field(&joined, "condition")["value"], "refurbished");
        assert_eq!(field(&joined, "condition")["said_by"], "listing");
    }
}

#[test]
fn two_towns_with_the_same_tags_and_names_are_not_joined() {
    let folder = Folder::new();
    let rows = "id;kind;asset_tag;hostname\n1;laptop;INV-0001;pc-accueil\n2;laptop;INV-0002;pc-maire\n";
    folder.write("a.csv", rows);
    folder.write("b.csv", rows);
    let sources = |realm_b: &str| {
        table("ville-a", "assets", "a.csv", "realm = \"a\"") + &table("ville-b", "assets", "b.csv", realm_b)
    };
    let apart = Daemon::start(&folder.configure(&sources("realm = \"b\"")));
    apart.settled();
    assert_eq!(apart.items("/api/v1/assets").len(), 4);
    assert_eq!(apart.reading("doubts", &[("reason", "collides")]), Some(0.0));
    drop(apart);
    let together = Daemon::start(&folder.configure(&sources("realm = \"a\"")));
    together.until("they are one", |daemon| daemon.items("/api/v1/assets").len() == 2);
}

#[test]
fn one_serial_on_two_models_is_a_doubt_that_a_decision_settles() {
    let folder = Folder::new();
    folder.write(
        "fleet.csv",
        "id;kind;model;serial\nA;laptop;Latitude 5440;SAMESERIAL1\nB;laptop;EliteBook 840;SAMESERIAL1\n",
    );
    folder.write("decisions.csv", "decision;asset_a;asset_b;reason\n");
    let config = folder.configure(
        &(table("fleet", "assets", "fleet.csv", "")
            + &table("decisions", "decisions", "decisions.csv", "allow_shrink = true")
            + ADMIN_TOKEN),
    );
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let collides = [("reason", "collides")];
    assert_eq!(daemon.items("/api/v1/assets").len(), 2);
    assert_eq!(daemon.reading("doubts", &collides), Some(1.0));
    for (decision, assets) in [("different", 2), ("same", 1), ("ignore", 2)] {
        folder.write(
            "decisions.csv",
            &format!("decision;asset_a;asset_b;reason\n{decision};fleet:A;fleet:B;vu sur place\n"),
        );
        daemon.log();
        daemon.sync("decisions");
        assert_eq!(daemon.items("/api/v1/assets").len(), assets, "{decision}");
        assert_eq!(daemon.reading("doubts", &collides), Some(0.0), "{decision}");
    }
}

#[test]
fn a_witness_never_creates_an_asset() {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind;serial;hostname\nA;laptop;SERIAL0001;pc-1\n");
    folder.write(
        "seen.csv",
        "id;kind;serial;hostname;last_seen\nx;laptop;;pc-1;2026-11-20\ny;laptop;;pc-2;2026-11-20\n",
    );
    let config = folder.configure(
        &(table("fleet", "assets", "fleet.csv", "") + &table("seen", "assets", "seen.csv", "creates = false")),
    );
    let daemon = Daemon::start(&config);
    daemon.settled();
    let assets = daemon.items("/api/v1/assets");
    assert_eq!(assets.len(), 1);
    assert_eq!(assets[0]["last_seen"], "2026-11-20");
    assert_eq!(daemon.reading("unseen_assets", &[("kind", "laptop"), ("reason", "not_in_inventory")]), Some(1.0));
}

#[test]
fn both_generations_of_glpi_give_the_same_assets() {
    let (ten, eleven) = (Glpi::start(10, &[]), Glpi::start(11, &[]));
    let of = |glpi: &Glpi| {
        let folder = Folder::new();
        // On a real one, the day may end between the two.
        let daemon = Daemon::start_on_sample_day(&folder.configure(&glpi.source("glpi", "")));
        daemon.settled();
        daemon.items("/api/v1/assets")
    };
    let (ten, eleven) = (of(&ten), of(&eleven));
    assert_eq!(ten.len(), 292 + 196 + 40 + 60 + 80 + 30);
    let differences: Vec<String> =
        ten.iter().zip(&eleven).filter(|(a, b)| a != b).map(|(a, b)| format!("{a}\n{b}")).collect();
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n\n"));
    assert!(ten.iter().any(|asset| asset["hostname"].as_str().is_some_and(|name| name.contains("accueil & prêt"))));
}
