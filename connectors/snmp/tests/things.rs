//! What makes a thing known again, and what is none.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::snmp::{read, replay};

/// The things of an agent of this object, with this description, interfaces and more objects.
fn things(object: &str, description: &str, macs: &[&str], more: &str) -> Vec<read::Thing> {
    let mut text = format!("1.3.6.1.2.1.1.1.0|4|{description}\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.{object}\n");
    text += "1.3.6.1.2.1.1.5.0|4|name\n";
    for (at, mac) in macs.iter().enumerate() {
        text += &format!("1.3.6.1.2.1.2.2.1.3.{at}|2|6\n1.3.6.1.2.1.2.2.1.6.{at}|4x|{mac}\n");
    }
    let told = replay::recording(&(text + more));
    read::things(&told, Timestamp::UNIX_EPOCH, &TimeZone::UTC)
}

/// Addresses that software makes up, and that come and go, are not what a machine is known by.
#[test]
fn addresses_of_its_own() {
    let native = |macs: &[&str]| things("8072.3.2.10", "Linux srv 6.1", macs, "")[0].native.to_string();
    assert_eq!(native(&["3cfdfe000001", "024281a2b3c4", "3cfdfe000002"]), "mac/3C:FD:FE:00:00:01");
    assert_eq!(native(&["00005e000101", "3cfdfe000001", "01005e000001"]), "mac/3C:FD:FE:00:00:01");
    assert_eq!(native(&["024281a2b3c4", "525400aabbcc"]), "name/8072.3.2.10/name");
}

/// Appliances that are software are no hardware, whoever makes them; their namesakes of metal are.
#[test]
fn appliances_in_a_virtual_machine() {
    let check = |object: &str, description: &str, expected: bool| {
        let things = things(object, description, &["3cfdfe000001"], "");
        let facts = &things[0].facts;
        assert_eq!(facts.virtual_machine == Some(true), expected, "{description}");
        assert!(!expected || facts.kind.is_none(), "{description}");
    };
    check("9.1.1537", "Cisco IOS Software, CSR1000V Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)", true);
    check("9.1.1902", "Cisco Adaptive Security Appliance Version 9.16, ASAv", true);
    check("2636.1.1.1.2.129", "Juniper Networks, Inc. vsrx internet router", true);
    check("25461.2.3.29", "Palo Alto Networks VM-Series firewall", true);
    check("14988.1", "RouterOS CHR", true);
    check("9.1.1745", "Cisco Adaptive Security Appliance Version 9.16", false);
    check("2636.1.1.1.2.96", "Juniper Networks, Inc. srx345 internet router", false);
    check("14988.1", "RouterOS CCR1036-12G-4S", false);
}

/// The address of a stack may be that of any of its members.
#[test]
fn members_of_a_stack() {
    let walk = include_str!("../fixtures/walks/cisco-stack.snmprec");
    let told = replay::recording(walk);
    let things = read::things(&told, Timestamp::UNIX_EPOCH, &TimeZone::UTC);
    assert_eq!(things.len(), 3);
    assert!(things.iter().all(|thing| thing.facts.mac.is_none()));
    assert_eq!(read::macs(&told).len(), 2);
}

/// What a marker counts in metres, rows of dots or hours is no page.
#[test]
fn pages_are_impressions() {
    let pages = |unit: &str| {
        let counter = format!("1.3.6.1.2.1.43.10.2.1.4.1.1|65|91342\n{unit}");
        things("11.2.3.9.1", "HP DesignJet", &["3cfdfe000001"], &counter)[0].facts.printed_pages
    };
    assert_eq!(pages(""), Some(91_342.0));
    assert_eq!(pages("1.3.6.1.2.1.43.10.2.1.3.1.1|2|7\n"), Some(91_342.0));
    assert_eq!(pages("1.3.6.1.2.1.43.10.2.1.3.1.1|2|17\n"), None);
}
