//! What could not be settled, and how much is known.

use jiff::Timestamp;

use super::{Block, Section, Table, Year};
use crate::figures::label;
use crate::wording::{fields, moment, number, percent, words};

pub fn doubts(year: &Year) -> Section {
    let (lang, figures) = (year.lang(), &year.figures);
    let mut blocks = Vec::new();
    let mut table = Table::new(
        year.say(
            "Ce qui n'a pu être tranché reste visible et compté.",
            "What could not be settled stays visible, and is counted.",
        ),
        &[(year.say("À vérifier", "To be checked"), false), (year.say("Nombre", "Number"), true)],
    );
    for reading in figures.all("doubts", &[]) {
        if let Some(count) = reading.value.filter(|count| *count > 0.0) {
            table.rows.push(vec![words::doubt(lang, label(reading, "reason")).to_owned(), number(lang, count, 0)]);
        }
    }
    if table.rows.is_empty() {
        blocks.push(Block::Text(year.say("Rien n'est resté en doute.", "Nothing was left in doubt.").to_owned()));
    } else {
        blocks.push(Block::Table(table));
    }
    let mut known = Table::new(
        year.say(
            "Part du parc actif dont l'information est connue.",
            "Share of the active fleet of which this is known.",
        ),
        &[(year.say("Information", "Information"), false), (year.say("Connue pour", "Known for"), true)],
    );
    for field in figures.labels("field_known_ratio", "field") {
        if let Some(share) = figures.known(field) {
            known.rows.push(vec![fields::field(lang, field).to_owned(), percent(lang, share, 0)]);
        }
    }
    if !known.rows.is_empty() {
        blocks.push(Block::Table(known));
    }
    let mut sources = Table::new(
        year.say("D'où viennent les chiffres, et de quand.", "Where the figures come from, and from when."),
        &[
            (year.say("Source", "Source"), false),
            (year.say("Dernière lecture complète", "Last complete reading"), false),
        ],
    );
    for (source, harvested) in year.snapshot.sources.iter().zip(&year.snapshot.harvested) {
        let at = Timestamp::from_second(harvested.0).ok().filter(|_| harvested.0 > 0);
        let read = at.map_or_else(|| year.say("jamais", "never").to_owned(), |at| moment(lang, at));
        sources.rows.push(vec![source.name.to_string(), read]);
    }
    blocks.push(Block::Table(sources));
    Section { id: "doubts", title: year.say("Doutes et couverture", "Doubts and coverage").to_owned(), blocks }
}
