//! AGEC article 58: the figures of a civil year, the lines behind them, and the declaration.

use domain::entity::EntityTree;
use domain::law::agec::{Cell, Counted, Spend};
use domain::law::declaration;
use domain::law::trajectory::Trajectory;
use domain::record::Text;
use domain::word::Word;

use super::{Ask, day, number, trajectory};
use crate::web::answer::Answer;
use crate::web::problem::Problem;
use crate::web::world::World;

/// The name of whoever has this SIRET.
pub fn buyer<'a>(tree: &'a EntityTree, siret: &str) -> Option<&'a str> {
    tree.nodes.iter().find(|entity| entity.siret.as_deref() == Some(siret)).map(|entity| &*entity.name)
}

fn cells(world: &World, of: i16) -> impl Iterator<Item = (&Cell, &Spend)> {
    world.ledger().cells.iter().filter(move |((_, _, year), _)| *year == of)
}

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
        vec![
            ("siret", (&**siret).into()),
            ("buyer", buyer(&ask.edition.snapshot.entities, siret).into()),
            ("category", (&**category).into()),
            ("label", known.map(|category| category.label).into()),
            ("year", (*year).into()),
            ("total", (spend.purchases() + spend.gifts).euros().into()),
            ("purchases", spend.purchases().euros().into()),
            ("reuse", spend.reuse().euros().into()),
            ("gifts", spend.gifts.euros().into()),
            ("rentals", spend.rentals.euros().into()),
            ("derogated", spend.derogated.euros().into()),
            ("unknown", spend.unknown().euros().into()),
            ("ratio", number(spend.ratio())),
            ("ratio_without_gifts", number(spend.ratio_without_gifts())),
            ("ratio_at_most", number(spend.ratio_bounds().map(|(_, most)| most))),
            ("target", number(target)),
            ("target_text", step.map(|step| &*step.text).into()),
            ("target_certainty", step.map(|step| step.certainty.name()).into()),
            ("target_checked_by", step.and_then(|step| step.checked_by.as_deref()).into()),
            ("missing", number(target.and_then(|target| Some(spend.missing(target)?.euros())))),
            ("coverage", number(spend.coverage())),
            ("projected", number(trajectory.and_then(Trajectory::projected))),
            ("required_share", number(trajectory.and_then(Trajectory::required))),
            ("units", spend.units.0.into()),
            ("reuse_units", spend.units.1.into()),
            ("unvalued_gifts", spend.unvalued_gifts.into()),
            ("recycled", spend.recycled.euros().into()),
            ("filed", day(filing.map(|filing| filing.date))),
            ("filed_total", number(declared.map(|row| row.total.euros()))),
            ("filed_reuse", number(declared.map(|row| row.reuse.euros()))),
            ("filed_gifts", number(declared.map(|row| row.gifts.euros()))),
            ("text", known.map(|category| category.text).into()),
        ]
    });
    Ok(Answer::List { rows: rows.collect(), next: None, more: vec![("year", of.into())] })
}

/// Every purchase with its side and the reason.
pub fn lines(ask: &Ask) -> Result<Answer, Problem> {
    let of = ask.year()?;
    let world = ask.world();
    let lines = world.ledger().lines.iter().enumerate().filter(|(_, line)| line.year == of);
    let items: Vec<(Text, usize)> = lines.map(|(at, line)| (line.origin.clone(), at)).collect();
    ask.paged(items, move |at| {
        let line = &world.ledger().lines[*at];
        vec![
            ("origin", (&*line.origin).into()),
            ("from", if line.from_asset { "asset" } else { "ledger" }.into()),
            ("siret", (&*line.siret).into()),
            ("category", (&*line.category).into()),
            ("year", line.year.into()),
            ("date", line.date.to_string().into()),
            ("kind", line.kind.map(Word::name).into()),
            ("condition", line.condition.name().into()),
            ("quantity", line.quantity.into()),
            ("amount", line.amount.euros().into()),
            ("counted", line.counted.name().into()),
            ("to_total", line.to_total().euros().into()),
            ("to_reuse", line.to_reuse().euros().into()),
            ("in_total", (line.counted != Counted::No).into()),
            ("in_reuse", matches!(line.counted, Counted::Reuse | Counted::Gift).into()),
            ("why", line.why.text().into()),
            ("derogated", line.derogated.into()),
            ("rental", line.is_rental().into()),
            ("recycled", line.recycled.into()),
            ("proof", line.proof.as_deref().into()),
        ]
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
