//! The addresses that the daemon listens on.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;

use crate::config::{Anonymous, Server};

/// What is listened on, by the address that was asked for. Connections that come between two configurations wait here.
#[derive(Default)]
pub(super) struct Listeners(BTreeMap<SocketAddr, std::net::TcpListener>);

impl Listeners {
    pub(super) fn all(&self) -> &BTreeMap<SocketAddr, std::net::TcpListener> {
        &self.0
    }

    /// Listens where a configuration wants it, and nowhere else.
    ///
    /// # Errors
    /// Where an address is somebody else's.
    pub(super) async fn keep(&mut self, server: &Server) -> anyhow::Result<()> {
        self.0.retain(|address, _| wanted(server).contains(address));
        for address in self.missing(server) {
            self.0.insert(address, bind(address).await?);
        }
        Ok(())
    }

    /// Listens on what a new configuration wants besides, while the old one is still in force.
    ///
    /// # Errors
    /// Where an address is somebody else's; nothing is changed then.
    pub(super) async fn take_up(&mut self, server: &Server) -> anyhow::Result<()> {
        let mut new = BTreeMap::new();
        for address in self.missing(server) {
            match bind(address).await {
                Ok(listener) => drop(new.insert(address, listener)),
                // Our own port on another address: free as soon as the old configuration is not in force any longer.
                Err(error) if is_taken(&error) && self.leaves(address.port(), server) => {}
                Err(error) => return Err(error),
            }
        }
        self.0.extend(new);
        Ok(())
    }

    /// Is this a port of ours that a configuration has no use for?
    fn leaves(&self, port: u16, server: &Server) -> bool {
        let wanted = wanted(server);
        self.0.keys().any(|known| known.port() == port && !wanted.contains(known))
    }

    fn missing(&self, server: &Server) -> Vec<SocketAddr> {
        wanted(server).into_iter().filter(|address| !self.0.contains_key(address)).collect()
    }
}

fn wanted(server: &Server) -> Vec<SocketAddr> {
    [Some(server.listen), server.metrics_listen].into_iter().flatten().collect()
}

fn is_taken(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::AddrInUse)
}

async fn bind(address: SocketAddr) -> anyhow::Result<std::net::TcpListener> {
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    Ok(listener.into_std()?)
}

/// What whoever can reach an address may read, where that is more than one would think.
pub(super) fn risk(server: &Server, address: SocketAddr, is_metrics: bool) -> Option<&'static str> {
    if address.ip().is_loopback() {
        return None;
    }
    match (is_metrics, server.anonymous, &server.tls) {
        (false, Anonymous::Read | Anonymous::Assets, _) => {
            Some("everybody who reaches this address may read, without a token")
        }
        (true, ..) => Some("everybody who reaches this address may read the metrics, without a token"),
        (false, _, None) => {
            Some("tokens come in clear to this address: tell `[server] tls`, or put a proxy before it")
        }
        _ => None,
    }
}
