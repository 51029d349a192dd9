//! What was published beside what is computed of it later, where something was learnt in between.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use connectors::Progress;
use jiff::civil::date;
use serde_json::Map;

use super::*;
use crate::collect::{Collected, collect, keep};
use crate::config::{Config, Scope};
use crate::edition::Edition;
use crate::refresh::{Ground, refresh, testimonies};
use crate::store::Store;
use crate::web::answer::object;
use crate::web::auth::Viewer;
use crate::web::world::Worlds;

/// Three directorates without a SIRET of their own; a cell of fewer than five laptops is folded.
const CONFIG: &str = r#"
[organisation]
name = "Ville"
siret = "21000000000013"
time_zone = "Europe/Paris"
[store]
url = "sqlite://ecoparc.db"
[metrics]
entity_depth = 1
[[entity]]
id = "nord"
name = "nord"
[[entity]]
id = "sud"
name = "sud"
[[entity]]
id = "est"
name = "est"
[[source]]
name = "parc"
type = "csv"
path = "parc.csv"
contents = "assets"
every = "1h"
[[source]]
name = "achats"
type = "csv"
path = "achats.csv"
contents = "purchases"
every = "1h"
"#;

const THEN: Date = date(2026, 3, 2);
const NOW: Date = date(2026, 6, 1);

struct Town {
    folder: PathBuf,
    config: Config,
    store: Store,
}

impl Town {
    async fn of(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ecoparc-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("ecoparc.toml"), CONFIG).unwrap();
        let config = Config::load(&folder.join("ecoparc.toml")).unwrap();
        let store = Store::open(&config.store).await.unwrap();
        Self { folder, config, store }
    }

    /// What the daemon does on a day on which the tables say this.
    async fn live(&self, day: Date, laptops: &[(&str, usize)], invoices: &[(&str, u32, &str)]) -> Arc<Edition> {
        let mut parc = "id;kind;serial;entity;in_service_date\n".to_owned();
        for (entity, count) in laptops {
            for at in 0..*count {
                parc += &format!("{entity}{at};laptop;SERIAL{entity}{at};{entity};2025-02-03\n");
            }
        }
        let mut achats = "invoice_date;kind;amount_ht;condition\n".to_owned();
        for (invoiced, euros, condition) in invoices {
            achats += &format!("{invoiced};laptop;{euros};{condition}\n");
        }
        std::fs::write(self.folder.join("parc.csv"), parc).unwrap();
        std::fs::write(self.folder.join("achats.csv"), achats).unwrap();
        let began = self.config.time_zone.to_timestamp(day.at(12, 0, 0, 0)).unwrap();
        for source in &self.config.sources {
            let collected = collect(source, Arc::new(Progress::default())).await;
            let collected = Collected { began, took: Duration::ZERO, ..collected };
            keep(&self.store, source, &collected, None, &self.config.time_zone).await.unwrap();
        }
        let told = testimonies(&self.store, &self.config).await.unwrap();
        let edition = refresh(&told, &Ground::of(&self.config).unwrap(), Vec::new(), began);
        let readings: Vec<_> = edition.readings.iter().map(|(of, reading)| (of.name, reading.clone())).collect();
        self.store.write_readings(edition.today, &readings).await.unwrap();
        Arc::new(edition)
    }

    /// The rows of a history, as somebody sees it.
    async fn history(
        &self,
        edition: &Arc<Edition>,
        viewer: &Viewer,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<Map<String, Value>>, Problem> {
        let mut ask = Ask {
            edition: edition.clone(),
            viewer: viewer.clone(),
            path: [("name".to_owned(), name.to_owned())].into(),
            query: query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            csv: false,
            worlds: Arc::new(Worlds::default()),
            body: String::new(),
            stored: Vec::new(),
        };
        ask.stored = stored(&ask, &History::of(self.store.clone())).await?;
        let Answer::List { rows, .. } = history(&ask)? else { panic!("a history is a list") };
        Ok(rows.into_iter().map(object).collect())
    }

    async fn end(self) {
        self.store.close().await;
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn reader() -> Viewer {
    Viewer { scopes: vec![Scope::Read], ..Viewer::default() }
}

/// Entity, value, restated and note of what has something in it.
fn told(rows: &[Map<String, Value>], day: Date) -> Vec<(String, Option<f64>, Option<f64>, String)> {
    let of_day = rows.iter().filter(|row| row["date"] == day.to_string());
    let told = of_day.map(|row| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&row["slice"]["entity"]), row["value"].as_f64(), row["restated"].as_f64(), text(&row["note"]))
    });
    told.filter(|(_, value, restated, _)| value.or(*restated).is_some_and(|value| value != 0.0)).collect()
}

#[tokio::test]
async fn what_is_learnt_late_restates_and_changes_nothing_that_was_published() {
    let town = Town::of("restated").await;
    let before = [("nord", 6), ("sud", 3), ("est", 2)];
    town.live(THEN, &before, &[("2026-01-05", 1000, "new")]).await;
    // Three laptops of sud that nobody had listed, and an invoice that somebody had forgotten.
    let after = [("nord", 6), ("sud", 6), ("est", 2)];
    let invoices = [("2026-01-05", 1000, "new"), ("2026-02-05", 1000, "refurbished")];
    let edition = town.live(NOW, &after, &invoices).await;

    let days = [("from", "2026-03-01"), ("to", "2026-06-01"), ("step", "day")];
    let quarter = [("from", "2026-03-01"), ("to", "2026-06-02"), ("step", "quarter")];
    let of = |query: [(&'static str, &'static str); 3], more: &'static str| {
        [query[0], query[1], query[2], ("restate", more)]
    };
    let problem = town.history(&edition, &reader(), "assets", &quarter).await.unwrap_err();
    assert!(format!("{problem:?}").contains("a day to come"), "{problem:?}");
    // Of 93 days two are stored.
    let problem = town.history(&edition, &reader(), "assets", &days).await.unwrap_err();
    assert!(format!("{problem:?}").contains("91 days are not stored"), "{problem:?}");

    let months = [("from", "2026-03-02"), ("to", "2026-03-02"), ("step", "month")];
    let line = |entity: &str, value, restated, note: &str| (entity.to_owned(), value, restated, note.to_owned());
    for viewer in [reader(), Viewer { scopes: vec![Scope::Assets], ..Viewer::default() }] {
        let rows = town.history(&edition, &viewer, "assets", &months).await.unwrap();
        // 3 + 2 were folded; today est is too small alone, and takes nord in: each way the sum is the fleet.
        let expected = [
            line("nord", Some(6.0), None, NOT_TOLD),
            line("other", Some(5.0), Some(8.0), ""),
            line("sud", None, Some(6.0), NOT_PUBLISHED),
        ];
        assert_eq!(told(&rows, THEN), expected);
        assert!(rows.iter().all(|row| row["origin"] == "published" && row["stored"] == !row["value"].is_null()));
    }
    let rows = town.history(&edition, &reader(), "ecoparc_assets", &of(months, "no")).await.unwrap();
    let note = "restate=no";
    assert_eq!(told(&rows, THEN), [line("nord", Some(6.0), None, note), line("other", Some(5.0), None, note)]);

    // Before anything was stored the two are one.
    let earlier = [("from", "2026-01-31"), ("to", "2026-02-28"), ("step", "month")];
    let rows = town.history(&edition, &reader(), "reuse_spend_ratio", &earlier).await.unwrap();
    let of_2026 = |rows: &[Map<String, Value>]| {
        let row =
            rows.iter().rfind(|row| row["slice"]["year"] == "2026" && row["slice"]["category"] == "it_telephony");
        let row = row.unwrap();
        (row["value"].as_f64(), row["restated"].as_f64(), row["origin"].clone(), row["stored"].clone())
    };
    assert_eq!(of_2026(&rows), (Some(0.5), Some(0.5), "recomputed".into(), false.into()));
    let rows = town.history(&edition, &reader(), "reuse_spend_ratio", &months).await.unwrap();
    assert_eq!(of_2026(&rows), (Some(0.0), Some(0.5), "published".into(), true.into()));
    town.end().await;
}

/// What is stored tells of all entities: it is not for a token of some.
#[tokio::test]
async fn a_token_of_one_entity_reads_nothing_that_is_stored() {
    let town = Town::of("part").await;
    town.live(THEN, &[("nord", 6), ("sud", 9)], &[]).await;
    let edition = town.live(NOW, &[("nord", 7), ("sud", 9)], &[]).await;
    let nord = edition.snapshot.entities.find("nord").unwrap();
    let viewer = Viewer { entities: vec![nord], ..reader() };
    let day = [("from", "2026-03-02"), ("to", "2026-03-02")];
    for name in ["assets", "footprint_fleet_annual_co2e_grams"] {
        let rows = town.history(&edition, &viewer, name, &day).await.unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| row["origin"] == "recomputed" && row["stored"] == false));
        assert!(rows.iter().all(|row| row["value"] == row["restated"]));
    }
    let rows = town.history(&edition, &viewer, "assets", &day).await.unwrap();
    assert_eq!(told(&rows, THEN), [("nord".to_owned(), Some(7.0), Some(7.0), String::new())]);
    town.end().await;
}

/// More days than are computed: all of them as they were published, none restated.
#[tokio::test]
async fn many_days_are_told_as_they_were_published() {
    let town = Town::of("many").await;
    let edition = town.live(NOW, &[("nord", 6)], &[]).await;
    let readings: Vec<_> = edition.readings.iter().map(|(of, reading)| (of.name, reading.clone())).collect();
    for back in 1..=60 {
        town.store.write_readings(NOW.saturating_sub(back.days()), &readings).await.unwrap();
    }
    let days = |from: Date| {
        let (town, edition) = (&town, &edition);
        async move {
            let from = from.to_string();
            let query = [("from", from.as_str()), ("to", "2026-06-01"), ("step", "day")];
            town.history(edition, &reader(), "assets", &query).await.unwrap()
        }
    };
    let rows = days(NOW.saturating_sub(60.days())).await;
    assert!(rows.iter().all(|row| row["restated"].is_null() && row["note"] == MANY_DAYS && row["value"].is_number()));
    let rows = days(NOW.saturating_sub(59.days())).await;
    assert!(rows.iter().all(|row| row["restated"] == row["value"] && row["note"].is_null()), "{rows:?}");
    town.end().await;
}
