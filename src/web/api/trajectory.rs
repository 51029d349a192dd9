//! AGEC article 58: how a civil year's rate comes about, month by month, and what is still to be bought.

use domain::entity::EntityTree;
use domain::law::trajectory::{Month, Need, Price, Trajectory};
use domain::quantity::Cents;
use domain::word::Word;
use serde_json::Value;

use super::procurement::buyer;
use super::{Ask, number};
use crate::web::answer::{Answer, Row, names};
use crate::web::problem::Problem;
use crate::web::world::World;

/// The trajectories of a civil year, as far as the viewer sees its purchases.
pub fn of(world: &World, year: i16) -> Vec<Trajectory> {
    Trajectory::of(world.ledger(), &world.edition.settings.law, world.key.at, year)
}

/// A trajectory as a row tells it, and something of it.
struct Told<'a, T> {
    entities: &'a EntityTree,
    trajectory: &'a Trajectory,
    of: &'a T,
}

/// A column, and what stands in it.
type Column<T> = (&'static str, fn(&Told<T>) -> Value);

static MONTH: &[Column<Month>] = &[
    ("siret", siret),
    ("buyer", named),
    ("category", category),
    ("month", |told| told.of.first.strftime("%Y-%m").to_string().into()),
    ("total", |told| told.of.own.total.euros().into()),
    ("reuse", |told| told.of.own.reuse.euros().into()),
    ("ratio", |told| number(told.of.own.ratio())),
    ("cumulated_total", |told| told.of.so_far.total.euros().into()),
    ("cumulated_reuse", |told| told.of.so_far.reuse.euros().into()),
    ("cumulated_ratio", |told| number(told.of.so_far.ratio())),
    ("target", |told| number(told.trajectory.target)),
];

static NEED: &[Column<Need>] = &[
    ("siret", siret),
    ("buyer", named),
    ("category", category),
    ("kind", |told| told.of.kind.name().into()),
    ("missing", |told| number(told.trajectory.missing.map(Cents::euros))),
    ("mean_price", |told| number(told.of.price.map(Price::mean))),
    ("units", |told| number(told.of.units)),
    ("prices_known", |told| told.of.price.map_or(0.0, |price| price.units).into()),
    ("note", |told| told.of.note.into()),
];

fn siret<T>(told: &Told<T>) -> Value {
    (&*told.trajectory.siret).into()
}

fn named<T>(told: &Told<T>) -> Value {
    buyer(told.entities, &told.trajectory.siret).into()
}

fn category<T>(told: &Told<T>) -> Value {
    (&*told.trajectory.category).into()
}

/// What each trajectory of a civil year has several of, in these columns.
fn list<T>(ask: &Ask, columns: &[Column<T>], several: fn(&Trajectory) -> &[T]) -> Result<Answer, Problem> {
    let year = ask.year()?;
    let entities = &ask.edition.snapshot.entities;
    let mut rows: Vec<Row> = Vec::new();
    for trajectory in &self::of(&ask.world(), year) {
        for of in several(trajectory) {
            let told = Told { entities, trajectory, of };
            rows.push(columns.iter().map(|(name, of)| (*name, of(&told))).collect());
        }
    }
    Ok(Answer::List { columns: names(columns), rows, next: None, more: vec![("year", year.into())] })
}

/// Month by month, up to today.
pub fn months(ask: &Ask) -> Result<Answer, Problem> {
    list(ask, MONTH, |trajectory| &trajectory.months)
}

/// How many units of each kind alone would close the gap.
pub fn missing(ask: &Ask) -> Result<Answer, Problem> {
    list(ask, NEED, |trajectory| &trajectory.needs)
}
