//! The first page: the headline figures, and where to read on.

use maud::{Markup, html};

use super::{Sheet, cards, trajectory};

pub fn page(sheet: &Sheet) -> Markup {
    html! {
        (cards::cards(sheet))
        (trajectory::drawn(sheet))
        (super::changes::since_a_year(sheet))
    }
}

/// What is wrong with the daemon itself.
pub fn alerts(sheet: &Sheet) -> Markup {
    html! {
        @if !sheet.edition.store_ok {
            p.alert { (sheet.say(
                "La base de données ne répond pas\u{a0}: ces chiffres sont les derniers connus.",
                "The database does not answer: these figures are the last known ones.",
            )) }
        }
        @if !sheet.edition.config_ok {
            p.alert { (sheet.say(
                "La configuration relue comporte une erreur\u{a0}: l'ancienne reste en vigueur.",
                "The configuration as read again has an error: the former one stays in force.",
            )) }
        }
    }
}
