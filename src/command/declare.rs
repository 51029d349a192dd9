//! `ecoparc declare`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use domain::entity::EntityId;
use domain::indicator::Basis;
use domain::law::declaration::{self, Declared};
use domain::reconcile::reconcile;
use jiff::Timestamp;
use jiff::civil::Date;

use super::say;
use crate::config::Config;
use crate::refresh::{Ground, filings, testimonies};
use crate::report::declaration::{drift, lines};
use crate::store::{Filed, Store};

/// What is to be declared, and where to.
pub struct Asked {
    /// The civil year.
    pub year: i16,
    /// Only this entity and what lies below it.
    pub entity: Option<String>,
    /// A file for each buyer, named by its SIRET.
    pub split: bool,
    /// The file, or with `split` the folder; standard output where none is told.
    pub output: Option<PathBuf>,
    /// Handed in on this day: the file is kept.
    pub filed: Option<Date>,
    /// Write a file that is known to be wrong.
    pub force: bool,
}

/// Writes the declaration of a civil year, out of what the store keeps.
pub async fn declare(config: &Config, asked: &Asked) -> anyhow::Result<()> {
    let store = Store::open(&config.store_url, &config.base).await?;
    let outcome = of_store(config, &store, asked).await;
    store.close().await;
    outcome
}

async fn of_store(config: &Config, store: &Store, asked: &Asked) -> anyhow::Result<()> {
    ensure!(!asked.split || asked.output.is_some(), "--split writes several files: tell a folder with --output");
    let ground = Ground::of(config)?;
    let today = connectors::day_of(Timestamp::now(), &config.time_zone);
    let whole = reconcile(&testimonies(store, config).await?, &ground.rules);
    let snapshot = match &asked.entity {
        None => whole,
        Some(name) => {
            let known = whole.entities.find(name);
            let entity: EntityId = known.with_context(|| format!("no entity is called `{name}`"))?;
            whole.within(&[entity])
        }
    };
    let basis = Basis::new(&snapshot, &ground.settings, ground.publishing, today);
    let rows = declaration::rows(&basis.ledger, &ground.settings.law, &snapshot.entities, asked.year);
    let before = filings(store).await?;
    let mut wrong = 0;
    let mut err = std::io::stderr().lock();
    for fault in declaration::faults(&rows, &ground.settings.law, today) {
        wrong += usize::from(fault.wrong);
        let word = if fault.wrong { "wrong" } else { "warning" };
        let _ = writeln!(err, "ecoparc: {word}: {}: {}", fault.about, fault.what);
    }
    let by_buyer = by_buyer(&rows);
    for filing in before.iter().filter(|filing| filing.year == asked.year) {
        let Some(now) = by_buyer.get(&*filing.siret) else { continue };
        for changed in drift(&filing.rows, now) {
            let _ = writeln!(err, "ecoparc: since it was handed in on {}: {changed}", filing.date);
        }
    }
    if wrong > 0 && !asked.force {
        bail!(
            "the declaration would be wrong in {wrong} places: nothing is written (--force writes it all the same)"
        );
    }
    match (&asked.output, asked.split) {
        (None, _) => say(lines(&rows).concat().trim_end()),
        (Some(path), false) => write(path, &rows)?,
        (Some(folder), true) => {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            for (siret, rows) in &by_buyer {
                write(&folder.join(format!("declaration-{}-{siret}.csv", asked.year)), rows)?;
            }
        }
    }
    if let Some(day) = asked.filed {
        ensure!(day <= today, "--filed {day} is a day to come");
        let filed: Vec<Filed> = by_buyer
            .iter()
            .map(|(siret, rows)| Filed {
                siret: (*siret).to_owned(),
                year: asked.year,
                day,
                file: lines(rows).concat(),
            })
            .collect();
        store.file(&filed).await?;
    }
    Ok(())
}

fn by_buyer(rows: &[Declared]) -> BTreeMap<&str, Vec<Declared>> {
    let mut buyers: BTreeMap<&str, Vec<Declared>> = BTreeMap::new();
    for row in rows {
        buyers.entry(&row.siret).or_default().push(row.clone());
    }
    buyers
}

fn write(path: &Path, rows: &[Declared]) -> anyhow::Result<()> {
    std::fs::write(path, lines(rows).concat()).with_context(|| format!("cannot write {}", path.display()))
}
