#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Networks, network};

#[test]
fn a_proxy_is_believed_from_its_own_addresses_alone() {
    let check = |trusted: &[&str], peer: &str, is_believed: bool| {
        let trusted = Networks(trusted.iter().map(|told| network(told).unwrap()).collect());
        assert_eq!(trusted.hold(peer.parse().unwrap()), is_believed, "{peer}");
    };
    check(&["10.0.0.5"], "10.0.0.5", true);
    check(&["10.0.0.5"], "10.0.0.4", false);
    // How an IPv6 socket shows an IPv4 peer.
    check(&["10.0.0.5"], "::ffff:10.0.0.5", true);
    check(&["::ffff:10.0.0.5"], "10.0.0.5", true);
    check(&["::ffff:10.0.0.0/120"], "10.0.0.9", true);
    check(&["::ffff:10.0.0.0/120"], "10.0.1.9", false);
    check(&["10.0.0.0/24"], "10.0.0.255", true);
    check(&["10.0.0.0/24"], "10.0.1.0", false);
    check(&["192.0.2.1", "2001:db8::/32"], "2001:db8:ffff::1", true);
    check(&["192.0.2.1", "2001:db8::/32"], "2001:db9::1", false);
    check(&["::1"], "127.0.0.1", false);
}

#[test]
fn what_is_no_network_is_refused() {
    let wrong = ["", "proxy", "10.0.0", "10.0.0.5/33", "0.0.0.0/0", "::/0", "::1/129", "10.0.0.0/x", "10.0.0.5/"];
    for told in wrong.into_iter().chain(["::ffff:0.0.0.0/96", "::ffff:0.0.0.0/64"]) {
        assert!(network(told).is_err(), "{told}");
    }
}
