//! What people send by a form: their token, that they leave, that a source is to be collected.

use axum::extract::{Form, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::auth::{Stranger, Viewer, keeps_session, same};
use super::page::Wants;
use super::problem::Problem;
use super::{Desk, Shared, api, audit, language, page, pairs};
use crate::config::Scope;
use crate::edition::Edition;

/// What the form of a login holds.
#[derive(serde::Deserialize)]
pub struct Login {
    token: String,
}

/// Asked of the form after a login: a browser shows there whether it keeps the session.
const OPENED: &str = "opened";

/// The form that takes a token. Whoever has just logged in goes on from it, unless their browser keeps no session.
pub async fn login_form(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let asked = pairs(query.as_deref().unwrap_or_default()).unwrap_or_default();
    let told = |wanted: &str| asked.iter().find(|(name, _)| name == wanted).map(|(_, told)| told.as_str());
    let wants = match told(OPENED) {
        Some(_) if keeps_session(&headers) => return Redirect::to("/").into_response(),
        Some(_) => Wants::Keeping,
        None => Wants::Token,
    };
    Html(page::login_page(language(told("lang"), &headers), wants)).into_response()
}

/// Opens a session for a token.
pub async fn login(State(desk): Shared, headers: HeaderMap, Form(form): Form<Login>) -> Response {
    match desk.web.sessions.open(&desk.web.server, &headers, form.token.trim()) {
        Some((name, cookie)) => {
            audit::told(&name, "login", "", "done");
            ([(header::SET_COOKIE, cookie)], Redirect::to(&format!("/login?{OPENED}"))).into_response()
        }
        // The frame notes it, and counts it.
        None => {
            let form = page::login_page(language(None, &headers), Wants::Another(Stranger::Unknown));
            (StatusCode::FORBIDDEN, Html(form)).into_response()
        }
    }
}

/// What a cookie speaks for must carry the session's own word.
pub fn meant(viewer: &Viewer, told: Option<&str>) -> Result<(), Problem> {
    match &viewer.csrf {
        Some(csrf) if !told.is_some_and(|told| same(csrf, told)) => {
            Err(Problem::forbidden("the form is not of this session: load the page again"))
        }
        _ => Ok(()),
    }
}

/// The word that a form carries.
fn word(form: &str) -> Option<String> {
    let told = pairs(form).unwrap_or_default().into_iter().find(|(name, _)| name == "csrf");
    told.map(|(_, told)| told)
}

/// Ends the session.
pub async fn logout(State(desk): Shared, headers: HeaderMap, form: String) -> Result<Response, Problem> {
    let edition = desk.edition()?;
    let viewer = desk.viewer(&headers, &edition)?;
    meant(&viewer, word(&form).as_deref())?;
    let cookie = desk.web.sessions.close(&desk.web.server, &headers);
    audit::told(&viewer.name, "logout", "", "done");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

/// Asks for a collection of a source.
pub async fn sync(
    State(desk): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
    form: String,
) -> Result<Response, Problem> {
    let edition = desk.edition()?;
    let viewer = desk.viewer(&headers, &edition)?;
    let asked = ask_for(&desk, &edition, &viewer, &name, &form);
    audit::told(&viewer.name, "sync", &name, asked.as_ref().map_or_else(Problem::kind, |()| "done"));
    asked?;
    if viewer.csrf.is_some() {
        // A form of the page: back to where it shows.
        return Ok(Redirect::to("/sources").into_response());
    }
    Ok((StatusCode::ACCEPTED, axum::Json(serde_json::json!({ "status": "asked" }))).into_response())
}

/// Asks the daemon for a collection.
fn ask_for(desk: &Desk, edition: &Edition, viewer: &Viewer, name: &str, form: &str) -> Result<(), Problem> {
    viewer.needs(Scope::Admin)?;
    meant(viewer, word(form).as_deref())?;
    if !api::sources::seen(edition, viewer).any(|source| source.name == name) {
        return Err(Problem::not_found(format!("there is no source `{name}`")));
    }
    let busy = |_| Problem::unavailable("too many collections are asked for already");
    desk.web.ask.try_send(name.to_owned()).map_err(busy)
}
