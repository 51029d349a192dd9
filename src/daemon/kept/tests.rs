//! When a source is asked at once, and what outlasts a reload.
#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::{Timestamp, ToSpan};

use crate::config::Config;
use crate::daemon::listen::Listeners;
use crate::daemon::{Daemon, Lasting, Supervisor};

const CONFIG: &str = "[server]\nlisten = \"127.0.0.1:0\"\n[store]\nurl = \"sqlite://ecoparc.db\"\n\
    [[source]]\nname = \"parc\"\ntype = \"csv\"\npath = \"parc.csv\"\ncontents = \"assets\"\nschedule = \"0 0 2 * * *\"\n\
    [[source.rule]]\nwhen = { model = \"x\" }\nset = { condition = \"new\" }\n";

#[tokio::test]
async fn what_is_due_and_what_is_known_across_a_reload() {
    let folder = std::env::temp_dir().join(format!("ecoparc-kept-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("ecoparc.toml");
    std::fs::write(&file, CONFIG).unwrap();
    let lasting = Lasting::new("here".into(), Supervisor::default());
    let mut daemon = Daemon::prepare(Config::load(&file).unwrap(), lasting).await.unwrap();
    let source = daemon.config.sources.remove(0);
    let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
    assert!(daemon.is_due(0, &source, now), "never heard");
    daemon.states[0].last_success = Some(now - 5.hours());
    daemon.states[0].up = Some(true);
    assert!(!daemon.is_due(0, &source, now), "heard this morning");
    daemon.states[0].last_success = Some(now - 12.hours());
    assert!(daemon.is_due(0, &source, now), "its moment has passed since");
    daemon.states[0].last_success = Some(now - 5.hours());
    daemon.states[0].up = Some(false);
    assert!(daemon.is_due(0, &source, now), "it failed");

    // A whole collection that the store refused is made again once, and not before the store takes something.
    daemon.unkept[0] = true;
    daemon.store_ok = false;
    assert!(daemon.take_unkept().is_empty());
    daemon.store_ok = true;
    assert_eq!((daemon.take_unkept(), daemon.take_unkept()), (vec![0], vec![]));

    // Counters go on, and so does what a rule matched while there is such a rule.
    let rule = source.rules[0].clone();
    daemon.states[0].failures = vec![("network", 3)];
    daemon.states[0].rule_matches = vec![(rule.clone(), 7), ("2 status=retired".to_owned(), 1)];
    let next = daemon.reload(&file, &mut Listeners::default()).await.unwrap();
    assert_eq!(next.states[0].failures, [("network", 3)]);
    assert_eq!(next.states[0].rule_matches, [(rule, 7)]);
    next.store.close().await;
    daemon.store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
