//! The address of a server of Redis or Valkey: `redis://user:password@host:6379`, or `rediss://` for TLS, with the parameters that redis-py
//! has:
//!
//! | parameter | meaning |
//! |---|---|
//! | `ssl_cert_reqs=required`, or omitted | the certificate is verified, and the host name in it |
//! | `ssl_cert_reqs=none` | it is not |
//! | `ssl_ca_certs=PATH` | the certificate authorities to trust, in place of the public ones |

use std::sync::Arc;

use rustls::ClientConfig;
use takk_database::{AddressError, client_config};
use takk_model::error::{Error, Result};
use takk_model::percent::decoded;
use url::{Host, Url};
use zeroize::Zeroizing;

/// The port where an address names none.
const PORT: u16 = 6379;
/// The user to whom a bare password belongs.
const DEFAULT_USER: &str = "default";
/// How the certificate is treated, as `ssl_cert_reqs` says it.
const REQUIRED: &str = "required";
const NONE: &str = "none";
/// How an admin address is written.
pub(super) const FORM: &str = "rediss://user:password@host:6379";

/// Where a server is, and how to get there.
pub(super) struct Address {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<Zeroizing<String>>,
    pub tls: Option<Arc<ClientConfig>>,
    /// `ssl_cert_reqs` of an address with TLS.
    pub mode: Option<&'static str>,
    /// `ssl_ca_certs`, if the address names it.
    pub roots: Option<String>,
    /// The URL without its password and its parameters.
    pub shown: String,
}

fn wrong(why: &str) -> Error {
    Error::usage(format!("invalid URL of Redis: {why}")).hint(format!("write it as {FORM}"))
}

impl Address {
    /// Reads an address. No error contains a part of its password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let url = Url::parse(text).map_err(|_| wrong("it is not a URL"))?;
        let is_tls = match url.scheme() {
            "redis" => false,
            "rediss" => true,
            other => return Err(wrong(&format!("`{other}` is neither `redis` nor `rediss`"))),
        };
        let (mut mode, mut roots) = (REQUIRED, None);
        for (name, value) in url.query_pairs() {
            match (name.as_ref(), value.to_ascii_lowercase().trim_start_matches("cert_")) {
                ("ssl_cert_reqs", "required") => mode = REQUIRED,
                ("ssl_cert_reqs", "none") => mode = NONE,
                ("ssl_ca_certs", _) => roots = Some(value.into_owned()),
                ("ssl_check_hostname", "true") => {}
                _ => return Err(wrong("of its parameters, takk knows `ssl_cert_reqs=required`, `=none` and `ssl_ca_certs`")),
            }
        }
        let text = |part: &str| String::from_utf8(decoded(part)).map_err(|_| wrong("a part of it is not UTF-8"));
        let host = match url.host_str().map(Host::parse) {
            Some(Ok(Host::Domain(name))) if !name.is_empty() => name,
            Some(Ok(Host::Ipv4(address))) => address.to_string(),
            Some(Ok(Host::Ipv6(address))) => address.to_string(),
            _ => return Err(wrong("it names no host")),
        };
        let tls = if is_tls { Some(tls(mode, roots.as_deref())?) } else { None };
        let user = Some(text(url.username())?).filter(|user| !user.is_empty());
        let mut shown = url.clone();
        shown.set_query(None);
        // This only fails for a URL without a host.
        let _ = shown.set_password(None);
        Ok(Self {
            host,
            port: url.port().unwrap_or(PORT),
            user: user.unwrap_or_else(|| DEFAULT_USER.to_owned()),
            password: url.password().map(text).transpose()?.map(Zeroizing::new),
            tls,
            mode: is_tls.then_some(mode),
            roots,
            shown: shown.into(),
        })
    }

    /// The same server with another login.
    pub(super) fn of_login(host: &str, port: u16, login: (&str, &str), tls: (Option<&str>, Option<&str>)) -> Result<Self> {
        let (mode, roots) = (tls.0.map(|mode| if mode == NONE { NONE } else { REQUIRED }), tls.1.map(str::to_owned));
        Ok(Self {
            host: host.to_owned(),
            port,
            user: login.0.to_owned(),
            password: Some(Zeroizing::new(login.1.to_owned())),
            tls: mode.map(|mode| self::tls(mode, roots.as_deref())).transpose()?,
            mode,
            roots,
            shown: format!("{host}:{port}"),
        })
    }
}

fn tls(mode: &str, roots: Option<&str>) -> Result<Arc<ClientConfig>> {
    let config = client_config(mode == REQUIRED, roots).map_err(|error| {
        let failure = Error::usage(error.to_string());
        match error {
            AddressError::Invalid { .. } => failure.hint(format!("write it as {FORM}")),
            AddressError::File { source, .. } => failure.caused_by(source).hint("check the file that `ssl_ca_certs` names"),
        }
    })?;
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        let address = Address::parse("redis://:s3cret%40@cache.example.org/0").expect("valid");
        assert_eq!(address.shown, "redis://cache.example.org/0");
        assert_eq!((address.port, address.user.as_str(), address.mode), (6379, "default", None));
        assert_eq!(address.password.as_ref().map(|password| password.as_str()), Some("s3cret@"));
        let address = Address::parse("rediss://ada:s3cret@[::1]:7/?ssl_cert_reqs=CERT_NONE").expect("valid");
        assert_eq!((address.host.as_str(), address.port, address.user.as_str(), address.mode), ("::1", 7, "ada", Some(NONE)));
        for wrong in ["s3cret", "http://a:s3cret@b", "redis://a:s3cret@b?x=s3cret", "rediss://:s3cret@b?ssl_ca_certs=/none.pem"]
        {
            let error = Address::parse(wrong).err().expect("refused");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
