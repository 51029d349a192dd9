//! The figures of a report, for programs: JSON with all that the report tells, CSV with a line a figure.

use domain::indicator::footprint::compare;
use domain::word::Word;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Report, Year};
use crate::cells::{line, safe};
use crate::figures::label;
use crate::wire::{self, Row, object};

/// Every figure, as the contract writes them.
#[derive(Default)]
pub struct Data {
    /// Readings of the day, of the report's year or of none, then those of the trend.
    readings: Vec<(Date, Row)>,
    /// Name and rows of everything else.
    lists: Vec<(&'static str, Vec<Row>)>,
    /// From so many of a kind on what people hold is counted; none where all of it is.
    counted_from: Option<usize>,
}

/// What is told of the years before.
const TREND: [&str; 4] =
    ["footprint_fleet_annual_co2e_grams", "lifetime_median_seconds", "reuse_spend_ratio", "disposal_reuse_ratio"];

impl Data {
    pub(super) fn of(year: &Year) -> Self {
        let told = year.told();
        let mut readings = Vec::new();
        for (day, all) in year.trend.iter().rev() {
            let of = day.year().to_string();
            for (indicator, reading) in all {
                let is_own = *day == year.asked.at;
                let labelled = label(reading, "year");
                let wanted = if is_own { &told } else { &of };
                if (is_own || TREND.contains(&indicator.name)) && (labelled.is_empty() || labelled == wanted.as_str())
                {
                    let mut row = wire::reading(indicator, reading);
                    // Of years before, the API tells what each figure rests on.
                    row.retain(|(name, _)| is_own || *name != "rests_on");
                    readings.push((*day, row));
                }
            }
        }
        let snapshot = year.snapshot;
        let changes = year.before.as_ref().and_then(|(before, _)| compare(before, year.basis, |_, _| true));
        let changes = changes.map_or_else(Vec::new, |told| {
            let rows = told.effects.iter().map(|(effect, impact)| -> Row {
                vec![("effect", effect.name().into()), ("value", impact.0.into()), ("unit", "grams".into())]
            });
            rows.collect()
        });
        let set = |set: &domain::factor::FactorSet| -> Row {
            vec![
                ("id", (&*set.id).into()),
                ("publisher", (&*set.publisher).into()),
                ("edition", (&*set.edition).into()),
                ("licence", (&*set.licence).into()),
                ("origin", (&*set.origin).into()),
            ]
        };
        let assumption = |assumption: domain::assumption::Assumption| -> Row {
            vec![
                ("name", assumption.name.into()),
                ("value", assumption.value.into()),
                ("origin", assumption.origin.into()),
            ]
        };
        let settings = year.asked.settings;
        Self {
            readings,
            counted_from: year.least(),
            lists: vec![
                ("changes", changes),
                ("objectives", year.basis.standings().iter().map(wire::objective).collect()),
                (
                    "actions",
                    snapshot
                        .actions
                        .iter()
                        .map(|line| wire::line(wire::ACTION, snapshot, line, year.asked.at))
                        .collect(),
                ),
                (
                    "declared",
                    snapshot
                        .declared
                        .iter()
                        .map(|line| wire::line(wire::DECLARED, snapshot, line, year.asked.at))
                        .collect(),
                ),
                (
                    "services",
                    snapshot
                        .services
                        .iter()
                        .map(|line| wire::line(wire::SERVICE, snapshot, line, year.asked.at))
                        .collect(),
                ),
                ("factor_sets", settings.factors.sets.iter().map(set).collect()),
                ("assumptions", settings.assumptions.all().into_iter().map(assumption).collect()),
            ],
        }
    }
}

/// Writes it as one JSON object.
pub fn json(report: &Report) -> String {
    let figure = |(day, row): &(Date, Row)| {
        let mut figure = vec![("date", Value::from(day.to_string()))];
        figure.extend(row.iter().cloned());
        object(figure)
    };
    let mut told = json!({
        "year": report.year,
        "at": report.at.to_string(),
        "entity": report.entity.0,
        "entity_name": report.entity.1,
        "counted_from": report.data.counted_from,
        "figures": report.data.readings.iter().map(figure).collect::<Vec<_>>(),
    });
    if let Value::Object(map) = &mut told {
        for (name, rows) in &report.data.lists {
            map.insert((*name).to_owned(), rows.iter().cloned().map(object).collect());
        }
    }
    format!("{told}\n")
}

/// Writes its figures as CSV, a line each.
pub fn csv(report: &Report) -> String {
    let heads = ["date", "name", "slice", "value", "low", "high", "unit", "target", "basis", "coverage", "note"];
    let mut text = line(heads.iter().map(|head| (*head).to_owned()));
    for (day, row) in &report.data.readings {
        let told = row.iter().filter(|(name, _)| *name != "rests_on").map(|(_, value)| cell(value));
        text += &line(std::iter::once(day.to_string()).chain(told));
    }
    text
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => safe(text),
        Value::Object(slice) => slice
            .iter()
            .map(|(label, told)| format!("{label}={}", told.as_str().unwrap_or_default()))
            .collect::<Vec<_>>()
            .join("; "),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}
