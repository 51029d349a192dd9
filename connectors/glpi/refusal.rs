//! What GLPI's refusals mean. They are known by their code: the text beside it is in the language of the account.
//!
//! REST v1 answers with a list of two texts, code and sentence; the high-level API with an object of `status`, `title`
//! and `detail`; its token with one of `error` and `error_description` (RFC 6749, section 5.2).

use anyhow::anyhow;
use serde_json::Value;

use crate::http::Answer;
use crate::repeated::repeated;
use crate::{Class, Failure};

/// The range asked for starts behind the last row.
pub const RANGE_EXCEED_TOTAL: &str = "ERROR_RANGE_EXCEED_TOTAL";

/// The title of a refused token in the high-level API; GLPI does not translate it.
const INVALID_TOKEN: &str = "Invalid OAuth token";

/// The code of a refusal; `None` for what is no refusal, or not in that form.
pub fn code(answer: &Answer) -> Option<String> {
    told(answer).map(|told| told.code)
}

/// Has GLPI forgotten the session? 11 says "missing" of a token that it cannot decrypt.
pub fn is_session_lost(answer: &Answer) -> bool {
    let code = code(answer);
    matches!(code.as_deref(), Some("ERROR_SESSION_TOKEN_INVALID" | "ERROR_SESSION_TOKEN_MISSING"))
}

/// Is the token of the high-level API expired or revoked? That is a 400 there; a token of nobody is a 401.
pub fn is_token_lost(answer: &Answer) -> bool {
    told(answer).is_some_and(|told| told.code == "ERROR_UNAUTHENTICATED" || told.text == INVALID_TOKEN)
}

/// Is what was asked for not there, or not for this account?
pub fn is_without(answer: &Answer) -> bool {
    let code = code(answer);
    matches!(
        code.as_deref(),
        Some(
            "ERROR_RIGHT_MISSING"
                | "ERROR_ITEM_NOT_FOUND"
                | "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM"
                | "ERROR_RESOURCE_MISSING"
        )
    )
}

/// Is it there, but not for this account?
pub fn is_forbidden(answer: &Answer) -> bool {
    code(answer).as_deref() == Some("ERROR_RIGHT_MISSING")
}

/// The answer, if it is one; else what the refusal means, `what` being what was asked.
pub fn accepted(what: &str, answer: Answer) -> Result<Answer, Failure> {
    if answer.status < 400 {
        return Ok(answer);
    }
    let (class, cause) = match told(&answer) {
        Some(told) => {
            let (class, meaning) = meaning(what, &told, answer.status);
            let text = if told.shown() { format!(": {}", told.text) } else { String::new() };
            (class, anyhow!("{meaning} ({}{text})", told.code))
        }
        None if answer.status >= 500 => {
            let cause = anyhow!("GLPI failed (HTTP {}): its log, files/_log/php-errors.log, says why", answer.status);
            (Class::Server, cause)
        }
        None if matches!(answer.status, 401 | 407) => (
            Class::Auth,
            anyhow!("refused (HTTP {}) before GLPI was reached: what is in front of it?", answer.status),
        ),
        None => (Class::Protocol, anyhow!("it is not GLPI that answered (HTTP {}): is `url` right?", answer.status)),
    };
    Err(Failure::new(class, cause).context(what.to_owned()))
}

struct Told {
    code: String,
    text: String,
}

impl Told {
    /// Does the text say what the code does not?
    fn shown(&self) -> bool {
        let vague = ["ERROR", "ERROR_NOT_ALLOWED_IP", "ERROR_INVALID_PARAMETER", "invalid_request"];
        let says = vague.contains(&self.code.as_str())
            // Its own words: of a switch or a scope, in English whatever the account speaks.
            || (self.code == "ERROR_RIGHT_MISSING" && (self.text.contains("API") || self.text.contains("scope")));
        says && !self.text.is_empty()
    }
}

/// Bytes of a refusal at most.
const REFUSAL_BYTES: usize = 64 * 1024;

fn told(answer: &Answer) -> Option<Told> {
    // GLPI says what it refuses in a line; as values, what is long takes many times its length.
    if answer.status < 400 || answer.body.len() > REFUSAL_BYTES {
        return None;
    }
    let told: Value = serde_json::from_slice(&answer.body).ok()?;
    let text = |key: &str| told.get(key).and_then(Value::as_str);
    let (code, text) = match &told {
        // Behind the semicolon is where its documentation is.
        Value::Array(told) => {
            let text = told.get(1).and_then(Value::as_str).unwrap_or_default();
            (told.first()?.as_str()?, text.split("; ").next().unwrap_or_default())
        }
        Value::Object(_) => match text("status") {
            Some(code) if text("title") == Some(INVALID_TOKEN) => (code, INVALID_TOKEN),
            Some(code) => (code, text("detail").or(text("title")).unwrap_or_default()),
            None => (text("error")?, text("hint").or(text("error_description")).unwrap_or_default()),
        },
        _ => return None,
    };
    // Whatever else answered may say anything.
    let is_code =
        !code.is_empty() && code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if !is_code {
        return None;
    }
    Some(Told { code: code.to_owned(), text: repeated(text) })
}

fn meaning(what: &str, told: &Told, status: u16) -> (Class, &'static str) {
    use Class::{Auth, Permission, Protocol, Server};
    match told.code.as_str() {
        "ERROR_WRONG_APP_TOKEN_PARAMETER" => (Auth, "GLPI does not know `app_token` for the address it sees us at"),
        "ERROR_APP_TOKEN_PARAMETERS_MISSING" => (Auth, "this GLPI's API client asks for an `app_token`"),
        "ERROR_GLPI_LOGIN_USER_TOKEN" => (Auth, "GLPI does not know `user_token`: was it regenerated?"),
        "ERROR_GLPI_LOGIN" | "invalid_grant" => (Auth, "GLPI refuses `login` and `password`"),
        "ERROR_LOGIN_PARAMETERS_MISSING" => {
            (Auth, "the Authorization header did not reach GLPI: the web server must pass it on to PHP")
        }
        "ERROR_LOGIN_WITH_CREDENTIALS_DISABLED" => {
            (Auth, "this GLPI's API takes no passwords: use `user_token`, or enable login with credentials")
        }
        "ERROR_LOGIN_WITH_TOKEN_DISABLED" => {
            (Auth, "this GLPI's API takes no user tokens: use `login`, or enable login with external token")
        }
        "ERROR_SESSION_TOKEN_INVALID" | "ERROR_SESSION_TOKEN_MISSING" => {
            (Auth, "GLPI forgets a session it has just opened: are its session files shared and writable?")
        }
        "invalid_client" => (Auth, "GLPI does not know `client_id` with this `client_secret`"),
        "unauthorized_client" | "unsupported_grant_type" => {
            (Auth, "the OAuth client of GLPI may not log in with a password: enable that grant for it")
        }
        "ERROR_UNAUTHENTICATED" => (Auth, "the token stands for no account of GLPI"),
        "ERROR_INVALID_PARAMETER" if told.text == INVALID_TOKEN => {
            (Auth, "GLPI refuses a token it has just given: are its OAuth keys and its clock in order?")
        }
        "access_denied" => (Permission, "the OAuth client of GLPI is not allowed at the address it sees us at"),
        "ERROR_NOT_ALLOWED_IP" => (Permission, "no API client of GLPI allows the address it sees us at"),
        "ERROR_RIGHT_MISSING" if told.text.contains("scope") => {
            (Permission, "the OAuth client of GLPI lacks a scope: `api` and `graphql` are needed")
        }
        "ERROR_RIGHT_MISSING" if told.shown() => {
            (Permission, "GLPI refuses: is the API enabled in Setup > General > API?")
        }
        "ERROR_RIGHT_MISSING" => (Permission, "the account's profile has no right to read this"),
        "ERROR" if what == "initSession" => (Permission, "GLPI refuses a session: is its REST API enabled?"),
        "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM" | "ERROR_RESOURCE_MISSING" | "ERROR_ITEM_NOT_FOUND" => {
            (Protocol, "this GLPI does not know what was asked: is it older than 9.5, or changed by a plugin?")
        }
        _ if status >= 500 => (Server, "GLPI failed: its log, files/_log/php-errors.log, says why"),
        _ => {
            (Protocol, "GLPI refuses the question, as no version that we know does: is GLPI, or ecoparc, up to date?")
        }
    }
}
