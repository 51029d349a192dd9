//! Asking GLPI's REST API v1: one session, lists page by page, and what its refusals mean.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::refusal;
use crate::http::{Answer, Client};
use crate::{Class, Failure, Progress};

/// How long closing a session may take; GLPI closes it by itself after some twenty minutes.
const CLOSING: Duration = Duration::from_secs(5);

/// Whom to ask, and as whom.
pub struct Server {
    pub client: Client,
    /// `…/apirest.php`, without a slash behind it.
    pub base: String,
    pub app_token: Option<HeaderValue>,
    pub login: Login,
}

/// How a session is opened.
pub enum Login {
    /// The `Authorization` header of a user's API token.
    UserToken(HeaderValue),
    Password {
        login: SecretString,
        password: SecretString,
    },
}

impl Server {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, &format!("{}/{path}", self.base));
        let request = request.header("Accept", "application/json");
        match &self.app_token {
            Some(token) => request.header("App-Token", token.clone()),
            None => request,
        }
    }

    fn with(&self, token: &HeaderValue, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).header("Session-Token", token.clone())
    }

    /// Ends a session. Whether that worked matters little: an idle session ends by itself.
    async fn kill(&self, token: &HeaderValue) {
        let asked = self.client.ask(self.with(token, Method::GET, "killSession"));
        match tokio::time::timeout(CLOSING, asked).await {
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => {
                tracing::debug!(cause = format!("{:#}", failure.cause), "a GLPI session was not closed")
            }
            Err(_) => tracing::debug!("a GLPI session was not closed in time"),
        }
    }
}

/// A session: opened by the first question, renewed when GLPI has forgotten it, ended by [`Session::close`] or, when
/// the collection is abandoned, by a task that dropping it leaves behind.
pub struct Session {
    server: Arc<Server>,
    token: Option<HeaderValue>,
}

impl Drop for Session {
    fn drop(&mut self) {
        let (Some(token), Ok(runtime)) = (self.token.take(), tokio::runtime::Handle::try_current()) else { return };
        let server = Arc::clone(&self.server);
        runtime.spawn(async move { server.kill(&token).await });
    }
}

impl Session {
    pub fn new(server: Arc<Server>) -> Self {
        Self { server, token: None }
    }

    /// Ends the session, if one was opened.
    pub async fn close(&mut self) {
        if let Some(token) = &self.token {
            // The token stays until GLPI has answered: abandoned in between, the session is still dropped with it.
            self.server.kill(token).await;
        }
        self.token = None;
    }

    /// Opens a session, on all the entities the account may see.
    async fn open(&mut self) -> Result<(), Failure> {
        self.token = None;
        let request = self.server.request(Method::GET, "initSession");
        let request = match &self.server.login {
            Login::UserToken(header) => request.header("Authorization", header.clone()),
            Login::Password { login, password } => {
                request.basic_auth(login.expose_secret(), Some(password.expose_secret()))
            }
        };
        let answer = refusal::accepted("initSession", self.server.client.ask(request).await?)?;
        let told = answer.json()?;
        let token = told.get("session_token").and_then(Value::as_str).filter(|token| !token.is_empty());
        let token = token.and_then(|token| HeaderValue::from_str(token).ok());
        let mut token = token.ok_or_else(|| unexpected("initSession", "no session token"))?;
        token.set_sensitive(true);
        self.token = Some(token);
        self.widen().await
    }

    /// Makes the root entity and all below it active; an account without a right on the root gets all it has one on.
    async fn widen(&mut self) -> Result<(), Failure> {
        let mut widened = None;
        for entities in [json!(0), json!("all")] {
            let body = json!({ "entities_id": entities, "is_recursive": true });
            let answer = self.send(Method::POST, "changeActiveEntities", Some(&body)).await?;
            // A refusal is an answer too: 200 and `false`.
            if refusal::accepted("changeActiveEntities", answer)?.json()? == json!(true) {
                widened = Some(entities == json!(0));
                break;
            }
        }
        let Some(root) = widened else {
            let cause = anyhow!("the account is authorised on no entity");
            return Err(Failure::new(Class::Permission, cause));
        };
        let answer = self.send(Method::GET, "getActiveEntities", None).await?;
        let told = refusal::accepted("getActiveEntities", answer)?.json()?;
        let active = &told["active_entity"];
        let entities = active["active_entities"].as_array().map_or(0, Vec::len);
        // 10 says 1, 11 says true.
        let recursive = &active["active_entity_recursive"];
        if root && (*recursive == true || *recursive == 1) {
            tracing::debug!(entities, "the GLPI session is on the root entity and all below it");
        } else {
            tracing::warn!(
                entities,
                "the GLPI account does not see the root entity and all below it: what it does not see is not read"
            );
        }
        Ok(())
    }

    /// Sends one request in the session, as it is.
    async fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, Failure> {
        let token = self.token.as_ref().ok_or_else(|| unexpected(path, "no session"))?;
        let request = self.server.with(token, method, path);
        // GLPI refuses a GET that has a body.
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let what = path.split('?').next().unwrap_or(path).to_owned();
        self.server.client.ask(request).await.map_err(|failure| failure.context(what))
    }

    /// Asks for `path`, in a new session where GLPI has forgotten ours; the answer may be a refusal.
    async fn ask(&mut self, path: &str) -> Result<Answer, Failure> {
        if self.token.is_none() {
            self.open().await?;
        }
        let answer = self.send(Method::GET, path, None).await?;
        if !refusal::is_session_lost(&answer) {
            return Ok(answer);
        }
        tracing::debug!("GLPI has forgotten the session: a new one is opened");
        self.open().await?;
        self.send(Method::GET, path, None).await
    }

    /// GLPI's version, as in `10.0.19`.
    pub async fn version(&mut self) -> Result<String, Failure> {
        let told = refusal::accepted("getGlpiConfig", self.ask("getGlpiConfig").await?)?.json()?;
        let version = told["cfg_glpi"]["version"].as_str();
        version.map(str::to_owned).ok_or_else(|| unexpected("getGlpiConfig", "no version"))
    }

    /// Gives every row of a list to `take`, once each, in the order of ids; `filter` is added to the query.
    /// Fails rather than leave rows out: when fewer came than GLPI counted, or when its count fell meanwhile.
    pub async fn list(
        &mut self,
        itemtype: &str,
        filter: &str,
        page_size: usize,
        progress: &Progress,
        mut take: impl FnMut(&Map<String, Value>),
    ) -> Result<(), Failure> {
        let mut seen: HashSet<u64> = HashSet::new();
        let (mut start, mut first, mut last) = (0, None, 0);
        loop {
            let end = start + page_size - 1;
            let path = format!("{itemtype}?range={start}-{end}&sort=id&order=ASC&get_hateoas=false{filter}");
            let answer = self.ask(&path).await?;
            if refusal::code(&answer).as_deref() == Some(refusal::RANGE_EXCEED_TOTAL) {
                // Rows vanished between two pages.
                break;
            }
            let answer = refusal::accepted(itemtype, answer)?;
            let rows = match answer.json().map_err(|failure| failure.context(itemtype.to_owned()))? {
                Value::Array(rows) => rows,
                _ => return Err(unexpected(itemtype, "what is not a list")),
            };
            match answer.header("Content-Range").map(total) {
                Some(Some(total)) => last = total,
                // An empty list has no such header.
                None if rows.is_empty() => break,
                _ => return Err(unexpected(itemtype, "no readable Content-Range: does a proxy remove it?")),
            }
            if first.is_none() {
                progress.step(itemtype, last as u64);
            }
            let first = *first.get_or_insert(last);
            if rows.is_empty() {
                break;
            }
            // The start and end that Content-Range tells are wrong in some versions: what came is counted instead.
            start += rows.len();
            progress.add(rows.len() as u64);
            for row in &rows {
                let Some(row) = row.as_object() else { return Err(unexpected(itemtype, "a row that is not one")) };
                let id = super::row::id_of(row).ok_or_else(|| unexpected(itemtype, "a row without an id"))?;
                if seen.insert(id) {
                    take(row);
                }
            }
            if start >= last.max(first) {
                break;
            }
        }
        let counted = last.max(first.unwrap_or(0));
        if seen.len() < counted {
            let cause = anyhow!("{itemtype}: {} rows came of the {counted} that GLPI counts", seen.len());
            return Err(Failure::new(Class::Incomplete, cause));
        }
        Ok(())
    }
}

/// The total of `Content-Range: 0-49/294`.
fn total(content_range: &str) -> Option<usize> {
    content_range.rsplit_once('/')?.1.trim().parse().ok()
}

fn unexpected(what: &str, told: &str) -> Failure {
    let cause = anyhow!("it told {told}").context(format!("{what}: GLPI's answer is not understood"));
    Failure::new(Class::Protocol, cause)
}

#[cfg(test)]
mod tests {
    #[test]
    fn totals() {
        assert_eq!(super::total("294-293/294"), Some(294));
        assert_eq!(super::total("0--1/0"), Some(0));
        assert_eq!(super::total("0-49/*"), None);
        assert_eq!(super::total(""), None);
    }
}
