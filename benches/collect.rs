//! What collecting from a large GLPI costs us: processor time and memory of this process alone, the server being
//! another one. `cargo bench --bench collect [-- ASSETS…]`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use connectors::rule::Rules;
use connectors::{Context, Progress};

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Seconds of processor time that this process has taken (proc(5): fields 14 and 15 of `stat`, in hundredths).
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// The most memory it has held, in megabytes.
fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

fn main() {
    let told: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if told.is_empty() { vec![10_000, 100_000] } else { told };
    println!("{:>8} {:>10} {:>10} {:>10} {:>8}", "assets", "read", "cpu s", "wall s", "peak MB");
    for size in sizes {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut server = Command::new("python3")
            .arg(root.join("tests/fake_glpi.py"))
            .args(["--generation", "10", "--fleet", &size.to_string(), "--dir"])
            .arg(root.join("connectors/glpi/fixtures/glpi10"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let _server = Server(server);
        let keys = format!("url = 'http://127.0.0.1:{}'\napp_token = 'app'\nuser_token = 'user'", port.trim());
        let context = Context {
            name: "glpi".to_owned(),
            base: root.to_path_buf(),
            time_zone: jiff::tz::TimeZone::UTC,
            pseudonyms: None,
            year_of: "date",
            rules: Rules::default(),
        };
        let source = (connectors::glpi::CONNECTOR.open)(keys.parse().unwrap(), context).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let (cpu, wall) = (processor_seconds(), Instant::now());
        let harvest = runtime.block_on(source.collect(&Progress::default())).unwrap();
        println!(
            "{size:>8} {:>10} {:>10.2} {:>10.2} {:>8.0}",
            harvest.accepted(),
            processor_seconds() - cpu,
            wall.elapsed().as_secs_f64(),
            peak_megabytes()
        );
    }
}
