//! Unknown keys of the configuration: refused, and the one meant is named.

use anyhow::bail;

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
