//! What goes wrong: servers that fail, stop, keep other time, or let a part of them be read only.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::super::CONNECTOR;
use super::super::machine::Machine;
use super::server::{Server, collect, context, source};
use super::{differences, facts};
use crate::http::{Client, PATIENCE};
use crate::{Class, Progress};

#[tokio::test]
async fn a_failure_has_its_class() {
    let server = Server::own();
    let check = async |source: Box<dyn crate::Source>, class: Class, says: &str| {
        let failure = collect(source).await.expect_err(says);
        let told = format!("{:#}", failure.cause);
        println!("{}: {told}", domain::word::Word::name(class));
        assert_eq!(failure.class, class, "{told}");
        assert!(told.contains(says), "{told:?} does not say {says:?}");
        assert!(!told.contains("secret") && !told.contains('\n'), "{told}");
    };
    check(server.over_sql("password = 'wrong-secret'"), Class::Auth, "refuses `login` and `password`").await;
    check(server.over_rest("password = 'wrong-secret'"), Class::Auth, "refuses `login` and `password`").await;
    let nobody = "login = 'nobody'\npassword = 'nobody-secret'";
    check(server.over_sql(nobody), Class::Permission, "does not let this account read").await;
    let other = format!("url = 'mysql://127.0.0.1:{}/nosuch'", server.database_port);
    check(server.over_sql(&format!("{other}\nlogin = 'ocsread'")), Class::Permission, "grants").await;
    let label = "[fields]\npurchase_date = 'Date achat'";
    check(
        server.over_sql(label),
        Class::Other,
        "there is no administrative field `Date achat`: there are TAG, Date d'achat",
    )
    .await;
    let rest = format!("url = 'http://127.0.0.1:{}/nothing'", server.http_port);
    check(server.over_rest(&rest), Class::Permission, "HTTP 403").await;
    check(server.over_sql("tls = 'verify'"), Class::Tls, "does not prove who it is").await;
    let trusted = "ca_file = '../../glpi/fixtures/loopback.pem'";
    assert!(collect(server.over_sql(trusted)).await.unwrap().complete);
    assert!(collect(server.over_sql("tls = 'off'")).await.unwrap().complete);

    server.sql("ocsweb", "RENAME TABLE monitors TO monitors_gone");
    check(server.over_sql(""), Class::Protocol, "misses a table of OCS").await;
    check(server.over_rest(""), Class::Server, "HTTP 500").await;
    server.sql("ocsweb", "RENAME TABLE monitors_gone TO monitors");
    let whole = collect(server.over_sql("")).await.unwrap();

    server.control("db-stop");
    check(server.over_sql(""), Class::Network, "cannot be reached").await;
    check(server.over_rest(""), Class::Server, "HTTP 500").await;
    server.control("db-start");
    assert_eq!(collect(server.over_sql("")).await.unwrap().observations, whole.observations);
}

/// A server on another clock than the house: its evening is not our next day.
#[tokio::test]
async fn the_servers_own_time_is_asked_for() {
    let server = Server::own();
    server.sql("ocsweb", "UPDATE hardware SET LASTDATE = '2026-06-30 23:30:00', LASTCOME = NULL WHERE ID = 100");
    let paris = jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    for (zone, expected) in [("+02:00", "2026-06-30"), ("+00:00", "2026-07-01"), ("-04:00", "2026-07-01")] {
        server.sql("ocsweb", &format!("SET GLOBAL time_zone = '{zone}'"));
        let keys = format!(
            "url = 'mysql://127.0.0.1:{}/ocsweb'\nlogin = 'ocsread'\npassword = 'ocsread-secret'",
            server.database_port
        );
        let context = crate::Context { time_zone: paris.clone(), ..context() };
        let source = (CONNECTOR.open)(toml::from_str(&keys).unwrap(), context).unwrap();
        let harvest = collect(source).await.unwrap();
        let seen = facts(&harvest, "computer/100").last_seen.map(|day| day.to_string());
        assert_eq!(seen.as_deref(), Some(expected), "{zone}");
    }
}

/// What the account may not read is told of, or fails where it would be wrong without.
#[tokio::test]
async fn grants_that_are_missing() {
    let server = Server::own();
    let revoke = |what: &str| {
        server.sql("ocsweb", &format!("REVOKE SELECT {what} FROM ocsread@'127.0.0.1'"));
    };
    revoke("ON ocsweb.networks");
    revoke("(NAME, IVALUE, TVALUE) ON ocsweb.config");
    revoke("ON ocsweb.snmp_imprimante");
    let harvest = collect(server.over_sql("")).await.unwrap();
    for note in ["networks: ", "config: ", "the SNMP scan for Imprimante"] {
        assert!(harvest.notes.iter().any(|told| told.contains(note)), "{note}: {:?}", harvest.notes);
    }
    // Choices are numbers then, and a rule can still tell them apart.
    assert!(harvest.tally.said["field.Provenance (neuf / reconditionné)"].contains_key("2"));
    // Its name is read whatever its case and accents, here as elsewhere.
    for name in ["Imprimante", "IMPRIMANTE"] {
        let failure = collect(server.over_sql(&format!("[snmp.{name}]\nkind = 'printer'"))).await.unwrap_err();
        assert_eq!(failure.class, Class::Permission, "{name}: {:#}", failure.cause);
    }
    // A view of the operator's own holds the choices, and no secret.
    server.sql(
        "ocsweb",
        "CREATE VIEW readable_config AS SELECT NAME, IVALUE, TVALUE FROM config WHERE NAME LIKE 'ACCOUNT_VALUE_%'; \
         GRANT SELECT ON ocsweb.readable_config TO ocsread@'127.0.0.1'",
    );
    let harvest = collect(server.over_sql("")).await.unwrap();
    assert!(harvest.tally.said["field.Provenance (neuf / reconditionné)"].contains_key("Reconditionné"));
    let rule = "[[rule]]\nwhen = { 'field.Provenence' = 'x' }\nset = { condition = 'refurbished' }";
    let failure = collect(server.over_sql(rule)).await.unwrap_err();
    assert!(format!("{:#}", failure.cause).contains("`field.Provenence`"), "{:#}", failure.cause);
    // Every column that the guide names, of tables that may be kept from the account as a whole too.
    let grant = |what: &str| {
        server.sql("ocsweb", &format!("GRANT SELECT {what} TO ocsread@'127.0.0.1'"));
    };
    grant("(ID, HARDWARE_ID, MACADDR) ON ocsweb.networks");
    let failure = collect(server.over_sql("")).await.unwrap_err();
    assert_eq!(failure.class, Class::Permission, "VIRTUALDEV: {:#}", failure.cause);
    grant("(VIRTUALDEV) ON ocsweb.networks");
    for column in ["(ARCHIVE) ON ocsweb.hardware", "(ASSETTAG) ON ocsweb.bios", "(SSN) ON ocsweb.bios"] {
        assert!(collect(server.over_sql("")).await.unwrap().complete);
        revoke(column);
        let failure = collect(server.over_sql("")).await.expect_err(column);
        assert_eq!(failure.class, Class::Permission, "{column}: {:#}", failure.cause);
        grant(column);
    }
}

/// The server goes away while it is asked: whatever it says then, nothing partial is taken for the whole.
#[tokio::test]
async fn a_server_that_restarts_in_the_middle() {
    let server = Server::own();
    let source = server.over_sql("page_size = 1");
    let progress = Arc::new(Progress::default());
    let seen = Arc::clone(&progress);
    let collecting = tokio::spawn(async move { source.collect(&progress).await });
    while seen.now().1 == 0 && !collecting.is_finished() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // It stands still meanwhile: there is one thread.
    server.control("db-stop");
    let failure = collecting.await.unwrap().expect_err("the server stopped in the middle");
    println!("{:#}", failure.cause);
    assert!(matches!(failure.class, Class::Incomplete | Class::Server), "{:#}", failure.cause);
    server.control("db-start");
    assert!(collect(server.over_sql("")).await.unwrap().complete);
}

/// A request that dies halfway leaves the next one in the middle of a machine: sections are missing from its answer.
#[tokio::test]
async fn sections_that_are_missing_are_asked_for_again() {
    let server = Server::own();
    let whole = collect(server.over_rest("")).await.unwrap();
    let base = format!("http://127.0.0.1:{}/ocsapi/v1", server.http_port);
    let client = Client::new(&reqwest::Url::parse(&base).unwrap(), None, PATIENCE).unwrap();
    let ask = |path: &str| {
        client.request(reqwest::Method::GET, &format!("{base}/{path}")).basic_auth("ocsapi", Some("ocsapi-secret"))
    };
    let dies = "computer/103/bios?where=NOPE&operator=%3D&value=1";
    let mut cut = 0;
    for _ in 0..2 {
        client.ask(ask(dies)).await.unwrap();
        let told =
            super::super::repair::json(&client.ask(ask("computers?start=50&limit=3")).await.unwrap().body).unwrap();
        let machines = told.as_object().unwrap().values();
        cut +=
            machines.filter(|sections| Machine::of_sections(sections.as_object().unwrap().clone()).is_none()).count();
        client.ask(ask(dies)).await.unwrap();
        let again = collect(server.over_rest("")).await.unwrap();
        assert_eq!(differences(("before", &whole), ("after", &again)), 0);
    }
    assert!(cut > 0, "no answer of this server was ever cut short");
}

/// Rows of an SNMP scan that come again whatever page is asked for are noticed at the second page.
#[tokio::test(flavor = "multi_thread")]
async fn pages_that_repeat() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let pages = Arc::new(AtomicUsize::new(0));
    let asked = Arc::clone(&pages);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
            lines.find(String::is_empty);
            let rows = || (0..100).map(|id| format!("{{\"ID\": {id}, \"SERIALNUMBER\": \"S{id}\"}}"));
            let body = match path.trim_start_matches("/ocsapi/v1/") {
                "computers/listID" => "[]".to_owned(),
                "snmps/typeList" => {
                    r#"[{"TYPE_NAME": "Imprimante", "TABLE_TYPE_NAME": "snmp_imprimante"}]"#.to_owned()
                }
                path if path.starts_with("snmp/") => {
                    asked.fetch_add(1, Ordering::Relaxed);
                    format!("[{}]", rows().collect::<Vec<_>>().join(","))
                }
                _ => "null".to_owned(),
            };
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    let url = format!("http://127.0.0.1:{port}/ocsapi/v1");
    let keys = [("access", "rest"), ("url", &url), ("login", "ocsapi"), ("password", "ocsapi-secret")];
    let failure = collect(source("", &keys)).await.unwrap_err();
    assert_eq!(failure.class, Class::Incomplete, "{:#}", failure.cause);
    assert!(format!("{:#}", failure.cause).contains("the same rows came again"), "{:#}", failure.cause);
    assert_eq!(pages.load(Ordering::Relaxed), 2);
}
