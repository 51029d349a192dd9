//! The API: who may see what, lists, conditions, problems, exports, the description of itself.

use serde_json::Value;

use crate::house::*;

/// Two towns and their equipment; a formula as a model's name.
fn fleet() -> (Folder, Daemon) {
    let folder = Folder::new();
    let mut rows = "id;kind;model;serial;entity;purchase_date;purchase_price_ht;user\n".to_owned();
    for at in 0..30 {
        let entity = if at % 3 == 0 { "nord" } else { "sud" };
        rows += &format!(
            "A{at:02};laptop;=HYPERLINK(\"x\");SERIAL{at:03};{entity};2025-02-{:02};800,50;jdupont{at}\n",
            at % 28 + 1
        );
    }
    folder.write("fleet.csv", &rows);
    let entity = |id: &str, siret: &str| format!("[[entity]]\nid = \"{id}\"\nname = \"{id}\"\nsiret = \"{siret}\"\n");
    let config = folder.configure_for(
        "none",
        &(token("reader", "read-token", "\"read\"", "")
            + &token("town", "nord-token", "\"assets\"", "entities = [\"nord\"]")
            + &token("all", "assets-token", "\"assets\"", "")
            + ADMIN_TOKEN
            + &entity("nord", "26000000000018")
            + &entity("sud", "73282932000074")
            + &table("fleet", "assets", "fleet.csv", "")),
    );
    let mut daemon = Daemon::start(&config);
    daemon.collected();
    (folder, daemon)
}

fn parsed(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn every_route_asks_who_is_there() {
    let (_folder, daemon) = fleet();
    let description = parsed(&daemon.get("/api/v1/openapi.json"));
    assert_eq!(description["openapi"], "3.1.0");
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() >= 15, "{}", paths.len());
    for (at, (path, item)) in paths.iter().enumerate() {
        let concrete = path.replace("{year}", "2025").replace("{id}", "fleet:A01").replace("{name}", "assets");
        if item.get("get").is_none() {
            continue;
        }
        assert_eq!(daemon.get(&concrete).status, 401, "{path}");
        // After ten of them nothing new would be looked at for a while.
        if at % 4 == 0 {
            assert_eq!(daemon.ask(&concrete, "wrong").status, 401, "{path}");
        }
        let needs_assets = item["get"]["summary"].as_str().unwrap().contains("scope `assets`")
            && !item["get"]["summary"].as_str().unwrap().contains("without scope `assets`");
        assert_eq!(daemon.ask(&concrete, "read-token").status, if needs_assets { 403 } else { 200 }, "{path}");
        assert_eq!(daemon.ask(&concrete, "assets-token").status, 200, "{path}");
        for (_, response) in item["get"]["responses"].as_object().unwrap() {
            assert!(response["description"].as_str().is_some_and(|about| !about.is_empty()), "{path}");
        }
    }
    // HTTP Basic: the password is the token, whatever the name.
    let basic = daemon.request(
        reqwest::Method::GET,
        "/api/v1/indicators",
        &[("authorization", "Basic Z3JhZmFuYTpyZWFkLXRva2Vu")],
    );
    assert_eq!(basic.status, 200);
    let sync = |token: &str| {
        let headers = [("authorization", format!("Bearer {token}"))];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        daemon.request(reqwest::Method::POST, "/api/v1/sources/fleet/sync", &headers).status
    };
    assert_eq!((sync("assets-token"), sync(ADMIN)), (403, 202));
}

/// A town's token finds nothing of its neighbour.
#[test]
fn a_token_of_one_town_sees_that_town() {
    let (_folder, daemon) = fleet();
    let assets = parsed(&daemon.ask("/api/v1/assets?limit=1000", "nord-token"));
    assert_eq!(assets["items"].as_array().unwrap().len(), 10);
    let others = ["fleet:A01", "SERIAL001", "73282932000074", "\"sud\"", ">sud<"];
    for path in [
        "/",
        "/metrics",
        "/api/v1/indicators",
        "/api/v1/assets?limit=1000",
        "/api/v1/footprint",
        "/api/v1/compare",
        "/api/v1/procurement/2025",
        "/api/v1/procurement/2025/lines",
        "/api/v1/procurement/2025/declaration.csv",
        "/api/v1/procurement/2025/trajectory",
        "/api/v1/procurement/2025/missing",
        "/api/v1/disposals/2025",
        "/api/v1/disposals/2025/lines",
        "/api/v1/doubts",
        "/api/v1/sources",
        "/api/v1/indicators/assets/history?step=year",
    ] {
        let answer = daemon.ask(path, "nord-token");
        assert_eq!(answer.status, 200, "{path}");
        for other in others {
            assert!(!answer.body.contains(other), "{path} tells of {other}: {}", answer.body);
        }
    }
    assert_eq!(daemon.ask("/api/v1/assets/fleet:A01", "nord-token").status, 404);
    assert_eq!(daemon.ask("/api/v1/assets/fleet:A00", "nord-token").status, 200);
    assert_eq!(daemon.ask("/api/v1/indicators?entity=sud", "nord-token").status, 422);
}

#[test]
fn lists_go_on_where_they_stopped() {
    let (_folder, daemon) = fleet();
    let mut seen = Vec::new();
    let mut path = "/api/v1/assets?limit=7".to_owned();
    loop {
        let page = parsed(&daemon.ask(&path, "assets-token"));
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 7);
        seen.extend(items.iter().map(|asset| asset["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(cursor) => path = format!("/api/v1/assets?limit=7&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 30);
    assert!(seen.is_sorted());
    let found = |query: &str| {
        parsed(&daemon.ask(&format!("/api/v1/assets?{query}"), "assets-token"))["items"].as_array().unwrap().len()
    };
    assert_eq!(found("entity=nord&limit=1000"), 10);
    assert_eq!(found("q=serial007"), 1);
    assert_eq!(found("kind=monitor"), 0);
}

#[test]
fn what_is_known_is_not_sent_again() {
    let (_folder, mut daemon) = fleet();
    let first = daemon.ask("/api/v1/indicators", "read-token");
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"'), "{tag}");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let again = |daemon: &Daemon, tag: &str, token: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("if-none-match", tag)];
        daemon.request(reqwest::Method::GET, "/api/v1/indicators", &headers)
    };
    let known = again(&daemon, &format!("\"other\", W/{tag}"), "read-token");
    assert_eq!((known.status, known.body.as_str()), (304, ""));
    assert_eq!(again(&daemon, "*", "read-token").status, 304);
    // Another viewer sees something else.
    assert_eq!(again(&daemon, &tag, "assets-token").status, 200);
    daemon.sync("fleet");
    assert_eq!(again(&daemon, &tag, "read-token").status, 200);
    // What is stored changes while an edition lasts.
    let (bearer, path) = ("Bearer read-token", "/api/v1/indicators/assets/history?step=year");
    let history = daemon.ask(path, "read-token");
    assert_eq!(
        (history.status, history.header("etag"), history.header("cache-control")),
        (200, "", "private, no-cache")
    );
    let headers = [("authorization", bearer), ("if-none-match", "*")];
    assert_eq!(daemon.request(reqwest::Method::GET, path, &headers).status, 200);
    let description = parsed(&daemon.get("/api/v1/openapi.json"));
    let says_so = |path: &str| !description["paths"][path]["get"]["responses"]["304"].is_null();
    let paths = ["/api/v1/indicators", "/api/v1/indicators/{name}/history"];
    assert_eq!(paths.map(says_so), [true, false]);
}

#[test]
fn problems_say_what_is_wrong() {
    let (_folder, daemon) = fleet();
    let check = |path: &str, status: u16, parameter: &str| {
        let answer = daemon.ask(path, "assets-token");
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert!(answer.header("content-type").starts_with("application/problem+json"), "{path}");
        let problem = parsed(&answer);
        assert_eq!(problem["status"], status, "{path}");
        assert_eq!(problem["parameter"].as_str().unwrap_or_default(), parameter, "{path}");
    };
    check("/api/v1/nothing", 404, "");
    check("/api/v1/assets/fleet:nobody", 404, "");
    check("/api/v1/assets?lmit=1", 422, "lmit");
    check("/api/v1/assets?limit=0", 422, "limit");
    check("/api/v1/assets?limit=1001", 422, "limit");
    check("/api/v1/assets?cursor=zz", 422, "cursor");
    check("/api/v1/assets?updated_since=soon", 422, "updated_since");
    check("/api/v1/indicators?at=2026-02-31", 422, "at");
    check("/api/v1/indicators?entity=est", 422, "entity");
    assert!(
        daemon.ask("/api/v1/indicators?entity=est", "assets-token").body.contains("or several are: write the id")
    );
    check("/api/v1/procurement/abc", 422, "year");
    check("/api/v1/footprint?criterion=joy", 422, "criterion");
    check("/api/v1/compare?from=soon", 422, "from");
    check("/api/v1/compare?from=2999-01-01", 422, "from");
    check("/api/v1/compare?to=2999-01-01", 422, "to");
    check("/api/v1/compare?from=1970-01-01", 422, "from");
    check("/api/v1/compare?kind=joy", 422, "kind");
    assert_eq!(daemon.ask("/api/v1/compare?entity=nord", "read-token").status, 403);
    assert_eq!(daemon.ask("/api/v1/compare?entity=nord", "assets-token").status, 200);
    let wrong = daemon.request(reqwest::Method::DELETE, "/api/v1/assets", &[]);
    assert_eq!(wrong.status, 405);
    let anonymous = daemon.get("/api/v1/assets");
    assert!(anonymous.header("www-authenticate").contains("Bearer"));
}

#[test]
fn exports_run_nothing_and_tell_no_one() {
    let (_folder, mut daemon) = fleet();
    let csv = daemon.request(
        reqwest::Method::GET,
        "/api/v1/assets",
        &[("authorization", "Bearer assets-token"), ("accept", "text/csv")],
    );
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert_eq!(csv.body.lines().count(), 31);
    assert!(csv.body.contains("'=HYPERLINK") && !csv.body.contains(",=HYPERLINK"), "{}", csv.body);
    // Nobody's login is anywhere: there is no key, so people are dropped.
    for path in ["/api/v1/assets?limit=1000", "/api/v1/assets/fleet:A00", "/metrics", "/"] {
        assert!(!daemon.ask(path, "assets-token").body.contains("jdupont"), "{path}");
    }
    assert!(!daemon.log().contains("jdupont"));
}

#[test]
fn a_session_is_a_token_exchanged() {
    let (_folder, daemon) = fleet();
    let page = daemon.get("/");
    assert!(page.body.contains("name=\"token\""), "the page asks for a token");
    let login = |token: &str| daemon.post("/login", &[FORM], &format!("token={token}"));
    assert_eq!(login("wrong").status, 403);
    let opened = login("ecoparc_test_admin");
    assert_eq!(opened.status, 303);
    let cookie = opened.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let session = cookie.split(';').next().unwrap().to_owned();
    let page = daemon.request(reqwest::Method::GET, "/", &[("cookie", &session)]);
    assert!(page.body.contains("name=\"csrf\""), "a form that changes something carries the session's word");
    // A form of another site has the cookie, and not the word.
    let forged = daemon.request(reqwest::Method::POST, "/api/v1/sources/fleet/sync", &[("cookie", &session)]);
    assert_eq!(forged.status, 403);
    let asked = daemon.request(reqwest::Method::GET, "/api/v1/assets", &[("cookie", &session)]);
    assert_eq!(asked.status, 200);
}

/// Why a source fails names its host or its file.
#[test]
fn why_a_source_fails_is_for_those_who_see_assets() {
    let (folder, mut daemon) = fleet();
    let source = |daemon: &Daemon, token: &str| parsed(&daemon.ask("/api/v1/sources", token))["items"][0].clone();
    assert!(source(&daemon, "assets-token")["notes"].is_array());
    std::fs::remove_file(folder.0.join("fleet.csv")).unwrap();
    daemon.log();
    daemon.sync("fleet");
    let told = source(&daemon, "assets-token");
    assert!(told["failure"].as_str().is_some_and(|why| why.contains("fleet.csv")), "{told}");
    let told = source(&daemon, "read-token");
    assert_eq!(
        (&told["up"], told["failed_at"].is_string(), told["failure_class"].is_string()),
        (&false.into(), true, true)
    );
    assert!(["failure", "notes", "rejected"].iter().all(|key| told[key].is_null()), "{told}");
}

/// Nothing of it is there: the names of its columns are, so that what reads it finds them.
#[test]
fn a_list_of_nothing_has_its_head() {
    let (_folder, daemon) = fleet();
    for (path, head) in [
        ("actions", "id,theme,title,status,"),
        ("assets?q=nothing", "id,entity,entity_name,status,"),
        ("declared", "date,entity,theme,name,"),
        ("disposals/1990", "siret,owner,year,a,b,"),
        ("disposals/1990/lines", "origin,siret,kind,"),
        ("doubts?reason=ledger_gap", "id,reason,about,what\r\n"),
        ("footprint/explanation?kind=tv", "kind,assets,tier,"),
        ("indicators/objective_ratio/history", "date,slice,value,"),
        ("objectives", "name,indicator,slice,"),
        ("procurement/1990", "siret,buyer,category,"),
        ("procurement/1990/lines", "origin,from,siret,"),
        ("procurement/1990/missing", "siret,buyer,category,kind,"),
        ("procurement/1990/trajectory", "siret,buyer,category,month,"),
        ("services", "year,entity,scope,"),
        ("unseen?kind=tv", "id,reasons,kind,"),
    ] {
        let headers = [("authorization", "Bearer assets-token"), ("accept", "text/csv")];
        let answer = daemon.request(reqwest::Method::GET, &format!("/api/v1/{path}"), &headers);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(answer.body.starts_with(head) && answer.body.lines().count() == 1, "{path}: {}", answer.body);
    }
}

#[test]
fn what_is_asked_for_must_exist() {
    let (_folder, daemon) = fleet();
    let admin = [("authorization", "Bearer ecoparc_test_admin")];
    for path in ["unseen?kind=labtop", "indicators?kind=labtop", "indicators?year=abc"] {
        let answer = daemon.request(reqwest::Method::GET, &format!("/api/v1/{path}"), &admin);
        assert_eq!(answer.status, 422, "{path}: {}", answer.body);
    }
}

/// Whoever has not told a SIRET yet is a buyer all the same, and the law binds it.
#[test]
fn an_organisation_without_a_siret_is_a_buyer_too() {
    let folder = Folder::new();
    folder.write("achats.csv", "date;kind;quantity;amount_ht;condition\n2026-02-03;laptop;1;600;refurbished\n");
    let config = folder.write(
        "ecoparc.toml",
        &format!(
            "[organisation]\nname = \"Ville d'Essai\"\nlegal_subject = true\n\
             [server]\nlisten = \"127.0.0.1:0\"\nanonymous = \"read\"\n{}",
            table("achats", "purchases", "achats.csv", "")
        ),
    );
    let daemon = Daemon::start(&config);
    daemon.settled();
    daemon.until("it is told", |daemon| daemon.reading("legal_subject", &[("siret", "unknown")]) == Some(1.0));
    let page = daemon.get("/procurement").body;
    assert!(page.contains("Ville d'Essai") && !page.contains("SIRET"), "{page}");
    // It is called the same wherever a buyer is named, and what it buys is of it.
    assert_eq!(daemon.json("/api/v1/procurement/2026")["items"][0]["buyer"], "Ville d'Essai");
    let own = daemon.json("/api/v1/indicators?name=legal_subject&entity=Ville+d%27Essai");
    assert_eq!(own["items"][0]["slice"]["siret"], "unknown");
    drop(daemon);
    let told = folder.run(&["declare", "--year", "2026", "--entity", "Ville d'Essai", "--force"]);
    let (file, faults) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success() && file.contains("\n2026,unknown,Ville d'Essai,"), "{file}{faults}");
    assert!(faults.contains("give one to [organisation]") && !faults.contains("[[entity]]"), "{faults}");
}
