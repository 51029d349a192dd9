//! What a source says of an asset, packed into one small piece of memory that testimonies and assets share: a mark for
//! each field that is told, then the values of those alone. A million assets fit because most fields are not told.
//!
//! Layout: 8 bytes of marks, then by sort and in the order of the marks: words and flags in one byte, shared texts by
//! their number in four, dates in four, numbers in four or eight, then the other texts, each behind its length; the
//! source's key of the record is what remains.

mod fields;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;

use jiff::civil::Date;
use triomphe::ThinArc;

use crate::observation::{Facts, Observation};
use crate::quantity::Cents;
use crate::record::Text;
use crate::shared::Shared;
use crate::testimony::{Kept, Moment, Spell};
use crate::word::{Status, Word};

/// The first mark of each sort of field.
const WORDS: u32 = 0;
const SHARED: u32 = 8;
const DATES: u32 = 20;
const NUMBERS: u32 = 30;
const TEXTS: u32 = 46;
const FIELDS: u32 = 53;
/// The mark of a row that has nothing to be known by again.
const ANONYMOUS: u32 = 62;
/// The mark of numbers that do not fit into four bytes.
const WIDE: u32 = 63;

/// What only the history of an observation tells.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The day of the first harvest that listed it.
    pub first_seen: Date,
    /// An earlier complete harvest of the same source lacked it.
    pub arrived: bool,
    /// The first complete harvest that no longer listed it; none while it is listed.
    pub unlisted_since: Option<Moment>,
    /// Its spells; none stands for the one that `first_seen` and what it says make.
    spells: Option<Arc<[Spell]>>,
}

impl History {
    /// That of something that is told for the first time.
    pub fn new(first_seen: Date) -> Self {
        Self { first_seen, arrived: false, unlisted_since: None, spells: None }
    }
}

/// What a source says of an asset, with its history, packed; cheap to clone.
#[derive(Clone, PartialEq)]
pub struct Packed(ThinArc<History, u8>);

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kept().fmt(f)
    }
}

impl From<Kept> for Packed {
    fn from(kept: Kept) -> Self {
        let Kept { observation, first_seen, arrived, unlisted_since, spells } = kept;
        let facts = &observation.facts;
        let usual = match &spells[..] {
            [] => true,
            [only] => *only == usual_spell(facts, first_seen),
            _ => false,
        };
        let spells = (!usual).then(|| spells.into());
        Self::of(&observation, History { first_seen, arrived, unlisted_since, spells })
    }
}

impl From<&Observation> for Packed {
    /// Its history is that of something told on the first day there is.
    fn from(observation: &Observation) -> Self {
        Self::of(observation, History::new(Date::MIN))
    }
}

/// The spell of what has been told in one way since its first day.
fn usual_spell(facts: &Facts, since: Date) -> Spell {
    Spell {
        since,
        status: Status::meant(facts.status, facts.disposal),
        entity: facts.entity.clone(),
        user: facts.user.clone(),
    }
}

impl Packed {
    fn of(observation: &Observation, history: History) -> Self {
        let bytes = write::bytes(observation);
        Self(ThinArc::from_header_and_slice(history, &bytes))
    }

    /// The same words with another history.
    pub fn with(&self, history: History) -> Self {
        Self(ThinArc::from_header_and_slice(history, self.bytes()))
    }

    /// Changes what is said or its history.
    pub fn change(&mut self, change: impl FnOnce(&mut Kept)) {
        let mut kept = self.kept();
        change(&mut kept);
        *self = Self::from(kept);
    }

    /// Its history.
    pub fn history(&self) -> &History {
        &self.0.header.header
    }

    /// Do both say the same, whatever their history?
    pub fn says_as(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }

    /// What is said, unpacked.
    pub fn facts(&self) -> Facts {
        fields::read(self)
    }

    /// The observation, unpacked.
    pub fn observation(&self) -> Observation {
        Observation { native: Text::from(self.native()), anonymous: self.is_anonymous(), facts: self.facts() }
    }

    /// All of it, unpacked.
    pub fn kept(&self) -> Kept {
        let History { first_seen, arrived, unlisted_since, .. } = *self.history();
        Kept { observation: self.observation(), first_seen, arrived, unlisted_since, spells: self.spells() }
    }

    /// Its spells, oldest first.
    pub fn spells(&self) -> Vec<Spell> {
        match &self.history().spells {
            Some(spells) => spells.to_vec(),
            None => vec![usual_spell(&self.facts(), self.history().first_seen)],
        }
    }

    /// The same, where they are not the usual one alone.
    pub fn unusual_spells(&self) -> Option<&Arc<[Spell]>> {
        self.history().spells.as_ref()
    }

    /// The source's own key of the record.
    pub fn native(&self) -> &str {
        std::str::from_utf8(self.native_bytes()).unwrap_or_default()
    }

    /// The same as bytes: their order is that of the texts.
    pub fn native_bytes(&self) -> &[u8] {
        let mut at = self.texts();
        for _ in 0..count(self.marks(), TEXTS, FIELDS) {
            at = self.text_at(at).1;
        }
        self.bytes().get(at..).unwrap_or_default()
    }

    /// Had the row nothing to be known by again?
    pub fn is_anonymous(&self) -> bool {
        is(self.marks(), ANONYMOUS)
    }

    fn bytes(&self) -> &[u8] {
        &self.0.slice
    }

    fn marks(&self) -> u64 {
        u64::from_le_bytes(self.fixed(0))
    }

    /// The marks that are set, from one on and before another.
    fn told(&self, from: u32, before: u32) -> impl Iterator<Item = u32> + use<> {
        let mut rest = self.marks() >> from & ((1 << (before - from)) - 1);
        std::iter::from_fn(move || {
            let next = (rest != 0).then(|| rest.trailing_zeros())?;
            rest &= rest - 1;
            Some(from + next)
        })
    }

    fn fixed<const N: usize>(&self, at: usize) -> [u8; N] {
        self.bytes().get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().unwrap_or([0; N])
    }

    fn is_wide(&self) -> bool {
        is(self.marks(), WIDE)
    }

    /// Where the value of a mark behind the words lies: each takes four bytes, a number of a wide row eight.
    fn place(&self, mark: u32) -> usize {
        let marks = self.marks();
        let narrow = 8 + count(marks, WORDS, SHARED) + 4 * count(marks, SHARED, mark);
        if self.is_wide() && mark > NUMBERS { narrow + 4 * count(marks, NUMBERS, mark) } else { narrow }
    }

    fn texts(&self) -> usize {
        self.place(TEXTS)
    }

    fn byte(&self, mark: u32) -> Option<u8> {
        let marks = self.marks();
        is(marks, mark).then(|| self.fixed::<1>(8 + count(marks, WORDS, mark))[0])
    }

    fn word<W: Word>(&self, mark: u32) -> Option<W> {
        W::ALL.get(usize::from(self.byte(mark)?)).map(|(word, _)| *word)
    }

    fn flag(&self, mark: u32) -> Option<bool> {
        self.byte(mark).map(|byte| byte == 1)
    }

    fn shared(&self, mark: u32) -> Option<Shared> {
        is(self.marks(), mark).then(|| Shared(u32::from_le_bytes(self.fixed(self.place(mark)))))
    }

    fn date(&self, mark: u32) -> Option<Date> {
        if !is(self.marks(), mark) {
            return None;
        }
        let [low, high, month, day] = self.fixed(self.place(mark));
        Date::new(i16::from_le_bytes([low, high]), month as i8, day as i8).ok()
    }

    fn number(&self, mark: u32) -> Option<f64> {
        is(self.marks(), mark).then(|| match self.is_wide() {
            true => f64::from_le_bytes(self.fixed(self.place(mark))),
            false => f64::from(f32::from_le_bytes(self.fixed(self.place(mark)))),
        })
    }

    fn money(&self, mark: u32) -> Option<Cents> {
        is(self.marks(), mark).then(|| match self.is_wide() {
            true => Cents(i64::from_le_bytes(self.fixed(self.place(mark)))),
            false => Cents(i64::from(i32::from_le_bytes(self.fixed(self.place(mark))))),
        })
    }

    fn text(&self, mark: u32) -> Option<&str> {
        let marks = self.marks();
        if !is(marks, mark) {
            return None;
        }
        let mut at = self.texts();
        for _ in 0..count(marks, TEXTS, mark) {
            at = self.text_at(at).1;
        }
        std::str::from_utf8(self.text_at(at).0).ok()
    }

    /// The first texts, in the order of their marks, in one walk.
    fn first_texts<const N: usize>(&self) -> [Option<&str>; N] {
        let (marks, mut at) = (self.marks(), self.texts());
        std::array::from_fn(|field| {
            let (text, next) = is(marks, TEXTS + field as u32).then(|| self.text_at(at))?;
            at = next;
            std::str::from_utf8(text).ok()
        })
    }

    /// A text and where the next one begins.
    fn text_at(&self, at: usize) -> (&[u8], usize) {
        let [length] = self.fixed(at);
        let (from, length) = match length {
            u8::MAX => (at + 5, u32::from_le_bytes(self.fixed(at + 1)) as usize),
            short => (at + 1, usize::from(short)),
        };
        (self.bytes().get(from..from + length).unwrap_or_default(), from + length)
    }
}

fn is(marks: u64, mark: u32) -> bool {
    marks >> mark & 1 == 1
}

/// How many marks are set from one on and before another.
fn count(marks: u64, from: u32, before: u32) -> usize {
    (marks >> from & ((1 << (before - from)) - 1)).count_ones() as usize
}
