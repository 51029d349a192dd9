//! AGEC article 58: which euros count, and for what (décret 2024-134; until 2023, décret 2021-254).

use std::collections::BTreeMap;

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::doubt::{Cause, Doubt};
use crate::entity::EntityId;
use crate::purchase::PurchaseLine;
use crate::quantity::Cents;
use crate::record::{Record, Text, Value};
use crate::shared::Shared;
use crate::snapshot::{Asset, Snapshot};
use crate::word::{Condition, Kind, Mode, Word};

use super::acquired::{of_asset, of_line};
use super::{Law, Origin};

/// The first civil year of the duty.
const FIRST_YEAR: i16 = 2021;
/// A gap between ledger and inventory above this share is a doubt.
const GAP: f64 = 0.05;
/// Assets that are read in one go.
const PIECE: usize = 16_384;

/// Does a line make the figure, and on which side?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// In the total and in the reuse.
    Reuse,
    /// In the total only.
    Total,
    /// In the total and in the reuse, at the value of the grid.
    Gift,
    /// On neither side.
    No,
}

impl Word for Counted {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Reuse, "reuse"), (Self::Total, "total"), (Self::Gift, "gift"), (Self::No, "no")];
}

/// Why a line counts as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum Why {
    Untold,
    OutOfScope,
    Rental,
    EarlyGift,
    Gift,
    UnvaluedGift,
    Reuse,
    UnknownCondition,
    NotReuse,
    CrossCheck,
}

impl Why {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Untold => "neither its kind nor its category is told",
            Self::OutOfScope => "out of the law's product scope",
            Self::Rental => "a rental is not an acquisition",
            Self::EarlyGift => "gifts count from 2024 on",
            Self::Gift => "a gift, at the grid's value",
            Self::UnvaluedGift => "a gift whose value the grid does not give",
            Self::Reuse => "bought from reuse",
            Self::UnknownCondition => "of unknown condition: in the total, not as reuse",
            Self::NotReuse => "bought, not from reuse",
            Self::CrossCheck => "the ledger counts; this asset is its cross-check",
        }
    }
}

/// A purchase line, or an asset's purchase, as the law sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SpendLine {
    /// The line (of `Snapshot::purchases`) or the asset.
    pub origin: Origin,
    /// The buyer.
    pub siret: Shared,
    /// Its category; `unknown` where neither it nor the kind is told, `none` out of scope.
    pub category: &'static str,
    /// Its civil year.
    pub year: i16,
    /// The day that makes its year.
    pub date: Date,
    /// What was bought.
    pub kind: Option<Kind>,
    /// What it was.
    pub condition: Condition,
    /// How it was acquired.
    pub mode: Mode,
    /// How many.
    pub quantity: f64,
    /// How many was told, and is not taken for one.
    pub quantity_told: bool,
    /// Without tax; for a counted gift the value of the grid.
    pub amount: Cents,
    /// Bought under a derogation: stays in, shown apart.
    pub derogated: bool,
    /// On which side it counts.
    pub counted: Counted,
    /// Why.
    pub why: Why,
    /// It contains recycled material.
    pub recycled: bool,
    /// What proves its condition.
    pub proof: Option<Text>,
    /// The line names a type I ecolabel.
    pub ecolabelled: bool,
    /// The repairability index was taken into account; `None` where untold.
    pub index_considered: Option<bool>,
}

impl SpendLine {
    /// `SOURCE:KEY` of the line, or the asset's id; of the snapshot that the ledger was made of.
    pub fn id(&self, snapshot: &Snapshot) -> Text {
        self.origin.id(snapshot, &snapshot.purchases)
    }

    /// Is it rented, in a category of the law? What the ledger cross-checks is not asked.
    pub fn is_rental(&self) -> bool {
        self.why == Why::Rental
    }

    /// How many it adds: a credit note takes away, however its quantity is written.
    pub fn units(&self) -> f64 {
        if self.amount.0 < 0 { -self.quantity.abs() } else { self.quantity }
    }

    /// What it adds to the legal total: the denominator.
    pub fn to_total(&self) -> Cents {
        if self.counted == Counted::No { Cents(0) } else { self.amount }
    }

    /// What it adds to the reuse: the numerator.
    pub fn to_reuse(&self) -> Cents {
        if matches!(self.counted, Counted::Reuse | Counted::Gift) { self.amount } else { Cents(0) }
    }
}

/// Buyer, category and civil year.
pub type Cell = (Text, Text, i16);

/// The sums of one buyer, category and civil year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spend {
    /// Purchases by condition: exactly the legal denominator's lines, gifts apart.
    pub by_condition: BTreeMap<Condition, Cents>,
    /// Gifts at the value of the grid.
    pub gifts: Cents,
    /// Rentals, on neither side.
    pub rentals: Cents,
    /// The derogated part of the purchases.
    pub derogated: Cents,
    /// The part bought new that contains recycled material; what is of reuse counts there, once.
    pub recycled: Cents,
    /// Units bought, and those of them from reuse.
    pub units: (f64, f64),
    /// Those of unknown condition.
    pub unknown_units: f64,
    /// Gifts without a value in the grid, in units.
    pub unvalued_gifts: f64,
}

impl Spend {
    /// The legal denominator without gifts.
    pub fn purchases(&self) -> Cents {
        self.by_condition.values().copied().sum()
    }

    /// The reuse among the purchases.
    pub fn reuse(&self) -> Cents {
        self.by_condition.iter().filter(|(condition, _)| condition.is_reuse()).map(|(_, cents)| *cents).sum()
    }

    /// The purchases of unknown condition.
    pub fn unknown(&self) -> Cents {
        self.by_condition.get(&Condition::Unknown).copied().unwrap_or_default()
    }

    /// The legal rate, gifts on both sides; `None` when the total is not above zero.
    pub fn ratio(&self) -> Option<f64> {
        share(self.reuse() + self.gifts, self.purchases() + self.gifts)
    }

    /// The rate of the purchases alone.
    pub fn ratio_without_gifts(&self) -> Option<f64> {
        share(self.reuse(), self.purchases())
    }

    /// The bounds of the legal rate: as if none of unknown condition were reuse, and as if all were. Credit notes
    /// of unknown condition may lower it.
    pub fn ratio_bounds(&self) -> Option<(f64, f64)> {
        let none = self.ratio()?;
        let all = share(self.reuse() + self.gifts + self.unknown(), self.purchases() + self.gifts)?;
        Some((none.min(all), none.max(all)))
    }

    /// Euros of known condition over euros, gifts on both sides; credit notes of unknown condition are unknown too.
    pub fn coverage(&self) -> Option<f64> {
        self.known_of(self.purchases() + self.gifts)
    }

    /// The same of the purchases alone.
    pub fn coverage_without_gifts(&self) -> Option<f64> {
        self.known_of(self.purchases())
    }

    fn known_of(&self, total: Cents) -> Option<f64> {
        let unknown = Cents(self.unknown().0.saturating_abs());
        share(unknown, total).map(|unknown| (1.0 - unknown).max(0.0))
    }

    /// What is missing of the target, at constant total; `None` when the total is not above zero.
    pub fn missing(&self, target: f64) -> Option<Cents> {
        let total = self.purchases() + self.gifts;
        let asked = target * total.0 as f64;
        (total.0 > 0).then(|| Cents((asked - (self.reuse() + self.gifts).0 as f64).max(0.0).round() as i64))
    }

    fn add(&mut self, line: &SpendLine) {
        match line.counted {
            Counted::Gift => self.gifts += line.amount,
            Counted::Reuse | Counted::Total => {
                *self.by_condition.entry(line.condition).or_default() += line.amount;
                self.units.0 += line.units();
                if line.counted == Counted::Reuse {
                    self.units.1 += line.units();
                }
                if line.condition == Condition::Unknown {
                    self.unknown_units += line.units();
                }
                if line.derogated {
                    self.derogated += line.amount;
                }
                if line.recycled && line.counted == Counted::Total {
                    self.recycled += line.amount;
                }
            }
            Counted::No if line.is_rental() => self.rentals += line.amount,
            Counted::No if line.why == Why::UnvaluedGift => self.unvalued_gifts += line.quantity,
            Counted::No => {}
        }
    }
}

pub(super) fn share(part: Cents, whole: Cents) -> Option<f64> {
    (whole.0 > 0).then(|| part.0 as f64 / whole.0 as f64)
}

/// All purchases as the law sees them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// Every line, counted or not, with the reason.
    pub lines: Vec<SpendLine>,
    /// The sums that make the rates.
    pub cells: BTreeMap<Cell, Spend>,
    /// What could not be settled.
    pub doubts: Vec<Doubt>,
}

impl Ledger {
    /// Reads the purchases of a snapshot up to the end of a day.
    pub fn of(snapshot: &Snapshot, law: &Law, at: Date) -> Self {
        let mut lines: Vec<SpendLine> = snapshot
            .purchases
            .iter()
            .zip(0..)
            .filter_map(|(line, at)| of_line(law, Origin::Line(at), Shared::of(&line.siret), &line.told))
            .filter(|line| line.date <= at)
            .collect();
        let covered: FxHashSet<Place> = lines.iter().map(place_of).collect();
        let mut cross: FxHashMap<Place, Cents> = FxHashMap::default();
        let tree = &snapshot.entities;
        let sirets: Vec<Shared> =
            (0..tree.nodes.len() as u32).map(|at| Shared::of(&tree.siret_of(EntityId(at)))).collect();
        let of_piece = |(piece, assets): (usize, &[Asset])| -> Vec<SpendLine> {
            // What was bought before the law counts makes no figure, nor does what is virtual.
            let counts = |date: Date| date <= at && date.year() >= FIRST_YEAR;
            let bought = assets.iter().zip((piece * PIECE) as u32..);
            bought
                .filter(|(asset, _)| !asset.is_virtual && asset.bought.is_some_and(counts))
                .filter_map(|(asset, at)| of_asset(law, Origin::Asset(at), sirets[asset.entity.0 as usize], asset))
                .collect()
        };
        let assets: Vec<Vec<SpendLine>> = snapshot.assets.par_chunks(PIECE).enumerate().map(of_piece).collect();
        lines.reserve_exact(assets.iter().map(Vec::len).sum());
        for mut line in assets.into_iter().flatten() {
            if covered.contains(&place_of(&line)) {
                if matches!(line.counted, Counted::Reuse | Counted::Total) {
                    *cross.entry(place_of(&line)).or_default() += line.amount;
                }
                (line.counted, line.why) = (Counted::No, Why::CrossCheck);
            }
            lines.push(line);
        }
        let mut ledger = Self::default();
        let mut cells: FxHashMap<Place, Spend> = FxHashMap::default();
        for line in &lines {
            if line.year >= FIRST_YEAR
                && !snapshot.partial.contains(line.siret.text())
                && !matches!(line.category, "none" | "unknown")
            {
                cells.entry(place_of(line)).or_default().add(line);
            }
            if line.why == Why::UnvaluedGift {
                let about = vec![line.id(snapshot)];
                ledger.doubts.push(Doubt { about, what: Cause::NoGridValue });
            }
        }
        ledger.cells = cells.into_iter().map(|(place, spend)| (cell_of(place), spend)).collect();
        let cross: BTreeMap<Cell, Cents> = cross.into_iter().map(|(place, cents)| (cell_of(place), cents)).collect();
        for (cell, inventory) in cross {
            // Of a buyer of whom only a part is seen there is no cell.
            let Some(told) = ledger.cells.get(&cell).map(Spend::purchases) else { continue };
            // One rental or gift covers a cell too: what the inventory told of it is in no figure then.
            if inventory.0 > 0 && (inventory.0 - told.0).abs() as f64 > GAP * told.0.abs() as f64 {
                let (siret, category, year) = cell;
                ledger.doubts.push(Doubt {
                    about: vec![Text::from(format!("{siret} {category} {year}"))],
                    what: Cause::Gap { ledger: told, inventory },
                });
            }
        }
        ledger.doubts.retain(|doubt| !snapshot.lets_go(doubt));
        ledger.lines = lines;
        ledger
    }
}

/// The cell of a line, cheap to copy.
type Place = (Shared, &'static str, i16);

fn place_of(line: &SpendLine) -> Place {
    (line.siret, line.category, line.year)
}

fn cell_of((siret, category, year): Place) -> Cell {
    (siret.text().clone(), Text::from(category), year)
}

/// The date of a purchase line that makes its civil year; the line's `date` stands in for it.
pub fn date_of(law: &Law, line: &PurchaseLine) -> Option<Date> {
    let told = PurchaseLine::field(law.year_of).and_then(|field| (field.get)(line));
    match told {
        Some(Value::Date(date)) => Some(date),
        _ => line.date,
    }
}
