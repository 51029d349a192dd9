//! Every number that figures rest on.

use domain::word::{Criterion, Word};
use serde_json::Value;

use super::{Ask, number};
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;

fn unit(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Co2e | Criterion::Adpe => "grams",
        Criterion::PrimaryEnergy => "joules",
        Criterion::Water => "litres",
    }
}

/// Rows for equipment, rows for electricity, and our own assumptions.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let settings = &ask.edition.settings;
    let origin = |set: usize, found: &str| -> Row {
        let set = &settings.factors.sets[set];
        vec![
            ("publisher", (&*set.publisher).into()),
            ("edition_of", (&*set.edition).into()),
            ("licence", (&*set.licence).into()),
            ("origin", (&*set.origin).into()),
            ("found", found.into()),
            ("local", set.local.into()),
        ]
    };
    let mut rows: Vec<Row> = Vec::new();
    for factor in &settings.factors.rows {
        let mut row: Row = vec![
            ("id", (&*factor.id).into()),
            ("of", "equipment".into()),
            ("kind", factor.kind.name().into()),
            ("manufacturer", factor.manufacturer.as_deref().into()),
            ("model", factor.model.as_deref().into()),
            ("screen_inches", number(factor.screen_inches)),
            ("document_year", factor.year.into()),
            ("criterion", factor.criterion.name().into()),
            ("unit", unit(factor.criterion).into()),
            ("manufacture", factor.manufacture.0.into()),
            ("distribution", factor.distribution.0.into()),
            ("end_of_life", factor.end_of_life.0.into()),
            ("annual_kwh", number(factor.annual_energy.map(|energy| energy.as_kwh()))),
            ("relative_error_embodied", factor.r_embodied.into()),
            ("relative_error_energy", factor.r_energy.into()),
        ];
        row.extend(origin(factor.set, &factor.found));
        rows.push(row);
    }
    for grid in &settings.factors.grid {
        let mut row: Row = vec![
            ("id", (&*grid.id).into()),
            ("of", "electricity".into()),
            ("country", (&*grid.country).into()),
            ("year", grid.year.into()),
            ("criterion", grid.criterion.name().into()),
            ("unit", format!("{} per kWh", unit(grid.criterion)).into()),
            ("value", grid.intensity.as_per_kwh().into()),
            ("low", number(grid.bounds.map(|(low, _)| low.as_per_kwh()))),
            ("high", number(grid.bounds.map(|(_, high)| high.as_per_kwh()))),
        ];
        row.extend(origin(grid.set, &grid.found));
        rows.push(row);
    }
    for part in &settings.factors.components {
        let (size, low, high) = part.size;
        let mut row: Row = vec![
            ("id", format!("{}/{}", settings.factors.sets[part.set].id, part.part.name()).into()),
            ("of", "part".into()),
            ("criterion", part.criterion.name().into()),
            ("unit", unit(part.criterion).into()),
            ("base", part.base.0.into()),
            ("per_size", part.per.0.into()),
            ("size", size.into()),
            ("size_low", low.into()),
            ("size_high", high.into()),
        ];
        row.extend(origin(part.set, &part.found));
        rows.push(row);
    }
    if let Some(series) = &settings.factors.series {
        let mut row: Row = vec![
            ("id", format!("{}/hourly", settings.factors.sets[series.set].id).into()),
            ("of", "series".into()),
            ("criterion", Criterion::Co2e.name().into()),
            ("days", series.days.len().into()),
        ];
        row.extend(origin(series.set, "hourly.csv"));
        rows.push(row);
    }
    for assumption in settings.assumptions.all() {
        rows.push(vec![
            ("id", assumption.name.into()),
            ("of", "assumption".into()),
            ("value", assumption.value.into()),
            ("unit", Value::Null),
            ("origin", assumption.origin.into()),
        ]);
    }
    Ok(Answer::all(Vec::new(), rows))
}
