//! Our own numbers, each with its origin, each open to the operator's better knowledge.

use crate::quantity::Years;
use crate::word::{Kind, Word};

/// A number of ours: what it is called in `[assumptions]`, what it is, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// Its name in `[assumptions]`.
    pub name: String,
    /// Its value in the unit that the name gives.
    pub value: f64,
    /// Where it comes from; `assumption` where it is ours alone, `configuration` where the operator set it.
    pub origin: &'static str,
}

/// How the first life of a refurbished thing is shared between its owners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allocation {
    /// By years of use: each owner bears its share of the whole (ADEME RCP *système d'information*, 2024).
    #[default]
    Time,
    /// The first owner bears the making; the second only the refurbishing.
    Cutoff,
}

impl Word for Allocation {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Time, "time"), (Self::Cutoff, "cutoff")];
}

/// Everything assumed.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumptions {
    /// Reference lifetimes by kind, in years, and where each comes from.
    pub lifetimes: Vec<(Kind, Years, &'static str)>,
    /// Power usage effectiveness of server rooms that nobody measured.
    pub server_room_pue: f64,
    /// How the first life is shared.
    pub allocation: Allocation,
    /// The part of a factor's relative error that all units share, at most.
    pub common_error: f64,
    /// Between two samples of power that are further apart, in minutes, nothing is known.
    pub power_gap_minutes: f64,
    /// Days that the measure of a room must cover before it replaces declarations and defaults.
    pub measured_days: f64,
    /// Years that somebody else uses what leaves to reuse: nobody publishes a figure.
    pub second_life_years: f64,
    /// Country whose electricity is used (ISO 3166).
    pub electricity: String,
    /// Names of those, lifetimes aside, that the operator has told.
    pub told: Vec<&'static str>,
}

/// The set of terminal factors publishes a lifetime beside each row.
const ADEME: &str = "ADEME, publicodes-acv-numerique 2.2.0";
/// Study of digital's footprint in France.
const ARCEP: &str = "ADEME and Arcep, table of reference lifetimes";
/// Ours.
const OWN: &str = "assumption";

impl Default for Assumptions {
    fn default() -> Self {
        let lifetimes = [
            (Kind::Laptop, 5.0, ADEME),
            (Kind::Desktop, 6.0, ADEME),
            (Kind::Workstation, 6.0, OWN),
            (Kind::AllInOne, 6.0, OWN),
            (Kind::ThinClient, 6.0, OWN),
            (Kind::Monitor, 6.0, ADEME),
            (Kind::Tablet, 3.0, ADEME),
            (Kind::Smartphone, 2.5, ADEME),
            (Kind::Printer, 5.0, ADEME),
            (Kind::Multifunction, 5.0, OWN),
            (Kind::Tv, 8.0, ADEME),
            (Kind::Projector, 8.0, ADEME),
            (Kind::Server, 5.0, ARCEP),
            (Kind::Modem, 5.0, ADEME),
            (Kind::ExternalDrive, 5.0, ADEME),
        ];
        Self {
            lifetimes: lifetimes.map(|(kind, years, origin)| (kind, Years(years), origin)).to_vec(),
            server_room_pue: 1.75,
            allocation: Allocation::Time,
            common_error: 0.20,
            power_gap_minutes: 30.0,
            measured_days: 7.0,
            second_life_years: 2.0,
            electricity: "FR".to_owned(),
            told: Vec::new(),
        }
    }
}

impl Assumptions {
    /// The reference lifetime of a kind; `None` where none is known.
    pub fn lifetime(&self, kind: Kind) -> Option<Years> {
        self.lifetimes.iter().find(|(known, ..)| *known == kind).map(|(_, years, _)| *years)
    }

    /// The operator's own lifetime of a kind.
    pub fn set_lifetime(&mut self, kind: Kind, years: Years) {
        self.lifetimes.retain(|(known, ..)| *known != kind);
        self.lifetimes.push((kind, years, "configuration"));
    }

    /// Every number that is assumed, written out.
    pub fn all(&self) -> Vec<Assumption> {
        let mut all: Vec<Assumption> = self
            .lifetimes
            .iter()
            .map(|(kind, years, origin)| Assumption {
                name: format!("lifetime_years.{}", kind.name()),
                value: years.0,
                origin,
            })
            .collect();
        let others = [
            // What infrastructures without a measure get there.
            ("server_room_pue", self.server_room_pue, "NumEcoEval default"),
            ("common_error", self.common_error, OWN),
            ("power_gap_minutes", self.power_gap_minutes, OWN),
            ("measured_days", self.measured_days, OWN),
            ("second_life_years", self.second_life_years, OWN),
        ];
        all.extend(others.map(|(name, value, origin)| {
            let origin = if self.told.contains(&name) { "configuration" } else { origin };
            Assumption { name: name.to_owned(), value, origin }
        }));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_tells_is_said_to_be_the_operators() {
        let mut assumptions =
            Assumptions { measured_days: 30.0, told: vec!["measured_days"], ..Assumptions::default() };
        assumptions.set_lifetime(Kind::Laptop, Years(7.0));
        let lifetimes = [Kind::Laptop, Kind::Monitor, Kind::Switch].map(|kind| assumptions.lifetime(kind));
        assert_eq!(lifetimes, [Some(Years(7.0)), Some(Years(6.0)), None]);
        let all = assumptions.all();
        let told: Vec<&str> =
            all.iter().filter(|one| one.origin == "configuration").map(|one| one.name.as_str()).collect();
        assert_eq!(told, ["lifetime_years.laptop", "measured_days"]);
        assert_eq!(all.len(), Assumptions::default().all().len());
    }
}
