//! What a thing can be known by again, and the placeholders that look like it.

// Out of `core`, which asks nobody: an address is looked at, not spoken to.
use core::net::Ipv6Addr;

/// Letters and digits, in upper case.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Texts that firmware and people write where a number is wanted, without spaces and punctuation; sorted by their bytes.
const PLACEHOLDERS: &[&str] = &[
    "0123456789",
    "123456789",
    "1234567890",
    "ABCDEFGH",
    "ASSETTAG",
    "CHASSISSERIALNUMBER",
    "DEFAULTSTRING",
    "EMPTY",
    "FILLBYOEM",
    "INCONNU",
    "INVALID",
    "NA",
    "NEANT",
    "NOASSETTAG",
    "NONE",
    "NOSERIAL",
    "NOTAPPLICABLE",
    "NOTAVAILABLE",
    "NOTSPECIFIED",
    "NSNOTSPECIFIED",
    "NULL",
    "NÉANT",
    "OEM",
    "SANS",
    "SANSNUMERO",
    "SERIAL",
    "SERIALNUMBER",
    "SN",
    "SYSTEMSERIALNUMBER",
    "TBD",
    "TOBEFILLED",
    "TOBEFILLEDBYOEM",
    "UNDEFINED",
    "UNKNOWN",
];

/// Is it written where a number is wanted, and means none: a phrase of firmware's, or one character again and again?
pub fn is_placeholder(told: &str) -> bool {
    if told.is_ascii() {
        // The same, many times as fast: no placeholder has both letters and digits, most serials do.
        if told.bytes().any(|c| c.is_ascii_digit()) && told.bytes().any(|c| c.is_ascii_alphabetic()) {
            return false;
        }
        let bare = || told.bytes().filter(u8::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase());
        let Some(first) = bare().next() else { return true };
        let all_equal = bare().nth(1).is_some() && bare().all(|c| c == first);
        return all_equal || PLACEHOLDERS.binary_search_by(|known| known.bytes().cmp(bare())).is_ok();
    }
    let bare = bare(told);
    let mut characters = bare.chars();
    let first = characters.next();
    let all_equal = characters.clone().next().is_some() && characters.all(|c| Some(c) == first);
    first.is_none() || all_equal || PLACEHOLDERS.contains(&bare.as_str())
}

/// A serial number good enough to join by, as [`serial_in`] spells it.
pub fn serial(told: &str) -> Option<String> {
    serial_in(told, &mut String::new()).map(str::to_owned)
}

/// Is it a serial number good enough to join by?
pub fn is_serial(told: &str) -> bool {
    told.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).take(4).count() == 4
        && !is_placeholder(told)
}

/// A host name, as [`hostname_in`] spells it.
pub fn hostname(told: &str) -> Option<String> {
    hostname_in(told, &mut String::new()).map(str::to_owned)
}

/// A serial number good enough to join by: upper case, without spaces; `None` for placeholders, all-equal
/// characters and what is shorter than four characters. Spelled in `room`.
pub fn serial_in<'a>(told: &str, room: &'a mut String) -> Option<&'a str> {
    plain(told, room);
    (room.chars().nth(3).is_some() && !is_placeholder(room)).then_some(room)
}

/// An asset tag good enough to join by, spelled in `room`.
pub fn asset_tag_in<'a>(told: &str, room: &'a mut String) -> Option<&'a str> {
    plain(told, room);
    (room.chars().nth(1).is_some() && !is_placeholder(room)).then_some(room)
}

/// Upper case, without spaces.
fn plain(told: &str, room: &mut String) {
    room.clear();
    if told.is_ascii() {
        room.push_str(told);
        room.make_ascii_uppercase();
        // From the tabulator to the carriage return: what `char` calls white in ASCII.
        if room.bytes().any(|c| matches!(c, b' ' | b'\t'..=b'\r')) {
            room.retain(|c| !c.is_whitespace());
        }
    } else {
        room.extend(told.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase));
    }
}

/// A system UUID in one of its two byte orders: firmware before SMBIOS 2.6 and after disagree on the order of the
/// first three groups, so the smaller of both spellings stands for the pair. `None` for known bad ones.
pub fn uuid(told: &str) -> Option<u128> {
    let (mut bytes, mut digits) = ([0_u8; 16], 0);
    for c in told.bytes().filter(|c| !matches!(c, b'-' | b'{' | b'}')) {
        let byte = bytes.get_mut(digits / 2)?;
        *byte = *byte << 4 | char::from(c).to_digit(16)? as u8;
        digits += 1;
    }
    if digits != 32 {
        return None;
    }
    let value = u128::from_be_bytes(bytes);
    bytes[0..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    let uuid = value.min(u128::from_be_bytes(bytes));
    const BAD: &[u128] = &[
        0x00020003_0004_0005_0006_000700080009,
        0x12345678_1234_5678_90ab_cddeefaabbcc,
        0x12345678_1234_1234_1234_123456789abc,
    ];
    let all_equal = value.to_be_bytes().iter().all(|byte| *byte == value.to_be_bytes()[0]);
    (!all_equal && !BAD.contains(&uuid)).then_some(uuid)
}

/// The hardware MAC addresses of a field, as numbers: no group, local or all-equal ones.
pub fn macs(told: &str) -> impl Iterator<Item = u64> + '_ {
    told.split([' ', ',', ';', '/', '|']).filter_map(|word| {
        let mut digits = word.chars().filter_map(|c| c.to_digit(16));
        let mac = (0..12).try_fold(0, |mac, _| Some(mac << 4 | u64::from(digits.next()?)))?;
        let first = (mac >> 40) as u8;
        let all_equal = (0..6).all(|byte| (mac >> (8 * byte)) as u8 == first);
        (digits.next().is_none() && first & 0b11 == 0 && !all_equal).then_some(mac)
    })
}

/// Is it an address, however people write it: with zeros before its numbers, a mask, a port or a dot behind it?
fn is_address(told: &str) -> bool {
    if !told.bytes().any(|c| matches!(c, b'.' | b':')) {
        return false;
    }
    let mut parts = told.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    let of_four = (0..3).all(|_| parts.next().is_some_and(is_number))
        && parts.next().is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    of_four || told.parse::<Ipv6Addr>().is_ok()
}

/// A host name without its domain, in lower case, spelled in `room`; `None` for an address, whose first part says
/// nothing of the thing.
pub fn hostname_in<'a>(told: &str, room: &'a mut String) -> Option<&'a str> {
    let whole = told.trim().trim_end_matches('$');
    if is_address(whole) {
        return None;
    }
    let host = whole.split_once('.').map_or(whole, |(host, _)| host);
    room.clear();
    if host.is_ascii() {
        room.push_str(host);
        room.make_ascii_lowercase();
    } else {
        room.push_str(&host.to_lowercase());
    }
    (room.chars().nth(1).is_some() && *room != "localhost" && !is_placeholder(room)).then_some(room)
}

/// A model's name as far as two sources spell it alike: letters and digits only.
pub fn model(told: &str) -> String {
    bare(told)
}

/// A maker's name without its legal form, under the name it is best known by.
pub fn maker(told: &str) -> String {
    const FORMS: &[&str] = &[
        "INC",
        "CORP",
        "CORPORATION",
        "CO",
        "LTD",
        "LIMITED",
        "SA",
        "SAS",
        "GMBH",
        "AG",
        "BV",
        "LLC",
        "PLC",
        "ELECTRONICS",
        "COMPUTER",
        "COMPUTERS",
        "TECHNOLOGIES",
        "SYSTEMS",
        "INTERNATIONAL",
        "GROUP",
    ];
    let words: Vec<String> = told
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_uppercase)
        .filter(|word| !FORMS.contains(&word.as_str()))
        .collect();
    match words.join(" ").as_str() {
        "HEWLETT PACKARD" | "HP ENTERPRISE" | "HEWLETT PACKARD ENTERPRISE" | "HPE" => "HP".to_owned(),
        "FUJITSU SIEMENS" | "FUJITSU CLIENT COMPUTING" => "FUJITSU".to_owned(),
        other => other.to_owned(),
    }
}

/// Do people mean the same name by both? Case says nothing.
pub fn same_name(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Is it the name that an operator wants? A `*` at the end of `wanted` stands for anything.
pub fn name_matches(wanted: &str, told: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => told.to_lowercase().starts_with(&start.trim_end().to_lowercase()),
        None => same_name(wanted, told),
    }
}

/// Is this a SIRET: 14 digits with a right check key (Luhn; La Poste's establishments have a rule of their own)?
pub fn is_siret(told: &str) -> bool {
    let digits: Vec<u32> = told.chars().filter_map(|c| c.to_digit(10)).collect();
    if told.len() != 14 || digits.len() != 14 {
        return false;
    }
    let luhn: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { *digit })
        .sum();
    luhn.is_multiple_of(10) || (told.starts_with("356000000") && digits.iter().sum::<u32>().is_multiple_of(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_no_serials() {
        assert!(PLACEHOLDERS.is_sorted(), "they are searched by bisection");
        let has = |text: &str, is: fn(char) -> bool| text.chars().any(is);
        let mixed = |known: &&&str| has(known, char::is_alphabetic) && has(known, char::is_numeric);
        assert_eq!(PLACEHOLDERS.iter().find(mixed), None, "what has both letters and digits is not looked up");
        for bad in
            ["To be filled by O.E.M.", "0123456789", "Default string", "XXXXXXX", "0000", "n/a", "", "  ", "abc"]
        {
            assert_eq!(serial(bad), None, "{bad}");
        }
        assert_eq!(serial(" cnd 1234xyz"), Some("CND1234XYZ".to_owned()));
        // Letters beyond ASCII are read as others are.
        for (told, placeholder) in [("Néant", true), ("éééé", true), ("é", false), ("– –", true), ("né 4é", false)]
        {
            assert_eq!(is_placeholder(told), placeholder, "{told}");
        }
        assert_eq!(serial(" écran 12é4"), Some("ÉCRAN12É4".to_owned()));
        for told in [" cnd 1234xyz", "a b c", "a b c d", "N / A", "Default string", "éééé", "é4 é5"] {
            assert_eq!(is_serial(told), serial(told).is_some(), "{told}");
        }
        for (told, tag) in [(" inv 7", Some("INV7")), ("42", Some("42")), ("7", None), ("N/A", None)] {
            assert_eq!(asset_tag_in(told, &mut String::new()), tag, "{told}");
        }
    }

    #[test]
    fn a_uuid_in_either_byte_order_is_one() {
        let a = uuid("4C4C4544-0042-3510-8052-B4C04F4A4E32");
        assert!(a.is_some());
        assert_eq!(a, uuid("44454C4C-4200-1035-8052-B4C04F4A4E32"));
        assert_eq!(uuid("03000200-0400-0500-0006-000700080009"), None);
        assert_eq!(uuid("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"), None);
        for bad in [
            "4C4C4544-0042-3510-8052-B4C04F4A4E3",
            "4C4C4544-0042-3510-8052-B4C04F4A4E321",
            "",
            "-",
            "4C4C4544-0042-3510-8052-B4C04F4A4E32x",
        ] {
            assert_eq!(uuid(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_hardware_macs_identify() {
        assert_eq!(macs("00:1a:2b:3c:4d:5e 02:00:00:00:00:01 00-00-00-00-00-00").count(), 1);
        assert_eq!(macs("44:44:44:44:44:44 44:44:44:44:44:45").collect::<Vec<_>>(), [0x4444_4444_4445]);
    }

    #[test]
    fn an_address_is_no_host_name() {
        for bad in ["10.0.0.12", " 10.9.9.40 ", "2001:db8::12", "fe80::1", "::1", "localhost", ""] {
            assert_eq!(hostname(bad), None, "{bad}");
        }
        for bad in ["010.000.000.012", "10.0.0.12/24", "10.0.0.12:9100", "10.0.0.12."] {
            assert_eq!(hostname(bad), None, "{bad}");
        }
        for (told, name) in [(" PC-1.ville.fr ", "pc-1"), ("PC-1$", "pc-1"), ("10.ville.fr", "10")] {
            assert_eq!(hostname(told).as_deref(), Some(name), "{told}");
        }
        for (told, name) in [("10.example.org", "10"), ("3com.ville.fr", "3com"), ("10.1.2.ville.fr", "10")] {
            assert_eq!(hostname(told).as_deref(), Some(name), "{told}");
        }
        // Letters among the numbers, and three numbers, are no address.
        for (told, name) in [("pc1.r2.s3.4etage.fr", "pc1"), ("10.1.2", "10"), ("PC-ÉCOLE.Ville.fr", "pc-école")] {
            assert_eq!(hostname(told).as_deref(), Some(name), "{told}");
        }
    }

    #[test]
    fn makers_under_one_name() {
        assert_eq!(maker("Hewlett-Packard"), maker("HP Inc."));
        assert_eq!(maker("Dell Inc."), maker("DELL"));
        assert_ne!(maker("Dell"), maker("Lenovo"));
    }

    #[test]
    fn siret_check_keys() {
        assert!(is_siret("21000000000013"));
        assert!(is_siret("73282932000074"));
        assert!(!is_siret("73282932000075"));
        assert!(!is_siret("7328293200007"));
        // People write it with spaces; files have it without.
        assert!(!is_siret("732 829 320 00074"));
        // Of La Poste's establishments the sum of the digits is a multiple of five, here 45; of nobody else's.
        assert!(is_siret("35600000049837"));
        assert!(!is_siret("35600000049838"));
        assert!(!is_siret("73282932000077"));
    }
}
