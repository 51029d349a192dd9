//! OCS as an operator meets it, through the real binary and the real server of Debian: the same machine seen by GLPI, a
//! database that goes away.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::house::*;

/// A server of a test's own, from `tests/servers/ocs`.
pub struct Ocs {
    folder: PathBuf,
    database_port: String,
}

impl Ocs {
    pub fn start(folder: &Folder) -> Self {
        let folder = folder.0.join("ocs");
        let told = Self::script(&folder, &["start"], "");
        let database_port = told.split_whitespace().next().unwrap().to_owned();
        Self { folder, database_port }
    }

    fn script(folder: &PathBuf, arguments: &[&str], input: &str) -> String {
        use std::io::Write as _;
        let mut child = Command::new(root().join("tests/servers/ocs"))
            .arg(arguments[0])
            .arg(folder)
            .args(&arguments[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "tests/servers/ocs {arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn source(&self, more: &str) -> String {
        format!(
            "[[source]]\nname = \"ocs\"\ntype = \"ocs\"\nevery = \"1h\"\nurl = \"mysql://127.0.0.1:{}/ocsweb\"\n\
             login = \"ocsread\"\npassword = \"ocsread-secret\"\n{more}\n",
            self.database_port
        )
    }
}

impl Drop for Ocs {
    fn drop(&mut self) {
        Self::script(&self.folder, &["stop"], "");
    }
}

#[test]
fn a_machine_that_glpi_knows_too_is_one_asset() {
    let folder = Folder::new();
    let ocs = Ocs::start(&folder);
    let rows = "SELECT b.HARDWARE_ID, b.SSN FROM bios b JOIN hardware h ON h.ID = b.HARDWARE_ID WHERE b.TYPE = \
                'Notebook' AND h.LASTDATE > '2026-01-01' AND b.SSN IN (SELECT SSN FROM bios GROUP BY SSN HAVING COUNT(*) = 1) \
                ORDER BY b.HARDWARE_ID LIMIT 20";
    let machines = Ocs::script(&ocs.folder, &["sql", "ocsweb"], rows);
    let machines: Vec<(&str, &str)> = machines.lines().map(|line| line.split_once('\t').unwrap()).collect();
    assert_eq!(machines.len(), 20);
    // Laptops of GLPI that were bought, with the serial numbers of OCS's.
    let glpi = Glpi::start(10, &[]);
    let alone = Folder::new();
    let only = Daemon::start(&alone.configure(&glpi.source("glpi", "")));
    only.settled();
    let laptops = only.items("/api/v1/assets?kind=laptop");
    let bought: Vec<&Value> = laptops.iter().filter(|asset| asset["purchase_date"].is_string()).take(20).collect();
    let natives: Vec<&str> =
        bought.iter().map(|asset| asset["id"].as_str().unwrap().strip_prefix("glpi:Computer/").unwrap()).collect();
    let changes: serde_json::Map<String, Value> = natives
        .iter()
        .zip(&machines)
        .map(|(native, (_, serial))| ((*native).to_owned(), serde_json::json!({ "serial": serial.to_lowercase() })))
        .collect();
    glpi.control(&serde_json::json!({ "change": { "Computer": changes } }).to_string());

    let mapping = "  [source.fields]\n  supplier = \"Fournisseur\"\n  purchase_date = \"Date d'achat\"";
    let config = folder.configure(&(glpi.source("glpi", "") + &ocs.source(mapping)));
    let daemon = Daemon::start(&config);
    daemon.settled();
    for (native, (machine, _)) in natives.iter().zip(&machines) {
        let asset = daemon.json(&format!("/api/v1/assets/glpi:Computer%2F{native}"));
        let by_ocs = daemon.json(&format!("/api/v1/assets/ocs:computer%2F{machine}"));
        assert_eq!(asset["id"], by_ocs["id"], "{native} and {machine}");
        let said_by = |field: &str| asset["fields"][field]["said_by"].as_str().unwrap_or_default().to_owned();
        assert_eq!(said_by("purchase_date"), "glpi", "{asset}");
        for field in ["cpu", "ram_gb", "uuid", "mac"] {
            assert_eq!(said_by(field), "ocs", "{field}: {asset}");
        }
    }
    // Two rows of one machine count once; whoever is believed first, the fleet is the same.
    let ocs_alone = Folder::new();
    let ocs_only = Daemon::start(&ocs_alone.configure(&ocs.source("")));
    ocs_only.settled();
    let (glpi_count, ocs_count) = (only.items("/api/v1/assets").len(), ocs_only.items("/api/v1/assets").len());
    let together = daemon.items("/api/v1/assets").len();
    assert_eq!(together, glpi_count + ocs_count - 20);
    let computers =
        ocs_only.items("/api/v1/assets").iter().filter(|a| a["id"].as_str().unwrap().contains("computer/")).count();
    assert_eq!(computers, 302 - 3);
    assert_eq!(ocs_only.reading("virtual_machines", &[]), Some(17.0));
}

#[test]
fn a_database_that_goes_away_keeps_its_word() {
    let folder = Folder::new();
    let ocs = Ocs::start(&folder);
    let mut daemon = Daemon::start(&folder.configure(&(ocs.source("") + ADMIN_TOKEN)));
    daemon.settled();
    let assets = daemon.items("/api/v1/assets").len();
    assert!(assets > 400, "{assets}");
    let failures = |daemon: &Daemon, class: &str| {
        daemon.sample(&format!("ecoparc_source_failures_total{{source=\"ocs\",class=\"{class}\"}}")).unwrap_or(0.0)
    };
    for (class, harm, mend) in [
        ("network", vec!["db-stop"], vec!["db-start"]),
        ("protocol", vec!["sql", "RENAME TABLE monitors TO gone"], vec!["sql", "RENAME TABLE gone TO monitors"]),
        (
            "auth",
            vec!["sql", "ALTER USER ocsread@'127.0.0.1' IDENTIFIED BY 'other'"],
            vec!["sql", "ALTER USER ocsread@'127.0.0.1' IDENTIFIED BY 'ocsread-secret'"],
        ),
    ] {
        let run = |words: &[&str]| match words {
            ["sql", statement] => Ocs::script(&ocs.folder, &["sql", "ocsweb"], statement),
            words => Ocs::script(&ocs.folder, words, ""),
        };
        run(&harm);
        let before = failures(&daemon, class);
        daemon.log();
        daemon.sync("ocs");
        daemon.until(class, |daemon| failures(daemon, class) > before);
        assert_eq!(daemon.items("/api/v1/assets").len(), assets, "{class}");
        assert_eq!(daemon.sample("ecoparc_source_up{source=\"ocs\",connector=\"ocs\"}"), Some(0.0));
        assert!(!daemon.log().contains("ocsread-secret"));
        run(&mend);
        daemon.log();
        daemon.sync("ocs");
        daemon.until("it is up again", |daemon| {
            daemon.sample("ecoparc_source_up{source=\"ocs\",connector=\"ocs\"}") == Some(1.0)
        });
        assert_eq!(daemon.items("/api/v1/assets").len(), assets, "{class}");
    }
}
