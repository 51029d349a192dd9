//! What an asset's status, its condition and the mode of its acquisition are called.

use domain::word::{Condition, Mode, Status};

use super::Lang;

/// A status; that of what no source lists any more has no word in the vocabulary.
pub fn status(lang: Lang, status: Option<Status>) -> &'static str {
    let (french, english) = match status {
        Some(Status::Ordered) => ("commandé", "ordered"),
        Some(Status::InStock) => ("en stock", "in stock"),
        Some(Status::InUse) => ("en service", "in use"),
        Some(Status::InRepair) => ("en réparation", "in repair"),
        Some(Status::Retired) => ("réformé", "retired"),
        Some(Status::Disposed) => ("sorti", "gone"),
        Some(Status::Lost) => ("perdu", "lost"),
        None => ("plus listé", "no longer listed"),
    };
    lang.pick(french, english)
}

/// What a thing was when it was acquired.
pub fn condition(lang: Lang, condition: Condition) -> &'static str {
    let (french, english) = match condition {
        Condition::New => ("neuf", "new"),
        Condition::NewRecycledContent => ("neuf, avec des matières recyclées", "new, with recycled content"),
        Condition::Refurbished => ("reconditionné", "refurbished"),
        Condition::SecondHand => ("d'occasion", "second-hand"),
        Condition::Remanufactured => ("remanufacturé", "remanufactured"),
        Condition::Donated => ("reçu en don", "received as a gift"),
        Condition::Transferred => ("transféré", "transferred"),
        Condition::Unknown => ("inconnu", "unknown"),
    };
    lang.pick(french, english)
}

/// How a thing was acquired.
pub fn mode(lang: Lang, mode: Mode) -> &'static str {
    let (french, english) = match mode {
        Mode::Purchase => ("achat", "purchase"),
        Mode::Rental => ("location", "rental"),
        Mode::Gift => ("don", "gift"),
    };
    lang.pick(french, english)
}
