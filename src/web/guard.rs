//! Before any route: who may go on asking, and who is believed. After it: what every answer says to a browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::{House, audit, page};
use crate::config::Server;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FETCH_SITE: &str = "sec-fetch-site";
const LOGIN: &str = "/login";

/// Every request goes through this, and every answer.
pub async fn guarded(State(house): State<Arc<House>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let client = client(&house.web.server, peer, request.headers());
    believe(&house.web.server, peer, request.headers_mut());
    let response = match allowed(&house, client, &request) {
        Err((problem, wait)) => refused(problem, wait),
        Ok(shown) => {
            let response = next.run(request).await;
            if let Some(shown) = shown {
                shown.judge(&house, client, response.status());
            }
            response
        }
    };
    dressed(&house.web.server, response)
}

/// The address that a request comes from: what the proxy in front says, where it is trusted.
fn client(server: &Server, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let trusted = |address: IpAddr| server.proxy_auth.as_ref().is_some_and(|proxy| proxy.trusts(address));
    if !trusted(peer) {
        return peer;
    }
    // The last one is what that proxy saw; those before it are what others say.
    let mut told = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|told| told.to_str().ok());
    let told = told.next_back().and_then(|told| told.rsplit(',').next()?.trim().parse().ok());
    told.unwrap_or(peer)
}

/// Takes away what only a trusted proxy may say, where somebody else says it.
fn believe(server: &Server, peer: IpAddr, headers: &mut HeaderMap) {
    let Some(proxy) = &server.proxy_auth else { return };
    let told = headers.get_all(&proxy.header).into_iter().count();
    // Told twice, one of them is not the proxy's.
    if told > 1 || (told == 1 && !proxy.trusts(peer)) {
        headers.remove(&proxy.header);
        audit::told("unknown", "proxy_auth", proxy.header.as_str(), "not_trusted");
    }
}

/// Credentials that a request shows.
struct Shown {
    digest: [u8; 32],
    action: &'static str,
}

impl Shown {
    fn of(request: &Request) -> Option<Self> {
        if request.uri().path() == LOGIN && request.method() == Method::POST {
            // What stands in the form is not known yet, and nothing that was good before.
            return Some(Self { digest: [0; 32], action: "login" });
        }
        let value = request.headers().get(header::AUTHORIZATION)?;
        Some(Self { digest: Sha256::digest(value.as_bytes()).into(), action: "token" })
    }

    /// Counts what was wrong, and remembers what was good.
    fn judge(&self, house: &House, client: IpAddr, status: StatusCode) {
        let is_login = self.action == "login";
        let wrong = if is_login { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
        if status == wrong {
            house.limits.mistaken(client, self.digest);
            audit::told("unknown", self.action, "", "refused");
        } else if !is_login && status.is_success() {
            house.limits.right(client, self.digest);
        }
    }
}

/// Refuses who asks too often, who was wrong too often, and forms of other sites.
fn allowed(house: &House, client: IpAddr, request: &Request) -> Result<Option<Shown>, (Problem, Option<Duration>)> {
    if let Some(wait) = house.limits.request(client) {
        return Err((Problem::too_many("too many requests"), Some(wait)));
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let site = request.headers().get(FETCH_SITE).map(HeaderValue::as_bytes);
    // Whatever speaks for a reader on its own (a cookie, Basic, a proxy) would speak for another site's form too.
    if changes && site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return Err((Problem::forbidden("the form is of another site"), None));
    }
    let shown = Shown::of(request);
    if let Some(wait) = shown.as_ref().and_then(|shown| house.limits.credentials(client, shown.digest)) {
        return Err((Problem::too_many("too many wrong tokens came from this address"), Some(wait)));
    }
    Ok(shown)
}

fn refused(problem: Problem, wait: Option<Duration>) -> Response {
    let mut response = problem.into_response();
    if let Some(wait) = wait {
        // Whole seconds, and none too few.
        let seconds = wait.as_secs() + 1;
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Headers that keep a page from being misused, and refusals of the frame in the form of all others.
fn dressed(server: &Server, mut response: Response) -> Response {
    let status = response.status();
    let is_plain =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if status.as_u16() >= 400 && is_plain {
        response = Problem::of_status(status).into_response();
    }
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if server.tls.is_some() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    headers.append(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding, Authorization, Cookie"));
    if let Some(policy) = &*POLICY {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    }
    response
}

/// What a page never asks a browser for.
const PERMISSIONS: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), bluetooth=()";

/// What a browser may load and do: our own style and pictures, our own forms.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(page::STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
});
