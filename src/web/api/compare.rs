//! The annual footprint of two days, and what makes the difference.

use domain::entity::EntityId;
use domain::indicator::footprint::{Effect, compare, is_known};
use domain::word::{Kind, Word};
use serde_json::{Value, json};

use super::{Ask, number};
use crate::web::answer::Answer;
use crate::web::problem::Problem;
use crate::web::world::Key;

/// The effects, in their order: they add up to `difference`, in grams.
pub fn effects(ask: &Ask) -> Result<Answer, Problem> {
    let (from, to) = ask.days()?;
    let (kind, entity) = (ask.kind()?, ask.entity_of_assets()?);
    let world = ask.worlds.of(&ask.edition, Key::of(&ask.edition, &ask.viewer).about(&[from, to]));
    let bases = [world.basis(from), world.basis(to)];
    for (name, basis) in ["from", "to"].into_iter().zip(&bases) {
        if !is_known(basis) {
            return Err(Problem::parameter(name, format!("`{name}`: nothing is known of {} yet", basis.at)));
        }
    }
    let entities = &ask.edition.snapshot.entities;
    let asked = |of: EntityId, what: Option<Kind>| {
        kind.is_none_or(|kind| kind == what) && entity.is_none_or(|entity| entities.is_within(of, entity))
    };
    let told = compare(&bases[0], &bases[1], asked);
    let told = told.as_ref();
    let rows = Effect::ALL.iter().enumerate().map(|(at, (effect, name))| {
        vec![
            ("effect", (*name).into()),
            ("value", number(told.map(|told| told.effects[at].1.0))),
            ("unit", "grams".into()),
            ("about", effect.about().into()),
        ]
    });
    let end = |end: usize| {
        let day = bases[end].at.to_string();
        let value = number(told.map(|told| [told.from, told.to][end].0));
        json!({ "date": day, "value": value, "coverage": number(told.map(|told| told.coverage[end])) })
    };
    let note = told.is_none().then_some("on one of these days nothing of it has a figure");
    let more = vec![
        ("unit", "grams".into()),
        ("from", end(0)),
        ("to", end(1)),
        ("difference", number(told.map(|told| told.difference.value.0))),
        ("low", number(told.map(|told| told.difference.low.0))),
        ("high", number(told.map(|told| told.difference.high.0))),
        ("note", note.map_or(Value::Null, Value::from)),
    ];
    Ok(Answer::List { columns: Vec::new(), rows: rows.collect(), next: None, more })
}
