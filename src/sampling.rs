//! Samples of electricity, from a source's measuring points to its last word and the store.

use connectors::{Class, Failure};
use domain::indicator::power::FRESH_SECONDS;
use domain::power::{Integration, Meter, PowerSample, integrate};
use domain::testimony::{Moment, Testimony};
use jiff::Timestamp;
use jiff::civil::Date;
use tracing::debug;

use crate::store::Store;

/// What samples come to.
pub struct Integrated {
    /// The meters with them.
    pub meters: Vec<Meter>,
    /// Those that changed, with the days that changed.
    pub changed: Vec<Meter>,
    /// The samples.
    pub samples: Vec<PowerSample>,
}

/// Integrates apart from the threads that serve: a table may hold millions of samples, a house years of days.
pub async fn integrated(mut meters: Vec<Meter>, samples: Vec<PowerSample>, by: &Integration) -> Integrated {
    let by = by.clone();
    let work = tokio::task::spawn_blocking(move || {
        let changed = integrate(&mut meters, &samples, &by);
        Integrated { meters, changed, samples }
    });
    // Nobody abandons it: there is a result, or a panic, which goes on here.
    work.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Integrates samples with what the source told last, and writes the days that this changes. Gives how many counted.
/// What the database refuses stays in the testimony, and the first such day in `unwritten`: all days from it on are
/// written with the next samples, or by [`catch_up`].
///
/// # Errors
/// Where there are no samples, or the store fails.
pub async fn take(
    store: &Store,
    testimony: &mut Testimony,
    unwritten: &mut Option<Date>,
    sampled: Result<Vec<PowerSample>, Failure>,
    by: &Integration,
    now: Timestamp,
) -> Result<usize, Failure> {
    let mut samples = sampled?;
    // A clock that runs a little ahead is usual; one that is wrong by more tells nothing.
    let latest = Moment(now.as_second() + 86_400);
    for meter in &mut testimony.power {
        meter.forget_after(latest);
    }
    samples.retain(|sample| sample.time.is_none_or(|time| time <= latest));
    let mut counted = samples.len();
    for (field, reason) in samples.iter().filter_map(PowerSample::fault) {
        debug!(source = &*testimony.source.name, "a sample is passed over: {field}: {reason}");
        counted -= 1;
    }
    let Integrated { meters, changed, .. } = integrated(std::mem::take(&mut testimony.power), samples, by).await;
    testimony.power = meters;
    if changed.is_empty() {
        return Ok(counted);
    }
    let first = changed.iter().filter_map(|meter| meter.days.first()).map(|known| known.day).min();
    let kept = match unwritten {
        None => store.append_power(&testimony.source.name, &changed).await,
        Some(since) => {
            *since = first.map_or(*since, |first| first.min(*since));
            catch_up(store, testimony, unwritten).await
        }
    };
    kept.map_err(|error| {
        *unwritten = unwritten.or(first);
        Failure::new(Class::Other, error)
    })?;
    Ok(counted)
}

/// Writes the days that the database refused before, and all that follow.
///
/// # Errors
/// Where it refuses them again: they stay unwritten.
pub async fn catch_up(store: &Store, testimony: &Testimony, unwritten: &mut Option<Date>) -> anyhow::Result<()> {
    if let Some(since) = *unwritten {
        let late: Vec<Meter> = testimony.power.iter().map(|meter| meter.since(since)).collect();
        store.append_power(&testimony.source.name, &late).await?;
        *unwritten = None;
    }
    Ok(())
}

/// How many measuring points show a power that is told.
pub fn fresh(testimonies: &[Testimony], now: Timestamp) -> usize {
    let meters = testimonies.iter().flat_map(|testimony| &testimony.power);
    let told = meters.filter_map(|meter| meter.watts);
    told.filter(|(at, _)| (now.as_second() - at.0).abs() <= FRESH_SECONDS).count()
}

#[cfg(test)]
mod tests;
