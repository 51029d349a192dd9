//! Small cells, over HTTP: what a reader may ask in addition to what is published is a part of it, never another sum.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::house::*;

/// A town with departments that have few laptops, and a body of its own with one department that has two.
fn town() -> (Folder, Daemon) {
    let folder = Folder::new();
    let mut rows = "id;kind;serial;entity;in_service_date;user\n".to_owned();
    for (entity, kind, count) in [
        ("police", "laptop", 3),
        ("police", "printer", 2),
        ("police", "desktop", 9),
        ("voirie", "laptop", 8),
        ("ecoles", "laptop", 30),
        ("ccas", "laptop", 12),
        ("foyer", "laptop", 2),
    ] {
        for at in 0..count {
            rows += &format!("{entity}{kind}{at};{kind};SER{entity}{kind}{at};{entity};2024-01-01;x\n");
        }
    }
    folder.write("fleet.csv", &rows);
    folder
        .write("people.csv", "date;entity;agents\n2025-01-01;police;10\n2025-01-01;voirie;10\n2025-01-01;ccas;20\n");
    let entity = |id: &str, more: &str| format!("[[entity]]\nid = \"{id}\"\nname = \"{id}\"\n{more}\n");
    let limited = |id: &str| token(id, &format!("{id}-token"), "\"read\"", &format!("entities = [\"{id}\"]"));
    let config = folder.configure_for(
        "none",
        &(token("reader", "reader-token", "\"read\"", "")
            + &token("whole", "whole-token", "\"assets\"", "")
            + &limited("police")
            + &limited("ccas")
            + "[metrics]\nentity_depth = 2\n"
            + &entity("police", "")
            + &entity("voirie", "")
            + &entity("ecoles", "")
            + &entity("ccas", "siret = \"26000000000018\"")
            + &entity("foyer", "parent = \"ccas\"")
            + &table("fleet", "assets", "fleet.csv", "")
            + &table("people", "headcount", "people.csv", "")),
    );
    let daemon = Daemon::start(&config);
    daemon.until("all is told", |daemon| daemon.ask("/metrics", "whole-token").body.contains("ecoparc_agents{"));
    (folder, daemon)
}

fn items(daemon: &Daemon, path: &str, token: &str) -> Vec<Value> {
    let answer = daemon.ask(path, token);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    let told: Value = serde_json::from_str(&answer.body).unwrap();
    told["items"].as_array().unwrap().clone()
}

/// The sum over the statuses of what is told of an entity's things of a kind.
fn assets(items: &[Value], entity: &str, kind: &str) -> Option<f64> {
    let own = items.iter().filter(|item| {
        item["name"] == "assets" && item["slice"]["entity"] == entity && item["slice"]["kind"] == kind
    });
    let values: Vec<f64> = own.filter_map(|item| item["value"].as_f64()).collect();
    (!values.is_empty()).then(|| values.iter().sum())
}

#[test]
fn a_filter_only_filters() {
    let (_folder, daemon) = town();
    let all = items(&daemon, "/api/v1/indicators", "reader-token");
    // 3 and 2 are too few; together they are five.
    assert_eq!(assets(&all, "police", "laptop"), None);
    assert_eq!(assets(&all, "foyer", "laptop"), None);
    assert_eq!(assets(&all, "other", "laptop"), Some(5.0));
    assert_eq!(assets(&all, "ccas", "laptop"), Some(12.0));
    assert_eq!(assets(&all, "police", "printer"), Some(2.0));
    let per_agent = |entity: &str| {
        let found = all
            .iter()
            .find(|item| item["name"] == "footprint_per_agent_co2e_grams" && item["slice"]["entity"] == entity);
        found.map(|item| item["value"].clone())
    };
    assert_eq!(per_agent("police"), Some(Value::Null), "times its agents it would be a sum");
    assert!(per_agent("voirie").is_some_and(|value| value.is_number()));
    let published: BTreeSet<String> = all.iter().map(Value::to_string).collect();
    let entities = ["police", "voirie", "ecoles", "ccas", "foyer", "Ville d'Essai"];
    let filters = entities.iter().flat_map(|entity| {
        ["", "&kind=laptop", "&name=assets", "&year=2026"].map(|more| format!("entity={entity}{more}"))
    });
    for filter in filters.chain(["kind=laptop".to_owned()]) {
        for item in items(&daemon, &format!("/api/v1/indicators?{filter}"), "reader-token") {
            assert!(published.contains(&item.to_string()), "{filter} tells what is not published: {item}");
        }
    }
    // Tables are sums of what is published.
    let sum = |items: &[Value], entity: &str| -> f64 {
        let own = items
            .iter()
            .filter(|item| item["name"] == "footprint_annual_co2e_grams" && item["slice"]["entity"] == entity);
        own.filter_map(|item| item["value"].as_f64()).sum()
    };
    let rows = items(&daemon, "/api/v1/footprint?by=entity", "reader-token");
    assert!(!rows.is_empty());
    for row in rows {
        let (told, sum) = (row["value"].as_f64().unwrap(), sum(&all, row["entity"].as_str().unwrap()));
        assert!((told - sum).abs() < 1e-6 * sum.max(1.0), "{row} is not {sum}");
    }
    for path in ["/api/v1/footprint/explanation?entity=police", "/api/v1/compare?entity=police"] {
        assert_eq!(daemon.ask(path, "reader-token").status, 403, "{path}");
    }
    let scraped = daemon.ask("/metrics", "reader-token").body;
    assert!(
        !scraped.contains("entity=\"police\",kind=\"laptop\"")
            && !scraped.contains("entity=\"foyer\",kind=\"laptop\"")
    );
    // Who may see each of them sees all.
    assert_eq!(assets(&items(&daemon, "/api/v1/indicators", "whole-token"), "police", "laptop"), Some(3.0));
}

#[test]
fn a_small_department_is_told_nothing_of_its_small_cells() {
    let (_folder, daemon) = town();
    for path in ["/api/v1/indicators", "/api/v1/indicators?entity=police", "/api/v1/indicators?at=2025-06-01"] {
        let told = items(&daemon, path, "police-token");
        for item in told.iter().filter(|item| item["slice"]["kind"] == "laptop") {
            let none =
                item["value"].is_null() || item["value"] == 0.0 || item["name"] == "lifetime_reference_seconds";
            assert!(none, "{path}: {item}");
        }
        assert_eq!(assets(&told, "police", "desktop"), Some(9.0), "{path}");
        assert_eq!(assets(&told, "police", "printer"), Some(2.0), "{path}");
    }
    let explained = items(&daemon, "/api/v1/footprint/explanation", "police-token");
    let kinds: BTreeSet<&str> = explained.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, BTreeSet::from(["desktop", "printer"]));
    let history = items(&daemon, "/api/v1/indicators/assets/history?from=2025-06-01&step=quarter", "police-token");
    let laptops = history.iter().filter(|item| item["slice"]["kind"] == "laptop");
    assert_eq!(laptops.filter(|item| item["value"].as_f64().is_some_and(|value| value != 0.0)).count(), 0);
    let page = daemon.ask("/footprint", "police-token").body;
    assert!(page.contains(">9<") && !page.to_lowercase().contains("portable"), "{page}");
    // The one department of a body of its own is told as part of it.
    let ccas = items(&daemon, "/api/v1/indicators", "ccas-token");
    assert_eq!(
        (assets(&ccas, "ccas", "laptop"), assets(&ccas, "foyer", "laptop"), assets(&ccas, "other", "laptop")),
        (Some(14.0), None, None)
    );
}
