//! Readings found by name and slice, for what is told in words: the page and the report.

use std::collections::BTreeMap;

use domain::entity::{Entity, EntityTree, NO_SIRET};
use domain::indicator::{Indicator, Reading};
use domain::word::{Kind, Word};

use crate::wording::Lang;

/// Readings by name.
pub struct Figures<'a>(BTreeMap<&'static str, Vec<&'a Reading>>);

/// The sum of several readings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Total<'a> {
    /// What is known of it; `None` where nothing is.
    pub value: Option<f64>,
    /// Something of it is not known.
    pub partial: bool,
    /// Why.
    pub note: Option<&'a str>,
}

impl<'a> Figures<'a> {
    /// Sorts readings by name.
    pub fn of(readings: &'a [(&'static Indicator, Reading)]) -> Self {
        let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (indicator, reading) in readings {
            by_name.entry(indicator.name).or_default().push(reading);
        }
        Self(by_name)
    }

    /// The readings of a name whose slice has all of these labels.
    pub fn all(&self, name: &str, slice: &[(&str, &str)]) -> impl Iterator<Item = &'a Reading> {
        let found = self.0.get(name).into_iter().flatten().copied();
        found.filter(|reading| slice.iter().all(|(name, value)| label(reading, name) == *value))
    }

    /// The first of them.
    pub fn find(&self, name: &str, slice: &[(&str, &str)]) -> Option<&'a Reading> {
        self.all(name, slice).next()
    }

    /// Their sum.
    pub fn sum(&self, name: &str, slice: &[(&str, &str)]) -> Total<'a> {
        let mut total = Total::default();
        for reading in self.all(name, slice) {
            match reading.value {
                Some(value) => total.value = Some(total.value.unwrap_or(0.0) + value),
                None => total.note = reading.note.as_deref(),
            }
            total.partial |= reading.value.is_none() || reading.coverage < 1.0;
        }
        total
    }

    /// Active assets (in use, in stock, in repair) of a kind; of all where none is told.
    pub fn active(&self, kind: Option<&str>) -> f64 {
        ACTIVE
            .iter()
            .filter_map(|status| match kind {
                Some(kind) => self.sum("assets", &[("kind", kind), ("status", status)]).value,
                None => self.sum("assets", &[("status", status)]).value,
            })
            .sum()
    }

    /// Of what share of the active fleet a field is known; `None` where there is none.
    pub fn known(&self, field: &str) -> Option<f64> {
        let (mut known, mut all) = (0.0, 0.0);
        for reading in self.all("field_known_ratio", &[("field", field)]) {
            let active = self.active(Some(label(reading, "kind")));
            known += reading.value.unwrap_or(0.0) * active;
            all += active;
        }
        (all > 0.0).then(|| known / all)
    }

    /// What there is for each agent; `None` where no headcount is known. `root` is the organisation's id: its own count
    /// holds everyone, else each entity's count stands beside its own equipment.
    pub fn per_agent(&self, root: &str) -> Option<PerAgent> {
        let told = |entity: &str| self.find("agents", &[("entity", entity)]).and_then(|reading| reading.value);
        let whole = told(root);
        let agents = whole.or(self.sum("agents", &[]).value).filter(|agents| *agents > 0.0)?;
        let mut per = PerAgent { agents, by_kind: BTreeMap::new(), outside: 0.0 };
        for status in ACTIVE {
            for reading in self.all("assets", &[("status", status)]) {
                let count = reading.value.unwrap_or(0.0);
                if whole.is_some() || self.find("agents", &[("entity", label(reading, "entity"))]).is_some() {
                    *per.by_kind.entry(label(reading, "kind").to_owned()).or_default() += count;
                } else {
                    per.outside += count;
                }
            }
        }
        // Small departments are told together, under no headcount of their own; where all others have one, so have they.
        let folded = per.outside > 0.0
            && self.labels("assets", "entity").iter().all(|entity| *entity == "other" || told(entity).is_some());
        if folded {
            per.outside = 0.0;
            for status in ACTIVE {
                for reading in self.all("assets", &[("status", status), ("entity", "other")]) {
                    *per.by_kind.entry(label(reading, "kind").to_owned()).or_default() +=
                        reading.value.unwrap_or(0.0);
                }
            }
        }
        Some(per)
    }

    /// The values that a label takes in the readings of a name.
    pub fn labels(&self, name: &str, of: &str) -> Vec<&'a str> {
        let mut labels: Vec<&str> = self.all(name, &[]).map(|reading| label(reading, of)).collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// The buyers of the readings of a name, in the order of the tree; unknown ones last.
    pub fn buyers(&self, name: &str, entities: &'a EntityTree) -> Vec<Buyer<'a>> {
        let mut sirets = self.labels(name, "siret");
        sirets.sort_by_key(|siret| entities.of_siret(siret).map_or(u32::MAX, |buyer| buyer.0));
        let buyer = |siret: &'a str| {
            let entity = entities.of_siret(siret).map(|buyer| entities.entity(buyer));
            Buyer { siret, entity }
        };
        sirets.into_iter().map(buyer).collect()
    }
}

/// Below this share of known euros a rate is called incomplete.
pub const ENOUGH: f64 = 0.8;

/// The statuses of the active fleet.
const ACTIVE: [&str; 3] = ["in_use", "in_stock", "in_repair"];

/// Equipment beside those who use it.
#[derive(Clone, Debug, PartialEq)]
pub struct PerAgent {
    /// How many people.
    pub agents: f64,
    /// Their active assets by kind.
    by_kind: BTreeMap<String, f64>,
    /// Active assets of entities without a headcount: they are in no ratio.
    pub outside: f64,
}

impl PerAgent {
    /// How many of these kinds there are for each agent; of all where none is told.
    pub fn of(&self, kinds: &[&str]) -> f64 {
        let own = self.by_kind.iter().filter(|(kind, _)| kinds.is_empty() || kinds.contains(&kind.as_str()));
        own.map(|(_, count)| count).sum::<f64>() / self.agents
    }
}

/// The names of what most agents work with.
pub fn workplaces() -> [&'static str; 5] {
    Kind::WORKPLACES.map(Word::name)
}

/// Someone the law speaks to.
#[derive(Clone, Copy)]
pub struct Buyer<'a> {
    /// Its SIRET, or [`NO_SIRET`].
    pub siret: &'a str,
    /// The entity, where the tree knows it.
    pub entity: Option<&'a Entity>,
}

impl Buyer<'_> {
    /// Its name for readers, and whether the law binds it.
    pub fn name(&self, lang: Lang) -> String {
        let name = match self.entity {
            Some(entity) => entity.name.to_string(),
            None if self.siret == NO_SIRET => lang.pick("SIRET non renseigné", "SIRET not told").to_owned(),
            None => format!("SIRET\u{a0}{}", self.siret),
        };
        let voluntary = if self.is_voluntary() { lang.pick(" (à titre volontaire)", " (voluntary)") } else { "" };
        format!("{name}{voluntary}")
    }

    /// The legal rates are shown as voluntary.
    pub fn is_voluntary(&self) -> bool {
        self.entity.is_some_and(|entity| !entity.legal_subject)
    }
}

/// The value of a label; empty where the slice has none.
pub fn label<'a>(reading: &'a Reading, name: &str) -> &'a str {
    reading.slice.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}
