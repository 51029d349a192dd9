//! What every question is asked of: a snapshot at the end of a day, with what several questions need.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::Span;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::assumption::Assumptions;
use crate::doubt::Doubt;
use crate::entity::{EntityId, ROOT};
use crate::factor::Factors;
use crate::law::Law;
use crate::law::agec::Ledger;
use crate::law::reen::Exits;
use crate::quantity::Years;
use crate::record::Text;
use crate::snapshot::{Asset, Snapshot};
use crate::strategy::Objective;
use crate::testimony::Moment;
use crate::word::{Criterion, Kind, Status, Word};

use super::census::{Count, census};
use super::footprint::{Cell, Feeds, Rows, cells};
use super::objective::{Standing, standings};
use super::quality::ambiguous;
use super::small::small_cells;

/// How readings are published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Publishing {
    /// Entities deeper than this are told as part of the one above; one with a SIRET of its own never is.
    pub entity_depth: usize,
    /// Cells of fewer personal assets than this are folded.
    pub min_cell: usize,
    /// Fold small cells; scope `assets` sees all.
    pub folded: bool,
}

/// Everything that is set once for all questions.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Published numbers.
    pub factors: Factors,
    /// Our own numbers.
    pub assumptions: Assumptions,
    /// The law.
    pub law: Law,
    /// What the strategy wants to reach.
    pub objectives: Vec<Objective>,
}

/// What every question is asked of.
pub struct Basis<'a> {
    /// All assets and lines.
    pub snapshot: &'a Snapshot,
    /// Factors, assumptions, law.
    pub settings: &'a Settings,
    /// How readings are published.
    pub publishing: Publishing,
    /// The day at the end of which the question is asked.
    pub at: Date,
    /// The very moment at which it is asked, where that is on the day; what is true for minutes only is told then alone.
    pub now: Option<Moment>,
    /// Of each asset: its status then; `None` for virtual machines too.
    pub status: Vec<Option<Status>>,
    /// What is known, counted.
    pub census: Vec<Count>,
    /// The purchases as the law sees them.
    pub ledger: Ledger,
    /// The exits as the law sees them.
    pub exits: Exits,
    /// The factor rows in use.
    pub rows: Rows<'a>,
    /// The climate footprint of the active fleet, and of what was acquired, in cells of alike assets.
    pub cells: Vec<Cell>,
    /// Models that several factor rows speak of differently.
    pub ambiguous: Vec<Doubt>,
    /// What measured rooms give the assets that stand in them.
    pub feeds: Feeds,
    labels: Vec<Text>,
    /// Made before questions are asked side by side (`measure`).
    standings: OnceLock<Vec<Standing>>,
    folded: BTreeMap<(Text, Kind), Text>,
}

impl<'a> Basis<'a> {
    /// Asks a snapshot as of the end of a day.
    pub fn new(snapshot: &'a Snapshot, settings: &'a Settings, publishing: Publishing, at: Date) -> Self {
        let ((status, census), (ledger, exits)) = rayon::join(
            || {
                let status = |asset: &Asset| if asset.is_virtual { None } else { asset.status(at) };
                let status: Vec<Option<Status>> = snapshot.assets.par_iter().map(status).collect();
                let census = census(snapshot, &status, &settings.assumptions, at);
                (status, census)
            },
            || rayon::join(|| Ledger::of(snapshot, &settings.law, at), || Exits::of(snapshot, &settings.law, at)),
        );
        let rows = Rows::of(&settings.factors, snapshot);
        let mut basis = Self {
            snapshot,
            settings,
            publishing,
            at,
            now: None,
            status,
            census,
            ledger,
            exits,
            ambiguous: ambiguous(snapshot, &rows),
            rows,
            cells: Vec::new(),
            feeds: Feeds::default(),
            labels: labels(snapshot, publishing.entity_depth),
            standings: OnceLock::new(),
            folded: BTreeMap::new(),
        };
        if publishing.folded {
            basis.folded = small_cells(&basis);
        }
        basis.feeds = Feeds::of(&basis);
        basis.cells = cells(&basis, Criterion::Co2e);
        basis
    }

    /// The same, asked at this very moment of the day.
    pub fn asked(self, now: Moment) -> Self {
        Self { now: Some(now), ..self }
    }

    /// Where each objective stands: computed once, since each day of a baseline takes a basis of its own.
    pub fn standings(&self) -> &[Standing] {
        self.standings.get_or_init(|| standings(self))
    }

    /// Everything known that is not disposed, lost or unlisted, with its status.
    pub fn known(&self) -> impl Iterator<Item = (&'a Asset, Status)> + '_ {
        let snapshot = self.snapshot;
        snapshot.assets.iter().zip(&self.status).filter_map(|(asset, status)| match status {
            Some(Status::Disposed | Status::Lost) | None => None,
            Some(status) => Some((asset, *status)),
        })
    }

    /// The active fleet.
    pub fn active(&self) -> impl Iterator<Item = (&'a Asset, Status)> + '_ {
        self.known().filter(|(_, status)| status.is_active())
    }

    /// The entity under which something is published.
    pub fn entity(&self, entity: EntityId) -> Text {
        self.labels[entity.0 as usize].clone()
    }

    /// The entity under which an asset of this kind is published: another, mostly `other`, where its cell is folded.
    pub fn entity_of(&self, entity: EntityId, kind: Option<Kind>) -> Text {
        let label = &self.labels[entity.0 as usize];
        let folded = kind.and_then(|kind| self.folded.get(&(label.clone(), kind)));
        folded.unwrap_or(label).clone()
    }

    /// Is some of what is published under this entity told elsewhere, or something else's here?
    pub fn is_mixed(&self, label: &Text) -> bool {
        self.folded.iter().any(|((from, _), to)| from == label || to == label)
    }

    /// What is counted of the active fleet.
    pub fn active_counts(&self) -> impl Iterator<Item = &Count> {
        self.census.iter().filter(|count| count.is_active())
    }

    /// The kinds that occur among what is known, in the order of the vocabulary.
    pub fn kinds(&self) -> BTreeSet<Option<Kind>> {
        self.census.iter().map(|count| count.kind).collect()
    }

    /// The published entities and kinds that occur together among what is known.
    pub fn entity_kinds(&self) -> BTreeSet<(Text, Option<Kind>)> {
        self.census.iter().map(|count| (self.entity_of(count.entity, count.kind), count.kind)).collect()
    }

    pub(super) fn published(&self, entity: EntityId) -> EntityId {
        published(self.snapshot, self.publishing.entity_depth, entity)
    }
}

fn published(snapshot: &Snapshot, depth: usize, entity: EntityId) -> EntityId {
    let tree = &snapshot.entities;
    tree.upward(entity)
        .find(|above| tree.depth(*above) <= depth || tree.entity(*above).siret.is_some())
        .unwrap_or(ROOT)
}

/// The label of each entity: its own id, or that of the one above it under which it is published.
fn labels(snapshot: &Snapshot, depth: usize) -> Vec<Text> {
    let tree = &snapshot.entities;
    (0..tree.nodes.len() as u32).map(|at| tree.entity(published(snapshot, depth, EntityId(at))).id.clone()).collect()
}

/// The time between two days, in years.
pub fn span(from: Date, to: Date) -> Years {
    Years::from_days(i64::from(days(from, to)))
}

/// Days from one day to another.
pub fn days(from: Date, to: Date) -> i32 {
    (to.duration_since(from).as_hours() / 24) as i32
}

/// The same day so many years later; 29 February becomes the 28th where the year has none.
pub fn anniversary(date: Date, years: i16) -> Date {
    date.saturating_add(Span::new().years(years))
}

/// The label of a kind: `unknown` where it is not known.
pub fn kind_label(kind: Option<Kind>) -> Text {
    Text::from(kind.map_or("unknown", Word::name))
}
