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
struct Allowance {
    every: Duration,
    at_once: u32,
    /// When what each client has had would be earned, had it come evenly.
    earned: Mutex<HashMap<IpAddr, Instant>>,
}

impl Allowance {
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

    /// One that was counted does not count.
    fn give_back(&self, client: IpAddr) {
        let mut earned = self.earned.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earned) = earned.get_mut(&client) {
            *earned = earned.checked_sub(self.every).unwrap_or(*earned);
        }
    }
}

/// What clients have asked and got wrong lately.
pub struct Limits {
    requests: Allowance,
    mistakes: Allowance,
    /// Who has shown which token, by its hash.
    good: Mutex<HashSet<(IpAddr, [u8; 32])>>,
}

impl Limits {
    /// So many requests a second for each client.
    pub fn of(requests_per_second: u32) -> Self {
        let every = Duration::from_secs(1) / requests_per_second.max(1);
        Self {
            requests: Allowance::of(every, requests_per_second.saturating_mul(BURST)),
            mistakes: Allowance::of(MISTAKE, MISTAKES),
            good: Mutex::default(),
        }
    }

    /// A request of a client; gives how long it should have waited.
    pub fn request(&self, client: IpAddr) -> Option<Duration> {
        self.requests.wait(client, Instant::now(), true)
    }

    /// May a client's credentials be answered? Not while it was wrong too often: neither a wrong token nor a good one, so
    /// that nothing is learned by guessing on.
    pub fn credentials(&self, client: IpAddr) -> Option<Duration> {
        self.mistakes.wait(client, Instant::now(), false)
    }

    /// They were wrong.
    pub fn mistaken(&self, client: IpAddr) {
        self.mistakes.wait(client, Instant::now(), true);
    }

    /// As [`Limits::credentials`], where it will be known later whether they are wrong: until then they are taken to be.
    pub fn reserve(&self, client: IpAddr) -> Option<Duration> {
        self.mistakes.wait(client, Instant::now(), true)
    }

    /// What was reserved was not wrong.
    pub fn give_back(&self, client: IpAddr) {
        self.mistakes.give_back(client);
    }

    /// As [`Limits::credentials`], for a token that is known. One that came from there before is let through: what shares an
    /// address with a program whose token is outdated goes on.
    pub fn token(&self, client: IpAddr, hash: [u8; 32]) -> Option<Duration> {
        let shown = (client, hash);
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        if good.contains(&shown) {
            return None;
        }
        let wait = self.credentials(client);
        if wait.is_none() {
            if good.len() >= CLIENTS {
                good.clear();
            }
            good.insert(shown);
        }
        wait
    }
}

/// The client that an address belongs to.
pub fn whole(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

#[cfg(test)]
mod tests;
