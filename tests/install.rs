//! What an operator installs and lives with: the unit, what systemd is told, copies, people who are forgotten.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::house::*;

const UNIT: &str = "deploy/systemd/ecoparc.service";
const FLEET: &str = "id;kind;serial;user\nA1;laptop;SER0001;j.martin\nA2;laptop;SER0002;a.durand\n";

/// The exposure that `systemd-analyze security` may tell at most, in tenths: 15 is 1.5 of 10.
const EXPOSURE: &str = "15";

fn analyze(verb: &[&str], unit: &Path) -> String {
    let output = Command::new("systemd-analyze").args(verb).arg(unit).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "systemd-analyze {verb:?}: {text}");
    text
}

#[test]
fn the_unit_is_closed_and_well_formed() {
    let threshold = format!("--threshold={EXPOSURE}");
    let told = analyze(&["security", "--offline=yes", "--no-pager", &threshold], &root().join(UNIT));
    assert!(told.contains("Overall exposure level for ecoparc.service"), "{told}");
    // What the daemon asks the system for all the same: ranks for its threads (src/refresh.rs), and what is in /proc beside
    // processes: the machine's start (process_start_time_seconds) and its name (src/replica.rs).
    assert!(told.contains("(e.g. setpriority is allowed)"), "{told}");
    assert!(told.contains("Service has full access to non-process /proc files"), "{told}");
    // An unknown key is a line of its own; the binary and its manual are where a package puts them.
    let text = std::fs::read_to_string(root().join(UNIT)).unwrap();
    let text = text.replace("/usr/bin/ecoparc", env!("CARGO_BIN_EXE_ecoparc")).replace("man:ecoparc(1) ", "");
    let folder = Folder::new();
    let told = analyze(&["verify", "--man=no"], &folder.write("ecoparc.service", &text));
    assert!(!told.contains("ecoparc.service"), "{told}");
}

/// The script that runs after the package is gone, on another root.
#[test]
fn a_purge_leaves_the_store_with_its_secrets() {
    let folder = Folder::new();
    let script = std::fs::read_to_string(root().join("deploy/debian/postrm")).unwrap();
    let here = |path: &str| folder.0.join(path);
    let script = ["/etc/ecoparc", "/var/lib/private/ecoparc"]
        .iter()
        .fold(script, |script, path| script.replace(path, &here(&path[1..]).display().to_string()));
    let purge = |verb: &str| {
        let output = Command::new("sh").args(["-c", &script, "postrm", verb]).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    folder.write("etc/ecoparc/secrets/pseudonym-key", "a key of this house\n");
    folder.write("var/lib/private/ecoparc/ecoparc.db", "years");
    assert_eq!(purge("remove"), "");
    let told = purge("purge");
    assert!(told.contains("ecoparc/secrets; remove both by hand") && told.lines().count() == 1, "{told}");
    assert!(
        here("etc/ecoparc/secrets/pseudonym-key").is_file() && here("var/lib/private/ecoparc/ecoparc.db").is_file()
    );
    // Nothing is kept that could need them.
    std::fs::remove_dir_all(here("var/lib/private/ecoparc")).unwrap();
    assert_eq!(purge("purge"), "");
    assert!(!here("etc/ecoparc").exists());
}

#[test]
fn every_command_has_a_page_and_a_completion() {
    let folder = Folder::new();
    let into = folder.0.join("documents");
    let output = ecoparc().arg("documents").arg(&into).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read =
        |name: &str| std::fs::read_to_string(into.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let help = String::from_utf8(ecoparc().arg("--help").output().unwrap().stdout).unwrap();
    let listed = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"run") && commands.contains(&"forget") && !commands.contains(&"documents"), "{help}");
    let completions = ["ecoparc.bash", "_ecoparc", "ecoparc.fish"].map(|name| read(&format!("completions/{name}")));
    for command in commands.iter().filter(|command| **command != "help") {
        let page = read(&format!("man/ecoparc-{command}.1"));
        assert!(page.contains(".TH") && page.contains("EXAMPLE") | page.contains("DESCRIPTION"), "{command}: {page}");
        assert!(completions.iter().all(|text| text.contains(command)), "{command}");
    }
    let page = read("man/ecoparc.1");
    assert!(page.contains("ecoparc\\-run(1)"), "{page}");
    // Of two builds of one release the same pages come.
    assert!(!page.contains("ADEME"), "{page}");
    let shell = Command::new("bash").arg("-n").arg(into.join("completions/ecoparc.bash")).status().unwrap();
    assert!(shell.success());
}

/// What a daemon tells whoever started it.
struct Supervisor {
    /// When each datagram came, and what it says.
    told: Receiver<(Instant, String)>,
    name: String,
}

impl Supervisor {
    /// On a name that is no file, as systemd has them in containers.
    fn new() -> Self {
        let name = format!("ecoparc-tests-{}", std::process::id());
        let socket = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        let (sender, told) = channel();
        // Read as they come: the system keeps a dozen, and the daemon drops what finds no room.
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length) = socket.recv(&mut bytes) {
                let text = String::from_utf8(bytes[..length].to_vec()).unwrap();
                if sender.send((Instant::now(), text)).is_err() {
                    break;
                }
            }
        });
        Self { told, name: format!("@{name}") }
    }

    /// Waits for a datagram; when it came, and those before it.
    fn until(&self, wanted: &str) -> (Instant, Vec<String>) {
        let until = Instant::now() + PATIENCE;
        let mut before = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Ok((came, told)) = self.told.recv_timeout(left) else { panic!("no `{wanted}` came, but {before:?}") };
            if told.lines().any(|line| line == wanted) {
                return (came, before);
            }
            before.push(told);
        }
    }
}

#[test]
fn systemd_is_told_of_start_life_reload_and_stop() {
    let folder = Folder::new();
    folder.write("fleet.csv", FLEET);
    let fleet = table("fleet", "assets", "fleet.csv", "");
    let config = folder.configure(&fleet);
    let supervisor = Supervisor::new();
    let environment = [("NOTIFY_SOCKET", &*supervisor.name), ("WATCHDOG_USEC", "200000")];
    let mut daemon = Daemon::start_with(&config, &environment);
    supervisor.until("READY=1");
    assert_eq!(daemon.get("/readyz").status, 200, "it is ready once there are figures");
    let signs: Vec<Instant> = (0..6).map(|_| supervisor.until("WATCHDOG=1").0).collect();
    let mut gaps: Vec<Duration> = signs.windows(2).map(|two| two[1] - two[0]).collect();
    gaps.sort();
    assert!(gaps[2].as_millis() < 200, "at half of what systemd waits, or shortly after: {gaps:?}");
    daemon.settled();

    folder.configure(&(fleet.clone() + "[nonsense\n"));
    daemon.signal("-HUP");
    supervisor.until("RELOADING=1");
    supervisor.until("READY=1");
    let refused = daemon.wait_for_line("the old one stays in force");
    assert!(refused.contains("unclosed table"), "all of it in one line: {refused}");
    folder.configure(&fleet);
    daemon.signal("-HUP");
    supervisor.until("RELOADING=1");
    let (_, before) = supervisor.until("READY=1");
    assert!(before.iter().any(|told| told == "STATUS=2 assets; sources that answer: 1 of 1"), "{before:?}");
    daemon.signal("-TERM");
    supervisor.until("STOPPING=1");
    assert_eq!(daemon.end(), Some(0));

    // A watchdog that is another process's is not ours; nobody who listens harms nobody.
    let environment = [("NOTIFY_SOCKET", &*supervisor.name), ("WATCHDOG_USEC", "200000"), ("WATCHDOG_PID", "1")];
    let mut daemon = Daemon::start_with(&config, &environment);
    supervisor.until("READY=1");
    daemon.signal("-TERM");
    assert!(!supervisor.until("STOPPING=1").1.contains(&"WATCHDOG=1".to_owned()));
    assert_eq!(daemon.end(), Some(0));
    let deaf = folder.0.join("nobody.sock").display().to_string();
    let mut daemon = Daemon::start_with(&config, &[("NOTIFY_SOCKET", &deaf)]);
    assert!(daemon.log().contains("NOTIFY_SOCKET cannot be spoken to"));
    daemon.settled();
}

#[test]
fn a_file_has_one_daemon() {
    let folder = Folder::new();
    folder.write("fleet.csv", FLEET);
    let store = |file: &str| format!("[store]\nurl = \"sqlite://{file}\"\n");
    let fleet = table("fleet", "assets", "fleet.csv", "");
    let config = folder.configure(&(store("ecoparc.db") + &fleet));
    let mut first = Daemon::start(&config);
    first.settled();
    // By another name it is the same file.
    std::os::unix::fs::symlink("ecoparc.db", folder.0.join("alias.db")).unwrap();
    for file in ["ecoparc.db", "alias.db"] {
        folder.configure(&(store(file) + &fleet));
        let (code, told) = refusal(&folder.run(&["run"]));
        assert_eq!(code, 1, "{told}");
        let lock = folder.0.join("ecoparc.db-lock").canonicalize().unwrap();
        let expected = format!(
            "ecoparc: another ecoparc runs on this store ({} is locked): stop it, or share a PostgreSQL",
            lock.display()
        );
        assert_eq!(told, expected);
    }
    // Other commands read beside it, it may reload, and what replaces it after a power cut starts.
    assert!(folder.run(&["explain", "fleet:A1"]).status.success());
    folder.configure(&(store("ecoparc.db") + &fleet));
    first.signal("-HUP");
    first.wait_for_line("stopping");
    first.settled();
    first.signal("-KILL");
    assert_eq!(first.end(), None);
    let second = Daemon::start(&config);
    second.settled();
    assert_eq!(second.items("/api/v1/assets").len(), 2);
}

#[test]
fn a_copy_made_while_the_daemon_writes_is_a_store() {
    let folder = Folder::new();
    folder.write("fleet.csv", FLEET);
    let config = folder.configure(&(table("fleet", "assets", "fleet.csv", "") + ADMIN_TOKEN));
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let copy = folder.0.join("copy.db");
    // Collections go on meanwhile, each with something to write.
    for round in 0..3 {
        folder.write("fleet.csv", &format!("{FLEET}B{round};tablet;SERB{round};\n"));
        daemon.log();
        daemon.wish("fleet");
        let _ = std::fs::remove_file(&copy);
        let output = folder.run(&["backup", copy.to_str().unwrap()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        daemon.wait_for_line("published");
    }
    let (code, told) = refusal(&folder.run(&["backup", copy.to_str().unwrap()]));
    assert_eq!(code, 1);
    assert!(told.starts_with("ecoparc: cannot copy the store to ") && told.contains("File exists"), "{told}");
    daemon.signal("-TERM");
    assert_eq!(daemon.end(), Some(0));

    // As deploy/README.md says: stop, put the copy in its place without what belonged to the other file, start.
    for file in ["ecoparc.db", "ecoparc.db-wal", "ecoparc.db-shm", "fleet.csv"] {
        let _ = std::fs::remove_file(folder.0.join(file));
    }
    std::fs::copy(&copy, folder.0.join("ecoparc.db")).unwrap();
    let daemon = Daemon::start(&config);
    daemon.settled();
    let assets = daemon.items("/api/v1/assets").len();
    assert!((2..=5).contains(&assets), "{assets}: its source is gone, the copy's last word stays in force");
}

/// The bytes of a store, its log included.
fn kept(folder: &Folder) -> Vec<u8> {
    let files = ["ecoparc.db", "ecoparc.db-wal"].map(|file| std::fs::read(folder.0.join(file)).unwrap_or_default());
    files.concat()
}

#[test]
fn a_person_is_forgotten_to_the_last_byte() {
    let folder = Folder::new();
    folder.write("fleet.csv", FLEET);
    let fleet = table("fleet", "assets", "fleet.csv", "");
    folder.configure(&fleet);
    let (code, told) = refusal(&folder.run(&["forget", "j.martin"]));
    assert_eq!((code, &*told), (1, "ecoparc: [privacy] tells no `pseudonym_key_file`: nobody is kept"));

    folder.write("key", "a key of this house\n");
    let config = folder.configure(&format!("[privacy]\npseudonym_key_file = \"key\"\n{fleet}"));
    // HMAC-SHA-256 of the login under the key, its first half: made by another program.
    let pseudonym = |login: &str| {
        let makes = "import hmac, sys; print(hmac.new(b'a key of this house', sys.argv[1].encode(), 'sha256').hexdigest()[:32])";
        let output = Command::new("python3").args(["-c", makes, login]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let (gone, stays) = (pseudonym("j.martin"), pseudonym("a.durand"));
    let holds = |text: &str| kept(&folder).windows(text.len()).any(|bytes| bytes == text.as_bytes());
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    assert!(holds(&gone) && holds(&stays) && !holds("martin"));

    let output = folder.run(&["forget", "J.Martin"]);
    let told = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "forgotten: 1 assets, 1 stretches of history, 0 accounts");
    assert_eq!(lines[1], "what these still list comes back with their next collection: fleet");
    assert!(lines[2].starts_with("a daemon runs: it forgets when it reads its configuration again"), "{told}");
    assert!(!holds(&gone) && holds(&stays));
    assert!(!format!("{told}{}", daemon.log()).to_lowercase().contains("martin"));

    // The source no longer tells the person, the daemon reads again: nothing comes back, and nothing else is lost.
    folder.write("fleet.csv", &FLEET.replace("j.martin", ""));
    daemon.signal("-HUP");
    daemon.wait_for_line("stopping");
    daemon.settled();
    daemon.signal("-TERM");
    assert_eq!(daemon.end(), Some(0));
    assert!(!holds(&gone) && holds(&stays));
    let again = String::from_utf8(folder.run(&["forget", "j.martin"]).stdout).unwrap();
    let lines: Vec<&str> = again.lines().collect();
    assert_eq!(lines[0], "forgotten: 0 assets, 0 stretches of history, 0 accounts");
    assert!(lines[1].starts_with("nobody is known by that name"), "{again}");
}
