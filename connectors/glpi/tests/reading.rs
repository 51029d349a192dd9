//! Rows as they come, one by one.

use domain::observation::Facts;
use domain::quantity::Cents;
use domain::word::Kind;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::super::account::Pricing;
use super::super::itemtype::{self, ItemType};
use super::super::read::{Reader, keeps_entities, loses_digits};
use super::fake::context;
use crate::clock::Clock;
use crate::secret::PseudonymKey;
use crate::{Context, Harvest};

fn columns(row: &Value) -> Map<String, Value> {
    row.as_object().unwrap().clone()
}

fn reader(context: &Context, pricing: Pricing) -> Reader<'_> {
    Reader::new(pricing, context, true, Clock { server: None, house: jiff::tz::TimeZone::UTC })
}

/// Reads one item of this type with its account and the name of its type.
fn read(itemtype: &str, type_name: &str, item: &Value, account: &Value, pricing: Pricing) -> Harvest {
    let context = context();
    let mut reader = reader(&context, pricing);
    let at = reader.types().iter().position(|known| known.name == itemtype).unwrap();
    let types = reader.types()[at].types.clone().unwrap();
    reader.name(&types.class, &columns(&json!({ "id": 1, "name": type_name })));
    for (list, name) in [("Manufacturer", "manufacturer"), ("ComputerModel", "model")] {
        if let Some(told) = item.get(name) {
            reader.name(list, &columns(&json!({ "id": 1, "name": told })));
        }
    }
    let mut account = columns(account);
    account.insert("itemtype".to_owned(), itemtype.into());
    account.insert("items_id".to_owned(), 7.into());
    reader.account(&account);
    let mut item = columns(item);
    item.insert("id".to_owned(), 7.into());
    for column in [&*types.column, "manufacturers_id", "computermodels_id"] {
        item.entry(column).or_insert(1.into());
    }
    reader.item(at, &item);
    reader.harvest()
}

fn facts(itemtype: &str, type_name: &str, item: &Value) -> Facts {
    read(itemtype, type_name, item, &json!({}), Pricing::default()).observations.remove(0).facts()
}

#[test]
fn kinds() {
    let check = |itemtype: &str, type_name: &str, expected: Option<Kind>| {
        assert_eq!(facts(itemtype, type_name, &json!({})).kind, expected, "{itemtype} {type_name}");
    };
    check("Computer", "Portable", Some(Kind::Laptop));
    check("Computer", "Fixe", Some(Kind::Desktop));
    check("Computer", "Client léger", Some(Kind::ThinClient));
    check("Computer", "Zorglub", None);
    check("Computer", "", None);
    check("Monitor", "LED", Some(Kind::Monitor));
    check("Monitor", "", Some(Kind::Monitor));
    check("Monitor", "Vidéoprojecteur", Some(Kind::Projector));
    check("NetworkEquipment", "Commutateur", Some(Kind::Switch));
    check("NetworkEquipment", "", None);
    check("Printer", "Multifonction laser", Some(Kind::Multifunction));
    check("Printer", "Jet d'encre", Some(Kind::Printer));
    check("Printer", "Portable", Some(Kind::Printer));
    check("Phone", "Smartphone", Some(Kind::Smartphone));
    check("Phone", "Portable", Some(Kind::Smartphone));
    check("Phone", "Téléphone IP", Some(Kind::DeskPhone));
    check("Phone", "Fixe", Some(Kind::DeskPhone));
    check("Phone", "", None);
    check("Peripheral", "Station d&#39;accueil", Some(Kind::Dock));
    check("Peripheral", "Zorglub", Some(Kind::Other));
    check("PDU", "Zorglub", Some(Kind::Pdu));
    let check = |manufacturer: &str, model: &str, expected: Option<Kind>| {
        let item = json!({ "manufacturer": manufacturer, "model": model });
        assert_eq!(facts("Computer", "", &item).kind, expected, "{manufacturer} {model}");
    };
    check("Dell Inc.", "Latitude 5490", Some(Kind::Laptop));
    check("HP", "HP EliteDesk 800 G4", Some(Kind::Desktop));
    check("Zorglub", "5490", None);
    // « Autre » says what it is not: a model that is known says more.
    let check = |type_name: &str, model: &str, expected: Kind| {
        let item = json!({ "manufacturer": "HPE", "model": model });
        assert_eq!(facts("Computer", type_name, &item).kind, Some(expected), "{type_name} {model}");
    };
    check("Autre", "ProLiant DL360 Gen10", Kind::Server);
    check("Other", "ProLiant DL360 Gen10", Kind::Server);
    check("Portable", "ProLiant DL360 Gen10", Kind::Laptop);
    check("Autre", "5490", Kind::Other);
}

#[test]
fn custom_assets_are_what_they_are_called() {
    let kind = |label: &str, type_name: Option<&str>| ItemType::custom("Materiel", label).kind(type_name, None, None);
    assert_eq!(kind("Tablette", None), Some(Kind::Tablet));
    assert_eq!(kind("Bornes Wi-Fi", None), Some(Kind::AccessPoint));
    assert_eq!(kind("Matériel pédagogique", Some("Vidéoprojecteur")), Some(Kind::Projector));
    assert_eq!(kind("Matériel pédagogique", None), None);
    assert_eq!(itemtype::system_name("Glpi\\CustomAsset\\TabletteAsset"), Some("Tablette"));
    assert_eq!(itemtype::system_name("Computer"), None);
}

#[test]
fn components_of_servers() {
    let context = context();
    let mut reader = reader(&context, Pricing::default());
    reader.name("ComputerType", &columns(&json!({ "id": 1, "name": "Serveur" })));
    reader.name("DeviceProcessor", &columns(&json!({ "id": 2, "designation": "Intel Xeon Silver 4310" })));
    reader.name("DeviceHardDrive", &columns(&json!({ "id": 3, "designation": "NVMe SSD 960 Go" })));
    reader.name("DeviceHardDrive", &columns(&json!({ "id": 4, "designation": "SAS 10k" })));
    reader.name("DeviceHardDrive", &columns(&json!({ "id": 5, "designation": "PERC H730" })));
    reader.item(0, &columns(&json!({ "id": 8, "computertypes_id": 1 })));
    reader.item(0, &columns(&json!({ "id": 9 })));
    assert_eq!(reader.servers(), [8]);
    let drive = |of: u64, capacity: u64| json!({ "deviceharddrives_id": of, "capacity": capacity });
    let devices = json!({
        "Item_DeviceProcessor": { "1": { "deviceprocessors_id": 2 }, "2": { "deviceprocessors_id": 2 } },
        "Item_DeviceMemory": { "1": { "size": 32768 }, "2": { "size": "32768" } },
        "Item_DeviceHardDrive": { "1": drive(3, 960_000), "2": drive(4, 600_000), "3": drive(5, 1), "4": drive(3, 0) },
        "Item_DeviceFirmware": [],
    });
    reader.devices(8, &devices);
    reader.devices(9, &devices);
    let harvest = reader.harvest();
    let [server, other] = &harvest.observations[..] else { panic!("{harvest:?}") };
    let (server, other) = (server.facts(), other.facts());
    assert_eq!(server.cpu.as_deref(), Some("Intel Xeon Silver 4310"));
    assert_eq!((server.cpu_count, server.ram_gb), (Some(2.0), Some(64.0)));
    assert_eq!((server.ssd_gb, server.hdd_gb), (Some(960.0), Some(600.0)));
    assert_eq!(other.cpu, None);
}

#[test]
fn moments_are_days_of_the_house() {
    let paris = jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let seen = |server: &str, at: &str, told: &str| {
        let clock = Clock::of(server.parse().ok(), at.parse().ok(), paris.clone());
        let context = context();
        let mut reader = Reader::new(Pricing::default(), &context, false, clock);
        reader.item(0, &columns(&json!({ "id": 1, "last_inventory_update": told })));
        reader.harvest().observations.remove(0).facts().last_seen.map(|day| day.to_string()).unwrap_or_default()
    };
    let noon = "2026-11-24T12:00:00Z";
    // A server in Paris, its answer three seconds late; in summer it is in Paris too.
    assert_eq!(seen("2026-11-24 13:00:03", noon, "2026-07-01 00:30:00"), "2026-07-01");
    // A server on UTC, and one in Guadeloupe.
    assert_eq!(seen("2026-11-24 12:00:00", noon, "2026-11-23 23:30:00"), "2026-11-24");
    assert_eq!(seen("2026-11-24 08:00:00", noon, "2026-11-23 19:30:00"), "2026-11-24");
    // Nothing told of the server's clock: it is taken to be the house's.
    assert_eq!(seen("", noon, "2026-11-23 23:30:00"), "2026-11-23");
    // The high-level API tells its offset.
    assert_eq!(seen("", noon, "2026-11-23T23:30:00+00:00"), "2026-11-24");
    assert_eq!(seen("", noon, "0000-00-00 00:00:00"), "");
}

#[test]
fn virtual_machines_have_no_kind() {
    let check = |type_name: &str, expected: Option<bool>| {
        let facts = facts("Computer", type_name, &json!({}));
        assert_eq!(facts.virtual_machine, expected, "{type_name}");
        assert!(expected.is_none() || facts.kind.is_none(), "{type_name}");
    };
    for name in ["VM", "Machine virtuelle", "Serveur virtuel", "VMware", "Virtual Machine", "Hyper-V", "KVM"] {
        check(name, Some(true));
    }
    for name in ["Serveur", "Hyperviseur VMware", "Serveur ESX (VM)", "Portable", ""] {
        check(name, None);
    }
}

#[test]
fn columns_are_numbers_or_texts() {
    let item = json!({
        "name": "PC &#60;A&#62; &#38;#38; B", "serial": 121212, "otherserial": "  ", "uuid": null,
        "computertypes_id": "1", "is_template": "0", "is_deleted": 0, "users_id": 3,
        "last_inventory_update": "2026-11-23 23:59:59", "groups_id": [1, 2],
    });
    let facts = facts("Computer", "Portable", &item);
    assert_eq!(facts.hostname.as_deref(), Some("PC <A> &#38; B"));
    assert_eq!(facts.serial.as_deref(), Some("121212"));
    assert_eq!((facts.asset_tag, facts.uuid, facts.user), (None, None, None));
    assert_eq!(facts.kind, Some(Kind::Laptop));
    assert_eq!(facts.last_seen, Some(jiff::civil::date(2026, 11, 23)));
}

#[test]
fn templates_and_trash_are_no_assets() {
    for item in [json!({ "is_template": 1 }), json!({ "is_template": "1" }), json!({ "is_deleted": 1 })] {
        assert!(read("Computer", "", &item, &json!({}), Pricing::default()).observations.is_empty(), "{item}");
    }
}

#[test]
fn accounts() {
    let account = json!({
        "buy_date": "0000-00-00", "use_date": "2021-09-14", "decommission_date": "2026-09-09 00:00:00",
        "warranty_date": "2021-07-31", "warranty_duration": 7, "value": "911.8100",
    });
    let told = read("Monitor", "", &json!({ "size": "23.80", "name": "ECR-1" }), &account, Pricing::default());
    let facts = &told.observations[0].facts();
    assert_eq!(facts.purchase_date, None);
    assert_eq!(facts.in_service_date, Some(jiff::civil::date(2021, 9, 14)));
    assert_eq!(facts.retired_date, Some(jiff::civil::date(2026, 9, 9)));
    assert_eq!(facts.warranty_end, Some(jiff::civil::date(2022, 2, 28)));
    assert_eq!(facts.purchase_price_ht, Some(Cents(91_181)));
    assert_eq!((facts.screen_inches, &facts.hostname), (Some(23.8), &None));

    for lifelong in [json!(-1), json!("-1"), json!(0), json!(null)] {
        let account = json!({ "warranty_date": "2021-07-31", "warranty_duration": lifelong });
        let told = read("Monitor", "", &json!({ "size": "0.00" }), &account, Pricing::default());
        assert_eq!(told.observations[0].facts().warranty_end, None);
        assert_eq!(told.observations[0].facts().screen_inches, None);
    }

    let wrong = json!({ "use_date": "31/02/2026", "order_number": "BC 1", "value": "?" });
    let told = read("Monitor", "", &json!({}), &wrong, Pricing::default());
    assert_eq!(told.observations[0].facts().order_number.as_deref(), Some("BC 1"));
    let rejects: Vec<_> = told.rejects.iter().map(|r| (r.place.as_str(), r.column.as_deref().unwrap())).collect();
    assert_eq!(rejects, [("Monitor/7", "value"), ("Monitor/7", "use_date")]);
}

#[test]
fn prices() {
    let check = |value: Value, vat: Option<f64>, zero_is_free: bool, expected: Option<i64>| {
        let account = json!({ "value": value });
        let told = read("Computer", "", &json!({}), &account, Pricing { vat, zero_is_free });
        assert_eq!(told.observations[0].facts().purchase_price_ht, expected.map(Cents), "{value}");
    };
    check(json!("911.8100"), None, false, Some(91_181));
    check(json!(911.81), None, false, Some(91_181));
    check(json!("1200.0000"), Some(0.2), false, Some(100_000));
    check(json!("0.0000"), None, false, None);
    check(json!("0.0000"), None, true, Some(0));
    check(json!(null), None, true, None);
}

#[test]
fn people_are_pseudonyms_or_nobody() {
    let key = PseudonymKey::new(SecretString::from("key".to_owned()));
    let context = Context { name: "siege".to_owned(), pseudonyms: Some(key.clone()), ..context() };
    let mut reader = reader(&context, Pricing::default());
    reader.item(0, &columns(&json!({ "id": 1, "users_id": 10, "contact": "Jeanne" })));
    reader.item(0, &columns(&json!({ "id": 2, "users_id": 0 })));
    let harvest = reader.harvest();
    assert_eq!(harvest.observations[0].facts().user, key.of("siege:10"));
    assert_eq!(harvest.observations[1].facts().user, None);
    assert!(!format!("{harvest:?}").contains("Jeanne"));
}

/// By their logins, whatever their case, as a directory knows them too; one of whom no login is known is nobody.
#[test]
fn people_by_their_logins() {
    let key = PseudonymKey::new(SecretString::from("key".to_owned()));
    let context = Context { name: "siege".to_owned(), pseudonyms: Some(key.clone()), ..context() };
    let mut reader = reader(&context, Pricing::default());
    assert!(reader.by_login());
    reader.login(&columns(&json!({ "id": 10, "name": "JMartin", "realname": "Martin", "phone": "0102030405" })));
    reader.item(0, &columns(&json!({ "id": 1, "users_id": 10 })));
    reader.item(0, &columns(&json!({ "id": 2, "users_id": 11 })));
    // A login of digits comes as a number from old versions; an ampersand as an entity up to 10.
    reader.login(&columns(&json!({ "id": 12, "name": 12345 })));
    reader.login(&columns(&json!({ "id": 13, "name": "r&#38;d" })));
    reader.item(0, &columns(&json!({ "id": 3, "users_id": 12 })));
    reader.item(0, &columns(&json!({ "id": 4, "users_id": 13 })));
    let harvest = reader.harvest();
    let users: Vec<_> = harvest.observations.iter().map(|seen| seen.facts().user).collect();
    assert_eq!(users, [key.of("jmartin"), None, key.of("12345"), key.of("r&d")]);
    assert!(!format!("{harvest:?}").contains("artin"));
}

#[test]
fn versions() {
    assert!(keeps_entities("9.5.13") && keeps_entities("10.0.19"));
    assert!(!keeps_entities("11.0.8") && !keeps_entities("11.0.0-beta") && !keeps_entities(""));
    assert!(loses_digits("9.4.6") && loses_digits("9.5.11"));
    assert!(!loses_digits("9.5.12") && !loses_digits("10.0.0") && !loses_digits("11.0.0-beta"));
}

fn json_value() -> impl Strategy<Value = Value> {
    let number = any::<f64>().prop_map(|number| json!(number));
    let text = "(&#?[0-9a-z]{0,5};?|[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}|\\PC|[0-9.,-])*".prop_map(Value::from);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        number,
        text
    ];
    leaf.prop_recursive(2, 8, 4, |inner| prop::collection::vec(inner, 0..4).prop_map(Value::from))
}

proptest! {
    /// Whatever a column holds, reading does not panic.
    #[test]
    fn any_row_is_read(values in prop::collection::vec(json_value(), 12), encoded in any::<bool>()) {
        let context = context();
        let clock = Clock { server: None, house: jiff::tz::TimeZone::UTC };
        let mut reader = Reader::new(Pricing { vat: Some(0.2), zero_is_free: true }, &context, encoded, clock);
        let names = [
            "id", "name", "serial", "warranty_duration", "warranty_date", "buy_date", "value", "items_id", "size",
            "entities_id", "is_template", "last_inventory_update",
        ];
        let mut row: Map<String, Value> = names.iter().map(|name| (*name).to_owned()).zip(values).collect();
        row.insert("itemtype".to_owned(), "Monitor".into());
        reader.name("Entity", &row);
        reader.account(&row);
        reader.item(1, &row);
        let _ = reader.harvest();
    }
}
