//! What a reader's browser is told: of errors on a page, of a session that it does not keep, of the language chosen.

use reqwest::Method;

use super::frame::fleet;
use crate::house::*;

/// What a browser says that it takes, where a reader follows a link or sends a form.
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
/// What programs say.
const PROGRAMS: [&str; 3] = ["*/*", "application/json", "application/json, text/html;q=0.9, */*;q=0.1"];

/// An error as a browser must be told it: on a page in the reader's language, and without its password box.
fn is_page(answer: &Answer, status: u16, says: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{what}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    assert!(!answer.header("www-authenticate").contains("Basic"), "{what}");
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{what}");
    assert!(answer.body.contains(says) && answer.body.contains("href=\"/\""), "{what}: {}", answer.body);
    assert_eq!(answer.body.contains("href=\"/login\""), status == 401, "{what}: {}", answer.body);
    let alert = answer.body.matches("role=\"alert\"").count();
    assert_eq!((alert, answer.body.matches("<h1").count()), (1, 1), "{what}: {}", answer.body);
}

fn is_json(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    assert_eq!(answer.header("www-authenticate").contains("Basic"), status == 401, "{what}");
    let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(told["status"], status, "{what}");
}

#[test]
fn errors_are_pages_for_browsers_and_json_for_programs() {
    let (_folder, daemon) = fleet("", "");
    let (session, ended) = (daemon.login("reader-token"), "ecoparc_session=0123");
    for (path, cookie, status, french, english) in [
        ("/achats", ended, 404, "Il n'y a rien à cette adresse.", "There is nothing at this address."),
        ("/api/v1/indicators?name=assets", ended, 401, "connectez-vous, puis recommencez", "log in, then try again"),
        ("/metrics", ended, 401, "connectez-vous, puis recommencez", "log in, then try again"),
        ("/api/v1/assets", &session, 403, "Accès refusé", "Not allowed"),
        ("/api/v1/assets/fleet:A", &session, 403, "Vous n'avez pas ce droit", "You do not have this right"),
        ("/api/v1/indicators?at=soon", &session, 422, "<span lang=\"en\">`at` is no date", "<span>`at` is no date"),
    ] {
        let ask = |method, accept, lang| {
            let headers = [("cookie", cookie), ("accept", accept), ("accept-language", lang)];
            daemon.request(method, path, &headers)
        };
        for (lang, says) in [("fr", french), ("en", english)] {
            let answer = ask(Method::GET, BROWSER.1, lang);
            is_page(&answer, status, says, path);
            assert!(answer.body.contains(&format!("<html lang=\"{lang}\">")), "{path}: {}", answer.body);
            let head = ask(Method::HEAD, BROWSER.1, lang);
            assert_eq!((head.status, head.body.as_str()), (status, ""), "{path}");
            for name in ["content-type", "cache-control", "www-authenticate", "content-security-policy", "vary"] {
                assert_eq!(head.header(name), answer.header(name), "{path}: {name}");
            }
        }
        for accept in PROGRAMS {
            is_json(&ask(Method::GET, accept, "fr"), status, path);
        }
    }
    let english = daemon.request(Method::GET, "/achats?lang=en", &[BROWSER, ("accept-language", "fr")]);
    is_page(&english, 404, "There is nothing at this address.", "the language that is asked for");
}

#[test]
fn forms_that_fail_are_pages_too() {
    let (_folder, daemon) = fleet("", "");
    let ended = ("cookie", "ecoparc_session=0123");
    let sync = |accept| daemon.post("/api/v1/sources/fleet/sync", &[FORM, ended, ("accept", accept)], "csrf=0");
    is_page(&sync(BROWSER.1), 401, "Aucune session n'est ouverte, ou la vôtre est terminée", "an ended session");
    is_json(&sync("*/*"), 401, "an ended session");
    let foreign = daemon.post("/login", &[FORM, BROWSER, ("origin", "http://evil.example")], "token=x");
    is_page(&foreign, 403, "Accès refusé", "another site's form");
    let large = daemon.post("/login", &[FORM, BROWSER], &format!("token={}", "x".repeat(100_000)));
    is_page(&large, 413, "dépasse la taille permise", "a body too large");
    let unread = daemon.post("/login", &[FORM, BROWSER], "jeton=x");
    is_page(&unread, 422, "n'a pas été comprise", "a form without its field");
    let method = daemon.request(Method::DELETE, "/", &[BROWSER]);
    is_page(&method, 405, "Cette adresse ne prend pas", "a method that is not allowed");
    assert!(method.header("allow").contains("GET"));
    // However slow this machine is, one of them comes too early.
    let mut wrong = (0..60).map(|at| daemon.post("/login", &[FORM, BROWSER], &format!("token={at}")));
    let waits = wrong.find(|answer| answer.status != 403).unwrap();
    is_page(&waits, 429, "trop de jetons erronés", "wrong too often");
    assert!(!waits.header("retry-after").is_empty() && waits.body.contains("seconde"), "{}", waits.body);
}

/// Over HTTP a browser drops a `Secure` cookie without a word: the form says it.
#[test]
fn a_browser_that_keeps_no_session_is_told_why() {
    let (_folder, daemon) = fleet("", "");
    let host = ("host", "10.0.0.8:9899");
    let opened = daemon.post("/login", &[FORM, host], "token=reader-token");
    assert_eq!(opened.status, 303);
    let (next, session) = (opened.header("location").to_owned(), opened.header("set-cookie").to_owned());
    assert!(next.starts_with('/') && session.contains("; Secure"), "{next} {session}");
    let ask = |more: (&str, &str)| daemon.request(Method::GET, &next, &[host, BROWSER, more]);
    let lost = ask(("accept-language", "fr"));
    let said = "votre navigateur n'a pas gardé la session";
    assert!(lost.status == 200 && lost.body.contains(said), "{} {}", lost.status, lost.body);
    assert!(lost.body.contains("HTTPS") && lost.body.contains("name=\"token\""), "{}", lost.body);
    assert!(!lost.body.contains("aria-invalid"), "the token was right: {}", lost.body);
    let lost = ask(("accept-language", "en"));
    assert!(lost.body.contains("your browser did not keep the session"), "{}", lost.body);
    let kept = ask(("cookie", session.split(';').next().unwrap()));
    assert_eq!((kept.status, kept.header("location")), (303, "/"));
    // Whoever only comes to the form has lost nothing.
    assert!(!daemon.get("/login").body.contains(said));
}

/// What the browser has already is not sent again; that it was asked for is remembered all the same.
#[test]
fn a_language_that_is_chosen_again_is_remembered() {
    let (_folder, daemon) = fleet("", "");
    let bearer = ("authorization", "Bearer reader-token");
    let english = daemon.request(Method::GET, "/?lang=en", &[bearer]);
    let french = daemon.request(Method::GET, "/?lang=fr", &[bearer]);
    assert!(french.header("set-cookie").starts_with("ecoparc_lang=fr; "), "{:?}", french.headers);
    let known = [bearer, ("cookie", "ecoparc_lang=fr"), ("if-none-match", english.header("etag"))];
    let again = daemon.request(Method::GET, "/?lang=en", &known);
    assert_eq!(again.status, 304);
    assert!(again.header("set-cookie").starts_with("ecoparc_lang=en; "), "{:?}", again.headers);
    let plain = daemon.request(Method::GET, "/", &[bearer, ("cookie", "ecoparc_lang=en"), known[2]]);
    assert_eq!((plain.status, plain.header("set-cookie")), (304, ""), "nothing was chosen");
}
