//! Text that a tool keeps as HTML. Pure.

use std::borrow::Cow;

/// The few entities by which PHP keeps text out of harm's way, decoded once.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    const ENTITIES: &[(&str, char)] = &[
        ("&#38;", '&'),
        ("&#60;", '<'),
        ("&#62;", '>'),
        ("&#34;", '"'),
        ("&#39;", '\''),
        ("&#039;", '\''),
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
    ];
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (width, means) = match ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
            Some((entity, means)) => (entity.len(), *means),
            None => (1, '&'),
        };
        plain.push(means);
        rest = &rest[width..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}
