//! What the daemon of a test speaks to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

use super::{client, root, wait};

/// Has a script of `tests/servers/` do something in a folder; what it says.
pub fn server(name: &str, command: &str, folder: &Path, more: &[&str]) -> String {
    let mut script = Command::new(root().join("tests/servers").join(name));
    let output = script.arg(command).arg(folder).args(more).output().unwrap();
    assert!(output.status.success(), "tests/servers/{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A program that ends with the test.
pub struct Program(pub Child);

impl Program {
    /// Starts it; what it says is lost.
    pub fn start(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("{command:?}: {error}: tests/run installs it")))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The loopback GLPI of `tests/fake_glpi.py`.
pub struct Glpi {
    _program: Program,
    pub url: String,
}

impl Glpi {
    pub fn start(generation: u8, more: &[&str]) -> Self {
        let fixtures = root().join(format!("connectors/glpi/fixtures/glpi{generation}"));
        let mut child = Command::new("python3")
            .arg(root().join("tests/fake_glpi.py"))
            .args(["--port", "0", "--generation", &generation.to_string(), "--dir"])
            .arg(fixtures)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let port = port.split_whitespace().last().unwrap().to_owned();
        Self { _program: Program(child), url: format!("http://127.0.0.1:{port}") }
    }

    /// A source that asks it.
    pub fn source(&self, name: &str, more: &str) -> String {
        format!(
            "[[source]]\nname = \"{name}\"\ntype = \"glpi\"\nevery = \"1h\"\nurl = \"{}\"\napp_token = \"app\"\n\
             user_token = \"user\"\n{more}\n",
            self.url
        )
    }

    /// Tells it how to behave from now on.
    pub fn control(&self, json: &str) {
        let url = format!("{}/__control", self.url);
        let status = wait(async { client().post(url).body(json.to_owned()).send().await.unwrap().status() });
        assert!(status.is_success(), "{status}");
    }
}

/// A webhook: its address, which ends with `/`, and what is posted there.
pub fn webhook() -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let (sender, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if let Some(body) = posted(stream)
                && sender.send(serde_json::from_slice(&body).unwrap()).is_err()
            {
                break;
            }
        }
    });
    (address, told)
}

/// The body of one request, answered.
fn posted(stream: TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok()?;
    Some(body)
}
