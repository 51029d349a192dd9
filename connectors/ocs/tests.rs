//! OCS as it really answers: the server of Debian 12 with a fleet that its own engine wrote.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use domain::observation::Facts;
use domain::packed::Packed;
use domain::record::Record;
use domain::word::{Condition, Kind, Status};
use server::{Server, collect, context, source};

use super::CONNECTOR;
use super::fields::{Fields, typed_date};
use super::machine::Machine;
use super::read::{Reader, Words};
use crate::Harvest;
use crate::clock::Clock;
use crate::rule::Rules;

mod faults;
mod growth;
mod server;

/// Administrative data by their labels, and the columns behind them.
const LABELLED: &str = "[fields]\nentity = 'TAG'\npurchase_date = \"Date d'achat\"\nwarranty_end = 'FINGARANTIE'\n\
                        supplier = 'Fournisseur'\norder_number = 'N° de commande'\npurchase_price_ht = 'Prix HT (€)'\n\
                        in_service_date = 'Mise en service'\n";
const NUMBERED: &str = "[fields]\nentity = 'TAG'\npurchase_date = 'fields_3'\nwarranty_end = 'fields_4'\n\
                        supplier = 'fields_6'\norder_number = 'fields_8'\npurchase_price_ht = 'fields_7'\n\
                        in_service_date = 'fields_12'\n";
const REFURBISHED: &str = "[[rule]]\nwhen = { 'field.Provenance (neuf / reconditionné)' = '^Reconditionné$' }\n\
                           set = { condition = 'refurbished' }\n";

/// Prints every field that two harvests tell differently; returns how many there are.
fn differences(left: (&str, &Harvest), right: (&str, &Harvest)) -> usize {
    let by_native = |harvest: &Harvest| -> BTreeMap<String, Facts> {
        harvest.observations.iter().map(|seen| (seen.native().to_owned(), seen.facts())).collect()
    };
    let (a, b) = (by_native(left.1), by_native(right.1));
    let mut differences = 0;
    for native in a.keys().chain(b.keys()).collect::<BTreeSet<_>>() {
        let (Some(one), Some(other)) = (a.get(native), b.get(native)) else {
            println!("{native} is told by one alone");
            differences += 1;
            continue;
        };
        for field in Facts::FIELDS {
            let (told, otherwise) = ((field.get)(one), (field.get)(other));
            if told != otherwise {
                println!("{native} {}: {told:?} by {}, {otherwise:?} by {}", field.name, left.0, right.0);
                differences += 1;
            }
        }
    }
    differences
}

fn of<'a>(harvest: &'a Harvest, prefix: &str) -> Vec<&'a Packed> {
    harvest.observations.iter().filter(|seen| seen.native().starts_with(prefix)).collect()
}

fn facts(harvest: &Harvest, native: &str) -> Facts {
    harvest.observations.iter().find(|seen| seen.native() == native).expect(native).facts()
}

#[tokio::test]
async fn sql_and_rest_tell_the_same() {
    let server = Server::shared();
    let by_sql = collect(server.over_sql(LABELLED)).await.unwrap();
    let by_rest = collect(server.over_rest(NUMBERED)).await.unwrap();
    assert!(by_sql.complete && by_rest.complete);
    println!("{:?} {:?}", by_sql.notes, by_rest.notes);
    assert_eq!(of(&by_sql, "computer/").len(), 302);
    assert_eq!(differences(("SQL", &by_sql), ("REST", &by_rest)), 0);
    let rejects =
        |harvest: &Harvest| harvest.rejects.iter().map(|reject| reject.place.clone()).collect::<BTreeSet<_>>();
    assert_eq!(rejects(&by_sql), rejects(&by_rest));
}

#[tokio::test]
async fn schema_7081_tells_the_same_as_the_api_of_its_version() {
    let server = Server::shared();
    let keys = format!("url = 'mysql://127.0.0.1:{}/ocs7081'\nsnmp = false\n", server.database_port);
    let by_sql = collect(server.over_sql(&(keys + LABELLED))).await.unwrap();
    let recorded = context().base.join("rest-2.12.5.json.gz");
    let unpacked = std::process::Command::new("zcat").arg(recorded).output().unwrap().stdout;
    let serde_json::Value::Object(machines) = super::repair::json(&unpacked).unwrap() else { panic!("no object") };
    let (context, words) = (context(), Words::default());
    let mut fields = Fields::of(&[], &[]);
    let mapping: toml::Table = toml::from_str(NUMBERED).unwrap();
    let mapping = mapping["fields"].as_table().unwrap().iter();
    let mapping = mapping.map(|(field, name)| (Facts::field(field).unwrap(), name.as_str().unwrap().to_owned()));
    fields.map(&mapping.collect::<Vec<_>>(), false);
    let clock = Clock { server: None, house: jiff::tz::TimeZone::UTC };
    let mut reader = Reader::new(&context, clock, &words, fields);
    for (_, sections) in machines {
        reader.machine(&Machine::of_sections(sections.as_object().unwrap().clone()).unwrap());
    }
    let by_rest = reader.harvest();
    assert_eq!(of(&by_rest, "computer/").len(), 302);
    assert_eq!(differences(("SQL", &by_sql), ("REST", &by_rest)), 0);
}

/// What plain SQL says of the database, and what is made of it.
#[tokio::test]
async fn the_fleet_is_that_of_the_database() {
    let server = Server::shared();
    let harvest = collect(server.over_sql(&format!("{LABELLED}{REFURBISHED}"))).await.unwrap();
    let asked = |statement: &str| server.count("ocsweb", statement);
    let twice = asked(
        "SELECT COUNT(*) FROM (SELECT UUID FROM hardware WHERE UUID IS NOT NULL GROUP BY UUID HAVING COUNT(*) > 1) t",
    );
    assert_eq!((of(&harvest, "computer/").len(), twice), (302, 3));
    // Rows of one machine under two names tell the same: they are looked at apart.
    const MACHINES: &str = "FROM hardware h LEFT JOIN bios b ON b.HARDWARE_ID = h.ID LEFT JOIN accountinfo a ON \
                            a.HARDWARE_ID = h.ID WHERE LEFT(h.DEVICEID, 1) <> '_' AND NOT EXISTS \
                            (SELECT 1 FROM hardware o WHERE o.UUID = h.UUID AND o.ID <> h.ID)";
    let single: BTreeSet<String> = server
        .sql("ocsweb", &format!("SELECT h.ID {MACHINES}"))
        .iter()
        .map(|row| format!("computer/{}", row[0]))
        .collect();
    assert_eq!(single.len(), 302 - 2 * twice);
    let computers: Vec<_> =
        of(&harvest, "computer/").into_iter().filter(|seen| single.contains(seen.native())).collect();
    let count = |of: &dyn Fn(&Facts) -> bool| computers.iter().filter(|seen| of(&seen.facts())).count();
    assert_eq!(
        count(&|facts| facts.condition == Some(Condition::Refurbished)),
        asked(&format!("SELECT COUNT(*) {MACHINES} AND a.fields_5 = '2'"))
    );
    assert_eq!(
        count(&|facts| facts.virtual_machine == Some(true)),
        asked(&format!(
            "SELECT COUNT(*) {MACHINES} AND (b.SMANUFACTURER LIKE 'VMware%' OR b.SMANUFACTURER = 'QEMU')"
        ))
    );
    assert_eq!(
        count(&|facts| facts.kind == Some(Kind::Laptop)),
        asked(&format!(
            "SELECT COUNT(*) {MACHINES} AND (b.TYPE IN ('Notebook', 'Detachable') OR b.SMODEL LIKE 'MacBook%')"
        ))
    );
    assert_eq!(
        count(&|facts| facts.kind == Some(Kind::Server)),
        asked(&format!("SELECT COUNT(*) {MACHINES} AND b.TYPE = 'Rack Mount Chassis'"))
    );
    assert_eq!(
        count(&|facts| facts.status == Some(Status::Retired)),
        asked(&format!("SELECT COUNT(*) {MACHINES} AND h.ARCHIVE = 1"))
    );

    // Every purchase date and contact, machine by machine.
    let dates = server.sql(
        "ocsweb",
        &format!("SELECT h.ID, CAST(a.fields_3 AS CHAR), LEFT(GREATEST(h.LASTDATE, h.LASTCOME), 10) {MACHINES}"),
    );
    let mut known = 0;
    for row in dates {
        let told = facts(&harvest, &format!("computer/{}", row[0]));
        let bought = Some(row[1].as_str()).filter(|date| !["NULL", "1970-01-01", "0000-00-00"].contains(date));
        known += usize::from(bought.is_some());
        assert_eq!(told.purchase_date.map(|date| date.to_string()).as_deref(), bought, "{row:?}");
        let seen = Some(row[2].as_str()).filter(|date| *date != "NULL");
        assert_eq!(told.last_seen.map(|date| date.to_string()).as_deref(), seen, "{row:?}");
    }
    assert!(known > 150, "{known}");

    // Screens: those with a serial number once, wherever they were seen; panels of laptops are none.
    let serials = asked("SELECT COUNT(DISTINCT UPPER(REPLACE(SERIAL, ' ', ''))) FROM monitors WHERE SERIAL <> ''");
    let monitors = of(&harvest, "monitor/");
    let with_serial = monitors.iter().filter(|seen| seen.facts().serial.is_some()).count();
    println!("{} screens, {with_serial} with a serial number", monitors.len());
    assert_eq!(with_serial, serials);
    let shared = asked(
        "SELECT COUNT(*) FROM (SELECT SERIAL FROM monitors WHERE SERIAL <> '' GROUP BY SERIAL HAVING COUNT(*) > 1) t",
    );
    assert!(shared >= 10, "nobody shares a desk: {shared}");
    // One that two machines list is where the later of them was seen.
    let desks = server.sql(
        "ocsweb",
        "SELECT m.SERIAL, LEFT(MAX(h.LASTDATE), 10) FROM monitors m JOIN hardware h ON h.ID = m.HARDWARE_ID WHERE m.SERIAL <> '' \
         GROUP BY m.SERIAL HAVING COUNT(*) > 1",
    );
    for row in desks {
        let screen = monitors.iter().find(|seen| seen.facts().serial.as_deref() == Some(&row[0])).unwrap();
        assert_eq!(screen.facts().last_seen.map(|day| day.to_string()).as_deref(), Some(&*row[1]), "{row:?}");
        assert_eq!(screen.facts().purchase_date, None);
    }
    assert!(monitors.iter().all(|seen| seen.facts().kind == Some(Kind::Monitor)));
    let dated = monitors.iter().filter(|seen| seen.facts().manufacture_date.is_some()).count();
    assert!(dated * 10 > monitors.len() * 9, "{dated} of {}", monitors.len());

    assert_eq!(of(&harvest, "snmp/Imprimante/").len(), asked("SELECT COUNT(*) FROM snmp_imprimante"));
    assert_eq!(of(&harvest, "snmp/Commutateur/").len(), asked("SELECT COUNT(*) FROM snmp_commutateur"));
    assert!(of(&harvest, "snmp/Commutateur/").iter().all(|seen| seen.facts().kind == Some(Kind::Switch)));
}

#[tokio::test]
async fn single_machines() {
    let server = Server::shared();
    let harvest = collect(server.over_sql(LABELLED)).await.unwrap();
    // Installed anew under another name: two rows, one machine, the newest inventory and the older row's purchase.
    let (old, new) = (facts(&harvest, "computer/113"), facts(&harvest, "computer/305"));
    assert_eq!(old, new);
    assert_eq!(new.hostname.as_deref(), Some("NEWPC-0019"));
    assert_eq!(
        server.count("ocsweb", "SELECT COUNT(*) FROM accountinfo WHERE HARDWARE_ID = 305 AND fields_3 IS NOT NULL"),
        0
    );
    assert!(new.purchase_date.is_some() || new.supplier.is_some(), "{new:?}");
    // Typed in by hand.
    let typed = facts(&harvest, "computer/312");
    assert_eq!((typed.hostname.as_deref(), typed.serial.as_deref()), (Some("TELEPHONE-12"), Some("R58N12345")));
    assert_eq!((typed.last_seen, typed.purchase_date, typed.kind), (None, None, None));
    // A laptop of which Windows tells Lenovo's machine type.
    let thinkpad = of(&harvest, "computer/")
        .into_iter()
        .filter(|seen| seen.facts().model.as_deref() == Some("ThinkPad T14 Gen 2"));
    assert_eq!(thinkpad.count(), server.count("ocsweb", "SELECT COUNT(*) FROM bios WHERE SMODEL = '20W0003MFR'"));
    // A machine with its parts, as its rows say.
    let uc = facts(&harvest, "computer/301");
    let slots: f64 = server
        .sql("ocsweb", "SELECT CAPACITY FROM memories WHERE HARDWARE_ID = 301")
        .iter()
        .filter_map(|row| row[0].parse::<f64>().ok())
        .sum();
    assert_eq!(uc.ram_gb, Some(slots / 1024.0));
    assert!(uc.cpu.is_some() && uc.ssd_gb.is_some() && uc.mac.is_some(), "{uc:?}");
    let makers: BTreeSet<_> =
        harvest.observations.iter().filter_map(|seen| seen.manufacturer().map(|maker| &**maker.text())).collect();
    assert!(makers.contains("HP") && !makers.contains("Hewlett-Packard") && !makers.contains("HPE"), "{makers:?}");
    // Text that the console keeps as HTML.
    let label = "field.Notes";
    assert!(harvest.tally.said.contains_key(label), "{:?}", harvest.tally.said.keys());
    assert!(
        harvest.tally.said["field.État"].contains_key("Sorti de l'inventaire"),
        "{:?}",
        harvest.tally.said["field.État"]
    );
    let options = &harvest.tally.said["field.Options"];
    assert!(options.keys().all(|told| !told.contains("&&&")), "{options:?}");
    // What may speak of a person is not listed.
    assert_eq!(harvest.tally.said[label].keys().collect::<Vec<_>>(), ["…"]);
    // Nobody's login is read.
    assert!(harvest.observations.iter().all(|seen| seen.facts().user.is_none()));
}

/// Documents that fuzzers begin with, and what they found.
#[test]
fn seeds() {
    let mut machines = 0;
    for entry in std::fs::read_dir(context().base.join("seeds")).unwrap() {
        let path = entry.unwrap().path();
        let harvest = super::replay::document(&context(), &std::fs::read(&path).unwrap());
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name.starts_with("machines") {
            machines += of(&harvest.expect(&name), "computer/").len();
        }
    }
    assert_eq!(machines, 7 + 4);
}

#[test]
fn dates_as_people_type_them() {
    let check = |told: &str, expected: Option<&str>| {
        assert_eq!(typed_date(told).ok().map(|date| date.to_string()).as_deref(), expected, "{told}");
    };
    check("2023-05-15", Some("2023-05-15"));
    check("2023-05-15 00:00:00", Some("2023-05-15"));
    check("15/05/2023", Some("2023-05-15"));
    check("15-05-23", Some("2023-05-15"));
    check("5.6.23", Some("2023-06-05"));
    check("03/2021", Some("2021-03-01"));
    check("3/2021", Some("2021-03-01"));
    check("2021-03", Some("2021-03-01"));
    check("2022", None);
    check("32/01/2022", None);
    check("13/2021", None);
    check("mars 2021", None);
    check("", None);
}

#[test]
fn keys() {
    let check = |keys: &str, says: &str| {
        let error = match (CONNECTOR.open)(toml::from_str(keys).unwrap(), context()) {
            Ok(_) => panic!("{keys} is accepted"),
            Err(error) => format!("{error:#}"),
        };
        assert!(error.contains(says), "{keys:?}: {error:?} does not say {says:?}");
        assert!(!error.contains("12345"), "{error}");
    };
    let account = "login = 'a'\npassword = '12345'\n";
    check("url = 'mysql://db/ocsweb'\nlogn = 'a'", "did you mean `login`?");
    check("url = 'mysql://db/ocsweb'\nlogin = 'a'", "`password`");
    check(&format!("{account}url = 'https://ocs.example.fr'"), "neither mysql://");
    check(&format!("{account}url = 'mysql://db'"), "name of the database");
    check(&format!("{account}url = 'mysql://a:12345@db/ocsweb'"), "holds a login");
    check(&format!("{account}url = 'mysql://db/ocsweb'\naccess = 'rest'"), "neither https://");
    check(&format!("{account}url = 'mysql://db/ocsweb'\ntls = 'maybe'"), "unknown variant");
    check(&format!("{account}url = 'mysql://db/ocsweb'\npage_size = 0"), "`page_size`");
    check(&format!("{account}url = 'mysql://db/ocsweb'\n[fields]\ncondition = 'Provenance'"), "words are for rules");
    check(&format!("{account}url = 'mysql://db/ocsweb'\n[snmp.Imprimante]\nseriel = 'x'"), "did you mean `serial`?");
    check(&format!("{account}url = 'mysql://db/ocsweb'\nca_file = 'nowhere.pem'"), "`ca_file`");
}

#[test]
fn the_sample_is_understood() {
    let sample: toml::Table = toml::from_str(CONNECTOR.sample).unwrap();
    let mut keys = sample["source"].as_array().unwrap()[0].as_table().unwrap().clone();
    Rules::read(keys["rule"].as_array().unwrap(), CONNECTOR.reports).unwrap();
    for key in ["name", "type", "every", "rule", "password_file"] {
        assert!(keys.remove(key).is_some(), "{key}");
    }
    source(&toml::to_string(&keys).unwrap(), &[("password", "told")]);
}
