//! What the accounts (*Infocom*) know of one item. Pure.

use domain::quantity::Cents;
use domain::record::Text;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::row::{Row, number};
use crate::value;

/// How this house writes prices down: GLPI's `value` has no tax flag, and is 0 where it is unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pricing {
    /// The rate of the tax that prices include, if they do.
    pub vat: Option<f64>,
    /// A price of 0 is a price.
    pub zero_is_free: bool,
}

impl Pricing {
    fn ht(self, told: Cents) -> Option<Cents> {
        match self.vat {
            _ if told.0 == 0 && !self.zero_is_free => None,
            Some(rate) => Some(Cents((told.0 as f64 / (1.0 + rate)).round() as i64)),
            None => Some(told),
        }
    }
}

/// The accounts of one item.
#[derive(Debug, Default)]
pub struct Infocom {
    pub order_date: Option<Date>,
    pub buy_date: Option<Date>,
    pub delivery_date: Option<Date>,
    pub use_date: Option<Date>,
    pub decommission_date: Option<Date>,
    pub warranty_end: Option<Date>,
    pub price: Option<Cents>,
    pub supplier: Option<u64>,
    pub budget: Option<u64>,
    pub order_number: Option<Text>,
    pub immo_number: Option<Text>,
    pub bill: Option<Text>,
    pub comment: Option<Text>,
}

impl Infocom {
    /// Reads a row; a column that cannot be read goes to `reject`, and the others count.
    pub fn read(row: Row<'_>, pricing: Pricing, mut reject: impl FnMut(&str, String)) -> Self {
        let price = row.text("value").map(|text| value::money(&text)).transpose().unwrap_or_else(|reason| {
            reject("value", reason);
            None
        });
        let mut day = |column: &str| {
            row.day(column).unwrap_or_else(|reason| {
                reject(column, reason);
                None
            })
        };
        // −1 is for life.
        let months =
            row.columns.get("warranty_duration").and_then(number).filter(|months| (1..1200).contains(months));
        let warranty_end = day("warranty_date")
            .zip(months)
            .and_then(|(starts, months)| starts.checked_add(i64::try_from(months).ok()?.months()).ok());
        Self {
            order_date: day("order_date"),
            buy_date: day("buy_date"),
            delivery_date: day("delivery_date"),
            use_date: day("use_date"),
            decommission_date: day("decommission_date"),
            warranty_end,
            price: price.and_then(|price| pricing.ht(price)),
            supplier: row.id("suppliers_id"),
            budget: row.id("budgets_id"),
            order_number: row.kept("order_number"),
            immo_number: row.kept("immo_number"),
            bill: row.kept("bill"),
            comment: row.kept("comment"),
        }
    }
}
