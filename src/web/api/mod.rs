//! `/api/v1`: the list of routes. The router, the check of parameters and the OpenAPI document all walk it.

mod ask;
pub mod assets;
pub mod compare;
pub mod disposals;
pub mod doubts;
pub mod factors;
pub mod footprint;
pub mod indicators;
pub mod law;
pub mod procurement;
pub mod simulate;
pub mod sources;
pub mod strategy;
pub mod trajectory;
pub mod unseen;

use super::answer::Answer;
use super::problem::Problem;
use crate::config::Scope;
pub use crate::wire::{day, number};
pub use ask::Ask;

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Text.
    Text,
    /// An ISO date.
    Date,
    /// A whole number.
    Number,
}

/// A parameter of a route.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it does.
    pub about: &'static str,
}

const fn text(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, takes: Takes::Text, about }
}

const fn date(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, takes: Takes::Date, about }
}

const LIMIT: Parameter =
    Parameter { name: "limit", takes: Takes::Number, about: "How many items at most, 1 to 1000." };
const CURSOR: Parameter =
    Parameter { name: "cursor", takes: Takes::Text, about: "The `next` of the page before; opaque." };

/// What a route gives, for its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// One object.
    One,
    /// A list of flat objects, as JSON or CSV.
    List,
    /// CSV.
    Csv,
}

/// One route.
pub struct Route {
    /// Its path below `/api/v1`.
    pub path: &'static str,
    /// What it gives, in one sentence.
    pub about: &'static str,
    /// Who may ask.
    pub scope: Scope,
    /// Its query parameters; any other is refused.
    pub parameters: &'static [Parameter],
    /// What it gives.
    pub gives: Gives,
    /// Answers. Runs off the async threads.
    pub answer: fn(&Ask) -> Result<Answer, Problem>,
}

/// Every route that reads.
pub static ALL: &[Route] = &[
    Route {
        path: "/indicators",
        about: "Every reading, today or on another day.",
        scope: Scope::Read,
        parameters: &[
            date("at", "The day at whose end the question is asked; today where it is not told."),
            text("name", "Only this family, without `ecoparc_`."),
            text("entity", "Only this entity and what lies below it: its id, or a name that no other has."),
            text("kind", "Only slices of this kind."),
            text("year", "Only slices of this civil year."),
        ],
        gives: Gives::List,
        answer: indicators::all,
    },
    Route {
        path: HISTORY,
        about: "A family over time: each day as it was published and as it is computed now; of a day that is not \
                stored, computed alone.",
        scope: Scope::Read,
        parameters: &[
            date("from", "First day; a year before `to` where it is not told."),
            date("to", "Last day; today where it is not told."),
            text("step", "day, week, month (default), quarter or year."),
            text("restate", indicators::RESTATE),
        ],
        gives: Gives::List,
        answer: indicators::history,
    },
    Route {
        path: "/assets",
        about: "Assets, sorted by id.",
        scope: Scope::Assets,
        parameters: &[
            text("kind", "Only this kind; `unknown` too."),
            text("entity", "Only this entity and what lies below it: its id, or a name that no other has."),
            text("status", "Only this status today."),
            text("q", "Only those whose id, serial, tag, name, maker, model or place holds this text."),
            date(
                "updated_since",
                "Only those first seen, last seen, reformed, gone or unlisted on this day or later.",
            ),
            LIMIT,
            CURSOR,
        ],
        gives: Gives::List,
        answer: assets::all,
    },
    Route {
        path: "/assets/{id}",
        about: "One asset by any of its ids: every field with who said it, its native ids, and the doubts about it.",
        scope: Scope::Assets,
        parameters: &[],
        gives: Gives::One,
        answer: assets::one,
    },
    Route {
        path: "/assets/{id}/footprint",
        about: "Every step from the factor to the annual figure, each with its origin.",
        scope: Scope::Assets,
        parameters: &[],
        gives: Gives::List,
        answer: assets::footprint,
    },
    Route {
        path: "/unseen",
        about: "What no contact confirms, whose holder has left, or what no inventory lists, thing by thing.",
        scope: Scope::Assets,
        parameters: &[
            text("reason", "silent, owner_left, account_disabled or not_in_inventory; any where it is not told."),
            text("kind", "Only this kind; `unknown` too."),
            LIMIT,
            CURSOR,
        ],
        gives: Gives::List,
        answer: unseen::all,
    },
    Route {
        path: "/footprint",
        about: "The annual footprint of the active fleet as a table that adds up, in the criterion's unit.",
        scope: Scope::Read,
        parameters: &[
            text("by", "Any of kind, entity and phase, separated by commas; all three where it is not told."),
            text(
                "criterion",
                "co2e, adpe or primary_energy; co2e where it is not told, and with entities for it alone.",
            ),
        ],
        gives: Gives::List,
        answer: footprint::table,
    },
    Route {
        path: "/footprint/explanation",
        about: "How the annual footprint is made up, factor by factor: kind, factor, its origin, and why it was chosen.",
        scope: Scope::Read,
        parameters: &[
            text("kind", "Only this kind; `unknown` too."),
            text(
                "entity",
                "Only this entity and what lies below it: its id, or a name that no other has (scope `assets`).",
            ),
        ],
        gives: Gives::List,
        answer: footprint::explanation,
    },
    Route {
        path: "/compare",
        about: "The annual footprint of two days, and its difference cause by cause: the items add up to it.",
        scope: Scope::Read,
        parameters: &[
            date("from", "First day; a year before `to` where it is not told."),
            date("to", "Second day; today where it is not told."),
            text("kind", "Only this kind; `unknown` too."),
            text(
                "entity",
                "Only this entity and what lies below it: its id, or a name that no other has (scope `assets`).",
            ),
        ],
        gives: Gives::List,
        answer: compare::effects,
    },
    Route {
        path: "/procurement/{year}",
        about: "AGEC article 58: euros and rates of a civil year by buyer and category.",
        scope: Scope::Read,
        parameters: &[],
        gives: Gives::List,
        answer: procurement::year,
    },
    Route {
        path: "/procurement/{year}/lines",
        about: "Every purchase of a civil year, counted or not and why; what is counted sums to the figure.",
        scope: Scope::Assets,
        parameters: &[LIMIT, CURSOR],
        gives: Gives::List,
        answer: procurement::lines,
    },
    Route {
        path: "/procurement/{year}/trajectory",
        about: "Spending and rate of a civil year month by month, by buyer and category; gifts on both sides.",
        scope: Scope::Read,
        parameters: &[],
        gives: Gives::List,
        answer: trajectory::months,
    },
    Route {
        path: "/procurement/{year}/missing",
        about: "Euros missing of the target, and how many refurbished units of each kind alone would close the gap.",
        scope: Scope::Read,
        parameters: &[],
        gives: Gives::List,
        answer: trajectory::missing,
    },
    Route {
        path: "/procurement/{year}/declaration.csv",
        about: "The declaration of a civil year in the national schema.",
        scope: Scope::Read,
        parameters: &[],
        gives: Gives::Csv,
        answer: procurement::declaration,
    },
    Route {
        path: "/disposals/{year}",
        about: "REEN article 16: A, B and the rate of a civil year by owner.",
        scope: Scope::Read,
        parameters: &[],
        gives: Gives::List,
        answer: disposals::year,
    },
    Route {
        path: "/disposals/{year}/lines",
        about: "Every exit of a civil year and every reformed good in stock on its 1 January; what is counted sums to A and B.",
        scope: Scope::Assets,
        parameters: &[LIMIT, CURSOR],
        gives: Gives::List,
        answer: disposals::lines,
    },
    Route {
        path: "/sources",
        about: "How each source is doing; without scope `assets`, of why it fails the class alone, and neither notes nor \
                the rows that were refused.",
        scope: Scope::Read,
        parameters: &[],
        gives: Gives::List,
        answer: sources::all,
    },
    Route {
        path: "/doubts",
        about: "What could not be settled; without scope `assets`, how many by reason.",
        scope: Scope::Read,
        parameters: &[text("reason", "Only this reason."), LIMIT, CURSOR],
        gives: Gives::List,
        answer: doubts::all,
    },
    Route {
        path: "/objectives",
        about: "What the strategy wants to reach: baseline, now, target, progress (1 is reached) and that of an even pace.",
        scope: Scope::Read,
        parameters: &[text("theme", "Only this theme of the strategy, 1 to 6.")],
        gives: Gives::List,
        answer: strategy::objectives,
    },
    Route {
        path: "/actions",
        about: "The actions of the strategy, with those that are late or blocked.",
        scope: Scope::Read,
        parameters: &[
            text("theme", "Only this theme of the strategy, 1 to 6."),
            text("status", "Only to_start, running or done."),
            LIMIT,
            CURSOR,
        ],
        gives: Gives::List,
        answer: strategy::actions,
    },
    Route {
        path: "/declared",
        about: "Figures that nobody can measure, as they are declared.",
        scope: Scope::Read,
        parameters: &[text("theme", "Only this theme of the strategy, 1 to 6."), LIMIT, CURSOR],
        gives: Gives::List,
        answer: strategy::declared,
    },
    Route {
        path: "/services",
        about: "Services that others run, as their suppliers declare them.",
        scope: Scope::Read,
        parameters: &[text("year", "Only this civil year."), LIMIT, CURSOR],
        gives: Gives::List,
        answer: strategy::services,
    },
    Route {
        path: "/law",
        about: "Every figure of the law that is in use, with its text, how sure it is, and who has checked it.",
        scope: Scope::Read,
        parameters: &[],
        gives: Gives::List,
        answer: law::all,
    },
    Route {
        path: "/factors",
        about: "Every published number and every assumption in use, with its origin.",
        scope: Scope::Read,
        parameters: &[],
        gives: Gives::List,
        answer: factors::all,
    },
];

/// The one route that also reads what is stored.
pub const HISTORY: &str = "/indicators/{name}/history";

/// Every route that computes on what is sent, and changes nothing.
pub static SENT: &[Route] = &[Route {
    path: "/simulate",
    about: "A scenario beside today's course over five years: footprint, purchases, spending, rate of reuse, exits.",
    scope: Scope::Read,
    parameters: &[text(
        "entity",
        "Only this entity and what lies below it: its id, or a name that no other has (scope `assets`).",
    )],
    gives: Gives::List,
    answer: simulate::courses,
}];

/// The cursor that goes on after an id.
pub fn cursor(id: &str) -> String {
    hex::encode(id)
}
