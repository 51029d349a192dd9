//! `[[notify]]`: a webhook and a mail server on the loopback, told once of what needs somebody, and once when it is over.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use crate::house::*;

/// A mail server: its port, and the mails that come.
fn mails() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            std::thread::spawn(move || mail(stream).map(|mail| sender.send(mail)));
        }
    });
    (port, told)
}

/// What a mail server (RFC 5321) says, as far as one mail needs it; what stands in DATA.
fn mail(mut stream: TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut data, mut inside) = (String::new(), false);
    stream.write_all(b"220 loopback\r\n").ok()?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return Some(data).filter(|data| !data.is_empty());
        }
        let answer: &[u8] = match line.trim_end() {
            "." if inside => {
                inside = false;
                b"250 kept\r\n"
            }
            _ if inside => {
                data += &line;
                continue;
            }
            "DATA" => {
                inside = true;
                b"354 go on\r\n"
            }
            "QUIT" => {
                let _ = stream.write_all(b"221 bye\r\n");
                return Some(data);
            }
            _ => b"250 fine\r\n",
        };
        stream.write_all(answer).ok()?;
    }
}

/// A house with one source that grows old at once where it fails, an objective that is behind, and two who are told.
fn house(hook: &str, smtp: u16) -> Folder {
    let folder = Folder::new();
    folder.write("fleet.csv", "id;kind;in_service_date\n1;laptop;2020-01-01\n2;laptop;2024-01-01\n");
    folder.write("hook", &format!("{hook}secret-path\n"));
    folder.configure(
        &("[[objective]]\nname = \"moins\"\nindicator = \"footprint_fleet_annual_co2e_grams\"\ntheme = 2\n\
           target = 0\ntarget_date = \"2030-12-31\"\nbaseline = { date = \"2020-12-31\", value = 1 }\n\
           [[notify]]\nname = \"dsi\"\nwebhook_file = \"hook\"\n"
            .to_owned()
            + &format!(
                "[[notify]]\nname = \"achats\"\nsmtp = \"smtp+plain://127.0.0.1:{smtp}\"\nfrom = \"ecoparc@example.fr\"\n\
                 to = [\"dsi@example.fr\"]\nabout = [\"source\"]\nlang = \"en\"\n"
            )
            + &table("fleet", "assets", "fleet.csv", "stale_after = \"2s\"").replace("\"1h\"", "\"1s\"")),
    );
    folder
}

#[test]
fn people_are_told_once_and_when_it_is_over() {
    let ((hook, told), (smtp, mailed)) = (webhook(), mails());
    let folder = house(&hook, smtp);
    let daemon = Daemon::start(&folder.0.join("ecoparc.toml"));
    daemon.settled();
    let next = |status: &str, concern: &str| {
        let told = told.recv_timeout(PATIENCE).unwrap();
        assert_eq!((&told["status"], &told["concern"]), (&status.into(), &concern.into()), "{told}");
        told["text"].to_string()
    };
    let first = next("firing", "objective:moins");
    assert!(first.contains("L'objectif moins est en retard sur le rythme prévu."), "{first}");

    // A source is cut: its data grow old.
    std::fs::rename(folder.0.join("fleet.csv"), folder.0.join("gone.csv")).unwrap();
    next("firing", "source:fleet");
    let mail = mailed.recv_timeout(PATIENCE).unwrap();
    assert!(mail.contains("dsi@example.fr") && mail.contains("The data of the source fleet are old"), "{mail}");

    // It comes back: it is over.
    std::fs::rename(folder.0.join("gone.csv"), folder.0.join("fleet.csv")).unwrap();
    next("resolved", "source:fleet");
    let mail = mailed.recv_timeout(PATIENCE).unwrap();
    assert!(mail.contains("over"), "{mail}");

    // A restart tells nothing twice. However long it takes, the data are not old again.
    let config = folder.0.join("ecoparc.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    folder.write("ecoparc.toml", &text.replace("stale_after = \"2s\"", "stale_after = \"1h\""));
    drop(daemon);
    let mut daemon = Daemon::start(&config);
    daemon.settled();
    let edition = |daemon: &Daemon| daemon.json("/readyz")["edition"].as_u64().unwrap();
    let first = edition(&daemon);
    daemon.until("another edition", |daemon| edition(daemon) > first);
    assert_eq!(told.try_iter().collect::<Vec<_>>(), Vec::<serde_json::Value>::new());
    assert!(!daemon.log().contains("secret-path"), "the address of a webhook is a secret");
}

#[test]
fn a_notifier_that_cannot_work_is_refused() {
    let check = |more: &str, said: &str| {
        let folder = Folder::new();
        folder.configure(more);
        let (code, line) = refusal(&folder.run(&["check"]));
        assert!(code == 64 && line.contains(said), "{code}: `{said}` is not in: {line}");
        assert!(!line.contains("hush"), "{line}");
    };
    check("[[notify]]\n", "it has no `name`");
    check("[[notify]]\nname = \"a\"\n", "neither `webhook` nor `smtp` says how to tell");
    check("[[notify]]\nname = \"a\"\nwebhok = \"x\"\n", "did you mean `webhook`?");
    check("[[notify]]\nname = \"a\"\nwebhook = \"ftp://hush\"\n", "`webhook`: is no http or https address");
    check("[[notify]]\nname = \"a\"\nwebhook = \"http://a\"\nsmtp = \"smtp://b\"\n", "keep one");
    let mail =
        |more: &str| format!("[[notify]]\nname = \"a\"\nfrom = \"a@example.fr\"\nto = [\"b@example.fr\"]\n{more}\n");
    check(&mail("smtp = \"mail.example.fr\""), "write smtps://HOST");
    check(&mail("smtp = \"smtps://u:hush@mail\""), "a login is told as `username`");
    check(
        &mail("smtp = \"smtp+plain://mail\"\nusername = \"u\"\npassword = \"hush\""),
        "a password goes over TLS alone",
    );
    check(&mail("smtp = \"smtps://mail\"\nusername = \"u\""), "go together");
    check(&mail("smtp = \"smtps://mail\"\nabout = [\"weather\"]"), "unknown variant `weather`");
}
