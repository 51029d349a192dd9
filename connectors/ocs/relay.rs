//! The stream below SQL: a connection to where a source may be asked, and a bound on what one question is answered with.
//! sqlx joins packets of the longest length for as long as they come, and keeps all of them. It is given the other end,
//! a socket without a file that this process alone may use; what passes may be TLS, between sqlx and the server.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::anyhow;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::task::JoinHandle;

use crate::address::{Forbidden, look_up};
use crate::http::LARGEST_BODY;
use crate::{Class, Failure};

/// A connection to a server, to be used once.
pub struct Relay {
    /// Where sqlx connects instead.
    pub path: PathBuf,
    breached: Arc<AtomicBool>,
    passing: JoinHandle<()>,
}

impl Relay {
    /// Connects to a server.
    pub async fn open(name: &str, port: u16, host: &str) -> Result<Self, Failure> {
        let connected = async { TcpStream::connect(&*look_up(name, port).await?).await };
        let server = connected.await.map_err(|error| match Forbidden::within(&error) {
            Some(found) => found.of(host),
            None => Failure::new(Class::Network, anyhow!(error).context(format!("{host} cannot be reached"))),
        })?;
        let path = path();
        let inside = |error: io::Error| Failure::new(Class::Other, anyhow!(error).context("no socket of our own"));
        let listener = UnixListener::bind(&path).map_err(inside)?;
        let breached = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&breached);
        let passing = tokio::spawn(async move {
            let Ok(ours) = accept(&listener).await else { return };
            drop(listener);
            if pass(server, ours).await.is_err_and(|error| error.kind() == io::ErrorKind::FileTooLarge) {
                mark.store(true, Ordering::Relaxed);
            }
        });
        Ok(Self { path, breached, passing })
    }

    /// Waits until the server has been told that all is over: it holds on to what was read until then.
    pub async fn end(self) {
        // Nothing is passed on any more, whatever became of it.
        let _ = self.passing.await;
    }

    /// What went wrong, where it is that an answer was too long.
    pub fn failure(&self, host: &str) -> Option<Failure> {
        let cause = || anyhow!("{host} answers one question with more than {} MiB", LARGEST_BODY >> 20);
        self.breached.load(Ordering::Relaxed).then(|| Failure::new(Class::TooLarge, cause()))
    }
}

/// A name of a socket: where there are none without files, of one in the folder for such.
fn path() -> PathBuf {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("ecoparc-{}-{number}", std::process::id());
    if cfg!(target_os = "linux") { PathBuf::from(format!("\0{name}")) } else { std::env::temp_dir().join(name) }
}

/// Waits for ourselves: such a socket is open to all of this machine.
async fn accept(listener: &UnixListener) -> io::Result<UnixStream> {
    loop {
        let (stream, _) = listener.accept().await?;
        if stream.peer_cred()?.pid().is_none_or(|pid| u32::try_from(pid) == Ok(std::process::id())) {
            return Ok(stream);
        }
    }
}

/// Passes on both ways, until one of the sides ends or more comes than any question is answered with.
async fn pass(server: TcpStream, ours: UnixStream) -> io::Result<()> {
    let answered = AtomicU64::new(0);
    let (mut from, mut to) = server.into_split();
    let (mut asked, mut told) = ours.into_split();
    let up = async {
        let mut buffer = vec![0; 16 << 10];
        loop {
            let length = asked.read(&mut buffer).await?;
            if length == 0 {
                return to.shutdown().await;
            }
            answered.store(0, Ordering::Relaxed);
            to.write_all(&buffer[..length]).await?;
        }
    };
    let down = async {
        let mut buffer = vec![0; 32 << 10];
        loop {
            let length = from.read(&mut buffer).await?;
            if length == 0 {
                return Ok(());
            }
            if answered.fetch_add(length as u64, Ordering::Relaxed) > LARGEST_BODY as u64 {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            told.write_all(&buffer[..length]).await?;
        }
    };
    tokio::select! {
        ended = up => ended,
        ended = down => ended,
    }
}
