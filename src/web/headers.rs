//! What a request says of the forms that it takes and has already, and what a response says of its own.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::auth::Viewer;
use crate::edition::Edition;

/// A header of the request as text.
pub fn accepts(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Does the asker take gzip?
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    accepts(headers, header::ACCEPT_ENCODING).is_some_and(|accepted| {
        accepted.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            let weight = |part: &str| part.strip_prefix("q=").and_then(|weight| weight.parse::<f64>().ok());
            parts.next() == Some("gzip") && parts.find_map(weight).is_none_or(|weight| weight > 0.0)
        })
    })
}

/// A strong tag: edition, viewer, form and encoding. The address tells the rest.
pub fn tag(edition: &Edition, viewer: &Viewer, headers: &HeaderMap, form: &str) -> String {
    let encoding = accepts(headers, header::ACCEPT_ENCODING).unwrap_or_default();
    let encoding = hex::encode(&Sha256::digest(encoding)[..4]);
    format!("\"{}-{form}-{}-{encoding}\"", edition.number, viewer.mark())
}

/// Does the asker have this representation already (RFC 9110, 13.1.2)?
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let told = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    told.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The response with its tag.
pub fn tagged(mut response: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
