//! A wall clock that jumps. Timers go on; Debian's `faketime` sets what the daemon takes for the time of day.

use std::path::PathBuf;

use super::fleet;
use crate::house::*;

/// The library of the package `faketime`.
fn library() -> PathBuf {
    let places = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let mut found = places.map(|place| place.path().join("faketime/libfaketimeMT.so.1")).filter(|path| path.exists());
    found.next().expect("Debian's package faketime is installed: tests/run does it")
}

#[test]
fn a_year_forward_and_back() {
    let folder = Folder::new();
    fleet(&folder, 50, "First");
    let every = table("often", "assets", "fleet.csv", "").replace("\"1h\"", "\"1s\"");
    let config = folder.configure(&(table("fleet", "assets", "fleet.csv", "") + &every + ADMIN_TOKEN));
    let library = library();
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
    let year =
        |daemon: &Daemon, source: usize| daemon.sources()[source]["last_success"].as_str().unwrap()[..4].to_owned();
    let this: i32 = year(&daemon, 0).parse().unwrap();
    let edition = |daemon: &Daemon| daemon.json("/readyz")["edition"].as_u64().unwrap();
    let mut last = edition(&daemon);
    for (jump, years) in [("+366d", 1), ("+0", 0), ("-366d", -1), ("+0", 0)] {
        folder.write("clock", jump);
        daemon.wish("fleet");
        let expected = (this + years).to_string();
        daemon.until("both are asked at the new time", |daemon| {
            year(daemon, 0) == expected && year(daemon, 1) == expected
        });
        let next = edition(&daemon);
        println!("{jump}: asked in {expected}, edition {last} -> {next}");
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
