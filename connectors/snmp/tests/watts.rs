//! Watts: true ones, each once.

use std::net::{Ipv4Addr, UdpSocket};

use super::responder::{self, Faults};
use super::source;
use crate::snmp::power::{Drawn, drawn};
use crate::snmp::tables;
use crate::snmp::told::{Oid, Told, Value, oid};
use crate::{Progress, Source};

/// What an agent of this enterprise tells, in numbers.
fn told(object: &str, numbers: &[(&str, i64)]) -> (Told, Oid) {
    let mut told = Told::default();
    for (name, number) in numbers {
        told.0.insert(oid(name).unwrap(), Value::Number(*number));
    }
    (told, oid(&format!("1.3.6.1.4.1.{object}")).unwrap())
}

fn check(what: &str, object: &str, numbers: &[(&str, i64)], expected: [Option<f64>; 3]) {
    let (told, system) = told(object, numbers);
    let [consumption, output, poe] = expected;
    assert_eq!(drawn(&told, &system), Drawn { consumption, output, poe }, "{what}");
}

/// A sensor of watts within something of this class, in a sensor table.
fn sensor(
    table: &str,
    index: u32,
    class: i64,
    scale: i64,
    precision: i64,
    value: i64,
    status: i64,
) -> Vec<(String, i64)> {
    let entity = "1.3.6.1.2.1.47.1.1.1.1";
    let parent = index + 100;
    vec![
        (format!("{entity}.5.{index}"), 8),
        (format!("{entity}.4.{index}"), parent.into()),
        (format!("{entity}.5.{parent}"), class),
        (format!("{table}.1.{index}"), 6),
        (format!("{table}.2.{index}"), scale),
        (format!("{table}.3.{index}"), precision),
        (format!("{table}.4.{index}"), value),
        (format!("{table}.5.{index}"), status),
    ]
}

#[test]
fn sensors_of_power_supplies_and_no_others() {
    let check = |object: &str, sensors: &[Vec<(String, i64)>], expected: Option<f64>, what: &str| {
        let flat: Vec<(&str, i64)> =
            sensors.iter().flatten().map(|(name, number)| (name.as_str(), *number)).collect();
        check(what, object, &flat, [expected, None, None]);
    };
    let standard = "1.3.6.1.2.1.99.1.1.1";
    let cisco = "1.3.6.1.4.1.9.9.91.1.1.1.1";
    let (supply, chassis, module, port) = (6, 3, 9, 10);
    let psu = |index, value| sensor(standard, index, supply, 9, 0, value, 1);
    check("9.1.2494", &[psu(1, 300), psu(2, 312)], Some(612.0), "two supplies are added");
    check("9.1.2494", &[psu(1, 300), sensor(standard, 2, supply, 9, 0, 900, 2)], Some(300.0), "one that is not well");
    check("9.1.2494", &[sensor(standard, 1, supply, 8, 1, 3_005_000, 1)], Some(300.5), "tenths of milliwatts");
    let light = sensor(standard, 3, port, 8, 1, 5, 1);
    check("9.1.2494", std::slice::from_ref(&light), None, "light of a transceiver in a port");
    check("9.1.2494", &[psu(1, 300), light, sensor(standard, 4, module, 9, 0, 45, 1)], Some(300.0), "parts");
    let whole = sensor(standard, 5, chassis, 9, 0, 640, 1);
    check("9.1.2494", std::slice::from_ref(&whole), Some(640.0), "a chassis");
    check("9.1.2494", &[whole, psu(1, 300), psu(2, 320)], Some(620.0), "its supplies, and not it once more");
    let worse = sensor(standard, 1, supply, 9, -2, 300, 1);
    check("9.1.2494", &[worse], Some(300.0), "a precision below zero counts figures");
    let strange = sensor(standard, 1, supply, i64::from(i32::MAX), 0, 300, 1);
    check("9.1.2494", &[strange], None, "no such scale");
    check("9.1.516", &[sensor(cisco, 1, supply, 9, 0, 150, 1)], Some(150.0), "Cisco's older table");
}

/// Sensors of one supply that measure what goes in, what comes out, and what it could.
#[test]
fn a_supply_is_told_by_its_input() {
    let check = |sensors: &[(u32, &str, i64)], expected: f64, what: &str| {
        let entity = "1.3.6.1.2.1.47.1.1.1.1";
        let mut numbers = vec![(format!("{entity}.5.100"), 6), (format!("{entity}.5.200"), 6)];
        let mut names = Vec::new();
        for (index, name, watts) in sensors {
            let supply = if *index < 10 { 100 } else { 200 };
            let cells = [(5, 8), (4, supply)].map(|(column, value)| (format!("{entity}.{column}.{index}"), value));
            let table = "1.3.6.1.2.1.99.1.1.1";
            let values = [(1, 6), (2, 9), (3, 0), (4, *watts), (5, 1)];
            numbers.extend(cells);
            numbers.extend(values.map(|(column, value)| (format!("{table}.{column}.{index}"), value)));
            names.push((oid(&format!("{entity}.7.{index}")).unwrap(), Value::Bytes(name.as_bytes().to_vec())));
        }
        let numbers: Vec<(&str, i64)> = numbers.iter().map(|(name, number)| (name.as_str(), *number)).collect();
        let (mut told, system) = told("9.1.2494", &numbers);
        told.0.extend(names);
        assert_eq!(drawn(&told, &system).consumption, Some(expected), "{what}");
    };
    let first = [(1, "PS1 Input Power", 300), (2, "PS1 Output Power", 270), (3, "PS1 Capacity", 1100)];
    check(&first, 300.0, "the input");
    check(&first[1..], 270.0, "the output where nothing else is told, never what it could");
    check(&[&first[..], &[(11, "PS2 Pin", 310)]].concat(), 610.0, "of each supply its own");
    check(&[(1, "Spinning disks", 20), (11, "Maximum Power", 750)], 20.0, "a word begins so, or does not");
}

#[test]
fn each_watt_once() {
    let mib = "1.3.6.1.4.1.318.1.1";
    let [unit, estimate, outlet] =
        ["26.4.3.1.5.1", "12.1.16.0", "26.9.4.3.1.7.1"].map(|tail| format!("{mib}.{tail}"));
    let pdu = [(unit.as_str(), 121), (estimate.as_str(), 1230), (outlet.as_str(), 163)];
    check("a PDU tells its whole", "318.1.3.4.6", &pdu, [None, Some(1210.0), None]);
    let unmetered = [(unit.as_str(), -1), (estimate.as_str(), 192)];
    check("-1 is no measure", "318.1.3.4.6", &unmetered, [None, Some(192.0), None]);
    let [watts, apparent] = [8, 9].map(|last| format!("{mib}.1.4.2.{last}.0"));
    check("volt-amperes are no watts", "318.1.3.27", &[(apparent.as_str(), 900)], [None; 3]);
    check("beside watts neither", "318.1.3.27", &[(&watts, 640), (&apparent, 900)], [None, Some(640.0), None]);
    let epdu = |tail: &str| format!("1.3.6.1.4.1.534.6.6.7.3.{tail}");
    let rows: Vec<(String, i64)> = [(1, 500), (2, 600), (3, 700), (4, 1800)]
        .iter()
        .flat_map(|(kind, watts)| {
            [(epdu(&format!("4.1.2.1.1.{kind}")), *kind), (epdu(&format!("4.1.4.1.1.{kind}")), *watts)]
        })
        .collect();
    let rows: Vec<(&str, i64)> = rows.iter().map(|(name, number)| (name.as_str(), *number)).collect();
    check("a row of all phases beside them", "534.6.6.7", &rows, [None, Some(1800.0), None]);
    check("phases without it", "534.6.6.7", &rows[..6], [None, Some(1800.0), None]);
    let total = epdu("5.1.4.1.1");
    let both = [&rows[..], &[(total.as_str(), 1805)]].concat();
    check("the total of its inputs", "534.6.6.7", &both, [None, Some(1805.0), None]);
    let lines = ["1", "2", "3"].map(|line| format!("1.3.6.1.2.1.33.1.4.4.1.4.{line}"));
    let three = [(lines[0].as_str(), 5100), (lines[1].as_str(), 3600), (lines[2].as_str(), 2700)];
    check("three lines of a UPS", "705.1", &three, [None, Some(11_400.0), None]);
    check("zero of those that do not measure", "705.1", &[(lines[0].as_str(), 0)], [None; 3]);
    let (poe, budget) = ("1.3.6.1.2.1.105.1.3.1.1.4.1", "1.3.6.1.2.1.105.1.3.1.1.2.1");
    check("the budget of network cables is none", "11.2.3.7.11.182", &[(budget, 195)], [None; 3]);
    check("what they carry", "11.2.3.7.11.182", &[(budget, 195), (poe, 21)], [None, None, Some(21.0)]);
}

/// No row of the table is one of volt-amperes, ratings or budgets.
#[test]
fn rows_are_of_true_watts() {
    let others = [
        ("1.3.6.1.2.1.105.1.3.1.1.2", "pethMainPsePower, what it could pass on"),
        ("1.3.6.1.2.1.33.1.9.5", "upsConfigOutputVA"),
        ("1.3.6.1.2.1.33.1.9.6", "upsConfigOutputPower, its rating"),
        ("1.3.6.1.4.1.318.1.1.1.4.2.9", "upsAdvOutputApparentPower"),
        ("1.3.6.1.4.1.534.1.4.4.1.3", "xupsOutputCurrent"),
        ("1.3.6.1.4.1.534.6.6.7.3.4.1.3", "inputVA"),
        ("1.3.6.1.4.1.13742.6.5.2.3.1.4.1.1.6", "apparent power of an inlet"),
        ("1.3.6.1.4.1.1718.4.1.3.3.1.4", "st4InputCordApparentPower"),
        ("1.3.6.1.4.1.232.6.2.9.3.1.8", "cpqHeFltTolPowerSupplyCapacityMaximum"),
        ("1.3.6.1.4.1.9.9.117.1.1.1.1.1", "cefcTotalAvailableCurrent"),
    ];
    let rows = tables::powers(&[]).len();
    assert_eq!(rows, 2, "the rows of every agent");
    for enterprise in ["318.1.3.4", "534.6.6.7", "13742", "1718.4", "232", "9.1", "11.2.3.7"] {
        for row in tables::powers(&oid(&format!("1.3.6.1.4.1.{enterprise}")).unwrap()) {
            for (other, what) in others {
                assert!(!row.oid.starts_with(&oid(other).unwrap()), "{what} is no power that is drawn now");
            }
        }
    }
}

/// Two points with the name that they left the factory with are two.
#[test]
fn points_of_one_name() {
    let point = |last: u8, name: &str, watts: f64| {
        let device = domain::record::Text::of(name);
        let sample = domain::power::PowerSample { device, watts: Some(watts), ..Default::default() };
        (std::net::SocketAddr::from(([10, 0, 0, last], 161)), sample)
    };
    let told = crate::snmp::named_apart(vec![point(2, "PDU", 2000.0), point(1, "PDU", 1000.0), point(3, "ups", 5.0)]);
    let told: Vec<_> = told.iter().map(|sample| (sample.device.as_deref().unwrap(), sample.watts.unwrap())).collect();
    assert_eq!(told, [("PDU 10.0.0.1", 1000.0), ("PDU 10.0.0.2", 2000.0), ("ups", 5.0)]);
}

/// Who is asked for watts, and what they tell.
#[tokio::test(flavor = "multi_thread")]
async fn measuring_points() {
    let walks = [
        include_str!("../fixtures/walks/apc-rpdu2.snmprec"),
        include_str!("../fixtures/walks/cisco-stack.snmprec"),
        include_str!("../fixtures/walks/kyocera-ecosys.snmprec"),
    ];
    let first = UdpSocket::bind((Ipv4Addr::new(127, 8, 0, 1), 0)).unwrap();
    let port = first.local_addr().unwrap().port();
    let rest = (2..=3).map(|last| UdpSocket::bind((Ipv4Addr::new(127, 8, 0, last), port)).unwrap());
    for (socket, walk) in std::iter::once(first).chain(rest).zip(walks) {
        let walk = responder::walk(walk);
        std::thread::spawn(move || responder::serve(&socket, &walk, Faults::default()));
    }
    let source = source(&format!(
        "targets = ['127.8.0.1', '127.8.0.2', '127.8.0.3']\nport = {port}\nrequest_timeout = '5s'\npower_every = '1m'\n\
         [[credential]]\nversion = '2c'\ncommunity = 'public'"
    ));
    assert_eq!(source.samples_every(), Some(std::time::Duration::from_secs(60)));
    assert_eq!(source.sample().await.unwrap(), [], "nobody is known yet");
    source.collect(&Progress::default()).await.unwrap();
    for round in 0..2 {
        let mut told = source.sample().await.unwrap();
        told.sort_by(|a, b| a.device.cmp(&b.device));
        let told: Vec<_> =
            told.iter().map(|sample| (sample.device.as_deref().unwrap(), sample.watts, sample.kwh)).collect();
        // The PDU what it passes on; the switch what it draws, its network cables included; the printer nothing.
        assert_eq!(told, [("pdu-b2-a", Some(1210.0), None), ("sw-b1-acces", Some(612.0), None)], "{round}");
        let metered = source.0.metered.lock().unwrap().clone().unwrap_or_default();
        assert_eq!(metered.len(), 2, "the printer is not asked again before the next collection");
    }
}
