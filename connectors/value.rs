//! Values as people write them: French and ISO dates, `1 234,56` and `1234.56`, `oui` and `true`.

use domain::quantity::Cents;
use domain::record::{Takes, Text, Value};
use domain::testimony::Moment;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// Reads `text` as what a field takes; a moment that tells no zone is taken as UTC's. An empty text is no value; the
/// error is one sentence without the field's name.
pub fn read(takes: Takes, text: &str) -> Result<Option<Value>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(match takes {
        Takes::Text => match Text::of(text) {
            Some(text) => Value::Text(text),
            None => return Ok(None),
        },
        Takes::Word(canonical, names) => {
            let unknown = || format!("`{text}` is not a word it knows: it takes {}", names().join(", "));
            Value::Word(canonical(text).ok_or_else(unknown)?)
        }
        Takes::Date => Value::Date(date(text)?),
        Takes::Moment => Value::Moment(moment(text, &TimeZone::UTC)?),
        Takes::Money => Value::Money(money(text)?),
        Takes::Number => Value::Number(number(text)?),
        Takes::Flag => Value::Flag(flag(text)?),
    }))
}

/// An ISO date (`2026-11-24`, with or without a time behind it) or a French one (`24/11/2026`).
pub fn date(text: &str) -> Result<Date, String> {
    let wrong = || format!("`{text}` is not a date (2026-11-24 or 24/11/2026)");
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [a, b, c] = parts[..] else { return Err(wrong()) };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    // Signs are numbers to `parse`, and no part of a date.
    if year.len() != 4 || !day.bytes().chain(month.bytes()).chain(year.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else { return Err(wrong()) };
    Date::new(year, month, day).map_err(|_| wrong())
}

/// An ISO moment, with its zone or in the one given, or a French one (`24/11/2026 14:05`, `24/11/2026 à 14h05`). A
/// date alone is its midnight. Of an hour that comes twice as summer ends, the first is meant.
pub fn moment(text: &str, time_zone: &TimeZone) -> Result<Moment, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment(at.as_second()));
    }
    let wrong = || format!("`{text}` is not a moment (2026-11-24 14:05 or 24/11/2026 14:05)");
    let (day, hour) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let day = date(day).map_err(|_| wrong())?;
    let hour = hour.trim().trim_start_matches('à').trim().replace(['h', 'H'], ":");
    let at = day.to_datetime(time(hour.trim_end_matches(':')).ok_or_else(wrong)?);
    time_zone.to_timestamp(at).map(|at| Moment(at.as_second())).map_err(|_| wrong())
}

/// `14`, `14:05` or `14:05:30`; nothing is midnight. Parts of a second are dropped.
fn time(text: &str) -> Option<Time> {
    let whole = text.split(['.', ',']).next().unwrap_or_default();
    let mut parts = [0_i8; 3];
    let told: Vec<&str> = if whole.is_empty() { Vec::new() } else { whole.split(':').map(str::trim).collect() };
    if told.len() > 3 {
        return None;
    }
    for (part, told) in parts.iter_mut().zip(told) {
        *part = told.parse().ok().filter(|_| told.len() <= 2 && told.bytes().all(|byte| byte.is_ascii_digit()))?;
    }
    Time::new(parts[0], parts[1], parts[2], 0).ok()
}

/// The characters of a plain decimal number: spaces and currency signs dropped, the decimal mark a point.
fn plain(text: &str) -> String {
    let digits: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '€' | '\u{202f}' | '\u{a0}' | '\'')).collect();
    match (digits.rfind(','), digits.rfind('.')) {
        // The last mark is the decimal one; the other groups thousands.
        (Some(comma), Some(point)) if comma > point => digits.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => digits.replace(',', ""),
        (Some(_), None) => digits.replace(',', "."),
        _ => digits,
    }
}

/// A number: `1 234,56` or `1234.56`. Neither infinite nor "not a number".
pub fn number(text: &str) -> Result<f64, String> {
    let plain = plain(text);
    let looks = plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'));
    match plain.parse::<f64>() {
        Ok(number) if looks && number.is_finite() => Ok(number),
        _ => Err(format!("`{text}` is not a number")),
    }
}

/// An amount in euros, to the nearest cent; decimal digits are read exactly, without passing through a float.
pub fn money(text: &str) -> Result<Cents, String> {
    let wrong = || format!("`{text}` is not an amount of money");
    let plain = plain(text);
    let (sign, unsigned) = match plain.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) || whole.len() > 13 {
        return Err(wrong());
    }
    let euros: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| wrong())? };
    let thousandths: i64 = format!("{fraction:0<3}")[..3].parse().map_err(|_| wrong())?;
    Ok(Cents(sign * (euros * 100 + (thousandths + 5) / 10)))
}

/// Yes or no.
pub fn flag(text: &str) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "oui" | "true" | "1" | "o" | "yes" | "vrai" | "x" => Ok(true),
        "non" | "false" | "0" | "n" | "no" | "faux" => Ok(false),
        _ => Err(format!("`{text}` is neither oui nor non")),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use domain::word::{Mode, Word};

    #[test]
    fn a_word_that_is_not_known_is_told_those_that_are() {
        let takes = Takes::Word(Mode::canonical, Mode::names);
        assert_eq!(read(takes, " Rental"), Ok(Some(Value::Word("rental"))));
        let unknown = "`loué` is not a word it knows: it takes purchase, rental, gift";
        assert_eq!(read(takes, "loué"), Err(unknown.to_owned()));
    }

    #[test]
    fn french_and_iso() {
        assert_eq!(money("1 234,56 €"), Ok(Cents(123_456)));
        assert_eq!(money("1,234.56"), Ok(Cents(123_456)));
        assert_eq!(money("911.8100"), Ok(Cents(91_181)));
        assert_eq!(money("0,125"), Ok(Cents(13)));
        assert_eq!(money("-12"), Ok(Cents(-1_200)));
        assert!(money("12 €€ ?").is_err());
        assert!(money("").is_err());
        assert_eq!(number("23,80"), Ok(23.8));
        assert!(number("NaN").is_err());
        assert!(number("inf").is_err());
        assert_eq!(date("24/11/2026"), date("2026-11-24"));
        assert_eq!(date("2026-11-24 03:24:38"), date("2026-11-24"));
        assert!(date("31/02/2026").is_err());
        assert!(date("24/11/26").is_err());
        assert!(date("+1/11/2026").is_err());
        let paris = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let noon = moment("2026-11-24T12:00:00Z", &paris);
        assert!(noon.is_ok());
        for told in [
            "2026-11-24T13:00",
            "2026-11-24 13:00:00",
            "2026-11-24 13:00:00.250",
            "24/11/2026 13:00",
            "24/11/2026 à 13h00",
            "24/11/2026 13h",
            "2026-11-24T13:00:00+01:00",
        ] {
            assert_eq!(moment(told, &paris), noon, "{told}");
        }
        assert_eq!(moment("24/11/2026", &paris), moment("2026-11-23T23:00:00Z", &paris));
        // The hour that comes twice is the first one; the one that never comes is the one after.
        assert_eq!(moment("2026-10-25 02:30", &paris), moment("2026-10-25T00:30:00Z", &paris));
        assert_eq!(moment("2026-03-29 02:30", &paris), moment("2026-03-29T01:30:00Z", &paris));
        for told in ["13:00", "24/11/2026 25:00", "24/11/2026 13:00:00:00", "24/11/2026 +1:00", "demain"] {
            assert!(moment(told, &paris).is_err(), "{told}");
        }
        assert_eq!(flag("Oui"), Ok(true));
        assert!(flag("peut-être").is_err());
    }
}
