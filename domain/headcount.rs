//! How many people work where.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::record::{Field, Record, Takes, Text, Told};
use crate::testimony::Line;

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

/// What a source that counts people day by day has told so far: what it told before, and of today what is another number
/// than before. What it does not count any more is none.
pub fn carried(before: &[Line<Headcount>], now: Vec<Line<Headcount>>, today: Date) -> Vec<Line<Headcount>> {
    type Place<'a> = (&'a Option<Text>, &'a Option<Text>);
    let before = || before.iter().filter(|line| line.told.date.is_some_and(|date| date < today));
    let mut told: Vec<Line<Headcount>> = before().cloned().collect();
    let mut newest: BTreeMap<Place, (Option<Date>, Option<f64>)> = BTreeMap::new();
    for line in before() {
        let known = newest.entry((&line.told.entity, &line.told.department)).or_default();
        if line.told.date >= known.0 {
            *known = (line.told.date, line.told.agents);
        }
    }
    let counted: BTreeSet<Place> = now.iter().map(|line| (&line.told.entity, &line.told.department)).collect();
    let none = newest.iter().filter(|(place, (_, agents))| !counted.contains(*place) && *agents != Some(0.0)).map(
        |((entity, department), _)| Headcount {
            date: Some(today),
            entity: (*entity).clone(),
            department: (*department).clone(),
            agents: Some(0.0),
        },
    );
    let mut changed: Vec<Headcount> = none.collect();
    changed.extend(now.iter().map(|line| line.told.clone()).filter(|told| {
        newest.get(&(&told.entity, &told.department)).is_none_or(|(_, agents)| *agents != told.agents)
    }));
    let key = |told: &Headcount| {
        let place = [&told.entity, &told.department].into_iter().flatten().map(|part| &**part).collect::<Vec<_>>();
        Text::from(format!("{today} {}", place.join(" > ")))
    };
    told.extend(changed.into_iter().map(|told| Line { native: key(&told), told }));
    told
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn line(day: Date, department: &str, agents: f64) -> Line<Headcount> {
        let told =
            Headcount { date: Some(day), entity: None, department: Text::of(department), agents: Some(agents) };
        Line { native: Text::from(department), told }
    }

    fn told(lines: &[Line<Headcount>]) -> Vec<(Date, String, f64)> {
        let of = |line: &Line<Headcount>| {
            let Headcount { date, department, agents, .. } = &line.told;
            Some(((*date)?, department.as_deref().unwrap_or_default().to_owned(), (*agents)?))
        };
        lines.iter().filter_map(of).collect()
    }

    #[test]
    fn numbers_stay_until_they_change() {
        let (first, second, third) = (date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3));
        let one = carried(&[], vec![line(first, "DSI", 12.0), line(first, "DRH", 8.0)], first);
        assert_eq!(told(&one), [(first, "DSI".to_owned(), 12.0), (first, "DRH".to_owned(), 8.0)]);
        // The same again, and once more the same day: nothing is added.
        let two = carried(&one, vec![line(second, "DSI", 12.0), line(second, "DRH", 8.0)], second);
        assert_eq!(told(&two), told(&one));
        // One more, and a department that is no more.
        let three = carried(&two, vec![line(third, "DSI", 13.0)], third);
        assert_eq!(told(&three)[2..], [(third, "DRH".to_owned(), 0.0), (third, "DSI".to_owned(), 13.0)]);
        let later = carried(&three, vec![line(third, "DSI", 14.0)], third);
        assert_eq!(told(&later)[2..], [(third, "DRH".to_owned(), 0.0), (third, "DSI".to_owned(), 14.0)]);
    }
}
