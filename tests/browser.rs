//! The pages in a real browser (`tests/browser/`): accessible by WCAG 2.2 AA, small by the RGESN, and leading where a
//! reader wants to go.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::figures::sample;
use crate::house::*;

/// What a script of `tests/browser` saw.
fn driven(arguments: &[&str]) -> Value {
    let mut drive = Command::new(root().join("tests/browser/drive"));
    let output = drive.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn count(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

/// Where twentieths of the web's pages end: elements, requests, kilobytes. Source of the tables and of the formula:
/// cnumr/GreenIT-Analysis, `script/ecoIndex.js`.
const ELEMENTS: [f64; 21] = [
    0.0, 47.0, 75.0, 159.0, 233.0, 298.0, 358.0, 417.0, 476.0, 537.0, 603.0, 674.0, 753.0, 843.0, 949.0, 1076.0,
    1237.0, 1459.0, 1801.0, 2479.0, 594601.0,
];
const REQUESTS: [f64; 21] = [
    0.0, 2.0, 15.0, 25.0, 34.0, 42.0, 49.0, 56.0, 63.0, 70.0, 78.0, 86.0, 95.0, 105.0, 117.0, 130.0, 147.0, 170.0,
    205.0, 281.0, 3920.0,
];
const KILOBYTES: [f64; 21] = [
    0.0, 1.37, 144.7, 319.53, 479.46, 631.97, 783.38, 937.91, 1098.62, 1265.47, 1448.32, 1648.27, 1876.08, 2142.06,
    2465.37, 2866.31, 3401.59, 4155.73, 5400.08, 8037.54, 223212.26,
];
/// Above this, a page's grade is A.
const GRADE_A: f64 = 80.0;

/// The EcoIndex of a page, 0 to 100.
fn ecoindex(elements: f64, requests: f64, kilobytes: f64) -> f64 {
    let rank = |ends: &[f64; 21], value: f64| {
        let above = ends.iter().position(|end| value < *end).unwrap_or(20);
        above as f64 - 1.0 + (value - ends[above - 1]) / (ends[above] - ends[above - 1])
    };
    let [elements, requests, kilobytes] =
        [rank(&ELEMENTS, elements), rank(&REQUESTS, requests), rank(&KILOBYTES, kilobytes)];
    100.0 - 5.0 * (3.0 * elements + 2.0 * requests + kilobytes) / 6.0
}

#[test]
fn an_ecoindex_falls_with_what_a_page_asks() {
    // At the tables' own steps, by hand: 100 - 5 × (3 × 10 + 2 × 5 + 2) / 6.
    assert_eq!(ecoindex(603.0, 42.0, 144.7), 65.0);
    assert!(ecoindex(100.0, 1.0, 10.0) > GRADE_A && ecoindex(600.0, 1.0, 10.0) < GRADE_A);
}

#[test]
#[expect(clippy::print_stdout, reason = "what each page costs is worth reading: `--no-capture` shows it")]
fn every_page_is_accessible_and_light() {
    let (_folder, config) = sample();
    let daemon = Daemon::start_on_sample_day(&config);
    daemon.settled();
    let pages = driven(&["pages.mjs", &daemon.url]);
    let path = |page: &Value| text(&page["address"]).split('?').next().unwrap().to_owned();
    let seen: BTreeSet<String> = list(&pages).iter().map(path).collect();
    // The scripts follow links; these must be among what they lead to.
    let known = "/ /login /procurement /exits /lifetime /footprint /footprint/factors /footprint/entities /fleet \
                 /explain /rooms /strategy /changes /simulate /quality /sources /methods";
    for path in known.split_whitespace() {
        assert!(seen.contains(path), "no link leads to {path}: {seen:?}");
    }
    let mut wrong: Vec<String> = Vec::new();
    let mut charts = 0;
    for page in list(&pages) {
        let address = text(&page["address"]);
        let mut must = |holds: bool, what: String| {
            if !holds {
                wrong.push(format!("{address}: {what}"));
            }
        };
        must(page["status"] == 200, format!("status {}", page["status"]));
        let requests = list(&page["requests"]);
        let bytes: f64 = requests.iter().map(|request| count(&request["bytes"])).sum();
        let kilobytes = bytes / 1000.0;
        let index = ecoindex(count(&page["dom"]), requests.len() as f64, kilobytes);
        println!(
            "{address}: {} elements, {kilobytes:.1} kB in {} request, EcoIndex {index:.0}",
            page["dom"],
            requests.len()
        );
        must(kilobytes > 0.5 && kilobytes < 100.0, format!("{kilobytes} kB"));
        must(!text(&page["encoding"]).is_empty(), "it is not compressed".to_owned());
        must((1..=10).contains(&requests.len()), format!("{} requests", requests.len()));
        for request in requests {
            let url = text(&request["url"]);
            must(url.starts_with(&daemon.url) && request["type"] != "Font", format!("it asks for {url}"));
        }
        must(index > GRADE_A, format!("EcoIndex {index:.1}, below A: {} elements", page["dom"]));
        let focus = &page["focus"];
        must(
            count(&focus["reached"]) >= 2.0 && focus["reached"] == focus["reachable"],
            format!("Tab reaches {focus}"),
        );
        must(list(&focus["dim"]).is_empty(), format!("no focus is seen on {}", focus["dim"]));
        for chart in list(&page["charts"]) {
            charts += 1;
            must(!text(&chart["name"]).is_empty(), "a drawing has no name".to_owned());
            let told = count(&chart["figures"]) > 0.0 && list(&chart["missing"]).is_empty();
            must(told, format!("no table tells {} of the drawing {}", chart["missing"], chart["name"]));
        }
        let views = list(&page["views"]);
        must(views.len() == 4, format!("{} views", views.len()));
        for view in views {
            let of = format!("{} px, {}, dark: {}", view["width"], view["lang"], view["dark"]);
            must(view["told"] == view["lang"], format!("{of}: its language is said to be {}", view["told"]));
            must(view["overflow"] == 0, format!("{of}: {} pixels too wide", view["overflow"]));
            must(count(&view["passes"]) > 0.0, format!("{of}: axe-core looked at nothing"));
            must(list(&view["violations"]).is_empty(), format!("{of}: {}", view["violations"]));
        }
    }
    assert!(charts > 10, "only {charts} drawings");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn readers_click_from_figures_to_what_they_rest_on() {
    let (folder, config) = sample();
    let open = std::fs::read_to_string(&config).unwrap();
    let closed = open.replace("anonymous = \"assets\"", "anonymous = \"none\"");
    assert_ne!(closed, open);
    std::fs::write(&config, closed + "\n" + ADMIN_TOKEN).unwrap();
    let mut daemon = Daemon::start_on_sample_day(&config);
    let bearer = format!("Bearer {ADMIN}");
    daemon.until("every source was asked", |daemon| {
        let answer = daemon.request(reqwest::Method::GET, "/api/v1/sources", &[("authorization", &bearer)]);
        let Ok(sources) = serde_json::from_str::<Value>(&answer.body) else { return false };
        sources["items"].as_array().is_some_and(|items| items.iter().all(|source| !source["up"].is_null()))
    });
    daemon.log();
    let downloads = folder.0.join("downloads");
    std::fs::create_dir(&downloads).unwrap();
    let told = driven(&["clicks.mjs", &daemon.url, ADMIN, downloads.to_str().unwrap()]);

    assert_eq!(told["stranger"], serde_json::json!({ "form": 1, "tables": 0 }), "without any right");
    let wrong = serde_json::json!({ "alert": "Ce jeton n'est pas reconnu.", "described": "why" });
    assert_eq!(told["wrong"], wrong);
    assert_eq!(told["login"], serde_json::json!({ "path": "/", "current": "L'essentiel" }));
    assert_eq!(told["english"]["lang"], "en");
    assert!(text(&told["english"]["title"]).starts_with("Procurement"), "{}", told["english"]);
    assert_eq!(told["french"]["lang"], "fr");
    assert!(text(&told["french"]["title"]).starts_with("Achats"), "{}", told["french"]);

    let lines = list(&told["declaration"]["lines"]);
    assert_eq!(lines[0], schema_head(), "the national schema's fields, in its order");
    assert!(lines.len() > 2 && lines.iter().any(|line| text(line).contains(",21000000600010,")), "{lines:?}");

    // The rate of the first card is one of the readings that it leads to, and its lines make it.
    let town = |row: &&Value| row["siret"] == "21000000600010" && row["category"] == "it_telephony";
    let of_town = list(&told["lines"]).iter().filter(town);
    let sum = |side: &str| of_town.clone().map(|line| line[side].as_f64().unwrap_or(0.0)).sum::<f64>();
    let rate = sum("to_reuse") / sum("to_total");
    let shown = text(&told["rate"]);
    assert_eq!(shown.replace(|c: char| !c.is_ascii_digit() && c != ',', ""), percent(rate), "{shown}: {rate}");
    let reading = list(&told["readings"]).iter().find(|reading| town(&&reading["slice"])).unwrap();
    assert!((count(&reading["value"]) - rate).abs() < 1e-9, "{reading} is not {rate}");

    let total = &told["total"];
    assert_eq!(total["path"], "/footprint");
    assert!(text(&total["foot"]).contains(text(&told["footprint"])), "{total} does not tell {}", told["footprint"]);
    assert_eq!(told["kind"]["path"], "/footprint/factors");
    let factors: BTreeSet<&str> = list(&told["factors"]).iter().map(text).collect();
    let rows = list(&told["kind"]["rows"]);
    assert!(!rows.is_empty() && rows.iter().all(|row| factors.contains(text(row))), "{rows:?} are not in the API");

    let found = &told["found"];
    assert!(text(&found["search"]).contains("q=Latitude+5410&kind=laptop"), "{found}");
    assert!((1..=30).contains(&list(&found["ids"]).len()), "{found}");
    let said = list(&told["asset"]["said"]);
    assert!(said.len() > 5 && said.iter().all(|by| text(by).starts_with("inventaire-")), "{said:?}");
    let steps = list(&told["asset"]["steps"]);
    assert!(steps.iter().any(|step| text(step).contains("makers/dell-latitude-5410-14")), "{steps:?}");

    assert_eq!(told["asked"]["path"], "/sources");
    daemon.wait_for_line("collected source=\"effectifs\"");
    assert_eq!(told["out"]["form"], 1, "after logging out: {}", told["out"]);
}

/// A share as the page writes it, without its sign: two decimals at most.
fn percent(share: f64) -> String {
    let told = format!("{:.2}", share * 100.0);
    told.trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}

/// The first line that the national schema asks for.
fn schema_head() -> String {
    let schema = std::fs::read_to_string(root().join("tests/declaration/schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    list(&schema["fields"]).iter().map(|field| text(&field["name"])).collect::<Vec<_>>().join(",")
}
