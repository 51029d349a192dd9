//! Rules and alerts: clean to promtool, told in both languages, each with its runbook and its tests; and once from end
//! to end, a source that is cut until a webhook hears of it, through a real Prometheus and a real Alertmanager.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::figures::sample;
use crate::house::*;

fn deploy(path: &str) -> PathBuf {
    root().join("deploy").join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(deploy(path)).unwrap_or_else(|error| panic!("deploy/{path}: {error}"))
}

/// The names of a folder's files that end so.
fn listed(folder: &str, ending: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(deploy(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

/// The alerts: name and text of each, in the order of the file.
fn alerts() -> Vec<(String, String)> {
    let text = read("prometheus/alerts.yml");
    let alerts = text.split("  - alert: ").skip(1).map(|alert| {
        let (name, rest) = alert.split_once('\n').unwrap();
        (name.to_owned(), rest.to_owned())
    });
    alerts.collect()
}

/// The value of a key that stands on a line of its own.
fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.trim_start().strip_prefix(key)?.strip_prefix(": "))
}

fn succeeds(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}: tests/run installs it"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

#[test]
fn promtool_accepts_rules_and_their_tests() {
    let files = listed("prometheus", ".yml");
    let known = ["alerts", "prometheus", "recording", "thresholds"].map(str::to_owned);
    assert_eq!(files, BTreeSet::from(known));
    for rules in ["thresholds", "recording", "alerts"] {
        succeeds(Command::new("promtool").args(["check", "rules"]).arg(deploy(&format!("prometheus/{rules}.yml"))));
    }
    let tests = listed("prometheus/tests", ".yml");
    assert!(tests.len() > 3, "{tests:?}");
    // Each walks through days or a year of evaluations: together they take as long as the longest.
    std::thread::scope(|scope| {
        for test in &tests {
            let file = deploy(&format!("prometheus/tests/{test}.yml"));
            scope.spawn(move || succeeds(Command::new("promtool").args(["test", "rules"]).arg(file)));
        }
    });
}

#[test]
fn every_alert_is_told_explained_and_tested() {
    let alerts = alerts();
    let names: BTreeSet<String> = alerts.iter().map(|(name, _)| name.clone()).collect();
    assert!(names.len() > 20 && names.len() == alerts.len(), "{names:?}");
    let tests: Vec<String> =
        listed("prometheus/tests", ".yml").iter().map(|test| read(&format!("prometheus/tests/{test}.yml"))).collect();
    let page = read("prometheus/README.md");
    assert!(page.contains(&format!("{} alerts", names.len())), "deploy/prometheus/README.md counts otherwise");
    for (name, text) in &alerts {
        assert!(name.starts_with("Ecoparc"), "{name}");
        for key in ["for", "summary", "summary_fr", "description", "description_fr"] {
            assert!(value(text, key).is_some_and(|told| told.len() > 1), "{name} has no `{key}`");
        }
        let labels = value(text, "labels").unwrap();
        let one_of =
            |label: &str, known: &[&str]| known.iter().any(|word| labels.contains(&format!("{label}: {word}")));
        assert!(one_of("severity", &["critical", "warning", "info"]), "{name}: {labels}");
        assert!(one_of("topic", &["law", "strategy", "data", "daemon"]), "{name}: {labels}");
        assert_eq!(value(text, "runbook_url"), Some(format!("deploy/runbooks/{name}.md").as_str()), "{name}");
        let runbook = read(&format!("runbooks/{name}.md"));
        assert!(runbook.starts_with(&format!("# {name}\n")), "the runbook of {name} begins otherwise");
        assert!(page.contains(&format!("`{name}`")), "deploy/prometheus/README.md does not name {name}");
        // Quiet somewhere, and firing somewhere, in one line each or in what follows.
        let quiet = format!("alertname: {name}, exp_alerts: []");
        assert!(tests.iter().any(|test| test.contains(&quiet)), "no test in which {name} is quiet");
        let fires = format!("    alertname: {name}\n    exp_alerts:\n    - exp_labels: {{severity");
        assert!(tests.iter().any(|test| test.contains(&fires)), "no test in which {name} fires");
    }
    let mut runbooks = listed("runbooks", ".md");
    assert!(runbooks.remove("README"), "deploy/runbooks/README.md is gone");
    assert_eq!(runbooks, names, "a runbook is of an alert");
    // A threshold that no alert asks for is a promise to whoever sets it.
    let of = |text: &str, before: &str, after: char| -> BTreeSet<String> {
        text.split(before).skip(1).map(|rest| rest.split(after).next().unwrap().to_owned()).collect()
    };
    let asked = of(&read("prometheus/alerts.yml"), "ecoparc:threshold:limit{of=\"", '"');
    assert_eq!(of(&read("prometheus/thresholds.yml"), "labels: {of: ", '}'), asked, "thresholds");
}

#[test]
fn mail_to_procurement_is_french_and_names_the_page() {
    let folder = Folder::new();
    let told = "{\"receiver\":\"procurement\",\"status\":\"firing\",\"alerts\":[{\"status\":\"firing\",\
                \"annotations\":{\"summary\":\"Late\",\"summary_fr\":\"En retard\",\
                \"description_fr\":\"Depuis le 30 juin.\",\"runbook_url\":\"https://wiki.example.org/Late.md\"}}]}";
    let mut amtool = Command::new("amtool");
    amtool.args([
        "template",
        "render",
        "--template.text={{ template \"ecoparc.subject\" . }}|{{ template \"ecoparc.text\" . }}",
    ]);
    amtool.arg(format!("--template.glob={}", deploy("alertmanager/ecoparc.tmpl").display()));
    amtool.arg(format!("--template.data={}", folder.write("told.json", told).display()));
    let output = amtool.output().expect("amtool is needed: tests/run installs Debian's prometheus-alertmanager");
    let mail = String::from_utf8(output.stdout).unwrap();
    let expected =
        "ecoparc : En retard|En retard\n\nDepuis le 30 juin.\n\nQue faire : https://wiki.example.org/Late.md";
    assert_eq!(mail.trim(), expected, "{}", String::from_utf8_lossy(&output.stderr));
}

/// What the metrics call kinds and categories is spelled in the French texts, by the words of the dashboards.
#[test]
fn french_texts_hold_no_raw_word() {
    let asks = "import json, sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]); import words; \
                print(json.dumps({label: words.WORDS[label] for label in ('kind', 'category')}))";
    let output = Command::new("python3").arg("-c").arg(asks).arg(deploy("grafana")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let words: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut spelled = BTreeSet::new();
    for (name, text) in alerts() {
        for key in ["summary_fr", "description_fr"] {
            let told = value(&text, key).unwrap().replace("''", "'").to_lowercase();
            for label in ["kind", "category"] {
                assert!(!told.contains(&format!("{{{{ $labels.{label} }}}}")), "{name} tells a raw {label}");
                if !told.contains(&format!("eq $labels.{label} ")) {
                    continue;
                }
                spelled.insert(label);
                for (word, french) in words[label].as_object().unwrap() {
                    let french = french.as_str().unwrap().to_lowercase();
                    let spells = format!("eq $labels.{label} \"{word}\" }}}}{french}{{{{");
                    assert!(word == "unknown" || told.contains(&spells), "{name} does not spell {word}");
                }
            }
        }
    }
    assert_eq!(spelled.len(), 2, "{spelled:?}");
}

/// Words of rules that hold `ecoparc_` or `ecoparc:`, comments left out.
fn series(text: &str) -> BTreeSet<&str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let words = lines.flat_map(|line| line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')));
    words.filter(|word| word.contains("ecoparc_") || word.starts_with("ecoparc:")).collect()
}

#[test]
fn rules_ask_for_what_is_published() {
    let (_folder, config) = sample();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    let scrape = daemon.get("/metrics").body;
    let told = |name: &str| {
        scrape.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])))
    };
    let (recording, alerts) = (read("prometheus/recording.yml"), read("prometheus/alerts.yml"));
    let recorded: BTreeSet<&str> = recording.lines().filter_map(|line| line.strip_prefix("  - record: ")).collect();
    let asked: BTreeSet<&str> = [&recording, &alerts].into_iter().flat_map(|text| series(text)).collect();
    assert!(asked.len() > 30, "{asked:?}");
    let unknown: Vec<&&str> = asked
        .iter()
        .filter(|name| {
            if name.contains(':') {
                !recorded.contains(**name) && **name != "ecoparc:threshold:limit"
            } else {
                !told(name)
            }
        })
        .collect();
    assert!(unknown.is_empty(), "rules ask for what the sample fleet does not publish: {unknown:?}");
    let unused: Vec<&&str> = recorded.iter().filter(|name| !series(&alerts).contains(**name)).collect();
    let by_rules = ["ecoparc:current_year:info"];
    assert!(unused.iter().all(|name| by_rules.contains(name)), "recorded, and asked for by nothing: {unused:?}");
    // What runbooks send people to is there; what names an asset or a source of theirs is left to them.
    let mut followed = 0;
    for runbook in listed("runbooks", ".md") {
        let text = read(&format!("runbooks/{runbook}.md")).replace("YEAR", "2026");
        let quoted = text.split('`').skip(1).step_by(2).filter(|quoted| quoted.starts_with('/'));
        for path in quoted.filter(|path| !path.contains(char::is_uppercase) && !path.starts_with("/etc")) {
            assert_eq!(daemon.get(path).status, 200, "the runbook of {runbook} sends to {path}");
            followed += 1;
        }
    }
    assert!(followed > 10, "{followed}");
    // What legal alerts go by: the town is bound, its CCAS is not.
    let legal = |siret: &str| daemon.sample(&format!("ecoparc_legal_subject{{siret=\"{siret}\"}}"));
    assert_eq!((legal("21000000600010"), legal("26000000500017")), (Some(1.0), Some(0.0)));
    assert_eq!(daemon.sample("ecoparc_source_stale_after_seconds{source=\"achats\"}"), Some(86_400.0));
    let objectives = daemon.json("/api/v1/objectives")["items"].as_array().unwrap().clone();
    let laptops = objectives.iter().find(|objective| objective["name"] == "portables-7-ans").unwrap();
    let expected = laptops["expected_ratio"].as_f64();
    let told = "ecoparc_objective_expected_ratio{objective=\"portables-7-ans\",theme=\"2\"}";
    assert_eq!(daemon.sample(told), expected);
    assert!(expected.is_some_and(|pace| pace > 0.0 && pace <= 1.0), "{expected:?}");
}

#[test]
fn a_store_that_refuses_is_told_and_so_is_its_return() {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind\n1;laptop\n");
    let source = table("fleet", "assets", "fleet.csv", "").replace("every = \"1h\"", "every = \"7s\"");
    let daemon = Daemon::start(&folder.configure(&format!("[store]\nurl = \"sqlite://fleet.db\"\n{source}")));
    daemon.settled();
    assert_eq!(daemon.sample("ecoparc_store_up"), Some(1.0));
    // Another program keeps the database for itself.
    let keeps = "import sqlite3, sys\nkept = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)\n\
                 kept.execute('BEGIN IMMEDIATE')\nprint('kept', flush=True)\nsys.stdin.read()\n";
    let mut python = Command::new("python3")
        .args(["-c", keeps])
        .arg(folder.0.join("fleet.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(python.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "kept\n");
    daemon.until("the store is told to refuse", |daemon| daemon.sample("ecoparc_store_up") == Some(0.0));
    assert_eq!(
        daemon.sample("ecoparc_assets{entity=\"Ville d'Essai\",kind=\"laptop\",status=\"in_use\"}"),
        Some(1.0)
    );
    drop(python.stdin.take());
    python.wait().unwrap();
    daemon.until("the store is told to be back", |daemon| daemon.sample("ecoparc_store_up") == Some(1.0));
}

/// A text with something in the place of every `from`; it must hold some.
fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "`{from}` is no longer there");
    text.replace(from, to)
}

#[test]
fn a_source_that_is_cut_reaches_a_webhook() {
    let (folder, config) = sample();
    // The CCAS's inventory is read every second, Prometheus asks as often, and alerts wait for nothing. Otherwise this
    // is what is shipped; on the real day, since Prometheus holds what it is told against its own clock.
    let quickstart = std::fs::read_to_string(&config).unwrap();
    let ccas = "path = \"quickstart/inventaire-ccas.csv\"\nevery = \"15m\"";
    std::fs::write(&config, with(&quickstart, ccas, &ccas.replace("15m", "1s")) + ADMIN_TOKEN).unwrap();
    let daemon = Daemon::start(&config);
    daemon.settled();

    let (hook, told) = webhook();
    let alertmanager_port = free_port();
    let alertmanager = [
        ("group_wait: 1m", "group_wait: 1s"),
        ("group_interval: 15m", "group_interval: 1s"),
        ("http://127.0.0.1:9595/", &hook),
        // No mail leaves a test.
        ("localhost:25", "127.0.0.1:1"),
    ];
    let alertmanager =
        alertmanager.iter().fold(read("alertmanager/alertmanager.yml"), |text, (from, to)| with(&text, from, to));
    let alertmanager = folder.write("alertmanager.yml", &alertmanager);
    folder.write("ecoparc.tmpl", &read("alertmanager/ecoparc.tmpl"));
    succeeds(Command::new("amtool").arg("check-config").arg(&alertmanager));
    let _alertmanager = Program::start(
        Command::new("prometheus-alertmanager")
            .arg(format!("--config.file={}", alertmanager.display()))
            .arg(format!("--storage.path={}", folder.0.join("alertmanager").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{alertmanager_port}"))
            // Otherwise it looks for others like it.
            .arg("--cluster.listen-address="),
    );

    let prometheus_port = free_port();
    folder.write("ecoparc.token", ADMIN);
    folder.write("thresholds.yml", &read("prometheus/thresholds.yml"));
    folder.write("recording.yml", &read("prometheus/recording.yml"));
    let rules = with(&read("prometheus/alerts.yml"), "deploy/runbooks/", "https://wiki.example.org/ecoparc/");
    let waits = |line: &str| if line.starts_with("    for: ") { "    for: 0s" } else { line }.to_owned() + "\n";
    folder.write("alerts.yml", &rules.lines().map(waits).collect::<String>());
    let prometheus = [
        ("scrape_interval: 1m", "scrape_interval: 1s"),
        ("evaluation_interval: 1m", "evaluation_interval: 1s"),
        ("127.0.0.1:9093", &format!("127.0.0.1:{alertmanager_port}")),
        ("127.0.0.1:9899", daemon.url.trim_start_matches("http://")),
    ];
    let prometheus =
        prometheus.iter().fold(read("prometheus/prometheus.yml"), |text, (from, to)| with(&text, from, to));
    let prometheus = folder.write("prometheus.yml", &prometheus);
    succeeds(Command::new("promtool").args(["check", "config"]).arg(&prometheus));
    let _prometheus = Program::start(
        Command::new("prometheus")
            .arg(format!("--config.file={}", prometheus.display()))
            .arg(format!("--storage.tsdb.path={}", folder.0.join("tsdb").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{prometheus_port}")),
    );
    let prometheus = |path: &str| {
        wait(async {
            let answer =
                client().get(format!("http://127.0.0.1:{prometheus_port}/api/v1/{path}")).send().await.ok()?;
            serde_json::from_str::<Value>(&answer.text().await.ok()?).ok()
        })
    };
    let rules = || -> Vec<Value> {
        let answer = prometheus("rules").unwrap_or_default();
        let groups = answer["data"]["groups"].as_array().cloned().unwrap_or_default();
        groups.iter().flat_map(|group| group["rules"].as_array().cloned().unwrap_or_default()).collect()
    };
    // Every rule was evaluated, over figures of the sample fleet, and none failed.
    let sources = daemon.sources().len();
    daemon.until("prometheus has scraped and evaluated", |_| {
        let seen = prometheus("query?query=source:ecoparc_source_up:min").unwrap_or_default();
        seen["data"]["result"].as_array().is_some_and(|found| found.len() == sources)
    });
    daemon.until("every rule was evaluated", |_| {
        let rules = rules();
        rules.len() > 50 && rules.iter().all(|rule| rule["health"] != "unknown")
    });
    for rule in rules() {
        assert_eq!(rule["health"], "ok", "{rule}");
        assert!(rule["name"] != "EcoparcSourceFailing" || rule["state"] == "inactive", "nothing is cut yet: {rule}");
    }

    let file = folder.0.join("quickstart/inventaire-ccas.csv");
    let inventory = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let cut = heard(&told, "EcoparcSourceFailing", "firing");
    assert_eq!(cut["labels"]["source"], "inventaire-ccas");
    assert_eq!(cut["labels"]["severity"], "warning");
    assert_eq!(cut["annotations"]["summary"], "Source inventaire-ccas cannot be read");
    assert_eq!(cut["annotations"]["summary_fr"], "La source inventaire-ccas ne peut plus être lue");
    assert_eq!(cut["annotations"]["runbook_url"], "https://wiki.example.org/ecoparc/EcoparcSourceFailing.md");
    folder.write("quickstart/inventaire-ccas.csv", &inventory);
    let mended = heard(&told, "EcoparcSourceFailing", "resolved");
    assert_eq!(mended["labels"], cut["labels"]);
}

/// The first alert of this name and status that the webhook is told of; of what is for other people it hears nothing.
fn heard(told: &Receiver<Value>, name: &str, status: &str) -> Value {
    let until = Instant::now() + 2 * PATIENCE;
    let mut others = BTreeSet::new();
    while let Ok(message) =
        told.recv_timeout(until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)))
    {
        for alert in message["alerts"].as_array().unwrap() {
            assert!(alert["labels"]["topic"] != "law" && alert["labels"]["topic"] != "strategy", "{alert}");
            if alert["labels"]["alertname"] == name && alert["status"] == status {
                return alert.clone();
            }
            others.insert(alert["labels"]["alertname"].to_string() + alert["status"].as_str().unwrap());
        }
    }
    panic!("the webhook never heard of {name} {status}, but of {others:?}");
}
