//! What ecoparc knows of the law: every figure with its text, and how sure it is.

use domain::law::Step;
use domain::word::Word;

use super::{Ask, number};
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;

/// Targets of purchases and exits, and the gift grid. What is not established has no value.
pub fn all(ask: &Ask) -> Result<Answer, Problem> {
    let law = &ask.edition.settings.law;
    let mut rows: Vec<Row> = Vec::new();
    for category in &law.categories {
        for step in &category.steps {
            let kinds: Vec<&str> = category.kinds.iter().map(|kind| kind.name()).collect();
            let until = (category.years.1 < i16::MAX).then_some(category.years.1);
            let mut row: Row = vec![
                ("of", "purchases".into()),
                ("category", category.name.into()),
                ("label", category.label.into()),
                ("kinds", kinds.join(" ").into()),
                ("until", until.into()),
            ];
            row.extend(of_step(step));
            rows.push(row);
        }
    }
    for step in &law.exit_targets {
        let mut row: Row = vec![("of", "exits".into())];
        row.extend(of_step(step));
        rows.push(row);
    }
    for gift in &law.gifts {
        rows.push(vec![
            ("of", "gifts".into()),
            ("kinds", gift.kind.name().into()),
            ("under_years", gift.under_years.into()),
            ("value", gift.value.euros().into()),
            ("unit", "euros".into()),
            ("text", (&*gift.text).into()),
            ("certainty", gift.certainty.name().into()),
            ("checked_by", gift.checked_by.as_deref().into()),
        ]);
    }
    Ok(Answer::all(Vec::new(), rows))
}

fn of_step(step: &Step) -> Row {
    vec![
        ("from", step.from.into()),
        ("value", number(step.share)),
        ("unit", "ratio".into()),
        ("text", (&*step.text).into()),
        ("certainty", step.certainty.name().into()),
        ("checked_by", step.checked_by.as_deref().into()),
    ]
}
