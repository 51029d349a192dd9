//! What a server may send before ldap3 sees it: BER that nests a little, ends, and is not endless. Pure.
//!
//! ldap3's parser (lber) calls itself for every element inside another: some thousand bytes of nested elements end the
//! whole process by its stack, which nothing can catch. It waits for whatever length is told, too. Here nothing calls
//! itself, and nothing is kept but lengths.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::anyhow;

use crate::{Class, Failure};

/// How much is let through.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Elements inside each other. An entry has five, a control three (RFC 4511, 4.5.2 and 4.1.11).
    pub depth: usize,
    /// Elements of one message; lber makes some dozen bytes of the two that the smallest has.
    pub elements: u64,
    /// Bytes of one message.
    pub message: u64,
    /// Bytes of one collection.
    pub session: u64,
    /// Entries, referrals and pages of one collection.
    pub answers: u64,
}

/// What no directory of a public body comes near.
pub const USUAL: Limits =
    Limits { depth: 32, elements: 1 << 20, message: 16 << 20, session: 2 << 30, answers: 2_000_000 };

/// Why something is not let through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breach {
    pub class: Class,
    /// Follows a server's name.
    pub reason: &'static str,
}

impl Breach {
    /// The failure that it is.
    pub fn of(self, name: &str) -> Failure {
        Failure::new(self.class, anyhow!("{name} {}", self.reason))
    }
}

const DEEP: Breach = Breach { class: Class::TooLarge, reason: "sends a message nested more deeply than any of LDAP" };
const MANY: Breach = Breach { class: Class::TooLarge, reason: "sends a message of more than a million elements" };
const LONG: Breach = Breach { class: Class::TooLarge, reason: "sends a message of more than 16 MiB" };
const ENDLESS: Breach = Breach { class: Class::TooLarge, reason: "sends more than 2 GiB in one collection" };
/// Of more entries than that.
pub const CROWD: Breach = Breach { class: Class::TooLarge, reason: "has more than two million entries to tell" };
/// RFC 4511, 5.1: only the definite form.
const INDEFINITE: Breach =
    Breach { class: Class::Protocol, reason: "sends a length without end, which LDAP does not know" };
const MALFORMED: Breach = Breach { class: Class::Protocol, reason: "answers with what is not LDAP" };

/// Follows what a server sends, however it is cut.
pub struct Guard {
    limits: Limits,
    /// Bytes left of each element that others may be in, the outermost first.
    open: Vec<u64>,
    /// Bytes left of one that holds no other.
    left: u64,
    /// A tag and a length that are not all there yet.
    header: Vec<u8>,
    elements: u64,
    /// Bytes so far, of all sessions that are counted together.
    session: Arc<AtomicU64>,
}

impl Guard {
    pub fn new(limits: Limits) -> Self {
        Self::counted(limits, Arc::default())
    }

    /// One that counts bytes with others.
    pub fn counted(limits: Limits, session: Arc<AtomicU64>) -> Self {
        Self { limits, open: Vec::new(), left: 0, header: Vec::new(), elements: 0, session }
    }

    /// Is what came so far whole messages?
    pub fn at_rest(&self) -> bool {
        self.open.is_empty() && self.left == 0 && self.header.is_empty()
    }

    /// Looks at the next bytes. After a breach nothing more can be made of what comes.
    pub fn follow(&mut self, bytes: &[u8]) -> Result<(), Breach> {
        let more = bytes.len() as u64;
        if self.session.fetch_add(more, Ordering::Relaxed).saturating_add(more) > self.limits.session {
            return Err(ENDLESS);
        }
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            if self.left > 0 {
                let held = self.left.min(rest.len() as u64);
                self.left -= held;
                rest = rest.get(held as usize..).unwrap_or_default();
            } else {
                rest = after;
                self.header.push(byte);
                if let Some(length) = length(&self.header)? {
                    self.enter(length)?;
                }
            }
            // All that ends here.
            while self.left == 0 && self.open.last() == Some(&0) {
                self.open.pop();
            }
        }
        Ok(())
    }

    /// A tag and its length are there.
    fn enter(&mut self, length: u64) -> Result<(), Breach> {
        let whole = length.saturating_add(self.header.len() as u64);
        let holds_others = self.header.first().is_some_and(|tag| tag & 0x20 != 0);
        self.header.clear();
        match self.open.last_mut() {
            Some(left) => *left = left.checked_sub(whole).ok_or(MALFORMED)?,
            None if whole > self.limits.message => return Err(LONG),
            None => self.elements = 0,
        }
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(MANY);
        }
        if !holds_others {
            self.left = length;
        } else if self.open.len() >= self.limits.depth {
            return Err(DEEP);
        } else {
            self.open.push(length);
        }
        Ok(())
    }
}

/// The length that a header tells (X.690, 8.1.3); `None` where more of it is to come.
fn length(header: &[u8]) -> Result<Option<u64>, Breach> {
    let [tag, rest @ ..] = header else { return Ok(None) };
    // LDAP has no tag of more than one byte, and lber reads none.
    if tag & 0x1f == 0x1f {
        return Err(MALFORMED);
    }
    let [first, more @ ..] = rest else { return Ok(None) };
    match first {
        0..0x80 => Ok(Some(u64::from(*first))),
        0x80 => Err(INDEFINITE),
        0x81..=0x88 if more.len() < usize::from(first - 0x80) => Ok(None),
        0x81..=0x88 => Ok(Some(more.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)))),
        _ => Err(MALFORMED),
    }
}

/// The value of a control, which ldap3 parses too: BER inside what to the message is but text.
pub fn value(bytes: &[u8]) -> Result<(), Breach> {
    let mut guard = Guard::new(USUAL);
    guard.follow(bytes)?;
    if guard.at_rest() { Ok(()) } else { Err(MALFORMED) }
}

/// StartTLS as message 1: `ExtendedRequest` (RFC 4511, 4.14.1).
pub const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// The result code of the answer to that: `ExtendedResponse` (RFC 4511, 4.12), [APPLICATION 24].
pub fn started(message: &[u8]) -> Result<u8, Breach> {
    let read = || {
        let (0x30, message, []) = element(message)? else { return None };
        let (0x02, number, message) = element(message)? else { return None };
        let (0x78, response, _) = element(message)? else { return None };
        let (0x0a, [code], _) = element(response)? else { return None };
        // 0 is the number of what nobody asked for: a notice of disconnection, which has a code other than success.
        (number == [1] || (number == [0] && *code != 0)).then_some(*code)
    };
    read().ok_or(MALFORMED)
}

/// The first element of these bytes: its tag, what is in it, what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let mut at = 0;
    let length = loop {
        at += 1;
        match length(bytes.get(..at)?) {
            Ok(Some(length)) => break usize::try_from(length).ok()?,
            Ok(None) => {}
            Err(_) => return None,
        }
    };
    let (content, rest) = bytes.get(at..)?.split_at_checked(length)?;
    Some((*bytes.first()?, content, rest))
}
