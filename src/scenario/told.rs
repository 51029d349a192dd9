//! A simulation as rows, for the API and the command line.

use domain::indicator::kind_label;
use domain::simulation::{Course, Part, Simulation, Year};
use domain::word::Word;
use serde_json::Value;

/// A flat object: names and values, in order.
pub type Row = Vec<(&'static str, Value)>;

fn number(value: Option<f64>) -> Value {
    value.map_or(Value::Null, Value::from)
}

/// The figures of a kind or of all, each with its name, which tells the unit.
fn figures(part: &Part) -> Vec<(&'static str, Option<f64>)> {
    let [made, used] = part.covered.map(|told| told > 0.0 || part.assets == 0.0);
    let flow = part.flow.as_ref();
    vec![
        ("total_grams", Some(part.total.0).filter(|_| made || used)),
        ("embodied_grams", Some(part.embodied.0).filter(|_| made)),
        ("use_grams", Some(part.used.0).filter(|_| used)),
        ("coverage", Some(part.coverage())),
        ("assets", Some(part.assets)),
        ("exits", flow.map(|flow| flow.exits)),
        ("removed", flow.map(|flow| flow.removed)),
        ("joined", flow.map(|flow| flow.joined)),
        ("rented", flow.map(|flow| flow.rented)),
        ("bought_new", flow.map(|flow| flow.new)),
        ("bought_refurbished", flow.map(|flow| flow.refurbished)),
        ("spent_euros", flow.and_then(|flow| flow.spent())),
        ("spent_refurbished_euros", flow.and_then(|flow| flow.spent().map(|_| flow.euros_refurbished))),
        ("spent_coverage", flow.map(|flow| flow.coverage())),
    ]
}

/// Both courses and their difference, year by year: figures of all.
pub fn years(simulation: &Simulation) -> Vec<Row> {
    let mut rows = Vec::new();
    for (year, (today, scenario)) in simulation.today.iter().zip(&simulation.scenario).enumerate() {
        let told = [today, scenario].map(|year| {
            let mut figures = figures(&year.whole);
            figures.push(("reuse_spend_ratio", year.reuse_spend));
            figures.push(("reuse_spend_coverage", year.reuse_spend_coverage));
            figures
        });
        for (course, figures) in courses(told) {
            let mut row = head(year, today, course);
            row.extend(figures.into_iter().map(|(name, value)| (name, number(value))));
            row.push(("reuse_spend_target_ratio", number(today.target)));
            rows.push(row);
        }
    }
    rows
}

/// The same of each kind.
pub fn kinds(simulation: &Simulation) -> Vec<Row> {
    let mut rows = Vec::new();
    let nothing = Part::default();
    for (year, (today, scenario)) in simulation.today.iter().zip(&simulation.scenario).enumerate() {
        let all = today.kinds.iter().chain(&scenario.kinds).map(|(kind, _)| *kind);
        let all: std::collections::BTreeSet<_> = all.collect();
        for kind in all {
            let of = |year: &Year| {
                let part = year.kinds.iter().find(|(of, _)| *of == kind).map_or(&nothing, |(_, part)| part);
                figures(part)
            };
            for (course, figures) in courses([of(today), of(scenario)]) {
                let mut row = head(year, today, course);
                row.insert(0, ("kind", (&*kind_label(kind)).into()));
                row.extend(figures.into_iter().map(|(name, value)| (name, number(value))));
                rows.push(row);
            }
        }
    }
    rows
}

type Figures = Vec<(&'static str, Option<f64>)>;

/// Two courses and the second less the first; that of two coverages means nothing.
fn courses([today, scenario]: [Figures; 2]) -> [(&'static str, Figures); 3] {
    let less = today.iter().zip(&scenario).map(|((name, own), (_, other))| {
        let difference = own.zip(*other).map(|(own, other)| other - own);
        (*name, difference.filter(|_| !name.ends_with("coverage")))
    });
    let difference = less.collect();
    [(Course::Today.name(), today), (Course::Scenario.name(), scenario), ("difference", difference)]
}

fn head(year: usize, of: &Year, course: &str) -> Row {
    vec![("year", year.into()), ("civil_year", of.civil_year.into()), ("course", course.into())]
}

/// Every number that was assumed.
pub fn assumptions(simulation: &Simulation) -> Vec<Row> {
    let rows = simulation.assumptions.iter().map(|line| {
        vec![
            ("name", line.name.as_str().into()),
            ("value", line.value.into()),
            ("unit", line.unit.into()),
            ("course", line.course.map_or("both", Word::name).into()),
            ("origin", line.origin.as_str().into()),
        ]
    });
    rows.collect()
}

/// Rows as a list of objects.
pub fn objects(rows: Vec<Row>) -> Value {
    let object = |row: Row| Value::Object(row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    rows.into_iter().map(object).collect()
}
