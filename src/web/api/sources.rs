//! How the sources are doing.

use serde_json::{Value, json};

use super::Ask;
use crate::config::Scope;
use crate::edition::{Edition, SourceState};
use crate::web::answer::Answer;
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

/// State, last error and counts of each.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let sees_lines = ask.viewer.may(Scope::Assets);
    let rows = seen(&ask.edition, &ask.viewer).map(|source| {
        let failure = source.failure.as_ref();
        let failures: u64 = source.failures.iter().map(|(_, count)| count).sum();
        let rejected: Vec<Value> = source
            .rejected
            .iter()
            .map(|(place, column, reason)| json!({ "place": place, "column": column, "reason": reason }))
            .collect();
        let rules: Vec<Value> =
            source.rule_matches.iter().map(|(rule, matches)| json!({ "rule": rule, "matches": matches })).collect();
        vec![
            ("name", source.name.as_str().into()),
            ("connector", source.connector.into()),
            ("up", source.up.into()),
            ("stale", source.stale.into()),
            ("collecting", source.collecting.into()),
            ("last_success", source.last_success.map(|at| at.to_string()).into()),
            ("failed_at", failure.map(|(at, ..)| at.to_string()).into()),
            ("failure_class", failure.map(|(_, class, _)| *class).into()),
            ("failure", failure.map(|(.., what)| what.as_str()).into()),
            ("failures", failures.into()),
            ("duration_seconds", source.seconds.into()),
            ("observations", source.observations.into()),
            ("rejects", source.rejects.into()),
            ("rejected", if sees_lines { rejected.into() } else { Value::Null }),
            ("notes", source.notes.clone().into()),
            ("rules", rules.into()),
        ]
    });
    Ok(Answer::all(rows.collect()))
}
