//! What samples come to, day by day.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn paris() -> Integration {
    let time_zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a zone");
    Integration { time_zone, gap: 1800.0 }
}

/// A sample as `2026-03-01T12:00 watts=100 kwh=5`, in Paris.
fn sample(told: &str) -> PowerSample {
    let by = paris();
    let mut sample = PowerSample { device: Some(Text::from("pdu-a1")), ..PowerSample::default() };
    for word in told.split(' ') {
        match word.split_once('=') {
            Some(("watts", number)) => sample.watts = number.parse().ok(),
            Some(("kwh", number)) => sample.kwh = number.parse().ok(),
            Some((_, other)) => sample.device = Some(Text::from(other)),
            None => {
                let time: jiff::civil::DateTime = word.parse().expect("a time");
                sample.time = by.time_zone.to_timestamp(time).ok().map(|at| Moment(at.as_second()));
            }
        }
    }
    sample
}

fn samples(told: &str) -> Vec<PowerSample> {
    told.lines().map(str::trim).filter(|line| !line.is_empty()).map(sample).collect()
}

/// The days as `DAY JOULES SECONDS`, meter by meter.
fn days(meters: &[Meter]) -> String {
    let days = meters.iter().flat_map(|meter| &meter.days);
    days.map(|known| format!("{} {:.0} {:.0}\n", known.day, known.energy.0, known.seconds)).collect()
}

#[track_caller]
fn check(told: &str, expected: &str) {
    let expected: String = expected.lines().map(|line| format!("{}\n", line.trim())).collect();
    let mut told = samples(told);
    let mut whole = Vec::new();
    integrate(&mut whole, &told, &paris());
    assert_eq!(days(&whole), expected.trim_start_matches('\n'));
    // One after the other they come to the same.
    let mut piecemeal = Vec::new();
    for one in &told {
        integrate(&mut piecemeal, std::slice::from_ref(one), &paris());
    }
    assert_eq!(piecemeal, whole);
    // Their order, and saying them twice, changes nothing.
    told.reverse();
    told.extend(told.clone());
    let mut again = Vec::new();
    integrate(&mut again, &told, &paris());
    assert_eq!(again, whole);
}

#[test]
fn power_over_time_is_energy() {
    check("2026-03-01T12:00 watts=100", "");
    check("2026-03-01T12:00 watts=100\n2026-03-01T12:10 watts=200", "2026-03-01 90000 600");
    check(
        "2026-03-01T12:00 watts=100\n2026-03-01T12:10 watts=200\n2026-03-01T12:20 watts=0\n2026-03-01T12:30 watts=0",
        "2026-03-01 150000 1800",
    );
}

#[test]
fn a_gap_is_a_gap() {
    // Thirty minutes are none yet.
    check("2026-03-01T12:00 watts=100\n2026-03-01T12:30 watts=100", "2026-03-01 180000 1800");
    check("2026-03-01T12:00 watts=100\n2026-03-01T12:31 watts=100", "");
    check(
        "2026-03-01T12:00 watts=100\n2026-03-01T12:10 watts=100\n2026-03-01T15:00 watts=100\n2026-03-01T15:10 watts=100",
        "2026-03-01 120000 1200",
    );
}

#[test]
fn midnight_splits() {
    check("2026-03-01T23:50 watts=100\n2026-03-02T00:10 watts=300", "2026-03-01 120000 600\n2026-03-02 120000 600");
    // An index tells of days on which nobody looked.
    check(
        "2026-03-01T12:00 kwh=10\n2026-03-03T12:00 kwh=14",
        "2026-03-01 3600000 43200\n2026-03-02 7200000 86400\n2026-03-03 3600000 43200",
    );
}

#[test]
fn days_of_23_and_25_hours() {
    check("2026-03-29T00:00 kwh=0\n2026-03-30T00:00 kwh=23", "2026-03-29 82800000 82800");
    check("2026-10-25T00:00 kwh=0\n2026-10-26T00:00 kwh=25", "2026-10-25 90000000 90000");
}

#[test]
fn an_index_is_believed_over_watts() {
    // Watts between two readings of the index would count the same energy twice.
    check(
        "2026-03-01T12:00 watts=100 kwh=10\n2026-03-01T12:10 watts=100\n2026-03-01T12:20 watts=100 kwh=10.5",
        "2026-03-01 1800000 1200",
    );
    // It begins with watts alone, and goes on with an index.
    check(
        "2026-03-01T12:00 watts=100\n2026-03-01T12:10 watts=100 kwh=7\n2026-03-01T12:20 watts=100 kwh=8",
        "2026-03-01 3660000 1200",
    );
    // The index is told no more: after thirty hours the watts count again.
    check(
        "2026-03-01T12:00 watts=100 kwh=7\n2026-03-02T18:01 watts=100\n2026-03-02T18:11 watts=100",
        "2026-03-02 60000 600",
    );
    // After thirty hours to the second it is only late.
    check(
        "2026-03-01T12:00 watts=100 kwh=7
        2026-03-02T17:40 watts=100
        2026-03-02T18:00 watts=100
        2026-03-02T18:20 watts=100",
        "2026-03-02 120000 1200",
    );
}

/// An index told once a day, with watts every twenty minutes beside it: no day is lost, be it long or told late.
#[test]
fn a_daily_index_holds_between_its_readings() {
    let by = paris();
    for (from, to, expected) in [
        ("2026-03-01T00:00", "2026-03-02T00:00", "2026-03-01 86400000 86400\n"),
        ("2026-03-29T00:00", "2026-03-30T00:00", "2026-03-29 86400000 82800\n"),
        ("2026-10-25T00:00", "2026-10-26T00:00", "2026-10-25 86400000 90000\n"),
        ("2026-10-25T00:00", "2026-10-26T05:00", "2026-10-25 72000000 90000\n2026-10-26 14400000 18000\n"),
    ] {
        let ends = [format!("{from} kwh=0"), format!("{to} kwh=24")].map(|told| sample(&told));
        let time = |at: usize| ends[at].time.map_or(0, |time| time.0);
        let watts = (time(0)..=time(1)).step_by(1200).map(|at| PowerSample {
            time: Some(Moment(at)),
            kwh: None,
            watts: Some(100.0),
            ..ends[0].clone()
        });
        let mut meters = Vec::new();
        integrate(&mut meters, &watts.chain(ends.clone()).collect::<Vec<_>>(), &by);
        assert_eq!(days(&meters), expected, "{from} to {to}");
    }
}

/// Of two samples of one moment the first counts; an index that stands still tells that nothing went through.
#[test]
fn what_stands_still() {
    check(
        "2026-03-01T12:00 watts=100\n2026-03-01T12:00 watts=300\n2026-03-01T12:10 watts=100",
        "2026-03-01 60000 600",
    );
    check("2026-03-01T12:00 kwh=5\n2026-03-01T13:00 kwh=5", "2026-03-01 0 3600");
}

/// In Newfoundland clocks went from a minute past midnight back into the evening before: 1 kW for two hours, from half an
/// hour before the second midnight on.
#[test]
fn a_day_that_ends_twice() {
    let time_zone = TimeZone::posix("NST3:30NDT,M3.2.0/0:01,M11.1.0/0:01").expect("a zone");
    let at = |time: &str, kwh| PowerSample {
        time: time.parse().ok().map(|at: Timestamp| Moment(at.as_second())),
        device: Some(Text::from("pdu-a1")),
        kwh: Some(kwh),
        ..PowerSample::default()
    };
    let mut meters = Vec::new();
    let told = [at("2026-11-01T03:00:00Z", 0.0), at("2026-11-01T05:00:00Z", 2.0)];
    integrate(&mut meters, &told, &Integration { time_zone, gap: 1800.0 });
    assert_eq!(days(&meters), "2026-10-31 1800000 1800\n2026-11-01 5400000 5400\n");
}

#[test]
fn a_replaced_meter_is_a_gap() {
    check(
        "2026-03-01T12:00 kwh=100\n2026-03-01T13:00 kwh=101\n2026-03-01T14:00 kwh=0\n2026-03-01T15:00 kwh=2",
        "2026-03-01 10800000 7200",
    );
    // A wrong reading between two right ones is none.
    check(
        "2026-03-01T12:00 kwh=52000\n2026-03-01T13:00 kwh=0\n2026-03-01T14:00 kwh=52002",
        "2026-03-01 7200000 7200",
    );
    // The next meter has not counted yet, and is known all the while.
    check(
        "2026-03-01T12:00 kwh=100
        2026-03-01T13:00 kwh=101
        2026-03-01T14:00 kwh=0
        2026-03-01T15:00 kwh=0
        2026-03-01T16:00 kwh=2",
        "2026-03-01 10800000 10800",
    );
    // A leap of more than 10 MW is one too.
    check("2026-03-01T12:00 kwh=100\n2026-03-01T13:00 kwh=90000", "");
}

#[test]
fn points_are_apart() {
    check(
        "2026-03-01T12:00 watts=100\n2026-03-01T12:05 watts=900 of=pdu-a2\n2026-03-01T12:10 watts=100\n2026-03-01T12:15 watts=900 of=pdu-a2",
        "2026-03-01 60000 600\n2026-03-01 540000 600",
    );
}

#[test]
fn what_changed_is_given_back() {
    let mut meters = Vec::new();
    integrate(&mut meters, &samples("2026-03-01T12:00 watts=100\n2026-03-01T12:10 watts=100"), &paris());
    let changed = integrate(&mut meters, &samples("2026-03-01T12:20 watts=100"), &paris());
    assert_eq!(days(&changed), "2026-03-01 120000 1200\n");
    let changed = integrate(&mut meters, &samples("2026-03-02T12:00 watts=100"), &paris());
    assert_eq!((days(&changed).as_str(), changed.len()), ("", 1));
    assert_eq!(changed[0].watts.map(|(_, watts)| watts), Some(100.0));
    let changed = integrate(&mut meters, &samples("2026-03-02T12:10 watts=100"), &paris());
    assert_eq!(days(&changed), "2026-03-02 60000 600\n");
}

#[test]
fn a_clock_that_was_ahead_silences_nothing() {
    let mut meters = Vec::new();
    integrate(&mut meters, &samples("2027-03-01T12:00 watts=100 kwh=1"), &paris());
    let now = sample("2026-03-01T12:00").time.expect("a time");
    let mut right = Meter { watts: Some((now, 100.0)), index: Some((now, 1.0)), ..Meter::default() };
    right.forget_after(now);
    assert_eq!((right.watts, right.index), (Some((now, 100.0)), Some((now, 1.0))), "what is told now is kept");
    meters[0].forget_after(now);
    integrate(&mut meters, &samples("2026-03-01T12:00 watts=100\n2026-03-01T12:10 watts=100"), &paris());
    assert_eq!(days(&meters), "2026-03-01 60000 600\n");
    let energy = |until| energy_until(until, meters[0].before, &meters[0].days);
    assert_eq!(energy(Date::MAX), Energy(60_000.0));
    assert_eq!(energy(date(2026, 2, 28)), Energy(0.0));
}

#[test]
fn what_cannot_be_is_refused() {
    let fault = |told: &str| sample(told).fault().map(|(field, _)| field);
    assert_eq!(fault("2026-03-01T12:00 watts=0"), None);
    assert_eq!(fault("watts=1"), Some("time"));
    assert_eq!(fault("1996-03-01T12:00 watts=1"), Some("time"));
    assert_eq!(fault("2026-03-01T12:00"), Some("watts"));
    assert_eq!(fault("2026-03-01T12:00 watts=-1"), Some("watts"));
    assert_eq!(fault("2026-03-01T12:00 watts=NaN"), Some("watts"));
    assert_eq!(fault("2026-03-01T12:00 watts=10000001"), Some("watts"));
    assert_eq!(fault("2026-03-01T12:00 kwh=-1"), Some("kwh"));
    let nowhere = PowerSample { device: None, ..sample("2026-03-01T12:00 watts=1") };
    assert_eq!(nowhere.fault().map(|(field, _)| field), Some("device"));
    let mut meters = Vec::new();
    integrate(&mut meters, &samples("2026-03-01T12:00 watts=1e9"), &paris());
    assert_eq!(meters, []);
}

fn shown() -> impl Strategy<Value = PowerSample> {
    let number = |most: f64| prop_oneof![8 => 0.0..most, 1 => any::<f64>(), 1 => Just(0.0)];
    let time = prop_oneof![8 => 0_i64..200_000, 1 => any::<i64>()];
    let room = prop::option::of(Just(Text::from("A")));
    let role = prop::option::of(prop::sample::select(vec![Role::It, Role::Total]));
    let told = (prop::option::of(number(5e3)), prop::option::of(number(50.0)));
    (time, told, prop::bool::ANY, room, role).prop_map(|(time, (watts, kwh), named, room, role)| PowerSample {
        // From the evening before a day of 25 hours on.
        time: Some(Moment(time.saturating_add(1_792_875_600))),
        device: named.then(|| Text::from("pdu-a1")),
        room,
        watts,
        kwh,
        role,
    })
}

proptest! {
    /// Whatever meters tell, in whatever order and pieces: no day is longer than it was, nothing is negative.
    #[test]
    fn days_hold_what_they_can(told in prop::collection::vec(shown(), 0..40)) {
        let by = paris();
        let mut whole = Vec::new();
        integrate(&mut whole, &told, &by);
        for meter in &whole {
            prop_assert!(meter.days.is_sorted_by_key(|known| known.day));
            for PowerDay { day, energy, seconds } in &meter.days {
                let longest = if *day == date(2026, 10, 25) { 90_000.0 } else { 86_400.0 };
                prop_assert!((0.0..=longest).contains(seconds) && *seconds > 0.0, "{day} {seconds}");
                prop_assert!(energy.0 >= 0.0 && energy.0 <= WATTS_MOST * seconds * 1.000_001, "{day} {energy:?}");
            }
        }
        let mut sorted = told.clone();
        sorted.sort_by_key(|sample| (sample.time, sample.watts.map(f64::to_bits), sample.kwh.map(f64::to_bits)));
        let mut piecemeal = Vec::new();
        for piece in sorted.chunks(3) {
            integrate(&mut piecemeal, piece, &by);
        }
        prop_assert_eq!(piecemeal, whole);
    }
}
