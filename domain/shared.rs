//! Texts that many things share, each kept once and known by a number: makers, models, entities, places, buyers and their
//! categories. What is kept stays for the life of the process; a house names a few thousand of them.

use std::collections::HashMap;
use std::sync::{LazyLock, RwLock};

use crate::record::Text;

/// The number of a shared text. Two are equal where their texts are; their order says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shared(pub(crate) u32);

static TEXTS: LazyLock<boxcar::Vec<Text>> = LazyLock::new(boxcar::Vec::new);
static NUMBERS: LazyLock<RwLock<HashMap<Text, u32>>> = LazyLock::new(RwLock::default);

impl Shared {
    /// The number of a text, given where it has none yet.
    pub fn of(text: &Text) -> Self {
        let known = NUMBERS.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(text).copied();
        Self(known.unwrap_or_else(|| {
            let mut numbers = NUMBERS.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            *numbers.entry(text.clone()).or_insert_with(|| TEXTS.push(text.clone()) as u32)
        }))
    }

    /// The text.
    pub fn text(self) -> &'static Text {
        static NONE: LazyLock<Text> = LazyLock::new(Text::default);
        TEXTS.get(self.0 as usize).unwrap_or(&NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_has_one_number() {
        let number = |text: &str| Shared::of(&Text::from(text));
        assert_eq!(number("Dell"), number("Dell"));
        assert_ne!(number("Dell"), number("HP"));
        assert_eq!(&**number("Dell").text(), "Dell");
    }
}
