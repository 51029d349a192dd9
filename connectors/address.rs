//! Where no source is asked: addresses that mean something on one link alone. On them clouds tell a machine its own
//! credentials, to whoever asks from it; an inventory never is there. A name is judged by what it resolves to, each time.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::anyhow;

use crate::{Class, Failure};

/// Where clouds tell credentials beside the link-local ranges: Azure, Alibaba, Oracle; Amazon and Google over IPv6.
const METADATA: &[IpAddr] = &[
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// An address where no source is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is an address of this machine's own link, where clouds tell credentials: no source is asked there")]
pub struct Forbidden(pub IpAddr);

impl Forbidden {
    /// The failure that it is; `host` is how people know whom was meant.
    pub fn of(self, host: &str) -> Failure {
        Failure::new(Class::Permission, anyhow!(self).context(format!("{host} may not be asked")))
    }

    /// The one that an error was, or was caused by. It may travel inside an `io::Error`, whose `source` skips what it
    /// holds.
    pub fn within(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            if let Some(found) = error.downcast_ref().copied().or_else(|| held.and_then(|held| Self::within(held))) {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped (RFC 4291, 2.5.5), translated (RFC 6052, 2.1) or in a
/// tunnel (RFC 3056, 2).
fn meant(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let from = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => Some(from(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

/// May a source be asked at this address?
pub fn allowed(address: IpAddr) -> Result<(), Forbidden> {
    let is_of_link = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_unicast_link_local() || meant(address).is_some_and(|meant| allowed(meant.into()).is_err())
        }
    };
    if is_of_link || METADATA.contains(&address) { Err(Forbidden(address)) } else { Ok(()) }
}

/// The same of a host as an address writes it, where it is no name.
pub fn allowed_host(host: &str) -> Result<(), Forbidden> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse().map_or(Ok(()), allowed)
}

/// Of what a name resolves to, what may be asked. Local resolvers tell a host's link-local address beside its others: it
/// is left out, and refused where there is none else.
pub fn those_allowed(found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, Forbidden> {
    let mut refused = None;
    let judged = found.filter(|found| match allowed(found.ip()) {
        Ok(()) => true,
        Err(forbidden) => {
            refused.get_or_insert(forbidden);
            false
        }
    });
    let kept: Vec<SocketAddr> = judged.collect();
    match refused {
        Some(forbidden) if kept.is_empty() => Err(forbidden),
        _ => Ok(kept),
    }
}

/// Looks a host up; [`Forbidden`] is inside the error where that is why.
pub async fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    those_allowed(tokio::net::lookup_host((bare, port)).await?).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_link() {
        let check = |address: &str, expected: bool| {
            let host = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
            assert_eq!(allowed_host(&host).is_ok(), expected, "{address}");
        };
        for address in
            ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.253.1.1", "::1", "fc00::1", "fec0::1", "2001:db8::1"]
        {
            check(address, true);
        }
        for address in ["169.254.169.254", "169.254.0.1", "fe80::1", "febf::1", "168.63.129.16", "100.100.100.200"] {
            check(address, false);
        }
        for address in ["::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"] {
            check(address, false);
        }
        for address in ["fd00:ec2::254", "fd20:ce::254", "::ffff:100.100.100.200"] {
            check(address, false);
        }
        check("metadata.example.org", true);
    }

    #[test]
    fn what_a_name_resolves_to() {
        let found = |addresses: &[&str]| {
            let addresses: Vec<SocketAddr> = addresses.iter().filter_map(|told| told.parse().ok()).collect();
            those_allowed(addresses.into_iter())
                .map(|kept| kept.iter().map(SocketAddr::to_string).collect::<Vec<_>>())
        };
        assert_eq!(found(&["10.0.0.1:1", "[fe80::1]:1"]), Ok(vec!["10.0.0.1:1".to_owned()]));
        assert_eq!(found(&["169.254.169.254:1"]), Err(Forbidden(IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)))));
        assert_eq!(found(&[]), Ok(Vec::new()));
    }

    /// Resolvers read numbers that no address is written as.
    #[tokio::test]
    async fn numbers_that_are_addresses() {
        for host in ["2852039166", "0xa9fea9fe", "169.254.43518", "[fe80::1]"] {
            let error = look_up(host, 80).await.err();
            assert!(error.as_ref().is_some_and(|error| Forbidden::within(error).is_some()), "{host}: {error:?}");
        }
        assert!(look_up("127.0.0.1", 80).await.is_ok());
    }
}
