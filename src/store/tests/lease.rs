//! Leases: who holds what, and what a holder of before can still do.

use super::*;

const LONG: Duration = Duration::from_secs(60);
/// Long enough to be held, short enough to wait for its end.
const SHORT: Duration = Duration::from_millis(300);

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn holds(store: &Store, replica: &str, all: &[String], length: Duration) -> Vec<String> {
    let mut held: Vec<String> =
        store.hold(replica, all, length).await.unwrap().into_iter().map(|held| held.lease.name).collect();
    held.sort();
    held
}

#[tokio::test]
async fn leases_are_spread_and_each_has_one_holder() {
    let home = Home::server();
    let store = home.open().await;
    let all = names(&["*", "a", "b", "c", "d", "e"]);
    assert_eq!(holds(&store, "one", &all, LONG).await, all);
    // Nobody takes what is held; what is over the share is given back, then taken.
    assert_eq!(holds(&store, "two", &all, LONG).await, [""; 0]);
    assert_eq!(holds(&store, "one", &all, LONG).await.len(), 3);
    assert_eq!(holds(&store, "two", &all, LONG).await.len(), 3);
    // A third one, all at once and again and again.
    for _ in 0..4 {
        let asking = ["one", "two", "three"].map(|replica| holds(&store, replica, &all, LONG));
        let [one, two, three] = asking;
        tokio::join!(one, two, three);
    }
    let mut each = Vec::new();
    for replica in ["one", "two", "three"] {
        let held = holds(&store, replica, &all, LONG).await;
        assert_eq!(held.len(), 2, "{replica}");
        each.extend(held);
    }
    each.sort();
    assert_eq!(each, all);
    // Whoever stops lets the others go on at once.
    store.give_back("one").await.unwrap();
    assert_eq!(holds(&store, "two", &all, LONG).await.len(), 3);
    assert_eq!(holds(&store, "three", &all, LONG).await.len(), 3);
    // A source that is named no more is given back.
    let fewer = names(&["*", "a"]);
    let held = [holds(&store, "two", &fewer, LONG).await, holds(&store, "three", &fewer, LONG).await].concat();
    assert!(held.iter().all(|name| fewer.contains(name)), "{held:?}");
    store.close().await;
}

#[tokio::test]
async fn who_held_a_lease_before_writes_nothing() {
    let home = Home::server();
    let store = home.open().await;
    let (all, none, day) = (names(&["glpi"]), Lines::default(), date(2026, 1, 1));
    let paused = store.hold("paused", &all, LONG).await.unwrap().remove(0);
    assert!(!paused.due && paused.begun.is_none());
    let under = store.under(Some(&paused.lease));
    under.begin().await.unwrap();
    record(&under, "glpi", &[seen("a", None, "")], &none, 1, day).await;
    let said = read(&store, "glpi").await;
    let told = store.generations().await.unwrap();
    assert_eq!((told[0].1.recorded, told[0].1.told, told[0].1.asked), (1, 1, false));

    // Its next collection is under way when it stands still; another one takes over, and knows of it.
    under.begin().await.unwrap();
    assert_eq!(store.hold("other", &all, LONG).await.unwrap(), []);
    let renewed = store.hold("paused", &all, SHORT).await.unwrap().remove(0);
    assert_eq!(renewed.lease, paused.lease);
    tokio::time::sleep(SHORT).await;
    let other = store.hold("other", &all, LONG).await.unwrap().remove(0);
    assert!(other.due && other.begun.is_some_and(|begun| begun < LONG));
    let refused = |error: anyhow::Error| {
        assert!(PassedOn::caused(&error), "{error:#}");
        assert!(format!("{error:#}").ends_with("the lease has passed on to another replica"), "{error:#}");
    };
    let lost = [seen("b", Some(Status::Lost), "")];
    let saying = Said {
        observations: &[Packed::from(&lost[0])],
        last: None,
        lines: &purchases(&["f:1"]),
        power: None,
        tells_arrivals: true,
        rejects: &[],
        took: Duration::ZERO,
    };
    refused(under.record("glpi", &saying, Moment(2), day).await.unwrap_err());
    let missed = Missed { outcome: Outcome::Failed, class: "auth", message: "refused", took: Duration::ZERO };
    refused(under.failed("glpi", Moment(2), &missed).await.unwrap_err());
    refused(under.append_power("glpi", &[]).await.unwrap_err());
    refused(under.write_readings(day, &[]).await.unwrap_err());
    refused(under.begin().await.unwrap_err());
    assert_eq!(read(&store, "glpi").await, said);
    assert_eq!(store.journal("glpi", 9).await.unwrap().len(), 1);

    // The other one goes on, and then nothing is due any more.
    let under = store.under(Some(&other.lease));
    under.begin().await.unwrap();
    record(&under, "glpi", &lost, &none, 3, day).await;
    store.give_back("other").await.unwrap();
    assert!(!store.take("third", "glpi", LONG).await.unwrap().name.is_empty());
    let taken = format!("{:#}", store.take("fourth", "glpi", LONG).await.unwrap_err());
    assert_eq!(taken, "cannot collect source `glpi` here: the replica third collects it");
    store.close().await;
}

#[tokio::test]
async fn a_wish_reaches_the_holder_and_outlives_it() {
    let home = Home::server();
    let store = home.open().await;
    let all = names(&["glpi"]);
    let first = store.hold("first", &all, LONG).await.unwrap().remove(0);
    let mut listener = store.listen().await.unwrap();
    store.ask("glpi").await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), listener.heard()).await.unwrap().unwrap();
    assert!(store.generations().await.unwrap()[0].1.asked);
    store.give_back("first").await.unwrap();
    let second = store.hold("second", &all, LONG).await.unwrap().remove(0);
    assert!(second.due && second.lease != first.lease);
    store.under(Some(&second.lease)).begin().await.unwrap();
    assert!(!store.generations().await.unwrap()[0].1.asked);
    drop(listener);
    store.close().await;
}

/// What one that stands still has locked does not hold up the others for longer than it holds the lease.
#[tokio::test]
async fn a_transaction_that_stands_still_is_ended() {
    let home = Home::server();
    let place = Place { lease: Duration::from_secs(1), ..home.folder.place(&home.url) };
    let store = Store::open(&place).await.unwrap();
    let day = date(2026, 1, 1);
    record(&store, "glpi", &[seen("a", None, "")], &Lines::default(), 1, day).await;
    let mut still = store.write().await.unwrap();
    still.run("UPDATE observation SET hash = 0", &[]).await.unwrap();
    let changed = [seen("a", Some(Status::Lost), "")];
    let none = Lines::default();
    let recording = record(&store, "glpi", &changed, &none, 2, day);
    assert_eq!(tokio::time::timeout(Duration::from_secs(10), recording).await.unwrap().changed, 1);
    assert!(still.commit().await.is_err());
    store.close().await;
}

#[tokio::test]
async fn a_file_has_one_writer_and_asks_for_nothing() {
    let home = Home::file();
    let store = home.open().await;
    assert!(!store.is_shared());
    assert_eq!(store.generations().await.unwrap(), []);
    assert!(store.listen().await.is_none());
    store.under(None).begin().await.unwrap();
    store.close().await;
}
