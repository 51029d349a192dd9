//! Scenarios: the sample fleet against an independent script, by command and by request; what is refused, and to whom.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::figures::sample;
use crate::house::*;

/// What `tests/simulate.py` makes of the sample fleet.
fn script(folder: &Folder, at: &str) -> Value {
    let output = Command::new("python3")
        .arg("-B")
        .arg(root().join("tests/simulate.py"))
        .arg(&folder.0)
        .args(["--at", at, "--life", "laptop=6"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-9)
}

/// A year of a course.
fn row<'a>(told: &'a Value, list: &str, year: usize, course: &str, kind: Option<&str>) -> &'a Value {
    let mut rows = told[list].as_array().unwrap().iter();
    let is_it = |row: &&Value| {
        row["year"] == year && row["course"] == course && kind.is_none_or(|kind| row["kind"].as_str() == Some(kind))
    };
    rows.find(is_it).unwrap_or_else(|| panic!("no {course} of year {year} {kind:?}: {told}"))
}

/// Every figure of every year that the script tells; how many were compared.
fn compared(told: &Value, script: &Value) -> usize {
    let mut count = 0;
    for course in ["today", "scenario"] {
        for (year, figures) in script[course].as_array().unwrap().iter().enumerate() {
            for (name, worked) in figures.as_object().unwrap() {
                let (row, name) = match name.strip_prefix("laptop_") {
                    Some(name) => (row(told, "kinds", year, course, Some("laptop")), name),
                    None => (row(told, "items", year, course, None), name.as_str()),
                };
                let (value, worked) = (row[name].as_f64().unwrap_or(f64::NAN), worked.as_f64().unwrap());
                assert!(near(value, worked), "{course} {year} {name}: {value}, and the script tells {worked}");
                count += 1;
            }
        }
    }
    count
}

fn post(daemon: &Daemon, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    daemon.post(path, &[&[("content-type", "application/json")], headers].concat(), body)
}

fn simulated(daemon: &Daemon, query: &str, body: &str) -> Value {
    let answer = post(daemon, &format!("/api/v1/simulate{query}"), body, &[]);
    assert_eq!(answer.status, 200, "{body}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn run(config: &Path, arguments: &[&str]) -> std::process::Output {
    on_sample_day(ecoparc()).args(arguments).arg("--config").arg(config).output().unwrap()
}

#[test]
fn laptops_of_six_years_are_what_an_independent_script_simulates() {
    let (folder, config) = sample();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    let script = script(&folder, SAMPLE_DAY);
    let told = simulated(&daemon, "", r#"{"title": "Six ans", "lifetime_years": {"laptop": 6}}"#);
    assert_eq!(told["title"], "Six ans");
    assert!(compared(&told, &script) > 120);
    // Year 0 is what is published, to the last bit.
    let published = daemon.reading("footprint_fleet_annual_co2e_grams", &[]);
    for course in ["today", "scenario"] {
        assert_eq!(row(&told, "items", 0, course, None)["total_grams"].as_f64(), published);
    }
    let saved = row(&told, "items", 5, "difference", None);
    let five = |course| row(&told, "items", 5, course, None)["total_grams"].as_f64().unwrap();
    assert_eq!(saved["total_grams"].as_f64(), Some(five("scenario") - five("today")));
    assert!(saved["total_grams"].as_f64().unwrap() < 0.0 && saved["coverage"].is_null(), "{saved}");
    for line in told["assumptions"].as_array().unwrap() {
        let said = ["name", "unit", "course", "origin"]
            .iter()
            .all(|key| line[key].as_str().is_some_and(|text| !text.is_empty()));
        assert!(said && line["value"].is_number(), "{line}");
    }
    // French readers are told so in French.
    let page = daemon.get("/simulate?laptop=6").body;
    for said in ["est remplacé par son semblable", "Durée de vie, ordinateurs portables\u{a0}: 6 ans (scénario"] {
        assert!(page.contains(said), "{said}\nis not in\n{page}");
    }
    for note in told["notes"].as_array().unwrap() {
        assert!(!page.contains(note.as_str().unwrap()), "{note} is told in English");
    }
    // The command tells the same of the same store.
    let file = root().join("config/scenarios/portables-6-ans.toml");
    let output = run(&config, &["simulate", file.to_str().unwrap(), "--format", "json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let by_command: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    for list in ["items", "kinds", "assumptions", "notes"] {
        assert_eq!(by_command[list], told[list], "{list}");
    }
    // And as a table for people: each figure in the order of the years.
    let text = String::from_utf8(run(&config, &["simulate", file.to_str().unwrap()]).stdout).unwrap();
    let tonnes = |figures: &Value| format!("{:.2}", figures["total_grams"].as_f64().unwrap() / 1e6);
    let line = text.lines().find(|line| line.starts_with("footprint a year")).unwrap();
    let years: Vec<String> = script["today"].as_array().unwrap().iter().map(tonnes).collect();
    assert!(
        line.split_whitespace().collect::<Vec<_>>().ends_with(&years.iter().map(String::as_str).collect::<Vec<_>>())
    );
    assert!(text.contains("lifetime_years.laptop") && text.contains("the scenario"), "{text}");
}

#[test]
fn ready_scenarios_change_what_they_name() {
    let (_folder, config) = sample();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    let difference = |told: &Value, year: usize, name: &str, kind: Option<&str>| {
        let list = if kind.is_some() { "kinds" } else { "items" };
        row(told, list, year, "difference", kind)[name].as_f64()
    };
    // Nothing changed changes nothing.
    let nothing = simulated(&daemon, "", "{}");
    let mut compared = 0;
    for row in nothing["items"].as_array().unwrap().iter().chain(nothing["kinds"].as_array().unwrap()) {
        let figures = row.as_object().unwrap().iter().filter(|_| row["course"] == "difference");
        for (name, value) in
            figures.filter(|(name, _)| !["year", "civil_year", "course", "kind"].contains(&name.as_str()))
        {
            assert!(name == "reuse_spend_target_ratio" || value.as_f64().is_none_or(|value| value == 0.0), "{row}");
            compared += usize::from(value.is_number());
        }
    }
    assert!(compared > 20, "{compared}");
    let ready = |name: &str| {
        let file = root().join(format!("config/scenarios/{name}.toml"));
        let output = run(&config, &["simulate", file.to_str().unwrap(), "--format", "json"]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|error| panic!("{name}: {error}: {text}"))
    };
    let screens = ready("ecrans-imprimantes");
    assert!(difference(&screens, 1, "removed", Some("monitor")).unwrap() > 0.0);
    let printers = row(&screens, "kinds", 0, "today", Some("printer"))["assets"].as_f64().unwrap();
    let removed = difference(&screens, 5, "assets", Some("printer")).unwrap();
    assert!(removed < -0.2 * printers && removed >= -0.4 * printers - 1e-9, "{removed} of {printers}");
    assert!(difference(&screens, 5, "use_grams", None).unwrap() < 0.0);
    let half = ready("moitie-reconditionne");
    assert!(difference(&half, 5, "total_grams", None).unwrap() < 0.0);
    assert_eq!(difference(&half, 5, "exits", None), Some(0.0));
    let share = |course| row(&half, "items", 3, course, None)["reuse_spend_ratio"].as_f64().unwrap();
    assert!(share("scenario") > share("today"));
    let spent = |course| row(&half, "items", 3, course, None)["spent_coverage"].as_f64();
    assert!(spent("today") < Some(1.0) && spent("today") == spent("scenario"), "{half}");
    // A part of the town is less than the town.
    let ccas = simulated(&daemon, "?entity=ccas", "{}");
    let assets = |told: &Value| row(told, "items", 0, "today", None)["assets"].as_f64().unwrap();
    assert!(assets(&ccas) > 0.0 && assets(&ccas) < assets(&nothing) / 2.0);
}

#[test]
fn what_is_doubtful_is_refused() {
    let (folder, config) = sample();
    assert_eq!(run(&config, &["sync"]).status.code(), Some(0));
    let check = |scenario: &str, said: &str| {
        let file = folder.write("scenario.toml", scenario);
        let output = run(&config, &["simulate", file.to_str().unwrap()]);
        let (code, line) = refusal(&output);
        assert!(code == 1 && line.contains(said), "{scenario}: {line}");
        assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1, "{line}");
        assert!(output.stdout.is_empty());
    };
    check("lifetime_years = { laptop = -6 }", "`lifetime_years.laptop`: -6 does not lie between 0 and 50");
    check(
        "lifetime_years = { labtop = 6 }",
        "`lifetime_years.labtop`: there is no such kind: did you mean `laptop`?",
    );
    check("lifetime_years = { switch = 6 }", "`lifetime_years.switch`: it has no reference lifetime");
    check("refurbishd_share = { all = 0.5 }", "`refurbishd_share`: there is no such key: did you mean");
    check("printers_removed = 40", "`printers_removed`: 40 does not lie between 0 and 1");
    check("electricity = { country = \"XX\" }", "`electricity.country`: no factor");
    check("title = \n", "line 1: ");
    let scenario = folder.write("scenario.toml", "");
    let (code, line) = refusal(&run(&config, &["simulate", scenario.to_str().unwrap(), "--entity", "nulle-part"]));
    assert!(code == 1 && line.contains("no entity is called `nulle-part`"), "{line}");
    let (code, line) = refusal(&run(&config, &["simulate", "nothing.toml"]));
    assert!(code == 1 && line.contains("nothing.toml"), "{line}");
    let large = folder.write("scenario.toml", &"# a long remark\n".repeat(5000));
    let (code, line) = refusal(&run(&config, &["simulate", large.to_str().unwrap()]));
    assert!(code == 1 && line.contains("80000 bytes"), "{line}");
}

#[test]
fn who_may_simulate_what() {
    let folder = Folder::new();
    folder.write(
        "fleet.csv",
        "id;kind;serial;entity;in_service_date\nA1;laptop;SERIAL001;nord;2024-01-05\nA2;laptop;SERIAL002;sud;2024-01-05\n",
    );
    // The text of each token is its name.
    let token = |name: &str, scopes: &str, more: &str| {
        let hash = Command::new("bash").args(["-c", "printf %s \"$0\" | sha256sum | cut -d' ' -f1", name]).output();
        let hash = String::from_utf8(hash.unwrap().stdout).unwrap();
        format!(
            "[[server.token]]\nname = \"{name}\"\nhash = \"sha256:{}\"\nscopes = [{scopes}]\n{more}\n",
            hash.trim()
        )
    };
    let entity = |id: &str, siret: &str| format!("[[entity]]\nid = \"{id}\"\nname = \"{id}\"\nsiret = \"{siret}\"\n");
    let more = [
        token("reader", "\"read\"", ""),
        token("town", "\"assets\"", "entities = [\"nord\"]"),
        entity("nord", "26000000000018"),
        entity("sud", "73282932000074"),
        table("fleet", "assets", "fleet.csv", ""),
    ];
    let config = folder.configure(&more.concat());
    let text = std::fs::read_to_string(&config).unwrap().replace("anonymous = \"assets\"", "anonymous = \"none\"");
    std::fs::write(&config, text).unwrap();
    let mut daemon = Daemon::start(&config);
    daemon.collected();
    let ask = |path: &str, body: &str, token: &str| {
        post(&daemon, &format!("/api/v1/simulate{path}"), body, &[("authorization", &format!("Bearer {token}"))])
    };
    assert_eq!(post(&daemon, "/api/v1/simulate", "{}", &[]).status, 401);
    assert_eq!(ask("", "{}", "wrong").status, 401);
    assert_eq!(daemon.request(reqwest::Method::GET, "/api/v1/simulate", &[]).status, 405);
    let assets = |answer: &Answer| {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(told["edition"].is_number() && told["next"].is_null());
        row(&told, "items", 0, "today", None)["assets"].as_f64().unwrap()
    };
    assert_eq!(assets(&ask("", "{}", "reader")), 2.0);
    let town = ask("", "{}", "town");
    assert_eq!((assets(&town), town.header("etag"), town.body.contains("sud")), (1.0, "", false));
    // Of few machines in an office one would know whose they are; and a neighbour is as unknown as nobody.
    assert_eq!(ask("?entity=nord", "{}", "reader").status, 403);
    assert_eq!(assets(&ask("?entity=nord", "{}", "town")), 1.0);
    let problem = |path: &str, body: &str, status: u16, parameter: &str| {
        let answer = ask(path, body, "town");
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert!(answer.header("content-type").starts_with("application/problem+json"));
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(told["parameter"].as_str().unwrap_or_default(), parameter, "{}", answer.body);
    };
    problem("?entity=sud", "{}", 422, "entity");
    problem("?enity=nord", "{}", 422, "enity");
    problem("", "", 422, "body");
    problem("", "[1]", 422, "body");
    problem("", r#"{"lifetime_years": {"laptop": -6}}"#, 422, "lifetime_years.laptop");
    problem("", r#"{"lifetime_years": {"switch": 6}}"#, 422, "lifetime_years.switch");
    problem("", r#"{"lifetimes": {}}"#, 422, "lifetimes");
    problem("", &format!(r#"{{"title": "{}"}}"#, "a".repeat(70_000)), 413, "");
    let csv = post(&daemon, "/api/v1/simulate", "{}", &[("authorization", "Bearer town"), ("accept", "text/csv")]);
    assert!(
        csv.body.starts_with("year,civil_year,course,total_grams") && csv.body.lines().count() == 19,
        "{}",
        csv.body
    );
    // A session says that it means it.
    let session = daemon.login("town");
    let session = session.as_str();
    assert_eq!(post(&daemon, "/api/v1/simulate", "{}", &[("cookie", session)]).status, 403);
    let page = daemon.request(reqwest::Method::GET, "/", &[("cookie", session)]).body;
    let word = word(&page);
    let meant = [("cookie", session), ("x-csrf-token", word.as_str())];
    assert_eq!(assets(&post(&daemon, "/api/v1/simulate", "{}", &meant)), 1.0);
    // The description knows every key.
    let description = daemon.json("/api/v1/openapi.json");
    let route = &description["paths"]["/api/v1/simulate"]["post"];
    let body = &route["requestBody"]["content"]["application/json"]["schema"]["properties"];
    assert!(
        body["lifetime_years"]["additionalProperties"]["maximum"] == 50 && body["joining"]["type"] == "array",
        "{route}"
    );
    assert!(route["responses"]["422"].is_object() && route["responses"]["413"].is_object(), "{route}");
}
