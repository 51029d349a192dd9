//! Rooms whose electricity is measured: which measuring points make them, and what their measures come to.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::entity::EntityId;
use crate::identity::{name_matches, same_name};
use crate::power::{Meter, Point, PowerDay};
use crate::quantity::{Energy, Impact, Intensity};
use crate::record::Text;
use crate::testimony::{Moment, SourceId, Testimony};
use crate::word::Role;

/// The name under which measuring points are told that no room is known of.
pub const UNKNOWN: &str = "unknown";
/// A point that tells nothing for longer than so many days was taken out; before that, its silence is a gap of its
/// room's measure.
const TAKEN_OUT_DAYS: i32 = 30;

/// A measuring point as the operator names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointName {
    /// The source that tells of it; any where none is named.
    pub source: Option<Text>,
    /// Its name.
    pub device: Text,
}

/// A room as the operator describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoomRule {
    /// Its name.
    pub name: Text,
    /// Locations of assets that mean it; a `*` at the end stands for anything. None: its name.
    pub locations: Vec<Text>,
    /// What measures its IT equipment.
    pub it: Vec<PointName>,
    /// What measures all of it.
    pub total: Vec<PointName>,
}

/// A measuring point of a room, as all sources together tell of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RoomMeter {
    /// What it measures.
    pub role: Option<Role>,
    /// Its name.
    pub device: Option<Text>,
    /// Energy of days that are no longer kept.
    pub before: Energy,
    /// Its days, oldest first; of each the first-believed source's word.
    pub days: Vec<PowerDay>,
    /// Its newest power, in watts, and when.
    pub watts: Option<(Moment, f64)>,
    /// The source of each day.
    from: Vec<SourceId>,
    /// Its place in the operator's list.
    named: Option<usize>,
}

/// A room and its measuring points.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// Its name; [`UNKNOWN`] for points of which no room is known.
    pub name: Text,
    /// Locations of assets that mean it.
    pub locations: Vec<Text>,
    /// The operator describes it (`[[room]]`): it is a server room, and all that stands in it bears its overhead.
    pub described: bool,
    /// Its measuring points.
    pub meters: Vec<RoomMeter>,
    /// Named by the operator, and never heard of: without them its measure is not whole.
    pub silent: Vec<(Role, Text)>,
    /// Where the sources that tell of it belong.
    pub entities: Vec<EntityId>,
    /// Whoever sees a part of the world that does not hold its sources takes its share of it and sees no more.
    pub shown: bool,
}

/// Energy over the seconds for which it is known, from one day to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Covered {
    /// What went through.
    pub energy: Energy,
    /// In how many seconds.
    pub seconds: f64,
    /// First and last day of which something is known.
    pub days: (Date, Date),
}

/// IT and total energy over the seconds for which both are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Common {
    /// Of the IT equipment.
    pub it: Energy,
    /// Of all.
    pub total: Energy,
    /// Seconds covered, and the days.
    pub covered: (f64, (Date, Date)),
}

impl Common {
    /// Power usage effectiveness: total over IT energy (EN 50600-4-2). `None` where the two cannot be of one room:
    /// no IT energy, or more of it than of all.
    pub fn pue(&self) -> Option<f64> {
        (self.it.0 > 0.0 && self.total.0 >= self.it.0).then(|| self.total.0 / self.it.0)
    }
}

/// Gathers the meters of all sources into rooms: the operator's word first, then what a source says of its own point.
/// `entities` says where each source belongs, `time_zone` how long days are.
pub fn gather(
    testimonies: &[Testimony],
    rules: &[RoomRule],
    entities: &[EntityId],
    time_zone: &TimeZone,
) -> Vec<Room> {
    let room = |name: &Text, locations: Vec<Text>, described| Room {
        name: name.clone(),
        locations,
        described,
        meters: Vec::new(),
        silent: Vec::new(),
        entities: Vec::new(),
        shown: true,
    };
    let mut rooms: Vec<Room> = rules
        .iter()
        .map(|rule| {
            let own = rule.locations.clone();
            room(&rule.name, if own.is_empty() { vec![rule.name.clone()] } else { own }, true)
        })
        .collect();
    let meters = testimonies.iter().flat_map(|testimony| {
        testimony.power.iter().filter(|meter| named(rules, &testimony.source.name, &meter.point).is_none())
    });
    let mut told: Vec<&Text> = meters.filter_map(|meter| meter.point.room.as_ref()).collect();
    told.sort();
    for name in told.into_iter().filter(|name| !same_name(name, UNKNOWN)) {
        if !rooms.iter().any(|room| same_name(&room.name, name)) {
            rooms.push(room(name, vec![name.clone()], false));
        }
    }
    let mut nowhere = room(&Text::from(UNKNOWN), Vec::new(), false);
    for (at, testimony) in testimonies.iter().enumerate() {
        let mut meters: Vec<&Meter> = testimony.power.iter().collect();
        meters.sort_by(|a, b| a.point.cmp(&b.point));
        for meter in meters {
            let named = named(rules, &testimony.source.name, &meter.point);
            let (place, role, named) = match named {
                Some((place, role, named)) => (Some(place), Some(role), Some(named)),
                None => {
                    let own = meter.point.room.as_ref();
                    let place = own.and_then(|own| rooms.iter().position(|room| same_name(&room.name, own)));
                    (place, meter.point.role, None)
                }
            };
            let room = place.map_or(&mut nowhere, |place| &mut rooms[place]);
            room.take(SourceId(at as u16), meter, (role, named), time_zone);
            if let Some(entity) = entities.get(at).filter(|entity| !room.entities.contains(entity)) {
                room.entities.push(*entity);
            }
        }
    }
    for (room, rule) in rooms.iter_mut().zip(rules) {
        let lists = [(Role::It, &rule.it), (Role::Total, &rule.total)];
        for (role, points) in lists {
            let heard = |at: usize| room.meters.iter().any(|m| m.role == Some(role) && m.named == Some(at));
            let silent = points.iter().enumerate().filter(|(at, _)| !heard(*at));
            let silent: Vec<_> = silent.map(|(_, point)| (role, point.device.clone())).collect();
            room.silent.extend(silent);
        }
    }
    if !nowhere.meters.is_empty() {
        rooms.push(nowhere);
    }
    rooms
}

/// The room that the operator puts a point into, its role there, and its place in the list.
fn named(rules: &[RoomRule], source: &str, point: &Point) -> Option<(usize, Role, usize)> {
    let device = point.device.as_deref()?;
    let means = |name: &PointName| {
        name.source.as_deref().is_none_or(|named| named == source) && same_name(&name.device, device)
    };
    rules.iter().enumerate().find_map(|(place, rule)| {
        let of = |list: &[PointName], role| Some((place, role, list.iter().position(means)?));
        of(&rule.it, Role::It).or_else(|| of(&rule.total, Role::Total))
    })
}

/// How many seconds a day has: 23 to 25 hours of them. Where a zone cannot tell, 24.
fn seconds_of(day: Date, time_zone: &TimeZone) -> f64 {
    let midnight = |day: Date| time_zone.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let ends = midnight(day).zip(day.tomorrow().ok().and_then(midnight));
    ends.map_or(86_400.0, |(begins, ends)| (ends.as_second() - begins.as_second()) as f64)
}

impl Room {
    /// Takes up a meter; one that a more believed source tells of too only adds the days that this one lacks.
    fn take(
        &mut self,
        source: SourceId,
        meter: &Meter,
        (role, named): (Option<Role>, Option<usize>),
        time_zone: &TimeZone,
    ) {
        let device = meter.point.device.as_ref();
        let known = self.meters.iter_mut().filter(|known| known.role == role).find(|known| {
            match (known.named, named, &known.device, device) {
                (Some(one), Some(other), ..) => one == other,
                (.., Some(one), Some(other)) => same_name(one, other),
                (.., one, other) => one.is_none() && other.is_none(),
            }
        });
        let Some(known) = known else {
            self.meters.push(RoomMeter {
                role,
                device: device.cloned(),
                before: meter.before,
                days: meter.days.clone(),
                watts: meter.watts,
                from: vec![source; meter.days.len()],
                named,
            });
            return;
        };
        let mut own = known.from.contains(&source);
        for day in &meter.days {
            match known.days.binary_search_by(|known| known.day.cmp(&day.day)) {
                Ok(at) if known.from[at] == source => {
                    let known = &mut known.days[at];
                    if known.seconds + day.seconds <= seconds_of(day.day, time_zone) {
                        // Within one source the same point under another role or room is the rest of the day.
                        known.energy += day.energy;
                        known.seconds += day.seconds;
                    } else {
                        // What is longer than the day was told twice at once: the longer word counts, once.
                        own = false;
                        if day.seconds > known.seconds {
                            *known = *day;
                        }
                    }
                }
                Ok(_) => {}
                Err(at) => {
                    known.days.insert(at, *day);
                    known.from.insert(at, source);
                }
            }
        }
        known.before = if own { known.before + meter.before } else { Energy(known.before.0.max(meter.before.0)) };
        if meter.watts.is_some_and(|(at, _)| known.watts.is_none_or(|(newest, _)| newest < at)) {
            known.watts = meter.watts;
        }
    }

    /// Is it what an asset's location means?
    pub fn means(&self, location: &str) -> bool {
        self.locations.iter().any(|wanted| name_matches(wanted, location))
    }

    /// Its measuring points of a role.
    pub fn of_role(&self, role: Option<Role>) -> impl Iterator<Item = &RoomMeter> {
        self.meters.iter().filter(move |meter| meter.role == role)
    }

    /// Its measuring points of a role that were never heard of.
    pub fn silent_of(&self, role: Role) -> impl Iterator<Item = &Text> {
        self.silent.iter().filter(move |(of, _)| *of == role).map(|(_, name)| name)
    }

    /// What the points of a role measured together, day by day, in the year that ends with `at`. A day counts for as
    /// long as each of them is known; one of which a point is silent does not count.
    fn year(&self, role: Role, at: Date) -> Vec<PowerDay> {
        if self.silent_of(role).next().is_some() {
            return Vec::new();
        }
        let from = at.saturating_sub(364.days());
        let meters: Vec<&RoomMeter> = self.of_role(Some(role)).filter(|meter| !meter.days.is_empty()).collect();
        let mut days: Vec<Date> = meters
            .iter()
            .flat_map(|meter| meter.days.iter().map(|known| known.day).filter(|day| (from..=at).contains(day)))
            .collect();
        days.sort();
        days.dedup();
        let together = |day: &Date| {
            let mut parts = Vec::new();
            for meter in meters.iter().filter(|meter| meter.in_place(*day)) {
                let found = meter.days.binary_search_by(|known| known.day.cmp(day)).ok()?;
                parts.push(&meter.days[found]);
            }
            let seconds = parts.iter().map(|part| part.seconds).fold(f64::INFINITY, f64::min);
            let known = seconds > 0.0 && seconds.is_finite();
            known.then(|| {
                let energy = parts.iter().fold(Energy(0.0), |sum, part| sum + part.energy * (seconds / part.seconds));
                PowerDay { day: *day, energy, seconds }
            })
        };
        days.iter().filter_map(together).collect()
    }

    /// What its IT equipment took in the year that ends with `at`; `None` where nothing is known.
    pub fn it(&self, at: Date) -> Option<Covered> {
        let days = self.year(Role::It, at);
        let ends = (days.first()?.day, days.last()?.day);
        let sum = |of: fn(&PowerDay) -> f64| days.iter().map(of).sum::<f64>();
        Some(Covered { energy: Energy(sum(|day| day.energy.0)), seconds: sum(|day| day.seconds), days: ends })
    }

    /// The intensity of the electricity that its IT equipment took in the year that ends with `at`: that of each day, by
    /// what was taken on it; `None` unless the series tells nine tenths of that electricity.
    pub fn intensity(&self, at: Date, days: &BTreeMap<Date, Intensity>) -> Option<Intensity> {
        let taken = self.year(Role::It, at);
        let all: f64 = taken.iter().map(|day| day.energy.0).sum();
        let told = taken.iter().filter_map(|day| Some((day.energy, *days.get(&day.day)?)));
        let (energy, impact) = told.fold((Energy(0.0), Impact(0.0)), |(energy, impact), (taken, intensity)| {
            (energy + taken, impact + taken * intensity)
        });
        (energy.0 > 0.0 && energy.0 >= 0.9 * all).then(|| Intensity(impact.0 / energy.0))
    }

    /// IT and total energy of the year that ends with `at`, over what is known of both; `None` where nothing is.
    pub fn common(&self, at: Date) -> Option<Common> {
        let (it, total) = (self.year(Role::It, at), self.year(Role::Total, at));
        let mut common: Option<Common> = None;
        for it in it {
            let Ok(found) = total.binary_search_by(|known| known.day.cmp(&it.day)) else { continue };
            let total = &total[found];
            let seconds = it.seconds.min(total.seconds);
            let sums = common.get_or_insert(Common {
                it: Energy(0.0),
                total: Energy(0.0),
                covered: (0.0, (it.day, it.day)),
            });
            sums.it += it.energy * (seconds / it.seconds);
            sums.total += total.energy * (seconds / total.seconds);
            sums.covered.0 += seconds;
            sums.covered.1.1 = it.day;
        }
        common
    }
}

impl RoomMeter {
    /// Was it there on a day: from the first day on of which it told, until it fell silent for good?
    fn in_place(&self, day: Date) -> bool {
        let (Some(first), Some(last)) = (self.days.first(), self.days.last()) else { return false };
        first.day <= day && day <= last.day.saturating_add(TAKEN_OUT_DAYS.days())
    }
}
