//! The address of a database: a URL as libpq accepts it, with these values of `sslmode`:
//!
//! | `sslmode` | TLS | certificate |
//! |---|---|---|
//! | `disable` | no | |
//! | `prefer`, or omitted | if the server offers it | not verified, unless `sslrootcert` is set |
//! | `require` | yes | not verified, unless `sslrootcert` is set |
//! | `verify-ca`, `verify-full` | yes | verified, including the host name, against `sslrootcert`, else the public certificate authorities |

use std::time::Duration;

use postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

use crate::address_error::AddressError;
use crate::tls;

/// The default port of PostgreSQL.
const PORT: u16 = 5432;

/// The timeout of connecting.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the server may take to acknowledge data.
const SILENCE: Duration = Duration::from_secs(15);

/// The address of a database, and how to connect to it.
pub struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// The `sslmode` parameter, if there is one.
    mode: Option<String>,
    /// The `sslrootcert` parameter, if there is one.
    roots: Option<String>,
    /// The URL without its password and parameters.
    pub shown: String,
}

impl Address {
    /// Parses an address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let wrong = |why: String| AddressError::Invalid { why };
        // The parser's message may contain a part of the URL, and thus of the password.
        let mut url = Url::parse(text).map_err(|_| wrong("it is not a URL".to_owned()))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(wrong(format!("`{}` is not `postgresql`", url.scheme())));
        }
        let shown = shown(&url);
        let (mut named, mut roots, mut rest) = (None, None, Vec::new());
        for (name, value) in url.query_pairs().into_owned() {
            match name.as_str() {
                "sslmode" => named = Some(value),
                "sslrootcert" => roots = Some(value),
                _ => rest.push((name, value)),
            }
        }
        let (known, is_verified) = match named.as_deref().unwrap_or("prefer") {
            "disable" => ("disable", false),
            "allow" | "prefer" => ("prefer", roots.is_some()),
            "require" => ("require", roots.is_some()),
            "verify-ca" | "verify-full" => ("require", true),
            other => return Err(wrong(format!("`sslmode={other}` is not a valid mode"))),
        };
        rest.push(("sslmode".to_owned(), known.to_owned()));
        url.query_pairs_mut().clear().extend_pairs(rest);
        let mut config: Config = url.as_str().parse().map_err(|_| wrong("PostgreSQL does not accept it".to_owned()))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("takk");
        }
        let tls = if known == "disable" { None } else { Some(tls::connector(is_verified, roots.as_deref())?) };
        Ok(Self { config, tls, mode: named, roots, shown })
    }

    /// Connects, with a timeout.
    pub fn connect(&self) -> Result<Client, postgres::Error> {
        match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        }
    }

    /// The same server, with another login and database.
    #[must_use]
    pub fn with_login(&self, user: &str, password: &str, database: &str) -> Self {
        let mut config = self.config.clone();
        config.user(user).password(password).dbname(database);
        let (tls, mode, roots) = (self.tls.clone(), self.mode.clone(), self.roots.clone());
        Self { config, tls, mode, roots, shown: format!("{user} on {database}") }
    }

    /// The same server and login, with another database.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        let mut config = self.config.clone();
        config.dbname(database);
        let (tls, mode, roots) = (self.tls.clone(), self.mode.clone(), self.roots.clone());
        Self { config, tls, mode, roots, shown: self.shown.clone() }
    }

    /// The host, if there is exactly one and it uses TCP; `None` for several hosts, or a Unix socket.
    pub fn host(&self) -> Option<&str> {
        match self.config.get_hosts() {
            [postgres::config::Host::Tcp(host)] => Some(host),
            _ => None,
        }
    }

    pub fn port(&self) -> u16 {
        self.config.get_ports().first().copied().unwrap_or(PORT)
    }

    /// The user, if the address contains one.
    pub fn user(&self) -> Option<&str> {
        self.config.get_user()
    }

    /// The `sslmode` parameter, if there is one.
    pub fn ssl_mode(&self) -> Option<&str> {
        self.mode.as_deref()
    }

    /// The file with the certificate authorities, if the address contains one.
    pub fn ssl_roots(&self) -> Option<&str> {
        self.roots.as_deref()
    }

    /// Whether it refuses to connect without TLS.
    pub fn requires_tls(&self) -> bool {
        matches!(self.mode.as_deref(), Some("require" | "verify-ca" | "verify-full"))
    }
}

/// The URL of a database in a form that may be shown: without its password and its parameters, which may contain one.
pub fn shown_address(url: &str) -> String {
    Url::parse(url).map_or_else(|_| "the database".to_owned(), |url| shown(&url))
}

pub(crate) fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    // This only fails for a URL without a host, which has no password.
    let _ = shown.set_password(None);
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        let address = Address::parse("postgresql://ada:s3cret@db.example.org:5433/takk?sslmode=disable&password=s3cret");
        assert_eq!(address.ok().map(|address| address.shown).as_deref(), Some("postgresql://ada@db.example.org:5433/takk"));
        for wrong in
            ["s3cret", "mysql://a:s3cret@b/c", "postgresql://a:s3cret@b/c?sslmode=sure", "postgresql://a:s3cret@b/c?x=y"]
        {
            let error = Address::parse(wrong).err().expect("refused");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn every_sslmode_is_known() {
        for mode in ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] {
            assert!(Address::parse(&format!("postgres://db/takk?sslmode={mode}")).is_ok(), "{mode}");
        }
        let missing = Address::parse("postgres://db/takk?sslmode=verify-full&sslrootcert=/nowhere.pem");
        assert!(matches!(missing, Err(AddressError::File { .. })));
    }
}
