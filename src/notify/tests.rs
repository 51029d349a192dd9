#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::sqlite::SqlitePool;

use super::*;
use crate::config::Config;
use crate::edition::SourceState;
use crate::refresh::{Ground, refresh};

fn concern(key: &str, pressing: bool) -> Concern {
    Concern { key: key.to_owned(), about: About::Law, pressing, what: format!("what {key}") }
}

fn notice(key: &str, told: i64) -> Notice {
    Notice { concern: key.to_owned(), what: format!("told {key}"), told }
}

#[test]
fn each_thing_is_told_once_and_once_more_when_it_is_over() {
    let now = Timestamp::from_second(1000).expect("a moment");
    let (a, b, well) = (concern("a", true), concern("b", true), concern("a", false));
    let told = |concerns: &[&Concern], known: &[Notice]| {
        let messages = due(concerns, known, now);
        let told = messages.into_iter().map(|message| (message.concern, message.over, message.since.as_second()));
        told.collect::<Vec<_>>()
    };
    let of = |key: &str, over, since| (key.to_owned(), over, since);
    assert_eq!(told(&[&a, &b], &[]), [of("a", false, 1000), of("b", false, 1000)]);
    assert_eq!(told(&[&a, &b], &[notice("a", 5), notice("b", 5)]), []);
    assert_eq!(told(&[&well, &b], &[notice("a", 5), notice("b", 5)]), [of("a", true, 5)]);
    // What is over is told in the words in which it was told; what was never told is not told to be over.
    assert_eq!(due(&[&well], &[notice("a", 5)], now)[0].what, "told a");
    assert_eq!(told(&[&well], &[]), []);
    // Of what an edition cannot tell, nothing is said.
    assert_eq!(told(&[], &[notice("a", 5)]), []);
}

/// A hook that takes everything, and how many messages came.
fn hook() -> (Way, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let way = Way::Webhook(format!("http://{}", listener.local_addr().unwrap()).into());
    let came = Arc::new(AtomicUsize::new(0));
    let counted = came.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            counted.fetch_add(1, Ordering::SeqCst);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    (way, came)
}

#[tokio::test]
async fn what_the_store_does_not_keep_is_not_told_again() {
    let folder = std::env::temp_dir().join(format!("ecoparc-told-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ecoparc.toml"), "[store]\nurl = \"sqlite://ecoparc.db\"\n").unwrap();
    let config = Config::load(&folder.join("ecoparc.toml")).unwrap();
    let now = Timestamp::now();
    let old = SourceState { last_success: Some(now), stale: true, ..SourceState::default() };
    let edition = refresh(&[], &Ground::of(&config).unwrap(), vec![old], now);
    let store = Store::open(&config.store).await.unwrap();
    let (way, came) = hook();
    let notifier = Notifier { name: "dsi".to_owned(), way, lang: Lang::Fr, about: vec![About::Source] };
    let mut unkept = Vec::new();
    // Somebody else writes, and does not end.
    let other = SqlitePool::connect(&format!("sqlite://{}", folder.join("ecoparc.db").display())).await.unwrap();
    let writing = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    for _ in 0..2 {
        assert!(tell(&notifier, &store, &edition, &mut unkept).await.is_err());
        assert_eq!((came.load(Ordering::SeqCst), unkept.len()), (1, 1));
        assert!(store.notices("dsi").await.unwrap().is_empty());
    }
    writing.rollback().await.unwrap();
    tell(&notifier, &store, &edition, &mut unkept).await.unwrap();
    assert_eq!((came.load(Ordering::SeqCst), unkept.len()), (1, 0));
    assert_eq!(store.notices("dsi").await.unwrap().len(), 1);
    other.close().await;
    store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
