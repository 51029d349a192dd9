//! Parts of a directory that other servers hold: what URLs tell, and where a search goes on and where not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::super::directory::Server;
use super::super::guard::{Limits, USUAL};
use super::super::referral::{Address, Elsewhere, Scope, Search, Stop, Trail, told};
use super::fake::{ber, done, door, entry, keys, message, serve, text};
use super::server::BASE;
use super::*;
use crate::{Class, Failure};

fn search(base: &str, scope: Scope) -> Search {
    Search { base: base.to_owned(), filter: "(uid=*)".to_owned(), scope }
}

fn address(told: &str) -> Address {
    Address::read(told).unwrap().0
}

#[test]
fn urls() {
    let check = |url: &str, expected: Option<(&str, Scope, &str)>| {
        let (at, rest) = Address::read(url).unwrap();
        assert_eq!(at, address("ldap://dc2.example.fr:389"), "{url}");
        let read = told(rest, &search("dc=test", Scope::One));
        let expected =
            expected.map(|(base, scope, filter)| Search { base: base.to_owned(), filter: filter.to_owned(), scope });
        assert_eq!(read, expected, "{url}");
    };
    let here = "ldap://dc2.example.fr";
    // What is not told stays as it was asked.
    for bare in ["", "/", "/???", ":389", ":389/", ":/"] {
        check(&format!("{here}{bare}"), Some(("dc=test", Scope::One, "(uid=*)")));
    }
    check("LDAP://DC2.Example.FR./DC=a??Base", Some(("DC=a", Scope::Base, "(uid=*)")));
    check(&format!("{here}/ou=a,dc=b?cn,uid?sub?(cn=x)"), Some(("ou=a,dc=b", Scope::Subtree, "(cn=x)")));
    check(&format!("{here}/ou=a??one"), Some(("ou=a", Scope::One, "(uid=*)")));
    // Percents: of spaces, letters of more than a byte, question marks and percents.
    check(
        &format!("{here}/ou=Syst%C3%A8mes%20d%27information%3f%25,dc=b???(cn=%2a)"),
        Some(("ou=Systèmes d'information?%,dc=b", Scope::One, "(cn=*)")),
    );
    check(&format!("{here}/ou=a????bindname=cn=x"), Some(("ou=a", Scope::One, "(uid=*)")));
    // What is not understood is not asked.
    for wrong in
        ["ou=%4", "ou=%zz", "ou=%+1", "ou=%ff", "ou=a??all", "ou=a???(cn", "ou=a????!x", "a????x, !y", "a?????"]
    {
        check(&format!("{here}/{wrong}"), None);
    }
    // Nor what ends the process that reads it.
    let deep = |depth: usize| format!("{here}/ou=a???{}(a=b){}", "(!".repeat(depth), ")".repeat(depth));
    check(&deep(64), None);
    check(&deep(100_000), None);
    check(&format!("{here}/ou={}", "a".repeat(9000)), None);
    assert!(told(Address::read(&deep(63)).unwrap().1, &search("", Scope::One)).is_some());
    for wrong in [
        "",
        "dc=test",
        "http://dc2/",
        "ldapi://%2Frun%2Fldapi",
        "ldap://",
        "ldap:///dc=test",
        "ldap://a:secret@dc2/",
        "ldap://dc2:0/",
        "ldap://dc2:65536/",
        "ldap://dc2:x/",
        "ldap://dc%32/",
        "ldap://dc2?x",
        "ldap://dc2\n/",
        &format!("ldap://{}/", "a".repeat(254)),
    ] {
        assert_eq!(Address::read(wrong), None, "{wrong}");
    }
    assert_eq!(address("ldap://[::1]"), address("ldap://[::1]:389/dc=x"));
    assert_ne!(address("ldaps://[::1]:389"), address("ldap://[::1]:389"));
}

/// Where a search that began on no listed server goes on from a referral of these URLs: a listed server, or `None`.
#[test]
fn servers_that_are_listed() {
    let listed = ["ldap://a", "ldaps://b", "ldap://c:1389", "ldap://c:2389"].map(address);
    let check = |urls: &[&str], expected: Option<usize>| {
        let urls: Vec<String> = urls.iter().map(|url| (*url).to_owned()).collect();
        let mut trail =
            Trail::new(listed.to_vec(), Some(&address("ldap://start")), &search("dc=test", Scope::Subtree));
        let first = trail.next().unwrap();
        trail.met(&urls, &first).map_err(|found| found.reason).unwrap();
        assert_eq!(trail.next().and_then(|stop| stop.server), expected, "{urls:?}");
        assert_eq!(trail.elsewhere.note().is_none(), expected.is_some(), "{urls:?}");
    };
    check(&["ldap://a/dc=x"], Some(0));
    check(&["ldap://A:389/dc=x"], Some(0));
    check(&["ldap://a:390/dc=x"], None);
    // Spoken to as it is listed, whatever the referral says.
    check(&["ldaps://a/dc=x"], Some(0));
    check(&["ldap://b:3890/dc=x"], Some(1));
    check(&["ldaps://b:3636/dc=x"], None);
    check(&["ldap://c:2389/dc=x"], Some(3));
    check(&["ldap://c/dc=x"], None);
    check(&["ldap://start/dc=x"], None);
    // Of several the first that is listed.
    check(&["ldap://x/", "no url", "ldap://a/dc=x??all", "ldaps://b/dc=x", "ldap://a/dc=x"], Some(1));
    check(&[], None);
}

#[test]
fn each_place_once_and_not_without_end() {
    let urls = |url: String| vec![url];
    let begin = || {
        Trail::new(
            vec![address("ldap://a"), address("ldap://b")],
            Some(&address("ldap://a")),
            &search("dc=x", Scope::Subtree),
        )
    };
    let read = |trail: &mut Trail, url: &str, at: &Stop| {
        trail.met(&urls(url.to_owned()), at).map_err(|found| (found.class, found.reason))
    };
    let mut trail = begin();
    let first = trail.next().unwrap();
    // Back to where it began, twice to the same, and the same base another way.
    for (url, is_new) in [
        ("ldap://a/DC=X", false),
        ("ldap://b/ou=y,dc=x", true),
        ("ldap://b/OU=Y,%20DC=x??sub?(uid=*)", false),
        ("ldap://b/ou=y,dc=x??base", true),
        ("ldap://a/ou=y,dc=x", true),
    ] {
        read(&mut trail, url, &first).unwrap();
        assert_eq!(trail.next().is_some(), is_new, "{url}");
    }
    assert!(trail.elsewhere.note().is_none());
    // One after the other.
    let mut trail = begin();
    let mut at = trail.next().unwrap();
    for hop in 1..=8 {
        read(&mut trail, &format!("ldap://b/ou={hop}"), &at).unwrap();
        at = trail.next().unwrap();
    }
    assert_eq!(read(&mut trail, "ldap://b/ou=9", &at).unwrap_err().0, Class::TooLarge);
    // Beside each other; those that are not followed are counted and no more.
    let mut trail = begin();
    let first = trail.next().unwrap();
    for at in 0..64 {
        read(&mut trail, &format!("ldap://b/ou={at}"), &first).unwrap();
        read(&mut trail, &format!("ldap://host{at}/ou={at}"), &first).unwrap();
        read(&mut trail, "ldap://b/ou=0", &first).unwrap();
    }
    assert!(read(&mut trail, "ldap://b/ou=64", &first).unwrap_err().1.contains("more than 64"));
    assert_eq!(read(&mut trail, "ldap://b/ou=%", &first).unwrap_err().0, Class::Protocol);
    assert_eq!(
        trail.elsewhere.note().unwrap(),
        "64 referrals to other servers were met, and not followed: host0, host1, host2, …"
    );
    let mut all = Elsewhere::default();
    assert!(all.note().is_none());
    all.add(trail.elsewhere);
    assert!(all.note().unwrap().starts_with("64 "));
}

#[test]
fn what_has_moved() {
    let begin = || {
        Trail::new(
            vec![address("ldap://a"), address("ldap://b")],
            Some(&address("ldap://a")),
            &search("dc=x", Scope::Subtree),
        )
    };
    let moved = |trail: &mut Trail, url: &str, at: &Stop| {
        trail.moved(&[url.to_owned()], at).map_err(|found| found.reason).unwrap()
    };
    let mut trail = begin();
    let first = trail.next().unwrap();
    assert!(!moved(&mut trail, "ldap://c/dc=x", &first), "not listed");
    assert!(!moved(&mut trail, "ldap://a/dc=x", &first), "to itself");
    assert!(moved(&mut trail, "ldap://b/dc=x", &first));
    let second = trail.next().unwrap();
    assert!(!moved(&mut trail, "ldap://a/dc=x", &second), "in a circle nobody has it");
    // To where it was found on another way.
    let mut trail = begin();
    let first = trail.next().unwrap();
    trail.met(&["ldap://b/ou=y".to_owned()], &first).map_err(|found| found.reason).unwrap();
    trail.met(&["ldap://a/ou=y".to_owned()], &first).map_err(|found| found.reason).unwrap();
    let (_, third) = (trail.next().unwrap(), trail.next().unwrap());
    assert!(moved(&mut trail, "ldap://b/ou=y", &third));
    assert!(trail.next().is_none());
}

fn reference(id: u8, urls: &[&str]) -> Vec<u8> {
    message(id, ber(0x73, &urls.iter().map(|url| text(url)).collect::<Vec<_>>()), Vec::new())
}

/// Result 10 with these URLs.
fn gone(id: u8, urls: &[&str]) -> Vec<u8> {
    let urls: Vec<Vec<u8>> = urls.iter().map(|url| text(url)).collect();
    message(id, ber(0x65, &[ber(10, &[vec![10]]), text(""), text(""), ber(0xa3, &urls)]), Vec::new())
}

fn person(id: u8, login: &str) -> Vec<u8> {
    entry(id, &format!("uid={login},dc=test"), &[("uid", &[login])])
}

fn asks(asked: &[u8], words: &str) -> bool {
    asked.windows(words.len()).any(|part| part == words.as_bytes())
}

/// Keys of a source of people alone on a server, whose referrals may lead to others.
fn leading(port: u16, more: &str, to: &[u16]) -> String {
    let to: Vec<String> = to.iter().map(|port| format!("'ldap://127.0.0.1:{port}'")).collect();
    keys(port) + &format!("computers = false\nfollow_referrals = [{}]\n{more}", to.join(", "))
}

fn told_of(failure: Failure) -> (Class, String) {
    (failure.class, format!("{:#}", failure.cause))
}

#[tokio::test(flavor = "multi_thread")]
async fn referrals_that_are_not_listed_are_counted() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    nobody.set_nonblocking(true).unwrap();
    let referring = || {
        serve(move |id, _| {
            let urls = [format!("ldap://127.0.0.1:{port}/dc=other"), "no url".to_owned()];
            [person(id, "a"), reference(id, &[&urls[0]]), reference(id, &[&urls[1]]), done(id, 0)].concat()
        })
    };
    for to in [&[][..], &[9]] {
        let harvest = collect(&leading(referring(), "", to)).await.unwrap();
        assert!(harvest.complete);
        assert_eq!(total(&agents(&harvest)), 1);
        let expected = "2 referrals to other servers were met, and not followed: 127.0.0.1";
        assert_eq!(harvest.notes, [expected]);
    }
    assert!(nobody.accept().is_err(), "nobody knocked");
    let port = serve(|id, _| gone(id, &["ldap://elsewhere.test/dc=test"]));
    let (class, told) = told_of(collect(&leading(port, "", &[9])).await.unwrap_err());
    assert_eq!(class, Class::Other);
    assert!(
        told.ends_with("keeps `dc=test` on another server, to which `follow_referrals` does not lead (result 10)"),
        "{told}"
    );
}

/// The base, scope and filter of the referral, in a page and a session of their own; both servers refer to each other.
#[tokio::test(flavor = "multi_thread")]
async fn referrals_are_followed_as_they_tell() {
    let (tell, asked_for) = std::sync::mpsc::channel();
    let home = Arc::new(OnceLock::<u16>::new());
    let back = Arc::clone(&home);
    let beside = serve(move |id, asked| {
        let home = format!("ldap://127.0.0.1:{}/dc=test", back.get().unwrap());
        tell.send(asked.to_vec()).unwrap();
        [person(id, "b"), person(id, "a"), reference(id, &[&home]), done(id, 0)].concat()
    });
    let port = serve(move |id, _| {
        let there = format!("ldap://127.0.0.1:{beside}/ou=D%C3%A9p%C3%B4t%2C%20x,dc=test??base?(uid=%62*)");
        [person(id, "a"), reference(id, &["ldap://elsewhere.test/", &there]), done(id, 0)].concat()
    });
    home.set(port).unwrap();
    let scope = "[people]\nscope = 'one'\n";
    let harvest = collect(&leading(port, scope, &[beside, port])).await.unwrap();
    // `a` is told by both, and counts once.
    assert_eq!((total(&agents(&harvest)), harvest.lines.accounts.len()), (2, 2));
    assert!(harvest.notes.is_empty(), "{:?}", harvest.notes);
    let asked = asked_for.try_recv().unwrap();
    assert!(asks(&asked, "ou=Dépôt, x,dc=test\u{a}\u{1}\0"), "{asked:02x?}");
    // A substring of `uid` that begins with `b`.
    assert!(asks(&asked, "\u{4}\u{3}uid0\u{3}"), "{asked:02x?}");
    assert!(!asks(&asked, "inetOrgPerson"), "{asked:02x?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_is_missing_fails_the_whole() {
    let check = async |beside: u16, class: Class, says: &str| {
        let port = serve(move |id, _| {
            let there = format!("ldap://127.0.0.1:{beside}/uid=secret,dc=test");
            [person(id, "a"), reference(id, &[&there]), done(id, 0)].concat()
        });
        let (found, told) = told_of(collect(&leading(port, "", &[beside])).await.expect_err(says));
        println!("{}: {told}", domain::word::Word::name(found));
        assert_eq!(found, class, "{told}");
        assert!(told.starts_with(&format!("127.0.0.1:{beside}")) && told.contains(says), "{told}");
        assert!(!told.contains("secret"), "{told}");
    };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    check(closed, Class::Network, "cannot be reached").await;
    check(serve(|id, _| done(id, 32)), Class::Permission, "does not have what a referral tells").await;
    check(serve(|id, _| [person(id, "b"), done(id, 4)].concat()), Class::Incomplete, "size limit").await;
    check(serve(|id, _| gone(id, &["ldap://127.0.0.1:9/"])), Class::Other, "on another server").await;
    check(serve(|_, _| super::guard::nested(3000)), Class::TooLarge, "nested more deeply").await;
    check(
        serve(|id, asked| if asks(asked, "uid=secret") { Vec::new() } else { done(id, 0) }),
        Class::Network,
        "closed the connection",
    )
    .await;
}

/// A server that refers to another place of its own with every answer, and two that send on to each other.
#[tokio::test(flavor = "multi_thread")]
async fn rounds_without_end() {
    let port = Arc::new(OnceLock::<u16>::new());
    let own = Arc::clone(&port);
    let sessions = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sessions);
    let many = serve(move |id, asked| {
        if !asks(asked, "inetOrgPerson") {
            return Vec::new();
        }
        let at = count.fetch_add(1, Ordering::Relaxed);
        let there = format!("ldap://127.0.0.1:{}/ou={at},dc=test", own.get().unwrap());
        [person(id, "a"), reference(id, &[&there]), done(id, 0)].concat()
    });
    port.set(many).unwrap();
    let (class, told) = told_of(collect(&leading(many, "", &[many])).await.unwrap_err());
    assert_eq!(
        (class, told),
        (Class::TooLarge, format!("127.0.0.1:{many} refers on and on: more than 8 referrals in a row"))
    );
    assert_eq!(sessions.load(Ordering::Relaxed), 9);

    let port = Arc::new(OnceLock::<u16>::new());
    let own = Arc::clone(&port);
    let beside = serve(move |id, _| gone(id, &[&format!("ldap://127.0.0.1:{}/dc=test", own.get().unwrap())]));
    port.set(serve(move |id, _| gone(id, &[&format!("ldap://127.0.0.1:{beside}/dc=test")]))).unwrap();
    let home = *port.get().unwrap();
    let (class, told) = told_of(collect(&leading(home, "", &[home, beside])).await.unwrap_err());
    assert_eq!(class, Class::Other, "{told}");
    assert!(told.starts_with(&format!("127.0.0.1:{beside}")), "{told}");
}

/// Entries and bytes are counted over all servers together.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_end_on_several_servers() {
    let beside =
        serve(|id, asked| if asks(asked, "uid") { [person(id, "b"), done(id, 0)].concat() } else { Vec::new() });
    let places: Vec<String> = (0..20).map(|at| format!("ldap://127.0.0.1:{beside}/ou={at}")).collect();
    for (limits, says) in [
        (USUAL, None),
        (Limits { answers: 40, ..USUAL }, Some("has more than two million entries to tell")),
        (Limits { session: 1200, ..USUAL }, Some("sends more than 2 GiB in one collection")),
    ] {
        let places = places.clone();
        let port = serve(move |id, _| {
            let references: Vec<u8> = places.iter().flat_map(|place| reference(id, &[place])).collect();
            [references, done(id, 0)].concat()
        });
        let mut door = door(port, limits);
        let url = format!("ldap://127.0.0.1:{beside}");
        let server = Server { url: url.clone(), name: "beside".to_owned(), host: String::new() };
        door.referrals.push((address(&url), server));
        let (mut directory, _) = door.open().await.map_err(|failure| failure.cause).unwrap();
        let mut read = 0;
        let search = search("dc=test", Scope::Subtree);
        let ended = directory.search("people", &search, &["uid".to_owned()], |_| read += 1).await;
        match says {
            None => assert!(ended.is_ok() && read == 1),
            Some(says) => assert_eq!(told_of(ended.unwrap_err()), (Class::TooLarge, format!("beside {says}"))),
        }
    }
}

/// A part of an attribute is gone on with where its entry came from.
#[tokio::test(flavor = "multi_thread")]
async fn parts_of_an_attribute_of_another_server() {
    let beside = serve(|id, asked| {
        let told = if asks(asked, "member;range=2-*") {
            entry(id, "cn=g", &[("member;range=2-*", &["uid=2,dc=test"])])
        } else {
            entry(id, "cn=g", &[("cn", &["GG-Achats"]), ("member;range=0-1", &["uid=0,dc=test", "uid=1,dc=test"])])
        };
        [told, done(id, 0)].concat()
    });
    let port = serve(move |id, asked| {
        if asks(asked, "inetOrgPerson") {
            return [person(id, "1"), person(id, "2"), done(id, 0)].concat();
        }
        assert!(!asks(asked, "range="), "nobody knows `cn=g` here");
        [reference(id, &[&format!("ldap://127.0.0.1:{beside}/cn=g??base")]), done(id, 0)].concat()
    });
    let groups = "[people]\ndepartment = 'member_of'\n[groups]\nmatch = '^GG-(.+)$'\nfilter = '(cn=GG-*)'\n";
    let harvest = collect(&leading(port, groups, &[beside])).await.unwrap();
    assert_eq!(agents(&harvest), BTreeMap::from([((String::new(), "Achats".to_owned()), 2)]));
}

/// Two real servers, of which one refers to the other for a directorate: together they tell what one tells of all.
#[tokio::test(flavor = "multi_thread")]
async fn two_real_servers_are_one_directory() {
    let whole = Slapd::own("holds");
    let part = Slapd::referring(&whole);
    let follow = format!("follow_referrals = ['ldap://127.0.0.1:{}']\n", whole.port);
    let entries = whole.entries();
    let all =
        counted(people(&entries).into_iter().filter(|entry| !is_disabled(entry) && !is_service(entry)), |entry| {
            (String::new(), entry.text("departmentNumber").unwrap_or("unknown").to_owned())
        });
    for size in ["", "page_size = 7\n", "page_size = 0\n"] {
        let harvest = collect(&part.keys(&(size.to_owned() + &follow))).await.unwrap();
        assert_eq!(agents(&harvest), all);
        assert_eq!((harvest.lines.accounts.len(), harvest.observations.len()), (1500, 40));
        assert!(!harvest.notes.iter().any(|note| note.contains("referrals")), "{:?}", harvest.notes);
    }
    // Without it, what this server has alone, and a word of what it has not.
    let away = |entry: &Entry| entry.dn.contains(",ou=CULT,ou=people,");
    let missing = people(&entries).into_iter().filter(|entry| away(entry)).count();
    assert!(missing > 100, "{missing}");
    let harvest = collect(&part.keys("")).await.unwrap();
    assert_eq!(harvest.lines.accounts.len(), 1500 - missing);
    let note = "2 referrals to other servers were met, and not followed: 127.0.0.1";
    assert!(harvest.notes.iter().any(|told| told == note), "{:?}", harvest.notes);
    // Where all that is asked for is there (result 10).
    let there = format!("computers = false\n[people]\nbase = 'ou=CULT,ou=people,{BASE}'\n");
    let harvest = collect(&part.keys(&(follow.clone() + &there))).await.unwrap();
    assert_eq!(harvest.lines.accounts.len(), missing);
    let (class, told) = told_of(collect(&part.keys(&there)).await.unwrap_err());
    assert_eq!(class, Class::Other, "{told}");
    // The other server over TLS alone, whatever its port is there; then one that is gone.
    let secure =
        format!("follow_referrals = ['ldaps://127.0.0.1:{}']\nca_file = '{}'\n", whole.tls_port, whole.tls("ca.pem"));
    assert_eq!(agents(&collect(&part.keys(&secure)).await.unwrap()), all);
    whole.control("kill");
    let (class, told) = told_of(collect(&part.keys(&follow)).await.unwrap_err());
    assert_eq!(class, Class::Network, "{told}");
    assert!(told.starts_with(&format!("127.0.0.1:{} cannot be reached", whole.port)), "{told}");
}
