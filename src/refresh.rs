//! From testimonies to an edition: reconcile, measure. It takes no hint of what changed and recomputes everything.

use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Instant;

use anyhow::{Context, ensure};
use domain::factor::FactorSet;
use domain::indicator::{Basis, Publishing, Settings, measure};
use domain::law::declaration::Filing;
use domain::reconcile::{Rules, reconcile};
use domain::record::Text;
use domain::testimony::{Moment, Testimony};
use jiff::Timestamp;
use tracing::warn;

use crate::appraise;
use crate::config::{Config, Refused};
use crate::declaration;
use crate::edition::{Edition, SourceState};
use crate::store::{Filed, Store};
use crate::telemetry::in_one_line;

/// What every refresh goes by, set once for a configuration.
#[derive(Clone)]
pub struct Ground {
    /// How observations become assets.
    pub rules: Rules,
    /// Factors, assumptions, law.
    pub settings: Arc<Settings>,
    /// How readings are published.
    pub publishing: Publishing,
    /// Series a metric family may have.
    pub max_series: usize,
}

impl Ground {
    /// What a configuration lays down.
    ///
    /// # Errors
    /// Where a folder of local factors cannot be read, or nothing tells what the electricity of the country costs.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        Self::laid(config).map_err(|error| Refused(in_one_line(&error)).into())
    }

    fn laid(config: &Config) -> anyhow::Result<Self> {
        let mut factors = factors::load(&config.extra_factors)?;
        let country = &config.assumptions.electricity;
        ensure!(
            factors.grid.iter().any(|row| *row.country == *country),
            "[factors] electricity: no factor of the electricity of `{country}` is known: write FR, or one of a folder of `extra`"
        );
        if let Some(url) = &config.boaviztapi {
            ensure!(
                factors.sets.iter().all(|set| *set.id != *appraise::BY),
                "[factors]: `extra`: a folder may not be called `{}` where that is asked",
                appraise::BY
            );
            factors.sets.push(FactorSet {
                id: Text::from(appraise::BY),
                publisher: Text::from("Boavizta"),
                edition: Text::from("as its service answers"),
                licence: Text::from("AGPL-3.0 (the service)"),
                origin: Text::from(url.as_str()),
                local: false,
            });
        }
        Ok(Self {
            rules: Rules {
                entities: config.entities.clone(),
                rooms: config.rooms.clone(),
                time_zone: config.time_zone.clone(),
                filings: Vec::new(),
                appraisals: Vec::new(),
            },
            settings: Arc::new(Settings {
                factors,
                assumptions: config.assumptions.clone(),
                law: config.law.clone(),
                objectives: config.objectives.clone(),
            }),
            publishing: Publishing { entity_depth: config.entity_depth, min_cell: config.min_cell, folded: true },
            max_series: config.max_series,
        })
    }

    /// Takes in what the store keeps beside testimonies. What cannot be read stays as it was read last.
    pub async fn look_up(&mut self, store: &Store) {
        match filings(store).await {
            Ok(filings) => self.rules.filings = filings,
            Err(error) => warn!("declarations that were handed in: {error:#}"),
        }
        if self.settings.factors.sets.iter().any(|set| *set.id == *appraise::BY) {
            match appraise::appraisals(store).await {
                Ok(appraisals) => self.rules.appraisals = appraisals,
                Err(error) => warn!("servers by their specification: {error:#}"),
            }
        }
    }
}

/// How far the threads that make editions stand behind those that answer: where both want a core, answers get nine
/// tenths of it (`nice(2)`).
const BEHIND: i32 = 10;

/// Does work of a refresh on threads of its own, behind those that answer: what a question computes waits for none of it.
pub fn behind<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    static POOL: LazyLock<Option<rayon::ThreadPool>> = LazyLock::new(|| {
        let rank = |_| {
            if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), BEHIND) {
                warn!("refreshes are ranked with answers: {error}");
            }
        };
        let built = rayon::ThreadPoolBuilder::new().start_handler(rank).build();
        built.inspect_err(|error| warn!("refreshes have no threads of their own: {error}")).ok()
    });
    match &*POOL {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// The last word of every source, as the store keeps it; an empty one where a source has never been heard.
pub async fn testimonies(store: &Store, config: &Config) -> anyhow::Result<Vec<Testimony>> {
    // Side by side: what they said is understood on all cores.
    let reading: Vec<_> = config
        .sources
        .iter()
        .map(|source| {
            let (store, source) = (store.clone(), source.told.clone());
            tokio::spawn(async move {
                anyhow::Ok(match store.testimony(&source).await? {
                    Some(kept) => kept,
                    // Its measuring points may have been heard all the same.
                    None => Testimony { power: store.power(&source.name).await?, ..unheard(source) },
                })
            })
        })
        .collect();
    let mut testimonies = Vec::with_capacity(reading.len());
    for read in reading {
        testimonies.push(read.await.context("reading back failed from within")??);
    }
    Ok(testimonies)
}

/// What the store keeps of declarations, understood; one that is no file of ours is told in the log and left out.
pub async fn filings(store: &Store) -> anyhow::Result<Vec<Filing>> {
    let mut filings = Vec::new();
    for Filed { siret, year, day, file } in store.filings().await? {
        match declaration::read(&file) {
            Ok(rows) => filings.push(Filing { siret: Text::from(siret), year, date: day, rows }),
            Err(error) => warn!(siret, year, "a declaration that is kept cannot be read: {error:#}"),
        }
    }
    Ok(filings)
}

fn unheard(source: domain::testimony::Source) -> Testimony {
    Testimony {
        source,
        harvested: Moment(0),
        observations: Vec::new(),
        lines: domain::testimony::Lines::default(),
        power: Vec::new(),
    }
}

/// Makes an edition of what is known now.
pub fn refresh(testimonies: &[Testimony], ground: &Ground, sources: Vec<SourceState>, now: Timestamp) -> Edition {
    let clock = Instant::now();
    let snapshot = Arc::new(reconcile(testimonies, &ground.rules));
    let today = connectors::day_of(now, &ground.rules.time_zone);
    let basis = Basis::new(&snapshot, &ground.settings, ground.publishing, today).asked(Moment(now.as_second()));
    let (readings, standings) = (measure(&basis), basis.standings().to_vec());
    drop(basis);
    Edition {
        number: now.as_microsecond().unsigned_abs(),
        made_at: now,
        today,
        snapshot,
        settings: ground.settings.clone(),
        publishing: ground.publishing,
        readings,
        standings,
        sources,
        refresh_seconds: clock.elapsed().as_secs_f64(),
        max_series: ground.max_series,
        store_ok: true,
        config_ok: true,
        exposition: OnceLock::new(),
    }
}
