//! The daemon: collect → record → reconcile → measure → publish. One task keeps the testimonies and makes editions;
//! one task a source collects; the web only ever sees the edition.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::testimony::Testimony;
use domain::word::Word;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::appraise::keep_appraising;
use crate::collect::{Collected, keep, settle};
use crate::config::Config;
use crate::edition::{Edition, SourceState};
use crate::history::History;
use crate::notify::keep_telling;
use crate::refresh::{Ground, refresh, testimonies};
use crate::sampling::{catch_up, fresh, take};
use crate::schedule::{Event, keep_collecting, keep_sampling};
use crate::store::Store;
use crate::web::{Web, metrics_router, router};

mod signal;
#[cfg(test)]
mod tests;
mod write;

use signal::{Signal, Signals};

/// Ages move: an edition is made at least so often.
const HOURLY: Duration = Duration::from_secs(3600);
/// What is written for people who read the database follows the editions at most so often.
const WRITE_EVERY: Duration = Duration::from_secs(60);
/// On a very first start nothing is published before each source was asked once, or this has passed.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// So many rejects of a source are told one by one.
const REJECTS: usize = 100;
/// How long a stop may take to let requests under way end.
const DRAIN: Duration = Duration::from_secs(5);

/// Why the house stops living under one configuration.
enum End {
    Stop,
    Reload(Box<House>),
}

/// Everything that lives under one configuration.
struct House {
    config: Config,
    ground: Ground,
    store: Store,
    testimonies: Vec<Testimony>,
    states: Vec<SourceState>,
    config_ok: bool,
    /// The store took what was last written to it.
    store_ok: bool,
    /// Samples came since the last edition.
    sampled: bool,
    /// How many measuring points showed their power when the last edition was made.
    fresh: usize,
    /// The first day of electricity that the database does not have, source by source.
    unwritten: Vec<Option<Date>>,
    /// The table of assets may be behind the edition.
    assets_due: bool,
}

/// Runs until it is told to stop.
///
/// # Errors
/// Where it cannot start: the configuration, the store or an address.
pub async fn run(path: &Path, config: Config) -> anyhow::Result<()> {
    let mut house = House::prepare(config).await?;
    let mut listeners: BTreeMap<SocketAddr, std::net::TcpListener> = BTreeMap::new();
    let (editions, _) = watch::channel(None);
    loop {
        let wanted: Vec<SocketAddr> =
            [Some(house.config.server.listen), house.config.server.metrics_listen].into_iter().flatten().collect();
        listeners.retain(|address, _| wanted.contains(address));
        for address in wanted {
            if let std::collections::btree_map::Entry::Vacant(vacant) = listeners.entry(address) {
                vacant.insert(bind(address).await?);
            }
        }
        match house.live(path, &listeners, &editions).await? {
            End::Stop => return Ok(()),
            End::Reload(next) => house = *next,
        }
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<std::net::TcpListener> {
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    Ok(listener.into_std()?)
}

impl House {
    async fn prepare(config: Config) -> anyhow::Result<Self> {
        let ground = Ground::of(&config)?;
        let store = Store::open(&config.store).await?;
        let testimonies = testimonies(&store, &config).await?;
        let states = states(&store, &config).await?;
        let unwritten = vec![None; testimonies.len()];
        Ok(Self {
            config,
            ground,
            store,
            testimonies,
            states,
            config_ok: true,
            store_ok: true,
            sampled: false,
            fresh: 0,
            unwritten,
            assets_due: true,
        })
    }

    async fn live(
        mut self,
        path: &Path,
        listeners: &BTreeMap<SocketAddr, std::net::TcpListener>,
        editions: &watch::Sender<Option<Arc<Edition>>>,
    ) -> anyhow::Result<End> {
        let began = tokio::time::Instant::now();
        let mut heard_before = self.config.sources.is_empty() || self.states.iter().any(|s| s.last_success.is_some());
        if heard_before {
            self.publish(editions, Timestamp::now()).await?;
        }
        let (ask, mut asked) = mpsc::channel::<String>(16);
        let (stop_serving, serving_stops) = watch::channel(false);
        let mut servers = JoinSet::new();
        let web = |server| Web {
            editions: editions.subscribe(),
            server,
            history: History::of(self.store.clone()),
            ask: ask.clone(),
        };
        let server = Arc::new(self.config.server.clone());
        for (address, listener) in listeners {
            let listener = TcpListener::from_std(listener.try_clone()?)?;
            info!(address = %listener.local_addr()?, "listening");
            let is_metrics = self.config.server.metrics_listen == Some(*address);
            let routes = if is_metrics { metrics_router(web(server.clone())) } else { router(web(server.clone())) };
            let mut stops = serving_stops.clone();
            let serve = axum::serve(listener, routes.into_make_service_with_connect_info::<SocketAddr>())
                .with_graceful_shutdown(async move {
                    let _ = stops.wait_for(|stop| *stop).await;
                });
            servers.spawn(serve.into_future());
        }

        let (events, mut happens) = mpsc::channel(64);
        let mut collectors = JoinSet::new();
        let sources: Vec<Arc<crate::config::Source>> =
            std::mem::take(&mut self.config.sources).into_iter().map(Arc::new).collect();
        let wishes: Vec<Arc<Notify>> = sources.iter().map(|_| Arc::new(Notify::new())).collect();
        for (at, source) in sources.iter().enumerate() {
            collectors.spawn(keep_collecting(
                at,
                source.clone(),
                self.config.time_zone.clone(),
                wishes[at].clone(),
                events.clone(),
                self.states[at].last_success.is_some(),
            ));
            collectors.spawn(keep_sampling(at, source.clone(), events.clone()));
        }
        drop(events);
        let answered = Arc::new(Notify::new());
        if let Some(url) = self.config.boaviztapi.clone() {
            collectors.spawn(keep_appraising(url, self.store.clone(), editions.subscribe(), answered.clone()));
        }

        for notifier in &self.config.notifiers {
            collectors.spawn(keep_telling(notifier.clone(), self.store.clone(), editions.subscribe()));
        }

        let mut signals = Signals::listen()?;
        let mut hourly = tokio::time::interval_at(began + HOURLY, HOURLY);
        let mut write = tokio::time::interval(WRITE_EVERY);
        write.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut waiting: Vec<bool> = vec![!heard_before; sources.len()];
        let mut written = 0;
        let end = loop {
            let (mut changed, mut sampled) = (false, false);
            tokio::select! {
                Some((at, event)) = happens.recv() => {
                    changed |= self.took_place(at, &sources[at], event, &mut waiting).await;
                    // What has already happened meanwhile goes into the same edition, and no more: while the store
                    // refuses, each takes so long that there would always be another.
                    for _ in 0..happens.len() {
                        let Ok((at, event)) = happens.try_recv() else { break };
                        changed |= self.took_place(at, &sources[at], event, &mut waiting).await;
                    }
                }
                Some(name) = asked.recv() => {
                    if let Some(at) = sources.iter().position(|source| *source.told.name == *name) {
                        wishes[at].notify_one();
                    }
                }
                // Answers change figures and no asset.
                () = answered.notified() => sampled = heard_before,
                _ = hourly.tick() => changed = heard_before,
                _ = write.tick() => {
                    // Samples come often: they and power that has grown old make an edition once a minute at most.
                    sampled = heard_before && self.power_changed();
                    self.write(editions, &mut written).await;
                    sampled |= heard_before && self.store_changed(editions);
                }
                () = tokio::time::sleep_until(began + FIRST_WAIT), if !heard_before => {
                    waiting.fill(false);
                    changed = true;
                }
                signal = signals.next() => match signal {
                    Signal::Stop => break End::Stop,
                    Signal::Reload => match self.reload(path).await {
                        Ok(next) => break End::Reload(Box::new(next)),
                        Err(error) => {
                            error!("the new configuration is refused, the old one stays in force: {error:#}");
                            self.config_ok = false;
                            changed = heard_before;
                        }
                    },
                },
            }
            if (changed || sampled) && !waiting.contains(&true) {
                heard_before = true;
                self.assets_due |= changed;
                self.publish(editions, Timestamp::now()).await?;
                if written == 0 {
                    self.write(editions, &mut written).await;
                }
            }
        };
        info!(reload = matches!(end, End::Reload(_)), "stopping");
        collectors.shutdown().await;
        settle(sources.iter().map(|source| &**source)).await;
        let _ = stop_serving.send(true);
        let drained = async { while servers.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(DRAIN, drained).await;
        self.write(editions, &mut written).await;
        self.store.close().await;
        Ok(end)
    }

    /// Takes note of what happened to a source. True where the world should be told.
    async fn took_place(
        &mut self,
        at: usize,
        source: &crate::config::Source,
        event: Event,
        waiting: &mut [bool],
    ) -> bool {
        match event {
            Event::Begins => {
                self.states[at].collecting = true;
                false
            }
            Event::Ended(collected) => {
                waiting[at] = false;
                self.states[at].collecting = false;
                let last = self.testimonies.get(at);
                let collected = collected.guarded(source, last, &self.config.integration()).await;
                let recorded = self.record(at, source, &collected).await;
                self.store_ok = recorded.is_ok();
                if let Err(error) = recorded {
                    error!(source = &*source.told.name, "cannot keep a collection: {error:#}");
                    self.failed(at, "other", format!("{error:#}"), &collected);
                }
                true
            }
            Event::Sampled(sampled) => {
                let (testimony, by) = (&mut self.testimonies[at], self.config.integration());
                let unwritten = &mut self.unwritten[at];
                match take(&self.store, testimony, unwritten, sampled, &by, Timestamp::now()).await {
                    Ok(taken) => self.sampled |= taken > 0,
                    Err(failure) => {
                        let class = failure.class.name();
                        warn!(
                            source = &*source.told.name,
                            class, "its measuring points are silent: {:#}", failure.cause
                        );
                        self.count_failure(at, class);
                    }
                }
                false
            }
        }
    }

    /// Is there power to tell, or does some that is told grow old?
    fn power_changed(&mut self) -> bool {
        std::mem::take(&mut self.sampled) || fresh(&self.testimonies, Timestamp::now()) != self.fresh
    }

    async fn record(
        &mut self,
        at: usize,
        source: &crate::config::Source,
        collected: &Collected,
    ) -> anyhow::Result<()> {
        // What is kept is read back whole: nothing may be missing there.
        catch_up(&self.store, &self.testimonies[at], &mut self.unwritten[at]).await?;
        let kept = keep(&self.store, source, collected, &self.config.time_zone).await?;
        match &collected.harvest {
            Ok(harvest) => {
                if let Some(testimony) = self.store.testimony(&source.told).await? {
                    self.testimonies[at] = testimony;
                }
                let state = &mut self.states[at];
                state.up = Some(true);
                state.failure = None;
                state.last_success = Some(kept);
                state.seconds = collected.took.as_secs_f64();
                state.observations = harvest.accepted() as u64;
                state.rejects = harvest.rejects.len() as u64;
                let first = harvest.rejects.iter().take(REJECTS);
                state.rejected =
                    first.map(|one| (one.place.clone(), one.column.clone(), one.reason.clone())).collect();
                for note in harvest.notes.iter().filter(|note| !state.notes.contains(note)) {
                    info!(source = &*source.told.name, "{note}");
                }
                state.notes = harvest.notes.clone();
                let matches = source.rules.iter().cloned().zip(harvest.tally.matches.iter().map(|(count, _)| *count));
                let before = std::mem::replace(&mut state.rule_matches, matches.collect());
                info!(
                    source = &*source.told.name,
                    records = harvest.accepted(),
                    rejects = harvest.rejects.len(),
                    seconds = state.seconds,
                    "collected"
                );
                for (rule, _) in state.rule_matches.iter().filter(|(_, count)| *count == 0) {
                    match before.iter().find(|(known, count)| known == rule && *count > 0) {
                        Some((_, count)) => warn!(
                            source = &*source.told.name,
                            rule,
                            matched_before = count,
                            "the rule matches nothing any more: was what it looks for renamed?"
                        ),
                        None => warn!(source = &*source.told.name, rule, "the rule matches nothing"),
                    }
                }
            }
            Err(failure) => {
                let message = format!("{:#}", failure.cause);
                warn!(source = &*source.told.name, class = failure.class.name(), "collection failed: {message}");
                self.failed(at, failure.class.name(), message, collected);
            }
        }
        Ok(())
    }

    fn failed(&mut self, at: usize, class: &'static str, message: String, collected: &Collected) {
        let state = &mut self.states[at];
        state.up = Some(false);
        state.seconds = collected.took.as_secs_f64();
        state.failure = Some((Timestamp::now(), class, message));
        self.count_failure(at, class);
    }

    fn count_failure(&mut self, at: usize, class: &'static str) {
        let state = &mut self.states[at];
        match state.failures.iter_mut().find(|(known, _)| *known == class) {
            Some((_, count)) => *count += 1,
            None => state.failures.push((class, 1)),
        }
    }

    /// Makes the edition of this moment and tells it to the world.
    async fn publish(
        &mut self,
        editions: &watch::Sender<Option<Arc<Edition>>>,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        for (state, source) in self.states.iter_mut().zip(&self.testimonies) {
            let age = state.last_success.map(|last| now.duration_since(last));
            state.stale = age.is_none_or(|age| age.as_secs() > state.stale_after.as_secs() as i64);
            debug_assert_eq!(*state.name, *source.source.name);
        }
        (self.sampled, self.fresh) = (false, fresh(&self.testimonies, now));
        let last = editions.borrow().as_ref().map_or(0, |edition| edition.number);
        self.ground.look_up(&self.store).await;
        let testimonies = std::mem::take(&mut self.testimonies);
        let (ground, states) = (self.ground.clone(), self.states.clone());
        let (config_ok, store_ok) = (self.config_ok, self.store_ok);
        let made = tokio::task::spawn_blocking(move || {
            let mut edition = refresh(&testimonies, &ground, states, now);
            // A clock that was set back must not make an older number.
            edition.number = edition.number.max(last + 1);
            (edition.config_ok, edition.store_ok) = (config_ok, store_ok);
            edition.exposition();
            (testimonies, edition)
        });
        let (testimonies, edition) = made.await.context("making an edition failed from within")?;
        self.testimonies = testimonies;
        info!(
            assets = edition.snapshot.assets.len(),
            doubts = edition.snapshot.doubts.len(),
            seconds = edition.refresh_seconds,
            "published"
        );
        editions.send_replace(Some(Arc::new(edition)));
        Ok(())
    }
}

/// How each source was doing when the daemon last knew.
async fn states(store: &Store, config: &Config) -> anyhow::Result<Vec<SourceState>> {
    let kept = store.states().await?;
    let mut states = Vec::new();
    for source in &config.sources {
        let kept = kept.iter().find(|state| *state.source == *source.told.name);
        let success = kept.and_then(|state| state.success.as_ref());
        let failing = kept.filter(|state| state.failing()).and_then(|state| state.failure.as_ref());
        let rejected = store.rejects(&source.told.name, REJECTS).await?;
        states.push(SourceState {
            name: source.told.name.to_string(),
            connector: source.connector,
            link: source.link.clone(),
            up: kept.map(|state| !state.failing()),
            last_success: success.and_then(|attempt| Timestamp::from_second(attempt.ended.0).ok()),
            failure: failing.and_then(|attempt| {
                let class = attempt.class.as_deref().and_then(connectors::Class::canonical).unwrap_or("other");
                let at = Timestamp::from_second(attempt.ended.0).ok()?;
                Some((at, class, attempt.message.clone().unwrap_or_default()))
            }),
            seconds: success.map_or(0.0, |attempt| attempt.took.as_secs_f64()),
            observations: success.map_or(0, |attempt| attempt.observations + attempt.lines),
            rejects: success.map_or(0, |attempt| attempt.rejects),
            rejected: rejected.into_iter().map(|one| (one.place, one.column, one.reason)).collect(),
            stale_after: source.stale_after,
            ..SourceState::default()
        });
    }
    Ok(states)
}
