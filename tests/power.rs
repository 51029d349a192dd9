//! Measured electricity, from a table to the metrics.

use std::fmt::Write;

use crate::house::*;
use crate::metrics::promtool_accepts;

const ROOM: &str = "[[room]]\nname = \"Salle A\"\nlocations = [\"Mairie > Sous-sol*\"]\n\
    it = [\"pdu-a1\", \"mesures:pdu-a2\"]\ntotal = [\"tgbt-a\"]\n";

/// Sees what belongs to the north alone: `nord-token`.
const NORTH: &str = "[[entity]]\nid = \"nord\"\nname = \"nord\"\n[[server.token]]\nname = \"north\"\n\
    hash = \"sha256:1c44469f9d62e70e453109f754320cc7c2a739aa620785a791fd728c3b9a93fb\"\n\
    scopes = [\"assets\"]\nentities = [\"nord\"]\n";

/// So many days of samples a quarter of an hour apart, up to now: 400 W and 600 W of IT, an index that counts 1.5 kW.
fn samples(days: i64) -> String {
    let now = now();
    let mut table = "time;device;watts;kwh\n".to_owned();
    for quarter in (0..=days * 96).rev() {
        let at = now - quarter * 900 - 5;
        let (day, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
        let time = format!("{}T{:02}:{:02}:{:02}Z", civil(day), second / 3600, second / 60 % 60, second % 60);
        let kwh = 1000.0 + 1.5 * (at - (now - days * 86_400)) as f64 / 3600.0;
        let _ = write!(table, "{time};pdu-a1;400;\n{time};pdu-a2;600;\n{time};tgbt-a;1500;{kwh}\n");
    }
    table
}

#[test]
fn a_power_table_shows_in_the_metrics_and_in_the_footprint() {
    let folder = Folder::new();
    folder.write("mesures.csv", &samples(10));
    folder.write(
        "parc.csv",
        "id;kind;location;annual_kwh;entity\n1;server;Mairie > Sous-sol > Baie 1;3000;nord\n\
         2;server;Mairie > Sous-sol > Baie 2;1000;\n3;laptop;Mairie > 1er étage;;\n4;ups;Mairie > Sous-sol > Baie 1;500;\n",
    );
    let sources = table("parc", "assets", "parc.csv", "") + &table("mesures", "power", "mesures.csv", "");
    let config = folder.configure(&(ROOM.to_owned() + NORTH + &sources + ADMIN_TOKEN));
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    daemon.until("the room is told", |daemon| daemon.reading("room_pue_ratio", &[]).is_some());
    let it = "{room=\"Salle A\",role=\"it\"}";
    let near = |told: Option<f64>, worked: f64| {
        let told = told.unwrap();
        assert!((told - worked).abs() <= worked.abs() * 1e-6, "{told} is not {worked}");
    };
    let told = |daemon: &Daemon| {
        near(daemon.sample(&format!("ecoparc_power_watts{it}")), 1000.0);
        near(daemon.sample("ecoparc_power_watts{room=\"Salle A\",role=\"total\"}"), 1500.0);
        near(daemon.sample(&format!("ecoparc_room_energy_joules_total{it}")), 864e6);
        near(daemon.sample("ecoparc_room_pue_ratio{room=\"Salle A\"}"), 1.5);
        // 1 kW all year, shared three to one, with the room's own overhead; the UPS takes none of it.
        let servers = |basis: &str| {
            let all = daemon.readings("electricity_annual_joules").into_iter();
            let all = all.filter(|told| told["slice"]["kind"] == "server" && told["slice"]["basis"] == basis);
            Some(all.map(|told| told["value"].as_f64().unwrap()).sum())
        };
        near(servers("measured"), 1000.0 * 1.5 * 365.25 * 86_400.0);
        let ups = daemon.reading("electricity_annual_joules", &[("kind", "ups"), ("basis", "measured")]);
        assert_eq!(ups, Some(0.0));
        assert_eq!(servers("declared"), Some(0.0), "the measure replaces what was declared");
    };
    told(&daemon);
    promtool_accepts(&daemon.get("/metrics").body);
    let open = [("accept", "application/openmetrics-text")];
    let open = daemon.request(reqwest::Method::GET, "/metrics", &open).body;
    assert!(open.contains("# TYPE ecoparc_room_energy_joules counter\n# UNIT ecoparc_room_energy_joules joules\n"));
    let steps = daemon.json("/api/v1/assets/parc:1/footprint");
    let electricity =
        steps["items"].as_array().unwrap().iter().find(|step| step["what"] == "electricity, a year").unwrap();
    near(electricity["value"].as_f64(), 8766.0 * 0.75);
    assert!(electricity["origin"].as_str().unwrap().contains("Salle A"), "{electricity}");
    // Whoever does not see the room is told neither its name nor its overhead.
    let steps = daemon.ask("/api/v1/assets/parc:1/footprint", "nord-token").body;
    assert!(steps.contains("a measured room") && !steps.contains("Salle A"), "{steps}");
    let steps: serde_json::Value = serde_json::from_str(&steps).unwrap();
    let overhead = steps["items"].as_array().unwrap().iter().find(|step| step["what"] == "room overhead (PUE)");
    assert_eq!(overhead.unwrap()["value"], serde_json::Value::Null);
    let pue = daemon.readings("room_pue_ratio").remove(0);
    assert_eq!(pue["basis"], "measured");
    assert!(pue["note"].as_str().unwrap().starts_with("over 10.0 days known of both"), "{pue}");
    let page = daemon.get("/rooms").body;
    assert!(page.contains("Salle A"), "the page tells of the room");

    // A restart tells the same before any table is read.
    daemon.signal("-TERM");
    assert_eq!(daemon.end(), Some(0));
    std::fs::remove_file(folder.0.join("mesures.csv")).unwrap();
    let mut again = Daemon::start(&config);
    again.settled();
    told(&again);
    assert_eq!(again.sample("ecoparc_source_observations{source=\"mesures\"}"), Some(961.0 * 3.0));

    // A table that lost most of its days is not believed.
    folder.write("mesures.csv", &samples(3));
    again.log();
    again.sync("mesures");
    told(&again);
    assert!(again.sources().iter().any(|source| source["failure"].to_string().contains("allow_shrink")));
}

#[test]
fn points_that_nobody_places_are_told_as_unknown() {
    let folder = Folder::new();
    folder.write("mesures.csv", &(samples(1) + "2090-01-01T00:00:00Z;pdu-a1;400;\n"));
    let daemon = Daemon::start(&folder.configure(&table("mesures", "power", "mesures.csv", "")));
    daemon.settled();
    let readings = daemon.readings("power_watts");
    assert_eq!(readings.len(), 1, "{readings:?}");
    assert_eq!(readings[0]["slice"], serde_json::json!({ "room": "unknown", "role": "unknown" }));
    assert!(readings[0]["note"].as_str().unwrap().contains("[[room]]"), "{readings:?}");
    assert!(daemon.readings("room_pue_ratio").is_empty());
    // What is dated after tomorrow is a reject.
    assert_eq!(daemon.sample("ecoparc_source_rejects{source=\"mesures\"}"), Some(1.0));
}
