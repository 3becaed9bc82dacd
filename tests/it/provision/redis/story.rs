//! Two environments on one server: created, used as a program uses them, kept apart, and removed without a trace.

use std::process::Command;

use super::super::sessions::until_connected;
use super::server::{CLIENTS, Keeps, Server, checkout, set_admin};
use crate::python::{run, venv};
use crate::up::project::Checkout;

fn value(checkout: &Checkout, environment: &str) -> String {
    checkout.takk(&["secrets", "get", "REDIS_URL", "--env", environment]).done().trim().to_owned()
}

fn tells(keeps: Keeps) {
    let Some(mut server) = Server::new(keeps) else { return };
    let checkout = checkout("shop");
    server.root(&["SET", "elsewhere", "7"]);
    let said = set_admin(&checkout, &server, "dev");
    assert!(said.contains("Redis 7.") && said.contains("There: 2 users") && !said.contains("needs less"), "{said}");
    set_admin(&checkout, &server, "test");

    let planned = checkout.takk(&["provision", "--env", "dev", "--dry-run"]).done();
    assert!(
        planned.contains("ACL SETUSER shop_dev reset on #... ~shop_dev:* &shop_dev:* +@all -@admin -@dangerous"),
        "{planned}"
    );
    server.has_no_trace_of("shop");
    assert!(checkout.servers().is_empty(), "a dry run stores nothing");

    let answer = checkout.takk(&["provision", "--env", "dev"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.err.contains("a restart of the server forgets the user"), keeps == Keeps::Nowhere, "{answer:?}");
    checkout.takk(&["provision", "redis", "--env", "test"]).done();
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((&servers[0]["provisioner"], &servers[0]["status"]), (&"redis-server".into(), &"running".into()));

    let url = value(&checkout, "dev");
    assert!(url.starts_with("redis://shop_dev:") && url.ends_with("/0"), "{url}");
    let by = |command: &[&str]| server.by_url(&url, command);
    for command in [
        &["SET", "shop_dev:a", "1"][..],
        &["EVAL", "return redis.call('INCR', KEYS[1])", "1", "shop_dev:a"],
        &["PUBLISH", "shop_dev:news", "x"],
        &["INFO", "server"],
        &["-n", "1", "SET", "shop_dev:b", "1"],
    ] {
        by(command).unwrap_or_else(|said| panic!("{command:?}: {said}"));
    }
    for command in [
        &["GET", "elsewhere"][..],
        &["SET", "shop_test:a", "1"],
        &["GET", "takk:owner:shop_dev"],
        &["SET", "shop_devx", "1"],
        &["EVAL", "return redis.call('GET', 'elsewhere')", "0"],
        &["PUBLISH", "shop_test:news", "x"],
        &["SUBSCRIBE", "everything"],
        &["FLUSHALL"],
        &["KEYS", "*"],
        &["CONFIG", "GET", "*"],
        &["ACL", "LIST"],
        &["CLIENT", "LIST"],
        &["MONITOR"],
        &["SHUTDOWN"],
        &["FUNCTION", "FLUSH"],
        &["SORT", "shop_dev:a", "BY", "*"],
    ] {
        let said = by(command).expect_err(&command.join(" "));
        let is_refused = ["NOPERM", "denied", "can't access"].iter().any(|words| said.contains(words));
        assert!(is_refused, "{command:?}: {said}");
    }

    // The same again changes nothing; what somebody changed is repaired, and so is what a restart has forgotten.
    let rules = server.root(&["ACL", "GETUSER", "shop_dev"]);
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(server.root(&["ACL", "GETUSER", "shop_dev"]), rules);
    server.root(&["ACL", "SETUSER", "shop_dev", "resetpass", ">other", "~*", "+flushall"]);
    assert_eq!(checkout.takk(&["status", "--env", "dev"]).code, 1);
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert_eq!(server.root(&["ACL", "GETUSER", "shop_dev"]), rules);
    server.stop();
    server.start(&[]);
    assert_eq!(checkout.takk(&["status", "--env", "dev"]).code, i32::from(keeps == Keeps::Nowhere));
    checkout.takk(&["provision", "--env", "dev"]).done();
    checkout.is_ready();
    assert_eq!(value(&checkout, "dev"), url);

    // Removed while somebody waits.
    server.by_url(&url, &["MSET", "shop_dev:c", "1", "shop_dev:d", "2"]).expect("it may");
    let mut session = server.session(&url, "shop_dev:queue");
    let open = until_connected(&checkout, "redis", |session| {
        session["user"] == "shop_dev"
            && session["address"].as_str().is_some_and(|address| address.contains("127.0.0.1:"))
            && session["opened_at"].is_i64()
    });
    assert_eq!(open["resource"], "redis/default", "{open}");
    assert!(!open.to_string().contains("shop_dev:queue"), "{open}");
    checkout.takk(&["provision", "remove", "redis", "--env", "dev", "--confirm", "dev"]).done();
    assert!(!session.wait().expect("it ends").success(), "the session is ended");
    assert!(server.by_url(&url, &["PING"]).expect_err("no login").contains("WRONGPASS"));
    server.has_no_trace_of("shop_dev");
    assert_eq!(checkout.takk(&["secrets", "get", "REDIS_URL", "--env", "dev"]).code, 2);
    if keeps == Keeps::Nowhere {
        checkout.takk(&["provision", "--env", "test"]).done();
    }
    server.by_url(&value(&checkout, "test"), &["SET", "shop_test:a", "1"]).expect("the other one is untouched");
    checkout.takk(&["env", "delete", "test", "--yes"]).done();
    server.has_no_trace_of("shop");
    server.stop();
    server.start(&[]);
    server.has_no_trace_of("shop");
}

#[test]
fn on_a_server_that_keeps_users_in_its_configuration() {
    tells(Keeps::Configuration);
}

#[test]
fn on_a_server_with_a_file_of_users() {
    tells(Keeps::AclFile);
}

#[test]
fn on_a_server_that_keeps_no_users() {
    tells(Keeps::Nowhere);
}

#[test]
fn real_clients_work_within_the_prefix() {
    let Some(server) = Server::new(Keeps::AclFile) else { return };
    let checkout = checkout("shop");
    set_admin(&checkout, &server, "dev");
    checkout.takk(&["provision", "--env", "dev"]).done();
    let python = venv(&CLIENTS).join("bin/python");
    let script = r#"
import sys, threading
import celery, redis

url, prefix = sys.argv[1], "shop_dev:"
client = redis.Redis.from_url(url)
with client.lock(prefix + "lock", timeout=5):
    with client.pipeline(transaction=True) as pipe:
        pipe.set(prefix + "a", 1).incr(prefix + "a").hset(prefix + "h", "b", "c").zadd(prefix + "z", {"d": 1}).execute()
assert client.get(prefix + "a") == b"2" and list(client.scan_iter(prefix + "a")) == [b"shop_dev:a"]
listener = client.pubsub()
listener.subscribe(prefix + "news")
listener.get_message(timeout=5)
assert client.register_script("return redis.call('GET', KEYS[1])")(keys=[prefix + "a"]) == b"2"
client.publish(prefix + "news", "hello")
assert listener.get_message(timeout=5)["data"] == b"hello"
client.xadd(prefix + "s", {"a": "b"})
client.info()

app = celery.Celery("shop", broker=url, backend=url)
app.conf.broker_transport_options = {"global_keyprefix": prefix}
app.conf.result_backend_transport_options = {"global_keyprefix": prefix}
app.conf.worker_enable_remote_control = False

@app.task
def add(one, other):
    return one + other

from celery.contrib.testing.worker import start_worker
with start_worker(app, pool="solo", perform_ping_check=False, without_heartbeat=True):
    print(add.delay(3, 4).get(timeout=60))
"#;
    assert_eq!(run(Command::new(python).args(["-c", script, &checkout.value("REDIS_URL")])).trim(), "7");
    checkout.takk(&["provision", "remove", "redis", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}
