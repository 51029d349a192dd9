//! What is written, and how often.
#![expect(clippy::unwrap_used, reason = "tests")]

use domain::observation::{Facts, Observation};
use domain::testimony::{Kept, Moment};
use jiff::civil::date;
use sqlx::sqlite::SqlitePool;

use super::*;
use crate::daemon::{Lasting, Supervisor};

const CONFIG: &str = "[organisation]\nname = \"Ville\"\n[store]\nurl = \"sqlite://ecoparc.db\"\n\
    [[source]]\nname = \"parc\"\ntype = \"csv\"\npath = \"parc.csv\"\ncontents = \"assets\"\nevery = \"1h\"\n";

#[tokio::test]
async fn samples_do_not_write_the_table_of_assets_again() {
    let folder = std::env::temp_dir().join(format!("ecoparc-written-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ecoparc.toml"), CONFIG).unwrap();
    let mut daemon = Daemon::prepare(
        Config::load(&folder.join("ecoparc.toml")).unwrap(),
        Lasting::new("here".into(), Supervisor::default()),
    )
    .await
    .unwrap();
    daemon.testimonies[0].harvested = Moment(1_772_366_400);
    daemon.testimonies[0].observations.push(
        Kept {
            observation: Observation { native: "1".into(), anonymous: false, facts: Facts::default() },
            first_seen: date(2026, 3, 1),
            arrived: false,
            unlisted_since: None,
            spells: Vec::new(),
        }
        .into(),
    );
    let database = SqlitePool::connect(&format!("sqlite://{}", folder.join("ecoparc.db").display())).await.unwrap();
    let (editions, _) = watch::channel(None);
    let mut written = 0;
    // Who meddles with the table sees when it is written again: at first, after a collection, never after samples.
    for (assets_due, expected) in [(true, 1), (false, 0), (false, 0), (true, 1)] {
        sqlx::query("DELETE FROM asset").execute(&database).await.unwrap();
        daemon.publish(&editions, jiff::Timestamp::now()).await.unwrap();
        daemon.assets_due |= assets_due;
        daemon.write(&editions, &mut written).await;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM asset").fetch_one(&database).await.unwrap();
        assert_eq!((count, daemon.assets_due), (expected, false));
    }
    database.close().await;
    daemon.store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
