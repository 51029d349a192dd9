//! Asking, against the loopback fake; what it answers are full lists of real servers.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeMap;
use std::time::Duration;

use domain::observation::Facts;
use domain::record::Record;
use domain::word::Kind;
use fake::{Fake, fixtures};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::CONNECTOR;
use crate::http::Client;
use crate::rule::Rules;
use crate::{Class, Failure, Harvest, Progress};

mod fake;
mod fields;
mod growth;
mod high_level;
mod reading;
mod refusals;
mod seeds;
mod settings;

const FLEET: &[(&str, usize)] = &[
    ("Computer", 292),
    ("Monitor", 196),
    ("NetworkEquipment", 40),
    ("Printer", 60),
    ("Phone", 80),
    ("Peripheral", 30),
];

/// What a generation lists: 11 has custom assets.
fn fleet(generation: u32) -> BTreeMap<&'static str, usize> {
    FLEET.iter().copied().chain((generation == 11).then_some(("Tablette", 12))).collect()
}

fn by_type(harvest: &Harvest) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for observation in &harvest.observations {
        *counts.entry(observation.native().split_once('/').unwrap().0).or_default() += 1;
    }
    counts
}

fn facts(harvest: &Harvest, native: &str) -> Facts {
    harvest.observations.iter().find(|observation| observation.native() == native).expect(native).facts()
}

/// Fails with the class, says something that an operator can act on, and leaves no session open.
async fn check_failure(fake: &Fake, keys: &str, class: Class, says: &str) -> Failure {
    let failure = fake.collect(keys).await.expect_err(says);
    let told = format!("{:#}", failure.cause);
    println!("{told}");
    assert_eq!(failure.class, class, "{told}");
    assert!(told.contains(says), "{told:?} does not say {says:?}");
    assert!(!told.contains("s3cr3t"), "{told}");
    let (_, _, open) = fake.sessions().await;
    assert_eq!(open, 0, "sessions left open");
    failure
}

/// Keys that make a source ask the high-level API.
const OVER_V2: &str = "api = 'v2'\nclient_id = 'client'\nclient_secret = 'client-secret'\n\
                       login = 'ecoparc'\npassword = 'secret'";

/// Prints every field that two harvests tell differently, of the assets that both list; returns how many there are.
fn differences(left: (&str, &Harvest), right: (&str, &Harvest)) -> usize {
    let mut differences = 0;
    for observation in &left.1.observations {
        let native = &observation.native();
        let Some(other) = right.1.observations.iter().find(|other| other.native() == *native) else {
            println!("{native} is listed by {} alone", left.0);
            differences += 1;
            continue;
        };
        for field in Facts::FIELDS {
            let (told, otherwise) = ((field.get)(&observation.facts()), (field.get)(&other.facts()));
            if told != otherwise {
                println!("{native} {}: {told:?} by {}, {otherwise:?} by {}", field.name, left.0, right.0);
                differences += 1;
            }
        }
    }
    differences
}

#[tokio::test]
async fn every_api_tells_the_same_fleet() {
    let mut harvests = Vec::new();
    for (generation, keys) in [(10, ""), (11, ""), (11, OVER_V2)] {
        let fake = Fake::start(generation, &[]);
        let progress = Progress::default();
        // Seen by an agent, half an hour before midnight by the server's clock, which is that of the house.
        let seen = json!({ "1": { "last_inventory_update": "2026-11-23 23:30:00" } });
        fake.ask(Method::POST, "/__control", &[], Some(json!({ "change": { "Computer": seen } }))).await;
        let harvest = fake.source_with_people(keys).collect(&progress).await.unwrap();
        assert!(harvest.complete);
        assert_eq!(harvest.rejects, []);
        assert_eq!(by_type(&harvest), fleet(generation));
        let servers = harvest.observations.iter().filter(|seen| seen.facts().kind == Some(Kind::Server));
        let specified = servers.filter(|seen| {
            let facts = &seen.facts();
            let (cpu, ssd) = (facts.cpu.as_deref(), facts.ssd_gb);
            (cpu, facts.ram_gb, ssd) == (Some("Intel Xeon Silver 4210"), Some(8.0), Some(256.0))
        });
        assert_eq!(specified.count(), 4);
        if keys.is_empty() {
            assert_eq!(fake.sessions().await, (1, 1, 0));
            // The trash is not asked for, and templates are left out by the server.
            assert_eq!(fake.stats().await["requests"]["Computer"], 1);
            assert_eq!(progress.now().1, progress.now().2);
        }
        println!("{:?}", harvest.notes);
        harvests.push(harvest);
    }
    let [ten, eleven, high] = &harvests[..] else { unreachable!() };
    assert_eq!(differences(("GLPI 10", ten), ("GLPI 11", eleven)), 0);
    assert_eq!(differences(("REST v1", eleven), ("the high-level API", high)), 0);
    assert_eq!(eleven.observations.len(), high.observations.len());
    for (field, values) in ten.tally.said.iter().filter(|(field, _)| !field.starts_with("field.")) {
        for (value, count) in values {
            assert_eq!(eleven.tally.said[field].get(value), Some(count), "{field}: {value}");
        }
    }
    // The high-level API knows nothing of the Fields plugin; a custom field has no label there.
    let told = |harvest: &Harvest, field: &str| harvest.tally.said.get(field).cloned().unwrap_or_default();
    assert_eq!(told(eleven, "field.Origine achat"), [("Reconditionné".to_owned(), 25)].into());
    assert_eq!(told(eleven, "field.Reconditionné"), [("true".to_owned(), 25 + 4), ("false".to_owned(), 8)].into());
    assert_eq!(told(eleven, "field.Grade"), [("…".to_owned(), 25)].into());
    assert_eq!(told(high, "field.reconditionne"), [("true".to_owned(), 4), ("false".to_owned(), 8)].into());
    assert_eq!(told(high, "field.numero_marche"), [("…".to_owned(), 12)].into());
    let common = |harvest: &Harvest| {
        let mut said = harvest.tally.said.clone();
        said.retain(|field, _| !field.starts_with("field."));
        said
    };
    assert_eq!(common(eleven), common(high));
    let tablet = facts(high, "Tablette/1");
    assert_eq!(tablet.kind, Some(Kind::Tablet));
    assert_eq!(tablet.purchase_price_ht.map(|price| price.0), Some(31_000));
    // Nobody's login is kept: the recorded accounts are called agentNNN.
    assert!(!format!("{high:?}{eleven:?}{ten:?}").contains("agent0"));

    let welcome = facts(ten, "Computer/1");
    assert!(welcome.user.is_some());
    let told: BTreeMap<&str, String> = Facts::FIELDS
        .iter()
        .filter(|field| field.name != "user")
        .filter_map(|f| Some((f.name, (f.get)(&welcome)?.to_string())))
        .collect();
    let expected = [
        ("asset_tag", "SAM-CO0001"),
        ("delivery_date", "2021-07-21"),
        ("entity", "Ville de Saint-Aubin-les-Mésanges > Médiathèque L'Escale <numérique>"),
        ("hostname", "PC d'accueil & prêt n°1"),
        ("in_service_date", "2021-09-14"),
        ("kind", "laptop"),
        ("last_seen", "2026-11-23"),
        ("location", "École Marie-Curie"),
        ("manufacturer", "Dell Inc."),
        ("model", "Latitude 5490"),
        ("order_date", "2021-06-12"),
        ("order_number", "BC2021/636"),
        ("purchase_date", "2021-07-18"),
        ("purchase_price_ht", "911.81"),
        ("serial", "To be filled by O.E.M."),
        ("supplier", "UGAP"),
        ("warranty_end", "2024-07-21"),
    ];
    assert_eq!(told, expected.map(|(name, value)| (name, value.to_owned())).into());
    assert_eq!(ten.tally.said["supplier"].get("Econocom & Cie"), eleven.tally.said["supplier"].get("Econocom & Cie"));
    assert!(ten.tally.said["supplier"]["Econocom & Cie"] > 0);
    let entities: Vec<&str> = ten.observations.iter().filter_map(|o| Some(&**o.entity()?.text())).collect();
    assert_eq!(entities.len(), ten.observations.len());
    assert!(entities.contains(&"Ville de Saint-Aubin-les-Mésanges > Écoles & périscolaire > École Jules-Ferry"));
    assert!(entities.contains(&"Ville de Saint-Aubin-les-Mésanges"));
}

#[tokio::test]
async fn kinds_of_the_fleet() {
    let fake = Fake::start(11, &[]);
    let harvest = fake.collect("").await.unwrap();
    let mut kinds: BTreeMap<Option<Kind>, usize> = BTreeMap::new();
    for seen in &harvest.observations {
        *kinds.entry(seen.kind()).or_default() += 1;
    }
    // 12 computers have no type (14 less the two templates): their models tell, where they have one.
    let untyped = rows("glpi11/Computer");
    let untyped: Vec<_> =
        untyped.iter().filter(|row| row["computertypes_id"] == 0 && row["is_template"] == 0).collect();
    let unknown = untyped.iter().filter(|row| row["computermodels_id"] == 0).count();
    assert_eq!((untyped.len(), kinds.get(&None).copied().unwrap_or(0)), (12, unknown), "{kinds:?}");
    assert_eq!(kinds[&Some(Kind::Monitor)], 196);
    let told = |name: &str| rows(&format!("glpi11/{name}")).len();
    let phones = kinds[&Some(Kind::Smartphone)] + kinds[&Some(Kind::DeskPhone)];
    assert_eq!(phones, told("Phone"));
    let printers = kinds[&Some(Kind::Printer)] + kinds[&Some(Kind::Multifunction)];
    assert_eq!(printers, told("Printer"));
    // Three by their type, one by its model.
    assert_eq!(kinds[&Some(Kind::Server)], 4);
    // « Portable » and « Notebook ».
    assert!(kinds[&Some(Kind::Laptop)] >= 127 + 52, "{kinds:?}");
    assert!(kinds.contains_key(&Some(Kind::Dock)) && kinds.contains_key(&Some(Kind::Firewall)), "{kinds:?}");
}

fn rows(name: &str) -> Vec<Value> {
    let path = fixtures().join(format!("{name}.json"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn small_pages_tell_the_same() {
    let fake = Fake::start(10, &[]);
    let whole = fake.collect("").await.unwrap();
    for page_size in [7, 49, 292] {
        let pages = fake.collect(&format!("page_size = {page_size}")).await.unwrap();
        assert_eq!(pages.observations, whole.observations, "{page_size}");
    }
    assert_eq!(fake.sessions().await, (4, 4, 0));
}

#[tokio::test]
async fn a_server_error_in_the_middle_fails_the_whole() {
    for generation in [10, 11] {
        let fake = Fake::start(generation, &["500-on-page=3:Computer"]);
        check_failure(&fake, "page_size = 50", Class::Server, "Computer: GLPI failed (HTTP 500)").await;
        assert_eq!(fake.stats().await["requests"]["Computer"], 3);
        assert_eq!(fake.sessions().await, (1, 1, 0));
        fake.fail(&[]).await;
        assert_eq!(by_type(&fake.collect("page_size = 50").await.unwrap()), fleet(generation));
    }
}

#[tokio::test]
async fn an_abandoned_collection_ends_its_session() {
    let fake = Fake::start(10, &["hang=Computer"]);
    let (source, progress) = (fake.source(""), Progress::default());
    let until = async |is_so: fn(&Value) -> bool| {
        while !is_so(&fake.stats().await) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        _ = source.collect(&progress) => panic!("it hangs"),
        () = until(|stats| stats["requests"]["Computer"] == 1) => {}
    }
    let ended = until(|stats| stats["opened"] == 1 && stats["killed"] == 1 && stats["open"] == 0);
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("its session ends");
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_timeout() {
    let fake = Fake::start(10, &["hang"]);
    let source = fake.source("");
    let progress = Progress::default();
    assert!(tokio::time::timeout(Duration::from_millis(500), source.collect(&progress)).await.is_err());
    let client = Client::new(&Url::parse(&fake.url).unwrap(), None, Duration::from_millis(300)).unwrap();
    let asked = client.request(Method::GET, &format!("{}/apirest.php/initSession", fake.url));
    let failure = client.ask(asked).await.unwrap_err();
    assert_eq!(failure.class, Class::Timeout, "{:#}", failure.cause);
}

#[tokio::test]
async fn a_forgotten_session_is_renewed() {
    for generation in [10, 11] {
        let fake = Fake::start(generation, &[]);
        let whole = fake.collect("page_size = 50").await.unwrap();
        // In the middle of the computers' pages: what comes before them is asked in the session, once it is open.
        let stats = fake.stats().await;
        let asked: BTreeMap<String, u64> = serde_json::from_value(stats["requests"].clone()).unwrap();
        let later = ["Computer", "Monitor", "NetworkEquipment", "Printer", "Phone", "Peripheral", "PDU", "Enclosure"];
        let is_later =
            |what: &str| later.contains(&what) || what.contains("Device") || what.starts_with("getMultiple");
        let outside = |what: &str| matches!(what, "initSession" | "killSession") || what.ends_with("TabletteAsset");
        let before = asked.iter().filter(|(what, _)| !is_later(what) && !outside(what)).map(|(_, count)| count);
        fake.fail(&[&format!("expire-session-after={}", before.sum::<u64>() + 2)]).await;
        let renewed = fake.collect("page_size = 50").await.unwrap();
        assert_eq!(renewed.observations, whole.observations);
        assert_eq!(fake.stats().await["requests"]["Computer"], 6 + 6 + 1);
        let stats = fake.stats().await;
        assert_eq!((&stats["opened"], &stats["expired"], &stats["killed"]), (&3.into(), &1.into(), &2.into()));
        assert_eq!(stats["open"], 0);
        // Forgotten again and again, as long as a session lasts for one question more.
        fake.fail(&["expire-session-after=9:all"]).await;
        assert_eq!(fake.collect("page_size = 50").await.unwrap().observations, whole.observations);
        assert_eq!(fake.stats().await["open"], 0);
    }
    let fake = Fake::start(11, &["expire-session-after=2:all"]);
    check_failure(&fake, "", Class::Auth, "ERROR_SESSION_TOKEN_INVALID").await;
}

#[tokio::test]
async fn wrong_tokens() {
    for generation in [10, 11] {
        let fake = Fake::start(generation, &[]);
        check_failure(&fake, "user_token = 's3cr3t'", Class::Auth, "`user_token`").await;
        check_failure(&fake, "app_token = 's3cr3t'", Class::Auth, "`app_token`").await;
        check_failure(&fake, "login = 'ecoparc'\npassword = 's3cr3t'", Class::Auth, "`password`").await;
        assert_eq!(fake.sessions().await, (0, 0, 0));
        let harvest = fake.collect("login = 'ecoparc'\npassword = 'secret'").await.unwrap();
        assert_eq!(harvest.accepted(), if generation == 10 { 698 } else { 710 });
        assert_eq!(fake.sessions().await, (1, 1, 0));
    }
}

#[tokio::test]
async fn what_glpi_refuses() {
    let fake = Fake::start(10, &["disabled"]);
    check_failure(&fake, "", Class::Permission, "is its REST API enabled? (ERROR: API désactivée)").await;
    fake.fail(&["ip"]).await;
    check_failure(&fake, "", Class::Permission, "(127.0.0.1)").await;
    fake.fail(&["forbid=Infocom"]).await;
    check_failure(&fake, "", Class::Permission, "Infocom: the account's profile has no right").await;
    fake.fail(&["no-root"]).await;
    let harvest = fake.collect("").await.unwrap();
    let own = rows("glpi10/Computer").iter().filter(|row| row["entities_id"] == 2 && row["is_template"] == 0).count();
    assert_eq!(by_type(&harvest)["Computer"], own);
    assert_eq!(fake.sessions().await.2, 0);
}

#[tokio::test]
async fn what_is_not_glpi() {
    let fake = Fake::start(11, &["html"]);
    check_failure(&fake, "", Class::Protocol, "answered with a web page: is `url` right?").await;
    fake.fail(&["redirect=https://elsewhere.example"]).await;
    check_failure(&fake, "", Class::Protocol, "redirects to https://elsewhere.example").await;
    fake.fail(&[]).await;
    let wrong = format!("url = '{}/glpi'", fake.url);
    check_failure(&fake, &wrong, Class::Protocol, "is `url` right?").await;
    // 11 answers at its other address too.
    let other = format!("url = '{}/api.php/v1'", fake.url);
    assert_eq!(fake.collect(&other).await.unwrap().accepted(), 710);
    let nobody = "url = 'http://127.0.0.1:1'";
    check_failure(&fake, nobody, Class::Network, "127.0.0.1:1 cannot be reached").await;
}

#[tokio::test]
async fn what_is_not_whole() {
    let fake = Fake::start(10, &["shrink=Computer:10"]);
    check_failure(&fake, "", Class::Incomplete, "Computer: 282 rows came of the 292 that GLPI counts").await;
    check_failure(&fake, "page_size = 50", Class::Incomplete, "282 rows came of the 292").await;
    fake.fail(&["vanish=Computer:10"]).await;
    check_failure(&fake, "page_size = 50", Class::Incomplete, "282 rows came of the 292").await;
    fake.fail(&["vanish=Computer:200"]).await;
    // The next page starts behind the last row: the list ends there, too early.
    check_failure(&fake, "page_size = 140", Class::Incomplete, "140 rows came of the 292").await;
    fake.fail(&["cut=Computer"]).await;
    check_failure(&fake, "", Class::Incomplete, "broke off in the middle of an answer").await;
    fake.fail(&["huge=Computer"]).await;
    check_failure(&fake, "", Class::TooLarge, "larger than 64 MiB").await;
}

#[tokio::test]
async fn authorities() {
    let fake = Fake::start_tls(11);
    let failure = fake.collect("").await.unwrap_err();
    assert_eq!(failure.class, Class::Tls, "{:#}", failure.cause);
    println!("{:#}", failure.cause);
    assert_eq!(fake.collect("ca_file = 'loopback.pem'").await.unwrap().accepted(), 710);
    // A server that speaks no TLS.
    let plain = Fake::start(11, &[]);
    let failure = plain.collect(&format!("url = '{}'", plain.url.replace("http:", "https:"))).await.unwrap_err();
    assert_eq!(failure.class, Class::Tls, "{:#}", failure.cause);
}

#[tokio::test]
async fn rules_see_what_glpi_says() {
    let rules = r#"
        [[rule]]
        when = { supplier_type = "(?i)^reconditionneur" }
        set = { condition = "refurbished" }
        [[rule]]
        when = { infocom_comment = "<lot 2>", itemtype = "Computer" }
        set = { supplier = "AfB & Cie" }
        [[rule]]
        when = { group = "." }
        set = { department = "told" }
    "#;
    let tables: toml::Table = toml::from_str(rules).unwrap();
    let rules = Rules::read(tables["rule"].as_array().unwrap(), CONNECTOR.reports).unwrap();
    let mut matches = Vec::new();
    for generation in [10, 11] {
        let fake = Fake::start(generation, &[]);
        let harvest = fake.source_with("", rules.clone()).collect(&Progress::default()).await.unwrap();
        let count = |of: fn(&Facts) -> bool| harvest.observations.iter().filter(|o| of(&o.facts())).count() as u64;
        let told: Vec<u64> = harvest.tally.matches.iter().map(|(count, _)| *count).collect();
        assert_eq!(told[0], count(|facts| facts.condition.is_some()));
        assert_eq!(told[1], count(|facts| facts.supplier.as_deref() == Some("AfB & Cie")));
        assert_eq!(told[2], count(|facts| facts.department.is_some()));
        let reformed = ["Computer", "Monitor", "NetworkEquipment", "Printer", "Phone", "Peripheral"]
            .iter()
            .flat_map(|name| rows(&format!("glpi{generation}/{name}")))
            .filter(|row| row["states_id"] == 4)
            .count() as u64;
        assert_eq!(harvest.tally.said["state"]["Réformé"], reformed);
        matches.push(told);
    }
    println!("{matches:?}");
    assert_eq!(matches[0][..2], matches[1][..2]);
    assert!(matches[0][0] > 0 && matches[0][1] > 0);
    // GLPI 11's lists do not say whose group an item is.
    assert!(matches[0][2] > 0 && matches[1][2] == 0);
}

#[tokio::test]
async fn the_fake_answers_as_recorded() {
    let exchanges = rows("exchanges");
    for generation in [10, 11] {
        let fake = Fake::start(generation, &[]);
        let login = [("App-Token", "app"), ("Authorization", "user_token user")];
        let session = fake.ask(Method::GET, "/apirest.php/initSession", &login, None).await.json().unwrap();
        let session = session["session_token"].as_str().unwrap();
        for exchange in exchanges.iter().filter(|exchange| exchange["generation"] == generation) {
            let path = format!("/apirest.php/{}", exchange["path"].as_str().unwrap());
            let answer =
                fake.ask(Method::GET, &path, &[("App-Token", "app"), ("Session-Token", session)], None).await;
            let told: Option<Value> = serde_json::from_slice(&answer.body).ok();
            let rows = told.as_ref().and_then(Value::as_array).map(Vec::len).filter(|_| answer.status < 400);
            assert_eq!(exchange["status"], answer.status, "{exchange}");
            assert_eq!(exchange["content_range"].as_str(), answer.header("Content-Range"), "{exchange}");
            assert_eq!(exchange["rows"].as_u64(), rows.map(|rows| rows as u64), "{exchange}");
            assert_eq!(exchange["code"].as_str(), super::refusal::code(&answer).as_deref(), "{exchange}");
        }
    }
}
