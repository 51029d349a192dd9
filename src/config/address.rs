//! The address of a program that is asked over HTTP without a login.

use anyhow::{anyhow, ensure};
use reqwest::Url;

/// Understands an address. It is not repeated in an error: it may hold what should not be read there.
pub fn address(told: &str) -> anyhow::Result<Url> {
    let url = Url::parse(told.trim()).map_err(|error| anyhow!("is not an address: {error}"))?;
    ensure!(matches!(url.scheme(), "http" | "https"), "starts with neither https:// nor http://");
    ensure!(url.username().is_empty() && url.password().is_none(), "holds a login: it is asked without one");
    ensure!(url.query().is_none() && url.fragment().is_none(), "ends before any `?` or `#`");
    Ok(url)
}
