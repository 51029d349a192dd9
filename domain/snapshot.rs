//! All assets, lines and doubts, as their sources together describe them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use jiff::civil::Date;

use crate::doubt::Doubt;
use crate::entity::{EntityId, EntityTree};
use crate::exit::{ExitLine, StockCount};
use crate::headcount::Headcount;
use crate::law::declaration::Filing;
use crate::observation::Facts;
use crate::packed::Packed;
use crate::purchase::PurchaseLine;
use crate::quantity::Cents;
use crate::record::Text;
use crate::room::Room;
use crate::shared::Shared;
use crate::specification::Appraisal;
use crate::strategy::{Action, Declared, ServiceLine};
use crate::testimony::{Moment, Source, SourceId, Spell};
use crate::voice::Voices;
use crate::word::{Condition, Kind, Mode, Status};

/// A value and the source that said it.
#[derive(Clone, Debug, PartialEq)]
pub struct Known<T> {
    /// The value.
    pub value: T,
    /// Who said it.
    pub said_by: SourceId,
}

/// One physical thing, as all its sources together describe it. What every question asks for stands here; the rest is
/// read from its voices.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// Every observation of it.
    pub voices: Voices,
    /// What it is.
    pub kind: Option<Kind>,
    /// What it was when acquired.
    pub condition: Option<Condition>,
    /// Where it is in its life, as told last.
    pub told_status: Option<Status>,
    /// Its account in the directory is enabled.
    pub account_enabled: Option<bool>,
    /// It tells its own electricity, or years of use before us; nothing of the sort needs to be looked for otherwise.
    pub tells_use: bool,
    /// It is a virtual machine: counted apart.
    pub is_virtual: bool,
    /// Which fields are known of it, in the order of `indicator::quality::FIELDS`: a mark for each.
    pub known: u16,
    /// The system it runs, where that is one of `system::SYSTEMS` (an index).
    pub system: Option<u8>,
    /// The account of its holder is disabled or gone; `None` where no directory can tell.
    pub owner_left: Option<bool>,
    /// The exit's date was told, not only seen: it may enter lifetime statistics.
    pub exit_dated: bool,
    /// It had left, or was reformed, when it was first seen, and nobody tells the day: the day of first sight stands for it,
    /// and its year is not known.
    pub exit_unseen: bool,
    /// Which of `Snapshot::alike` it is.
    pub class: u32,
    /// Where it belongs.
    pub entity: EntityId,
    /// First day any source listed it.
    pub first_seen: Date,
    /// Its service began on this day; none where that is unknown.
    pub start: Option<Date>,
    /// Bought on.
    pub bought: Option<Date>,
    /// What was paid for it, before tax.
    pub price: Option<Cents>,
    /// How it was acquired.
    pub mode: Option<Mode>,
    /// Its repairability is told: of a laptop the index, of a smartphone or tablet the class.
    pub repairability_told: bool,
    /// Newest contact.
    pub last_seen: Option<Date>,
    /// Reformed on this day (told, or the day first seen so).
    pub retired: Option<Date>,
    /// Gone or lost on this day (told, or the day first seen so).
    pub gone: Option<Date>,
    /// Left the active fleet on this day because no creating source listed it any more.
    pub unlisted: Option<Date>,
    /// From this day on its source records exits: it enters lifetime statistics then.
    pub observed_since: Option<Date>,
    /// Its spells as its most believed source told them, oldest first; none where it was always told as it is now.
    pub spells: Option<Arc<[Spell]>>,
}

impl Asset {
    /// What is known, field by field.
    pub fn facts(&self) -> Facts {
        // Others list it: it is not only told of.
        Facts { witness: None, ..self.voices.facts() }
    }

    /// One field of what is known.
    pub fn told<'a, T>(&'a self, of: impl Fn(&'a Packed) -> Option<T>) -> Option<T> {
        self.voices.told(of)
    }

    /// Electricity a year as its maker declares it, in kilowatt-hours.
    pub fn annual_kwh(&self) -> Option<f64> {
        if self.tells_use { self.told(Packed::annual_kwh) } else { None }
    }

    /// Proven years of use before us.
    pub fn upstream_years(&self) -> Option<f64> {
        if self.tells_use { self.told(Packed::upstream_years) } else { None }
    }

    /// Its status at the end of a day; `None` before it was known and once it is unlisted.
    pub fn status(&self, at: Date) -> Option<Status> {
        if self.gone.is_some_and(|day| day <= at) {
            return Some(if self.told_status == Some(Status::Lost) { Status::Lost } else { Status::Disposed });
        }
        if self.unlisted.is_some_and(|day| day <= at) {
            return None;
        }
        if self.retired.is_some_and(|day| day <= at) {
            return Some(Status::Retired);
        }
        if self.start.unwrap_or(self.first_seen) > at {
            // Known, but its service has not begun.
            return (self.first_seen <= at).then_some(Status::Ordered);
        }
        let told = match &self.spells {
            Some(spells) => {
                spells.iter().rev().find(|spell| spell.since <= at).or(spells.first()).map(|spell| spell.status)
            }
            None => self.told_status,
        };
        match told {
            Some(status @ (Status::Ordered | Status::InStock | Status::InRepair)) => Some(status),
            _ => Some(Status::InUse),
        }
    }

    /// Is it in the active fleet at the end of a day?
    pub fn is_active(&self, at: Date) -> bool {
        self.status(at).is_some_and(Status::is_active)
    }
}

/// Assets of which the same is told, as far as factors go.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// Maker and model, as a number; 0 stands for an unknown model.
    pub model: u32,
    /// What one of them is.
    pub facts: Packed,
}

/// What only witnesses report.
#[derive(Clone, Debug, PartialEq)]
pub struct Unjoined {
    /// Every observation of it.
    pub voices: Voices,
    /// Where it belongs.
    pub entity: EntityId,
}

impl Unjoined {
    /// Seems it to be there: has nobody disabled its account?
    pub fn seems_there(&self) -> bool {
        self.voices.told(Packed::account_enabled) != Some(false)
    }
}

/// A line, its source, and the entity it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// Who told it.
    pub source: SourceId,
    /// The key under which its source knows it.
    pub native: Text,
    /// What it says.
    pub told: T,
    /// Where it belongs.
    pub entity: EntityId,
    /// The buyer's or owner's SIRET: its own, else its entity's, else the organisation's.
    pub siret: Text,
    /// The asset it speaks of (index into `Snapshot::assets`), where it matches one.
    pub asset: Option<usize>,
}

/// All assets, lines and doubts.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The sources, in the order of belief.
    pub sources: Vec<Source>,
    /// When each source's last complete harvest ended.
    pub harvested: Vec<Moment>,
    /// Entities, the configured ones and those that only sources name.
    pub entities: EntityTree,
    /// The assets, sorted by id.
    pub assets: Vec<Asset>,
    /// What assets are, told once for all that are alike.
    pub alike: Arc<Vec<Alike>>,
    /// What only witnesses report, sorted by id.
    pub unjoined: Vec<Unjoined>,
    /// Purchase lines.
    pub purchases: Vec<Placed<PurchaseLine>>,
    /// Exit lines.
    pub exits: Vec<Placed<ExitLine>>,
    /// Counts of reformed stock.
    pub stock_counts: Vec<Placed<StockCount>>,
    /// Headcounts.
    pub headcounts: Vec<Placed<Headcount>>,
    /// Figures that nobody can measure.
    pub declared: Vec<Placed<Declared>>,
    /// Actions of the strategy.
    pub actions: Vec<Placed<Action>>,
    /// Services that others run.
    pub services: Vec<Placed<ServiceLine>>,
    /// Rooms and what measures them.
    pub rooms: Vec<Room>,
    /// In a part of the world: assets outside it that share the electricity of a room with those inside. They are in no
    /// figure but that share.
    pub roommates: Vec<Asset>,
    /// In a part of the world: buyers of whom some is outside it. A part of a legal figure is none: they have none here.
    pub partial: BTreeSet<Text>,
    /// In a part of the world: the entities that it is made of, with what lies below them. Empty: everything.
    pub part: Vec<EntityId>,
    /// Declarations that were handed in.
    pub filings: Vec<Filing>,
    /// What another program answered for the specifications of servers.
    pub appraisals: Vec<Appraisal>,
    /// What people let go: of what is raised of it later, such as by the purchases, nothing is left in doubt either.
    pub let_go: BTreeSet<Text>,
    /// What could not be settled, sorted.
    pub doubts: Vec<Doubt>,
}

/// The lines whose entity is inside.
fn kept<T: Clone>(lines: &[Placed<T>], inside: impl Fn(EntityId) -> bool) -> Vec<Placed<T>> {
    lines.iter().filter(|line| inside(line.entity)).cloned().collect()
}

impl Snapshot {
    /// The declaration that a buyer has handed in for a civil year.
    pub fn filing(&self, siret: &str, year: i16) -> Option<&Filing> {
        self.filings.iter().find(|filing| &*filing.siret == siret && filing.year == year)
    }

    /// Was something that a doubt is about let go?
    pub fn lets_go(&self, doubt: &Doubt) -> bool {
        doubt.about.iter().any(|about| self.let_go.contains(about))
    }

    /// The asset of this very id, as doubts name it; found without a walk.
    pub fn named(&self, id: &str) -> Option<&Asset> {
        let at = self.assets.binary_search_by(|asset| (*self.id(asset)).cmp(id)).ok()?;
        self.assets.get(at)
    }

    /// The asset that any of its ids (`SOURCE:NATIVE_ID`) names.
    pub fn asset(&self, id: &str) -> Option<&Asset> {
        self.named(id).or_else(|| {
            let (source, native) = id.split_once(':')?;
            let source = self.sources.iter().position(|told| *told.name == *source)?;
            self.assets.iter().find(|asset| {
                asset.voices.natives().any(|known| usize::from(known.said_by.0) == source && known.value == native)
            })
        })
    }

    /// `SOURCE:NATIVE_ID` of an asset's most believed observation.
    pub fn id(&self, asset: &Asset) -> Text {
        asset.voices.id(&self.sources)
    }

    /// `SOURCE:NATIVE_ID` of every observation of an asset, most believed first.
    pub fn ids(&self, asset: &Asset) -> impl Iterator<Item = Text> {
        asset.voices.natives().map(|known| self.sources[usize::from(known.said_by.0)].id_of(known.value))
    }

    /// `SOURCE:KEY` of a line.
    pub fn line_id<T>(&self, line: &Placed<T>) -> Text {
        self.sources[usize::from(line.source.0)].id_of(&line.native)
    }

    /// What only witnesses report, and seems to be there: nobody disabled its account.
    pub fn not_in_inventory(&self) -> impl Iterator<Item = &Unjoined> {
        self.unjoined.iter().filter(|unjoined| unjoined.seems_there())
    }

    /// What belongs to these entities and to those below them: the same world for someone who may see no more.
    pub fn within(&self, entities: &[EntityId]) -> Self {
        self.part_of(entities, |_| true)
    }

    /// The same, with what of their assets is kept.
    pub(crate) fn part_of(&self, entities: &[EntityId], keeps: impl Fn(&Asset) -> bool) -> Self {
        let inside = |entity: EntityId| entities.iter().any(|allowed| self.entities.is_within(entity, *allowed));
        let mut places = vec![None; self.assets.len()];
        let mut assets = Vec::new();
        for (at, asset) in self.assets.iter().enumerate().filter(|(_, asset)| inside(asset.entity) && keeps(asset)) {
            places[at] = Some(assets.len());
            assets.push(asset.clone());
        }
        let mut exits = Vec::new();
        for line in &self.exits {
            // A line that speaks of an asset goes where the asset goes.
            let asset = line.asset.map(|asset| places[asset]);
            if asset.map_or_else(|| inside(line.entity), |place| place.is_some()) {
                exits.push(Placed { asset: asset.flatten(), ..line.clone() });
            }
        }
        let mut rooms = self.rooms.clone();
        for room in &mut rooms {
            room.shown &= !room.entities.is_empty() && room.entities.iter().all(|entity| inside(*entity));
        }
        let roommates = self.sharing(|asset| !inside(asset.entity));
        let outside = |entity: &EntityId| !inside(*entity);
        let mut partial: BTreeSet<Text> = self.partial.clone();
        let purchases = self.purchases.iter().map(|line| (line.entity, &line.siret));
        let exits_of = self.exits.iter().map(|line| (line.entity, &line.siret));
        let counts = self.stock_counts.iter().map(|line| (line.entity, &line.siret));
        let lines = purchases.chain(exits_of).chain(counts);
        partial.extend(lines.filter(|(entity, _)| outside(entity)).map(|(_, siret)| siret.clone()));
        let owners: BTreeSet<EntityId> = self.assets.iter().map(|asset| asset.entity).filter(outside).collect();
        partial.extend(owners.into_iter().map(|owner| self.entities.siret_of(owner)));
        let seen = |siret: &Text| {
            let buyer = |(at, entity): (usize, &crate::entity::Entity)| {
                entity.siret.as_ref() == Some(siret) && inside(EntityId(at as u32))
            };
            !partial.contains(siret) && self.entities.nodes.iter().enumerate().any(buyer)
        };
        let purchases = kept(&self.purchases, inside);
        let stock_counts = kept(&self.stock_counts, inside);
        let headcounts = kept(&self.headcounts, inside);
        let declared = kept(&self.declared, inside);
        // Of many things and lines few are doubted: the others need no id.
        let abouts = self.doubts.iter().flat_map(|doubt| &doubt.about);
        let doubted: HashSet<(&str, &str)> = abouts.filter_map(|about| about.split_once(':')).collect();
        let mut ids: HashSet<Text> = HashSet::new();
        let mut here = |source: SourceId, key: &str| {
            let source = &self.sources[usize::from(source.0)];
            if doubted.contains(&(&*source.name, key)) {
                ids.insert(source.id_of(key));
            }
        };
        assets.iter().map(|asset| asset.voices.namer()).for_each(|namer| here(namer.source, namer.said.native()));
        exits.iter().for_each(|line| here(line.source, &line.native));
        purchases.iter().for_each(|line| here(line.source, &line.native));
        stock_counts.iter().for_each(|line| here(line.source, &line.native));
        headcounts.iter().for_each(|line| here(line.source, &line.native));
        declared.iter().for_each(|line| here(line.source, &line.native));
        let doubts = self.doubts.iter().filter(|doubt| doubt.about.iter().all(|about| ids.contains(about))).cloned();
        let doubts = doubts.collect();
        Self {
            sources: self.sources.clone(),
            harvested: self.harvested.clone(),
            entities: self.entities.clone(),
            alike: self.alike.clone(),
            unjoined: self.unjoined.iter().filter(|unjoined| inside(unjoined.entity)).cloned().collect(),
            purchases,
            stock_counts,
            headcounts,
            declared,
            actions: kept(&self.actions, inside),
            services: kept(&self.services, inside),
            part: entities.to_vec(),
            exits,
            rooms,
            roommates,
            filings: self.filings.iter().filter(|filing| seen(&filing.siret)).cloned().collect(),
            appraisals: self.appraisals.clone(),
            let_go: self.let_go.clone(),
            partial,
            doubts,
            assets,
        }
    }

    /// The assets that stand in a measured room and are outside a part of the world.
    pub fn sharing(&self, outside: impl Fn(&Asset) -> bool) -> Vec<Asset> {
        let measured: Vec<&Room> = self.rooms.iter().filter(|room| !room.meters.is_empty()).collect();
        let mut sharing = self.roommates.clone();
        if measured.is_empty() {
            return sharing;
        }
        // Many assets, few locations.
        let mut places: std::collections::HashMap<Shared, bool> = std::collections::HashMap::new();
        for asset in &self.assets {
            let Some(location) = asset.told(Packed::location) else { continue };
            let means = || measured.iter().any(|room| room.means(location.text()));
            let stands = places.entry(location).or_insert_with(means);
            if *stands && outside(asset) {
                sharing.push(asset.clone());
            }
        }
        sharing
    }

    /// The name of a source.
    pub fn source_name(&self, source: SourceId) -> &Text {
        &self.sources[source.0 as usize].name
    }
}
