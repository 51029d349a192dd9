//! How a message leaves: posted as JSON, or mailed as text.

use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use connectors::http::Client;
use domain::word::Word;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::Message;
use crate::wording::Lang;

/// A message that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// How somebody is told.
pub enum Way {
    /// Posted to this address, which may be a secret.
    Webhook(SecretString),
    /// By mail.
    Mail(Mail),
}

/// A mail server, and who writes to whom.
pub struct Mail {
    /// `smtps://HOST`, `smtp://HOST` (STARTTLS), or in clear `smtp+plain://HOST`.
    pub server: Url,
    /// Login and password, where the server wants one.
    pub login: Option<(String, SecretString)>,
    /// Who writes.
    pub from: Mailbox,
    /// Who is written to.
    pub to: Vec<Mailbox>,
}

impl Way {
    /// Sends a message.
    ///
    /// # Errors
    /// Where it could not be handed over. Neither the address of a webhook nor a login is in the error.
    pub async fn send(&self, message: &Message, lang: Lang) -> anyhow::Result<()> {
        match self {
            Self::Webhook(address) => post(address, message, lang).await,
            Self::Mail(mail) => mail.send(message, lang).await,
        }
    }
}

/// What it is called in a subject.
fn subject(message: &Message, lang: Lang) -> String {
    let state = match message.over {
        false => lang.pick("à traiter", "to be dealt with"),
        true => lang.pick("terminé", "over"),
    };
    format!("[ecoparc] {state}{}{}", lang.colon(), message.what)
}

async fn post(address: &SecretString, message: &Message, lang: Lang) -> anyhow::Result<()> {
    let url = Url::parse(address.expose_secret()).context("the address of the webhook cannot be understood")?;
    let client = Client::new(&url, None, PATIENCE)?;
    let body = json!({
        "status": if message.over { "resolved" } else { "firing" },
        "concern": message.concern,
        "text": subject(message, lang),
        "what": message.what,
        "since": message.since.to_string(),
    });
    let request =
        client.request(Method::POST, url.as_str()).header("content-type", "application/json").body(body.to_string());
    let answer = client.ask_at_once(request).await;
    // What went wrong may name the address.
    let answer = answer.map_err(|failure| anyhow!("the webhook: {}", failure.class.name()))?;
    ensure!((200..300).contains(&answer.status), "the webhook answers {}", answer.status);
    Ok(())
}

impl Mail {
    async fn send(&self, message: &Message, lang: Lang) -> anyhow::Result<()> {
        let mut mail = lettre::Message::builder().from(self.from.clone()).subject(subject(message, lang));
        for to in &self.to {
            mail = mail.to(to.clone());
        }
        let since =
            lang.pick("Signalé le ", "First told on ").to_owned() + &crate::wording::moment(lang, message.since);
        let mail = mail
            .header(ContentType::TEXT_PLAIN)
            .body(format!("{}\r\n\r\n{since}.\r\n", message.what))
            .context("the mail cannot be written")?;
        let host = self.server.host_str().context("the mail server has no name")?;
        let builder = match self.server.scheme() {
            "smtps" => AsyncSmtpTransport::<Tokio1Executor>::relay(host),
            "smtp" => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host),
            _ => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)),
        };
        let mut builder = builder.context("the mail server")?.timeout(Some(PATIENCE));
        if let Some(port) = self.server.port() {
            builder = builder.port(port);
        }
        if let Some((login, password)) = &self.login {
            builder = builder.credentials(Credentials::new(login.clone(), password.expose_secret().to_owned()));
        }
        let sent = builder.build().send(mail).await;
        // What a server answers may repeat the address of a person.
        sent.map(drop).map_err(|error| match error.status() {
            Some(code) => anyhow!("the mail server answers {code}"),
            None if error.is_timeout() => anyhow!("the mail server does not answer"),
            None => anyhow!("the mail server cannot be spoken to"),
        })
    }
}
