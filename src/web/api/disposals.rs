//! REEN article 16: the figures of a civil year, and the lines behind them.

use domain::law::reen::ExitLineSeen;
use domain::word::{Disposal, Word};
use jiff::civil::date;

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

/// What left in the year, and what stood in the stock on its first day.
struct Sides {
    left: bool,
    stood: bool,
}

/// On which side a line stands, as [`domain::law::reen::Exits`] counts it; a count made by people outranks B's lines.
fn sides(line: &ExitLineSeen, year: i16) -> Sides {
    let new_year = date(year, 1, 1);
    let left = line.gone.or(line.retired.filter(|_| line.way != Disposal::Unknown));
    Sides {
        left: left.is_some_and(|day| day.year() == year),
        stood: line.retired.is_some_and(|day| day <= new_year)
            && line.gone.is_none_or(|day| day >= new_year)
            && line.unlisted.is_none_or(|day| day > new_year),
    }
}

/// The lines behind A and B.
pub fn lines(ask: &Ask) -> Result<Answer, Problem> {
    let of = ask.year()?;
    let world = ask.world();
    let rows = world.exits().lines.iter().filter_map(|line| {
        let sides = sides(line, of);
        let eligible = line.eligible == Some(true);
        (sides.left || sides.stood).then(|| {
            let row = vec![
                ("origin", (&*line.origin).into()),
                ("siret", (&*line.siret).into()),
                ("kind", line.kind.map(Word::name).into()),
                ("retired", day(line.retired)),
                ("gone", day(line.gone)),
                ("disposal", line.way.name().into()),
                ("quantity", line.quantity.into()),
                ("grams", number(line.grams)),
                ("approved", line.approved.into()),
                ("left", sides.left.into()),
                ("eligible", line.eligible.into()),
                ("why", line.why.into()),
                ("in_a", (sides.left && eligible && line.way.is_reuse()).into()),
                ("in_b", (sides.stood && eligible).into()),
            ];
            (line.origin.to_string(), row)
        })
    });
    ask.paged(rows.collect())
}
