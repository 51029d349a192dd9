//! A small SNMP agent (versions 1 and 2c) that replays recordings (`OID|TAG|VALUE`), for many addresses at once and
//! with the faults that networks have. Its answers are encoded once.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One recording: encoded object and value, by object.
pub type Walk = BTreeMap<Vec<u32>, (Vec<u8>, Vec<u8>)>;

/// What goes wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// How late answers are.
    pub delay: Duration,
    /// Of a thousand packets so many are lost, each way counted once.
    pub lost_in_1000: u32,
    /// The most bytes of an answer; a larger one is `tooBig`.
    pub largest: usize,
    /// GETBULK is not answered.
    pub no_bulk: bool,
    /// A GET of more objects is not answered; 0: of any number.
    pub most_objects: usize,
    /// What asks for anything below this is not answered.
    pub deaf: &'static [u32],
    /// What asks for anything below this is answered with an error (`genErr`).
    pub broken: &'static [u32],
    /// An answer to a GETBULK ends after so many values, within a row or not; 0: it does not.
    pub cut: usize,
    /// Beyond the first row of a column the same object comes again and again.
    pub stuck: bool,
}

/// Reads a recording; what has no plain value (variation modules) is left out.
pub fn walk(text: &str) -> Walk {
    let mut walk = Walk::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, '|');
        let (Some(oid), Some(tag), Some(value)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let oid: Option<Vec<u32>> =
            oid.trim().trim_start_matches('.').split('.').map(|part| part.parse().ok()).collect();
        let Some(oid) = oid else { continue };
        // A value that snmpsim lets be written.
        let (tag, value) = match tag.strip_suffix(":writecache") {
            Some(tag) => (tag, value.trim_start_matches("value=")),
            None => (tag, value),
        };
        let (hex, tag) = match tag.strip_suffix('x') {
            Some(tag) => (true, tag),
            None => (false, tag),
        };
        let bytes = || -> Option<Vec<u8>> {
            if hex {
                (0..value.len() / 2).map(|at| u8::from_str_radix(value.get(2 * at..2 * at + 2)?, 16).ok()).collect()
            } else {
                Some(value.as_bytes().to_vec())
            }
        };
        let encoded = match tag {
            "2" => value.parse::<i64>().ok().map(|number| tlv(2, &signed(number))),
            "4" => bytes().map(|bytes| tlv(4, &bytes)),
            "5" => Some(tlv(5, &[])),
            "6" => value
                .trim_start_matches('.')
                .split('.')
                .map(|part| part.parse().ok())
                .collect::<Option<Vec<u32>>>()
                .map(|oid| object(&oid)),
            "64" if hex => bytes().map(|bytes| tlv(0x40, &bytes)),
            "64" => value
                .split('.')
                .map(|part| part.parse().ok())
                .collect::<Option<Vec<u8>>>()
                .map(|bytes| tlv(0x40, &bytes)),
            "65" | "66" | "67" | "70" => value
                .parse::<u64>()
                .ok()
                .map(|number| tlv(0x40 + (tag.parse::<u8>().unwrap_or(65) - 64), &unsigned(number))),
            "68" => bytes().map(|bytes| tlv(0x44, &bytes)),
            _ => None,
        };
        if let Some(encoded) = encoded {
            walk.insert(oid.clone(), (object(&oid), encoded));
        }
    }
    walk
}

/// Answers on a socket until nobody has asked for a while; each address has a recording of its own.
pub fn serve(socket: &UdpSocket, walk: &Walk, faults: Faults) {
    let mut buffer = [0u8; 65_536];
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut late: std::collections::VecDeque<(Instant, SocketAddr, Vec<u8>)> = std::collections::VecDeque::new();
    let _ = socket.set_read_timeout(Some(Duration::from_millis(2)));
    let mut heard = Instant::now();
    loop {
        while late.front().is_some_and(|(at, _, _)| *at <= Instant::now()) {
            if let Some((_, from, answer)) = late.pop_front() {
                let _ = socket.send_to(&answer, from);
            }
        }
        let Ok((length, from)) = socket.recv_from(&mut buffer) else {
            if heard.elapsed() > Duration::from_secs(60) {
                return;
            }
            continue;
        };
        heard = Instant::now();
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        if seed % 1000 < u64::from(faults.lost_in_1000) {
            continue;
        }
        if let Some(answer) = answer(walk, &buffer[..length], faults) {
            late.push_back((Instant::now() + faults.delay, from, answer));
        }
    }
}

/// Starts an agent on a free port of the loopback; it ends when nobody asks any more.
pub fn start(walk: Walk, faults: Faults) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port of the loopback");
    let address = socket.local_addr().expect("an address");
    let walk = Arc::new(walk);
    std::thread::spawn(move || serve(&socket, &walk, faults));
    address
}

/// One packet, opened.
pub struct Asking<'a> {
    version: &'a [u8],
    community: &'a [u8],
    /// The PDU's tag.
    pub kind: u8,
    id: &'a [u8],
    first: &'a [u8],
    second: &'a [u8],
    /// What is asked for, in its order.
    pub objects: Vec<Vec<u32>>,
}

/// Opens one packet; `None` for one that is not understood.
pub fn open(packet: &[u8]) -> Option<Asking<'_>> {
    let (0x30, message, _) = take(packet)? else { return None };
    let (2, version, rest) = take(message)? else { return None };
    let (4, community, rest) = take(rest)? else { return None };
    let (kind, pdu, _) = take(rest)?;
    let (2, id, rest) = take(pdu)? else { return None };
    let (2, first, rest) = take(rest)? else { return None };
    let (2, second, rest) = take(rest)? else { return None };
    let (0x30, mut binds, _) = take(rest)? else { return None };
    let mut objects = Vec::new();
    while !binds.is_empty() {
        let (0x30, bind, rest) = take(binds)? else { return None };
        let (6, name, _) = take(bind)? else { return None };
        objects.push(parts(name)?);
        binds = rest;
    }
    Some(Asking { version, community, kind, id, first, second, objects })
}

/// The answer to one packet; `None` for one that is not understood, or not answered.
pub fn answer(walk: &Walk, packet: &[u8], faults: Faults) -> Option<Vec<u8>> {
    let Asking { version, community, kind, id, first, second, objects: asked } = open(packet)?;
    let is_below = |fault: &[u32]| !fault.is_empty() && asked.iter().any(|oid| oid.starts_with(fault));
    let too_many = faults.most_objects > 0 && kind == 0xa0 && asked.len() > faults.most_objects;
    if too_many || is_below(faults.deaf) {
        return None;
    }
    let one = version == [0];
    let number = |bytes: &[u8]| bytes.iter().fold(0usize, |number, byte| (number << 8) | usize::from(*byte));
    let mut told = Vec::new();
    let mut missing = 0;
    let end = |oid: &[u32], tag: u8| tlv(0x30, &[object(oid), vec![tag, 0]].concat());
    let known = |(name, value): &(Vec<u8>, Vec<u8>)| tlv(0x30, &[name.as_slice(), value].concat());
    match kind {
        0xa0 => {
            for (at, oid) in asked.iter().enumerate() {
                match walk.get(oid) {
                    Some(row) => told.push(known(row)),
                    None => {
                        missing = if missing == 0 { at + 1 } else { missing };
                        told.push(end(oid, 0x80));
                    }
                }
            }
        }
        0xa1 | 0xa5 => {
            if kind == 0xa5 && faults.no_bulk {
                return None;
            }
            let (still, times) =
                if kind == 0xa1 { (asked.len(), 0) } else { (number(first), number(second).min(100)) };
            let mut at: Vec<Vec<u32>> = asked.clone();
            for turn in 0..times.max(1) {
                for (place, oid) in at.iter_mut().enumerate() {
                    if turn > 0 && place < still {
                        continue;
                    }
                    let next = walk.range(oid.clone()..).find(|(name, _)| faults.stuck || *name > oid);
                    match next {
                        Some((name, row)) => {
                            told.push(known(row));
                            oid.clone_from(name);
                        }
                        None => {
                            missing = if missing == 0 { place + 1 } else { missing };
                            told.push(end(oid, 0x82));
                        }
                    }
                    if told.iter().map(Vec::len).sum::<usize>() > 1300 {
                        break;
                    }
                }
            }
        }
        _ => return None,
    }
    if faults.cut > 0 && kind == 0xa5 {
        told.truncate(faults.cut);
    }
    let (status, index, binds) = if one && missing > 0 {
        // Version 1 refuses the whole for one object that is missing.
        let asked = asked.iter().map(|oid| end(oid, 5)).collect::<Vec<_>>().concat();
        (2u8, missing as u8, asked)
    } else {
        (0, 0, told.concat())
    };
    let too_big = faults.largest > 0 && binds.len() > faults.largest;
    let (status, index, binds) = if too_big { (1, 0, Vec::new()) } else { (status, index, binds) };
    let (status, index, binds) = if is_below(faults.broken) { (5, 1, Vec::new()) } else { (status, index, binds) };
    let pdu = [tlv(2, id), tlv(2, &[status]), tlv(2, &[index]), tlv(0x30, &binds)].concat();
    Some(tlv(0x30, &[tlv(2, version), tlv(4, community), tlv(0xa2, &pdu)].concat()))
}

/// Tag, content and rest of what begins with one BER element.
fn take(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length) = (*bytes.first()?, usize::from(*bytes.get(1)?));
    let (length, from) = match length {
        0..=127 => (length, 2),
        129 => (usize::from(*bytes.get(2)?), 3),
        130 => (usize::from(*bytes.get(2)?) << 8 | usize::from(*bytes.get(3)?), 4),
        _ => return None,
    };
    Some((tag, bytes.get(from..from + length)?, &bytes[from + length..]))
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match content.len() {
        length @ 0..=127 => bytes.push(length as u8),
        length @ 128..=255 => bytes.extend([129, length as u8]),
        length => bytes.extend([130, (length >> 8) as u8, length as u8]),
    }
    bytes.extend_from_slice(content);
    bytes
}

fn signed(number: i64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let spare = (0..7).take_while(|at| {
        let (this, next) = (bytes[*at], bytes[at + 1]);
        (this == 0 && next < 0x80) || (this == 0xff && next >= 0x80)
    });
    bytes[spare.count()..].to_vec()
}

fn unsigned(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count().min(7);
    let mut short = bytes[zeros..].to_vec();
    if short[0] >= 0x80 {
        short.insert(0, 0);
    }
    short
}

fn object(oid: &[u32]) -> Vec<u8> {
    let mut content = Vec::new();
    let mut put = |mut part: u64| {
        let mut septets = vec![(part & 0x7f) as u8];
        part >>= 7;
        while part > 0 {
            septets.push((part & 0x7f) as u8 | 0x80);
            part >>= 7;
        }
        content.extend(septets.iter().rev());
    };
    let (first, second) = (oid.first().copied().unwrap_or(0), oid.get(1).copied().unwrap_or(0));
    put(u64::from(first) * 40 + u64::from(second));
    oid.iter().skip(2).for_each(|part| put(u64::from(*part)));
    tlv(6, &content)
}

fn parts(content: &[u8]) -> Option<Vec<u32>> {
    let mut parts = Vec::new();
    let mut part = 0u64;
    for byte in content {
        part = (part << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if parts.is_empty() {
                let first = (part / 40).min(2);
                parts.extend([first as u32, (part - 40 * first) as u32]);
            } else {
                parts.push(u32::try_from(part).ok()?);
            }
            part = 0;
        }
    }
    Some(parts)
}
