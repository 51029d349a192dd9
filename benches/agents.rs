//! What asking thousands of SNMP agents costs: they are in another process, each at an address of its own of the
//! loopback, a tenth of them silent, 20 ms late, and lose 0.5 % of what they are asked. One thread.
//! `cargo bench --bench agents [-- SIZE]`.
//!
//! `cargo bench --bench agents -- beside` asks 500 switches as they are, without loss or silence, and has Debian's
//! `prometheus-snmp-exporter` ask the same ones for the same objects, turn by turn in one run.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use connectors::rule::Rules;
use connectors::{Context, Progress, Source};
use cost::{megabytes_of, processor_seconds, processor_seconds_of};
use exporter::Exporter;
use responder::Faults;
use tokio::net::UdpSocket;

mod cost;
mod exporter;
#[path = "../connectors/snmp/tests/responder.rs"]
#[expect(dead_code, reason = "the tests start single ones")]
mod responder;

/// A small printer; a stack of four switches.
const PRINTER: &str = include_str!("../connectors/snmp/fixtures/walks/kyocera-ecosys.snmprec");
const SWITCHES: &str = include_str!("../connectors/snmp/fixtures/walks/cisco-stack.snmprec");
const PORT: u16 = 16_161;
const DELAY: Duration = Duration::from_millis(20);
/// Turns of each in `beside`.
const TURNS: usize = 15;
const BESIDE: usize = 500;

fn address(at: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 20, (at / 256) as u8, (at % 256) as u8)
}

/// What the agents are asked, where that is wanted: objects one by one, and columns of tables.
#[derive(Default)]
struct Asked {
    packets: AtomicUsize,
    objects: Mutex<BTreeSet<Vec<u32>>>,
    columns: Mutex<BTreeSet<Vec<u32>>>,
}

impl Asked {
    fn note(&self, walk: &responder::Walk, packet: &[u8]) {
        self.packets.fetch_add(1, Ordering::Relaxed);
        let Some(responder::Asking { kind, objects, .. }) = responder::open(packet) else { return };
        let into = if kind == 0xa0 { &self.objects } else { &self.columns };
        // A walk goes on from an object that is there: it began at one that is not.
        into.lock().unwrap().extend(objects.into_iter().filter(|oid| kind == 0xa0 || !walk.contains_key(oid)));
    }
}

/// Answers at one address; of `lost` packets one is.
async fn agent(at: usize, walk: Arc<responder::Walk>, lost: usize, asked: Option<Arc<Asked>>) {
    let socket = Arc::new(UdpSocket::bind((address(at), PORT)).await.unwrap());
    tokio::spawn(async move {
        let mut buffer = [0u8; 2048];
        let mut count = at;
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            count += 1;
            if count.is_multiple_of(lost) {
                continue;
            }
            if let Some(asked) = &asked {
                asked.note(&walk, &buffer[..length]);
            }
            let Some(answer) = responder::answer(&walk, &buffer[..length], Faults::default()) else { continue };
            let socket = Arc::clone(&socket);
            tokio::spawn(async move {
                tokio::time::sleep(DELAY).await;
                let _ = socket.send_to(&answer, from).await;
            });
        }
    });
}

/// Answers at so many addresses, until standard input ends.
async fn answer(size: usize, beside: bool) {
    let switches = Arc::new(responder::walk(SWITCHES));
    for at in 0..size {
        if beside {
            agent(at, Arc::clone(&switches), usize::MAX, None).await;
        } else if at % 10 != 0 {
            let mut walk = responder::walk(PRINTER);
            walk.extend(responder::walk(&format!("1.3.6.1.4.1.1347.43.5.1.1.28.1|4|SERIAL{at:05}")));
            agent(at, Arc::new(walk), 200, None).await;
        }
    }
    println!("listening");
    std::io::stdout().flush().unwrap();
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await;
}

/// The process that answers.
struct Answering(Child);

impl Answering {
    fn start(size: usize, mode: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([mode, &size.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        Self(child)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn source(targets: &[String], concurrency: usize) -> Box<dyn Source> {
    let targets: Vec<String> = targets.iter().map(|target| format!("'{target}'")).collect();
    let keys = format!(
        "targets = [{}]\nport = {PORT}\nrequest_timeout = '1s'\nretries = 2\nconcurrency = {concurrency}\n\
         neighbours = false\n[[credential]]\nversion = '2c'\ncommunity = 'public'",
        targets.join(", ")
    );
    let context = Context {
        name: "snmp".to_owned(),
        base: Path::new(".").to_path_buf(),
        time_zone: jiff::tz::TimeZone::UTC,
        pseudonyms: None,
        year_of: "date",
        rules: Rules::default(),
    };
    (connectors::snmp::CONNECTOR.open)(keys.parse().unwrap(), context).unwrap()
}

fn one_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn ask(size: usize) {
    let _answering = Answering::start(size, "answer");
    // Whole blocks of 256 addresses.
    let blocks: Vec<String> = (0..size.div_ceil(256)).map(|block| format!("127.20.{block}.0/24")).collect();
    let source = source(&blocks, 1500);
    let runtime = one_thread();
    let (cpu, wall) = (processor_seconds(), Instant::now());
    let harvest = runtime.block_on(source.collect(&Progress::default())).unwrap();
    // Of a /24 the first and last address are nobody's.
    let there = (0..size).filter(|at| at % 10 != 0 && !matches!(at % 256, 0 | 255)).count();
    println!("{:>8} {:>10} {:>8} {:>8} {:>8}", "agents", "answered", "cpu s", "wall s", "peak MB");
    println!(
        "{there:>8} {:>10} {:>8.2} {:>8.2} {:>8.0}",
        harvest.observations.len(),
        processor_seconds() - cpu,
        wall.elapsed().as_secs_f64(),
        megabytes_of(std::process::id(), "VmHWM")
    );
}

/// The same switches, asked for the same objects by the connector and by the exporter.
fn beside() {
    let runtime = one_thread();
    // First, what the connector asks of one: the exporter is told to ask for that.
    let (asked, walk) = (Arc::new(Asked::default()), Arc::new(responder::walk(SWITCHES)));
    runtime.block_on(async {
        agent(BESIDE, Arc::clone(&walk), usize::MAX, Some(Arc::clone(&asked))).await;
        source(&[address(BESIDE).to_string()], 1).collect(&Progress::default()).await.unwrap();
    });
    let (objects, columns) = (asked.objects.lock().unwrap().clone(), asked.columns.lock().unwrap().clone());
    let mine = asked.packets.swap(0, Ordering::Relaxed);
    let exporter = Exporter::start(&objects, &columns, &walk);
    let exporter = runtime.block_on(async {
        let asking = move || {
            assert_eq!(exporter.ask(&[format!("{}:{PORT}", address(BESIDE))], 1), 1);
            exporter
        };
        tokio::task::spawn_blocking(asking).await.unwrap()
    });
    let theirs = asked.packets.swap(0, Ordering::Relaxed);
    println!("{} objects, {} columns of {} values in all", objects.len(), columns.len(), walk.len());

    let _answering = Answering::start(BESIDE, "answer-switches");
    let addresses: Vec<String> = (0..BESIDE).map(|at| address(at).to_string()).collect();
    let targets: Vec<String> = addresses.iter().map(|address| format!("{address}:{PORT}")).collect();
    let (mut connector, mut other) = (Turns::default(), Turns::default());
    for _ in 0..TURNS {
        connector.turn(std::process::id(), || {
            let harvest = runtime.block_on(source(&addresses, BESIDE).collect(&Progress::default())).unwrap();
            // A stack has four members.
            assert_eq!(harvest.rejects.len(), 0);
        });
        other.turn(exporter.pid(), || assert_eq!(exporter.ask(&targets, BESIDE), BESIDE));
    }
    println!("{:<12} {:>12} {:>16} {:>18}", "", "targets/s", "cpu ms a target", "packets a target");
    for (name, turns, packets) in [("ecoparc", &connector, mine), ("exporter", &other, theirs)] {
        let (wall, cpu) = turns.median();
        let count = BESIDE as f64;
        println!("{name:<12} {:>12.0} {:>16.3} {packets:>18}", count / wall, 1000.0 * cpu / count);
    }
    let ((wall, cpu), (their_wall, their_cpu)) = (connector.median(), other.median());
    println!("{:.1} times its targets/s, {:.3} of its processor time", their_wall / wall, cpu / their_cpu);
}

/// Seconds of each turn, and of the processor's in it.
#[derive(Default)]
struct Turns {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Turns {
    fn turn(&mut self, pid: u32, ask: impl FnOnce()) {
        let (cpu, wall) = (processor_seconds_of(pid), Instant::now());
        ask();
        self.wall.push(wall.elapsed().as_secs_f64());
        self.cpu.push(processor_seconds_of(pid) - cpu);
    }

    fn median(&self) -> (f64, f64) {
        let middle = |of: &Vec<f64>| {
            let mut sorted = of.clone();
            sorted.sort_by(f64::total_cmp);
            sorted[sorted.len() / 2]
        };
        (middle(&self.wall), middle(&self.cpu))
    }
}

fn main() {
    let told: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let size: usize = told.iter().find_map(|word| word.parse().ok()).unwrap_or(10_000);
    match told.first().map(String::as_str) {
        Some("answer") => one_thread().block_on(answer(size, false)),
        Some("answer-switches") => one_thread().block_on(answer(size, true)),
        Some("beside") => beside(),
        _ => ask(size),
    }
}
