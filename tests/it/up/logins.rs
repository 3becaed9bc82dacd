//! Logins to real servers: correct credentials are accepted, with the version that the server itself prints; wrong ones are rejected; and a
//! server that does not listen yet counts as not ready.
//!
//! MongoDB, ClickHouse, Kafka, OpenSearch and MySQL cannot be installed where the tests run. `crates/provision/src/login/tests` simulates
//! them.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use takk_provision::login::{Accepted, Login, NotReady, create_bucket, log_in, until_ready};
use zeroize::Zeroizing;

use super::servers::{debian, nats_server, postgres, unprivileged, weed};
use super::started::{
    DATABASE, PASSWORD, Started, USER, create_database, moto_user, printed_version, start_grpc, start_mariadb, start_moto,
    start_nats, start_postgres, start_rabbitmq, start_redis, start_seaweedfs, start_slow_redis,
};
use crate::ports::free_port;
use crate::python::run;

const LIMIT: Duration = Duration::from_mins(1);

/// A server of a kind at a port, and its credentials.
struct Target {
    kind: &'static str,
    port: u16,
    credentials: BTreeMap<String, Zeroizing<String>>,
}

impl Target {
    fn new(kind: &'static str, port: u16, credentials: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), Zeroizing::new((*value).to_owned()));
        Self { kind, port, credentials: credentials.iter().map(owned).collect() }
    }

    fn with(&self, name: &str, value: &str) -> Self {
        let mut credentials = self.credentials.clone();
        credentials.insert(name.to_owned(), Zeroizing::new(value.to_owned()));
        Self { kind: self.kind, port: self.port, credentials }
    }

    fn login<T>(&self, then: impl FnOnce(&Login<'_>) -> T) -> T {
        let (host, ports, timeout) = ("127.0.0.1", &BTreeMap::new(), Duration::from_secs(10));
        then(&Login {
            kind: self.kind,
            host,
            address: None,
            port: self.port,
            ports,
            credentials: &self.credentials,
            tls: None,
            timeout,
        })
    }

    fn log_in(&self) -> Result<Accepted, NotReady> {
        self.login(log_in)
    }

    #[track_caller]
    fn does_not_answer(&self) {
        let answer = self.log_in();
        assert!(matches!(answer, Err(NotReady::NoAnswer(_))), "{}: {answer:?}", self.kind);
    }

    #[track_caller]
    fn becomes_ready(&self, server: &Started, version: Option<&str>) {
        let answer = self.login(|login| until_ready(login, LIMIT, || true));
        assert_eq!(answer, Ok(Accepted { version: version.map(str::to_owned) }), "{}: {}", self.kind, server.log());
    }

    /// Asserts that the login is refused, with this message, and that the message does not contain the password.
    #[track_caller]
    fn is_refused(&self, words: &str) {
        let answer = self.log_in();
        assert!(matches!(&answer, Err(NotReady::Refused(why)) if why.contains(words)), "{}: {answer:?}", self.kind);
        let said = format!("{answer:?}");
        let secrets = ["password", "secret_key"].into_iter().filter_map(|name| self.credentials.get(name));
        assert!(secrets.into_iter().all(|secret| !said.contains(secret.as_str())), "{said}");
    }
}

fn with_database(kind: &'static str, port: u16) -> Target {
    Target::new(kind, port, &[("username", USER), ("password", PASSWORD), ("database", DATABASE)])
}

#[test]
fn postgresql_in_each_way_of_authentication() {
    for (major, auth) in [(17, "scram-sha-256"), (18, "scram-sha-256"), (17, "md5"), (18, "password")] {
        let port = free_port();
        let target = with_database("postgres", port);
        target.does_not_answer();
        let Some(server) = start_postgres(major, port, auth, &[]) else { return };
        let version = run(unprivileged(&postgres(major).expect("it was started").join("bin/postgres")).arg("--version"));
        let version = printed_version(&version, "(PostgreSQL) ");
        target.with("database", "postgres").becomes_ready(&server, Some(&version));
        target.is_refused("\"shop_dev\" does not exist");
        create_database(port);
        target.becomes_ready(&server, Some(&version));
        target.with("password", "wrong").is_refused("28P01");
        target.with("username", "other").is_refused("28P01");
        let without = Target::new("database", port, &[("username", USER), ("database", DATABASE)]);
        without.is_refused("requires a password");
    }
}

#[test]
fn postgresql_that_starts() {
    let port = free_port();
    // It waits for the log of a primary server that does not exist, and reports that it does not accept logins yet.
    let settings = ["standby.signal", "restore_command=false", "hot_standby=off"];
    let Some(server) = start_postgres(17, port, "scram-sha-256", &settings) else { return };
    let target = with_database("postgres", port);
    let answer = target.login(|login| until_ready(login, Duration::from_secs(5), || true));
    assert!(matches!(answer, Err(NotReady::Starting(_))), "{answer:?} {}", server.log());
}

#[test]
fn redis_with_a_password_and_with_a_user() {
    let Some(program) = debian("redis-server") else { return };
    let version = printed_version(&run(Command::new(program).arg("--version")), "v=");
    let port = free_port();
    let target = Target::new("redis", port, &[("password", PASSWORD)]);
    target.does_not_answer();
    // A user of its own, which may not query the version.
    let rights = [&format!(">{PASSWORD}-2"), "on", "~*", "+ping", "+select"];
    let server = start_redis(port, &[&["--requirepass", PASSWORD, "--user", USER], &rights[..]].concat());
    let server = server.expect("it is installed");
    target.becomes_ready(&server, Some(&version));
    target.with("username", "default").becomes_ready(&server, Some(&version));
    let user = target.with("username", USER).with("password", &format!("{PASSWORD}-2")).with("database", "3");
    user.becomes_ready(&server, None);
    target.with("password", "wrong").is_refused("WRONGPASS");
    user.with("password", "wrong").is_refused("WRONGPASS");
    user.with("database", "99").is_refused("out of range");
    Target::new("redis", port, &[]).is_refused("NOAUTH");
}

#[test]
fn redis_without_a_password_is_not_ours() {
    let port = free_port();
    let Some(server) = start_redis(port, &[]) else { return };
    Target::new("redis", port, &[])
        .login(|login| until_ready(login, LIMIT, || true))
        .unwrap_or_else(|_| panic!("{}", server.log()));
    let target = Target::new("redis", port, &[("password", PASSWORD)]);
    assert_eq!(target.log_in(), Err(NotReady::Open));
    assert_eq!(target.with("username", "default").log_in(), Err(NotReady::Open));
}

#[test]
fn redis_that_loads_its_data_is_starting() {
    let port = free_port();
    let Some(server) = start_slow_redis(port) else { return };
    let target = Target::new("redis", port, &[("password", PASSWORD)]);
    let reasons = std::cell::RefCell::new(Vec::new());
    let answer = target.login(|login| {
        until_ready(login, LIMIT, || {
            reasons.borrow_mut().extend(log_in(login).err());
            true
        })
    });
    assert!(answer.is_ok(), "{answer:?} {}", server.log());
    let is_loading = |reason: &NotReady| matches!(reason, NotReady::Starting(why) if why.starts_with("LOADING"));
    assert!(reasons.borrow().iter().any(is_loading), "{reasons:?}");
}

#[test]
fn nats() {
    for minor in ["2.10", "2.15"] {
        let version = printed_version(&run(Command::new(nats_server(minor)).arg("--version")), "nats-server: v");
        let port = free_port();
        let target = Target::new("nats", port, &[("username", USER), ("password", PASSWORD)]);
        target.does_not_answer();
        let server = start_nats(minor, port, &["--user", USER, "--pass", PASSWORD]);
        target.becomes_ready(&server, Some(&version));
        target.with("password", "wrong").is_refused("Authorization Violation");
        Target::new("nats", port, &[]).is_refused("Authorization Violation");
        let port = free_port();
        let open = start_nats(minor, port, &[]);
        Target::new("nats", port, &[]).becomes_ready(&open, Some(&version));
        let with_password = Target::new("nats", port, &[("username", USER), ("password", PASSWORD)]);
        assert_eq!(with_password.log_in(), Err(NotReady::Open));
    }
}

#[test]
fn mariadb() {
    let Some(program) = debian("mariadbd") else { return };
    let version = printed_version(&run(unprivileged(&program).arg("--version")), "Ver ");
    let port = free_port();
    let target = with_database("mariadb", port);
    target.does_not_answer();
    let server = start_mariadb(port).expect("it is installed");
    target.becomes_ready(&server, Some(&version));
    with_database("mysql", port).becomes_ready(&server, Some(&version));
    target.with("password", "wrong").is_refused("1045");
    target.with("username", "other").is_refused("1045");
    // It may not know that there is none.
    target.with("database", "missing").is_refused("1044");
}

#[test]
fn rabbitmq() {
    let Some(_) = debian("rabbitmq-server") else { return };
    let port = free_port();
    let target = Target::new("amqp", port, &[("username", USER), ("password", PASSWORD)]);
    target.does_not_answer();
    let server = start_rabbitmq(port).expect("it is installed");
    let answer = target.login(|login| until_ready(login, LIMIT, || true));
    let version = printed_version(&server.log(), "Starting RabbitMQ ");
    assert_eq!(answer, Ok(Accepted { version: Some(version) }), "{}", server.log());
    target.with("password", "wrong").is_refused("ACCESS_REFUSED");
    target.with("vhost", "missing").is_refused("vhost missing not found");
}

#[test]
fn seaweedfs() {
    let version = printed_version(&run(Command::new(weed()).arg("version")), "GB ");
    let port = free_port();
    let target = Target::new("s3", port, &[("access_key", USER), ("secret_key", PASSWORD), ("bucket", "shop-dev")]);
    target.does_not_answer();
    let server = start_seaweedfs(port);
    target.becomes_ready(&server, Some(&version));
    for _ in 0..2 {
        assert_eq!(target.login(create_bucket), Ok(()));
    }
    target.becomes_ready(&server, Some(&version));
    let wrong = target.with("secret_key", "wrong");
    wrong.is_refused("SignatureDoesNotMatch");
    assert!(matches!(wrong.login(create_bucket), Err(NotReady::Refused(_))));
    target.with("access_key", "other").is_refused("InvalidAccessKeyId");
}

/// Spark itself needs Java and hundreds of megabytes.
#[test]
fn grpc_as_spark_connect_speaks_it() {
    let port = free_port();
    let target = Target::new("spark", port, &[]);
    target.does_not_answer();
    let server = start_grpc(port);
    target.becomes_ready(&server, None);
    // A client that takes it for another server does not wait for it.
    for kind in ["kafka", "otel", "postgres", "redis", "s3"] {
        let answer = Target::new(kind, port, &[("password", PASSWORD)]).log_in();
        assert!(matches!(answer, Err(NotReady::OtherServer(_) | NotReady::Starting(_))), "{kind}: {answer:?}");
    }
}

#[test]
fn moto_as_sqs_and_s3() {
    let port = free_port();
    let anyone = Target::new("sqs", port, &[("access_key", "x"), ("secret_key", "y")]);
    anyone.does_not_answer();
    // Login attempts until it responds count as requests without a valid signature; only after that is the number meaningful.
    let server = start_moto(port, 1000);
    anyone.becomes_ready(&server, None);
    drop(server);
    let port = free_port();
    let server = start_moto(port, 3);
    let spark = Target::new("spark", port, &[]);
    spark
        .login(|login| until_ready(login, LIMIT, || !matches!(log_in(login), Err(NotReady::OtherServer(_)))))
        .expect_err("it is no Spark");
    let (access_key, secret_key) = moto_user(port);
    let keys = [("access_key", access_key.as_str()), ("secret_key", &secret_key), ("bucket", "shop-dev")];
    for kind in ["sqs", "s3"] {
        let target = Target::new(kind, port, &keys);
        target.becomes_ready(&server, None);
        target.with("secret_key", "wrong").is_refused("SignatureDoesNotMatch");
        target.with("access_key", "other").is_refused("");
    }
    let target = Target::new("s3", port, &keys);
    for _ in 0..2 {
        assert_eq!(target.login(create_bucket), Ok(()));
    }
    target.becomes_ready(&server, None);
}
