//! The signals that the daemon obeys.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tracing::warn;

/// So long after it was told to stop the daemon stops in the middle of whatever it does: a million assets take longer to
/// write.
pub(super) const PATIENCE: Duration = Duration::from_secs(8);

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

/// Ends so long after it was told to stop. What a transaction was writing stays as it was.
pub(super) async fn overdue(patience: Duration) -> anyhow::Result<()> {
    Signals::listen()?.stop().await;
    tokio::time::sleep(patience).await;
    warn!("stopped in the middle of its work: what was being kept stays as it was");
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_does_not_stop_is_stopped() {
        let patience = Duration::from_millis(300);
        let waiting = tokio::spawn(overdue(patience));
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!waiting.is_finished(), "nobody has told it anything");
        let told = tokio::time::Instant::now();
        let mut kill = std::process::Command::new("kill");
        assert!(kill.arg(std::process::id().to_string()).status().unwrap().success());
        waiting.await.unwrap().unwrap();
        assert!(told.elapsed() >= patience);
    }
}
