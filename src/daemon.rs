//! The daemon: collect → record → reconcile → measure → publish. One task keeps the testimonies and makes editions;
//! one task a source collects; the web only ever sees the edition.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use domain::testimony::Testimony;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::appraise::keep_appraising;
use crate::collect::settle;
use crate::config::Config;
use crate::edition::{Edition, SourceState, retire};
use crate::history::History;
use crate::notify::keep_telling;
use crate::refresh::{Ground, behind, refresh, testimonies};
use crate::replica::{Grant, Holdings, keep_leases, keep_watching, while_held};
use crate::sampling::fresh;
use crate::schedule::{Collector, keep_sampling};
use crate::store::{CHORES, Claim, Generation, Place, Store};
use crate::telemetry::in_one_line;
use crate::web::{Seats, Sessions, Web, keep_reading, metrics_router, router, serve};

mod kept;
mod listen;
mod signal;
mod supervisor;
#[cfg(test)]
mod tests;
mod write;

use kept::states;
use listen::{Listeners, risk};
use signal::{PATIENCE, Signal, Signals, overdue};
use supervisor::Supervisor;

/// Ages move: an edition is made at least so often.
const HOURLY: Duration = Duration::from_secs(3600);
/// What is written for people who read the database follows the editions at most so often.
const WRITE_EVERY: Duration = Duration::from_secs(60);
/// On a very first start nothing is published before each source was asked once, or this has passed.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// So many rejects of a source are told one by one.
const REJECTS: usize = 100;
/// How long a daemon that starts waits for a database that cannot be reached.
const REACH: Duration = Duration::from_secs(60);
/// How long a stop may take to let requests under way end.
const DRAIN: Duration = Duration::from_secs(5);

/// Why it stops living under one configuration.
enum End {
    Stop,
    Reload(Box<Daemon>),
}

/// The daemon under one configuration: what that tells, what is known of its sources, and how the telling stands.
struct Daemon {
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
    /// Sources of which a whole collection was refused by the store: it is made again once that takes what is written.
    unkept: Vec<bool>,
    /// The table of assets may be behind the edition.
    assets_due: bool,
    /// The day on which the history was last cut.
    purged: Option<Date>,
    /// What it may do at present.
    held: watch::Sender<Holdings>,
    /// How often each source was written of when it was last read back.
    known: Vec<Generation>,
    lasting: Lasting,
}

/// What outlasts a configuration.
#[derive(Clone)]
struct Lasting {
    /// The name of this daemon among replicas.
    replica: Arc<str>,
    /// No other daemon writes to the same file.
    claim: Option<Arc<Claim>>,
    /// Whom to tell how the daemon is.
    supervisor: Supervisor,
    /// When the loop last went round.
    turned: watch::Sender<tokio::time::Instant>,
    /// Who has logged in.
    sessions: Arc<Sessions>,
}

impl Lasting {
    fn new(replica: Arc<str>, supervisor: Supervisor) -> Self {
        let (turned, _) = watch::channel(tokio::time::Instant::now());
        Self { replica, claim: None, supervisor, turned, sessions: Arc::default() }
    }
}

/// Runs until it is told to stop.
///
/// # Errors
/// Where it cannot start: the configuration, the store or an address.
pub async fn run(path: &Path, config: Config) -> anyhow::Result<()> {
    tokio::select! {
        ended = keep_running(path, config) => ended,
        ended = overdue(PATIENCE) => ended,
    }
}

async fn keep_running(path: &Path, config: Config) -> anyhow::Result<()> {
    // For all configurations: a signal that came between two of them would be lost.
    let mut signals = Signals::listen()?;
    let mut lasting = Lasting::new(crate::replica::name().into(), Supervisor::found());
    lasting.supervisor.watch(lasting.turned.subscribe());
    // Before anything looks at the schema, which another daemon may be working with.
    lasting.claim = config.store.claim(None)?;
    let preparing = async {
        reach(&config.store).await;
        Daemon::prepare(config, lasting).await.map_err(Store::advised)
    };
    let mut daemon = tokio::select! {
        daemon = preparing => daemon?,
        () = signals.stop() => return Ok(()),
    };
    let mut listeners = Listeners::default();
    let (editions, _) = watch::channel(None);
    loop {
        listeners.keep(&daemon.config.server).await?;
        match daemon.live(path, &mut listeners, &editions, &mut signals).await? {
            End::Stop => return Ok(()),
            End::Reload(next) => daemon = *next,
        }
    }
}

/// Waits a while for a database that is not there yet: after a power cut everything starts at once. What it finds wrong
/// is told by whoever opens the store next.
async fn reach(place: &Place) {
    let until = tokio::time::Instant::now() + REACH;
    loop {
        match Store::open(place).await {
            Err(error) if Store::is_away(&error) && tokio::time::Instant::now() < until => {
                warn!("waiting for the database: {}", in_one_line(&error));
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
            Err(_) => return,
            Ok(store) => return store.close().await,
        }
    }
}

impl Daemon {
    async fn prepare(config: Config, mut lasting: Lasting) -> anyhow::Result<Self> {
        let ground = Ground::of(&config)?;
        lasting.claim = config.store.claim(lasting.claim.as_ref())?;
        let store = Store::open(&config.store).await?;
        // Looked at before, so that what is read is that or newer.
        let generations: BTreeMap<String, Generation> = store.generations().await?.into_iter().collect();
        let of = |source: &crate::config::Source| generations.get(&*source.told.name).copied().unwrap_or_default();
        let known = config.sources.iter().map(of).collect();
        let nothing = Holdings::Shared { held: BTreeMap::new(), reached: true };
        let (held, _) = watch::channel(if store.is_shared() { nothing } else { Holdings::Alone });
        let testimonies = testimonies(&store, &config).await?;
        let states = states(&store, &config).await?;
        let (unwritten, unkept) = (vec![None; testimonies.len()], vec![false; testimonies.len()]);
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
            unkept,
            assets_due: true,
            purged: None,
            held,
            known,
            lasting,
        })
    }

    async fn live(
        mut self,
        path: &Path,
        listeners: &mut Listeners,
        editions: &watch::Sender<Option<Arc<Edition>>>,
        signals: &mut Signals,
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
            sessions: self.lasting.sessions.clone(),
            history: History::of(self.store.clone()),
            ask: ask.clone(),
        };
        let (server, seats) = (Arc::new(self.config.server.clone()), Seats::new());
        let mut collectors = JoinSet::new();
        let handshake = match &server.tls {
            None => None,
            Some(files) => {
                let (shown, handshake) = watch::channel(files.first.0.clone());
                collectors.spawn(keep_reading(files.clone(), shown));
                Some(handshake)
            }
        };
        for (address, listener) in listeners.all() {
            let listener = TcpListener::from_std(listener.try_clone()?)?;
            let address_told = listener.local_addr()?;
            info!(tls = handshake.is_some(), address = %address_told, "listening");
            let is_metrics = self.config.server.metrics_listen == Some(*address);
            if let Some(risk) = risk(&server, address_told, is_metrics) {
                warn!(address = %address_told, "{risk}");
            }
            let routes = if is_metrics { metrics_router(web(server.clone())) } else { router(web(server.clone())) };
            servers.spawn(serve(listener, routes, handshake.clone(), seats.clone(), serving_stops.clone()));
        }

        let (events, mut happens) = mpsc::channel(64);
        let sources: Vec<Arc<crate::config::Source>> =
            std::mem::take(&mut self.config.sources).into_iter().map(Arc::new).collect();
        let wishes: Vec<Arc<Notify>> = sources.iter().map(|_| Arc::new(Notify::new())).collect();
        for (at, source) in sources.iter().enumerate() {
            let collector = Collector {
                at,
                source: source.clone(),
                time_zone: self.config.time_zone.clone(),
                asked: wishes[at].clone(),
                events: events.clone(),
                store: self.store.clone(),
                holdings: self.held.subscribe(),
            };
            collectors.spawn(collector.keep_collecting(self.is_due(at, source, Timestamp::now())));
            let (source, events) = (source.clone(), events.clone());
            let name = source.told.name.to_string();
            let sampling = move |_| keep_sampling(at, source.clone(), events.clone());
            collectors.spawn(while_held(self.held.subscribe(), name, sampling));
        }
        drop(events);
        let (news, mut newses) = mpsc::channel(64);
        if self.store.is_shared() {
            let names =
                sources.iter().map(|source| source.told.name.to_string()).chain([CHORES.to_owned()]).collect();
            let (store, replica) = (self.store.clone(), self.lasting.replica.clone());
            collectors.spawn(keep_leases(store, replica, names, self.config.store.lease, self.held.clone()));
            collectors.spawn(keep_watching(self.store.clone(), news));
        }
        let answered = Arc::new(Notify::new());
        if let Some(url) = self.config.boaviztapi.clone() {
            let (store, editions, answered) = (self.store.clone(), editions.subscribe(), answered.clone());
            let appraising = move |grant: Grant| {
                let store = store.under(grant.lease.as_ref());
                keep_appraising(url.clone(), store, editions.clone(), answered.clone())
            };
            collectors.spawn(while_held(self.held.subscribe(), CHORES.to_owned(), appraising));
        }
        for notifier in &self.config.notifiers {
            let (notifier, store, editions) = (notifier.clone(), self.store.clone(), editions.subscribe());
            let telling = move |grant: Grant| {
                keep_telling(notifier.clone(), store.under(grant.lease.as_ref()), editions.clone())
            };
            collectors.spawn(while_held(self.held.subscribe(), CHORES.to_owned(), telling));
        }

        let mut holdings = self.held.subscribe();
        holdings.mark_unchanged();
        let mut hourly = tokio::time::interval_at(began + HOURLY, HOURLY);
        let mut write = tokio::time::interval(WRITE_EVERY);
        write.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut waiting: Vec<bool> = vec![!heard_before; sources.len()];
        let mut written = 0;
        // What is started after ecoparc finds figures and not only an open port: on a very first start that takes
        // FIRST_WAIT longer.
        if heard_before {
            self.lasting.supervisor.ready();
        }
        let end = loop {
            let (mut changed, mut sampled) = (false, false);
            self.lasting.turned.send_replace(tokio::time::Instant::now());
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
                        self.ask(&name, &wishes[at]).await;
                    }
                }
                Some((name, generation)) = newses.recv() => {
                    if let Some(at) = sources.iter().position(|source| *source.told.name == *name) {
                        changed = self.heard(at, &sources[at], generation).await;
                        if generation.asked && self.held.borrow().of(&name).is_some() {
                            wishes[at].notify_one();
                        }
                    }
                }
                // Who collects what, and whether the database can be reached, is told too.
                Ok(()) = holdings.changed() => sampled = heard_before,
                // Answers change figures and no asset.
                () = answered.notified() => sampled = heard_before,
                _ = hourly.tick() => changed = heard_before,
                _ = write.tick() => {
                    // Samples come often: they and power that has grown old make an edition once a minute at most.
                    sampled = heard_before && self.power_changed();
                    self.write(editions, &mut written).await;
                    for at in self.take_unkept() {
                        wishes[at].notify_one();
                    }
                    sampled |= heard_before && self.store_changed(editions);
                }
                () = tokio::time::sleep_until(began + FIRST_WAIT), if !heard_before => {
                    waiting.fill(false);
                    changed = true;
                }
                signal = signals.next() => match signal {
                    Signal::Stop => break End::Stop,
                    Signal::Reload => match self.reload(path, listeners).await {
                        Ok(next) => break End::Reload(Box::new(next)),
                        Err(error) => {
                            self.lasting.supervisor.ready();
                            let why = in_one_line(&error);
                            error!("the new configuration is refused, the old one stays in force: {why}");
                            self.config_ok = false;
                            changed = heard_before;
                        }
                    },
                },
            }
            if (changed || sampled) && !waiting.contains(&true) {
                self.assets_due |= changed;
                self.publish(editions, Timestamp::now()).await?;
                if !std::mem::replace(&mut heard_before, true) {
                    self.lasting.supervisor.ready();
                }
                if written == 0 {
                    self.write(editions, &mut written).await;
                }
            }
        };
        info!(reload = matches!(end, End::Reload(_)), "stopping");
        if matches!(end, End::Stop) {
            self.lasting.supervisor.stopping();
        }
        collectors.shutdown().await;
        settle(sources.iter().map(|source| &**source)).await;
        let _ = stop_serving.send(true);
        let drained = async { while servers.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(DRAIN, drained).await;
        servers.shutdown().await;
        self.write(editions, &mut written).await;
        if matches!(end, End::Stop) {
            self.give_back().await;
        }
        self.store.close().await;
        Ok(end)
    }

    /// Is there power to tell, or does some that is told grow old?
    fn power_changed(&mut self) -> bool {
        std::mem::take(&mut self.sampled) || fresh(&self.testimonies, Timestamp::now()) != self.fresh
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
            state.lease_held = self.store.is_shared().then(|| self.held.borrow().of(&state.name).is_some());
        }
        (self.sampled, self.fresh) = (false, fresh(&self.testimonies, now));
        let last = editions.borrow().as_ref().map_or(0, |edition| edition.number);
        let reached = self.held.borrow().reached();
        if reached {
            self.ground.look_up(&self.store).await;
        }
        let testimonies = std::mem::take(&mut self.testimonies);
        let (ground, states) = (self.ground.clone(), self.states.clone());
        let (config_ok, store_ok) = (self.config_ok, self.store_ok && reached);
        let made = tokio::task::spawn_blocking(move || {
            let mut edition = behind(|| refresh(&testimonies, &ground, states, now));
            // A clock that was set back must not make an older number.
            edition.number = edition.number.max(last + 1);
            (edition.config_ok, edition.store_ok) = (config_ok, store_ok);
            edition.exposition();
            (testimonies, edition)
        });
        let (testimonies, edition) = made.await.context("making an edition failed from within")?;
        self.testimonies = testimonies;
        let edition = Arc::new(edition);
        // Whoever reads that it is published finds it.
        retire(editions.send_replace(Some(edition.clone())));
        info!(
            assets = edition.snapshot.assets.len(),
            doubts = edition.snapshot.doubts.len(),
            seconds = edition.refresh_seconds,
            "published"
        );
        let answering = edition.sources.iter().filter(|source| source.up == Some(true)).count();
        let assets = connectors::counted(edition.snapshot.assets.len(), "asset", "assets");
        let sources = edition.sources.len();
        self.lasting.supervisor.status(&format!("{assets}; sources that answer: {answering} of {sources}"));
        Ok(())
    }
}
