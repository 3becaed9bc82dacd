//! takk is killed after every step of a creation. Running it again repairs that: one server, a login with the stored credentials, and the
//! credentials are those that were stored first.

use super::engine::Engine;
use super::project::{Checkout, processes_in};
use super::servers::{debian, nats_server, path_with, postgres, weed};

/// The steps of a kind, before and after each is recorded.
fn points(key: &str, steps: &[&str]) -> Vec<String> {
    let written = steps.iter().flat_map(|step| [format!("{key}:{step}"), format!("{key}:{step}:stored")]);
    [format!("{key}:reserved")].into_iter().chain(written).chain([format!("{key}:live")]).collect()
}

/// Kills takk in a checkout at each of these points.
fn is_cured(key: &str, variable: &str, steps: &[&str], new: &dyn Fn(&str) -> Checkout, only_one: &dyn Fn(&Checkout, &str)) {
    for (number, point) in points(key, steps).into_iter().enumerate() {
        let name = format!("killed-{}-{number}", key.replace('/', "-"));
        let checkout = new(&name);
        checkout.killed_after(&point, &["up", "--env", "dev"]);
        let first = checkout.servers().first().map(|server| server["credential"].clone());
        let again = checkout.takk(&["up", "--env", "dev"]);
        assert_eq!(again.code, 0, "{point}: {again:?}");
        checkout.is_ready();
        let servers = checkout.servers();
        assert_eq!(servers.len(), 1, "{point}");
        assert_eq!(servers[0]["generation"], 1, "{point}");
        assert_eq!(Some(&servers[0]["credential"]), first.as_ref(), "{point}: other credentials than were stored first");
        assert!(checkout.value(variable).contains("127.0.0.1"), "{point}");
        only_one(&checkout, &name);
        // And the same when removing.
        let out = [format!("{key}:retiring"), format!("{key}:removed")];
        checkout.killed_after(&out[number % 2], &["down", "--data", "--confirm", "dev", "--env", "dev"]);
        checkout.takk(&["down", "--data", "--confirm", "dev", "--env", "dev"]).done();
        assert!(checkout.servers().is_empty(), "{point}");
        assert_eq!(checkout.takk(&["secrets", "get", variable, "--env", "dev"]).code, 2, "{point}");
    }
}

/// The steps at which servers that start slowly are killed: those that leave most behind.
const FEW: [&str; 3] = ["data", "started", "login"];
const LOCAL: [&str; 6] = ["directory", "ports", "data", "files", "started", "login"];
const CONTAINED: [&str; 7] = ["image", "volume", "ports", "container", "files", "started", "login"];

fn one_process(checkout: &Checkout, _: &str) {
    let place = checkout.servers()[0]["place"].as_str().expect("a place").to_owned();
    assert_eq!(processes_in(&place).len(), 1, "{place}");
}

#[test]
fn redis_of_this_machine_is_cured_after_every_step() {
    let Some(redis) = debian("redis-server") else { return };
    let new = |name: &str| Checkout::new(name, "redis_url: RedisDsn", path_with(&[&redis]), None);
    is_cured("redis/default", "REDIS_URL", &LOCAL, &new, &one_process);
}

#[test]
fn nats_of_this_machine_is_cured_after_every_step() {
    let nats = nats_server("2.15");
    let new = |name: &str| Checkout::new(name, "nats_url: NatsDsn", path_with(&[&nats]), None);
    is_cured("nats/default", "NATS_URL", &LOCAL, &new, &one_process);
}

#[test]
fn postgres_of_this_machine_is_cured_after_every_step() {
    let Some(postgres) = postgres(18) else { return };
    let bin = postgres.join("bin");
    let new = |name: &str| Checkout::new(name, "database_url: PostgresDsn", path_with(&[&bin]), None);
    is_cured("postgres/default", "DATABASE_URL", &LOCAL, &new, &one_process);
}

fn one_container(engine: &Engine, name: &str) {
    let present = engine.labelled(&format!("takk.project={name}"));
    assert_eq!((present.containers.len(), present.volumes.len()), (1, 1), "{present:?}");
}

#[test]
fn postgres_in_a_container_is_cured_after_every_step() {
    let Some(engine) = Engine::shared(&["postgres:18"]) else { return };
    let new = |name: &str| Checkout::new(name, "database_url: PostgresDsn", path_with(&[]), Some(&engine));
    is_cured("postgres/default", "DATABASE_URL", &CONTAINED, &new, &|_, name| one_container(&engine, name));
}

#[test]
fn redis_in_a_container_is_cured_after_every_step() {
    let Some(engine) = Engine::shared(&["redis:7.2.11"]) else { return };
    let new = |name: &str| Checkout::new(name, "redis_url: RedisDsn", path_with(&[]), Some(&engine));
    is_cured("redis/default", "REDIS_URL", &CONTAINED, &new, &|_, name| one_container(&engine, name));
}

#[test]
fn mariadb_of_this_machine_is_cured_after_its_greatest_steps() {
    let Some(mariadb) = debian("mariadbd") else { return };
    let new = |name: &str| Checkout::new(name, "database_url: MariaDBDsn", path_with(&[&mariadb]), None);
    is_cured("mariadb/default", "DATABASE_URL", &FEW, &new, &one_process);
}

#[test]
fn s3_of_this_machine_is_cured_after_its_greatest_steps() {
    let weed = weed();
    let fields = "endpoint: S3Endpoint; key: S3AccessKey; secret: S3SecretKey; bucket: S3BucketName";
    let new = |name: &str| Checkout::new(name, fields, path_with(&[&weed]), None);
    is_cured("s3/default", "ENDPOINT", &FEW, &new, &one_process);
}

#[test]
fn rabbitmq_of_this_machine_is_cured_where_it_starts() {
    let Some(rabbitmq) = debian("rabbitmq-server") else { return };
    let new = |name: &str| Checkout::new(name, "broker: AmqpDsn", path_with(&[&rabbitmq]), None);
    is_cured("amqp/default", "BROKER", &["started"], &new, &|_, _| ());
}

#[test]
fn mariadb_and_s3_in_containers_are_cured_where_they_start() {
    let Some(engine) = Engine::shared(&["mariadb:12.3", "chrislusf/seaweedfs:4.48", "rabbitmq:4.3"]) else { return };
    let fields = "endpoint: S3Endpoint; key: S3AccessKey; secret: S3SecretKey; bucket: S3BucketName";
    for (key, variable, fields) in [
        ("mariadb/default", "DATABASE_URL", "database_url: MariaDBDsn"),
        ("s3/default", "ENDPOINT", fields),
        ("amqp/default", "BROKER", "broker: AmqpDsn"),
    ] {
        let new = |name: &str| Checkout::new(name, fields, path_with(&[]), Some(&engine));
        is_cured(key, variable, &["started"], &new, &|_, name| one_container(&engine, name));
    }
}
