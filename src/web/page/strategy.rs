//! The strategy: how far its objectives are, and what is being done.

use domain::indicator::objective::Standing;
use domain::strategy::Action;
use domain::word::{ActionStatus, Theme, Word};
use maud::{Markup, html};

use super::Sheet;
use super::tables::{heads, table};
use crate::report::annual;
use crate::wording::{self, date, in_unit, number, percent, themes};

/// Objectives, actions, what is counted by hand, and what others declare of their services.
pub fn page(sheet: &Sheet) -> Markup {
    let snapshot = sheet.world.snapshot();
    let standings = sheet.world.standings();
    let actions: Vec<Action> = snapshot.actions.iter().map(|line| line.told.clone()).collect();
    let (lang, today) = (sheet.lang, sheet.edition.today);
    let themes = Theme::ALL.iter().map(|(theme, _)| Some(*theme)).chain([None]);
    let declared: Vec<_> = themes.filter_map(|of| Some((of, annual::declared(lang, snapshot, today, of)?))).collect();
    let services = annual::services(lang, &sheet.figures, snapshot, today.year());
    html! {
        @if !standings.is_empty() { (objectives(sheet, standings)) }
        @if !actions.is_empty() { (doing(sheet, &actions)) }
        @if !declared.is_empty() {
            h2 { (sheet.say("Relevés à la main", "Counted by hand")) }
            @for (of, table) in &declared { h3 { (theme(sheet, *of)) } (annual::table(table)) }
        }
        @if let Some(services) = &services {
            h2 { (sheet.say("Les services confiés à d'autres", "Services that others run")) }
            (annual::table(services))
        }
        @if standings.is_empty() && actions.is_empty() && declared.is_empty() && services.is_none() {
            p role="status" { (sheet.say(
                "Ni objectif ni action n'est renseigné\u{a0}: voir [[objective]] et les tables actions, declared et services.",
                "No objective and no action is told: see [[objective]] and the tables actions, declared and services.",
            )) }
        }
    }
}

fn theme(sheet: &Sheet, theme: Option<Theme>) -> &'static str {
    themes::theme(sheet.lang, theme)
}

/// A value in the unit of its indicator.
fn value(sheet: &Sheet, value: Option<f64>, unit: &str) -> String {
    value.map_or_else(|| sheet.say("non connu", "not known").to_owned(), |value| in_unit(sheet.lang, value, unit))
}

fn objectives(sheet: &Sheet, standings: &[Standing]) -> Markup {
    let lang = sheet.lang;
    let inside = html! {
        (heads(sheet, &[
            ("Objectif", "Objective", false),
            ("Départ", "Baseline", true),
            ("Aujourd'hui", "Today", true),
            ("Cible", "Target", true),
            ("Chemin parcouru", "Way done", true),
        ]))
        tbody { @for standing in standings {
            @let objective = &standing.objective;
            tr {
                th scope="row" { (objective.name) br; span.note { (theme(sheet, Some(objective.theme))) } }
                td.n { (value(sheet, standing.baseline, standing.unit)) br; span.note { (date(lang, objective.baseline_date)) } }
                td.n { (value(sheet, standing.now.as_ref().and_then(|now| now.value), standing.unit)) }
                td.n { (value(sheet, Some(objective.target), standing.unit)) br; span.note { (date(lang, objective.target_date)) } }
                td.n {
                    @match standing.ratio {
                        Some(ratio) => (sheet.figure("/api/v1/objectives", &percent(lang, ratio, 0))),
                        None => (sheet.figure("/api/v1/objectives", sheet.say("non calculable", "cannot be computed"))),
                    }
                    @if let Some(note) = &standing.note { br; span.note { (wording::words::note(lang, note)) } }
                    @if let Some(on_track) = standing.on_track {
                        br; span.note { @if on_track { (sheet.say("dans les temps", "on track")) } @else { (sheet.say("en retard sur le rythme prévu", "behind an even pace")) } }
                    }
                }
            }
        } }
    };
    table(
        sheet,
        "objectives",
        ("Objectifs de la stratégie", "Objectives of the strategy"),
        (
            "Du point de départ à la cible\u{a0}: 100\u{a0}% est atteint. Le rythme est celui d'une progression régulière jusqu'à l'échéance.",
            "From the baseline to the target: 100% is reached. The pace is an even one until the day of the target.",
        ),
        inside,
    )
}

fn doing(sheet: &Sheet, actions: &[Action]) -> Markup {
    let lang = sheet.lang;
    let today = sheet.edition.today;
    let count = |of: Option<Theme>, status: ActionStatus| {
        actions.iter().filter(|action| action.theme == of && action.status == Some(status)).count()
    };
    let themes = Theme::ALL.iter().map(|(theme, _)| Some(*theme)).chain([None]);
    let themes: Vec<_> = themes.filter(|theme| actions.iter().any(|action| action.theme == *theme)).collect();
    let mut pressing: Vec<&Action> =
        actions.iter().filter(|action| action.is_late(today) || action.is_blocked()).collect();
    pressing.sort_by_key(|action| action.due);
    let inside = html! {
        (heads(sheet, &[
            ("Thème", "Theme", false),
            ("À lancer", "To start", true),
            ("En cours", "Running", true),
            ("Terminées", "Done", true),
        ]))
        tbody { @for theme_of in themes { tr {
            th scope="row" { (theme(sheet, theme_of)) }
            @for (status, name) in ActionStatus::ALL {
                td.n { (sheet.figure(&format!("/api/v1/actions?status={name}"), &number(lang, count(theme_of, *status) as f64, 0))) }
            }
        } } }
    };
    html! {
        (table(
            sheet,
            "actions",
            ("Plan d'action", "Action plan"),
            ("Les actions par thème et par état.", "Actions by theme and status."),
            inside,
        ))
        @if !pressing.is_empty() {
            p { (sheet.say("En retard ou bloquées\u{a0}:", "Late or blocked:")) }
            ul { @for action in pressing { li {
                (action.title.as_deref().unwrap_or_default())
                @if let Some(department) = &action.department { " (" (department) ")" }
                @if action.is_late(today) && let Some(due) = action.due {
                    (sheet.say(", échue le ", ", due on ")) (date(lang, due))
                }
                @if let Some(by) = action.blocked_by.as_deref().filter(|_| action.is_blocked()) {
                    (sheet.say(", bloquée\u{a0}: ", ", blocked: ")) (by)
                }
            } } }
        }
    }
}
