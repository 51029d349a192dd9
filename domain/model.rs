//! Model names, as far as two people spell them alike: the makers' tables say `Latitude 5440`, inventories say
//! `DELL Latitude 5440`, `Latitude 5440 14"` or `HP EliteBook 840 14 inch G9 Notebook PC`.

use crate::identity;

/// A model's name, ready to be compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Name {
    /// Letters and digits in upper case, without the maker and without what says nothing of the model.
    pub key: String,
    /// Diagonal of the screen in inches, where the name tells it.
    pub inches: Option<f64>,
}

/// Words that makers put into a name and people leave out of it.
const SILENT: &[&str] =
    &["BUSINESS", "COMPUTER", "DESKTOP", "EDITION", "MOBILE", "NOTEBOOK", "PC", "SERIES", "SYSTEM", "WORKSTATION"];

/// The unit behind the diagonal of a screen.
const INCH: &[&str] = &["IN", "INCH", "INCHES", "POUCE", "POUCES"];

/// Reads a model's name; `maker` as it is told beside it.
pub fn name(maker: Option<&str>, told: &str) -> Name {
    let spelled = told.replace(['"', '”', '″'], " INCH ").replace('+', " PLUS ").to_uppercase();
    let mut words: Vec<String> = Vec::new();
    let mut inches = None;
    for word in spelled.split(|c: char| !c.is_alphanumeric() && c != '.' && c != ',') {
        let word = word.trim_matches(['.', ',']);
        if INCH.contains(&word) {
            let diagonal = words.last().and_then(|last| last.replace(',', ".").parse().ok());
            if let Some(diagonal) = diagonal.filter(|diagonal| (5.0..120.0).contains(diagonal)) {
                inches = Some(diagonal);
                words.pop();
                continue;
            }
        }
        if !word.is_empty() && !SILENT.contains(&word) {
            // `Gen 2`, `Gen2` and `G2` are one.
            words.push(match word.strip_prefix("GEN") {
                Some(rest) if rest.chars().all(|c| c.is_ascii_digit()) => format!("G{rest}"),
                _ => word.to_owned(),
            });
        }
    }
    let key = words.concat().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    Name { key: without_maker(maker, key), inches }
}

/// The maker's own name says nothing of which of its models it is.
fn without_maker(maker: Option<&str>, key: String) -> String {
    let Some(maker) = maker else { return key };
    let full = identity::model(maker);
    let short = identity::model(&identity::maker(maker));
    let first = identity::model(maker.split_whitespace().next().unwrap_or_default());
    let rest = [full, short, first].iter().find_map(|maker| {
        let rest = key.strip_prefix(maker.as_str()).filter(|_| maker.chars().count() > 1)?;
        (rest.chars().count() > 1).then(|| rest.to_owned())
    });
    rest.unwrap_or(key)
}

/// May a screen of one diagonal be the other one? 13.9 inches are sold as 14, and 23.8 are told as 23.
pub fn same_diagonal(one: f64, other: f64) -> bool {
    // Tenths of an inch are no sum of halves: 14.9 - 14 is a little more than 0.9.
    (one - other).abs() < 0.95
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_model_in_several_spellings() {
        let key = |maker: &str, told: &str| name(Some(maker), told).key;
        for told in
            ["Latitude 5440", "DELL Latitude 5440", "latitude-5440", "Latitude 5440 14\"", "Dell Inc. Latitude 5440"]
        {
            assert_eq!(key("Dell Inc.", told), "LATITUDE5440", "{told}");
        }
        for told in ["EliteBook 840 G9", "HP EliteBook 840 14 inch G9 Notebook PC", "HP EliteBook 840 G9 Notebook PC"]
        {
            assert_eq!(key("Hewlett-Packard", told), "ELITEBOOK840G9", "{told}");
        }
        assert_eq!(key("LENOVO", "ThinkPad T14 Gen 2"), key("Lenovo", "ThinkPad T14 G2"));
        assert_ne!(key("Lenovo", "ThinkPad T14 Gen 2"), key("Lenovo", "ThinkPad T14s Gen 2"));
        assert_ne!(key("Dell", "OptiPlex 7090 Micro"), key("Dell", "OptiPlex 7090 Tower"));
        let of = |told: &str| key("Microsoft Corporation", told);
        assert_ne!(of("Surface Laptop Go 2"), of("Surface Go 2"));
        assert_ne!(of("Surface Pro 7+"), of("Surface Pro 7"));
    }

    #[test]
    fn a_diagonal_is_no_part_of_the_name() {
        let told = name(Some("HP"), "ProBook 450 15.6 inch G9");
        assert_eq!((told.key.as_str(), told.inches), ("PROBOOK450G9", Some(15.6)));
        assert_eq!(name(None, "P2422H").inches, None);
        // A number far from any screen stays where it is.
        assert_eq!(name(None, "Model 5440 inch").inches, None);
    }

    #[test]
    fn diagonals_are_told_roughly() {
        for (one, other, same) in [
            (13.9, 14.0, true),
            (23.0, 23.8, true),
            (23.8, 23.0, true),
            (14.0, 14.9, true),
            (24.0, 25.0, false),
            (27.0, 24.0, false),
        ] {
            assert_eq!(same_diagonal(one, other), same, "{one} and {other}");
        }
    }

    #[test]
    fn a_maker_that_is_the_whole_name_stays() {
        assert_eq!(name(Some("Fairphone"), "Fairphone 4").key, "FAIRPHONE4");
        assert_eq!(name(Some("HP"), "HP").key, "HP");
        // One letter is no maker's name.
        assert_eq!(name(Some("A Data"), "A400").key, "A400");
    }
}
