//! Errors: for programs as RFC 9457 wants them, for readers on a page.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use super::page;
use crate::wording::Lang;

/// How a program may show its token.
const TO_PROGRAMS: &str = "Bearer realm=\"ecoparc\", Basic realm=\"ecoparc\", charset=\"UTF-8\"";
/// At `Basic` a browser would ask for a password before it shows the page.
const TO_BROWSERS: &str = "Bearer realm=\"ecoparc\"";

/// What went wrong, for a program and for a person.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    detail: String,
    parameter: Option<String>,
    retry: Option<Duration>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, detail: detail.into(), parameter: None, retry: None }
    }

    /// No token, or one that opens nothing.
    pub fn unauthenticated(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// A token without the scope that is needed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// Nothing is there.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// A parameter that cannot be understood.
    pub fn parameter(name: &str, detail: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_parameter", detail);
        Self { parameter: Some(name.to_owned()), ..problem }
    }

    /// Nothing is published yet, or nothing more can be taken on.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
    }

    /// A fault of ours.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the answer could not be made; the log says why")
    }

    /// Asked too often, or wrong too often.
    pub fn too_many(detail: &str, wait: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", detail).after(wait)
    }

    /// To be asked again after this (`Retry-After`, RFC 9110 section 10.2.3).
    pub fn after(self, wait: Duration) -> Self {
        Self { retry: Some(wait), ..self }
    }

    /// What went wrong, in a word.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What exactly, for who wrote the request.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// After how many seconds it may be asked again: whole ones, and none too few.
    pub fn wait(&self) -> Option<u64> {
        self.retry.map(|wait| wait.as_secs() + 1)
    }

    /// The same on a page, for who reads it in a browser.
    pub fn page(&self, lang: Lang) -> Response {
        let mut response = (self.status, Html(page::problem_page(lang, self))).into_response();
        self.head(response.headers_mut(), TO_BROWSERS);
        response
    }

    /// What its head says in either form.
    fn head(&self, headers: &mut HeaderMap, challenge: &'static str) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.wait() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
    }

    /// What the frame refused before any of our code saw it.
    pub fn of_status(status: StatusCode) -> Self {
        let kind = match status {
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => "timeout",
            _ => "refused",
        };
        Self::new(status, kind, status.canonical_reason().unwrap_or("refused").to_lowercase())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("urn:ecoparc:problem:{}", self.kind),
            "title": self.status.canonical_reason().unwrap_or("error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(parameter) = &self.parameter {
            body["parameter"] = parameter.as_str().into();
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        self.head(headers, TO_PROGRAMS);
        // What surrounds every answer makes a page of it for a browser.
        response.extensions_mut().insert(self);
        response
    }
}
