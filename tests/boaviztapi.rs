//! Servers by boaviztapi: our own figures against those of the real program, and what happens when it is not there.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::house::*;

/// A real boaviztapi.
struct Real {
    folder: PathBuf,
    url: String,
}

impl Real {
    /// `boaviztapi` is the one that tests share; `boaviztapi-NAME` is a test's own.
    fn start(name: &str) -> Self {
        let folder = target().join("servers").join(name);
        let url = server("boaviztapi", "start", &folder, &[]);
        Self { folder, url }
    }

    fn stop(&self) {
        server("boaviztapi", "stop", &self.folder, &[]);
    }

    /// What it answers, and with which status.
    fn ask(&self, query: &str, body: &Value) -> (u16, Value) {
        wait(async {
            let request = client().post(format!("{}/v1/server/?{query}", self.url)).json(body);
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.json().await.unwrap_or_default())
        })
    }

    /// Value and bounds of what making costs.
    fn making(&self, query: &str, body: &Value, criterion: &str) -> [f64; 3] {
        let (status, told) = self.ask(query, body);
        assert_eq!(status, 200, "{told}");
        let embedded = &told["impacts"][criterion]["embedded"];
        ["value", "min", "max"].map(|key| embedded[key].as_f64().unwrap_or_else(|| panic!("{told}")))
    }
}

const CRITERIA: &str = "verbose=false&criteria=gwp&criteria=pe";

const HEADINGS: &str = "id;kind;status;cpu;cpu_count;ram_gb;ram_modules;ssd_gb;ssd_count;hdd_gb;hdd_count\n";

/// A server as a table tells it, and as boaviztapi is asked.
fn servers() -> Vec<(&'static str, Value)> {
    let asked = |cpu: Value, ram: [u32; 2], disk: Value| {
        json!({
            "model": { "type": "rack" },
            "configuration": {
                "cpu": cpu,
                "ram": [{ "units": ram[0], "capacity": ram[1] }],
                "disk": disk,
                "power_supply": { "units": 2 },
            },
            "usage": {},
        })
    };
    let cpu = |units: u32, name: &str| json!({ "units": units, "name": name });
    let ssd = |units: u32, each: u32| json!({ "units": units, "type": "ssd", "capacity": each });
    let hdd = |units: u32| json!({ "units": units, "type": "hdd" });
    vec![
        (
            "Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz;2;384;12;960;2;9600;4",
            asked(cpu(2, "XEON E5-2690 V4"), [12, 32], json!([ssd(2, 480), hdd(4)])),
        ),
        (
            "AMD EPYC 7502 32-Core Processor;2;1024;16;7680;4;;",
            asked(cpu(2, "EPYC 7502"), [16, 64], json!([ssd(4, 1920)])),
        ),
        ("Intel Xeon Gold 6134;1;32;2;;;8000;2", asked(cpu(1, "XEON GOLD 6134"), [2, 16], json!([hdd(2)]))),
        // Modules and drives that nobody counted.
        (
            "Intel Xeon Platinum 8480+;2;512;;3840;;;",
            asked(cpu(2, "XEON PLATINUM 8480+"), [16, 32], json!([ssd(4, 960)])),
        ),
        // A processor that nobody told, and one that nobody knows.
        (";2;128;8;480;2;;", asked(json!({ "units": 2 }), [8, 16], json!([ssd(2, 240)]))),
        (";4;2048;32;;;12000;10", asked(json!({ "units": 4 }), [32, 64], json!([hdd(10)]))),
        ("Frobnicator 9000;2;64;4;960;1;;", asked(cpu(2, "FROBNICATOR 9000"), [4, 16], json!([ssd(1, 960)]))),
        // No drive at all.
        (
            "AMD EPYC 9654 96-Core Processor;1;768;12;;;;",
            asked(cpu(1, "EPYC 9654"), [12, 64], json!([{ "units": 0, "type": "ssd", "capacity": 1 }])),
        ),
    ]
}

/// A table of these servers.
fn parc(rows: &[&str]) -> String {
    let rows = rows.iter().enumerate().map(|(at, row)| format!("{};server;in_use;{row}\n", at + 1));
    HEADINGS.to_owned() + &rows.collect::<String>()
}

fn house(servers: &[&str], more: &str) -> (Folder, PathBuf) {
    let folder = Folder::new();
    folder.write("parc.csv", &parc(servers));
    let config = folder.configure(&configuration(more));
    (folder, config)
}

fn configuration(more: &str) -> String {
    // A life of a year: what a year costs is what all of it costs.
    format!(
        "{ADMIN_TOKEN}[assumptions]\nlifetime_years = {{ server = 1 }}\n{more}\n{}",
        table("parc", "assets", "parc.csv", "allow_shrink = true")
    )
}

fn key(url: &str) -> String {
    format!("[factors]\nboaviztapi = \"{url}\"\n")
}

/// What making a server costs, in kilograms, and where that comes from.
fn making(daemon: &Daemon, at: usize) -> (f64, String) {
    let steps = daemon.json(&format!("/api/v1/assets/parc:{at}/footprint"));
    let step = |what: &str| {
        let found = steps["items"].as_array().unwrap().iter().find(|step| step["what"] == what).cloned();
        found.unwrap_or_else(|| panic!("no step `{what}`: {steps}"))
    };
    let origin = step("manufacture")["origin"].as_str().unwrap().to_owned();
    (step("embodied, all its life")["value"].as_f64().unwrap(), origin)
}

/// The tier and factor of the only sort of server there is.
fn made_of(daemon: &Daemon) -> (String, String) {
    let rows = daemon.json("/api/v1/footprint/explanation?kind=server");
    let row = &rows["items"][0];
    (row["tier"].as_str().unwrap().to_owned(), row["factor"].as_str().unwrap().to_owned())
}

#[test]
fn our_own_figures_lie_within_the_bounds_of_the_real_one() {
    let real = Real::start("boaviztapi");
    let servers = servers();
    let (folder, config) = house(&[servers[0].0], "");
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let mut last = String::new();
    let mut table = "server | kgCO2e: ours, theirs, min, max | MJ: ours, theirs, min, max\n".to_owned();
    let mut outside = Vec::new();
    for (row, question) in &servers {
        // Energy is told of a kind: each server stands alone, in the place of the one before.
        folder.write("parc.csv", &parc(&[row]));
        daemon.sync("parc");
        daemon.until("it stands there", |daemon| making(daemon, 1).1 != last);
        let (kilograms, origin) = making(&daemon, 1);
        assert!(origin.starts_with("specification/"), "{origin}");
        last = origin;
        let slice = [("kind", "server"), ("phase", "manufacture")];
        let joules = daemon.reading("footprint_annual_primary_energy_joules", &slice).unwrap();
        table += row;
        for (criterion, ours) in [("gwp", kilograms), ("pe", joules / 1e6)] {
            let [value, low, high] = real.making(CRITERIA, question, criterion);
            table += &format!(" | {ours:.0}, {value:.0}, {low:.1}, {high:.1}");
            if ours < low || ours > high {
                outside.push(format!("{row}: {criterion} {ours} is not between {low} and {high}"));
            }
        }
        table += "\n";
    }
    std::io::stderr().write_all(table.as_bytes()).unwrap();
    assert_eq!(outside, [""; 0]);
}

#[test]
fn the_real_one_is_as_our_questions_take_it() {
    let real = Real::start("boaviztapi");
    let (_, known) = servers().remove(0);
    let whole = real.making(CRITERIA, &known, "gwp");
    // Of itself it tells other criteria too; all of them it cannot.
    let (_, told) = real.ask("verbose=false", &known);
    assert!(told["impacts"]["adp"].is_object(), "{told}");
    assert_eq!(real.ask("criteria=all", &known).0, 500);
    // A duration divides what making costs; a life alone does not, by whatever name.
    let year = real.making(&format!("{CRITERIA}&duration=8760"), &known, "gwp");
    assert!(year[1] < whole[1] / 3.0, "{year:?} {whole:?}");
    for life in ["hours_life_time", "hours_lifetime"] {
        let mut lived = known.clone();
        lived["usage"][life] = 87_600.into();
        assert_eq!(real.making(CRITERIA, &lived, "gwp"), whole);
    }
    // The figure is rounded, its bounds are not.
    assert_eq!(whole, [1300.0, 879.6, 2182.0]);
    // A processor that it does not know is an average one between wider bounds.
    let mut unknown = known.clone();
    unknown["configuration"]["cpu"]["name"] = "Frobnicator 9000".into();
    let wide = real.making(CRITERIA, &unknown, "gwp");
    assert!(wide[1] < whole[1] && wide[2] > whole[2], "{wide:?} {whole:?}");
    // It does not know one by all that its maker writes.
    unknown["configuration"]["cpu"]["name"] = "Intel(R) Xeon(R) CPU E5-2690 v4 @ 2.60GHz".into();
    assert_eq!(real.making(CRITERIA, &unknown, "gwp"), wide);
    // Where no drive is told it adds one.
    let mut bare = known.clone();
    bare["configuration"]["disk"] = json!([]);
    let added = real.making(CRITERIA, &bare, "gwp");
    bare["configuration"]["disk"] = json!([{ "units": 0, "type": "ssd", "capacity": 1 }]);
    assert!(real.making(CRITERIA, &bare, "gwp")[1] < added[1]);
    // Halves are refused.
    let mut half = known;
    half["configuration"]["ram"][0]["capacity"] = 31.5.into();
    assert_eq!(real.ask(CRITERIA, &half).0, 422);
}

#[test]
fn its_answers_come_later_and_outlive_it() {
    let real = Real::start("boaviztapi-restart");
    let servers = servers();
    let (row, question) = &servers[0];
    let bounds = real.making(CRITERIA, question, "gwp");
    // An edition comes at once; its answers come into a later one.
    let (folder, config) = house(&[row, row], &key(&real.url));
    let mut daemon = Daemon::start(&config);
    daemon.collected();
    daemon.wait_for_line("boaviztapi has answered");
    daemon.wait_for_line("published");
    daemon.until("its answer is told", |daemon| making(daemon, 1).0 == bounds[0]);
    let log = daemon.log();
    assert!(log.contains("boaviztapi has answered specifications=1"), "two servers are made alike: {log}");
    let (before, _) = log.split_once("published").unwrap();
    assert!(!before.contains("boaviztapi"), "no edition waits for it: {log}");
    let (_, since) = log.split_once(" collected ").unwrap();
    assert_eq!(since.matches("published").count(), 2, "one edition more for all its answers: {log}");
    let appraised = |daemon: &Daemon| {
        let (kilograms, origin) = making(daemon, 1);
        assert_eq!(kilograms, bounds[0]);
        assert!(origin.contains("(Boavizta, as its service answers; "), "{origin}");
        assert!(
            origin.starts_with("boaviztapi/2 x ") && origin.contains("computed from the specification"),
            "{origin}"
        );
        let (tier, factor) = made_of(daemon);
        assert_eq!(tier, "specification");
        assert!(factor.starts_with("boaviztapi/2 x "), "{factor}");
    };
    appraised(&daemon);
    let sets = String::from_utf8(folder.run(&["factors"]).stdout).unwrap();
    assert!(sets.contains("boaviztapi: Boavizta, as its service answers") && sets.contains(&real.url), "{sets}");

    // It goes away. What it answered is kept, over a restart too, and told by the command line.
    real.stop();
    drop(daemon);
    let mut daemon = Daemon::start(&config);
    appraised(&daemon);
    daemon.sync("parc");
    appraised(&daemon);
    assert!(!daemon.log().contains("WARN"), "nothing is open, so nothing is asked: {}", daemon.log());
    let told = folder.run(&["explain", "parc:1"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("boaviztapi/2 x "));

    // Without the key our own sum stands; with it again, what was kept.
    folder.configure(&configuration(""));
    daemon.signal("-HUP");
    daemon.until("our own figure stands", |daemon| making(daemon, 1).1.starts_with("specification/2 x "));
    assert!(made_of(&daemon).1.starts_with("specification/2 x "));
    assert_ne!(making(&daemon, 1).0, bounds[0]);
    folder.configure(&configuration(&key(&real.url)));
    daemon.signal("-HUP");
    daemon.until("its answer stands again", |daemon| making(daemon, 1).0 == bounds[0]);
}

/// A program that takes every request and answers none, or answers each with the same.
struct Fake {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl Fake {
    /// What it answers to the question for its version, and to all others; `None` is silence.
    fn start(version: Option<&'static str>, answer: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let count = requests.clone();
        std::thread::spawn(move || {
            let mut silent: Vec<TcpStream> = Vec::new();
            for mut connection in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::Relaxed);
                let (mut request, mut part) = (Vec::new(), [0; 4096]);
                // To the end of a head, or of a body that is an object.
                while !(request.starts_with(b"GET") && request.ends_with(b"\r\n\r\n") || request.ends_with(b"}}")) {
                    match connection.read(&mut part) {
                        Ok(0) | Err(_) => break,
                        Ok(read) => request.extend_from_slice(&part[..read]),
                    }
                }
                let is_version = request.starts_with(b"GET");
                match if is_version { version } else { answer } {
                    Some(answer) => drop(connection.write_all(answer.as_bytes())),
                    None => silent.push(connection),
                }
            }
        });
        Self { url, requests }
    }
}

const VERSION: &str = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\n\"2.5.0\"";

/// What waits for a question takes longer: that is given ten seconds (`src/appraise.rs`).
const WAITS_FOR_NONE: Duration = Duration::from_secs(8);

/// Editions come all the same, our own figure stays, and one line is told.
fn check(url: &str, said: &str) {
    let servers = servers();
    let (_folder, config) = house(&[servers[0].0, servers[4].0], &key(url));
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let own = making(&daemon, 1);
    assert!(own.1.starts_with("specification/2 x "), "{}", own.1);
    let line = daemon.wait_for_line("boaviztapi: ");
    assert!(line.contains("WARN") && line.contains("unanswered=2") && line.contains(said), "{line}");
    for _ in 0..3 {
        daemon.sync("parc");
    }
    assert_eq!(making(&daemon, 1), own);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(daemon.log().matches("WARN").count(), 1, "{}", daemon.log());
    let began = Instant::now();
    daemon.signal("-TERM");
    assert_eq!(daemon.end(), Some(0));
    assert!(began.elapsed() < WAITS_FOR_NONE);
}

#[test]
fn nobody_is_there() {
    // A port that was free a moment ago may be somebody else's by now.
    check("http://127.0.0.1:1", "cannot be reached");
}

#[test]
fn it_fails_or_talks_nonsense() {
    let failing = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let fake = Fake::start(Some(VERSION), Some(failing));
    check(&fake.url, "it answered with the status 500");
    assert_eq!(fake.requests.load(Ordering::Relaxed), 3, "a version, two questions, and then it is left alone");
    check(&Fake::start(Some(failing), None).url, "it answered with the status 500");
    let page = "HTTP/1.1 200 OK\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<html></html>";
    check(&Fake::start(Some(page), Some(page)).url, "it answered with a web page");
    let list = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]";
    check(&Fake::start(Some(VERSION), Some(list)).url, "answered without `impacts`");
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\nconnection: close\r\n\r\n{\"impacts\":";
    check(&Fake::start(Some(VERSION), Some(cut)).url, "broke off");
    // What it cannot answer is not asked again, and is told in the same way.
    let refusing = "HTTP/1.1 422 Unprocessable Entity\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    let fake = Fake::start(Some(VERSION), Some(refusing));
    check(&fake.url, "it refuses the question (status 422)");
    assert_eq!(fake.requests.load(Ordering::Relaxed), 3);
}

#[test]
fn it_is_silent() {
    let fake = Fake::start(None, None);
    let began = Instant::now();
    check(&fake.url, "did not answer in time");
    assert!(began.elapsed() >= Duration::from_secs(9));

    // A question under way holds up neither a reload nor a stop.
    let fake = Fake::start(Some(VERSION), None);
    let servers = servers();
    let (folder, config) = house(&[servers[0].0], &key(&fake.url));
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    daemon.until("it is asked", |_| fake.requests.load(Ordering::Relaxed) == 2);
    folder.configure(&configuration(&key(&fake.url)));
    let began = Instant::now();
    daemon.signal("-HUP");
    daemon.until("it is asked anew", |_| fake.requests.load(Ordering::Relaxed) == 4);
    assert!(began.elapsed() < WAITS_FOR_NONE, "{:?}", began.elapsed());
    let began = Instant::now();
    daemon.signal("-TERM");
    assert_eq!(daemon.end(), Some(0));
    assert!(began.elapsed() < WAITS_FOR_NONE, "{:?}", began.elapsed());
}
