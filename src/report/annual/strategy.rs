//! The strategy, theme by theme: what people wrote, objectives, actions, what is counted by hand; then the services that
//! others run.

use std::collections::BTreeMap;

use domain::indicator::objective::Standing;
use domain::snapshot::Placed;
use domain::strategy::{Action, Declared};
use domain::word::{ActionStatus, Theme, Word};

use super::{Block, Section, Table, Year, themes};
use crate::figures::label;
use crate::wording::{co2e, date, in_unit, percent, short, words};

pub fn strategy(year: &Year) -> Section {
    let mut blocks = Vec::new();
    for theme in themes().map(Some).chain([None]) {
        let mut inside = Vec::new();
        let note = year.asked.notes.themes.iter().find(|(of, _)| Some(*of) == theme);
        inside.extend(note.map(|(_, text)| Block::Written(text.clone())));
        inside.extend(objectives(year, theme).map(Block::Table));
        inside.extend(actions(year, theme).map(Block::Table));
        inside.extend(declared(year, theme).map(Block::Table));
        if inside.is_empty() && theme.is_none() {
            continue;
        }
        let name = words::theme(year.lang(), theme.map_or("unknown", Word::name));
        let number = theme.map_or_else(String::new, |theme| format!("{}. ", theme.name()));
        blocks.push(Block::Heading(format!("{number}{name}")));
        if inside.is_empty() {
            inside.push(Block::Text(
                year.say("Rien n'est renseigné pour ce thème.", "Nothing is told of this theme.").to_owned(),
            ));
        }
        blocks.append(&mut inside);
    }
    if year.asked.at != year.asked.now.1 && !year.snapshot.actions.is_empty() {
        blocks.push(Block::Small(year.say(
            "L'état des actions est celui du jour où ce bilan est écrit\u{a0}: leur tableau ne dit pas ce qu'il était avant.",
            "The status of actions is that of the day on which this report is written: their table does not tell what it was before.",
        ).to_owned()));
    }
    blocks.extend(year.asked.notes.conclusion.clone().map(Block::Written));
    Section {
        id: "strategy",
        title: year.say("La stratégie, thème par thème", "The strategy, theme by theme").to_owned(),
        blocks,
    }
}

fn objectives(year: &Year, theme: Option<Theme>) -> Option<Table> {
    let lang = year.lang();
    let mut table = Table::new(
        year.say("Objectifs\u{a0}: du point de départ à la cible.", "Objectives: from the baseline to the target."),
        &[
            (year.say("Objectif", "Objective"), false),
            (year.say("Départ", "Baseline"), true),
            (year.say("À ce jour", "Now"), true),
            (year.say("Cible", "Target"), true),
            (year.say("Chemin parcouru", "Way done"), true),
            (year.say("Rythme nécessaire", "Pace needed"), true),
        ],
    );
    for standing in year.basis.standings().iter().filter(|standing| Some(standing.objective.theme) == theme) {
        let objective = &standing.objective;
        let unit = |value: f64| in_unit(lang, value, standing.unit);
        let known = |value: Option<f64>| value.map_or_else(|| year.say("non connu", "not known").to_owned(), unit);
        table.rows.push(vec![
            objective.name.to_string(),
            format!("{} ({})", known(standing.baseline), date(lang, objective.baseline_date)),
            known(standing.now.as_ref().and_then(|now| now.value)),
            format!("{} ({})", unit(objective.target), date(lang, objective.target_date)),
            progress(year, standing),
            standing.needed_per_year.map_or_else(String::new, |needed| match needed == 0.0 {
                true => year.say("aucun", "none").to_owned(),
                false => format!(
                    "{}{} {}",
                    if needed > 0.0 { "+" } else { "" },
                    pace(year, needed, standing.unit),
                    year.say("par an", "a year")
                ),
            }),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// A change in the unit of its indicator: that of a share is in points.
fn pace(year: &Year, change: f64, unit: &str) -> String {
    let lang = year.lang();
    match unit {
        "ratio" => format!("{} {}", short(lang, change * 100.0, 1), year.say("points", "points")),
        unit => in_unit(lang, change, unit),
    }
}

fn progress(year: &Year, standing: &Standing) -> String {
    let told = match standing.ratio {
        Some(ratio) => percent(year.lang(), ratio, 0),
        None => year.unknown(standing.note.as_deref()),
    };
    match standing.on_track {
        Some(true) => format!("{told}, {}", year.say("dans le rythme", "on track")),
        Some(false) => format!("{told}, {}", year.say("en retard sur le rythme", "behind an even pace")),
        None => told,
    }
}

fn actions(year: &Year, theme: Option<Theme>) -> Option<Table> {
    let lang = year.lang();
    let mut table = Table::new(
        year.say("Actions.", "Actions."),
        &[
            (year.say("Action", "Action"), false),
            (year.say("Direction", "Department"), false),
            (year.say("Échéance", "Due"), false),
            (year.say("État", "Status"), false),
        ],
    );
    let lines = year.snapshot.actions.iter().filter(|line| line.told.theme == theme);
    for Placed { told: action, .. } in lines {
        let number = action.id.as_deref().map_or_else(String::new, |id| format!("{id}. "));
        table.rows.push(vec![
            format!("{number}{}", action.title.as_deref().unwrap_or_default()),
            action.department.as_deref().unwrap_or_default().to_owned(),
            action.due.map_or_else(String::new, |due| date(lang, due)),
            state(year, action),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// How far an action is, and what is wrong with it.
fn state(year: &Year, action: &Action) -> String {
    let mut state = match action.status {
        Some(ActionStatus::ToStart) => year.say("à lancer", "to start"),
        Some(ActionStatus::Running) => year.say("en cours", "running"),
        Some(ActionStatus::Done) => year.say("terminée", "done"),
        None => year.say("non renseigné", "not told"),
    }
    .to_owned();
    if action.is_late(year.asked.at) {
        state += year.say(", en retard", ", late");
    }
    if let Some(by) = action.blocked_by.as_deref().filter(|_| action.is_blocked()) {
        state += &format!("{}{by}", year.say(", bloquée\u{a0}: ", ", blocked: "));
    }
    state
}

/// What is counted by hand, each figure with the one before it.
fn declared(year: &Year, theme: Option<Theme>) -> Option<Table> {
    let lang = year.lang();
    let mut figures: BTreeMap<(&str, &str), Vec<&Declared>> = BTreeMap::new();
    for line in year.snapshot.declared.iter().filter(|line| line.told.theme == theme) {
        let entity = &year.snapshot.entities.entity(line.entity).name;
        if line.told.date.is_some_and(|date| date <= year.asked.at)
            && let Some(name) = line.told.name.as_deref()
        {
            figures.entry((name, entity)).or_default().push(&line.told);
        }
    }
    let mut table = Table::new(
        year.say("Relevés à la main.", "Counted by hand."),
        &[
            (year.say("Indicateur", "Indicator"), false),
            (year.say("Entité", "Entity"), false),
            (year.say("Valeur", "Value"), true),
            (year.say("Au", "As of"), false),
            (year.say("Valeur précédente", "Value before"), true),
            (year.say("Provenance", "Source"), false),
        ],
    );
    for ((name, entity), mut lines) in figures {
        lines.sort_by_key(|line| line.date);
        let value = |line: &Declared| {
            line.value.map_or_else(String::new, |value| {
                format!("{} {}", short(lang, value, 2), line.unit.as_deref().unwrap_or_default())
                    .trim_end()
                    .to_owned()
            })
        };
        let Some((last, before)) = lines.split_last() else { continue };
        let source = [last.source.as_deref(), last.note.as_deref()];
        table.rows.push(vec![
            name.to_owned(),
            entity.to_owned(),
            value(last),
            last.date.map_or_else(String::new, |day| date(lang, day)),
            before.last().map_or_else(String::new, |line| value(line)),
            source.into_iter().flatten().collect::<Vec<_>>().join(", "),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// Services that others run, as they declare them.
pub fn services(year: &Year) -> Section {
    let lang = year.lang();
    let scope = |name: &str| match name {
        "hosting" => year.say("Hébergement", "Hosting"),
        "cloud" => year.say("Informatique en nuage", "Cloud"),
        "connected_territory" => year.say("Territoire connecté", "Connected territory"),
        _ => year.say("Contrats de service", "Service contracts"),
    };
    let mut sums: BTreeMap<(String, String), [Option<f64>; 2]> = BTreeMap::new();
    let mut missing = false;
    for (at, of) in [year.asked.year, year.asked.year - 1].into_iter().enumerate() {
        for reading in year.figures.all("footprint_declared_co2e_grams", &[("year", &of.to_string())]) {
            let key = (label(reading, "entity").to_owned(), label(reading, "scope").to_owned());
            sums.entry(key).or_default()[at] = reading.value;
            missing |= reading.coverage < 1.0;
        }
    }
    let mut table = Table::new(
        year.say(
            "Ce que les prestataires déclarent de l'année\u{a0}; jamais ajouté à l'empreinte du parc.",
            "What suppliers declare of the year; never added to the footprint of the equipment.",
        ),
        &[
            (year.say("Entité", "Entity"), false),
            (year.say("Service", "Service"), false),
            (&year.told(), true),
            (&(year.asked.year - 1).to_string(), true),
        ],
    );
    for ((entity, of), values) in &sums {
        let known = |value: Option<f64>| {
            value.map_or_else(|| year.say("non déclaré", "not declared").to_owned(), |value| co2e(lang, value))
        };
        let name =
            year.snapshot.entities.find(entity).map_or(entity.as_str(), |at| &year.snapshot.entities.entity(at).name);
        table.rows.push(vec![name.to_owned(), scope(of).to_owned(), known(values[0]), known(values[1])]);
    }
    let mut blocks = Vec::new();
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
        if missing {
            blocks.push(Block::Small(
                year.say(
                    "Certains prestataires ne déclarent rien\u{a0}: ces sommes sont des minimums.",
                    "Some suppliers declare nothing: these sums are lower bounds.",
                )
                .to_owned(),
            ));
        }
    }
    Section {
        id: "services",
        title: year.say("Les services confiés à d'autres", "Services that others run").to_owned(),
        blocks,
    }
}
