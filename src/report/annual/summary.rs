//! The page that an elected official reads: where we stand, what changed, what remains to be done.

use super::{Block, Section, Year, cards, changes, remains};

pub fn summary(year: &Year) -> Section {
    let mut blocks = Vec::new();
    if let Some(introduction) = &year.asked.notes.introduction {
        blocks.push(Block::Written(introduction.clone()));
    }
    blocks.push(Block::Cards(cards::cards(year)));
    let changes = changes::changes(year);
    if !changes.is_empty() {
        blocks.push(Block::Heading(year.say("Ce qui a changé en un an", "What changed in a year").to_owned()));
        blocks.push(Block::List(changes));
    }
    let remains = remains::remains(year);
    if !remains.is_empty() {
        blocks.push(Block::Heading(year.say("Ce qui reste à faire", "What remains to be done").to_owned()));
        blocks.push(Block::List(remains));
    }
    Section { id: "summary", title: year.say("Où nous en sommes", "Where we stand").to_owned(), blocks }
}
