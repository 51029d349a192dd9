//! What happens to a house over time, told by the real binary.

use crate::house::*;

const TODAY_ASSETS: &str = "id;kind;manufacturer;model;serial;purchase_date;in_service_date\n\
    A1;laptop;Dell;Latitude 5440;SER0001;2024-01-10;2024-01-15\n\
    A2;laptop;Dell;Latitude 5440;SER0002;2020-01-10;2020-01-15\n\
    A3;monitor;Dell;P2419H;SER0003;;\n";

#[test]
fn a_restart_tells_before_it_asks() {
    let folder = Folder::new();
    folder.write("fleet.csv", TODAY_ASSETS);
    let config = folder.configure(&table("fleet", "assets", "fleet.csv", ""));
    let mut first = Daemon::start(&config);
    first.settled();
    let told = first.items("/api/v1/assets");
    assert_eq!(told.len(), 3);
    first.signal("-TERM");
    assert_eq!(first.end(), Some(0));

    // The file is gone: the last word stays in force, and the failure is told.
    std::fs::remove_file(folder.0.join("fleet.csv")).unwrap();
    let again = Daemon::start(&config);
    again.until("an edition is published", |daemon| daemon.get("/readyz").status == 200);
    again.until("the failure is told", |daemon| {
        daemon.sample("ecoparc_source_up{source=\"fleet\",connector=\"csv\"}") == Some(0.0)
    });
    assert_eq!(again.items("/api/v1/assets").len(), 3);
    let sources = again.sources();
    assert!(sources[0]["failure"].as_str().is_some_and(|said| said.contains("fleet.csv")), "{}", sources[0]);
}

#[test]
fn ages_are_unknown_on_the_first_day_and_known_of_what_arrives_later() {
    let folder = Folder::new();
    folder.write("fleet.csv", TODAY_ASSETS);
    let config = folder.configure(&(table("fleet", "assets", "fleet.csv", "") + ADMIN_TOKEN));
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let unknown = [("kind", "monitor"), ("age_band", "unknown")];
    assert_eq!(daemon.reading("assets_by_age", &unknown), Some(1.0));
    folder.write("fleet.csv", &(TODAY_ASSETS.to_owned() + "A4;monitor;Dell;P2419H;SER0004;;\n"));
    daemon.log();
    daemon.sync("fleet");
    assert_eq!(daemon.reading("assets_by_age", &unknown), Some(1.0));
    assert_eq!(daemon.reading("assets_by_age", &[("kind", "monitor"), ("age_band", "0-1y")]), Some(1.0));
}

#[test]
fn what_is_not_listed_any_more_leaves_after_its_time_and_not_before() {
    let folder = Folder::new();
    folder.write("fleet.csv", TODAY_ASSETS);
    let more = "unlisted_after = \"3s\"\nallow_shrink = true";
    let config = folder.configure(&(table("fleet", "assets", "fleet.csv", more) + ADMIN_TOKEN));
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let laptops = |daemon: &Daemon| {
        daemon
            .readings("assets")
            .iter()
            .filter(|r| r["slice"]["kind"] == "laptop")
            .filter_map(|r| r["value"].as_f64())
            .sum::<f64>()
    };
    assert_eq!(laptops(&daemon), 2.0);
    let shorter: Vec<&str> = TODAY_ASSETS.lines().filter(|line| !line.starts_with("A2")).collect();
    folder.write("fleet.csv", &(shorter.join("\n") + "\n"));
    daemon.log();
    daemon.sync("fleet");
    assert_eq!(laptops(&daemon), 2.0, "it has only just vanished");
    std::thread::sleep(std::time::Duration::from_secs(4));
    daemon.sync("fleet");
    assert_eq!(laptops(&daemon), 1.0);
    assert_eq!(daemon.reading("doubts", &[("reason", "unlisted")]), Some(1.0));
}

#[test]
fn one_failing_source_harms_nothing_else() {
    let folder = Folder::new();
    folder.write("fleet.csv", TODAY_ASSETS);
    let glpi = Glpi::start(10, &["--fail", "500-on-page=3:Computer"]);
    let config = folder.configure(
        &(table("fleet", "assets", "fleet.csv", "") + &glpi.source("glpi", "page_size = 50") + ADMIN_TOKEN),
    );
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    assert_eq!(daemon.items("/api/v1/assets").len(), 3, "nothing partial");
    let failures = "ecoparc_source_failures_total{source=\"glpi\",class=\"server\"}";
    assert!(daemon.sample(failures).is_some_and(|count| count >= 1.0));
    assert_eq!(daemon.sample("ecoparc_source_up{source=\"fleet\",connector=\"csv\"}"), Some(1.0));

    // It heals, is collected whole, and then fails again: its last word stays in force.
    glpi.control("{\"fail\": []}");
    daemon.log();
    daemon.sync("glpi");
    daemon.until("the GLPI is read", |daemon| daemon.items("/api/v1/assets").len() == 3 + 698);
    glpi.control("{\"fail\": [\"shrink=Computer:10\"]}");
    daemon.log();
    daemon.sync("glpi");
    assert_eq!(daemon.items("/api/v1/assets").len(), 3 + 698);
    let failures = "ecoparc_source_failures_total{source=\"glpi\",class=\"incomplete\"}";
    assert!(daemon.sample(failures).is_some_and(|count| count >= 1.0));
}

#[test]
fn a_fleet_that_shrinks_by_more_than_half_is_refused() {
    let folder = Folder::new();
    folder.write("fleet.csv", TODAY_ASSETS);
    let config = folder.configure(&(table("fleet", "assets", "fleet.csv", "") + ADMIN_TOKEN));
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let one: Vec<&str> = TODAY_ASSETS.lines().take(2).collect();
    folder.write("fleet.csv", &one.join("\n"));
    daemon.log();
    daemon.sync("fleet");
    assert_eq!(daemon.items("/api/v1/assets").len(), 3);
    assert_eq!(daemon.sample("ecoparc_source_up{source=\"fleet\",connector=\"csv\"}"), Some(0.0));
    assert!(daemon.log().contains("allow_shrink"));
}

#[test]
fn a_killed_daemon_loses_nothing_that_was_published() {
    let folder = Folder::new();
    let glpi = Glpi::start(11, &[]);
    folder.write("fleet.csv", TODAY_ASSETS);
    let config = folder.configure(
        &(table("fleet", "assets", "fleet.csv", "") + &glpi.source("glpi", "page_size = 20") + ADMIN_TOKEN),
    );
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let published = daemon.items("/api/v1/assets");
    assert_eq!(published.len(), 3 + 710);
    // Killed at several moments of a slow collection.
    glpi.control("{\"fail\": [\"slow=0.02\"]}");
    for wait in [30, 120, 300] {
        daemon.wish("glpi");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        daemon.signal("-KILL");
        assert_eq!(daemon.end(), None);
        daemon = Daemon::start(&config);
        daemon.until("an edition is published", |daemon| daemon.get("/readyz").status == 200);
        assert_eq!(daemon.items("/api/v1/assets").len(), published.len());
    }
}

#[test]
fn reload_takes_a_good_configuration_and_keeps_the_old_one_before_a_bad_one() {
    let folder = Folder::new();
    folder.write("fleet.csv", TODAY_ASSETS);
    folder.write("more.csv", "id;kind;serial\nB1;tablet;SERB0001\n");
    let fleet = table("fleet", "assets", "fleet.csv", "");
    let config = folder.configure(&fleet);
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    folder.configure(&(fleet.clone() + "[nonsense]\n"));
    daemon.signal("-HUP");
    daemon.wait_for_line("the old one stays in force");
    daemon.until("the refusal is told", |daemon| daemon.sample("ecoparc_config_last_reload_successful") == Some(0.0));
    assert_eq!(daemon.items("/api/v1/assets").len(), 3);
    folder.configure(&(fleet + &table("more", "assets", "more.csv", "")));
    daemon.signal("-HUP");
    daemon.wait_for_line("stopping");
    daemon.until("the new source is read", |daemon| daemon.items("/api/v1/assets").len() == 4);
    assert_eq!(daemon.sample("ecoparc_config_last_reload_successful"), Some(1.0));
}

#[test]
fn a_stop_ends_a_collection_that_never_would() {
    let folder = Folder::new();
    let glpi = Glpi::start(10, &["--fail", "hang"]);
    folder.write("fleet.csv", TODAY_ASSETS);
    let config =
        folder.configure(&(table("fleet", "assets", "fleet.csv", "") + &glpi.source("glpi", "timeout = \"2s\"")));
    let mut daemon = Daemon::start(&config);
    daemon.until("the time-out is told", |daemon| {
        daemon.sample("ecoparc_source_failures_total{source=\"glpi\",class=\"timeout\"}").is_some()
    });
    assert_eq!(daemon.items("/api/v1/assets").len(), 3);
    daemon.signal("-INT");
    assert_eq!(daemon.end(), Some(0));
}

/// `ecoparc sync` beside a daemon on the same file: what it brought is told with the daemon's next collection, though that
/// brings nothing else.
#[test]
fn what_sync_brings_beside_a_daemon_is_told() {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind;serial\nA;laptop;SERIAL001\n");
    let mut daemon =
        Daemon::start(&folder.configure(&(ADMIN_TOKEN.to_owned() + &table("fleet", "assets", "fleet.csv", ""))));
    daemon.settled();
    folder.write("fleet.csv", "id;kind;serial\nA;laptop;SERIAL001\nB;laptop;SERIAL002\n");
    // Moments are told by the second.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert!(folder.run(&["sync"]).status.success());
    assert_eq!(daemon.items("/api/v1/assets").len(), 1);
    daemon.log();
    daemon.sync("fleet");
    daemon.until("both are told", |daemon| daemon.items("/api/v1/assets").len() == 2);
}
