//! What leaves the house as a file.

pub mod annual;
pub mod cells;
pub mod declaration;
