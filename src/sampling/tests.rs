//! A source that is sampled, from its asking to the store.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use connectors::{Harvest, Progress};
use domain::power::energy_until;
use domain::quantity::Energy;
use domain::record::Text;
use domain::testimony::Lines;
use jiff::civil::date;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::*;
use crate::config::{Schedule, Source};
use crate::schedule::{Event, keep_sampling};
use crate::store::Place;

/// 1 March 2026, noon in UTC.
const NOON: i64 = 1_772_366_400;

fn by() -> Integration {
    Integration { time_zone: TimeZone::UTC, gap: 1800.0 }
}

fn shows(at: i64, watts: f64) -> PowerSample {
    PowerSample { time: Some(Moment(at)), device: Text::of("pdu-a1"), watts: Some(watts), ..PowerSample::default() }
}

/// A PDU of 100 W; each time it is asked a minute has passed, and the third time it is silent.
#[derive(Default)]
struct Pdu(AtomicI64);

#[async_trait::async_trait]
impl connectors::Source for Pdu {
    async fn collect(&self, _: &Progress) -> Result<Harvest, Failure> {
        Ok(Harvest::default())
    }

    fn samples_every(&self) -> Option<Duration> {
        Some(Duration::from_millis(10))
    }

    async fn sample(&self) -> Result<Vec<PowerSample>, Failure> {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            2 => Err(Failure::new(Class::Timeout, anyhow::anyhow!("silent"))),
            // A sensor that lies is passed over, the others count.
            asked => Ok(vec![shows(NOON + asked * 60, 100.0), shows(NOON + asked * 60, -5.0)]),
        }
    }
}

fn source() -> Source {
    Source {
        told: told(),
        connector: "snmp",
        schedule: Schedule::Every(Duration::from_secs(3600)),
        timeout: Duration::from_secs(10),
        stale_after: Duration::from_secs(3600),
        allow_shrink: false,
        link: None,
        rules: Vec::new(),
        asks: Arc::new(Pdu::default()),
    }
}

fn told() -> domain::testimony::Source {
    domain::testimony::Source {
        name: "snmp".into(),
        creates: true,
        realm: "".into(),
        entity: None,
        unlisted_after: 1,
        exits_recorded_since: None,
    }
}

fn unheard(power: Vec<domain::power::Meter>) -> Testimony {
    Testimony { source: told(), harvested: Moment(0), observations: Vec::new(), lines: Lines::default(), power }
}

#[tokio::test]
async fn points_are_asked_on_their_own_schedule_and_outlive_a_restart() {
    let folder = std::env::temp_dir().join(format!("ecoparc-sampling-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let (events, mut happens) = mpsc::channel(4);
    let sampling = tokio::spawn(keep_sampling(0, Arc::new(source()), events));
    let mut sampled = Vec::new();
    let began = tokio::time::Instant::now();
    for _ in 0..4 {
        let Some((0, Event::Sampled(told))) = happens.recv().await else { panic!("samples are awaited") };
        sampled.push(told);
    }
    // Whatever a source wants, once a second is often enough.
    assert!(began.elapsed().as_secs() >= 3);
    sampling.abort();
    let now = Timestamp::from_second(NOON + 600).unwrap();
    let mut counted = Vec::new();
    let mut power = Vec::new();
    for told in sampled {
        // A restart before each.
        let store = Store::open(&Place::file(&folder)).await.unwrap();
        let mut testimony = unheard(store.power("snmp").await.unwrap());
        assert_eq!(testimony.power, power);
        counted.push(take(&store, &mut testimony, &mut None, told, &by(), now).await.ok());
        power = testimony.power;
        store.close().await;
    }
    assert_eq!(counted, [Some(1), Some(1), None, Some(1)]);
    // Noon, one past and three past: nothing is lost, since no gap is longer than half an hour.
    assert_eq!(energy_until(date(2026, 3, 1), power[0].before, &power[0].days), Energy(18_000.0));
    assert_eq!(power[0].days[0].seconds, 180.0);
    let testimony = [unheard(power)];
    assert_eq!(fresh(&testimony, now), 1);
    assert_eq!(fresh(&testimony, Timestamp::from_second(NOON + 180 + 901).unwrap()), 0);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The database goes away before midnight and comes back after it: no day is lost, whoever writes next.
#[tokio::test]
async fn days_that_could_not_be_written_are_written_later() {
    let evening = NOON + 12 * 3600 - 1200;
    let now = Timestamp::from_second(evening + 86_400).unwrap();
    // A point that falls silent meanwhile, and one that goes on.
    let silent = |at| PowerSample { device: Text::of("pdu-a2"), ..shows(at, 50.0) };
    for by_samples in [true, false] {
        let folder = std::env::temp_dir().join(format!("ecoparc-unwritten-{}-{by_samples}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let open = async || Store::open(&Place::file(&folder)).await.unwrap();
        let (mut store, mut testimony, mut unwritten) = (open().await, unheard(Vec::new()), None);
        for (at, away, expected) in [
            (0, false, None),
            (600, true, Some(date(2026, 3, 1))),
            (1800, true, Some(date(2026, 3, 1))),
            (2400, !by_samples, Some(date(2026, 3, 1)).filter(|_| !by_samples)),
        ] {
            if away {
                store.close().await;
            } else if at > 0 {
                store = open().await;
            }
            let mut told = vec![shows(evening + at, 100.0)];
            told.extend((at <= 600).then(|| silent(evening + at)));
            let taken = take(&store, &mut testimony, &mut unwritten, Ok(told), &by(), now).await;
            assert_eq!((taken.is_err(), unwritten), (away, expected), "after {at} s");
        }
        if !by_samples {
            store = open().await;
            catch_up(&store, &testimony, &mut unwritten).await.unwrap();
        }
        assert_eq!(unwritten, None);
        let kept = store.power("snmp").await.unwrap();
        assert_eq!(kept, testimony.power);
        let energy = |point: usize, day| energy_until(date(2026, 3, day), kept[point].before, &kept[point].days);
        assert_eq!(energy(0, 1), Energy(120_000.0));
        assert_eq!(energy(0, 2), Energy(240_000.0));
        assert_eq!(energy(1, 2), Energy(30_000.0));
        store.close().await;
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
