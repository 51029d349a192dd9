//! Entries as LDIF (RFC 2849), read without a server: what fuzzers try and what the tests replay. Pure.

use std::sync::LazyLock;

use domain::record::Text;
use jiff::Timestamp;

use super::entry::Entry;
use super::place::Places;
use super::plan::{self, Machines, Persons};
use super::profile;
use super::read::Reader;
use crate::rule::Rules;
use crate::{Context, Harvest};

/// People and computers as a profile takes them.
type Plans = Option<(Persons, Machines)>;

static ACTIVE_DIRECTORY: LazyLock<Plans> = LazyLock::new(|| plans("active_directory"));
static SUPANN: LazyLock<Plans> = LazyLock::new(|| plans("supann"));

fn plans(profile: &str) -> Plans {
    let (profile, base) = (profile::named(profile)?, Some("dc=test"));
    let persons = plan::people(None, profile, base).ok()??;
    Some((persons, plan::computers(None, profile, base, &Rules::default()).ok()??))
}

/// Reads a document: structures, then people, then computers, as the profile `supann` or `active_directory` takes them.
pub fn document(context: &Context, document: &[u8], now: Timestamp) -> Option<Harvest> {
    let entries = entries(document);
    let is_active_directory = entries.iter().any(|entry| !entry.values("sAMAccountName").is_empty());
    let (persons, machines) = if is_active_directory { &*ACTIVE_DIRECTORY } else { &*SUPANN }.as_ref()?;
    let mut places = Places::default();
    for entry in &entries {
        if let (Some(code), Some(label)) = (entry.text("supannCodeEntite"), entry.text("ou")) {
            places.structure(code, label, entry.text("supannCodeEntiteParent"));
        }
        if entry.text("member").is_some() {
            places.group(&entry.dn, entry.text("cn"), entry.texts("member"));
        }
    }
    let mut reader = Reader::new(context, places, now);
    let is_of = |entry: &Entry, class: &str| entry.texts("objectClass").any(|told| told.eq_ignore_ascii_case(class));
    let is_computer = |entry: &Entry| is_of(entry, "device") || is_of(entry, "computer");
    for entry in entries.iter().filter(|entry| !is_computer(entry)) {
        reader.person(&persons.people, entry, true);
    }
    for entry in entries.iter().filter(|entry| is_computer(entry)) {
        reader.computer(&machines.computers, entry);
    }
    Some(reader.harvest())
}

/// The entries of a document. What is no line of LDIF is left out.
pub fn entries(document: &[u8]) -> Vec<Entry> {
    let document = String::from_utf8_lossy(document).replace("\r\n", "\n").replace("\n ", "");
    let mut entries: Vec<Entry> = Vec::new();
    let mut entry = Entry::default();
    // An empty line ends the last one too.
    for line in document.lines().chain([""]) {
        if line.is_empty() {
            let ended = std::mem::take(&mut entry);
            if Text::of(&ended.dn).is_some() {
                entries.push(ended);
            }
            continue;
        }
        let Some((name, value)) = line.split_once(':').filter(|(name, _)| !name.starts_with('#')) else { continue };
        let value = match value.strip_prefix(':') {
            Some(coded) => base64(coded.trim()),
            None => value.trim_start().as_bytes().to_vec(),
        };
        if name == "dn" {
            entry.dn = String::from_utf8_lossy(&value).into_owned();
        } else {
            entry.add(name, vec![value]);
        }
    }
    entries
}

/// RFC 4648, 4; anything else in it is skipped.
fn base64(coded: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in coded.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte)) {
        held = (held << 6 | digit as u32) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    bytes
}
