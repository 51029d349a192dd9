//! What could not be settled.

use domain::doubt::Reason;
use domain::word::Word;
use sha2::{Digest, Sha256};

use super::Ask;
use crate::config::Scope;
use crate::web::answer::Answer;
use crate::web::auth::hex;
use crate::web::problem::Problem;

/// Every doubt; without scope `assets`, how many by reason.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let unknown = |text: &str| Problem::parameter("reason", format!("no reason is called `{text}`"));
    let wanted = ask.text("reason").map(|text| Reason::parse(text).ok_or_else(|| unknown(text))).transpose()?;
    let world = ask.world();
    let doubts = || {
        let all = world.doubts();
        all.filter(|doubt| wanted.is_none_or(|wanted| doubt.reason == wanted))
    };
    if !ask.viewer.may(Scope::Assets) {
        let reasons = Reason::ALL.iter().filter(|(reason, _)| wanted.is_none_or(|wanted| wanted == *reason));
        let rows = reasons.map(|(reason, name)| {
            let count = doubts().filter(|doubt| doubt.reason == *reason).count();
            ((*name).to_owned(), vec![("reason", (*name).into()), ("count", count.into())])
        });
        return ask.paged(rows.collect());
    }
    let rows = doubts().map(|doubt| {
        let about: Vec<&str> = doubt.about.iter().map(|id| &**id).collect();
        // The same doubt keeps its id from one edition to the next.
        let id =
            format!("{}-{}", doubt.reason.name(), &hex(&Sha256::digest(format!("{about:?} {}", doubt.what)))[..16]);
        let row = vec![
            ("id", id.as_str().into()),
            ("reason", doubt.reason.name().into()),
            ("about", about.into()),
            ("what", doubt.what.as_str().into()),
        ];
        (id, row)
    });
    ask.paged(rows.collect())
}
