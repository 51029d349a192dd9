//! AGEC article 58: how a civil year's rate comes about, month by month, and what is still to be bought.

use domain::law::trajectory::{Price, Trajectory};
use domain::quantity::Cents;
use domain::word::Word;

use super::procurement::buyer;
use super::{Ask, number};
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;
use crate::web::world::World;

/// The trajectories of a civil year, as far as the viewer sees its purchases.
pub fn of(world: &World, year: i16) -> Vec<Trajectory> {
    Trajectory::of(world.ledger(), &world.edition.settings.law, world.key.at, year)
}

/// What each row begins with.
fn head(ask: &Ask, trajectory: &Trajectory) -> Row {
    vec![
        ("siret", (&*trajectory.siret).into()),
        ("buyer", buyer(&ask.edition.snapshot.entities, &trajectory.siret).into()),
        ("category", (&*trajectory.category).into()),
    ]
}

/// Month by month, up to today.
pub fn months(ask: &Ask) -> Result<Answer, Problem> {
    let year = ask.year()?;
    let mut rows = Vec::new();
    for trajectory in of(&ask.world(), year) {
        for month in &trajectory.months {
            let mut row = head(ask, &trajectory);
            row.extend([
                ("month", month.first.strftime("%Y-%m").to_string().into()),
                ("total", month.own.total.euros().into()),
                ("reuse", month.own.reuse.euros().into()),
                ("ratio", number(month.own.ratio())),
                ("cumulated_total", month.so_far.total.euros().into()),
                ("cumulated_reuse", month.so_far.reuse.euros().into()),
                ("cumulated_ratio", number(month.so_far.ratio())),
                ("target", number(trajectory.target)),
            ]);
            rows.push(row);
        }
    }
    Ok(Answer::List { rows, next: None, more: vec![("year", year.into())] })
}

/// How many units of each kind alone would close the gap.
pub fn missing(ask: &Ask) -> Result<Answer, Problem> {
    let year = ask.year()?;
    let mut rows = Vec::new();
    for trajectory in of(&ask.world(), year) {
        for need in &trajectory.needs {
            let mut row = head(ask, &trajectory);
            row.extend([
                ("kind", need.kind.name().into()),
                ("missing", number(trajectory.missing.map(Cents::euros))),
                ("mean_price", number(need.price.map(Price::mean))),
                ("units", number(need.units)),
                ("prices_known", need.price.map_or(0.0, |price| price.units).into()),
                ("note", need.note.into()),
            ]);
            rows.push(row);
        }
    }
    Ok(Answer::List { rows, next: None, more: vec![("year", year.into())] })
}
