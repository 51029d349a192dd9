//! Reading electricity.
#![expect(clippy::unwrap_used, reason = "tests")]

use domain::observation::Facts;
use domain::power::PowerSample;
use jiff::tz::TimeZone;

use super::tests::{check, context, read_as, told};
use crate::Context;

#[test]
fn electricity() {
    check::<PowerSample>(
        "time,room,device,watts,kwh,role\n2026-03-01T12:00:00Z,Salle A,pdu-a1,412.5,,it\n\
         2026-03-01T12:00:00Z,,tgbt,,1 234.5,\n2026-03-01T12:00:00Z,Salle A,,700,,total\n",
        "power time=2026-03-01T12:00:00Z room=Salle A device=pdu-a1 watts=412.5 role=it\n\
         power time=2026-03-01T12:00:00Z device=tgbt kwh=1234.5\n\
         power time=2026-03-01T12:00:00Z room=Salle A watts=700 role=total",
    );
    check::<PowerSample>(
        "Date et heure;Salle;Point de mesure;Puissance (W);Index (kWh);Périmètre\n\
         01/03/2026 12:00;Salle A;PDU A1;1 412,5;10,25;Informatique\n\
         01/03/2026 à 12h30;Salle A;TGBT;0;;Général\n",
        "power time=2026-03-01T12:00:00Z room=Salle A device=PDU A1 watts=1412.5 kwh=10.25 role=it\n\
         power time=2026-03-01T12:30:00Z room=Salle A device=TGBT watts=0 role=total",
    );
    check::<PowerSample>(
        "time,room,device,watts,kwh,role\n,,p,1,,\nhier,,p,1,,\n1996-03-01 12:00,,p,1,,\n2026-03-01 12:00,,,1,,\n\
         2026-03-01 12:00,,p,,,\n2026-03-01 12:00,,p,-5,,\n2026-03-01 12:00,,p,10000001,,\n\
         2026-03-01 12:00,,p,1 kW,,\n2026-03-01 12:00,,p,,-1,\n2026-03-01 12:00,,p,1,,clim\n",
        "! f.csv:2 [time] it is missing\n\
         ! f.csv:3 [time] `hier` is not a moment (2026-11-24 14:05 or 24/11/2026 14:05)\n\
         ! f.csv:4 [time] 1996-03-01T12:00:00Z is not a moment of this century\n\
         ! f.csv:5 [device] neither it nor `room` is told\n\
         ! f.csv:6 [watts] neither it nor `kwh` is told\n\
         ! f.csv:7 [watts] `-5` is less than 0\n\
         ! f.csv:8 [watts] 10000001 W cannot be: it lies between 0 and 10 MW\n\
         ! f.csv:9 [watts] `1 kW` is not a number\n\
         ! f.csv:10 [kwh] `-1` is less than 0\n\
         ! f.csv:11 [role] `clim` is not a role it knows (it, total): write a rule for it",
    );
    check::<PowerSample>(
        "time,watts\n2026-03-01,1\n",
        "protocol: power need a column `device` or `room`: there are 2 headings, which `ecoparc check --connect` names",
    );
    // A day and an hour in two columns are no moment, and energy of an hour is no index: neither is guessed.
    check::<PowerSample>(
        "Date,Heure,PDU,Énergie (kWh)\n2026-03-01,12:00,p,24\n",
        "protocol: power need a column `time`: there are 4 headings, which `ecoparc check --connect` names",
    );
    // An empty table tells of no electricity, which is something else than telling nothing of it.
    assert_eq!(read_as::<PowerSample>(&b"time,device,watts\n"[..], &context(""), &[]).unwrap().power, Some(vec![]));
    assert_eq!(read_as::<Facts>(&b"serial\n"[..], &context(""), &[]).unwrap().power, None);
}

/// Times are the organisation's where they tell no zone; a rule says what a house calls its points.
#[test]
fn electricity_of_a_house() {
    let rule = "[[rule]]\nwhen = { device = \"(?i)^pdu\" }\nset = { role = \"it\", room = \"Salle A\" }\n";
    let time_zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let context = Context { time_zone, ..context(rule) };
    let table = &b"time;device;watts\n01/07/2026 12:00;PDU-1;5\n01/01/2026 12:00;x;5\n"[..];
    assert_eq!(
        told(read_as::<PowerSample>(table, &context, &[])),
        "power time=2026-07-01T10:00:00Z room=Salle A device=PDU-1 watts=5 role=it\n\
         power time=2026-01-01T11:00:00Z device=x watts=5"
    );
}
