//! GLPI's item types that are equipment, and what each tells of a kind. Pure.

use domain::word::Kind;

use crate::{kind, model};

/// One of GLPI's item types that are equipment.
#[derive(Clone, Debug)]
pub struct ItemType {
    /// Its short name, with which ids begin: `Computer`, `Tablette`.
    pub name: String,
    /// Its class, as REST v1 and the accounts name it.
    pub class: String,
    /// The list of its types, where it has any, and the column that refers to it.
    pub types: Option<Dictionary>,
    /// The list of its models, and the column that refers to it.
    pub models: Dictionary,
    /// Is its name the one it has on the network?
    pub named_by_network: bool,
    /// A profile may be without the right to read it: it is then left out, and said to be.
    pub optional: bool,
    /// One of the house's own making (GLPI 11), with fields of the house.
    pub custom: bool,
    /// What such an item is in general: before the name of a type it tells which « fixe » is meant.
    noun: String,
    /// What the name of a type or a model may make of it; empty where anything.
    only: &'static [Kind],
    /// What it is where neither type nor model tells.
    usual: Option<Kind>,
}

/// A list of names, and the column that refers to it.
#[derive(Clone, Debug)]
pub struct Dictionary {
    pub class: String,
    pub column: String,
}

/// Where GLPI 11 has the classes of custom assets: `Glpi\CustomAsset\TabletteAsset`.
const CUSTOM: (&str, &str) = ("Glpi\\CustomAsset\\", "Asset");

impl ItemType {
    fn core(name: &str, noun: &str, only: &'static [Kind], usual: Option<Kind>) -> Self {
        let dictionary = |of: &str| Dictionary {
            class: format!("{name}{of}"),
            column: format!("{}{}s_id", name.to_lowercase(), of.to_lowercase()),
        };
        Self {
            name: name.to_owned(),
            class: name.to_owned(),
            types: Some(dictionary("Type")),
            models: dictionary("Model"),
            named_by_network: matches!(name, "Computer" | "NetworkEquipment" | "Printer"),
            optional: false,
            custom: false,
            noun: noun.to_owned(),
            only,
            usual,
        }
    }

    /// A custom asset of GLPI 11, from the system name of its definition and its label, which may be a word for a
    /// kind (« Tablette »).
    pub fn custom(system_name: &str, label: &str) -> Self {
        let class = format!("{}{system_name}{}", CUSTOM.0, CUSTOM.1);
        let dictionary =
            |of: &str, column: &str| Dictionary { class: format!("{class}{of}"), column: column.to_owned() };
        Self {
            name: system_name.to_owned(),
            types: Some(dictionary("Type", "assets_assettypes_id")),
            models: dictionary("Model", "assets_assetmodels_id"),
            class,
            named_by_network: false,
            optional: true,
            custom: true,
            noun: label.to_owned(),
            only: &[],
            usual: kind::of_word(label).or_else(|| kind::of_word(system_name)),
        }
    }

    /// What an item of this type is; its type's name is the house's own word for it, its model's the maker's.
    pub fn kind(&self, type_name: Option<&str>, manufacturer: Option<&str>, model: Option<&str>) -> Option<Kind> {
        let by_type = |name: &str| kind::of_word(&format!("{} {name}", self.noun)).or_else(|| kind::of_word(name));
        let fits = |kind: &Kind| self.only.is_empty() || self.only.contains(kind);
        let by_model = || model.and_then(|model| model::kind_of(manufacturer, model));
        let told = type_name.and_then(by_type).filter(fits);
        // « Autre » says only what it is not.
        let telling = told.filter(|kind| *kind != Kind::Other);
        telling.or_else(|| by_model().filter(fits)).or(told).or(self.usual)
    }
}

/// The system name within the class of a custom asset.
pub fn system_name(class: &str) -> Option<&str> {
    class.strip_prefix(CUSTOM.0)?.strip_suffix(CUSTOM.1).filter(|name| !name.is_empty())
}

/// The item types of every GLPI, in the order in which they are asked for.
pub fn core() -> Vec<ItemType> {
    vec![
        // Portable, fixe, serveur, tablette: without a type the model may tell, and nothing else.
        ItemType::core("Computer", "pc", &[], None),
        // The types are most often technologies: LCD, LED.
        ItemType::core(
            "Monitor",
            "écran",
            &[Kind::Monitor, Kind::Tv, Kind::InteractiveDisplay, Kind::Projector],
            Some(Kind::Monitor),
        ),
        ItemType::core("NetworkEquipment", "réseau", &[], None),
        // Laser, jet d'encre.
        ItemType::core(
            "Printer",
            "imprimante",
            &[Kind::Printer, Kind::Multifunction, Kind::Copier, Kind::Scanner],
            Some(Kind::Printer),
        ),
        // « Portable » and « fixe » alike, there are two sorts.
        ItemType::core("Phone", "téléphone", &[], None),
        ItemType::core("Peripheral", "périphérique", &[], Some(Kind::Other)),
        ItemType { optional: true, ..ItemType::core("PDU", "pdu", &[Kind::Pdu], Some(Kind::Pdu)) },
        ItemType {
            optional: true,
            types: None,
            ..ItemType::core("Enclosure", "châssis", &[Kind::BladeChassis], Some(Kind::BladeChassis))
        },
    ]
}
