//! net-snmp's agent as Debian has it (`snmpd`), and what it tells of itself: whether it understood its users, how often
//! it has started, how many wrong communities it was shown.

use std::fs::{self, File};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use super::{Snmp, found_by, source};
use crate::snmp::told::Value;
use crate::{Class, Failure, Progress, Source};

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
const NAME: &str = "agent-of-debian";
const COMMUNITY: &str = "lecture-seule";
const AUTH: &str = "phrase-of-who";
const PRIVACY: &str = "phrase-of-what";

const ENGINE_ID: [u32; 11] = [1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0];
const ENGINE_BOOTS: [u32; 11] = [1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0];
const BAD_COMMUNITIES: [u32; 9] = [1, 3, 6, 1, 2, 1, 11, 4, 0];

/// One that runs in a folder of its own; killed when dropped.
struct Snmpd {
    folder: PathBuf,
    port: u16,
    running: Option<Child>,
}

impl Snmpd {
    fn new(configuration: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("ecoparc-debian-snmpd-{}-{count}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut snmpd = Self { folder, port, running: None };
        snmpd.start(configuration);
        snmpd
    }

    /// Starts it, and waits until it says that it listens and that it understood its configuration.
    fn start(&mut self, configuration: &str) {
        let [file, output, pid] = ["snmpd.conf", "output", "pid"].map(|name| self.folder.join(name));
        fs::write(&file, format!("sysName {NAME}\n{configuration}")).unwrap();
        let log = File::create(&output).unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let running = Command::new("snmpd")
            // Without its old way of speaking to parts, which takes a port that all of them would share.
            .args(["-f", "-Lo", "-C", "-r", "-I", "-smux", "-c"])
            // Told to read no other file, it forgets what it wrote down itself.
            .arg(format!("{},{}", file.display(), self.memory().join("snmpd.conf").display()))
            .arg("-p")
            .arg(&pid)
            .args([format!("udp:127.0.0.1:{}", self.port), format!("udp6:[::1]:{}", self.port)])
            // Where Debian has it, which is in the path of root alone.
            .env("PATH", format!("{path}:/usr/sbin"))
            .env("SNMP_PERSISTENT_DIR", self.memory())
            .env("MIBS", "")
            .stderr(log.try_clone().unwrap())
            .stdout(log)
            .spawn();
        let running = running.expect("snmpd does not start: apt-get install snmpd");
        let running = self.running.insert(running);
        for _ in 0..1000 {
            let told = fs::read_to_string(&output).unwrap();
            if told.contains("NET-SNMP version") {
                assert!(!told.contains("rror"), "snmpd: {told}");
                return;
            }
            let ended = running.try_wait().unwrap();
            assert!(ended.is_none(), "snmpd ended: {told}");
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("snmpd does not listen: {}", fs::read_to_string(&output).unwrap());
    }

    /// Ends it at once, as a power cut does.
    fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.kill();
            let _ = running.wait();
        }
    }

    /// Where it remembers its engine and how often it has started.
    fn memory(&self) -> PathBuf {
        self.folder.join("memory")
    }

    fn at(&self, address: impl Into<IpAddr>) -> SocketAddr {
        SocketAddr::new(address.into(), self.port)
    }

    /// The keys of a source that asks it here.
    fn keys(&self, address: &str, credentials: &str) -> String {
        let port = self.port;
        format!(
            "targets = ['{address}']\nport = {port}\nrequest_timeout = '500ms'\nretries = 1\nneighbours = false\n\
             {credentials}"
        )
    }

    /// How many wrong communities it was shown.
    async fn bad_communities(&self) -> i64 {
        let source = source(&self.keys("127.0.0.1", &community("2c", COMMUNITY)));
        number(&source, self.at([127, 0, 0, 1]), &BAD_COMMUNITIES).await
    }
}

impl Drop for Snmpd {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn community(version: &str, community: &str) -> String {
    format!("[[credential]]\nversion = '{version}'\ncommunity = '{community}'\n")
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

/// The name that the only agent says it has; empty where none answers.
async fn name(keys: &str) -> String {
    name_by(&source(keys)).await
}

async fn name_by(source: &Snmp) -> String {
    let found = found_by(source).await;
    let facts = found.first().and_then(|agent| agent.things.first()).map(|(_, facts)| facts);
    facts.and_then(|facts| facts.hostname.as_deref()).unwrap_or_default().to_owned()
}

/// Any number of an agent.
async fn number(source: &Snmp, address: SocketAddr, oid: &[u32]) -> i64 {
    let line = source.0.line().await.unwrap();
    let (mut agent, _) = source.0.hello(&line, address).await.unwrap();
    agent.get(&[oid.to_vec()]).await.unwrap();
    agent.told.number(oid).unwrap()
}

/// How many things a collection tells of.
async fn collected(source: &Snmp) -> Result<usize, Failure> {
    Ok(source.collect(&Progress::default()).await?.observations.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_version_3() {
    let mut configuration = "createUser nobody\nrouser nobody noauth\n".to_owned();
    let mut ways = vec![("nobody".to_owned(), None, None)];
    for auth in AUTHS {
        configuration += &format!("createUser only-{auth} {auth} \"{AUTH}\"\nrouser only-{auth} auth\n");
        ways.push((format!("only-{auth}"), Some(auth), None));
        for (ours, theirs) in CIPHERS {
            let name = format!("{auth}-{theirs}");
            configuration +=
                &format!("createUser {name} {auth} \"{AUTH}\" {theirs} \"{PRIVACY}\"\nrouser {name} priv\n");
            ways.push((name, Some(auth), Some(ours)));
        }
    }
    // Debian's can do all of them: it would have told of an error at one that it does not know.
    let snmpd = Snmpd::new(&configuration);
    let mut sources = Vec::new();
    for (user_name, auth, privacy) in ways {
        // Deriving keys takes a while: it is done before anyone waits for an answer.
        let keys = snmpd.keys("127.0.0.1", &user(&user_name, auth, privacy)).replace("500ms", "5s");
        sources.push((user_name.clone(), source(&keys)));
    }
    let mut asked = JoinSet::new();
    for (user_name, source) in sources {
        asked.spawn(async move { (user_name, name_by(&source).await) });
    }
    let told = asked.join_all().await;
    let silent: Vec<_> = told.iter().filter(|(_, name)| name != NAME).collect();
    assert!(silent.is_empty(), "{silent:?}");
    println!("{} ways of version 3 are answered", told.len());
    assert_eq!(told.len(), 1 + AUTHS.len() * (1 + CIPHERS.len()));
}

/// An error in its users is no silent one: what the test above relies on.
#[test]
#[should_panic(expected = "unknown authProtocol")]
fn snmpd_tells_of_a_way_that_it_does_not_know() {
    Snmpd::new(&format!("createUser somebody SHA-999 \"{AUTH}\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_and_nobodys_secret_is_told() {
    let snmpd = Snmpd::new(&format!(
        "rocommunity {COMMUNITY}\ncreateUser somebody SHA-256 \"{AUTH}\" AES \"{PRIVACY}\"\nrouser somebody priv"
    ));
    let right = user("somebody", Some("SHA-256"), Some("AES-128"));
    assert_eq!(name(&snmpd.keys("127.0.0.1", &right)).await, NAME);
    let cases = [
        ("password", right.replace(AUTH, "phrase-of-another"), Class::Auth),
        ("privacy password", right.replace(PRIVACY, "phrase-of-another"), Class::Auth),
        ("user", right.replace("somebody", "stranger"), Class::Auth),
        ("protocol", right.replace("SHA-256", "SHA-512"), Class::Auth),
        // The right secret, without the privacy that is asked for.
        ("level", user("somebody", Some("SHA-256"), None), Class::Auth),
        // To a wrong community snmpd answers nothing at all.
        ("community", community("2c", "stranger"), Class::Timeout),
        (
            "community and password",
            community("2c", "stranger") + &right.replace(AUTH, "phrase-of-another"),
            Class::Auth,
        ),
    ];
    // Keys are derived before anyone waits, here too.
    let sources =
        cases.map(|(wrong, credentials, class)| (wrong, class, source(&snmpd.keys("127.0.0.1", &credentials))));
    let mut asked = JoinSet::new();
    for (wrong, class, source) in sources {
        asked.spawn(async move { (wrong, class, collected(&source).await.unwrap_err()) });
    }
    for (wrong, class, failure) in asked.join_all().await {
        let told = format!("{failure:?} {} {:#}", failure.cause, failure.cause);
        assert_eq!(failure.class, class, "{wrong}: {told}");
        for secret in ["phrase-of", "somebody", "stranger", COMMUNITY] {
            assert!(!told.contains(secret), "{wrong}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_1_and_2c_and_ipv6() {
    let snmpd = Snmpd::new(&format!(
        "rocommunity {COMMUNITY}\nrocommunity6 {COMMUNITY}\n\
         createUser somebody SHA-256 \"{AUTH}\" AES \"{PRIVACY}\"\nrouser somebody priv"
    ));
    for credentials in
        [community("1", COMMUNITY), community("2c", COMMUNITY), user("somebody", Some("SHA-256"), Some("AES-128"))]
    {
        for address in ["127.0.0.1", "::1"] {
            let keys = snmpd.keys(address, &credentials);
            assert_eq!(name(&keys).await, NAME, "{keys}");
        }
    }
    // One thing at two addresses.
    let both = snmpd.keys("127.0.0.1", &community("2c", COMMUNITY)).replace("['", "['::1', '");
    let harvest = source(&both).collect(&Progress::default()).await.unwrap();
    assert_eq!(harvest.notes, ["2 of 2 addresses answer"]);
    assert_eq!(harvest.observations.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_and_another_engine_id() {
    let configuration = format!("createUser somebody SHA \"{AUTH}\" AES \"{PRIVACY}\"\nrouser somebody priv\n");
    let mut snmpd = Snmpd::new(&configuration);
    let here = snmpd.at(Ipv6Addr::LOCALHOST);
    let kept = source(&snmpd.keys("::1", &user("somebody", Some("SHA"), Some("AES-128"))));
    // A collection is a line of its own, which remembers engines from one agent to the next; here one outlives them.
    let line = kept.0.line().await.unwrap();
    assert!(kept.0.visit(&line, here).await.is_ok(), "at first");
    assert_eq!(collected(&kept).await.unwrap(), 1, "at first");
    assert_eq!(number(&kept, here, &ENGINE_BOOTS).await, 1);

    snmpd.kill();
    assert_eq!(collected(&kept).await.unwrap_err().class, Class::Timeout, "while it is away");
    snmpd.start(&configuration);
    assert!(kept.0.visit(&line, here).await.is_ok(), "with one start more, on the line of before");
    assert_eq!(collected(&kept).await.unwrap(), 1, "with one start more");
    assert_eq!(number(&kept, here, &ENGINE_BOOTS).await, 2);

    snmpd.kill();
    fs::remove_dir_all(snmpd.memory()).unwrap();
    snmpd.start(&format!("exactEngineID 0x80001f8804bb02\n{configuration}"));
    assert!(kept.0.visit(&line, here).await.is_ok(), "another engine, on the line of before");
    assert_eq!(collected(&kept).await.unwrap(), 1, "another engine");
    let (mut agent, _) = kept.0.hello(&line, here).await.unwrap();
    agent.get(&[ENGINE_ID.to_vec()]).await.unwrap();
    let engine = Value::Bytes(vec![0x80, 0, 0x1f, 0x88, 4, 0xbb, 2]);
    assert_eq!(agent.told.value(&ENGINE_ID), Some(&engine));

    // It is replaced between two questions to it.
    snmpd.kill();
    fs::remove_dir_all(snmpd.memory()).unwrap();
    snmpd.start(&configuration);
    agent.get(&[ENGINE_ID.to_vec()]).await.unwrap();
    assert_ne!(agent.told.value(&ENGINE_ID), Some(&engine), "replaced while it is asked");
    snmpd.kill();
    snmpd.start(&configuration);
    agent.get(&[ENGINE_BOOTS.to_vec()]).await.unwrap();
    assert_eq!(agent.told.number(&ENGINE_BOOTS), Some(2), "started again while it is asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_in_order_and_the_one_that_works_is_remembered() {
    let mut snmpd = Snmpd::new(&format!("rocommunity {COMMUNITY}"));
    let here = IpAddr::from([127, 0, 0, 1]);
    let kept = source(&snmpd.keys("127.0.0.1", &(community("2c", "another") + &community("2c", COMMUNITY))));
    let known = || kept.0.known.lock().unwrap().get(&here).copied();
    assert_eq!(known(), None);
    assert_eq!(snmpd.bad_communities().await, 0);
    assert_eq!(collected(&kept).await.unwrap(), 1);
    assert_eq!(known(), Some((1, 0)), "the second worked");
    let shown = snmpd.bad_communities().await;
    assert!(shown > 0, "the first was tried first");
    assert_eq!(collected(&kept).await.unwrap(), 1);
    assert_eq!(snmpd.bad_communities().await, shown, "and is shown no more");

    // What worked works no more: the others are tried again.
    snmpd.kill();
    snmpd.start("rocommunity another");
    assert_eq!(collected(&kept).await.unwrap(), 1);
    assert_eq!(known(), Some((0, 0)));

    // None that is not needed is shown.
    snmpd.kill();
    snmpd.start(&format!("rocommunity {COMMUNITY}"));
    let right = source(&snmpd.keys("127.0.0.1", &(community("2c", COMMUNITY) + &community("2c", "another"))));
    assert_eq!(collected(&right).await.unwrap(), 1);
    assert_eq!(snmpd.bad_communities().await, 0);
}
