//! What people decided of doubts.

use jiff::civil::Date;

use crate::record::{Field, Record, Takes, Text, Told};
use crate::word::{Verdict, Word};

/// A person's word on two assets, or on the doubts about one asset or line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// What was decided.
    pub decision: Option<Verdict>,
    /// Id of the first asset: `SOURCE:NATIVE_ID`; or of a line: `SOURCE:KEY`.
    pub asset_a: Option<Text>,
    /// Id of the second; none where one asset or line is meant.
    pub asset_b: Option<Text>,
    /// Why.
    pub reason: Option<Text>,
    /// Decided on.
    pub date: Option<Date>,
}

impl Record for Decision {
    const NAME: &'static str = "decisions";
    const FIELDS: &'static [Field<Self>] = &[
        Field {
            name: "decision",
            takes: Takes::Word(Verdict::canonical, Verdict::names),
            get: |r| r.decision.tell(),
            set: |r, v| r.decision = Told::told(v),
        },
        Field {
            name: "asset_a",
            takes: Takes::Text,
            get: |r| r.asset_a.tell(),
            set: |r, v| r.asset_a = Told::told(v),
        },
        Field {
            name: "asset_b",
            takes: Takes::Text,
            get: |r| r.asset_b.tell(),
            set: |r, v| r.asset_b = Told::told(v),
        },
        Field { name: "reason", takes: Takes::Text, get: |r| r.reason.tell(), set: |r, v| r.reason = Told::told(v) },
        Field { name: "date", takes: Takes::Date, get: |r| r.date.tell(), set: |r, v| r.date = Told::told(v) },
    ];
}
