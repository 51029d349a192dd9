//! Numbers, dates and durations as people write them: in French first, in English on request.

pub mod effects;
pub mod fields;
pub mod gains;
pub mod statuses;
pub mod themes;
pub mod words;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::accept::quality;

/// The language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// French, the default.
    #[default]
    Fr,
    /// English, by choice.
    En,
}

impl Lang {
    /// What `?lang=` asks, else what `Accept-Language` prefers among the two, else French.
    pub fn choose(asked: Option<&str>, accepted: Option<&str>) -> Self {
        match asked.map(|asked| asked.trim().to_ascii_lowercase()).as_deref() {
            Some("fr") => return Self::Fr,
            Some("en") => return Self::En,
            _ => {}
        }
        let wanted = |code: &str| quality(accepted, |language| language.name.split('-').next() == Some(code));
        if wanted("en") > wanted("fr") { Self::En } else { Self::Fr }
    }

    /// The code of the `lang` attribute.
    pub fn code(self) -> &'static str {
        self.pick("fr", "en")
    }

    /// The text of this language.
    pub fn pick<T>(self, french: T, english: T) -> T {
        match self {
            Self::Fr => french,
            Self::En => english,
        }
    }

    /// A colon and the space behind it; French has one before it too.
    pub fn colon(self) -> &'static str {
        self.pick("\u{a0}: ", ": ")
    }
}

/// Narrow no-break space: between thousands.
const NARROW: char = '\u{202f}';
/// No-break space: before a unit.
const SPACE: char = '\u{a0}';

/// A number with this many decimals.
pub fn number(lang: Lang, value: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let (thousands, comma) = lang.pick((NARROW, ','), (',', '.'));
    let mut text = String::new();
    // What rounds to zero has no sign.
    if value < 0.0 && plain.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        text.push('\u{2212}');
    }
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    if !part.is_empty() {
        text.push(comma);
        text.push_str(part);
    }
    text
}

/// A number with at most this many decimals, without zeros at its end.
pub fn short(lang: Lang, value: f64, decimals: usize) -> String {
    let fewest = (0..decimals).find(|fewer| {
        format!("{value:.fewer$}").parse::<f64>().ok() == format!("{value:.decimals$}").parse::<f64>().ok()
    });
    number(lang, value, fewest.unwrap_or(decimals))
}

/// Whole euros.
pub fn euros(lang: Lang, value: f64) -> String {
    let amount = number(lang, value, 0);
    match lang {
        Lang::Fr => format!("{amount}{SPACE}€"),
        Lang::En => match amount.strip_prefix('\u{2212}') {
            Some(amount) => format!("\u{2212}€{amount}"),
            None => format!("€{amount}"),
        },
    }
}

/// A ratio as a percentage with at most this many decimals.
pub fn percent(lang: Lang, ratio: f64, decimals: usize) -> String {
    let hundredths = short(lang, ratio * 100.0, decimals);
    lang.pick(format!("{hundredths}{SPACE}%"), format!("{hundredths}%"))
}

/// Grams of CO2 equivalent, in tonnes or kilograms.
pub fn co2e(lang: Lang, grams: f64) -> String {
    let (per, decimals, unit) = scale(grams);
    format!("{}{SPACE}{unit}{SPACE}CO₂e", short(lang, grams / per, decimals))
}

/// Two amounts of CO2 equivalent, the second the larger, in the unit of that one.
pub fn co2e_range(lang: Lang, low: f64, high: f64) -> String {
    let (per, decimals, unit) = scale(high);
    let [low, high] = [low, high].map(|grams| short(lang, grams / per, decimals));
    format!("{low}{SPACE}{}{SPACE}{high}{SPACE}{unit}{SPACE}CO₂e", lang.pick("à", "to"))
}

/// Grams of the unit in which an amount is told, with how many decimals, and its name.
fn scale(grams: f64) -> (f64, usize, &'static str) {
    match grams.abs() {
        1e8.. => (1e6, 0, "t"),
        1e6.. => (1e6, 1, "t"),
        1e4.. => (1e3, 0, "kg"),
        _ => (1e3, 1, "kg"),
    }
}

/// Seconds as years of 365.25 days; as months below one year.
pub fn duration(lang: Lang, seconds: f64) -> String {
    let years = seconds / domain::quantity::YEAR_SECONDS;
    if years < 0.95 {
        let months = (years * 12.0).round();
        let unit = agreed(lang, months, 0, lang.pick("mois", "month"), lang.pick("mois", "months"));
        return format!("{}{SPACE}{unit}", number(lang, months, 0));
    }
    let years = (years * 10.0).round() / 10.0;
    let unit = agreed(lang, years, 1, lang.pick("an", "year"), lang.pick("ans", "years"));
    format!("{}{SPACE}{unit}", short(lang, years, 1))
}

/// A value in the unit of its indicator.
pub fn in_unit(lang: Lang, value: f64, unit: &str) -> String {
    match unit {
        "seconds" => duration(lang, value),
        "ratio" => percent(lang, value, 1),
        "euros" => euros(lang, value),
        "grams" => co2e(lang, value),
        _ => number(lang, value, 1),
    }
}

const MONTHS: [(&str, &str); 12] = [
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
];

/// A day.
pub fn date(lang: Lang, day: Date) -> String {
    let (french, english) = MONTHS[usize::from(day.month().unsigned_abs() - 1)];
    let first = if day.day() == 1 { lang.pick("er", "") } else { "" };
    format!("{}{first} {} {}", day.day(), lang.pick(french, english), day.year())
}

/// The month of a day, short enough to stand below a bar.
pub fn month(lang: Lang, day: Date) -> &'static str {
    let french = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
    let at = usize::from(day.month().unsigned_abs() - 1);
    lang.pick(french[at], &MONTHS[at].1[..3])
}

/// A moment, to the minute, in universal time.
pub fn moment(lang: Lang, at: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(at);
    let hour = lang.pick(
        format!("à {:02}{SPACE}h{SPACE}{:02}", at.hour(), at.minute()),
        format!("at {:02}:{:02}", at.hour(), at.minute()),
    );
    format!("{} {hour} UTC", date(lang, at.date()))
}

/// A name as it stands inside a sentence: its first letter small, unless it begins an abbreviation.
pub fn inside(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

/// A change, with its sign.
pub fn signed(change: f64, words: impl Fn(f64) -> String) -> String {
    format!("{}{}", if change > 0.0 { "+" } else { "" }, words(change))
}

/// The word for one or for several, beside a number that is written with at most this many decimals: French counts as
/// several from two on, English whatever is not one.
pub fn agreed<'a>(lang: Lang, value: f64, decimals: usize, one: &'a str, several: &'a str) -> &'a str {
    // As it is read: what rounds to two is two.
    let read = format!("{value:.decimals$}").parse().map_or(value, f64::abs);
    if lang.pick(read < 2.0, read == 1.0) { one } else { several }
}

/// A number of things with at most this many decimals, and the word for one or for several.
pub fn amount(lang: Lang, value: f64, decimals: usize, one: &str, several: &str) -> String {
    format!("{} {}", short(lang, value, decimals), agreed(lang, value, decimals, one, several))
}

/// A whole number of things, and the word for one or for several.
pub fn count(lang: Lang, value: f64, one: &str, several: &str) -> String {
    amount(lang, value, 0, one, several)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn numbers_as_people_write_them() {
        for (value, decimals, french, english) in [
            (0.0, 0, "0", "0"),
            (-0.2, 0, "0", "0"),
            (7.25, 1, "7,2", "7.2"),
            (999.0, 0, "999", "999"),
            (1_000.0, 0, "1\u{202f}000", "1,000"),
            (1_234_567.891, 2, "1\u{202f}234\u{202f}567,89", "1,234,567.89"),
            (-3_840.4, 0, "\u{2212}3\u{202f}840", "\u{2212}3,840"),
            (999.96, 1, "1\u{202f}000,0", "1,000.0"),
        ] {
            assert_eq!(number(Lang::Fr, value, decimals), french);
            assert_eq!(number(Lang::En, value, decimals), english);
        }
    }

    #[test]
    fn units_as_people_write_them() {
        let year = domain::quantity::YEAR_SECONDS;
        let stamp: Timestamp = "2026-08-01T05:07:49Z".parse().expect("a moment");
        for (french, english) in [
            ((euros(Lang::Fr, 3_840.0), euros(Lang::En, -3_840.0)), ("3\u{202f}840\u{a0}€", "\u{2212}€3,840")),
            ((percent(Lang::Fr, 0.159_66, 2), percent(Lang::En, 0.159_66, 2)), ("15,97\u{a0}%", "15.97%")),
            ((percent(Lang::Fr, 0.2, 2), percent(Lang::En, 1.25, 0)), ("20\u{a0}%", "125%")),
            ((co2e(Lang::Fr, 38_355.0), co2e(Lang::En, 8_210.0)), ("38\u{a0}kg\u{a0}CO₂e", "8.2\u{a0}kg\u{a0}CO₂e")),
            (
                (co2e_range(Lang::Fr, 618e3, 1.54e6), co2e_range(Lang::En, 8_210.0, 12_300.0)),
                ("0,6\u{a0}à\u{a0}1,5\u{a0}t\u{a0}CO₂e", "8\u{a0}to\u{a0}12\u{a0}kg\u{a0}CO₂e"),
            ),
            ((co2e(Lang::Fr, 12.34e6), co2e(Lang::En, 1234e6)), ("12,3\u{a0}t\u{a0}CO₂e", "1,234\u{a0}t\u{a0}CO₂e")),
            ((duration(Lang::Fr, 6.0 * year), duration(Lang::En, 6.04 * year)), ("6\u{a0}ans", "6\u{a0}years")),
            ((duration(Lang::Fr, 1.5 * year), duration(Lang::En, year)), ("1,5\u{a0}an", "1\u{a0}year")),
            ((duration(Lang::Fr, year / 2.0), duration(Lang::En, year / 12.0)), ("6\u{a0}mois", "1\u{a0}month")),
            (
                (date(Lang::Fr, day(2026, 1, 1)), date(Lang::En, day(2026, 8, 1))),
                ("1er janvier 2026", "1 August 2026"),
            ),
            (
                (moment(Lang::Fr, stamp), moment(Lang::En, stamp)),
                ("1er août 2026 à 05\u{a0}h\u{a0}07 UTC", "1 August 2026 at 05:07 UTC"),
            ),
            (
                (count(Lang::Fr, 0.0, "ligne", "lignes"), count(Lang::En, 0.0, "line", "lines")),
                ("0 ligne", "0 lines"),
            ),
        ]
        .map(|((french, english), (expected, wanted))| ((french, expected), (english, wanted)))
        {
            assert_eq!(french.0, french.1);
            assert_eq!(english.0, english.1);
        }
    }

    #[test]
    fn words_agree_with_numbers_as_they_are_read() {
        for (value, decimals, french, english) in [
            (0.0, 2, "0 écran", "0 screens"),
            (1.0, 2, "1 écran", "1 screen"),
            (1.004, 2, "1 écran", "1 screen"),
            (1.5, 2, "1,5 écran", "1.5 screens"),
            (1.5, 0, "2 écrans", "2 screens"),
            (1.994, 2, "1,99 écran", "1.99 screens"),
            (1.996, 2, "2 écrans", "2 screens"),
            (2.1, 2, "2,1 écrans", "2.1 screens"),
            (-1.0, 0, "\u{2212}1 écran", "\u{2212}1 screen"),
            (-2.0, 0, "\u{2212}2 écrans", "\u{2212}2 screens"),
        ] {
            assert_eq!(amount(Lang::Fr, value, decimals, "écran", "écrans"), french);
            assert_eq!(amount(Lang::En, value, decimals, "screen", "screens"), english);
        }
        assert_eq!(count(Lang::Fr, 1.6, "jour", "jours"), "2 jours");
    }

    #[test]
    fn language_of_the_request() {
        for (asked, accepted, expected) in [
            (None, None, Lang::Fr),
            (None, Some("fr-FR,fr;q=0.9,en;q=0.8"), Lang::Fr),
            (None, Some("en-GB,en;q=0.9,fr;q=0.8"), Lang::En),
            (None, Some("de,en;q=0.5"), Lang::En),
            (None, Some("de, *;q=0.1"), Lang::Fr),
            (Some("en"), Some("fr"), Lang::En),
            (Some("fr"), Some("en"), Lang::Fr),
            (Some("<script>"), Some("en;q=x"), Lang::Fr),
        ] {
            assert_eq!(Lang::choose(asked, accepted), expected, "{asked:?} {accepted:?}");
        }
    }
}
