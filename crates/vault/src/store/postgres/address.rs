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

use super::super::{Result, StoreError};
use super::tls;

/// The timeout of connecting.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the server may take to acknowledge data.
const SILENCE: Duration = Duration::from_secs(15);

/// The parsed URL of a database.
pub(super) struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    /// The URL without its password.
    pub shown: String,
}

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let wrong = |why: String| StoreError::Address { why };
        // The parser's message may contain part of the URL, and so of the password.
        let mut url = Url::parse(text).map_err(|_| wrong("it is not a URL".to_owned()))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(wrong(format!("`{}` is not `postgresql`", url.scheme())));
        }
        let shown = shown(&url);
        let (mut mode, mut roots, mut rest) = ("prefer".to_owned(), None, Vec::new());
        for (name, value) in url.query_pairs().into_owned() {
            match name.as_str() {
                "sslmode" => mode = value,
                "sslrootcert" => roots = Some(value),
                _ => rest.push((name, value)),
            }
        }
        let (known, is_verified) = match mode.as_str() {
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
        Ok(Self { config, tls, shown })
    }

    pub(super) fn connect(&self) -> Result<Client> {
        let client = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        Ok(client?)
    }
}

/// The URL of a database in a form that may be shown: without its password and its parameters, which may contain one.
pub fn shown_address(url: &str) -> String {
    Url::parse(url).map_or_else(|_| "the database".to_owned(), |url| shown(&url))
}

fn shown(url: &Url) -> String {
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
        assert!(matches!(missing, Err(StoreError::File { .. })));
    }
}
