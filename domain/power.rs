//! Measured electricity: samples of power and of energy meters, and what they come to by measuring point and day.
//! Days are kept and samples are not, so that years of a sample a minute stay small.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::quantity::Energy;
use crate::record::{Field, Record, Takes, Text, Told};
use crate::testimony::Moment;
use crate::word::{Role, Word};

/// No measuring point of a server room shows more than this: 10 MW.
pub const WATTS_MOST: f64 = 1e7;
/// No energy meter has counted more than this: a century of 10 MW, in kilowatt-hours.
const KWH_MOST: f64 = 1e10;
/// Samples lie in these years: 2000 to 2100, in seconds since 1970.
const TIMES: std::ops::Range<i64> = 946_684_800..4_102_444_800;
/// A meter whose index has not been told for so many seconds, while its watts were, is measured by its watts again: a
/// day of 25 hours and five more, since an index that is told once a day may come late.
const INDEX_LOST: i64 = 30 * 3600;

/// What a measuring point shows at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PowerSample {
    /// When.
    pub time: Option<Moment>,
    /// The room that it measures, as the source names it.
    pub room: Option<Text>,
    /// The measuring point: a PDU, a UPS, a meter.
    pub device: Option<Text>,
    /// Active power, in watts.
    pub watts: Option<f64>,
    /// The index of its energy meter, in kilowatt-hours.
    pub kwh: Option<f64>,
    /// What it measures.
    pub role: Option<Role>,
}

impl Record for PowerSample {
    const NAME: &'static str = "power";
    const FIELDS: &'static [Field<Self>] = &[
        Field { name: "time", takes: Takes::Moment, get: |r| r.time.tell(), set: |r, v| r.time = Told::told(v) },
        Field { name: "room", takes: Takes::Text, get: |r| r.room.tell(), set: |r, v| r.room = Told::told(v) },
        Field { name: "device", takes: Takes::Text, get: |r| r.device.tell(), set: |r, v| r.device = Told::told(v) },
        Field { name: "watts", takes: Takes::Number, get: |r| r.watts.tell(), set: |r, v| r.watts = Told::told(v) },
        Field { name: "kwh", takes: Takes::Number, get: |r| r.kwh.tell(), set: |r, v| r.kwh = Told::told(v) },
        Field {
            name: "role",
            takes: Takes::Word(Role::canonical, Role::names),
            get: |r| r.role.tell(),
            set: |r, v| r.role = Told::told(v),
        },
    ];
}

impl PowerSample {
    /// Why it cannot count: the field, and one sentence. `None` where it can.
    pub fn fault(&self) -> Option<(&'static str, String)> {
        let missing = |field| Some((field, "it is missing".to_owned()));
        match self.time {
            None => return missing("time"),
            Some(time) if !TIMES.contains(&time.0) => {
                return Some(("time", format!("{time} is not a moment of this century")));
            }
            Some(_) => {}
        }
        if self.device.is_none() && self.room.is_none() {
            return Some(("device", "neither it nor `room` is told".to_owned()));
        }
        if self.watts.is_none() && self.kwh.is_none() {
            return Some(("watts", "neither it nor `kwh` is told".to_owned()));
        }
        if let Some(watts) = self.watts.filter(|watts| !(0.0..=WATTS_MOST).contains(watts)) {
            return Some(("watts", format!("{watts} W cannot be: it lies between 0 and 10 MW")));
        }
        if let Some(kwh) = self.kwh.filter(|kwh| !(0.0..=KWH_MOST).contains(kwh)) {
            return Some(("kwh", format!("{kwh} kWh cannot be the index of a meter")));
        }
        None
    }
}

/// What makes a measuring point of one source: its name, and the room and role that the source tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    /// Its name; none where the source tells of a room as a whole.
    pub device: Option<Text>,
    /// The room it is said to measure.
    pub room: Option<Text>,
    /// What it is said to measure.
    pub role: Option<Role>,
}

/// What a measuring point measured in a civil day of the organisation's time zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerDay {
    /// The day.
    pub day: Date,
    /// What went through it.
    pub energy: Energy,
    /// For how many seconds of the day that is known.
    pub seconds: f64,
}

/// Energy up to the end of a day: of the days that are no longer kept, `before`, and of those that are.
pub fn energy_until(until: Date, before: Energy, days: &[PowerDay]) -> Energy {
    days.iter().filter(|known| known.day <= until).fold(before, |sum, known| sum + known.energy)
}

/// A measuring point with all its days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meter {
    /// Which.
    pub point: Point,
    /// Energy of days that are no longer kept.
    pub before: Energy,
    /// Its days, oldest first; only those of which something is known.
    pub days: Vec<PowerDay>,
    /// Its newest power, in watts, and when.
    pub watts: Option<(Moment, f64)>,
    /// The newest index of its energy meter, in kilowatt-hours, and when.
    pub index: Option<(Moment, f64)>,
    /// An index below that one: a wrong reading, unless the next one goes on from it. Not kept over a restart.
    pub fallen: Option<(Moment, f64)>,
}

/// What a point shows at a moment: watts, and the index of its meter.
type Shown = (Moment, Option<f64>, Option<f64>);

/// What makes a point: its name, room and role.
type Named<'a> = (Option<&'a Text>, Option<&'a Text>, Option<Role>);

/// What integration goes by.
#[derive(Clone, Debug)]
pub struct Integration {
    /// Days are those of this time zone.
    pub time_zone: TimeZone,
    /// Nothing is known between two samples of power further apart than so many seconds.
    pub gap: f64,
}

/// Adds samples to the meters of one source, and gives of each meter that changed the days that changed. The order
/// of the samples does not matter; one that is not newer than what its point told last adds nothing. A sample that
/// cannot count ([`PowerSample::fault`]) is passed over.
pub fn integrate(meters: &mut Vec<Meter>, samples: &[PowerSample], by: &Integration) -> Vec<Meter> {
    // A table may hold millions of samples: nothing is cloned but once a point.
    let mut told: BTreeMap<Named, Vec<Shown>> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.fault().is_none()) {
        if let Some(time) = sample.time {
            let point = (sample.device.as_ref(), sample.room.as_ref(), sample.role);
            told.entry(point).or_default().push((time, sample.watts, sample.kwh));
        }
    }
    let mut changed = Vec::new();
    for ((device, room, role), mut readings) in told {
        let point = Point { device: device.cloned(), room: room.cloned(), role };
        readings.sort_by(|a, b| {
            let bits = |value: Option<f64>| value.map(f64::to_bits);
            (a.0, bits(a.1), bits(a.2)).cmp(&(b.0, bits(b.1), bits(b.2)))
        });
        let at = meters.binary_search_by(|meter| meter.point.cmp(&point)).unwrap_or_else(|at| {
            meters.insert(at, Meter { point, ..Meter::default() });
            at
        });
        let mut calendar = Calendar::of(&by.time_zone);
        let mut first: Option<Date> = None;
        for (time, watts, kwh) in readings {
            let day = meters[at].read(time, watts, kwh, by.gap, &mut calendar);
            first = first.or(day);
        }
        changed.push(meters[at].since(first.unwrap_or(Date::MAX)));
    }
    changed
}

impl Meter {
    /// Forgets what it told last where that lies ahead: a clock that was wrong must not silence a meter.
    pub fn forget_after(&mut self, now: Moment) {
        self.watts = self.watts.filter(|(at, _)| *at <= now);
        self.index = self.index.filter(|(at, _)| *at <= now);
    }

    /// The same with its days from this one on.
    pub fn since(&self, first: Date) -> Self {
        let days = self.days.iter().filter(|known| known.day >= first);
        Self { point: self.point.clone(), days: days.copied().collect(), ..*self }
    }

    /// Takes the next reading, and gives the first day to which it added something. A meter that tells an index is
    /// measured by it, whatever lies between two readings; the watts beside it would count the same energy twice.
    fn read(
        &mut self,
        at: Moment,
        watts: Option<f64>,
        kwh: Option<f64>,
        gap: f64,
        calendar: &mut Calendar,
    ) -> Option<Date> {
        let mut first = None;
        if kwh.is_none() && self.index.is_some_and(|(before, _)| at.0 - before.0 > INDEX_LOST) {
            self.index = None;
        }
        if let Some(watts) = watts.filter(|_| self.watts.is_none_or(|(before, _)| before < at)) {
            if let (Some((before, from)), None) = (self.watts, self.index) {
                let seconds = (at.0 - before.0) as f64;
                if seconds <= gap {
                    first = Some(self.add(before, at, Energy((from + watts) / 2.0 * seconds), calendar));
                }
            }
            self.watts = Some((at, watts));
        }
        let newest = self.fallen.or(self.index);
        if let Some(kwh) = kwh.filter(|_| newest.is_none_or(|(before, _)| before < at)) {
            let fallen = self.fallen.take();
            // One that falls is another meter's, or a wrong reading: the next one tells which. What lies between is
            // not known.
            if self.index.is_some_and(|(_, from)| kwh < from) && fallen.is_none_or(|(_, low)| kwh < low) {
                self.fallen = Some((at, kwh));
                return first;
            }
            let base = self.index.map(|index| if kwh < index.1 { fallen.unwrap_or(index) } else { index });
            if let Some((before, from)) = base {
                let energy = Energy::kwh(kwh - from);
                // One that leaps is another meter's.
                if (0.0..=WATTS_MOST * (at.0 - before.0) as f64).contains(&energy.0) {
                    first = Some(self.add(before, at, energy, calendar));
                }
            }
            self.index = Some((at, kwh));
        }
        first
    }

    /// Adds what went through between two moments, each day its share of the time.
    fn add(&mut self, from: Moment, to: Moment, energy: Energy, calendar: &mut Calendar) -> Date {
        let whole = (to.0 - from.0) as f64;
        let first = calendar.day(from);
        let mut begins = from.0;
        while begins < to.0 {
            let day = calendar.day(Moment(begins));
            let ends = calendar.ends.min(to.0);
            let seconds = (ends - begins) as f64;
            let share = energy * (seconds / whole);
            match self.days.binary_search_by(|known| known.day.cmp(&day)) {
                Ok(at) => {
                    self.days[at].energy += share;
                    self.days[at].seconds += seconds;
                }
                Err(at) => self.days.insert(at, PowerDay { day, energy: share, seconds }),
            }
            begins = ends;
        }
        first
    }
}

/// The day of a moment, and when it ends; the one asked for last is remembered.
struct Calendar<'a> {
    time_zone: &'a TimeZone,
    day: Date,
    begins: i64,
    ends: i64,
}

impl<'a> Calendar<'a> {
    fn of(time_zone: &'a TimeZone) -> Self {
        Self { time_zone, day: Date::ZERO, begins: 0, ends: 0 }
    }

    fn day(&mut self, at: Moment) -> Date {
        if !(self.begins..self.ends).contains(&at.0) {
            let day = self.time_zone.to_datetime(Timestamp::from_second(at.0).unwrap_or(Timestamp::MAX)).date();
            let midnight = day.tomorrow().and_then(|next| self.time_zone.to_timestamp(next.at(0, 0, 0, 0)));
            let ends = midnight.map_or(i64::MAX, |midnight| midnight.as_second());
            // A day always ends after each of its moments, whatever a zone does at midnight.
            (self.day, self.begins, self.ends) = (day, at.0, ends.max(at.0 + 1));
        }
        self.day
    }
}

#[cfg(test)]
mod tests;
