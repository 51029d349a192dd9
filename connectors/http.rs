//! One way of asking over HTTP, for every connector: one TLS provider, one set of trusted authorities, one limit on
//! what is read, one classification of what goes wrong. Nothing is retried and no redirect is followed here: headers
//! that carry tokens would follow it to wherever it leads. Nothing is asked but the host that was configured, and not
//! where clouds tell a machine its credentials, whatever its name resolves to.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, RequestBuilder, Url};

use crate::address::{self, Forbidden};
use crate::pace::Pace;
use crate::{Class, Failure};

/// The largest body read, in bytes, once decompressed.
pub const LARGEST_BODY: usize = 64 << 20;
/// The most values that a body of JSON holds: each takes some dozen times the two bytes that the smallest is written in.
pub const MOST_VALUES: usize = 4 << 20;
/// How long one request may take, its body included.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How long a connection may take to be made.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// Asks one server.
#[derive(Clone, Debug)]
pub struct Client {
    asking: reqwest::Client,
    /// `HOST` or `HOST:PORT`, for messages: a whole URL may hold what should not be read there.
    host: String,
    /// What is asked: scheme, host and port.
    origin: String,
    pace: Option<Pace>,
}

/// What a server answered, whatever its status, read to the end.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decompressed.
    pub body: Vec<u8>,
}

impl Client {
    /// A client for the server of `base`. Over TLS it trusts the system's authorities (`SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` are honoured) and those of `ca_file` (PEM, one or several). Touches no network.
    pub fn new(base: &Url, ca_file: Option<&Path>, patience: Duration) -> anyhow::Result<Self> {
        // An error means that a provider is already installed for the process: ring too, there is no other.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let host = base.host_str().context("the address names no host")?;
        let is_loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("ecoparc/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_PATIENCE)
                .timeout(patience)
                .dns_resolver(Arc::new(Judged))
                .redirect(Policy::none());
            if is_loopback { builder.no_proxy() } else { builder }
        };
        let authorities = match ca_file {
            Some(path) => authorities(path).with_context(|| format!("`ca_file`: {}", path.display()))?,
            None => Vec::new(),
        };
        // Without TLS no authority is needed. With it, and none on the system, the source fails when it is asked, by
        // class `tls`; the others go on.
        let no_authority = || builder().tls_certs_only([]).build();
        let built = match base.scheme() {
            "https" => builder().tls_certs_merge(authorities).build().or_else(|error| {
                tracing::warn!(host, cause = told(&error), "no certificate authority: is ca-certificates installed?");
                no_authority()
            }),
            _ => no_authority(),
        };
        let asking = built.map_err(|error| anyhow!(told(&error)).context("cannot set up HTTP"))?;
        let port = base.port().map(|port| format!(":{port}")).unwrap_or_default();
        let origin = base.origin().ascii_serialization();
        Ok(Self { asking, host: format!("{host}{port}"), origin, pace: None })
    }

    /// The same client, which begins at most so many requests a second; the error names the key.
    pub fn paced(self, per_second: Option<f64>) -> anyhow::Result<Self> {
        let usable = per_second.is_none_or(|rate| (0.01..=1000.0).contains(&rate));
        anyhow::ensure!(usable, "`requests_per_second` is between 0.01 and 1000");
        Ok(Self { pace: per_second.map(Pace::new), ..self })
    }

    /// A request to be completed and given to [`Client::ask`].
    pub fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.asking.request(method, url)
    }

    /// Sends a request when its turn comes, and reads the whole answer. An answer of any status but a redirect is an
    /// answer.
    pub async fn ask(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        if let Some(pace) = &self.pace {
            pace.turn().await;
        }
        self.ask_at_once(request).await
    }

    /// The same without waiting for a turn.
    pub async fn ask_at_once(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        let request = request.build().map_err(|error| self.unreached(&error))?;
        let whom = request.url();
        // No name is looked up where the address is told.
        address::allowed_host(whom.host_str().unwrap_or_default()).map_err(|found| found.of(&self.host))?;
        if whom.origin().ascii_serialization() != self.origin {
            let cause = anyhow!("{} was about to be left for another host: nothing is asked there", self.host);
            return Err(Failure::new(Class::Permission, cause));
        }
        let mut response = self.asking.execute(request).await.map_err(|error| self.unreached(&error))?;
        let status = response.status();
        if status.is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| Url::parse(to.to_str().ok()?).ok());
            let to = to.map(|to| format!(" to {}", to.origin().ascii_serialization())).unwrap_or_default();
            let cause =
                anyhow!("{} redirects{to} ({}): is `url` the address it ends at?", self.host, status.as_u16());
            return Err(Failure::new(Class::Protocol, cause));
        }
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.cut(&error))? {
            if body.len() + chunk.len() > LARGEST_BODY {
                let cause = anyhow!("an answer of {} is larger than {} MiB", self.host, LARGEST_BODY >> 20);
                return Err(Failure::new(Class::TooLarge, cause));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: status.as_u16(), headers, body })
    }

    /// No answer began.
    fn unreached(&self, error: &reqwest::Error) -> Failure {
        if let Some(found) = Forbidden::within(error) {
            return found.of(&self.host);
        }
        let (class, what) = if error.is_timeout() {
            (Class::Timeout, "did not answer in time")
        } else if is_tls(error) {
            (Class::Tls, "does not prove who it is, or speaks no TLS that we accept")
        } else if error.is_builder() {
            (Class::Other, "cannot be asked")
        } else {
            (Class::Network, "cannot be reached")
        };
        Failure::new(class, anyhow!(told(error)).context(format!("{} {what}", self.host)))
    }

    /// An answer began and did not end.
    fn cut(&self, error: &reqwest::Error) -> Failure {
        let (class, what) = if error.is_timeout() {
            (Class::Timeout, "did not end its answer in time")
        } else {
            (Class::Incomplete, "broke off in the middle of an answer")
        };
        Failure::new(class, anyhow!(told(error)).context(format!("{} {what}", self.host)))
    }
}

impl Answer {
    /// The text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// When it was answered, by the server's clock (RFC 9110, section 6.6.1).
    pub fn date(&self) -> Option<jiff::Timestamp> {
        jiff::fmt::rfc2822::parse(self.header("Date")?).ok().map(|date| date.timestamp())
    }

    /// Is it a web page, where data was asked for?
    pub fn is_web_page(&self) -> bool {
        let html = self.header(CONTENT_TYPE.as_str()).is_some_and(|told| told.starts_with("text/html"));
        html || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<serde_json::Value, Failure> {
        if self.is_web_page() {
            return Err(Failure::new(Class::Protocol, anyhow!("answered with a web page: is `url` right?")));
        }
        few_values(&self.body)?;
        // serde_json tells where it stopped, never what it read.
        serde_json::from_slice(&self.body)
            .map_err(|error| Failure::new(Class::Protocol, anyhow!("answered with what is not JSON: {error}")))
    }
}

/// Refuses JSON whose values would take far more memory than its bytes do.
pub fn few_values(body: &[u8]) -> Result<(), Failure> {
    // Those inside texts are counted too: no text is made of them.
    let values = body.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{' | b':')).count();
    if values > MOST_VALUES {
        let cause = anyhow!("answered with JSON of more than {} million values", MOST_VALUES >> 20);
        return Err(Failure::new(Class::TooLarge, cause));
    }
    Ok(())
}

/// Names as the system resolves them, but for addresses where no source is asked.
struct Judged;

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = address::look_up(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Box<dyn Iterator<Item = SocketAddr> + Send>)
        })
    }
}

/// The authorities of a PEM file.
fn authorities(path: &Path) -> anyhow::Result<Vec<Certificate>> {
    let pem = std::fs::read(path).context("cannot be read")?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|_| anyhow!("is not a PEM file of certificates"))?;
    anyhow::ensure!(!found.is_empty(), "holds no certificate in PEM form");
    Ok(found)
}

/// The causes of an error, innermost last, without the URL that reqwest puts before them.
fn told(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        cause = error.source();
    }
    if causes.is_empty() { "no cause told".to_owned() } else { causes.join(": ") }
}

/// Did TLS refuse? rustls' error travels inside one `io::Error` or two, whose `source` skips what they hold.
pub fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if error.is::<rustls::Error>() || held.is_some_and(|held| is_tls(held)) {
            return true;
        }
        cause = error.source();
    }
    false
}
