//! Unknown keys of the configuration and unknown names in it: refused, and the one meant is named.

use anyhow::{Context, bail};
use domain::word::{Kind, Word};

/// Refuses a key that is not known, and names the one meant where one is close.
pub fn check<'a>(mut keys: impl Iterator<Item = &'a String>, known: &[&str]) -> anyhow::Result<()> {
    match keys.find(|key| !known.contains(&key.as_str())) {
        Some(key) => bail!("unknown key `{key}`{}", meant(key, known)),
        None => Ok(()),
    }
}

/// `: did you mean …?`, or the whole list where nothing is close.
pub fn meant(word: &str, known: &[&str]) -> String {
    let distance = |other: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &other.to_lowercase());
    match known.iter().map(|other| (distance(other), other)).min() {
        Some((distance, other)) if distance <= word.chars().count().div_ceil(3).max(1) => {
            format!(": did you mean `{other}`?")
        }
        _ => format!(": the known ones are {}", known.join(" ")),
    }
}

/// The kind of this name.
///
/// # Errors
/// Where no kind is called so; the one meant is named.
pub fn kind(told: &str) -> anyhow::Result<Kind> {
    let names: Vec<&str> = Kind::ALL.iter().map(|(_, name)| *name).collect();
    Kind::parse(told).with_context(|| format!("`{told}` is not a kind{}", meant(told, &names)))
}
