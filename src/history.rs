//! What was published before: the read-only side of the store that the page and the API may see.

use jiff::civil::Date;

pub use crate::store::Past;
use crate::store::Store;

/// Stored readings.
#[derive(Clone)]
pub struct History(Store);

impl History {
    /// The history that a store keeps.
    pub fn of(store: Store) -> Self {
        Self(store)
    }

    /// The readings of one family between two days, both included, oldest first.
    pub async fn readings(&self, name: &str, from: Date, to: Date) -> anyhow::Result<Vec<Past>> {
        self.0.history(name, from, to).await
    }

    /// Does the store answer?
    pub async fn ping(&self) -> anyhow::Result<()> {
        self.0.ping().await
    }
}
