//! Who asked for what, and what came of it: lines of the log under the target `audit`. Tokens are named, never told; what
//! was asked is quoted, so that nobody writes lines of theirs.

/// Something that was asked of the daemon by someone who may change something, or wanted to.
pub fn told(who: &str, action: &str, what: &str, outcome: &str) {
    tracing::info!(target: "audit", who = ?who, action, what = ?what, outcome, "audit");
}
