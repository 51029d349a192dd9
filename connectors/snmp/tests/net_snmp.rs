//! net-snmp's own agent (Debian's `snmpd`): version 3 in every way, wrong secrets, a restart, another engine.

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{context, source};
use crate::snmp::Snmp;
use crate::{Class, Progress, Source};

const AUTHS: [&str; 6] = ["MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"];
/// As we call them, and as net-snmp does; a `C` at its end stands for the way of Cisco.
const CIPHERS: [(&str, &str); 6] = [
    ("DES", "DES"),
    ("AES-128", "AES"),
    ("AES-192", "AES-192"),
    ("AES-256", "AES-256"),
    ("AES-192", "AES192C"),
    ("AES-256", "AES256C"),
];
const AUTH: &str = "phrase-of-who";
const PRIVACY: &str = "phrase-of-what";

/// An agent of its own, with its memory of boots; killed when dropped.
struct Agent {
    folder: PathBuf,
    port: u16,
    running: Option<Child>,
}

impl Agent {
    fn new(name: &str, configuration: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ecoparc-snmpd-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let port = UdpSocket::bind("[::1]:0").unwrap().local_addr().unwrap().port();
        let mut agent = Self { folder, port, running: None };
        agent.configure(configuration);
        agent.start();
        agent
    }

    fn configure(&self, configuration: &str) {
        let text = format!(
            "sysName agent-of-tests\nsysLocation Baie A1\nrocommunity lecture\nrocommunity6 lecture\n{configuration}"
        );
        std::fs::write(self.folder.join("snmpd.conf"), text).unwrap();
    }

    fn memory(&self) -> PathBuf {
        self.folder.join("memory")
    }

    /// Starts it, and waits for its word that it listens.
    fn start(&mut self) {
        let log = self.folder.join("log");
        let snmpd = ["/usr/sbin/snmpd", "snmpd"].into_iter().find(|path| Path::new(path).exists()).unwrap_or("snmpd");
        let running = Command::new(snmpd)
            // Without its old way of speaking to parts, whose port all of them would share.
            .args(["-f", "-C", "-r", "-I", "-smux", "-c", "snmpd.conf", "-Lf"])
            .arg(&log)
            .args([format!("udp:127.0.0.1:{}", self.port), format!("udp6:[::1]:{}", self.port)])
            .current_dir(&self.folder)
            .env("SNMP_PERSISTENT_DIR", self.memory())
            .stderr(Stdio::null())
            .spawn()
            .expect("snmpd of the Debian package of this name");
        self.running = Some(running);
        for _ in 0..500 {
            if std::fs::read_to_string(&log).unwrap_or_default().contains("NET-SNMP version") {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("snmpd did not start: {}", std::fs::read_to_string(&log).unwrap_or_default());
    }

    fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // By a signal that lets it write down how often it has started.
            let _ = Command::new("kill").arg(running.id().to_string()).status();
            let _ = running.wait();
        }
        let _ = std::fs::remove_file(self.folder.join("log"));
    }

    fn keys(&self, credentials: &str) -> String {
        format!(
            "targets = ['127.0.0.1']\nport = {}\nrequest_timeout = '300ms'\nretries = 1\nneighbours = false\n{credentials}",
            self.port
        )
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn user(name: &str, auth: Option<&str>, privacy: Option<&str>) -> String {
    let mut keys = format!("[[credential]]\nversion = '3'\nuser = '{name}'\n");
    for (key, protocol, password) in [("auth", auth, AUTH), ("privacy", privacy, PRIVACY)] {
        if let Some(protocol) = protocol {
            keys += &format!("{key} = '{protocol}'\n{key}_password = '{password}'\n");
        }
    }
    keys
}

/// The names that answered.
async fn heard(source: &Snmp) -> Vec<String> {
    let harvest = source.collect(&Progress::default()).await;
    let names = harvest.map(|harvest| harvest.observations).unwrap_or_default().into_iter();
    names.map(|told| told.facts.hostname.as_deref().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_version_3() {
    let mut configuration = "createUser nobody\nrouser nobody noauth\n".to_owned();
    let mut ways = vec![("nobody".to_owned(), None, None)];
    for auth in AUTHS {
        let name = format!("only-{auth}");
        configuration += &format!("createUser {name} {auth} \"{AUTH}\"\nrouser {name} auth\n");
        ways.push((name, Some(auth), None));
        for (ours, theirs) in CIPHERS {
            let name = format!("both-{auth}-{theirs}");
            configuration +=
                &format!("createUser {name} {auth} \"{AUTH}\" {theirs} \"{PRIVACY}\"\nrouser {name} priv\n");
            ways.push((name, Some(auth), Some(ours)));
        }
    }
    let agent = Agent::new("ways", &configuration);
    let count = ways.len();
    for (name, auth, privacy) in ways {
        let found = heard(&source(&agent.keys(&user(&name, auth, privacy)))).await;
        assert_eq!(found, ["agent-of-tests"], "{name}");
    }
    println!("{count} ways of version 3 are answered");
    assert_eq!(count, 43);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_told_of_and_not_told() {
    let configuration = format!("createUser somebody SHA-256 \"{AUTH}\" AES \"{PRIVACY}\"\nrouser somebody priv");
    let agent = Agent::new("wrong", &configuration);
    let right = user("somebody", Some("SHA-256"), Some("AES-128"));
    assert_eq!(heard(&source(&agent.keys(&right))).await.len(), 1);
    for wrong in [
        right.replace(AUTH, "phrase-of-another"),
        right.replace("somebody", "anybody-else"),
        right.replace("SHA-256", "SHA-512"),
        right.replace(PRIVACY, "phrase-of-nobody"),
    ] {
        let failure = source(&agent.keys(&wrong)).collect(&Progress::default()).await.err().unwrap();
        let told = format!("{failure:?} {:#}", failure.cause);
        assert_eq!(failure.class, Class::Auth, "{told}");
        for secret in ["phrase", "somebody", "anybody-else"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
    let community = "[[credential]]\nversion = '2c'\ncommunity = 'not-that-one'";
    let failure = source(&agent.keys(community)).collect(&Progress::default()).await.err().unwrap();
    assert_eq!(failure.class, Class::Timeout, "nobody answers a wrong community");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_families_and_the_credential_that_works() {
    let configuration = format!("createUser somebody SHA \"{AUTH}\"\nrouser somebody auth");
    let agent = Agent::new("families", &configuration);
    let community = |version: &str| format!("[[credential]]\nversion = '{version}'\ncommunity = 'lecture'\n");
    let wrong = "[[credential]]\nversion = '2c'\ncommunity = 'another'\n";
    for credentials in [community("1"), community("2c"), user("somebody", Some("SHA"), None)] {
        for address in ["127.0.0.1", "::1", "localhost"] {
            let keys = agent.keys(&credentials).replace("127.0.0.1", address);
            assert_eq!(heard(&source(&keys)).await, ["agent-of-tests"], "{keys}");
        }
    }
    let kept = source(&agent.keys(&(wrong.to_owned() + &community("2c"))));
    assert_eq!(heard(&kept).await.len(), 1);
    let known = kept.0.known.lock().unwrap().clone();
    assert_eq!(known.into_values().collect::<Vec<_>>(), [(1, 0)], "the second worked");
    let elsewhere = agent.keys(&(community("2c") + "targets = ['10.0.0.0/8']\n"));
    assert!(heard(&source(&elsewhere)).await.is_empty(), "shown where it is meant, and nowhere else");
    assert!(Snmp::open(toml::from_str(&agent.keys(&community("3"))).unwrap(), context()).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_and_another_engine() {
    let configuration = |engine: &str| {
        format!(
            "exactEngineID 0x80001f8804{engine}\ncreateUser somebody SHA-512 \"{AUTH}\" AES-256 \"{PRIVACY}\"\n\
             rouser somebody priv"
        )
    };
    let mut agent = Agent::new("engine", &configuration("aa01"));
    let kept = source(&agent.keys(&user("somebody", Some("SHA-512"), Some("AES-256"))));
    assert_eq!(heard(&kept).await.len(), 1, "at first");
    agent.stop();
    assert!(heard(&kept).await.is_empty(), "while it is away");
    agent.start();
    assert_eq!(heard(&kept).await.len(), 1, "with one boot more");
    agent.stop();
    std::fs::remove_dir_all(agent.memory()).unwrap();
    agent.start();
    assert_eq!(heard(&kept).await.len(), 1, "the same engine, which has forgotten its boots");
    agent.stop();
    std::fs::remove_dir_all(agent.memory()).unwrap();
    agent.configure(&configuration("bb02"));
    agent.start();
    assert_eq!(heard(&kept).await.len(), 1, "another engine at the same address");
}
