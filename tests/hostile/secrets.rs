//! What is told in confidence is nowhere in what ecoparc says, whatever goes wrong, and however much it logs.

use std::fmt::Write as _;

use super::Servers;
use crate::house::*;

/// What all secrets here have in common.
const MARK: &str = "S3CR3T";

/// Fails where a text tells a secret, and says only what stands before it.
fn tells_none(what: &str, text: &str) {
    let Some(at) = text.find(MARK) else { return };
    let around: Vec<char> = text[..at].chars().rev().take(80).collect();
    panic!("{what} tells a secret after: {}", around.into_iter().rev().collect::<String>());
}

#[test]
fn sources_that_fail_tell_no_secret() {
    let servers = Servers::start();
    let http = |mode: &str| format!("http://{}", servers.address(mode));
    let folder = Folder::new();
    let recorded = Glpi::start(10, &[]);
    folder.write("password", &format!("{MARK}-file\n"));
    folder.write("hook", &format!("{}/{MARK}-hook?token={MARK}-query\n", http("reset")));
    fleet_of_one(&folder);
    let mut more =
        table("fleet", "assets", "fleet.csv", "stale_after = \"1s\"") + &table("gone", "assets", "gone.csv", "");
    more += "[privacy]\npseudonym_key = \"S3CR3T-pseudonyms-of-at-least-some-length\"\n";
    let _ = write!(more, "[[notify]]\nname = \"hook\"\nwebhook_file = \"hook\"\n");
    let mut source = |name: &str, kind: &str, keys: &str| {
        let _ = write!(
            more,
            "[[source]]\nname = \"{name}\"\ntype = \"{kind}\"\nevery = \"1h\"\ntimeout = \"2s\"\n{keys}\n"
        );
    };
    let tokens = format!("app_token = \"{MARK}-app\"\nuser_token = \"{MARK}-user\"");
    source("refused", "glpi", &format!("url = \"{}\"\n{tokens}", recorded.url));
    for mode in ["redirect", "broken", "reset", "silent", "elsewhere"] {
        source(&format!("glpi-{mode}"), "glpi", &format!("url = \"{}\"\n{tokens}", http(mode)));
        let account = format!("login = \"{MARK}-login\"\npassword_file = \"password\"");
        let client = format!("api = \"v2\"\nclient_id = \"{MARK}-id\"\nclient_secret = \"{MARK}-client\"");
        source(&format!("v2-{mode}"), "glpi", &format!("url = \"{}\"\n{client}\n{account}", http(mode)));
        source(&format!("rest-{mode}"), "ocs", &format!("access = \"rest\"\nurl = \"{}/a\"\n{account}", http(mode)));
        source(&format!("sql-{mode}"), "ocs", &format!("url = \"mysql://{}/a\"\n{account}", servers.address(mode)));
        let bind =
            format!("bind_dn = \"cn={MARK}-bind\"\npassword = \"{MARK}-ldap\"\nplaintext = true\nbase = \"dc=a\"");
        let url = format!("url = \"ldap://{}\"\nprofile = \"openldap\"", servers.address(mode));
        source(&format!("ldap-{mode}"), "ldap", &format!("{url}\n{bind}"));
    }
    let agents = "targets = [\"127.0.0.1\"]\nport = 9\nrequest_timeout = \"200ms\"\nretries = 0";
    let v2 = format!("[[source.credential]]\nversion = \"2c\"\ncommunity = \"{MARK}-community\"");
    let v3 = format!(
        "[[source.credential]]\nversion = \"3\"\nuser = \"a\"\nauth = \"SHA-256\"\nauth_password = \"{MARK}-auth\"\n\
         privacy = \"AES-128\"\nprivacy_password = \"{MARK}-privacy\""
    );
    source("snmp", "snmp", &format!("{agents}\n{v2}\n{v3}"));
    let config = folder.configure(&more);
    // The most that it can log.
    let mut daemon = Daemon::start_with(&config, &[("ECOPARC_LOG", "trace")]);
    daemon.settled();
    std::thread::sleep(std::time::Duration::from_secs(1));
    let failed = daemon.sources().iter().filter(|told| told["up"] == false).count();
    assert!(failed >= 27, "{failed}");
    let pages = ["/metrics", "/api/v1/sources", "/api/v1/doubts", "/api/v1/openapi.json", "/readyz", "/", "/sources"];
    for path in pages {
        tells_none(path, &daemon.get(path).body);
    }
    // A stop that comes right after a reload is heard too.
    daemon.signal("-HUP");
    daemon.wait_for_line("listening");
    daemon.signal("-TERM");
    assert_eq!(daemon.end(), Some(0));
    let log = daemon.log();
    println!("{failed} sources failed, {} lines of log", log.lines().count());
    tells_none("the log", &log);
    let output = folder.run(&["sync", "--source", "refused", "--source", "v2-redirect"]);
    assert_eq!(output.status.code(), Some(1));
    tells_none("sync", &all_of(&output));
}

fn all_of(output: &std::process::Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn fleet_of_one(folder: &Folder) {
    folder.write("fleet.csv", "id;kind\n1;laptop\n");
}

/// A configuration that is refused is not repeated either.
#[test]
fn a_refused_configuration_tells_no_secret() {
    let folder = Folder::new();
    fleet_of_one(&folder);
    let source = |kind: &str, keys: &str| format!("[[source]]\nname = \"a\"\ntype = \"{kind}\"\n{keys}\n");
    let refused = [
        source("glpi", "url = \"http://me:S3CR3T@127.0.0.1/\"\napp_token = \"a\"\nuser_token = \"b\""),
        source("glpi", "url = \"http://127.0.0.1/?session_token=S3CR3T\"\napp_token = \"a\"\nuser_token = \"b\""),
        source("glpi", "url = \"S3CR3T@127.0.0.1\"\nuser_token = \"b\""),
        source("glpi", "url = \"http://127.0.0.1\"\nuser_tokn = \"S3CR3T\""),
        source("glpi", "url = \"http://127.0.0.1\"\nuser_token = [\"S3CR3T\"]"),
        source("glpi", "url = \"http://127.0.0.1\"\nuser_token = \"S3CR3T\"\nuser_token_file = \"x\""),
        source("glpi", "url = \"http://127.0.0.1\"\nuser_token = \"S3CR3T"),
        source("glpi", "url = \"http://127.0.0.1\"\nuser_token = S3CR3T"),
        source("glpi", "url = \"http://127.0.0.1\"\nuser_token = \"S3CR3T\"\nuser_token = \"S3CR3T\""),
        source("ocs", "url = \"mysql://me:S3CR3T@127.0.0.1/a\"\nlogin = \"a\"\npassword = \"b\""),
        source("ocs", "url = \"mysql://127.0.0.1/a\"\nlogin = \"a\"\npassword = { S3CR3T = 1 }"),
        source("ldap", "url = \"ldap://me:S3CR3T@127.0.0.1/\"\nprofile = \"openldap\"\nbase = \"dc=a\""),
        source("ldap", "url = \"ldap://127.0.0.1/\"\npassword = 3\npasword = \"S3CR3T\"\nprofile = \"openldap\""),
        source("snmp", "targets = [\"127.0.0.1\"]\n[[source.credential]]\nversion = \"9\"\ncommunity = \"S3CR3T\""),
        source(
            "snmp",
            "targets = [\"127.0.0.1\"]\n[[source.credential]]\nversion = \"2c\"\ncommunity = [\"S3CR3T\"]",
        ),
        "[store]\nurl = \"postgres://me:S3CR3T@127.0.0.1:1/a\"\n".to_owned(),
        "[store]\nurl = \"postgrs://me:S3CR3T@127.0.0.1:1/a\"\n".to_owned(),
        "[store]\npassword = [\"S3CR3T\"]\n".to_owned(),
        "[factors]\nboaviztapi = \"http://me:S3CR3T@127.0.0.1/\"\n".to_owned(),
        "[[notify]]\nname = \"a\"\nwebhook = \"ftp://127.0.0.1/S3CR3T\"\n".to_owned(),
        "[[notify]]\nname = \"a\"\nwebhook = [\"S3CR3T\"]\n".to_owned(),
        "[[notify]]\nname = \"a\"\nsmtp = \"smtp://me:S3CR3T@127.0.0.1\"\nfrom = \"a@b.fr\"\nto = [\"a@b.fr\"]\n"
            .to_owned(),
        "[privacy]\npseudonym_key = [\"S3CR3T\"]\n".to_owned(),
        "[[server.token]]\nname = \"a\"\nhash = \"S3CR3T\"\nscopes = [\"admin\"]\n".to_owned(),
    ];
    for more in refused {
        folder.configure(&more);
        // Whether a store can be opened is known of who opens it.
        let output = folder.run(&[if more.starts_with("[store]") { "run" } else { "check" }]);
        let (code, line) = refusal(&output);
        let told = all_of(&output);
        println!("{code}: {line}");
        assert!(code == 64 || code == 1, "{more}: {told}");
        tells_none(&more.replace(MARK, "…"), &told);
    }
}
