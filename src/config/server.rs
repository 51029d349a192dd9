//! `[server]`: where, to whom and how things are served.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use axum::http::HeaderName;
use connectors::keys;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio_rustls::rustls;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use toml::{Table, Value};

use super::read::typed;

/// Where and to whom things are served.
#[derive(Clone, Debug)]
pub struct Server {
    /// Page and API.
    pub listen: SocketAddr,
    /// Metrics alone, without a token.
    pub metrics_listen: Option<SocketAddr>,
    /// The certificate that is shown; plain HTTP without one.
    pub tls: Option<Tls>,
    /// What may be seen without a token.
    pub anonymous: Anonymous,
    /// Who else may see what.
    pub tokens: Vec<Token>,
    /// The proxy that says who asks.
    pub proxy_auth: Option<ProxyAuth>,
    /// Proxies that are believed where a request comes from: those, and the one that says who asks.
    pub proxies: Networks,
    /// Requests that one client may make in a second, on the whole.
    pub requests_per_second: u32,
}

/// What may be seen without a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anonymous {
    /// Nothing.
    None,
    /// The metrics.
    Metrics,
    /// Everything but single assets.
    Read,
    /// Everything.
    Assets,
}

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Metrics, indicators, page.
    Read,
    /// Single assets too.
    Assets,
    /// Asking for a collection too.
    Admin,
}

impl Scope {
    /// As configurations and answers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Assets => "assets",
            Self::Admin => "admin",
        }
    }
}

/// A token, known by its hash alone.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its name, for the log.
    pub name: String,
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// It sees these entities and below, nothing else; empty: everything.
    pub entities: Vec<String>,
}

/// A proxy that has logged people in before it passes their requests on.
#[derive(Clone, Debug)]
pub struct ProxyAuth {
    /// The header that names them.
    pub header: HeaderName,
    /// What they may see.
    pub scopes: Vec<Scope>,
    /// Where it is believed.
    pub trusted: Networks,
}

/// Networks and single addresses: the first address of each, and the length of its prefix.
#[derive(Clone, Debug, Default)]
pub struct Networks(Vec<(IpAddr, u8)>);

impl Networks {
    /// Is this address in one of them?
    pub fn hold(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(network, length)| match (network, address) {
            (IpAddr::V4(network), IpAddr::V4(peer)) => {
                let beyond = 32 - u32::from(*length);
                u64::from(network.to_bits()) >> beyond == u64::from(peer.to_bits()) >> beyond
            }
            (IpAddr::V6(network), IpAddr::V6(peer)) => {
                let same = (network.to_bits() ^ peer.to_bits()).leading_zeros();
                same >= u32::from(*length)
            }
            _ => false,
        })
    }
}

/// A certificate and its key, as files that may be renewed while the daemon runs.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate, then those that lead to its authority: PEM.
    pub cert_file: PathBuf,
    /// Its private key: PEM.
    pub key_file: PathBuf,
    /// What they held when the configuration was read, and what tells that from what they hold later.
    pub first: (Arc<ServerConfig>, Digests),
}

/// SHA-256 of a certificate's file and of its key's; zero for a file that cannot be read.
pub type Digests = [[u8; 32]; 2];

impl Tls {
    /// What tells the files as they are now from what they were.
    pub fn digests(&self) -> Digests {
        [&self.cert_file, &self.key_file].map(|file| std::fs::read(file).map_or([0; 32], |bytes| digest(&bytes)))
    }

    /// What a handshake needs, from the files as they are now.
    ///
    /// # Errors
    /// As [`handshake`].
    pub fn read(&self) -> anyhow::Result<Arc<ServerConfig>> {
        Ok(handshake(&self.cert_file, &self.key_file)?.0)
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// What a handshake needs, and what its files held.
///
/// # Errors
/// Where a file cannot be read, holds no certificate or no key, or the key is of another certificate.
fn handshake(cert_file: &Path, key_file: &Path) -> anyhow::Result<(Arc<ServerConfig>, Digests)> {
    let (cert, key) = (cert_file.display(), key_file.display());
    let certificate = || format!("cannot read the certificate {cert}");
    let chain_held = std::fs::read(cert_file).with_context(certificate)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain_held).collect();
    let chain = chain.with_context(certificate)?;
    ensure!(!chain.is_empty(), "{cert} holds no certificate: it begins with -----BEGIN CERTIFICATE-----");
    // What is wrong with a key is not repeated: it might hold a part of it.
    let unread = || anyhow::anyhow!("cannot read a private key in PEM from {key}");
    let secret_held = std::fs::read(key_file).map_err(|_| unread())?;
    let secret = PrivateKeyDer::from_pem_slice(&secret_held).map_err(|_| unread())?;
    let digests = [digest(&chain_held), digest(&secret_held)];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .with_context(|| format!("{cert} and {key} do not go together"))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((Arc::new(config), digests))
}

pub(super) const KEYS: &[&str] = &[
    "listen",
    "metrics_listen",
    "tls",
    "anonymous",
    "proxy_auth",
    "trusted_proxies",
    "requests_per_second",
    "token",
];

#[derive(Deserialize)]
pub(super) struct RawServer {
    #[serde(default = "loopback")]
    listen: String,
    metrics_listen: Option<String>,
    tls: Option<Table>,
    #[serde(default = "nothing")]
    anonymous: Anonymous,
    proxy_auth: Option<Table>,
    #[serde(default)]
    trusted_proxies: Vec<String>,
    #[serde(default = "many")]
    requests_per_second: u32,
    #[serde(default)]
    token: Vec<Table>,
}

fn loopback() -> String {
    "127.0.0.1:9899".to_owned()
}

fn nothing() -> Anonymous {
    Anonymous::None
}

fn many() -> u32 {
    500
}

#[derive(Deserialize)]
struct RawTls {
    cert_file: PathBuf,
    key_file: PathBuf,
}

#[derive(Deserialize)]
struct RawProxyAuth {
    header: String,
    #[serde(default)]
    scopes: Vec<Scope>,
    #[serde(default)]
    trusted: Vec<String>,
}

#[derive(Deserialize)]
struct RawToken {
    name: String,
    hash: String,
    #[serde(default)]
    scopes: Vec<Scope>,
    #[serde(default)]
    entities: Vec<String>,
}

pub(super) fn serve(raw: RawServer, base: &Path) -> anyhow::Result<Server> {
    let address = |key: &str, told: &str| {
        told.parse().with_context(|| format!("[server]: `{key}` `{told}` is not an address and port"))
    };
    ensure!(raw.requests_per_second > 0, "[server]: `requests_per_second` is 1 or more");
    let tls = raw.tls.map(|told| tls(told, base)).transpose().context("[server]: `tls`")?;
    let proxy_auth = raw.proxy_auth.map(proxy_auth).transpose().context("[server]: `proxy_auth`")?;
    let mut proxies = networks(&raw.trusted_proxies).context("[server]: `trusted_proxies`")?;
    proxies.0.extend(proxy_auth.iter().flat_map(|proxy| &proxy.trusted.0));
    let listen: SocketAddr = address("listen", &raw.listen)?;
    let metrics_listen = raw.metrics_listen.as_deref().map(|told| address("metrics_listen", told)).transpose()?;
    ensure!(
        metrics_listen != Some(listen),
        "[server]: `metrics_listen` is an address of its own; without it, `listen` serves the metrics too"
    );
    Ok(Server {
        listen,
        metrics_listen,
        tls,
        anonymous: raw.anonymous,
        tokens: raw.token.into_iter().map(token).collect::<anyhow::Result<_>>()?,
        proxy_auth,
        proxies,
        requests_per_second: raw.requests_per_second,
    })
}

/// The certificate; it is read once here, so that a bad one is refused before anything is done.
fn tls(told: Table, base: &Path) -> anyhow::Result<Tls> {
    keys::check(told.keys(), &["cert_file", "key_file"])?;
    let raw: RawTls = typed(told)?;
    let (cert_file, key_file) = (base.join(raw.cert_file), base.join(raw.key_file));
    let first = handshake(&cert_file, &key_file)?;
    Ok(Tls { cert_file, key_file, first })
}

fn proxy_auth(told: Table) -> anyhow::Result<ProxyAuth> {
    keys::check(told.keys(), &["header", "scopes", "trusted"])?;
    let raw: RawProxyAuth = typed(told)?;
    let header = HeaderName::try_from(raw.header.as_str());
    let header = header.with_context(|| format!("`header` `{}` is not the name of a header", raw.header))?;
    ensure!(
        !["authorization", "cookie", "host"].contains(&header.as_str()),
        "`header` may not be `{header}`: everybody sends that"
    );
    ensure!(!raw.trusted.is_empty(), "`trusted` names the addresses of the proxy: without any it is never believed");
    let trusted = networks(&raw.trusted).context("`trusted`")?;
    Ok(ProxyAuth { header, scopes: scopes(raw.scopes), trusted })
}

fn networks(told: &[String]) -> anyhow::Result<Networks> {
    told.iter().map(|told| network(told)).collect::<anyhow::Result<_>>().map(Networks)
}

/// An address, or a network of them: `10.0.0.5`, `10.0.0.0/24`.
fn network(told: &str) -> anyhow::Result<(IpAddr, u8)> {
    let (address, length) = told.split_once('/').map_or((told, None), |(address, length)| (address, Some(length)));
    let wrong = || format!("`{told}` is neither an address nor a network (10.0.0.5, 10.0.0.0/24)");
    let address: IpAddr = address.parse().with_context(wrong)?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length: u8 = length.map_or(Ok(most), str::parse).with_context(wrong)?;
    if length > most {
        bail!(wrong());
    }
    // An IPv4 address that is written as IPv6 shows it is that IPv4 address.
    let canonical = address.to_canonical();
    let length = if canonical == address { length } else { length.checked_sub(96).with_context(wrong)? };
    if length == 0 {
        bail!(wrong());
    }
    Ok((canonical, length))
}

/// `read` where none is told.
fn scopes(told: Vec<Scope>) -> Vec<Scope> {
    if told.is_empty() { vec![Scope::Read] } else { told }
}

fn token(table: Table) -> anyhow::Result<Token> {
    let name = table.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let place = || format!("[[server.token]] \"{name}\"");
    keys::check(table.keys(), &["name", "hash", "scopes", "entities"]).with_context(place)?;
    let raw: RawToken = typed(table).with_context(place)?;
    let hash = raw.hash.strip_prefix("sha256:").and_then(|digits| {
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).ok().map(|()| bytes)
    });
    let hash = hash.with_context(|| format!("{}: `hash` is not `sha256:` and 64 hexadecimal digits", place()))?;
    Ok(Token { name: raw.name, hash, scopes: scopes(raw.scopes), entities: raw.entities })
}

#[cfg(test)]
mod tests;
