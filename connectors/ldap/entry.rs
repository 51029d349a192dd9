//! One entry of a directory as it was told: a name, and values of the attributes asked for. Pure.

/// An entry. Neither its name nor its values are printed anywhere: both may name a person.
#[derive(Clone, Default)]
pub struct Entry {
    /// Its distinguished name (RFC 4514).
    pub dn: String,
    /// Attribute, in lower case and without options, and its values.
    pub attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl Entry {
    /// The values of an attribute, whatever its case.
    pub fn values(&self, name: &str) -> &[Vec<u8>] {
        let found = self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, values)| values.as_slice()).unwrap_or_default()
    }

    /// Those that are text, ends trimmed, and not empty.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let texts = self.values(name).iter().filter_map(|value| std::str::from_utf8(value).ok());
        texts.map(str::trim).filter(|text| !text.is_empty())
    }

    /// The first text of an attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).next()
    }

    /// The first text of the first of these attributes that has one.
    pub fn first(&self, names: &[String]) -> Option<&str> {
        names.iter().find_map(|name| self.text(name))
    }

    /// Adds values, to those that are there already where the attribute comes twice (with options, RFC 4512, 2.5).
    pub fn add(&mut self, name: &str, values: Vec<Vec<u8>>) {
        let name = name.split(';').next().unwrap_or_default().to_ascii_lowercase();
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, there)) => there.extend(values),
            None => self.attributes.push((name, values)),
        }
    }

    /// What it is known by again, whatever it is called: `objectGUID` in its usual form (MS-DTYP 2.3.4), `entryUUID`
    /// (RFC 4530), `nsUniqueId`.
    pub fn id(&self) -> Option<String> {
        if let Some(guid) = self.values("objectGUID").first().and_then(|value| guid(value)) {
            return Some(guid);
        }
        ID_TEXTS.iter().find_map(|name| self.text(name)).map(str::to_lowercase)
    }
}

/// Ids that are text.
const ID_TEXTS: [&str; 2] = ["entryUUID", "nsUniqueId"];
/// Attributes that an id may be in.
pub const ID_ATTRIBUTES: [&str; 3] = ["objectGUID", ID_TEXTS[0], ID_TEXTS[1]];

/// The first three groups of a GUID are told least significant byte first.
fn guid(bytes: &[u8]) -> Option<String> {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let bytes: &[u8; 16] = bytes.try_into().ok()?;
    let told = hex::encode(ORDER.map(|from| bytes[from]));
    Some([&told[..8], &told[8..12], &told[12..16], &told[16..20], &told[20..]].join("-"))
}
