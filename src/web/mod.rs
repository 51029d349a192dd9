//! The page, the API and the metrics: functions of the published edition. Nothing here starts a collection or a
//! refresh; a wish for one goes to the daemon through a channel.

mod answer;
pub mod api;
mod audit;
pub mod auth;
mod forms;
mod guard;
mod headers;
mod kept;
mod limit;
mod openapi;
mod page;
mod problem;
mod serve;
mod stream;
mod tls;
mod turn;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Extension, RawPathParams, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::{mpsc, watch};
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::config::{Scope, Server};
use crate::edition::Edition;
use crate::exposition::negotiate;
use crate::history::History;
use crate::wording::Lang;
use answer::{Written, write};
use api::{Ask, Route};
pub use auth::Sessions;
use auth::{Stranger, Viewer, viewer};
use forms::{login, login_form, logout, meant, sync};
use guard::Client;
use headers::{accepts, is_known, prefers_csv, prefers_html, tag, tagged, takes_gzip};
use kept::{Kept, Question};
use limit::Limits;
use page::Wants;
use problem::Problem;
pub use serve::{Seats, serve};
pub use tls::keep_reading;
use turn::{Asker, Turns, asker};
use world::{Key, Worlds};

/// No request body is larger: forms and scenarios only.
const BODY: usize = 64 * 1024;
/// The header that carries a session's word where the body is no form.
const CSRF: &str = "x-csrf-token";
/// A request that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the web may see of the daemon.
pub struct Web {
    /// What is currently told.
    pub editions: watch::Receiver<Option<Arc<Edition>>>,
    /// Who may see what.
    pub server: Arc<Server>,
    /// Who has logged in.
    pub sessions: Arc<Sessions>,
    /// What was published before.
    pub history: History,
    /// Asks for a collection of a source.
    pub ask: mpsc::Sender<String>,
}

struct Desk {
    web: Web,
    limits: Limits,
    worlds: Arc<Worlds>,
    kept: Arc<Kept>,
    turns: Arc<Turns>,
}

type Shared = State<Arc<Desk>>;

fn desk(web: Web) -> Arc<Desk> {
    Arc::new(Desk {
        limits: Limits::of(web.server.requests_per_second),
        web,
        worlds: Arc::default(),
        kept: Arc::default(),
        turns: Arc::default(),
    })
}

/// Page, API, and the metrics unless they have an address of their own.
pub fn router(web: Web) -> Router {
    let own_metrics = web.server.metrics_listen.is_some();
    let mut routes = Router::new()
        .route("/login", get(login_form).post(login))
        .route("/logout", post(logout))
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/api/v1/sources/{name}/sync", post(sync));
    if !own_metrics {
        routes = routes.route("/metrics", get(metrics));
    }
    for page in page::PAGES {
        let shows = move |state: Shared, client: Extension<Client>, query: RawQuery, headers: HeaderMap| {
            show(state, client, page, query, headers)
        };
        routes = routes.route(page.path, get(shows));
    }
    for route in api::ALL {
        let answers =
            move |state: Shared,
                  client: Extension<Client>,
                  path: RawPathParams,
                  query: RawQuery,
                  headers: HeaderMap| { read(state, client, route, path, query, headers) };
        routes = routes.route(&format!("/api/v1{}", route.path), get(answers));
    }
    for route in api::SENT {
        let answers =
            move |state: Shared, client: Extension<Client>, query: RawQuery, headers: HeaderMap, body: String| {
                compute(state, client, route, query, headers, body)
            };
        routes = routes.route(&format!("/api/v1{}", route.path), post(answers));
    }
    framed(routes, desk(web))
}

/// The metrics alone, for whoever reaches their address.
pub fn metrics_router(web: Web) -> Router {
    framed(Router::new().route("/metrics", get(open_metrics)), desk(web))
}

/// What every answer has in common.
fn framed(routes: Router<Arc<Desk>>, desk: Arc<Desk>) -> Router {
    routes
        .route("/healthz", get(|| async { axum::Json(serde_json::json!({ "status": "alive" })) }))
        .route("/readyz", get(ready))
        .fallback(|| async { Problem::not_found("there is no such page") })
        .method_not_allowed_fallback(|| async { Problem::of_status(StatusCode::METHOD_NOT_ALLOWED) })
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
        .layer(RequestBodyLimitLayer::new(BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PATIENCE))
        // Outermost: what these refuse is told as a problem too.
        .layer(from_fn_with_state(desk.clone(), guard::guarded))
        .with_state(desk)
}

impl Desk {
    fn edition(&self) -> Result<Arc<Edition>, Problem> {
        let edition = self.web.editions.borrow().clone();
        let unpublished = || Problem::unavailable("nothing is published yet: the first collection is under way");
        let edition = edition.ok_or_else(unpublished)?;
        self.worlds.follow(&edition);
        Ok(edition)
    }

    fn viewer(&self, headers: &HeaderMap, edition: &Edition) -> Result<Viewer, Stranger> {
        viewer(&self.web.server, &self.web.sessions, headers, edition)
    }
}

/// Computes an answer off the async threads, when it is its turn. A fault of ours is told as one.
async fn computed<T: Send + 'static>(
    desk: &Desk,
    asker: Asker,
    compute: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let turn = desk.turns.take(asker).await?;
    let computing = move || {
        // Given back by the thread: whoever asked may have gone, and it computes on.
        let _turn = turn;
        compute()
    };
    tokio::task::spawn_blocking(computing).await.map_err(|_| Problem::internal())
}

/// Answers a route of the API.
async fn read(
    State(desk): Shared,
    Extension(client): Extension<Client>,
    route: &'static Route,
    path: RawPathParams,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let edition = desk.edition()?;
    let viewer = desk.viewer(&headers, &edition)?;
    viewer.needs(route.scope)?;
    let query = parameters(route, query.as_deref())?;
    let csv = prefers_csv(&headers);
    // A history also tells what is stored, which may change while the edition lasts: it has no tag, and is never known.
    let lasts = route.path != api::HISTORY;
    let tag = lasts.then(|| tag(&edition, &viewer, &headers, if csv { "csv" } else { "json" }));
    if let Some(tag) = tag.as_deref().filter(|tag| is_known(&headers, tag)) {
        return Ok(tagged(StatusCode::NOT_MODIFIED.into_response(), tag));
    }
    let told = |response: Response| match &tag {
        Some(tag) => tagged(response, tag),
        None => response,
    };
    let path: BTreeMap<String, String> =
        path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let gzip = takes_gzip(&headers);
    // Lists of single assets are walked through, and no page is asked for twice.
    let keeps = lasts && route.scope == Scope::Read;
    let form = format!("{} {path:?} {query:?} {csv} {}", route.path, viewer.mark());
    let question: Question = (edition.number, form);
    if let Some(made) = desk.kept.of(&question) {
        return Ok(told(made.response(gzip)));
    }
    let (worlds, body) = (desk.worlds.clone(), String::new());
    let asker = asker(client, &viewer);
    let mut ask = Ask { edition, viewer, path, query, body, csv, worlds, stored: Vec::new() };
    if !lasts {
        ask.stored = api::indicators::stored(&ask, &desk.web.history).await?;
    }
    let kept = desk.kept.clone();
    let answer = computed(&desk, asker, move || {
        // Many ask the same of a new edition at once; the first of them has its answer made.
        if let Some(made) = kept.of(&question) {
            return Ok(Written::Whole(made));
        }
        let answer = write((route.answer)(&ask)?, ask.edition.number, csv);
        if let (Written::Whole(made), true) = (&answer, keeps) {
            made.compress();
            kept.keep(question, made);
        }
        Ok::<_, Problem>(answer)
    });
    Ok(told(answer.await??.response(gzip)))
}

/// Answers a route of the API that computes on what is sent. Nothing is changed, but computing costs: a session says
/// that it means it, in a header since the body is no form.
async fn compute(
    State(desk): Shared,
    Extension(client): Extension<Client>,
    route: &'static Route,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Problem> {
    let edition = desk.edition()?;
    let viewer = desk.viewer(&headers, &edition)?;
    viewer.needs(route.scope)?;
    let word = headers.get(CSRF).and_then(|value| value.to_str().ok()).unwrap_or_default();
    meant(&viewer, Some(word))?;
    let query = parameters(route, query.as_deref())?;
    let csv = prefers_csv(&headers);
    let (worlds, path) = (desk.worlds.clone(), BTreeMap::new());
    let asker = asker(client, &viewer);
    let ask = Ask { edition, viewer, path, query, body, csv, worlds, stored: Vec::new() };
    let number = ask.edition.number;
    let answer = computed(&desk, asker, move || (route.answer)(&ask).map(|answer| write(answer, number, csv)));
    Ok(answer.await??.response(takes_gzip(&headers)))
}

/// The query of a route; a parameter that it does not have is refused.
fn parameters(route: &Route, query: Option<&str>) -> Result<BTreeMap<String, String>, Problem> {
    let parsed = pairs(query.unwrap_or_default());
    let parsed = parsed.ok_or_else(|| Problem::parameter("query", "the query cannot be read"))?;
    for (name, _) in &parsed {
        if route.parameters.iter().all(|known| known.name != name) {
            let known: Vec<&str> = route.parameters.iter().map(|known| known.name).collect();
            let known =
                if known.is_empty() { "it takes none".to_owned() } else { format!("it takes {}", known.join(" ")) };
            return Err(Problem::parameter(name, format!("there is no parameter `{name}`: {known}")));
        }
    }
    Ok(parsed.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

/// The names and values of a query or a form; `None` where it is neither.
fn pairs(encoded: &str) -> Option<Vec<(String, String)>> {
    let address = format!("http://x/?{encoded}").parse::<axum::http::Uri>().ok()?;
    axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&address).ok().map(|query| query.0)
}

async fn metrics(
    State(desk): Shared,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let edition = desk.edition()?;
    let viewer = desk.viewer(&headers, &edition)?;
    viewer.needs_metrics()?;
    scrape(&desk, edition, (client, viewer), &headers).await
}

async fn open_metrics(
    State(desk): Shared,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let edition = desk.edition()?;
    let viewer = Viewer { metrics: true, ..Viewer::default() };
    scrape(&desk, edition, (client, viewer), &headers).await
}

async fn scrape(
    desk: &Desk,
    edition: Arc<Edition>,
    (client, viewer): (Client, Viewer),
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let format = negotiate(accepts(headers, header::ACCEPT));
    let gzip = takes_gzip(headers);
    // Many people see a dashboard: a scrape folds small cells, whoever asks.
    let key = Key { folded: true, ..Key::of(&edition, &viewer) };
    let body = if key.is_published(&edition) {
        edition.exposition().body(format, gzip)
    } else {
        let world = desk.worlds.of(&edition, key);
        let asker = asker(client, &viewer);
        computed(desk, asker, move || world.exposition(&viewer).body(format, gzip)).await?
    };
    let mut response = ([(header::CONTENT_TYPE, format.content_type())], body).into_response();
    if gzip {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

async fn ready(State(desk): Shared) -> Response {
    let store = if desk.web.history.ping().await.is_ok() { "ok" } else { "unreachable" };
    let edition = desk.web.editions.borrow().as_ref().map(|edition| edition.number);
    let status = if edition.is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let told = if edition.is_some() { "ready" } else { "starting" };
    (status, axum::Json(serde_json::json!({ "status": told, "edition": edition, "store": store }))).into_response()
}

/// The language of a page: what its address asks, else what the reader has chosen before, else what the browser prefers.
fn language(asked: Option<&str>, headers: &HeaderMap) -> Lang {
    Lang::choose(asked.or(auth::cookie_of(headers, auth::LANGUAGE)), accepts(headers, header::ACCEPT_LANGUAGE))
}

/// The language in which an error is told on a page; none where a program asks, which is told of it in JSON.
fn reader(query: Option<&str>, headers: &HeaderMap) -> Option<Lang> {
    let asked = pairs(query.unwrap_or_default()).unwrap_or_default();
    let lang = asked.iter().find(|(name, _)| name == "lang").map(|(_, lang)| lang.as_str());
    prefers_html(headers).then(|| language(lang, headers))
}

/// Shows a page; to who may not see it, the login form, which says why.
async fn show(
    State(desk): Shared,
    Extension(client): Extension<Client>,
    page: &'static page::Page,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = pairs(query.as_deref().unwrap_or_default());
    let asked = asked.ok_or_else(|| Problem::parameter("query", "the query cannot be read"))?;
    let asked: BTreeMap<String, String> = asked.into_iter().collect();
    let lang = language(asked.get("lang").map(String::as_str), &headers);
    let edition = desk.edition()?;
    // What is wrong with a token is told on the form, where it can be corrected.
    let form = |status, wants| Ok((status, Html(page::login_page(lang, wants))).into_response());
    let viewer = match desk.viewer(&headers, &edition) {
        Ok(viewer) => viewer,
        Err(stranger @ Stranger::Nowhere) => return form(StatusCode::FORBIDDEN, Wants::Another(stranger)),
        Err(stranger) => return form(StatusCode::UNAUTHORIZED, Wants::Another(stranger)),
    };
    if !viewer.may(page.needs) {
        return match viewer.known {
            true => form(StatusCode::FORBIDDEN, Wants::Scope(page.needs)),
            false => form(StatusCode::OK, Wants::Token),
        };
    }
    let tag = tag(&edition, &viewer, &headers, lang.code());
    let chosen = asked.contains_key("lang").then_some(lang);
    // The browser may have the page from before, when it was chosen the last time.
    if is_known(&headers, &tag) {
        return Ok(remembering(chosen, tagged(StatusCode::NOT_MODIFIED.into_response(), &tag)));
    }
    let world = desk.worlds.of(&edition, Key::of(&edition, &viewer));
    let asker = asker(client, &viewer);
    let visit = page::Visit { viewer, world, lang, asked };
    let text = computed(&desk, asker, move || page::page(page, &visit)).await?;
    Ok(remembering(chosen, tagged(Html(text).into_response(), &tag)))
}

/// The response, which has the browser remember the language that was chosen.
fn remembering(chosen: Option<Lang>, mut response: Response) -> Response {
    let kept = |lang: Lang| {
        format!("{}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict", auth::LANGUAGE, lang.code())
    };
    if let Some(Ok(kept)) = chosen.map(|lang| HeaderValue::from_str(&kept(lang))) {
        response.headers_mut().append(header::SET_COOKIE, kept);
    }
    response
}
