//! How often one client may ask, and how often it may be wrong. A client is an address; of IPv6, a network of 64 bits, since
//! each of them has that many.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong tokens that a client may show at once.
const MISTAKES: u32 = 10;
/// After those, one more within this.
const MISTAKE: Duration = Duration::from_secs(6);
/// The seconds of its rate that a client may ask at once.
const BURST: u32 = 4;
/// Clients that are remembered.
const CLIENTS: usize = 10_000;

/// Something that may happen so often.
struct Pace {
    every: Duration,
    at_once: u32,
    /// When what each client has had would be earned, had it come evenly.
    earned: Mutex<HashMap<IpAddr, Instant>>,
}

impl Pace {
    fn of(every: Duration, at_once: u32) -> Self {
        Self { every, at_once, earned: Mutex::default() }
    }

    /// How long the client must wait; nothing where it need not. Where `takes`, once more counts.
    fn wait(&self, client: IpAddr, now: Instant, takes: bool) -> Option<Duration> {
        let mut earned = self.earned.lock().unwrap_or_else(PoisonError::into_inner);
        let then = earned.get(&client).copied().unwrap_or(now).max(now) + self.every;
        let wait = then.saturating_duration_since(now).checked_sub(self.every * self.at_once);
        let wait = wait.filter(|wait| !wait.is_zero());
        if wait.is_none() && takes {
            if earned.len() >= CLIENTS && !earned.contains_key(&client) {
                earned.retain(|_, earned| *earned > now);
                if earned.len() >= CLIENTS {
                    earned.clear();
                }
            }
            earned.insert(client, then);
        }
        wait
    }
}

/// What clients have asked and got wrong lately.
pub struct Limits {
    requests: Pace,
    mistakes: Pace,
    /// Who has shown which credentials that were good.
    good: Mutex<HashSet<(IpAddr, [u8; 32])>>,
}

impl Limits {
    /// So many requests a second for each client.
    pub fn of(requests_per_second: u32) -> Self {
        let every = Duration::from_secs(1) / requests_per_second.max(1);
        Self {
            requests: Pace::of(every, requests_per_second.saturating_mul(BURST)),
            mistakes: Pace::of(MISTAKE, MISTAKES),
            good: Mutex::default(),
        }
    }

    /// A request of a client; gives how long it should have waited.
    pub fn request(&self, client: IpAddr) -> Option<Duration> {
        self.requests.wait(whole(client), Instant::now(), true)
    }

    /// May these credentials be looked at? Not those of a client that was wrong too often, unless the same were good before:
    /// what shares an address with a program whose token is outdated goes on.
    pub fn credentials(&self, client: IpAddr, digest: [u8; 32]) -> Option<Duration> {
        let client = whole(client);
        if self.good.lock().unwrap_or_else(PoisonError::into_inner).contains(&(client, digest)) {
            return None;
        }
        self.mistakes.wait(client, Instant::now(), false)
    }

    /// They were wrong.
    pub fn mistaken(&self, client: IpAddr, digest: [u8; 32]) {
        let client = whole(client);
        self.good.lock().unwrap_or_else(PoisonError::into_inner).remove(&(client, digest));
        self.mistakes.wait(client, Instant::now(), true);
    }

    /// They were good.
    pub fn right(&self, client: IpAddr, digest: [u8; 32]) {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        if good.len() >= CLIENTS {
            good.clear();
        }
        good.insert((whole(client), digest));
    }
}

fn whole(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

#[cfg(test)]
mod tests;
