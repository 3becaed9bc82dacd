//! Whether a server is ready: it accepts a login over TCP, with the credentials that the program will use. Not that a port is open, a log
//! line was written or a health check passed: all of these come too early, or never.

use std::collections::BTreeMap;
use std::time::Duration;

use zeroize::Zeroizing;

/// Where a server listens, and the credentials for it.
pub struct Login<'l> {
    /// The kind, a file name of the catalog.
    pub kind: &'l str,
    pub host: &'l str,
    /// The kind's own port, as it is reachable from here.
    pub port: u16,
    /// The ports that the kind publishes besides, by name.
    pub ports: &'l BTreeMap<String, u16>,
    /// The credentials by name: `username`, `password`, `database`.
    pub credentials: &'l BTreeMap<String, Zeroizing<String>>,
    /// The longest that the whole check may take.
    pub timeout: Duration,
}

/// A server that accepted a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The version that the server says it has; `None` if its protocol does not tell.
    pub version: Option<String>,
}

/// Why a server is not ready.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// Nothing answers, or not in time: it may be starting.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// It answers that it is starting, or ends the connection before it says anything.
    #[error("still starting: {0}")]
    Starting(String),
    /// It refuses the credentials.
    #[error("the server refuses the credentials: {0}")]
    Refused(String),
    /// What answers there does not speak the protocol of the kind.
    #[error("not a server of this kind: {0}")]
    OtherServer(String),
}
