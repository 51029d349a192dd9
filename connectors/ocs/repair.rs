//! Bodies of the REST API as they should have been. Up to 2.8.1 text is UTF-8 twice, and many answers are JSON inside a
//! JSON text. Pure.

use std::borrow::Cow;

use serde_json::Value;

/// The JSON of a body, repaired; the error says where it stopped, never what it read.
pub fn json(body: &[u8]) -> Result<Value, serde_json::Error> {
    let told: Value = match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(&once(text))?,
        Err(_) => serde_json::from_slice(body)?,
    };
    match told {
        Value::String(inner) => serde_json::from_str(&once(&inner)),
        told => Ok(told),
    }
}

/// Undoes one encoding too many: where all characters are bytes, and these bytes are UTF-8, that is what was meant. What
/// was encoded once stays as it is: a lone `é` is no UTF-8.
fn once(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(meant) => Cow::Owned(meant),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::json;

    #[test]
    fn bodies() {
        let check = |body: &str, expected: serde_json::Value| {
            assert_eq!(json(body.as_bytes()).ok(), Some(expected), "{body}");
        };
        check("{\"a\":\"Évry\"}", json!({ "a": "Évry" }));
        check("{\"a\":\"Ã\u{89}vry\"}", json!({ "a": "Évry" }));
        check("\"{\\\"a\\\":\\\"Ã\u{89}vry\\\"}\"", json!({ "a": "Évry" }));
        check("{\"a\":\"é\"}", json!({ "a": "é" }));
        check("{\"a\":\"€\"}", json!({ "a": "€" }));
        check("null", json!(null));
        assert!(json(b"Argu").is_err());
        assert!(json(b"\xff").is_err());
    }
}
