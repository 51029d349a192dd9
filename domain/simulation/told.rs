//! What a simulation rests on, told: every number with its origin, and what its reader must know.

use std::collections::BTreeMap;

use crate::indicator::{Basis, kind_label, lifetime};
use crate::law::price::Price;
use crate::word::{Kind, Word};

use super::buying::Buying;
use super::stock::Stock;
use super::{Assumed, Course, Electricity, Path, Scenario, Screens, Year, electricity};

/// All that a simulation was made of.
pub struct Ground<'a> {
    pub basis: &'a Basis<'a>,
    pub scenario: &'a Scenario,
    pub stocks: &'a BTreeMap<Option<Kind>, Stock>,
    pub paths: &'a BTreeMap<Option<Kind>, [Path; 2]>,
    pub buying: &'a Buying,
    pub screens: &'a Screens,
}

const OF_SCENARIO: &str = "the scenario";
const MONTHS: &str = "of the last 24 months";

impl Ground<'_> {
    /// Every number that was assumed.
    pub fn assumptions(&self) -> Vec<Assumed> {
        let mut lines = Vec::new();
        for (kind, paths) in self.paths {
            if let Some(kind) = kind {
                self.of_kind(*kind, paths, &mut lines);
            }
        }
        let mut line = |name: &str, value, unit, course, origin: String| {
            lines.push(Assumed { name: name.to_owned(), value, unit, course, origin });
        };
        let (other, scenario) = (self.scenario.electricity.as_ref(), Some(Course::Scenario));
        let name = "electricity_grams_per_kwh";
        if let Some((grams, id)) = electricity(self.basis) {
            let course = other.map(|_| Course::Today);
            line(name, grams, "gCO2e/kWh", course, format!("{id}, and the same in all years"));
        }
        if let (Some(other), Some(intensity)) = (other, self.scenario.intensity(self.basis)) {
            let origin = match other {
                Electricity::Told(_) => OF_SCENARIO.to_owned(),
                Electricity::Country(country) => format!("{OF_SCENARIO}: electricity of {country}"),
            };
            line(name, intensity.as_per_kwh(), "gCO2e/kWh", scenario, origin);
        }
        if self.scenario.second_screens_removed > 0.0 {
            let origin = "monitors in service beyond one for each workstation of the same entity; of each monitor the same share goes";
            line("second_screens", self.screens.second, "assets", None, origin.to_owned());
            let share = self.scenario.second_screens_removed;
            line("second_screens_removed", share, "ratio", scenario, format!("{OF_SCENARIO}, in year 1"));
        }
        if self.scenario.printers_removed > 0.0 {
            let origin = format!("{OF_SCENARIO}, in year 1: of each printer in service the same share");
            line("printers_removed", self.scenario.printers_removed, "ratio", scenario, origin);
        }
        for joining in &self.scenario.joining {
            for (kind, count) in &joining.assets {
                let origin = format!(
                    "{}, from year {} on: each like the mean one here, ages evenly from 0 to its life",
                    joining.name, joining.year
                );
                line(&format!("joining.{}", kind.name()), *count, "assets", scenario, origin);
            }
        }
        lines
    }

    fn of_kind(&self, kind: Kind, [today, then]: &[Path; 2], lines: &mut Vec<Assumed>) {
        let Some(life) = today.life else { return };
        let name = kind.name();
        let mut line = |name: String, value, unit, course, origin: String| {
            lines.push(Assumed { name, value, unit, course, origin });
        };
        // A number of both courses, or one of each.
        let mut either = |name: String, values: [f64; 2], unit, origin: String| {
            let [own, other] = values;
            if own == other {
                line(name, own, unit, None, origin);
            } else {
                line(name.clone(), own, unit, Some(Course::Today), origin);
                line(name, other, unit, Some(Course::Scenario), OF_SCENARIO.to_owned());
            }
        };
        let known = self.basis.settings.assumptions.lifetimes.iter().find(|(of, ..)| *of == kind);
        let origin = known.map_or("", |(.., origin)| origin).to_owned();
        either(
            format!("lifetime_years.{name}"),
            [life, then.life.unwrap_or(life)].map(|life| life.0),
            "years",
            origin,
        );
        let units = |of: &BTreeMap<Kind, Price>| of.get(&kind).map_or(0.0, |price| price.units);
        let origin = match units(&self.buying.all) {
            0.0 => format!("none was bought in the purchases {MONTHS}"),
            all => format!("{} of {all} units bought, in the purchases {MONTHS}", units(&self.buying.reused)),
        };
        either(format!("refurbished_share.{name}"), [today.refurbished, then.refurbished], "ratio", origin);
        let mut line = |name: String, value, unit, origin: String| {
            lines.push(Assumed { name, value, unit, course: None, origin });
        };
        if let (Some(upstream), true) = (then.upstream, today.refurbished.max(then.refurbished) > 0.0) {
            let origin = match (self.buying.upstream.get(&kind), self.scenario.upstream) {
                (Some((_, count)), _) => format!("mean of the {count} refurbished ones here of which it is told"),
                (None, Some(_)) => OF_SCENARIO.to_owned(),
                (None, None) => "none is told of those here: nothing is credited".to_owned(),
            };
            line(format!("refurbished_upstream_years.{name}"), upstream.0, "years", origin);
        }
        let bought = |units: f64| format!("mean of {units} units, in the purchases {MONTHS}");
        if let Some(price) = self.buying.new_price(kind) {
            line(format!("price_new.{name}"), price, "euros", bought(units(&self.buying.new)));
        }
        if let Some(price) = self.buying.reused_price(kind) {
            let origin = match units(&self.buying.reused) {
                0.0 => format!("{OF_SCENARIO}: {} of a new one's", self.buying.ratio.unwrap_or_default()),
                units => bought(units),
            };
            line(format!("price_refurbished.{name}"), price, "euros", origin);
        }
        let Some(stock) = self.stocks.get(&Some(kind)) else { return };
        for (what, count, origin) in [
            ("past_lifetime", stock.old, "they leave first, at the pace of their kind"),
            ("unknown_age", stock.ageless, "they leave evenly among those of known age"),
        ] {
            if count > 0.0 {
                line(format!("{what}.{name}"), count, "assets", origin.to_owned());
            }
        }
    }

    /// What a reader must know.
    pub fn notes(&self, courses: [&[Year]; 2]) -> Vec<String> {
        let mut notes = vec![
            "of each kind, stock ÷ life leaves in a year, the oldest first, and is replaced by its like".to_owned(),
        ];
        let mut note = |about: &str, kinds: Vec<String>| {
            if !kinds.is_empty() {
                notes.push(format!("{about}: {}", kinds.join(", ")));
            }
        };
        let names = |asked: &dyn Fn(Option<Kind>, &[Path; 2]) -> bool| {
            let kinds = self.paths.iter().filter(|(kind, paths)| asked(**kind, paths));
            kinds.map(|(kind, _)| kind_label(*kind).to_string()).collect()
        };
        let medians = lifetime::medians(self.basis);
        let lived = self.paths.iter().filter_map(|(kind, [today, _])| {
            let (kind, life) = ((*kind)?, today.life?);
            Some(format!("{} {:.1} and not {}", kind.name(), medians.get(&kind)?.0, life.0))
        });
        note(
            "half of a kind lasts longer here than these years, and not than its reference life, at which today's course replaces it ([assumptions] lifetime_years sets that)",
            lived.collect(),
        );
        note(
            "no reference lifetime: they neither leave nor are replaced",
            names(&|_, [today, _]| today.life.is_none()),
        );
        let unpriced = |kind: Option<Kind>, _: &[Path; 2]| {
            let parts = courses.iter().flat_map(|years| years.iter().flat_map(|year| &year.kinds));
            let flows = parts.filter(|(of, _)| *of == kind).filter_map(|(_, part)| part.flow);
            flows.into_iter().any(|flow| flow.coverage() < 1.0)
        };
        note(
            &format!("no price {MONTHS}, new or refurbished, as both courses need it: in the euros of neither"),
            names(&unpriced),
        );
        let uncredited = |_: Option<Kind>, [today, then]: &[Path; 2]| {
            let share = today.refurbished.max(then.refurbished);
            today.life.is_some() && share > 0.0 && then.upstream.is_some_and(|upstream| upstream.0 == 0.0)
        };
        note("refurbished ones without a proven life before us: nothing is credited", names(&uncredited));
        let cut = |_: Option<Kind>, [today, then]: &[Path; 2]| {
            today.life.is_some() && today.refurbished.max(then.refurbished) > 0.0 && then.upstream.is_none()
        };
        note("refurbished ones have no figure for making, as long as refurbished_allocation is cutoff", names(&cut));
        let nothing_here = |kind: Option<Kind>, _: &[Path; 2]| !self.stocks.contains_key(&kind);
        note("nothing of the kind is here: what joins has no figure", names(&nothing_here));
        if courses.iter().flat_map(|years| years.iter()).any(|year| year.whole.coverage() < 1.0) {
            notes.push(
                "the footprint is at least that: not all of it has a published factor and a lifetime".to_owned(),
            );
        }
        notes.push(
            "the rate of reuse is that of all buyers together, at today's prices and without gifts: no legal figure"
                .to_owned(),
        );
        notes
    }
}
