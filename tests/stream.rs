//! Long answers: made while they are read, at the reader's pace and in little memory.

use std::fmt::Write;
use std::time::Duration;

use serde_json::Value;

use crate::house::{Daemon, Folder, client, table, wait};

/// Assets, and letters that each has in the answer. The place is one text, which the daemon holds once.
const ASSETS: usize = 5_000;
const PLACE: usize = 7200;
/// What the daemon may grow by while it sends them nine times, in kilobytes: a fifth of one body.
const GROWTH: u64 = 7 * 1024;

fn fleet() -> (Folder, Daemon) {
    let folder = Folder::new();
    let place = "Salle ".repeat(PLACE / 6);
    let mut rows = "id,kind,serial,model,location,purchase_price_ht\n".to_owned();
    for at in 0..ASSETS {
        writeln!(rows, "A{at:06},laptop,SN{at:07},Model {},{place},{}.50", at % 20, 500 + at % 300).unwrap();
    }
    folder.write("fleet.csv", &rows);
    let config = folder.configure(&table("fleet", "assets", "fleet.csv", ""));
    let daemon = Daemon::start(&config);
    daemon.settled();
    (folder, daemon)
}

/// The cell that a field of JSON is in CSV.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(several) => several.iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

#[test]
fn a_slow_reader_of_everything_costs_little() {
    let (_folder, daemon) = fleet();
    // What is written for people who read the database is over when nothing grows any more.
    let still = std::cell::Cell::new((0, 0));
    daemon.until("its memory is steady", |daemon| {
        std::thread::sleep(Duration::from_millis(250));
        let (before, turns) = still.get();
        let now = daemon.resident();
        still.set((now, if now.abs_diff(before) < 64 { turns + 1 } else { 0 }));
        turns >= 10
    });
    let steady = daemon.resident();
    let (body, most) = wait(async {
        let ask = || {
            let request = client().get(format!("{}/api/v1/assets", daemon.url));
            request.header("accept", "text/csv").header("accept-encoding", "identity").send()
        };
        // These never read on, and delay nobody.
        let mut idle = Vec::new();
        for _ in 0..8 {
            idle.push(ask().await.unwrap());
        }
        let mut response = ask().await.unwrap();
        assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"assets.csv\"");
        let (mut body, mut most, mut rested) = (Vec::new(), 0, 0);
        while let Some(chunk) = response.chunk().await.unwrap() {
            body.extend_from_slice(&chunk);
            if body.len() / (2 << 20) > rested {
                rested = body.len() / (2 << 20);
                tokio::time::sleep(Duration::from_millis(40)).await;
                most = most.max(daemon.resident());
            }
        }
        (body, most)
    });
    assert!(body.len() > ASSETS * PLACE);
    let grown = most.saturating_sub(steady);
    assert!(grown < GROWTH, "{} kB were read, and the daemon grew by {grown} kB", body.len() / 1024);
    let mut told = daemon.items("/api/v1/assets").into_iter();
    let mut rows = csv::Reader::from_reader(&body[..]);
    let head = rows.headers().unwrap().clone();
    for (row, item) in rows.records().zip(&mut told) {
        let (row, item) = (row.unwrap(), item.as_object().unwrap());
        assert_eq!(head.len(), item.len());
        for (name, told) in head.iter().zip(&row) {
            assert_eq!(told, cell(&item[name]), "{name}");
        }
    }
    assert!(told.next().is_none() && rows_are(&body, ASSETS));
}

/// So many lines, the head apart: no text of these has a line break.
fn rows_are(body: &[u8], rows: usize) -> bool {
    body.iter().filter(|byte| **byte == b'\n').count() == rows + 1
}
