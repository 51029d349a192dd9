//! Connections: how many there are, how long one may keep silent, in clear or over TLS, and how they end.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tower_service::Service as _;
use tracing::debug;

/// Connections at most, where the system gives that many descriptors.
const MOST: usize = 4096;
/// Descriptors that are left to the store, the sources and files.
const SPARE: usize = 256;
/// The head of a request must be there within this; a connection on which none comes is closed then too.
const HEAD: Duration = Duration::from_secs(20);
/// So long may a TLS handshake take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Bytes of the head of a request at most.
const HEAD_BYTES: usize = 32 * 1024;
/// Answers under way on one connection of HTTP/2 at most.
const STREAMS: u32 = 64;
/// A connection of HTTP/2 is asked so often whether somebody is still there, and closed where nobody answers as long.
const PING: Duration = Duration::from_secs(20);
/// Whoever has just come has so long to ask something, though others wait for the place or the daemon stops.
const GRACE: Duration = Duration::from_millis(250);
/// Bytes of an answer that are handed to a connection at once: when they are taken is noticed.
const PIECE: usize = 64 * 1024;
/// A place is looked for so often.
const AGAIN: Duration = Duration::from_millis(10);
/// Whoever takes nothing of an answer for so long leaves.
const STUCK: Duration = Duration::from_secs(60);

/// What a handshake needs; it changes when the certificate is renewed.
pub type Handshake = watch::Receiver<Arc<ServerConfig>>;

/// Accepts connections until it is told to stop, then lets the requests under way end. Dropped, it ends them at once: what a
/// new configuration refuses is not answered any longer.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    tls: Option<Handshake>,
    seats: Arc<Seats>,
    mut stops: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    let stopping = stops.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            _ = stops.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Mostly no descriptor is left: one will be, once something ends.
                debug!("a connection cannot be accepted: {error}");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // Whoever was accepted is answered, though a stop is told meanwhile: those who leave then make room.
        let seat = seats.one().await;
        let (routes, stopping) = (routes.clone(), stopping.clone());
        let acceptor = tls.as_ref().map(|tls| TlsAcceptor::from(tls.borrow().clone()));
        connections.spawn(async move {
            let place = Place { routes, peer, seat: seat.clone(), stopping };
            tokio::select! {
                () = converse(stream, acceptor, place) => {}
                () = seat.leave.notified() => {}
                () = seat.stuck() => debug!("a reader takes nothing"),
            }
        });
    }
    while connections.join_next().await.is_some() {}
}

/// As many connections as the system's descriptors allow.
fn most() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft: Option<usize> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    soft.map_or(MOST, |soft| soft.saturating_sub(SPARE).clamp(16, MOST))
}

/// Who sits where, on all addresses together, so that whoever has done nothing for longest leaves when there is no room.
pub struct Seats {
    most: usize,
    guests: Mutex<(u64, HashMap<u64, Guest>)>,
}

struct Guest {
    /// Answers that are being made.
    made: usize,
    /// Answers that are being sent.
    sent: usize,
    /// When they last asked something, or took some of an answer.
    active: Instant,
    leave: Arc<Notify>,
}

/// A connection's place; given back when it is dropped.
struct Seat {
    seats: Arc<Seats>,
    number: u64,
    leave: Arc<Notify>,
}

impl Seats {
    /// As many places as the system's descriptors allow.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::of(most()))
    }

    fn of(most: usize) -> Self {
        Self { most, guests: Mutex::default() }
    }

    fn guests(&self) -> MutexGuard<'_, (u64, HashMap<u64, Guest>)> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more, as soon as there is one. Whoever waits meanwhile does so in the system's queue.
    async fn one(self: &Arc<Self>) -> Arc<Seat> {
        loop {
            match self.enter() {
                Some(seat) => return seat,
                None => sleep(AGAIN).await,
            }
        }
    }

    /// A place for one more. Where there is none, whoever has asked and taken nothing for longest leaves; `None` where all
    /// of them came or asked only now.
    fn enter(self: &Arc<Self>) -> Option<Arc<Seat>> {
        let mut guests = self.guests();
        if guests.1.len() >= self.most {
            let silent = guests.1.iter().filter(|(_, guest)| guest.made == 0 && guest.active.elapsed() >= GRACE);
            let number = silent.min_by_key(|(_, guest)| guest.active).map(|(number, _)| *number)?;
            if let Some(guest) = guests.1.remove(&number) {
                guest.leave.notify_one();
            }
        }
        guests.0 += 1;
        let (number, leave) = (guests.0, Arc::new(Notify::new()));
        guests.1.insert(number, Guest { made: 0, sent: 0, active: Instant::now(), leave: leave.clone() });
        Some(Arc::new(Seat { seats: self.clone(), number, leave }))
    }
}

impl Seat {
    fn change(&self, by: impl FnOnce(&mut Guest)) {
        if let Some(guest) = self.seats.guests().1.get_mut(&self.number) {
            by(guest);
        }
    }

    /// Something is asked.
    fn asked(&self) {
        self.change(|guest| guest.active = Instant::now());
    }

    /// An answer is being made until what this gives is dropped.
    fn making(self: &Arc<Self>) -> Making {
        self.change(|guest| guest.made += 1);
        Making(self.clone())
    }

    /// An answer is being sent until what this gives is dropped.
    fn sending(self: &Arc<Self>, body: Body) -> Sending {
        self.change(|guest| {
            guest.sent += 1;
            guest.active = Instant::now();
        });
        Sending { body, rest: Bytes::new(), seat: self.clone() }
    }

    /// Ends when an answer is being sent and nobody takes it.
    async fn stuck(&self) {
        let takes = || {
            let guests = self.seats.guests();
            let guest = guests.1.get(&self.number).filter(|guest| guest.made == 0 && guest.sent > 0);
            guest.map_or(Duration::ZERO, |guest| guest.active.elapsed())
        };
        while let Some(left) = STUCK.checked_sub(takes()).filter(|left| !left.is_zero()) {
            sleep(left).await;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.guests().1.remove(&self.number);
    }
}

struct Making(Arc<Seat>);

impl Drop for Making {
    fn drop(&mut self) {
        self.0.change(|guest| {
            guest.made -= 1;
            guest.active = Instant::now();
        });
    }
}

/// A body of which is noticed how it is taken, piece by piece.
struct Sending {
    body: Body,
    /// What is left of a piece that was too large.
    rest: Bytes,
    seat: Arc<Seat>,
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.seat.change(|guest| {
            guest.sent -= 1;
            guest.active = Instant::now();
        });
    }
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.seat.change(|guest| guest.active = Instant::now());
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)).map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(frame))) => return Poll::Ready(Some(Ok(frame))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, mut hint) = (self.rest.len() as u64, self.body.size_hint());
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

/// What a connection needs.
struct Place {
    routes: Router,
    peer: SocketAddr,
    seat: Arc<Seat>,
    stopping: watch::Receiver<bool>,
}

async fn converse(stream: TcpStream, acceptor: Option<TlsAcceptor>, place: Place) {
    // The end of an answer does not wait for the reader to confirm what came before.
    let _ = stream.set_nodelay(true);
    // What lies in the system's own buffers, and nobody takes, does not stay there for ever.
    let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(STUCK));
    let Some(acceptor) = acceptor else { return speak(stream, false, place).await };
    // Whoever speaks no TLS, or a broken one, is nobody to tell of.
    let mut stopping = place.stopping.clone();
    let stops = async move {
        let _ = stopping.wait_for(|stop| *stop).await;
        sleep(GRACE).await;
    };
    let accepted = tokio::select! {
        biased;
        accepted = timeout(HANDSHAKE, acceptor.accept(stream)) => accepted,
        () = stops => return,
    };
    if let Ok(Ok(stream)) = accepted {
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        speak(stream, http2, place).await;
    }
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, http2: bool, place: Place) {
    let Place { routes, peer, seat, mut stopping } = place;
    let (heard, mut hears) = watch::channel(false);
    let answer = service_fn(move |request: Request<Incoming>| {
        let (mut routes, seat) = (routes.clone(), seat.clone());
        heard.send_replace(true);
        seat.asked();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            // Whoever sends a body at leisure keeps silent meanwhile.
            let _made = request.body().is_end_stream().then(|| seat.making());
            let response = routes.call(request).await?;
            Ok::<Response<Sending>, Infallible>(response.map(|body| seat.sending(body)))
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32);
    // Not found out from the first bytes: there is no limit to how long those may take.
    let builder = if http2 { builder.http2_only() } else { builder.http1_only() };
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), answer));
    let (mut told, mut silent) = (false, true);
    let patience = sleep(HEAD);
    tokio::pin!(patience);
    loop {
        tokio::select! {
            // In this order: what was asked in time is heard before time is up.
            biased;
            // What ends a connection is its peer's affair.
            _ = connection.as_mut() => return,
            _ = hears.wait_for(|heard| *heard), if silent => {
                silent = false;
                if told {
                    connection.as_mut().graceful_shutdown();
                }
            }
            // Over HTTP/2 nothing else looks at whoever never asks.
            () = &mut patience, if silent => return,
            _ = stopping.wait_for(|stop| *stop), if !told => {
                told = true;
                if silent {
                    // Whoever came before the end, and only now asks, is still answered.
                    patience.as_mut().reset(Instant::now() + GRACE);
                } else {
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
