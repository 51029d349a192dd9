//! Server rooms whose electricity is measured.

use domain::quantity::Energy;
use maud::{Markup, html};

use crate::web::french::{number, short};

use super::Sheet;
use super::figures::{label, source};
use super::tables::{heads, table};

/// Each room: its power now, and how much of its electricity reaches the computers.
pub fn rooms(sheet: &Sheet) -> Markup {
    let (lang, figures) = (sheet.lang, &sheet.figures);
    let told = figures.labels("room_energy_joules_total", "room");
    let rooms: Vec<&str> = told.into_iter().filter(|room| *room != "unknown").collect();
    if rooms.is_empty() {
        return html! {};
    }
    let watts = |room: &str, role: &str| {
        let reading = figures.find("power_watts", &[("room", room), ("role", role)]);
        let told = reading.and_then(|reading| reading.value);
        html! {
            @match told {
                Some(watts) => (sheet.figure(&source("power_watts", None, None), &format!("{}\u{a0}W", number(lang, watts, 0)))),
                None => (sheet.say("pas de mesure récente", "no recent measure")),
            }
        }
    };
    let energy = |room: &str, role: &str| {
        let joules = figures.find("room_energy_joules_total", &[("room", room), ("role", role)])?.value?;
        Some(format!("{}\u{a0}kWh", number(lang, Energy(joules).as_kwh(), 0)))
    };
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
            td.n { @match energy(room, "it") {
                Some(energy) => (sheet.figure(&source("room_energy_joules_total", None, None), &energy)),
                None => (sheet.say("non mesurée", "not measured")),
            } }
            td.n { @match figures.find("room_pue_ratio", &[("room", room)]).map(|reading| (reading.value, reading)) {
                Some((Some(pue), reading)) => {
                    (sheet.figure(&source("room_pue_ratio", None, None), &short(lang, pue, 2)))
                    br;
                    span.note {
                        (sheet.say("sur ", "over ")) (number(lang, reading.coverage * 365.0, 0))
                        (sheet.say(" jours mesurés\u{a0}; une année est demandée", " days measured; a year is asked"))
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
