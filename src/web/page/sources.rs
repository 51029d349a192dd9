//! How the sources are doing.

use jiff::Timestamp;
use maud::{Markup, html};

use super::tables::{heads, table};
use super::{Sheet, words};
use crate::config::Scope;
use crate::edition::SourceState;
use crate::web::api::sources::seen;
use crate::wording::{moment, number};

pub fn page(sheet: &Sheet) -> Markup {
    let lang = sheet.lang;
    let asks = sheet.viewer.csrf.as_ref().filter(|_| sheet.viewer.may(Scope::Admin));
    let mut columns = vec![
        ("Source", "Source", false),
        ("Type", "Type", false),
        ("État", "State", false),
        ("Dernière lecture complète", "Last complete reading", false),
        ("Lignes lues", "Rows read", true),
        ("Lignes refusées", "Rows refused", true),
        ("Erreur", "Error", false),
    ];
    columns.extend(asks.map(|_| ("Demander une lecture", "Ask for a reading", false)));
    let inside = html! {
        (heads(sheet, &columns))
        tbody { @for source in seen(sheet.edition, sheet.viewer) { tr {
            th scope="row" { a href="/api/v1/sources" { (source.name) } }
            td { (words::connector(lang, source.connector)) }
            td { (state(sheet, source)) }
            td { @match source.last_success {
                Some(at) => (when(sheet, at)),
                None => (sheet.say("jamais", "never")),
            } }
            @match source.last_success {
                Some(_) => {
                    td.n { (number(lang, source.observations as f64, 0)) }
                    td.n { (number(lang, source.rejects as f64, 0)) }
                }
                None => { td.n { (sheet.say("inconnu", "unknown")) } td.n { (sheet.say("inconnu", "unknown")) } }
            }
            td { @match &source.failure {
                Some((at, class, cause)) => {
                    (words::failure(lang, class)) ", " (when(sheet, *at))
                    @if sheet.sees_assets() { (sheet.say("\u{a0}: ", ": ")) span lang="en" { (cause) } }
                }
                None => (sheet.say("aucune", "none")),
            } }
            @if let Some(csrf) = asks { td {
                form method="post" action=(format!("/api/v1/sources/{}/sync", source.name)) {
                    input type="hidden" name="csrf" value=(csrf);
                    // A reader of the screen hears which source it is.
                    button { (sheet.say("Lire maintenant", "Collect now")) span.skip { " " (source.name) } }
                }
            } }
        } } }
    };
    let title = ("Sources des données", "Sources of the data");
    let caption = ("D'où viennent les chiffres, et de quand.", "Where the figures come from, and from when.");
    table(sheet, "sources", title, caption, inside)
}

fn state(sheet: &Sheet, state: &SourceState) -> Markup {
    let words = match (state.up, state.stale) {
        // It has no data that could be old.
        (None, _) => ("jamais interrogée", "never asked"),
        (Some(false), _) => ("en échec", "failing"),
        (Some(true), true) => ("données anciennes", "old data"),
        (Some(true), false) => ("à jour", "up to date"),
    };
    html! {
        (sheet.say(words.0, words.1))
        @if state.up == Some(false) && state.stale { (sheet.say(", données anciennes", ", old data")) }
        @if state.collecting { (sheet.say(", lecture en cours", ", being read")) }
    }
}

fn when(sheet: &Sheet, at: Timestamp) -> Markup {
    html! { time datetime=(at) { (moment(sheet.lang, at)) } }
}
