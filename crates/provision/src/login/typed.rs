//! One login to an address that somebody typed, before it is stored. The address is not trusted: it may name anything that this machine
//! reaches, and who tries it learns only whether a login works.

use std::net::{IpAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

use url::Url;

use super::tls::not_offered;
use super::{Accepted, LoginAddress, NotReady};

/// The timeout of the whole login.
const TIMEOUT: Duration = Duration::from_secs(5);

/// An address to log in to.
pub struct TypedAddress {
    kind: String,
    login: LoginAddress,
}

impl TypedAddress {
    /// Parses an address of a kind. The error, a clause, contains no part of it.
    pub fn parse(kind: &str, text: &str) -> Result<Self, String> {
        let url = Url::parse(text.trim()).ok();
        if url.is_some_and(|url| url.query_pairs().any(|(name, _)| names_file(&name))) {
            return Err("a parameter of it names a file, which would be one of this server; takk cannot try it".to_owned());
        }
        let login = LoginAddress::of_url(kind, text).map_err(|why| format!("it {why}"))?;
        Ok(Self { kind: kind.to_owned(), login })
    }

    /// Host and port, for people.
    pub fn place(&self) -> String {
        let (host, port) = (&self.login.host, self.login.port);
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// Logs in once, as the user of the address. The name is looked up once, so that it cannot lead elsewhere after the check.
    ///
    /// # Errors
    ///
    /// Why that did not work. What answers is quoted only if it speaks the protocol, and never with a credential.
    pub fn log_in(&self) -> Result<Accepted, NotReady> {
        let deadline = Instant::now() + TIMEOUT;
        let found = (self.login.host.as_str(), self.login.port).to_socket_addrs();
        let found = found.map_err(|_| NotReady::NoAnswer("its host name is unknown".to_owned()))?;
        let mut outcome = Err(NotReady::NoAnswer("its host name has no address".to_owned()));
        for address in found.map(|address| address.ip()) {
            if is_off_limits(address) {
                return Err(NotReady::NoAnswer("its host is not one that programs connect to".to_owned()));
            }
            outcome = self.login.log_in_at(Some(address), deadline.saturating_duration_since(Instant::now()));
            if !matches!(outcome, Err(NotReady::NoAnswer(_))) {
                break;
            }
        }
        // What another service says is not for whoever makes this server connect to it.
        let is_without_tls = outcome.as_ref().is_err_and(|reason| *reason == not_offered());
        outcome.map_err(|reason| match reason {
            NotReady::OtherServer(why) if !why.starts_with("TLS") && !is_without_tls => {
                NotReady::OtherServer(format!("what answers there does not speak the protocol of {}", self.kind))
            }
            other => other,
        })
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

/// Whether a parameter of a URL names a file.
fn names_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let is_mode = ["ssl-cert-reqs", "ssl-verify-cert"].contains(&name.as_str());
    let has_word = ["cert", "key", "file", "root", "crl"].iter().any(|word| name.contains(word));
    !is_mode && (has_word || name.ends_with("-ca") || name.ends_with("sslca"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_says_nothing_of_the_address() {
        for (kind, text) in [
            ("postgres", "s3cret"),
            ("postgres", "mysql://a:s3cret@db"),
            ("postgres", "postgresql://a:s3cret@db/?sslmode=s3cret"),
            ("postgres", "postgresql://a:s3cret@db/?sslrootcert=/etc/shadow"),
            ("mysql", "mysql://a:s3cret@db/?ssl_ca=/etc/shadow"),
            ("redis", "rediss://a:s3cret@db/?ssl_ca_certs=/etc/shadow"),
            ("amqp", "amqps://a:s3cret@db/?cacertfile=/etc/shadow"),
            ("postgres", "postgresql:///s3cret"),
            ("kafka", "kafka://a:s3cret@db"),
        ] {
            let error = TypedAddress::parse(kind, text).err().expect(text);
            assert!(!error.contains("s3cret") && !error.contains("shadow"), "{error}");
        }
        assert!(TypedAddress::parse("redis", "rediss://a:b@db/?ssl_cert_reqs=none").is_ok());
    }

    #[test]
    fn the_network_itself_is_off_limits() {
        for address in ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "fd00:ec2::254"] {
            assert!(is_off_limits(address.parse().expect("an address")), "{address}");
        }
        for address in ["127.0.0.1", "10.0.0.7", "192.168.1.1", "::1", "203.0.113.7", "fd12::7"] {
            assert!(!is_off_limits(address.parse().expect("an address")), "{address}");
        }
        let metadata = TypedAddress::parse("redis", "redis://169.254.169.254:80").expect("valid").log_in();
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
        let outcome = TypedAddress::parse("redis", &format!("redis://127.0.0.1:{port}")).expect("valid").log_in();
        let Err(NotReady::OtherServer(said)) = outcome else { panic!("{outcome:?}") };
        assert!(!said.contains("canary"), "{said}");
    }
}
