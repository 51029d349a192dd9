//! Disks that are full, may only be read, or have forgotten what they held.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::{fleet, models};
use crate::house::*;

/// A house whose store is in a folder of its own, `disk`, and what its configuration is.
fn house() -> Folder {
    let folder = Folder::new();
    std::fs::create_dir(folder.0.join("disk")).unwrap();
    fleet(&folder, 1000, "First");
    folder.configure(
        &("[store]\nurl = \"sqlite://disk/ecoparc.db\"\n".to_owned()
            + &table("fleet", "assets", "fleet.csv", "")
            + ADMIN_TOKEN),
    );
    folder
}

/// May mounts be made as root, or only as the root of a user namespace, which a chroot in its turn may not make?
fn is_root() -> bool {
    Command::new("unshare").args(["-m", "true"]).stderr(Stdio::null()).status().unwrap().success()
}

/// `unshare` with mounts of its own.
fn apart() -> &'static str {
    if is_root() { "unshare -m" } else { "unshare -rm" }
}

/// A daemon that a shell prepares: `exec` of the binary ends the script.
fn through(folder: &Folder, script: &str) -> Command {
    let mut command = Command::new("sh");
    let run = format!("exec {} run --config ecoparc.toml", env!("CARGO_BIN_EXE_ecoparc"));
    command.args(["-c", &script.replace("RUN", &run)]).current_dir(&folder.0).stdin(Stdio::null());
    command
}

/// A collection that the store cannot take: what was published stays, and all is told.
fn refuses(daemon: &mut Daemon, folder: &Folder, says: &str) {
    let before = models(daemon);
    fleet(folder, 8000, "Larger");
    daemon.log();
    daemon.wish("fleet");
    let line = daemon.wait_for_line("cannot keep a collection");
    println!("{}", line.split_once("ERROR").unwrap().1);
    assert!(line.contains(says), "{line}");
    daemon.until("that is told", |daemon| daemon.sample("ecoparc_store_up") == Some(0.0));
    assert_eq!(models(daemon), before, "the last edition stays");
    assert_eq!(daemon.items("/api/v1/assets").len(), 1000);
    assert_eq!(daemon.sample("ecoparc_source_up{source=\"fleet\",connector=\"csv\"}"), Some(0.0));
}

#[test]
fn a_file_that_may_not_grow() {
    let folder = house();
    // In blocks of 512 bytes. What is asked for beyond is an error, once the signal is not heard.
    let mut daemon = Daemon::launch(through(&folder, "trap '' XFSZ; ulimit -f 1500; RUN"));
    daemon.settled();
    refuses(&mut daemon, &folder, "the store's disk fails, or is full");
    daemon.signal("-KILL");
    daemon.end();
    let output = through(&folder, "trap '' XFSZ; ulimit -f 8; RUN").output().unwrap();
    let (code, line) = refusal(&output);
    println!("{line}");
    assert!(code == 1 && line.starts_with("ecoparc: the store's disk fails, or is full"), "{code} {line}");
    // There is room again, and nothing was lost.
    let daemon = Daemon::start(&folder.0.join("ecoparc.toml"));
    daemon.until("an edition is published", |daemon| daemon.get("/readyz").status == 200);
    assert_eq!(daemon.items("/api/v1/assets").len(), 1000);
    daemon.wish("fleet");
    daemon.until("the larger fleet is taken", |daemon| models(daemon) == ["Larger"]);
}

#[test]
fn a_disk_that_is_full_then_larger_then_read_only() {
    let folder = house();
    let mount = "mount -t tmpfs -o size=1500k none disk";
    let mut daemon = Daemon::launch(through(&folder, &format!("exec {} sh -c '{mount} && RUN'", apart())));
    daemon.settled();
    refuses(&mut daemon, &folder, "the store");
    let remount = |daemon: &Daemon, how: &str| {
        let pid = daemon.pid().to_string();
        let user: &[&str] = if is_root() { &[] } else { &["-U", "--preserve-credentials"] };
        let mut within = Command::new("nsenter");
        // Mounts alone would be entered at their own root, which is another one where the daemon runs in a chroot.
        within.args(["-t", &pid, "-m", "-r", "-w"]).args(user).args(["mount", "-o", how, "none"]);
        let done = within.arg(folder.0.join("disk")).status().unwrap();
        assert!(done.success(), "{how}");
    };
    remount(&daemon, "remount,size=60m");
    daemon.until("it is taken, without being asked for", |daemon| daemon.items("/api/v1/assets").len() == 8000);
    daemon.until("that is told", |daemon| daemon.sample("ecoparc_store_up") == Some(1.0));
    // What is open for writing keeps a disk from being made read-only: it is seen through another mount.
    let output = through(&folder, &format!("exec {} sh -c 'mount -t tmpfs -o ro none disk && RUN'", apart()))
        .output()
        .unwrap();
    let (code, line) = refusal(&output);
    println!("{line}");
    assert!(code == 1 && line.contains("cannot open the store"), "{code} {line}");
}

#[test]
fn pages_that_are_damaged() {
    let folder = house();
    fleet(&folder, 3000, "First");
    let config = folder.0.join("ecoparc.toml");
    let file = folder.0.join("disk/ecoparc.db");
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    daemon.signal("-TERM");
    assert_eq!(daemon.end(), Some(0));
    let good = std::fs::read(&file).unwrap();
    let pages = good.len() / 4096;
    let (mut refused, mut served) = (0, 0);
    // One page in so many, from the second on.
    for page in (1..pages).step_by(pages / 10) {
        let mut bad = good.clone();
        bad[page * 4096..(page + 1) * 4096].iter_mut().for_each(|byte| *byte ^= 0x5a);
        for more in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{more}", file.display()));
        }
        std::fs::write(&file, bad).unwrap();
        let mut child = through(&folder, "RUN").stderr(Stdio::piped()).spawn().unwrap();
        // It is refused at once, or not at all.
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut text: Vec<String> = Vec::new();
        for line in lines {
            text.push(line);
            if text[text.len() - 1].contains("published") {
                break;
            }
        }
        child.kill().unwrap_or_default();
        let code = child.wait().unwrap().code();
        let line = text.last().cloned().unwrap_or_default();
        match code {
            Some(code) => {
                refused += 1;
                println!("page {page}: {line}");
                assert!(code == 1 && line.starts_with("ecoparc: the store's file is damaged: put a copy made by"));
            }
            // What lies in a table that is only written is told when it is.
            None => {
                served += 1;
                assert!(line.contains("assets=3000"), "page {page}: {}", text.join("\n"));
            }
        }
    }
    println!("{pages} pages: {refused} refused, {served} served all 3000 assets");
    assert!(refused > 0 && served > 0);
}
