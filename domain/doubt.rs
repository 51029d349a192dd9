//! What could not be settled. Doubts are shown, never dropped.

use std::fmt;

use crate::quantity::Cents;
use crate::record::{Text, Value};
use crate::word::{Kind, Word};

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

/// What exactly could not be settled, with the values that a sentence about it tells. No wider than the sentence would
/// be: there may be a million of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// A row without anything to know it by again.
    NoKey,
    /// One serial number on so many different things.
    SharedSerial(usize),
    /// One system UUID on different things.
    SharedUuid,
    /// One asset tag on several things of one source.
    RepeatedTag,
    /// One asset tag on things with different serial numbers.
    SharedTag,
    /// One MAC address on things with different serial numbers.
    SharedMac,
    /// One host name on several things, none of which can be preferred.
    SharedHost,
    /// Two sources, by name, and the kind that each tells.
    Kinds(Box<[(Text, Kind); 2]>),
    /// Two sources, by name, and the maker that each tells.
    Makers(Box<[(Text, Text); 2]>),
    /// What was spent in one cell of the law, by the ledger and by the inventory's prices.
    Gap {
        /// The ledger's purchases.
        ledger: Cents,
        /// The sum of the inventory's prices.
        inventory: Cents,
    },
    /// No source lists it any more.
    Unlisted,
    /// A field of an asset or a line, by its name in the contract, and a value that it cannot have.
    Impossible(Box<(&'static str, Value)>),
    /// It left before its service began.
    LeftBeforeService,
    /// A model, and the ids of the factor rows that fit it as well as each other.
    Models(Box<(Text, Vec<Text>)>),
    /// No configured entity has this name or alias.
    Unplaced,
    /// The law's gift grid, as far as established, has no value for it.
    NoGridValue,
}

impl Cause {
    /// The sort of doubt that it makes.
    pub fn reason(&self) -> Reason {
        match self {
            Self::NoKey => Reason::Anonymous,
            Self::SharedSerial(_)
            | Self::SharedUuid
            | Self::RepeatedTag
            | Self::SharedTag
            | Self::SharedMac
            | Self::SharedHost => Reason::Collides,
            Self::Kinds(_) | Self::Makers(_) => Reason::Disagree,
            Self::Gap { .. } => Reason::LedgerGap,
            Self::Unlisted => Reason::Unlisted,
            Self::Impossible(_) | Self::LeftBeforeService => Reason::Implausible,
            Self::Models(_) => Reason::AmbiguousModel,
            Self::Unplaced => Reason::UnplacedEntity,
            Self::NoGridValue => Reason::GridValueMissing,
        }
    }
}

/// One sentence a person can act on, in English. A doubt's id in the API is made of it.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKey => "a row without anything to know it by again",
            Self::SharedSerial(things) => return write!(f, "one serial number on {things} different things"),
            Self::SharedUuid => "one system UUID on different things",
            Self::RepeatedTag => "one asset tag on several things of one source",
            Self::SharedTag => "one asset tag on things with different serial numbers",
            Self::SharedMac => "one MAC address on things with different serial numbers",
            Self::SharedHost => "one host name on several things, none of which can be preferred",
            Self::Kinds(told) => {
                let [(first, kind), (second, other)] = &**told;
                return write!(f, "{first} says {}, {second} says {}", kind.name(), other.name());
            }
            Self::Makers(told) => {
                let [(first, maker), (second, other)] = &**told;
                return write!(f, "{first} says it is made by {maker}, {second} by {other}");
            }
            Self::Gap { ledger, inventory } => {
                return write!(f, "the ledger tells {ledger} €, the inventory's prices add up to {inventory} €");
            }
            Self::Unlisted => "no source lists it any more",
            Self::Impossible(told) => return write!(f, "{} {} cannot be", told.0, told.1),
            Self::LeftBeforeService => "it left before its service began",
            Self::Models(told) => {
                return write!(f, "{} fits several factors, and none is taken: {}", told.0, told.1.join(", "));
            }
            Self::Unplaced => "no `[[entity]]` has this name or alias",
            Self::NoGridValue => "the law's gift grid, as far as established, has no value for it",
        })
    }
}

/// What could not be settled, and about whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// The assets (`SOURCE:NATIVE_ID`), lines or entities it is about, sorted.
    pub about: Vec<Text>,
    /// Why, without any secret or name of a person.
    pub what: Cause,
}

impl Doubt {
    /// The sort of doubt that it is.
    pub fn reason(&self) -> Reason {
        self.what.reason()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_doubts_stay_small() {
        assert!(size_of::<Doubt>() <= 6 * size_of::<usize>());
    }
}
