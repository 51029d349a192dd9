//! When to collect: a cron expression with seconds, or an interval.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, bail};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Moments of an expression are a second apart at least.
const ONCE: Duration = Duration::from_secs(1);

/// When to collect.
#[derive(Clone, Debug)]
pub enum Schedule {
    /// At the moments of a cron expression with seconds, in the organisation's time zone.
    Cron(Box<croner::Cron>),
    /// So long after the last collection began.
    Every(Duration),
}

impl Schedule {
    /// From `schedule` or `every`; once an hour where neither is told.
    pub fn read(cron: Option<&str>, every: Option<&str>) -> anyhow::Result<Self> {
        match (cron, every) {
            (Some(_), Some(_)) => bail!("both `schedule` and `every` are given: keep one"),
            (Some(cron), None) => {
                let cron = croner::parser::CronParser::builder()
                    .seconds(croner::parser::Seconds::Required)
                    .build()
                    .parse(cron)
                    .with_context(|| format!("`schedule`: `{cron}` is not a cron expression with seconds"))?;
                Ok(Self::Cron(Box::new(cron)))
            }
            (None, Some(every)) => {
                let every = duration(every).context("`every`")?;
                if every < Duration::from_secs(1) {
                    bail!("`every`: at least one second");
                }
                Ok(Self::Every(every))
            }
            (None, None) => Ok(Self::Every(Duration::from_secs(3600))),
        }
    }

    /// Is it told by the wall clock?
    pub fn is_by_clock(&self) -> bool {
        matches!(self, Self::Cron(_))
    }

    /// How long to wait, from now, for the collection after the one that began at `last`.
    /// `None` where the expression has no further moment.
    pub fn wait(&self, last: Option<Timestamp>, now: Timestamp, time_zone: &TimeZone) -> Option<Duration> {
        match self {
            Self::Every(every) => {
                let Some(last) = last else { return Some(Duration::ZERO) };
                let elapsed = now.duration_since(last);
                // A clock that was set back must not silence a source.
                if elapsed.is_negative() {
                    return Some(*every);
                }
                Some(every.saturating_sub(elapsed.unsigned_abs()))
            }
            Self::Cron(cron) => {
                // A timer may end a moment before its time by the wall clock, and this one was for the moment to come.
                let begun = last.filter(|last| now.duration_since(*last).unsigned_abs() < ONCE);
                let from = begun.map_or(now, |last| now.max(last.checked_add(ONCE).unwrap_or(last)));
                let next = next_of(cron, from, time_zone)?.duration_since(now);
                Some(if next.is_negative() { Duration::ZERO } else { next.unsigned_abs() })
            }
        }
    }

    /// Has a moment of the expression passed since this one? What is asked after lengths of time has none.
    pub fn missed(&self, since: Timestamp, now: Timestamp, time_zone: &TimeZone) -> bool {
        match self {
            Self::Every(_) => false,
            Self::Cron(cron) => next_of(cron, since, time_zone).is_some_and(|moment| moment <= now),
        }
    }
}

/// The expression is asked for the zone's own clock; a moment that a change to summer time skips falls right after it,
/// and those of the hour that a change to winter time repeats are when it is there first.
fn next_of(cron: &croner::Cron, now: Timestamp, time_zone: &TimeZone) -> Option<Timestamp> {
    let mut civil = time_zone.to_datetime(now);
    loop {
        let from = TimeZone::UTC.to_timestamp(civil).ok()?;
        let next = cron.find_next_occurrence(&chrono::DateTime::from_timestamp(from.as_second(), 0)?, false).ok()?;
        civil = TimeZone::UTC.to_datetime(Timestamp::from_second(next.timestamp()).ok()?);
        let next = time_zone.to_timestamp(civil).ok()?;
        if next > now {
            return Some(next);
        }
    }
}

/// `15m`, `24h`, `90d`: days are 24 hours.
pub fn duration(text: &str) -> anyhow::Result<Duration> {
    let wrong = || format!("`{text}` is not a length of time (15m, 24h, 90d)");
    let span = jiff::Span::from_str(text.trim()).map_err(|_| anyhow::anyhow!(wrong()))?;
    let relative = jiff::SpanRelativeTo::days_are_24_hours();
    if span.compare((0.seconds(), relative)).map_err(|_| anyhow::anyhow!(wrong()))?.is_lt() {
        bail!(wrong());
    }
    let length = span.to_duration(relative).map_err(|_| anyhow::anyhow!(wrong()))?;
    Ok(length.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        let check = |text: &str, seconds: u64| {
            assert_eq!(duration(text).ok(), Some(Duration::from_secs(seconds)), "{text}");
        };
        check("15m", 900);
        check("24h", 86_400);
        check("90d", 90 * 86_400);
        check("1h30m", 5_400);
        assert!(duration("soon").is_err());
        assert!(duration("-5m").is_err());
    }

    #[test]
    fn cron_in_the_organisations_time_zone() -> anyhow::Result<()> {
        let paris = TimeZone::get("Europe/Paris")?;
        let schedule = Schedule::read(Some("0 0 6 * * *"), None)?;
        let now: Timestamp = "2026-11-24T04:00:00Z".parse()?;
        assert_eq!(schedule.wait(None, now, &paris), Some(Duration::from_secs(3600)));
        assert!(Schedule::read(Some("61 * * * * *"), None).is_err());
        Ok(())
    }

    #[test]
    fn a_moment_that_passed_while_nobody_was_there() -> anyhow::Result<()> {
        let paris = TimeZone::get("Europe/Paris")?;
        let nightly = Schedule::read(Some("0 0 2 * * *"), None)?;
        let missed = |since: &str, now: &str| anyhow::Ok(nightly.missed(since.parse()?, now.parse()?, &paris));
        // 02:00 in Paris is 01:00 UTC in winter.
        assert!(missed("2026-11-23T01:15:00Z", "2026-11-24T01:05:00Z")?);
        assert!(!missed("2026-11-24T01:15:00Z", "2026-11-24T23:59:00Z")?);
        let hourly = Schedule::read(None, Some("1h"))?;
        assert!(!hourly.missed("2026-11-23T01:15:00Z".parse()?, "2026-11-24T01:05:00Z".parse()?, &paris));
        Ok(())
    }

    /// The collections of some days, begun where the schedule says, late or early by so many milliseconds.
    fn begun(cron: &str, from: &str, until: &str, late: i64) -> anyhow::Result<Vec<String>> {
        let paris = TimeZone::get("Europe/Paris")?;
        let schedule = Schedule::read(Some(cron), None)?;
        let (mut now, until): (Timestamp, Timestamp) = (from.parse()?, until.parse()?);
        let (mut last, mut begun) = (None, Vec::new());
        while let Some(wait) = schedule.wait(last, now, &paris) {
            now = now.checked_add(wait)?.checked_add(late.milliseconds())?;
            if now > until {
                break;
            }
            begun.push(paris.to_datetime(now).round(jiff::Unit::Second)?.to_string());
            last = Some(now);
        }
        Ok(begun)
    }

    /// A day has 23 hours on 28 March 2027 and 25 on 31 October, in Paris.
    #[test]
    fn once_a_day_on_days_of_any_length() -> anyhow::Result<()> {
        for late in [-3, 0, 900] {
            for (hour, spring) in [("1", "01"), ("2", "03"), ("3", "03")] {
                let cron = format!("0 30 {hour} * * *");
                let found = begun(&cron, "2027-03-26T12:00:00Z", "2027-03-30T12:00:00Z", late)?;
                let days: Vec<&str> = found.iter().map(|at| &at[8..16]).collect();
                let usual = |day: &str| format!("{day}T0{hour}:30");
                assert_eq!(days, [&usual("27"), &format!("28T{spring}:30"), &usual("29"), &usual("30")], "{late}");
                let found = begun(&cron, "2027-10-29T12:00:00Z", "2027-11-02T12:00:00Z", late)?;
                let days: Vec<&str> = found.iter().map(|at| &at[8..16]).collect();
                assert_eq!(days, [usual("30"), usual("31"), usual("01"), usual("02")], "{late}");
            }
        }
        Ok(())
    }

    /// Whoever starts within the repeated hour, or asks again, does not begin every moment of it anew.
    #[test]
    fn the_repeated_hour_is_not_collected_without_end() -> anyhow::Result<()> {
        // 02:10 for the second time.
        let found = begun("0 30 2 * * *", "2027-10-31T01:10:00Z", "2027-11-01T12:00:00Z", 0)?;
        assert_eq!(found, ["2027-11-01T02:30:00"]);
        let found = begun("0 */10 * * * *", "2027-10-31T01:10:00Z", "2027-10-31T02:25:00Z", 0)?;
        assert_eq!(found, ["2027-10-31T03:00:00", "2027-10-31T03:10:00", "2027-10-31T03:20:00"]);
        Ok(())
    }

    #[test]
    fn a_clock_that_was_set_back_silences_nothing() -> anyhow::Result<()> {
        let (now, ahead): (Timestamp, Timestamp) = ("2026-11-24T04:00:00Z".parse()?, "2027-11-24T04:00:00Z".parse()?);
        for schedule in [Schedule::read(None, Some("1h"))?, Schedule::read(Some("0 0 5 * * *"), None)?] {
            assert_eq!(schedule.wait(Some(ahead), now, &TimeZone::UTC), Some(Duration::from_secs(3600)));
        }
        Ok(())
    }
}
