//! The store, asked from outside.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::observation::{Facts, Observation};
use domain::packed::Packed;
use domain::purchase::PurchaseLine;
use domain::quantity::Cents;
use domain::record::Text;
use domain::reject::Reject;
use domain::testimony::{Kept, Line, Lines, Moment, Source, Spell, Testimony};
use domain::word::{Disposal, Status};
use jiff::civil::{Date, date};

use super::*;

mod body;
mod cut;
mod forget;
mod lease;
mod model;
mod open;
mod postgres;
mod power;
mod tables;
mod upgrade;

/// A folder of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(name());
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn place(&self, url: &str) -> Place {
        Place { url: url.to_owned(), base: self.0.clone(), password: None, lease: Duration::from_secs(30) }
    }

    async fn open(&self) -> Store {
        Store::open(&self.place("sqlite://ecoparc.db")).await.unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A name that nobody else has.
fn name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("ecoparc-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Where a store of a test's own is kept: each story is told in a file and on a server.
struct Home {
    folder: Folder,
    url: String,
    server: Option<Server>,
}

impl Home {
    fn both() -> [Self; 2] {
        [Self::file(), Self::server()]
    }

    fn file() -> Self {
        Self { folder: Folder::new(), url: "sqlite://ecoparc.db".to_owned(), server: None }
    }

    fn server() -> Self {
        let server = Server::new();
        Self { folder: Folder::new(), url: server.url("ecoparc") + "?sslmode=disable", server: Some(server) }
    }

    async fn open(&self) -> Store {
        Store::open(&self.folder.place(&self.url)).await.unwrap()
    }
}

/// A database of its own on the PostgreSQL that the tests share, gone with the test.
struct Server {
    port: String,
    database: String,
}

impl Server {
    fn new() -> Self {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let binary = std::env::current_exe().unwrap();
        let folder = binary.ancestors().nth(3).unwrap().join("servers/postgres");
        let started = Command::new(root.join("tests/servers/postgres")).arg("start").arg(folder).output().unwrap();
        assert!(started.status.success(), "tests/servers/postgres: {}", String::from_utf8_lossy(&started.stderr));
        let ports = String::from_utf8(started.stdout).unwrap();
        let port = ports.split_whitespace().next().unwrap().to_owned();
        let server = Self { port, database: name() };
        server.administer(&format!("CREATE DATABASE \"{}\" TEMPLATE template0", server.database));
        server
    }

    fn url(&self, user: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{}", self.port, self.database)
    }

    fn administer(&self, sql: &str) {
        let mut psql = Command::new("psql");
        psql.args(["-qX", "-h", "127.0.0.1", "-p", &self.port, "-U", "ecoparc", "-d", "postgres", "-c", sql]);
        let output = psql.output().unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.administer(&format!("DROP DATABASE \"{}\" WITH (FORCE)", self.database));
    }
}

fn source(name: &str) -> Source {
    Source {
        name: name.into(),
        creates: true,
        realm: "ville".into(),
        entity: None,
        unlisted_after: 90 * 86_400,
        exits_recorded_since: None,
    }
}

fn seen(native: &str, status: Option<Status>, entity: &str) -> Observation {
    let facts = Facts {
        status,
        entity: Text::of(entity),
        serial: Some(format!("SN \"{native}\"").into()),
        purchase_price_ht: Some(Cents(91_181)),
        purchase_date: Some(date(2024, 2, 29)),
        screen_inches: Some(0.1 + 0.2),
        ..Facts::default()
    };
    Observation { native: native.into(), anonymous: false, facts }
}

async fn record(
    store: &Store,
    name: &str,
    observations: &[Observation],
    lines: &Lines,
    at: i64,
    day: Date,
) -> Recorded {
    let observations: Vec<Packed> = observations.iter().map(Packed::from).collect();
    let said = Said {
        observations: &observations,
        last: None,
        lines,
        power: None,
        tells_arrivals: true,
        rejects: &[],
        took: Duration::from_millis(1_500),
    };
    store.record(name, &said, Moment(at), day).await.unwrap()
}

async fn read(store: &Store, name: &str) -> Testimony {
    store.testimony(&source(name)).await.unwrap().unwrap()
}

fn kept(testimony: &Testimony, native: &str) -> Kept {
    testimony.observations.iter().find(|kept| kept.native() == native).unwrap().kept()
}

fn spell(since: Date, status: Status, entity: &str) -> Spell {
    Spell { since, status, entity: Text::of(entity), user: None }
}

fn purchases(natives: &[&str]) -> Lines {
    let line = |native: &&str| Line {
        native: Text::from(*native),
        told: PurchaseLine { amount_ht: Some(Cents(-5)), derogation: Some(false), ..PurchaseLine::default() },
    };
    Lines { purchases: natives.iter().map(line).collect(), ..Lines::default() }
}

/// Who knows the last word sees without the database that nothing changed, and is not believed once it is another's.
#[tokio::test]
async fn what_is_as_it_was_is_seen_at_once() {
    for home in Home::both() {
        let store = home.open().await;
        let (none, day) = (Lines::default(), date(2026, 1, 1));
        let of = |status| [seen("a", status, ""), seen("b", None, "")].map(|seen| Packed::from(&seen));
        let (before, after) = (of(None), of(Some(Status::Retired)));
        let say = async |observations: &[Packed], last: Option<&Testimony>, at: i64| {
            let said = Said {
                observations,
                last,
                lines: &none,
                power: None,
                tells_arrivals: true,
                rejects: &[],
                took: Duration::ZERO,
            };
            store.record("glpi", &said, Moment(at), day).await.unwrap()
        };
        say(&before, None, 1).await;
        let last = read(&store, "glpi").await;
        let reversed = [before[1].clone(), before[0].clone()];
        assert_eq!(say(&reversed, Some(&last), 2).await, Recorded { unchanged: 2, ..Recorded::default() });
        assert_eq!(read(&store, "glpi").await, Testimony { harvested: Moment(2), ..last.clone() });
        // One that is missing is missed, whoever knows what.
        let last = read(&store, "glpi").await;
        assert_eq!(say(&before[..1], Some(&last), 3).await.vanished, 1);
        // Another wrote meanwhile: what was known is not what is stored.
        assert_eq!(say(&after, None, 4).await.changed, 1);
        assert_eq!(say(&before, Some(&last), 5).await.changed, 1);
        assert_eq!(kept(&read(&store, "glpi").await, "a").observation.facts.status, None);
    }
}

#[tokio::test]
async fn one_asset_after_another() {
    for home in Home::both() {
        let store = home.open().await;
        let none = Lines::default();
        let days: Vec<Date> = (1..=9).map(|day| date(2026, 1, day)).collect();
        assert_eq!(store.testimony(&source("glpi")).await.unwrap(), None);

        // The first harvest: nothing in it arrived, it was there before us.
        let mut fleet = vec![seen("b", None, "Mairie"), seen("a", Some(Status::InStock), ""), seen("a", None, "")];
        let recorded = record(&store, "glpi", &fleet, &none, 100, days[0]).await;
        assert_eq!(recorded, Recorded { new: 2, repeated: 1, lines_changed: true, ..Recorded::default() });
        fleet.pop();
        let first = read(&store, "glpi").await;
        assert_eq!(first.harvested, Moment(100));
        assert_eq!(first.source, source("glpi"));
        assert_eq!(first.observations.len(), 2);
        assert_eq!(
            first.observations[1].kept(),
            Kept {
                observation: fleet[0].clone(),
                first_seen: days[0],
                arrived: false,
                unlisted_since: None,
                spells: vec![spell(days[0], Status::InUse, "Mairie")],
            }
        );

        // The same again writes nothing but that it was there.
        let recorded = record(&store, "glpi", &fleet, &none, 200, days[1]).await;
        assert_eq!(recorded, Recorded { unchanged: 2, ..Recorded::default() });
        assert_eq!(read(&store, "glpi").await, Testimony { harvested: Moment(200), ..first.clone() });

        // One changes, one arrives.
        fleet[0].facts.status = Some(Status::Retired);
        fleet.push(seen("c", None, ""));
        let recorded = record(&store, "glpi", &fleet, &none, 300, days[2]).await;
        assert_eq!(recorded, Recorded { new: 1, changed: 1, unchanged: 1, ..Recorded::default() });
        let told = read(&store, "glpi").await;
        let retired = [spell(days[0], Status::InUse, "Mairie"), spell(days[2], Status::Retired, "Mairie")];
        assert_eq!(kept(&told, "b").spells, retired);
        assert_eq!(kept(&told, "b").first_seen, days[0]);
        assert!(kept(&told, "c").arrived && !kept(&told, "b").arrived);
        // What answers for the first time may have been silent before.
        for (at, fleet) in [&fleet[..1], &fleet].into_iter().enumerate() {
            let said = Said {
                observations: &fleet.iter().map(Packed::from).collect::<Vec<_>>(),
                last: None,
                lines: &none,
                power: None,
                tells_arrivals: false,
                rejects: &[],
                took: Duration::ZERO,
            };
            store.record("snmp", &said, Moment(at as i64), days[at]).await.unwrap();
        }
        assert!(!kept(&read(&store, "snmp").await, "c").arrived);

        // One vanishes; the first harvest that lacked it is the one that is kept.
        let left = [fleet[0].clone(), fleet[2].clone()];
        assert_eq!(record(&store, "glpi", &left, &none, 400, days[3]).await.vanished, 1);
        assert_eq!(record(&store, "glpi", &left, &none, 500, days[4]).await.vanished, 0);
        let told = read(&store, "glpi").await;
        assert_eq!(kept(&told, "a").unlisted_since, Some(Moment(400)));
        assert_eq!(kept(&told, "a").observation, fleet[1]);

        // It returns as it was, and its life goes on where it was.
        let recorded = record(&store, "glpi", &fleet, &none, 600, days[5]).await;
        assert_eq!(recorded, Recorded { unchanged: 3, returned: 1, ..Recorded::default() });
        let told = read(&store, "glpi").await;
        assert_eq!(kept(&told, "a").unlisted_since, None);
        assert_eq!(kept(&told, "a").spells, [spell(days[0], Status::InStock, "")]);

        // It vanishes once more and returns as something else.
        record(&store, "glpi", &left, &none, 700, days[6]).await;
        fleet[1].facts.entity = Some("CCAS".into());
        let recorded = record(&store, "glpi", &fleet, &none, 800, days[7]).await;
        assert_eq!(recorded, Recorded { changed: 1, unchanged: 2, returned: 1, ..Recorded::default() });
        let told = read(&store, "glpi").await;
        assert_eq!(kept(&told, "a").unlisted_since, None);
        let moved = [spell(days[0], Status::InStock, ""), spell(days[7], Status::InStock, "CCAS")];
        assert_eq!(kept(&told, "a").spells, moved);

        // All this outlives a restart.
        store.close().await;
        assert_eq!(read(&home.open().await, "glpi").await, told);
    }
}

/// A file's observations are of the moment of what the transaction beside them reads, or are not read.
#[tokio::test]
async fn what_is_written_meanwhile_is_not_mixed_in() {
    let folder = Folder::new();
    let store = folder.open().await;
    let fleet = [seen("a", None, ""), seen("b", None, "")];
    record(&store, "glpi", &fleet, &Lines::default(), 1, date(2026, 1, 1)).await;
    let (scan, unchanged) = (store.engine.scan().unwrap().unwrap(), store.engine.scan().unwrap().unwrap());
    let source = |scan: scan::Scan| {
        scan.observations(1, &mut crate::store::body::Recall::default()).unwrap().map(|all| all.len())
    };
    assert_eq!(source(unchanged), Some(2));
    record(&store, "glpi", &fleet[..1], &Lines::default(), 2, date(2026, 1, 2)).await;
    assert_eq!(source(scan), None);
    assert_eq!(source(store.engine.scan().unwrap().unwrap()), Some(2));
}

/// What is stored is read in pages, and the name that ends one may be the beginning of the next name.
#[tokio::test]
async fn pages_leave_nothing_out() {
    for home in Home::both() {
        let store = home.open().await;
        let (none, day) = (Lines::default(), date(2026, 1, 1));
        let page = bulk::page(&store.read().await.unwrap());
        let natives = (1000..1000 + page).map(|at| at.to_string());
        let next = format!("{}0", 999 + page);
        let mut fleet: Vec<_> = natives.chain([next.clone()]).map(|native| seen(&native, None, "")).collect();
        record(&store, "glpi", &fleet, &none, 1, day).await;
        assert_eq!(kept(&read(&store, "glpi").await, &next).observation, fleet[fleet.len() - 1]);
        let recorded = record(&store, "glpi", &fleet, &none, 2, day).await;
        assert_eq!(recorded, Recorded { unchanged: fleet.len(), ..Recorded::default() });
        // The last of one page and the first of the next have a history of two stretches, and nobody else.
        for told in fleet.iter_mut().rev().take(2) {
            told.facts.status = Some(Status::Retired);
        }
        assert_eq!(record(&store, "glpi", &fleet, &none, 2, date(2026, 1, 2)).await.changed, 2);
        let lengths =
            read(&store, "glpi").await.observations.iter().map(|kept| kept.spells().len()).collect::<Vec<_>>();
        assert_eq!(lengths[fleet.len() - 3..], [1, 2, 2]);
        assert_eq!(lengths.iter().sum::<usize>(), fleet.len() + 2);
        fleet.pop();
        assert_eq!(record(&store, "glpi", &fleet, &none, 3, day).await.vanished, 1);
    }
}

#[tokio::test]
async fn the_later_word_of_a_day_stands() {
    for home in Home::both() {
        let store = home.open().await;
        let none = Lines::default();
        let (first, second) = (date(2026, 1, 1), date(2026, 1, 2));
        let at = async |status, day| {
            record(&store, "glpi", &[seen("a", status, "")], &none, 1, day).await;
            read(&store, "glpi").await.observations[0].spells()
        };
        assert_eq!(at(Some(Status::InStock), first).await, [spell(first, Status::InStock, "")]);
        assert_eq!(at(Some(Status::InRepair), first).await, [spell(first, Status::InRepair, "")]);
        // No status told counts as in use, so that telling it is no change.
        assert_eq!(at(None, first).await, [spell(first, Status::InUse, "")]);
        assert_eq!(at(Some(Status::InUse), second).await, [spell(first, Status::InUse, "")]);
        let retired = [spell(first, Status::InUse, ""), spell(second, Status::Retired, "")];
        assert_eq!(at(Some(Status::Retired), second).await, retired);
        // Back within the day: nothing lasting changed.
        assert_eq!(at(None, second).await, [spell(first, Status::InUse, "")]);
        // A clock that was ahead leaves no word that could not be changed any more.
        at(Some(Status::Lost), date(2099, 1, 1)).await;
        assert_eq!(at(None, second).await, [spell(first, Status::InUse, "")]);
        // One that was ahead on the first day: what is told before that day takes its place.
        let before = date(2025, 12, 31);
        assert_eq!(at(Some(Status::Retired), before).await, [spell(before, Status::Retired, "")]);
        assert_eq!(read(&store, "glpi").await.observations[0].history().first_seen, first);
    }
}

/// What tells a way out and no status is gone from the day on which it first does.
#[tokio::test]
async fn a_way_out_begins_a_stretch() {
    for home in Home::both() {
        let store = home.open().await;
        let days: Vec<Date> = (1..=5).map(|day| date(2026, 1, day)).collect();
        let at = async |way: Option<Disposal>, day: Date| {
            let mut told = seen("a", None, "");
            told.facts.disposal = way;
            record(&store, "csv", &[told], &Lines::default(), 1, day).await;
            read(&store, "csv").await.observations[0].spells()
        };
        let in_use = spell(days[0], Status::InUse, "");
        assert_eq!(at(None, days[0]).await, std::slice::from_ref(&in_use));
        assert_eq!(at(Some(Disposal::Unknown), days[1]).await, std::slice::from_ref(&in_use));
        let gone = [in_use.clone(), spell(days[2], Status::Disposed, "")];
        assert_eq!(at(Some(Disposal::Donation), days[2]).await, gone);
        // By another way it left on the same day.
        assert_eq!(at(Some(Disposal::Recycling), days[3]).await, gone);
        let [in_use, left] = gone;
        assert_eq!(at(None, days[4]).await, [in_use, left, spell(days[4], Status::InUse, "")]);
    }
}

#[tokio::test]
async fn sources_do_not_touch_each_other() {
    for home in Home::both() {
        let store = home.open().await;
        let day = date(2026, 1, 1);
        record(&store, "glpi", &[seen("a", None, "")], &purchases(&["x:1"]), 1, day).await;
        let glpi = read(&store, "glpi").await;
        record(&store, "ldap", &[seen("a", Some(Status::Lost), "")], &purchases(&["y:1"]), 2, day).await;
        record(&store, "ldap", &[], &Lines::default(), 3, day).await;
        assert_eq!(read(&store, "glpi").await, glpi);
        assert_eq!(store.testimony(&source("ocs")).await.unwrap(), None);
        // A source that only ever failed has said nothing.
        let missed = Missed { outcome: Outcome::Failed, class: "auth", message: "refused", took: Duration::ZERO };
        store.failed("ocs", Moment(4), &missed).await.unwrap();
        assert_eq!(store.testimony(&source("ocs")).await.unwrap(), None);
    }
}

#[tokio::test]
async fn lines_are_replaced_whole_and_keep_their_order() {
    for home in Home::both() {
        let store = home.open().await;
        let day = date(2026, 1, 1);
        // Two lines may have one key: nothing told of money is dropped.
        let lines = purchases(&["f:3", "f:1", "f:1"]);
        assert!(record(&store, "csv", &[], &lines, 1, day).await.lines_changed);
        assert_eq!(read(&store, "csv").await.lines, lines);
        assert!(!record(&store, "csv", &[], &lines, 2, day).await.lines_changed);
        let fewer = purchases(&["f:1"]);
        assert!(record(&store, "csv", &[], &fewer, 3, day).await.lines_changed);
        assert_eq!(read(&store, "csv").await.lines, fewer);
        assert_eq!(store.journal("csv", 1).await.unwrap()[0].lines, 1);
    }
}
