//! The signals that the daemon obeys.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tracing::warn;

/// So long after it was told to stop it stops in the middle of whatever it does: a million assets take longer to write.
const PATIENCE: Duration = Duration::from_secs(8);

/// What a signal asks for.
pub(super) enum Signal {
    /// SIGTERM, SIGINT.
    Stop,
    /// SIGHUP.
    Reload,
}

/// The signals as they come.
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

impl Signals {
    pub(super) fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::Stop,
            _ = self.interrupt.recv() => Signal::Stop,
            _ = self.hang_up.recv() => Signal::Reload,
        }
    }

    /// Waits until it is told to stop, whatever else it is told meanwhile.
    pub(super) async fn stop(&mut self) {
        while !matches!(self.next().await, Signal::Stop) {}
    }
}

/// Ends when it was told to stop and has not. What a transaction was writing stays as it was.
pub(super) async fn overdue() -> anyhow::Result<()> {
    Signals::listen()?.stop().await;
    tokio::time::sleep(PATIENCE).await;
    warn!("stopped in the middle of its work: what was being kept stays as it was");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_stop_is_stopped() {
        let (began, waiting) = (tokio::time::Instant::now(), tokio::spawn(overdue()));
        // While a thread is blocked, the paused clock stands still.
        let told = tokio::task::spawn_blocking(|| {
            std::thread::sleep(Duration::from_millis(200));
            std::process::Command::new("kill").arg(std::process::id().to_string()).status()
        });
        assert!(told.await.unwrap().unwrap().success());
        waiting.await.unwrap().unwrap();
        assert!((PATIENCE..PATIENCE * 2).contains(&began.elapsed()), "{:?}", began.elapsed());
    }
}
