//! SNMP as an operator meets it, through the real binary and recordings replayed by snmpsim.

use serde_json::Value;

use crate::house::*;

/// The port of snmpsim, which the tests share.
fn port() -> String {
    server("snmpsim", "start", &target().join("servers/snmpsim"), &[])
}

/// A source whose one agent is a recording.
fn agent(name: &str, address: &str, recording: &str, port: &str, more: &str) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\ntype = \"snmp\"\nevery = \"1h\"\ntargets = [\"{address}\"]\nport = {port}\n{more}\n\
         [[source.credential]]\nversion = \"2c\"\ncommunity = \"{recording}\"\n"
    )
}

#[test]
fn discovered_kept_nothing() {
    let (folder, port) = (Folder::new(), port());
    folder.configure(&agent("reseau", "127.0.0.1", "walks/cisco-stack", &port, ""));
    let told = folder.run(&["discover"]);
    let table = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success() && told.stderr.is_empty(), "{}", String::from_utf8_lossy(&told.stderr));
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split_whitespace().take(5).collect()).collect();
    for (row, serial) in rows.iter().zip(["FCW2231L0AB", "FCW2231L0CD", "FCW2244G0EF"]) {
        assert_eq!(*row, ["127.0.0.1", "Cisco", "C9300-48P", serial, "switch"]);
    }
    assert_eq!(rows.len(), 3);
    assert!(!table.contains("cisco-stack"), "a community is a secret: {table}");
    let told = folder.run(&["discover", "--source", "reseau", "--format", "json", "127.0.0.0/30"]);
    let found: Vec<Value> = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["watts"]["consumption"], 612.0);
    assert_eq!(found[0]["things"].as_array().unwrap().len(), 3);
    let told = folder.run(&["discover", "10.0.0.0/33"]);
    assert_eq!(told.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&told.stderr).contains("10.0.0.0/33"));
    assert!(!folder.0.join("ecoparc.db").exists(), "nothing is kept");
}

#[test]
fn neighbours_that_nobody_lists_and_watts_of_a_room() {
    let (folder, port) = (Folder::new(), port());
    // The inventory lists the access point beside the switch, and neither of the two telephones.
    folder.write("parc.csv", "id;kind;serial;status\n1;access_point;CNJ3K9S1AB;in_use\n");
    let sources = [
        ADMIN_TOKEN.to_owned(),
        table("parc", "assets", "parc.csv", ""),
        agent("reseau", "::1", "walks/lldp-neighbours", &port, ""),
        agent("salle", "127.0.0.1", "walks/apc-rpdu2", &port, "power_every = \"1s\""),
        "[[room]]\nname = \"Salle A\"\nit = [\"pdu-b2-a\"]\n".to_owned(),
    ];
    let mut daemon = Daemon::start(&folder.configure(&sources.concat()));
    daemon.settled();
    let assets = daemon.items("/api/v1/assets");
    let mut kinds: Vec<&str> = assets.iter().filter_map(|asset| asset["kind"].as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["access_point", "pdu", "switch"], "neighbours add nothing");
    let unlisted: f64 = daemon
        .readings("unseen_assets")
        .iter()
        .filter(|reading| reading["slice"]["reason"] == "not_in_inventory")
        .filter_map(|reading| reading["value"].as_f64())
        .sum();
    assert_eq!(unlisted, 3.0, "two telephones, and an address of which nothing else is known");
    // Watts alone make an edition once a minute; a collection makes one at once.
    let watts = |daemon: &Daemon| daemon.reading("power_watts", &[("room", "Salle A"), ("role", "it")]);
    for _ in 0..50 {
        daemon.sync("parc");
        if watts(&daemon).is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(watts(&daemon), Some(1210.0));
}
