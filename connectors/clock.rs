//! The clock of a server that tells its own time without saying how far that is from ours. Pure.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// Whose moments are told, and in whose days they are wanted.
#[derive(Clone, Debug)]
pub struct Clock {
    /// How far the server's own time is from UTC, where that was seen and is not the house's.
    pub server: Option<Offset>,
    /// The organisation's time zone.
    pub house: TimeZone,
}

impl Clock {
    /// The clock of a server that said `local` at the moment `at`. One that shows the house's time is in its zone,
    /// summer and winter.
    pub fn of(local: Option<DateTime>, at: Option<Timestamp>, house: TimeZone) -> Self {
        let ahead = local
            .zip(at)
            .and_then(|(local, at)| Some(Offset::UTC.to_timestamp(local).ok()?.as_second() - at.as_second()));
        match ahead.zip(at) {
            Some((ahead, at)) => Self::ahead(ahead, at, house),
            None => Self { server: None, house },
        }
    }

    /// The clock of a server whose own time was so many seconds ahead of UTC at the moment `at`.
    pub fn ahead(seconds: i64, at: Timestamp, house: TimeZone) -> Self {
        // Zones differ by quarters of an hour; the rest is how long the answer took.
        let quarters = (seconds as f64 / 900.0).round() as i32;
        let offset = Offset::from_seconds(quarters.saturating_mul(900)).ok();
        Self { server: offset.filter(|offset| *offset != house.to_offset(at)), house }
    }

    /// The day of a moment, in the organisation's time zone.
    pub fn day(&self, moment: &str) -> Option<Date> {
        if let Ok(at) = moment.parse::<Timestamp>() {
            return Some(crate::day_of(at, &self.house));
        }
        let local: DateTime = moment.parse().ok()?;
        let Some(server) = self.server else { return Some(local.date()) };
        Some(crate::day_of(server.to_timestamp(local).ok()?, &self.house))
    }
}
