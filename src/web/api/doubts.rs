//! What could not be settled.

use domain::doubt::Reason;
use domain::word::Word;
use serde_json::Value;

use super::Ask;
use crate::config::Scope;
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;

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
            ((*name).to_owned(), vec![("reason", (*name).into()), ("count", count.into())])
        });
        return ask.paged(rows.collect(), Row::clone);
    }
    let named = world.named_doubts().iter();
    let asked = named.filter(|(_, at)| wanted.is_none_or(|wanted| world.doubt(*at).reason() == wanted));
    let items = asked.map(|(id, at)| (id.clone(), (id.clone(), *at))).collect();
    let world = world.clone();
    ask.paged(items, move |(id, at)| {
        let doubt = world.doubt(*at);
        vec![
            ("id", (&**id).into()),
            ("reason", doubt.reason().name().into()),
            ("about", doubt.about.iter().map(|id| Value::from(&**id)).collect()),
            ("what", doubt.what.to_string().into()),
        ]
    })
}
