//! French words for the contract's vocabularies, written out: no guessing, no part of a word. There are none for the
//! `status` of an asset: a house's own state names are for rules.

use domain::record::{Field, Takes};

use crate::kind;

/// The contract's spelling of a word told in a column of this field; `None` for a word that it does not know.
pub fn canonical<R>(field: &Field<R>, text: &str) -> Option<&'static str> {
    let Takes::Word(spelling, _) = field.takes else { return None };
    if field.name == "kind" {
        return kind::of_word(text).map(domain::word::Word::name);
    }
    let folded = kind::fold(text);
    spelling(&folded.replace(' ', "_")).or_else(|| {
        let (_, words) = WORDS.iter().find(|(name, _)| *name == field.name)?;
        let (word, _) = words.iter().find(|(_, french)| french.split(", ").any(|one| one == folded))?;
        spelling(word)
    })
}

/// The contract's word, and the folded words that mean it.
type Meanings = &'static [(&'static str, &'static str)];

static WORDS: &[(&str, Meanings)] = &[
    (
        "condition",
        &[
            ("new", "neuf, neuve, neufs, etat neuf, materiel neuf, achat neuf"),
            (
                "new_recycled_content",
                "neuf recycle, neuf avec matiere recyclee, neuf avec matieres recyclees, \
                 neuf contenant des matieres recyclees, neuf integrant des matieres recyclees",
            ),
            (
                "refurbished",
                "reconditionne, reconditionnee, reconditionnes, reconditionnees, materiel reconditionne, recond, \
                 remis a neuf, refurb",
            ),
            (
                "second_hand",
                "occasion, d occasion, seconde main, de seconde main, 2nde main, reemploi, reemploye, issu du reemploi, \
                 reutilise, issu de la reutilisation, used",
            ),
            ("remanufactured", "remanufacture, remanufacturee, remanufactures, refabrique"),
            ("donated", "don, donne, recu en don, don recu, donation"),
            ("transferred", "transfert, transfere, transferee, transfert interne, transfert entre entites"),
            ("unknown", "inconnu, inconnue, non renseigne, indetermine"),
        ],
    ),
    (
        "mode",
        &[
            ("purchase", "achat, achete, achetee, acquisition, propriete"),
            (
                "rental",
                "location, loue, louee, leasing, lld, location longue duree, location financiere, \
                 location evolutive",
            ),
            ("gift", "don, donation, don recu, recu en don, gratuit"),
        ],
    ),
    (
        "disposal",
        &[
            (
                "donation",
                "don, donne, donnee, don a une association, don aux agents, don a un agent, don association",
            ),
            (
                "sale_with_reuse_commitment",
                "vente avec engagement de reemploi, vente avec engagement reemploi, vente pour reemploi",
            ),
            (
                "public_transfer",
                "cession publique, cession a une personne publique, cession entre personnes publiques, \
                 cession a une autre personne publique, transfert a une personne publique",
            ),
            (
                "take_back_with_reuse_proof",
                "reprise avec preuve de reemploi, reprise avec justificatif de reemploi, reprise pour reemploi justifiee",
            ),
            ("recycling", "recyclage, recycle, recyclee, deee, d3e, filiere deee"),
            ("sale", "vente, vendu, vendue, vente aux encheres, vente domaine, vente par le domaine"),
            ("take_back", "reprise, repris, reprise fournisseur, reprise par le fournisseur, reprise constructeur"),
            ("destroyed", "destruction, detruit, detruite"),
            ("unknown", "inconnu, inconnue, non renseigne, indetermine"),
        ],
    ),
    (
        "role",
        &[
            ("it", "informatique, equipements informatiques, baies, serveurs"),
            ("total", "general, total salle, salle entiere, ensemble, toute la salle"),
        ],
    ),
    (
        // Of an action; an asset has none of these words.
        "status",
        &[
            ("to_start", "a demarrer, a lancer, a faire, a engager, non demarre, non demarree, prevu, prevue"),
            ("running", "en cours, demarre, demarree, engage, engagee, lance, lancee"),
            ("done", "termine, terminee, fait, faite, realise, realisee, acheve, achevee, clos, close"),
        ],
    ),
    (
        "theme",
        &[
            ("1", "theme 1, axe 1, commande publique, commande publique locale et durable, achats"),
            (
                "2",
                "theme 2, axe 2, gestion durable et de proximite du cycle de vie du materiel, cycle de vie, \
                 cycle de vie du materiel",
            ),
            ("3", "theme 3, axe 3, ecoconception, ecoconception des services, eco conception"),
            (
                "4",
                "theme 4, axe 4, sensibilisation, sensibilisation elus agents, sensibilisation des elus et des agents",
            ),
            ("5", "theme 5, axe 5, citoyens, usages des citoyens, sensibilisation des citoyens"),
            ("6", "theme 6, axe 6, territoire connecte et durable, territoire connecte, territoire"),
        ],
    ),
    (
        "scope",
        &[
            ("hosting", "hebergement, infogerance"),
            ("cloud", "nuage, informatique en nuage, saas, iaas, paas"),
            ("connected_territory", "territoire connecte, objets connectes, reseaux et capteurs"),
            ("contract", "marche, contrat, prestation, marche de prestation"),
        ],
    ),
    (
        "decision",
        &[
            ("same", "meme, memes, identique, identiques"),
            ("different", "different, differents, differente, differentes, distinct, distincts"),
            ("ignore", "ignorer, ignoree"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use domain::record::Record;

    use super::*;

    fn check<R: Record>(field: &str, text: &str, expected: Option<&str>) {
        let field = R::field(field).expect("a field");
        assert_eq!(canonical(field, text), expected, "{text}");
    }

    #[test]
    fn french_words() {
        use domain::observation::Facts;
        check::<Facts>("condition", "Reconditionné", Some("refurbished"));
        check::<Facts>("condition", "Seconde main", Some("second_hand"));
        check::<Facts>("condition", "second-hand", Some("second_hand"));
        check::<Facts>("condition", "bon état", None);
        check::<Facts>("mode", "Location", Some("rental"));
        check::<Facts>("disposal", "Vente avec engagement de réemploi", Some("sale_with_reuse_commitment"));
        check::<Facts>("kind", "Écrans", Some("monitor"));
        check::<Facts>("status", "IN_USE", Some("in_use"));
        check::<Facts>("status", "en service", None);
        check::<Facts>("status", "en cours", None);
        check::<domain::strategy::Action>("status", "En cours", Some("running"));
        check::<domain::strategy::Action>("theme", "Axe 4", Some("4"));
        check::<domain::strategy::ServiceLine>("scope", "Hébergement", Some("hosting"));
        check::<domain::power::PowerSample>("role", "Général", Some("total"));
        check::<domain::decision::Decision>("decision", "Même", Some("same"));
    }

    /// A word that is not written folded would never be found; one that means no word of the contract says nothing.
    #[test]
    fn the_table_is_sound() {
        use domain::decision::Decision;
        use domain::observation::Facts;
        use domain::power::PowerSample;
        use domain::strategy::{Action, ServiceLine};
        for (name, meanings) in WORDS {
            let strategy = Action::field(name).map(|f| f.takes).or(ServiceLine::field(name).map(|f| f.takes));
            let own = Facts::field(name).map(|f| f.takes).or(Decision::field(name).map(|f| f.takes));
            let takes = strategy.or(own).or(PowerSample::field(name).map(|f| f.takes));
            let Some(Takes::Word(spelling, _)) = takes else { panic!("{name} takes no word") };
            for (word, french) in *meanings {
                assert_eq!(spelling(word), Some(*word));
                for one in french.split(", ") {
                    assert_eq!(kind::fold(one), one);
                }
            }
        }
    }
}
