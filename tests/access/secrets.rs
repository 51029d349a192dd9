//! Secrets: told to ecoparc in every way that it takes them, and looked for in everything that it tells and writes.

use std::path::Path;

use crate::house::*;

/// Each of them, and where it is told.
const SECRETS: [&str; 16] = [
    "secret-glpi-app",
    "secret-glpi-user",
    "secret-glpi-password",
    "secret-glpi-client",
    "secret-ldap-password",
    "secret-ocs-password",
    "secret-snmp-community",
    "secret-snmp-auth",
    "secret-snmp-privacy",
    "secret-webhook-path",
    "secret-smtp-password",
    "secret-pseudonym-key",
    "secret-admin-token",
    "secret-guessed-token",
    "jeanne.secret",
    "secret-store-password",
];

/// Sources that can be reached and fail, and some that cannot be; notifiers that cannot.
fn configuration(folder: &Folder, glpi: &Glpi) -> String {
    for secret in SECRETS {
        folder.write(&format!("{secret}.file"), secret);
    }
    folder.write(
        "fleet.csv",
        "id;kind;serial;user\nA;laptop;SERIAL001;jeanne.secret\nB;laptop;SERIAL002;jeanne.secret;too;many\n",
    );
    // Nobody listens at this port: it was free a moment ago.
    let closed = free_port();
    let source = |name: &str, sort: &str, keys: &str| {
        format!("[[source]]\nname = \"{name}\"\ntype = \"{sort}\"\nevery = \"2s\"\ntimeout = \"2s\"\n{keys}\n")
    };
    let url = &glpi.url;
    token("admin", "secret-admin-token", "\"admin\", \"assets\"", "")
        + "[privacy]\npseudonym_key_file = \"secret-pseudonym-key.file\"\n"
        + "[store]\nurl = \"sqlite://ecoparc.db\"\npassword = \"secret-store-password\"\n"
        + &format!("[[notify]]\nname = \"hook\"\nwebhook = \"http://127.0.0.1:{closed}/hooks/secret-webhook-path\"\n")
        + &format!(
            "[[notify]]\nname = \"mail\"\nsmtp = \"smtps://127.0.0.1:{closed}\"\nusername = \"ecoparc\"\n\
             password_file = \"secret-smtp-password.file\"\nfrom = \"ecoparc@example.fr\"\nto = [\"dsi@example.fr\"]\n"
        )
        + &source(
            "glpi",
            "glpi",
            &format!("url = \"{url}\"\napp_token = \"secret-glpi-app\"\nuser_token_file = \"secret-glpi-user.file\""),
        )
        + &source(
            "glpi2",
            "glpi",
            &format!(
                "url = \"{url}\"\napi = \"v2\"\nlogin = \"ecoparc\"\npassword = \"secret-glpi-password\"\nclient_id = \"id\"\n\
             client_secret_file = \"secret-glpi-client.file\""
            ),
        )
        + &source(
            "annuaire",
            "ldap",
            &format!(
                "urls = [\"ldap://127.0.0.1:{closed}\"]\nprofile = \"openldap\"\nbase = \"dc=x\"\nbind_dn = \"cn=x\"\n\
             password_file = \"secret-ldap-password.file\""
            ),
        )
        + &source(
            "ocs",
            "ocs",
            &format!(
                "access = \"sql\"\nurl = \"mysql://127.0.0.1:{closed}/ocsweb\"\nlogin = \"ecoparc\"\npassword = \"secret-ocs-password\""
            ),
        )
        + &source(
            "reseau",
            "snmp",
            &format!(
                "targets = [\"127.0.0.1\"]\nport = {closed}\nrequest_timeout = \"200ms\"\nretries = 0\n\
             [[source.credential]]\nversion = \"3\"\nuser = \"x\"\nauth = \"SHA-256\"\nauth_password = \"secret-snmp-auth\"\n\
             privacy = \"AES-128\"\nprivacy_password_file = \"secret-snmp-privacy.file\"\n\
             [[source.credential]]\nversion = \"2c\"\ncommunity = \"secret-snmp-community\""
            ),
        )
        + &table("fleet", "assets", "fleet.csv", "stale_after = \"1s\"")
}

fn search(what: &str, text: &str, known: &[&str]) -> Vec<String> {
    let found = known.iter().filter(|secret| text.contains(**secret));
    let near = |secret: &str| text.lines().find(|line| line.contains(secret)).unwrap_or_default().to_owned();
    found.map(|secret| format!("{what} tells {secret}: {}", near(secret))).collect()
}

fn everything_is_searched(log: &str) {
    let (folder, glpi) = (Folder::new(), Glpi::start(10, &[]));
    let config = folder
        .configure_for("none", &format!("trusted_proxies = [\"127.0.0.1\"]\n{}", configuration(&folder, &glpi)));
    let mut daemon = Daemon::start_with(&config, &[("ECOPARC_LOG", log)]);
    let bearer = [("authorization", "Bearer secret-admin-token")];
    daemon.until("every source was asked", |daemon| {
        let answer = daemon.request(reqwest::Method::GET, "/api/v1/sources", &bearer);
        let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        told["items"].as_array().is_some_and(|items| items.iter().all(|source| !source["up"].is_null()))
    });
    let mut breaches = Vec::new();
    // A login, and what only its session knows.
    let cookie = daemon.login("secret-admin-token");
    let word = word(&daemon.request(reqwest::Method::GET, "/sources", &[("cookie", &cookie)]).body);
    // Of three clients, each of which is wrong as often as it may be.
    let from = |client| ("x-forwarded-for", client);
    let guess = [("authorization", "Bearer secret-guessed-token"), from("192.0.2.1")];
    let basic = [("authorization", "Basic ZWNvcGFyYzpzZWNyZXQtZ3Vlc3NlZC10b2tlbg=="), from("192.0.2.2")];
    let bearer = [bearer[0], from("192.0.2.3")];
    for headers in [&guess, &basic, &bearer] {
        let mut refused = 0;
        for address in super::addresses_of(&daemon, "secret-admin-token") {
            let answer = daemon.request(reqwest::Method::GET, &address, headers);
            let told = format!("{:?}", answer.headers);
            breaches.extend(search(&address, &(told + &answer.body), &SECRETS));
            refused += usize::from(answer.status == 401);
            if answer.status == 429 {
                break;
            }
        }
        assert_eq!(refused > 0, headers != &bearer, "{headers:?}");
    }
    // What is refused is told without being repeated, and reading it again is no other matter.
    daemon.signal("-HUP");
    daemon.wait_for_line("listening");
    std::fs::write(
        &config,
        std::fs::read_to_string(&config).unwrap() + "\n[nothing]\npassword = \"secret-ocs-password\"\n",
    )
    .unwrap();
    daemon.signal("-HUP");
    daemon.wait_for_line("refused");
    let log = daemon.log();
    let id = cookie.split_once('=').unwrap().1.to_owned();
    let known: Vec<&str> = SECRETS.into_iter().chain([id.as_str(), word.as_str(), "ZWNvcGFyYzpz"]).collect();
    breaches.extend(search("the log", &log, &known));
    for arguments in [&["check"][..], &["sync"], &["check", "--connect"], &["report", "--year", "2026"]] {
        let output = folder.run(arguments);
        for text in [&output.stdout, &output.stderr] {
            breaches.extend(search(&arguments.join(" "), &String::from_utf8_lossy(text), &SECRETS));
        }
    }
    daemon.signal("-TERM");
    daemon.end();
    // What is kept: neither a secret nor a person. The files of the secrets themselves are ours.
    for entry in std::fs::read_dir(&folder.0).unwrap() {
        let path = entry.unwrap().path();
        let ours = |path: &Path| {
            path.extension().is_some_and(|end| ["file", "toml", "csv"].iter().any(|known| end == *known))
        };
        if path.is_file() && !ours(&path) {
            let bytes = std::fs::read(&path).unwrap();
            breaches.extend(search(&path.display().to_string(), &String::from_utf8_lossy(&bytes), &known));
        }
    }
    assert!(log.contains("collected") && log.lines().count() > 10, "there was something to search: {log}");
    breaches.sort();
    breaches.dedup();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn nothing_tells_a_secret() {
    everything_is_searched("info");
}

/// Whoever looks for a fault asks for more than is usual.
#[test]
fn nothing_tells_a_secret_to_whoever_looks_for_a_fault() {
    everything_is_searched("debug");
}
