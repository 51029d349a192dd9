//! What goes wrong with real servers, and that nothing partial is taken for the whole.

use std::process::Command;
use std::time::Duration;

use super::server::{BASE, source};
use super::*;
use crate::{Class, Progress};

/// Collects, and expects a failure of this class that says this.
async fn check(keys: &str, class: Class, says: &str) {
    let failure = collect(keys).await.err().unwrap_or_else(|| panic!("{says}: it is accepted"));
    let told = format!("{:#}", failure.cause);
    println!("{}: {told}", domain::word::Word::name(class));
    assert_eq!(failure.class, class, "{told}");
    assert!(told.contains(says), "{told:?} does not say {says:?}");
    for secret in ["secret", "cn=ecoparc", "cn=small", "cn=nobody", "\n"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_has_its_class() {
    let slapd = Slapd::shared();
    let account = |name: &str| format!("bind_dn = 'cn={name},{BASE}'\npassword = '{name}-secret'\n");
    check(&slapd.keys("password = 'wrong-secret'"), Class::Auth, "refuses `bind_dn` and `password`").await;
    check(&slapd.keys(&account("stranger")), Class::Auth, "refuses `bind_dn` and `password`").await;
    check(&slapd.keys(&account("nobody")), Class::Permission, "does not let this account see it").await;
    check(&slapd.keys(&account("small")), Class::Incomplete, "size limit").await;
    check(&slapd.keys("page_size = 5000"), Class::Incomplete, "is `page_size` smaller than it?").await;
    check(&slapd.keys("base = 'ou=nowhere,dc=ville,dc=test'"), Class::Permission, "is `base` right?").await;
    let nobody = "[people]\nfilter = '(uid=nobody-at-all)'\n[computers]\nfilter = '(cn=nothing)'\n";
    check(&slapd.keys(nobody), Class::Permission, "is shown nothing").await;

    check(&slapd.secure(&format!("ca_file = '{}'", slapd.tls("other-ca.pem"))), Class::Tls, "name it in `ca_file`")
        .await;
    let alone = slapd.keys(&format!("url = 'ldaps://127.0.0.1:{}'", slapd.tls_port));
    check(&alone, Class::Tls, "name it in `ca_file`").await;
    check(&slapd.keys("start_tls = true"), Class::Tls, "name it in `ca_file`").await;
    check(&slapd.secure(&format!("url = 'ldaps://127.0.0.1:{}'", slapd.port)), Class::Network, "cannot be reached")
        .await;

    let nothing = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    check(&slapd.keys(&format!("url = 'ldap://{nothing}'")), Class::Network, "cannot be reached").await;
    let unknown = slapd.secure("url = 'ldaps://ldap.nowhere.invalid'");
    check(&unknown, Class::Network, "ldap.nowhere.invalid cannot be reached").await;
    check(&slapd.keys("url = 'ldapi://%2Fnowhere%2Fldapi'\nsasl = 'external'"), Class::Network, "/nowhere/ldapi")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_are_not_believed() {
    for (which, says) in [
        ("expired", "its certificate has expired"),
        ("elsewhere", "for another name than that in the address: for DnsName(\"ldap.ailleurs.test\")"),
        ("nameless", "names no host (no subjectAltName)"),
    ] {
        let slapd = Slapd::with_certificate(which);
        check(&slapd.secure(""), Class::Tls, says).await;
        let start_tls = format!("start_tls = true\nca_file = '{}'", slapd.tls("ca.pem"));
        check(&slapd.keys(&start_tls), Class::Tls, says).await;
    }
}

/// Sends a signal as soon as people are being read, page by page of one entry each.
async fn disturbed(slapd: &Slapd, signal: &str, keys: &str) -> crate::Failure {
    let pid = std::fs::read_to_string(slapd.folder.join("run/pid")).unwrap();
    let source = source(&slapd.keys(&format!("page_size = 1\n{keys}")));
    let progress = std::sync::Arc::new(Progress::default());
    let seen = std::sync::Arc::clone(&progress);
    let collecting = tokio::spawn(async move { source.collect(&progress).await });
    while seen.now().1 == 0 && !collecting.is_finished() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(seen.now().0 == "people" && seen.now().1 > 0, "{:?}", seen.now());
    assert!(Command::new("kill").args([signal, pid.trim()]).status().unwrap().success());
    let failure = collecting.await.unwrap().expect_err("the server stopped in the middle");
    println!("{}: {:#}", domain::word::Word::name(failure.class), failure.cause);
    failure
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_in_the_middle() {
    let slapd = Slapd::own("stops");
    let whole = agents(&collect(&slapd.keys("")).await.unwrap());
    let failure = disturbed(&slapd, "-STOP", "request_timeout = '1s'").await;
    assert_eq!(failure.class, Class::Timeout);
    assert!(format!("{:#}", failure.cause).contains("asked for people, did not answer in time"));
    // It listens and does not answer: another server does.
    check(&slapd.keys("request_timeout = '300ms'"), Class::Timeout, "in time").await;
    let other = Slapd::shared();
    let urls = format!("urls = ['ldap://127.0.0.1:{}', 'ldap://127.0.0.1:{}']", slapd.port, other.port);
    let harvest = collect(&slapd.keys(&format!("request_timeout = '1s'\n{urls}"))).await.unwrap();
    assert!(
        harvest.complete && harvest.notes[0].contains("in time: the next server was asked"),
        "{:?}",
        harvest.notes
    );
    slapd.control("thaw");
    assert_eq!(agents(&collect(&slapd.keys("")).await.unwrap()), whole);

    let failure = disturbed(&slapd, "-KILL", "").await;
    assert_eq!(failure.class, Class::Network);
    let gone = urls.replace(&other.port.to_string(), "1");
    check(&slapd.keys(&gone), Class::Network, "; then ").await;
    super::server::script("slapd", "start", &slapd.folder, &[], &[]);
    assert_eq!(agents(&collect(&slapd.keys("")).await.unwrap()), whole);
}
