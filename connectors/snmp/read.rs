//! What agents have told, as observations. Pure: values in, records out.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::identity;
use domain::observation::{Facts, Observation};
use domain::record::Text;
use domain::word::Kind;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::mib::*;
use super::tables::{self, Read};
use super::told::{Oid, Told, Value, mac, text};
use crate::model;
use crate::rule::Rules;

/// The fields that a rule's `when` can name.
pub static REPORTS: &[&str] =
    &["itemtype", "description", "object", "kind", "manufacturer", "model", "name", "location", "serial", "firmware"];

/// The reported fields whose values are worth a rule, and are counted.
static COUNTED: &[&str] = &["itemtype", "kind", "manufacturer", "model", "location"];

/// Enterprises whose agents run on everybody's machines: net-snmp, UCD, Microsoft, VMware.
const SOFTWARE: &[u32] = &[8072, 2021, 311, 6876];

/// Types of interfaces with a socket (`ifType`): Ethernet in its several spellings.
const ETHERNET: &[i64] = &[6, 62, 69, 117];

/// A thing that an agent speaks for: itself, or one member of its stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    /// The key under which it is found again, whatever address it was asked at.
    pub native: Text,
    /// What is known of it.
    pub facts: Facts,
}

/// `sysObjectID`, or nothing.
pub fn system(told: &Told) -> Oid {
    match told.value(&SYS_OBJECT_ID) {
        Some(Value::Object(object)) => object.clone(),
        _ => Oid::new(),
    }
}

/// The things an agent speaks for: one, or the members of its stack; none where nothing of it can be known again.
pub fn things(told: &Told, now: Timestamp, zone: &TimeZone) -> Vec<Thing> {
    let system = system(told);
    let description = told.text(&SYS_DESCR).unwrap_or_default();
    let chassis = chassis(told);
    let first = chassis.first().map(|index| index.as_slice());
    let of_chassis = |column: u32| first.and_then(|index| entity_text(told, column, index));
    let origin = origin(told, &system);
    let maker = of_chassis(ENTITY_MAKER).or_else(|| told.text(&UPS_MAKER));
    let vendor = origin.and_then(tables::vendor);
    let maker = vendor.map(str::to_owned).or(maker).map(|maker| model::maker(&maker).to_owned());
    // The first thing that a Windows lists of itself may be a printer, or a driver that prints to a file.
    let printer = told.number(&MARKER_LIFE).is_some() || (is_host_printer(told) && !is_software(&system));
    let name = of_chassis(ENTITY_MODEL)
        .filter(|model| !is_part_number(model))
        .or_else(|| fact(told, &system, "model"))
        .or_else(|| of_chassis(ENTITY_MODEL))
        .or_else(|| told.text(&UPS_MODEL))
        .or_else(|| told.text(&HOST_DESCR).filter(|_| printer))
        .or_else(|| tables::described_model(&system, &description));
    let kind = kind(told, origin.unwrap_or(&system), &description, maker.as_deref(), name.as_deref(), printer);
    let macs = macs(told);
    let virtual_machine = tables::is_virtual(&system, &description, name.as_deref().unwrap_or_default())
        || model::is_virtual(maker.as_deref(), name.as_deref(), None);
    let common = Facts {
        kind: kind.filter(|_| !virtual_machine),
        virtual_machine: virtual_machine.then_some(true),
        manufacturer: maker.as_deref().and_then(Text::of),
        model: name.as_deref().and_then(Text::of),
        location: told.text(&SYS_LOCATION).and_then(|text| Text::of(&text)),
        firmware: of_chassis(ENTITY_SOFTWARE)
            .or_else(|| of_chassis(ENTITY_FIRMWARE))
            .or_else(|| fact(told, &system, "firmware"))
            .and_then(|text| Text::of(&text)),
        last_seen: Some(crate::day_of(now, zone)),
        running_since: running_since(told, now).map(|at| crate::day_of(at, zone)),
        ..Facts::default()
    };
    let hostname = told.text(&SYS_NAME).or_else(|| fact(told, &system, "hostname")).and_then(|text| Text::of(&text));
    let serials = serials(told, &system, &chassis);
    let mut things: Vec<Thing> = serials
        .iter()
        .map(|(serial, index)| {
            let own = |column: u32| index.as_ref().and_then(|index| entity_text(told, column, index));
            let facts = Facts {
                serial: Text::of(serial),
                // Members of a stack may be of different models.
                model: own(ENTITY_MODEL)
                    .filter(|_| serials.len() > 1)
                    .and_then(|text| Text::of(&text))
                    .or_else(|| common.model.clone()),
                asset_tag: own(ENTITY_ASSET)
                    .or_else(|| fact(told, &system, "asset_tag").filter(|_| serials.len() == 1))
                    .and_then(|text| Text::of(&text)),
                manufacture_date: index.as_ref().and_then(|index| made(told, index)),
                ..common.clone()
            };
            let maker = identity::maker(facts.manufacturer.as_deref().unwrap_or_default());
            Thing { native: Text::from(format!("serial/{maker}/{serial}")), facts }
        })
        .collect();
    if things.is_empty() {
        let native = match (macs.first(), &hostname) {
            (Some(mac), _) => format!("mac/{mac}"),
            (None, Some(name)) => format!("name/{}/{name}", dotted(tables::below(&system))),
            (None, None) => return Vec::new(),
        };
        things.push(Thing { native: Text::from(native), facts: common });
    }
    // What belongs to the whole is said of its first member; its address may be that of any of them.
    let alone = things.len() == 1;
    let facts = &mut things[0].facts;
    facts.hostname = hostname;
    facts.mac = Text::of(&macs.join(" ")).filter(|_| alone);
    facts.ports = ports(told);
    facts.printed_pages = pages(told);
    things
}

/// An object identifier as people write it.
fn dotted(oid: &[u32]) -> String {
    oid.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// Is it the number of a part, `710-030012` or `40-1000569-13`, where the name of a model should be?
fn is_part_number(model: &str) -> bool {
    model.contains('-') && model.chars().all(|c| c.is_ascii_digit() || c == '-')
}

fn entity_text(told: &Told, column: u32, index: &[u32]) -> Option<String> {
    let text = told.text(&[&entity(column)[..], index].concat()).map(|text| unquoted(&text).to_owned());
    text.filter(|text| !identity::is_placeholder(text))
}

/// Rows of `entPhysicalTable` that are a whole chassis, not one that is built into another.
fn chassis(told: &Told) -> Vec<Oid> {
    let class = entity(ENTITY_CLASS);
    let classes: BTreeMap<&[u32], i64> = told.numbers(&class).collect();
    let parents = entity(ENTITY_PARENT);
    let within = |index: &[u32]| {
        let mut at = index.to_vec();
        // A table in a circle ends.
        for _ in 0..16 {
            let Some(parent) =
                told.number(&[&parents[..], &at].concat()).and_then(|parent| u32::try_from(parent).ok())
            else {
                return false;
            };
            at = vec![parent];
            if classes.get(at.as_slice()) == Some(&CHASSIS) {
                return true;
            }
        }
        false
    };
    classes
        .iter()
        .filter(|(index, class)| **class == CHASSIS && !within(index))
        .map(|(index, _)| index.to_vec())
        .collect()
}

/// The object that tells who made it: its `sysObjectID`, unless that is of an agent which everybody runs; then the
/// object of a vendor that it answers.
fn origin<'a>(told: &Told, system: &'a [u32]) -> Option<&'a [u32]> {
    if !is_software(system) {
        return Some(system);
    }
    let own = tables::below(system).first();
    let of_vendor = |oid: &[u32]| tables::below(oid).first().is_some_and(|number| Some(number) != own);
    tables::places(system)
        .into_iter()
        .find(|place| of_vendor(&place.oid) && told.column(&place.oid).next().is_some())
        .map(|place| place.oid.as_slice())
}

/// A fact where the vendor puts it.
fn fact(told: &Told, system: &[u32], field: &str) -> Option<String> {
    let places = tables::places(system).into_iter().filter(|place| place.field == field);
    let said = places.filter_map(|place| match place.read {
        Read::Get => told.text(&place.oid),
        Read::Column | Read::Members => told.texts(&place.oid).map(|(_, text)| text).next(),
    });
    said.map(|text| unquoted(&text).to_owned()).find(|text| !identity::is_placeholder(text))
}

/// Without the quotes that some agents leave around a value, or what its file calls it (`model=M5400`).
fn unquoted(text: &str) -> &str {
    let text = text.trim_matches(['"', ' ']);
    let named = text.rsplit_once("model=").or_else(|| text.rsplit_once("type="));
    named.map_or(text, |(_, rest)| rest.split(' ').next().unwrap_or(rest))
}

/// The serial numbers of what the agent speaks for, each with its row where it has one. A stack repeats that of a
/// member, power supplies and modules have their own: a chassis' counts, then the vendor's place for it.
fn serials(told: &Told, system: &[u32], chassis: &[Oid]) -> Vec<(String, Option<Oid>)> {
    let mut seen = HashSet::new();
    let good = |text: &String| identity::serial(text).is_some();
    let mut found: Vec<(String, Option<Oid>)> = chassis
        .iter()
        .filter_map(|index| Some((entity_text(told, ENTITY_SERIAL, index).filter(good)?, Some(index.clone()))))
        .filter(|(serial, _)| seen.insert(identity::serial(serial)))
        .collect();
    if found.len() > 1 {
        return found;
    }
    let members =
        tables::places(system).into_iter().filter(|place| place.field == "serial" && place.read == Read::Members);
    let members = members.flat_map(|place| told.texts(&place.oid).map(|(_, text)| text));
    let mut apart = HashSet::new();
    let members: Vec<_> = members.filter(good).filter(|text| apart.insert(identity::serial(text))).collect();
    // A single one may be a second number of the same chassis.
    if members.len() > 1 || found.is_empty() {
        found = members.into_iter().map(|serial| (serial, None)).collect();
    }
    if found.is_empty() {
        found.extend(fact(told, system, "serial").filter(good).map(|serial| (serial, None)));
    }
    found
}

fn kind(
    told: &Told,
    system: &[u32],
    description: &str,
    maker: Option<&str>,
    model: Option<&str>,
    printer: bool,
) -> Option<Kind> {
    let family = || model.and_then(|model| model::kind_of(maker, model));
    let copies = || matches!(family(), Some(Kind::Multifunction | Kind::Copier));
    match tables::kind(system, description, model.unwrap_or_default()) {
        Some(Kind::Printer) if copies() => family(),
        Some(kind) => Some(kind),
        None if printer => family().filter(|_| copies()).or(Some(Kind::Printer)),
        None if told.text(&UPS_MODEL).is_some() || told.text(&UPS_MAKER).is_some() => Some(Kind::Ups),
        None => family().or_else(|| {
            let services = told.number(&SYS_SERVICES).unwrap_or(0);
            // Layer 2 and a bridge; layer 3 without one.
            let bridges = told.value(&BRIDGE_ADDRESS).is_some() && services & 2 != 0;
            let routes = services & 4 != 0 && services & 64 == 0;
            if bridges { Some(Kind::Switch) } else { routes.then_some(Kind::Router) }
        }),
    }
}

/// Is it an agent that everybody's machines run, which tells nothing of who made them?
fn is_software(system: &[u32]) -> bool {
    tables::below(system).first().is_none_or(|number| SOFTWARE.contains(number))
}

fn is_host_printer(told: &Told) -> bool {
    matches!(told.value(&HOST_TYPE), Some(Value::Object(object)) if object.starts_with(&HOST_TYPE_PRINTER))
}

/// Its own addresses: the bridge's, else the lowest of its Ethernet interfaces.
pub fn macs(told: &Told) -> Vec<String> {
    let own = |value: &Value| match value {
        Value::Bytes(bytes) if is_own(bytes) => mac(bytes),
        _ => None,
    };
    let bridge = told.value(&BRIDGE_ADDRESS).and_then(own);
    let types: BTreeMap<&[u32], i64> = told.numbers(&IF_TYPE).collect();
    let interfaces: BTreeSet<String> = told
        .column(&IF_ADDRESS)
        .filter(|(index, _)| types.get(index).is_none_or(|kind| ETHERNET.contains(kind)))
        .filter_map(|(_, value)| own(value))
        .collect();
    bridge.into_iter().chain(interfaces.into_iter().take(1)).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Is it an address that its maker gave? Not one that software made up (a bridge of containers, a virtual machine), of a
/// group, or that routers share (VRRP, RFC 5798 §7.3): those come and go, or are those of several things.
fn is_own(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| first & 0b11 == 0) && !matches!(bytes, [0, 0, 0x5e, 0, 1 | 2, _])
}

/// Interfaces with a socket of their own.
fn ports(told: &Told) -> Option<f64> {
    let sockets: HashSet<&[u32]> =
        told.numbers(&IF_CONNECTOR).filter(|(_, told)| *told == 1).map(|(index, _)| index).collect();
    let count =
        told.numbers(&IF_TYPE).filter(|(index, kind)| ETHERNET.contains(kind) && sockets.contains(index)).count();
    (count > 0).then_some(count as f64)
}

/// Pages printed: the life count of its marker, unless that counts something else than impressions.
fn pages(told: &Told) -> Option<f64> {
    let impressions = told.number(&MARKER_UNIT).is_none_or(|unit| unit == 7);
    told.number(&MARKER_LIFE).filter(|count| *count > 0 && impressions).map(|pages| pages as f64)
}

/// When its agent began: by seconds that do not wrap where it tells them.
fn running_since(told: &Told, now: Timestamp) -> Option<Timestamp> {
    let seconds = told.number(&ENGINE_TIME).or_else(|| told.number(&SYS_UP_TIME).map(|ticks| ticks / 100))?;
    now.checked_sub(SignedDuration::from_secs(seconds.clamp(0, 1_000_000_000))).ok()
}

/// The day of `entPhysicalMfgDate` (DateAndTime, RFC 2579): zeros are unknown.
fn made(told: &Told, index: &[u32]) -> Option<Date> {
    let Some(Value::Bytes(bytes)) = told.value(&[&entity(ENTITY_MADE)[..], index].concat()) else { return None };
    let [high, low, month, day, ..] = bytes[..] else { return None };
    let year = i16::from_be_bytes([high, low]);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|date| date.year() > 1990)
}

/// What an agent sees beside it (LLDP, LLDP-MED): witnesses, which inform and make nothing.
pub fn neighbours(told: &Told) -> Vec<Thing> {
    let cell =
        |column: &[u32], index: &[u32]| told.text(&[column, index].concat()).filter(|t| !identity::is_placeholder(t));
    let mut found = Vec::new();
    for (index, subtype) in told.numbers(&lldp(LLDP_SUBTYPE)) {
        let at = |column: u32| [&lldp(column)[..], index].concat();
        let address = |column: u32| match told.value(&at(column)) {
            Some(Value::Bytes(bytes)) => mac(bytes),
            _ => None,
        };
        // A MAC address is of subtype 4 where it names the whole, of 3 where it names a port: telephones do so.
        let port = || address(LLDP_PORT).filter(|_| told.number(&at(LLDP_PORT_SUBTYPE)) == Some(3));
        let address = address(LLDP_CHASSIS).filter(|_| subtype == 4).or_else(port);
        let capable = match told.value(&at(LLDP_CAPABLE)) {
            Some(Value::Bytes(bits)) => bits.first().copied().unwrap_or(0),
            _ => 0,
        };
        let serial = cell(&med(MED_SERIAL), index);
        let manufacturer = cell(&med(MED_MAKER), index).map(|maker| model::maker(&maker).to_owned());
        let hostname = cell(&lldp(LLDP_NAME), index);
        let model = cell(&med(MED_MODEL), index);
        let native = match (&serial, &address, &hostname) {
            (Some(serial), _, _) => format!("lldp/{serial}"),
            (None, Some(address), _) => format!("lldp/{address}"),
            (None, None, Some(name)) => format!("lldp/{name}"),
            (None, None, None) => continue,
        };
        let of = |text: &Option<String>| text.as_deref().and_then(Text::of);
        let facts = Facts {
            // BITS, the first of them highest: telephone is the sixth, access point the fourth.
            kind: if capable & 0x04 != 0 {
                Some(Kind::DeskPhone)
            } else if capable & 0x10 != 0 {
                Some(Kind::AccessPoint)
            } else {
                model.as_deref().and_then(|model| model::kind_of(manufacturer.as_deref(), model))
            },
            manufacturer: of(&manufacturer),
            model: of(&model),
            serial: of(&serial),
            // Telephones of one model have one name: it tells them apart only where nothing else does.
            hostname: of(&hostname).filter(|_| serial.is_none() && address.is_none()),
            mac: of(&address),
            asset_tag: cell(&med(MED_ASSET), index).and_then(|text| Text::of(&text)),
            witness: Some(true),
            ..Facts::default()
        };
        found.push(Thing { native: Text::from(native), facts });
    }
    found
}

/// Lets the rules speak of a thing, and makes it an observation.
pub fn observe(thing: Thing, told: &Told, rules: &Rules, tally: &mut crate::rule::Tally) -> Observation {
    let Thing { native, mut facts } = thing;
    let seen = &facts;
    let witness = seen.witness == Some(true);
    let said = |field: &str| -> Option<std::borrow::Cow<'_, str>> {
        let kept = match field {
            "itemtype" => return Some(if witness { "neighbour" } else { "agent" }.into()),
            "description" if !witness => return told.text(&SYS_DESCR).map(Into::into),
            "object" if !witness => return Some(dotted(tables::below(&system(told))).into()),
            "kind" => return seen.kind.map(|kind| domain::word::Word::name(kind).into()),
            "manufacturer" => seen.manufacturer.as_ref(),
            "model" => seen.model.as_ref(),
            "name" => seen.hostname.as_ref(),
            "location" => seen.location.as_ref(),
            "serial" => seen.serial.as_ref(),
            "firmware" => seen.firmware.as_ref(),
            _ => None,
        };
        kept.map(|text| std::borrow::Cow::Borrowed(&**text))
    };
    for (field, value) in rules.judge(COUNTED, said, &native, tally) {
        (field.set)(&mut facts, value);
    }
    Observation { native, anonymous: false, facts }
}

/// What an agent says of itself, for a line of `discover`.
pub fn headline(told: &Told) -> String {
    match told.value(&SYS_DESCR) {
        Some(Value::Bytes(bytes)) => text(bytes).unwrap_or_default().chars().take(60).collect(),
        _ => String::new(),
    }
}
