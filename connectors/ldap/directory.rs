//! A session with one directory server: connecting, binding, searching page by page. With `kerberos.rs`, all that
//! knows ldap3.
//!
//! What ldap3 leaves to its user: nothing has a time limit unless it is told before each operation; a search that ends
//! in an error looks like one that ends, until its result is looked at; a connection that is gone stays gone; what is no
//! BER ends the task that reads it; what is nested deeply ends the process, unless `guard.rs` sees it first.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use anyhow::anyhow;
use ldap3::asn1::{PL, StructureTag};
use ldap3::controls::{Control, ControlType, PagedResults};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, SearchOptions, StdStream};
use reqwest::Url;
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinHandle;

use super::entry::Entry;
use super::guard::{self, Breach, Limits};
use super::referral::{Address, Scope, Search, Stop, Trail};
use super::stream::{self, Broken};
use super::{kerberos, refusal, tls};
use crate::address::{self, Forbidden};
use crate::{Class, Failure};

/// How to get to a directory, and as whom.
pub struct Door {
    /// Servers, tried in this order.
    pub servers: Vec<Server>,
    /// Servers that referrals may lead to.
    pub referrals: Vec<(Address, Server)>,
    pub start_tls: bool,
    pub tls: Option<Arc<ClientConfig>>,
    pub who: Who,
    /// How long a server may take to connect, to bind, and to tell the next entry.
    pub patience: Duration,
    /// What servers are told of how long a search may take.
    pub time_limit: Duration,
    /// Entries a page; 0: no pages.
    pub page_size: u32,
    pub limits: Limits,
}

/// One server.
pub struct Server {
    pub url: String,
    /// Host and port, or the socket's path, as messages tell it.
    pub name: String,
    /// Host alone, as Kerberos knows it.
    pub host: String,
}

/// As whom to ask.
pub enum Who {
    Anonymous,
    Simple {
        dn: SecretString,
        password: SecretString,
    },
    /// By the certificate shown, or by the account that this process runs as, over ldapi (RFC 4422, appendix A).
    External,
    /// By the Kerberos ticket of this process (RFC 4752).
    Gssapi,
}

/// Is it a filter (RFC 4515)?
pub fn is_filter(told: &str) -> bool {
    ldap3::parse_filter(told).is_ok()
}

impl Door {
    /// A session with the first server that answers, and why those before it did not.
    pub async fn open(&self) -> Result<(Directory<'_>, Vec<Failure>), Failure> {
        let mut missed: Vec<Failure> = Vec::new();
        for server in &self.servers {
            match self.enter(server, Arc::default()).await {
                Ok(directory) => return Ok((directory, missed)),
                // What one server of a directory refuses, the others refuse too, and count against the account.
                Err(failure) if failure.class == Class::Auth => return Err(failure),
                Err(failure) => missed.push(failure),
            }
        }
        let class = missed.first().map_or(Class::Network, |failure| failure.class);
        let told: Vec<String> = missed.iter().map(|failure| format!("{:#}", failure.cause)).collect();
        Err(Failure::new(class, anyhow!("{}", told.join("; then "))))
    }

    pub async fn enter<'a>(&'a self, server: &'a Server, bytes: Arc<AtomicU64>) -> Result<Directory<'a>, Failure> {
        let counted = Arc::clone(&bytes);
        let connecting = async {
            if let Who::Gssapi = self.who {
                return Ok((self.unguarded(server).await?, None));
            }
            let stream::Guarded { end, relay } =
                stream::open(&server.url, self.tls.as_ref(), self.start_tls, self.limits, counted)
                    .await
                    .map_err(|broken| broken.of(&server.name))?;
            let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(end));
            let connected = LdapConnAsync::with_settings(settings, "ldapi:///").await;
            Ok((connected.map_err(|error| failed(&server.name, error))?, Some(Task(relay))))
        };
        let ((connection, ldap), relay) = match tokio::time::timeout(self.patience, connecting).await {
            Ok(connected) => connected?,
            Err(_) => return Err(late(&server.name, " did not let us connect")),
        };
        let driving = Task(tokio::spawn(connection.drive()));
        let mut directory = Directory { ldap, driving, relay, answers: 0, bytes, server, door: self };
        directory.bind().await?;
        Ok(directory)
    }

    /// ldap3's own connection: Kerberos binds to the TLS below it (RFC 5929, 4), or encrypts what a guard would look at.
    async fn unguarded(&self, server: &Server) -> Result<(LdapConnAsync, Ldap), Failure> {
        let url = Url::parse(&server.url).ok();
        if let Some(host) = url.as_ref().and_then(Url::host_str) {
            // ldap3 looks it up again. Where it cannot be looked up, ldap3 says so.
            let found = address::look_up(host, 0).await.err().and_then(|error| Forbidden::within(&error));
            found.map_or(Ok(()), |found| Err(found.of(&server.name)))?;
        }
        let mut settings = LdapConnSettings::new().set_starttls(self.start_tls);
        if let Some(config) = &self.tls {
            settings = settings.set_config(Arc::clone(config));
        }
        LdapConnAsync::with_settings(settings, &server.url).await.map_err(|error| failed(&server.name, error))
    }
}

/// Ends the connection with the session.
struct Task<E>(JoinHandle<Result<(), E>>);

impl<E> Drop for Task<E> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A session with one server.
pub struct Directory<'a> {
    ldap: Ldap,
    driving: Task<LdapError>,
    /// What copies between ldap3 and the server.
    relay: Option<Task<Broken>>,
    /// Entries, referrals and pages so far, and bytes, of all sessions of the collection.
    pub answers: u64,
    pub bytes: Arc<AtomicU64>,
    pub server: &'a Server,
    pub door: &'a Door,
}

/// What a server tells of a search.
enum Told {
    /// An entry, with what is cut short in it.
    Entry(Entry, Vec<Range>),
    /// Where a part of it is, as URLs.
    Elsewhere(Vec<String>),
}

/// How an answer ends.
enum End {
    /// The cookie of the next page.
    Next(Vec<u8>),
    Whole,
    /// All of it is elsewhere (result 10).
    Moved(Vec<String>),
}

impl<'a> Directory<'a> {
    async fn bind(&mut self) -> Result<(), Failure> {
        let ldap = self.ldap.with_timeout(self.door.patience);
        let (by, bound) = match &self.door.who {
            Who::Anonymous => return Ok(()),
            Who::Simple { dn, password } => {
                let (dn, password) = (dn.expose_secret(), password.expose_secret());
                ("`bind_dn` and `password`", ldap.simple_bind(dn, password).await)
            }
            Who::External => ("what `sasl = \"external\"` shows", ldap.sasl_external_bind().await),
            Who::Gssapi => (refusal::TICKET, kerberos::bind(ldap, &self.server.host).await),
        };
        let name = &self.server.name;
        match bound {
            Ok(LdapResult { rc: 0, .. }) => Ok(()),
            Ok(LdapResult { rc, text, .. }) => Err(refusal::of_bind(name, by, rc, &text)),
            Err(error) => match kerberos::failure(name, &error) {
                Some(failure) => Err(failure),
                None => Err(self.broken("the bind", error).await),
            },
        }
    }

    /// Reads every entry that a search finds on this server, page by page, and gives each to `take`. Messages tell what is
    /// searched and below what, never where one entry is.
    pub async fn read(
        &mut self,
        of: (&str, &str),
        stop: &Stop,
        attributes: &[String],
        trail: &mut Trail,
        take: &mut impl FnMut(Entry),
    ) -> Result<(), Failure> {
        let mut cookie = Vec::new();
        loop {
            let size = i32::try_from(self.door.page_size).unwrap_or(i32::MAX);
            let page = PagedResults { size, cookie };
            let mut ranged = Vec::new();
            let end = self
                .page(of, &stop.search, attributes, Some(page), |told| match told {
                    Told::Entry(entry, ranges) if ranges.is_empty() => {
                        take(entry);
                        Ok(())
                    }
                    Told::Entry(entry, ranges) => {
                        ranged.push((entry, ranges));
                        Ok(())
                    }
                    Told::Elsewhere(urls) => trail.met(&urls, stop),
                })
                .await?;
            for (mut entry, ranges) in ranged {
                for range in ranges {
                    self.rest(of, &mut entry, range).await?;
                }
                take(entry);
            }
            match end {
                // Opaque, and not even different from page to page on every server: 389 DS tells the same one.
                End::Next(next) => cookie = next,
                End::Whole => return Ok(()),
                End::Moved(urls) => match trail.moved(&urls, stop) {
                    Ok(true) => return Ok(()),
                    Ok(false) => return Err(self.is_elsewhere(of)),
                    Err(found) => return Err(found.of(&self.server.name)),
                },
            }
        }
    }

    /// Reads what is left of an attribute of which a part was told (MS-ADTS 3.1.1.3.1.3.3): `member;range=0-1499`.
    async fn rest(&mut self, of: (&str, &str), entry: &mut Entry, range: Range) -> Result<(), Failure> {
        let mut range = range;
        while let Some(last) = range.last {
            let asked = vec![format!("{};range={}-*", range.name, last + 1)];
            let filter = "(objectClass=*)".to_owned();
            let search = Search { base: entry.dn.clone(), filter, scope: Scope::Base };
            let mut told = None;
            let end = self.page(of, &search, &asked, None, |more| {
                if let Told::Entry(more, ranges) = more {
                    told = Some((more, ranges));
                }
                Ok(())
            });
            if let End::Moved(_) = end.await? {
                return Err(self.is_elsewhere(of));
            }
            let Some((more, ranges)) = told else { break };
            for (name, values) in more.attributes {
                entry.add(&name, values);
            }
            let Some(next) = ranges.into_iter().find(|next| next.last.is_none_or(|at| at > last)) else { break };
            range = next;
        }
        Ok(())
    }

    /// One question and all that is answered to it.
    async fn page(
        &mut self,
        (what, below): (&str, &str),
        search: &Search,
        attributes: &[String],
        page: Option<PagedResults>,
        mut take: impl FnMut(Told) -> Result<(), Breach>,
    ) -> Result<End, Failure> {
        let name = &self.server.name;
        let limit = i32::try_from(self.door.time_limit.as_secs()).unwrap_or(i32::MAX);
        self.ldap.with_timeout(self.door.patience).with_search_options(SearchOptions::new().timelimit(limit));
        if let Some(page) = page.filter(|page| page.size > 0) {
            self.ldap.with_controls(page);
        }
        let scope = match search.scope {
            Scope::Base => ldap3::Scope::Base,
            Scope::One => ldap3::Scope::OneLevel,
            Scope::Subtree => ldap3::Scope::Subtree,
        };
        let mut stream = match self.ldap.streaming_search(&search.base, scope, &search.filter, attributes).await {
            Ok(stream) => stream,
            Err(error) => return Err(self.broken(what, error).await),
        };
        loop {
            self.answers += 1;
            if self.answers > self.door.limits.answers {
                return Err(guard::CROWD.of(name));
            }
            let told = match stream.next().await {
                Ok(Some(told)) if told.is_ref() => Told::Elsewhere(urls(told.0)),
                Ok(Some(told)) if told.is_intermediate() => continue,
                Ok(Some(told)) => match entry(told.0) {
                    Some((entry, ranges)) => Told::Entry(entry, ranges),
                    None => {
                        let cause = anyhow!("{name}, asked for {what}, told an entry that is none of LDAP's");
                        return Err(Failure::new(Class::Protocol, cause));
                    }
                },
                Ok(None) => break,
                Err(error) => {
                    drop(stream);
                    return Err(self.broken(what, error).await);
                }
            };
            take(told).map_err(|found| found.of(name))?;
        }
        // Only this tells whether all was told.
        let LdapResult { rc, text, ctrls, refs, .. } = stream.finish().await;
        match rc {
            0 => {}
            refusal::REFERRAL => return Ok(End::Moved(refs)),
            _ => return Err(refusal::of_search(name, what, below, rc, &text)),
        }
        let next = ctrls.into_iter().find_map(|control| match control {
            Control(Some(ControlType::PagedResults), raw) => Some(raw),
            _ => None,
        });
        let Some(next) = next else { return Ok(End::Whole) };
        guard::value(next.val.as_deref().unwrap_or_default()).map_err(|found| found.of(name))?;
        let cookie = next.parse::<PagedResults>().cookie;
        Ok(if cookie.is_empty() { End::Whole } else { End::Next(cookie) })
    }

    fn is_elsewhere(&self, (what, below): (&str, &str)) -> Failure {
        refusal::of_search(&self.server.name, what, below, refusal::REFERRAL, "")
    }

    /// Takes leave.
    pub async fn close(mut self) {
        let _ = self.ldap.with_timeout(Duration::from_secs(1)).unbind().await;
        if let Some(relay) = &mut self.relay {
            let _ = tokio::time::timeout(Duration::from_secs(1), &mut relay.0).await;
        }
    }

    /// Why an operation did not end: the connection itself knows more than the operation.
    async fn broken(&mut self, what: &str, error: LdapError) -> Failure {
        let name = self.server.name.as_str();
        if let LdapError::Timeout { .. } = error {
            return late(name, &format!(", asked for {what}, did not answer"));
        }
        let ended = tokio::time::timeout(Duration::from_secs(1), &mut self.driving.0).await;
        if let Some(mut relay) = self.relay.take()
            && let Ok(Ok(Err(broken))) = tokio::time::timeout(Duration::from_secs(1), &mut relay.0).await
        {
            return broken.of(name);
        }
        match ended {
            Ok(Err(fault)) if fault.is_panic() => {
                Failure::new(Class::Protocol, anyhow!("{name}, asked for {what}, answered with what is not LDAP"))
            }
            Ok(Ok(Err(error))) => failed(name, error),
            Ok(_) => Failure::new(Class::Network, anyhow!("{name} closed the connection, asked for {what}")),
            Err(_) => Failure::new(Class::Other, anyhow!("{name} could not be asked for {what}: {}", kind(&error))),
        }
    }
}

fn late(name: &str, what: &str) -> Failure {
    Failure::new(Class::Timeout, anyhow!("{name}{what} in time"))
}

/// Why there is no session, as ldap3 tells it.
fn failed(name: &str, error: LdapError) -> Failure {
    match error {
        LdapError::Io { source } if source.to_string() == "decoding error" => {
            Failure::new(Class::Protocol, anyhow!("{name} answers with what is not LDAP"))
        }
        LdapError::Io { source } => Broken::Io(source).of(name),
        LdapError::Rustls { source } => {
            Failure::new(Class::Tls, anyhow!("{name} does not prove who it is: {}", tls::told(&source)))
        }
        LdapError::DNSName { .. } => Broken::Name.of(name),
        LdapError::Timeout { .. } => late(name, " did not let us connect"),
        LdapError::LdapResult { result } => Broken::NoTls(u8::try_from(result.rc).unwrap_or(u8::MAX)).of(name),
        error => Failure::new(Class::Network, anyhow!("{name} cannot be reached: {}", kind(&error))),
    }
}

/// What sort of error it is, in words that hold nothing of what was sent.
fn kind(error: &LdapError) -> &'static str {
    match error {
        LdapError::FilterParsing => "the filter is none",
        LdapError::OpSend { .. } | LdapError::ResultRecv { .. } | LdapError::EndOfStream => "the connection ended",
        _ => "ldap3 refuses",
    }
}

/// A part of an attribute's values.
struct Range {
    name: String,
    /// The last value told; `None` where that was the last one there is.
    last: Option<u64>,
}

impl Range {
    /// `member;range=0-1499`, `member;range=1500-*`.
    fn read(told: &str) -> Option<Self> {
        let (name, options) = told.split_once(';')?;
        let range = options.split(';').find_map(|option| option.strip_prefix("range="))?;
        let (_, last) = range.split_once('-')?;
        let last = if last == "*" { None } else { Some(last.parse().ok()?) };
        Some(Self { name: name.to_owned(), last })
    }
}

/// The URLs of a reference out of its BER (RFC 4511, 4.5.2), as far as they are text.
fn urls(told: StructureTag) -> Vec<String> {
    let parts = told.expect_constructed().unwrap_or_default().into_iter();
    parts.filter_map(|part| String::from_utf8(part.expect_primitive()?).ok()).collect()
}

/// An entry out of its BER (RFC 4511, 4.5.2); `None` where it is malformed. ldap3's own reading panics then, and keeps
/// values that happen to be text apart from those that do not.
fn entry(told: StructureTag) -> Option<(Entry, Vec<Range>)> {
    let mut parts = told.match_id(4)?.expect_constructed()?.into_iter();
    let dn = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
    let mut entry = Entry { dn, attributes: Vec::new() };
    let mut ranges = Vec::new();
    for attribute in parts.next()?.expect_constructed()? {
        let mut parts = attribute.expect_constructed()?.into_iter();
        let name = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
        let mut values = Vec::new();
        for value in parts.next()?.expect_constructed()? {
            match value.payload {
                PL::P(bytes) => values.push(bytes),
                PL::C(_) => return None,
            }
        }
        match Range::read(&name) {
            // Active Directory also tells an attribute without values beside the part of it that it tells.
            Some(range) if range.last.is_some() => ranges.push(range),
            _ => {}
        }
        entry.add(&name, values);
    }
    Some((entry, ranges))
}
