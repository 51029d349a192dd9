//! Searches, and where they lead to besides the server that is asked: referrals (RFC 4511, 4.1.10 and 4.5.3), told as
//! LDAP URLs (RFC 4516). Pure.
//!
//! A server says where to go on, and might say anything: only to servers that the configuration lists, each place once,
//! so many steps and no more. What would be left out else ends the search, since a part is not to look like the whole.

use std::collections::{HashSet, VecDeque};

use super::directory::is_filter;
use super::dn;
use super::guard::Breach;
use crate::Class;

/// What to look for, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    pub base: String,
    pub filter: String,
    pub scope: Scope,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The base itself.
    Base,
    /// What is right below the base.
    One,
    Subtree,
}

/// A server, as an address of it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    over_tls: bool,
    host: String,
    port: u16,
}

impl Address {
    /// Of `ldap://HOST:PORT` or `ldaps://HOST:PORT`, with what follows it.
    pub fn read(told: &str) -> Option<(Self, &str)> {
        let (scheme, rest) = told.trim().split_once("://")?;
        let over_tls = match scheme.to_ascii_lowercase().as_str() {
            "ldap" => false,
            "ldaps" => true,
            _ => return None,
        };
        let (place, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match place.rsplit_once(':') {
            // Colons between brackets are an IPv6 address's.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (place, None),
        };
        // What a note may repeat; a login before the host, or a host in disguise, is none.
        let is_named = !host.is_empty() && host.len() <= 253;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte);
        if !is_named || !host.bytes().all(is_plain) {
            return None;
        }
        let port = match port {
            None | Some("") => {
                if over_tls {
                    636
                } else {
                    389
                }
            }
            Some(port) => port.parse().ok().filter(|port| *port > 0)?,
        };
        Some((Self { over_tls, host: host.trim_end_matches('.').to_ascii_lowercase(), port }, rest))
    }

    /// Which of these it is: the same, or else the same host spoken to in another way, whose port is another then too.
    fn among(&self, listed: &[Self]) -> Option<usize> {
        let in_another_way = |other: &Self| other.host == self.host && other.over_tls != self.over_tls;
        listed.iter().position(|other| other == self).or_else(|| listed.iter().position(in_another_way))
    }
}

/// Parentheses that a referral's filter may open: what reads filters calls itself for each inside another.
const PARENTHESES: usize = 64;
/// Bytes of a URL behind its address.
const LENGTH: usize = 8 << 10;

/// What the rest of a URL asks for, and the search that led there where it says nothing: `DN?attributes?scope?filter`.
/// `None` where it is none, or makes conditions that nobody here knows. Attributes stay those of the search.
pub fn told(rest: &str, of: &Search) -> Option<Search> {
    let mut parts = rest.split('?');
    let [base, _, scope, filter, extensions] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    if rest.len() > LENGTH || parts.next().is_some() {
        return None;
    }
    // RFC 4516, 2: an extension with `!` must be understood.
    if extensions.split(',').any(|extension| extension.trim_start().starts_with('!')) {
        return None;
    }
    let scope = match scope.to_ascii_lowercase().as_str() {
        "" => of.scope,
        "base" => Scope::Base,
        "one" => Scope::One,
        "sub" => Scope::Subtree,
        _ => return None,
    };
    let base = if base.is_empty() { of.base.clone() } else { decoded(base)? };
    if filter.is_empty() {
        return Some(Search { base, filter: of.filter.clone(), scope });
    }
    let filter = decoded(filter)?;
    let open = filter.bytes().filter(|byte| *byte == b'(').count();
    (open <= PARENTHESES && is_filter(&filter)).then_some(Search { base, filter, scope })
}

/// Text without its `%` (RFC 3986, 2.1); `None` where one of them begins no byte, or the bytes are no text.
pub fn decoded(told: &str) -> Option<String> {
    let mut pieces = told.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// Referrals that lead to servers that are not listed.
#[derive(Debug, Default)]
pub struct Elsewhere {
    count: usize,
    /// The first of them.
    hosts: Vec<String>,
    are_more: bool,
}

/// Hosts that a note names.
const NAMED: usize = 3;

impl Elsewhere {
    fn met(&mut self, urls: &[String]) {
        self.count += 1;
        if let Some((address, _)) = urls.iter().find_map(|url| Address::read(url)) {
            self.host(address.host);
        }
    }

    fn host(&mut self, host: String) {
        if self.hosts.contains(&host) {
            return;
        }
        if self.hosts.len() < NAMED {
            self.hosts.push(host);
        } else {
            self.are_more = true;
        }
    }

    /// Those of another search besides.
    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        self.are_more |= other.are_more;
        other.hosts.into_iter().for_each(|host| self.host(host));
    }

    /// What an operator should know of them.
    pub fn note(&self) -> Option<String> {
        let hosts = self.hosts.join(", ");
        let hosts =
            if hosts.is_empty() { hosts } else { format!(": {hosts}{}", if self.are_more { ", …" } else { "" }) };
        let (one, several) = ("referral to another server was", "referrals to other servers were");
        let referrals = crate::counted(self.count, one, several);
        (self.count > 0).then(|| format!("{referrals} met, and not followed{hosts}"))
    }
}

/// A search on one of several servers.
#[derive(Clone, Debug)]
pub struct Stop {
    /// Which of those listed; `None` for one that is not, with which the search began.
    pub server: Option<usize>,
    pub search: Search,
    /// Referrals that led here.
    pub hops: usize,
}

/// What tells stops apart.
type Place = (Option<usize>, String, String, Scope);

impl Stop {
    fn place(&self) -> Place {
        let Search { base, filter, scope } = &self.search;
        (self.server, dn::normal(base), filter.clone(), *scope)
    }
}

/// Referrals one after the other.
const HOPS: usize = 8;
/// Referrals of one search that are followed.
const REFERRALS: usize = 64;

const FAR: Breach = Breach { class: Class::TooLarge, reason: "refers on and on: more than 8 referrals in a row" };
const MANY: Breach = Breach { class: Class::TooLarge, reason: "refers to more than 64 places in one search" };
const UNREAD: Breach = Breach {
    class: Class::Protocol,
    reason: "refers to a server of `follow_referrals` in a way that is not understood",
};

/// Where one search has been, and where it is still to go.
pub struct Trail {
    listed: Vec<Address>,
    /// Been to, or to be.
    known: HashSet<Place>,
    /// Where nothing is, but word of where it is.
    moved: HashSet<Place>,
    ahead: VecDeque<Stop>,
    followed: usize,
    pub elsewhere: Elsewhere,
}

/// What became of a referral.
enum Led {
    On,
    Back(Place),
    Nowhere,
}

impl Trail {
    /// A search that begins on this server, one of those listed or not.
    pub fn new(listed: Vec<Address>, server: Option<&Address>, search: &Search) -> Self {
        let server = server.and_then(|server| listed.iter().position(|other| other == server));
        let first = Stop { server, search: search.clone(), hops: 0 };
        Self {
            listed,
            known: HashSet::from([first.place()]),
            moved: HashSet::new(),
            ahead: VecDeque::from([first]),
            followed: 0,
            elsewhere: Elsewhere::default(),
        }
    }

    /// Where to ask next.
    pub fn next(&mut self) -> Option<Stop> {
        self.ahead.pop_front()
    }

    /// A part of what is searched is elsewhere (RFC 4511, 4.5.3): at any of these URLs.
    pub fn met(&mut self, urls: &[String], at: &Stop) -> Result<(), Breach> {
        if let Led::Nowhere = self.follow(urls, at)? {
            self.elsewhere.met(urls);
        }
        Ok(())
    }

    /// All of it is elsewhere (RFC 4511, 4.1.10). Is it where we are to go, or have been and found it?
    pub fn moved(&mut self, urls: &[String], at: &Stop) -> Result<bool, Breach> {
        self.moved.insert(at.place());
        Ok(match self.follow(urls, at)? {
            Led::On => true,
            Led::Back(place) => !self.moved.contains(&place),
            Led::Nowhere => false,
        })
    }

    fn follow(&mut self, urls: &[String], at: &Stop) -> Result<Led, Breach> {
        let (mut next, mut is_unread) = (None, false);
        for (address, rest) in urls.iter().filter_map(|url| Address::read(url)) {
            let Some(server) = address.among(&self.listed) else { continue };
            let Some(search) = told(rest, &at.search) else {
                is_unread = true;
                continue;
            };
            let stop = Stop { server: Some(server), search, hops: at.hops + 1 };
            // The URLs of one referral are copies of each other: one is enough.
            if self.known.contains(&stop.place()) {
                return Ok(Led::Back(stop.place()));
            }
            next.get_or_insert(stop);
        }
        let Some(stop) = next else {
            return if is_unread { Err(UNREAD) } else { Ok(Led::Nowhere) };
        };
        if stop.hops > HOPS {
            return Err(FAR);
        }
        if self.followed == REFERRALS {
            return Err(MANY);
        }
        self.followed += 1;
        self.known.insert(stop.place());
        self.ahead.push_back(stop);
        Ok(Led::On)
    }
}
