//! The scrape: clean to promtool, taken by a real Prometheus.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::house::*;
use crate::prometheus::Prometheus;

#[test]
fn promtool_finds_nothing_and_a_real_prometheus_scrapes() {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind;serial;purchase_date;purchase_price_ht\n1;laptop;SERIAL01;2024-01-01;900\n");
    let daemon = Daemon::start(&folder.configure(&table("fleet", "assets", "fleet.csv", "")));
    daemon.settled();
    let scrape = daemon.get("/metrics");
    assert!(scrape.header("content-type").starts_with("text/plain"), "{}", scrape.header("content-type"));
    promtool_accepts(&scrape.body);

    let prometheus = Prometheus::scraping(&daemon, &folder);
    let asked = |query: &str| prometheus.query(query).ok()?.first().copied();
    let until = std::time::Instant::now() + PATIENCE;
    let mut found = None;
    while found.is_none() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(200));
        found = asked("sum(ecoparc_assets{kind=\"laptop\"})");
    }
    let up = asked("up{job=\"ecoparc\"}");
    assert_eq!((found, up), (Some(1.0), Some(1.0)));
}

#[test]
fn both_formats_are_negotiated_and_a_scrape_collects_nothing() {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind\n1;laptop\n");
    let mut daemon = Daemon::start(&folder.configure(&table("fleet", "assets", "fleet.csv", "")));
    daemon.collected();
    let collected = |daemon: &mut Daemon| daemon.log().matches("collected").count();
    let before = collected(&mut daemon);
    let open = daemon.request(
        reqwest::Method::GET,
        "/metrics",
        &[("accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")],
    );
    assert!(open.header("content-type").starts_with("application/openmetrics-text; version=1.0.0"));
    assert!(open.body.ends_with("# EOF\n"));
    for _ in 0..20 {
        daemon.get("/metrics");
        daemon.get("/");
    }
    assert_eq!(collected(&mut daemon), before, "a scrape must not start a collection");
}

/// Has promtool look at a page of metrics.
pub fn promtool_accepts(scrape: &str) {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is needed: tests/run installs Debian's prometheus");
    promtool.stdin.take().unwrap().write_all(scrape.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.trim().is_empty(), "{said}");
}
