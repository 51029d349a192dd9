//! What could not be settled.

use domain::doubt::{Doubt, Reason};
use domain::word::Word;
use serde_json::Value;

use super::Ask;
use crate::config::Scope;
use crate::web::answer::{Answer, Columns, names};
use crate::web::problem::Problem;

/// Doubts of one reason, by its name.
static COUNTED: Columns<fn(&str, usize) -> Value> =
    &[("reason", |reason, _| reason.into()), ("count", |_, count| count.into())];

/// A doubt, by its id.
static NAMED: Columns<fn(&str, &Doubt) -> Value> = &[
    ("id", |id, _| id.into()),
    ("reason", |_, doubt| doubt.reason().name().into()),
    ("about", |_, doubt| doubt.about.iter().map(|id| Value::from(&**id)).collect()),
    ("what", |_, doubt| doubt.what.to_string().into()),
];

/// Every doubt; without scope `assets`, how many by reason.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = ask.word("reason")?;
    let world = ask.world();
    let doubts = || {
        let all = world.doubts();
        all.filter(|doubt| wanted.is_none_or(|wanted| doubt.reason() == wanted))
    };
    if !ask.viewer.may(Scope::Assets) {
        let reasons = Reason::ALL.iter().filter(|(reason, _)| wanted.is_none_or(|wanted| wanted == *reason));
        let rows = reasons.map(|(reason, name)| {
            let count = doubts().filter(|doubt| doubt.reason() == *reason).count();
            ((*name).to_owned(), (*name, count))
        });
        return ask.paged(rows.collect(), names(COUNTED), |(reason, count)| {
            COUNTED.iter().map(|(name, of)| (*name, of(reason, *count))).collect()
        });
    }
    let named = world.named_doubts().iter();
    let asked = named.filter(|(_, at)| wanted.is_none_or(|wanted| world.doubt(*at).reason() == wanted));
    let items = asked.map(|(id, at)| (id.clone(), (id.clone(), *at))).collect();
    let world = world.clone();
    ask.paged(items, names(NAMED), move |(id, at)| {
        let doubt = world.doubt(*at);
        NAMED.iter().map(|(name, of)| (*name, of(id, doubt))).collect()
    })
}
