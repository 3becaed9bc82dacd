//! One login to an address that somebody typed, before it is stored. The address is not trusted: it may name anything that this machine
//! reaches, and who tries it learns only whether a login works.

use std::collections::BTreeMap;
use std::net::{IpAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

use takk_model::percent::decoded;
use url::Url;
use zeroize::Zeroizing;

use super::tls::{self, Security};
use super::{Accepted, Answer, Login, NotReady, amqp, mysql, postgres, redis};

/// The timeout of the whole login.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A login over TLS, or without.
type Check = fn(&Login<'_>, Instant, Option<&Security>) -> Answer;

/// A kind whose addresses can be tried.
struct Protocol {
    kind: &'static str,
    /// The schemes, without a driver.
    schemes: &'static [&'static str],
    port: u16,
    /// The credential in the path of a URL.
    path: &'static str,
    check: Check,
}

const PROTOCOLS: &[Protocol] = &[
    Protocol { kind: "amqp", schemes: &["amqp", "amqps"], port: 5672, path: "vhost", check: amqp::log_in_securely },
    Protocol { kind: "mariadb", schemes: &["mariadb", "mysql"], port: 3306, path: "database", check: mysql::log_in_with },
    Protocol { kind: "mysql", schemes: &["mysql", "mariadb"], port: 3306, path: "database", check: mysql::log_in_with },
    Protocol {
        kind: "postgres",
        schemes: &["postgresql", "postgres"],
        port: 5432,
        path: "database",
        check: postgres::log_in_with,
    },
    Protocol { kind: "redis", schemes: &["redis", "rediss"], port: 6379, path: "database", check: redis::log_in_with },
];

/// Whether takk can try an address of a kind.
pub fn is_testable(kind: &str) -> bool {
    PROTOCOLS.iter().any(|protocol| protocol.kind == kind)
}

/// An address to log in to.
pub struct Target {
    protocol: &'static Protocol,
    /// Without the brackets of an IPv6 address.
    host: String,
    port: u16,
    credentials: BTreeMap<String, Zeroizing<String>>,
    tls: Tls,
}

/// How it uses TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    Never,
    /// If the server offers it.
    Offered,
    Required,
    /// With a certificate that the public authorities have signed.
    Verified,
}

impl Target {
    /// Parses an address of a kind. The error, a clause, contains no part of it.
    pub fn parse(kind: &str, text: &str) -> Result<Self, String> {
        let protocol = PROTOCOLS.iter().find(|protocol| protocol.kind == kind);
        let protocol = protocol.ok_or_else(|| "takk cannot log in to addresses of this kind".to_owned())?;
        let url = Url::parse(text.trim()).map_err(|_| "it is not a URL".to_owned())?;
        let scheme = url.scheme().split('+').next().unwrap_or_default();
        if !protocol.schemes.contains(&scheme) {
            return Err(format!("it must begin with {}://", protocol.schemes.join(":// or ")));
        }
        let host = url.host_str().map(|host| host.trim_start_matches('[').trim_end_matches(']')).unwrap_or_default();
        let host = text_of(host).filter(|host| !host.is_empty() && !host.contains('/'));
        let host = host.ok_or_else(|| "it names no host".to_owned())?;
        let port = if scheme == "amqps" { 5671 } else { protocol.port };
        let (mut credentials, path) = (BTreeMap::new(), url.path().trim_start_matches('/'));
        let parts = [("username", url.username()), ("password", url.password().unwrap_or_default()), (protocol.path, path)];
        for (name, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
            let text = text_of(text).ok_or_else(|| format!("its {name} is not valid UTF-8"))?;
            credentials.insert(name.to_owned(), Zeroizing::new(text));
        }
        let tls = tls_of(&url, scheme)?;
        Ok(Self { protocol, host, port: url.port().unwrap_or(port), credentials, tls })
    }

    /// Host and port, for people.
    pub fn place(&self) -> String {
        if self.host.contains(':') { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }

    /// Logs in once, as the user of the address.
    ///
    /// # Errors
    ///
    /// Why that did not work. What answers is quoted only if it speaks the protocol, and never with a credential.
    pub fn log_in(&self) -> Result<Accepted, NotReady> {
        let deadline = Instant::now() + TIMEOUT;
        let found = (self.host.as_str(), self.port).to_socket_addrs();
        let found = found.map_err(|_| NotReady::NoAnswer("its host name is unknown".to_owned()))?;
        let mut outcome = Err(NotReady::NoAnswer("its host name has no address".to_owned()));
        for address in found.map(|address| address.ip()) {
            if is_off_limits(address) {
                return Err(NotReady::NoAnswer("its host is not one that programs connect to".to_owned()));
            }
            outcome = self.log_in_at(address, deadline);
            if !matches!(outcome, Err(NotReady::NoAnswer(_))) {
                break;
            }
        }
        // What another service says is not for whoever makes this server connect to it.
        let unquoted = |reason| match reason {
            NotReady::OtherServer(why) if !why.starts_with("TLS") => {
                NotReady::OtherServer(format!("what answers there does not speak the protocol of {}", self.protocol.kind))
            }
            other => other,
        };
        outcome.map_err(unquoted)
    }

    /// The name was looked up once, so that it cannot lead elsewhere in between.
    fn log_in_at(&self, address: IpAddr, deadline: Instant) -> Answer {
        let host = address.to_string();
        let (ports, kind) = (BTreeMap::new(), self.protocol.kind);
        let timeout = deadline.saturating_duration_since(Instant::now());
        let login = Login { kind, host: &host, port: self.port, ports: &ports, credentials: &self.credentials, timeout };
        let config = match self.tls {
            Tls::Never => return (self.protocol.check)(&login, deadline, None),
            Tls::Offered | Tls::Required => tls::config()?,
            Tls::Verified => tls::verified()?,
        };
        let security = Security { config, name: tls::name_of(&self.host)?, is_required: self.tls != Tls::Offered };
        (self.protocol.check)(&login, deadline, Some(&security))
    }
}

/// Where no database is: addresses of the network itself, among them those at which clouds give machines their credentials.
fn is_off_limits(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_link_local() || address.is_unspecified() || address.is_multicast() || address.is_broadcast()
        }
        IpAddr::V6(address) => {
            let metadata = [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254];
            let is_link_local = address.segments()[0] & 0xffc0 == 0xfe80;
            is_link_local || address.is_unspecified() || address.is_multicast() || address.segments() == metadata
        }
    }
}

fn tls_of(url: &Url, scheme: &str) -> Result<Tls, String> {
    let mut mode = None;
    for (name, value) in url.query_pairs() {
        let name = name.to_ascii_lowercase().replace('_', "-");
        match name.as_str() {
            "sslmode" | "ssl-mode" | "ssl" | "ssl-cert-reqs" => mode = Some(value.to_ascii_lowercase().replace('_', "-")),
            _ if names_file(&name) => {
                return Err("a parameter of it names a file, which would be one of this server; takk cannot try it".to_owned());
            }
            _ => {}
        }
    }
    let mode = mode.as_deref();
    Ok(match scheme {
        "amqps" => Tls::Verified,
        "rediss" => {
            if matches!(mode, Some("none" | "cert-none")) {
                Tls::Required
            } else {
                Tls::Verified
            }
        }
        "amqp" | "redis" => Tls::Never,
        _ => match mode {
            None | Some("prefer" | "preferred" | "allow") => Tls::Offered,
            Some("disable" | "disabled" | "false" | "0") => Tls::Never,
            Some("require" | "required" | "true" | "1") => Tls::Required,
            Some("verify-ca" | "verify-full" | "verify-identity") => Tls::Verified,
            Some(_) => return Err("its TLS mode is unknown".to_owned()),
        },
    })
}

/// A part of a URL, decoded.
fn text_of(part: &str) -> Option<String> {
    String::from_utf8(decoded(part)).ok()
}

/// Whether a parameter of a URL names a file.
fn names_file(name: &str) -> bool {
    ["cert", "key", "file", "root", "crl"].iter().any(|word| name.contains(word))
        || name.ends_with("-ca")
        || name.ends_with("sslca")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parsed = (String, Tls, Vec<(String, String)>);

    fn parsed(kind: &str, text: &str) -> Result<Parsed, String> {
        let target = Target::parse(kind, text)?;
        let credentials = target.credentials.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        Ok((target.place(), target.tls, credentials))
    }

    #[test]
    fn an_address_is_read_with_its_login() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let (place, tls, credentials) =
            parsed("postgres", " postgresql+asyncpg://a:p%40w@db.example.org/shop\n").expect("valid");
        assert_eq!((place.as_str(), tls), ("db.example.org:5432", Tls::Offered));
        assert_eq!(credentials, [pair("database", "shop"), pair("password", "p@w"), pair("username", "a")]);
        assert_eq!(parsed("amqp", "amqps://a:b@[::1]/%2F").expect("valid").0, "[::1]:5671");
        let modes =
            [("disable", Tls::Never), ("require", Tls::Required), ("verify-full", Tls::Verified), ("prefer", Tls::Offered)];
        for (mode, tls) in modes {
            assert_eq!(parsed("postgres", &format!("postgres://db/?sslmode={mode}")).expect("valid").1, tls, "{mode}");
        }
        assert_eq!(parsed("mysql", "mysql://db/?ssl-mode=VERIFY_IDENTITY").expect("valid").1, Tls::Verified);
        assert_eq!(parsed("redis", "redis://db").expect("valid").1, Tls::Never);
        assert_eq!(parsed("redis", "rediss://db").expect("valid").1, Tls::Verified);
    }

    #[test]
    fn what_is_wrong_says_nothing_of_the_address() {
        for (kind, text) in [
            ("postgres", "s3cret"),
            ("postgres", "mysql://a:s3cret@db"),
            ("postgres", "postgresql://a:s3cret@%2Fvar%2Frun/db"),
            ("postgres", "postgresql://a:s3cret@db/?sslmode=s3cret"),
            ("postgres", "postgresql://a:s3cret@db/?sslrootcert=/etc/shadow"),
            ("redis", "rediss://a:s3cret@db/?ssl_ca_certs=/etc/shadow"),
            ("postgres", "postgresql:///s3cret"),
            ("kafka", "kafka://a:s3cret@db"),
        ] {
            let error = parsed(kind, text).expect_err(text);
            assert!(!error.contains("s3cret") && !error.contains("shadow"), "{error}");
        }
    }

    #[test]
    fn the_network_itself_is_off_limits() {
        for address in ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "fd00:ec2::254"] {
            assert!(is_off_limits(address.parse().expect("an address")), "{address}");
        }
        for address in ["127.0.0.1", "10.0.0.7", "192.168.1.1", "::1", "203.0.113.7", "fd12::7"] {
            assert!(!is_off_limits(address.parse().expect("an address")), "{address}");
        }
        let metadata = Target::parse("redis", "redis://169.254.169.254:80").expect("valid").log_in();
        assert!(matches!(metadata, Err(NotReady::NoAnswer(_))), "{metadata:?}");
    }

    #[test]
    fn what_another_service_says_is_not_quoted() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().expect("a client");
            std::io::Write::write_all(&mut socket, b"HTTP/1.1 400 canary\r\n\r\n").expect("written");
            std::thread::sleep(Duration::from_millis(200));
        });
        let outcome = Target::parse("redis", &format!("redis://127.0.0.1:{port}")).expect("valid").log_in();
        let Err(NotReady::OtherServer(said)) = outcome else { panic!("{outcome:?}") };
        assert!(!said.contains("canary"), "{said}");
    }
}
