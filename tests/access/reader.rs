//! What a reader's browser is told: of a session that it does not keep, of the language chosen.

use reqwest::Method;

use super::frame::fleet;
use crate::house::*;

/// Over HTTP a browser drops a `Secure` cookie without a word: the form says it.
#[test]
fn a_browser_that_keeps_no_session_is_told_why() {
    let (_folder, daemon) = fleet("", "");
    let host = ("host", "10.0.0.8:9899");
    let opened = daemon.post("/login", &[FORM, host], "token=reader-token");
    assert_eq!(opened.status, 303);
    let (next, session) = (opened.header("location").to_owned(), opened.header("set-cookie").to_owned());
    assert!(next.starts_with('/') && session.contains("; Secure"), "{next} {session}");
    let ask = |more: (&str, &str)| daemon.request(Method::GET, &next, &[host, more]);
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
