//! The scrape: clean to promtool, taken by a real Prometheus.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::house::*;

#[test]
fn promtool_finds_nothing_and_a_real_prometheus_scrapes() {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind;serial;purchase_date;purchase_price_ht\n1;laptop;SERIAL01;2024-01-01;900\n");
    let daemon = Daemon::start(&folder.configure(&table("fleet", "assets", "fleet.csv", "")));
    daemon.settled();
    let scrape = daemon.get("/metrics");
    assert!(scrape.header("content-type").starts_with("text/plain"), "{}", scrape.header("content-type"));
    promtool_accepts(&scrape.body);

    let config = folder.write(
        "prometheus.yml",
        &format!(
            "scrape_configs:\n- job_name: ecoparc\n  scrape_interval: 1s\n  static_configs:\n  - targets: ['{}']\n",
            daemon.url.trim_start_matches("http://")
        ),
    );
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut prometheus = Command::new("prometheus")
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", folder.0.join("tsdb").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("prometheus is needed: tests/run installs Debian's");
    let asked = |query: &str| {
        wait(async {
            let url = format!("http://127.0.0.1:{port}/api/v1/query?query={query}");
            let answer = client().get(url).send().await.ok()?.text().await.ok()?;
            let answer: serde_json::Value = serde_json::from_str(&answer).ok()?;
            answer["data"]["result"][0]["value"][1].as_str()?.parse::<f64>().ok()
        })
    };
    let until = std::time::Instant::now() + PATIENCE;
    let query = "sum(ecoparc_assets%7Bkind%3D%22laptop%22%7D)";
    let mut found = None;
    while found.is_none() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(200));
        found = asked(query);
    }
    let up = asked("up%7Bjob%3D%22ecoparc%22%7D");
    let _ = prometheus.kill();
    let _ = prometheus.wait();
    assert_eq!((found, up), (Some(1.0), Some(1.0)));
}

#[test]
fn both_formats_are_negotiated_and_a_scrape_collects_nothing() {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind\n1;laptop\n");
    let mut daemon = Daemon::start(&folder.configure(&table("fleet", "assets", "fleet.csv", "")));
    daemon.settled();
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
