//! Samples of electricity, from a source's measuring points to its last word and the store.

use connectors::{Class, Failure};
use domain::indicator::power::FRESH_SECONDS;
use domain::power::{Integration, PowerSample, integrate};
use domain::testimony::{Moment, Testimony};
use jiff::Timestamp;
use tracing::debug;

use crate::store::Store;

/// Integrates samples with what the source told last, and writes the days that this changes. Gives how many counted.
/// What the database refuses is written with the next samples: days are written whole.
///
/// # Errors
/// Where there are no samples, or the store fails.
pub async fn take(
    store: &Store,
    testimony: &mut Testimony,
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
    let changed = integrate(&mut testimony.power, &samples, by);
    if !changed.is_empty() {
        let kept = store.append_power(&testimony.source.name, &changed).await;
        kept.map_err(|error| Failure::new(Class::Other, error))?;
    }
    Ok(counted)
}

/// How many measuring points show a power that is told.
pub fn fresh(testimonies: &[Testimony], now: Timestamp) -> usize {
    let meters = testimonies.iter().flat_map(|testimony| &testimony.power);
    let told = meters.filter_map(|meter| meter.watts);
    told.filter(|(at, _)| (now.as_second() - at.0).abs() <= FRESH_SECONDS).count()
}

#[cfg(test)]
mod tests;
