//! Machines as OCS knows them, as observations. Pure: rows in, a harvest out.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use domain::identity;
use domain::observation::{Facts, Observation};
use domain::packed::Packed;
use domain::record::{Record, Text};
use domain::word::Status;
use jiff::civil::Date;

use super::fields::{self, Fields};
use super::machine::{Columns, Machine, kept, number, text};
use super::parts::{kind, macs, ram, storage};
use super::screen::Screen;
use crate::clock::Clock;
use crate::kind::{fold, of_word};
use crate::model::{self, Drive, is_virtual};
use crate::rule::EXTRA;
use crate::{Context, Harvest, Reject};

/// The fields that a rule's `when` can name.
pub static REPORTS: &[&str] = &[
    "itemtype",
    "tag",
    "category",
    "chassis",
    "type",
    "manufacturer",
    "model",
    "os",
    "name",
    "serial",
    "asset_tag",
    "archived",
    EXTRA,
];

/// The reported fields whose values are worth a rule, and are counted.
static COUNTED: &[&str] = &["itemtype", "tag", "category", "chassis", "type", "archived"];

/// The columns in which houses have their SNMP scan write a field, folded.
const SNMP_COLUMNS: &[(&str, &str)] = &[
    ("serial", "serialnumber, serial, serial number, numero de serie, no de serie, numserie"),
    ("model", "model, modele, modelname"),
    ("manufacturer", "manufacturer, vendor, fabricant, constructeur, marque"),
    ("hostname", "name, nom, hostname, sysname"),
    ("location", "location, emplacement, lieu, localisation, syslocation"),
    ("mac", "macaddress, macaddr, mac, mac address, adresse mac"),
];

/// What the operator says of OCS's own words.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Machine types of makers, and the models that they mean.
    pub models: Vec<(String, String)>,
    /// Of each type of the SNMP scan: field and column.
    pub snmp: Vec<(String, Vec<(String, String)>)>,
}

impl Words {
    /// What the operator says of a type of the SNMP scan, whatever the case and accents of its name.
    pub fn of_snmp(&self, type_name: &str) -> Option<&[(String, String)]> {
        let folded = fold(type_name);
        self.snmp.iter().find(|(name, _)| fold(name) == folded).map(|(_, own)| own.as_slice())
    }
}

/// What rows are read with, and the harvest they make.
pub struct Reader<'a> {
    context: &'a Context,
    clock: Clock,
    words: &'a Words,
    /// Administrative fields.
    pub fields: Fields,
    machines: Vec<Seen>,
    guests: HashSet<u128>,
    harvest: Harvest,
}

/// A machine that was read.
struct Seen {
    id: u64,
    facts: Facts,
    /// Its last inventory, as the database tells it: such texts compare as their moments do.
    moment: String,
    tag: Option<Text>,
    screens: Vec<Screen>,
    /// A newer row speaks of the same machine.
    superseded: bool,
}

impl<'a> Reader<'a> {
    /// A reader for one source.
    pub fn new(context: &'a Context, clock: Clock, words: &'a Words, fields: Fields) -> Self {
        Self {
            context,
            clock,
            words,
            fields,
            machines: Vec::new(),
            guests: HashSet::new(),
            harvest: Harvest { tally: context.rules.tally(), ..Harvest::default() },
        }
    }

    /// Something an operator should know of what could be read.
    pub fn note(&mut self, note: String) {
        self.harvest.notes.push(note);
    }

    /// Reads a machine; groups are none.
    pub fn machine(&mut self, machine: &Machine) {
        let Some(id) = machine.id().filter(|_| !machine.is_group()) else { return };
        self.guests.extend(machine.guests.iter().filter_map(|guest| identity::uuid(&text(guest, "UUID")?)));
        let native = format!("computer/{id}");
        let (hardware, bios) = (&machine.hardware, &machine.bios);
        let typed = |told: Option<Text>| match told {
            // What people typed in by hand has a mark behind it.
            Some(told) if machine.is_typed() => Text::of(told.strip_suffix("_M").unwrap_or(&told)),
            told => told,
        };
        let manufacturer = kept(bios, "SMANUFACTURER").map(|told| Text::from(model::maker(&told)));
        let model = kept(bios, "SMODEL").map(|told| self.model(&told));
        let (by, of) = (manufacturer.as_deref(), model.as_deref());
        let virtual_machine = is_virtual(by, of, None);
        let moment = text(hardware, "LASTDATE").unwrap_or_default().into_owned();
        let archived = number(hardware, "ARCHIVE") == Some(1.0);
        let (ram_gb, ram_modules) = ram(machine);
        let (ssd_gb, ssd_count) = storage(machine, Drive::Solid);
        let (hdd_gb, hdd_count) = storage(machine, Drive::Disk);
        let mut facts = Facts {
            kind: if virtual_machine { None } else { kind(machine, by, of) },
            virtual_machine: virtual_machine.then_some(true),
            serial: typed(kept(bios, "SSN")),
            asset_tag: kept(bios, "ASSETTAG"),
            uuid: kept(hardware, "UUID"),
            hostname: typed(kept(hardware, "NAME")),
            mac: macs(machine),
            user: self.context.pseudonyms.as_ref().zip(text(hardware, "USERID")).and_then(|(key, login)| {
                // DOMAIN\login, login@domain; several of a Unix, between strokes, are nobody's.
                if login.contains('/') {
                    return None;
                }
                let login = login.rsplit('\\').next().unwrap_or_default();
                key.of(login.split('@').next().unwrap_or_default())
            }),
            // Its owner has put it away; a rule may say that this means something else.
            status: archived.then_some(Status::Retired),
            last_seen: ["LASTDATE", "LASTCOME"].into_iter().filter_map(|column| self.day(hardware, column)).max(),
            cpu: machine.cpus.iter().find_map(|cpu| kept(cpu, "TYPE")).or_else(|| {
                let told = text(hardware, "PROCESSORT")?;
                Text::of(told.split(" [").next().unwrap_or_default())
            }),
            cpu_count: Some(machine.cpus.len() as f64).filter(|count| *count > 0.0),
            ram_gb,
            ram_modules,
            ssd_gb,
            ssd_count,
            hdd_gb,
            hdd_count,
            operating_system: kept(hardware, "OSNAME"),
            operating_system_version: kept(hardware, "OSVERSION"),
            manufacturer,
            model,
            ..Facts::default()
        };
        self.fields.learn(&machine.accountinfo);
        let rejects = &mut self.harvest.rejects;
        self.fields.tell(&machine.accountinfo, &mut facts, |label, reason| {
            rejects.push(Reject { place: native.clone(), column: Some(label.to_owned()), reason });
        });
        let account = &machine.accountinfo;
        for told in self.fields.listed(account) {
            self.harvest.tally.count(&told.0, &told.1);
        }
        let (tag, chassis) = (fields::tag(account), kept(bios, "TYPE"));
        let told = &facts;
        let said = |field: &str| -> Option<Cow<'_, str>> {
            let kept = match field {
                "itemtype" => return Some("computer".into()),
                "archived" => return Some(if archived { "true" } else { "false" }.into()),
                "os" => return text(hardware, "OSNAME"),
                "tag" => tag.as_ref(),
                "category" => machine.category.as_ref(),
                "chassis" => chassis.as_ref(),
                "name" => told.hostname.as_ref(),
                "manufacturer" => told.manufacturer.as_ref(),
                "model" => told.model.as_ref(),
                "serial" => told.serial.as_ref(),
                "asset_tag" => told.asset_tag.as_ref(),
                other => return self.fields.named(other.strip_prefix("field.")?, account).map(Cow::Owned),
            };
            kept.map(|text| Cow::Borrowed(&**text))
        };
        for (field, value) in self.context.rules.judge(COUNTED, said, &native, &mut self.harvest.tally) {
            (field.set)(&mut facts, value);
        }
        let screens = machine.monitors.iter().map(Screen::of).collect();
        self.machines.push(Seen { id, facts, moment, tag, screens, superseded: false });
    }

    /// Reads a row that OCS's SNMP scan has written, of a type that the house has named.
    pub fn snmp(&mut self, type_name: &str, row: &Columns) {
        let own = self.words.of_snmp(type_name).unwrap_or_default();
        let column = |field: &str| {
            if let Some((_, column)) = own.iter().find(|(known, _)| known == field) {
                return row.keys().find(|key| fold(key) == fold(column));
            }
            let (_, names) = SNMP_COLUMNS.iter().find(|(known, _)| *known == field)?;
            row.keys().find(|key| names.split(", ").any(|name| fold(key) == name))
        };
        let told = |field: &str| column(field).and_then(|column| kept(row, column));
        let fixed = |field: &str| own.iter().find(|(known, _)| known == field).map(|(_, word)| word.as_str());
        let (manufacturer, model) = (told("manufacturer"), told("model"));
        let manufacturer = manufacturer.map(|told| Text::from(model::maker(&told)));
        let by_type = fixed("kind").and_then(of_word).or_else(|| of_word(type_name));
        let by_model = || model.as_deref().and_then(|model| model::kind_of(manufacturer.as_deref(), model));
        let mut facts = Facts {
            kind: by_type.or_else(by_model),
            serial: told("serial"),
            hostname: told("hostname"),
            location: told("location"),
            mac: told("mac"),
            // Newer consoles write when the scan last saw it.
            last_seen: self.day(row, "LASTDATE"),
            manufacturer,
            model,
            ..Facts::default()
        };
        let id = facts.serial.as_deref().and_then(identity::serial);
        let id = id.unwrap_or_else(|| format!("#{}", text(row, "ID").unwrap_or_default()));
        let native = format!("snmp/{type_name}/{id}");
        let seen = &facts;
        let said = |field: &str| -> Option<Cow<'_, str>> {
            let kept = match field {
                "itemtype" => return Some("snmp".into()),
                "type" => return Some(type_name.into()),
                "name" => seen.hostname.as_ref(),
                "manufacturer" => seen.manufacturer.as_ref(),
                "model" => seen.model.as_ref(),
                "serial" => seen.serial.as_ref(),
                other => {
                    let name = fold(other.strip_prefix("field.")?);
                    return text(row, row.keys().find(|key| fold(key) == name)?);
                }
            };
            kept.map(|text| Cow::Borrowed(&**text))
        };
        for (field, value) in self.context.rules.judge(COUNTED, said, &native, &mut self.harvest.tally) {
            (field.set)(&mut facts, value);
        }
        self.harvest.observations.push(Packed::from(&Observation {
            native: Text::from(native),
            anonymous: false,
            facts,
        }));
    }

    /// All that was read; to be asked for once everything was.
    pub fn harvest(mut self) -> Harvest {
        for seen in &mut self.machines {
            let uuid = seen.facts.uuid.as_deref().and_then(identity::uuid);
            if uuid.is_some_and(|uuid| self.guests.contains(&uuid)) {
                seen.facts.virtual_machine = Some(true);
                seen.facts.kind = None;
            }
        }
        agree(&mut self.machines);
        let screens = self.screens();
        let seen = self.machines.into_iter().map(|seen| (Text::from(format!("computer/{}", seen.id)), seen.facts));
        let screens = screens.into_iter().map(|(native, facts)| (Text::from(native), facts));
        self.harvest.observations.extend(
            seen.chain(screens).map(|(native, facts)| Packed::from(&Observation { native, anonymous: false, facts })),
        );
        Harvest { complete: true, ..self.harvest }
    }

    /// The screens of all machines: one with a serial number where it was seen last, another with its machine.
    fn screens(&mut self) -> BTreeMap<String, Facts> {
        let mut machines: Vec<&Seen> =
            self.machines.iter().filter(|seen| !seen.facts.virtual_machine.unwrap_or(false)).collect();
        machines.sort_by(|a, b| a.moment.cmp(&b.moment).then(a.id.cmp(&b.id)));
        let mut screens = BTreeMap::new();
        for seen in machines {
            let mut turns: HashMap<&str, usize> = HashMap::new();
            for screen in seen.screens.iter().filter(|screen| !screen.is_built_in(seen.facts.kind)) {
                let native = match screen.native() {
                    Some(native) => native,
                    // The row of a machine's former life lists the same screens again.
                    None if seen.superseded => continue,
                    None => {
                        let turn = turns.entry(screen.name()).or_default();
                        *turn += 1;
                        format!("monitor/{}/{}/{turn}", seen.id, screen.name())
                    }
                };
                screens.insert(native, (seen, screen));
            }
        }
        let judged = screens.into_iter().map(|(native, (seen, screen))| {
            // A screen is where its machine is; what else people wrote down of the machine is not said of the screen.
            let mut facts = Facts {
                entity: seen.facts.entity.clone(),
                location: seen.facts.location.clone(),
                department: seen.facts.department.clone(),
                last_seen: seen.facts.last_seen,
                ..screen.facts.clone()
            };
            let said = |field: &str| -> Option<Cow<'_, str>> {
                let kept = match field {
                    "itemtype" => return Some("monitor".into()),
                    "tag" => seen.tag.as_ref(),
                    "manufacturer" => screen.facts.manufacturer.as_ref(),
                    "model" => screen.facts.model.as_ref(),
                    "serial" => screen.facts.serial.as_ref(),
                    _ => None,
                };
                kept.map(|text| Cow::Borrowed(&**text))
            };
            for (field, value) in self.context.rules.judge(COUNTED, said, &native, &mut self.harvest.tally) {
                (field.set)(&mut facts, value);
            }
            (native, facts)
        });
        judged.collect()
    }

    /// The model behind a maker's code; the operator's table first.
    fn model(&self, told: &str) -> Text {
        let own = self.words.models.iter().find(|(code, _)| told.starts_with(code.as_str()));
        Text::from(own.map_or_else(|| model::lenovo(told), |(_, name)| name.as_str()))
    }

    /// The day of a moment; MySQL's zero date and the first day of Unix are none.
    fn day(&self, columns: &Columns, column: &str) -> Option<Date> {
        let told = text(columns, column)?;
        if told.starts_with("0000") || told.starts_with("1970-01-01") {
            return None;
        }
        self.clock.day(&told)
    }
}

/// A machine that was installed anew under another name has two rows until somebody deletes one. Both then tell the
/// same: what the newest inventory says, and what only the older row knows, such as its purchase.
fn agree(machines: &mut [Seen]) {
    let mut groups: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (at, seen) in machines.iter().enumerate() {
        let facts = &seen.facts;
        let serial = facts.serial.as_deref().and_then(identity::serial);
        let uuid = facts.uuid.as_deref().and_then(identity::uuid).map(|uuid| uuid.to_string());
        let model = facts.model.as_deref().map(identity::model);
        // A serial number or a UUID alone may be a slip of a factory.
        let keys = [(&serial, &uuid), (&serial, &model), (&uuid, &model)];
        if let Some((Some(one), Some(other))) = keys.into_iter().find(|(one, other)| one.is_some() && other.is_some())
        {
            groups.entry((one.clone(), other.clone())).or_default().push(at);
        }
    }
    for mut group in groups.into_values().filter(|group| group.len() > 1) {
        group.sort_by(|a, b| machines[*b].moment.cmp(&machines[*a].moment).then(b.cmp(a)));
        let mut merged = machines[group[0]].facts.clone();
        for at in &group[1..] {
            // An old row put away says nothing of the machine that is in use under its new name.
            for field in Facts::FIELDS.iter().filter(|field| field.name != "status") {
                if let (None, Some(value)) = ((field.get)(&merged), (field.get)(&machines[*at].facts)) {
                    (field.set)(&mut merged, value);
                }
            }
        }
        for (turn, at) in group.into_iter().enumerate() {
            machines[at].facts = merged.clone();
            machines[at].superseded = turn > 0;
        }
    }
}
