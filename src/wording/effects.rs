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

/// What a cause means, in a sentence.
pub fn about(lang: Lang, effect: Effect) -> &'static str {
    let (french, english) = match effect {
        Effect::Coverage => {
            ("une autre part du parc a un facteur publié", "another part of the fleet has a published factor")
        }
        Effect::FleetSize => {
            ("plus ou moins de matériels, semblables en moyenne", "more or less equipment, alike on average")
        }
        Effect::Mix => (
            "d'autres types de matériel, ou des modèles aux autres facteurs",
            "other kinds of equipment, or models with other factors",
        ),
        Effect::Lifetimes => (
            "la fabrication se répartit sur des vies plus longues ou plus courtes",
            "manufacture is spread over longer or shorter lives",
        ),
        Effect::Consumption => (
            "un matériel consomme plus ou moins, ou reste en stock",
            "a thing takes more or less electricity, or stays in stock",
        ),
        Effect::Electricity => ("l'empreinte d'un kilowattheure", "the footprint of a kilowatt-hour"),
        Effect::FactorsAndMethod => (
            "d'autres facteurs et hypothèses\u{a0}; nul entre deux jours vus avec les mêmes",
            "other factors and assumptions; none between two days seen with the same ones",
        ),
    };
    lang.pick(french, english)
}
