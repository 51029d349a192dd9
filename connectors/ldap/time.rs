//! Moments as directories tell them. Pure. What cannot be read is not repeated: a wrongly named attribute may hold what
//! names a person.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// From 1601 to 1970, in seconds: where a FILETIME begins (MS-DTYP 2.3.3).
const EPOCH: i64 = 11_644_473_600;
/// A FILETIME counts tenths of a microsecond.
const TICKS: i64 = 10_000_000;

/// A FILETIME (digits alone) or a generalised time (RFC 4517, 3.3.13); `None` for one that means never.
pub fn moment(told: &str) -> Result<Option<Timestamp>, &'static str> {
    let digits = told.strip_prefix('-').unwrap_or(told);
    if !digits.is_empty() && digits.len() != 14 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return filetime(told);
    }
    generalised(told).map(Some)
}

/// 0, the greatest number there is (MS-ADTS 2.2.16, accountExpires) and whatever lies before 1601 mean never.
pub fn filetime(told: &str) -> Result<Option<Timestamp>, &'static str> {
    const WRONG: &str = "it is no FILETIME";
    let ticks: i64 = told.parse().map_err(|_| WRONG)?;
    if ticks <= 0 || ticks == i64::MAX {
        return Ok(None);
    }
    Timestamp::from_second(ticks / TICKS - EPOCH).map(Some).map_err(|_| WRONG)
}

/// `20261124140530Z`, `2026112414Z`, `20261124140530.5+0100`.
pub fn generalised(told: &str) -> Result<Timestamp, &'static str> {
    const WRONG: &str = "it is no generalised time";
    let (clock, zone) = match told.find(['Z', '+', '-']) {
        Some(at) => told.split_at(at),
        None => return Err(WRONG),
    };
    let offset = match zone {
        "Z" => Offset::UTC,
        zone => {
            let (sign, digits) = zone.split_at(1);
            let hours: i32 = two(digits, 0).ok_or(WRONG)?.into();
            let minutes: i32 = if digits.len() == 2 { 0 } else { two(digits, 2).ok_or(WRONG)?.into() };
            let seconds = (hours * 60 + minutes) * 60;
            if digits.len() > 4 {
                return Err(WRONG);
            }
            Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).map_err(|_| WRONG)?
        }
    };
    // A fraction of an hour, a minute or a second changes no day worth telling.
    let clock = clock.split(['.', ',']).next().unwrap_or_default();
    if !matches!(clock.len(), 10 | 12 | 14) {
        return Err(WRONG);
    }
    let century: i16 = two(clock, 0).ok_or(WRONG)?.into();
    let [year, month, day, hour] = [2, 4, 6, 8].map(|at| two(clock, at));
    let part = |at: usize| if clock.len() > at { two(clock, at) } else { Some(0) };
    let (Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)) =
        (year, month, day, hour, part(10), part(12))
    else {
        return Err(WRONG);
    };
    let date = Date::new(century * 100 + i16::from(year), month, day).map_err(|_| WRONG)?;
    // A leap second is told as the one before it.
    let time = Time::new(hour, minute, second.min(59), 0).map_err(|_| WRONG)?;
    if second > 60 {
        return Err(WRONG);
    }
    offset.to_timestamp(date.to_datetime(time)).map_err(|_| WRONG)
}

/// Two digits, from a place on.
fn two(text: &str, at: usize) -> Option<i8> {
    let digits = text.get(at..at + 2)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// Whole days since 1970, as shadow(5) counts them.
pub fn days(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}
