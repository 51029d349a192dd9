//! A wire between a replica and what it talks to: it tells what was asked, can be slow, and can be cut.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What goes over it and how.
#[derive(Default)]
struct State {
    /// Nothing gets through: nobody is told, everything waits, as where a network swallows packets.
    cut: AtomicBool,
    /// Milliseconds by which each question is late.
    late: AtomicU64,
    /// The first line of each question of HTTP, and when it was asked.
    asked: Mutex<Vec<(Instant, String)>>,
}

/// A wire to a port of the loopback.
pub struct Wire {
    pub port: u16,
    state: Arc<State>,
}

impl Wire {
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let wire = Self { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let state = wire.state.clone();
        std::thread::spawn(move || {
            for here in listener.incoming().map_while(Result::ok) {
                let Ok(there) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let (back, forth) = (there.try_clone().unwrap(), here.try_clone().unwrap());
                let (asking, answering) = (state.clone(), state.clone());
                std::thread::spawn(move || carry(here, there, &asking, true));
                std::thread::spawn(move || carry(back, forth, &answering, false));
            }
        });
        wire
    }

    pub fn cut(&self, cut: bool) {
        self.state.cut.store(cut, Ordering::Relaxed);
    }

    pub fn slow(&self, late: Duration) {
        self.state.late.store(late.as_millis() as u64, Ordering::Relaxed);
    }

    /// When each question with this word in its first line was asked.
    pub fn asked(&self, word: &str) -> Vec<Instant> {
        let asked = self.state.asked.lock().unwrap();
        asked.iter().filter(|(_, line)| line.contains(word)).map(|(at, _)| *at).collect()
    }

    /// What was asked since.
    pub fn since(&self, moment: Instant) -> Vec<String> {
        let asked = self.state.asked.lock().unwrap();
        asked.iter().filter(|(at, _)| *at > moment).map(|(_, line)| line.clone()).collect()
    }
}

/// Carries bytes one way until one side ends.
fn carry(mut from: TcpStream, mut to: TcpStream, state: &State, questions: bool) {
    let mut bytes = [0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if questions {
            if let Some(line) = bytes[..count].split(|byte| *byte == b'\r').next()
                && line.ends_with(b"HTTP/1.1")
            {
                let line = String::from_utf8_lossy(line).into_owned();
                state.asked.lock().unwrap().push((Instant::now(), line));
            }
            std::thread::sleep(Duration::from_millis(state.late.load(Ordering::Relaxed)));
        }
        while state.cut.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(20));
        }
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
    let _ = from.shutdown(std::net::Shutdown::Both);
}
