//! Distinguished names (RFC 4514). Pure.

/// The attributes and values of a name, leaf first; an RDN of several values gives them one after the other.
pub fn parts(dn: &str) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    for rdn in cut(dn, |c| matches!(c, ',' | ';' | '+')) {
        let Some((name, value)) = rdn.split_once('=') else { continue };
        let name = name.trim().to_lowercase();
        // A type told by its number (RFC 4514, 2.3) is left as it is: nothing here is asked for by number.
        parts.push((name, plain(value)));
    }
    parts
}

/// The same name however it is written: types and values in lower case, escapes undone, spaces brought together.
pub fn normal(dn: &str) -> String {
    let mut told = String::with_capacity(dn.len());
    for (name, value) in parts(dn) {
        let value = value.to_lowercase();
        told.push_str(&name);
        told.push('=');
        for (at, word) in value.split_whitespace().enumerate() {
            if at > 0 {
                told.push(' ');
            }
            told.push_str(word);
        }
        // Stands in no value.
        told.push('\0');
    }
    told
}

/// The organisational units that hold an entry, the outermost first: `Directorates > DSI`.
pub fn units(dn: &str) -> Option<String> {
    let parts = parts(dn);
    // The entry itself is no unit that holds it.
    let units: Vec<&str> =
        parts.iter().skip(1).rev().filter(|(name, _)| name == "ou").map(|(_, unit)| unit.as_str()).collect();
    (!units.is_empty()).then(|| units.join(" > "))
}

/// The value of the first RDN: what people call an entry.
pub fn leaf(dn: &str) -> Option<String> {
    parts(dn).into_iter().next().map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// Cuts at characters that are neither escaped nor between quotes.
fn cut(text: &str, at: impl Fn(char) -> bool) -> Vec<&str> {
    let (mut pieces, mut began, mut escaped, mut quoted) = (Vec::new(), 0, false, false);
    for (place, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if !quoted && at(c) {
            pieces.push(&text[began..place]);
            began = place + c.len_utf8();
        }
    }
    pieces.push(&text[began..]);
    pieces
}

/// A value without its escapes: `\,` and `\C3\A9`.
fn plain(value: &str) -> String {
    let value = value.trim();
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some(next) = rest.next() else { break };
        let low = rest.clone().next().and_then(|low| char::from(low).to_digit(16));
        match char::from(next).to_digit(16).zip(low) {
            Some((high, low)) => {
                rest.next();
                bytes.push((high * 16 + low) as u8);
            }
            None => bytes.push(next),
        }
    }
    String::from_utf8_lossy(&bytes).trim().to_owned()
}
