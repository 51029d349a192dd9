//! The sample town's strategy: its tables and objectives, from files to the API and the metrics.

use serde_json::Value;

use crate::figures::sample;
use crate::house::*;
use crate::metrics::promtool_accepts;

/// Sees the CCAS alone: `nord-token`.
const CCAS: &str = "\n[[server.token]]\nname = \"ccas\"\n\
    hash = \"sha256:1c44469f9d62e70e453109f754320cc7c2a739aa620785a791fd728c3b9a93fb\"\n\
    scopes = [\"assets\"]\nentities = [\"ccas\"]\n\
    [[objective]]\nname = \"ccas-agents\"\nindicator = \"agents\"\nslice = { entity = \"ccas\" }\ntheme = 5\n\
    baseline = { date = \"2024-12-31\", value = 90 }\ntarget = 110\ntarget_date = \"2030-12-31\"\n";

#[test]
fn the_sample_towns_strategy() {
    let (_folder, config) = sample();
    let text = std::fs::read_to_string(&config).unwrap() + CCAS;
    std::fs::write(&config, text).unwrap();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    let named = |items: &[Value], key: &str, value: &str| {
        items.iter().find(|row| row[key] == value).unwrap_or_else(|| panic!("no {value}")).clone()
    };

    let actions = daemon.items("/api/v1/actions");
    assert_eq!(actions.len(), 9);
    let gift = named(&actions, "id", "A-04");
    assert_eq!((&gift["late"], &gift["blocked"], &gift["status"]), (&true.into(), &true.into(), &"running".into()));
    assert!(gift["blocked_by"].as_str().unwrap().starts_with("Délibération"), "{gift}");
    assert_eq!((&gift["entity"], &gift["origin"]), (&"mairie".into(), &"strategie-actions:actions.csv:5".into()));
    assert_eq!(named(&actions, "id", "A-01")["late"], false, "what is done is not late");
    assert_eq!(daemon.items("/api/v1/actions?theme=4&status=done").len(), 1);
    assert_eq!(daemon.get("/api/v1/actions?theme=7").status, 422);

    let list = |path: &str| daemon.json(path)["items"].as_array().unwrap().clone();
    let objectives = list("/api/v1/objectives");
    let laptops = named(&objectives, "name", "portables-7-ans");
    let told = |key: &str| laptops[key].as_f64().unwrap_or_else(|| panic!("{key}: {laptops}"));
    let ratio = (told("now") - told("baseline_value")) / (told("target") - told("baseline_value"));
    assert!((told("ratio") - ratio).abs() < 1e-9, "{laptops}");
    assert_eq!(
        (&laptops["unit"], &laptops["theme"], &laptops["note"]),
        (&"seconds".into(), &"2".into(), &Value::Null)
    );
    // The baseline is what the indicator tells of that day.
    let then = list("/api/v1/indicators?name=lifetime_median_seconds&kind=laptop&at=2024-12-31");
    assert_eq!(then[0]["value"], laptops["baseline_value"]);
    assert!(named(&objectives, "name", "reemploi-30-pour-cent")["ratio"].is_number());

    let metrics = daemon.get("/metrics").body;
    promtool_accepts(&metrics);
    let sampled = daemon.sample("ecoparc_objective_ratio{objective=\"portables-7-ans\",theme=\"2\"}").unwrap();
    assert!((sampled - ratio).abs() < 1e-9);
    assert_eq!(daemon.sample("ecoparc_actions{theme=\"4\",status=\"running\"}"), Some(1.0));
    assert_eq!(daemon.sample("ecoparc_actions{theme=\"4\",status=\"to_start\"}"), Some(0.0));
    let hosting = "ecoparc_footprint_declared_co2e_grams{entity=\"mairie\",scope=\"hosting\",year=\"2025\"}";
    assert!((daemon.sample(hosting).unwrap() - 2_035_200.0).abs() < 1e-3);
    assert_eq!(daemon.items("/api/v1/declared?theme=5").len(), 2);

    // A token of the CCAS sees the CCAS.
    let ask = |path: &str| {
        let answer = daemon.ask(path, "nord-token");
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.body.contains("Hébergeur de la Lierre"), "{path}");
        answer.body
    };
    let items = |path: &str| -> Vec<Value> {
        serde_json::from_str::<Value>(&ask(path)).unwrap()["items"].as_array().unwrap().clone()
    };
    assert!(items("/api/v1/actions").is_empty(), "the actions are the town's");
    let names: Vec<Value> = items("/api/v1/objectives").iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["ccas-agents"]);
    for path in ["/api/v1/services", "/api/v1/declared"] {
        let rows = items(path);
        assert!(rows.len() == 2 && rows.iter().all(|row| row["entity"] == "ccas"), "{path}: {rows:?}");
    }
    let own = ask("/metrics");
    assert!(own.contains("ecoparc_objective_ratio{objective=\"ccas-agents\",theme=\"5\"}"));
    assert!(!own.contains("portables-7-ans") && !own.contains("scope=\"hosting\""));
}
