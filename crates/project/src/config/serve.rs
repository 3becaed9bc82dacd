//! The settings of `takk serve` from the environment, and their limits.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use super::variables::{path, variable};
use takk_vault::SecretValue;

/// The default address of `takk serve`, reachable from this machine only.
pub const LISTEN: &str = "127.0.0.1:8421";

/// How often `takk serve` looks for expired environments.
pub const SWEEP_INTERVAL: Duration = Duration::from_hours(1);

/// The format of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One line of text for each event.
    #[default]
    Text,
    /// One JSON object for each event.
    Json,
}

/// The variables that configure `takk serve`. Options on the command line take precedence.
#[derive(Clone, Default)]
pub struct ServeVariables {
    /// `TAKK_LISTEN`: the address and port.
    pub listen: Option<String>,
    /// `TAKK_DATABASE`: the URL of a PostgreSQL database. A variable because it may hold a password, which a command line would expose.
    pub database: Option<String>,
    /// `TAKK_TRUSTED_PROXIES`: networks, separated by commas.
    pub trusted_proxies: Option<String>,
    /// `TAKK_OIDC_ISSUER`: the provider where people sign in.
    pub oidc_issuer: Option<String>,
    /// `TAKK_OIDC_CLIENT_ID`: the server's client ID at the provider.
    pub oidc_client_id: Option<String>,
    /// `TAKK_OIDC_CLIENT_SECRET`: its client secret.
    pub oidc_client_secret: Option<Arc<SecretValue>>,
    /// `TAKK_OIDC_CLIENT_SECRET_FILE`: a file with its client secret.
    pub oidc_client_secret_file: Option<PathBuf>,
    /// `TAKK_CI_ISSUERS`: the issuers of CI job tokens, separated by commas.
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

/// The settings of `takk serve`.
#[derive(Clone)]
pub struct ServeSettings {
    /// The address and port; port 0 means any free one.
    pub listen: SocketAddr,
    /// The URL of a PostgreSQL database; without one, the user's own store.
    pub database: Option<String>,
    /// The public URL of the server, if it is not the address that it listens on.
    pub public_url: Option<String>,
    /// The proxies in front of it.
    pub proxies: TrustedProxies,
    /// An OpenID Connect provider for sign-in, in addition to passwords.
    pub oidc: Option<OidcSettings>,
    /// The issuers of CI job tokens that projects may trust.
    pub ci_issuers: Vec<String>,
    /// How often the server looks for expired environments.
    pub sweep_interval: Duration,
    pub limits: Limits,
}

/// The default issuers of CI job tokens: GitHub Actions and GitLab CI.
pub const CI_ISSUERS: [&str; 2] = ["https://token.actions.githubusercontent.com", "https://gitlab.com"];

/// An OpenID Connect provider where people sign in.
#[derive(Clone)]
pub struct OidcSettings {
    pub issuer: String,
    /// The server's client ID.
    pub client_id: String,
    /// The client secret; a public client has none.
    pub client_secret: Option<Arc<SecretValue>>,
    pub name: String,
}

/// The proxies in front of a server, whose headers about the client's address are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    /// Their networks; empty if no proxy is trusted.
    pub networks: Vec<IpNet>,
    pub header: ForwardedHeader,
}

impl TrustedProxies {
    /// Whether one of the networks contains this address.
    pub fn cover(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

/// The header in which proxies pass the client's address. Only the header that the proxies set is trusted, because clients can send the
/// other one themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}

/// The limits of a server: nothing that clients send or hold is unbounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum size of a request body, in bytes.
    pub body: usize,
    /// The maximum size of the headers of a request, in bytes.
    pub headers: usize,
    /// The maximum number of open connections; further ones wait.
    pub connections: usize,
    /// The maximum number of connections from one address, unless it is a trusted proxy's; further ones are closed.
    pub connections_each: usize,
    /// How long the headers of a request may take to arrive, and how long a connection may be idle.
    pub header_wait: Duration,
    /// How long a request may take, from its headers to the response.
    pub request: Duration,
    /// How long a client may stop reading the response before its connection is closed.
    pub silence: Duration,
    /// How long a request waits for a connection to the store.
    pub store_wait: Duration,
    /// How long running requests may take to finish during a shutdown.
    pub shutdown: Duration,
    /// How many failed authentications an address may have each minute.
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
