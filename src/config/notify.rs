//! `[[notify]]`: who is told what needs them, and how.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use connectors::keys;
use connectors::secret::{resolve, told_secret};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use toml::Table;

use super::read::{named, typed};
use crate::notify::{About, Mail, Notifier, Way};
use crate::wording::Lang;

const KEYS: &[&str] = &[
    "name",
    "webhook",
    "webhook_file",
    "smtp",
    "from",
    "to",
    "username",
    "password",
    "password_file",
    "lang",
    "about",
];

#[derive(Deserialize)]
struct Raw {
    #[serde(default, deserialize_with = "told_secret")]
    webhook: Option<SecretString>,
    webhook_file: Option<PathBuf>,
    smtp: Option<String>,
    from: Option<String>,
    #[serde(default)]
    to: Vec<String>,
    username: Option<String>,
    #[serde(default, deserialize_with = "told_secret")]
    password: Option<SecretString>,
    password_file: Option<PathBuf>,
    lang: Option<String>,
    about: Option<Vec<About>>,
}

/// Who is told, in the order of the file.
pub fn notifiers(tables: Vec<Table>, base: &Path) -> anyhow::Result<Vec<Arc<Notifier>>> {
    let told = |(name, table): (String, Table)| {
        let notifier = notifier(&name, table, base).with_context(|| format!("notify \"{name}\""))?;
        Ok(Arc::new(notifier))
    };
    named("notify", tables)?.into_iter().map(told).collect()
}

fn notifier(name: &str, table: Table, base: &Path) -> anyhow::Result<Notifier> {
    keys::check(table.keys(), KEYS)?;
    let of_mail =
        ["from", "to", "username", "password", "password_file"].into_iter().find(|key| table.contains_key(*key));
    let raw: Raw = typed(table)?;
    let webhook = resolve("webhook", raw.webhook, raw.webhook_file, base)?;
    let way = match (webhook, raw.smtp) {
        (Some(webhook), None) => {
            if let Some(key) = of_mail {
                bail!("`{key}` belongs to `smtp`, not to `webhook`");
            }
            // The address is not repeated: it often holds the only secret there is.
            let url = Url::parse(webhook.expose_secret());
            let http = url.is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            ensure!(http, "`webhook`: is no http or https address");
            Way::Webhook(webhook)
        }
        (None, Some(smtp)) => {
            let server = Url::parse(&smtp)
                .ok()
                .filter(|url| matches!(url.scheme(), "smtp" | "smtps" | "smtp+plain") && url.host_str().is_some());
            let server = server.context("`smtp`: write smtps://HOST, smtp://HOST or smtp+plain://HOST")?;
            ensure!(
                server.username().is_empty() && server.password().is_none(),
                "`smtp`: a login is told as `username` and `password_file`"
            );
            let password = resolve("password", raw.password, raw.password_file, base)?;
            let login = match (raw.username, password) {
                (Some(username), Some(password)) => Some((username, password)),
                (None, None) => None,
                _ => bail!("`username` and `password` go together"),
            };
            ensure!(login.is_none() || server.scheme() != "smtp+plain", "`smtp`: a password goes over TLS alone");
            let mailbox = |told: &str| told.parse().map_err(|_| anyhow::anyhow!("this is no mail address"));
            let from = mailbox(&raw.from.context("`from` is missing")?).context("`from`")?;
            let to = raw.to.iter().map(|to| mailbox(to)).collect::<Result<Vec<_>, _>>().context("`to`")?;
            ensure!(!to.is_empty(), "`to` names nobody");
            Way::Mail(Mail { server, login, from, to })
        }
        (Some(_), Some(_)) => bail!("both `webhook` and `smtp` are given: keep one"),
        (None, None) => bail!("neither `webhook` nor `smtp` says how to tell"),
    };
    let lang = match raw.lang.as_deref() {
        None | Some("fr") => Lang::Fr,
        Some("en") => Lang::En,
        Some(_) => bail!("`lang` is fr or en"),
    };
    let about = raw.about.unwrap_or_else(|| vec![About::Law, About::Objective, About::Source]);
    Ok(Notifier { name: name.to_owned(), way, lang, about })
}
