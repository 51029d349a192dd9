//! The town that benches make up, and how it is asked.

use domain::assumption::Assumptions;
use domain::entity::{Entity, EntityTree};
use domain::indicator::{Publishing, Settings};
use domain::law::Law;
use domain::packed::Packed;
use domain::reconcile::Rules;
use domain::record::Text;
use domain::testimony::{Lines, Moment, Source, Testimony};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

pub const TODAY: Date = date(2026, 11, 24);
pub const PUBLISHING: Publishing = Publishing { entity_depth: 1, min_cell: 5, folded: true };

/// A town or a body of it.
pub fn body(id: &str) -> Entity {
    Entity { id: Text::from(id), name: Text::from(id), configured: true, ..Entity::default() }
}

/// What one tool says.
pub fn testimony(tool: &str, observations: Vec<Packed>, lines: Lines) -> Testimony {
    let source = Source {
        name: Text::from(tool),
        creates: true,
        realm: Text::default(),
        entity: None,
        unlisted_after: 90 * 86_400,
        exits_recorded_since: None,
    };
    Testimony { source, harvested: Moment(1_795_500_000), observations, lines, power: Vec::new() }
}

pub fn rules(nodes: Vec<Entity>) -> Rules {
    Rules {
        entities: EntityTree { nodes },
        rooms: Vec::new(),
        time_zone: TimeZone::UTC,
        filings: Vec::new(),
        appraisals: Vec::new(),
    }
}

pub fn settings() -> Settings {
    let factors = factors::load(&[] as &[&std::path::Path]).expect("the shipped factors are right");
    Settings { factors, assumptions: Assumptions::default(), law: Law::default(), objectives: Vec::new() }
}
