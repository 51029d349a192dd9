//! The law as data: AGEC article 58 and REEN article 16. Every entry cites its text. What is not established is
//! `None`, shown as "à vérifier", and never guessed.

mod acquired;
pub mod agec;
pub mod declaration;
pub mod price;
pub mod reen;
pub mod trajectory;

use crate::quantity::Cents;
use crate::record::Text;
use crate::snapshot::{Placed, Snapshot};
use crate::word::{Kind, Word};

/// A label without what people write in several ways: case, accents, apostrophes, spaces.
fn folded(told: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    };
    told.to_lowercase().chars().map(plain).filter(|c| c.is_alphanumeric()).collect()
}

/// How sure ecoparc is of a figure of the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// In the text itself, or in the State's own publication on that very point.
    Text,
    /// By those who quote the text: read it before a dispute.
    Quoted,
    /// Checked against the text by this house, which says so in its configuration.
    Checked,
    /// Not established: no figure is told.
    Unknown,
}

impl Word for Certainty {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Text, "text"), (Self::Quoted, "quoted"), (Self::Checked, "checked"), (Self::Unknown, "unknown")];
}

/// A share that the law asks from a civil year on.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The first civil year; it holds until the next step.
    pub from: i16,
    /// The share, 0 to 1; `None` where the text could not be established.
    pub share: Option<f64>,
    /// The text.
    pub text: Text,
    /// How sure that is.
    pub certainty: Certainty,
    /// Who has checked it in this house, and when.
    pub checked_by: Option<Text>,
}

/// Where a line of the law's figures comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An asset, by its place in the snapshot.
    Asset(u32),
    /// A line that a source told, by its place among those of its sort in the snapshot.
    Line(u32),
}

impl Origin {
    /// Is it a line that a source told?
    pub fn is_line(self) -> bool {
        matches!(self, Self::Line(_))
    }

    /// The asset's id, or `SOURCE:KEY` of the line; of the snapshot that it was read from, and its lines of that sort.
    fn id<T>(self, snapshot: &Snapshot, lines: &[Placed<T>]) -> Text {
        match self {
            Self::Asset(at) => snapshot.id(&snapshot.assets[at as usize]),
            Self::Line(at) => snapshot.line_id(&lines[at as usize]),
        }
    }
}

/// The step that holds in a civil year: the last one reached.
fn step(steps: &[Step], year: i16) -> Option<&Step> {
    steps.iter().filter(|step| step.from <= year).max_by_key(|step| step.from)
}

/// A purchase category of AGEC article 58.
#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    /// Its name in the contract.
    pub name: &'static str,
    /// The decree's own words.
    pub label: &'static str,
    /// First and last civil year in which expenditure is declared under it.
    pub years: (i16, i16),
    /// The kinds it holds.
    pub kinds: Vec<Kind>,
    /// Which share is asked, from when.
    pub steps: Vec<Step>,
    /// The text that makes the category.
    pub text: &'static str,
}

impl Category {
    /// What is asked in a civil year.
    pub fn step(&self, year: i16) -> Option<&Step> {
        step(&self.steps, year)
    }
}

/// The value at which a gift counts.
#[derive(Clone, Debug, PartialEq)]
pub struct GiftValue {
    /// What is given.
    pub kind: Kind,
    /// Younger than so many years.
    pub under_years: f64,
    /// Its value.
    pub value: Cents,
    /// The text.
    pub text: Text,
    /// How sure that is.
    pub certainty: Certainty,
    /// Who has checked it in this house, and when.
    pub checked_by: Option<Text>,
}

/// All that ecoparc knows of the law.
#[derive(Clone, Debug, PartialEq)]
pub struct Law {
    /// Which date of a purchase line makes its year: a field of `PurchaseLine`; `date` stands in for it.
    pub year_of: &'static str,
    /// Purchase categories.
    pub categories: Vec<Category>,
    /// The gift grid, as far as established, the narrowest band of a kind first; gifts count from 2024 on.
    pub gifts: Vec<GiftValue>,
    /// Share of reformed goods to direct to reuse, from a civil year on (décret 2023-266, article 3).
    pub exit_targets: Vec<Step>,
    /// Kinds outside categories 2° and 6° of article R. 543-172 of the environment code.
    pub exits_exclude: Vec<Kind>,
    /// Goods older than so many years at reform are outside (décret 2023-266, article 1).
    pub exits_max_age: i16,
}

const DECREE_2021: &str = "décret 2021-254 du 9 mars 2021, annexe";
const DECREE_2024: &str = "décret 2024-134 du 21 février 2024, annexe";
const GRID_2024: &str = "arrêté du 29 février 2024 (NOR TRED2403742A)";
const DECREE_2023: &str = "décret 2023-266 du 12 avril 2023, article 3";

impl Default for Law {
    fn default() -> Self {
        use Kind::*;
        let of = |from, share, text: &str, certainty| Step {
            from,
            share,
            text: Text::from(text),
            certainty,
            checked_by: None,
        };
        let former = |name, label, kinds: &[Kind]| Category {
            name,
            label,
            years: (2021, 2023),
            kinds: kinds.to_vec(),
            steps: vec![of(2021, Some(0.20), DECREE_2021, Certainty::Quoted)],
            text: DECREE_2021,
        };
        let present = |name, label, kinds: &[Kind], steps: &[(i16, Option<f64>)]| Category {
            name,
            label,
            years: (2024, i16::MAX),
            kinds: kinds.to_vec(),
            steps: steps
                .iter()
                .map(|(from, share)| {
                    let certainty = if share.is_some() { Certainty::Quoted } else { Certainty::Unknown };
                    of(*from, *share, DECREE_2024, certainty)
                })
                .collect(),
            text: DECREE_2024,
        };
        Self {
            year_of: "invoice_date",
            categories: vec![
                present(
                    "it_telephony",
                    "Matériel informatique et téléphonie",
                    &[
                        Laptop,
                        Desktop,
                        Workstation,
                        AllInOne,
                        ThinClient,
                        Tablet,
                        Smartphone,
                        DeskPhone,
                        Monitor,
                        Projector,
                        Server,
                    ],
                    &[(2024, Some(0.20)), (2027, Some(0.25)), (2030, Some(0.30))],
                ),
                present(
                    "printing_equipment",
                    "Matériel de reprographie et d'impression",
                    &[Printer, Multifunction, Copier, Scanner],
                    &[(2024, None)],
                ),
                present("printing_consumables", "Consommables d'impression", &[Consumable], &[(2024, None)]),
                former(
                    "it_2021",
                    "Machines, matériel et fourniture informatique et de bureau",
                    &[
                        Laptop,
                        Desktop,
                        Workstation,
                        AllInOne,
                        ThinClient,
                        Server,
                        Monitor,
                        Printer,
                        Tablet,
                        Keyboard,
                        Mouse,
                        Headset,
                        Dock,
                        ExternalDrive,
                    ],
                ),
                former("phones_2021", "Téléphones mobiles, téléphones fixes", &[Smartphone, DeskPhone]),
                former("copiers_2021", "Photocopieurs et matériel d'impression offset", &[Copier, Multifunction]),
                former("cartridges_2021", "Cartouches de toner, cartouches d'encre", &[Consumable]),
            ],
            gifts: vec![GiftValue {
                kind: Laptop,
                under_years: 5.0,
                value: Cents(20_000),
                text: Text::from(GRID_2024),
                certainty: Certainty::Quoted,
                checked_by: None,
            }],
            exit_targets: [(2023, 0.25), (2024, 0.35), (2025, 0.50)]
                .map(|(from, share)| of(from, Some(share), DECREE_2023, Certainty::Text))
                .to_vec(),
            exits_exclude: vec![Server, BladeChassis, StorageArray, Copier, Kiosk],
            exits_max_age: 10,
        }
    }
}

/// A gift of untold age is taken to be younger than so many years.
const UNTOLD_UNDER: f64 = 5.0;

/// Inhabitants above which a local authority has a strategy and reports on it (loi REEN, article 35).
pub const STRATEGY_ABOVE: u32 = 50_000;

/// The day by which the purchases of a civil year are declared (arrêté du 13 janvier 2025).
pub fn declared_by(year: i16) -> jiff::civil::Date {
    jiff::civil::date(year.saturating_add(1), 6, 30)
}

impl Law {
    /// The category that most IT spending of a civil year is declared under; of the former decree, its first line.
    pub fn it_category(&self, year: i16) -> Option<&Category> {
        self.category_of(Kind::Laptop, year)
    }

    /// The category of a kind in a civil year; `None` out of scope.
    pub fn category_of(&self, kind: Kind, year: i16) -> Option<&Category> {
        self.categories
            .iter()
            .find(|category| (category.years.0..=category.years.1).contains(&year) && category.kinds.contains(&kind))
    }

    /// The category that a name or a decree's label means in a civil year.
    pub fn category_named(&self, told: &str, year: i16) -> Option<&Category> {
        let told = folded(told);
        self.categories.iter().find(|category| {
            (category.years.0..=category.years.1).contains(&year)
                && (folded(category.name) == told || folded(category.label) == told)
        })
    }

    /// Does it name a category of any year?
    pub fn knows(&self, told: &str) -> bool {
        let told = folded(told);
        self.categories.iter().any(|category| folded(category.name) == told || folded(category.label) == told)
    }

    /// The share asked of a category in a civil year; `None` where it is not established or not the law's.
    pub fn target(&self, category: &str, year: i16) -> Option<f64> {
        self.category_named(category, year).and_then(|category| category.step(year)?.share)
    }

    /// The share of reformed goods to direct to reuse in a civil year; `None` before the decree.
    pub fn exit_target(&self, year: i16) -> Option<f64> {
        self.exit_step(year).and_then(|step| step.share)
    }

    /// The same with its text and who has checked it.
    pub fn exit_step(&self, year: i16) -> Option<&Step> {
        step(&self.exit_targets, year)
    }

    /// The value of one given thing of an age in years; `None` where the grid, as far as established, has none.
    /// A thing of untold age counts as under five years: our own reading.
    pub fn gift_value(&self, kind: Kind, age: Option<f64>) -> Option<Cents> {
        let holds = |under_years: f64| age.map_or(under_years >= UNTOLD_UNDER, |age| age < under_years);
        self.gifts.iter().find(|gift| gift.kind == kind && holds(gift.under_years)).map(|gift| gift.value)
    }
}
