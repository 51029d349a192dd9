//! The dashboards of deploy/grafana: written by their generator, bound by rules, every key known to Grafana's own SDK,
//! every query answered by a real Prometheus. `tests/grafana/draw` draws them.

mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::house::*;
use crate::prometheus::Prometheus;

/// A dashboard as it is committed.
pub struct Dashboard {
    pub file: String,
    pub json: Value,
}

/// All of them, in the order of their names.
pub fn dashboards() -> Vec<Dashboard> {
    let folder = root().join("deploy/grafana/dashboards");
    let mut found: Vec<Dashboard> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            Dashboard { file: path.file_name().unwrap().to_str().unwrap().to_owned(), json }
        })
        .collect();
    found.sort_by(|a, b| a.file.cmp(&b.file));
    assert!(found.len() >= 6, "only {} dashboards", found.len());
    found
}

/// The items of a list within a dashboard.
pub fn list<'a>(json: &'a Value, pointer: &str) -> &'a [Value] {
    json.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text within a dashboard.
pub fn text<'a>(json: &'a Value, pointer: &str) -> &'a str {
    json.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

impl Dashboard {
    /// What asks something: every panel but the headings of rows.
    pub fn panels(&self) -> impl Iterator<Item = &Value> {
        list(&self.json, "/panels").iter().filter(|panel| panel["type"] != "row")
    }
}

/// Has a script write what it writes; a fleet as on the sample's day.
fn python(script: &str, arguments: &[&Path]) -> Output {
    let output = on_sample_day(Command::new("python3")).arg(root().join(script)).args(arguments).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn dashboards_are_what_their_generator_writes() {
    let folder = Folder::new();
    python("deploy/grafana/generate.py", &[&folder.0]);
    let mut written: Vec<_> = std::fs::read_dir(&folder.0).unwrap().map(|file| file.unwrap().file_name()).collect();
    written.sort();
    let committed: Vec<_> =
        dashboards().iter().map(|one| one.file.clone().into()).collect::<Vec<std::ffi::OsString>>();
    assert_eq!(written, committed, "run deploy/grafana/generate.py, and remove what it no longer writes");
    for name in written {
        let [new, kept] =
            [&folder.0, &root().join("deploy/grafana/dashboards")].map(|at| std::fs::read(at.join(&name)).unwrap());
        assert!(new == kept, "{name:?} is not what deploy/grafana/generate.py writes: run it");
    }
}

/// What Grafana's SDK does not give back of these files.
fn unknown_keys(files: &[PathBuf]) -> Vec<String> {
    let mut trip = Command::new(root().join("tests/grafana/roundtrip"));
    let output = trip.arg(target().join("grafana-sdk")).args(files).output().unwrap();
    let found: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    assert_eq!(output.status.success(), found.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    found
}

#[test]
fn grafana_knows_every_key() {
    let folder = root().join("deploy/grafana/dashboards");
    let files: Vec<PathBuf> = dashboards().iter().map(|one| folder.join(&one.file)).collect();
    assert_eq!(unknown_keys(&files), Vec::<String>::new());
    // It would see the contrary.
    let spoilt = std::fs::read_to_string(&files[0]).unwrap().replacen("\"noValue\"", "\"novalue\"", 1);
    let spoilt = spoilt.replacen("\"justifyMode\"", "\"justifymode\"", 1);
    let other = Folder::new();
    let found = unknown_keys(&[other.write("spoilt.json", &spoilt)]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().any(|key| key.ends_with("/fieldConfig/defaults/novalue")), "{found:?}");
    assert!(found.iter().any(|key| key.ends_with("/options/justifymode")), "{found:?}");
}

/// A text with its `$name` replaced.
fn replaced(text: &str, values: &BTreeMap<String, String>) -> String {
    // Longer names first: `$year` is no part of another one, but could become it.
    let mut names: Vec<_> = values.iter().collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    names.into_iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value))
}

/// What the variables of a dashboard are when it is opened; with `first`, those that may be several are one value alone.
fn values(dashboard: &Dashboard, prometheus: &Prometheus, first: bool) -> BTreeMap<String, String> {
    let mut values =
        BTreeMap::from([("__rate_interval".to_owned(), "10s".to_owned()), ("__range".to_owned(), "1h".to_owned())]);
    for variable in list(&dashboard.json, "/templating/list") {
        let name = text(variable, "/name").to_owned();
        let value = match (text(variable, "/type"), variable["includeAll"].as_bool()) {
            (_, Some(true)) if !first => text(variable, "/allValue").to_owned(),
            ("custom", _) => {
                text(variable, "/query").split(", ").next().unwrap().rsplit(" : ").next().unwrap().to_owned()
            }
            ("query", _) => {
                let mut found = prometheus.label_values(&replaced(text(variable, "/query/query"), &values));
                // Grafana's order 4: numbers, the greatest first.
                if variable["sort"] == 4 {
                    found.sort_by_key(|value| std::cmp::Reverse(value.parse::<i64>().unwrap()));
                }
                found
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| panic!("{}: nothing to choose for ${name}", dashboard.file))
            }
            _ => continue,
        };
        values.insert(name, value);
    }
    values
}

#[test]
fn every_query_finds_something_in_a_real_prometheus() {
    let folder = Folder::new();
    python("tests/grafana/fleet.py", &["make".as_ref(), &folder.0, "127.0.0.1:0".as_ref()]);
    let daemon = Daemon::start_on_sample_day(&folder.0.join("ecoparc.toml"));
    daemon.settled();
    daemon.until("the room is measured", |daemon| !daemon.readings("room_pue_ratio").is_empty());
    let prometheus = Prometheus::scraping(&daemon, &folder);
    // Counters want two scrapes, and one of a collection that failed.
    let until = Instant::now() + PATIENCE;
    while prometheus.query("rate(ecoparc_source_failures_total[10s])").unwrap_or_default().is_empty() {
        assert!(Instant::now() < until, "Prometheus has scraped nothing");
        std::thread::sleep(Duration::from_millis(200));
    }
    let (mut asked, mut wrong) = (0, Vec::new());
    for dashboard in dashboards() {
        let [all, one] = [false, true].map(|first| values(&dashboard, &prometheus, first));
        for panel in dashboard.panels() {
            for target in list(panel, "/targets") {
                let (expr, title) = (text(target, "/expr"), text(panel, "/title"));
                asked += 1;
                match prometheus.query(&replaced(expr, &all)) {
                    Ok(found) if !found.is_empty() => {}
                    Ok(_) => wrong.push(format!("{}: {title}: nothing for {expr}", dashboard.file)),
                    Err(error) => wrong.push(format!("{}: {title}: {error}: {expr}", dashboard.file)),
                }
                // One service of one kind may have nothing to tell, but may be asked.
                if let Err(error) = prometheus.query(&replaced(expr, &one)) {
                    wrong.push(format!("{}: {title}: {error}: {expr}", dashboard.file));
                }
            }
        }
    }
    assert!(asked > 100, "only {asked} queries were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    agrees(&daemon, &prometheus);
    leads(&daemon);
}

/// What links of dashboards lead to: a place of a page is there.
fn leads(daemon: &Daemon) {
    let mut places = BTreeSet::new();
    for dashboard in dashboards() {
        let written = dashboard.json.to_string();
        let links = written.split("$ecoparc/").skip(1).filter_map(|rest| rest.split('"').next()?.split_once('#'));
        places.extend(links.map(|(path, id)| (format!("/{path}"), id.to_owned())));
    }
    assert!(places.len() > 5, "{places:?}");
    for (path, id) in places {
        let page = daemon.get(&path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains(&format!(" id=\"{id}\"")), "{path} has no place {id}");
    }
}

/// What the overview adds up is what the page says.
fn agrees(daemon: &Daemon, prometheus: &Prometheus) {
    let dashboards = dashboards();
    let overview = dashboards.iter().find(|one| one.file == "overview.json").unwrap();
    let values = values(overview, prometheus, false);
    let told = |title: &str| {
        let panel =
            overview.panels().find(|panel| panel["title"] == title).unwrap_or_else(|| panic!("no panel {title}"));
        prometheus.query(&replaced(text(panel, "/targets/0/expr"), &values)).unwrap()
    };
    let near = |told: f64, said: f64| assert!((told - said).abs() <= said.abs() * 1e-9, "{told} is not {said}");
    let fleet = daemon.reading("footprint_fleet_annual_co2e_grams", &[]).unwrap();
    near(told("Empreinte annuelle")[0], fleet / 1e6);
    let agents: f64 = daemon.readings("agents").iter().filter_map(|one| one["value"].as_f64()).sum();
    near(told("Empreinte par agent")[0], fleet / agents / 1e3);
    let active = ["in_use", "in_stock", "in_repair"].map(|status| {
        let of_status = daemon.readings("assets").into_iter().filter(|one| one["slice"]["status"] == status);
        of_status.filter_map(|one| one["value"].as_f64()).sum::<f64>()
    });
    near(told("Parc actif")[0], active.iter().sum());
    // One share of the target a buyer, each that buyer's rate over the year's target.
    let year = &values["year"];
    let slice = [("category", "it_telephony"), ("year", year.as_str())];
    let aim = daemon.reading("reuse_spend_target_ratio", &slice).unwrap();
    let buyers = daemon.readings("reuse_spend_ratio").into_iter();
    let buyers = buyers.filter(|one| slice.iter().all(|(label, value)| one["slice"][label] == *value));
    let mut shares: Vec<f64> = buyers.filter_map(|one| one["value"].as_f64()).map(|rate| rate / aim).collect();
    let mut shown = told("Achats : part de l'objectif atteinte");
    shares.sort_by(f64::total_cmp);
    shown.sort_by(f64::total_cmp);
    assert_eq!((shown.len(), shares.len()), (2, 2));
    shown.iter().zip(shares).for_each(|(told, said)| near(*told, said));
}
