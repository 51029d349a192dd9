//! Speaking to one agent. With `wire.rs`, and `settings.rs` for credentials, all that knows the SNMP library:
//! everything else sees [`Told`].
//!
//! One question at a time; each is small, asked again when no answer comes, and made smaller or simpler where the agent
//! cannot bear it: GETBULK with fewer rows, then GETNEXT, then one object at a time.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_snmp::transport::{UdpHandle, UdpTransport};
use async_snmp::v3::{DesSaltState, EngineCache, PersistedDesSaltState};
use async_snmp::{Auth, Client, ErrorStatus, Oid as WireOid, Retry, VarBind};
use tokio::time::Instant;

use super::told::{Oid, Told};
use super::wire::{Asked, Question, rediscover, status, trouble, value};
use crate::pace::Pace;

/// Values asked for at once, at first, however many columns they are of: more make answers that come in fragments, and
/// some agents skip rows.
const VALUES: usize = 40;
/// Objects in one GET.
const OBJECTS: usize = 30;
/// Objects that an agent may have no answer to before it is held to be gone.
const SILENCES: usize = 2;

/// DES wants a salt that never repeats under one key (RFC 3414 §8.1.1.1): a counter in an epoch that is this process's own,
/// the second in which it began.
static DES_SALT: LazyLock<Option<DesSaltState>> = LazyLock::new(|| {
    let second = u32::try_from(jiff::Timestamp::now().as_second() & 0x3fff_ffff).unwrap_or(0).max(1);
    let epoch = PersistedDesSaltState::new(second).ok()?;
    DesSaltState::restart(epoch, |_| Ok::<(), std::io::Error>(())).ok()
});

/// What agents have in common.
pub struct Line {
    transport: UdpTransport,
    engines: Arc<EngineCache>,
    pub patience: Duration,
    pub retries: u32,
    pub pace: Option<Pace>,
}

/// Why an agent is not heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No answer came in time, however often it was asked.
    Silent,
    /// It answers, and refuses these credentials.
    Refused,
    /// It answers with an error and nothing else: the error's name.
    Failed(String),
    /// It answers with what is not understood.
    Strange(String),
}

/// How an agent can be asked, learnt on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// So many values.
    Bulk(usize),
    Next,
}

/// One agent, and what it may still cost.
pub struct Agent {
    client: Client<UdpHandle>,
    engines: Arc<EngineCache>,
    pace: Option<Pace>,
    retries: u32,
    manner: Manner,
    rediscovered: bool,
    /// Objects to which no answer came.
    silences: usize,
    /// When its time is over.
    deadline: Instant,
    /// Values that it may still tell.
    budget: usize,
    /// What it has told so far.
    pub told: Told,
    /// A table was not read to its end: it has no order, or a question about it could not be borne.
    pub partial: bool,
    /// What it first answered in place of an object or a column: an error by its name in RFC 3416, section 3, or `nothing`.
    pub error: Option<String>,
}

impl Line {
    /// Binds the socket that all agents share: one for both families where the machine has IPv6.
    pub async fn open(patience: Duration, retries: u32, pace: Option<Pace>) -> anyhow::Result<Self> {
        let bind = async |address: &str| {
            UdpTransport::builder()
                .bind(address)
                .recv_buffer_size(8 << 20)
                .warn_on_source_mismatch(false)
                .build()
                .await
        };
        let transport = match bind("[::]:0").await {
            Ok(transport) => transport,
            Err(_) => bind("0.0.0.0:0").await.map_err(|error| anyhow::anyhow!("no UDP socket: {error}"))?,
        };
        Ok(Self { transport, engines: Arc::new(EngineCache::new()), patience, retries, pace })
    }

    /// An agent to be asked at this address, with so much time and so many values.
    pub async fn agent(
        &self,
        address: SocketAddr,
        auth: &Auth,
        time: Duration,
        budget: usize,
    ) -> Result<Agent, Trouble> {
        let version1 = auth.version() == async_snmp::Version::V1;
        let retry = Retry::exponential(self.retries)
            .initial_delay(self.patience / 4)
            .max_delay(self.patience * 2)
            .jitter(0.25)
            .build()
            .unwrap_or_else(|_| Retry::none());
        let mut builder = Client::builder(address, auth.clone())
            .strict_source(true)
            .max_oids_per_request(OBJECTS)
            .request_timeout(self.patience)
            .retry(retry)
            .engine_cache(Arc::clone(&self.engines));
        if let Some(salt) = &*DES_SALT {
            builder = builder.des_salt_state(salt.clone());
        }
        let client = builder.build_with(&self.transport).await.map_err(|error| trouble(&error))?;
        Ok(Agent {
            client,
            engines: Arc::clone(&self.engines),
            pace: self.pace.clone(),
            retries: self.retries,
            manner: if version1 { Manner::Next } else { Manner::Bulk(VALUES) },
            rediscovered: false,
            silences: 0,
            deadline: Instant::now() + time,
            budget,
            told: Told::default(),
            partial: false,
            error: None,
        })
    }
}

impl Agent {
    /// Waits for something that is not the agent's, whose time stands still.
    pub async fn wait<T>(&mut self, waiting: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let outcome = waiting.await;
        self.deadline += began.elapsed();
        outcome
    }

    /// Asks for single objects; those that it does not have are simply not told.
    pub async fn get(&mut self, oids: &[Oid]) -> Result<(), Trouble> {
        for oids in oids.chunks(OBJECTS) {
            self.ask_together(oids).await?;
        }
        Ok(())
    }

    async fn ask_together(&mut self, oids: &[Oid]) -> Result<(), Trouble> {
        let wire: Vec<WireOid> = oids.iter().map(|oid| WireOid::from_slice(oid)).collect();
        match self.ask(&Question::Get(&wire)).await {
            Ok(varbinds) => {
                self.keep(varbinds);
                Ok(())
            }
            // Version 1 refuses the whole for one object that is missing; others stumble over one that they have.
            Err(Asked::Status(_)) if oids.len() > 1 => {
                for oid in oids {
                    Box::pin(self.ask_together(std::slice::from_ref(oid))).await?;
                }
                Ok(())
            }
            Err(Asked::Status(status)) => {
                self.fails(status);
                Ok(())
            }
            // Some have no answer to so many objects at once, or to one of them. Of an agent that has answered, that is
            // found out by halves.
            Err(Asked::Trouble(Trouble::Silent)) if !self.told.0.is_empty() && self.silences < SILENCES => {
                if oids.len() == 1 {
                    self.silences += 1;
                    self.error.get_or_insert_with(|| "nothing".to_owned());
                    return Ok(());
                }
                let (some, others) = oids.split_at(oids.len() / 2);
                Box::pin(self.ask_together(some)).await?;
                Box::pin(self.ask_together(others)).await
            }
            Err(Asked::Trouble(trouble)) => Err(trouble),
        }
    }

    /// Reads columns of one table side by side, so many rows at most.
    pub async fn columns(&mut self, columns: &[Oid], rows: usize) -> Result<(), Trouble> {
        let mut open: Vec<(usize, Oid)> = columns.iter().cloned().enumerate().collect();
        let mut counts = vec![0; columns.len()];
        while !open.is_empty() {
            if self.budget == 0 {
                self.partial = true;
                return Ok(());
            }
            let wire: Vec<WireOid> = open.iter().map(|(_, oid)| WireOid::from_slice(oid)).collect();
            let question = match self.manner {
                Manner::Bulk(values) => Question::Bulk(&wire, (values / wire.len()).max(1) as u32),
                Manner::Next => Question::Next(&wire),
            };
            let varbinds = match self.ask(&question).await {
                Ok(varbinds) => varbinds,
                Err(Asked::Trouble(Trouble::Refused)) => return Err(Trouble::Refused),
                Err(_) if self.simpler() => continue,
                Err(Asked::Status(_)) if open.len() > 1 => {
                    for (at, from) in std::mem::take(&mut open) {
                        let left = rows.saturating_sub(counts[at]);
                        Box::pin(self.column_from(&columns[at], from, left)).await?;
                    }
                    return Ok(());
                }
                Err(Asked::Status(status)) => {
                    self.partial |= self.fails(status);
                    return Ok(());
                }
                Err(Asked::Trouble(trouble)) => return Err(trouble),
            };
            if varbinds.is_empty() {
                // An answer without anything in it, again and again, is an endless one.
                if self.simpler() {
                    continue;
                }
                self.partial = true;
                return Ok(());
            }
            let width = open.len();
            let mut going: Vec<Option<Oid>> = vec![None; width];
            let mut ended = vec![false; width];
            for (at, varbind) in varbinds.into_iter().enumerate() {
                let place = at % width;
                let (column, from) = &open[place];
                if ended[place] {
                    continue;
                }
                let oid: Oid = varbind.oid.arcs().to_vec();
                let after = going[place].as_ref().unwrap_or(from);
                if !oid.starts_with(&columns[*column]) || varbind.value.is_exception() {
                    ended[place] = true;
                    continue;
                }
                if counts[*column] >= rows {
                    ended[place] = true;
                    self.partial = true;
                    continue;
                }
                if oid <= *after {
                    // Out of order: what came is kept, and nobody walks in a circle.
                    ended[place] = true;
                    self.partial = true;
                    continue;
                }
                counts[*column] += 1;
                going[place] = Some(oid.clone());
                if let Some(value) = value(varbind.value) {
                    self.told.0.insert(oid, value);
                    self.budget = self.budget.saturating_sub(1);
                }
            }
            // An answer may be cut before it comes to the last columns: those are asked for again.
            open = open
                .into_iter()
                .zip(going)
                .zip(ended)
                .filter(|(_, ended)| !ended)
                .map(|(((column, from), going), _)| (column, going.unwrap_or(from)))
                .collect();
        }
        Ok(())
    }

    /// One column by itself, from a row on.
    async fn column_from(&mut self, column: &Oid, from: Oid, rows: usize) -> Result<(), Trouble> {
        let mut after = from;
        for left in (0..=rows).rev() {
            let varbinds = match self.ask(&Question::Next(&[WireOid::from_slice(&after)])).await {
                Ok(varbinds) => varbinds,
                Err(Asked::Status(status)) => {
                    self.partial |= self.fails(status);
                    return Ok(());
                }
                Err(Asked::Trouble(trouble)) => return Err(trouble),
            };
            let Some(varbind) = varbinds.into_iter().next() else { return Ok(()) };
            let oid: Oid = varbind.oid.arcs().to_vec();
            if !oid.starts_with(column) || varbind.value.is_exception() {
                return Ok(());
            }
            if left == 0 || self.budget == 0 || oid <= after {
                self.partial = true;
                return Ok(());
            }
            after.clone_from(&oid);
            self.budget -= 1;
            if let Some(value) = value(varbind.value) {
                self.told.0.insert(oid, value);
            }
        }
        Ok(())
    }

    /// An object or a column ends with this status: has the agent failed? Version 1 says `noSuchName` behind the last thing
    /// that it has (RFC 1157, 4.1.2 and 4.1.3).
    fn fails(&mut self, status: ErrorStatus) -> bool {
        let fails = status != ErrorStatus::NoSuchName;
        if fails {
            self.error.get_or_insert_with(|| status.to_string());
        }
        fails
    }

    /// The next simpler manner of asking; false where there is none.
    fn simpler(&mut self) -> bool {
        self.manner = match self.manner {
            Manner::Bulk(values) if values > 4 => Manner::Bulk(values / 2),
            Manner::Bulk(_) => Manner::Next,
            Manner::Next => return false,
        };
        true
    }

    /// Asks, within the agent's time. An engine that was replaced is found anew, once.
    async fn ask(&mut self, question: &Question<'_>) -> Result<Vec<VarBind>, Asked> {
        loop {
            if let Some(pace) = self.pace.clone() {
                self.wait(pace.turn()).await;
            }
            let answer = match tokio::time::timeout_at(self.deadline, question.put(&self.client)).await {
                Ok(answer) => answer,
                Err(_) => return Err(Asked::Trouble(Trouble::Silent)),
            };
            match answer {
                Ok(varbinds) => return Ok(varbinds),
                Err(error) => {
                    if let Some(status) = status(&error) {
                        // Of an agent that has answered, it is about these objects.
                        let is_refusal = matches!(status, ErrorStatus::AuthorizationError | ErrorStatus::NoAccess);
                        return Err(if is_refusal && self.told.0.is_empty() {
                            Asked::Trouble(Trouble::Refused)
                        } else {
                            Asked::Status(status)
                        });
                    }
                    let trouble = trouble(&error);
                    if let (Trouble::Silent, Some(pace)) = (&trouble, &self.pace) {
                        pace.spend(self.retries).await;
                    }
                    // Only an engine that was there can have been replaced.
                    let is_known = self.engines.get(&self.client.peer_addr()).is_some();
                    if trouble != Trouble::Silent || !is_known {
                        return Err(Asked::Trouble(trouble));
                    }
                    if !std::mem::replace(&mut self.rediscovered, true) {
                        let found = tokio::time::timeout_at(self.deadline, rediscover(&self.client)).await;
                        if matches!(found, Ok(Ok(()))) {
                            continue;
                        }
                        return Err(Asked::Trouble(Trouble::Silent));
                    }
                    // The engine tells its name and answers no question: its reports of wrong secrets bear no
                    // signature, and are believed by nobody.
                    let refused = self.told.0.is_empty();
                    return Err(Asked::Trouble(if refused { Trouble::Refused } else { Trouble::Silent }));
                }
            }
        }
    }

    fn keep(&mut self, varbinds: Vec<VarBind>) {
        for varbind in varbinds {
            if let Some(value) = value(varbind.value) {
                self.told.0.insert(varbind.oid.arcs().to_vec(), value);
                self.budget = self.budget.saturating_sub(1);
            }
        }
    }
}
