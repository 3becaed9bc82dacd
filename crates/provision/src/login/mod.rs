//! Whether a server is ready: it accepts a login over TCP, with the credentials that the program will use. Not that a port is open, a log
//! line was written or a health check passed: all of these come too early, or never.
//!
//! One file per protocol. Each logs in, makes one harmless round trip, and reads the server's version if the protocol provides
//! it. The server may be another one, or a hostile one: [`wire`] and [`http`] limit the time and size of a check, and [`words`]
//! limits what an error quotes from a response.

mod address;
mod amqp;
mod bson;
mod clickhouse;
mod cursor;
mod health_page;
mod http;
mod kafka;
mod mongo;
mod mysql;
mod nats;
mod opensearch;
mod otel;
mod postgres;
mod redis;
mod s3;
mod scram;
mod sigv4;
mod spark;
mod sqs;
#[cfg(test)]
mod tests;
mod tls;
mod typed;
mod until_ready;
mod wire;
mod words;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

pub use address::LoginAddress;
pub(crate) use cursor::Cursor;
pub(crate) use kafka::{KafkaError, KafkaSession};
pub(crate) use mongo::{ADMIN as MONGO_ADMIN, MongoError, MongoSession};
pub use s3::create_bucket;
pub use tls::Tls;
pub use typed::TypedAddress;
pub use until_ready::until_ready;
pub(crate) use wire::{MOST_OF_MESSAGE, Wire};
pub(crate) use words::cleaned;

/// The longest timeout of a check, because the deadline must be representable.
const LONGEST: Duration = Duration::from_hours(1);

/// Where a server listens, with the credentials for it.
#[derive(Clone, Copy)]
pub struct Login<'l> {
    /// The kind, a file name of the catalog.
    pub kind: &'l str,
    pub host: &'l str,
    /// Where to connect, if the host was resolved before. TLS verifies the host in any case.
    pub address: Option<IpAddr>,
    /// The kind's main port, as published on the host.
    pub port: u16,
    /// The kind's further ports, by name.
    pub ports: &'l BTreeMap<String, u16>,
    /// The credentials by name: `username`, `password`, `database`.
    pub credentials: &'l BTreeMap<String, Zeroizing<String>>,
    /// How the connection is encrypted; `None` if it is not. Only the protocols that [`LoginAddress`] reads use it.
    pub tls: Option<&'l Tls>,
    /// The timeout of the whole check.
    pub timeout: Duration,
}

impl Login<'_> {
    /// A credential, unless it is empty.
    fn credential(&self, name: &str) -> Option<&str> {
        self.credentials.get(name).map(|value| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The deadline of a check that starts now.
    fn deadline(&self) -> Instant {
        Instant::now() + self.timeout.min(LONGEST)
    }
}

/// A server that accepted a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The version that the server reports, without additions of the distribution: `17.10`, `10.11.6`. `None` if its protocol has none.
    pub version: Option<String>,
}

/// Why a server is not ready.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// Nothing responds, or not in time: it may be starting.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// It responds that it is starting, or closes the connection before it sends anything.
    #[error("still starting: {0}")]
    Starting(String),
    /// It rejects the credentials.
    #[error("the server rejects the credentials: {0}")]
    Refused(String),
    /// It has no password, so that the credentials prove nothing: not the server that takk configured.
    #[error("the server has no password: it accepts everyone")]
    Open,
    /// It accepts the login, but lacks something that the program needs.
    #[error("not complete: {0}")]
    Incomplete(String),
    /// The server does not use the protocol of the kind.
    #[error("not a server of this kind: {0}")]
    OtherServer(String),
}

/// The result of a check.
type Answer = Result<Accepted, NotReady>;

/// A check, which must end before the deadline.
type Check = fn(&Login<'_>, Instant) -> Answer;

/// The check of each kind in the catalog whose server takk can run.
const CHECKS: &[(&str, Check)] = &[
    ("amqp", amqp::log_in),
    ("clickhouse", clickhouse::log_in),
    ("cockroach", postgres::log_in),
    ("database", postgres::log_in),
    ("kafka", kafka::log_in),
    ("loki", health_page::loki),
    ("mariadb", mysql::log_in),
    ("mimir", health_page::mimir),
    ("mlflow", health_page::mlflow),
    ("mongo", mongo::log_in),
    ("mysql", mysql::log_in),
    ("nats", nats::log_in),
    ("opensearch", opensearch::log_in),
    ("otel", otel::log_in),
    ("postgres", postgres::log_in),
    ("prometheus", health_page::prometheus),
    ("redis", redis::log_in),
    ("s3", s3::log_in),
    ("spark", spark::log_in),
    ("sqs", sqs::log_in),
];

/// Logs in once, and makes one harmless round trip.
///
/// # Errors
///
/// Why the server is not ready. Includes the server's own message, cut to 200 characters, but never a credential.
pub fn log_in(login: &Login<'_>) -> Result<Accepted, NotReady> {
    let check = CHECKS.iter().find(|(kind, _)| *kind == login.kind);
    let Some((_, check)) = check else {
        return Err(NotReady::OtherServer(format!("takk cannot log in to the kind `{}`", login.kind)));
    };
    check(login, login.deadline())
}
