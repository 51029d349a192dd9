//! REEN article 16: the figures of a civil year, and the lines behind them.

use domain::law::reen::{ExitFigures, ExitLineSeen};
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::word::Word;
use serde_json::Value;

use super::procurement::buyer;
use super::{Ask, day, number};
use crate::web::answer::{Answer, Columns, names};
use crate::web::problem::Problem;

/// The figures of an owner's civil year.
struct Owned<'a> {
    siret: &'a str,
    owner: Option<&'a str>,
    year: i16,
    figures: &'a ExitFigures,
    target: Option<f64>,
}

/// What is told of them.
static FIGURES: Columns<fn(&Owned) -> Value> = &[
    ("siret", |of| of.siret.into()),
    ("owner", |of| of.owner.into()),
    ("year", |of| of.year.into()),
    ("a", |of| of.figures.a.into()),
    ("b", |of| number(of.figures.b)),
    ("b_counted", |of| of.figures.counted.into()),
    ("ratio", |of| number(of.figures.ratio())),
    ("target", |of| number(of.target)),
    ("exits", |of| of.figures.exits.into()),
    ("eligible", |of| of.figures.eligible.into()),
    ("eligibility_known", |of| of.figures.known.into()),
    ("share_of_exits", |of| number(of.figures.share_of_exits())),
];

/// A, B and the rate by owner.
pub fn year(ask: &Ask) -> Result<Answer, Problem> {
    let of = ask.year()?;
    let world = ask.world();
    let target = ask.edition.settings.law.exit_target(of);
    let cells = world.exits().cells.iter().filter(|((_, year), _)| *year == of);
    let rows = cells.map(|((siret, year), figures)| {
        let owner = buyer(&ask.edition.snapshot.entities, siret);
        let told = Owned { siret, owner, year: *year, figures, target };
        FIGURES.iter().map(|(name, of)| (*name, of(&told))).collect()
    });
    let more = vec![("year", of.into())];
    Ok(Answer::List { columns: names(FIGURES), rows: rows.collect(), next: None, more })
}

/// What is told of an exit, as a civil year counts it.
static LINE: Columns<fn(&ExitLineSeen, &Snapshot, i16) -> Value> = &[
    ("origin", |line, snapshot, _| (&*line.id(snapshot)).into()),
    ("siret", |line, _, _| (&*line.siret).into()),
    ("kind", |line, _, _| line.kind.map(Word::name).into()),
    ("retired", |line, _, _| day(line.retired)),
    ("gone", |line, _, _| day(line.gone)),
    ("disposal", |line, _, _| line.way.name().into()),
    ("quantity", |line, _, _| line.quantity.into()),
    ("grams", |line, _, _| number(line.grams)),
    ("approved", |line, _, _| line.approved.into()),
    ("left", |line, _, year| line.left_in(year).into()),
    ("eligible", |line, _, _| line.eligible.into()),
    ("why", |line, _, _| line.why.into()),
    ("proof", |line, _, _| line.proof.as_deref().into()),
    ("in_a", |line, _, year| (line.to_a(year) > 0.0).into()),
    ("in_b", |line, _, year| (line.to_b(year) > 0.0).into()),
];

/// The lines behind A and B.
pub fn lines(ask: &Ask) -> Result<Answer, Problem> {
    let of = ask.year()?;
    let world = ask.world();
    let lines = world.exits().lines.iter().enumerate();
    let asked = lines.filter(|(_, line)| line.left_in(of) || line.stood_in(of) || line.may_have_left_in(of));
    let snapshot = world.snapshot();
    let items: Vec<(Text, usize)> = asked.map(|(at, line)| (line.id(snapshot), at)).collect();
    ask.paged(items, names(LINE), move |at| {
        let line = &world.exits().lines[*at];
        LINE.iter().map(|(name, told)| (*name, told(line, world.snapshot(), of))).collect()
    })
}
