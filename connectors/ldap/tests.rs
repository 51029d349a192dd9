//! Directories as they really answer: OpenLDAP's and Samba's servers, filled by `tests/servers/directory.py`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use domain::record::Text;
use domain::word::Kind;
use jiff::Timestamp;
use server::{Slapd, agents, collect, context, key, names_nobody};

use super::entry::Entry;
use super::{CONNECTOR, active, dn, refusal, time};
use crate::Harvest;
use crate::rule::Rules;

mod count;
mod fake;
mod faults;
mod guard;
#[cfg(feature = "gssapi")]
mod kerberos;
mod pure;
mod referral;
mod samba;
mod server;

/// Those of the LDIF that are people.
fn people(entries: &[Entry]) -> Vec<&Entry> {
    entries.iter().filter(|entry| entry.texts("objectClass").any(|class| class == "inetOrgPerson")).collect()
}

/// Disabled in any of the ways of the LDIF.
fn is_disabled(entry: &Entry) -> bool {
    let is = |name: &str, value: &str| entry.text(name) == Some(value);
    is("pwdAccountLockedTime", "000001010000Z")
        || is("shadowExpire", "15000")
        || is("nsAccountLock", "TRUE")
        || is("sambaAcctFlags", "[UD         ]")
        || is("supannRessourceEtat", "{COMPTE}I")
}

fn is_service(entry: &Entry) -> bool {
    entry.text("uid").unwrap().starts_with("svc-")
}

fn counted<'a>(
    people: impl Iterator<Item = &'a Entry>,
    of: impl Fn(&Entry) -> (String, String),
) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for entry in people {
        *counts.entry(of(entry)).or_default() += 1;
    }
    counts
}

fn total(counts: &BTreeMap<(String, String), usize>) -> usize {
    counts.values().sum()
}

#[tokio::test]
async fn people_by_department() {
    let slapd = Slapd::shared();
    let entries = slapd.entries();
    let harvest = collect(&slapd.keys("")).await.unwrap();
    assert!(harvest.complete && harvest.rejects.is_empty(), "{:?}", harvest.rejects);
    println!("{:?}", harvest.notes);
    let active = people(&entries).into_iter().filter(|entry| !is_disabled(entry) && !is_service(entry));
    let by_department =
        |entry: &Entry| (String::new(), entry.text("departmentNumber").unwrap_or("unknown").to_owned());
    let expected = counted(active, by_department);
    assert_eq!(agents(&harvest), expected);
    assert_eq!(expected.len(), 8, "seven directorates, and people of none");
    assert!(total(&expected) > 500);
    // Accounts are everybody's, disabled or not.
    let accounts = &harvest.lines.accounts;
    assert_eq!(accounts.len(), people(&entries).len());
    let disabled = accounts.iter().filter(|line| line.told.enabled == Some(false)).count();
    assert_eq!(disabled, people(&entries).into_iter().filter(|entry| is_disabled(entry)).count());
    names_nobody(&harvest, &entries);
}

#[tokio::test]
async fn computers_inform_and_are_held_by_pseudonyms() {
    let slapd = Slapd::shared();
    let entries = slapd.entries();
    let harvest = collect(&slapd.keys("")).await.unwrap();
    let logins: BTreeMap<String, &str> =
        people(&entries).into_iter().map(|entry| (entry.dn.clone(), entry.text("uid").unwrap())).collect();
    let devices: Vec<&Entry> = entries.iter().filter(|entry| entry.text("macAddress").is_some()).collect();
    assert_eq!(harvest.observations.len(), devices.len());
    let by_name: BTreeMap<&str, _> =
        harvest.observations.iter().map(|seen| (seen.hostname().unwrap(), seen)).collect();
    let mut held = 0;
    for device in devices {
        let seen = by_name[device.text("cn").unwrap()];
        assert!(
            seen.native().starts_with("computer/") && seen.native().len() == "computer/".len() + 36,
            "{}",
            seen.native()
        );
        assert_eq!(seen.facts().serial.as_deref(), device.text("serialNumber"));
        assert_eq!(seen.facts().mac.as_deref(), device.text("macAddress"));
        assert_eq!(seen.facts().location.as_deref(), device.text("l"));
        let holder = logins.get(device.text("owner").unwrap()).and_then(|login| key().of(login));
        assert_eq!(seen.facts().user, holder);
        assert_eq!((seen.facts().kind, seen.facts().account_enabled), (None, None));
        held += usize::from(holder.is_some());
    }
    assert_eq!(held, 360);
    // Without a key nobody is known.
    let slapd_keys: toml::Table = toml::from_str(&slapd.keys("")).unwrap();
    let alone = crate::Context { pseudonyms: None, ..context() };
    let source = (CONNECTOR.open)(slapd_keys, alone).unwrap();
    let harvest = source.collect(&crate::Progress::default()).await.unwrap();
    assert!(harvest.lines.accounts.is_empty() && harvest.observations.iter().all(|seen| seen.facts().user.is_none()));
    assert!(!harvest.lines.headcounts.is_empty());
}

#[tokio::test]
async fn supann_codes_become_paths_and_entities() {
    let slapd = Slapd::shared();
    let entries = slapd.entries();
    let labels: BTreeMap<&str, &str> =
        entries.iter().filter_map(|entry| Some((entry.text("supannCodeEntite")?, entry.text("ou")?))).collect();
    let keys = "profile = 'supann'\n[[entities]]\nmatch = '^DSI$'\nentity = 'Mairie > Informatique'\n\
                [[entities]]\nmatch = '^Direction générale des services > (Direction .*)$'\nentity = 'Mairie > $1'\n";
    let harvest = collect(&slapd.keys(keys)).await.unwrap();
    println!("{:?}", harvest.notes);
    let employees = people(&entries).into_iter().filter(|entry| {
        !is_disabled(entry) && !is_service(entry) && entry.text("eduPersonAffiliation") == Some("employee")
    });
    let expected = counted(employees, |entry| {
        let Some(code) = entry.text("supannEntiteAffectationPrincipale") else {
            // The unit that holds the entry still says where its owner belongs.
            return (String::new(), "unknown".to_owned());
        };
        let path = match code {
            "DGS" => labels["DGS"].to_owned(),
            code => format!("{} > {}", labels["DGS"], labels[code]),
        };
        let entity = match code {
            "DSI" => "Mairie > Informatique".to_owned(),
            code if code != "DGS" && labels[code].starts_with("Direction ") => format!("Mairie > {}", labels[code]),
            _ => String::new(),
        };
        (entity, path)
    });
    assert_eq!(agents(&harvest), expected);
    names_nobody(&harvest, &entries);
}

#[tokio::test]
async fn departments_by_unit_by_group_and_by_filter() {
    let slapd = Slapd::shared();
    let entries = slapd.entries();
    let active: Vec<&Entry> =
        people(&entries).into_iter().filter(|entry| !is_disabled(entry) && !is_service(entry)).collect();
    let unit = |entry: &Entry| entry.dn.split(",ou=").nth(1).unwrap().to_owned();
    let by_unit =
        collect(&slapd.keys("[people]\ndepartment = 'ou_path'\nentity = ['employeeType', 'ou_path']\n")).await;
    let expected = counted(active.iter().copied(), |entry| {
        let path = format!("people > {}", unit(entry));
        (format!("{} > {path}", entry.text("employeeType").unwrap()), path)
    });
    assert_eq!(agents(&by_unit.unwrap()), expected);
    let groups = "[people]\ndepartment = 'member_of'\n[groups]\nmatch = '^GG-Direction-(.+)$'\n\
                  [[entities]]\nmatch = '^(CULT|DEE)$'\nentity = 'Ville > $1'\n";
    let by_group = collect(&slapd.keys(groups)).await.unwrap();
    let expected = counted(active.iter().copied(), |entry| {
        let unit = unit(entry);
        let entity = if ["CULT", "DEE"].contains(&unit.as_str()) { format!("Ville > {unit}") } else { String::new() };
        (entity, unit)
    });
    assert_eq!(agents(&by_group), expected);
    let filter = "[people]\nexclude = []\nactive_filter = '(employeeType=titulaire)'\n";
    let by_filter = collect(&slapd.keys(filter)).await.unwrap();
    let chosen = people(&entries)
        .into_iter()
        .filter(|entry| !is_disabled(entry) && entry.text("employeeType") == Some("titulaire"))
        .count();
    assert_eq!(total(&agents(&by_filter)), chosen);
    let enabled = by_filter.lines.accounts.iter().filter(|line| line.told.enabled == Some(true)).count();
    assert_eq!(enabled, chosen);
}

/// Every way of being let in tells the same.
#[tokio::test(flavor = "multi_thread")]
async fn ways_in() {
    let slapd = Slapd::shared();
    let socket = slapd.folder.join("run/ldapi").display().to_string().replace('/', "%2F");
    let (certificate, key) = (slapd.tls("client.pem"), slapd.tls("client.key"));
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ways = [
        ("clear", slapd.keys("page_size = 7")),
        ("no pages", slapd.keys("page_size = 0")),
        ("ldaps", slapd.secure("")),
        ("StartTLS", slapd.keys(&format!("start_tls = true\nca_file = '{}'", slapd.tls("ca.pem")))),
        ("by name", slapd.secure(&format!("url = 'ldaps://localhost:{}'", slapd.tls_port))),
        ("ldapi", slapd.keys(&format!("url = 'ldapi://{socket}'\nsasl = 'external'"))),
        (
            "client certificate",
            slapd
                .secure(&format!("sasl = 'external'\nclient_cert_file = '{certificate}'\nclient_key_file = '{key}'")),
        ),
        ("second server", slapd.keys(&format!("urls = ['ldap://{dead}', 'ldap://127.0.0.1:{}']", slapd.port))),
    ];
    let told = |harvest: &Harvest| {
        let natives: BTreeSet<Text> = harvest.observations.iter().map(|seen| Text::from(seen.native())).collect();
        (natives, agents(harvest), harvest.lines.accounts.len())
    };
    let first = told(&collect(&ways[0].1).await.unwrap());
    assert_eq!((first.0.len(), first.2), (400, 600));
    for (way, keys) in &ways {
        let harvest = collect(keys).await.map_err(|failure| format!("{way}: {:#}", failure.cause)).unwrap();
        assert_eq!(told(&harvest), first, "{way}");
        let missed = harvest.notes.iter().filter(|note| note.contains("the next server was asked")).count();
        assert_eq!(missed, usize::from(*way == "second server"), "{way}: {:?}", harvest.notes);
    }
}

#[tokio::test]
async fn rules_look_at_any_attribute_of_computers() {
    let slapd = Slapd::shared();
    let rule = "[[rule]]\nwhen = { 'field.owner' = 'uid=gone' }\nset = { kind = 'laptop' }\n\
                [[rule]]\nwhen = { ou = '^devices$', location = '^Site 3$' }\nset = { status = 'in_stock' }\n";
    let harvest = collect(&slapd.keys(&format!("people = false\n{rule}"))).await.unwrap();
    let laptops = harvest.observations.iter().filter(|seen| seen.facts().kind == Some(Kind::Laptop)).count();
    assert_eq!((laptops, harvest.tally.matches[0].0), (40, 40));
    assert!(harvest.tally.matches[0].1.iter().all(|native| native.starts_with("computer/")));
    assert_eq!(harvest.tally.matches[1].0, 57);
    assert_eq!(harvest.tally.said["location"].len(), 7);
    assert!(harvest.lines.headcounts.is_empty() && harvest.lines.accounts.is_empty());
}
