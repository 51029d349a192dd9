//! What a server says, as a message repeats it. Pure.

/// The longest text that is repeated, in characters.
const LONGEST: usize = 200;

/// A server's own words as part of one line, which is short: it may say anything.
pub fn repeated(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}
