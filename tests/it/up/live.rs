//! `takk check --live` proves the stored logins to databases and brokers, on real servers and on hostile ones.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::project::Checkout;
use super::servers::path_with;
use super::started::{
    DATABASE, PASSWORD, Started, USER, create_database, start_mariadb, start_nats, start_postgres, start_rabbitmq, start_redis,
};
use crate::ports::free_port;
use crate::process::{Answer, piped};

const FIELDS: &str = "database_url: PostgresDsn | None = None; maria_url: MariaDBDsn | None = None; redis_url: RedisDsn | None = None; \
    broker_url: AmqpDsn | None = None; nats_url: NatsDsn | None = None";

/// A program that has the parts of an address, with a host of its own.
const PARTS: &str = "from takk.secrets import PostgresHost, PostgresName, PostgresPassword, PostgresUsername\n\
    from pydantic_settings import BaseSettings\nfrom typing import Annotated\nfrom takk.models import ResourceTags\n\
    from takk.secrets import ResourceRef\n\n\nclass Settings(BaseSettings):\n    db_host: PostgresHost = \"127.0.0.1\"\n\
    \x20   db_port: Annotated[int, ResourceRef(ResourceTags.psql_port)] = PORT\n    db_name: PostgresName = \"shop_dev\"\n\
    \x20   db_user: PostgresUsername = \"shop\"\n    db_password: PostgresPassword\n\n\nsettings = Settings()\n";

fn checkout() -> Checkout {
    Checkout::new("shop", FIELDS, path_with(&[]), None)
}

fn store(checkout: &Checkout, name: &str, value: &str) {
    piped(checkout.command(&["secrets", "set", name, "--env", "dev", "--stdin"]), value.as_bytes()).done();
}

/// `takk check --live`, whose output has no password.
fn check(checkout: &Checkout, more: &[&str]) -> Answer {
    let answer = checkout.takk(&[&["check", "--env", "dev", "--live"][..], more].concat());
    let said = format!("{}{}", answer.out, answer.err);
    for secret in [PASSWORD, "wr0ng"] {
        assert!(!said.contains(secret), "{said}");
    }
    answer
}

/// The findings of it, by the variable that they begin with.
fn found(checkout: &Checkout, more: &[&str]) -> Vec<(String, String)> {
    let answer = check(checkout, &[&["--json"][..], more].concat());
    let json: Value = serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("a text").to_owned();
    let all = json["findings"].as_array().expect("findings").iter();
    let all = all.map(|finding| (text(finding, "code"), text(finding, "message")));
    all.filter(|(code, _)| ["TK112", "TK113", "TK114"].contains(&code.as_str())).collect()
}

#[track_caller]
fn is_found(checkout: &Checkout, code: &str, words: &[&str]) {
    let all = found(checkout, &[]);
    let [(found, message)] = &all[..] else { panic!("{all:?}") };
    assert_eq!(found, code, "{message}");
    for word in words {
        assert!(message.contains(word), "{word}: {message}");
    }
    for part in [USER, DATABASE, "127.0.0.1"] {
        assert!(!message.contains(part), "{part}: {message}");
    }
}

/// Waits until a stored login works, which proves that this is said.
#[track_caller]
fn works(checkout: &Checkout, name: &str, product: &str, server: &Started) {
    let begun = Instant::now();
    loop {
        let answer = check(checkout, &[]);
        if answer.err.contains(&format!("`{name}` in `dev` works: {product} accepts it")) {
            assert_eq!(answer.code, 0, "{answer:?}");
            return;
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "{answer:?} {}", server.log());
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A right password, a wrong one, and nobody there.
#[track_caller]
fn is_proved(checkout: &Checkout, name: &str, product: &str, (url, port): (&str, u16), server: Started) {
    store(checkout, name, url);
    works(checkout, name, product, &server);
    store(checkout, name, &url.replace(PASSWORD, "wr0ng"));
    is_found(checkout, "TK112", &[&format!("`{name}` in `dev`: {product} refuses the login")]);
    store(checkout, name, url);
    server.end(port);
    is_found(checkout, "TK114", &[&format!("`{name}` in `dev`: {product} cannot be reached: connection refused")]);
    checkout.takk(&["secrets", "unset", name, "--env", "dev"]).done();
}

#[test]
fn a_login_to_each_server_is_proved() {
    let checkout = checkout();
    let port = free_port();
    if let Some(server) = start_postgres(17, port, "scram-sha-256", &[]) {
        store(&checkout, "DATABASE_URL", &format!("postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres"));
        works(&checkout, "DATABASE_URL", "PostgreSQL", &server);
        let url = format!("postgresql+asyncpg://{USER}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}");
        store(&checkout, "DATABASE_URL", &url);
        is_found(&checkout, "TK112", &["PostgreSQL refuses the login: database \"…\" does not exist (SQLSTATE 3D000)"]);
        create_database(port);
        is_proved(&checkout, "DATABASE_URL", "PostgreSQL", (&url, port), server);
    }
    let port = free_port();
    if let Some(server) = start_redis(port, &["--requirepass", PASSWORD]) {
        let url = format!("redis://:{PASSWORD}@127.0.0.1:{port}/0");
        is_proved(&checkout, "REDIS_URL", "Redis", (&url, port), server);
    }
    let port = free_port();
    if let Some(server) = start_redis(port, &[]) {
        store(&checkout, "REDIS_URL", &format!("redis://127.0.0.1:{port}/0"));
        works(&checkout, "REDIS_URL", "Redis", &server);
        store(&checkout, "REDIS_URL", &format!("redis://:{PASSWORD}@127.0.0.1:{port}/0"));
        is_found(&checkout, "TK114", &["Redis has no password: it accepts everyone, which proves nothing"]);
        checkout.takk(&["secrets", "unset", "REDIS_URL", "--env", "dev"]).done();
    }
    let port = free_port();
    if let Some(server) = start_mariadb(port) {
        let url = format!("mariadb+pymysql://{USER}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}");
        is_proved(&checkout, "MARIA_URL", "MariaDB", (&url, port), server);
    }
    let port = free_port();
    if let Some(server) = start_rabbitmq(port) {
        let url = format!("amqp://{USER}:{PASSWORD}@127.0.0.1:{port}/%2F");
        is_proved(&checkout, "BROKER_URL", "RabbitMQ", (&url, port), server);
    }
    let port = free_port();
    let server = start_nats("2.15", port, &["--user", USER, "--pass", PASSWORD]);
    let url = format!("nats://{USER}:{PASSWORD}@127.0.0.1:{port}");
    is_proved(&checkout, "NATS_URL", "NATS", (&url, port), server);
}

#[test]
fn a_host_that_the_code_names_gets_a_password_only_if_it_is_confirmed() {
    let port = free_port();
    let Some(server) = start_postgres(17, port, "scram-sha-256", &[]) else { return };
    let (spy, count) = listening(|_| ());
    let checkout = checkout();
    let named =
        |port: u16| fs::write(checkout.root().join("settings.py"), PARTS.replace("PORT", &port.to_string())).expect("written");
    named(spy);
    store(&checkout, "DB_PASSWORD", PASSWORD);
    let all = found(&checkout, &[]);
    let expected = format!("`DB_PASSWORD` in `dev`: takk does not send it to `127.0.0.1:{spy}`, which it does not know");
    assert_eq!(all, [("TK114".to_owned(), expected)]);
    let said = check(&checkout, &[]);
    assert!(said.out.contains(&format!("--allow-host 127.0.0.1:{spy}")), "{said:?}");
    // A host that somebody stored is theirs, but not with any port that the code names.
    store(&checkout, "DB_HOST", "127.0.0.1");
    assert_eq!(found(&checkout, &[]).len(), 1);
    assert_eq!(count.load(Ordering::Relaxed), 0, "nobody was asked");

    named(port);
    store(&checkout, "DB_PORT", &port.to_string());
    while check(&checkout, &[]).err.contains("cannot be reached")
        || found(&checkout, &[]).iter().any(|(code, _)| code == "TK114")
    {
        std::thread::sleep(Duration::from_millis(100));
    }
    create_database(port);
    works(&checkout, "DB_PASSWORD", "PostgreSQL", &server);
    for name in ["DB_HOST", "DB_PORT"] {
        checkout.takk(&["secrets", "unset", name, "--env", "dev"]).done();
    }
    let host = format!("127.0.0.1:{port}");
    let answer = check(&checkout, &["--allow-host", &host]);
    assert!(answer.code == 0 && answer.err.contains("`DB_PASSWORD` in `dev` works: PostgreSQL accepts it"), "{answer:?}");
    store(&checkout, "DB_PASSWORD", "wr0ng");
    assert_eq!(found(&checkout, &["--allow-host", &host])[0].0, "TK112");
}

/// A server that handles each connection so, and counts them.
fn listening(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (port, count) = (listener.local_addr().expect("an address").port(), Arc::new(AtomicUsize::new(0)));
    let (counted, handle) = (Arc::clone(&count), Arc::new(handle));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::Relaxed);
            let handle = Arc::clone(&handle);
            std::thread::spawn(move || handle(stream));
        }
    });
    (port, count)
}

/// The URL of each kind on one port.
fn fill(checkout: &Checkout, port: u16) {
    for (name, scheme, path) in [
        ("DATABASE_URL", "postgresql", "/shop_dev"),
        ("MARIA_URL", "mariadb", "/shop_dev"),
        ("REDIS_URL", "redis", "/0"),
        ("BROKER_URL", "amqp", "/%2F"),
        ("NATS_URL", "nats", ""),
    ] {
        store(checkout, name, &format!("{scheme}://{USER}:{PASSWORD}@127.0.0.1:{port}{path}"));
    }
}

#[track_caller]
fn nothing_is_proved(checkout: &Checkout) {
    let begun = Instant::now();
    let all = found(checkout, &[]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(all.len(), 5, "{all:?}");
    for (code, message) in all {
        assert!(code == "TK114" || code == "TK112", "{message}");
        assert!(message.chars().count() < 400 && !message.contains(|c: char| c.is_control()), "{message}");
    }
}

#[test]
fn a_hostile_server_costs_a_few_seconds_and_learns_to_say_nothing() {
    let checkout = checkout();
    // It never answers: five seconds, all of them at the same time.
    let (port, count) = listening(|stream| {
        std::thread::sleep(Duration::from_mins(1));
        drop(stream);
    });
    fill(&checkout, port);
    nothing_is_proved(&checkout);
    assert_eq!(count.load(Ordering::Relaxed), 5);
    // It answers what nobody understands, with what controls terminals and CI servers.
    let garbage = "\u{1b}]0;x\u{7}\u{1b}[2J\r\n::error::x\r\n##[error]x\r\n\u{202e}".repeat(50_000);
    let (port, _) = listening(move |mut stream| {
        let _ = stream.write_all(garbage.as_bytes());
    });
    fill(&checkout, port);
    nothing_is_proved(&checkout);
    // It repeats what it hears.
    let (port, _) = listening(|mut stream| {
        let _ = stream.write_all(b"-ERR ");
        let mut heard = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut heard) {
            if stream.write_all(&heard[..read]).is_err() {
                return;
            }
        }
    });
    fill(&checkout, port);
    nothing_is_proved(&checkout);
}

#[test]
fn what_takk_cannot_read_is_said_and_goes_nowhere() {
    let checkout = checkout();
    store(&checkout, "DATABASE_URL", &format!("postgresql://{USER}:{PASSWORD}@127.0.0.1:1/x?sslrootcert=/nowhere.pem"));
    is_found(
        &checkout,
        "TK114",
        &["takk cannot prove it: its URL names certificate authorities in a file that cannot be read"],
    );
}
