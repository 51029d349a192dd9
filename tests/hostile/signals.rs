//! Signals at any moment, and a day's collections in a row.

use std::time::{Duration, Instant};

use super::{Chance, fleet, models};
use crate::house::*;

fn often(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|told| told.parse().ok()).unwrap_or(usual)
}

/// For longer: `ECOPARC_KILLS=200 cargo nextest run --no-capture -E 'test(killed_at_any_moment)'`.
#[test]
fn killed_at_any_moment() {
    let kills = often("ECOPARC_KILLS", 16);
    let folder = Folder::new();
    fleet(&folder, 600, "V0");
    let config = folder.configure(&(table("fleet", "assets", "fleet.csv", "") + ADMIN_TOKEN));
    let mut chance = Chance::seeded("killed_at_any_moment");
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    // A daemon that starts asks at once: versions go forward by themselves, never back, and never half.
    let version = |model: &str| model[1..].parse::<u64>().unwrap();
    let first =
        |daemon: &Daemon| version(daemon.json("/api/v1/assets?limit=1")["items"][0]["model"].as_str().unwrap());
    let mut before = 0;
    for kill in 1..=kills {
        fleet(&folder, 600, &format!("V{kill}"));
        daemon.wish("fleet");
        std::thread::sleep(Duration::from_micros(chance.below(200_000)));
        let told = first(&daemon);
        daemon.signal("-KILL");
        assert_eq!(daemon.end(), None);
        daemon = Daemon::start(&config);
        daemon.until("an edition is published", |daemon| daemon.get("/readyz").status == 200);
        let found = first(&daemon);
        assert!(told <= found && found <= kill, "V{told} was told, and V{found} after kill {kill}");
        // All of one version, whichever it is by now.
        let all = models(&daemon);
        assert!(all.len() == 1 && version(&all[0]) >= found, "{all:?} after V{found}");
        assert_eq!(daemon.items("/api/v1/assets").len(), 600);
        before += u64::from(told < kill);
    }
    let check =
        "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone()[0])";
    let output = std::process::Command::new("python3").args(["-c", check]).arg(folder.0.join("ecoparc.db")).output();
    assert_eq!(String::from_utf8(output.unwrap().stdout).unwrap().trim(), "ok");
    println!("{kills} kills, {before} of them before the collection was published; the file is sound");
}

#[test]
fn a_storm_of_reloads() {
    let folder = Folder::new();
    fleet(&folder, 200, "First");
    let config = folder.configure(&table("fleet", "assets", "fleet.csv", ""));
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let (files, memory) = (daemon.descriptors(), daemon.resident());
    let (began, mut answered) = (Instant::now(), 0);
    for signal in 0..200 {
        daemon.signal("-HUP");
        std::thread::sleep(Duration::from_millis(8));
        if signal % 20 == 0 {
            assert_eq!(daemon.get("/readyz").status, 200);
            answered += 1;
        }
    }
    let sent = began.elapsed().as_secs_f64();
    daemon
        .until("it is calm again", |daemon| daemon.descriptors() <= files + 3 && daemon.get("/readyz").status == 200);
    std::thread::sleep(Duration::from_millis(500));
    let reloads = daemon.log().matches("stopping reload=true").count();
    println!(
        "200 SIGHUP in {sent:.1} s: {reloads} reloads, {answered} answers meanwhile; descriptors {files} -> {}, memory \
         {memory} -> {} kB",
        daemon.descriptors(),
        daemon.resident()
    );
    assert!((1..=200).contains(&reloads));
    assert_eq!(models(&daemon), ["First"]);
    assert!(daemon.descriptors() <= files + 5);
    assert!(daemon.resident() < memory + (64 << 10));
}

/// A source that is asked every five minutes is asked 288 times a day: as often as these within seconds.
#[test]
fn the_collections_of_a_day_leave_nothing_behind() {
    let sources = 18;
    let day = often("ECOPARC_DAY_COLLECTIONS", 288);
    let folder = Folder::new();
    let mut more = String::new();
    for at in 0..sources {
        folder.write(&format!("{at}.csv"), &format!("id;kind;serial\n1;laptop;SERA{at:04}\n2;monitor;SERB{at:04}\n"));
        more += &table(&format!("s{at}"), "assets", &format!("{at}.csv"), "").replace("\"1h\"", "\"1s\"");
    }
    let mut daemon = Daemon::start(&folder.configure(&more));
    let collect =
        |daemon: &mut Daemon, times: u64| (0..times).for_each(|_| drop(daemon.wait_for_line(" collected ")));
    // Four of each, until it holds all that it needs.
    collect(&mut daemon, 4 * sources as u64);
    let (files, memory) = (daemon.descriptors(), daemon.resident());
    collect(&mut daemon, day);
    let (after, grown) = (daemon.descriptors(), daemon.resident());
    println!("{day} collections: descriptors {files} -> {after}, memory {memory} -> {grown} kB");
    // All of them open their files in the same moment of a second.
    daemon.until("what they opened is closed", |daemon| daemon.descriptors() <= files + 3);
    assert!(grown < memory + memory / 5, "memory: {memory} -> {grown} kB");
    assert_eq!(daemon.items("/api/v1/assets").len(), 2 * sources);
}
