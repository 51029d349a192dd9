//! Which addresses are meant: single ones, ranges (RFC 4632), names. Nothing is looked up here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use anyhow::{Context as _, bail, ensure};

use super::mib::LLDP_ADDRESS;
use super::told::Told;
use crate::address::allowed;

/// The largest range that is scanned: a /16, or as many IPv6 addresses.
const WIDEST: u32 = 16;

/// One way of naming addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Every address of a range; silence is usual there.
    Range(Range),
    /// A name, to be looked up each time.
    Name(String),
}

/// A range of addresses, by its first and how many bits of it are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    first: IpAddr,
    fixed: u8,
}

impl Range {
    /// `10.10.8.0/24`, `2001:db8::/120`, or one address.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let (address, fixed) = match text.split_once('/') {
            Some((address, bits)) => {
                (address, Some(bits.parse::<u8>().with_context(|| format!("`{text}` is no range"))?))
            }
            None => (text, None),
        };
        let address: IpAddr =
            address.parse().with_context(|| format!("`{text}` is neither an address nor a range"))?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let fixed = fixed.unwrap_or(width);
        ensure!(fixed <= width, "`{text}` is no range: at most /{width}");
        let range = Self { first: address, fixed };
        let kept = bits(address) & range.mask();
        Ok(Self { first: from_bits(kept, address.is_ipv4()), fixed })
    }

    fn width(self) -> u8 {
        if self.first.is_ipv4() { 32 } else { 128 }
    }

    fn mask(self) -> u128 {
        let free = u32::from(self.width() - self.fixed);
        if free >= 128 { 0 } else { u128::MAX << free }
    }

    /// How many bits of its addresses are free.
    pub fn free(self) -> u32 {
        u32::from(self.width() - self.fixed)
    }

    /// Is this address in it?
    pub fn holds(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.first.is_ipv4() && bits(address) & self.mask() == bits(self.first)
    }

    /// Its addresses; of an IPv4 network neither its own nor that of all.
    pub fn addresses(self) -> impl Iterator<Item = IpAddr> {
        let count: u128 = 1 << self.free();
        let ends = self.first.is_ipv4() && count > 2;
        let (from, until) = if ends { (1, count - 1) } else { (0, count) };
        (from..until).map(move |step| from_bits(bits(self.first) + step, self.first.is_ipv4()))
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

fn from_bits(bits: u128, v4: bool) -> IpAddr {
    if v4 { IpAddr::V4(Ipv4Addr::from(bits as u32)) } else { IpAddr::V6(Ipv6Addr::from(bits)) }
}

/// An address without the clothes of the other family: `::ffff:10.0.0.1` is `10.0.0.1`.
pub fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Understands a target; ranges are bounded.
pub fn target(text: &str) -> anyhow::Result<Target> {
    let text = text.trim();
    if text.is_empty() {
        bail!("a target is empty");
    }
    let is_name = text.contains(|c: char| c.is_ascii_alphabetic() && !c.is_ascii_hexdigit())
        || (!text.contains([':', '/']) && text.contains(|c: char| c.is_ascii_alphabetic()));
    if is_name && !text.contains('/') {
        return Ok(Target::Name(text.to_owned()));
    }
    let range = Range::read(text)?;
    ensure!(range.free() <= WIDEST, "`{text}` is wider than a /16: name smaller ranges");
    allowed(plain(range.first)).with_context(|| format!("`{text}` may not be asked"))?;
    Ok(Target::Range(range))
}

/// Where neighbours say that they can be asked (`lldpRemManAddrTable`): the index ends in the sort of address, its length
/// and its octets.
pub fn beside(told: &Told) -> Vec<IpAddr> {
    let address = |index: &[u32]| -> Option<IpAddr> {
        let octets: Vec<u8> = index.get(5..)?.iter().map(|part| u8::try_from(*part).ok()).collect::<Option<_>>()?;
        match index.get(3)? {
            1 => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
            2 => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
            _ => None,
        }
    };
    let of_one = |address: &IpAddr| !address.is_unspecified() && !address.is_multicast();
    told.column(&LLDP_ADDRESS).filter_map(|(index, _)| address(index)).filter(of_one).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let count = |text: &str| match target(text).unwrap() {
            Target::Range(range) => range.addresses().count(),
            Target::Name(_) => 0,
        };
        assert_eq!(count("10.10.8.0/24"), 254);
        assert_eq!(count("10.10.8.77/30"), 2);
        assert_eq!(count("10.10.8.76/31"), 2);
        assert_eq!(count("10.10.8.77"), 1);
        assert_eq!(count("10.0.0.0/16"), 65_534);
        assert_eq!(count("2001:db8::/120"), 256);
        assert_eq!(count("::1"), 1);
        assert_eq!(count("sw-core.example.fr"), 0);
        for wrong in [
            "10.0.0.0/8",
            "10.0.0.0/33",
            "10.0.0",
            "2001:db8::/64",
            "",
            "10.0.0.0/x",
            "300.1.1.1",
            "169.254.0.0/16",
            "fe80::1",
        ] {
            assert!(target(wrong).is_err(), "{wrong}");
        }
        let range = Range::read("10.10.8.0/22").unwrap();
        assert!(range.holds("10.10.11.255".parse().unwrap()) && !range.holds("10.10.12.0".parse().unwrap()));
        assert!(!range.holds("::1".parse().unwrap()));
        assert_eq!(target("sw1").unwrap(), Target::Name("sw1".to_owned()));
        assert_eq!(plain("::ffff:10.0.0.1".parse().unwrap()), "10.0.0.1".parse::<IpAddr>().unwrap());
    }
}
