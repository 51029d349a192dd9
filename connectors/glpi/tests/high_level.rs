//! The high-level API of GLPI 11, against the fake.

use std::time::{Duration, Instant};

use domain::word::Kind;

use super::fake::Fake;
use super::{OVER_V2, by_type, check_failure, fleet};
use crate::{Class, Progress};

fn keys(more: &str) -> String {
    format!("{OVER_V2}\n{more}")
}

#[tokio::test]
async fn a_token_is_renewed() {
    let fake = Fake::start(11, &[]);
    let whole = fake.collect(&keys("page_size = 50")).await.unwrap();
    assert_eq!(fake.stats().await["opened"], 1);
    // In the middle of the computers' pages.
    fake.fail(&["expire-session-after=25"]).await;
    assert_eq!(fake.collect(&keys("page_size = 50")).await.unwrap().observations, whole.observations);
    let stats = fake.stats().await;
    assert_eq!((&stats["opened"], &stats["refreshed"], &stats["expired"]), (&2.into(), &1.into(), &1.into()));
    // Expired again and again: each refresh token is used once.
    fake.fail(&["expire-session-after=9:all"]).await;
    assert_eq!(fake.collect(&keys("page_size = 50")).await.unwrap().observations, whole.observations);
    assert!(fake.stats().await["refreshed"].as_u64().unwrap() > 2);
    // A refresh token that is refused: the password it is.
    fake.fail(&["expire-session-after=25", "no-refresh"]).await;
    assert_eq!(fake.collect(&keys("page_size = 50")).await.unwrap().observations, whole.observations);
    assert_eq!(fake.stats().await["opened"], 5);
    fake.fail(&["expire-session-after=0:all"]).await;
    check_failure(&fake, OVER_V2, Class::Auth, "refuses a token it has just given").await;
}

#[tokio::test]
async fn wrong_secrets() {
    let fake = Fake::start(11, &[]);
    let wrong = |key: &str| OVER_V2.replace(&format!("{key} = '"), &format!("{key} = 's3cr3t"));
    check_failure(&fake, &wrong("client_id"), Class::Auth, "`client_id`").await;
    check_failure(&fake, &wrong("client_secret"), Class::Auth, "`client_secret`").await;
    check_failure(&fake, &wrong("password"), Class::Auth, "`login` and `password`").await;
}

#[tokio::test]
async fn what_is_refused_or_not_whole() {
    let fake = Fake::start(11, &["forbid=Infocom"]);
    check_failure(&fake, OVER_V2, Class::Permission, "Infocom: the account's profile has no right").await;
    fake.fail(&["forbid=Computer"]).await;
    check_failure(&fake, OVER_V2, Class::Permission, "Assets/Computer: the account's profile has no right").await;
    fake.fail(&["500-on-page=3:Computer"]).await;
    check_failure(&fake, &keys("page_size = 50"), Class::Server, "Assets/Computer: GLPI failed (HTTP 500)").await;
    fake.fail(&["shrink=Computer:10"]).await;
    check_failure(&fake, OVER_V2, Class::Incomplete, "282 rows came of the 292").await;
    fake.fail(&["html"]).await;
    check_failure(&fake, OVER_V2, Class::Protocol, "web page").await;
    fake.fail(&["hang=token"]).await;
    let source = fake.source(OVER_V2);
    let progress = Progress::default();
    assert!(tokio::time::timeout(Duration::from_millis(500), source.collect(&progress)).await.is_err());
    // A GLPI without this API.
    let ten = Fake::start(10, &[]);
    check_failure(&ten, OVER_V2, Class::Protocol, "is `url` right?").await;
}

#[tokio::test]
async fn what_a_server_that_misbehaves_says() {
    let fake = Fake::start(11, &["endless=Computer"]);
    check_failure(&fake, &keys("page_size = 50"), Class::Incomplete, "its pages have no end").await;
    for body in ["[]", "\"ok\"", "1", "{\"data\":[]}", "{\"data\":{\"Infocom\":{}}}"] {
        fake.fail(&[&format!("json={body}")]).await;
        check_failure(&fake, OVER_V2, Class::Protocol, "Infocom: GLPI's answer is not understood").await;
    }
    // Whatever else answers with an error may say anything.
    let long = format!("{{\"errors\":[{{\"message\":\"first\\nsecond\\u0000 {}\"}}]}}", "x".repeat(100_000));
    fake.fail(&[&format!("json={long}")]).await;
    let failure =
        check_failure(&fake, OVER_V2, Class::Protocol, "GraphQL refuses the question: first second  x").await;
    let told = format!("{:#}", failure.cause);
    assert!(told.len() < 400 && !told.contains(char::is_control));
}

#[tokio::test]
async fn components_that_are_kept_from_us_are_told_of() {
    let fake = Fake::start(11, &["forbid=MemoryItem"]);
    let harvest = fake.collect(OVER_V2).await.unwrap();
    assert!(harvest.notes.iter().any(|note| note.starts_with("MemoryItem: ")), "{:?}", harvest.notes);
    let servers = || harvest.observations.iter().filter(|seen| seen.facts().kind == Some(Kind::Server));
    assert!(servers().all(|seen| seen.facts().ram_gb.is_none() && seen.facts().cpu.is_some()));
}

#[tokio::test]
async fn an_account_that_sees_less_is_told_of() {
    let fake = Fake::start(11, &["no-root"]);
    let harvest = fake.collect(OVER_V2).await.unwrap();
    assert_eq!(by_type(&harvest)["Computer"], 35);
    assert!(harvest.notes[0].contains("sees 1 entity, not the root entity"), "{:?}", harvest.notes);
}

#[tokio::test]
async fn an_older_version_is_asked_in_its_own() {
    let fake = Fake::start(11, &["v2.2"]);
    let harvest = fake.collect(OVER_V2).await.unwrap();
    // It tells no templates, and there are two among the computers.
    assert_eq!(by_type(&harvest)["Computer"], 294);
    assert!(harvest.notes.iter().any(|note| note.contains("templates")), "{:?}", harvest.notes);
    assert!(harvest.notes[0].contains("high-level API 2.2"), "{:?}", harvest.notes);
}

#[tokio::test]
async fn which_api_is_asked() {
    let both = "user_token = 'user'\nclient_id = 'client'\nclient_secret = 'client-secret'\n\
                login = 'ecoparc'\npassword = 'secret'";
    let fake = Fake::start(11, &[]);
    let told = |harvest: &crate::Harvest| harvest.notes[0].split([';', ',']).next().unwrap().to_owned();
    assert_eq!(told(&fake.collect(both).await.unwrap()), "GLPI 11.0.8");
    // REST v1 is switched off.
    fake.fail(&["v2-only"]).await;
    let harvest = fake.collect(both).await.unwrap();
    assert_eq!((told(&harvest), by_type(&harvest)), ("high-level API 2.3".to_owned(), fleet(11)));
    check_failure(&fake, &format!("{both}\napi = 'v1'"), Class::Permission, "is its REST API enabled?").await;
}

#[tokio::test]
async fn requests_keep_their_pace() {
    let fake = Fake::start(11, &[]);
    let began = Instant::now();
    fake.collect(&keys("requests_per_second = 50")).await.unwrap();
    let asked: u64 = fake.stats().await["requests"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    // The first may begin at once. That it takes no less is a promise, not a measurement.
    assert!(began.elapsed() >= Duration::from_millis(20) * (asked as u32 - 1), "{asked} in {:?}", began.elapsed());
}
