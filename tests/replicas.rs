//! Several daemons on one real PostgreSQL: killed, paused, cut off, upgraded. A source is collected by one at a time, and
//! all tell the same.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::house::*;

mod wire;

use wire::Wire;

/// How long a lease is held that is not renewed.
const LEASE: Duration = Duration::from_secs(3);

/// A database of its own on the PostgreSQL that the tests share, gone with the test.
struct Database {
    port: u16,
    /// PgBouncer's, which gives each transaction whichever connection is free.
    pooler: u16,
    name: String,
}

impl Database {
    fn new(name: &str) -> Self {
        let ports = server("postgres", "start", &target().join("servers/postgres"), &[]);
        let (port, pooler) = ports.split_once(' ').unwrap();
        let (port, pooler) = (port.parse().unwrap(), pooler.parse().unwrap());
        let database = Self { port, pooler, name: format!("{name}-{}", std::process::id()) };
        database.on("postgres", &format!("CREATE DATABASE \"{}\" TEMPLATE template0", database.name));
        database
    }

    fn on(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new("psql");
        psql.args(["-qXAt", "-h", "127.0.0.1", "-U", "ecoparc", "-p", &self.port.to_string(), "-d", database]);
        let output = psql.args(["-c", sql]).output().unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn ask(&self, sql: &str) -> String {
        self.on(&self.name, sql)
    }

    /// How many collections were kept.
    fn kept(&self) -> String {
        self.ask("SELECT count(*) FROM harvest WHERE outcome = 'complete'")
    }

    /// The configuration's tables, by way of a port.
    fn store(&self, port: u16) -> String {
        format!(
            "{ADMIN_TOKEN}[store]\nurl = \"postgres://ecoparc@127.0.0.1:{port}/{}?sslmode=disable\"\nlease = \"{}s\"\n",
            self.name,
            LEASE.as_secs()
        )
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.on("postgres", &format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name));
    }
}

/// A daemon, and its own wire to the tool that all of them collect.
struct Replica {
    daemon: Daemon,
    tool: Wire,
    _folder: Folder,
}

impl Replica {
    fn start(database: &Database, port: u16, glpi: &Glpi) -> Self {
        let folder = Folder::new();
        let tool = Wire::to(glpi.url.rsplit(':').next().unwrap().parse().unwrap());
        let source = glpi.source("glpi", "").replace(&glpi.url, &format!("http://127.0.0.1:{}", tool.port));
        let daemon = Daemon::start(&folder.configure(&(database.store(port) + &source)));
        Self { daemon, tool, _folder: folder }
    }

    /// Does it hold the lease of the source?
    fn holds(&self) -> bool {
        self.daemon.sample("ecoparc_source_lease_held{source=\"glpi\"}") == Some(1.0)
    }

    /// In whole seconds, as others read it in the database.
    fn last_success(&self) -> Option<i64> {
        let told = self.daemon.sample("ecoparc_source_last_success_timestamp_seconds{source=\"glpi\"}");
        told.map(|seconds| seconds as i64)
    }

    /// The fleet that it tells, but for what another day changes: one may begin between two questions.
    fn fleet(&self) -> Vec<Value> {
        let mut fleet = self.daemon.items("/api/v1/assets");
        for asset in &mut fleet {
            let fields = asset.as_object_mut().unwrap();
            assert!(fields.remove("age_seconds").is_some() && fields.remove("status").is_some());
        }
        fleet
    }

    /// Is it in the middle of a collection that began since?
    fn is_amid(&self, moment: Instant) -> bool {
        self.tool.since(moment).iter().any(|line| line.contains("/Computer"))
    }

    fn sessions(&self) -> usize {
        self.tool.asked("/initSession").len()
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "never came true: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The holder, and all others, once one holds the lease and all have heard of its collection.
fn settled(replicas: Vec<Replica>) -> (Replica, Vec<Replica>) {
    until("all replicas tell what one has collected", || {
        replicas.iter().all(|one| one.last_success().is_some())
            && replicas.iter().filter(|one| one.holds()).count() == 1
    });
    let (mut holding, others): (Vec<_>, Vec<_>) = replicas.into_iter().partition(Replica::holds);
    (holding.remove(0), others)
}

#[test]
fn a_killed_replica_is_replaced_and_nothing_is_collected_twice() {
    let (database, glpi) = (Database::new("killed"), Glpi::start(10, &[]));
    let ports = [database.port, database.pooler, database.pooler];
    let replicas: Vec<Replica> = ports.into_iter().map(|port| Replica::start(&database, port, &glpi)).collect();
    let (holder, others) = settled(replicas);
    assert_eq!(holder.sessions() + others.iter().map(Replica::sessions).sum::<usize>(), 1, "collected once, by one");
    let fleet = holder.fleet();
    assert!(!fleet.is_empty());
    for other in &others {
        assert_eq!(other.fleet(), fleet);
    }

    // Wished for at one that does not collect, and killed in the middle.
    let before = holder.last_success();
    for one in others.iter().chain([&holder]) {
        one.tool.slow(Duration::from_millis(150));
    }
    let wished = Instant::now();
    others[0].daemon.wish("glpi");
    until("the holder collects", || holder.is_amid(wished));
    holder.daemon.signal("-KILL");
    let killed = Instant::now();
    until("another one collects", || others.iter().any(|other| other.sessions() > 0));
    // A third of it passes between two looks; the rest is for a slow machine, and far from the hour of the next turn.
    assert!(killed.elapsed() < LEASE * 4, "{:?} after the kill", killed.elapsed());
    for one in &others {
        one.tool.slow(Duration::ZERO);
    }
    until("both tell of it", || others.iter().all(|other| other.last_success() > before));
    assert_eq!(others.iter().map(Replica::sessions).sum::<usize>(), 1);
    assert_eq!(others.iter().filter(|other| other.holds()).count(), 1);
    assert_eq!(database.kept(), "2");
    assert_eq!(others[0].fleet(), others[1].fleet());
}

#[test]
fn a_paused_replica_that_wakes_up_writes_nothing() {
    let (database, glpi) = (Database::new("paused"), Glpi::start(10, &[]));
    let replicas: Vec<Replica> = (0..2).map(|_| Replica::start(&database, database.port, &glpi)).collect();
    let (mut holder, others) = settled(replicas);
    let (other, before) = (&others[0], holder.last_success());
    holder.tool.slow(Duration::from_millis(300));
    let wished = Instant::now();
    holder.daemon.wish("glpi");
    until("the holder collects", || holder.is_amid(wished));
    holder.daemon.signal("-STOP");
    until("the other one has collected", || other.last_success() > before && database.kept() == "2");
    assert_eq!(other.sessions(), 1);
    holder.daemon.signal("-CONT");
    holder.daemon.wait_for_line("the lease passed on during a collection: nothing of it is kept");
    let woken = Instant::now();
    until("it tells what the other one collected", || holder.last_success() == other.last_success());
    std::thread::sleep(LEASE);
    let asked = holder.tool.since(woken);
    // One question may have been on its way when the log was written.
    let collects = asked.iter().filter(|line| !line.contains("/killSession")).count();
    assert!(collects <= 1, "it went on collecting: {asked:?}");
    assert_eq!(database.kept(), "2");
    // It takes its part again, as one that never was away.
    assert_eq!(holder.fleet(), other.fleet());
    holder.daemon.wish("glpi");
    until("wishes are seen to", || database.kept() == "3");
}

#[test]
fn a_replica_cut_off_tells_its_last_edition_and_says_so() {
    let (database, glpi) = (Database::new("cut"), Glpi::start(10, &[]));
    let wire = Wire::to(database.port);
    let cut = Replica::start(&database, wire.port, &glpi);
    until("it has collected", || cut.last_success().is_some() && cut.holds());
    let fleet = cut.fleet();
    let other = Replica::start(&database, database.port, &glpi);
    until("the other one knows what was collected", || other.last_success() == cut.last_success());
    wire.cut(true);
    let up = |replica: &Replica| replica.daemon.sample("ecoparc_store_up");
    until("it says so in its metrics", || up(&cut) == Some(0.0) && !cut.holds());
    let ready = cut.daemon.get("/readyz");
    assert_eq!(ready.status, 200);
    assert!(ready.body.contains("\"store\":\"unreachable\""), "{}", ready.body);
    assert_eq!(cut.fleet(), fleet);
    until("the other one takes over", || other.holds() && up(&other) == Some(1.0));
    let before = other.last_success();
    std::thread::sleep(Duration::from_secs(1));
    other.daemon.wish("glpi");
    until("and collects", || other.last_success() > before);
    wire.cut(false);
    until("it is back by itself", || up(&cut) == Some(1.0) && cut.last_success() == other.last_success());
    assert!(cut.daemon.get("/readyz").body.contains("\"store\":\"ok\""));
}

#[test]
fn an_older_release_goes_on_beside_a_newer_one() {
    let (database, glpi) = (Database::new("rolling"), Glpi::start(10, &[]));
    let older = Replica::start(&database, database.port, &glpi);
    until("it has collected", || older.last_success().is_some());
    // The newer release's step only adds, and says who understands it.
    let ours = database.ask("SELECT max(version) FROM schema_step");
    database.ask(&format!(
        "BEGIN; ALTER TABLE observation ADD COLUMN later TEXT; CREATE TABLE later (id BIGINT PRIMARY KEY); \
         INSERT INTO schema_step (version, hash, reader) VALUES ({ours} + 1, 'later', {ours}); COMMIT"
    ));
    older.daemon.wish("glpi");
    until("it still collects", || database.kept() == "2");
    let restarted = Replica::start(&database, database.port, &glpi);
    until("one starts on the newer schema", || restarted.last_success().is_some());
    // A step that it cannot understand stops one that starts, with one line.
    database.ask(&format!("UPDATE schema_step SET reader = {ours} + 1 WHERE version = {ours} + 1"));
    let folder = Folder::new();
    folder.configure(&database.store(database.port));
    let (code, line) = refusal(&folder.run(&["run"]));
    assert_eq!(code, 1);
    assert!(line.contains("it was written by a newer release of ecoparc"), "{line}");
}

#[test]
fn people_are_told_once_and_a_daemon_waits_for_its_database() {
    let database = Database::new("told");
    let (hook, told) = webhook();
    // Nothing is there to read: a source that was never heard is stale from the beginning.
    let source = table("parc", "assets", "nowhere.csv", "")
        + &format!("[[notify]]\nname = \"dsi\"\nwebhook = \"{hook}\"\nabout = [\"source\"]\n");
    let wire = Wire::to(database.port);
    wire.cut(true);
    let folders = [Folder::new(), Folder::new(), Folder::new()];
    let late = folders[0].configure(&(database.store(wire.port) + &source));
    let mut command = ecoparc();
    command.arg("run").arg("--config").arg(late);
    let mut replicas = vec![Daemon::spawn(command)];
    replicas[0].wait_for_line("waiting for the database: cannot open the store postgres://");
    wire.cut(false);
    replicas[0].listens();
    for folder in &folders[1..] {
        replicas.push(Daemon::start(&folder.configure(&(database.store(database.port) + &source))));
    }
    told.recv_timeout(PATIENCE).expect("somebody is told");
    // Time for all of them to hold the lease of the messages in turn.
    std::thread::sleep(LEASE);
    replicas.remove(0);
    std::thread::sleep(LEASE * 2);
    assert_eq!(told.try_iter().count(), 0, "told more than once");
    assert_eq!(database.ask("SELECT count(*) FROM notice"), "1");
}
