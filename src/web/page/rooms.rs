//! Server rooms whose electricity is measured.

use domain::quantity::Energy;
use maud::{Markup, html};

use crate::wording::{count, number, short};

use super::Sheet;
use super::source;
use super::tables::{heads, table};
use crate::figures::label;
use crate::wording::words;

/// The rooms, or how to have some.
pub fn page(sheet: &Sheet) -> Markup {
    let rooms = rooms(sheet);
    html! { @if rooms.0.is_empty() {
        p role="status" { (sheet.say(
            "Aucune salle n'est mesurée\u{a0}: une table [[room]] de la configuration en désigne les points de mesure.",
            "No room is measured: a table [[room]] of the configuration names what measures one.",
        )) }
    } @else { (rooms) } }
}

/// Each room: its power now, and how much of its electricity reaches the computers.
fn rooms(sheet: &Sheet) -> Markup {
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let told = figures.labels("room_energy_joules_total", "room");
    let rooms: Vec<&str> = told.into_iter().filter(|room| *room != "unknown").collect();
    if rooms.is_empty() {
        return html! {};
    }
    let measured = |name: &str, room: &str, role: &str, write: fn(f64) -> (f64, &'static str)| {
        let reading = figures.find(name, &[("room", room), ("role", role)]);
        let note = reading.and_then(|reading| reading.note.as_deref());
        html! {
            @match reading.and_then(|reading| reading.value).map(write) {
                Some((value, unit)) => {
                    (sheet.figure(&source(name, None, None), &format!("{}\u{a0}{unit}", number(lang, value, 0))))
                    @if let Some(note) = note { br; span.note { (words::note(lang, note)) } }
                }
                None if reading.is_none() => (sheet.say("non mesurée", "not measured")),
                None => (sheet.unknown(note)),
            }
        }
    };
    let watts = |room: &str, role: &str| measured("power_watts", room, role, |watts| (watts, "W"));
    let energy =
        |room: &str| measured("room_energy_joules_total", room, "it", |joules| (Energy(joules).as_kwh(), "kWh"));
    let inside = html! {
        (heads(sheet, &[
            ("Salle", "Room", false),
            ("Puissance informatique", "IT power", true),
            ("Puissance totale", "Total power", true),
            ("Énergie informatique mesurée", "IT energy measured", true),
            ("PUE", "PUE", true),
        ]))
        tbody { @for room in rooms { tr {
            th scope="row" { (room) }
            td.n { (watts(room, "it")) }
            td.n { (watts(room, "total")) }
            td.n { (energy(room)) }
            td.n { @match figures.find("room_pue_ratio", &[("room", room)]).map(|reading| (reading.value, reading)) {
                Some((Some(pue), reading)) => {
                    (sheet.figure(&source("room_pue_ratio", None, None), &short(lang, pue, 2)))
                    br;
                    span.note {
                        (sheet.say("sur ", "over "))
                        (count(lang, reading.coverage * 365.0, sheet.say("jour mesuré", "day measured"), sheet.say("jours mesurés", "days measured")))
                        (sheet.say("\u{a0}; une année est demandée", "; a year is asked"))
                    }
                }
                Some((None, reading)) => (sheet.unknown(reading.note.as_deref())),
                None => (sheet.unknown(None)),
            } }
        } } }
    };
    let unplaced = figures.all("power_watts", &[]).any(|reading| label(reading, "room") == "unknown");
    html! {
        (table(
            sheet,
            "rooms",
            ("Salles informatiques", "Server rooms"),
            (
                "Électricité mesurée. Le PUE compare ce que consomme toute la salle à ce qui arrive aux équipements informatiques\u{a0}: plus il est proche de 1, moins le refroidissement et les pertes coûtent.",
                "Measured electricity. The PUE compares what the whole room takes with what reaches the IT equipment: the closer to 1, the less cooling and losses cost.",
            ),
            inside,
        ))
        @if unplaced {
            p.note { (sheet.say(
                "D'autres points de mesure ne sont rattachés à aucune salle.",
                "Other measuring points belong to no room.",
            )) }
        }
    }
}
