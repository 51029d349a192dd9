//! The stream below LDAP: a connection, TLS over it, and a guard over what comes back. ldap3 is given the other end of a
//! pair of sockets.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::anyhow;

use reqwest::Url;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use super::guard::{self, Breach, Guard, Limits};
use super::referral::decoded;
use super::tls;
use crate::address::{self, Forbidden};
use crate::{Class, Failure};

/// Why there is no stream, or none any more.
#[derive(Debug)]
pub enum Broken {
    /// Of the connection or of TLS.
    Io(io::Error),
    Breach(Breach),
    /// The server answered to StartTLS with this code.
    NoTls(u8),
    /// No certificate can have this name.
    Name,
    /// No source is asked there.
    Forbidden(Forbidden),
}

impl Broken {
    /// The failure that it is.
    pub fn of(self, name: &str) -> Failure {
        match self {
            Self::Io(source) => match tls::reason(&source) {
                Some(reason) => Failure::new(Class::Tls, anyhow!("{name} does not prove who it is: {reason}")),
                None => Failure::new(Class::Network, anyhow!(source).context(format!("{name} cannot be reached"))),
            },
            Self::Breach(found) => found.of(name),
            Self::NoTls(code) => Failure::new(
                Class::Tls,
                anyhow!("{name} does not begin TLS (result {code}): ldaps:// instead of `start_tls`?"),
            ),
            Self::Forbidden(found) => found.of(name),
            Self::Name => Failure::new(Class::Tls, anyhow!("{name} is no name that a certificate can have")),
        }
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Forbidden::within(&error).map_or(Self::Io(error), Self::Forbidden)
    }
}

impl From<Breach> for Broken {
    fn from(breach: Breach) -> Self {
        Self::Breach(breach)
    }
}

/// A stream whose other end is a server, as far as the guard lets it through.
pub struct Guarded {
    pub end: std::os::unix::net::UnixStream,
    /// Ends with either side.
    pub relay: JoinHandle<Result<(), Broken>>,
}

/// Connects, and begins TLS where the address or `start_tls` say so. Bytes that come are added to `bytes`.
pub async fn open(
    url: &str,
    tls: Option<&Arc<ClientConfig>>,
    start_tls: bool,
    limits: Limits,
    bytes: Arc<AtomicU64>,
) -> Result<Guarded, Broken> {
    // The settings have understood it before.
    let url = Url::parse(url).map_err(|error| Broken::Io(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    let host = url.host_str().unwrap_or_default();
    let guard = Guard::counted(limits, bytes);
    if url.scheme() == "ldapi" {
        let path = decoded(host).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        return guarded(UnixStream::connect(path).await?, guard);
    }
    let is_ldaps = url.scheme() == "ldaps";
    let port = url.port().unwrap_or(if is_ldaps { 636 } else { 389 });
    let mut stream = TcpStream::connect(&*address::look_up(host, port).await?).await?;
    let Some(config) = tls.filter(|_| is_ldaps || start_tls) else { return guarded(stream, guard) };
    if !is_ldaps {
        begin(&mut stream, limits).await?;
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Broken::Name)?;
    guarded(TlsConnector::from(Arc::clone(config)).connect(name, stream).await?, guard)
}

/// Asks for TLS (RFC 4511, 4.14). What follows the answer before TLS has begun could be anybody's, and is refused.
async fn begin(stream: &mut TcpStream, limits: Limits) -> Result<(), Broken> {
    stream.write_all(guard::START_TLS).await?;
    let mut guard = Guard::new(Limits { message: 64 << 10, session: 64 << 10, ..limits });
    let (mut answer, mut buffer) = (Vec::new(), [0; 1024]);
    while answer.is_empty() || !guard.at_rest() {
        let told = match stream.read(&mut buffer).await? {
            0 => return Err(Broken::Io(io::ErrorKind::UnexpectedEof.into())),
            length => &buffer[..length],
        };
        guard.follow(told)?;
        answer.extend(told);
    }
    match guard::started(&answer)? {
        0 => Ok(()),
        code => Err(Broken::NoTls(code)),
    }
}

/// Puts the guard between a stream and the end that is given back.
fn guarded(stream: impl AsyncRead + AsyncWrite + Send + 'static, guard: Guard) -> Result<Guarded, Broken> {
    let (end, ours) = std::os::unix::net::UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let ours = UnixStream::from_std(ours)?;
    Ok(Guarded { end, relay: tokio::spawn(relay(stream, ours, guard)) })
}

/// Passes on both ways, until one of the sides ends or the guard lets no more through.
async fn relay(
    server: impl AsyncRead + AsyncWrite + Send + 'static,
    ours: UnixStream,
    mut guard: Guard,
) -> Result<(), Broken> {
    let (mut from, mut to) = tokio::io::split(server);
    let (mut asked, mut told) = ours.into_split();
    let up = async {
        tokio::io::copy(&mut asked, &mut to).await?;
        to.shutdown().await?;
        Ok(())
    };
    let down = async {
        let mut buffer = vec![0; 32 << 10];
        loop {
            let bytes = match from.read(&mut buffer).await {
                // Many servers end TLS without taking leave of it.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                Ok(0) => return Ok(()),
                read => &buffer[..read?],
            };
            guard.follow(bytes)?;
            if told.write_all(bytes).await.is_err() {
                // Nobody listens any more.
                return Ok(());
            }
        }
    };
    tokio::select! {
        ended = up => ended,
        ended = down => ended,
    }
}
