//! What makes the footprint of two days differ, in readers' words.

use domain::indicator::footprint::Effect;

use super::Lang;

/// A cause, short enough to stand before its figure.
pub fn name(lang: Lang, effect: Effect) -> &'static str {
    let (french, english) = match effect {
        Effect::Coverage => ("part du parc avec un facteur", "part of the fleet with a factor"),
        Effect::FleetSize => ("taille du parc", "size of the fleet"),
        Effect::Mix => ("types et modèles", "kinds and models"),
        Effect::Lifetimes => ("durées de vie", "lifetimes"),
        Effect::Consumption => ("consommation des appareils", "consumption of equipment"),
        Effect::Electricity => ("électricité du réseau", "electricity of the grid"),
        Effect::FactorsAndMethod => ("facteurs et méthode", "factors and method"),
    };
    lang.pick(french, english)
}
