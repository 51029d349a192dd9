//! How the sources are doing.

use domain::reject::Reject;
use serde_json::{Value, json};

use super::Ask;
use crate::config::Scope;
use crate::edition::{Edition, SourceState};
use crate::web::answer::{Answer, Columns, names};
use crate::web::auth::Viewer;
use crate::web::problem::Problem;

/// The sources that a viewer may see: of a part of the world, those that belong to it whole.
pub fn seen<'a>(edition: &'a Edition, viewer: &'a Viewer) -> impl Iterator<Item = &'a SourceState> {
    edition.sources.iter().filter(move |state| {
        let told = edition.snapshot.sources.iter().find(|source| *source.name == *state.name);
        let entity = told.and_then(|source| source.entity.as_deref());
        let entity = entity.and_then(|entity| edition.snapshot.entities.find(entity));
        viewer.entities.is_empty() || entity.is_some_and(|entity| viewer.sees(edition, entity))
    })
}

fn failures(source: &SourceState) -> Value {
    source.failures.iter().map(|(_, count)| count).sum::<u64>().into()
}

/// Why it fails, in words that name hosts, files and accounts.
fn failure(source: &SourceState) -> Value {
    source.failure.as_ref().map(|(.., what)| what.as_str()).into()
}

fn rejected(source: &SourceState) -> Value {
    let rejected = source.rejected.iter();
    rejected
        .map(|Reject { place, column, reason }| json!({ "place": place, "column": column, "reason": reason }))
        .collect()
}

fn rules(source: &SourceState) -> Value {
    source.rule_matches.iter().map(|(rule, matches)| json!({ "rule": rule, "matches": matches })).collect()
}

/// What is told of a source to a viewer who may see its lines, or may not. Of why it fails, the class is for everybody;
/// a note may hold the same words.
static SOURCE: Columns<fn(&SourceState, bool) -> Value> = &[
    ("name", |source, _| source.name.as_str().into()),
    ("connector", |source, _| source.connector.into()),
    ("up", |source, _| source.up.into()),
    ("stale", |source, _| source.stale.into()),
    ("collecting", |source, _| source.collecting.into()),
    ("last_success", |source, _| source.last_success.map(|at| at.to_string()).into()),
    ("failed_at", |source, _| source.failure.as_ref().map(|(at, ..)| at.to_string()).into()),
    ("failure_class", |source, _| source.failure.as_ref().map(|(_, class, _)| *class).into()),
    ("failure", |source, sees_lines| if sees_lines { failure(source) } else { Value::Null }),
    ("failures", |source, _| failures(source)),
    ("duration_seconds", |source, _| source.seconds.into()),
    ("observations", |source, _| source.observations.into()),
    ("rejects", |source, _| source.rejects.into()),
    ("rejected", |source, sees_lines| if sees_lines { rejected(source) } else { Value::Null }),
    ("notes", |source, sees_lines| if sees_lines { source.notes.clone().into() } else { Value::Null }),
    ("rules", |source, _| rules(source)),
];

/// State, last error and counts of each.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let sees_lines = ask.viewer.may(Scope::Assets);
    let rows = seen(&ask.edition, &ask.viewer)
        .map(|source| SOURCE.iter().map(|(name, of)| (*name, of(source, sees_lines))).collect());
    Ok(Answer::all(names(SOURCE), rows.collect()))
}
