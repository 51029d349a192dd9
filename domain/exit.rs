//! Lines of a disposals list, and physical counts of reformed stock.

use jiff::civil::Date;

use crate::record::{Field, Record, Takes, Text, Told};
use crate::word::{Disposal, Kind, Word};

/// One line of a disposals list: one asset, or several alike.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExitLine {
    /// Gone on.
    pub date: Option<Date>,
    /// Reformed on.
    pub retired_date: Option<Date>,
    /// The maker's serial number.
    pub serial: Option<Text>,
    /// The house's inventory number.
    pub asset_tag: Option<Text>,
    /// What left.
    pub kind: Option<Kind>,
    /// Diagonal of the screen, in inches.
    pub screen_inches: Option<f64>,
    /// How many; one where untold.
    pub quantity: Option<f64>,
    /// Entity as the source names it.
    pub entity: Option<Text>,
    /// SIRET of the owner, 14 digits.
    pub siret: Option<Text>,
    /// The way by which it left.
    pub disposal: Option<Disposal>,
    /// Bought on.
    pub purchase_date: Option<Date>,
    /// Weight of the line, in kilograms.
    pub weight_kg: Option<f64>,
    /// Who took it.
    pub handler: Option<Text>,
    /// Handed to an approved scheme (éco-organisme).
    pub approved_scheme: Option<bool>,
    /// What proves the way.
    pub proof: Option<Text>,
    /// Holds classified information: outside décret 2023-266.
    pub classified: Option<bool>,
}

impl Record for ExitLine {
    const NAME: &'static str = "disposals";
    const FIELDS: &'static [Field<Self>] = &[
        Field { name: "date", takes: Takes::Date, get: |r| r.date.tell(), set: |r, v| r.date = Told::told(v) },
        Field {
            name: "retired_date",
            takes: Takes::Date,
            get: |r| r.retired_date.tell(),
            set: |r, v| r.retired_date = Told::told(v),
        },
        Field { name: "serial", takes: Takes::Text, get: |r| r.serial.tell(), set: |r, v| r.serial = Told::told(v) },
        Field {
            name: "asset_tag",
            takes: Takes::Text,
            get: |r| r.asset_tag.tell(),
            set: |r, v| r.asset_tag = Told::told(v),
        },
        Field {
            name: "kind",
            takes: Takes::Word(Kind::canonical, Kind::names),
            get: |r| r.kind.tell(),
            set: |r, v| r.kind = Told::told(v),
        },
        Field {
            name: "screen_inches",
            takes: Takes::Number,
            get: |r| r.screen_inches.tell(),
            set: |r, v| r.screen_inches = Told::told(v),
        },
        Field {
            name: "quantity",
            takes: Takes::Number,
            get: |r| r.quantity.tell(),
            set: |r, v| r.quantity = Told::told(v),
        },
        Field { name: "entity", takes: Takes::Text, get: |r| r.entity.tell(), set: |r, v| r.entity = Told::told(v) },
        Field { name: "siret", takes: Takes::Text, get: |r| r.siret.tell(), set: |r, v| r.siret = Told::told(v) },
        Field {
            name: "disposal",
            takes: Takes::Word(Disposal::canonical, Disposal::names),
            get: |r| r.disposal.tell(),
            set: |r, v| r.disposal = Told::told(v),
        },
        Field {
            name: "purchase_date",
            takes: Takes::Date,
            get: |r| r.purchase_date.tell(),
            set: |r, v| r.purchase_date = Told::told(v),
        },
        Field {
            name: "weight_kg",
            takes: Takes::Number,
            get: |r| r.weight_kg.tell(),
            set: |r, v| r.weight_kg = Told::told(v),
        },
        Field {
            name: "handler",
            takes: Takes::Text,
            get: |r| r.handler.tell(),
            set: |r, v| r.handler = Told::told(v),
        },
        Field {
            name: "approved_scheme",
            takes: Takes::Flag,
            get: |r| r.approved_scheme.tell(),
            set: |r, v| r.approved_scheme = Told::told(v),
        },
        Field { name: "proof", takes: Takes::Text, get: |r| r.proof.tell(), set: |r, v| r.proof = Told::told(v) },
        Field {
            name: "classified",
            takes: Takes::Flag,
            get: |r| r.classified.tell(),
            set: |r, v| r.classified = Told::told(v),
        },
    ];
}

/// A physical count of reformed goods in stock; it outranks the reconstruction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StockCount {
    /// Counted on.
    pub date: Option<Date>,
    /// SIRET of the owner, 14 digits; the organisation's where untold.
    pub siret: Option<Text>,
    /// How many goods.
    pub count: Option<f64>,
    /// In the words of the counter.
    pub note: Option<Text>,
}

impl Record for StockCount {
    const NAME: &'static str = "reformed_stock";
    const FIELDS: &'static [Field<Self>] = &[
        Field { name: "date", takes: Takes::Date, get: |r| r.date.tell(), set: |r, v| r.date = Told::told(v) },
        Field { name: "siret", takes: Takes::Text, get: |r| r.siret.tell(), set: |r, v| r.siret = Told::told(v) },
        Field { name: "count", takes: Takes::Number, get: |r| r.count.tell(), set: |r, v| r.count = Told::told(v) },
        Field { name: "note", takes: Takes::Text, get: |r| r.note.tell(), set: |r, v| r.note = Told::told(v) },
    ];
}
