//! What several sources say of one thing, one voice each, and what that comes to field by field.

use jiff::civil::Date;
use smallvec::SmallVec;

use crate::observation::{Facts, Observation};
use crate::packed::Packed;
use crate::record::{Record, Text};
use crate::snapshot::Known;
use crate::testimony::{Source, SourceId};

/// What one source says of a thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// Who speaks.
    pub source: SourceId,
    /// What is said.
    pub said: Packed,
}

/// Every observation of one thing, most believed first. Cheap to clone: the words are those of the testimonies.
#[derive(Clone, Debug, PartialEq)]
pub struct Voices {
    heard: SmallVec<[Voice; 2]>,
    /// The voice whose key names the thing.
    namer: u32,
    /// What reconciliation settled otherwise than the voices say.
    settled: Option<Box<Settled>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Settled {
    facts: Packed,
    said_by: Vec<Option<SourceId>>,
}

impl Voices {
    /// Of at least one voice; `namer` is the place of the one whose key names the thing.
    pub fn new(heard: impl IntoIterator<Item = Voice>, namer: usize) -> Self {
        Self { heard: heard.into_iter().collect(), namer: namer as u32, settled: None }
    }

    /// The voices, most believed first.
    pub fn heard(&self) -> &[Voice] {
        &self.heard
    }

    /// The voice whose key names the thing.
    pub fn namer(&self) -> &Voice {
        &self.heard[self.namer as usize]
    }

    /// `SOURCE:NATIVE_ID` of its most believed observation.
    pub fn id(&self, sources: &[Source]) -> Text {
        let Voice { source, said } = self.namer();
        sources[usize::from(source.0)].id_of(said.native())
    }

    /// Source and native id of every observation, most believed first.
    pub fn natives(&self) -> impl Iterator<Item = Known<&str>> {
        self.heard.iter().map(|voice| Known { value: voice.said.native(), said_by: voice.source })
    }

    /// One field of what they say together.
    pub fn told<'a, T>(&'a self, of: impl Fn(&'a Packed) -> Option<T>) -> Option<T> {
        match &self.settled {
            Some(settled) => of(&settled.facts),
            None => self.heard.iter().find_map(|voice| of(&voice.said)),
        }
    }

    /// The newest contact, whoever tells of it.
    pub fn last_seen(&self) -> Option<Date> {
        match &self.settled {
            Some(settled) => settled.facts.last_seen(),
            None => self.heard.iter().filter_map(|voice| voice.said.last_seen()).max(),
        }
    }

    /// The newest of the contacts that count, and the most believed source that tells of it; as the voices say it,
    /// whatever was settled.
    pub(crate) fn newest_contact(&self, counts: impl Fn(Date) -> bool) -> Option<(Date, SourceId)> {
        let contacts = self.heard.iter().filter_map(|voice| Some((voice.said.last_seen()?, voice.source)));
        contacts.filter(|(day, _)| counts(*day)).max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))
    }

    /// What they say together: of each field the most believed word that is not an unknown.
    pub fn facts(&self) -> Facts {
        match &self.settled {
            Some(settled) => settled.facts.facts(),
            None => self.merged().0,
        }
    }

    /// Who said each field, in the order of `Facts::FIELDS`.
    pub fn said_by_fields(&self) -> Vec<Option<SourceId>> {
        match &self.settled {
            Some(settled) => settled.said_by.clone(),
            None => self.merged().1,
        }
    }

    /// Who said the field of this name.
    pub fn said_by(&self, field: &str) -> Option<SourceId> {
        let at = Facts::FIELDS.iter().position(|told| told.name == field)?;
        self.said_by_fields()[at]
    }

    /// Was something settled otherwise than the voices say?
    pub fn is_settled(&self) -> bool {
        self.settled.is_some()
    }

    /// Changes what they say together.
    pub fn settle(&mut self, change: impl FnOnce(&mut Facts, &mut [Option<SourceId>])) {
        let (mut facts, mut said_by) = match self.settled.take() {
            Some(settled) => (settled.facts.facts(), settled.said_by),
            None => self.merged(),
        };
        change(&mut facts, &mut said_by);
        let facts = Packed::from(&Observation { native: Text::default(), anonymous: false, facts });
        self.settled = Some(Box::new(Settled { facts, said_by }));
    }

    fn merged(&self) -> (Facts, Vec<Option<SourceId>>) {
        let Voice { source, said } = &self.heard[0];
        let mut facts = said.facts();
        let mut said_by: Vec<Option<SourceId>> =
            Facts::FIELDS.iter().map(|field| (field.get)(&facts).map(|_| *source)).collect();
        for Voice { source, said } in &self.heard[1..] {
            let other = said.facts();
            for (field, said_by) in Facts::FIELDS.iter().zip(&mut said_by) {
                if said_by.is_none()
                    && let Some(value) = (field.get)(&other)
                {
                    (field.set)(&mut facts, value);
                    *said_by = Some(*source);
                }
            }
        }
        // The newest contact counts, whoever tells it.
        if let Some((newest, source)) = self.newest_contact(|_| true) {
            facts.last_seen = Some(newest);
            if let Some(at) = Facts::FIELDS.iter().position(|field| field.name == "last_seen") {
                said_by[at] = Some(source);
            }
        }
        (facts, said_by)
    }
}
