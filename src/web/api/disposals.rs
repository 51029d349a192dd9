//! REEN article 16: the figures of a civil year, and the lines behind them.

use domain::record::Text;
use domain::word::Word;

use super::procurement::buyer;
use super::{Ask, day, number};
use crate::web::answer::Answer;
use crate::web::problem::Problem;

/// A, B and the rate by owner.
pub fn year(ask: &Ask) -> Result<Answer, Problem> {
    let of = ask.year()?;
    let world = ask.world();
    let target = ask.edition.settings.law.exit_target(of);
    let rows = world.exits().cells.iter().filter(|((_, year), _)| *year == of).map(|((siret, year), figures)| {
        vec![
            ("siret", (&**siret).into()),
            ("owner", buyer(&ask.edition.snapshot.entities, siret).into()),
            ("year", (*year).into()),
            ("a", figures.a.into()),
            ("b", number(figures.b)),
            ("b_counted", figures.counted.into()),
            ("ratio", number(figures.ratio())),
            ("target", number(target)),
            ("exits", figures.exits.into()),
            ("eligible", figures.eligible.into()),
            ("eligibility_known", figures.known.into()),
            ("share_of_exits", number(figures.share_of_exits())),
        ]
    });
    Ok(Answer::List { rows: rows.collect(), next: None, more: vec![("year", of.into())] })
}

/// The lines behind A and B.
pub fn lines(ask: &Ask) -> Result<Answer, Problem> {
    let of = ask.year()?;
    let world = ask.world();
    let lines = world.exits().lines.iter().enumerate();
    let asked = lines.filter(|(_, line)| line.left_in(of) || line.stood_in(of));
    let items: Vec<(Text, usize)> = asked.map(|(at, line)| (line.origin.clone(), at)).collect();
    ask.paged(items, move |at| {
        let line = &world.exits().lines[*at];
        vec![
            ("origin", (&*line.origin).into()),
            ("siret", (&*line.siret).into()),
            ("kind", line.kind.map(Word::name).into()),
            ("retired", day(line.retired)),
            ("gone", day(line.gone)),
            ("disposal", line.way.name().into()),
            ("quantity", line.quantity.into()),
            ("grams", number(line.grams)),
            ("approved", line.approved.into()),
            ("left", line.left_in(of).into()),
            ("eligible", line.eligible.into()),
            ("why", line.why.into()),
            ("proof", line.proof.as_deref().into()),
            ("in_a", (line.to_a(of) > 0.0).into()),
            ("in_b", (line.to_b(of) > 0.0).into()),
        ]
    })
}
