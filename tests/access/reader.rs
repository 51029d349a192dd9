//! What a reader's browser is told: which language it has chosen.

use reqwest::Method;

use super::frame::fleet;
use crate::house::*;

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
