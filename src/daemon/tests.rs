//! Two years lived day by day, and the same two years recomputed from what is known in the end.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod years;

use std::collections::BTreeSet;

use connectors::Progress;
use domain::indicator::{Basis, measure};
use jiff::ToSpan;
use jiff::civil::date;

use super::*;
use crate::collect::Collected;
use crate::history::{Point, beside};
use crate::schedule::Event;

/// The first and the last day that are lived through.
const FIRST: Date = date(2024, 11, 25);
const LAST: Date = date(2026, 11, 24);

/// What cannot be recomputed from what is known in the end: a family, what its slice holds, and why. Everything else
/// must be told alike to the last bit: value, bounds and coverage.
const KNOWN_THEN_ALONE: &[(&str, &str, &str)] = &[
    ("actions", "", "a table of actions has no dates of its states: it tells how they stand now"),
    ("unseen_assets", "silent", "of contacts the last one is kept: what was silent and came back is not known to be"),
    (
        "footprint_declared_co2e_grams",
        "",
        "the account of a year comes after its end, and is then told of all its days",
    ),
    ("reformed_stock", "2025", "what is in no inventory is known to have waited for its exit once it has left"),
    ("disposal_reuse_ratio", "2025", "it divides by that stock; 2026 has a count, and agrees"),
];

/// The days on which the tables are read: twice a month; around new year and in the last week every day.
fn days() -> Vec<Date> {
    let lived = |day: &Date| {
        let new_year = [(12, 31), (1, 2), (1, 3)].contains(&(day.month(), day.day()));
        new_year || [1, 15].contains(&day.day()) || *day == FIRST || *day > LAST.saturating_sub(7.days())
    };
    FIRST.series(1.day()).take_while(|day| *day <= LAST).filter(lived).collect()
}

/// The daemon's own collecting, keeping, refreshing and writing, at noon of each day.
async fn live(daemon: &mut Daemon, days: &[Date], tables: &years::House) -> Arc<Edition> {
    let sources = std::mem::take(&mut daemon.config.sources);
    let (editions, _) = watch::channel(None);
    let mut written = 0;
    for day in days {
        tables.write(*day);
        let noon = daemon.config.time_zone.to_timestamp(day.at(12, 0, 0, 0)).unwrap();
        for (at, source) in sources.iter().enumerate() {
            let collected = crate::collect::collect(source, Arc::new(Progress::default())).await;
            let collected = Collected { began: noon, took: Duration::ZERO, ..collected };
            daemon
                .took_place(at, source, Event::Ended(Box::new(collected), None), &mut vec![true; sources.len()])
                .await;
            assert_eq!(daemon.states[at].up, Some(true), "{day}: {:?}", daemon.states[at].failure);
        }
        daemon.publish(&editions, noon).await.unwrap();
        daemon.write(&editions, &mut written).await;
    }
    editions.borrow().clone().unwrap()
}

#[tokio::test]
async fn two_years_lived_are_two_years_recomputed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let folder = std::env::temp_dir().join(format!("ecoparc-years-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("quickstart")).unwrap();
    // What people decide corrects what is known, of earlier days too: it is there from the beginning here.
    for name in ["decisions.csv", "actions.csv"] {
        std::fs::copy(root.join("quickstart").join(name), folder.join("quickstart").join(name)).unwrap();
    }
    std::fs::copy(root.join("quickstart.toml"), folder.join("quickstart.toml")).unwrap();
    let tables = years::House::of(&root.join("quickstart"), folder.join("quickstart"));
    let mut daemon = Daemon::prepare(
        Config::load(&folder.join("quickstart.toml")).unwrap(),
        Lasting::new("here".into(), Supervisor::default()),
    )
    .await
    .unwrap();
    let days = days();
    let edition = live(&mut daemon, &days, &tables).await;

    let (mut compared, mut differ) = (0, Vec::new());
    let mut changed = BTreeSet::new();
    for day in &days {
        let basis = Basis::new(&edition.snapshot, &edition.settings, edition.publishing, *day);
        let mut recomputed: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (indicator, reading) in measure(&basis) {
            recomputed.entry(indicator.name).or_default().push(reading);
        }
        for indicator in domain::indicator::all() {
            let published = daemon.store.history(indicator.name, *day, *day).await.unwrap();
            for Point { slice, published, restated } in
                beside(published, recomputed.remove(indicator.name).unwrap_or_default())
            {
                compared += 1;
                let was = published.map(|past| [past.value, past.low, past.high, past.target, Some(past.coverage)]);
                let is = restated.map(|now| [now.value, now.low, now.high, now.target, Some(now.coverage)]);
                if was == is {
                    continue;
                }
                let of = |(family, part, _): &&(&str, &str, &str)| {
                    *family == indicator.name && (part.is_empty() || slice.iter().any(|(_, told)| told == part))
                };
                match KNOWN_THEN_ALONE.iter().find(of) {
                    Some(known) => drop(changed.insert(known)),
                    None => differ.push(format!("{day} {}{slice:?}: {was:?}, {is:?} recomputed", indicator.name)),
                }
            }
        }
    }
    eprintln!("{} days, {compared} readings compared, {} differ", days.len(), differ.len());
    assert!(differ.is_empty(), "{}", differ[..differ.len().min(40)].join("\n"));
    assert!(compared > 300_000, "{compared}");
    let idle: Vec<_> = KNOWN_THEN_ALONE.iter().filter(|known| !changed.contains(known)).collect();
    assert!(idle.is_empty(), "these agree after all: take them out of the list: {idle:?}");
    daemon.store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
