//! Who is counted, and where: documents and memberships in, numbers out, without a server.

use regex::Regex;

use super::super::place::{Places, Way};
use super::super::replay;
use super::*;

/// How many are counted of these people, each of attributes besides a name.
#[track_caller]
fn check(people: &[&str], expected: usize, says: &str) {
    let mut document = String::new();
    for (at, lines) in people.iter().enumerate() {
        document += &format!("dn: cn=Person {at},ou=people,dc=test\nobjectClass: user\n{lines}\n\n");
    }
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let harvest = replay::document(&context(), document.as_bytes(), now).unwrap();
    assert_eq!(total(&agents(&harvest)), expected, "{people:?}: {:?}", harvest.notes);
    assert!(harvest.notes.iter().any(|note| note.contains(says)), "{people:?}: {:?}", harvest.notes);
}

#[test]
fn people_who_count() {
    let known = "sAMAccountName: ajolivet";
    // Contacts have no login.
    check(&[known, "mail: contact@elsewhere.test"], 1, "of 2 people 1 tells no login: neither counted");
    // One login, however it is written, is one person.
    check(
        &[known, "sAMAccountName: AJolivet ", "sAMAccountName: other"],
        2,
        "of 3 people 1 tells the login of another",
    );
    for own in ["CITY$", "HealthMailbox1b2c3d", "MSOL_0a1b2c3d4e5f", "AAD_0a1b2c3d4e5f", "krbtgt", "svc-scan"] {
        check(&[known, &format!("sAMAccountName: {own}")], 1, "of 2 people 1 is left out by `exclude`");
    }
    check(&[known, "sAMAccountName: msolier\nuserAccountControl: 514"], 1, "1 may not log in any more");
}

#[test]
fn people_who_count_in_supann() {
    let employee = |state: &str| {
        format!("uid: {}\neduPersonAffiliation: employee\nsupannRessourceEtat: {state}", state.to_lowercase().len())
    };
    let known = "uid: known\neduPersonAffiliation: employee\nsupannRessourceEtat: {COMPTE}A:SupannActif";
    for gone in ["{COMPTE}A:SupannSursis", "{COMPTE}A SupannSursis", "{COMPTE}I:SupannExpire", "{COMPTE}S"] {
        check(&[known, &employee(gone)], 1, "of 2 people 1 may not log in any more");
    }
    for ahead in ["{COMPTE}A:SupannAnticipe", "{COMPTE}A SupannAnticipe"] {
        check(&[known, &employee(ahead)], 1, "of 2 people 1 is left out by `exclude`");
    }
    check(&[known, &employee("{MAIL}A:SupannSursis"), "uid: x"], 2, "1 is not among those");
}

/// The department that is told counts, in whatever order entries come.
#[test]
fn one_person_of_two_entries() {
    let entries = ["", "department: Voirie", "department: Achats"].map(|line| {
        format!("dn: cn=x{},dc=test\nsAMAccountName: a\n{line}\n\n", line.len()).replace("\n\n\n", "\n\n")
    });
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        let document = order.map(|at| entries[at].as_str()).concat();
        let harvest = replay::document(&context(), document.as_bytes(), Timestamp::UNIX_EPOCH).unwrap();
        let expected = BTreeMap::from([((String::new(), "Achats".to_owned()), 1)]);
        assert_eq!(agents(&harvest), expected, "{order:?}");
    }
}

/// A pattern that was misspelt takes nobody, and the house's own word for an entity stays in its place.
#[test]
fn patterns_of_entities_that_match_nothing() {
    let patterns = ["^DSI$", "^CCAS *$", "(?i)^voirie"].map(|told| (Regex::new(told).unwrap(), "ville".to_owned()));
    let mut places = Places::new(patterns.to_vec(), None);
    assert_eq!(places.idle().count(), 3);
    let way = |told: &str| Way::read(&[told.to_owned()]).unwrap();
    let mut told = |department: &str| {
        let mut entry = Entry { dn: "uid=x,dc=test".to_owned(), ..Entry::default() };
        entry.add("department", vec![department.as_bytes().to_vec()]);
        places.entity(&way(""), &way("department"), &entry).map(|told| told.to_string())
    };
    assert_eq!(told("DSI").as_deref(), Some("ville"));
    assert_eq!(told("VOIRIE").as_deref(), Some("ville"));
    assert_eq!(told("C.C.A.S."), None);
    let context = context();
    let reader = super::super::read::Reader::new(&context, places, Timestamp::UNIX_EPOCH);
    assert_eq!(reader.harvest().notes, ["`entities`: `^CCAS *$` matches nothing that those above it left"]);
}

#[test]
fn groups_in_groups() {
    let mut places = Places::new(Vec::new(), Some(Regex::new("^GG-Direction-(.+)$").unwrap()));
    let mut group = |name: &str, members: &[&str]| {
        places.group(&format!("cn={name},ou=groups,dc=test"), Some(name), members.iter().copied());
    };
    // A directorate of two services, one of which holds a team; teams are told in another case.
    group("GG-Direction-DSI", &["cn=service-net,ou=groups,dc=test", "uid=head,dc=test"]);
    group("service-net", &["CN=Team-WiFi, OU=groups, DC=test", "uid=net,dc=test"]);
    group("team-wifi", &["uid=wifi,dc=test", "uid=both,dc=test"]);
    // The nearest tells where one works.
    group("GG-Direction-Achats", &["cn=gg-direction-voirie,ou=groups,dc=test"]);
    group("GG-Direction-Voirie", &["uid=road,dc=test", "uid=both,dc=test"]);
    // A circle, above which is a directorate.
    group("a", &["cn=b,ou=groups,dc=test"]);
    group("b", &["cn=a,ou=groups,dc=test", "uid=round,dc=test"]);
    group("GG-Direction-Ronde", &["cn=a,ou=groups,dc=test"]);
    // Logins are no names.
    group("GG-Direction-Logins", &["road", "nobody"]);
    let way = Way::read(&["member_of".to_owned()]).unwrap();
    let told = |dn: &str, own: &[&str]| {
        let mut entry = Entry { dn: dn.to_owned(), ..Entry::default() };
        entry.add("memberOf", own.iter().map(|group| group.as_bytes().to_vec()).collect());
        places.told(&way, &entry).map(|told| told.to_string()).unwrap_or_default()
    };
    for (login, department) in [
        ("head", "DSI"),
        ("net", "DSI"),
        ("wifi", "DSI"),
        ("road", "Voirie"),
        ("both", "Voirie"),
        ("round", "Ronde"),
        ("nobody", ""),
    ] {
        assert_eq!(told(&format!("uid={login},dc=test"), &[]), department, "{login}");
    }
    // As people tell their groups themselves.
    assert_eq!(told("uid=x,dc=test", &["CN=GG-Direction-Voirie,OU=groups,DC=test"]), "Voirie");
    assert_eq!(told("uid=x,dc=test", &["CN=Team-WiFi,OU=groups,DC=test"]), "DSI");
    assert_eq!(told("no name at all", &[]), "");
}
