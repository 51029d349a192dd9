//! Values on their way to a column, and columns on their way into a statement.

use std::borrow::Cow;

/// A value on its way to a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    /// Nothing.
    Null,
    /// An integer.
    Int(i64),
    /// A number.
    Real(f64),
    /// A text.
    Text(Cow<'a, str>),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What a column of given rows holds: PostgreSQL wants to know, where SQLite looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Integers.
    Int,
    /// Numbers.
    Real,
    /// Texts.
    Text,
}

/// A column of given rows.
pub(super) type Column = (&'static str, Sort);

/// A column of integers.
pub(super) const fn int(name: &'static str) -> Column {
    (name, Sort::Int)
}

/// A column of numbers.
pub(super) const fn real(name: &'static str) -> Column {
    (name, Sort::Real)
}

/// A column of texts.
pub(super) const fn text(name: &'static str) -> Column {
    (name, Sort::Text)
}
