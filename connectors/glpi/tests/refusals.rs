//! What every recorded error of real servers means.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::super::refusal;
use super::rows;
use crate::Class;
use crate::http::Answer;

#[test]
fn recorded_errors() {
    let recordings = rows("errors");
    assert!(recordings.len() > 50);
    for recorded in &recordings {
        let text = |name: &str| recorded[name].as_str().unwrap_or_default();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(text("content_type")).unwrap());
        let status = recorded["status"].as_u64().unwrap() as u16;
        let answer = Answer { status, headers, body: text("body").as_bytes().to_vec() };

        let name = text("recording");
        let what = if text("request").contains("initSession") { "initSession" } else { "Computer" };
        let lost = ["no-session", "bad-session", "after-kill", "kill", "garbage", "session_token"];
        assert_eq!(refusal::is_session_lost(&answer), lost.iter().any(|part| name.contains(part)), "{name}");
        let failure = refusal::accepted(what, answer).expect_err(name);
        let class = match name.split_once('/').unwrap().1 {
            name if name.contains("selfservice") || name.contains("restricted") => Class::Permission,
            name if name.contains("api-disabled") || name.contains("ip-not-allowed") => Class::Permission,
            name if name.contains("mem64M") => Class::Server,
            name if name.contains("initSession") || name.contains("app-token") => Class::Auth,
            name if lost.iter().any(|part| name.contains(part)) => Class::Auth,
            _ => Class::Protocol,
        };
        let told = format!("{:#}", failure.cause);
        assert_eq!(failure.class, class, "{name}: {told}");
        // One line, without GLPI's own documentation.
        assert!(!told.contains('\n') && !told.contains("documentation"), "{told}");
    }
}
