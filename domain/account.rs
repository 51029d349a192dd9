//! Who the directory knows: accounts by pseudonym.

use crate::record::{Field, Record, Takes, Text, Told};

/// One account of a directory. It says where what its holder was given belongs, and whether the holder is still there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Pseudonym of its login, as `Facts::user` has it.
    pub user: Option<Text>,
    /// Entity as the source names it.
    pub entity: Option<Text>,
    /// Department as the source names it.
    pub department: Option<Text>,
    /// May its holder log in? An account that is told without this may.
    pub enabled: Option<bool>,
}

impl Record for Account {
    const NAME: &'static str = "accounts";
    const FIELDS: &'static [Field<Self>] = &[
        Field { name: "user", takes: Takes::Text, get: |r| r.user.tell(), set: |r, v| r.user = Told::told(v) },
        Field { name: "entity", takes: Takes::Text, get: |r| r.entity.tell(), set: |r, v| r.entity = Told::told(v) },
        Field {
            name: "department",
            takes: Takes::Text,
            get: |r| r.department.tell(),
            set: |r, v| r.department = Told::told(v),
        },
        Field {
            name: "enabled",
            takes: Takes::Flag,
            get: |r| r.enabled.tell(),
            set: |r, v| r.enabled = Told::told(v),
        },
    ];
}
