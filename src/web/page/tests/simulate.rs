//! The form of a scenario, and what it says of what is wrong.

use super::*;

/// The page of a form that tells this.
fn asked(lang: Lang, told: &[(&str, &str)]) -> String {
    let key = Key { at: date(2026, 11, 24), folded: true, entities: Vec::new(), days: Vec::new() };
    let world = Arc::new(World::new(Arc::new(edition()), key));
    let asked = told.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let viewer = Viewer { scopes: READ.to_vec(), ..Viewer::default() };
    let simulate = PAGES.iter().find(|page| page.path == "/simulate").unwrap();
    page(simulate, &Visit { viewer, world, lang, asked })
}

/// In the form's own words and unit, beside the field that is wrong and no other.
#[test]
fn what_is_wrong_is_said_of_its_field() {
    for (name, value, french, english) in [
        (
            "refurbished_share",
            "150",
            "Part des prochains achats en reconditionné (%)\u{a0}: indiquez un nombre entre 0 et 100\u{a0}%, et non «\u{a0}150\u{a0}».",
            "Share of the next purchases refurbished (%): tell a number between 0 and 100%, not “150”.",
        ),
        (
            "laptop",
            "six",
            "Ordinateurs portables\u{a0}: durée de vie (ans)\u{a0}: indiquez un nombre entre 0,1 et 50\u{a0}ans, et non «\u{a0}six\u{a0}».",
            "Laptops: lifetime (years): tell a number between 0.1 and 50\u{a0}years, not “six”.",
        ),
        (
            "grams_per_kwh",
            "5000,5",
            "Électricité (g CO₂e par kWh)\u{a0}: indiquez un nombre entre 0 et 5\u{202f}000\u{a0}g\u{a0}CO₂e/kWh, et non «\u{a0}5000,5\u{a0}».",
            "Electricity (g CO₂e a kWh): tell a number between 0 and 5,000\u{a0}g\u{a0}CO₂e/kWh, not “5000,5”.",
        ),
    ] {
        for (lang, expected) in [(Lang::Fr, french), (Lang::En, english)] {
            let page = asked(lang, &[(name, value), ("printers_removed", "40")]);
            assert!(text(&page).contains(expected), "{expected}\nis not in\n{}", text(&page));
            let marked = format!("aria-invalid=\"true\" aria-describedby=\"wrong-{name}\"");
            assert!(
                page.contains(&marked) && page.contains(&format!("id=\"wrong-{name}\" role=\"alert\"")),
                "{page}"
            );
            assert_eq!((page.matches("aria-invalid").count(), page.matches("id=\"wrong-").count()), (1, 1), "{page}");
            assert!(!page.contains("`") && !page.contains("id=\"courses\""), "{page}");
        }
    }
}

/// All that is wrong is told at once; what lies at a bound is right.
#[test]
fn every_field_is_looked_at() {
    let told = [("laptop", "0"), ("desktop", "nan"), ("monitor", "50,5"), ("second_screens_removed", "-1")];
    let page = asked(Lang::Fr, &told);
    for (name, value) in told {
        assert!(page.contains(&format!("id=\"wrong-{name}\"")), "{name} = {value}: {page}");
        assert!(page.contains(&format!("value=\"{value}\"")), "what was written stays: {page}");
    }
    let right = [("laptop", "0,1"), ("desktop", "50"), ("refurbished_share", "100"), ("grams_per_kwh", "0")];
    let page = asked(Lang::Fr, &right);
    assert!(!page.contains("role=\"alert\"") && page.contains("id=\"courses\""), "{page}");
}
