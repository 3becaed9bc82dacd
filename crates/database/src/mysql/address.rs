//! The address of a server of MySQL or MariaDB: a URL, with these values of `ssl-mode`, which MySQL's own clients have:
//!
//! | `ssl-mode` | TLS | certificate |
//! |---|---|---|
//! | `DISABLED` | no | |
//! | `PREFERRED`, or omitted | if the server offers it | not verified |
//! | `REQUIRED` | yes | not verified |
//! | `VERIFY_CA` | yes | verified against `ssl-ca`, else the public certificate authorities |
//! | `VERIFY_IDENTITY` | yes | the same, and the host name in it |

use std::path::Path;

use mysql_async::{Opts, OptsBuilder, SslOpts};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::address_error::AddressError;

/// The port where an address names none.
const PORT: u16 = 3306;

/// What the values of `ssl-mode` mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SslMode {
    Disabled,
    Preferred,
    Required,
    VerifyCa,
    VerifyIdentity,
}

/// All modes, as an address names them.
const MODES: [(SslMode, &str); 5] = [
    (SslMode::Disabled, "DISABLED"),
    (SslMode::Preferred, "PREFERRED"),
    (SslMode::Required, "REQUIRED"),
    (SslMode::VerifyCa, "VERIFY_CA"),
    (SslMode::VerifyIdentity, "VERIFY_IDENTITY"),
];

/// Where a server is, and how to get there.
pub struct Address {
    options: Opts,
    host: String,
    mode: SslMode,
    /// `ssl-mode`, if the address names it.
    named: Option<&'static str>,
    /// `ssl-ca`, if the address names it.
    roots: Option<String>,
    /// The URL without its password and its parameters.
    pub shown: String,
}

fn wrong(why: impl Into<String>) -> AddressError {
    AddressError::Invalid { why: why.into() }
}

impl Address {
    /// Reads an address. No error contains a part of its password.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        // What the parser says may hold a part of the URL, and so of the password.
        let url = Url::parse(text).map_err(|_| wrong("it is not a URL"))?;
        let scheme = url.scheme().split('+').next().unwrap_or_default();
        if !matches!(scheme, "mysql" | "mariadb") {
            return Err(wrong(format!("`{}` is neither `mysql` nor `mariadb`", url.scheme())));
        }
        let (mut named, mut roots) = (None, None);
        for (name, value) in url.query_pairs() {
            match name.replace('_', "-").as_str() {
                "ssl-mode" => named = Some(mode_of(&value)?),
                "ssl-ca" => roots = Some(value.into_owned()),
                _ => return Err(wrong("of its parameters, takk knows `ssl-mode` and `ssl-ca`")),
            }
        }
        let host = host_of(&url).ok_or_else(|| wrong("it names no host"))?;
        let mode = named.map_or(SslMode::Preferred, |(mode, _)| mode);
        let options = OptsBuilder::default()
            .ip_or_hostname(host.clone())
            .tcp_port(url.port().unwrap_or(PORT))
            .user(Some(decoded(url.username())?).filter(|user| !user.is_empty()))
            .pass(url.password().map(decoded).transpose()?)
            .db_name(Some(decoded(url.path().trim_start_matches('/'))?).filter(|name| !name.is_empty()))
            // On the same machine, it would go on over the socket of the server, as another user.
            .prefer_socket(Some(false))
            .ssl_opts(tls(mode, roots.as_deref())?);
        let options = Opts::from(options);
        Ok(Self { options, host, mode, named: named.map(|(_, name)| name), roots, shown: crate::address::shown(&url) })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.options.tcp_port()
    }

    /// The user that it names.
    pub fn user(&self) -> Option<&str> {
        self.options.user()
    }

    /// `ssl-mode`, if it names one.
    pub fn ssl_mode(&self) -> Option<&str> {
        self.named
    }

    /// The file of certificate authorities, if it names one.
    pub fn ssl_roots(&self) -> Option<&str> {
        self.roots.as_deref()
    }

    /// Whether it connects over TLS or not at all.
    pub fn requires_tls(&self) -> bool {
        self.mode >= SslMode::Required
    }

    /// How to connect, in the order in which it is tried.
    pub(super) fn options(&self) -> Vec<Opts> {
        let mut all = vec![self.options.clone()];
        if self.mode == SslMode::Preferred {
            all.push(OptsBuilder::from_opts(self.options.clone()).ssl_opts(None).into());
        }
        all
    }
}

fn decoded(part: &str) -> Result<String, AddressError> {
    let text = percent_decode_str(part).decode_utf8().map_err(|_| wrong("a part of it is not UTF-8"))?;
    Ok(text.into_owned())
}

fn host_of(url: &Url) -> Option<String> {
    let text = url.host_str().filter(|host| !host.is_empty())?;
    // The host of a scheme that browsers do not know is not parsed any further.
    Some(match Host::parse(text).ok()? {
        Host::Domain(name) => name,
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    })
}

fn mode_of(value: &str) -> Result<(SslMode, &'static str), AddressError> {
    let known = MODES.iter().find(|(_, name)| name.eq_ignore_ascii_case(value)).copied();
    known.ok_or_else(|| wrong("its `ssl-mode` is none of DISABLED, PREFERRED, REQUIRED, VERIFY_CA and VERIFY_IDENTITY"))
}

fn tls(mode: SslMode, roots: Option<&str>) -> Result<Option<SslOpts>, AddressError> {
    let options = SslOpts::default();
    Ok(match mode {
        SslMode::Disabled => None,
        SslMode::Preferred | SslMode::Required => Some(options.with_danger_accept_invalid_certs(true)),
        SslMode::VerifyCa | SslMode::VerifyIdentity => {
            let options = options.with_danger_skip_domain_validation(mode == SslMode::VerifyCa);
            let Some(file) = roots else { return Ok(Some(options)) };
            let failed = |source| AddressError::File { path: Path::new(file).to_owned(), source };
            let text = takk_files::given(Path::new(file), takk_files::MOST_OF_KEYS).map_err(failed)?;
            Some(options.with_disable_built_in_roots(true).with_root_certs(vec![text.into()]))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        let address = Address::parse("mysql://ada:s3cret%40@db.example.org:3307/takk?ssl-mode=disabled").expect("valid");
        assert_eq!(address.shown, "mysql://ada@db.example.org:3307/takk");
        assert_eq!((address.host(), address.port(), address.options.pass()), ("db.example.org", 3307, Some("s3cret@")));
        for wrong in ["s3cret", "redis://a:s3cret@b", "mysql://a:s3cret@b/?ssl-mode=sure", "mysql://a:s3cret@b/?x=s3cret"] {
            let error = Address::parse(wrong).err().expect("refused");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn every_mode_is_known() {
        for (mode, name) in MODES {
            for query in [format!("ssl-mode={name}"), format!("ssl_mode={}", name.to_lowercase())] {
                let address = Address::parse(&format!("mariadb+pymysql://[::1]/?{query}")).expect("valid");
                assert_eq!((address.mode, address.ssl_mode()), (mode, Some(name)));
                assert_eq!((address.host(), address.requires_tls()), ("::1", mode >= SslMode::Required));
            }
        }
        let missing = Address::parse("mysql://db/?ssl-mode=VERIFY_IDENTITY&ssl-ca=/nowhere.pem");
        assert!(matches!(missing, Err(AddressError::File { .. })));
    }
}
