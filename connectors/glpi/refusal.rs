//! What GLPI's refusals mean. They are known by their code, the first of two texts: the second is in the language of
//! the account.

use anyhow::anyhow;
use serde_json::Value;

use crate::http::Answer;
use crate::{Class, Failure};

/// The range asked for starts behind the last row.
pub const RANGE_EXCEED_TOTAL: &str = "ERROR_RANGE_EXCEED_TOTAL";

/// The longest of GLPI's own texts that is repeated, in characters.
const LONGEST_TEXT: usize = 200;

/// The code of a refusal; `None` for what is no refusal, or not in that form.
pub fn code(answer: &Answer) -> Option<String> {
    told(answer).map(|(code, _)| code)
}

/// Has GLPI forgotten the session? 11 says "missing" of a token that it cannot decrypt.
pub fn is_session_lost(answer: &Answer) -> bool {
    let code = code(answer);
    matches!(code.as_deref(), Some("ERROR_SESSION_TOKEN_INVALID" | "ERROR_SESSION_TOKEN_MISSING"))
}

/// The answer, if it is one; else what the refusal means, `what` being what was asked.
pub fn accepted(what: &str, answer: Answer) -> Result<Answer, Failure> {
    if answer.status < 400 {
        return Ok(answer);
    }
    let (class, cause) = match told(&answer) {
        Some((code, text)) => {
            let (class, meaning) = meaning(what, &code, answer.status);
            (class, anyhow!("{meaning} ({code}{text})"))
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

/// Code and text, the latter only where it says what the code does not.
fn told(answer: &Answer) -> Option<(String, String)> {
    if answer.status < 400 {
        return None;
    }
    let Value::Array(told) = serde_json::from_slice(&answer.body).ok()? else { return None };
    let code = told.first()?.as_str()?;
    let text = told.get(1).and_then(Value::as_str).unwrap_or_default();
    // Behind the semicolon is where its documentation is.
    let text = text.split("; ").next().unwrap_or_default();
    let text = match code {
        "ERROR" | "ERROR_NOT_ALLOWED_IP" if !text.is_empty() => {
            let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
            format!(": {}", plain.take(LONGEST_TEXT).collect::<String>())
        }
        _ => String::new(),
    };
    Some((code.to_owned(), text))
}

fn meaning(what: &str, code: &str, status: u16) -> (Class, &'static str) {
    use Class::{Auth, Permission, Protocol, Server};
    match code {
        "ERROR_WRONG_APP_TOKEN_PARAMETER" => (Auth, "GLPI does not know `app_token` for the address it sees us at"),
        "ERROR_APP_TOKEN_PARAMETERS_MISSING" => (Auth, "this GLPI's API client asks for an `app_token`"),
        "ERROR_GLPI_LOGIN_USER_TOKEN" => (Auth, "GLPI does not know `user_token`: was it regenerated?"),
        "ERROR_GLPI_LOGIN" => (Auth, "GLPI refuses `login` and `password`"),
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
        "ERROR_NOT_ALLOWED_IP" => (Permission, "no API client of GLPI allows the address it sees us at"),
        "ERROR_RIGHT_MISSING" => (Permission, "the account's profile has no right to read this"),
        "ERROR" if what == "initSession" => (Permission, "GLPI refuses a session: is its REST API enabled?"),
        "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM" | "ERROR_RESOURCE_MISSING" => {
            (Protocol, "this GLPI does not know what was asked")
        }
        _ if status >= 500 => (Server, "GLPI failed: its log, files/_log/php-errors.log, says why"),
        _ => (Protocol, "GLPI refuses the question"),
    }
}
