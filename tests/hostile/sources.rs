//! Servers that send too much, for too long, or nothing, and those that lead elsewhere.

use std::fmt::Write as _;
use std::time::Instant;

use super::{LONG, Servers, check_failure};
use crate::house::*;

/// How long a source may take: short where the time is what ends it, and enough for whatever else this machine does
/// where another limit is.
fn time(name: &str) -> &'static str {
    if name.contains("trickl") || name.contains("silent") { "12s" } else { "10m" }
}

/// What a daemon may hold at most while all of this happens, in kilobytes: ten answers at once, each of 64 MiB at most
/// beside the room that it grew out of, where 10 GiB are offered of each.
const MOST: u64 = 1000 << 10;
/// The largest body that is read, and what the system's sockets hold on the way, which is no memory of ours (the last of
/// `tcp_rmem` and of `tcp_wmem` in proc(5): 32 and 4 MiB where it is most).
const BODY: u64 = (64 << 20) + (36 << 20);

fn glpi(name: &str, url: &str, more: &str) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\ntype = \"glpi\"\nevery = \"1h\"\ntimeout = \"{}\"\nurl = \"{url}\"\n\
         app_token = \"app-secret\"\nuser_token = \"user-secret\"\n{more}\n",
        time(name)
    )
}

fn rest(name: &str, url: &str) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\ntype = \"ocs\"\nevery = \"1h\"\ntimeout = \"{}\"\naccess = \"rest\"\n\
         url = \"{url}/ocsapi/v1\"\nlogin = \"a\"\npassword = \"ocs-secret\"\n",
        time(name)
    )
}

fn sql(name: &str, address: &str) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\ntype = \"ocs\"\nevery = \"1h\"\ntimeout = \"{}\"\n\
         url = \"mysql://{address}/ocsweb\"\nlogin = \"a\"\npassword = \"sql-secret\"\n",
        time(name)
    )
}

fn ldap(name: &str, address: &str) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\ntype = \"ldap\"\nevery = \"1h\"\ntimeout = \"{}\"\nurl = \"ldap://{address}\"\n\
         bind_dn = \"cn=a\"\npassword = \"ldap-secret\"\nplaintext = true\nprofile = \"openldap\"\nbase = \"dc=a\"\n",
        time(name)
    )
}

#[test]
fn sources_that_never_end_are_bounded_in_memory_and_time() {
    let servers = Servers::start();
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind\n1;laptop\n");
    let mut more = table("fleet", "assets", "fleet.csv", "");
    let http = |mode: &str| format!("http://{}", servers.address(mode));
    let modes = [
        "length",
        "endless",
        "compressed",
        "values",
        "nested",
        "trickle",
        "trickling_head",
        "headers",
        "broken",
        "silent",
        "reset",
    ];
    for mode in modes {
        let _ = write!(
            more,
            "{}{}",
            glpi(&format!("glpi-{mode}"), &http(mode), ""),
            rest(&format!("ocs-{mode}"), &http(mode))
        );
    }
    for mode in ["long", "trickle"] {
        more += &ldap(&format!("ldap-{mode}"), &servers.address(&format!("ldap_{mode}")));
        more += &sql(&format!("sql-{mode}"), &servers.address(&format!("mysql_{mode}")));
    }
    more += &ldap("ldap-silent", &servers.address("silent"));
    more += &sql("sql-silent", &servers.address("silent"));
    let daemon = Daemon::start(&folder.configure(&more));
    let began = Instant::now();
    daemon.settled_within(LONG);
    let seconds = began.elapsed().as_secs_f64();

    for by in ["glpi", "ocs"] {
        for (mode, class, says) in [
            ("length", "too_large", "larger than 64 MiB"),
            ("endless", "too_large", "larger than 64 MiB"),
            ("compressed", "too_large", "larger than 64 MiB"),
            ("values", "too_large", "million values"),
            ("nested", "protocol", "not JSON"),
            ("trickle", "timeout", " 12 s"),
            ("trickling_head", "timeout", " 12 s"),
            ("headers", "network", ""),
            ("broken", "incomplete", "broke off"),
            ("silent", "timeout", " 12 s"),
            ("reset", "network", ""),
        ] {
            check_failure(&daemon, &format!("{by}-{mode}"), class, says);
        }
    }
    check_failure(&daemon, "ldap-long", "too_large", "16 MiB");
    check_failure(&daemon, "ldap-trickle", "timeout", " 12 s");
    check_failure(&daemon, "ldap-silent", "timeout", " 12 s");
    check_failure(&daemon, "sql-long", "too_large", "one question with more than 64 MiB");
    check_failure(&daemon, "sql-trickle", "timeout", "in time");
    check_failure(&daemon, "sql-silent", "timeout", "in time");
    // Two sources ask each, at most twice within the time of the test.
    for mode in ["length", "endless"] {
        let (asked, sent) = servers.told(mode);
        println!("{mode}: offered 10 GiB {asked} times, {} MiB taken", sent >> 20);
        assert!(asked > 0 && sent <= asked * BODY, "{mode}: {sent}");
    }
    let (asked, sent) = servers.told("compressed");
    println!("compressed: {} KiB taken of {asked} answers, each KiB unpacks to one MiB", sent >> 10);
    assert!(sent < asked * (4 << 20), "{sent}");
    let peak = daemon.peak();
    println!("all {} sources had failed after {seconds:.1} s; at most {} MiB held", 6 + 2 * modes.len(), peak >> 10);
    assert!(peak < MOST, "{peak} kB");
    assert_eq!(daemon.items("/api/v1/assets").len(), 1, "the others are read all the same");
}

#[test]
fn no_source_leads_elsewhere() {
    let servers = Servers::start();
    let folder = Folder::new();
    let http = |mode: &str| format!("http://{}", servers.address(mode));
    let pem = root().join("connectors/glpi/fixtures/loopback.pem");
    let tls = servers.address("tls").replace("127.0.0.1", "127.0.0.2");
    let mut more = glpi("redirected", &http("redirect"), "") + &rest("redirected-ocs", &http("redirect"));
    more += &glpi("another", &format!("https://{tls}"), &format!("ca_file = \"{}\"", pem.display()));
    // Clouds tell credentials there; numbers and the other family's clothes mean the same address.
    let hosts = ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]", "[fe80::1]", "100.100.100.200"];
    for (at, host) in hosts.into_iter().enumerate() {
        more += &glpi(&format!("metadata-{at}"), &format!("http://{host}/latest"), "");
        more += &rest(&format!("metadata-ocs-{at}"), &format!("http://{host}"));
        more += &sql(&format!("metadata-sql-{at}"), host);
        more += &ldap(&format!("metadata-ldap-{at}"), host);
    }
    more += "[factors]\nboaviztapi = \"http://169.254.169.254/\"\n";
    let config = folder.configure(&more);
    let daemon = Daemon::start_with(&config, &[("NO_PROXY", "127.0.0.2"), ("no_proxy", "127.0.0.2")]);
    daemon.settled();
    check_failure(&daemon, "redirected", "protocol", "redirects to http://127.0.0.1");
    check_failure(&daemon, "redirected-ocs", "protocol", "redirects to http://127.0.0.1");
    check_failure(&daemon, "another", "tls", "127.0.0.2");
    for at in 0..hosts.len() {
        for by in ["", "ocs-", "sql-", "ldap-"] {
            check_failure(&daemon, &format!("metadata-{by}{at}"), "permission", "no source is asked there");
        }
    }
    assert!(servers.told("redirect").0 >= 2);
    assert_eq!(servers.told("elsewhere").0, 0, "nothing reached the other host");
}
