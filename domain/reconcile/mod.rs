//! From what each source says to what there is. Never fails: what cannot be settled becomes a doubt.
//!
//! What always holds (property tests): each observation is in one asset or one witness's word; saying a thing twice
//! changes nothing; the order of arrival changes nothing; a less believed source only adds.

mod assemble;
mod classify;
mod holder;
mod index;
mod join;
mod key;
mod place;

use std::collections::{BTreeSet, HashSet};
use std::ops::RangeInclusive;

pub use place::{Naming, naming};

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use rayon::prelude::*;

use crate::doubt::{Cause, Doubt};
use crate::entity::EntityTree;
use crate::law::declaration::Filing;
use crate::packed::Packed;
use crate::record::{Record, Takes, Text, Value};
use crate::room::{RoomRule, gather};
use crate::snapshot::{Asset, Placed, Snapshot};
use crate::specification::Appraisal;
use crate::testimony::{Line, SourceId, Testimony};
use crate::voice::Voice;
use crate::word::Verdict;

/// What reconciliation goes by, beside the testimonies.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The configured entities; the organisation is the first.
    pub entities: EntityTree,
    /// The rooms that the operator describes.
    pub rooms: Vec<RoomRule>,
    /// Moments become days in this time zone.
    pub time_zone: TimeZone,
    /// Declarations that were handed in.
    pub filings: Vec<Filing>,
    /// What another program answered for the specifications of servers.
    pub appraisals: Vec<Appraisal>,
}

/// One observation, and whose it is.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    source: SourceId,
    /// May it make an asset? A witness informs, whichever source it comes from.
    makes: bool,
    said: &'a Packed,
}

/// Observations that are looked at in one go.
const PIECE: usize = 16_384;

/// Every observation that counts, in the order of belief and then of the sources' own keys.
fn seen(testimonies: &[Testimony]) -> Vec<Seen<'_>> {
    let mut all = Vec::with_capacity(testimonies.iter().map(|testimony| testimony.observations.len()).sum());
    let mut ordered = true;
    for (at, testimony) in testimonies.iter().enumerate() {
        let seen = |said| {
            let makes = testimony.source.creates && Packed::witness(said) != Some(true);
            Seen { source: SourceId(at as u16), makes, said }
        };
        // What a witness does not say any more is not said any more: it listed nothing.
        let counts = |seen: &Seen| seen.makes || seen.said.history().unlisted_since.is_none();
        let mut own: Vec<Seen> = testimony.observations.par_iter().map(seen).filter(counts).collect();
        // The store gives them in this order: looking is faster than sorting.
        let pieces = (0..own.len()).into_par_iter().step_by(PIECE);
        let in_order = |from: usize| {
            let piece = &own[from..own.len().min(from + PIECE + 1)];
            piece.iter().map(|seen| seen.said.native_bytes()).is_sorted_by(|a, b| a < b)
        };
        if !pieces.all(in_order) {
            own.par_sort_by(|a, b| a.said.native_bytes().cmp(b.said.native_bytes()));
            ordered = false;
        }
        all.append(&mut own);
    }
    if !ordered {
        // Saying a thing twice changes nothing.
        all.dedup_by(|a, b| a.source == b.source && a.said == b.said);
    }
    all
}

/// All assets, lines and doubts, out of the testimonies in the order of belief.
pub fn reconcile(testimonies: &[Testimony], rules: &Rules) -> Snapshot {
    let seen = seen(testimonies);
    let decisions = Decisions::of(testimonies);
    let joined = join::join(&seen, testimonies, &decisions);
    let mut places = place::Places::of(testimonies, rules);
    let dates = plausible_dates(testimonies, rules);
    let assembled = assemble::assemble(&seen, &joined, testimonies, rules, &places, &dates);
    let assemble::Assembled { mut assets, unjoined, mut doubts, mut keys } = assembled;
    doubts.extend(joined.doubts);
    drop(seen);

    let mut exits =
        placed(&places, testimonies, |t| &t.lines.exits, |told| (told.entity.as_ref(), told.siret.as_ref()));
    let mut purchases =
        placed(&places, testimonies, |t| &t.lines.purchases, |told| (told.entity.as_ref(), told.siret.as_ref()));
    let mut stock_counts =
        placed(&places, testimonies, |t| &t.lines.stock_counts, |told| (None, told.siret.as_ref()));
    let mut headcounts = placed(&places, testimonies, |t| &t.lines.headcounts, |told| (told.entity.as_ref(), None));
    let mut declared = placed(&places, testimonies, |t| &t.lines.declared, |told| (told.entity.as_ref(), None));
    drop_impossible(&mut exits, testimonies, &dates, &mut doubts);
    drop_impossible(&mut purchases, testimonies, &dates, &mut doubts);
    drop_impossible(&mut stock_counts, testimonies, &dates, &mut doubts);
    drop_impossible(&mut headcounts, testimonies, &dates, &mut doubts);
    drop_impossible(&mut declared, testimonies, &dates, &mut doubts);
    // An action may be due in many years. It names no entity: it is its source's.
    let actions = placed(&places, testimonies, |t| &t.lines.actions, |_| (None, None));
    let services = placed(&places, testimonies, |t| &t.lines.services, |told| (told.entity.as_ref(), None));

    // Few houses list exits apart: without such lines nothing is looked up.
    let index = if exits.is_empty() { index::Index::default() } else { index::Index::of(&assets, testimonies) };
    for line in &mut exits {
        line.asset = index.find(line.source, line.told.serial.as_deref(), line.told.asset_tag.as_deref());
        if let Some(at) = line.asset {
            assemble::apply_exit(&mut assets[at], line.source, &line.told);
            keys[at] = classify::key(&assets[at]);
        }
    }
    let left_before_service = assets.par_iter_mut().filter_map(|asset| {
        let (start, exit) = asset.start.zip(asset.gone.or(asset.retired))?;
        (exit < start).then(|| {
            asset.exit_dated = false;
            Doubt { about: vec![asset_id(asset, testimonies)], what: Cause::LeftBeforeService }
        })
    });
    doubts.extend(left_before_service.collect::<Vec<Doubt>>());
    let alike = classify::number(&mut assets, &keys);
    let rooms = gather(testimonies, &rules.rooms, &places.bases, &rules.time_zone);
    doubts.append(&mut places.doubts);
    doubts.retain(|doubt| !decisions.settle(doubt));
    doubts.sort_by(|a, b| {
        let by_reason = (a.reason(), &a.about).cmp(&(b.reason(), &b.about));
        by_reason.then_with(|| a.what.to_string().cmp(&b.what.to_string()))
    });
    doubts.dedup();
    Snapshot {
        sources: testimonies.iter().map(|testimony| testimony.source.clone()).collect(),
        harvested: testimonies.iter().map(|testimony| testimony.harvested).collect(),
        entities: places.entities,
        assets,
        alike,
        unjoined,
        purchases,
        exits,
        stock_counts,
        headcounts,
        declared,
        actions,
        services,
        rooms,
        roommates: Vec::new(),
        partial: BTreeSet::new(),
        part: Vec::new(),
        filings: rules.filings.clone(),
        appraisals: rules.appraisals.clone(),
        let_go: decisions.let_go,
        doubts,
    }
}

/// The id of an asset.
fn asset_id(asset: &Asset, testimonies: &[Testimony]) -> Text {
    let Voice { source, said } = asset.voices.namer();
    join::observation_id(*source, said, testimonies)
}

/// The lines of one sort of every testimony, in the order of belief and then of their keys.
fn lines<'a, T: 'a>(
    testimonies: &'a [Testimony],
    of: fn(&Testimony) -> &Vec<Line<T>>,
) -> impl Iterator<Item = (SourceId, &'a Line<T>)> {
    testimonies.iter().enumerate().flat_map(move |(at, testimony)| {
        let mut lines: Vec<&Line<T>> = of(testimony).iter().collect();
        lines.sort_by(|a, b| natural(&a.native).cmp(&natural(&b.native)));
        lines.into_iter().map(move |line| (SourceId(at as u16), line))
    })
}

/// The same, placed by the entity and the SIRET that a line tells.
fn placed<T: Clone>(
    places: &place::Places,
    testimonies: &[Testimony],
    of: fn(&Testimony) -> &Vec<Line<T>>,
    tells: fn(&T) -> (Option<&Text>, Option<&Text>),
) -> Vec<Placed<T>> {
    let place = |(source, line): (SourceId, &Line<T>)| {
        let (entity, siret) = tells(&line.told);
        let entity = places.of_line(source, entity.map(|told| &**told), siret.map(|told| &**told));
        places.line(source, line, entity, siret)
    };
    lines(testimonies, of).map(place).collect()
}

/// Takes out the dates of lines that cannot be, as those of assets. The line's own word stays in its testimony and in the
/// doubt.
fn drop_impossible<T: Record>(
    lines: &mut [Placed<T>],
    testimonies: &[Testimony],
    dates: &RangeInclusive<Date>,
    doubts: &mut Vec<Doubt>,
) {
    for line in lines {
        for field in T::FIELDS.iter().filter(|field| matches!(field.takes, Takes::Date)) {
            let Some(Value::Date(date)) = (field.get)(&line.told) else { continue };
            if dates.contains(&date) {
                continue;
            }
            let source = &testimonies[usize::from(line.source.0)].source;
            doubts.push(Doubt {
                about: vec![source.id_of(&line.native)],
                what: Cause::Impossible(Box::new((field.name, Value::Date(date)))),
            });
            (field.set)(&mut line.told, Value::Text(Text::default()));
        }
    }
}

/// By what a line's key is sorted: `FILE:12` comes after `FILE:9`.
pub fn natural(native: &str) -> (&str, u64, &str) {
    match native.rsplit_once(':').and_then(|(file, line)| line.parse().ok().map(|line| (file, line))) {
        Some((file, line)) => (file, line, native),
        None => (native, 0, native),
    }
}

/// What people decided, by the id of an asset or of a line.
pub(crate) struct Decisions {
    taken: Vec<(Verdict, Text, Option<Text>)>,
    /// What was let go: assets, lines, entities, or what else a doubt is about.
    let_go: BTreeSet<Text>,
    /// Pairs of which it was decided that they are not the same; the lesser id first.
    apart: HashSet<(Text, Text)>,
}

impl Decisions {
    fn of(testimonies: &[Testimony]) -> Self {
        let mut decisions = Self { taken: Vec::new(), let_go: BTreeSet::new(), apart: HashSet::new() };
        for (_, line) in lines(testimonies, |testimony| &testimony.lines.decisions) {
            let (Some(verdict), Some(a)) = (line.told.decision, line.told.asset_a.clone()) else { continue };
            let b = line.told.asset_b.clone();
            match &b {
                None if verdict == Verdict::Ignore => drop(decisions.let_go.insert(a.clone())),
                Some(b) if verdict != Verdict::Same => drop(decisions.apart.insert(pair(&a, b))),
                _ => {}
            }
            decisions.taken.push((verdict, a, b));
        }
        decisions
    }

    /// The pairs of which this was decided.
    fn pairs(&self, verdict: Verdict) -> impl Iterator<Item = (&Text, &Text)> {
        self.taken.iter().filter(move |(taken, ..)| *taken == verdict).filter_map(|(_, a, b)| Some((a, b.as_ref()?)))
    }

    /// Has every pair that the doubt is about been decided, or something that it names been let go?
    fn settle(&self, doubt: &Doubt) -> bool {
        if self.taken.is_empty() {
            return false;
        }
        let about = &doubt.about;
        let pairs = about.len() * about.len().saturating_sub(1) / 2;
        about.iter().any(|about| self.let_go.contains(about))
            // As many pairs need as many decisions.
            || ((1..=self.apart.len()).contains(&pairs)
                && about.iter().enumerate().all(|(at, x)| {
                    about[at + 1..].iter().all(|y| self.apart.contains(&pair(x, y)))
                }))
    }
}

/// Two ids, the lesser first.
fn pair(a: &Text, b: &Text) -> (Text, Text) {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    (a.clone(), b.clone())
}

/// The dates that can be one of an asset's or a line's: neither before computing nor more than a year after the newest harvest.
fn plausible_dates(testimonies: &[Testimony], rules: &Rules) -> RangeInclusive<Date> {
    let days = testimonies.iter().map(|testimony| assemble::day_of(testimony.harvested, rules));
    let newest = days.max().unwrap_or(Date::MAX);
    date(1980, 1, 1)..=newest.saturating_add(jiff::Span::new().days(366))
}
