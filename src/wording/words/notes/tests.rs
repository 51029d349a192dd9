//! No note is told in English to a French reader.

use domain::indicator::objective;

use super::*;

fn check(told: &str, french: &str) {
    assert_eq!(note(Lang::Fr, told), french);
    assert_eq!(note(Lang::En, told), told);
}

#[test]
fn every_note_of_an_objective_has_french_words() {
    for told in objective::NOTES {
        let french = note(Lang::Fr, told);
        assert_ne!(french, told);
        // Alone, with its reason, and beside another one.
        check(&format!("{told}: no price of it is known"), &format!("{french}\u{a0}: aucun prix n'en est connu"));
        for other in objective::NOTES {
            check(&format!("{told}; {other}"), &format!("{french}\u{a0}; {}", note(Lang::Fr, other)));
        }
    }
}

#[test]
fn notes_of_a_simulation() {
    check(
        "nothing of the kind is here: what joins has no figure: laptop, unknown",
        "rien de ce type ici\u{a0}: ce qui s'ajoute n'est pas chiffré\u{a0}: ordinateurs portables, type non renseigné",
    );
    let lived = "half of a kind lasts longer here than these years, and not than its reference life, at which today's \
                 course replaces it ([assumptions] lifetime_years sets that)";
    let said = note(Lang::Fr, lived).into_owned();
    assert_ne!(said, lived);
    check(&format!("{lived}: laptop 6.5 and not 4"), &format!("{said}\u{a0}: ordinateurs portables 6,5 et non 4"));
    let unpriced =
        "no price of the last 24 months, new or refurbished, as both courses need it: in the euros of neither";
    assert!(note(Lang::Fr, &format!("{unpriced}: monitor")).ends_with("de l'un et de l'autre\u{a0}: écrans"));
}

#[test]
fn notes_with_values_and_of_several_parts() {
    check("handed in on 2026-05-12", "déposée le 12 mai 2026");
    check("due on 2027-06-30", "à déposer au plus tard le 30 juin 2027");
    check("3 of them were not heard of for 90 days", "dont 3 sans contact depuis 90 jours");
    let measured = "over 12.5 days known of both, from 2026-01-01 to 2026-02-01; a year is asked";
    let said =
        "sur 12,5 jours connus des deux, du 1er janvier 2026 au 1er février 2026\u{a0}; une année est demandée";
    check(measured, said);
    for (days, said) in [("1.0", "1 jour connu"), ("1.9", "1,9 jour connu"), ("2.0", "2 jours connus")] {
        let told = note(Lang::Fr, &measured.replace("12.5", days)).into_owned();
        assert!(told.starts_with(&format!("sur {said} des deux, du 1er janvier 2026")), "{told}");
    }
    check(
        &format!("the indicator cannot be computed now: {measured}; the target is the baseline"),
        &format!(
            "l'indicateur n'est pas calculable aujourd'hui\u{a0}: {said}\u{a0}; la cible est la valeur de départ"
        ),
    );
    check("what nobody has words for", "what nobody has words for");
}
