//! The journal, the rejects, the assets and the readings.

use domain::entity::{Entity, EntityId, EntityTree};
use domain::indicator::{Grounds, Reading};
use domain::quantity::{Estimate, Impact};
use domain::snapshot::{Asset, Snapshot};
use domain::testimony::SourceId;
use domain::voice::{Voice, Voices};
use domain::word::Criterion;

use super::super::journal::REJECTS;
use super::*;

#[tokio::test]
async fn the_journal_outlives_a_restart() {
    for home in Home::both() {
        let store = home.open().await;
        assert_eq!(store.states().await.unwrap(), []);
        let day = date(2026, 1, 1);
        let midnight = 1_767_225_600;
        let miss = async |store: &Store, outcome, message: &str, at| {
            let missed = Missed { outcome, class: "timeout", message, took: Duration::from_secs(300) };
            store.failed("glpi", Moment(at), &missed).await.unwrap();
        };
        miss(&store, Outcome::Failed, "no answer", midnight).await;
        assert!(store.states().await.unwrap()[0].failing());
        record(&store, "glpi", &[seen("a", None, "")], &purchases(&["f:1", "f:2"]), midnight + 60, day).await;
        record(&store, "csv", &[], &Lines::default(), midnight + 70, day).await;
        assert!(!store.states().await.unwrap()[1].failing());
        miss(&store, Outcome::Failed, "no answer", midnight + 80).await;
        miss(&store, Outcome::Refused, "shrank from 9 to 1", midnight + 90).await;
        store.close().await;

        let store = home.open().await;
        let states = store.states().await.unwrap();
        assert_eq!(states.len(), 2);
        assert_eq!((states[0].source.as_str(), &states[0].failure), ("csv", &None));
        let (success, failure) = (states[1].success.as_ref().unwrap(), states[1].failure.as_ref().unwrap());
        assert_eq!((success.observations, success.lines, success.rejects), (1, 2, 0));
        assert_eq!(success.took, Duration::from_millis(1_500));
        assert_eq!((success.started, success.ended), (Moment(midnight + 59), Moment(midnight + 60)));
        assert_eq!((failure.outcome, failure.message.as_deref()), (Outcome::Refused, Some("shrank from 9 to 1")));
        assert!(states[1].failing());

        let journal = store.journal("glpi", 3).await.unwrap();
        assert_eq!(journal.iter().map(|attempt| attempt.ended.0 - midnight).collect::<Vec<_>>(), [90, 80, 60]);
        assert_eq!(journal[1].class.as_deref(), Some("timeout"));

        // Old attempts are forgotten, but not how each source stands.
        store.purge(date(2026, 1, 1)).await.unwrap();
        assert_eq!(store.journal("glpi", 9).await.unwrap().len(), 4);
        store.purge(date(2027, 1, 1)).await.unwrap();
        assert_eq!(store.journal("glpi", 9).await.unwrap().len(), 3);
        assert_eq!(store.states().await.unwrap(), states);
    }
}

#[tokio::test]
async fn rejects_are_those_of_the_last_harvest() {
    for home in Home::both() {
        let store = home.open().await;
        let reject = |line: usize| Reject {
            place: format!("parc.csv:{line}"),
            column: line.is_multiple_of(2).then(|| "purchase_date".to_owned()),
            reason: "`31/02/2026` is not a date".to_owned(),
        };
        let all: Vec<Reject> = (0..REJECTS + 5).map(reject).collect();
        let day = date(2026, 1, 1);
        for rejects in [&all[..], &all[..3], &[]] {
            let said = Said {
                observations: &[],
                last: None,
                lines: &Lines::default(),
                power: None,
                tells_arrivals: true,
                // More may be handed over than are kept.
                rejects,
                took: Duration::ZERO,
            };
            store.record("csv", &said, Moment(1), day).await.unwrap();
            assert_eq!(store.rejects("csv", 20_000).await.unwrap(), rejects[..rejects.len().min(REJECTS)]);
            assert_eq!(store.journal("csv", 1).await.unwrap()[0].rejects, rejects.len() as u64);
        }
        assert_eq!(store.rejects("nobody", 20_000).await.unwrap(), []);
    }
}

fn snapshot(ids: &[&str]) -> Snapshot {
    let asset = |id: &&str| {
        let said = seen(id, Some(Status::InStock), "Mairie");
        Asset {
            kind: said.facts.kind,
            condition: said.facts.condition,
            told_status: said.facts.status,
            account_enabled: None,
            mode: said.facts.mode,
            price: said.facts.purchase_price_ht,
            tells_use: false,
            repairability_told: false,
            is_virtual: false,
            known: 0,
            system: None,
            class: 0,
            bought: said.facts.purchase_date,
            last_seen: None,
            entity: EntityId(1),
            first_seen: date(2025, 1, 1),
            start: Some(date(2024, 2, 29)),
            retired: None,
            gone: None,
            exit_dated: false,
            exit_unseen: false,
            unlisted: None,
            owner_left: None,
            spells: None,
            observed_since: None,
            voices: Voices::new([Voice { source: SourceId(0), said: Packed::from(&said) }], 0),
        }
    };
    let root = Entity { id: "ville".into(), siret: Some("21000000000013".into()), ..Entity::default() };
    let town = Entity { id: "mairie".into(), parent: Some(EntityId(0)), ..Entity::default() };
    Snapshot {
        sources: vec![source("glpi")],
        harvested: vec![Moment(1)],
        entities: EntityTree { nodes: vec![root, town] },
        assets: ids.iter().map(asset).collect(),
        alike: Default::default(),
        unjoined: vec![],
        purchases: vec![],
        exits: vec![],
        stock_counts: vec![],
        headcounts: vec![],
        declared: vec![],
        actions: vec![],
        services: vec![],
        rooms: vec![],
        roommates: vec![],
        filings: vec![],
        appraisals: vec![],
        partial: Default::default(),
        part: vec![],
        let_go: Default::default(),
        doubts: vec![],
    }
}

#[tokio::test]
async fn assets_follow_what_is_published() {
    for home in Home::both() {
        let store = home.open().await;
        let rows = async |sql: &str| {
            let rows: Vec<(String,)> = store.read().await.unwrap().rows(sql, &[]).await.unwrap();
            rows.into_iter().map(|(told,)| told).collect::<Vec<String>>()
        };
        store.write_assets(&snapshot(&["a", "b", "d"]), date(2026, 1, 1)).await.unwrap();
        assert_eq!(
            rows(
                "SELECT concat_ws('|', id, entity, siret, status, start, price_cents, sources) FROM asset ORDER BY id"
            )
            .await[0],
            "glpi:a|mairie|21000000000013|in_stock|2024-02-29|91181|glpi"
        );
        let mut later = snapshot(&["b", "c", "d", "e"]);
        later.assets[2].retired = Some(date(2026, 1, 2));
        store.write_assets(&later, date(2026, 1, 2)).await.unwrap();
        let expected =
            ["b in_stock 2026-01-01", "c in_stock 2026-01-02", "d retired 2026-01-02", "e in_stock 2026-01-02"];
        let sql = "SELECT substr(id, 6) || ' ' || status || ' ' || updated FROM asset ORDER BY id";
        assert_eq!(rows(sql).await, expected);
        // Nothing changed, so nothing is written, and the day of the last change stays.
        store.write_assets(&later, date(2026, 1, 3)).await.unwrap();
        assert_eq!(rows(sql).await, expected);
        store.write_assets(&snapshot(&[]), date(2026, 1, 4)).await.unwrap();
        assert_eq!(rows(sql).await, [""; 0]);
    }
}

fn reading(slice: &[(&'static str, &str)], value: Option<f64>) -> Reading {
    Reading {
        slice: slice.iter().map(|(label, value)| (*label, Text::from(*value))).collect(),
        value,
        low: value.map(|value| value / 3.0),
        high: None,
        target: Some(0.2),
        grounds: Grounds::Declared,
        coverage: 0.5,
        rests_on: vec![],
        note: None,
    }
}

#[tokio::test]
async fn the_last_readings_of_a_day_are_its_history() {
    for home in Home::both() {
        let store = home.open().await;
        let (first, second, third) = (date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3));
        let laptops = [("kind", "laptop"), ("entity", "CCAS \"É\"")];
        let servers = [("kind", "server"), ("entity", "other")];
        let morning = [("assets", reading(&laptops, Some(1.0))), ("assets", reading(&servers, Some(2.0)))];
        let evening = [("assets", reading(&laptops, Some(0.1 + 0.2))), ("agents", reading(&[], None))];
        store.write_readings(first, &morning).await.unwrap();
        store.write_readings(first, &evening).await.unwrap();
        store.write_readings(second, &morning).await.unwrap();
        store.write_readings(second, &morning).await.unwrap();

        let assets = store.history("assets", first, third).await.unwrap();
        let days: Vec<_> = assets.iter().map(|past| (past.day, past.value)).collect();
        assert_eq!(days, [(first, Some(0.1 + 0.2)), (second, Some(1.0)), (second, Some(2.0))]);
        let labels = [("entity", "CCAS \"É\""), ("kind", "laptop")];
        assert_eq!(assets[0].slice, labels.map(|(label, value)| (label.to_owned(), value.to_owned())));
        assert_eq!((assets[0].low, assets[0].high), (Some((0.1 + 0.2) / 3.0), None));
        assert_eq!((assets[0].target, assets[0].coverage), (Some(0.2), 0.5));
        let agents = store.history("agents", first, first).await.unwrap();
        assert_eq!((agents.len(), agents[0].value, agents[0].slice.len()), (1, None, 0));

        store.purge(second).await.unwrap();
        assert_eq!(store.history("assets", first, third).await.unwrap(), assets[1..]);
        assert_eq!(store.history("assets", first, first).await.unwrap(), []);
    }
}

#[tokio::test]
async fn answers_for_specifications_outlive_a_restart() {
    for home in Home::both() {
        let store = home.open().await;
        let answer = |specification: &str, criterion, told, asked| Appraised {
            specification: specification.to_owned(),
            criterion,
            told,
            version: "2.5.0".to_owned(),
            asked: Moment(asked),
        };
        let figure =
            |value: f64| Ok(Estimate { value: Impact(value), low: Impact(value / 3.0), high: Impact(value * 2.0) });
        let refused = Err("pe: `not implemented`".to_owned());
        let first = [
            answer("2 x é", Criterion::Co2e, figure(1.3e6), 1),
            answer("2 x é", Criterion::PrimaryEnergy, refused, 1),
            answer("4 x", Criterion::Co2e, figure(0.1 + 0.2), 2),
        ];
        store.keep_appraisals(&first).await.unwrap();
        assert_eq!(store.appraisals().await.unwrap(), first);
        let second = [answer("2 x é", Criterion::PrimaryEnergy, figure(17e9), 3)];
        store.keep_appraisals(&second).await.unwrap();
        store.close().await;

        let store = home.open().await;
        let kept = [&first[..1], &second, &first[2..]].concat();
        assert_eq!(store.appraisals().await.unwrap(), kept);
        let stored = "SELECT hash FROM appraisal WHERE specification = '4 x'";
        let hashes: Vec<(String,)> = store.read().await.unwrap().rows(stored, &[]).await.unwrap();
        // `printf '4 x' | sha256sum`
        assert_eq!(hashes[0].0, "518637c9181288958b91dd54c46e5e0ab09ded95c75d3b47a48be45aa06272b0");
    }
}
