//! What a source told and nobody could read.

/// A row that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// `FILE:LINE`, or the record's kind and id.
    pub place: String,
    /// The column or field.
    pub column: Option<String>,
    /// Why, in one sentence, without any person's name or secret.
    pub reason: String,
}
