//! Purchase lines.

use jiff::civil::Date;

use crate::quantity::Cents;
use crate::record::{Field, Record, Takes, Text, Told};
use crate::word::{Condition, Kind, Mode, Word};

/// One line of a purchase ledger.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PurchaseLine {
    /// The date of the line where nothing more precise is told.
    pub date: Option<Date>,
    /// Ordered on.
    pub order_date: Option<Date>,
    /// Service certified done on (service fait).
    pub service_date: Option<Date>,
    /// Invoiced on.
    pub invoice_date: Option<Date>,
    /// Paid on.
    pub payment_date: Option<Date>,
    /// Number of the order.
    pub order_number: Option<Text>,
    /// Entity as the source names it.
    pub entity: Option<Text>,
    /// SIRET of the buyer, 14 digits.
    pub siret: Option<Text>,
    /// Category told, instead of the one of the kind.
    pub category: Option<Text>,
    /// What was bought.
    pub kind: Option<Kind>,
    /// In the words of the ledger.
    pub description: Option<Text>,
    /// Who made it.
    pub manufacturer: Option<Text>,
    /// The maker's name for it.
    pub model: Option<Text>,
    /// How many; one where untold.
    pub quantity: Option<f64>,
    /// Amount without tax; negative for a credit note.
    pub amount_ht: Option<Cents>,
    /// What it was when acquired.
    pub condition: Option<Condition>,
    /// How it was acquired.
    pub mode: Option<Mode>,
    /// Bought under a derogation of AGEC article 58, II.
    pub derogation: Option<bool>,
    /// Which one.
    pub derogation_reason: Option<Text>,
    /// Contains recycled material.
    pub recycled_content: Option<bool>,
    /// What proves the condition.
    pub proof: Option<Text>,
    /// Where the proof is.
    pub proof_url: Option<Text>,
    /// Who sold it.
    pub supplier: Option<Text>,
    /// Purchasing nomenclature code.
    pub nomenclature: Option<Text>,
    /// Account code.
    pub account: Option<Text>,
    /// The repairability index was taken into account (REEN article 15).
    pub repairability_considered: Option<bool>,
    /// Type I ecolabel.
    pub ecolabel: Option<Text>,
    /// The contract has an environmental clause.
    pub environmental_clause: Option<bool>,
}

impl Record for PurchaseLine {
    const NAME: &'static str = "purchases";
    const FIELDS: &'static [Field<Self>] = &[
        Field { name: "date", takes: Takes::Date, get: |r| r.date.tell(), set: |r, v| r.date = Told::told(v) },
        Field {
            name: "order_date",
            takes: Takes::Date,
            get: |r| r.order_date.tell(),
            set: |r, v| r.order_date = Told::told(v),
        },
        Field {
            name: "service_date",
            takes: Takes::Date,
            get: |r| r.service_date.tell(),
            set: |r, v| r.service_date = Told::told(v),
        },
        Field {
            name: "invoice_date",
            takes: Takes::Date,
            get: |r| r.invoice_date.tell(),
            set: |r, v| r.invoice_date = Told::told(v),
        },
        Field {
            name: "payment_date",
            takes: Takes::Date,
            get: |r| r.payment_date.tell(),
            set: |r, v| r.payment_date = Told::told(v),
        },
        Field {
            name: "order_number",
            takes: Takes::Text,
            get: |r| r.order_number.tell(),
            set: |r, v| r.order_number = Told::told(v),
        },
        Field { name: "entity", takes: Takes::Text, get: |r| r.entity.tell(), set: |r, v| r.entity = Told::told(v) },
        Field { name: "siret", takes: Takes::Text, get: |r| r.siret.tell(), set: |r, v| r.siret = Told::told(v) },
        Field {
            name: "category",
            takes: Takes::Text,
            get: |r| r.category.tell(),
            set: |r, v| r.category = Told::told(v),
        },
        Field {
            name: "kind",
            takes: Takes::Word(Kind::canonical, Kind::names),
            get: |r| r.kind.tell(),
            set: |r, v| r.kind = Told::told(v),
        },
        Field {
            name: "description",
            takes: Takes::Text,
            get: |r| r.description.tell(),
            set: |r, v| r.description = Told::told(v),
        },
        Field {
            name: "manufacturer",
            takes: Takes::Text,
            get: |r| r.manufacturer.tell(),
            set: |r, v| r.manufacturer = Told::told(v),
        },
        Field { name: "model", takes: Takes::Text, get: |r| r.model.tell(), set: |r, v| r.model = Told::told(v) },
        Field {
            name: "quantity",
            takes: Takes::Number,
            get: |r| r.quantity.tell(),
            set: |r, v| r.quantity = Told::told(v),
        },
        Field {
            name: "amount_ht",
            takes: Takes::Money,
            get: |r| r.amount_ht.tell(),
            set: |r, v| r.amount_ht = Told::told(v),
        },
        Field {
            name: "condition",
            takes: Takes::Word(Condition::canonical, Condition::names),
            get: |r| r.condition.tell(),
            set: |r, v| r.condition = Told::told(v),
        },
        Field {
            name: "mode",
            takes: Takes::Word(Mode::canonical, Mode::names),
            get: |r| r.mode.tell(),
            set: |r, v| r.mode = Told::told(v),
        },
        Field {
            name: "derogation",
            takes: Takes::Flag,
            get: |r| r.derogation.tell(),
            set: |r, v| r.derogation = Told::told(v),
        },
        Field {
            name: "derogation_reason",
            takes: Takes::Text,
            get: |r| r.derogation_reason.tell(),
            set: |r, v| r.derogation_reason = Told::told(v),
        },
        Field {
            name: "recycled_content",
            takes: Takes::Flag,
            get: |r| r.recycled_content.tell(),
            set: |r, v| r.recycled_content = Told::told(v),
        },
        Field { name: "proof", takes: Takes::Text, get: |r| r.proof.tell(), set: |r, v| r.proof = Told::told(v) },
        Field {
            name: "proof_url",
            takes: Takes::Text,
            get: |r| r.proof_url.tell(),
            set: |r, v| r.proof_url = Told::told(v),
        },
        Field {
            name: "supplier",
            takes: Takes::Text,
            get: |r| r.supplier.tell(),
            set: |r, v| r.supplier = Told::told(v),
        },
        Field {
            name: "nomenclature",
            takes: Takes::Text,
            get: |r| r.nomenclature.tell(),
            set: |r, v| r.nomenclature = Told::told(v),
        },
        Field {
            name: "account",
            takes: Takes::Text,
            get: |r| r.account.tell(),
            set: |r, v| r.account = Told::told(v),
        },
        Field {
            name: "repairability_considered",
            takes: Takes::Flag,
            get: |r| r.repairability_considered.tell(),
            set: |r, v| r.repairability_considered = Told::told(v),
        },
        Field {
            name: "ecolabel",
            takes: Takes::Text,
            get: |r| r.ecolabel.tell(),
            set: |r, v| r.ecolabel = Told::told(v),
        },
        Field {
            name: "environmental_clause",
            takes: Takes::Flag,
            get: |r| r.environmental_clause.tell(),
            set: |r, v| r.environmental_clause = Told::told(v),
        },
    ];
}
