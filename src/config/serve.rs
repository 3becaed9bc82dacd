//! What `takk serve` is told by the environment, and the bounds it works in.

use std::net::SocketAddr;
use std::time::Duration;

use super::variables::variable;

/// Where `takk serve` listens if it is not told: on this machine alone.
pub const LISTEN: &str = "127.0.0.1:8421";

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One line of text for each event, for people.
    #[default]
    Text,
    /// One object for each event, for programs.
    Json,
}

/// What the environment says about `takk serve`; what is on its command line comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServeVariables {
    /// `TAKK_LISTEN`: the address and port.
    pub listen: Option<String>,
    /// `TAKK_DATABASE`: the URL of a PostgreSQL database. It may hold a password, which a command line would show.
    pub database: Option<String>,
}

impl ServeVariables {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self { listen: variable("TAKK_LISTEN"), database: variable("TAKK_DATABASE") }
    }
}

/// What `takk serve` does where, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeSettings {
    /// The address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The URL of a PostgreSQL database; the store of this user without one.
    pub database: Option<String>,
    /// The address that others reach the server under, if it is not the one it listens on.
    pub public_url: Option<String>,
    /// The bounds.
    pub limits: Limits,
}

/// The bounds of a server: whatever comes in ends somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes the body of a request may have.
    pub body: usize,
    /// How many bytes the headers of a request may have.
    pub headers: usize,
    /// How many connections are open at once; more have to wait.
    pub connections: usize,
    /// How long the headers of a request may take, and how long a connection may be idle.
    pub header_wait: Duration,
    /// How long a request may take from its headers to the answer.
    pub request: Duration,
    /// How long whoever asked may take nothing of the answer: the connection of one who is gone, or does not read, ends then.
    pub silence: Duration,
    /// How long a request waits for the store when all its connections are busy.
    pub store_wait: Duration,
    /// How long requests may still run when the server is told to end.
    pub shutdown: Duration,
    /// How many attempts with a wrong token an address has each minute.
    pub failures_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 2 * 1024 * 1024,
            headers: 32 * 1024,
            connections: 2048,
            header_wait: Duration::from_secs(30),
            request: Duration::from_secs(30),
            silence: Duration::from_secs(30),
            store_wait: Duration::from_secs(10),
            shutdown: Duration::from_secs(20),
            failures_per_minute: 120,
        }
    }
}
