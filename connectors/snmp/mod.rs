//! SNMP v1, v2c and v3: switches, printers, UPS and PDU as they speak for themselves, and who is beside them. One socket,
//! one small question to begin with, one question at a time to each agent.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent::{Agent, Line, Trouble};
use domain::identity;
use domain::observation::{Facts, Observation};
use domain::power::PowerSample;
use domain::record::Text;
use domain::testimony::Moment;
use jiff::Timestamp;
use read::Thing;
use settings::Settings;
use targets::Target;
use told::Told;

use crate::rule::Tally;
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

/// SNMP.
pub static CONNECTOR: Connector = Connector {
    name: "snmp",
    sample: include_str!("sample.toml"),
    creates: true,
    reports: read::REPORTS,
    open: |table, context| Ok(Box::new(Snmp::open(table, context)?)),
};

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
        Ok(Self(Arc::new(Net { settings, context, known: Mutex::default(), metered: Mutex::default() })))
    }

    /// Looks at these targets (addresses, ranges, names), or at its own where none is given, and tells of each agent
    /// that answers: `ecoparc discover`.
    ///
    /// # Errors
    /// A target that is none; where no socket can be had.
    pub async fn discover(
        &self,
        targets: &[String],
        progress: &Progress,
        mut found: impl FnMut(Found),
    ) -> anyhow::Result<()> {
        let targets = targets.iter().map(|text| targets::target(text)).collect::<anyhow::Result<Vec<_>>>()?;
        let targets = if targets.is_empty() { &self.0.settings.targets } else { &targets };
        let line = Arc::new(self.0.line().await.map_err(|failure| failure.cause)?);
        let (addresses, _) = self.0.addresses(targets).await;
        progress.step("addresses", addresses.len() as u64);
        let net = Arc::clone(&self.0);
        let look = move |address: SocketAddr| {
            let (net, line) = (Arc::clone(&net), Arc::clone(&line));
            async move {
                let began = Instant::now();
                let (mut agent, credential) = net.hello(&line, address).await.ok()?;
                ask::inventory(&mut agent).await.ok()?;
                ask::power(&mut agent).await.ok()?;
                let things = read::things(&agent.told, Timestamp::now(), &net.context.time_zone);
                Some(Found {
                    address: address.ip(),
                    credential,
                    things: things.into_iter().map(|thing| (thing.native.to_string(), thing.facts)).collect(),
                    headline: read::headline(&agent.told),
                    took: began.elapsed(),
                    drawn: power::drawn(&agent.told, &read::system(&agent.told)),
                })
            }
        };
        let addresses = addresses.into_iter().map(|(address, _)| address);
        side_by_side(self.0.settings.concurrency, addresses, look, |told| {
            progress.add(1);
            told.into_iter().for_each(&mut found);
        })
        .await;
        Ok(())
    }
}

/// Runs one task for each of `inputs`, so many at once, and gives each outcome to `take` as it comes.
async fn side_by_side<I, T, F>(
    at_once: usize,
    inputs: impl Iterator<Item = I>,
    run: impl Fn(I) -> F,
    mut take: impl FnMut(T),
) where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    for input in inputs {
        if tasks.len() >= at_once
            && let Some(Ok(outcome)) = tasks.join_next().await
        {
            take(outcome);
        }
        tasks.spawn(run(input));
    }
    while let Some(outcome) = tasks.join_next().await {
        if let Ok(outcome) = outcome {
            take(outcome);
        }
    }
}

impl Net {
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
                Target::Name(name) => match tokio::net::lookup_host((name.as_str(), self.settings.port)).await {
                    Ok(addresses) => addresses.take(1).for_each(|address| take(address.ip(), true)),
                    Err(_) => rejects.push(Reject {
                        place: name.clone(),
                        column: None,
                        reason: "its name is not known to the resolver".to_owned(),
                    }),
                },
            }
        }
        (found.into_iter().map(|address| (address, single.contains(&address.ip()))).collect(), rejects)
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

    /// Asks one agent for everything; what it told, and whether something had to be left out.
    async fn visit(&self, line: &Line, address: SocketAddr) -> Visit {
        let (mut agent, _) = self.hello(line, address).await.map_err(|trouble| (trouble, false))?;
        let visited = async {
            ask::inventory(&mut agent).await?;
            if self.settings.neighbours {
                ask::neighbours(&mut agent).await?;
            }
            Ok(())
        };
        visited.await.map_err(|trouble| (trouble, true))?;
        Ok((agent.told, agent.partial))
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

/// What an agent told, and whether it told less than it has; else its trouble, and whether it had answered before.
type Visit = Result<(Told, bool), (Trouble, bool)>;

/// What the visits of one collection came to.
#[derive(Default)]
struct Visits {
    answered: usize,
    refused: usize,
    partial: usize,
    /// What agents speak for, by native id. What they told beside it is let go at once.
    things: BTreeMap<Text, Observation>,
    neighbours: BTreeMap<Text, Thing>,
    tally: Tally,
    rejects: Vec<Reject>,
}

impl Visits {
    fn take(&mut self, context: &Context, address: SocketAddr, alone: bool, outcome: Visit) {
        let ip = address.ip();
        let mut reject = |reason: &str| {
            self.rejects.push(Reject { place: ip.to_string(), column: None, reason: reason.to_owned() });
        };
        let told = match outcome {
            Ok((told, partial)) => {
                self.partial += usize::from(partial);
                told
            }
            // Silence is usual in a range.
            Err((Trouble::Silent, false)) if !alone => return,
            Err((Trouble::Silent, false)) => return reject("no answer by any credential"),
            Err((Trouble::Silent, true)) => return reject("it stopped answering in the middle"),
            Err((Trouble::Refused, _)) => {
                self.refused += 1;
                return reject("it refuses the credentials");
            }
            Err((Trouble::Strange(what), _)) => return reject(&format!("its answer is not understood: {what}")),
        };
        self.answered += 1;
        let things = read::things(&told, Timestamp::now(), &context.time_zone);
        if things.is_empty() {
            return reject("it tells neither serial number, address nor name: it could not be known again");
        }
        for thing in things {
            // One thing asked at several addresses is one.
            if let Entry::Vacant(place) = self.things.entry(thing.native.clone()) {
                place.insert(read::observe(thing, &told, &context.rules, &mut self.tally));
            }
        }
        for thing in read::neighbours(&told) {
            self.neighbours.entry(thing.native.clone()).or_insert(thing);
        }
    }

    /// Neighbours that were not asked themselves: the others have spoken.
    fn unasked(&mut self) -> Vec<Thing> {
        let mut serials = HashSet::new();
        let mut macs = HashSet::new();
        let mut names = HashSet::new();
        for Observation { facts, .. } in self.things.values() {
            serials.extend(facts.serial.as_deref().and_then(identity::serial));
            macs.extend(facts.mac.as_deref().into_iter().flat_map(identity::macs));
            names.extend(facts.hostname.as_deref().and_then(identity::hostname));
        }
        let is_asked = |facts: &Facts| {
            facts.serial.as_deref().and_then(identity::serial).is_some_and(|serial| serials.contains(&serial))
                || facts.mac.as_deref().into_iter().flat_map(identity::macs).any(|mac| macs.contains(&mac))
                || facts.hostname.as_deref().and_then(identity::hostname).is_some_and(|name| names.contains(&name))
        };
        let neighbours = std::mem::take(&mut self.neighbours).into_values();
        neighbours.filter(|thing| !is_asked(&thing.facts)).collect()
    }
}

#[async_trait::async_trait]
impl Source for Snmp {
    async fn collect(&self, progress: &Progress) -> Result<Harvest, Failure> {
        let net = &self.0;
        let line = Arc::new(net.line().await?);
        let (addresses, rejects) = net.addresses(&net.settings.targets).await;
        let count = addresses.len();
        progress.step("addresses", count as u64);
        let rules = &net.context.rules;
        let mut visits = Visits { rejects, tally: rules.tally(), ..Visits::default() };
        let asking = Arc::clone(net);
        let visit = move |(address, alone): (SocketAddr, bool)| {
            let (net, line) = (Arc::clone(&asking), Arc::clone(&line));
            async move { (address, alone, net.visit(&line, address).await) }
        };
        side_by_side(net.settings.concurrency, addresses.into_iter(), visit, |(address, alone, outcome)| {
            progress.add(1);
            visits.take(&net.context, address, alone, outcome);
        })
        .await;
        if let Ok(mut metered) = net.metered.lock() {
            *metered = None;
        }
        if visits.answered == 0 {
            let class = if visits.refused > 0 { Class::Auth } else { Class::Timeout };
            let cause = anyhow::anyhow!(
                "of {} addresses none answers{}",
                count,
                if visits.refused > 0 { ", and some refuse the credentials" } else { "" }
            );
            return Err(Failure::new(class, cause));
        }
        let nobody = Told::default();
        let neighbours = visits.unasked();
        let seen = neighbours.into_iter().map(|thing| read::observe(thing, &nobody, rules, &mut visits.tally));
        let seen: Vec<Observation> = seen.collect();
        let mut harvest = Harvest { complete: true, ..Harvest::default() };
        harvest.observations.extend(visits.things.into_values());
        harvest.observations.extend(seen);
        harvest.tally = visits.tally;
        harvest.notes.push(format!("{} of {} addresses answer", visits.answered, count));
        if visits.partial > 0 {
            harvest.notes.push(format!("{} agents have tables that were not read to their end", visits.partial));
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
            async move { (address, net.measure(&line, address).await) }
        };
        let (mut samples, mut telling, mut silent) = (Vec::new(), BTreeSet::new(), 0);
        side_by_side(net.settings.concurrency, addresses.iter().copied(), measure, |(address, told)| match told {
            Ok(told) => {
                telling.extend(told.as_ref().map(|_| address));
                samples.extend(told);
            }
            Err(_) => {
                silent += 1;
                telling.insert(address);
            }
        })
        .await;
        if samples.is_empty() && silent > 0 && metered.is_some() {
            return Err(Failure::new(Class::Timeout, anyhow::anyhow!("none of {silent} measuring points answers")));
        }
        if let Ok(mut metered) = net.metered.lock()
            && !addresses.is_empty()
        {
            *metered = Some(telling);
        }
        Ok(samples)
    }
}
