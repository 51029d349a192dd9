//! SNMP v1, v2c and v3: switches, printers, UPS and PDU as they speak for themselves, and who is beside them. One socket,
//! one small question to begin with, one question at a time to each agent.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent::{Agent, Line, Trouble};
use domain::observation::{Facts, Observation};
use domain::packed::Packed;
use domain::power::PowerSample;
use domain::record::Text;
use domain::testimony::Moment;
use jiff::Timestamp;
use settings::Settings;
use targets::Target;
use tokio::sync::Semaphore;
use told::Told;
use visits::{LOST, Visit, Visits, reject_of};

use crate::address::{self, Forbidden};
use crate::{Class, Connector, Context, Failure, Harvest, Progress, Reject, Source};

mod agent;
mod ask;
mod mib;
pub mod power;
mod read;
pub mod replay;
mod settings;
mod tables;
mod targets;
#[cfg(test)]
mod tests;
pub mod told;
mod visits;
mod wire;

/// SNMP.
pub static CONNECTOR: Connector = Connector {
    name: "snmp",
    sample: include_str!("sample.toml"),
    creates: true,
    reports: read::REPORTS,
    open: |table, context| Ok(Box::new(Snmp::open(table, context)?)),
};

/// Addresses at which the first question may be under way at once: most of a range is silent, and that costs time alone.
const KNOCKING: usize = 512;
/// With more addresses than these, neighbours are followed no further.
const MOST_FOLLOWED: usize = 65_536;
/// Values that one agent may tell in one collection.
const BUDGET: usize = 20_000;

/// Agents at addresses.
pub struct Snmp(Arc<Net>);

/// What its questions share.
struct Net {
    settings: Settings,
    context: Context,
    /// Which credential worked at which address: its place, and that of the way it is shown.
    known: Mutex<HashMap<IpAddr, (usize, usize)>>,
    /// As many agents are asked more than the first question at once.
    visiting: Semaphore,
    /// Where something tells watts; since the last collection, which looks anew.
    metered: Mutex<Option<BTreeSet<SocketAddr>>>,
}

/// One agent that answered.
pub struct Found {
    /// Where.
    pub address: IpAddr,
    /// By which credential, without what it holds.
    pub credential: String,
    /// What it speaks for.
    pub things: Vec<(String, Facts)>,
    /// What it says of itself.
    pub headline: String,
    /// How long it took.
    pub took: Duration,
    /// What it passes on and draws, in watts.
    pub drawn: power::Drawn,
}

impl Snmp {
    /// Understands a source's keys; touches no network.
    ///
    /// # Errors
    /// A key that is not understood, by its name.
    pub fn open(table: toml::Table, context: Context) -> anyhow::Result<Self> {
        let settings = Settings::read(table, &context)?;
        let visiting = Semaphore::new(settings.concurrency);
        Ok(Self(Arc::new(Net { settings, context, known: Mutex::default(), visiting, metered: Mutex::default() })))
    }

    /// Looks at these targets (addresses, ranges, names), or at its own where none is given, and tells of each agent
    /// that answers, and of each that cannot be listed: `ecoparc discover`.
    ///
    /// # Errors
    /// A target that is none; where no socket can be had.
    pub async fn discover(
        &self,
        targets: &[String],
        progress: &Progress,
        mut found: impl FnMut(Result<Found, Reject>),
    ) -> anyhow::Result<()> {
        let targets = targets.iter().map(|text| targets::target(text)).collect::<anyhow::Result<Vec<_>>>()?;
        let targets = if targets.is_empty() { &self.0.settings.targets } else { &targets };
        let line = Arc::new(self.0.line().await.map_err(|failure| failure.cause)?);
        let (addresses, unknown) = self.0.addresses(targets).await;
        progress.step("addresses", addresses.len() as u64);
        unknown.into_iter().for_each(|reject| found(Err(reject)));
        let net = Arc::clone(&self.0);
        let look = move |(address, _): (SocketAddr, bool)| {
            let (net, line) = (Arc::clone(&net), Arc::clone(&line));
            async move { net.look(&line, address).await }
        };
        side_by_side(self.0.at_once(), addresses.into_iter(), look, |(address, alone), told| {
            progress.add(1);
            match told.unwrap_or(Err((Trouble::Strange(LOST.to_owned()), true))) {
                Ok(told) => found(Ok(told)),
                Err(trouble) => {
                    if let Some(reject) = reject_of(address, alone, trouble) {
                        found(Err(reject));
                    }
                }
            }
        })
        .await;
        Ok(())
    }
}

/// Runs one task for each of `inputs`, so many at once, and gives each outcome to `take` as it comes; `None` of one that
/// panicked.
async fn side_by_side<I: Copy, T, F>(
    at_once: usize,
    mut inputs: impl Iterator<Item = I>,
    run: impl Fn(I) -> F,
    mut take: impl FnMut(I, Option<T>),
) where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    let mut running = HashMap::new();
    loop {
        while tasks.len() < at_once
            && let Some(input) = inputs.next()
        {
            running.insert(tasks.spawn(run(input)).id(), input);
        }
        let (id, outcome) = match tasks.join_next_with_id().await {
            Some(Ok((id, outcome))) => (id, Some(outcome)),
            Some(Err(error)) => (error.id(), None),
            None => return,
        };
        if let Some(input) = running.remove(&id) {
            take(input, outcome);
        }
    }
}

impl Net {
    /// Addresses that are looked at side by side.
    fn at_once(&self) -> usize {
        self.settings.concurrency.max((8 * self.settings.concurrency).min(KNOCKING))
    }

    async fn line(&self) -> Result<Line, Failure> {
        let Settings { patience, retries, pace, .. } = &self.settings;
        Line::open(*patience, *retries, pace.clone()).await.map_err(|cause| Failure::new(Class::Network, cause))
    }

    /// Every address meant, each with how it was named where that was one by one.
    async fn addresses(&self, targets: &[Target]) -> (Vec<(SocketAddr, bool)>, Vec<Reject>) {
        let mut found = BTreeSet::new();
        let mut single = HashSet::new();
        let mut rejects = Vec::new();
        let mut take = |address: IpAddr, alone: bool| {
            let address = targets::plain(address);
            if !self.settings.exclude.iter().any(|range| range.holds(address)) {
                found.insert(SocketAddr::new(address, self.settings.port));
                if alone {
                    single.insert(address);
                }
            }
        };
        for target in targets {
            match target {
                Target::Range(range) => range.addresses().for_each(|address| take(address, range.free() == 0)),
                Target::Name(name) => match address::look_up(name, self.settings.port).await {
                    Ok(addresses) => addresses.iter().take(1).for_each(|address| take(address.ip(), true)),
                    Err(error) => rejects.push(Reject {
                        place: name.clone(),
                        column: None,
                        reason: Forbidden::within(&error)
                            .map_or("its name is not known to the resolver".to_owned(), |found| found.to_string()),
                    }),
                },
            }
        }
        (found.into_iter().map(|address| (address, single.contains(&address.ip()))).collect(), rejects)
    }

    /// Where neighbours say that they can be asked, of those that were not, where a credential is meant for them.
    fn beside(&self, told: &mut BTreeSet<IpAddr>, asked: &BTreeSet<IpAddr>) -> Vec<(SocketAddr, bool)> {
        let told = std::mem::take(told).into_iter().map(targets::plain).filter(|address| {
            self.settings.follow_neighbours
                && !asked.contains(address)
                && address::allowed(*address).is_ok()
                && !self.settings.exclude.iter().any(|range| range.holds(*address))
                && self.settings.credentials.iter().any(|credential| credential.is_for(*address))
        });
        let room = MOST_FOLLOWED.saturating_sub(asked.len());
        told.take(room).map(|address| (SocketAddr::new(address, self.settings.port), false)).collect()
    }

    /// Finds out how an agent is spoken to: the way that worked before first, then each in the order of the file.
    async fn hello(&self, line: &Line, address: SocketAddr) -> Result<(Agent, String), Trouble> {
        let ip = address.ip();
        let before = self.known.lock().ok().and_then(|known| known.get(&ip).copied());
        let ways = self.settings.credentials.iter().enumerate().filter(|(_, credential)| credential.is_for(ip));
        let mut ways: Vec<(usize, usize)> =
            ways.flat_map(|(at, credential)| (0..credential.auths.len()).map(move |way| (at, way))).collect();
        ways.sort_by_key(|way| Some(*way) != before);
        let mut worst = Trouble::Silent;
        for (at, way) in ways {
            let credential = &self.settings.credentials[at];
            let mut agent = line.agent(address, &credential.auths[way], self.settings.time, BUDGET).await?;
            match ask::probe(&mut agent).await {
                Ok(()) => {
                    if let Ok(mut known) = self.known.lock() {
                        known.insert(ip, (at, way));
                    }
                    return Ok((agent, credential.name.clone()));
                }
                Err(Trouble::Silent) => {}
                Err(trouble) => worst = trouble,
            }
        }
        Err(worst)
    }

    /// Asks one agent for everything.
    async fn visit(&self, line: &Line, address: SocketAddr) -> Visit {
        let (mut agent, _) = self.hello(line, address).await.map_err(|trouble| (trouble, false))?;
        let _visiting = agent.wait(self.visiting.acquire()).await;
        ask::inventory(&mut agent).await.map_err(|trouble| (trouble, true))?;
        // What it says of itself stands, whatever becomes of its neighbours.
        if self.settings.neighbours && ask::neighbours(&mut agent).await.is_err() {
            agent.partial = true;
        }
        Ok(agent)
    }

    /// Asks one agent for what `discover` shows.
    async fn look(&self, line: &Line, address: SocketAddr) -> Result<Found, (Trouble, bool)> {
        let began = Instant::now();
        let (mut agent, credential) = self.hello(line, address).await.map_err(|trouble| (trouble, false))?;
        let _visiting = agent.wait(self.visiting.acquire()).await;
        ask::inventory(&mut agent).await.map_err(|trouble| (trouble, true))?;
        let measured = ask::power(&mut agent).await.is_ok();
        let things = read::things(&agent.told, Timestamp::now(), &self.context.time_zone);
        let drawn = || power::drawn(&agent.told, &read::system(&agent.told));
        Ok(Found {
            address: address.ip(),
            credential,
            things: things.into_iter().map(|thing| (thing.native.to_string(), thing.facts)).collect(),
            headline: read::headline(&agent.told),
            took: began.elapsed(),
            drawn: if measured { drawn() } else { power::Drawn::default() },
        })
    }

    /// Asks one agent for its watts; `None` where it tells none.
    async fn measure(&self, line: &Line, address: SocketAddr) -> Result<Option<PowerSample>, Trouble> {
        let (mut agent, _) = self.hello(line, address).await?;
        ask::power(&mut agent).await?;
        let drawn = power::drawn(&agent.told, &read::system(&agent.told));
        // One number of each: what a UPS or PDU passes on, else what a thing draws. What it passes on over network
        // cables is part of that.
        Ok(drawn.output.or(drawn.consumption).map(|watts| PowerSample {
            time: Some(Moment(Timestamp::now().as_second())),
            device: agent
                .told
                .text(&mib::SYS_NAME)
                .or_else(|| Some(address.ip().to_string()))
                .and_then(|name| Text::of(&name)),
            watts: Some(watts),
            ..PowerSample::default()
        }))
    }
}

#[async_trait::async_trait]
impl Source for Snmp {
    async fn collect(&self, progress: &Progress) -> Result<Harvest, Failure> {
        let net = &self.0;
        let line = Arc::new(net.line().await?);
        let (addresses, rejects) = net.addresses(&net.settings.targets).await;
        let rules = &net.context.rules;
        let mut visits = Visits { rejects, tally: rules.tally(), ..Visits::default() };
        let asking = Arc::clone(net);
        let visit = move |(address, _): (SocketAddr, bool)| {
            let (net, line) = (Arc::clone(&asking), Arc::clone(&line));
            async move { net.visit(&line, address).await }
        };
        let mut asked = BTreeSet::new();
        let mut next = addresses;
        while !next.is_empty() {
            asked.extend(next.iter().map(|(address, _)| address.ip()));
            progress.step("addresses", next.len() as u64);
            side_by_side(net.at_once(), next.into_iter(), &visit, |(address, alone), outcome| {
                progress.add(1);
                let outcome = outcome.unwrap_or(Err((Trouble::Strange(LOST.to_owned()), true)));
                visits.take(&net.context, address, alone, outcome);
            })
            .await;
            next = net.beside(&mut visits.beside, &asked);
        }
        let addresses = crate::counted(asked.len(), "address", "addresses");
        if let Ok(mut metered) = net.metered.lock() {
            *metered = None;
        }
        if visits.answered == 0 {
            let (class, what) = match visits.failure {
                _ if visits.refused > 0 => (Class::Auth, "answers, and some refuse the credentials".to_owned()),
                Some(why) => (Class::Protocol, format!("can be read, the first that answers because {why}")),
                None => (Class::Timeout, "answers".to_owned()),
            };
            return Err(Failure::new(class, anyhow::anyhow!("of {addresses} none {what}")));
        }
        let nobody = Told::default();
        let neighbours = visits.unasked();
        let seen = neighbours.into_iter().map(|thing| read::observe(thing, &nobody, rules, &mut visits.tally));
        let seen: Vec<Observation> = seen.collect();
        let mut harvest = Harvest { complete: true, polled: true, ..Harvest::default() };
        harvest.observations.extend(visits.things.values().chain(&seen).map(Packed::from));
        harvest.tally = visits.tally;
        let answer = if visits.answered == 1 { "answers" } else { "answer" };
        harvest.notes.push(format!("{} of {addresses} {answer}", visits.answered));
        if visits.partial > 0 {
            let agents = crate::counted(visits.partial, "agent has", "agents have");
            harvest.notes.push(format!("{agents} tables that were not read to their end"));
        }
        for (error, count) in &visits.errors {
            let agents = crate::counted(*count, "agent answers", "agents answer");
            harvest.notes.push(format!("{agents} {error} to some of what is asked: that is not known"));
        }
        harvest.rejects = visits.rejects;
        Ok(harvest)
    }

    fn network(&self) -> Option<&Snmp> {
        Some(self)
    }

    fn samples_every(&self) -> Option<Duration> {
        self.0.settings.power_every
    }

    /// Asks whoever answered a collection for watts; from then on only those that tell some.
    async fn sample(&self) -> Result<Vec<PowerSample>, Failure> {
        let net = &self.0;
        let line = Arc::new(net.line().await?);
        let metered = net.metered.lock().ok().and_then(|metered| metered.clone());
        let addresses = metered.clone().unwrap_or_else(|| {
            let known = net.known.lock().map(|known| known.keys().copied().collect::<Vec<_>>()).unwrap_or_default();
            known.into_iter().map(|ip| SocketAddr::new(ip, net.settings.port)).collect()
        });
        let asking = Arc::clone(net);
        let measure = move |address: SocketAddr| {
            let (net, line) = (Arc::clone(&asking), Arc::clone(&line));
            async move { net.measure(&line, address).await }
        };
        let (mut samples, mut telling, mut silent) = (Vec::new(), BTreeSet::new(), 0);
        side_by_side(net.settings.concurrency, addresses.iter().copied(), measure, |address, told| match told {
            Some(Ok(told)) => {
                telling.extend(told.as_ref().map(|_| address));
                samples.extend(told.map(|sample| (address, sample)));
            }
            Some(Err(_)) | None => {
                silent += 1;
                telling.insert(address);
            }
        })
        .await;
        if samples.is_empty() && silent > 0 && metered.is_some() {
            let points = crate::counted(silent, "measuring point", "measuring points");
            return Err(Failure::new(Class::Timeout, anyhow::anyhow!("none of {points} answers")));
        }
        if let Ok(mut metered) = net.metered.lock()
            && !addresses.is_empty()
        {
            *metered = Some(telling);
        }
        Ok(named_apart(samples))
    }
}

/// Measuring points that bear one name, as they left the factory, are told apart by their addresses.
fn named_apart(mut samples: Vec<(SocketAddr, PowerSample)>) -> Vec<PowerSample> {
    samples.sort_by_key(|(address, _)| *address);
    let mut count: HashMap<Option<Text>, usize> = HashMap::new();
    for (_, sample) in &samples {
        *count.entry(sample.device.clone()).or_default() += 1;
    }
    let named = samples.into_iter().map(|(address, mut sample)| {
        if count[&sample.device] > 1
            && let Some(name) = &sample.device
        {
            sample.device = Some(Text::from(format!("{name} {}", address.ip())));
        }
        sample
    });
    named.collect()
}
