//! From groups of observations to assets: merging field by field, dates of life, exits.
use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::doubt::{Cause, Doubt};
use crate::entity::EntityId;
use crate::exit::ExitLine;
use crate::identity;
use crate::indicator::quality;
use crate::observation::Facts;
use crate::packed::Packed;
use crate::record::{Field, Record, Text, Value};
use crate::shared::Shared;
use crate::snapshot::{Asset, Unjoined};
use crate::testimony::{Moment, SourceId, Testimony};
use crate::voice::{Voice, Voices};
use crate::word::{Disposal, Kind, Status};

use super::classify::{self, Systems};
use super::holder::Holders;
use super::join::Joined;
use super::place::Places;
use super::{Rules, Seen};

/// No field of an asset has a number above this in its unit: a gigawatt-hour, a million tonnes.
const ABSURD_NUMBER: f64 = 1e9;
/// A price above this is a slip of the hand: a million euros.
const ABSURD_CENTS: i64 = 100_000_000;
/// The same of what one person holds, 30 000 euros: above it the decimal point was lost.
const ABSURD_PERSONAL_CENTS: i64 = 3_000_000;

/// What the things are.
pub(crate) struct Assembled {
    /// Sorted by id.
    pub assets: Vec<Asset>,
    /// What found no asset, sorted by id.
    pub unjoined: Vec<Unjoined>,
    /// What they leave open.
    pub doubts: Vec<Doubt>,
    /// What the class of each asset is known by.
    pub keys: Vec<u64>,
}

/// Of every root the observation that names its group: the most believed one of a source that may add assets, else the
/// first. Nothing is meant at other places.
pub(crate) fn namers(root: &[u32], seen: &[Seen]) -> Vec<u32> {
    let mut namers: Vec<u32> = vec![u32::MAX; root.len()];
    for (at, root) in root.iter().enumerate() {
        let namer = &mut namers[*root as usize];
        if *namer == u32::MAX || (!seen[*namer as usize].makes && seen[at].makes) {
            *namer = at as u32;
        }
    }
    namers
}

/// The observations of each thing, things in the order of their ids.
struct Things {
    /// Roots of assets, and who names them.
    assets: Vec<(u32, u32)>,
    /// The same of what no source may add.
    unjoined: Vec<(u32, u32)>,
    /// The observations of all things, root after root.
    members: Vec<u32>,
    /// Where those of each root begin, and where the last ends.
    bounds: Vec<u32>,
}

impl Things {
    fn of(root: &[u32], seen: &[Seen], testimonies: &[Testimony]) -> Self {
        let namers = namers(root, seen);
        let mut bounds: Vec<u32> = vec![0; root.len() + 1];
        for root in root {
            bounds[*root as usize + 1] += 1;
        }
        for at in 0..root.len() {
            bounds[at + 1] += bounds[at];
        }
        let (mut next, mut members, mut named) = (bounds.clone(), vec![0; root.len()], vec![u32::MAX; root.len()]);
        for (at, root) in root.iter().enumerate() {
            let place = &mut next[*root as usize];
            members[*place as usize] = at as u32;
            *place += 1;
            named[namers[*root as usize] as usize] = *root;
        }
        // Observations are in the order of sources and then of native ids; ids go by the name of the source.
        let mut sources: Vec<usize> = (0..testimonies.len()).collect();
        sources.sort_by_key(|at| format!("{}:", testimonies[*at].source.name));
        let ranges = sources.into_iter().map(|source| {
            let from = seen.partition_point(|seen| usize::from(seen.source.0) < source);
            from..seen.partition_point(|seen| usize::from(seen.source.0) <= source)
        });
        let named = ranges.flatten().map(|at| (named[at], at as u32)).filter(|(root, _)| *root != u32::MAX);
        // Whoever may add assets names its group before all others.
        let (assets, unjoined) = named.partition(|(_, namer)| seen[*namer as usize].makes);
        Self { assets, unjoined, members, bounds }
    }

    fn members(&self, root: u32) -> &[u32] {
        &self.members[self.bounds[root as usize] as usize..self.bounds[root as usize + 1] as usize]
    }
}

/// Things that are assembled in one go.
const PIECE: usize = 8_192;

/// What every thing is assembled with.
struct Assembling<'a> {
    seen: &'a [Seen<'a>],
    testimonies: &'a [Testimony],
    rules: &'a Rules,
    places: &'a Places,
    holders: Holders<'a>,
    /// Those that can be.
    dates: &'a RangeInclusive<Date>,
}

/// Every thing as an asset, or as a witness's word that found no asset.
pub(crate) fn assemble(
    seen: &[Seen],
    joined: &Joined,
    testimonies: &[Testimony],
    rules: &Rules,
    places: &Places,
    dates: &RangeInclusive<Date>,
) -> Assembled {
    let things = Things::of(&joined.root, seen, testimonies);
    let holders = Holders::of(testimonies);
    let assembling = Assembling { seen, testimonies, rules, places, holders, dates };
    let (mut assets, mut beside) = (Vec::new(), Vec::new());
    let asset = |(makers, systems): &mut (Makers, Systems), (root, namer): &(u32, u32)| {
        let mut doubts = Vec::new();
        let mut asset = assembling.asset(things.members(*root), *namer, makers, &mut doubts);
        // While what it says is at hand.
        asset.system = classify::system_of(&asset, systems);
        let key = classify::key(&asset);
        (asset, (key, doubts))
    };
    let made = things.assets.par_iter().with_min_len(PIECE).map_init(<(Makers, Systems)>::default, asset);
    made.unzip_into_vecs(&mut assets, &mut beside);
    let keys = beside.iter().map(|(key, _)| *key).collect();
    let unjoined = |(root, namer): &(u32, u32)| {
        let (voices, entity) = assembling.heard(things.members(*root), *namer);
        Unjoined { voices, entity }
    };
    let unjoined = things.unjoined.par_iter().map(unjoined).collect();
    Assembled { assets, unjoined, doubts: beside.into_iter().flat_map(|(_, doubts)| doubts).collect(), keys }
}

/// Which makers' names differ: few, and compared once.
type Makers = FxHashMap<(Shared, Shared), bool>;

impl Assembling<'_> {
    /// What is said of a thing, and where it belongs.
    fn heard(&self, members: &[u32], namer: u32) -> (Voices, EntityId) {
        let namer_place = members.iter().position(|at| *at == namer).unwrap_or(0);
        let seen = members.iter().map(|at| &self.seen[*at as usize]);
        let heard = seen.map(|seen| Voice { source: seen.source, said: seen.said.clone() });
        let mut voices = Voices::new(heard, namer_place);
        let placed = self.holders.place(&voices);
        if !placed.is_empty() {
            voices.settle(|facts, said_by| {
                for (at, told, directory) in placed {
                    (Facts::FIELDS[at].set)(facts, Value::Text(told));
                    said_by[at] = Some(directory);
                }
            });
        }
        let entity = match voices.told(Packed::entity) {
            Some(told) => self.places.of_name(teller(&voices, "entity", |said| said.entity().is_some()), Some(told)),
            None => self.places.of_name(voices.namer().source, None),
        };
        (voices, entity)
    }

    fn asset(&self, members: &[u32], namer: u32, makers: &mut Makers, doubts: &mut Vec<Doubt>) -> Asset {
        let testimonies = self.testimonies;
        let (voices, entity) = self.heard(members, namer);
        let seen = members.iter().map(|at| &self.seen[*at as usize]);
        let creators: SmallVec<[&Seen; 4]> = seen.clone().filter(|seen| seen.makes).collect();
        let owner_left = match voices.told(Packed::user) {
            Some(user) => self.holders.left(Some(user), Some(teller(&voices, "user", |said| said.user().is_some()))),
            None => None,
        };
        // The stretches of whoever tells where it is in its life: by a status, else by a way out.
        let tells = seen.clone().find(|seen| seen.said.status().is_some());
        let tells = tells.or_else(|| seen.clone().find(|seen| is_out(seen.said.disposal())));
        let spells = tells.unwrap_or(creators[0]).said;
        let mut asset = Asset {
            kind: None,
            condition: None,
            told_status: None,
            account_enabled: None,
            mode: None,
            price: None,
            repairability_told: false,
            tells_use: false,
            is_virtual: false,
            known: 0,
            system: None,
            class: 0,
            bought: None,
            last_seen: None,
            entity,
            first_seen: creators.iter().map(|seen| seen.said.history().first_seen).min().unwrap_or(Date::MAX),
            start: None,
            retired: None,
            gone: None,
            exit_dated: false,
            exit_unseen: false,
            unlisted: unlisted(&creators, testimonies, self.rules),
            owner_left,
            spells: spells.unusual_spells().cloned(),
            observed_since: creators
                .iter()
                .filter_map(|seen| testimonies[usize::from(seen.source.0)].source.exits_recorded_since)
                .max(),
            voices,
        };
        drop_implausible(&mut asset, self.dates, testimonies, doubts);
        live(&mut asset, &creators, spells);
        group_doubts(&asset, testimonies, makers, doubts);
        asset
    }
}

/// Who tells a field of what the voices say together.
pub(super) fn teller(voices: &Voices, field: &str, tells: impl Fn(&Packed) -> bool) -> SourceId {
    match voices.is_settled() {
        true => voices.said_by(field),
        false => voices.heard().iter().find(|voice| tells(&voice.said)).map(|voice| voice.source),
    }
    .unwrap_or(voices.namer().source)
}

/// The day of a moment in the organisation's time zone.
pub(super) fn day_of(moment: Moment, rules: &Rules) -> Date {
    Timestamp::from_second(moment.0).map_or(Date::MAX, |timestamp| rules.time_zone.to_datetime(timestamp).date())
}

/// The day on which it left the active fleet because none of its creating sources lists it any more.
fn unlisted(creators: &[&Seen], testimonies: &[Testimony], rules: &Rules) -> Option<Date> {
    let mut left = Moment(i64::MIN);
    for seen in creators {
        let testimony = &testimonies[seen.source.0 as usize];
        let since = seen.said.history().unlisted_since?;
        let until = Moment(since.0.saturating_add(testimony.source.unlisted_after));
        if testimony.harvested < until {
            return None;
        }
        left = left.max(until);
    }
    Some(day_of(left, rules))
}

/// Takes out dates, prices and numbers that cannot be: they hide no word of a less believed source that can. The source's
/// own word stays in its testimony and in the doubt.
fn drop_implausible(
    asset: &mut Asset,
    dates: &RangeInclusive<Date>,
    testimonies: &[Testimony],
    doubts: &mut Vec<Doubt>,
) {
    let personal = asset.told(Packed::kind).is_some_and(Kind::is_personal);
    let dearest = if personal { ABSURD_PERSONAL_CENTS } else { ABSURD_CENTS };
    let is_absurd = |name: &str, value: &Value| match value {
        Value::Date(date) if name != "warranty_end" => !dates.contains(date),
        Value::Money(cents) => !(0..=dearest).contains(&cents.0),
        Value::Number(number) => {
            !(0.0..=ABSURD_NUMBER).contains(number) || (name == "upstream_years" && *number > 50.0)
        }
        _ => false,
    };
    let sound = |said: &Packed| {
        said.dates_but_warranty().all(|date| dates.contains(&date))
            && said.numbers().all(|number| (0.0..=ABSURD_NUMBER).contains(&number))
            && said.upstream_years().is_none_or(|years| years <= 50.0)
            && said.purchase_price_ht().is_none_or(|price| (0..=dearest).contains(&price.0))
    };
    // Most things say nothing absurd, and are not looked at field by field.
    if asset.voices.heard().iter().all(|voice| sound(&voice.said)) {
        return;
    }
    let facts = asset.voices.facts();
    let absurd = |field: &Field<Facts>| (field.get)(&facts).filter(|value| is_absurd(field.name, value));
    let absurd: Vec<(usize, Value)> =
        Facts::FIELDS.iter().enumerate().filter_map(|(at, field)| Some((at, absurd(field)?))).collect();
    if absurd.is_empty() {
        return;
    }
    let about = super::asset_id(asset, testimonies);
    let contact = asset.voices.newest_contact(|day| dates.contains(&day));
    let heard: Vec<(SourceId, Facts)> =
        asset.voices.heard().iter().map(|voice| (voice.source, voice.said.facts())).collect();
    asset.voices.settle(|facts, said_by| {
        for (at, value) in absurd {
            let field = &Facts::FIELDS[at];
            let what = Cause::Impossible(Box::new((field.name, value)));
            doubts.push(Doubt { about: vec![about.clone()], what });
            // Of contacts the newest counts, whoever tells it; of everything else the most believed word.
            let next = match field.name {
                "last_seen" => contact.map(|(day, source)| (Value::Date(day), source)),
                _ => heard.iter().find_map(|(source, said)| {
                    let value = (field.get)(said).filter(|value| !is_absurd(field.name, value))?;
                    Some((value, *source))
                }),
            };
            said_by[at] = next.as_ref().map(|(_, source)| *source);
            // A text empties what takes none.
            (field.set)(facts, next.map_or_else(|| Value::Text(Text::default()), |(value, _)| value));
        }
    });
}

/// Does this way out alone tell that it is gone?
fn is_out(way: Option<Disposal>) -> bool {
    Status::meant(None, way) == Status::Disposed
}

/// The dates of its life, and what every question asks for. Service begins on the day told, else on that of its first
/// harvest where an earlier one lacked it, else when it was made; else it is unknown.
fn live(asset: &mut Asset, creators: &[&Seen], teller: &Packed) {
    let arrived = creators
        .iter()
        .filter(|seen| seen.said.history().first_seen == asset.first_seen)
        .all(|seen| seen.said.history().arrived);
    asset.told_status = asset.told(Packed::status);
    if asset.told_status.is_none() && is_out(asset.told(Packed::disposal)) {
        asset.voices.settle(|facts, _| facts.status = Some(Status::Disposed));
        asset.told_status = Some(Status::Disposed);
    }
    // The day on which it was made is believed least: it comes before its service by weeks or months.
    let told = asset
        .told(Packed::in_service_date)
        .or_else(|| asset.told(Packed::delivery_date))
        .or_else(|| asset.told(Packed::purchase_date));
    asset.start = told.or(arrived.then_some(asset.first_seen)).or_else(|| asset.told(Packed::manufacture_date));
    // An exit without a date: the day first seen so.
    let seen_so = |is_so: &dyn Fn(Status) -> bool| match &asset.spells {
        Some(spells) => {
            let back = spells.iter().rev().take_while(|spell| is_so(spell.status)).last();
            back.map_or(asset.first_seen, |spell| spell.since)
        }
        None if is_so(Status::meant(teller.status(), teller.disposal())) => teller.history().first_seen,
        None => asset.first_seen,
    };
    let told_gone = matches!(asset.told_status, Some(Status::Disposed | Status::Lost));
    let told_retired = asset.told_status == Some(Status::Retired);
    let (disposed, reformed) = (asset.told(Packed::disposal_date), asset.told(Packed::retired_date));
    asset.gone =
        disposed.or_else(|| told_gone.then(|| seen_so(&|status| matches!(status, Status::Disposed | Status::Lost))));
    asset.retired = reformed.or_else(|| told_retired.then(|| seen_so(&|status| status == Status::Retired)));
    asset.exit_unseen = !arrived && asset.gone.or(asset.retired) == Some(asset.first_seen);
    date_exit(asset);
    read(asset);
}

/// Was the day told on which its life ended? That is the day of its reform, where it was reformed, else that of its
/// departure; while the year of an exit is that of the departure, where it is gone.
fn date_exit(asset: &mut Asset) {
    let reform_told = asset.told(Packed::retired_date).is_some();
    let departure_told = asset.told(Packed::disposal_date).is_some();
    asset.exit_dated = if asset.retired.is_some() { reform_told } else { departure_told };
    asset.exit_unseen &= if asset.gone.is_some() { !departure_told } else { !reform_told };
}

/// Reads what every question asks for, once.
fn read(asset: &mut Asset) {
    asset.kind = asset.told(Packed::kind);
    asset.condition = asset.told(Packed::condition);
    asset.is_virtual = asset.told(Packed::virtual_machine) == Some(true);
    asset.account_enabled = asset.told(Packed::account_enabled);
    asset.tells_use = asset.told(Packed::annual_kwh).is_some() || asset.told(Packed::upstream_years).is_some();
    asset.bought = asset.told(Packed::purchase_date);
    asset.mode = asset.told(Packed::mode);
    asset.price = asset.told(Packed::purchase_price_ht);
    asset.repairability_told = match asset.kind {
        Some(Kind::Laptop) => asset.told(Packed::repairability_index).is_some(),
        Some(Kind::Smartphone | Kind::Tablet) => asset.told(Packed::repairability_class).is_some(),
        _ => false,
    };
    asset.last_seen = asset.voices.last_seen();
    asset.known = quality::known_fields(asset);
}

/// What a line of a disposals list adds to the asset that it names: the same exit, told again.
pub(crate) fn apply_exit(asset: &mut Asset, source: SourceId, told: &ExitLine) {
    let mut fill = [
        ("disposal_date", told.date.map(Value::Date)),
        ("retired_date", told.retired_date.map(Value::Date)),
        ("disposal", told.disposal.map(|way| Value::Word(crate::word::Word::name(way)))),
        ("purchase_date", told.purchase_date.map(Value::Date)),
        ("weight_kg", told.weight_kg.map(Value::Number)),
    ];
    asset.voices.settle(|facts, said_by| {
        for (name, value) in &mut fill {
            let at = Facts::FIELDS.iter().position(|field| field.name == *name);
            if let (Some(at), Some(value)) = (at, value.take())
                && (Facts::FIELDS[at].get)(facts).is_none()
            {
                (Facts::FIELDS[at].set)(facts, value);
                said_by[at] = Some(source);
            }
        }
    });
    asset.start = asset.start.or_else(|| asset.told(Packed::purchase_date));
    asset.gone = asset.told(Packed::disposal_date).or(asset.gone);
    asset.retired = asset.told(Packed::retired_date).or(asset.retired);
    date_exit(asset);
    read(asset);
}

/// What the observations of one asset leave open.
fn group_doubts(asset: &Asset, testimonies: &[Testimony], makers: &mut Makers, doubts: &mut Vec<Doubt>) {
    let mut doubt = |what| doubts.push(Doubt { about: vec![super::asset_id(asset, testimonies)], what });
    let heard = asset.voices.heard();
    if heard.iter().any(|voice| voice.said.is_anonymous()) {
        doubt(Cause::NoKey);
    }
    if asset.unlisted.is_some() && asset.gone.is_none() {
        doubt(Cause::Unlisted);
    }
    if heard.len() < 2 {
        return;
    }
    let name = |voice: &Voice| testimonies[usize::from(voice.source.0)].source.name.clone();
    let first_kind = heard.iter().find_map(|voice| Some((voice, voice.said.kind()?)));
    let first_maker = heard.iter().find_map(|voice| Some((voice, voice.said.manufacturer()?)));
    let mut differ = |a: Shared, b: Shared| {
        a != b && *makers.entry((a, b)).or_insert_with(|| identity::maker(a.text()) != identity::maker(b.text()))
    };
    for voice in &heard[1..] {
        if let (Some((first, kind)), Some(other)) = (first_kind, voice.said.kind())
            && kind != other
        {
            doubt(Cause::Kinds(Box::new([(name(first), kind), (name(voice), other)])));
        }
        if let (Some((first, maker)), Some(other)) = (first_maker, voice.said.manufacturer())
            && differ(maker, other)
        {
            let (maker, other) = (maker.text().clone(), other.text().clone());
            doubt(Cause::Makers(Box::new([(name(first), maker), (name(voice), other)])));
        }
    }
}
