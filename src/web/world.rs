//! The part of an edition that a viewer may see, on a day: computed when asked for, kept while the edition lasts.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use domain::doubt::Doubt;
use domain::entity::EntityId;
use domain::indicator::footprint::{Comparison, Portion, Rows, compare, is_known, kinds, portions};
use domain::indicator::objective::Standing;
use domain::indicator::quality::ambiguous;
use domain::indicator::{Basis, Indicator, Publishing, Reading};
use domain::law::agec::Ledger;
use domain::law::reen::Exits;
use domain::quantity::Estimate;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::testimony::Moment;
use domain::word::{Kind, Word};
use jiff::ToSpan;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::auth::Viewer;
use crate::config::Scope;
use crate::edition::Edition;
use crate::exposition::Exposition;

/// Worlds kept beside the published one.
const KEPT: usize = 8;

/// The annual footprint of each kind, with bounds.
pub type Kinds = Vec<(Option<Kind>, Estimate)>;

/// What makes a world.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The day at whose end it is seen.
    pub at: Date,
    /// Small cells are folded.
    pub folded: bool,
    /// These entities and what lies below, sorted; empty: everything.
    pub entities: Vec<EntityId>,
    /// Other days that are asked about, where a part of the world is folded: what is too small on one of them is not told.
    pub days: Vec<Date>,
}

impl Key {
    /// What a viewer sees today.
    pub fn of(edition: &Edition, viewer: &Viewer) -> Self {
        let (folded, entities) = (!viewer.may(Scope::Assets), viewer.entities.clone());
        Self { at: edition.today, folded, entities, days: Vec::new() }
    }

    /// The same for someone who asks about these days too.
    pub fn about(self, days: &[Date]) -> Self {
        let days = if self.folded && !self.entities.is_empty() { days.to_vec() } else { Vec::new() };
        Self { days, ..self }
    }

    /// Is it what the edition publishes to all?
    pub fn is_published(&self, edition: &Edition) -> bool {
        self.folded && self.entities.is_empty() && self.at == edition.today
    }
}

/// Every reading, and where each objective stands.
type Measured = (Vec<(&'static Indicator, Reading)>, Vec<Standing>);

/// A part of an edition, on a day.
pub struct World {
    /// The edition.
    pub edition: Arc<Edition>,
    /// Which part and which day.
    pub key: Key,
    part: OnceLock<Snapshot>,
    measured: OnceLock<Measured>,
    ledger: OnceLock<Ledger>,
    exits: OnceLock<Exits>,
    ambiguous: OnceLock<Vec<Doubt>>,
    named: OnceLock<Vec<(Text, usize)>>,
    portions: OnceLock<(Vec<Portion>, Kinds)>,
    changes: OnceLock<Option<Comparison>>,
    exposition: OnceLock<Exposition>,
}

impl World {
    /// A world that nobody asked for yet.
    pub fn new(edition: Arc<Edition>, key: Key) -> Self {
        Self {
            edition,
            key,
            part: OnceLock::new(),
            measured: OnceLock::new(),
            ledger: OnceLock::new(),
            exits: OnceLock::new(),
            ambiguous: OnceLock::new(),
            named: OnceLock::new(),
            portions: OnceLock::new(),
            changes: OnceLock::new(),
            exposition: OnceLock::new(),
        }
    }

    /// Its assets and lines.
    pub fn snapshot(&self) -> &Snapshot {
        if self.key.entities.is_empty() {
            return &self.edition.snapshot;
        }
        self.part.get_or_init(|| {
            let (whole, key) = (&self.edition.snapshot, &self.key);
            if !key.folded {
                return whole.within(&key.entities);
            }
            let mut days = vec![key.at, key.at.saturating_sub(1.year())];
            days.extend(&key.days);
            whole.told_within(&key.entities, self.edition.publishing.min_cell, &days)
        })
    }

    /// Its basis on a day.
    pub fn basis(&self, at: Date) -> Basis<'_> {
        let publishing = Publishing { folded: self.key.folded, ..self.edition.publishing };
        let basis = Basis::new(self.snapshot(), &self.edition.settings, publishing, at);
        if at == self.edition.today { basis.asked(Moment(self.edition.made_at.as_second())) } else { basis }
    }

    /// Every reading of it.
    pub fn readings(&self) -> &[(&'static Indicator, Reading)] {
        if self.key.is_published(&self.edition) {
            return &self.edition.readings;
        }
        &self.measured().0
    }

    /// Where each objective stands in it.
    pub fn standings(&self) -> &[Standing] {
        if self.key.is_published(&self.edition) {
            return &self.edition.standings;
        }
        &self.measured().1
    }

    fn measured(&self) -> &(Vec<(&'static Indicator, Reading)>, Vec<Standing>) {
        self.measured.get_or_init(|| {
            let basis = self.basis(self.key.at);
            (domain::indicator::measure(&basis), basis.standings().to_vec())
        })
    }

    /// Its purchases as the law sees them.
    pub fn ledger(&self) -> &Ledger {
        self.ledger.get_or_init(|| Ledger::of(self.snapshot(), &self.edition.settings.law, self.key.at))
    }

    /// All that could not be settled in it.
    pub fn doubts(&self) -> impl Iterator<Item = &Doubt> {
        self.all_doubts().into_iter().flatten()
    }

    fn all_doubts(&self) -> [&[Doubt]; 3] {
        let ambiguous = || ambiguous(self.snapshot(), &Rows::of(&self.edition.settings.factors, self.snapshot()));
        [&self.snapshot().doubts, &self.ledger().doubts, self.ambiguous.get_or_init(ambiguous)]
    }

    /// The doubt of a place, in the order of [`Self::doubts`].
    pub fn doubt(&self, mut at: usize) -> &Doubt {
        let [first, second, last] = self.all_doubts();
        for doubts in [first, second] {
            match doubts.get(at) {
                Some(doubt) => return doubt,
                None => at -= doubts.len(),
            }
        }
        &last[at]
    }

    /// An id for each doubt, sorted, and its place. The same doubt keeps its id from one edition to the next.
    pub fn named_doubts(&self) -> &[(Text, usize)] {
        self.named.get_or_init(|| {
            let id = |doubt: &Doubt| {
                let about: Vec<&str> = doubt.about.iter().map(|id| &**id).collect();
                let digest = hex::encode(Sha256::digest(format!("{about:?} {}", doubt.what)));
                Text::from(format!("{}-{}", doubt.reason().name(), &digest[..16]))
            };
            let mut named: Vec<(Text, usize)> =
                self.doubts().enumerate().map(|(at, doubt)| (id(doubt), at)).collect();
            named.sort();
            named
        })
    }

    /// Its annual footprint, factor by factor and kind by kind.
    pub fn portions(&self) -> &(Vec<Portion>, Kinds) {
        self.portions.get_or_init(|| {
            let basis = self.basis(self.key.at);
            (portions(&basis, |_, _| true), kinds(&basis))
        })
    }

    /// What makes its annual footprint another than a year before; `None` where nothing is known of that day.
    pub fn changes(&self) -> Option<&Comparison> {
        let told = || {
            let before = self.basis(self.key.at.saturating_sub(1.year()));
            is_known(&before).then(|| compare(&before, &self.basis(self.key.at), |_, _| true)).flatten()
        };
        self.changes.get_or_init(told).as_ref()
    }

    /// Its exits as the law sees them.
    pub fn exits(&self) -> &Exits {
        self.exits.get_or_init(|| Exits::of(self.snapshot(), &self.edition.settings.law, self.key.at))
    }

    /// Its page of metrics.
    pub fn exposition(&self, viewer: &Viewer) -> &Exposition {
        if self.key.is_published(&self.edition) {
            return self.edition.exposition();
        }
        self.exposition.get_or_init(|| {
            let sources: Vec<_> = super::api::sources::seen(&self.edition, viewer).collect();
            Exposition::render(&self.edition, self.readings(), &sources)
        })
    }
}

/// The worlds that were asked for last.
#[derive(Default)]
pub struct Worlds(Mutex<Vec<Arc<World>>>);

impl Worlds {
    /// Forgets what speaks of other editions: it would keep all of them in memory.
    pub fn follow(&self, edition: &Arc<Edition>) {
        // Declared before the lock, and thus freed after it: freeing a fleet takes long, and everybody waits for the lock.
        let _former: Vec<Arc<World>>;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        _former = kept.extract_if(.., |world| !Arc::ptr_eq(&world.edition, edition)).collect();
    }

    /// The world of an edition and a key. It is made here, and filled when something of it is first needed.
    pub fn of(&self, edition: &Arc<Edition>, key: Key) -> Arc<World> {
        self.follow(edition);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|world| world.key == key) {
            let world = kept.remove(at);
            kept.push(world.clone());
            return world;
        }
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        let world = Arc::new(World::new(edition.clone(), key));
        kept.push(world.clone());
        world
    }
}
