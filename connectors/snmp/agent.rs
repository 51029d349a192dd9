//! Speaking to one agent. The only file that knows the SNMP library: everything else sees [`Told`].
//!
//! One question at a time; each is small, asked again when no answer comes, and made smaller or simpler where the agent
//! cannot bear it: GETBULK with fewer rows, then GETNEXT, then one object at a time.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_snmp::transport::{UdpHandle, UdpTransport};
use async_snmp::v3::{DesSaltState, EngineCache};
use async_snmp::{Auth, Client, ErrorKind, ErrorStatus, Oid as WireOid, Retry, Value as WireValue, VarBind};
use tokio::time::Instant;

use super::told::{Oid, Told, Value};
use crate::pace::Pace;

/// Rows asked for at once, at first: more make answers that fragments of which are lost, and some agents skip rows.
const ROWS: u32 = 20;
/// Objects in one GET.
const OBJECTS: usize = 16;

/// What agents have in common.
pub struct Line {
    transport: UdpTransport,
    engines: Arc<EngineCache>,
    /// DES wants a salt that never repeats under one key; this process has one epoch, told to nobody.
    des_salt: Option<DesSaltState>,
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
    /// It answers with what is not understood.
    Strange(String),
}

/// How an agent can be asked, learnt on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Bulk(u32),
    Next,
}

/// One agent, and what it may still cost.
pub struct Agent {
    client: Client<UdpHandle>,
    pace: Option<Pace>,
    version1: bool,
    manner: Manner,
    rediscovered: bool,
    /// When its time is over.
    deadline: Instant,
    /// Values that it may still tell.
    budget: usize,
    /// What it has told so far.
    pub told: Told,
    /// Something was left out: a table that has no order, a question that it could not bear.
    pub partial: bool,
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
        let des_salt = DesSaltState::install(|_| Ok::<(), std::io::Error>(())).ok();
        Ok(Self { transport, engines: Arc::new(EngineCache::new()), des_salt, patience, retries, pace })
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
            .request_timeout(self.patience)
            .retry(retry)
            .engine_cache(Arc::clone(&self.engines));
        if let Some(salt) = &self.des_salt {
            builder = builder.des_salt_state(salt.clone());
        }
        let client = builder.build_with(&self.transport).await.map_err(|error| trouble(&error))?;
        Ok(Agent {
            client,
            pace: self.pace.clone(),
            version1,
            manner: if version1 { Manner::Next } else { Manner::Bulk(ROWS) },
            rediscovered: false,
            deadline: Instant::now() + time,
            budget,
            told: Told::default(),
            partial: false,
        })
    }
}

impl Agent {
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
            Err(Asked::Status) if oids.len() > 1 => {
                for oid in oids {
                    Box::pin(self.ask_together(std::slice::from_ref(oid))).await?;
                }
                Ok(())
            }
            Err(Asked::Status) => Ok(()),
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
                Manner::Bulk(rows) => Question::Bulk(&wire, rows),
                Manner::Next => Question::Next(&wire),
            };
            let varbinds = match self.ask(&question).await {
                Ok(varbinds) => varbinds,
                Err(Asked::Trouble(Trouble::Refused)) => return Err(Trouble::Refused),
                Err(_) if self.simpler() => continue,
                // Version 1 says so at the end of what it has.
                Err(Asked::Status) if self.version1 && open.len() == 1 => return Ok(()),
                Err(Asked::Status) if open.len() > 1 => {
                    for (at, from) in std::mem::take(&mut open) {
                        let left = rows.saturating_sub(counts[at]);
                        Box::pin(self.column_from(&columns[at], from, left)).await?;
                    }
                    return Ok(());
                }
                Err(Asked::Status) => {
                    self.partial = true;
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
            open = open
                .into_iter()
                .zip(going)
                .zip(ended)
                .filter(|(_, ended)| !ended)
                .filter_map(|(((column, _), going), _)| Some((column, going?)))
                .collect();
        }
        Ok(())
    }

    /// One column by itself, from a row on.
    async fn column_from(&mut self, column: &Oid, from: Oid, rows: usize) -> Result<(), Trouble> {
        let mut after = from;
        for _ in 0..rows {
            let varbinds = match self.ask(&Question::Next(&[WireOid::from_slice(&after)])).await {
                Ok(varbinds) => varbinds,
                Err(Asked::Status) => return Ok(()),
                Err(Asked::Trouble(trouble)) => return Err(trouble),
            };
            let Some(varbind) = varbinds.into_iter().next() else { return Ok(()) };
            let oid: Oid = varbind.oid.arcs().to_vec();
            if !oid.starts_with(column) || varbind.value.is_exception() || self.budget == 0 {
                return Ok(());
            }
            if oid <= after {
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

    /// The next simpler manner of asking; false where there is none.
    fn simpler(&mut self) -> bool {
        self.manner = match self.manner {
            Manner::Bulk(rows) if rows > 2 => Manner::Bulk(rows / 2),
            Manner::Bulk(_) => Manner::Next,
            Manner::Next => return false,
        };
        true
    }

    /// Asks, within the agent's time. An engine that was replaced is found anew, once.
    async fn ask(&mut self, question: &Question<'_>) -> Result<Vec<VarBind>, Asked> {
        loop {
            if let Some(pace) = &self.pace {
                pace.turn().await;
            }
            let answer = match tokio::time::timeout_at(self.deadline, question.put(&self.client)).await {
                Ok(answer) => answer,
                Err(_) => return Err(Asked::Trouble(Trouble::Silent)),
            };
            match answer {
                Ok(varbinds) => return Ok(varbinds),
                Err(error) if error.kind() == ErrorKind::Snmp => {
                    return Err(match status(&error) {
                        Some(ErrorStatus::AuthorizationError | ErrorStatus::NoAccess) => {
                            Asked::Trouble(Trouble::Refused)
                        }
                        _ => Asked::Status,
                    });
                }
                Err(error) => {
                    let trouble = trouble(&error);
                    let is_v3 = self.client.security_level().is_some();
                    if trouble != Trouble::Silent || !is_v3 {
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

type Answered = Result<Vec<VarBind>, Box<async_snmp::Error>>;

/// One question of the protocol.
enum Question<'a> {
    Get(&'a [WireOid]),
    Next(&'a [WireOid]),
    Bulk(&'a [WireOid], u32),
}

impl Question<'_> {
    /// Boxed: the library's futures are deep, and the compiler counts them.
    fn put<'q>(&'q self, client: &'q Client<UdpHandle>) -> Pin<Box<dyn Future<Output = Answered> + Send + 'q>> {
        Box::pin(async move {
            match self {
                Self::Get(oids) => client.get_many(oids).await.map(|told| told.varbinds),
                Self::Next(oids) => client.get_next_many(oids).await.map(|told| told.varbinds),
                Self::Bulk(oids, rows) => client.get_bulk(oids, 0, *rows).await,
            }
        })
    }
}

fn rediscover(
    client: &Client<UdpHandle>,
) -> Pin<Box<dyn Future<Output = Result<(), Box<async_snmp::Error>>> + Send + '_>> {
    Box::pin(client.rediscover_engine())
}

/// How a question ended that has no answer.
enum Asked {
    /// The agent cannot answer this one.
    Status,
    Trouble(Trouble),
}

fn status(error: &async_snmp::Error) -> Option<ErrorStatus> {
    match error {
        async_snmp::Error::Snmp { status, .. } => Some(*status),
        async_snmp::Error::Exchange { source, .. } => status(source),
        _ => None,
    }
}

fn trouble(error: &async_snmp::Error) -> Trouble {
    match error.kind() {
        ErrorKind::Timeout | ErrorKind::ConstructionTimeout | ErrorKind::Network | ErrorKind::Closed => {
            Trouble::Silent
        }
        ErrorKind::Auth | ErrorKind::Report | ErrorKind::Privacy => Trouble::Refused,
        // Its messages name addresses and kinds of errors, never a secret.
        _ => Trouble::Strange(error.to_string()),
    }
}

/// A value as far as its sort matters; exceptions and what is unknown are none.
fn value(wire: WireValue) -> Option<Value> {
    Some(match wire {
        WireValue::Integer(number) => Value::Number(number.into()),
        WireValue::Counter32(number) | WireValue::Gauge32(number) | WireValue::UInteger32(number) => {
            Value::Number(number.into())
        }
        WireValue::Counter64(number) => Value::Number(i64::try_from(number).unwrap_or(i64::MAX)),
        WireValue::TimeTicks(ticks) => Value::Ticks(ticks),
        WireValue::OctetString(bytes) => Value::Bytes(bytes.to_vec()),
        WireValue::ObjectIdentifier(oid) => Value::Object(oid.arcs().to_vec()),
        WireValue::IpAddress(address) => Value::Address(address),
        _ => return None,
    })
}
