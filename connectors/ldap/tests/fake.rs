//! What no real server can be made to answer: malformed BER, parts of attributes.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::super::directory::{Door, Server, Who};
use super::super::guard::{Limits, USUAL};
use super::super::referral::{Scope, Search};
use super::guard::nested;
use super::*;
use crate::Class;

/// Of BER (X.690): a tag, a length, and what is in it.
pub fn ber(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut told = vec![tag];
    if length < 128 {
        told.push(length as u8);
    } else {
        told.extend([0x82, (length >> 8) as u8, length as u8]);
    }
    told.extend(content);
    told
}

pub fn text(told: &str) -> Vec<u8> {
    ber(4, &[told.as_bytes().to_vec()])
}

/// A message of LDAP (RFC 4511, 4.1.1), with what is behind its operation.
pub fn message(id: u8, operation: Vec<u8>, controls: Vec<u8>) -> Vec<u8> {
    ber(0x30, &[ber(2, &[vec![id]]), operation, controls])
}

pub fn entry(id: u8, dn: &str, attributes: &[(&str, &[&str])]) -> Vec<u8> {
    let attributes = attributes.iter().map(|(name, values)| {
        let values: Vec<Vec<u8>> = values.iter().map(|value| text(value)).collect();
        ber(0x30, &[text(name), ber(0x31, &values)])
    });
    message(id, ber(0x64, &[text(dn), ber(0x30, &attributes.collect::<Vec<_>>())]), Vec::new())
}

pub fn done(id: u8, code: u8) -> Vec<u8> {
    message(id, ber(0x65, &[ber(10, &[vec![code]]), text(""), text("")]), Vec::new())
}

/// Answers whatever is asked by what `answer` makes of the message's number and its bytes, in sessions side by side.
pub fn serve(answer: impl Fn(u8, &[u8]) -> Vec<u8> + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = Arc::new(Mutex::new(answer));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), Arc::clone(&answer));
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(length) = stream.read(&mut buffer) {
                    let asked = &buffer[..length];
                    // SEQUENCE, length, INTEGER 1 ID; a long length has bytes of its own.
                    let Some(at) = asked.windows(2).position(|two| two == [2, 1]) else { break };
                    let told = answer.lock().unwrap()(asked[at + 2], asked);
                    if told.is_empty() || stream.write_all(&told).is_err() {
                        break;
                    }
                }
            });
        }
    });
    port
}

pub fn keys(port: u16) -> String {
    format!("url = 'ldap://127.0.0.1:{port}'\nprofile = 'openldap'\nbase = 'dc=test'\nrequest_timeout = '500ms'\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ldap() {
    let person = |id| entry(id, "uid=a,dc=test", &[("uid", &["a"])]);
    type Answer = Box<dyn Fn(u8) -> Vec<u8> + Send>;
    let paged = |value: Vec<u8>| {
        let control = ber(0x30, &[text("1.2.840.113556.1.4.319"), ber(4, &[value])]);
        move |id| {
            message(
                id,
                ber(0x65, &[ber(10, &[vec![0]]), text(""), text("")]),
                ber(0xa0, std::slice::from_ref(&control)),
            )
        }
    };
    let cases: Vec<(&str, Answer, Class)> = vec![
        ("another protocol", Box::new(|_| b"HTTP/1.1 400 Bad Request\r\n".to_vec()), Class::Timeout),
        ("a length without end", Box::new(|_| b"\x30\x80\x02\x01\x01".to_vec()), Class::Protocol),
        ("a huge length", Box::new(|_| b"\x30\x84\xff\xff\xff\xff".to_vec()), Class::TooLarge),
        ("elements in elements", Box::new(|_| nested(3000)), Class::TooLarge),
        ("the same for the name of the next page", Box::new(paged(nested(3000))), Class::TooLarge),
        ("no elements", Box::new(|_| ber(0x30, &[])), Class::Protocol),
        ("a text for a message", Box::new(|_| text("hello")), Class::Protocol),
        ("an unknown operation", Box::new(|id| message(id, ber(0x7e, &[]), Vec::new())), Class::Protocol),
        ("an entry of nothing", Box::new(|id| message(id, ber(0x64, &[]), Vec::new())), Class::Protocol),
        (
            "a name that is no text",
            Box::new(|id| message(id, ber(0x64, &[ber(4, &[vec![0xff]]), ber(0x30, &[])]), Vec::new())),
            Class::Protocol,
        ),
        (
            "attributes that are none",
            Box::new(|id| message(id, ber(0x64, &[text("uid=a"), ber(0x30, &[text("uid")])]), Vec::new())),
            Class::Protocol,
        ),
        ("a page that is none", Box::new(paged(text("x"))), Class::Protocol),
        ("half an entry", Box::new(move |id| person(id)[..12].to_vec()), Class::Timeout),
        ("an end at once", Box::new(|_| Vec::new()), Class::Network),
        ("busy", Box::new(|id| done(id, 51)), Class::Server),
        ("no time left", Box::new(|id| done(id, 3)), Class::Timeout),
        ("no pages", Box::new(|id| done(id, 12)), Class::Protocol),
        ("no rights", Box::new(|id| done(id, 50)), Class::Permission),
        ("elsewhere", Box::new(|id| done(id, 10)), Class::Other),
        // Active Directory, asked without a bind.
        ("nobody is let in", Box::new(|id| done(id, 1)), Class::Auth),
        (
            "all that there is, then a limit",
            Box::new(move |id| [person(id), done(id, 4)].concat()),
            Class::Incomplete,
        ),
    ];
    for (what, answer, class) in cases {
        let port = serve(move |id, _| answer(id));
        // ldap3 may panic, and to write a panic's backtrace takes a busy machine longer than the 500 ms of silence.
        let patience = if class == Class::Timeout { "500ms" } else { "60s" };
        let failure = collect(&keys(port).replace("500ms", patience)).await.expect_err(what);
        let told = format!("{:#}", failure.cause);
        println!("{what}: {told}");
        assert_eq!(failure.class, class, "{what}: {told}");
    }
}

/// Nothing goes on at the server once nobody waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_collection_ends_its_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tells, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        tells.send(()).unwrap();
        while stream.read(&mut [0; 4096]).is_ok_and(|length| length > 0) {}
        tells.send(()).unwrap();
    });
    let patient = keys(port).replace("500ms", "1h");
    let waiting = tokio::spawn(async move { collect(&patient).await });
    let patience = std::time::Duration::from_secs(60);
    told.recv_timeout(patience).expect("a connection came");
    assert!(!waiting.is_finished(), "it never answers");
    waiting.abort();
    told.recv_timeout(patience).expect("the connection ended");
}

/// Before TLS anybody may have answered.
#[tokio::test(flavor = "multi_thread")]
async fn answers_to_start_tls() {
    let answer = |code| message(1, ber(0x78, &[ber(10, &[vec![code]]), text(""), text("")]), Vec::new());
    let cases = [
        ("elements in elements", nested(3000), Class::TooLarge, "nested more deeply"),
        ("too long", b"\x30\x83\x02\x00\x00".to_vec(), Class::TooLarge, "a message of more than"),
        ("no", answer(2), Class::Tls, "does not begin TLS (result 2)"),
        ("not LDAP", b"SSH-2.0-\r\n".to_vec(), Class::Timeout, "in time"),
        ("an end", Vec::new(), Class::Network, "cannot be reached"),
        ("an answer nobody asked for", [answer(0), done(1, 0)].concat(), Class::Protocol, "what is not LDAP"),
        ("yes, and no TLS", answer(0), Class::Network, "cannot be reached"),
    ];
    for (what, told, class, says) in cases {
        let port = serve(move |_, asked| if asked.starts_with(b"\x30\x1d") { told.clone() } else { Vec::new() });
        let failure = collect(&(keys(port) + "start_tls = true\n")).await.expect_err(what);
        let told = format!("{:#}", failure.cause);
        println!("{what}: {told}");
        assert_eq!(failure.class, class, "{what}: {told}");
        assert!(told.contains(says), "{what}: {told}");
    }
}

pub fn door(port: u16, limits: Limits) -> Door {
    Door {
        servers: vec![Server {
            url: format!("ldap://127.0.0.1:{port}"),
            name: "fake".to_owned(),
            host: String::new(),
        }],
        referrals: Vec::new(),
        start_tls: false,
        tls: None,
        who: Who::Anonymous,
        patience: std::time::Duration::from_millis(500),
        time_limit: std::time::Duration::from_secs(1),
        page_size: 0,
        limits,
    }
}

/// Neither entries nor bytes come without end, be it page after page.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_end() {
    let pages = |id| {
        let next = ber(0x30, &[ber(2, &[vec![0]]), text("next")]);
        let control = ber(0x30, &[text("1.2.840.113556.1.4.319"), ber(4, &[next])]);
        let end = ber(0x65, &[ber(10, &[vec![0]]), text(""), text("")]);
        [entry(id, "uid=a,dc=test", &[("uid", &["a"])]), message(id, end, ber(0xa0, &[control]))].concat()
    };
    for (limits, says) in [
        (Limits { answers: 40, ..USUAL }, "fake has more than two million entries to tell"),
        (Limits { session: 4000, ..USUAL }, "fake sends more than 2 GiB in one collection"),
    ] {
        let door = door(serve(move |id, _| pages(id)), limits);
        let (mut directory, _) = door.open().await.map_err(|failure| failure.cause).unwrap();
        let search = Search { base: "dc=test".to_owned(), filter: "(uid=*)".to_owned(), scope: Scope::Subtree };
        let mut read = 0;
        let failure = directory.search("people", &search, &["uid".to_owned()], |_| read += 1).await.unwrap_err();
        assert_eq!((failure.class, format!("{:#}", failure.cause).as_str()), (Class::TooLarge, says));
        assert!(read > 10, "{read}");
    }
}

/// A part of an attribute is asked of one entry, whose name no message tells.
#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_an_entry_is_never_told() {
    for code in [10, 32, 34, 50] {
        let port = serve(move |id, asked| {
            if asked.windows(6).any(|part| part == b"range=") {
                return done(id, code);
            }
            let person: &[&str] = &["uid=0"];
            [entry(id, "cn=durand,dc=test", &[("member;range=0-0", person)]), done(id, 0)].concat()
        });
        let door = door(port, USUAL);
        let (mut directory, _) = door.open().await.map_err(|failure| failure.cause).unwrap();
        let search = Search { base: "dc=test".to_owned(), filter: "(cn=*)".to_owned(), scope: Scope::Subtree };
        let failure = directory.search("groups", &search, &["member".to_owned()], |_| {}).await.unwrap_err();
        let told = format!("{:#}", failure.cause);
        assert!(!told.contains("durand") && (code == 50 || told.contains("`dc=test`")), "{told}");
    }
}

/// As Active Directory tells more than 1500 values: Samba tells all of them at once.
#[tokio::test(flavor = "multi_thread")]
async fn parts_of_an_attribute() {
    let port = serve(|id, asked| {
        let asks = |words: &str| asked.windows(words.len()).any(|part| part == words.as_bytes());
        let told = if asks("member;range=4-*") {
            entry(id, "cn=g", &[("member;range=4-*", &["uid=4"])])
        } else if asks("member;range=2-*") {
            entry(id, "cn=g", &[("member", &[]), ("member;range=2-3", &["uid=2", "uid=3"])])
        } else {
            entry(id, "cn=g", &[("cn", &["g"]), ("member", &[]), ("member;range=0-1", &["uid=0", "uid=1"])])
        };
        [told, done(id, 0)].concat()
    });
    let door = door(port, USUAL);
    let (mut directory, _) = door.open().await.map_err(|failure| failure.cause).unwrap();
    let search = Search { base: "dc=test".to_owned(), filter: "(cn=g)".to_owned(), scope: Scope::Subtree };
    let mut members = Vec::new();
    let attributes = ["cn".to_owned(), "member".to_owned()];
    let read = directory.search("groups", &search, &attributes, |entry| {
        members.extend(entry.texts("member").map(str::to_owned));
    });
    assert!(read.await.map_err(|failure| failure.cause).unwrap().note().is_none());
    assert_eq!(members, ["uid=0", "uid=1", "uid=2", "uid=3", "uid=4"]);
}
