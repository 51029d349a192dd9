//! Harvests that are cut off while they are recorded.

use super::*;

fn fleet(count: usize, status: Option<Status>) -> Vec<Observation> {
    (0..count).map(|at| seen(&format!("{at:05}"), status, "Mairie")).collect()
}

#[tokio::test]
async fn a_killed_process_leaves_the_last_testimony() {
    let folder = Folder::new();
    let store = folder.open().await;
    let day = date(2026, 1, 1);
    record(&store, "glpi", &fleet(3_000, None), &purchases(&["f:1"]), 1, day).await;
    let before = read(&store, "glpi").await;

    let mut tx = store.write().await.unwrap();
    // With next to no memory for pages, what is not committed reaches the disk too.
    tx.run("PRAGMA cache_size = 5", &[]).await.unwrap();
    let log = folder.0.join("ecoparc.db-wal");
    let length = log.metadata().unwrap().len();
    let observations = &fleet(5_000, Some(Status::Lost))[100..];
    let packed: Vec<Packed> = observations.iter().map(Packed::from).collect();
    let said = Said {
        observations: &packed,
        last: None,
        lines: &Lines::default(),
        power: None,
        tells_arrivals: true,
        rejects: &[],
        took: Duration::ZERO,
    };
    super::super::record::record(&mut tx, "glpi", &said, Moment(2), day).await.unwrap();
    assert!(log.metadata().unwrap().len() > length, "nothing uncommitted is on the disk: this test tests nothing");

    // The disk as a killed process leaves it.
    let left = Folder::new();
    for file in ["ecoparc.db", "ecoparc.db-wal"] {
        std::fs::copy(folder.0.join(file), left.0.join(file)).unwrap();
    }
    let reopened = left.open().await;
    assert_eq!(read(&reopened, "glpi").await, before);
    assert_eq!(reopened.journal("glpi", 9).await.unwrap().len(), 1);
    assert_eq!(record(&reopened, "glpi", observations, &Lines::default(), 2, day).await.changed, 2_900);

    // The same where the daemon itself gives up, and readers do not wait meanwhile.
    assert_eq!(read(&store, "glpi").await, before);
    drop(tx);
    assert_eq!(read(&store, "glpi").await, before);
    assert_eq!(record(&store, "glpi", observations, &Lines::default(), 2, day).await.vanished, 100);
}

#[tokio::test]
async fn an_abandoned_record_is_all_or_nothing() {
    for home in Home::both() {
        let store = home.open().await;
        let day = date(2026, 1, 1);
        record(&store, "glpi", &fleet(2_000, None), &Lines::default(), 1, day).await;
        let (before, after) = (fleet(2_000, None), fleet(2_500, Some(Status::Lost)));
        let packed: Vec<Packed> = after.iter().map(Packed::from).collect();
        let mut abandoned = 0;
        for step in (1..40_u64).step_by(2) {
            let said = Said {
                observations: &packed,
                last: None,
                lines: &purchases(&["f:1"]),
                power: None,
                tells_arrivals: true,
                rejects: &[],
                took: Duration::ZERO,
            };
            let recording = store.record("glpi", &said, Moment(2), day);
            let recorded = tokio::time::timeout(Duration::from_micros(step * step * 50), recording).await;
            abandoned += u32::from(recorded.is_err());
            let now = read(&store, "glpi").await;
            let observations: Vec<Observation> = now.observations.iter().map(Packed::observation).collect();
            if now.harvested == Moment(1) {
                assert_eq!((observations, now.lines), (before.clone(), Lines::default()));
            } else {
                assert_eq!((observations, now.lines), (after, purchases(&["f:1"])));
                break;
            }
        }
        assert!(abandoned > 0, "it was never cut off: this test tests nothing");
    }
}

/// The daemon records in tasks that may move between threads; this is checked when it compiles.
#[tokio::test]
async fn recording_and_reading_may_move_between_threads() {
    for home in Home::both() {
        fn moves<F: Future + Send>(future: F) -> F {
            future
        }
        let store = home.open().await;
        let said = Said {
            observations: &[],
            last: None,
            lines: &Lines::default(),
            power: None,
            tells_arrivals: true,
            rejects: &[],
            took: Duration::ZERO,
        };
        moves(store.record("glpi", &said, Moment(1), date(2026, 1, 1))).await.unwrap();
        assert!(moves(store.testimony(&source("glpi"))).await.unwrap().is_some());
    }
}
