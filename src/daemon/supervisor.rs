//! What started the daemon and wants to know how it is: systemd (`sd_notify(3)`), or nobody. A few words as one datagram
//! each: no library is needed for that.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{error, warn};

/// One turn of the daemon's loop is over by then: each question to a database and each write has a time-out of at most
/// a minute, and a million assets are read back in seconds.
const STUCK: Duration = Duration::from_secs(600);

/// Whoever wants to know. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Supervisor(Option<Arc<UnixDatagram>>);

impl Supervisor {
    /// The one that `NOTIFY_SOCKET` names; nobody where it is not set.
    pub(super) fn found() -> Self {
        let Some(name) = std::env::var_os("NOTIFY_SOCKET") else { return Self::default() };
        let connecting = || {
            // A name that begins with `@` is no file: it lives in Linux's own space of names.
            let address = match name.as_encoded_bytes().strip_prefix(b"@") {
                Some(name) => SocketAddr::from_abstract_name(name)?,
                None => SocketAddr::from_pathname(&name)?,
            };
            let socket = UnixDatagram::unbound()?;
            socket.connect_addr(&address)?;
            // Whoever does not read must not hold up the daemon.
            socket.set_nonblocking(true)?;
            std::io::Result::Ok(socket)
        };
        match connecting() {
            Ok(socket) => Self(Some(Arc::new(socket))),
            Err(error) => {
                warn!("NOTIFY_SOCKET cannot be spoken to: {error}");
                Self::default()
            }
        }
    }

    /// There is something to tell: pages and metrics answer with figures.
    pub(super) fn ready(&self) {
        self.tell("READY=1");
    }

    /// The configuration is being read again. [`Self::ready`] ends it.
    pub(super) fn reloading(&self) {
        self.tell("RELOADING=1\nSTATUS=reading the configuration again");
    }

    /// It is about to end.
    pub(super) fn stopping(&self) {
        self.tell("STOPPING=1\nSTATUS=stopping");
    }

    /// How things stand, in words.
    pub(super) fn status(&self, told: &str) {
        self.tell(&format!("STATUS={told}"));
    }

    fn tell(&self, state: &str) {
        if let Some(socket) = &self.0
            && let Err(error) = socket.send(state.as_bytes())
        {
            warn!("the supervisor is not told: {error}");
        }
    }

    /// Tells at half the time that systemd waits (`WATCHDOG_USEC`) that the daemon lives, for as long as its loop goes
    /// round: `turned` is when it last did. A runtime whose threads are all stuck tells nothing either.
    pub(super) fn watch(&self, turned: watch::Receiver<Instant>) {
        let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
        let ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let (Some(_), Some(micros), true) = (&self.0, number("WATCHDOG_USEC").filter(|micros| *micros > 1), ours)
        else {
            return;
        };
        tokio::spawn(keep_telling(self.clone(), Duration::from_micros(micros / 2), turned));
    }
}

async fn keep_telling(supervisor: Supervisor, every: Duration, turned: watch::Receiver<Instant>) {
    let mut ticks = tokio::time::interval(every);
    let mut alive = true;
    loop {
        ticks.tick().await;
        let was = std::mem::replace(&mut alive, is_alive(*turned.borrow(), Instant::now()));
        if alive {
            supervisor.tell("WATCHDOG=1");
        } else if was {
            error!(
                "nothing has moved for {} minutes: the supervisor is no longer told otherwise",
                STUCK.as_secs() / 60
            );
        }
    }
}

fn is_alive(turned: Instant, now: Instant) -> bool {
    now.saturating_duration_since(turned) < STUCK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_stands_still_is_not_alive() {
        let now = Instant::now() + 2 * STUCK;
        assert!(is_alive(now, now));
        assert!(is_alive(now - STUCK + Duration::from_secs(1), now));
        assert!(!is_alive(now - STUCK, now));
    }
}
