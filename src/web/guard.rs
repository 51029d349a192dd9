//! Before any route: who may go on asking, and who is believed. After it: what every answer says to a browser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::auth::Credential;
use super::limit::whole;
use super::problem::Problem;
use super::{Desk, audit, page, reader};
use crate::config::Server;
use crate::wording::Lang;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FETCH_SITE: &str = "sec-fetch-site";
const LOGIN: &str = "/login";

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Client(pub IpAddr);

/// Every request goes through this, and every answer.
pub async fn guarded(State(desk): State<Arc<Desk>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let client = whole(client(&desk.web.server, peer, request.headers()));
    let claimed = believe(&desk.web.server, peer, request.headers_mut());
    request.extensions_mut().insert(Client(client));
    let reader = reader(request.uri().query(), request.headers());
    let response = match allowed(&desk, client, &request, claimed) {
        Err(problem) => problem.into_response(),
        Ok(()) => {
            let logs_in = is_login(&request);
            let response = next.run(request).await;
            match response.status() {
                // It was counted before: many may be under way at once.
                StatusCode::FORBIDDEN if logs_in => audit::told("unknown", "login", "", "refused"),
                _ if logs_in => desk.limits.give_back(client),
                _ => {}
            }
            response
        }
    };
    dressed(&desk.web.server, told(reader, response))
}

/// The address that a request comes from: where a proxy is trusted, the one that it has seen.
fn client(server: &Server, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let told: Vec<&[u8]> = headers.get_all(FORWARDED_FOR).into_iter().map(HeaderValue::as_bytes).collect();
    // From the nearest on: what stands before an address that is no proxy of ours, anybody may have written.
    let mut seen = peer;
    for told in told.iter().rev().flat_map(|told| told.rsplit(|byte| *byte == b',')) {
        if !server.proxies.hold(seen) {
            break;
        }
        let Some(before) = std::str::from_utf8(told).ok().and_then(|told| address(told.trim())) else { break };
        seen = before;
    }
    seen
}

/// An address with or without a port, as proxies write it.
fn address(told: &str) -> Option<IpAddr> {
    let with_port = || told.parse::<SocketAddr>().map(|address| address.ip());
    told.trim_matches(['[', ']']).parse().or_else(|_| with_port()).ok()
}

/// Takes away what only a trusted proxy may say, where somebody else says it; gives what came of that then.
fn believe(server: &Server, peer: IpAddr, headers: &mut HeaderMap) -> Option<&'static str> {
    let proxy = server.proxy_auth.as_ref()?;
    let outcome = match headers.get_all(&proxy.header).into_iter().count() {
        0 => return None,
        _ if !proxy.trusted.hold(peer) => "not_trusted",
        1 => return None,
        // One of them is not the proxy's.
        _ => "told_twice",
    };
    headers.remove(&proxy.header);
    Some(outcome)
}

fn is_login(request: &Request) -> bool {
    request.uri().path() == LOGIN && request.method() == Method::POST
}

/// Counts and notes what was wrong.
fn mistaken(desk: &Desk, client: IpAddr, action: &str, outcome: &str) {
    desk.limits.mistaken(client);
    audit::told("unknown", action, "", outcome);
}

/// Refuses who asks too often, who was wrong too often, and forms of other sites. `claimed` is what came of a proxy's header
/// that was taken away.
fn allowed(desk: &Desk, client: IpAddr, request: &Request, claimed: Option<&'static str>) -> Result<(), Problem> {
    let (server, limits, headers) = (&desk.web.server, &desk.limits, request.headers());
    if let Some(wait) = limits.request(client) {
        return Err(Problem::too_many("too many requests", wait));
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Whatever speaks for a reader on its own (a cookie, Basic, a proxy) would speak for another site's form too.
    if changes && is_foreign(request) {
        return Err(Problem::forbidden("the form is of another site"));
    }
    let wait = limits.credentials(client);
    if let (Some(outcome), None) = (claimed, wait) {
        mistaken(desk, client, "proxy_auth", outcome);
    }
    let wait = match Credential::of(server, &desk.web.sessions, headers) {
        Credential::Known(token) => limits.token(client, token.hash),
        Credential::Wrong(_) if wait.is_none() => {
            mistaken(desk, client, "token", "refused");
            None
        }
        Credential::Wrong(_) => wait,
        Credential::Absent | Credential::Other => None,
    };
    // What stands in a form is not known yet.
    let wait = if wait.is_none() && is_login(request) { limits.reserve(client) } else { wait };
    match wait {
        Some(wait) => Err(Problem::too_many("too many wrong tokens came from this address", wait)),
        None => Ok(()),
    }
}

/// Does a browser say that another site's page sends this? Those that do not say it in so many words (in clear, or of old)
/// tell the page's origin.
fn is_foreign(request: &Request) -> bool {
    let told = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = told(FETCH_SITE) {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = told(header::ORIGIN.as_str()) else { return false };
    let asked = request.uri().authority().map(|authority| authority.as_str()).or_else(|| told(header::HOST.as_str()));
    origin.split_once("://").map(|(_, origin)| origin) != asked
}

/// Refusals of the frame in the form of all others; and to who reads in a browser, an error on a page.
fn told(reader: Option<Lang>, mut response: Response) -> Response {
    let status = response.status();
    let is_plain =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if status.as_u16() >= 400 && is_plain {
        response = Problem::of_status(status).into_response();
    }
    match (reader, response.extensions_mut().remove::<Problem>()) {
        (Some(lang), Some(problem)) => problem.page(lang),
        _ => response,
    }
}

/// Headers that keep a page from being misused.
fn dressed(server: &Server, mut response: Response) -> Response {
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
    headers.append(
        header::VARY,
        HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Authorization, Cookie"),
    );
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
