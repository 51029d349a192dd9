//! What leaves the house as a file.

pub mod annual;
