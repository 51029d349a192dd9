//! `footprint`: 100 000 mixed assets, from their facts to the annual figures of three criteria with bounds, on one core.
//!
//! `cargo bench --bench footprint`, and `cargo bench --bench footprint -- beside` for a real boaviztapi in the same run
//! (`tests/servers/boaviztapi` starts it).
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use domain::factor::Tier;
use domain::indicator::Basis;
use domain::indicator::footprint::{by_kind_and_phase, fleet};
use domain::observation::{Facts, Observation};
use domain::reconcile::reconcile;
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::testimony::{Kept, Lines, Spell};
use domain::word::{Criterion, Kind, Status};
use jiff::Span;
use town::{PUBLISHING, TODAY, body, rules, settings, testimony};

mod town;

const ASSETS: usize = 100_000;

/// What towns own, and how often of a hundred: kind, maker, model.
const FLEET: &[(usize, Kind, &str, &str)] = &[
    (18, Kind::Laptop, "Dell Inc.", "Latitude 5490"),
    (9, Kind::Laptop, "HP", "EliteBook 840 G5"),
    (8, Kind::Laptop, "LENOVO", "ThinkPad T480"),
    (7, Kind::Desktop, "Dell Inc.", "OptiPlex 3060"),
    (7, Kind::Desktop, "Lenovo", "ThinkCentre M720q"),
    (14, Kind::Monitor, "Dell Inc.", "P2419H"),
    (11, Kind::Monitor, "iiyama", "ProLite XUB2493HS"),
    (9, Kind::Smartphone, "Samsung", "Galaxy XCover 5"),
    (3, Kind::Tablet, "Apple Inc.", "iPad (9e génération)"),
    (4, Kind::Printer, "HP", "LaserJet Pro M404dn"),
    (3, Kind::Switch, "Aruba", "2930F 48G"),
    (2, Kind::DeskPhone, "Yealink", "T54W"),
    (3, Kind::Server, "Supermicro", "SYS-1029P"),
    (2, Kind::Server, "Dell Inc.", "PowerEdge R740"),
];

fn kept(at: usize) -> Kept {
    let mut place = at * 7919 % 100;
    let (_, kind, maker, model) = FLEET
        .iter()
        .find(|(share, ..)| {
            let here = place < *share;
            place = place.saturating_sub(*share);
            here
        })
        .expect("the shares make a hundred");
    let bought = TODAY.saturating_sub(Span::new().days((at * 104_729 % 3000) as i32));
    let is_server = *kind == Kind::Server;
    let facts = Facts {
        kind: Some(*kind),
        manufacturer: Some(Text::from(*maker)),
        model: Some(Text::from(*model)),
        serial: Some(Text::from(format!("SN{at:08X}"))),
        entity: Some(Text::from(format!("Ville > Direction {}", at % 25))),
        purchase_date: Some(bought),
        in_service_date: Some(bought),
        cpu: is_server.then(|| Text::from("Intel(R) Xeon(R) Gold 6134 CPU @ 3.20GHz")),
        cpu_count: is_server.then_some(2.0),
        ram_gb: is_server.then(|| (32 * (1 + at / 100 % 24)) as f64),
        ssd_gb: is_server.then(|| (480 * (at / 100 % 5)) as f64),
        hdd_gb: is_server.then(|| (1200 * (at / 100 % 4)) as f64),
        ..Facts::default()
    };
    let spell = Spell { since: TODAY, status: Status::InUse, entity: facts.entity.clone(), user: None };
    Kept {
        observation: Observation { native: Text::from(format!("Computer/{at}")), anonymous: false, facts },
        first_seen: TODAY,
        arrived: false,
        unlisted_since: None,
        spells: vec![spell],
    }
}

fn snapshot() -> Snapshot {
    let observations = (0..ASSETS).map(kept).map(Into::into).collect();
    let testimony = testimony("inventory", observations, Lines::default());
    reconcile(&[testimony], &rules(vec![body("Ville")]))
}

/// The median of several runs.
fn median(runs: usize, mut run: impl FnMut()) -> Duration {
    let mut took: Vec<Duration> = (0..runs)
        .map(|_| {
            let clock = Instant::now();
            run();
            clock.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[runs / 2]
}

fn main() {
    let settings = settings();
    let snapshot = snapshot();
    let basis = Basis::new(&snapshot, &settings, PUBLISHING, TODAY);
    let total = fleet(&basis);
    println!(
        "{} assets, {} factor rows: {:.0} t CO2e a year ({:.0} to {:.0})",
        snapshot.assets.len(),
        settings.factors.rows.len(),
        total.value.unwrap_or(0.0) / 1e6,
        total.low.unwrap_or(0.0) / 1e6,
        total.high.unwrap_or(0.0) / 1e6
    );
    for tier in [Tier::Model, Tier::Specification, Tier::Kind, Tier::None] {
        let count: f64 = basis.cells.iter().filter(|cell| cell.tier == tier).map(|cell| cell.count).sum();
        println!("  {tier:?}: {:.1} %", 100.0 * count / ASSETS as f64);
    }
    let climate = median(15, || {
        let basis = Basis::new(&snapshot, &settings, PUBLISHING, TODAY);
        black_box((fleet(&basis), by_kind_and_phase(&basis, Criterion::Co2e)));
    });
    let all = median(15, || {
        let basis = Basis::new(&snapshot, &settings, PUBLISHING, TODAY);
        for criterion in [Criterion::Co2e, Criterion::Adpe, Criterion::PrimaryEnergy] {
            black_box(by_kind_and_phase(&basis, criterion));
        }
    });
    println!("climate change, everything from the facts on: {:.1} ms", climate.as_secs_f64() * 1e3);
    println!("three criteria: {:.1} ms", all.as_secs_f64() * 1e3);
    if std::env::args().any(|told| told == "beside") {
        beside(climate / ASSETS as u32);
    }
}

/// The same mixture asked of a real boaviztapi, one request after the other.
fn beside(ours: Duration) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/boaviztapi");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("boaviztapi");
    let run = |command: &str| {
        let output = Command::new(&script).arg(command).arg(&folder).output().expect("the script is there");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let url = run("start");
    // reqwest wants one even where nothing is encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    const ASKED: u32 = 1000;
    let took = runtime.block_on(async {
        let client = reqwest::Client::new();
        let clock = Instant::now();
        for at in 0..ASKED {
            let (route, body) = question(at);
            let request = client.post(format!("{url}/v1/{route}?criteria=gwp&verbose=false")).body(body);
            let answer = request.header("content-type", "application/json").send().await.expect("it answers");
            assert!(answer.status().is_success(), "{route}: {}", answer.status());
            black_box(answer.bytes().await.expect("it answers in whole"));
        }
        clock.elapsed()
    });
    run("stop");
    let theirs = took / ASKED;
    println!(
        "boaviztapi, one by one: {:.0} us an asset; here {:.2} us: {:.0} times as many a second",
        theirs.as_secs_f64() * 1e6,
        ours.as_secs_f64() * 1e6,
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
}

/// Five servers of a hundred, the others terminals and monitors.
fn question(at: u32) -> (&'static str, String) {
    match at % 20 {
        0 => {
            let body = r#"{"model":{"type":"rack"},"configuration":{"cpu":{"units":2,"name":"Xeon Gold 6134"},"ram":[{"units":12,"capacity":32}],"disk":[{"units":2,"type":"ssd","capacity":960}]}}"#;
            ("server/", body.to_owned())
        }
        1..=8 => ("terminal/laptop", "{}".to_owned()),
        9..=11 => ("terminal/desktop", "{}".to_owned()),
        12..=17 => ("peripheral/monitor", "{}".to_owned()),
        _ => ("terminal/smartphone", "{}".to_owned()),
    }
}
