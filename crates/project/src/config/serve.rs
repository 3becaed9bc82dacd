//! The settings of `takk serve` from the environment, and their limits.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use super::variables::{path, variable};
use takk_vault::SecretValue;

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
#[derive(Clone, Default)]
pub struct ServeVariables {
    /// `TAKK_LISTEN`: the address and port.
    pub listen: Option<String>,
    /// `TAKK_DATABASE`: the URL of a PostgreSQL database. It may hold a password, which a command line would show.
    pub database: Option<String>,
    /// `TAKK_TRUSTED_PROXIES`: networks, with commas between them.
    pub trusted_proxies: Option<String>,
    /// `TAKK_OIDC_ISSUER`: where people sign in.
    pub oidc_issuer: Option<String>,
    /// `TAKK_OIDC_CLIENT_ID`: what this server is there.
    pub oidc_client_id: Option<String>,
    /// `TAKK_OIDC_CLIENT_SECRET`: what proves it.
    pub oidc_client_secret: Option<Arc<SecretValue>>,
    /// `TAKK_OIDC_CLIENT_SECRET_FILE`: the file that holds it.
    pub oidc_client_secret_file: Option<PathBuf>,
    /// `TAKK_CI_ISSUERS`: who may vouch for programs, with commas between them.
    pub ci_issuers: Option<String>,
}

impl ServeVariables {
    pub fn of_process() -> Self {
        Self {
            listen: variable("TAKK_LISTEN"),
            database: variable("TAKK_DATABASE"),
            trusted_proxies: variable("TAKK_TRUSTED_PROXIES"),
            oidc_issuer: variable("TAKK_OIDC_ISSUER"),
            oidc_client_id: variable("TAKK_OIDC_CLIENT_ID"),
            oidc_client_secret: variable("TAKK_OIDC_CLIENT_SECRET").map(|text| Arc::new(SecretValue::new(text))),
            oidc_client_secret_file: path("TAKK_OIDC_CLIENT_SECRET_FILE"),
            ci_issuers: variable("TAKK_CI_ISSUERS"),
        }
    }
}

/// What `takk serve` does where, and how.
#[derive(Clone)]
pub struct ServeSettings {
    /// The address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The URL of a PostgreSQL database; the store of this user without one.
    pub database: Option<String>,
    /// The address that others reach the server under, if it is not the one it listens on.
    pub public_url: Option<String>,
    /// The proxies in front of it.
    pub proxies: TrustedProxies,
    /// Where people sign in beside here.
    pub oidc: Option<OidcSettings>,
    /// Who may vouch for programs, if a project trusts them.
    pub ci_issuers: Vec<String>,
    pub limits: Limits,
}

/// Who may vouch for programs if nobody says: GitHub Actions and GitLab CI.
pub const CI_ISSUERS: [&str; 2] = ["https://token.actions.githubusercontent.com", "https://gitlab.com"];

/// A provider of OpenID Connect, where people sign in.
#[derive(Clone)]
pub struct OidcSettings {
    pub issuer: String,
    /// What this server is there.
    pub client_id: String,
    /// What proves it; a public client has nothing.
    pub client_secret: Option<Arc<SecretValue>>,
    pub name: String,
}

/// The proxies that stand in front of a server: what they say of the address of a client is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    /// Where they are; nobody is believed without one.
    pub networks: Vec<IpNet>,
    pub header: ForwardedHeader,
}

impl TrustedProxies {
    /// Whether one of them has this address.
    pub fn cover(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

/// The header in which proxies say for whom they ask. Only the one that they write themselves can be believed: another one may come
/// from whoever asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
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
    /// How many of them one address may have, unless it is that of a proxy that is trusted; more are closed.
    pub connections_each: usize,
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
            connections: 1024,
            connections_each: 512,
            header_wait: Duration::from_secs(30),
            request: Duration::from_secs(30),
            silence: Duration::from_secs(30),
            store_wait: Duration::from_secs(10),
            shutdown: Duration::from_secs(20),
            failures_per_minute: 120,
        }
    }
}
