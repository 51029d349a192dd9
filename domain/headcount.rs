//! How many people work where.

use jiff::civil::Date;

use crate::record::{Field, Record, Takes, Text, Told};

/// How many agents an entity, or one of its departments, had on a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Headcount {
    /// Counted on.
    pub date: Option<Date>,
    /// Entity as the source names it.
    pub entity: Option<Text>,
    /// Department; none means the entity's total.
    pub department: Option<Text>,
    /// How many people.
    pub agents: Option<f64>,
}

impl Record for Headcount {
    const NAME: &'static str = "headcount";
    const FIELDS: &'static [Field<Self>] = &[
        Field { name: "date", takes: Takes::Date, get: |r| r.date.tell(), set: |r, v| r.date = Told::told(v) },
        Field { name: "entity", takes: Takes::Text, get: |r| r.entity.tell(), set: |r, v| r.entity = Told::told(v) },
        Field {
            name: "department",
            takes: Takes::Text,
            get: |r| r.department.tell(),
            set: |r, v| r.department = Told::told(v),
        },
        Field {
            name: "agents",
            takes: Takes::Number,
            get: |r| r.agents.tell(),
            set: |r, v| r.agents = Told::told(v),
        },
    ];
}
