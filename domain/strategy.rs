//! A strategy (REEN, article 35): what it counts by hand, its actions, the services that others run, its objectives.
//! Actions name departments; nothing here names a person.

use jiff::civil::Date;

use crate::quantity::Cents;
use crate::record::{Field, Record, Takes, Text, Told};
use crate::word::{ActionStatus, ServiceScope, Theme, Word};

/// A figure that nobody can measure: agents trained, workshops held, publications.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declared {
    /// True on.
    pub date: Option<Date>,
    /// Entity as the source names it.
    pub entity: Option<Text>,
    /// Theme of the strategy.
    pub theme: Option<Theme>,
    /// What is counted.
    pub name: Option<Text>,
    /// How much.
    pub value: Option<f64>,
    /// Of what; in the words of the table.
    pub unit: Option<Text>,
    /// Where it comes from.
    pub source: Option<Text>,
    /// In the words of who declares it.
    pub note: Option<Text>,
}

impl Record for Declared {
    const NAME: &'static str = "declared";
    const FIELDS: &'static [Field<Self>] = &[
        Field { name: "date", takes: Takes::Date, get: |r| r.date.tell(), set: |r, v| r.date = Told::told(v) },
        Field { name: "entity", takes: Takes::Text, get: |r| r.entity.tell(), set: |r, v| r.entity = Told::told(v) },
        Field {
            name: "theme",
            takes: Takes::Word(Theme::canonical, Theme::names),
            get: |r| r.theme.tell(),
            set: |r, v| r.theme = Told::told(v),
        },
        Field { name: "name", takes: Takes::Text, get: |r| r.name.tell(), set: |r, v| r.name = Told::told(v) },
        Field { name: "value", takes: Takes::Number, get: |r| r.value.tell(), set: |r, v| r.value = Told::told(v) },
        Field { name: "unit", takes: Takes::Text, get: |r| r.unit.tell(), set: |r, v| r.unit = Told::told(v) },
        Field { name: "source", takes: Takes::Text, get: |r| r.source.tell(), set: |r, v| r.source = Told::told(v) },
        Field { name: "note", takes: Takes::Text, get: |r| r.note.tell(), set: |r, v| r.note = Told::told(v) },
    ];
}

/// An action of the strategy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Action {
    /// The house's own number for it.
    pub id: Option<Text>,
    /// Theme of the strategy.
    pub theme: Option<Theme>,
    /// What is to be done.
    pub title: Option<Text>,
    /// How far it is.
    pub status: Option<ActionStatus>,
    /// The department that carries it; never a person.
    pub department: Option<Text>,
    /// It begins, or began, on.
    pub start: Option<Date>,
    /// To be done by.
    pub due: Option<Date>,
    /// What shows its effect.
    pub indicator: Option<Text>,
    /// What keeps it from going on.
    pub blocked_by: Option<Text>,
}

impl Record for Action {
    const NAME: &'static str = "actions";
    const FIELDS: &'static [Field<Self>] = &[
        Field { name: "id", takes: Takes::Text, get: |r| r.id.tell(), set: |r, v| r.id = Told::told(v) },
        Field {
            name: "theme",
            takes: Takes::Word(Theme::canonical, Theme::names),
            get: |r| r.theme.tell(),
            set: |r, v| r.theme = Told::told(v),
        },
        Field { name: "title", takes: Takes::Text, get: |r| r.title.tell(), set: |r, v| r.title = Told::told(v) },
        Field {
            name: "status",
            takes: Takes::Word(ActionStatus::canonical, ActionStatus::names),
            get: |r| r.status.tell(),
            set: |r, v| r.status = Told::told(v),
        },
        Field {
            name: "department",
            takes: Takes::Text,
            get: |r| r.department.tell(),
            set: |r, v| r.department = Told::told(v),
        },
        Field { name: "start", takes: Takes::Date, get: |r| r.start.tell(), set: |r, v| r.start = Told::told(v) },
        Field { name: "due", takes: Takes::Date, get: |r| r.due.tell(), set: |r, v| r.due = Told::told(v) },
        Field {
            name: "indicator",
            takes: Takes::Text,
            get: |r| r.indicator.tell(),
            set: |r, v| r.indicator = Told::told(v),
        },
        Field {
            name: "blocked_by",
            takes: Takes::Text,
            get: |r| r.blocked_by.tell(),
            set: |r, v| r.blocked_by = Told::told(v),
        },
    ];
}

impl Action {
    /// Due before this day, and not done.
    pub fn is_late(&self, today: Date) -> bool {
        self.status != Some(ActionStatus::Done) && self.due.is_some_and(|due| due < today)
    }

    /// Something keeps it from going on.
    pub fn is_blocked(&self) -> bool {
        self.status != Some(ActionStatus::Done) && self.blocked_by.is_some()
    }
}

/// A service that others run, as its supplier declares it for a civil year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceLine {
    /// Civil year.
    pub year: Option<f64>,
    /// Entity as the source names it.
    pub entity: Option<Text>,
    /// What sort of service.
    pub scope: Option<ServiceScope>,
    /// The service.
    pub name: Option<Text>,
    /// Who runs it.
    pub supplier: Option<Text>,
    /// Electricity of the year, in kilowatt-hours.
    pub kwh: Option<f64>,
    /// Climate footprint of the year, in kilograms of CO2 equivalent.
    pub co2e_kg: Option<f64>,
    /// Spent in the year, without tax.
    pub amount_ht: Option<Cents>,
    /// The document that says so.
    pub origin: Option<Text>,
}

impl Record for ServiceLine {
    const NAME: &'static str = "services";
    const FIELDS: &'static [Field<Self>] = &[
        Field { name: "year", takes: Takes::Number, get: |r| r.year.tell(), set: |r, v| r.year = Told::told(v) },
        Field { name: "entity", takes: Takes::Text, get: |r| r.entity.tell(), set: |r, v| r.entity = Told::told(v) },
        Field {
            name: "scope",
            takes: Takes::Word(ServiceScope::canonical, ServiceScope::names),
            get: |r| r.scope.tell(),
            set: |r, v| r.scope = Told::told(v),
        },
        Field { name: "name", takes: Takes::Text, get: |r| r.name.tell(), set: |r, v| r.name = Told::told(v) },
        Field {
            name: "supplier",
            takes: Takes::Text,
            get: |r| r.supplier.tell(),
            set: |r, v| r.supplier = Told::told(v),
        },
        Field { name: "kwh", takes: Takes::Number, get: |r| r.kwh.tell(), set: |r, v| r.kwh = Told::told(v) },
        Field {
            name: "co2e_kg",
            takes: Takes::Number,
            get: |r| r.co2e_kg.tell(),
            set: |r, v| r.co2e_kg = Told::told(v),
        },
        Field {
            name: "amount_ht",
            takes: Takes::Money,
            get: |r| r.amount_ht.tell(),
            set: |r, v| r.amount_ht = Told::told(v),
        },
        Field { name: "origin", takes: Takes::Text, get: |r| r.origin.tell(), set: |r, v| r.origin = Told::told(v) },
    ];
}

/// What the strategy wants to reach, as the configuration tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Its name.
    pub name: Text,
    /// The family that it follows, without `ecoparc_`.
    pub indicator: &'static str,
    /// Labels and values of the one reading that it follows.
    pub slice: Vec<(Text, Text)>,
    /// Theme of the strategy.
    pub theme: Theme,
    /// Progress is counted from this day.
    pub baseline_date: Date,
    /// The value on that day; computed from the inventory where it is not told.
    pub baseline_value: Option<f64>,
    /// The value to reach, in the indicator's unit.
    pub target: f64,
    /// To be reached by.
    pub target_date: Date,
}
