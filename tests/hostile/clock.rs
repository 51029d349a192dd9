//! A wall clock that jumps. Timers go on.

use super::fleet;
use crate::house::*;

#[test]
fn a_year_forward_and_back() {
    let folder = Folder::new();
    fleet(&folder, 50, "First");
    let every = table("often", "assets", "fleet.csv", "").replace("\"1h\"", "\"1s\"");
    let config = folder.configure(&(table("fleet", "assets", "fleet.csv", "") + &every + ADMIN_TOKEN));
    let library = faketime();
    let clock = folder.write("clock", "+0");
    let mut daemon = Daemon::start_with(
        &config,
        &[
            ("LD_PRELOAD", library.to_str().unwrap()),
            ("FAKETIME_TIMESTAMP_FILE", clock.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ],
    );
    daemon.settled();
    let asked =
        |daemon: &Daemon, source: usize| daemon.sources()[source]["last_success"].as_str().unwrap()[..10].to_owned();
    let edition = |daemon: &Daemon| daemon.json("/readyz")["edition"].as_u64().unwrap();
    let mut last = edition(&daemon);
    for jump in [366, 0, -366, 0] {
        // The day may end meanwhile.
        let day = now().div_euclid(86_400) + jump;
        let days = [day, day + 1].map(civil);
        folder.write("clock", &format!("{jump:+}d"));
        daemon.wish("fleet");
        daemon.until("both are asked at the new time", |daemon| {
            [0, 1].into_iter().all(|source| days.contains(&asked(daemon, source)))
        });
        let next = edition(&daemon);
        println!("{jump:+} days: asked on {}, edition {last} -> {next}", asked(&daemon, 0));
        assert!(next > last, "editions are numbered forward");
        last = next;
        assert_eq!(daemon.items("/api/v1/assets").len(), 50);
        assert_eq!(daemon.sample("ecoparc_store_up"), Some(1.0));
    }
    let log = daemon.log();
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
    daemon.signal("-TERM");
    assert_eq!(daemon.end(), Some(0));
}
