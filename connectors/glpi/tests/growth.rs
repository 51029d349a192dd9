//! What grows with the square of its rows takes minutes here; `.config/nextest.toml` ends it.

use serde_json::{Value, json};

use super::fake::context;
use crate::glpi::replay;

const MANY: usize = 100_000;

#[test]
fn many_screens_of_one_name_and_as_many_places() {
    let monitors: Vec<Value> = (1..=MANY)
        .map(|id| {
            json!({ "id": id, "name": "pc-0001", "serial": format!("CN{id:08}"), "locations_id": id,
                    "entities_id": 0, "monitormodels_id": 1 })
        })
        .collect();
    let locations: Vec<Value> = (1..=MANY)
        .map(|id| json!({ "id": id, "name": format!("Salle {id}"), "completename": format!("Mairie > Salle {id}") }))
        .collect();
    let infocoms: Vec<Value> = (1..=MANY)
        .map(
            |id| json!({ "id": id, "itemtype": "Monitor", "items_id": id, "buy_date": "2024-03-01", "value": "150" }),
        )
        .collect();
    let lists = json!({
        "Entity": [{ "id": 0, "name": "Ville", "completename": "Ville" }],
        "MonitorModel": [{ "id": 1, "name": "P2419H" }],
        "Location": locations, "Infocom": infocoms, "Monitor": monitors,
    });
    let document = json!({ "version": "10.0.19", "lists": lists }).to_string();
    let harvest = replay::document(&context(), document.as_bytes()).unwrap().unwrap();
    let placed = harvest
        .observations
        .iter()
        .filter(|seen| seen.location().is_some() && seen.purchase_date().is_some() && seen.model().is_some());
    assert_eq!(placed.count(), MANY);
}
