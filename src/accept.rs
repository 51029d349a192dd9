//! What a client would rather have, as `Accept`, `Accept-Encoding` and `Accept-Language` say it (RFC 9110, section 12.4).

/// One of the things that such a header names, all of it in lower case.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// A media type, a coding or a language; or what stands for several, such as `*`.
    pub name: String,
    /// How much it is wanted, 0 (not at all) to 1.
    pub quality: f64,
    /// What else is said of it, such as `version=1.0.0`.
    parameters: Vec<(String, String)>,
}

impl Choice {
    /// A parameter other than the quality.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, told)| told.as_str())
    }
}

/// What a header names, most wanted first; what is wanted alike stays in its order.
pub fn choices(header: &str) -> Vec<Choice> {
    let mut choices: Vec<Choice> = header.split(',').map(choice).filter(|choice| !choice.name.is_empty()).collect();
    choices.sort_by(|a, b| b.quality.total_cmp(&a.quality));
    choices
}

fn choice(told: &str) -> Choice {
    let told = told.to_ascii_lowercase();
    let mut parts = told.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_owned();
    let mut choice = Choice { name, quality: 1.0, parameters: Vec::new() };
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        match name {
            // A quality that is none is no wish.
            "q" => choice.quality = value.parse().ok().filter(|told| (0.0..=1.0).contains(told)).unwrap_or(0.0),
            name => choice.parameters.push((name.to_owned(), value.to_owned())),
        }
    }
    choice
}

/// How much what fits is wanted at most: 0 where it is not named. What stands for several is no name of it.
pub fn quality(header: Option<&str>, fits: impl Fn(&Choice) -> bool) -> f64 {
    choices(header.unwrap_or_default()).iter().find(|choice| fits(choice)).map_or(0.0, |choice| choice.quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_wanted_first() {
        for (header, expected) in [
            ("", &[][..]),
            (" , ", &[]),
            ("gzip", &[("gzip", 1.0)]),
            ("gzip;q=0, br", &[("br", 1.0), ("gzip", 0.0)]),
            ("de, en-GB ; Q=0.8,FR;q=0.9,*;q=0.1", &[("de", 1.0), ("fr", 0.9), ("en-gb", 0.8), ("*", 0.1)]),
            // Alike in order; what is no quality, as none.
            (
                "a,b;q=1.000,c;q=x,d;q=,e;q=-1,f;q=2,g;q=nan",
                &[("a", 1.0), ("b", 1.0), ("c", 0.0), ("d", 0.0), ("e", 0.0), ("f", 0.0), ("g", 0.0)],
            ),
            ("text/*;level=1;q=0.5,*/*", &[("*/*", 1.0), ("text/*", 0.5)]),
        ] {
            let told = choices(header);
            let told: Vec<(&str, f64)> = told.iter().map(|choice| (choice.name.as_str(), choice.quality)).collect();
            assert_eq!(told, expected, "{header}");
        }
    }

    #[test]
    fn how_much_one_thing_is_wanted() {
        let of = |header, name: &str| quality(header, |choice| choice.name == name);
        assert_eq!(of(None, "gzip"), 0.0);
        assert_eq!(of(Some("*"), "gzip"), 0.0, "a wildcard is no name");
        assert_eq!(of(Some("gzip;q=0.2,gzip;q=0.7"), "gzip"), 0.7);
        let version = choices("a;version=1.0.0;q=0.5;x");
        assert_eq!((version[0].parameter("version"), version[0].parameter("x")), (Some("1.0.0"), None));
    }
}
