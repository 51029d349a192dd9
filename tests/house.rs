//! A real ecoparc in a folder of its own, and the tools to talk to it: command line, HTTP, database.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

mod clock;
mod servers;

pub use clock::{SAMPLE_DAY, civil, faketime, now, on_sample_day};
pub use servers::{Glpi, Program, server, webhook};

/// How long anything may take before a test gives up on it, whatever else the machine does.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A client that asks only this machine, and follows no redirect: what is answered is seen.
pub fn client() -> reqwest::Client {
    // Only the first call can install it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let redirects = reqwest::redirect::Policy::none();
    // It speaks no TLS: to read the system's authorities takes longer than a request does, and each has its own client.
    let builder = reqwest::Client::builder().no_proxy().redirect(redirects).tls_certs_only([]);
    builder.timeout(PATIENCE).build().unwrap()
}

/// What a form is sent as.
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The word of a session, as the forms of its pages carry it.
pub fn word(page: &str) -> String {
    let rest = page.split("name=\"csrf\" value=\"").nth(1).expect("a form carries the session's word");
    rest.split('"').next().unwrap().to_owned()
}

/// A port of the loopback that nobody listens on.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Runs a future to its end.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The binary under test.
pub fn ecoparc() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecoparc"));
    command.env_remove("ECOPARC_LOG").stdin(Stdio::null());
    command
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where cargo builds, and where what tests fetch and start is kept.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into)
}

/// A folder that goes away with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Renamed into place: a collection never sees half a file.
        let half = path.with_extension("half");
        std::fs::write(&half, text).unwrap();
        std::fs::rename(&half, &path).unwrap();
        path
    }

    /// Writes a configuration: a server on a free port, and what is added.
    pub fn configure(&self, more: &str) -> PathBuf {
        self.configure_for("assets", more)
    }

    /// The same, and what may be seen without a token.
    pub fn configure_for(&self, anonymous: &str, more: &str) -> PathBuf {
        self.write(
            "ecoparc.toml",
            &format!(
                "[organisation]\nname = \"Ville d'Essai\"\nsiret = \"21000000000013\"\n\
                 [server]\nlisten = \"127.0.0.1:0\"\nanonymous = \"{anonymous}\"\n{more}"
            ),
        )
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        ecoparc().args(arguments).arg("--config").arg(self.0.join("ecoparc.toml")).output().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running daemon; killed with the test.
pub struct Daemon {
    child: Child,
    pub url: String,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Daemon {
    pub fn start(config: &Path) -> Self {
        Self::start_with(config, &[])
    }

    pub fn start_with(config: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = ecoparc();
        command.arg("run").arg("--config").arg(config).envs(environment.iter().copied());
        Self::launch(command)
    }

    /// The same, with so many descriptors.
    pub fn start_within(config: &Path, descriptors: usize) -> Self {
        let mut command = Command::new("bash");
        command.env_remove("ECOPARC_LOG").stdin(Stdio::null());
        let script = format!("ulimit -n {descriptors}; exec \"$0\" run --config \"$1\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_ecoparc")]).arg(config);
        Self::launch(command)
    }

    /// Starts a command that becomes a daemon.
    pub fn launch(command: Command) -> Self {
        let mut daemon = Self::spawn(command);
        daemon.listens();
        daemon
    }

    /// The same, and does not wait until it listens.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, url: String::new(), lines, seen: Vec::new() }
    }

    /// Waits until it listens, and learns where.
    pub fn listens(&mut self) {
        let line = self.wait_for_line("listening");
        let scheme = if line.contains("tls=true") { "https" } else { "http" };
        self.url = format!("{scheme}://{}", line.rsplit("address=").next().unwrap().trim());
    }

    /// Waits for a line of the log that holds a text.
    pub fn wait_for_line(&mut self, wanted: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(wanted) {
                        return line;
                    }
                }
                Err(_) => panic!("no line with `{wanted}` came; the log says:\n{}", self.seen.join("\n")),
            }
        }
    }

    /// Everything the daemon has logged so far.
    pub fn log(&mut self) -> String {
        self.seen.extend(self.lines.try_iter());
        self.seen.join("\n")
    }

    pub fn request(&self, method: reqwest::Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(method, path, headers, "")
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send(reqwest::Method::POST, path, headers, body)
    }

    /// The cookie of a session made with a token.
    pub fn login(&self, token: &str) -> String {
        let answer = self.post("/login", &[FORM], &format!("token={token}"));
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    fn send(&self, method: reqwest::Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = client().request(method, format!("{}{path}", self.url)).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        wait(async {
            let response = request.send().await.unwrap();
            Answer {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                body: response.text().await.unwrap(),
            }
        })
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request(reqwest::Method::GET, path, &[])
    }

    /// The same, asked with a token.
    pub fn ask(&self, path: &str, token: &str) -> Answer {
        self.request(reqwest::Method::GET, path, &[("authorization", &format!("Bearer {token}"))])
    }

    pub fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// How the sources are doing.
    pub fn sources(&self) -> Vec<Value> {
        self.json("/api/v1/sources")["items"].as_array().unwrap().clone()
    }

    /// The items of a paged list, all of its pages.
    pub fn items(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = match &next {
                Some(cursor) => format!("{path}{mark}limit=1000&cursor={cursor}"),
                None => format!("{path}{mark}limit=1000"),
            };
            let mut answer = self.json(&page);
            items.append(answer["items"].as_array_mut().unwrap());
            match answer["next"].as_str() {
                Some(cursor) => next = Some(cursor.to_owned()),
                None => return items,
            }
        }
    }

    /// The readings of one family.
    pub fn readings(&self, name: &str) -> Vec<Value> {
        self.json(&format!("/api/v1/indicators?name={name}"))["items"].as_array().unwrap().clone()
    }

    /// The value of one reading, by some of its labels.
    pub fn reading(&self, name: &str, slice: &[(&str, &str)]) -> Option<f64> {
        let readings = self.readings(name);
        let mut found = readings.iter().filter(|reading| {
            slice.iter().all(|(label, value)| reading["slice"][label] == Value::String((*value).to_owned()))
        });
        let reading = found.next()?;
        assert!(found.next().is_none(), "{name}{slice:?} means several readings");
        reading["value"].as_f64()
    }

    /// One sample of the scrape, by its whole name and labels.
    pub fn sample(&self, series: &str) -> Option<f64> {
        let scrape = self.get("/metrics").body;
        scrape.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.trim().parse().ok())
    }

    /// Waits until something becomes true.
    pub fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        self.until_within(PATIENCE, what, is_so);
    }

    /// The same, for what takes longer.
    fn until_within(&self, patience: Duration, what: &str, is_so: impl Fn(&Self) -> bool) {
        let until = Instant::now() + patience;
        while !is_so(self) {
            assert!(Instant::now() < until, "never came true: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until every source was collected or failed at least once.
    pub fn settled(&self) {
        self.settled_within(PATIENCE);
    }

    /// The same, where that takes longer.
    pub fn settled_within(&self, patience: Duration) {
        self.until_within(patience, "every source was asked", |daemon| {
            let answer = daemon.get("/api/v1/sources");
            let Ok(sources) = serde_json::from_str::<Value>(&answer.body) else { return false };
            let all_asked = |items: &Vec<Value>| items.iter().all(|source| !source["up"].is_null());
            answer.status == 200 && sources["items"].as_array().is_some_and(all_asked)
        });
    }

    /// Asks for a collection.
    pub fn wish(&self, source: &str) {
        let path = format!("/api/v1/sources/{source}/sync");
        let answer = self.post(&path, &[("authorization", &format!("Bearer {ADMIN}"))], "");
        assert_eq!(answer.status, 202, "{}", answer.body);
    }

    /// Asks for a collection and waits for its end.
    pub fn sync(&mut self, source: &str) {
        self.wish(source);
        self.collected();
    }

    /// Waits for the end of the next collection, and for the edition that tells of it. A daemon whose only source has not
    /// answered within two seconds publishes one that tells nothing: the first edition is not waited for alone.
    pub fn collected(&mut self) {
        self.wait_for_line("collect");
        self.wait_for_line("published");
    }

    /// The memory that it holds, in kilobytes.
    pub fn resident(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most memory that it has held, in kilobytes.
    pub fn peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// How many files and sockets it has open, but for those of the store: a pool opens them when it first needs them, and
    /// no more than the connections of two stores take, one of which is being closed.
    pub fn descriptors(&self) -> usize {
        let open = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        // What was closed meanwhile leads nowhere.
        let leads = open.filter_map(|open| std::fs::read_link(open.unwrap().path()).ok());
        let (store, others): (Vec<_>, Vec<_>) =
            leads.partition(|leads| leads.to_string_lossy().contains("ecoparc.db"));
        assert!(store.len() <= 24, "{store:?}");
        others.len()
    }

    fn status(&self, key: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Waits for the end; its exit code, `None` for a signal.
    pub fn end(&mut self) -> Option<i32> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < until, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The part of a configuration that knows a token.
pub fn token(name: &str, token: &str, scopes: &str, more: &str) -> String {
    let hash = Command::new("bash").args(["-c", "printf %s \"$0\" | sha256sum | cut -d' ' -f1", token]).output();
    let hash = String::from_utf8(hash.unwrap().stdout).unwrap();
    let hash = hash.trim();
    format!("[[server.token]]\nname = \"{name}\"\nhash = \"sha256:{hash}\"\nscopes = [{scopes}]\n{more}\n")
}

/// A token of scope `admin`, and the configuration that knows it.
pub const ADMIN: &str = "ecoparc_test_admin";
pub const ADMIN_TOKEN: &str = "[[server.token]]\nname = \"tests\"\nscopes = [\"admin\", \"assets\"]\n\
    hash = \"sha256:3df0a67f83de63c2cd39474fde49df816bb1e75cbe03fe569a0c1b04e270f10d\"\n";

/// What the server answered.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A tabular source.
pub fn table(name: &str, contents: &str, path: &str, more: &str) -> String {
    format!(
        "[[source]]\nname = \"{name}\"\ntype = \"csv\"\nevery = \"1h\"\ncontents = \"{contents}\"\npath = \"{path}\"\n\
         {more}\n"
    )
}

/// What a failed command says: one line, and its exit code.
pub fn refusal(output: &Output) -> (i32, String) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = text.lines().last().unwrap_or_default().to_owned();
    (output.status.code().unwrap_or(-1), last)
}
