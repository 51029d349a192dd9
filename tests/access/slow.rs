//! A thousand connections that take their time, and those who want an answer meanwhile.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::frame::raw;
use super::tls::{curl, self_signed};
use crate::house::*;

const MANY: usize = 1000;
/// Descriptors of a service that was given few.
const FEW: usize = 512;

struct Slow(Child, BufReader<std::process::ChildStdout>);

impl Slow {
    fn start(daemon: &Daemon, how: &str, seconds: u32) -> Self {
        let port = daemon.url.rsplit(':').next().unwrap();
        let script = root().join("tests/access/slowloris.py");
        let arguments = [port, how, &MANY.to_string(), &seconds.to_string()];
        let mut child = Command::new("python3").arg(script).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        lines.read_line(&mut ready).unwrap();
        assert_eq!(ready.trim(), "ready");
        Self(child, lines)
    }

    /// How many were thrown out.
    fn end(mut self) -> usize {
        let mut last = String::new();
        self.1.read_to_string(&mut last).unwrap();
        self.0.wait().unwrap();
        last.trim().parse().unwrap()
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What is answered over a connection of its own.
fn asked(daemon: &Daemon, path: &str) -> String {
    if daemon.url.starts_with("https") {
        return curl(Path::new("."), &["-k", "-i", "--http1.1", &format!("{}{path}", daemon.url)]).1;
    }
    let port = daemon.url.rsplit(':').next().unwrap().parse().unwrap();
    raw(port, &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"))
}

/// Asks a hundred times; how long the slowest took, and the middle one.
fn normal(daemon: &Daemon) -> [Duration; 2] {
    let mut took: Vec<Duration> = (0..100)
        .map(|at| {
            let began = Instant::now();
            let path = ["/", "/api/v1/indicators", "/metrics", "/healthz"][at % 4];
            let answer = asked(daemon, path);
            assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
            began.elapsed()
        })
        .collect();
    took.sort();
    [took[99], took[50]]
}

/// What gives one asset its answers.
fn fleet(descriptors: Option<usize>, tls: bool) -> (Folder, Daemon) {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind;serial\nA;laptop;SERIAL001\n");
    let server = if tls { self_signed(&folder.0) } else { "" };
    let config = folder.configure(&format!("{server}{}", table("fleet", "assets", "fleet.csv", "")));
    let mut daemon = match descriptors {
        Some(descriptors) => Daemon::start_within(&config, descriptors),
        None => Daemon::start(&config),
    };
    daemon.collected();
    daemon.until("it is there to be read", |daemon| asked(daemon, "/readyz").starts_with("HTTP/1.1 200"));
    (folder, daemon)
}

#[expect(clippy::print_stdout, reason = "the figures of a run are worth reading")]
fn endured(descriptors: Option<usize>, how: &str, seconds: u32) -> (usize, Daemon, Folder) {
    let (folder, daemon) = fleet(descriptors, matches!(how, "agreed" | "streams"));
    let alone = normal(&daemon);
    let (memory, open) = (daemon.resident(), daemon.descriptors());
    let slow = Slow::start(&daemon, how, seconds);
    let beside = normal(&daemon);
    let (memory_now, open_now) = (daemon.resident(), daemon.descriptors());
    let thrown_out = slow.end();
    println!(
        "{MANY} {how} connections, descriptors {descriptors:?}: slowest and middle answer {beside:?} (alone {alone:?}), \
         {} kB more, {open} to {open_now} descriptors, {thrown_out} thrown out",
        memory_now.saturating_sub(memory)
    );
    // Whoever waits for a place that is held waits for the twenty seconds that a head may take; one of a hundred may be
    // late for what else this machine does.
    let [slowest, middle] = beside.map(|took| took.as_secs());
    assert!(slowest < 10 && middle < 2, "normal requests wait: {beside:?}");
    assert!(memory_now < memory + 65_536, "{memory} kB became {memory_now} kB");
    // A quarter of a thousand descriptors are left to what is no connection.
    let most = descriptors.map_or(open + MANY, |all| open + all - 256);
    assert!(open_now <= most + 10, "{open_now} descriptors");
    (thrown_out, daemon, folder)
}

/// Where there is room, they stay for as long as the head of a request may take, and no longer.
#[test]
fn a_thousand_slow_heads_cost_little_and_are_thrown_out() {
    let (thrown_out, daemon, _folder) = endured(None, "head", 24);
    assert!(thrown_out >= MANY, "only {thrown_out} were thrown out");
    daemon.until("all of them are gone", |daemon| daemon.descriptors() < 100);
}

#[test]
fn the_silent_are_thrown_out_too() {
    let (thrown_out, ..) = endured(None, "silent", 24);
    assert!(thrown_out >= MANY, "only {thrown_out} were thrown out");
}

/// Those who agree on HTTP/2 and ask nothing are no better.
#[test]
fn the_agreed_and_silent_are_thrown_out_too() {
    let (thrown_out, ..) = endured(None, "agreed", 24);
    assert!(thrown_out >= MANY, "only {thrown_out} were thrown out");
}

/// Where there is little room, those who keep silent the longest leave it to those who come.
#[test]
fn with_few_descriptors_those_who_ask_are_still_answered() {
    for how in ["silent", "head", "body", "streams"] {
        let (thrown_out, ..) = endured(Some(FEW), how, 4);
        assert!(thrown_out >= MANY - FEW, "only {thrown_out} were thrown out");
    }
}
