//! Measured electricity of rooms, and their power usage effectiveness (EN 50600-4-2).

use crate::power::energy_until;
use crate::quantity::Energy;
use crate::record::Text;
use crate::room::{Room, UNKNOWN};
use crate::word::{Role, Word};

use super::{Basis, Grounds, Indicator, Reading, Slice};

/// The power of a point is told for so many seconds.
pub const FRESH_SECONDS: i64 = 900;

/// The questions about rooms.
pub static ALL: &[Indicator] = &[
    Indicator {
        name: "power_watts",
        help: "Newest power that a room's measuring points show; a point silent for 15 minutes is left out.",
        unit: "watts",
        compute: watts,
    },
    Indicator {
        name: "room_energy_joules_total",
        help: "Energy measured in a room since measuring began; gaps add nothing.",
        unit: "joules",
        compute: energy,
    },
    Indicator {
        name: "room_pue_ratio",
        help: "Power usage effectiveness of a room: total over IT energy, where both are measured, the last 365 days.",
        unit: "ratio",
        compute: pue,
    },
];

const ROLES: [Option<Role>; 3] = [Some(Role::It), Some(Role::Total), None];
const NOWHERE: &str = "no [[room]] names these measuring points, and their source tells no room";
const APART: &str = "no [[room]] names these measuring points: one may feed another, so they have no sum";
const UNMEASURED: &str = "nothing is known between two samples yet: they may be further apart than power_gap_minutes";
const NOBODY: &str = "no asset stands at this room's locations: its electricity is in no footprint";
const QUIET: &str = "no measuring point told its power in the last 15 minutes";
const PARTLY: &str = "at least: some measuring points are silent";
const NEVER: &str = "was never heard of";
const NOT_TOGETHER: &str = "IT and total electricity are not measured together yet";
const NO_PUE: &str = "IT shows nothing, or more than all: look at the measuring points";

/// What may be noted beside these figures, for those who translate it; before the first one stands a point's name.
pub const NOTES: [&str; 9] = [NEVER, NOWHERE, APART, UNMEASURED, NOBODY, QUIET, PARTLY, NOT_TOGETHER, NO_PUE];

fn slice(room: &Room, role: Option<Role>) -> Slice {
    vec![("room", room.name.clone()), ("role", Text::from(role.map_or(UNKNOWN, Word::name)))]
}

/// Every room and role that has a measuring point.
fn measured<'a>(basis: &Basis<'a>) -> impl Iterator<Item = (&'a Room, Option<Role>)> {
    let rooms = basis.snapshot.rooms.iter().filter(|room| room.shown);
    rooms.flat_map(|room| ROLES.map(|role| (room, role))).filter(|(room, role)| room.of_role(*role).next().is_some())
}

/// May the points of a room be added up? Of those that nobody has put anywhere, one may feed another.
fn is_sum(room: &Room, role: Option<Role>) -> bool {
    &*room.name != UNKNOWN || room.of_role(role).count() < 2
}

fn noted(reading: Reading, room: &Room) -> Reading {
    let reading = Reading { grounds: Grounds::Measured, ..reading };
    if &*room.name == UNKNOWN && reading.note.is_none() { reading.note(NOWHERE) } else { reading }
}

fn watts(basis: &Basis) -> Vec<Reading> {
    let readings = measured(basis).map(|(room, role)| {
        if !is_sum(room, role) {
            return noted(Reading::maybe(slice(room, role), None, APART), room);
        }
        let never = role.map_or(0, |role| room.silent_of(role).count());
        let (mut sum, mut fresh, mut all) = (0.0, 0.0, never as f64);
        for meter in room.of_role(role).filter(|meter| meter.watts.is_some()) {
            all += 1.0;
            let near = |at: i64| basis.now.is_some_and(|now| (now.0 - at).abs() <= FRESH_SECONDS);
            if let Some((_, watts)) = meter.watts.filter(|(at, _)| near(at.0)) {
                sum += watts;
                fresh += 1.0;
            }
        }
        let value = (fresh > 0.0).then_some(sum);
        let reading =
            Reading::maybe(slice(room, role), value, QUIET).coverage(Some(if all > 0.0 { fresh / all } else { 0.0 }));
        let partly = fresh > 0.0 && fresh < all;
        noted(if partly { reading.note(PARTLY) } else { reading }, room)
    });
    readings.collect()
}

fn energy(basis: &Basis) -> Vec<Reading> {
    let readings = measured(basis).map(|(room, role)| {
        if !is_sum(room, role) {
            return noted(Reading::maybe(slice(room, role), None, APART), room);
        }
        let meters = room.of_role(role).map(|meter| energy_until(basis.at, meter.before, &meter.days));
        let joules = meters.fold(Energy(0.0), |sum, energy| sum + energy).0;
        let known =
            joules > 0.0 || room.of_role(role).any(|meter| meter.days.iter().any(|known| known.day <= basis.at));
        let reading = Reading::maybe(slice(room, role), known.then_some(joules), UNMEASURED);
        let place = basis.snapshot.rooms.iter().position(|known| known.name == room.name);
        let idle = role == Some(Role::It) && !place.is_some_and(|place| basis.feeds.feeds(place));
        noted(if idle && !room.locations.is_empty() { reading.note(NOBODY) } else { reading }, room)
    });
    readings.collect()
}

fn pue(basis: &Basis) -> Vec<Reading> {
    let rooms = basis.snapshot.rooms.iter().filter(|room| room.shown && &*room.name != UNKNOWN);
    let readings =
        rooms.filter(|room| room.of_role(Some(Role::It)).chain(room.of_role(Some(Role::Total))).next().is_some());
    let readings = readings.map(|room| {
        let slice = vec![("room", room.name.clone())];
        let reading = match room.common(basis.at) {
            None => {
                let mut silent = [Role::It, Role::Total].into_iter().flat_map(|role| room.silent_of(role));
                match silent.next() {
                    Some(point) => Reading::maybe(slice, None, &format!("{point} {NEVER}")),
                    None => Reading::maybe(slice, None, NOT_TOGETHER),
                }
            }
            Some(common) => match common.pue() {
                None => Reading::maybe(slice, None, NO_PUE),
                Some(pue) => {
                    let (seconds, (first, last)) = common.covered;
                    let note = format!(
                        "over {:.1} days known of both, from {first} to {last}; a year is asked",
                        seconds / 86_400.0
                    );
                    Reading::of(slice, pue).coverage(Some(seconds / (365.0 * 86_400.0))).note(&note)
                }
            },
        };
        noted(reading, room)
    });
    readings.collect()
}
