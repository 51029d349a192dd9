//! What every dashboard keeps to: the rules of Grafana's dashboard-linter that serve here, and our own.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Dashboard, dashboards, list, text};

/// Fails with every breach of a rule at once, over all dashboards.
#[track_caller]
fn check(rule: &str, of: impl Fn(&Dashboard) -> Vec<String>) {
    let dashboards = dashboards();
    let breaches = dashboards.iter().flat_map(|one| of(one).into_iter().map(|what| format!("{}: {what}", one.file)));
    let breaches: Vec<String> = breaches.collect();
    assert!(breaches.is_empty(), "{rule}:\n  {}\n", breaches.join("\n  "));
}

/// Breaches among the queries of a dashboard: the panel's title and what is wrong.
fn of_queries(dashboard: &Dashboard, wrong: impl Fn(&Value, &str) -> Option<String>) -> Vec<String> {
    let queries =
        dashboard.panels().flat_map(|panel| list(panel, "/targets").iter().map(move |target| (panel, target)));
    queries
        .filter_map(|(panel, target)| {
            let expr = text(target, "/expr");
            wrong(panel, expr).map(|what| format!("{}: {what}: {expr}", text(panel, "/title")))
        })
        .collect()
}

/// The metric names of a query, each with what follows it.
fn families(expr: &str) -> Vec<(&str, &str)> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts = expr.match_indices(['e', 'p']).map(|(at, _)| at).filter(|at| {
        let begins = ["ecoparc_", "process_"].iter().any(|start| expr[*at..].starts_with(start));
        begins && !expr[..*at].ends_with(word)
    });
    starts.map(|at| expr[at..].split_at(expr[at..].find(|c| !word(c)).unwrap_or(expr.len() - at))).collect()
}

/// The names after a `$`; a number is a group of a regular expression.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names = text.split('$').skip(1).map(move |rest| rest.split(|c| !letter(c)).next().unwrap_or_default());
    names.filter(|name| name.parse::<u8>().is_err())
}

#[test]
fn a_dashboard_is_known_by_a_stable_name() {
    let mut seen = BTreeSet::new();
    for dashboard in dashboards() {
        let (json, file) = (&dashboard.json, &dashboard.file);
        assert_eq!(text(json, "/uid"), format!("ecoparc-{}", file.trim_end_matches(".json")));
        assert!(seen.insert(text(json, "/title").to_owned()), "{file}: its title is another's");
        assert!(json.get("id").is_none(), "{file}: an id belongs to one Grafana");
        assert!(!text(json, "/description").is_empty() && json["editable"] == false, "{file}");
        assert!(json["schemaVersion"].as_u64().is_some_and(|version| (39..=41).contains(&version)), "{file}");
        assert!(
            text(json, "/time/from").starts_with("now-") && text(json, "/time/to") == "now",
            "{file}: absolute times"
        );
        assert_eq!(json["tags"], json!(["ecoparc"]), "{file}: links between dashboards go by this tag");
        let links: Vec<&str> = list(json, "/links").iter().map(|link| text(link, "/type")).collect();
        assert_eq!(links, ["dashboards", "link"], "{file}: the others, and the page");
    }
}

/// Every `datasource` below a value.
fn sources<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            if key == "datasource" {
                found.push(value);
            }
            sources(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| sources(item, found)),
        _ => {}
    }
}

#[test]
fn the_source_of_data_is_a_variable_everywhere() {
    check("ask $datasource, which the first variable chooses", |dashboard| {
        let mut found = Vec::new();
        sources(&dashboard.json, &mut found);
        let wanted = json!({ "type": "prometheus", "uid": "$datasource" });
        let mut breaches: Vec<String> =
            found.into_iter().filter(|source| **source != wanted).map(ToString::to_string).collect();
        let first = &dashboard.json["templating"]["list"][0];
        if (text(first, "/name"), text(first, "/type"), text(first, "/query"))
            != ("datasource", "datasource", "prometheus")
        {
            breaches.push(format!("the first variable is {first}"));
        }
        for panel in dashboard.panels() {
            let targets = list(panel, "/targets");
            if panel["datasource"] != wanted || targets.iter().any(|target| target["datasource"] != wanted) {
                breaches.push(format!("{} says nowhere whom it asks", text(panel, "/title")));
            }
        }
        breaches
    });
}

#[test]
fn variables_are_explained_used_and_have_an_all() {
    check("a variable has a label and a description, is used, and is renewed with the time range", |dashboard| {
        let mut breaches = Vec::new();
        let variables = list(&dashboard.json, "/templating/list");
        let known: BTreeSet<&str> = variables.iter().map(|one| text(one, "/name")).collect();
        let exprs = dashboard.panels().flat_map(|panel| list(panel, "/targets")).map(|target| text(target, "/expr"));
        let used: BTreeSet<&str> = exprs.flat_map(names).collect();
        let ours = ["__rate_interval", "__range"];
        breaches.extend(
            used.iter()
                .filter(|name| !known.contains(*name) && !ours.contains(*name))
                .map(|name| format!("${name} is no variable")),
        );
        for one in variables {
            let name = text(one, "/name");
            if text(one, "/label").is_empty() || text(one, "/description").is_empty() {
                breaches.push(format!("${name} is not explained"));
            }
            if !["datasource", "ecoparc"].contains(&name) && !used.contains(name) {
                breaches.push(format!("${name} is never used"));
            }
            if one["type"] == "query" && one["refresh"] != 2 {
                breaches.push(format!("${name} is not asked again when the time range changes"));
            }
            // A sum over replicas counts a fleet twice, and a year is one: these have no all.
            let single = ["datasource", "instance", "year", "ecoparc"].contains(&name);
            let all = one["multi"] == true && one["includeAll"] == true && text(one, "/allValue") == ".+";
            if all == single {
                breaches.push(format!("${name}: {}", if single { "one at a time" } else { "several, and all" }));
            }
        }
        breaches
    });
}

#[test]
fn a_panel_says_what_it_shows() {
    check("a panel has a title, a description, a unit, a query, and a place of its own", |dashboard| {
        let mut breaches = Vec::new();
        let mut taken = BTreeSet::new();
        let (mut ids, mut titles) = (BTreeSet::new(), BTreeSet::new());
        for panel in list(&dashboard.json, "/panels") {
            let title = text(panel, "/title");
            if !ids.insert(panel["id"].as_u64()) || panel["id"].is_null() || !titles.insert(title) || title.is_empty()
            {
                breaches.push(format!("`{title}`: its id or its title is missing or another's"));
            }
            let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().unwrap());
            let free = (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))).all(|place| taken.insert(place));
            if !free || x + w > 24 {
                breaches.push(format!("{title} lies over another panel, or beyond the edge"));
            }
        }
        for panel in dashboard.panels() {
            let title = text(panel, "/title");
            if text(panel, "/description").len() < 10 {
                breaches.push(format!("{title} is not described"));
            }
            let targets = list(panel, "/targets");
            if targets.is_empty() || targets.iter().any(|target| text(target, "/expr").is_empty()) {
                breaches.push(format!("{title} asks nothing"));
            }
            for target in targets {
                if unit(panel, text(target, "/refId")).is_empty() {
                    breaches.push(format!("{title}: no unit for query {}", text(target, "/refId")));
                }
            }
        }
        breaches
    });
}

/// The unit of what a query of a panel shows: its column's, else the panel's.
fn unit<'a>(panel: &'a Value, letter: &str) -> &'a str {
    let renames = list(panel, "/transformations").iter().filter_map(|one| one.pointer("/options/renameByName"));
    let column =
        renames.filter_map(|names| names[format!("Value #{letter}")].as_str().or(names["Value"].as_str())).next();
    let overrides = list(panel, "/fieldConfig/overrides").iter();
    let mut own = overrides.filter(|one| column.is_some_and(|column| text(one, "/matcher/options") == column));
    let own = own.find_map(|one| list(one, "/properties").iter().find(|property| property["id"] == "unit"));
    own.map_or_else(|| text(panel, "/fieldConfig/defaults/unit"), |property| text(property, "/value"))
}

#[test]
fn a_figure_has_the_unit_of_its_family() {
    // By the end of the family's name: the unit, and what the query must then do.
    let units: &[(&str, &[(&str, &str)])] = &[
        (
            "_grams",
            &[("suffix:t CO₂e", "/ 1e6"), ("suffix:kg CO₂e", "/ 1e3"), ("suffix:kg", "/ 1e3"), ("massg", "sum")],
        ),
        ("_joules", &[("kwatth", "/ 3600000")]),
        ("_joules_total", &[("kwatth", "/ 3600000"), ("watt", "rate(")]),
        ("_watts", &[("watt", "sum"), ("none", "role=\"total\"")]),
        ("_euros", &[("currency:financial:€:suffix", "ecoparc")]),
        ("_ratio", &[("percentunit", "ecoparc"), ("none", "ecoparc_room_pue_ratio")]),
        ("_seconds", &[("suffix:ans", "/ 31557600"), ("s", "_duration_seconds"), ("dthms", "time() -")]),
        ("_bytes", &[("bytes", "process")]),
    ];
    let mut told = 0;
    for dashboard in dashboards() {
        for panel in dashboard.panels() {
            for target in list(panel, "/targets") {
                let (expr, shown) = (text(target, "/expr"), unit(panel, text(target, "/refId")));
                let family = families(expr)[0].0;
                let Some((_, allowed)) = units.iter().find(|(end, _)| family.ends_with(end)) else { continue };
                told += 1;
                let right = allowed.iter().any(|(unit, does)| *unit == shown && expr.contains(does));
                assert!(right, "{}: {}: unit `{shown}` for {expr}", dashboard.file, text(panel, "/title"));
            }
        }
    }
    assert!(told > 50, "only {told} figures have a unit in their name");
}

#[test]
fn queries_mean_what_they_show() {
    check("each selector is of the chosen instance", |dashboard| {
        of_queries(dashboard, |_, expr| {
            let found = families(expr);
            let stray = found.iter().find(|(_, rest)| !rest.starts_with("{instance=\"$instance\""));
            stray.map(|(name, _)| format!("{name} of any instance")).or(found.is_empty().then(|| "no metric".into()))
        })
    });
    check("a rate is over $__rate_interval, and a counter only within rate or increase", |dashboard| {
        of_queries(dashboard, |_, expr| {
            let counters = expr.match_indices("_total{").count();
            let within = expr.matches("rate(").count() + expr.matches("increase(").count();
            let rates = expr.matches("rate(").count() == expr.matches("[$__rate_interval]").count();
            (counters != within || !rates).then(|| "a counter is not asked for its rate".into())
        })
    });
    check("ratios are neither averaged nor added: take them one by one, or divide sums", |dashboard| {
        of_queries(dashboard, |_, expr| {
            let sums = expr
                .split("sum")
                .skip(1)
                .filter_map(|rest| rest.split_once("(ecoparc_"))
                .filter(|(by, _)| by.trim().is_empty() || by.trim_start().starts_with("by"));
            let mut added = sums.map(|(_, rest)| rest.split('{').next().unwrap_or_default());
            let added = added.any(|family| family.ends_with("_ratio"));
            (added || expr.contains("avg")).then(|| "a mean of ratios".into())
        })
    });
    check("years are of the variable, or a row each: no year stands in a query", |dashboard| {
        of_queries(dashboard, |_, expr| {
            let yearly = ["_euros{", "reuse_spend", "disposal", "weee", "declaration_filed"];
            let asked = ["year=\"$year\"", "year)", "(year,"].iter().any(|year| expr.contains(year));
            let wrong = expr.contains("\"20") || (yearly.iter().any(|family| expr.contains(family)) && !asked);
            wrong.then(|| "years are mixed up".into())
        })
    });
}
