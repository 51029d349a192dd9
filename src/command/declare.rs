//! `ecoparc declare`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use domain::entity::{EntityId, EntityTree};
use domain::indicator::Basis;
use domain::law::declaration::{self, Fault, Row};
use domain::reconcile::reconcile;
use domain::record::Text;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{entity_named, say, write};
use crate::config::Config;
use crate::declaration::{drift, lines};
use crate::refresh::{Ground, filings, testimonies};
use crate::store::{Filed, Store};

/// What is to be declared, and where to.
pub struct Asked {
    /// The civil year.
    pub year: i16,
    /// Only the buyers within this entity.
    pub entity: Option<String>,
    /// A file for each buyer, named by its SIRET.
    pub split: bool,
    /// The file, or with `split` the folder; standard output where none is told.
    pub output: Option<PathBuf>,
    /// Handed in on this day: the file is kept.
    pub filed: Option<Date>,
    /// Write a file that is known to be wrong, or in the place of one that was handed in.
    pub force: bool,
}

/// Writes the declaration of a civil year, out of what the store keeps.
pub async fn declare(config: &Config, asked: &Asked) -> anyhow::Result<()> {
    let store = Store::open(&config.store).await?;
    let outcome = of_store(config, &store, asked).await;
    store.close().await;
    outcome
}

async fn of_store(config: &Config, store: &Store, asked: &Asked) -> anyhow::Result<()> {
    ensure!(!asked.split || asked.output.is_some(), "--split writes several files: tell a folder with --output");
    let ground = Ground::of(config)?;
    let today = connectors::day_of(Timestamp::now(), &config.time_zone);
    if let Some(day) = asked.filed {
        ensure!(day <= today, "--filed {day} is a day to come");
        ensure!(day.year() > asked.year, "--filed {day}: the year {} was not over then", asked.year);
    }
    let testimonies = testimonies(store, config).await?;
    let snapshot = reconcile(&testimonies, &ground.rules);
    let basis = Basis::new(&snapshot, &ground.settings, ground.publishing, today);
    let mut rows = declaration::rows(&basis.ledger, &ground.settings.law, &snapshot.entities, asked.year);
    // A buyer declares all it has bought, whoever of it bought it.
    let buyers = asked.entity.as_deref().map(|name| buyers(&snapshot.entities, name)).transpose()?;
    let is_asked = |siret: &str| buyers.as_ref().is_none_or(|buyers| buyers.iter().any(|buyer| **buyer == *siret));
    rows.retain(|row| is_asked(&row.siret));
    let before = filings(store).await?;
    let mut faults = declaration::faults(&rows, &ground.settings.law, today);
    let left = declaration::left_out(&basis.ledger, asked.year).into_iter();
    let left = left.chain(declaration::undated(&snapshot, &ground.settings.law));
    faults.extend(left.filter(|fault| is_asked(&fault.about)));
    for (source, testimony) in config.sources.iter().zip(&testimonies) {
        let name = &source.told.name;
        let rejects = store.rejects(name, 1000).await?.len();
        let what = if testimony.harvested.0 == 0 {
            "it was never read".to_owned()
        } else if rejects > 0 && !testimony.lines.purchases.is_empty() {
            format!("{rejects} of its rows could not be read, and count nowhere")
        } else {
            continue;
        };
        faults.push(Fault { about: format!("source {name}"), what, wrong: false });
    }
    let mut wrong = 0;
    let mut err = std::io::stderr().lock();
    for fault in faults {
        wrong += usize::from(fault.wrong);
        let word = if fault.wrong { "wrong" } else { "warning" };
        let _ = writeln!(err, "ecoparc: {word}: {}: {}", fault.about, fault.what);
    }
    let by_buyer = by_buyer(&rows);
    for filing in before.iter().filter(|filing| filing.year == asked.year) {
        let now = by_buyer.get(&*filing.siret).map(Vec::as_slice).unwrap_or_default();
        if !is_asked(&filing.siret) {
            continue;
        }
        for changed in drift(&filing.rows, now) {
            let _ = writeln!(err, "ecoparc: since it was handed in on {}: {changed}", filing.date);
        }
    }
    if wrong > 0 && !asked.force {
        bail!(
            "the declaration would be wrong in {wrong} places: nothing is written (--force writes it all the same)"
        );
    }
    let again = before.iter().find(|filing| filing.year == asked.year && by_buyer.contains_key(&*filing.siret));
    if let (Some(_), Some(filing), false) = (asked.filed, again, asked.force) {
        bail!(
            "{} has handed in {} on {}: what was handed in stays (--force puts this in its place)",
            filing.siret,
            asked.year,
            filing.date
        );
    }
    match (&asked.output, asked.split) {
        (None, _) => say(lines(&rows).concat().trim_end()),
        (Some(path), false) => write(path, &lines(&rows).concat())?,
        (Some(folder), true) => {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            for (siret, rows) in &by_buyer {
                let file = folder.join(format!("declaration-{}-{siret}.csv", asked.year));
                write(&file, &lines(rows).concat())?;
            }
        }
    }
    if let Some(day) = asked.filed {
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

/// The SIRETs of the buyers within an entity.
fn buyers(entities: &EntityTree, name: &str) -> anyhow::Result<Vec<Text>> {
    let entity = entity_named(entities, name)?;
    let within = (0..entities.nodes.len() as u32).map(EntityId).filter(|at| entities.is_within(*at, entity));
    let sirets: Vec<Text> =
        within.filter(|at| entities.buyer(*at) == *at).map(|buyer| entities.siret_of(buyer)).collect();
    if sirets.is_empty() {
        let buyer = &entities.entity(entities.buyer(entity)).name;
        bail!("`{name}` has no SIRET of its own: what it buys is declared by {buyer}");
    }
    Ok(sirets)
}

fn by_buyer(rows: &[Row]) -> BTreeMap<&str, Vec<Row>> {
    let mut buyers: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for row in rows {
        buyers.entry(&row.siret).or_default().push(row.clone());
    }
    buyers
}
