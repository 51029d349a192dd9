//! Who asks, and what they may see. Tokens are known by their hash alone and are never logged. Whom a proxy names is not
//! looked at here: `guard.rs` lets its header through from where it is believed, and from nowhere else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::entity::EntityId;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::problem::Problem;
use crate::config::{Anonymous, Scope, Server, Token};
use crate::edition::Edition;

/// How long a session lasts.
const SESSION: Duration = Duration::from_secs(8 * 3600);
/// Sessions kept at most; the oldest leave first.
const SESSIONS: usize = 10_000;
const COOKIE: &str = "ecoparc_session";
/// Remembers the language that a reader has chosen, and nothing else.
pub const LANGUAGE: &str = "ecoparc_lang";

/// Someone who asks, and what they may see.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Viewer {
    /// What the log calls them: the token's name. No person: of those whom a proxy names, the header that does.
    pub name: String,
    /// What they may see; `read` is implied by the others.
    pub scopes: Vec<Scope>,
    /// They may scrape the metrics.
    pub metrics: bool,
    /// They see these entities and what lies below, nothing else; empty: everything.
    pub entities: Vec<EntityId>,
    /// They showed a token, or a session made with one.
    pub known: bool,
    /// What their forms must carry, where a cookie speaks for them.
    pub csrf: Option<String>,
}

impl Viewer {
    /// May they see what this scope opens?
    pub fn may(&self, scope: Scope) -> bool {
        match scope {
            Scope::Read => !self.scopes.is_empty(),
            scope => self.scopes.contains(&scope),
        }
    }

    /// Refuses whoever lacks a scope: 401 without a token, 403 with one.
    pub fn needs(&self, scope: Scope) -> Result<(), Problem> {
        self.opens(self.may(scope), scope)
    }

    /// Refuses whoever may not scrape.
    pub fn needs_metrics(&self) -> Result<(), Problem> {
        self.opens(self.metrics || self.may(Scope::Read), Scope::Read)
    }

    fn opens(&self, open: bool, scope: Scope) -> Result<(), Problem> {
        match (open, self.known) {
            (true, _) => Ok(()),
            (false, true) => Err(Problem::forbidden(format!("the token has no scope `{}`", scope.name()))),
            (false, false) => Err(Problem::unauthenticated("a token is needed")),
        }
    }

    /// May they see what belongs to this entity?
    pub fn sees(&self, edition: &Edition, entity: EntityId) -> bool {
        let tree = &edition.snapshot.entities;
        self.entities.is_empty() || self.entities.iter().any(|allowed| tree.is_within(entity, *allowed))
    }

    /// The entity that they mean by an id or a name: what they may not see is as unknown as what is not there.
    pub fn entity(&self, edition: &Edition, name: &str) -> Option<EntityId> {
        edition.snapshot.entities.find_among(name, |entity| self.sees(edition, entity))
    }

    /// A short text that differs between viewers who see different things.
    pub fn mark(&self) -> String {
        let mut mark: String = [(Scope::Read, 'r'), (Scope::Assets, 'a'), (Scope::Admin, 'm')]
            .into_iter()
            .filter(|(scope, _)| self.may(*scope))
            .map(|(_, letter)| letter)
            .collect();
        for entity in &self.entities {
            mark.push_str(&format!(".{}", entity.0));
        }
        if let Some(csrf) = &self.csrf {
            mark.push_str(&format!("-{}", &hex::encode(Sha256::digest(csrf))[..12]));
        }
        mark
    }
}

struct Session {
    token: [u8; 32],
    csrf: String,
    since: Instant,
}

/// The sessions of the page, in memory: a restart ends them. They outlast a configuration, and each of them ends with its
/// token.
pub struct Sessions {
    open: Mutex<HashMap<[u8; 32], Session>>,
    /// Makes the words of those who have no session here, since a proxy keeps it.
    key: [u8; 32],
}

impl Default for Sessions {
    fn default() -> Self {
        Self { open: Mutex::default(), key: random() }
    }
}

impl Sessions {
    /// Opens a session for a token; gives its name and the cookie. `None` where the token opens nothing.
    pub fn open(&self, server: &Server, headers: &HeaderMap, token: &str) -> Option<(String, String)> {
        let token = token_of(server, token)?;
        let id = random();
        let mut sessions = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.since.elapsed() < SESSION);
        if sessions.len() >= SESSIONS {
            let oldest = sessions.iter().min_by_key(|(_, session)| session.since).map(|(key, _)| *key);
            oldest.map(|key| sessions.remove(&key));
        }
        // The id itself is not kept: whoever reads this memory cannot use what is found.
        let session = Session { token: token.hash, csrf: hex::encode(random()), since: Instant::now() };
        sessions.insert(Sha256::digest(hex::encode(id)).into(), session);
        Some((token.name.clone(), cookie(server, headers, &hex::encode(id), SESSION.as_secs())))
    }

    /// Ends the session of a request; gives the cookie that forgets it.
    pub fn close(&self, server: &Server, headers: &HeaderMap) -> String {
        if let Some(id) = cookie_of(headers, COOKIE) {
            let key: [u8; 32] = Sha256::digest(id).into();
            self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        }
        cookie(server, headers, "", 0)
    }

    /// The word of the forms of someone whom a proxy names.
    fn word_of(&self, user: &[u8]) -> String {
        let user: [u8; 32] = Sha256::digest(user).into();
        hex::encode(Sha256::digest([self.key, user].concat()))
    }

    fn of(&self, id: &str) -> Option<([u8; 32], String)> {
        let key: [u8; 32] = Sha256::digest(id).into();
        let sessions = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.get(&key).filter(|session| session.since.elapsed() < SESSION)?;
        Some((session.token, session.csrf.clone()))
    }
}

fn cookie(server: &Server, headers: &HeaderMap, id: &str, seconds: u64) -> String {
    // A browser may keep no `Secure` cookie of a page that it asks this very machine for in clear.
    let plain = server.tls.is_none() && server.listen.ip().is_loopback() && is_loopback(headers);
    let secure = if plain { "" } else { "; Secure" };
    format!("{COOKIE}={id}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// Is this machine asked by a name of its own? Behind a proxy it bears another.
fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Does the browser show a session, whatever that one is worth?
pub fn keeps_session(headers: &HeaderMap) -> bool {
    cookie_of(headers, COOKIE).is_some()
}

/// The value of the cookie of this name.
pub fn cookie_of<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == wanted && !value.is_empty())
        .map(|(_, id)| id)
}

/// 32 bytes that nobody can guess.
fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system gives random bytes once it has started");
    bytes
}

/// Are two texts the same, told in a time that does not depend on where they differ?
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

fn token_of<'a>(server: &'a Server, text: &str) -> Option<&'a Token> {
    let hash: [u8; 32] = Sha256::digest(text).into();
    // All are compared, so that the time tells nothing of which one it was.
    let fits = |found, token: &'a Token| if bool::from(token.hash.ct_eq(&hash)) { Some(token) } else { found };
    server.tokens.iter().fold(None, fits)
}

/// What the `Authorization` of a request is worth.
pub enum Credential<'a> {
    /// There is none, or one that is meant for a proxy, while who asks is known otherwise.
    Absent,
    Known(&'a Token),
    /// It opens nothing.
    Wrong(Stranger),
    /// It is of a scheme that holds no token of ours, and nobody else tells who asks: it opens and guesses nothing.
    Other,
}

/// Why what somebody shows opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranger {
    /// The token is nobody's.
    Unknown,
    /// The header holds no token.
    Unreadable,
    /// The token is somebody's, and its entities are gone, or are no longer the only ones of their name.
    Nowhere,
}

impl From<Stranger> for Problem {
    fn from(stranger: Stranger) -> Self {
        match stranger {
            Stranger::Unknown => Self::unauthenticated("the token is not known"),
            Stranger::Unreadable => Self::unauthenticated("the authorization header is neither Bearer nor Basic"),
            Stranger::Nowhere => {
                Self::forbidden("none of the token's entities exists, or several are called so: write the id")
            }
        }
    }
}

impl<'a> Credential<'a> {
    /// Looks at what a request shows.
    pub fn of(server: &'a Server, sessions: &Sessions, headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(header::AUTHORIZATION) else { return Self::Absent };
        let text = text_of(value);
        match text.as_ref().map(|text| token_of(server, text)) {
            Some(Some(token)) => Self::Known(token),
            _ if named(server, headers).is_some() => Self::Absent,
            Some(None) => Self::Wrong(Stranger::Unknown),
            None if is_ours(value) => Self::Wrong(Stranger::Unreadable),
            // A browser says `Negotiate` to a proxy with every request: that is not said against its session.
            None if session(server, sessions, headers).is_some() => Self::Absent,
            None => Self::Other,
        }
    }
}

/// Is it of a scheme in which a token of ours may come?
fn is_ours(value: &HeaderValue) -> bool {
    let scheme = value.as_bytes().split(|byte| *byte == b' ').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case(b"bearer") || scheme.eq_ignore_ascii_case(b"basic")
}

/// The token in an `Authorization`: all of Bearer's, the password of Basic's.
fn text_of(value: &HeaderValue) -> Option<String> {
    let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}

/// The token that a request's session was opened with, and the word of its forms.
fn session<'a>(server: &'a Server, sessions: &Sessions, headers: &HeaderMap) -> Option<(&'a Token, String)> {
    let (hash, csrf) = sessions.of(cookie_of(headers, COOKIE)?)?;
    let token = server.tokens.iter().find(|token| token.hash == hash)?;
    Some((token, csrf))
}

/// Whom a proxy names.
fn named<'a>(server: &Server, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
    headers.get(&server.proxy_auth.as_ref()?.header).filter(|user| !user.is_empty())
}

/// Who asks.
pub fn viewer(
    server: &Server,
    sessions: &Sessions,
    headers: &HeaderMap,
    edition: &Edition,
) -> Result<Viewer, Stranger> {
    match Credential::of(server, sessions, headers) {
        Credential::Known(token) => return of_token(token, edition, None),
        Credential::Wrong(stranger) => return Err(stranger),
        Credential::Other => return Err(Stranger::Unreadable),
        Credential::Absent => {}
    }
    if let Some((token, csrf)) = session(server, sessions, headers) {
        return of_token(token, edition, Some(csrf));
    }
    if let (Some(proxy), Some(user)) = (&server.proxy_auth, named(server, headers)) {
        let csrf = Some(sessions.word_of(user.as_bytes()));
        let (name, scopes) = (proxy.header.to_string(), proxy.scopes.clone());
        return Ok(Viewer { name, scopes, known: true, csrf, ..Viewer::default() });
    }
    let (metrics, scopes) = match server.anonymous {
        Anonymous::None => (false, vec![]),
        Anonymous::Metrics => (true, vec![]),
        Anonymous::Read => (true, vec![Scope::Read]),
        Anonymous::Assets => (true, vec![Scope::Read, Scope::Assets]),
    };
    Ok(Viewer { name: "anonymous".to_owned(), scopes, metrics, ..Viewer::default() })
}

fn of_token(token: &Token, edition: &Edition, csrf: Option<String>) -> Result<Viewer, Stranger> {
    tracing::debug!(token = token.name, "a known token");
    let tree = &edition.snapshot.entities;
    let mut entities: Vec<EntityId> = token.entities.iter().filter_map(|name| tree.find(name)).collect();
    entities.sort_by_key(|entity| entity.0);
    entities.dedup();
    // No entity left would mean all of them.
    if entities.is_empty() && !token.entities.is_empty() {
        return Err(Stranger::Nowhere);
    }
    Ok(Viewer { name: token.name.clone(), scopes: token.scopes.clone(), metrics: false, entities, known: true, csrf })
}
