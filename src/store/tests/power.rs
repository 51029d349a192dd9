//! Electricity by measuring point and day.

use domain::power::{Integration, Meter, Point, PowerSample, energy_until, integrate};
use domain::quantity::Energy;
use jiff::tz::TimeZone;

use super::*;

/// 1 March 2026, midnight in UTC.
const MIDNIGHT: i64 = 1_772_323_200;

fn by() -> Integration {
    Integration { time_zone: TimeZone::UTC, gap: 1800.0 }
}

/// What a point has measured by the end of 2 March.
fn energy(meter: &Meter) -> Energy {
    energy_until(date(2026, 3, 2), meter.before, &meter.days)
}

/// Samples of one point: minutes since midnight, and watts.
fn samples(device: &str, told: &[(i64, f64)]) -> Vec<PowerSample> {
    let sample = |(minute, watts): &(i64, f64)| PowerSample {
        time: Some(Moment(MIDNIGHT + minute * 60)),
        device: Text::of(device),
        watts: Some(*watts),
        ..PowerSample::default()
    };
    told.iter().map(sample).collect()
}

fn meters(samples: &[PowerSample]) -> Vec<Meter> {
    let mut meters = Vec::new();
    integrate(&mut meters, samples, &by());
    meters
}

async fn replace(store: &Store, meters: &[Meter], at: i64) {
    let said = Said {
        observations: &[],
        last: None,
        lines: &Lines::default(),
        power: Some((meters, 7)),
        tells_arrivals: true,
        rejects: &[],
        took: Duration::ZERO,
    };
    store.record("csv", &said, Moment(at), date(2026, 3, 1)).await.unwrap();
}

#[tokio::test]
async fn samples_are_appended_and_go_on_after_a_restart() {
    for home in Home::both() {
        let mut store = home.open().await;
        assert_eq!(store.power("snmp").await.unwrap(), []);
        let mut known = Vec::new();
        // Over midnight, with a restart after each sample.
        for minute in [1420, 1430, 1450, 1460] {
            let changed = integrate(&mut known, &samples("pdu-a1", &[(minute, 100.0)]), &by());
            store.append_power("snmp", &changed).await.unwrap();
            store.close().await;
            store = home.open().await;
            assert_eq!(store.power("snmp").await.unwrap(), known);
            known = store.power("snmp").await.unwrap();
        }
        let all = [(1420, 100.0), (1430, 100.0), (1450, 100.0), (1460, 100.0)];
        assert_eq!(known, meters(&samples("pdu-a1", &all)));
        assert_eq!(known[0].days.len(), 2);
        // The outage between two samples is a gap.
        let changed = integrate(&mut known, &samples("pdu-a1", &[(1600, 100.0)]), &by());
        store.append_power("snmp", &changed).await.unwrap();
        assert_eq!(energy(&store.power("snmp").await.unwrap()[0]), Energy(240_000.0));
        // It was never collected, and still says nothing else; a collection without electricity leaves it alone.
        assert_eq!(store.testimony(&source("snmp")).await.unwrap(), None);
        record(&store, "snmp", &[seen("a", None, "")], &Lines::default(), 1, date(2026, 3, 1)).await;
        assert_eq!(read(&store, "snmp").await.power, known);
    }
}

#[tokio::test]
async fn a_table_replaces_its_days() {
    for home in Home::both() {
        let store = home.open().await;
        let all =
            [samples("pdu-a1", &[(0, 100.0), (10, 100.0), (1440, 5.0), (1450, 5.0)]), samples("pdu-a2", &[(0, 1.0)])];
        let first = meters(&all.concat());
        replace(&store, &first, 1).await;
        assert_eq!(read(&store, "csv").await.power, first);
        assert_eq!(store.journal("csv", 1).await.unwrap()[0].lines, 7);
        // A day goes, one changes, a point goes, another comes.
        let second =
            meters(&[samples("pdu-a1", &[(0, 100.0), (20, 200.0)]), samples("pdu-a3", &[(0, 1.0)])].concat());
        for at in 2..4 {
            replace(&store, &second, at).await;
            assert_eq!(read(&store, "csv").await.power, second);
        }
        replace(&store, &[], 4).await;
        assert_eq!(read(&store, "csv").await.power, []);
    }
}

#[tokio::test]
async fn what_is_purged_stays_in_the_sum() {
    for home in Home::both() {
        let store = home.open().await;
        let whole = meters(&samples("pdu-a1", &[(0, 100.0), (10, 100.0), (1440, 5.0), (1450, 5.0)]));
        replace(&store, &whole, 1).await;
        store.purge(date(2026, 3, 1)).await.unwrap();
        assert_eq!(read(&store, "csv").await.power, whole);
        for _ in 0..2 {
            store.purge(date(2026, 3, 2)).await.unwrap();
            let left = read(&store, "csv").await.power;
            assert_eq!((left[0].before, left[0].days.len()), (Energy(60_000.0), 1));
            assert_eq!(energy(&left[0]), energy(&whole[0]));
        }
        // A sample that is appended leaves the sum; a table that tells all days again makes it anew.
        let left = read(&store, "csv").await.power;
        store.append_power("csv", &left).await.unwrap();
        assert_eq!(read(&store, "csv").await.power, left);
        replace(&store, &whole, 2).await;
        assert_eq!(read(&store, "csv").await.power, whole);
    }
}

#[tokio::test]
async fn a_point_is_its_name_room_and_role() {
    for home in Home::both() {
        let store = home.open().await;
        let told =
            |room: &str, role| PowerSample { room: Text::of(room), role, ..samples("p", &[(0, 1.0)])[0].clone() };
        let role = Some(domain::word::Role::It);
        let nameless = PowerSample { device: None, ..told("A", role) };
        let all = meters(&[told("A", role), told("B", role), told("A", None), told("", None), nameless]);
        assert_eq!(all.len(), 5);
        assert_eq!(all[0].point, Point { device: None, room: Text::of("A"), role });
        replace(&store, &all, 1).await;
        assert_eq!(read(&store, "csv").await.power, all);
    }
}
