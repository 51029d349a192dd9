//! `ecoparc sample-config [CONNECTOR]`.

use anyhow::Context;
use connectors::keys;

use super::say;

/// The whole commented configuration, or one connector's part.
pub fn sample(connector: Option<&str>) -> anyhow::Result<()> {
    match connector {
        Some(name) => {
            let names: Vec<&str> = connectors::ALL.iter().map(|connector| connector.name).collect();
            let connector = connectors::named(name)
                .with_context(|| format!("there is no connector `{name}`{}", keys::meant(name, &names)))?;
            say(connector.sample.trim_end());
        }
        None => {
            let samples = connectors::ALL.iter().map(|connector| connector.sample.trim_end());
            let parts: Vec<&str> = std::iter::once(include_str!("sample.toml").trim_end()).chain(samples).collect();
            say(&parts.join("\n\n"));
        }
    }
    Ok(())
}
