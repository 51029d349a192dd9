//! What a server sends is followed before anything makes something of it.

use super::super::guard::{self, Breach, Guard, Limits, USUAL};
use crate::Class;

/// Elements in each other, this many.
pub fn nested(depth: usize) -> Vec<u8> {
    let mut told: Vec<u8> = Vec::new();
    // From the inside out, written backwards.
    for _ in 0..depth {
        let length = told.len();
        told.extend([length as u8, (length >> 8) as u8, 0x82, 0x30]);
    }
    told.reverse();
    told
}

/// The same in pieces of every size, as the same bytes may come.
#[track_caller]
fn check(bytes: &[u8], limits: Limits, expected: Result<bool, Class>) {
    for size in [1, 2, 3, 7, 4096, 1 << 20] {
        let mut guard = Guard::new(limits);
        let followed = bytes.chunks(size).try_for_each(|piece| guard.follow(piece));
        let told = followed.map(|()| guard.at_rest()).map_err(|breach: Breach| breach.class);
        assert_eq!(told, expected, "{:02x?}… in pieces of {size}", &bytes[..bytes.len().min(16)]);
    }
}

#[test]
fn messages_are_followed() {
    check(b"", USUAL, Ok(true));
    // A message, two of them, with a long length, with nothing in it.
    let bind = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00";
    check(bind, USUAL, Ok(true));
    check(&[bind.as_slice(), bind].concat(), USUAL, Ok(true));
    check(b"\x30\x84\x00\x00\x00\x05\x02\x83\x00\x00\x00", USUAL, Ok(true));
    check(b"\x30\x88\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00", USUAL, Ok(true));
    check(b"\x30\x00\x30\x02\x31\x00", USUAL, Ok(true));
    // More is to come.
    for length in 1..bind.len() {
        check(&bind[..length], USUAL, Ok(false));
    }
    check(b"\x04\x85\x00\x00\x00\x00", USUAL, Ok(false));
    // How deep.
    check(&nested(32), USUAL, Ok(true));
    check(&nested(33), USUAL, Err(Class::TooLarge));
    check(&nested(3000), USUAL, Err(Class::TooLarge));
    check(&[bind.as_slice(), &nested(3000)].concat(), USUAL, Err(Class::TooLarge));
    // How long.
    check(b"\x30\x84\xff\xff\xff\xff", USUAL, Err(Class::TooLarge));
    check(b"\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff", USUAL, Err(Class::TooLarge));
    check(b"\x30\x84\x01\x00\x00\x00", USUAL, Err(Class::TooLarge));
    check(b"\x30\x84\x00\xff\xff\xf0", USUAL, Ok(false));
    // What LDAP does not know: no end, more of it than holds it, lengths of 127 bytes, tags of several bytes.
    check(b"\x30\x80\x02\x01\x01\x00\x00", USUAL, Err(Class::Protocol));
    check(b"\x30\x03\x02\x02\x01\x01", USUAL, Err(Class::Protocol));
    check(b"\x30\x04\x30\x82\x00\x04", USUAL, Err(Class::Protocol));
    check(b"\x30\xff", USUAL, Err(Class::Protocol));
    check(b"\x30\x89", USUAL, Err(Class::Protocol));
    check(b"\x3f\x81\x01", USUAL, Err(Class::Protocol));
    check(b"HTTP/1.1 400 Bad Request\r\n", USUAL, Ok(false));
    // How many.
    let few = Limits { elements: 4, ..USUAL };
    check(&[bind.as_slice(), bind].concat(), few, Err(Class::TooLarge));
    check(&bind.repeat(3), Limits { elements: 6, session: 42, ..USUAL }, Ok(true));
    check(&bind.repeat(3), Limits { session: 41, ..USUAL }, Err(Class::TooLarge));
}

#[test]
fn answers_to_start_tls() {
    let check = |message: &[u8], expected: Result<u8, Class>| {
        assert_eq!(guard::started(message).map_err(|breach| breach.class), expected, "{message:02x?}");
    };
    check(b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", Ok(0));
    // As Active Directory writes lengths, and with a name.
    check(b"\x30\x84\0\0\0\x14\x02\x01\x01\x78\x84\0\0\0\x0b\x0a\x01\x34\x04\x00\x04\x00\x8a\x02\x31\x2e", Ok(52));
    // A notice of disconnection, which is no success.
    check(b"\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x34\x04\x00\x04\x00", Ok(52));
    check(b"\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x00\x04\x00\x04\x00", Err(Class::Protocol));
    // To another question, of another operation, cut short, with more behind it.
    check(b"\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00", Err(Class::Protocol));
    check(b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00", Err(Class::Protocol));
    check(b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04", Err(Class::Protocol));
    check(b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00\x16", Err(Class::Protocol));
    check(b"", Err(Class::Protocol));
    let mut guard = Guard::new(USUAL);
    assert!(guard.follow(guard::START_TLS).is_ok() && guard.at_rest());
}

/// ldap3 parses the values of controls too.
#[test]
fn values_of_controls() {
    assert_eq!(guard::value(b"\x30\x05\x02\x01\x00\x04\x00"), Ok(()));
    for (bytes, class) in [
        (nested(3000), Class::TooLarge),
        (b"\x30\x05\x02".to_vec(), Class::Protocol),
        (b"\x30\x80\x00\x00".to_vec(), Class::Protocol),
    ] {
        assert_eq!(guard::value(&bytes).map_err(|breach| breach.class), Err(class));
    }
}
