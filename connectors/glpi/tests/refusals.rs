//! What every recorded error of real servers means.

use domain::word::Word;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::super::refusal;
use super::rows;
use crate::http::Answer;

#[test]
fn recorded_errors() {
    let recordings = rows("errors");
    assert!(recordings.len() > 80);
    for recorded in &recordings {
        let text = |name: &str| recorded[name].as_str().unwrap_or_default();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(text("content_type")).unwrap());
        let status = recorded["status"].as_u64().unwrap() as u16;
        let answer = Answer { status, headers, body: text("body").as_bytes().to_vec() };

        let name = text("recording");
        let what = if text("request").contains("initSession") { "initSession" } else { "Computer" };
        // GraphQL tells its errors with a 200; they are read where it is asked.
        if status < 400 {
            continue;
        }
        let lost = ["no-session", "bad-session", "after-kill", "kill", "garbage", "session_token"];
        assert_eq!(refusal::is_session_lost(&answer), lost.iter().any(|part| name.contains(part)), "{name}");
        let lost = ["no-auth", "cc-computer", "old-token", "bad-token", "expired"];
        assert_eq!(refusal::is_token_lost(&answer), lost.iter().any(|part| name.contains(part)), "{name}");
        let failure = refusal::accepted(what, answer).expect_err(name);
        let told = format!("{:#}", failure.cause);
        assert_eq!(failure.class.name(), text("class"), "{name}: {told}");
        // One line, without GLPI's own documentation.
        assert!(!told.contains('\n') && !told.contains("documentation"), "{told}");
        println!("{name}: {told}");
    }
}
