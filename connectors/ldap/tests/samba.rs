//! Active Directory as Samba is one.

use super::super::replay;
use super::server::{names_nobody, script, with};
use super::*;
use crate::Class;
use crate::tests::folder;

/// The domain controller that tests share: its address, its entries, and keys of a source that asks it.
pub fn domain() -> (Vec<Entry>, impl Fn(&str) -> String) {
    let folder = folder("samba");
    let address = script("samba", "start", &folder, &[], &[]).trim().to_owned();
    let entries = replay::entries(&std::fs::read(folder.join("load.ldif")).unwrap());
    let ca_file = format!("'{}'", folder.join("tls/ca.pem").display());
    let keys = move |keys: &str| {
        with(
            keys,
            &[
                ("url", &format!("'ldaps://{address}'")),
                ("ca_file", &ca_file),
                ("bind_dn", "'ecoparc@parc.test'"),
                ("password", "'Ecoparc.Secret.1'"),
                ("profile", "'active_directory'"),
                ("base", "'DC=parc,DC=test'"),
            ],
        )
    };
    (entries, keys)
}

fn of_class<'a>(entries: &'a [Entry], class: &'a str) -> impl Iterator<Item = &'a Entry> {
    entries.iter().filter(move |entry| entry.text("objectClass") == Some(class))
}

fn number(entry: &Entry, name: &str) -> i64 {
    entry.text(name).unwrap_or("0").parse().unwrap()
}

/// By plain arithmetic: disabled, or expired a while ago.
fn may_log_in(entry: &Entry) -> bool {
    let now = (Timestamp::now().as_second() + 11_644_473_600) * 10_000_000;
    let expires = number(entry, "accountExpires");
    number(entry, "userAccountControl") & 2 == 0 && (expires == 0 || expires > now)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_computers_of_a_domain() {
    let (entries, keys) = domain();
    let mapped = "[[entities]]\nmatch = '^Directions > (.+)$'\nentity = 'Mairie > $1'\n";
    let harvest = collect(&keys(mapped)).await.unwrap();
    assert!(harvest.complete && harvest.rejects.is_empty(), "{:?}", harvest.rejects);
    println!("{:?}", harvest.notes);
    let is_service = |entry: &Entry| entry.text("sAMAccountName").unwrap().starts_with("svc-");
    let active = of_class(&entries, "user").filter(|entry| may_log_in(entry) && !is_service(entry));
    let mut expected = counted(active, |entry| {
        let unit = entry.dn.split(",OU=").nth(1).unwrap();
        (format!("Mairie > {unit}"), entry.text("department").unwrap_or("unknown").to_owned())
    });
    // The account that asks is a person too, as far as a directory can tell.
    expected.insert((String::new(), "unknown".to_owned()), 1);
    assert_eq!(agents(&harvest), expected);
    assert!(total(&expected) > 250, "{expected:?}");

    let by_name: BTreeMap<&str, _> =
        harvest.observations.iter().map(|seen| (seen.hostname().unwrap(), seen)).collect();
    let logins: BTreeMap<&str, &str> =
        of_class(&entries, "user").map(|entry| (entry.dn.as_str(), entry.text("sAMAccountName").unwrap())).collect();
    let (mut never, mut disabled) = (0, 0);
    for computer in of_class(&entries, "computer") {
        let name = computer.text("dNSHostName").unwrap().split('.').next().unwrap();
        let seen = by_name[name];
        let facts = &seen.facts();
        assert!(
            seen.native().starts_with("computer/") && seen.native().len() == "computer/".len() + 36,
            "{}",
            seen.native()
        );
        assert_eq!(facts.operating_system.as_deref(), computer.text("operatingSystem"));
        assert_eq!(facts.operating_system_version.as_deref(), computer.text("operatingSystemVersion"));
        assert_eq!(facts.serial.as_deref(), computer.text("serialNumber"));
        assert_eq!(facts.location.as_deref(), computer.text("location"));
        let enabled = number(computer, "userAccountControl") & 2 == 0;
        assert_eq!(facts.account_enabled, Some(enabled), "{name}");
        assert_eq!(facts.user, key().of(logins[computer.text("managedBy").unwrap()]), "{name}");
        let day = match number(computer, "lastLogonTimestamp") {
            0 => None,
            ticks => {
                let at = Timestamp::from_second(ticks / 10_000_000 - 11_644_473_600).unwrap();
                Some(crate::day_of(at, &jiff::tz::TimeZone::UTC))
            }
        };
        assert_eq!(facts.last_seen, day, "{name}");
        (never, disabled) = (never + usize::from(day.is_none()), disabled + usize::from(!enabled));
    }
    assert_eq!((never, disabled), (12, 8));
    // And the domain controller, which nobody has listed.
    assert_eq!(harvest.observations.len(), 300 + 1);
    names_nobody(&harvest, &entries);
}

#[tokio::test(flavor = "multi_thread")]
async fn departments_by_group_and_filter_of_a_domain() {
    let (entries, keys) = domain();
    let groups = "computers = false\n[people]\ndepartment = 'member_of'\nexclude = []\n\
                  [groups]\nmatch = '^GG-Direction-(.+)$'\nmember = ''\n";
    let own = collect(&keys(groups)).await.unwrap();
    let told = collect(&keys(&groups.replace("member = ''\n", ""))).await.unwrap();
    assert_eq!(agents(&own), agents(&told), "as people tell their groups and as groups tell their people");
    let mut expected: BTreeMap<(String, String), usize> = BTreeMap::new();
    let active: BTreeSet<&str> =
        of_class(&entries, "user").filter(|entry| may_log_in(entry)).map(|entry| entry.dn.as_str()).collect();
    for group in of_class(&entries, "group") {
        let name = group.text("sAMAccountName").unwrap().trim_start_matches("GG-Direction-").to_owned();
        expected.insert((String::new(), name), group.texts("member").filter(|dn| active.contains(dn)).count());
    }
    let mut counts = agents(&own);
    counts.remove(&(String::new(), "unknown".to_owned()));
    assert_eq!(counts, expected);
    let filter = "computers = false\n[people]\nexclude = []\nactive_filter = \
                  '(&(department=*)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))'\n";
    let chosen = collect(&keys(filter)).await.unwrap();
    let expected =
        of_class(&entries, "user").filter(|entry| may_log_in(entry) && entry.text("department").is_some()).count();
    assert_eq!(total(&agents(&chosen)), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_domain_refuses() {
    let (_, keys) = domain();
    let check = async |own: &str, class: Class, says: &str| {
        let failure = collect(&keys(own)).await.expect_err(says);
        let told = format!("{:#}", failure.cause);
        println!("{}: {told}", domain::word::Word::name(class));
        assert_eq!(failure.class, class, "{told}");
        assert!(told.contains(says) && !told.contains("Secret"), "{told}");
    };
    check("password = 'Wrong.Secret'", Class::Auth, "refuses `bind_dn` and `password`").await;
    let plain = keys("").lines().next().unwrap().replace("ldaps:", "ldap:") + "\n";
    let keys_in_clear = keys("")
        .lines()
        .filter(|line| !line.starts_with("url") && !line.starts_with("ca_file"))
        .fold(plain.clone(), |keys, line| keys + line + "\n");
    let failure = collect(&keys_in_clear).await.unwrap_err();
    assert_eq!(failure.class, Class::Auth);
    assert!(format!("{:#}", failure.cause).contains("wants TLS first"), "{:#}", failure.cause);
    assert!(collect(&keys(&format!("{plain}start_tls = true"))).await.unwrap().complete);
    let nobody = keys("")
        .lines()
        .filter(|line| !line.starts_with("bind_dn") && !line.starts_with("password"))
        .fold(String::new(), |keys, line| keys + line + "\n");
    let failure = collect(&nobody).await.unwrap_err();
    println!("{:#}", failure.cause);
    assert_eq!(failure.class, Class::Auth);
}
