//! What an agent has told: values by object identifier. Pure, and nobody else's types.

use std::collections::BTreeMap;

/// An object identifier (RFC 2578), part by part.
pub type Oid = Vec<u32>;

/// A value, as far as its sort matters here.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// INTEGER, Counter32, Gauge32, Counter64.
    Number(i64),
    /// TimeTicks: hundredths of a second.
    Ticks(u32),
    /// OCTET STRING.
    Bytes(Vec<u8>),
    /// OBJECT IDENTIFIER.
    Object(Oid),
    /// IpAddress.
    Address([u8; 4]),
}

impl Value {
    fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Ticks(ticks) => Some(i64::from(*ticks)),
            // Some agents write numbers as text.
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
            _ => None,
        }
    }
}

/// Everything that one agent has told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told(pub BTreeMap<Oid, Value>);

/// The parts of `1.3.6.1.2.1`; `None` for what is no such thing.
pub fn oid(text: &str) -> Option<Oid> {
    text.trim().trim_start_matches('.').split('.').map(|part| part.parse().ok()).collect()
}

impl Told {
    /// What was told of one object.
    pub fn value(&self, oid: &[u32]) -> Option<&Value> {
        self.0.get(oid)
    }

    /// Its number.
    pub fn number(&self, oid: &[u32]) -> Option<i64> {
        self.value(oid)?.number()
    }

    /// Its text, readable; `None` where it says nothing.
    pub fn text(&self, oid: &[u32]) -> Option<String> {
        match self.value(oid)? {
            Value::Bytes(bytes) => text(bytes),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The rows of a column: index and value.
    pub fn column<'a>(&'a self, column: &'a [u32]) -> impl Iterator<Item = (&'a [u32], &'a Value)> {
        self.0
            .range(column.to_vec()..)
            .take_while(move |(oid, _)| oid.starts_with(column))
            .map(|(oid, value)| (&oid[column.len()..], value))
    }

    /// The texts of a column, by index.
    pub fn texts<'a>(&'a self, column: &'a [u32]) -> impl Iterator<Item = (&'a [u32], String)> {
        self.column(column).filter_map(|(index, value)| match value {
            Value::Bytes(bytes) => Some((index, text(bytes)?)),
            Value::Number(number) => Some((index, number.to_string())),
            _ => None,
        })
    }

    /// The numbers of a column, by index.
    pub fn numbers<'a>(&'a self, column: &'a [u32]) -> impl Iterator<Item = (&'a [u32], i64)> {
        self.column(column).filter_map(|(index, value)| Some((index, value.number()?)))
    }
}

/// Octets as text: UTF-8 where they are, Latin-1 else; behind a NUL is nothing; control characters are spaces. `None`
/// for what is empty, or no text at all.
pub fn text(bytes: &[u8]) -> Option<String> {
    let until = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let bytes = &bytes[..until];
    let told = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    let plain: String = told.chars().map(|c| if c.is_control() || c == '\u{fffd}' { ' ' } else { c }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().any(char::is_alphanumeric).then_some(words)
}

/// Six octets as a MAC address; `None` for zeros and for what is none.
pub fn mac(bytes: &[u8]) -> Option<String> {
    let six: &[u8; 6] = bytes.try_into().ok()?;
    let known = six.iter().any(|byte| *byte != 0) && six.iter().any(|byte| *byte != 0xff);
    known.then(|| six.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets() {
        let check = |bytes: &[u8], expected: Option<&str>| assert_eq!(text(bytes).as_deref(), expected, "{bytes:?}");
        check(b"FOC1234X0AB", Some("FOC1234X0AB"));
        check(b"  Imprimante \xe9tage 2\r\n", Some("Imprimante étage 2"));
        check("Étage".as_bytes(), Some("Étage"));
        check(b"S/N 12\0garbage", Some("S/N 12"));
        check(b"\0\0\0", None);
        check(b" --- ", None);
        check(b"", None);
        assert_eq!(mac(&[0, 0x1b, 0x21, 1, 2, 3]).as_deref(), Some("00:1B:21:01:02:03"));
        assert_eq!(mac(&[0; 6]), None);
        assert_eq!(mac(b"12345"), None);
    }

    #[test]
    fn columns() {
        let mut told = Told::default();
        for (name, value) in [("1.3.1.1", 5), ("1.3.1.2", 6), ("1.3.2.1", 7), ("1.3.10.1", 8)] {
            told.0.insert(oid(name).unwrap_or_default(), Value::Number(value));
        }
        assert_eq!(told.numbers(&[1, 3, 1]).map(|(_, number)| number).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(told.numbers(&[1, 3, 10]).count(), 1);
        assert_eq!(told.number(&[1, 3, 2, 1]), Some(7));
        assert_eq!(oid("1.3.x"), None);
        assert_eq!(oid(""), None);
    }
}
