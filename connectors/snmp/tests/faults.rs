//! Networks that lose, and agents that cannot bear a question.

use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use domain::observation::Observation;
use domain::packed::Packed;

use super::super::mib::{BRIDGE_ADDRESS, IF_TYPE, SYS_LOCATION};
use super::responder::{self, Faults, Walk};
use super::source;
use crate::{Class, Progress, Reject, Source};

const PRINTER: &str = include_str!("../fixtures/walks/kyocera-ecosys.snmprec");
const STACK: &str = include_str!("../fixtures/walks/cisco-stack.snmprec");
/// A column of `oids.csv` that Cisco's are asked for.
const MODULE_SERIAL: [u32; 13] = [1, 3, 6, 1, 4, 1, 9, 5, 1, 3, 1, 1, 26];

/// How long an answer is waited for that comes, and where some do not: what is waited for in vain takes that long.
const COMES: &str = "5s";
const MAY_NOT_COME: &str = "500ms";

/// Keys for agents at `127.7.0.0/24`, which answer quickly or not at all.
fn keys(port: u16, more: &str) -> String {
    format!(
        "targets = ['127.7.0.0/24']\nport = {port}\nrequest_timeout = '200ms'\n{more}\n[[credential]]\nversion = '2c'\n\
         community = 'public'"
    )
}

/// Keys for the first of them alone, asked once.
fn first(port: u16, patience: &str, more: &str) -> String {
    let keys = keys(port, &format!("retries = 0\ntarget_timeout = '10m'\n{more}"));
    keys.replace("127.7.0.0/24", "127.7.0.1").replace("200ms", patience)
}

/// The agents of one recording, at the first so many addresses; their port.
fn agents(walk: &str, count: u8, faults: Faults) -> u16 {
    let walk = responder::walk(walk);
    let first = UdpSocket::bind((Ipv4Addr::new(127, 7, 0, 1), 0)).unwrap();
    let port = first.local_addr().unwrap().port();
    let rest = (2..=count).map(|last| UdpSocket::bind((Ipv4Addr::new(127, 7, 0, last), port)).unwrap());
    for (at, socket) in std::iter::once(first).chain(rest).enumerate() {
        let mut own: Walk = walk.clone();
        // Each has a name and a serial number of its own.
        for oid in ["1.3.6.1.2.1.43.5.1.1.17.1", "1.3.6.1.4.1.1347.43.5.1.1.28.1"] {
            own.extend(responder::walk(&format!("{oid}|4|SERIAL{at:04}")));
        }
        own.extend(responder::walk(&format!("1.3.6.1.2.1.2.2.1.6.1|4x|00107f00{at:04x}")));
        std::thread::spawn(move || responder::serve(&socket, &own, faults));
    }
    port
}

async fn collected(keys: &str) -> Vec<Observation> {
    let harvest = source(keys).collect(&Progress::default()).await.unwrap();
    harvest.observations.iter().map(Packed::observation).collect()
}

/// A fifth of all packets is lost: nobody is.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_loses_a_fifth() {
    let lossy = Faults { lost_in_1000: 200, delay: Duration::from_millis(2), ..Faults::default() };
    let port = agents(PRINTER, 60, lossy);
    let told = collected(&keys(port, "retries = 8\nconcurrency = 128")).await;
    println!("{} of 60 agents are known at a loss of 20 %", told.len());
    assert_eq!(told.len(), 60);
    let whole = collected(&keys(agents(PRINTER, 60, Faults::default()), "")).await;
    assert_eq!(told, whole, "and what they tell is the same");
}

/// Agents that bear less tell no less.
#[tokio::test(flavor = "multi_thread")]
async fn agents_that_bear_little() {
    let whole = collected(&first(agents(STACK, 1, Faults::default()), COMES, "")).await;
    assert_eq!(whole.iter().filter(|told| told.facts.serial.is_some() && told.facts.witness.is_none()).count(), 3);
    let check = async |what: &str, faults: Faults, patience: &str| {
        let told = collected(&first(agents(STACK, 1, faults), patience, "concurrency = 256")).await;
        assert_eq!(told, whole, "{what}");
    };
    check("answers of at most 300 bytes", Faults { largest: 300, ..Faults::default() }, COMES).await;
    check("answers that end within a row", Faults { cut: 5, ..Faults::default() }, COMES).await;
    // Side by side: what these cannot bear they do not answer.
    tokio::join!(
        check("no GETBULK", Faults { no_bulk: true, ..Faults::default() }, MAY_NOT_COME),
        check("at most eight objects in a GET", Faults { most_objects: 8, ..Faults::default() }, MAY_NOT_COME),
    );
    let version1 = first(agents(STACK, 1, Faults::default()), COMES, "").replace("'2c'", "'1'");
    assert_eq!(collected(&version1).await, whole, "version 1");
}

/// A table that goes round in a circle, and one without an end, stop; what came before counts.
#[tokio::test(flavor = "multi_thread")]
async fn tables_without_an_end() {
    let told = collected(&first(agents(STACK, 1, Faults { stuck: true, ..Faults::default() }), COMES, "")).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let mut endless = STACK.to_owned();
    for row in 0..60_000 {
        endless += &format!("\n1.3.6.1.2.1.47.1.1.1.1.5.{}|2|10", 1_000_000 + row);
    }
    let source = source(&first(agents(&endless, 1, Faults::default()), COMES, ""));
    let harvest = source.collect(&Progress::default()).await.unwrap();
    assert!(
        harvest.notes.contains(&"1 agent has tables that were not read to their end".to_owned()),
        "{:?}",
        harvest.notes
    );
    let told = harvest.observations;
    assert_eq!(told.iter().filter(|told| told.serial().is_some()).count(), 3);
}

/// A column that fails where it is asked for alone is noted once, and takes no other with it; so does an object. One of
/// version 1 that has nothing more is none, nor is one of which the first value that says something is wanted.
#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_fails() {
    let cut = "1 agent has tables that were not read to their end";
    let error = "1 agent answers genErr to some of what is asked: that is not known";
    let nothing = "1 agent answers nothing to some of what is asked: that is not known";
    let broken = |broken| Faults { broken, ..Faults::default() };
    let cases: [(Faults, &[&str]); 5] = [
        (Faults::default(), &[]),
        (broken(&IF_TYPE), &[cut, error]),
        (broken(&SYS_LOCATION), &[error]),
        (Faults { deaf: &BRIDGE_ADDRESS, ..Faults::default() }, &[nothing]),
        (broken(&MODULE_SERIAL), &[]),
    ];
    let check = async |version: &str| {
        for (faults, expected) in cases {
            let patience = if faults.deaf.is_empty() { COMES } else { MAY_NOT_COME };
            let source = source(&first(agents(STACK, 1, faults), patience, "").replace("'2c'", version));
            let harvest = source.collect(&Progress::default()).await.unwrap();
            assert_eq!(harvest.notes[1..], *expected, "version {version}: {faults:?}");
            assert!(harvest.rejects.is_empty(), "version {version}: what was read on counts: {:?}", harvest.rejects);
            assert_eq!(harvest.observations.iter().filter(|told| told.serial().is_some()).count(), 3);
        }
    };
    tokio::join!(check("'2c'"), check("'1'"));
}

/// Who fails at everything is known by the error's name.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_fails() {
    let check = async |version: &str| {
        let port = agents(STACK, 1, Faults { broken: &[1], ..Faults::default() });
        let (mut found, mut missed) = (0, Vec::new());
        // Five others are silent.
        let keys = first(port, MAY_NOT_COME, "").replace("127.7.0.1", "127.7.0.0/29");
        let source = source(&keys.replace("'2c'", version));
        let look = |agent: Result<_, Reject>| match agent {
            Ok(_) => found += 1,
            Err(reject) => missed.push(reject.reason),
        };
        source.discover(&["127.7.0.1".to_owned()], &Progress::default(), look).await.unwrap();
        assert_eq!((found, missed), (0, vec!["it answers genErr".to_owned()]));
        let failure = source.collect(&Progress::default()).await.err().unwrap();
        assert_eq!(failure.class, Class::Protocol);
        let said = failure.cause.to_string();
        assert_eq!(said, "of 6 addresses none can be read, the first that answers because it answers genErr");
    };
    tokio::join!(check("'2c'"), check("'1'"));
}

/// Silence is usual within a range, told of for one who is named, and a failure where nobody answers.
#[tokio::test(flavor = "multi_thread")]
async fn silence() {
    let port = agents(PRINTER, 2, Faults::default());
    let named = "'127.7.0.0/29', '127.7.0.9', 'nobody.invalid'";
    let named = first(port, MAY_NOT_COME, "").replace("'127.7.0.1'", named);
    let harvest = source(&named).collect(&Progress::default()).await.unwrap();
    assert_eq!(harvest.observations.len(), 2);
    let mut places: Vec<&str> = harvest.rejects.iter().map(|reject| reject.place.as_str()).collect();
    places.sort_unstable();
    assert_eq!(places, ["127.7.0.9", "nobody.invalid"]);
    for (nobody, said) in
        [("127.7.1.0/30", "of 2 addresses none answers"), ("127.7.1.1", "of 1 address none answers")]
    {
        let nobody = keys(port, "retries = 0").replace("127.7.0.0/24", nobody);
        let failure = source(&nobody).collect(&Progress::default()).await.err().unwrap();
        assert_eq!((failure.class, &*failure.cause.to_string()), (Class::Timeout, said));
    }
}

/// Who is beside a switch informs the inventory, and makes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn neighbours_are_witnesses() {
    let switch = include_str!("../fixtures/walks/lldp-neighbours.snmprec");
    let told = collected(&first(agents(switch, 1, Faults::default()), COMES, "")).await;
    let seen: Vec<String> = told
        .iter()
        .map(|told| {
            let facts = &told.facts;
            let text = |text: &Option<domain::record::Text>| text.as_deref().unwrap_or("-").to_owned();
            let witness = if facts.witness == Some(true) { "witness" } else { "agent" };
            let kind = super::kind_of(facts);
            [witness, kind, &text(&facts.manufacturer), &text(&facts.model), &text(&facts.serial), &text(&facts.mac)]
                .join(" ")
        })
        .collect();
    assert_eq!(
        seen,
        [
            "agent switch HP J9773A CN68FP20KL 00:10:7F:00:00:00 EC:EB:B8:21:40:00",
            "witness desk_phone Polycom VVX-VVX_411 0004F2C1D2E3 00:04:F2:C1:D2:E3",
            "witness desk_phone Yealink T46S 805ec05a7b01 80:5E:C0:5A:7B:01",
            "witness  - - - C8:F7:50:12:34:56",
            "witness access_point Aruba 505 CNJ3K9S1AB 20:A6:CD:C8:11:22",
        ]
    );
    let none = collected(&first(agents(switch, 1, Faults::default()), COMES, "neighbours = false")).await;
    assert_eq!(none.len(), 1);
    let lldp = Faults { deaf: &[1, 0, 8802], ..Faults::default() };
    let alone = collected(&first(agents(switch, 1, lldp), MAY_NOT_COME, "")).await;
    assert_eq!(alone, none, "a table of neighbours that hangs takes nothing else with it");
}

/// Neighbours are asked where they say that they can be, if that is wished, and one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn neighbours_are_followed() {
    let socket = UdpSocket::bind((Ipv4Addr::new(127, 7, 3, 1), 0)).unwrap();
    let port = socket.local_addr().unwrap().port();
    let others = (2..=4).map(|last| UdpSocket::bind((Ipv4Addr::new(127, 7, 3, last), port)).unwrap());
    for (at, socket) in (1..).zip(std::iter::once(socket).chain(others)) {
        let mut walk = responder::walk(PRINTER);
        walk.extend(responder::walk(&format!("1.3.6.1.4.1.1347.43.5.1.1.28.1|4|SERIAL{at:04}")));
        // Each sees the next one.
        let next = at + 1;
        let row = |column: u32, told: &str| format!("1.0.8802.1.1.2.1.4.1.1.{column}.0.1.1|{told}");
        walk.extend(responder::walk(&row(4, "2|4")));
        walk.extend(responder::walk(&row(5, &format!("4x|00107fff00{next:02x}"))));
        walk.extend(responder::walk(&format!("1.0.8802.1.1.2.1.4.2.1.3.0.1.1.1.4.127.7.3.{next}|2|2")));
        std::thread::spawn(move || responder::serve(&socket, &walk, Faults::default()));
    }
    // The last one's next does not answer.
    let keys = |more: &str| first(port, MAY_NOT_COME, more).replace("127.7.0.1", "127.7.3.1");
    let agents = |told: &[Observation]| told.iter().filter(|told| told.facts.witness.is_none()).count();
    assert_eq!(agents(&collected(&keys("")).await), 1);
    assert_eq!(agents(&collected(&keys("follow_neighbours = true")).await), 4);
    let but_one = "follow_neighbours = true\nexclude = ['127.7.3.3']";
    assert_eq!(agents(&collected(&keys(but_one)).await), 2, "nobody is asked who is not to be, nor those behind");
}
