//! When to collect: a cron expression with seconds, or an interval.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, bail};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

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
            Self::Cron(cron) => next_of(cron, now, time_zone),
        }
    }
}

/// The expression is asked for the zone's own clock; a moment that a change to summer time skips falls right after it.
fn next_of(cron: &croner::Cron, now: Timestamp, time_zone: &TimeZone) -> Option<Duration> {
    let civil = TimeZone::UTC.to_timestamp(time_zone.to_datetime(now)).ok()?;
    let next = cron.find_next_occurrence(&chrono::DateTime::from_timestamp(civil.as_second(), 0)?, false).ok()?;
    let civil = TimeZone::UTC.to_datetime(Timestamp::from_second(next.timestamp()).ok()?);
    let wait = time_zone.to_timestamp(civil).ok()?.duration_since(now);
    // The hour that a change to winter time repeats has passed once already.
    Some(if wait.is_negative() { Duration::from_secs(1) } else { wait.unsigned_abs() })
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
}
