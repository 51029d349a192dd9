//! The last word of each source, as kept.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::account::Account;
use crate::decision::Decision;
use crate::exit::{ExitLine, StockCount};
use crate::headcount::Headcount;
use crate::observation::Observation;
use crate::packed::Packed;
use crate::power::Meter;
use crate::purchase::PurchaseLine;
use crate::record::Text;
use crate::strategy::{Action, Declared, ServiceLine};
use crate::word::Status;

/// A source, by its place in the order of belief: 0 is believed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u16);

/// Seconds since 1 January 1970, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(pub i64);

/// As ISO 8601 writes it, in UTC.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => self.0.fmt(f),
        }
    }
}

/// A source as reconciliation needs to know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its name in the configuration.
    pub name: Text,
    /// May it add assets? A witness may not.
    pub creates: bool,
    /// Asset tags, hostnames and logins join only inside one realm.
    pub realm: Text,
    /// Everything from here belongs below this entity (its id).
    pub entity: Option<Text>,
    /// Listed by no complete harvest for so many seconds: out of the active fleet.
    pub unlisted_after: i64,
    /// Its exits are complete from this day on (delayed entry of lifetime statistics).
    pub exits_recorded_since: Option<Date>,
}

impl Source {
    /// `SOURCE:KEY`: what doubts, decisions and the API call a thing or a line that it tells.
    pub fn id_of(&self, key: &str) -> Text {
        Text::from(format!("{}:{key}", self.name))
    }
}

/// A stretch of an asset's life during which its status, entity and holder did not change, as one source told it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spell {
    /// First day it was told so.
    pub since: Date,
    /// The status told, or what [`Status::meant`] says where none was.
    pub status: Status,
    /// The entity told.
    pub entity: Option<Text>,
    /// The holder's pseudonym.
    pub user: Option<Text>,
}

/// One observation as kept: what was said last, and what only its history tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What was said last.
    pub observation: Observation,
    /// The day of the first harvest that listed it.
    pub first_seen: Date,
    /// An earlier complete harvest of the same source lacked it: it arrived on `first_seen`.
    pub arrived: bool,
    /// The first complete harvest that no longer listed it; none while it is listed.
    pub unlisted_since: Option<Moment>,
    /// Its spells, oldest first; none stands for the one that `first_seen` and what is said make.
    pub spells: Vec<Spell>,
}

/// A line with the key under which its source knows it (`FILE:LINE` for a tabular one).
#[derive(Clone, Debug, PartialEq)]
pub struct Line<T> {
    /// The key.
    pub native: Text,
    /// What it says.
    pub told: T,
}

/// What sources say beside assets, line by line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// Purchase lines.
    pub purchases: Vec<Line<PurchaseLine>>,
    /// Exit lines.
    pub exits: Vec<Line<ExitLine>>,
    /// Counts of reformed stock.
    pub stock_counts: Vec<Line<StockCount>>,
    /// Headcounts.
    pub headcounts: Vec<Line<Headcount>>,
    /// Figures that nobody can measure.
    pub declared: Vec<Line<Declared>>,
    /// Actions of the strategy.
    pub actions: Vec<Line<Action>>,
    /// Services that others run.
    pub services: Vec<Line<ServiceLine>>,
    /// Accounts of a directory.
    pub accounts: Vec<Line<Account>>,
    /// Decisions on doubts.
    pub decisions: Vec<Line<Decision>>,
}

impl Lines {
    /// The entities that they name, each as often as a line does.
    pub fn entities(&self) -> impl Iterator<Item = &Text> {
        (self.purchases.iter().filter_map(|line| line.told.entity.as_ref()))
            .chain(self.exits.iter().filter_map(|line| line.told.entity.as_ref()))
            .chain(self.headcounts.iter().filter_map(|line| line.told.entity.as_ref()))
            .chain(self.declared.iter().filter_map(|line| line.told.entity.as_ref()))
            .chain(self.services.iter().filter_map(|line| line.told.entity.as_ref()))
            .chain(self.accounts.iter().filter_map(|line| line.told.entity.as_ref()))
    }
}

/// The last word of one source. A slice of testimonies is in the order of belief.
#[derive(Clone, Debug, PartialEq)]
pub struct Testimony {
    /// Whose it is.
    pub source: Source,
    /// When its last complete harvest ended.
    pub harvested: Moment,
    /// What it says of assets.
    pub observations: Vec<Packed>,
    /// What it says beside assets.
    pub lines: Lines,
    /// What its measuring points told of electricity, in the order of the points.
    pub power: Vec<Meter>,
}
