//! The addresses that the daemon listens on.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;

use crate::config::{Anonymous, Server};

pub(super) async fn bind(address: SocketAddr) -> anyhow::Result<std::net::TcpListener> {
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
