#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

#[test]
fn a_burst_is_let_through_and_then_the_pace_holds() {
    let allowance = Allowance::of(Duration::from_millis(100), 5);
    let now = Instant::now();
    for _ in 0..5 {
        assert_eq!(allowance.wait(HERE, now, true), None);
    }
    assert_eq!(allowance.wait(HERE, now, true), Some(Duration::from_millis(100)));
    assert_eq!(allowance.wait(THERE, now, true), None, "another client is another matter");
    let later = now + Duration::from_millis(100);
    assert_eq!(allowance.wait(HERE, later, true), None);
    assert!(allowance.wait(HERE, later, true).is_some());
    let much_later = now + Duration::from_secs(60);
    assert_eq!((0..9).filter(|_| allowance.wait(HERE, much_later, true).is_none()).count(), 5, "no more is saved up");
}

/// Fifty dashboards and scrapers behind one address, four times a second each, for an hour.
#[test]
fn fifty_busy_clients_are_not_held_up() {
    let limits = Limits::of(500);
    let start = Instant::now();
    for quarter in 0..4 * 3600 {
        let now = start + Duration::from_millis(250) * quarter;
        for _ in 0..50 {
            assert_eq!(limits.requests.wait(HERE, now, true), None);
        }
    }
}

#[test]
fn who_is_wrong_too_often_waits_and_what_was_good_goes_on() {
    let limits = Limits::of(500);
    let good = [1; 32];
    assert_eq!(limits.token(HERE, good), None);
    for _ in 0..MISTAKES {
        assert_eq!(limits.credentials(HERE), None);
        limits.mistaken(HERE);
    }
    let wait = limits.credentials(HERE).unwrap();
    assert!(wait <= MISTAKE && wait > MISTAKE / 2, "{wait:?}");
    assert!(limits.token(HERE, [3; 32]).is_some(), "a good one that is new here waits like a wrong one");
    assert_eq!(limits.token(HERE, good), None);
    assert_eq!(limits.credentials(THERE), None);
}

#[test]
fn what_is_remembered_is_bounded() {
    let allowance = Allowance::of(Duration::from_secs(60), 10);
    let now = Instant::now();
    for at in 0..2 * CLIENTS as u32 {
        allowance.wait(IpAddr::V4(at.into()), now, true);
    }
    assert!(allowance.earned.lock().unwrap().len() <= CLIENTS);
    let network = |text: &str| whole(text.parse().unwrap());
    assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
    assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
    assert_eq!(network("::ffff:192.0.2.1"), HERE);
}
