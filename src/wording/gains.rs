//! What spares something, in readers' words, and what is supposed.

/// French and English.
pub type Both = (&'static str, &'static str);

/// The name of a way, how it is called, and what is supposed.
pub const WAYS: [(&str, Both, Both); 3] = [
    (
        "longer_lives",
        ("Vies prolongées au-delà de la durée de référence", "Lives longer than the reference"),
        ("sinon, un matériel neuf serait à leur place", "else something new would stand there"),
    ),
    (
        "refurbished_purchases",
        ("Achats reconditionnés", "Refurbished purchases"),
        (
            "au lieu du même matériel neuf, à vos prix des 24 derniers mois",
            "instead of the same thing new, at your prices of the last 24 months",
        ),
    ),
    (
        "exits_to_reuse",
        ("Sorties vers le réemploi", "Exits to reuse"),
        (
            "un autre s'en sert encore le temps de l'hypothèse second_life_years",
            "somebody else uses it for as long as second_life_years supposes",
        ),
    ),
];
