//! Operating systems whose support ends, and what follows them only on other hardware: a reason for which machines are
//! thrown away that still work.

use jiff::civil::{Date, date};

use crate::observation::Facts;

/// A family of systems, and the day after which nobody mends it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// What it is called in figures.
    pub name: &'static str,
    /// Words that its name holds, in small letters, whatever stands between them.
    words: &'static [&'static str],
    /// Builds and names of its version, one of which its name or version holds; empty for any.
    versions: &'static [&'static str],
    /// The last day of its support; `None` where that depends on what is not told.
    pub until: Option<Date>,
}

const fn of(
    name: &'static str,
    words: &'static [&'static str],
    versions: &'static [&'static str],
    (year, month, day): (i16, i8, i8),
) -> System {
    System { name, words, versions, until: Some(date(year, month, day)) }
}

/// The systems of Microsoft that run on hardware which their successors may refuse. Ends of extended support without what
/// is paid for after them (Extended Security Updates), by Microsoft's own lifecycle pages. The first that fits counts:
/// long-term editions stand before their family.
pub static SYSTEMS: &[System] = &[
    of("windows_10_ltsc", &["windows 10", "ltsc"], &["17763", "1809", "2019"], (2029, 1, 9)),
    of("windows_10_ltsc", &["windows 10", "ltsc", "iot"], &["19044", "21h2", "2021"], (2032, 1, 13)),
    of("windows_10_ltsc", &["windows 10", "ltsc"], &["19044", "21h2", "2021"], (2027, 1, 12)),
    of("windows_10_ltsc", &["windows 10", "ltsb"], &["14393", "1607", "2016"], (2026, 10, 13)),
    System { name: "windows_10_ltsc", words: &["windows 10", "ltsc"], versions: &[], until: None },
    System { name: "windows_10_ltsc", words: &["windows 10", "ltsb"], versions: &[], until: None },
    of("windows_10", &["windows 10"], &[], (2025, 10, 14)),
    of("windows_8", &["windows 8.1"], &[], (2023, 1, 10)),
    of("windows_8", &["windows 8"], &[], (2016, 1, 12)),
    of("windows_7", &["windows 7"], &[], (2020, 1, 14)),
    of("windows_vista", &["windows vista"], &[], (2017, 4, 11)),
    of("windows_xp", &["windows xp"], &[], (2014, 4, 8)),
    of("windows_server_2012", &["windows server 2012"], &[], (2023, 10, 10)),
    of("windows_server_2008", &["windows server 2008"], &[], (2020, 1, 14)),
    of("windows_server_2003", &["windows server 2003"], &[], (2015, 7, 14)),
];

/// The system that an asset runs, where it is one of these. Spaces of any sort and marks such as `®` do not matter.
pub fn system(facts: &Facts) -> Option<&'static System> {
    let told = facts.operating_system.as_deref()?.to_lowercase();
    let plain: String = told.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let plain = plain.replace(['®', '™'], "").replace("microsoft ", "");
    let version = facts.operating_system_version.as_deref().unwrap_or_default().to_lowercase();
    SYSTEMS.iter().find(|system| {
        system.words.iter().all(|word| plain.contains(word))
            && (system.versions.is_empty()
                || system.versions.iter().any(|told| plain.contains(told) || version.contains(told)))
    })
}

impl System {
    /// Has its support ended by the end of a day?
    pub fn is_past_support(&self, at: Date) -> bool {
        self.until.is_some_and(|until| until < at)
    }
}

/// The system that something runs although its support has ended.
pub fn past_support(facts: &Facts, at: Date) -> Option<&'static System> {
    system(facts).filter(|system| system.is_past_support(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Text;

    #[test]
    fn systems_by_their_names() {
        let check = |name: &str, version: &str, expected: Option<(&str, Date)>| {
            let expected = expected.map(|(name, until)| (name, Some(until)));
            let facts = Facts {
                operating_system: Text::of(name),
                operating_system_version: Text::of(version),
                ..Facts::default()
            };
            assert_eq!(system(&facts).map(|system| (system.name, system.until)), expected, "{name} {version}");
        };
        check("Windows 10 Enterprise", "10.0 (19045)", Some(("windows_10", date(2025, 10, 14))));
        check("Microsoft Windows 10 Professionnel", "10.0.19045", Some(("windows_10", date(2025, 10, 14))));
        check("Windows\u{a0}10 Entreprise LTSC", "10.0 (17763)", Some(("windows_10_ltsc", date(2029, 1, 9))));
        check("Windows 10 Enterprise LTSC 2021", "10.0 (19044)", Some(("windows_10_ltsc", date(2027, 1, 12))));
        check("Windows 10 Entreprise LTSC", "1809", Some(("windows_10_ltsc", date(2029, 1, 9))));
        check("Windows 10 IoT Enterprise LTSC", "21H2", Some(("windows_10_ltsc", date(2032, 1, 13))));
        check("Windows® 7 Professional", "6.1 (7601)", Some(("windows_7", date(2020, 1, 14))));
        check("Windows 8.1 Pro", "6.3 (9600)", Some(("windows_8", date(2023, 1, 10))));
        check("Windows Server 2012 R2 Standard", "6.3 (9600)", Some(("windows_server_2012", date(2023, 10, 10))));
        check("Windows 11 Enterprise", "10.0 (22631)", None);
        check("Windows Server 2022 Datacenter", "10.0 (20348)", None);
        check("Debian GNU/Linux", "12", None);
        check("", "", None);
    }

    #[test]
    fn supported_until_the_end_of_its_last_day() {
        let facts = Facts { operating_system: Text::of("Windows 10 Pro"), ..Facts::default() };
        assert!(past_support(&facts, date(2025, 10, 14)).is_none());
        assert!(past_support(&facts, date(2025, 10, 15)).is_some());
        let long = Facts { operating_system: Text::of("Windows 10 Enterprise LTSC"), ..Facts::default() };
        assert!(past_support(&long, date(2040, 1, 1)).is_none(), "which of them is not told");
    }
}
