//! One acquisition as AGEC article 58 sees it, be it a line or an asset: its category, and on which side it counts.

use jiff::Span;
use jiff::civil::Date;

use crate::packed::Packed;
use crate::purchase::PurchaseLine;
use crate::quantity::Cents;
use crate::record::Text;
use crate::shared::Shared;
use crate::snapshot::Asset;
use crate::word::{Condition, Kind, Mode};

use super::agec::{Counted, SpendLine, Why, date_of};
use super::{Law, Origin};

/// Gifts count from this civil year on (décret 2024-134, article 1).
const GIFTS_SINCE: i16 = 2024;

/// A line of a source; none without a day.
pub(super) fn of_line(law: &Law, origin: Origin, siret: Shared, line: &PurchaseLine) -> Option<SpendLine> {
    let date = date_of(law, line)?;
    let acquired = Acquired {
        kind: line.kind,
        category: line.category.as_deref(),
        condition: line.condition,
        mode: line.mode,
        quantity: line.quantity.unwrap_or(1.0),
        amount: line.amount_ht,
        age: None,
    };
    let mut spend = acquired.seen_by(law, origin, siret, date);
    spend.derogated = line.derogation == Some(true);
    spend.quantity_told = line.quantity.is_some();
    spend.recycled |= line.recycled_content == Some(true);
    spend.proof = line.proof.clone().or_else(|| line.proof_url.clone());
    spend.ecolabelled = line.ecolabel.is_some();
    spend.index_considered = line.repairability_considered;
    Some(spend)
}

/// What the inventory tells of an asset's purchase; none without a price, unless it was given.
pub(super) fn of_asset(law: &Law, origin: Origin, siret: Shared, asset: &Asset) -> Option<SpendLine> {
    let date = asset.bought?;
    let gift = asset.mode == Some(Mode::Gift) || asset.condition == Some(Condition::Donated);
    if asset.price.is_none_or(|cents| cents.0 <= 0) && !gift {
        return None;
    }
    let acquired = Acquired {
        kind: asset.kind,
        category: None,
        condition: asset.condition,
        mode: asset.mode,
        quantity: 1.0,
        amount: asset.price,
        age: if gift { age_when_given(asset, date) } else { None },
    };
    Some(acquired.seen_by(law, origin, siret, date))
}

/// How old a thing was on the day it was given: its proven years before us, else since it was made. Whole years by calendar
/// anniversary, so that on the fifth one it is not under five.
fn age_when_given(asset: &Asset, given: Date) -> Option<f64> {
    let since_made = || {
        let made = asset.told(Packed::manufacture_date).filter(|made| *made <= given)?;
        let anniversary = |years: i16| made.saturating_add(Span::new().years(years));
        let begun = given.year() - made.year();
        let years = if anniversary(begun) > given { begun - 1 } else { begun };
        let rest = given.since(anniversary(years)).ok()?.get_days();
        Some(f64::from(years) + f64::from(rest) / 366.0)
    };
    asset.upstream_years().or_else(since_made)
}

/// What was acquired, whoever tells it.
struct Acquired<'a> {
    kind: Option<Kind>,
    category: Option<&'a str>,
    condition: Option<Condition>,
    mode: Option<Mode>,
    quantity: f64,
    amount: Option<Cents>,
    age: Option<f64>,
}

impl Acquired<'_> {
    fn seen_by(&self, law: &Law, origin: Origin, siret: Shared, date: Date) -> SpendLine {
        let year = date.year();
        let category = match (self.category, self.kind) {
            // The national schema's other categories pass through as they are written.
            (Some(told), _) => match law.category_named(told, year) {
                Some(category) => category.name,
                None => Shared::of(&Text::from(told)).text(),
            },
            (None, Some(kind)) => law.category_of(kind, year).map_or("none", |category| category.name),
            (None, None) => "unknown",
        };
        let condition = self.condition.unwrap_or(Condition::Unknown);
        let mode = match (self.mode, condition) {
            (Some(mode), _) => mode,
            (None, Condition::Donated) => Mode::Gift,
            (None, _) => Mode::Purchase,
        };
        let told = self.amount.unwrap_or_default();
        let grid = self.kind.and_then(|kind| law.gift_value(kind, self.age));
        let (counted, amount, why) = match mode {
            _ if category == "unknown" => (Counted::No, told, Why::Untold),
            _ if category == "none" => (Counted::No, told, Why::OutOfScope),
            Mode::Rental => (Counted::No, told, Why::Rental),
            Mode::Gift if year < GIFTS_SINCE => (Counted::No, told, Why::EarlyGift),
            Mode::Gift => match grid {
                Some(value) => (Counted::Gift, Cents((value.0 as f64 * self.quantity).round() as i64), Why::Gift),
                None => (Counted::No, told, Why::UnvaluedGift),
            },
            Mode::Purchase if condition.is_reuse() => (Counted::Reuse, told, Why::Reuse),
            Mode::Purchase if condition == Condition::Unknown => (Counted::Total, told, Why::UnknownCondition),
            Mode::Purchase => (Counted::Total, told, Why::NotReuse),
        };
        SpendLine {
            origin,
            siret,
            category,
            year,
            date,
            kind: self.kind,
            condition,
            mode,
            quantity: self.quantity,
            quantity_told: true,
            amount,
            derogated: false,
            counted,
            why,
            recycled: condition == Condition::NewRecycledContent,
            proof: None,
            ecolabelled: false,
            index_considered: None,
        }
    }
}
