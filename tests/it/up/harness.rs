//! The engines of the tests behave like others, and leave nothing behind.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::engine::{Engine, Maker, Present};

/// Waits for something that must happen.
fn within<T>(seconds: u64, what: impl Fn() -> String, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < Duration::from_secs(seconds), "{}", what());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A container, removed on drop.
struct Container<'a> {
    engine: &'a Engine,
    name: String,
}

impl<'a> Container<'a> {
    /// Starts one with a published `port`. `files` are added to it, each with its text.
    fn run(engine: &'a Engine, name: &str, image: &str, port: u16, files: &[(&str, &str)], more: &Value) -> (Self, TempDir) {
        let written = tempfile::tempdir().expect("a directory");
        let mut binds: Vec<String> =
            more["Binds"].as_array().into_iter().flatten().map(|bind| bind.as_str().expect("text").to_owned()).collect();
        for (number, (path, text)) in files.iter().enumerate() {
            let file = written.path().join(number.to_string());
            fs::write(&file, text).expect("written");
            binds.push(format!("{}:{path}:ro", file.display()));
        }
        let name = format!("{name}-{}", std::process::id());
        let port = format!("{port}/tcp");
        let request = json!({
            "Image": image, "Env": more["Env"], "Cmd": more["Cmd"], "Labels": { "takk.test.name": name }, "ExposedPorts": { port.as_str(): {} },
            "HostConfig": { "Binds": binds, "PortBindings": { port.as_str(): [{ "HostIp": "127.0.0.1", "HostPort": "" }] } },
        });
        let (status, said) = engine.ask("POST", &format!("/containers/create?name={name}"), &request);
        assert_eq!(status, 201, "{said}");
        let container = Self { engine, name };
        let (status, said) = engine.ask("POST", &format!("/containers/{}/start", container.name), &Value::Null);
        assert_eq!(status, 204, "{said}");
        (container, written)
    }

    fn state(&self) -> Value {
        self.engine.get(&format!("/containers/{}/json", self.name))["State"].clone()
    }

    fn log(&self) -> String {
        self.engine.container_log(&self.name)
    }

    fn port(&self) -> u16 {
        let ports = &self.engine.get(&format!("/containers/{}/json", self.name))["NetworkSettings"]["Ports"];
        let published = ports.as_object().expect("ports").values().find(|port| port.is_array()).expect("one is published");
        published[0]["HostPort"].as_str().expect("text").parse().expect("a number")
    }

    /// Waits until it has exited and returns its status and log.
    fn ended(&self) -> (i64, String) {
        let status = within(
            20,
            || "it goes on".to_owned(),
            || {
                // One that has not started yet does not run either.
                let state = self.state();
                state["ExitCode"].as_i64().filter(|_| state["Status"] == "exited")
            },
        );
        (status, self.log())
    }

    /// Sends a text to the server until it responds as expected.
    fn says(&self, sent: &[u8], expected: &str) {
        let port = self.port();
        within(
            60,
            || format!("{} never says {expected}: {}", self.name, self.log()),
            || {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
                stream.set_read_timeout(Some(Duration::from_secs(2))).expect("not zero");
                stream.write_all(sent).ok()?;
                let (mut said, mut buffer) = (Vec::new(), [0; 4096]);
                while let Ok(length @ 1..) = stream.read(&mut buffer) {
                    said.extend_from_slice(&buffer[..length]);
                    if String::from_utf8_lossy(&said).contains(expected) {
                        return Some(());
                    }
                }
                None
            },
        );
    }
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        // An engine that a test killed does not respond.
        let _ =
            super::api::ask(&self.engine.socket(), "DELETE", &format!("/containers/{}?force=1&v=1", self.name), &Value::Null);
    }
}

fn postgres<'a>(engine: &'a Engine, name: &str, version: &str, password: &str, volume: &str) -> (Container<'a>, TempDir) {
    let path = if version == "18" { "/var/lib/postgresql" } else { "/var/lib/postgresql/data" };
    let more = json!({
        "Env": ["POSTGRES_USER=shop", "POSTGRES_DB=shop_dev", "POSTGRES_PASSWORD_FILE=/run/takk/password"],
        "Binds": [format!("{volume}-{}:{path}", std::process::id())],
    });
    Container::run(engine, name, &format!("postgres:{version}"), 5432, &[("/run/takk/password", password)], &more)
}

/// The result of a login: the server's version, or the refusal. Waits until the server gives either.
fn login(container: &Container<'_>, password: &str) -> String {
    let url = format!("postgresql://shop:{password}@127.0.0.1:{}/shop_dev?connect_timeout=5", container.port());
    within(
        60,
        || format!("no login: {}", container.log()),
        || match Client::connect(&url, NoTls) {
            Ok(mut client) => Some(client.query_one("SHOW server_version", &[]).expect("an answer").get(0)),
            Err(error) => {
                error.as_db_error().filter(|error| error.code().code() != "57P03").map(|error| error.message().to_owned())
            }
        },
    )
}

fn a_volume_outlives_its_container(engine: &Engine) {
    {
        let (container, _files) = postgres(engine, "first", "16", "one", "kept");
        assert!(login(&container, "one").starts_with("16."), "{}", container.log());
        assert_eq!(login(&container, "two"), "password authentication failed for user \"shop\"");
        let environment = engine.get(&format!("/containers/{}/json", container.name))["Config"].to_string();
        assert!(environment.contains("/run/takk/password") && !environment.contains("one\""), "{environment}");
    }
    {
        // Another password has no effect on a volume that already has data.
        let (container, _files) = postgres(engine, "second", "16", "two", "kept");
        assert!(login(&container, "one").starts_with("16."));
        assert!(login(&container, "two").contains("authentication failed"));
    }
    let (container, _files) = postgres(engine, "third", "17", "one", "kept");
    let (status, log) = container.ended();
    assert!(status == 1 && log.contains("database files are incompatible with server"), "{status} {log}");
    assert!(log.contains("initialized by PostgreSQL version 16"), "{log}");
}

#[test]
fn images_of_postgresql_behave_as_the_official_ones() {
    let Some(engine) = Engine::shared(&["postgres:16", "postgres:17", "postgres:18"]) else { return };
    a_volume_outlives_its_container(&engine);
    let (container, _files) = postgres(&engine, "newest", "18", "one", "newest");
    assert!(login(&container, "one").starts_with("18."));
    assert_eq!(container.log().matches("database system is ready to accept connections").count(), 2);
    let (container, _files) = Container::run(&engine, "bare", "postgres:17", 5432, &[], &json!({}));
    let (status, log) = container.ended();
    assert!(status == 1 && log.contains("superuser password is not specified"), "{log}");
    let old = json!({ "Binds": [format!("old-{}:/var/lib/postgresql/data", std::process::id())] });
    let (container, _files) = Container::run(&engine, "mounted", "postgres:18", 5432, &[], &old);
    let (status, log) = container.ended();
    assert!(status == 1 && log.contains("in 18+, these Docker images"), "{log}");
}

#[test]
fn podman_runs_the_same_images() {
    let Some(engine) = Engine::podman(&["postgres:16", "postgres:17"]) else { return };
    a_volume_outlives_its_container(&engine);
}

/// An image, its port, files in the container, further configuration, what is sent to it, and the response.
type Case<'a> = (&'a str, u16, &'a [(&'a str, &'a str)], Value, &'a [u8], &'a str);

#[test]
fn images_of_other_servers_listen() {
    let mariadb = json!({ "Env": ["MARIADB_ROOT_PASSWORD=one", "MARIADB_DATABASE=shop_dev", "MARIADB_USER=shop", "MARIADB_PASSWORD=two"] });
    let weed = json!({ "Cmd": ["server", "-s3", "-s3.config=/run/takk/s3.json", "-ip=127.0.0.1", "-s3.ip.bind=0.0.0.0"] });
    let identity =
        r#"{"identities": [{"name": "a", "credentials": [{"accessKey": "k", "secretKey": "s"}], "actions": ["Admin"]}]}"#;
    let redis = json!({ "Cmd": ["redis-server", "/run/takk/redis.conf"] });
    let nats = json!({ "Cmd": ["nats-server", "--config", "/run/takk/nats.conf"] });
    let get = b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";
    let cases: [Case; 7] = [
        (
            "redis:7.2.11",
            6379,
            &[("/run/takk/redis.conf", "requirepass one\n")],
            redis,
            b"AUTH one\r\nPING\r\n",
            "+OK\r\n+PONG",
        ),
        (
            "nats:2.12.2-alpine",
            4222,
            &[("/run/takk/nats.conf", "authorization { user: u, password: p }\n")],
            nats,
            b"",
            "\"version\":\"2.12.2\"",
        ),
        ("nats:2.15.2-alpine", 4222, &[], json!({}), b"", "\"version\":\"2.15.1\""),
        ("mariadb:12.3", 3306, &[], mariadb, b"", "MariaDB"),
        ("rabbitmq:4.3", 5672, &[], json!({ "Env": ["RABBITMQ_NODENAME=rabbit@localhost"] }), b"AMQP\0\0\x09\x01", "RabbitMQ"),
        ("chrislusf/seaweedfs:4.48", 8333, &[("/run/takk/s3.json", identity)], weed, get, "AccessDenied"),
        ("softwaremill/elasticmq-native:1.7.1", 9324, &[], json!({}), get, "200 OK"),
    ];
    // They start at the same time.
    let images: Vec<&str> = cases.iter().map(|case| case.0).collect();
    let engines: Vec<_> = images.iter().filter_map(|image| Engine::shared(&[image]).map(|engine| (*image, engine))).collect();
    let mut started = Vec::new();
    for (image, engine) in &engines {
        let (image, port, files, more, sent, expected) = cases.iter().find(|case| case.0 == *image).expect("it is one of them");
        let name = format!("listens-{}", image.replace(['/', ':'], "-"));
        started.push((Container::run(engine, &name, image, *port, files, more), sent, expected));
    }
    for ((container, _files), sent, expected) in started {
        container.says(sent, expected);
    }
}

#[test]
fn images_that_fail_do_so() {
    let Some(engine) = Engine::shared(&["postgres:14", "postgres:15"]) else { return };
    let (container, _files) = Container::run(&engine, "exits", "postgres:14", 5432, &[], &json!({}));
    let (status, log) = container.ended();
    assert!(status == 1 && log.contains("starting server") && log.contains("FATAL: could not map"), "{log}");
    let (container, _files) = Container::run(&engine, "waits", "postgres:15", 5432, &[], &json!({}));
    within(10, || "it says nothing".to_owned(), || container.log().contains("starting server").then_some(()));
    assert_eq!(container.state()["Running"], true);
}

#[test]
fn what_has_a_label_is_found_by_it() {
    let Some(engine) = Engine::shared(&["postgres:15"]) else { return };
    let (container, _files) = Container::run(&engine, "labelled", "postgres:15", 5432, &[], &json!({}));
    let label = format!("takk.test.name={}", container.name);
    let (status, said) = engine.ask(
        "POST",
        "/volumes/create",
        &json!({ "Name": container.name, "Labels": { "takk.test.name": container.name } }),
    );
    assert_eq!(status, 201, "{said}");
    let expected =
        Present { containers: vec![container.name.clone()], volumes: vec![container.name.clone()], networks: Vec::new() };
    assert_eq!(engine.labelled(&label), expected);
    let volume = container.name.clone();
    drop(container);
    engine.ask("DELETE", &format!("/volumes/{volume}"), &Value::Null);
    assert_eq!(engine.labelled(&label), Present::default());
}

#[test]
fn an_engine_that_was_killed_finds_its_containers() {
    let Some(engine) = Engine::own("killed", &["postgres:15"]) else { return };
    let (container, _files) = Container::run(&engine, "found", "postgres:15", 5432, &[], &json!({}));
    engine.kill();
    engine.start().expect("it starts again");
    assert_eq!(engine.labelled("takk.test.name").containers, std::slice::from_ref(&container.name));
}

/// Processes, mounts and network devices whose text contains this.
fn traces(of: &Path, pool: &str) -> Vec<String> {
    let of = of.to_str().expect("text");
    let processes = fs::read_dir("/proc")
        .expect("/proc")
        .flatten()
        .filter_map(|entry| fs::read_to_string(entry.path().join("cmdline")).ok());
    let mounts = fs::read_to_string("/proc/mounts").expect("/proc");
    let mut found: Vec<String> = processes.filter(|command| command.contains(&format!("{of}/"))).collect();
    found.extend(mounts.lines().filter(|mount| mount.contains(of)).map(str::to_owned));
    let routes = crate::python::run(Command::new("busybox").args(["ip", "-o", "-4", "addr"]));
    found.extend(routes.lines().filter(|route| route.contains(&format!(" {pool}."))).map(str::to_owned));
    found
}

fn leaves_nothing(start: impl Fn(u32) -> Option<Engine>) {
    let mut run: Child = Command::new("sleep").arg("600").spawn().expect("it runs");
    let Some(engine) = start(run.id()) else {
        let _ = run.kill();
        let _ = run.wait();
        return;
    };
    let directory = engine.socket().parent().expect("it is in a directory").to_owned();
    let pool = fs::read_to_string(directory.join("pool")).expect("it was chosen");
    let (container, _files) = Container::run(&engine, "left", "postgres:15", 5432, &[], &json!({}));
    // It has processes, mounts and a bridge.
    assert!(traces(&directory, &pool).len() > 2);
    std::mem::forget(container);
    run.kill().expect("it runs");
    run.wait().expect("it has ended");
    within(60, || "the engine is not stopped".to_owned(), || (!directory.exists()).then_some(()));
    assert_eq!(traces(&directory, &pool), [""; 0]);
}

#[test]
fn nothing_is_left_of_dockerd_when_its_run_ends() {
    leaves_nothing(|user| Engine::with(Maker::Docker, "left", user, &["postgres:15"]));
}

#[test]
fn nothing_is_left_of_podman_when_its_run_ends() {
    leaves_nothing(|user| Engine::with(Maker::Podman, "left-podman", user, &["postgres:15"]));
}
