//! What a request says of the forms that it takes and has already, and what a response says of its own.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::auth::Viewer;
use crate::accept::quality;
use crate::edition::Edition;

/// A header of the request as text.
pub fn accepts(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Does the asker take gzip?
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    quality(accepts(headers, header::ACCEPT_ENCODING), |coding| coding.name == "gzip") > 0.0
}

/// Does the asker prefer CSV over JSON?
pub fn prefers_csv(headers: &HeaderMap) -> bool {
    let wanted = |name: &str| quality(accepts(headers, header::ACCEPT), |kind| kind.name == name);
    let csv = wanted("text/csv");
    csv > 0.0 && csv >= wanted("application/json")
}

/// Does the asker prefer a page over JSON, as a browser does for whoever follows a link or sends a form?
pub fn prefers_html(headers: &HeaderMap) -> bool {
    let wanted = |name: &str| quality(accepts(headers, header::ACCEPT), |kind| kind.name == name);
    wanted("text/html") > wanted("application/json").max(wanted("application/problem+json"))
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
