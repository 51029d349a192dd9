//! What asking thousands of SNMP agents costs: they are in another process, each at an address of its own of the
//! loopback, a tenth of them silent, 20 ms late, and lose 0.5 % of what they are asked. One thread.
//! `cargo bench --bench agents [-- SIZE]`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench")]

use std::io::{BufRead, BufReader, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use connectors::rule::Rules;
use connectors::{Context, Progress};
use cost::{peak_megabytes, processor_seconds};
use responder::Faults;
use tokio::net::UdpSocket;

mod cost;
#[path = "../connectors/snmp/tests/responder.rs"]
#[expect(dead_code, reason = "the tests start single ones")]
mod responder;

const WALK: &str = include_str!("../connectors/snmp/fixtures/walks/kyocera-ecosys.snmprec");
const PORT: u16 = 16_161;
const DELAY: Duration = Duration::from_millis(20);

fn address(at: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 20, (at / 256) as u8, (at % 256) as u8)
}

/// Answers at so many addresses, until standard input ends.
async fn answer(size: usize) {
    for at in (0..size).filter(|at| at % 10 != 0) {
        let mut walk = responder::walk(WALK);
        walk.extend(responder::walk(&format!("1.3.6.1.4.1.1347.43.5.1.1.28.1|4|SERIAL{at:05}")));
        let socket = Arc::new(UdpSocket::bind((address(at), PORT)).await.unwrap());
        tokio::spawn(async move {
            let mut buffer = [0u8; 2048];
            let mut count = at;
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                count += 1;
                if count % 200 == 0 {
                    continue;
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
    println!("listening");
    std::io::stdout().flush().unwrap();
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await;
}

fn ask(size: usize) {
    // Whole blocks of 256 addresses.
    let blocks = size.div_ceil(256);
    let targets: Vec<String> = (0..blocks).map(|block| format!("'127.20.{block}.0/24'")).collect();
    let keys = format!(
        "targets = [{}]\nport = {PORT}\nrequest_timeout = '1s'\nretries = 2\nconcurrency = 2000\nneighbours = false\n\
         [[credential]]\nversion = '2c'\ncommunity = 'public'",
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
    let source = (connectors::snmp::CONNECTOR.open)(keys.parse().unwrap(), context).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
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
        peak_megabytes()
    );
}

fn main() {
    let told: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let size: usize = told.iter().find_map(|word| word.parse().ok()).unwrap_or(10_000);
    if told.first().is_some_and(|word| word == "answer") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(answer(size));
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["answer", &size.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    ask(size);
    drop(child.stdin.take());
    let _ = child.wait();
}
