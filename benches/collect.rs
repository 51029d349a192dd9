//! What collecting from a large tool costs us: processor time and memory of this process alone, the server being
//! another one. `cargo bench --bench collect [-- glpi|ocs|ldap SIZE…]`; the peak is that of all that ran before as well.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use connectors::rule::Rules;
use connectors::secret::PseudonymKey;
use connectors::{Connector, Context, Progress, Source};
use cost::{megabytes_of, processor_seconds};

mod cost;

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What our own source costs: rows read, processor time, time, memory.
fn measure(name: &str, size: usize, source: &dyn Source) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (cpu, wall) = (processor_seconds(), Instant::now());
    let harvest = runtime.block_on(source.collect(&Progress::default())).unwrap();
    println!(
        "{name:<10} {size:>8} {:>10} {:>10.2} {:>10.2} {:>8.0}",
        harvest.accepted(),
        processor_seconds() - cpu,
        wall.elapsed().as_secs_f64(),
        megabytes_of(std::process::id(), "VmHWM")
    );
}

fn open(connector: &Connector, keys: &str) -> Box<dyn Source> {
    let context = Context {
        name: connector.name.to_owned(),
        base: root().to_path_buf(),
        time_zone: jiff::tz::TimeZone::UTC,
        pseudonyms: Some(PseudonymKey::new("a key of the bench".to_owned().into())),
        year_of: "date",
        rules: Rules::default(),
    };
    (connector.open)(keys.parse().unwrap(), context).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A GLPI of so many assets, from the fake that the tests use.
fn glpi(size: usize) {
    let mut server = Command::new("python3")
        .arg(root().join("tests/fake_glpi.py"))
        .args(["--generation", "10", "--fleet", &size.to_string(), "--dir"])
        .arg(root().join("connectors/glpi/fixtures/glpi10"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut port = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let _server = Server(server);
    let keys = format!("url = 'http://127.0.0.1:{}'\napp_token = 'app'\nuser_token = 'user'", port.trim());
    measure("glpi", size, &*open(&connectors::glpi::CONNECTOR, &keys));
}

/// A real OCS database whose recorded fleet is repeated until it has so many machines.
fn ocs(size: usize) {
    let folder = root().join("target/servers/ocs-bench");
    let script = |arguments: &[&str], input: &str| -> String {
        let mut command = Command::new(root().join("tests/servers/ocs"));
        command.arg(arguments[0]).arg(&folder).args(&arguments[1..]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "tests/servers/ocs {arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let ports = script(&["start"], "");
    let times = size / 302 - 1;
    let mut statements = String::new();
    for table in ["hardware", "bios", "accountinfo", "monitors", "cpus", "memories", "storages", "networks"] {
        let columns = format!(
            "SELECT GROUP_CONCAT('`', COLUMN_NAME, '`') FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'ocsweb' \
             AND TABLE_NAME = '{table}' AND NOT (COLUMN_NAME = 'ID' AND '{table}' <> 'hardware')"
        );
        let columns = script(&["sql", "ocsweb"], &columns);
        let told: Vec<String> = columns
            .trim()
            .split(',')
            .map(|column| match column {
                "`ID`" | "`HARDWARE_ID`" => format!("{column} + turn.seq * 1000"),
                "`SSN`" | "`SERIAL`" | "`NAME`" if table != "storages" => {
                    format!("IF({column} = '', '', CONCAT({column}, turn.seq))")
                }
                "`UUID`" => "UUID()".to_owned(),
                column => column.to_owned(),
            })
            .collect();
        statements += &format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {table} JOIN seq_1_to_{times} turn;\n",
            columns.trim(),
            told.join(", ")
        );
    }
    script(&["sql", "ocsweb"], &statements);
    let port = ports.split_whitespace().next().unwrap();
    let keys = format!(
        "url = 'mysql://127.0.0.1:{port}/ocsweb'\nlogin = 'ocsread'\npassword = 'ocsread-secret'\n[fields]\n\
         purchase_date = \"Date d'achat\"\nsupplier = 'Fournisseur'"
    );
    measure("ocs", size, &*open(&connectors::ocs::CONNECTOR, &keys));
    script(&["stop"], "");
    let _ = std::fs::remove_dir_all(&folder);
}

/// A real OpenLDAP of so many entries: four people to three computers.
fn ldap(size: usize) {
    let folder = root().join("target/servers/slapd-bench");
    let script = |command: &str| -> String {
        let sizes = [size * 4 / 7, size * 3 / 7].map(|count| count.to_string());
        let mut script = Command::new(root().join("tests/servers/slapd"));
        let output = script.arg(command).arg(&folder).args(sizes).output().unwrap();
        assert!(output.status.success(), "tests/servers/slapd {command}");
        String::from_utf8(output.stdout).unwrap()
    };
    let _ = std::fs::remove_dir_all(&folder);
    let ports = script("start");
    let keys = format!(
        "url = 'ldaps://127.0.0.1:{}'\nca_file = '{}'\nbind_dn = 'cn=ecoparc,dc=ville,dc=test'\n\
         password = 'ecoparc-secret'\nprofile = 'supann'\nbase = 'dc=ville,dc=test'\n\
         [[entities]]\nmatch = '^Direction générale des services > (.+)$'\nentity = 'Mairie > $1'",
        ports.split_whitespace().nth(1).unwrap(),
        folder.join("tls/ca.pem").display()
    );
    measure("ldap", size, &*open(&connectors::ldap::CONNECTOR, &keys));
    script("stop");
    let _ = std::fs::remove_dir_all(&folder);
}

fn main() {
    let told: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted =
        |name: &str| told.iter().all(|word| word.parse::<usize>().is_ok()) || told.iter().any(|word| word == name);
    let sizes: Vec<usize> = told.iter().filter_map(|word| word.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000] } else { sizes };
    println!("{:<10} {:>8} {:>10} {:>10} {:>10} {:>8}", "source", "things", "records", "cpu s", "wall s", "peak MB");
    for size in sizes {
        if wanted("glpi") {
            glpi(size);
        }
        if wanted("ocs") {
            ocs(size);
        }
        if wanted("ldap") {
            ldap(size);
        }
    }
}
