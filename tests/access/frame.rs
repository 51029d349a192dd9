//! What surrounds every answer: headers, limits, proxies, forms, and what is noted of all that.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::house::*;

/// What the server answers to these very bytes.
pub fn raw(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// One request, for [`at_once`].
fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n{headers}\r\n\r\n")
}

/// The statuses of requests that are sent all at once and answered one after the other: what is counted for some seconds is
/// asked within them, however slow this machine is.
fn at_once(daemon: &Daemon, requests: &str) -> Vec<u16> {
    let port = daemon.url.rsplit(':').next().unwrap().parse().unwrap();
    let answers = raw(port, &(requests.to_owned() + &get("/healthz", "connection: close")));
    let statuses = answers.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse::<u16>().unwrap());
    let mut statuses: Vec<_> = statuses.collect();
    assert_eq!(statuses.pop(), Some(200), "whoever shows nothing is no guesser");
    statuses
}

pub fn fleet(server: &str, more: &str) -> (Folder, Daemon) {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind;serial\nA;laptop;SERIAL001\n");
    let tokens = token("reader", "reader-token", "\"read\"", "") + ADMIN_TOKEN;
    let more = format!("{server}\n{tokens}{more}{}", table("fleet", "assets", "fleet.csv", ""));
    let mut daemon = Daemon::start(&folder.configure_for("none", &more));
    daemon.collected();
    (folder, daemon)
}

#[test]
fn every_answer_says_what_a_browser_may_do() {
    let (_folder, daemon) = fleet("", "");
    let bearer = [("authorization", "Bearer reader-token")];
    let check = |answer: Answer, what: &str| {
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{what}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{what}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{what}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{what}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
        assert!(!answer.header("cache-control").is_empty(), "{what}");
        // Only a server that speaks TLS may promise to go on with it.
        assert_eq!(answer.header("strict-transport-security"), "", "{what}");
    };
    let all =
        ["/", "/metrics", "/healthz", "/readyz", "/login", "/nothing", "/api/v1/openapi.json", "/api/v1/assets"];
    for path in all {
        check(daemon.get(path), path);
        check(daemon.request(reqwest::Method::GET, path, &bearer), path);
    }
    check(daemon.request(reqwest::Method::DELETE, "/", &[]), "a method that is not allowed");
    let csv = [("authorization", "Bearer ecoparc_test_admin"), ("accept", "text/csv")];
    check(daemon.request(reqwest::Method::GET, "/api/v1/assets", &csv), "a list of everything");
    check(daemon.post("/login", &[FORM], &format!("token={}", "x".repeat(100_000))), "a body too large");
    check(daemon.post("/login", &[FORM], "token=wrong"), "a wrong token");
    let known = daemon.request(reqwest::Method::GET, "/api/v1/indicators", &bearer).header("etag").to_owned();
    let again = [bearer[0], ("if-none-match", known.as_str())];
    let answer = daemon.request(reqwest::Method::GET, "/api/v1/indicators", &again);
    assert_eq!(answer.status, 304);
    check(answer, "what is known");
    // No part of a page is a script, and no element has a style of its own.
    for path in ["/", "/footprint", "/strategy", "/sources", "/login"] {
        let body = daemon.request(reqwest::Method::GET, path, &bearer).body;
        assert!(!body.contains("<script") && !body.contains(" style=") && !body.contains(" onclick"), "{path}");
    }
}

#[test]
fn a_header_of_the_proxy_is_believed_from_the_proxy_alone() {
    let proxied = |trusted: &str| {
        let line = "proxy_auth = { header = \"X-Remote-User\", scopes = [\"read\", \"admin\"], trusted = [TRUSTED] }";
        fleet(&line.replace("TRUSTED", trusted), "")
    };
    let named = [("x-remote-user", "martine.dupont")];
    let (_folder, mut spoofed) = proxied("\"10.0.0.5\", \"192.0.2.0/24\"");
    assert_eq!(spoofed.request(reqwest::Method::GET, "/api/v1/indicators", &named).status, 401);
    // An address that is only said is no address.
    let said = [named[0], ("x-forwarded-for", "10.0.0.5"), ("forwarded", "for=10.0.0.5"), ("x-real-ip", "10.0.0.5")];
    assert_eq!(spoofed.request(reqwest::Method::GET, "/api/v1/indicators", &said).status, 401);
    spoofed.wait_for_line("not_trusted");

    let (_folder, mut daemon) = proxied("\"127.0.0.1\"");
    assert_eq!(daemon.get("/api/v1/indicators").status, 401);
    assert_eq!(daemon.request(reqwest::Method::GET, "/api/v1/indicators", &named).status, 200);
    assert_eq!(daemon.request(reqwest::Method::GET, "/api/v1/assets", &named).status, 403);
    // Named twice, one of them is not the proxy's.
    assert_eq!(
        daemon.request(reqwest::Method::GET, "/api/v1/indicators", &[named[0], ("x-remote-user", "admin")]).status,
        401
    );
    // A browser that the proxy has logged in goes wherever a page sends it: forms carry a word here too.
    let sync = "/api/v1/sources/fleet/sync";
    assert_eq!(daemon.post(sync, &[named[0], FORM], "").status, 403);
    let page = daemon.request(reqwest::Method::GET, "/sources", &named).body;
    let word = word(&page);
    let other = [("x-remote-user", "paul"), FORM];
    assert_eq!(daemon.post(sync, &other, &format!("csrf={word}")).status, 403, "the word is of another");
    assert_eq!(daemon.post(sync, &[named[0], FORM], &format!("csrf={word}")).status, 303);
    daemon.wait_for_line("outcome=\"done\"");
    assert!(!daemon.log().contains("martine"), "people are in no log: {}", daemon.log());
}

#[test]
fn what_was_wrong_too_often_waits() {
    let line = "proxy_auth = { header = \"X-Remote-User\", trusted = [\"127.0.0.1\"] }";
    let (_folder, mut daemon) = fleet(line, "");
    let good = [("authorization", "Bearer reader-token"), ("x-forwarded-for", "192.0.2.1")];
    assert_eq!(daemon.request(reqwest::Method::GET, "/api/v1/indicators", &good).status, 200);
    let guess = |at: usize, from: &str| {
        let bearer = format!("Bearer guess-{at}");
        let headers = [("authorization", bearer.as_str()), ("x-forwarded-for", from)];
        daemon.request(reqwest::Method::GET, "/api/v1/indicators", &headers)
    };
    let guesses = (0..14).map(|at| format!("authorization: Bearer guess-{at}\r\nx-forwarded-for: 192.0.2.1"));
    let guesses: String = guesses.map(|headers| get("/api/v1/indicators", &headers)).collect();
    assert_eq!(at_once(&daemon, &guesses), [[401; 10].as_slice(), &[429; 4]].concat());
    let waits = guess(14, "192.0.2.1");
    let seconds: u64 = waits.header("retry-after").parse().unwrap();
    assert!((1..=7).contains(&seconds), "{seconds}");
    assert!(waits.header("content-type").starts_with("application/problem+json"));
    // The form is no way round, nor is a good token that was not shown from there before; what was goes on.
    let form = [FORM, ("x-forwarded-for", "192.0.2.1")];
    assert_eq!(daemon.post("/login", &form, "token=reader-token").status, 429);
    let admin = [("authorization", "Bearer ecoparc_test_admin"), good[1]];
    assert_eq!(daemon.request(reqwest::Method::GET, "/api/v1/indicators", &admin).status, 429);
    assert_eq!(daemon.request(reqwest::Method::GET, "/api/v1/indicators", &good).status, 200);
    // What others tell before the proxy's own word changes nothing, nor does a port; another address is another matter.
    assert_eq!(guess(15, "203.0.113.9, 192.0.2.1").status, 429);
    assert_eq!(guess(15, "192.0.2.1:40312").status, 429);
    assert_eq!(guess(16, "192.0.2.2").status, 401);
    for _ in 0..11 {
        daemon.wait_for_line("action=\"token\"");
    }
    assert_eq!(daemon.log().matches("action=\"token\"").count(), 11);
    // Wrong logins are counted too.
    let login = "POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                 x-forwarded-for: 192.0.2.3\r\ncontent-length: 11\r\n\r\ntoken=wrong";
    assert_eq!(at_once(&daemon, &login.repeat(12)), [[403; 10].as_slice(), &[429; 2]].concat());
}

/// A page tells whom it does not let in, and why: a form that asks for a token is no answer to whoever has shown one.
#[test]
fn a_page_says_who_may_see_it() {
    let (_folder, daemon) = fleet("", &token("gone", "gone-token", "\"read\"", "entities = [\"no such town\"]"));
    let said = |path: &str, headers: &[(&str, &str)]| daemon.request(reqwest::Method::GET, path, headers);
    let bearer = |token: &str| format!("Bearer {token}");
    let (reader, gone, guess) = (bearer("reader-token"), bearer("gone-token"), bearer("guess"));
    for (path, shown, status, says) in [
        ("/fleet", None, 200, "Se connecter"),
        ("/fleet?lang=fr", Some(&reader), 403, "le droit «\u{a0}assets\u{a0}»"),
        ("/explain?lang=en", Some(&reader), 403, "the scope “assets”"),
        ("/", Some(&gone), 403, "Aucune des entités de ce jeton n'existe, ou plusieurs portent ce nom"),
        ("/", Some(&guess), 401, "Ce jeton n'est pas reconnu."),
        ("/", Some(&"Digest x".to_owned()), 401, "ni Bearer ni Basic"),
        ("/sources", Some(&reader), 200, "Sources"),
    ] {
        let headers: Vec<(&str, &str)> = shown.iter().map(|shown| ("authorization", shown.as_str())).collect();
        let answer = said(path, &headers);
        assert_eq!(answer.status, status, "{path} {shown:?}");
        assert!(answer.body.contains(says), "{path} {shown:?}: {}", answer.body);
        assert_eq!(answer.body.contains("name=\"token\""), path != "/sources", "{path} {shown:?}");
    }
    // The same of a session.
    let session = daemon.post("/login", &[FORM], "token=reader-token").header("set-cookie").to_owned();
    let cookie = [("cookie", session.split(';').next().unwrap())];
    assert_eq!(said("/fleet", &cookie).status, 403);
}

/// A page that everybody may see answers whatever token comes with it: that makes none of them good.
#[test]
fn guesses_count_wherever_they_are_shown() {
    let (_folder, daemon) = fleet("", "");
    let ask = |path: &str, token: &str| daemon.ask(path, token).status;
    let open = ["/healthz", "/login", "/api/v1/openapi.json", "/readyz"];
    let guess = |at: usize| get(open[at % open.len()], &format!("authorization: Bearer guess-{at}"));
    let guesses: String = (0..20).map(guess).collect();
    assert_eq!(at_once(&daemon, &guesses), [[200; 10], [429; 10]].concat());
    assert_eq!(ask("/api/v1/indicators", "guess-3"), 429);
    assert_eq!(ask("/api/v1/indicators", "reader-token"), 429);
}

/// What stands in a form is known once all of it has come: until then it counts as wrong.
#[test]
fn logins_at_once_are_limited_too() {
    let (_folder, daemon) = fleet("", "");
    let port: u16 = daemon.url.rsplit(':').next().unwrap().parse().unwrap();
    let mut under_way: Vec<TcpStream> = (0..30)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let head = "POST /login HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 11\r\n";
            write!(stream, "{head}content-type: application/x-www-form-urlencoded\r\n\r\n").unwrap();
            stream
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let judged = under_way.iter_mut().filter_map(|stream| {
        let _ = stream.write_all(b"token=wrong");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer.starts_with("HTTP/1.1 403").then_some(())
    });
    assert_eq!(judged.count(), 10);
}

#[test]
fn a_reload_changes_where_it_listens() {
    let (folder, mut daemon) = fleet("", "");
    let config = folder.0.join("ecoparc.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let reload = |daemon: &mut Daemon, address: &str| {
        std::fs::write(&config, text.replace("127.0.0.1:0", address)).unwrap();
        daemon.signal("-HUP");
    };
    reload(&mut daemon, &taken.local_addr().unwrap().to_string());
    let line = daemon.wait_for_line("the new configuration is refused");
    assert!(line.contains("cannot listen on"), "{line}");
    // An address that is not this machine's, though the port is free there.
    reload(&mut daemon, "192.0.2.1:9899");
    daemon.wait_for_line("the new configuration is refused");
    assert_eq!(daemon.get("/healthz").status, 200, "the old one stays in force");
    let (one, port) = (free_port(), free_port());
    reload(&mut daemon, &format!("127.0.0.1:{one}"));
    daemon.wait_for_line("listening");
    // The same port on another address, as when a proxy is put away.
    reload(&mut daemon, &format!("0.0.0.0:{one}"));
    daemon.wait_for_line("listening");
    reload(&mut daemon, &format!("127.0.0.1:{port}"));
    daemon.wait_for_line("listening");
    daemon.url = format!("http://127.0.0.1:{port}");
    daemon.until("it answers there", |daemon| daemon.get("/healthz").status == 200);
}

/// Whoever has logged in stays so when a configuration is read again, as long as the token is in it.
#[test]
fn a_session_outlasts_a_reload_and_not_its_token() {
    let (folder, mut daemon) = fleet("", "");
    let answer = daemon.post("/login", &[FORM], "token=reader-token");
    let session = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let status =
        |daemon: &Daemon| daemon.request(reqwest::Method::GET, "/api/v1/indicators", &[("cookie", &session)]).status;
    assert_eq!(status(&daemon), 200);
    let config = folder.0.join("ecoparc.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    daemon.signal("-HUP");
    daemon.wait_for_line("listening");
    daemon.until("it answers again", |daemon| daemon.get("/healthz").status == 200);
    assert_eq!(status(&daemon), 200);
    let without = text.replace(&token("reader", "reader-token", "\"read\"", ""), "");
    assert_ne!(without, text);
    std::fs::write(&config, without).unwrap();
    daemon.signal("-HUP");
    daemon.wait_for_line("listening");
    daemon.until("the session has ended", |daemon| status(daemon) == 401);
}

/// A proxy that only does TLS names nobody, and passes on what it does not know.
#[test]
fn clients_behind_a_proxy_are_told_apart() {
    let (_folder, daemon) = fleet("trusted_proxies = [\"127.0.0.1\", \"192.0.2.8\"]", "");
    let wrong =
        |from: &str| get("/api/v1/indicators", &format!("authorization: Bearer wrong\r\nx-forwarded-for: {from}"));
    let both = wrong("192.0.2.1") + &wrong("203.0.113.1, 192.0.2.1, 192.0.2.8");
    let statuses = at_once(&daemon, &both.repeat(6));
    assert_eq!(statuses, [[401; 10].as_slice(), &[429; 2]].concat(), "two proxies, one behind the other");
    let form = [FORM, ("x-forwarded-for", "192.0.2.2")];
    assert_eq!(daemon.post("/login", &form, "token=reader-token").status, 303, "somebody else's mistakes");
    assert_eq!(daemon.get("/api/v1/indicators").status, 401);
}

#[test]
fn what_is_meant_for_the_proxy_is_no_mistake() {
    let (_folder, daemon) = fleet("proxy_auth = { header = \"X-Remote-User\", trusted = [\"127.0.0.1\"] }", "");
    let ask = |value: &str, named: &[(&str, &str)]| {
        let headers = [&[("authorization", value)], named].concat();
        daemon.request(reqwest::Method::GET, "/api/v1/indicators", &headers).status
    };
    let named = [("x-remote-user", "martine.dupont")];
    for value in ["Negotiate YIIJ", "Basic bWFydGluZTpzZWNyZXQ=", "Bearer of.another.server"].iter().cycle().take(15)
    {
        assert_eq!(ask(value, &named), 200, "{value}");
    }
    assert_eq!(ask("Negotiate YIIJ", &[]), 401);
    // A token of ours says more than the proxy does.
    let admin = [("authorization", "Bearer ecoparc_test_admin"), named[0]];
    assert_eq!(daemon.request(reqwest::Method::GET, "/api/v1/assets", &admin).status, 200);
}

/// A browser says to a proxy what it is logged in with there, whether or not that proxy names anybody to us: its session
/// here goes on. What is shown as a token of ours is judged as one.
#[test]
fn what_is_meant_for_the_proxy_ends_no_session() {
    let (_folder, daemon) = fleet("", "");
    let session = daemon.login("reader-token");
    let ask = |value: &str, cookie: &str| {
        let headers = [("authorization", value), ("cookie", cookie)];
        daemon.request(reqwest::Method::GET, "/api/v1/indicators", &headers).status
    };
    for value in ["Negotiate YIIJ", "negotiate", "Digest x", "Kerberos a b"].iter().cycle().take(15) {
        assert_eq!(ask(value, &session), 200, "{value}");
    }
    for value in ["Bearer guess", "bearer", "Basic ?", "BASIC bWFydGluZTpzZWNyZXQ="] {
        assert_eq!(ask(value, &session), 401, "{value}");
    }
    assert_eq!(ask("Negotiate YIIJ", "ecoparc_session=0123"), 401, "a session that is none");
}

/// Nor does it keep anybody from logging in: it guesses no token, and is counted against no address. A session beside it
/// speaks for no form without its word.
#[test]
fn what_is_meant_for_the_proxy_guesses_no_token() {
    let (_folder, mut daemon) = fleet("", "");
    let negotiate = ("authorization", "Negotiate YIIJ");
    for _ in 0..15 {
        assert_eq!(daemon.request(reqwest::Method::GET, "/api/v1/indicators", &[negotiate]).status, 401);
    }
    let login = daemon.post("/login", &[FORM, negotiate], &format!("token={ADMIN}"));
    assert_eq!(login.status, 303, "{}", login.body);
    daemon.wait_for_line("action=\"login\"");
    assert!(!daemon.log().contains("action=\"token\""), "{}", daemon.log());
    let session = login.header("set-cookie").split(';').next().unwrap();
    let headers = [("cookie", session), negotiate, FORM];
    let word = word(&daemon.request(reqwest::Method::GET, "/sources", &headers[..2]).body);
    let sync = |headers: &[(&str, &str)], form: &str| daemon.post("/api/v1/sources/fleet/sync", headers, form).status;
    assert_eq!(sync(&headers, ""), 403);
    assert_eq!(sync(&headers[..2], ""), 403);
    assert_eq!(sync(&headers, &format!("csrf={word}")), 303);
}

/// Of old browsers, and of all of them in clear, the origin is all that tells another site's form.
#[test]
fn forms_of_another_origin_are_refused() {
    let (_folder, daemon) = fleet("", "");
    let host = daemon.url.rsplit('/').next().unwrap().to_owned();
    let login = |origin: &str| daemon.post("/login", &[FORM, ("origin", origin)], "token=reader-token").status;
    assert_eq!(login(&format!("http://{host}")), 303);
    for origin in ["http://evil.example", "null", "", &format!("http://evil.example/{host}")] {
        assert_eq!(login(origin), 403, "{origin}");
    }
}

#[test]
fn one_client_cannot_ask_without_end() {
    // A second each: however slow this machine is, it asks faster.
    let (_folder, daemon) = fleet("requests_per_second = 1", "");
    let statuses: Vec<u16> = (0..40).map(|_| daemon.get("/healthz").status).collect();
    assert_eq!(statuses[..4], [200; 4], "four seconds of them at once");
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[test]
fn what_is_asked_of_the_daemon_is_noted() {
    let (_folder, mut daemon) = fleet("", "");
    let bearer = |token: &str| format!("Bearer {token}");
    let (reader, admin) = (bearer("reader-token"), bearer(ADMIN));
    let sync = |daemon: &Daemon, token: &str, source: &str| {
        daemon.post(&format!("/api/v1/sources/{source}/sync"), &[("authorization", token)], "").status
    };
    assert_eq!(sync(&daemon, &reader, "fleet"), 403);
    assert_eq!(sync(&daemon, &admin, "nothing%0Aaudit%20who=%22root%22"), 404);
    assert_eq!(sync(&daemon, &admin, "fleet"), 202);
    assert_eq!(sync(&daemon, &bearer("guess"), "fleet"), 401);
    let form = |token: &str| format!("token={token}");
    assert_eq!(daemon.post("/login", &[FORM], &form("guess")).status, 403);
    let session = daemon.login(ADMIN);
    let page = daemon.request(reqwest::Method::GET, "/sources", &[("cookie", &session)]).body;
    let word = word(&page);
    let cookie = [("cookie", session.as_str()), FORM];
    // Another site's form is refused, even where a browser sends the cookie with it.
    let foreign = [cookie[0], FORM, ("sec-fetch-site", "cross-site")];
    assert_eq!(daemon.post("/api/v1/sources/fleet/sync", &foreign, &format!("csrf={word}")).status, 403);
    assert_eq!(daemon.post("/api/v1/sources/fleet/sync", &cookie, "csrf=0").status, 403);
    assert_eq!(daemon.post("/logout", &cookie, &format!("csrf={word}")).status, 303);
    daemon.wait_for_line("action=\"logout\"");
    let log = daemon.log();
    let noted: Vec<&str> = log.lines().filter_map(|line| Some(line.split_once(" INFO audit ")?.1)).collect();
    assert_eq!(
        noted,
        [
            r#"who="reader" action="sync" what="fleet" outcome="forbidden""#,
            r#"who="tests" action="sync" what="nothing\naudit who=\"root\"" outcome="not_found""#,
            r#"who="tests" action="sync" what="fleet" outcome="done""#,
            r#"who="unknown" action="token" what="" outcome="refused""#,
            r#"who="unknown" action="login" what="" outcome="refused""#,
            r#"who="tests" action="login" what="" outcome="done""#,
            r#"who="tests" action="sync" what="fleet" outcome="forbidden""#,
            r#"who="tests" action="logout" what="" outcome="done""#,
        ],
        "{log}"
    );
    for secret in [ADMIN, "reader-token", "guess", &session[16..], &word] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    // The session is over.
    assert_eq!(daemon.request(reqwest::Method::GET, "/api/v1/indicators", &[("cookie", &session)]).status, 401);
}

/// A browser may send the cookie of a name that is not this machine's over TLS alone: a proxy is in front.
#[test]
fn a_session_is_secure_behind_a_proxy() {
    let (_folder, daemon) = fleet("", "");
    let cookie = |host: &str| {
        let answer = daemon.post("/login", &[FORM, ("host", host)], "token=reader-token");
        assert_eq!(answer.status, 303);
        answer.header("set-cookie").to_owned()
    };
    let proxied = cookie("ecoparc.example.fr");
    for word in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Max-Age=28800", "; Path=/"] {
        assert!(proxied.contains(word), "{proxied}");
    }
    assert!(cookie("localhost.example.fr").contains("; Secure"));
    for host in ["127.0.0.1:9899", "localhost", "[::1]:9899"] {
        assert!(!cookie(host).contains("Secure"), "{host}");
    }
}
