//! What leaves the house as a file.

pub mod cells;
pub mod declaration;
