//! The Prometheus text format 0.0.4 and OpenMetrics 1.0, from an edition.

use crate::edition::Edition;

/// The body of `/metrics` in both formats, plain and compressed, made once an edition.
pub struct Exposition {}

impl Exposition {
    /// Renders an edition.
    pub fn of(_edition: &Edition) -> Self {
        Self {}
    }
}
