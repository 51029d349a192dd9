//! Asking GLPI's REST API v1: one session, lists page by page, and what its refusals mean.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::anyhow;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::task::JoinHandle;

use super::pages::{Pages, total, unexpected};
use super::refusal;
use crate::clock::Clock;
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
    /// Sessions of abandoned collections that are being ended.
    pub closing: Mutex<Vec<JoinHandle<()>>>,
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
        let asked = self.client.ask_at_once(self.with(token, Method::GET, "killSession"));
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
    /// What the account sees, once a session was opened.
    scope: Option<Scope>,
    /// The server's own time, and the moment at which it was told.
    told: Option<(DateTime, Timestamp)>,
}

/// What the account sees.
struct Scope {
    entities: usize,
    /// The root entity and all below it.
    whole: bool,
}

/// What an account sees that does not see everything, in words.
pub fn sees(entities: usize) -> String {
    let entities = crate::counted(entities, "entity", "entities");
    format!("the account sees {entities}, not the root entity and all below it: the others are not read")
}

/// One of GLPI's lists.
pub struct List<'a> {
    /// The class of its rows.
    pub class: &'a str,
    /// Added to the query.
    pub filter: &'a str,
    /// It need not exist, nor be readable by the account.
    pub optional: bool,
}

/// How the reading of a list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// Every row came.
    Whole,
    /// An optional list that this GLPI does not know.
    Unknown,
    /// An optional list that the account may not read.
    Forbidden,
}

/// What GLPI says of itself.
pub struct About {
    /// As in `10.0.19`.
    pub version: String,
    /// The classes of assets that it knows, those of the house's own making among them.
    pub asset_types: Vec<String>,
}

impl Drop for Session {
    fn drop(&mut self) {
        let (Some(token), Ok(runtime)) = (self.token.take(), tokio::runtime::Handle::try_current()) else { return };
        let server = Arc::clone(&self.server);
        let closing = runtime.spawn(async move { server.kill(&token).await });
        if let Ok(mut known) = self.server.closing.lock() {
            known.retain(|task| !task.is_finished());
            known.push(closing);
        }
    }
}

impl Session {
    pub fn new(server: Arc<Server>) -> Self {
        Self { server, token: None, scope: None, told: None }
    }

    /// Was a session ever opened?
    pub fn was_opened(&self) -> bool {
        self.scope.is_some()
    }

    /// What the account sees, in words.
    pub fn scope(&self) -> String {
        match &self.scope {
            Some(Scope { entities, whole: true }) => {
                let entities = crate::counted(*entities, "entity", "entities");
                format!("the account sees the root entity and all below it ({entities})")
            }
            Some(Scope { entities, .. }) => sees(*entities),
            None => "no session was opened".to_owned(),
        }
    }

    /// The clock by which this server tells moments.
    pub fn clock(&self, house: TimeZone) -> Clock {
        Clock::of(self.told.map(|told| told.0), self.told.map(|told| told.1), house)
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
        // The whole session tells the server's own time, and nothing else that is wanted.
        let request = self.server.request(Method::GET, "initSession?get_full_session=true");
        let request = match &self.server.login {
            Login::UserToken(header) => request.header("Authorization", header.clone()),
            Login::Password { login, password } => {
                request.basic_auth(login.expose_secret(), Some(password.expose_secret()))
            }
        };
        let answer = refusal::accepted("initSession", self.server.client.ask(request).await?)?;
        let told = answer.json()?;
        let local = told["session"]["glpi_currenttime"].as_str().and_then(|time| time.parse().ok());
        self.told = local.zip(answer.date());
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
        let whole = root && (*recursive == true || *recursive == 1);
        self.scope = Some(Scope { entities, whole });
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

    /// What GLPI says of itself.
    pub async fn about(&mut self) -> Result<About, Failure> {
        let told = refusal::accepted("getGlpiConfig", self.ask("getGlpiConfig").await?)?.json()?;
        let config = &told["cfg_glpi"];
        let version = config["version"].as_str().ok_or_else(|| unexpected("getGlpiConfig", "no version"))?.to_owned();
        let asset_types = config["asset_types"].as_array().into_iter().flatten();
        Ok(About { version, asset_types: asset_types.filter_map(Value::as_str).map(str::to_owned).collect() })
    }

    /// Items of one class by their ids, with what `query` adds to them; `None` where GLPI refuses one of them, and so
    /// all.
    pub async fn items(&mut self, class: &str, ids: &[u64], query: &str) -> Result<Option<Vec<Value>>, Failure> {
        let items: Vec<String> = ids
            .iter()
            .enumerate()
            .map(|(at, id)| format!("items%5B{at}%5D%5Bitemtype%5D={class}&items%5B{at}%5D%5Bitems_id%5D={id}"))
            .collect();
        let path = format!("getMultipleItems?{}&get_hateoas=false{query}", items.join("&"));
        let answer = self.ask(&path).await?;
        if matches!(answer.status, 403 | 404) {
            return Ok(None);
        }
        match refusal::accepted("getMultipleItems", answer)?.json()? {
            Value::Array(rows) => Ok(Some(rows)),
            _ => Err(unexpected("getMultipleItems", "what is not a list")),
        }
    }

    /// Gives every row of a list to `take`, once each, in the order of ids. Fails rather than leave
    /// rows out: when fewer came than GLPI counted, or when its count fell meanwhile.
    pub async fn list(
        &mut self,
        list: &List<'_>,
        page_size: usize,
        progress: &Progress,
        mut take: impl FnMut(&Map<String, Value>),
    ) -> Result<Listed, Failure> {
        let itemtype = list.class;
        // A backslash would be a slash in an address.
        let (class, filter) = (itemtype.replace('\\', "%5C"), list.filter);
        let mut pages = Pages::new(itemtype, progress);
        loop {
            let (start, end) = (pages.came, pages.came + page_size - 1);
            let path = format!("{class}?range={start}-{end}&sort=id&order=ASC&get_hateoas=false{filter}");
            let answer = self.ask(&path).await?;
            if start > 0 && refusal::code(&answer).as_deref() == Some(refusal::RANGE_EXCEED_TOTAL) {
                // Rows vanished between two pages.
                break;
            }
            if list.optional && start == 0 && refusal::is_without(&answer) {
                return Ok(if refusal::is_forbidden(&answer) { Listed::Forbidden } else { Listed::Unknown });
            }
            let answer = refusal::accepted(itemtype, answer)?;
            let rows = match answer.json().map_err(|failure| failure.context(itemtype.to_owned()))? {
                Value::Array(rows) => rows,
                _ => return Err(unexpected(itemtype, "what is not a list")),
            };
            let total = match answer.header("Content-Range").map(total) {
                Some(Some(total)) => total,
                // An empty list has no such header.
                None if rows.is_empty() => break,
                _ => return Err(unexpected(itemtype, "no readable Content-Range: does a proxy remove it?")),
            };
            let empty = rows.is_empty();
            pages.take(rows, Some(total), |row| take(&row))?;
            if empty || pages.came >= pages.counted() {
                break;
            }
        }
        pages.whole().map(|()| Listed::Whole)
    }
}
