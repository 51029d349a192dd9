//! The themes of a strategy (REEN, article 35), in readers' words.

use domain::word::{Theme, Word};

use super::Lang;

/// A theme, as the guide of the State and of local authorities proposes six; what is of none.
pub fn theme(lang: Lang, theme: Option<Theme>) -> &'static str {
    let name = theme.map_or("unknown", Word::name);
    let known = THEMES.iter().find(|(known, ..)| *known == name);
    known.map_or("", |(_, french, english)| lang.pick(french, english))
}

const THEMES: &[(&str, &str, &str)] = &[
    ("1", "Commande publique locale et durable", "Local and sustainable public purchasing"),
    ("2", "Cycle de vie du matériel", "Life of equipment"),
    ("3", "Écoconception des services", "Ecodesign of services"),
    ("4", "Sensibilisation des élus et des agents", "Elected members and agents"),
    ("5", "Citoyens", "Citizens"),
    ("6", "Territoire connecté et durable", "Connected and sustainable territory"),
    ("unknown", "Sans thème", "No theme"),
];
