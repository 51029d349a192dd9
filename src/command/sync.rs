//! `ecoparc sync [--source NAME]…`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use connectors::{Progress, keys};
use domain::word::Word;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::say;
use crate::collect::{Collected, collect_or_stop, keep};
use crate::config::{Config, Source};
use crate::store::Store;

/// How long keeping a collection may take.
const RECORDING: Duration = Duration::from_secs(600);

/// Collects once; a summary table at the end, and failure where one source failed.
pub async fn sync(config: &Config, names: &[String]) -> anyhow::Result<ExitCode> {
    let known: Vec<&str> = config.sources.iter().map(|source| &*source.told.name).collect();
    for name in names {
        ensure!(known.contains(&name.as_str()), "there is no source `{name}`{}", keys::meant(name, &known));
    }
    let store = Store::open(&config.store).await?;
    let replica = crate::replica::name();
    let outcome = each(config, names, &store, &replica).await;
    if store.is_shared() {
        store.give_back(&replica).await?;
    }
    store.close().await;
    let (table, all_well) = outcome?;
    say(&table);
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Collects one source after the other; gives the table, and whether all went well.
async fn each(config: &Config, names: &[String], store: &Store, replica: &str) -> anyhow::Result<(String, bool)> {
    let bars = MultiProgress::new();
    let mut table = format!("{:<24} {:>9} {:>8} {:>8}  {}", "source", "records", "rejects", "seconds", "outcome");
    let mut all_well = true;
    for source in config.sources.iter().filter(|s| names.is_empty() || names.iter().any(|n| **n == *s.told.name)) {
        // A daemon on the same database may hold it: one of the two collects.
        let lease = match store.is_shared() {
            true => Some(store.take(replica, &source.told.name, source.timeout + RECORDING).await?),
            false => None,
        };
        let store = store.under(lease.as_ref());
        store.begin().await?;
        let collected = watched(source, &bars).await?;
        let last = store.testimony(&source.told).await?;
        let collected = collected.guarded(source, last.as_ref(), &config.integration()).await;
        keep(&store, source, &collected, None, &config.time_zone).await?;
        let (records, rejects, outcome) = match &collected.harvest {
            Ok(harvest) => (harvest.accepted(), harvest.rejects.len(), "collected".to_owned()),
            Err(failure) => {
                all_well = false;
                (0, 0, format!("failed ({}): {:#}", failure.class.name(), failure.cause))
            }
        };
        let seconds = collected.took.as_secs_f64();
        table += &format!("\n{:<24} {records:>9} {rejects:>8} {seconds:>8.1}  {outcome}", source.told.name);
    }
    Ok((table, all_well))
}

/// Collects with a progress bar, which only a terminal shows.
async fn watched(source: &Source, bars: &MultiProgress) -> anyhow::Result<Collected> {
    let bar = bars.add(ProgressBar::no_length().with_prefix(source.told.name.to_string()));
    if let Ok(style) = ProgressStyle::with_template("{prefix:24} {bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let progress = Arc::new(Progress::default());
    let collecting = collect_or_stop(source, progress.clone());
    tokio::pin!(collecting);
    let collected = loop {
        tokio::select! {
            collected = &mut collecting => break collected,
            () = tokio::time::sleep(Duration::from_millis(100)) => {
                let (doing, done, total) = progress.now();
                bar.set_length(total.max(done));
                bar.set_position(done);
                bar.set_message(doing);
            }
        }
    };
    bar.finish_and_clear();
    collected
}
