//! Keys of the configuration, and names in it, understood. One that is unknown is refused, and the one meant is named.

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail, ensure};
use domain::word::{Kind, Word};
use serde::de::DeserializeOwned;
use toml::Table;

/// A table as the keys that a type has; `known` are all of them.
pub fn read<T: DeserializeOwned>(table: Table, known: &[&str]) -> anyhow::Result<T> {
    check(table.keys(), known)?;
    table.try_into().map_err(|error: toml::de::Error| anyhow!("{}", error.message().trim()))
}

/// Refuses a key that is not known, and names the one meant where one is close.
pub fn check<'a>(mut keys: impl Iterator<Item = &'a String>, known: &[&str]) -> anyhow::Result<()> {
    match keys.find(|key| !known.contains(&key.as_str())) {
        Some(key) => bail!("unknown key `{key}`{}", meant(key, known)),
        None => Ok(()),
    }
}

/// How long a key says: `500ms`, `5s`, `5m`.
pub fn duration(key: &str, told: Option<&str>) -> anyhow::Result<Option<Duration>> {
    let read = |text: &str| {
        let told: jiff::SignedDuration =
            text.parse().map_err(|_| anyhow!("`{text}` is no duration (500ms, 5s, 5m)"))?;
        ensure!(told.is_positive(), "`{text}` is no duration");
        Ok(told.unsigned_abs())
    };
    told.map(read).transpose().with_context(|| format!("`{key}`"))
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
    Kind::parse(told).with_context(|| format!("`{told}` is not a kind{}", meant(told, &Kind::names())))
}
