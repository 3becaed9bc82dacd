//! The login that the variables of a resource describe: one URL, or its parts. Whoever reads them here connects as the program would, as
//! far as a URL tells how; nothing of a URL gets into an error.

use std::collections::BTreeMap;
use std::time::Duration;

use takk_catalog::catalog;
use takk_model::percent::decoded;
use url::Url;
use zeroize::Zeroizing;

use super::words::cleaned;
use super::{Accepted, Login, NotReady, Tls, log_in};

/// The protocols whose URLs are read, by the kinds that have them.
const PROTOCOLS: &[(&str, Protocol)] = &[
    ("amqp", Protocol::Amqp),
    ("cockroach", Protocol::Postgres),
    ("database", Protocol::Postgres),
    ("mariadb", Protocol::Mysql),
    ("mysql", Protocol::Mysql),
    ("nats", Protocol::Nats),
    ("postgres", Protocol::Postgres),
    ("redis", Protocol::Redis),
];

/// Port of AMQP over TLS, where a URL names none.
const AMQPS: u16 = 5671;

/// Credentials shorter than this are not searched for in what a server says: they are in every other word.
const SHORTEST: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Amqp,
    Mysql,
    Nats,
    Postgres,
    Redis,
}

/// A login to a server that exists.
pub struct LoginAddress {
    kind: &'static str,
    pub host: String,
    pub port: u16,
    credentials: BTreeMap<String, Zeroizing<String>>,
    tls: Option<Tls>,
}

/// Whether logins to servers of a kind can be read from values.
fn protocol_of(kind: &str) -> Option<(&'static str, Protocol)> {
    PROTOCOLS.iter().find(|(name, _)| *name == kind).copied()
}

impl LoginAddress {
    /// Whether there are addresses of a kind.
    pub fn has(kind: &str) -> bool {
        protocol_of(kind).is_some()
    }

    /// The port of a kind, where nothing names one.
    pub fn usual_port(kind: &str) -> u16 {
        catalog().kind(kind).and_then(|kind| kind.port).unwrap_or_default()
    }

    /// The login of a URL; or why there is none, as a phrase that follows `its URL`.
    pub fn of_url(kind: &str, text: &str) -> Result<Self, String> {
        let Some((kind, protocol)) = protocol_of(kind) else {
            return Err("is of a kind that takk does not log in to".to_owned());
        };
        let url = Url::parse(text.trim()).map_err(|_| "is not valid, or names several hosts".to_owned())?;
        let scheme = url.scheme().split('+').next().unwrap_or_default();
        let is_encrypted = match (protocol, scheme) {
            (Protocol::Redis, "rediss") | (Protocol::Amqp, "amqps") | (Protocol::Nats, "tls") => true,
            (Protocol::Redis, "redis") | (Protocol::Amqp, "amqp") | (Protocol::Nats, "nats") => false,
            (Protocol::Postgres, "postgres" | "postgresql" | "cockroachdb") | (Protocol::Mysql, "mysql" | "mariadb") => false,
            _ => return Err("has a scheme that takk does not log in with".to_owned()),
        };
        let host = url.host_str().map(|host| host.trim_start_matches('[').trim_end_matches(']').to_owned());
        let host = host
            .filter(|host| !host.is_empty() && !host.contains(','))
            .ok_or_else(|| "names not exactly one host".to_owned())?;
        let usual = if is_encrypted && protocol == Protocol::Amqp { AMQPS } else { Self::usual_port(kind) };
        let mut credentials = BTreeMap::new();
        let text = |part: &str| String::from_utf8(decoded(part)).map_err(|_| "is not UTF-8".to_owned());
        credentials.insert("username".to_owned(), Zeroizing::new(text(url.username())?));
        credentials.insert("password".to_owned(), Zeroizing::new(text(url.password().unwrap_or_default())?));
        let path = text(url.path().trim_start_matches('/'))?;
        match protocol {
            // An empty path means the virtual host `/`, and so does `/%2F`.
            Protocol::Amqp => credentials.insert("vhost".to_owned(), Zeroizing::new(path)),
            Protocol::Nats => None,
            _ => credentials.insert("database".to_owned(), Zeroizing::new(path)),
        };
        let parameters: BTreeMap<String, String> =
            url.query_pairs().map(|(name, value)| (name.replace('-', "_").to_ascii_lowercase(), value.into_owned())).collect();
        let tls = tls_of(protocol, is_encrypted, &parameters)?;
        Ok(Self { kind, host, port: url.port().unwrap_or(usual), credentials, tls })
    }

    /// The login of single variables: `value_of` has their values by the names of the catalog. `None` if there is no host.
    pub fn of_parts(kind: &str, value_of: &dyn Fn(&str) -> Option<String>) -> Option<Result<Self, String>> {
        let (kind, protocol) = protocol_of(kind)?;
        let host = value_of("host")?;
        let port = match value_of("port").map(|text| text.trim().parse()) {
            Some(Ok(port)) => port,
            Some(Err(_)) => return Some(Err("has no valid port".to_owned())),
            None => Self::usual_port(kind),
        };
        let names = ["username", "password", "database"];
        let credentials = names.iter().filter_map(|name| Some(((*name).to_owned(), Zeroizing::new(value_of(name)?)))).collect();
        let parameters = value_of("ssl").map(|mode| ("sslmode".to_owned(), mode)).into_iter().collect();
        Some(tls_of(protocol, false, &parameters).map(|tls| Self { kind, host, port, credentials, tls }))
    }

    /// Logs in once. No error contains a part of what the variables hold.
    pub fn log_in(&self, timeout: Duration) -> Result<Accepted, NotReady> {
        log_in(&Login {
            kind: self.kind,
            host: &self.host,
            port: self.port,
            ports: &BTreeMap::new(),
            credentials: &self.credentials,
            tls: self.tls.as_ref(),
            timeout,
        })
        .map_err(|reason| self.without_values(reason))
    }

    fn without_values(&self, reason: NotReady) -> NotReady {
        let values = self.credentials.values().map(|value| value.as_str()).chain([self.host.as_str()]);
        let mut values: Vec<_> =
            values.filter(|value| value.len() >= SHORTEST).map(|value| Zeroizing::new(value.to_owned())).collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let clean = |text: String| cleaned(text.as_bytes(), &values);
        match reason {
            NotReady::NoAnswer(why) => NotReady::NoAnswer(clean(why)),
            NotReady::Starting(why) => NotReady::Starting(clean(why)),
            NotReady::Refused(why) => NotReady::Refused(clean(why)),
            NotReady::OtherServer(why) => NotReady::OtherServer(clean(why)),
            NotReady::Incomplete(why) => NotReady::Incomplete(clean(why)),
            NotReady::Open => NotReady::Open,
        }
    }
}

/// The TLS that a URL asks for, in the words of the drivers of its protocol. Where it says nothing, databases use TLS if the server offers
/// it, which is what most drivers do.
fn tls_of(protocol: Protocol, is_encrypted: bool, parameters: &BTreeMap<String, String>) -> Result<Option<Tls>, String> {
    let any = |names: &[&str]| names.iter().find_map(|name| parameters.get(*name)).map(String::as_str);
    let roots = any(&["sslrootcert", "ssl_ca", "ssl_ca_certs", "cacertfile", "cafile"]);
    let mode = any(&["sslmode", "ssl_mode", "ssl"]).unwrap_or_default().to_ascii_lowercase();
    let is_on =
        |name: &str| any(&[name]).is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "true" | "1" | "yes"));
    let verifies = ["ssl_verify_cert", "ssl_verify_identity", "ssl_check_hostname"].into_iter().any(is_on);
    let tls = match protocol {
        Protocol::Postgres | Protocol::Mysql => match mode.replace('_', "-").as_str() {
            "disable" | "disabled" | "false" | "0" => return Ok(None),
            "verify-ca" | "verify-full" | "verify-identity" => Tls::verified(roots),
            _ if verifies || roots.is_some() => Tls::verified(roots),
            "require" | "required" | "true" | "1" => Tls::unverified(),
            "" | "allow" | "prefer" | "preferred" => Tls::preferred(),
            _ => return Err("has a mode of TLS that takk does not know".to_owned()),
        },
        _ if !is_encrypted => return Ok(None),
        _ if any(&["ssl_cert_reqs"]).is_some_and(|value| value.to_ascii_lowercase().ends_with("none")) => Tls::unverified(),
        _ => Tls::verified(roots),
    };
    tls.map(Some).map_err(|_| "names certificate authorities in a file that cannot be read".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, text: &str) -> (String, u16, String, Option<bool>) {
        let address = LoginAddress::of_url(kind, text).expect(text);
        let credentials: Vec<String> = address.credentials.iter().map(|(name, value)| format!("{name}={}", **value)).collect();
        (address.host, address.port, credentials.join(" "), address.tls.map(|tls| tls.is_required()))
    }

    #[test]
    fn urls_are_read_as_drivers_read_them() {
        for (kind, url, host, port, credentials, tls) in [
            (
                "postgres",
                "postgresql+asyncpg://a:b%40@db/shop",
                "db",
                5432,
                "database=shop password=b@ username=a",
                Some(false),
            ),
            ("postgres", "postgres://db:5433/shop?sslmode=disable", "db", 5433, "database=shop password= username=", None),
            ("postgres", "postgresql://a:b@[::1]/x?ssl=require", "::1", 5432, "database=x password=b username=a", Some(true)),
            (
                "mariadb",
                "mysql+pymysql://a:b@db/x?ssl_check_hostname=true",
                "db",
                3306,
                "database=x password=b username=a",
                Some(true),
            ),
            ("mysql", "mysql://a:b@db/x?ssl-mode=DISABLED", "db", 3306, "database=x password=b username=a", None),
            ("redis", "redis://:b@db/2", "db", 6379, "database=2 password=b username=", None),
            ("redis", "rediss://u:b@db:1", "db", 1, "database= password=b username=u", Some(true)),
            ("amqp", "amqp://a:b@mq/%2F", "mq", 5672, "password=b username=a vhost=/", None),
            ("amqp", "amqps://a:b@mq/shop", "mq", 5671, "password=b username=a vhost=shop", Some(true)),
            ("nats", "nats://a:b@mq", "mq", 4222, "password=b username=a", None),
        ] {
            assert_eq!(read(kind, url), (host.to_owned(), port, credentials.to_owned(), tls), "{url}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_without_a_part_of_it() {
        for (kind, url, words) in [
            ("postgres", "postgresql://a:s3cret@one:1,two:2/shop", "several hosts"),
            ("postgres", "postgresql:///shop?host=/run/s3cret", "one host"),
            ("postgres", "postgresql://a:s3cret@db/shop?sslmode=s3cret", "a mode of TLS"),
            ("postgres", "postgresql://a:s3cret@db/shop?sslrootcert=/no/s3cret", "cannot be read"),
            ("redis", "unix:///run/s3cret.sock", "a scheme"),
            ("nats", "wss://s3cret@mq", "a scheme"),
            ("redis", "s3cret", "not valid"),
            ("mongo", "mongodb://s3cret@db", "a kind"),
        ] {
            let why = LoginAddress::of_url(kind, url).err().expect(url);
            assert!(why.contains(words) && !why.contains("s3cret"), "{url}: {why}");
        }
    }

    #[test]
    fn parts_make_a_login_where_there_is_a_host() {
        let parts = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        assert!(LoginAddress::of_parts("postgres", &parts(&[("password", "b")])).is_none());
        let address = LoginAddress::of_parts("postgres", &parts(&[("host", "db"), ("password", "b"), ("ssl", "require")]));
        let address = address.expect("a host").expect("valid");
        assert_eq!((address.port, address.tls.map(|tls| tls.is_required())), (5432, Some(true)));
        assert!(LoginAddress::of_parts("postgres", &parts(&[("host", "db"), ("port", "many")])).expect("a host").is_err());
    }

    #[test]
    fn no_value_is_repeated() {
        let address = LoginAddress::of_url("postgres", "postgresql://shop_user:s3cret@db.example.org/shop").expect("valid");
        let said = "password of \"shop_user\" for \"shop\" at db.example.org is not s3cret";
        let reason = address.without_values(NotReady::Refused(said.to_owned()));
        assert_eq!(reason, NotReady::Refused("password of \"…\" for \"…\" at … is not …".to_owned()));
    }
}
