//! From groups of observations to assets: merging field by field, dates of life, exits.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::doubt::{Doubt, Reason};
use crate::exit::ExitLine;
use crate::identity;
use crate::observation::Facts;
use crate::record::{Record, Text, Value};
use crate::snapshot::{Asset, Known, Unjoined};
use crate::testimony::{Moment, SourceId, Testimony};
use crate::word::{Disposal, Kind, Status};

use super::holder::Holders;
use super::join::{Joined, observation_id};
use super::place::Places;
use super::{Rules, Seen, plausible};

/// No field of an asset has a number above this in its unit: a gigawatt-hour, a million tonnes.
const ABSURD_NUMBER: f64 = 1e9;
/// A price above this is a slip of the hand: a million euros.
const ABSURD_CENTS: i64 = 100_000_000;
/// The same of what one person holds, 30 000 euros: above it the decimal point was lost.
const ABSURD_PERSONAL_CENTS: i64 = 3_000_000;

/// The id of every group: that of its most believed observation of a source that may add assets, else of its first.
pub(crate) fn group_names(root: &[u32], seen: &[Seen], testimonies: &[Testimony]) -> HashMap<u32, Text> {
    let mut namers: HashMap<u32, usize> = HashMap::new();
    for (at, root) in root.iter().enumerate() {
        let creates = |at: usize| makes(&seen[at], testimonies);
        let namer = namers.entry(*root).or_insert(at);
        if !creates(*namer) && creates(at) {
            *namer = at;
        }
    }
    namers.into_iter().map(|(root, at)| (root, observation_id(&seen[at], testimonies))).collect()
}

/// Every group as an asset, or as a witness's word that found no asset; both sorted by id.
pub(crate) fn assemble(
    seen: &[Seen],
    joined: &Joined,
    testimonies: &[Testimony],
    rules: &Rules,
    places: &Places,
) -> (Vec<Asset>, Vec<Unjoined>, Vec<Doubt>) {
    let mut order: Vec<u32> = (0..seen.len() as u32).collect();
    order.sort_by_key(|at| (joined.root[*at as usize], *at));
    let day = |moment: Moment| day_of(moment, rules);
    let harvested: Vec<Date> = testimonies.iter().map(|testimony| day(testimony.harvested)).collect();
    let newest = harvested.iter().max().copied().unwrap_or(Date::MAX);
    let (mut assets, mut unjoined, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
    let holders = Holders::of(testimonies);
    for group in order.chunk_by(|a, b| joined.root[*a as usize] == joined.root[*b as usize]) {
        let members: Vec<&Seen> = group.iter().map(|at| &seen[*at as usize]).collect();
        let creators: Vec<&Seen> = members.iter().copied().filter(|seen| makes(seen, testimonies)).collect();
        let natives: Vec<Known<Text>> = members
            .iter()
            .map(|seen| Known { value: seen.kept.observation.native.clone(), said_by: seen.source })
            .collect();
        let (mut facts, mut said_by) = merge(&members);
        holders.place(&mut facts, &mut said_by);
        let of = |name: &str| Facts::FIELDS.iter().position(|field| field.name == name).and_then(|at| said_by[at]);
        let entity_told = of("entity").map(|source| places.of_name(source, facts.entity.as_deref()));
        let owner_left = holders.left(facts.user.as_ref(), of("user"));
        if creators.is_empty() {
            let first = members[0];
            let entity = entity_told.unwrap_or_else(|| places.of_name(first.source, None));
            let id = observation_id(first, testimonies);
            unjoined.push(Unjoined { id, natives, facts, entity });
            continue;
        }
        let mut asset = Asset {
            id: observation_id(creators[0], testimonies),
            natives,
            facts,
            said_by,
            entity: entity_told.unwrap_or_else(|| places.of_name(creators[0].source, None)),
            first_seen: creators.iter().map(|seen| seen.kept.first_seen).min().unwrap_or(Date::MAX),
            start: None,
            retired: None,
            gone: None,
            exit_dated: false,
            unlisted: unlisted(&creators, testimonies, rules),
            exit_line: None,
            owner_left,
            spells: members
                .iter()
                .find(|seen| seen.kept.observation.facts.status.is_some())
                .unwrap_or(&creators[0])
                .kept
                .spells
                .clone(),
            observed_since: creators
                .iter()
                .filter_map(|seen| testimonies[seen.source.0 as usize].source.exits_recorded_since)
                .max(),
        };
        // Others list it: it is not only told of.
        asset.facts.witness = None;
        drop_implausible(&mut asset, newest, &mut doubts);
        live(&mut asset, &creators);
        doubts.extend(group_doubts(&asset, &members, testimonies));
        assets.push(asset);
    }
    assets.sort_by(|a, b| a.id.cmp(&b.id));
    unjoined.sort_by(|a, b| a.id.cmp(&b.id));
    (assets, unjoined, doubts)
}

/// May this observation make an asset? A witness informs, whichever source it comes from.
pub(crate) fn makes(seen: &Seen, testimonies: &[Testimony]) -> bool {
    let facts = &seen.kept.observation.facts;
    testimonies[seen.source.0 as usize].source.creates && facts.witness != Some(true)
}

/// The day of a moment in the organisation's time zone.
fn day_of(moment: Moment, rules: &Rules) -> Date {
    Timestamp::from_second(moment.0).map_or(Date::MAX, |timestamp| rules.time_zone.to_datetime(timestamp).date())
}

/// What the observations say together: of each field the most believed word that is not an unknown. The newest
/// contact counts, whoever tells it.
fn merge(members: &[&Seen]) -> (Facts, Vec<Option<SourceId>>) {
    let mut facts = members[0].kept.observation.facts.clone();
    let mut said_by: Vec<Option<SourceId>> =
        Facts::FIELDS.iter().map(|field| (field.get)(&facts).map(|_| members[0].source)).collect();
    for seen in &members[1..] {
        let other = &seen.kept.observation.facts;
        for (field, said_by) in Facts::FIELDS.iter().zip(&mut said_by) {
            if said_by.is_none()
                && let Some(value) = (field.get)(other)
            {
                (field.set)(&mut facts, value);
                *said_by = Some(seen.source);
            }
        }
    }
    if let Some((newest, source)) = members
        .iter()
        .filter_map(|seen| Some((seen.kept.observation.facts.last_seen?, seen.source)))
        .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))
    {
        facts.last_seen = Some(newest);
        if let Some(at) = Facts::FIELDS.iter().position(|field| field.name == "last_seen") {
            said_by[at] = Some(source);
        }
    }
    (facts, said_by)
}

/// The day on which it left the active fleet because none of its creating sources lists it any more.
fn unlisted(creators: &[&Seen], testimonies: &[Testimony], rules: &Rules) -> Option<Date> {
    let mut left = Moment(i64::MIN);
    for seen in creators {
        let testimony = &testimonies[seen.source.0 as usize];
        let since = seen.kept.unlisted_since?;
        let until = Moment(since.0.saturating_add(testimony.source.unlisted_after));
        if testimony.harvested < until {
            return None;
        }
        left = left.max(until);
    }
    Some(day_of(left, rules))
}

/// Takes out dates and prices that cannot be. The source's own word stays in its testimony and in the doubt.
fn drop_implausible(asset: &mut Asset, newest: Date, doubts: &mut Vec<Doubt>) {
    let personal = asset.facts.kind.is_some_and(Kind::is_personal);
    let dearest = if personal { ABSURD_PERSONAL_CENTS } else { ABSURD_CENTS };
    for (field, said_by) in Facts::FIELDS.iter().zip(&mut asset.said_by) {
        let absurd = match (field.get)(&asset.facts) {
            Some(Value::Date(date)) if field.name != "warranty_end" => !plausible(date, newest),
            Some(Value::Money(cents)) => !(0..=dearest).contains(&cents.0),
            Some(Value::Number(number)) => {
                !(0.0..=ABSURD_NUMBER).contains(&number) || (field.name == "upstream_years" && number > 50.0)
            }
            _ => false,
        };
        if absurd && let Some(value) = (field.get)(&asset.facts) {
            doubts.push(Doubt {
                reason: Reason::Implausible,
                about: vec![asset.id.clone()],
                what: format!("{} {value} cannot be", field.name),
            });
            (field.set)(&mut asset.facts, Value::Text(Text::default()));
            if (field.get)(&asset.facts).is_none() {
                *said_by = None;
            }
        }
    }
}

/// The dates of its life (`facts/indicators.md` §0).
fn live(asset: &mut Asset, creators: &[&Seen]) {
    let facts = &mut asset.facts;
    let arrived =
        creators.iter().filter(|seen| seen.kept.first_seen == asset.first_seen).all(|seen| seen.kept.arrived);
    // The day on which it was made is believed least: it comes before its service by weeks or months.
    let told = facts.in_service_date.or(facts.delivery_date).or(facts.purchase_date);
    asset.start = told.or(arrived.then_some(asset.first_seen)).or(facts.manufacture_date);
    if facts.disposal.is_some_and(|way| way != Disposal::Unknown) && facts.status.is_none() {
        facts.status = Some(Status::Disposed);
    }
    // An exit without a date: the day first seen so.
    let seen_so = |is_so: &dyn Fn(Status) -> bool| {
        let back = asset.spells.iter().rev().take_while(|spell| is_so(spell.status)).last();
        back.map_or(asset.first_seen, |spell| spell.since)
    };
    let told_gone = matches!(facts.status, Some(Status::Disposed | Status::Lost));
    let told_retired = facts.status == Some(Status::Retired);
    asset.gone = facts
        .disposal_date
        .or_else(|| told_gone.then(|| seen_so(&|status| matches!(status, Status::Disposed | Status::Lost))));
    asset.retired = facts.retired_date.or_else(|| told_retired.then(|| seen_so(&|status| status == Status::Retired)));
    asset.exit_dated = facts.disposal_date.is_some() || facts.retired_date.is_some();
}

/// What a line of a disposals list adds to the asset that it names: the same exit, told again.
pub(crate) fn apply_exit(asset: &mut Asset, source: SourceId, line: usize, told: &ExitLine) {
    asset.exit_line = Some(line);
    let mut fill = |name: &str, value: Option<Value>| {
        let at = Facts::FIELDS.iter().position(|field| field.name == name);
        if let (Some(at), Some(value)) = (at, value)
            && (Facts::FIELDS[at].get)(&asset.facts).is_none()
        {
            (Facts::FIELDS[at].set)(&mut asset.facts, value);
            asset.said_by[at] = Some(source);
        }
    };
    fill("disposal_date", told.date.map(Value::Date));
    fill("retired_date", told.retired_date.map(Value::Date));
    fill("disposal", told.disposal.map(|way| Value::Word(crate::word::Word::name(way))));
    fill("purchase_date", told.purchase_date.map(Value::Date));
    fill("weight_kg", told.weight_kg.map(Value::Number));
    asset.start = asset.start.or(asset.facts.purchase_date);
    asset.gone = asset.facts.disposal_date.or(asset.gone);
    asset.retired = asset.facts.retired_date.or(asset.retired);
    asset.exit_dated |= told.date.is_some() || told.retired_date.is_some();
}

/// What the observations of one asset leave open.
fn group_doubts(asset: &Asset, members: &[&Seen], testimonies: &[Testimony]) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut doubt = |reason, what: String| doubts.push(Doubt { reason, about: vec![asset.id.clone()], what });
    if members.iter().any(|seen| seen.kept.observation.anonymous) {
        doubt(Reason::Anonymous, "a row without anything to know it by again".to_owned());
    }
    if asset.unlisted.is_some() && asset.gone.is_none() {
        doubt(Reason::Unlisted, "no source lists it any more".to_owned());
    }
    if members.len() > 1 {
        let source = |at: usize| &testimonies[members[at].source.0 as usize].source.name;
        let facts = |at: usize| &members[at].kept.observation.facts;
        let first_kind = (0..members.len()).find_map(|at| facts(at).kind.map(|kind| (at, kind)));
        let first_maker = (0..members.len()).find_map(|at| facts(at).manufacturer.clone().map(|maker| (at, maker)));
        for at in 1..members.len() {
            if let (Some((first, kind)), Some(other)) = (first_kind, facts(at).kind)
                && kind != other
            {
                let (kind, other) = (crate::word::Word::name(kind), crate::word::Word::name(other));
                doubt(Reason::Disagree, format!("{} says {kind}, {} says {other}", source(first), source(at)));
            }
            if let (Some((first, maker)), Some(other)) = (&first_maker, &facts(at).manufacturer)
                && identity::maker(maker) != identity::maker(other)
            {
                doubt(
                    Reason::Disagree,
                    format!("{} says it is made by {maker}, {} by {other}", source(*first), source(at)),
                );
            }
        }
    }
    doubts
}

/// Assets by serial and by tag, for lines that speak of them.
pub(crate) struct Index {
    serials: HashMap<String, Option<usize>>,
    tags: HashMap<(Text, String), Option<usize>>,
    realms: Vec<Text>,
}

impl Index {
    pub fn of(assets: &[Asset], testimonies: &[Testimony]) -> Self {
        let realms: Vec<Text> = testimonies.iter().map(|testimony| testimony.source.realm.clone()).collect();
        let (mut serials, mut tags) = (HashMap::new(), HashMap::new());
        for (at, asset) in assets.iter().enumerate() {
            if let Some(serial) = asset.facts.serial.as_deref().and_then(identity::serial) {
                // A serial on several things names none of them.
                serials.entry(serial).and_modify(|known| *known = None).or_insert(Some(at));
            }
            if let Some(tag) = asset.facts.asset_tag.as_deref().and_then(identity::asset_tag) {
                let source = asset.said_by("asset_tag").unwrap_or(asset.natives[0].said_by);
                let realm = realms[source.0 as usize].clone();
                tags.entry((realm, tag)).and_modify(|known| *known = None).or_insert(Some(at));
            }
        }
        Self { serials, tags, realms }
    }

    /// The one asset that a serial, else a tag, names.
    pub fn find(&self, source: SourceId, serial: Option<&str>, tag: Option<&str>) -> Option<usize> {
        let by_serial = serial.and_then(identity::serial).and_then(|serial| self.serials.get(&serial).copied()?);
        by_serial.or_else(|| {
            let tag = tag.and_then(identity::asset_tag)?;
            self.tags.get(&(self.realms[source.0 as usize].clone(), tag)).copied()?
        })
    }
}
