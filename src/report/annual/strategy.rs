//! The strategy, theme by theme: what people wrote, objectives, actions, what is counted by hand; then the services that
//! others run.

use std::collections::BTreeMap;

use domain::indicator::objective::Standing;
use domain::snapshot::{Placed, Snapshot};
use domain::strategy::{Action, Declared};
use domain::word::{ActionStatus, Theme, Word};
use jiff::civil::Date;

use super::{Block, Section, Table, Year, themes};
use crate::figures::{Figures, label};
use crate::wording::{self, Lang, co2e, date, in_unit, percent, short};

pub fn strategy(year: &Year) -> Section {
    let mut blocks = Vec::new();
    for theme in themes().map(Some).chain([None]) {
        let mut inside = Vec::new();
        let note = year.asked.notes.themes.iter().find(|(of, _)| Some(*of) == theme);
        inside.extend(note.map(|(_, text)| Block::Written(text.clone())));
        inside.extend(objectives(year, theme).map(Block::Table));
        inside.extend(actions(year, theme).map(Block::Table));
        inside.extend(declared(year.lang(), year.snapshot, year.asked.at, theme).map(Block::Table));
        if inside.is_empty() && theme.is_none() {
            continue;
        }
        let name = wording::themes::theme(year.lang(), theme);
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
        Some(true) => format!("{told}, {}", year.say("dans les temps", "on track")),
        Some(false) => format!("{told}, {}", year.say("en retard sur le rythme prévu", "behind an even pace")),
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

/// What is counted by hand of a theme, each figure with the one before it; nothing where nothing is.
pub fn declared(lang: Lang, snapshot: &Snapshot, at: Date, theme: Option<Theme>) -> Option<Table> {
    let mut figures: BTreeMap<(&str, &str), Vec<&Declared>> = BTreeMap::new();
    for line in snapshot.declared.iter().filter(|line| line.told.theme == theme) {
        let entity = &snapshot.entities.entity(line.entity).name;
        if line.told.date.is_some_and(|date| date <= at)
            && let Some(name) = line.told.name.as_deref()
        {
            figures.entry((name, entity)).or_default().push(&line.told);
        }
    }
    let mut table = Table::new(
        lang.pick("Relevés à la main.", "Counted by hand."),
        &[
            (lang.pick("Indicateur", "Indicator"), false),
            (lang.pick("Entité", "Entity"), false),
            (lang.pick("Valeur", "Value"), true),
            (lang.pick("Au", "As of"), false),
            (lang.pick("Valeur précédente", "Value before"), true),
            (lang.pick("Provenance", "Source"), false),
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

/// The section of services that others run.
pub fn outside(year: &Year) -> Section {
    let table = services(year.lang(), &year.figures, year.snapshot, year.asked.year);
    Section {
        id: "services",
        title: year.say("Les services confiés à d'autres", "Services that others run").to_owned(),
        blocks: table.map(Block::Table).into_iter().collect(),
    }
}

/// Services that others run, as they declare them, in a civil year and the one before; nothing where there are none.
pub fn services(lang: Lang, figures: &Figures, snapshot: &Snapshot, year: i16) -> Option<Table> {
    let scope = |name: &str| match name {
        "hosting" => lang.pick("Hébergement", "Hosting"),
        "cloud" => lang.pick("Informatique en nuage", "Cloud"),
        "connected_territory" => lang.pick("Territoire connecté", "Connected territory"),
        _ => lang.pick("Contrats de service", "Service contracts"),
    };
    // By entity and scope: this year's grams and their coverage, and those of the year before.
    let mut sums: BTreeMap<[String; 2], [Option<(f64, f64)>; 2]> = BTreeMap::new();
    for (at, of) in [year, year - 1].into_iter().enumerate() {
        for reading in figures.all("footprint_declared_co2e_grams", &[("year", &of.to_string())]) {
            let key = ["entity", "scope"].map(|name| label(reading, name).to_owned());
            sums.entry(key).or_default()[at] = reading.value.map(|value| (value, reading.coverage));
        }
    }
    let mut table = Table::new(
        lang.pick(
            "Ce que les prestataires déclarent de l'année\u{a0}; jamais ajouté à l'empreinte du parc.",
            "What suppliers declare of the year; never added to the footprint of the equipment.",
        ),
        &[
            (lang.pick("Entité", "Entity"), false),
            (lang.pick("Service", "Service"), false),
            (&year.to_string(), true),
            (&(year - 1).to_string(), true),
        ],
    );
    for ([entity, of], values) in &sums {
        let told = values.map(|value| match value {
            Some((grams, coverage)) if coverage < 1.0 => {
                format!("{}{}", lang.pick("au moins ", "at least "), co2e(lang, grams))
            }
            Some((grams, _)) => co2e(lang, grams),
            None => lang.pick("non déclaré", "not declared").to_owned(),
        });
        let name = snapshot.entities.find(entity).map_or(entity.as_str(), |at| &snapshot.entities.entity(at).name);
        let [now, before] = told;
        table.rows.push(vec![name.to_owned(), scope(of).to_owned(), now, before]);
    }
    (!table.rows.is_empty()).then_some(table)
}
