//! Asking the high-level API of GLPI 11: tokens (OAuth 2, RFC 6749, password grant), and lists page by page.

use std::sync::Arc;

use anyhow::anyhow;
use reqwest::Method;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::pages::{Pages, total, unexpected};
use super::refusal;
use super::session::sees;
use crate::http::{Answer, Client};
use crate::repeated::repeated;
use crate::{Class, Failure, Progress};

/// The version that this connector was written against; an older server is asked in its own.
const NEWEST: (u32, u32) = (2, 3);
/// Without scopes told, a token has none. Accounts come by GraphQL, which has a scope of its own.
const SCOPES: &str = "api graphql";

/// Whom to ask, and as whom.
pub struct Api {
    pub client: Client,
    /// `…/api.php`, without a slash behind it.
    pub base: String,
    pub client_id: SecretString,
    pub client_secret: SecretString,
    pub login: SecretString,
    pub password: SecretString,
}

/// A token, asked for by the first question and renewed when it has expired.
pub struct Access {
    api: Arc<Api>,
    token: Option<HeaderValue>,
    /// Renews the token once, and is then worth nothing.
    refresh: Option<SecretString>,
    version: (u32, u32),
    /// Is the root entity asked for, with all below it?
    whole: bool,
    /// Rows a page.
    page_size: usize,
}

impl Access {
    pub fn new(api: Arc<Api>, page_size: usize) -> Self {
        Self { api, token: None, refresh: None, version: NEWEST, whole: false, page_size }
    }

    /// Chooses the version to speak, from those the server tells without asking who we are.
    pub async fn negotiate(&mut self) -> Result<(u32, u32), Failure> {
        let request = self.api.client.request(Method::GET, &format!("{}/", self.api.base));
        let answer = self.api.client.ask(request.header("Accept", "application/json")).await?;
        let told = refusal::accepted("api.php", answer)?.json()?;
        let versions = told["api_versions"].as_array().into_iter().flatten();
        let versions =
            versions.filter_map(|told| version(told["version"].as_str()?)).filter(|(major, _)| *major == 2);
        let mut versions: Vec<_> = versions.collect();
        versions.sort_unstable();
        // A newer one that still speaks ours is asked in ours.
        let spoken = versions.iter().rev().find(|version| **version <= NEWEST).or(versions.first());
        let spoken = spoken.ok_or_else(|| unexpected("api.php", "no version 2 of its API: is this GLPI 11?"))?;
        self.version = *spoken;
        Ok(*spoken)
    }

    /// Asks for a token, by the refresh token where there is one, else by the password.
    async fn log_in(&mut self) -> Result<(), Failure> {
        self.token = None;
        if let Some(refresh) = self.refresh.take() {
            let grant = json!({ "grant_type": "refresh_token", "refresh_token": refresh.expose_secret() });
            if self.grant(grant).await.is_ok() {
                return Ok(());
            }
            tracing::debug!("GLPI does not renew the token: it is asked for again with the password");
        }
        let grant = json!({
            "grant_type": "password",
            "username": self.api.login.expose_secret(),
            "password": self.api.password.expose_secret(),
            "scope": SCOPES,
        });
        self.grant(grant).await
    }

    async fn grant(&mut self, mut grant: Value) -> Result<(), Failure> {
        grant["client_id"] = self.api.client_id.expose_secret().into();
        grant["client_secret"] = self.api.client_secret.expose_secret().into();
        let request = self.api.client.request(Method::POST, &format!("{}/token", self.api.base)).json(&grant);
        let answer = self.api.client.ask(request).await.map_err(|failure| failure.context("token"))?;
        let told = refusal::accepted("token", answer)?.json()?;
        let token = told["access_token"].as_str().filter(|token| !token.is_empty());
        let token = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
        let mut token = token.ok_or_else(|| unexpected("token", "no access token"))?;
        token.set_sensitive(true);
        self.token = Some(token);
        self.refresh = told["refresh_token"].as_str().map(|token| SecretString::from(token.to_owned()));
        Ok(())
    }

    /// Sends one request, as it is.
    async fn send(&self, path: &str, body: Option<&Value>) -> Result<Answer, Failure> {
        let (major, minor) = self.version;
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut request = self.api.client.request(method, &format!("{}/v{major}.{minor}/{path}", self.api.base));
        request = request.header("Accept", "application/json");
        if let Some(token) = &self.token {
            request = request.header("Authorization", token.clone());
        }
        if self.whole {
            request = request.header("GLPI-Entity", "0").header("GLPI-Entity-Recursive", "true");
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let what = path.split('?').next().unwrap_or(path).to_owned();
        self.api.client.ask(request).await.map_err(|failure| failure.context(what))
    }

    /// Asks for `path`, with a new token where ours has expired; the answer may be a refusal.
    async fn ask(&mut self, path: &str, body: Option<&Value>) -> Result<Answer, Failure> {
        if self.token.is_none() {
            self.log_in().await?;
        }
        let answer = self.send(path, body).await?;
        if !refusal::is_token_lost(&answer) {
            return Ok(answer);
        }
        tracing::debug!("GLPI's token has expired: it is renewed");
        self.log_in().await?;
        self.send(path, body).await
    }

    /// What `path` answers; `None` where it is not there or not for this account.
    pub async fn get(&mut self, path: &str) -> Result<Option<Value>, Failure> {
        let answer = self.ask(path, None).await?;
        if refusal::is_without(&answer) {
            return Ok(None);
        }
        refusal::accepted(path, answer)?.json().map(Some)
    }

    /// Looks at what the account may see, and asks for all of it from now on. Returns that in words.
    pub async fn widen(&mut self) -> Result<String, Failure> {
        let told = refusal::accepted("session", self.ask("session", None).await?)?.json()?;
        // Questions are asked under the active profile; what the others see is not seen.
        let active_profile = told["active_profile"]["id"].to_string();
        let mut entities = told["profiles"][active_profile.as_str()]["entities"].as_array().into_iter().flatten();
        let is_root = |entity: &Value| {
            entity["id"].as_u64() == Some(0) && (entity["is_recursive"] == 1 || entity["is_recursive"] == true)
        };
        self.whole = entities.any(is_root);
        let active = told["active_entities"].as_array().map_or(0, Vec::len);
        if self.whole {
            return Ok("the account sees the root entity and all below it".to_owned());
        }
        Ok(sees(active))
    }

    /// Gives every row of a list to `take`, once each, in the order of ids; false for an optional one that is not to
    /// be had. Fails rather than leave rows out.
    pub async fn list(
        &mut self,
        path: &str,
        filter: &str,
        optional: bool,
        progress: &Progress,
        mut take: impl FnMut(Map<String, Value>),
    ) -> Result<bool, Failure> {
        let page_size = self.page_size;
        let mut pages = Pages::new(path, progress);
        loop {
            let start = pages.came;
            let answer =
                self.ask(&format!("{path}?start={start}&limit={page_size}&sort=id:asc{filter}"), None).await?;
            if optional && start == 0 && refusal::is_without(&answer) {
                return Ok(false);
            }
            let answer = refusal::accepted(path, answer)?;
            let Value::Array(rows) = answer.json().map_err(|failure| failure.context(path.to_owned()))? else {
                return Err(unexpected(path, "what is not a list"));
            };
            // Its start and end are wrong now and then, its total is right.
            let total = answer.header("Content-Range").and_then(total);
            if total.is_none() {
                return Err(unexpected(path, "no readable Content-Range: does a proxy remove it?"));
            }
            let last = rows.len() < page_size;
            pages.take(rows, total, &mut take)?;
            if last || pages.came >= pages.counted() {
                return pages.whole().map(|()| true);
            }
        }
    }

    /// Gives every row of a GraphQL query to `take`; false for an optional one that is not to be had. A filter makes its
    /// total wrong: it is then read to the short page.
    pub async fn graphql(
        &mut self,
        of: &str,
        fields: &str,
        filter: Option<&str>,
        optional: bool,
        progress: &Progress,
        mut take: impl FnMut(Map<String, Value>),
    ) -> Result<bool, Failure> {
        let page_size = self.page_size;
        let mut pages = Pages::new(of, progress);
        let filter_text = filter.map(|filter| format!(", filter: {}", Value::from(filter))).unwrap_or_default();
        loop {
            let start = pages.came;
            let query = format!("{{ {of}(limit: {page_size}, start: {start}{filter_text}) {{ {fields} }} }}");
            let answer = self.ask("GraphQL", Some(&json!({ "query": query }))).await?;
            if optional && start == 0 && refusal::is_without(&answer) {
                return Ok(false);
            }
            let mut told = refusal::accepted(of, answer)?.json().map_err(|failure| failure.context(of.to_owned()))?;
            // Errors come with a 200.
            if let Some(error) = told["errors"][0]["message"].as_str() {
                // What this version does not know it names so; anything else is a failure.
                if optional && error.starts_with("Cannot query field") {
                    return Ok(false);
                }
                let cause = anyhow!("GraphQL refuses the question: {}", repeated(error));
                return Err(Failure::new(Class::Protocol, cause).context(of.to_owned()));
            }
            let rows = told.get_mut("data").and_then(|data| data.get_mut(of)).map(Value::take);
            let Some(Value::Array(rows)) = rows else {
                return Err(unexpected(of, "what is not a list"));
            };
            let total = told["extensions"]["pagination"][of]["total_count"].as_u64();
            let total = total.filter(|_| filter.is_none()).and_then(|total| usize::try_from(total).ok());
            let last = rows.len() < page_size;
            pages.take(rows, total, &mut take)?;
            if last {
                return pages.whole().map(|()| true);
            }
        }
    }
}

/// The first two numbers of `2.3.0`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}
