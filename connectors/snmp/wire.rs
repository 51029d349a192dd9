//! Questions and answers as the SNMP library has them. With `agent.rs` and `settings.rs`, all that knows it.

use std::pin::Pin;

use async_snmp::transport::UdpHandle;
use async_snmp::{Client, ErrorKind, ErrorStatus, Oid as WireOid, Value as WireValue, VarBind};

use super::agent::Trouble;
use super::told::Value;

pub type Answered = Result<Vec<VarBind>, Box<async_snmp::Error>>;

/// One question of the protocol.
pub enum Question<'a> {
    Get(&'a [WireOid]),
    Next(&'a [WireOid]),
    Bulk(&'a [WireOid], u32),
}

impl Question<'_> {
    /// Boxed: the library's futures are deep, and the compiler counts them.
    pub fn put<'q>(&'q self, client: &'q Client<UdpHandle>) -> Pin<Box<dyn Future<Output = Answered> + Send + 'q>> {
        Box::pin(async move {
            match self {
                Self::Get(oids) => client.get_many(oids).await.map(|told| told.varbinds),
                Self::Next(oids) => client.get_next_many(oids).await.map(|told| told.varbinds),
                Self::Bulk(oids, rows) => client.get_bulk(oids, 0, *rows).await,
            }
        })
    }
}

pub fn rediscover(
    client: &Client<UdpHandle>,
) -> Pin<Box<dyn Future<Output = Result<(), Box<async_snmp::Error>>> + Send + '_>> {
    Box::pin(client.rediscover_engine())
}

/// How a question ended that has no answer.
pub enum Asked {
    /// The agent answers this one with an error.
    Status(ErrorStatus),
    Trouble(Trouble),
}

pub fn status(error: &async_snmp::Error) -> Option<ErrorStatus> {
    match error {
        async_snmp::Error::Snmp { status, .. } => Some(*status),
        async_snmp::Error::Exchange { source, .. } => status(source),
        _ => None,
    }
}

pub fn trouble(error: &async_snmp::Error) -> Trouble {
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
pub fn value(wire: WireValue) -> Option<Value> {
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
