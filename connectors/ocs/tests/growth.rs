//! What grows with the square of its rows takes minutes here; `.config/nextest.toml` ends it.

use serde_json::{Map, Value, json};

use super::server::context;
use crate::ocs::replay;

const MANY: usize = 100_000;
/// Machines: reading one takes a millisecond here.
const MACHINES: usize = 20_000;

/// A machine as the REST API tells it, without parts.
fn machine(id: usize, serial: &str) -> Value {
    json!({
        "hardware": { "ID": id, "DEVICEID": format!("pc-{id}-2026-01-01-08-00-00"), "NAME": format!("pc-{id:06}"),
                      "LASTDATE": "2026-11-24 08:00:00" },
        "bios": [{ "SSN": serial, "SMANUFACTURER": "LENOVO", "SMODEL": "20XW" }],
        "accountinfo": [{ "TAG": "NA" }],
        "monitors": [], "cpus": [], "memories": [], "storages": [], "networks": [], "virtualmachines": [],
    })
}

#[test]
fn one_machine_of_many_screens() {
    // A shared meeting room's machine, and an agent that lists each screen it ever saw.
    let monitors: Vec<_> = (0..MANY)
        .map(|at| match at % 2 {
            0 => json!({ "MANUFACTURER": "DEL", "CAPTION": "DELL P2419H", "SERIAL": format!("CN0{at:07}") }),
            _ => json!({ "MANUFACTURER": "GSM", "CAPTION": "LG 24EA53", "SERIAL": "" }),
        })
        .collect();
    let mut machine = machine(7, "CZC1234567");
    machine["monitors"] = monitors.into();
    let harvest = replay::document(&context(), json!({ "7": machine }).to_string().as_bytes()).unwrap();
    assert_eq!(harvest.observations.iter().filter(|seen| seen.native().starts_with("monitor/")).count(), MANY);
}

#[test]
fn many_machines_of_one_serial() {
    let machines: Map<String, Value> = (1..=MACHINES).map(|id| (id.to_string(), machine(id, "PF0BAD01"))).collect();
    let document = Value::from(machines).to_string();
    let harvest = replay::document(&context(), document.as_bytes()).unwrap();
    assert_eq!(harvest.observations.iter().filter(|seen| seen.native().starts_with("computer/")).count(), MACHINES);
}
