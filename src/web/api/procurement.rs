//! AGEC article 58: the figures of a civil year, the lines behind them, and the declaration.

use domain::entity::EntityTree;
use domain::law::agec::{Cell, Counted, Spend, SpendLine};
use domain::law::declaration::{self, Filing};
use domain::law::trajectory::Trajectory;
use domain::law::{Category, Step};
use domain::record::Text;
use domain::snapshot::Snapshot;
use domain::word::Word;
use serde_json::Value;

use super::{Ask, day, number, trajectory};
use crate::web::answer::{Answer, Columns, names};
use crate::web::problem::Problem;
use crate::web::world::World;

/// The name of whoever has this SIRET.
pub fn buyer<'a>(tree: &'a EntityTree, siret: &str) -> Option<&'a str> {
    tree.of_siret(siret).map(|buyer| &*tree.entity(buyer).name)
}

fn cells(world: &World, of: i16) -> impl Iterator<Item = (&Cell, &Spend)> {
    world.ledger().cells.iter().filter(move |((_, _, year), _)| *year == of)
}

/// What a buyer spent on a category in a civil year, and what stands beside it.
struct Bought<'a> {
    siret: &'a str,
    buyer: Option<&'a str>,
    category: &'a str,
    year: i16,
    spend: &'a Spend,
    known: Option<&'a Category>,
    step: Option<&'a Step>,
    target: Option<f64>,
    trajectory: Option<&'a Trajectory>,
    filing: Option<&'a Filing>,
    declared: Option<&'a declaration::Row>,
}

/// What is told of it.
static FIGURES: Columns<fn(&Bought) -> Value> = &[
    ("siret", |of| of.siret.into()),
    ("buyer", |of| of.buyer.into()),
    ("category", |of| of.category.into()),
    ("label", |of| of.known.map(|category| category.label).into()),
    ("year", |of| of.year.into()),
    ("total", |of| (of.spend.purchases() + of.spend.gifts).euros().into()),
    ("purchases", |of| of.spend.purchases().euros().into()),
    ("reuse", |of| of.spend.reuse().euros().into()),
    ("gifts", |of| of.spend.gifts.euros().into()),
    ("rentals", |of| of.spend.rentals.euros().into()),
    ("derogated", |of| of.spend.derogated.euros().into()),
    ("unknown", |of| of.spend.unknown().euros().into()),
    ("ratio", |of| number(of.spend.ratio())),
    ("ratio_without_gifts", |of| number(of.spend.ratio_without_gifts())),
    ("ratio_at_most", |of| number(of.spend.ratio_bounds().map(|(_, most)| most))),
    ("target", |of| number(of.target)),
    ("target_text", |of| of.step.map(|step| &*step.text).into()),
    ("target_certainty", |of| of.step.map(|step| step.certainty.name()).into()),
    ("target_checked_by", |of| of.step.and_then(|step| step.checked_by.as_deref()).into()),
    ("missing", |of| number(of.target.and_then(|target| Some(of.spend.missing(target)?.euros())))),
    ("coverage", |of| number(of.spend.coverage())),
    ("projected", |of| number(of.trajectory.and_then(Trajectory::projected))),
    ("required_share", |of| number(of.trajectory.and_then(Trajectory::required))),
    ("units", |of| of.spend.units.0.into()),
    ("reuse_units", |of| of.spend.units.1.into()),
    ("unvalued_gifts", |of| of.spend.unvalued_gifts.into()),
    ("recycled", |of| of.spend.recycled.euros().into()),
    ("filed", |of| day(of.filing.map(|filing| filing.date))),
    ("filed_total", |of| number(of.declared.map(|row| row.total.euros()))),
    ("filed_reuse", |of| number(of.declared.map(|row| row.reuse.euros()))),
    ("filed_gifts", |of| number(of.declared.map(|row| row.gifts.euros()))),
    ("text", |of| of.known.map(|category| category.text).into()),
];

/// Euros and rates by buyer and category.
pub fn year(ask: &Ask) -> Result<Answer, Problem> {
    let of = ask.year()?;
    let world = ask.world();
    let law = &ask.edition.settings.law;
    // A year that is over has nothing to come.
    let current = if of == world.key.at.year() { trajectory::of(&world, of) } else { Vec::new() };
    let rows = cells(&world, of).map(|((siret, category, year), spend)| {
        let trajectory = current.iter().find(|found| found.siret == *siret && found.category == *category);
        let target = law.target(category, *year);
        let known = law.category_named(category, *year);
        let step = known.and_then(|category| category.step(*year));
        let filing = world.snapshot().filing(siret, *year);
        // What it said, beside what is known now.
        let label = known.map_or(&**category, |category| category.label);
        let declared = filing.and_then(|filing| filing.rows.iter().find(|row| *row.label == *label));
        let buyer = buyer(&ask.edition.snapshot.entities, siret);
        let (siret, category, year) = (&**siret, &**category, *year);
        let told = Bought { siret, buyer, category, year, spend, known, step, target, trajectory, filing, declared };
        FIGURES.iter().map(|(name, of)| (*name, of(&told))).collect()
    });
    let more = vec![("year", of.into())];
    Ok(Answer::List { columns: names(FIGURES), rows: rows.collect(), next: None, more })
}

/// What is told of a purchase.
static LINE: Columns<fn(&SpendLine, &Snapshot) -> Value> = &[
    ("origin", |line, snapshot| (&*line.id(snapshot)).into()),
    ("from", |line, _| if line.origin.is_line() { "ledger" } else { "asset" }.into()),
    ("siret", |line, _| (&**line.siret.text()).into()),
    ("category", |line, _| line.category.into()),
    ("year", |line, _| line.year.into()),
    ("date", |line, _| line.date.to_string().into()),
    ("kind", |line, _| line.kind.map(Word::name).into()),
    ("condition", |line, _| line.condition.name().into()),
    ("quantity", |line, _| line.quantity.into()),
    ("amount", |line, _| line.amount.euros().into()),
    ("counted", |line, _| line.counted.name().into()),
    ("to_total", |line, _| line.to_total().euros().into()),
    ("to_reuse", |line, _| line.to_reuse().euros().into()),
    ("in_total", |line, _| (line.counted != Counted::No).into()),
    ("in_reuse", |line, _| matches!(line.counted, Counted::Reuse | Counted::Gift).into()),
    ("why", |line, _| line.why.text().into()),
    ("derogated", |line, _| line.derogated.into()),
    ("rental", |line, _| line.is_rental().into()),
    ("recycled", |line, _| line.recycled.into()),
    ("proof", |line, _| line.proof.as_deref().into()),
];

/// Every purchase with its side and the reason.
pub fn lines(ask: &Ask) -> Result<Answer, Problem> {
    let of = ask.year()?;
    let world = ask.world();
    let lines = world.ledger().lines.iter().enumerate().filter(|(_, line)| line.year == of);
    let snapshot = world.snapshot();
    let items: Vec<(Text, usize)> = lines.map(|(at, line)| (line.id(snapshot), at)).collect();
    ask.paged(items, names(LINE), move |at| {
        let line = &world.ledger().lines[*at];
        LINE.iter().map(|(name, of)| (*name, of(line, world.snapshot()))).collect()
    })
}

/// The declaration in the national schema, as it stands today.
pub fn declaration(ask: &Ask) -> Result<Answer, Problem> {
    let of = ask.year()?;
    let world = ask.world();
    let rows = declaration::rows(world.ledger(), &ask.edition.settings.law, &ask.edition.snapshot.entities, of);
    let faults = declaration::faults(&rows, &ask.edition.settings.law, ask.edition.today);
    if let Some(fault) = faults.iter().find(|fault| fault.wrong) {
        let detail = format!("the declaration of {of} would be wrong: {}: {}", fault.about, fault.what);
        return Err(Problem::parameter("year", detail));
    }
    let lines = crate::declaration::lines(&rows);
    Ok(Answer::Lines { file: format!("declaration-{of}.csv"), lines })
}
