//! REEN article 16 and décret 2023-266: of the reformed goods in stock on 1 January (B), what part was directed to reuse
//! during the year (A).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::Span;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::exit::ExitLine;
use crate::packed::Packed;
use crate::record::Text;
use crate::snapshot::{Asset, Snapshot};
use crate::word::{Disposal, Kind, Mode};

use super::{Law, Origin};

/// A count stands for the stock of 1 January when it was made at most so many days from it: our own reading, the decree
/// asks for that day alone.
const COUNT_DAYS: i32 = 31;

/// Goods that left, or were reformed: one asset, or one line of a disposals list.
#[derive(Clone, Debug, PartialEq)]
pub struct ExitLineSeen {
    /// The asset, or the line (of `Snapshot::exits`).
    pub origin: Origin,
    /// The owner.
    pub siret: Text,
    /// What it is.
    pub kind: Option<Kind>,
    /// Reformed on.
    pub retired: Option<Date>,
    /// Gone on.
    pub gone: Option<Date>,
    /// The way by which it left.
    pub way: Disposal,
    /// How many.
    pub quantity: f64,
    /// Grams, where told.
    pub grams: Option<f64>,
    /// Handed to an approved scheme.
    pub approved: Option<bool>,
    /// Within the decree's scope; `None` where its age or kind is not known.
    pub eligible: Option<bool>,
    /// Why it is or is not.
    pub why: &'static str,
    /// What proves where it went.
    pub proof: Option<Text>,
    /// It had left when it was first seen: from its reform or its purchase on, until that day.
    pub gone_within: Option<RangeInclusive<Date>>,
    /// It left the active fleet unseen: not known to be in the stock of reformed goods any more.
    pub unlisted: Option<Date>,
}

impl ExitLineSeen {
    /// The asset's id, or `SOURCE:KEY` of the line; of the snapshot that the exits were read from.
    pub fn id(&self, snapshot: &Snapshot) -> Text {
        self.origin.id(snapshot, &snapshot.exits)
    }

    /// The date by which its exit belongs to a civil year: that of leaving, else that of reform.
    pub fn date(&self) -> Option<Date> {
        self.gone.or(self.retired).filter(|_| self.gone_within.is_none())
    }

    /// The day on which it left the house: a good still in the reformed stock has only been reformed.
    pub fn left(&self) -> Option<Date> {
        self.date().filter(|_| self.gone.is_some() || self.way != Disposal::Unknown)
    }

    /// May it have left in a civil year, of which nobody knows whether it did?
    pub fn may_have_left_in(&self, year: i16) -> bool {
        self.gone_within.as_ref().is_some_and(|days| (days.start().year()..=days.end().year()).contains(&year))
    }

    /// Did it leave in a civil year?
    pub fn left_in(&self, year: i16) -> bool {
        self.left().is_some_and(|day| day.year() == year)
    }

    /// Did it stand in the stock of reformed goods on 1 January?
    pub fn stood_in(&self, year: i16) -> bool {
        let new_year = jiff::civil::date(year, 1, 1);
        self.retired.is_some_and(|day| day <= new_year)
            && self.left().is_none_or(|day| day >= new_year)
            && self.unlisted.is_none_or(|day| day > new_year)
            && self.gone_within.is_none()
    }

    /// What it adds to A.
    pub fn to_a(&self, year: i16) -> f64 {
        if self.left_in(year) && self.eligible == Some(true) && self.way.is_reuse() { self.quantity } else { 0.0 }
    }

    /// What it adds to B, where B is reconstructed; a count made by people outranks it.
    pub fn to_b(&self, year: i16) -> f64 {
        if self.stood_in(year) && self.eligible == Some(true) { self.quantity } else { 0.0 }
    }
}

/// The figures of one owner and civil year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExitFigures {
    /// Eligible goods directed to reuse during the year.
    pub a: f64,
    /// Eligible goods in the stock of reformed goods on 1 January; `None` where neither a count nor dated history is, and
    /// where of none of them the scope is known.
    pub b: Option<f64>,
    /// B was counted by people.
    pub counted: bool,
    /// Exits of the year, eligible or not.
    pub exits: f64,
    /// Exits that may be of the year: they had left when they were first seen.
    pub unseen: f64,
    /// Those of them whose eligibility is known.
    pub known: f64,
    /// Eligible exits of the year by any way.
    pub eligible: f64,
    /// Goods that stood in the stock of reformed goods on 1 January, eligible or not, as dates tell them.
    pub stock: f64,
    /// Those of them whose eligibility is known.
    pub stock_known: f64,
}

impl ExitFigures {
    /// A over B; may exceed one; `None` when B is zero or unknown.
    pub fn ratio(&self) -> Option<f64> {
        self.b.filter(|b| *b > 0.0).map(|b| self.a / b)
    }

    /// Which part of the year's exits, and of those that may be of the year, is known to be eligible or not.
    pub fn exits_coverage(&self) -> f64 {
        let all = self.exits + self.unseen;
        if all > 0.0 { self.known / all } else { 1.0 }
    }

    /// The same of the stock on 1 January: a count is whole, and what nothing tells is not known.
    pub fn stock_coverage(&self) -> f64 {
        match self.b {
            Some(_) if !self.counted && self.stock > 0.0 => self.stock_known / self.stock,
            Some(_) => 1.0,
            None => 0.0,
        }
    }

    /// Is there stock of which nobody can say whether it is eligible, and on which B would depend?
    pub fn stock_is_unsure(&self) -> bool {
        !self.counted && self.stock > self.stock_known
    }

    /// A over all eligible exits of the year: informative, not the law.
    pub fn share_of_exits(&self) -> Option<f64> {
        (self.eligible > 0.0).then(|| self.a / self.eligible)
    }
}

/// All exits as the law sees them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exits {
    /// Every exit and every reformed good.
    pub lines: Vec<ExitLineSeen>,
    /// By owner and civil year, from 2023 on.
    pub cells: BTreeMap<(Text, i16), ExitFigures>,
}

impl Exits {
    /// Reads the exits of a snapshot up to the end of a day.
    pub fn of(snapshot: &Snapshot, law: &Law, at: Date) -> Self {
        let mut lines = Vec::new();
        let mut naming: FxHashMap<usize, Vec<&ExitLine>> = FxHashMap::default();
        for line in &snapshot.exits {
            if let Some(asset) = line.asset {
                naming.entry(asset).or_default().push(&line.told);
            }
        }
        // Virtual machines are counted apart: none of them is a good.
        for (asset, place) in snapshot.assets.iter().zip(0..).filter(|(asset, _)| !asset.is_virtual) {
            let gone = asset.gone.filter(|day| *day <= at);
            let retired = asset.retired.filter(|day| *day <= at);
            if gone.or(retired).is_none() {
                continue;
            }
            // Of several lines that name it the first that tells a thing is believed, as of its fields.
            let told = naming.get(&(place as usize)).map(Vec::as_slice).unwrap_or_default();
            // The way by which it was to leave later is not known on that day.
            let way = asset.told(Packed::disposal).filter(|_| asset.gone.is_none_or(|day| day <= at));
            let way = way.unwrap_or(Disposal::Unknown);
            let gone_within = gone_within(asset, way);
            // The day of first sight is none on which anything happened.
            let gone = gone.filter(|_| gone_within.is_none());
            let retired = match gone_within {
                Some(_) => asset.told(Packed::retired_date).filter(|day| *day <= at),
                None => retired,
            };
            let bought = asset.bought.or(asset.start);
            let classified = told.iter().find_map(|line| line.classified) == Some(true);
            let (eligible, why) = match asset.mode {
                Some(Mode::Rental) => (Some(false), "rented: not this house's to reform"),
                _ if gone_within.is_some() => (None, "it had left when it was first seen: its year is not known"),
                _ => eligibility(law, asset.kind, retired.or(gone), bought, classified),
            };
            lines.push(ExitLineSeen {
                origin: Origin::Asset(place),
                siret: snapshot.entities.siret_of(asset.entity),
                kind: asset.kind,
                retired,
                gone,
                gone_within,
                way,
                quantity: 1.0,
                grams: asset.told(Packed::weight_kg).map(|kg| kg * 1000.0),
                approved: told.iter().find_map(|line| line.approved_scheme),
                eligible,
                why,
                proof: told.iter().find_map(|line| line.proof.clone()),
                unlisted: asset.unlisted.filter(|day| *day <= at),
            });
        }
        for (line, place) in snapshot.exits.iter().zip(0..).filter(|(line, _)| line.asset.is_none()) {
            let told = &line.told;
            let gone = told.date.filter(|day| *day <= at);
            let retired = told.retired_date.filter(|day| *day <= at);
            if gone.or(retired).is_none() {
                continue;
            }
            let (eligible, why) =
                eligibility(law, told.kind, retired.or(gone), told.purchase_date, told.classified == Some(true));
            lines.push(ExitLineSeen {
                origin: Origin::Line(place),
                siret: line.siret.clone(),
                kind: told.kind,
                retired,
                gone,
                gone_within: None,
                way: told.disposal.filter(|_| told.date.is_none_or(|day| day <= at)).unwrap_or(Disposal::Unknown),
                quantity: told.quantity.unwrap_or(1.0),
                grams: told.weight_kg.map(|kg| kg * 1000.0),
                approved: told.approved_scheme,
                eligible,
                why,
                proof: told.proof.clone(),
                unlisted: None,
            });
        }
        let mut exits = Self { lines, cells: BTreeMap::new() };
        exits.count(snapshot, law, at);
        exits
    }

    fn count(&mut self, snapshot: &Snapshot, law: &Law, at: Date) {
        let first = law.exit_targets.iter().map(|step| step.from).min().unwrap_or(i16::MAX);
        let owners: BTreeSet<Text> = self
            .lines
            .iter()
            .map(|line| line.siret.clone())
            .chain(snapshot.stock_counts.iter().map(|count| count.siret.clone()))
            .filter(|siret| !snapshot.partial.contains(siret))
            .collect();
        let mut by_owner: BTreeMap<&Text, Vec<&ExitLineSeen>> = BTreeMap::new();
        for line in &self.lines {
            by_owner.entry(&line.siret).or_default().push(line);
        }
        let mut cells = BTreeMap::new();
        for siret in owners {
            let lines = by_owner.get(&siret).map(Vec::as_slice).unwrap_or_default();
            for year in first..=at.year() {
                let mut figures = ExitFigures::default();
                let new_year = jiff::civil::date(year, 1, 1);
                let mut eligible_stock = 0.0;
                let mut dated_history = false;
                for line in lines {
                    dated_history |= line.retired.or(line.gone).is_some_and(|day| day < new_year);
                    if line.left_in(year) {
                        figures.exits += line.quantity;
                        figures.known += if line.eligible.is_some() { line.quantity } else { 0.0 };
                        figures.eligible += if line.eligible == Some(true) { line.quantity } else { 0.0 };
                    }
                    if line.may_have_left_in(year) {
                        figures.unseen += line.quantity;
                    }
                    figures.a += line.to_a(year);
                    if line.stood_in(year) {
                        figures.stock += line.quantity;
                        figures.stock_known += if line.eligible.is_some() { line.quantity } else { 0.0 };
                    }
                    eligible_stock += line.to_b(year);
                }
                let away = |date: Date| new_year.since(date).map_or(i32::MAX, |span| span.get_days().abs());
                let mut counts: BTreeMap<Date, f64> = BTreeMap::new();
                for count in snapshot.stock_counts.iter().filter(|count| count.siret == siret) {
                    if let (Some(date), Some(number)) = (count.told.date, count.told.count)
                        && date <= at
                        && away(date) <= COUNT_DAYS
                    {
                        // Several counts of one day, room by room, make one together.
                        *counts.entry(date).or_default() += number;
                    }
                }
                // Of two days that are equally near, the one before 1 January.
                let counted = counts.into_iter().min_by_key(|(date, _)| away(*date)).map(|(_, count)| count);
                figures.counted = counted.is_some();
                let is_known = dated_history && (figures.stock == 0.0 || figures.stock_known > 0.0);
                figures.b = counted.or(is_known.then_some(eligible_stock));
                cells.insert((siret.clone(), year), figures);
            }
        }
        self.cells = cells;
    }
}

/// The days on which an asset may have left that had done so when it was first seen; none of what waits in the stock.
fn gone_within(asset: &Asset, way: Disposal) -> Option<RangeInclusive<Date>> {
    let last = asset.gone.or(asset.retired.filter(|_| way != Disposal::Unknown)).filter(|_| asset.exit_unseen)?;
    let first = asset.told(Packed::retired_date).or(asset.bought).or(asset.start);
    Some(first.unwrap_or(Date::MIN)..=last)
}

/// Is a good within the scope of décret 2023-266, article 1?
fn eligibility(
    law: &Law,
    kind: Option<Kind>,
    reformed: Option<Date>,
    bought: Option<Date>,
    classified: bool,
) -> (Option<bool>, &'static str) {
    let (Some(kind), Some(reformed)) = (kind, reformed) else {
        return (None, "its kind is not told");
    };
    if classified {
        return (Some(false), "holds classified information");
    }
    if law.exits_exclude.contains(&kind) {
        return (Some(false), "outside categories 2° and 6° of article R. 543-172");
    }
    let Some(bought) = bought else {
        return (None, "its age is not known");
    };
    let limit = bought.saturating_add(Span::new().years(law.exits_max_age));
    if reformed > limit {
        return (Some(false), "more than ten years old at reform");
    }
    (Some(true), "within the decree's scope")
}
