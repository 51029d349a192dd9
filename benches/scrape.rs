//! `scrape`: what fifty clients wait for, with a refresh running and without; what the daemon holds; how soon it is back
//! after a restart. The real binary, over HTTP, on a made-up fleet from four sources.
//!
//! `cargo bench --bench scrape [-- ASSETS [SECONDS]]`: 100 000 assets and 4 seconds a row, where nothing is told.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench")]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use cost::{megabytes_of, processor_seconds, processor_seconds_of};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until};

mod cost;

/// Clients that ask at the same time.
const CLIENTS: usize = 50;
/// In the open loop each of them asks so often, however long it waits for its answers.
const EVERY: Duration = Duration::from_millis(250);
/// Sources, and how many of ten assets each lists: 2.2 observations an asset.
const SOURCES: [(&str, usize); 4] = [("inventory", 10), ("agents", 6), ("network", 4), ("directory", 2)];
/// The source that is collected again and again: the smallest.
const AGAIN: &str = "directory";

fn main() {
    let mut told = std::env::args().skip(1).filter(|told| !told.starts_with('-'));
    let assets: usize = told.next().map_or(100_000, |told| told.parse().unwrap());
    let seconds: f64 = told.next().map_or(4.0, |told| told.parse().unwrap());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scrape");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let token = configure(&folder, assets);
    // As many threads as the machine the figures are told for: what clients take, the daemon lacks.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(bench(&folder, &token, assets, Duration::from_secs_f64(seconds)));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Writes the fleet and a configuration that knows a token, which it gives.
fn configure(folder: &Path, assets: usize) -> String {
    let told = Command::new(env!("CARGO_BIN_EXE_ecoparc")).args(["token", "bench"]).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let quoted = |key: &str| told.split(key).nth(1).unwrap().split('"').nth(1).unwrap().to_owned();
    let mut text = format!(
        "[organisation]\nname = \"Ville d'Essai\"\nsiret = \"21000000000013\"\n[server]\nlisten = \"127.0.0.1:0\"\n\
         requests_per_second = 1000000\n\
         anonymous = \"read\"\n[[server.token]]\nname = \"bench\"\nscopes = [\"admin\", \"assets\"]\nhash = \"{}\"\n",
        quoted("hash")
    );
    for (source, (name, tenths)) in SOURCES.into_iter().enumerate() {
        let _ = writeln!(
            text,
            "[[source]]\nname = \"{name}\"\ntype = \"csv\"\nevery = \"24h\"\ncontents = \"assets\"\npath = \"{name}.csv\""
        );
        write_source(&folder.join(format!("{name}.csv")), source, tenths, assets);
    }
    std::fs::write(folder.join("ecoparc.toml"), text).unwrap();
    quoted("token")
}

/// What a source lists: the first so many of each ten assets. The inventory knows what was bought, the others contacts.
fn write_source(path: &PathBuf, source: usize, tenths: usize, assets: usize) {
    let mut file = BufWriter::new(std::fs::File::create(path).unwrap());
    let kinds = ["laptop", "monitor", "desktop", "smartphone", "switch"];
    let makers = ["Dell Inc.", "HP", "Lenovo"];
    let head = "id,kind,manufacturer,model,serial,asset_tag,hostname,entity,status,condition,purchase_date,\
                purchase_price_ht,in_service_date,last_seen,ram_gb";
    writeln!(file, "{head}").unwrap();
    for at in (0..assets).filter(|at| at % 10 < tenths) {
        let (kind, maker, model) = (kinds[at % 5], makers[at % 3], at % 40);
        write!(file, "{source}-{at},{kind},{maker},Model {model},SN{at:08X},").unwrap();
        if source == 0 {
            let (year, month) = (2017 + at * 7919 % 9, 1 + at % 12);
            let status = if at.is_multiple_of(12) { "disposed" } else { "in_use" };
            let condition = if at.is_multiple_of(7) { "refurbished" } else { "new" };
            let (direction, price) = (at % 25, 500 + at % 1000);
            writeln!(
                file,
                "INV-{at:07},pc-{at:07},Ville > Direction {direction},{status},{condition},{year}-{month:02}-15,{price},\
                 {year}-{month:02}-20,,"
            )
            .unwrap();
        } else {
            writeln!(file, ",pc-{at:07},,,,,,,2026-01-{:02},16", 1 + at % 28).unwrap();
        }
    }
    file.flush().unwrap();
}

struct Daemon {
    child: Child,
    address: String,
    began: Instant,
    /// What it logs from then on.
    log: Receiver<String>,
}

impl Daemon {
    fn start(folder: &Path) -> Self {
        let began = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecoparc"));
        command
            .arg("run")
            .arg("--config")
            .arg(folder.join("ecoparc.toml"))
            .env("ECOPARC_LOG", "info,ecoparc::daemon=debug")
            // As the unit and the container have it.
            .env("MIMALLOC_PURGE_DELAY", "0");
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("listening")).expect("the daemon listens");
        let address = line.rsplit("address=").next().unwrap().trim().to_owned();
        let (send, log) = channel();
        // A pipe that nobody reads would stop it some day.
        std::thread::spawn(move || lines.for_each(|line| drop(send.send(line))));
        Self { child, address, began, log }
    }

    /// The figure `name=figure` of the next line of its log that says this and tells it.
    fn told(&self, says: &str, name: &str) -> f64 {
        let figure = |line: String| line.split(&format!("{name}=")).nth(1)?.split(' ').next()?.parse().ok();
        self.log.iter().filter(|line| line.contains(says)).find_map(figure).expect("its log goes on")
    }

    fn stop(mut self) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is kept, and as little beside it as HTTP/1.1 allows.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: vec![0; 256 * 1024] }
    }

    /// The status of the answer, its head, and how long its body is; the first bytes of it stay in the buffer.
    async fn ask(&mut self, request: &str) -> (u16, String, usize) {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let (mut held, end) = (0, &b"\r\n\r\n"[..]);
        let head = loop {
            let read = self.stream.read(&mut self.buffer[held..]).await.unwrap();
            assert!(read > 0, "the daemon hung up");
            held += read;
            if let Some(at) = self.buffer[..held].windows(4).position(|window| window == end) {
                break at + 4;
            }
        };
        let told = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let length = told.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: usize = length.unwrap_or_else(|| panic!("no length: {told}")).parse().unwrap();
        let mut left = length - (held - head);
        self.buffer.copy_within(head..held, 0);
        let mut kept = held - head;
        while left > 0 {
            // Of a long body the beginning is kept, and the rest read over itself.
            let from = if kept < self.buffer.len() / 2 { kept } else { self.buffer.len() / 2 };
            let read = self.stream.read(&mut self.buffer[from..]).await.unwrap();
            assert!(read > 0, "the body breaks off");
            kept = from + read;
            left -= read;
        }
        (told.split(' ').nth(1).unwrap().parse().unwrap(), told, length)
    }

    async fn json(&mut self, path: &str) -> serde_json::Value {
        let (_, _, length) = self.ask(&request("GET", path, "")).await;
        serde_json::from_slice(&self.buffer[..length]).unwrap()
    }
}

fn request(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n{headers}\r\n")
}

async fn published(client: &mut Client) -> Option<u64> {
    client.json("/readyz").await["edition"].as_u64()
}

async fn bench(folder: &Path, token: &str, assets: usize, each: Duration) {
    let daemon = Daemon::start(folder);
    let mut client = Client::open(&daemon.address).await;
    loop {
        sleep(Duration::from_millis(50)).await;
        if published(&mut client).await.is_none() {
            continue;
        }
        let sources = client.json("/api/v1/sources").await;
        if sources["items"].as_array().unwrap().iter().all(|source| source["up"] == true) {
            break;
        }
    }
    println!(
        "{assets} assets, {} observations",
        SOURCES.iter().map(|(_, tenths)| assets * tenths / 10).sum::<usize>()
    );
    println!("first start, four sources collected and published: {:.1} s", daemon.began.elapsed().as_secs_f64());
    // What is written for people who read the database follows the first edition.
    sleep(Duration::from_secs(2)).await;
    drop(client);
    println!("the day's readings kept for the first time: {:.2} s", daemon.told("readings are kept", "seconds"));
    daemon.stop();
    println!("the store: {:.0} MB", std::fs::metadata(folder.join("ecoparc.db")).unwrap().len() as f64 / 1e6);

    let daemon = Daemon::start(folder);
    let mut client = Client::open(&daemon.address).await;
    while published(&mut client).await.is_none() {
        sleep(Duration::from_millis(5)).await;
    }
    println!("restart, to the first edition out of the store: {:.2} s", daemon.began.elapsed().as_secs_f64());
    let pid = daemon.child.id();
    println!("memory after it: {:.0} MB, at most {:.0} MB", megabytes_of(pid, "VmRSS"), megabytes_of(pid, "VmHWM"));
    again(&daemon, &mut client).await;
    everything(&daemon, token).await;
    for (path, headers) in
        [("/metrics", ""), ("/metrics", GZIP), ("/api/v1/indicators", ""), ("/api/v1/indicators", GZIP)]
    {
        let (status, _, length) = client.ask(&request("GET", path, headers)).await;
        assert_eq!(status, 200, "{path}");
        println!("{path}{}: {length} bytes", if headers.is_empty() { "" } else { ", gzip" });
    }
    println!(
        "\n{:<20} {:<13} {:<8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>9} {:>7} {:>7}",
        "50 clients on",
        "loop",
        "refresh",
        "answers/s",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "most ms",
        "editions",
        "CPU",
        "clients"
    );
    for path in ["/metrics", "/api/v1/indicators"] {
        for open in [true, false] {
            for refreshing in [false, true] {
                row(&daemon, token, path, open, refreshing, each).await;
            }
        }
    }
    // The one from before has been silent for longer than it may.
    let mut client = Client::open(&daemon.address).await;
    let (_, _, length) = client.ask(&request("GET", "/metrics", "")).await;
    let text = String::from_utf8_lossy(&client.buffer[..length.min(client.buffer.len())]).into_owned();
    let took = text.lines().find_map(|line| line.strip_prefix("ecoparc_refresh_duration_seconds "));
    println!("\nthe last refresh: {} s", took.unwrap_or("(not among the first bytes of /metrics)"));
    println!("memory in the end: {:.0} MB, at most {:.0} MB", megabytes_of(pid, "VmRSS"), megabytes_of(pid, "VmHWM"));
    daemon.stop();
}

/// Every source is collected after a start: the largest lists what it listed.
async fn again(daemon: &Daemon, client: &mut Client) {
    let largest = SOURCES[0].0;
    let seconds = daemon.told(&format!("source=\"{largest}\""), "keeping");
    println!("the unchanged harvest of `{largest}` kept: {seconds:.2} s");
    // The editions that come of it.
    let mut before = published(client).await;
    loop {
        sleep(Duration::from_secs(5)).await;
        let now = published(client).await;
        if now == before {
            return;
        }
        before = now;
    }
}

/// One reader of all assets.
async fn everything(daemon: &Daemon, token: &str) {
    let pid = daemon.child.id();
    // What it has held at most is counted from here on (proc(5)).
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
    let (before, began) = (megabytes_of(pid, "VmRSS"), Instant::now());
    let mut stream = TcpStream::connect(&daemon.address).await.unwrap();
    let headers = format!("authorization: Bearer {token}\r\naccept: text/csv\r\nconnection: close\r\n");
    stream.write_all(request("GET", "/api/v1/assets", &headers).as_bytes()).await.unwrap();
    let (mut buffer, mut bytes) = (vec![0; 256 * 1024], 0);
    let mut last = 0;
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        if read == 0 {
            break;
        }
        bytes += read;
        last = buffer[read - 1];
    }
    assert_eq!(last, b'\n', "the answer is whole");
    println!(
        "all assets as CSV: {:.0} MB in {:.1} s, {:.1} MB more held meanwhile",
        bytes as f64 / 1e6,
        began.elapsed().as_secs_f64(),
        (megabytes_of(pid, "VmHWM") - before).max(0.0)
    );
}

/// Asks for a collection of one source.
fn sync(source: &str, token: &str) -> String {
    let headers = format!("authorization: Bearer {token}\r\ncontent-length: 0\r\n");
    request("POST", &format!("/api/v1/sources/{source}/sync"), &headers)
}

const GZIP: &str = "accept-encoding: gzip\r\n";

/// Fifty clients, half of whom take gzip, ask one thing for a while.
async fn row(daemon: &Daemon, token: &str, path: &'static str, open: bool, refreshing: bool, each: Duration) {
    let over = Arc::new(AtomicBool::new(false));
    let editions = Arc::new(AtomicUsize::new(0));
    let refresher = refreshing.then(|| {
        let (address, over, editions) = (daemon.address.clone(), over.clone(), editions.clone());
        let ask = sync(AGAIN, token);
        tokio::spawn(async move {
            let mut client = Client::open(&address).await;
            while !over.load(Ordering::Relaxed) {
                let before = published(&mut client).await;
                assert_eq!(client.ask(&ask).await.0, 202);
                while published(&mut client).await == before {
                    sleep(Duration::from_millis(10)).await;
                }
                editions.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    let (cpu, own) = (processor_seconds_of(daemon.child.id()), processor_seconds());
    let begin = Instant::now() + Duration::from_millis(100);
    let end = begin + each;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let address = daemon.address.clone();
            tokio::spawn(async move {
                let mut client = Client::open(&address).await;
                let ask = request("GET", path, if number % 2 == 0 { GZIP } else { "" });
                let mut waited = Vec::new();
                let mut due = begin + EVERY * number as u32 / CLIENTS as u32;
                sleep_until(if open { due } else { begin }).await;
                while Instant::now() < end {
                    // In the open loop an answer that comes late makes the next one late as well, and both are told.
                    let asked = if open { due } else { Instant::now() };
                    assert_eq!(client.ask(&ask).await.0, 200);
                    waited.push(asked.elapsed());
                    due += EVERY;
                    if open {
                        sleep_until(due).await;
                    }
                }
                waited
            })
        })
        .collect();
    let mut waited = Vec::new();
    for client in clients {
        waited.extend(client.await.unwrap());
    }
    let took = begin.elapsed().as_secs_f64();
    let cpu = (processor_seconds_of(daemon.child.id()) - cpu) / took;
    let own = (processor_seconds() - own) / took;
    over.store(true, Ordering::Relaxed);
    if let Some(refresher) = refresher {
        refresher.await.unwrap();
    }
    waited.sort_unstable();
    let at = |share: f64| waited[((waited.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    let (way, refresh) = (if open { "open, 200/s" } else { "closed" }, if refreshing { "running" } else { "none" });
    let editions = editions.load(Ordering::Relaxed);
    let rate = waited.len() as f64 / took;
    println!(
        "{path:<20} {way:<13} {refresh:<8} {rate:>9.0} {:>8.2} {:>8.2} {:>8.2} {:>8.2} {editions:>9} {cpu:>7.2} {own:>7.2}",
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    );
}
