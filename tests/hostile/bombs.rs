//! Spreadsheets and tables that unpack, repeat or promise more than there is memory for.

use std::process::Command;
use std::time::Instant;

use super::{LONG, check_failure};
use crate::house::*;

/// What a daemon may hold at most while it refuses all of them at once, in kilobytes. It is the rows of the largest
/// tables, up to where they are refused.
const MOST: u64 = 1000 << 10;

#[test]
fn tables_that_unpack_to_all_memory_are_refused() {
    let folder = Folder::new();
    let made = Command::new("python3").arg(root().join("tests/hostile/bombs.py")).arg(&folder.0).status();
    assert!(made.unwrap().success());
    let read = ["fine.xlsx", "fine.ods"];
    let refused = [
        ("zeros.xlsx", "too_large", "more than 200 times its length"),
        ("zeros.ods", "too_large", "more than 200 times its length"),
        ("members.xlsx", "too_large", "more than 10000 parts"),
        ("overlapping.xlsx", "too_large", "unpack to more than 1 GiB"),
        ("lies.xlsx", "protocol", "larger than its declared"),
        ("lies-rows.xlsx", "protocol", "larger than its declared"),
        ("lies.ods", "protocol", "larger than its declared"),
        ("entities.xlsx", "protocol", "declares entities of its own"),
        ("entities.ods", "protocol", "declares entities of its own"),
        ("event.xlsx", "too_large", "a tag or a text of more than 1 MiB"),
        ("event.ods", "too_large", "a tag or a text of more than 1 MiB"),
        ("deep.xlsx", "too_large", "256 elements inside each other"),
        ("deep.ods", "too_large", "256 elements inside each other"),
        ("unended.ods", "protocol", "ends in the middle"),
        ("promised.xlsx", "too_large", "promises more texts"),
        ("promised-more.xlsx", "too_large", "promises more texts"),
        ("far.xlsx", "protocol", "beyond the last column"),
        ("columns.ods", "protocol", "beyond the last column"),
        ("rows.ods", "protocol", "beyond the last one"),
        ("both.ods", "too_large", "its cells hold more than"),
        ("spaces.ods", "too_large", "a cell of more than 1 MiB"),
        ("shared.xlsx", "too_large", "its cells hold more than"),
        ("large.csv", "too_large", "a table of more than 8 GiB"),
        ("faults.csv", "too_large", "rows cannot be read"),
    ];
    let all = read.iter().chain(refused.iter().map(|(file, ..)| file));
    let sources: Vec<String> = all.map(|file| table(file, "assets", file, "timeout = \"10m\"")).collect();
    let began = Instant::now();
    let daemon = Daemon::start(&folder.configure(&sources.concat()));
    daemon.settled_within(LONG);
    let seconds = began.elapsed().as_secs_f64();
    for (file, class, says) in refused {
        check_failure(&daemon, file, class, says);
    }
    let peak = daemon.peak();
    println!("{} refused in {seconds:.1} s; at most {} MiB held", refused.len(), peak >> 10);
    assert_eq!(daemon.items("/api/v1/assets").len(), read.len(), "what is in order is read");
    assert!(peak < MOST, "{peak} kB");
}
