//! A scenario beside today's course.

use domain::entity::EntityId;
use domain::simulation::simulate;
use serde_json::Value;

use super::Ask;
use crate::scenario::{Refused, of_json, told};
use crate::web::answer::Answer;
use crate::web::problem::Problem;

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Problem::parameter(&refused.key, refused.to_string())
    }
}

/// Each year of both courses and their difference; beside them each kind's, what was assumed, and notes.
pub fn courses(ask: &Ask) -> Result<Answer, Problem> {
    let scenario = of_json(&ask.body)?;
    let entity = ask.entity_of_assets()?;
    let world = ask.world();
    let basis = world.basis(world.key.at);
    if let Some(fault) = scenario.fault(&basis) {
        return Err(Refused::from(fault).into());
    }
    let entities = &ask.edition.snapshot.entities;
    let asked = |of: EntityId| entity.is_none_or(|entity| entities.is_within(of, entity));
    let simulation = simulate(&basis, &scenario, asked);
    let more = vec![
        ("title", (&*scenario.title).into()),
        ("kinds", told::objects(told::kinds(&simulation))),
        ("assumptions", told::objects(told::assumptions(&simulation))),
        ("notes", simulation.notes.iter().map(String::as_str).map(Value::from).collect()),
    ];
    Ok(Answer::List { columns: Vec::new(), rows: told::years(&simulation), next: None, more })
}
