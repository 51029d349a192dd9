//! Debian's `prometheus-snmp-exporter`, asked for the very objects that the connector asks for.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::responder::Walk;

const LISTEN: &str = "127.0.0.1:19116";

/// The exporter, running.
pub struct Exporter(Child);

impl Exporter {
    /// Starts it with one module: these objects, and these columns of tables.
    pub fn start(objects: &BTreeSet<Vec<u32>>, columns: &BTreeSet<Vec<u32>>, walk: &Walk) -> Self {
        let folder = std::env::temp_dir().join(format!("ecoparc-exporter-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("snmp.yml");
        std::fs::write(&file, module(objects, columns, walk)).unwrap();
        let child = Command::new("prometheus-snmp-exporter")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--web.listen-address={LISTEN}"))
            .arg("--log.level=error")
            .stderr(Stdio::inherit())
            .spawn()
            .expect("Debian's package prometheus-snmp-exporter");
        while TcpStream::connect(LISTEN).is_err() {
            std::thread::sleep(Duration::from_millis(50));
        }
        std::fs::remove_dir_all(folder).unwrap();
        Self(child)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Has it ask these targets, so many at a time; how many of them gave samples.
    pub fn ask(&self, targets: &[String], concurrency: usize) -> usize {
        let (next, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..concurrency {
                scope.spawn(|| {
                    while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let mut stream = TcpStream::connect(LISTEN).unwrap();
                        write!(stream, "GET /snmp?module=same&target={target} HTTP/1.0\r\n\r\n").unwrap();
                        let mut answer = Vec::new();
                        stream.read_to_end(&mut answer).unwrap();
                        let answer = String::from_utf8(answer).unwrap();
                        let told = answer.starts_with("HTTP/1.0 200") && answer.contains("\no");
                        answered.fetch_add(usize::from(told), Ordering::Relaxed);
                    }
                });
            }
        });
        answered.into_inner()
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Its configuration: each object becomes a metric of the type that the recording shows.
fn module(objects: &BTreeSet<Vec<u32>>, columns: &BTreeSet<Vec<u32>>, walk: &Walk) -> String {
    let dotted = |oid: &[u32]| oid.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
    let mut yaml = "same:\n  version: 2\n  auth: {community: public}\n  timeout: 1s\n  retries: 2\n".to_owned();
    for (key, oids) in [("get", objects), ("walk", columns)] {
        let _ = writeln!(yaml, "  {key}:");
        for oid in oids {
            let _ = writeln!(yaml, "  - {}", dotted(oid));
        }
    }
    yaml.push_str("  metrics:\n");
    let named = objects.iter().map(|oid| (oid, false)).chain(columns.iter().map(|oid| (oid, true)));
    for (at, (oid, table)) in named.enumerate() {
        let mut told = walk.range(oid.clone()..).take_while(|(name, _)| name.starts_with(oid)).peekable();
        let kind = match told.peek().map(|(_, (_, value))| value[0]) {
            // Encoded strings: tag, length, text.
            Some(4) if told.all(|(_, (_, value))| std::str::from_utf8(&value[2..]).is_ok()) => "DisplayString",
            Some(4) => "OctetString",
            Some(6) | None => continue,
            Some(_) => "gauge",
        };
        // A cell of a table, or a scalar, is its column's or object's name and one more part.
        let oid = if table { dotted(oid) } else { dotted(&oid[..oid.len() - 1]) };
        let _ = write!(yaml, "  - name: o{at}\n    oid: {oid}\n    type: {kind}\n    help: same\n");
        yaml.push_str("    indexes:\n    - {labelname: row, type: gauge}\n");
    }
    yaml
}
