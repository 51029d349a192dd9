//! What could not be settled. Doubts are shown, never dropped.

use crate::record::Text;
use crate::word::Word;

/// Why there is a doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A row without anything to know it by again.
    Anonymous,
    /// Things that share an identity and cannot be one thing, or that may be one thing and were not joined.
    Collides,
    /// Sources joined into one asset disagree on what it is.
    Disagree,
    /// Ledger and inventory prices differ by more than 5 %.
    LedgerGap,
    /// Listed by no source for too long.
    Unlisted,
    /// A date or price that cannot be.
    Implausible,
    /// A model that fits several factor rows.
    AmbiguousModel,
    /// An entity name that no configured entity knows.
    UnplacedEntity,
    /// A gift whose value the law's grid, as far as established, does not give.
    GridValueMissing,
}

impl Word for Reason {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Anonymous, "anonymous"),
        (Self::Collides, "collides"),
        (Self::Disagree, "disagree"),
        (Self::LedgerGap, "ledger_gap"),
        (Self::Unlisted, "unlisted"),
        (Self::Implausible, "implausible"),
        (Self::AmbiguousModel, "ambiguous_model"),
        (Self::UnplacedEntity, "unplaced_entity"),
        (Self::GridValueMissing, "grid_value_missing"),
    ];
}

/// What could not be settled, about whom, and in which words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// Why.
    pub reason: Reason,
    /// The assets (`SOURCE:NATIVE_ID`), lines or entities it is about, sorted.
    pub about: Vec<Text>,
    /// One sentence a person can act on, without any secret or name of a person.
    pub what: String,
}
