//! A source as fuzzers need it.

use connectors::Context;
use connectors::rule::Rules;

pub fn context(name: &str) -> Context {
    Context {
        name: name.to_owned(),
        base: ".".into(),
        time_zone: jiff::tz::TimeZone::UTC,
        pseudonyms: None,
        year_of: "date",
        rules: Rules::default(),
    }
}
