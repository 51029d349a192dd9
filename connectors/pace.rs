//! A shortest time between the beginnings of two questions, shared by whoever asks.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// When the next question may begin.
#[derive(Clone, Debug)]
pub struct Pace {
    between: Duration,
    next: Arc<Mutex<Instant>>,
}

impl Pace {
    /// At most so many questions a second.
    pub fn new(per_second: f64) -> Self {
        Self { between: Duration::from_secs_f64(1.0 / per_second), next: Arc::new(Mutex::new(Instant::now())) }
    }

    /// Counts questions that were asked without a turn: those to come begin later.
    pub async fn spend(&self, questions: u32) {
        let mut next = self.next.lock().await;
        *next = (*next).max(Instant::now()) + self.between * questions;
    }

    /// Waits for a turn.
    pub async fn turn(&self) {
        let mine = {
            let mut next = self.next.lock().await;
            let mine = (*next).max(Instant::now());
            *next = mine + self.between;
            mine
        };
        tokio::time::sleep_until(mine).await;
    }
}
