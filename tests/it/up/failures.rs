//! Failures of `takk up`, with their messages kept as golden files. Numbers are masked in them.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use super::engine::Engine;
use super::project::{Checkout, processes_in};
use super::servers::{debian, is_root, nats_server, others_may_reach, path_with, postgres, unprivileged};
use crate::process::{Answer, piped};

/// The output, without the numbers and hashes that differ between runs.
fn words(answer: &Answer) -> String {
    let mut words = String::new();
    for line in answer.err.lines().filter(|line| {
        !line.contains("keyring") && !line.contains("master.key") && !line.contains("leaked") && !line.contains("not against")
    }) {
        let mut was_digit = false;
        for character in line.chars() {
            let is_digit = character.is_ascii_digit();
            if !is_digit {
                words.push(character);
            } else if !was_digit {
                words.push('#');
            }
            was_digit = is_digit;
        }
        words.push('\n');
    }
    words
}

/// The name of a container or volume ends with a hash.
fn without(text: &str, name: &str, word: &str) -> String {
    let mut numbers = String::new();
    let mut was_digit = false;
    for character in name.chars() {
        let is_digit = character.is_ascii_digit();
        if !is_digit {
            numbers.push(character);
        } else if !was_digit {
            numbers.push('#');
        }
        was_digit = is_digit;
    }
    text.replace(&numbers, word)
}

#[test]
fn a_server_that_cannot_be_run_leaves_the_others() {
    let nats = nats_server("2.15");
    let checkout = Checkout::new("no-program", "redis_url: RedisDsn; nats_url: NatsDsn", path_with(&[&nats]), None);
    let answer = checkout.takk(&["up", "--env", "dev", "--json"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let lines: Vec<serde_json::Value> = answer.out.lines().map(|line| serde_json::from_str(line).expect("an event")).collect();
    let failed: Vec<_> = lines.iter().filter(|line| line["event"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{lines:#?}");
    insta::assert_json_snapshot!("no_engine_and_no_program", failed[0]);
    let servers = checkout.servers();
    assert_eq!((servers.len(), &servers[0]["resource"], &servers[0]["status"]), (1, &json!("nats/default"), &json!("running")));
}

#[test]
fn an_engine_that_may_not_be_used_is_named() {
    let takk = assert_cmd::cargo::cargo_bin("takk");
    if !is_root() || !others_may_reach(&takk) {
        eprintln!("skipped: another user is needed who may run takk");
        return;
    }
    let Some(engine) = Engine::shared(&["redis:7.2.11"]) else { return };
    let home = tempfile::tempdir().expect("a directory");
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o777)).expect("it is ours");
    let project = tempfile::tempdir().expect("a directory");
    fs::set_permissions(project.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let checkout = Checkout::new("denied", "redis_url: RedisDsn", path_with(&[]), None);
    for file in ["pyproject.toml", "settings.py"] {
        fs::copy(checkout.root().join(file), project.path().join(file)).expect("copy");
    }
    let mut command = unprivileged(&takk);
    command
        .args(["up", "--env", "dev"])
        .current_dir(project.path())
        .env("TAKK_HOME", home.path().join("takk"))
        .env("TAKK_KEYRING", "off");
    command.env("PATH", path_with(&[])).env("DOCKER_HOST", engine.host()).env("USER", "nobody");
    let answer = piped(command, b"");
    assert_eq!(answer.code, 1, "{answer:?}");
    insta::assert_snapshot!(
        "engine_denied",
        words(&Answer { err: answer.err.replace(&engine.host(), "unix:///run/engine.sock"), ..answer })
    );
}

/// Binds a port as soon as servers of other tests have released it. `None` if something else keeps it.
fn hold(port: u16) -> Option<TcpListener> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_mins(1) {
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            return Some(listener);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    None
}

#[test]
fn a_port_that_is_taken_is_passed_over() {
    let Some(redis) = debian("redis-server") else { return };
    let engine = Engine::shared(&["redis:7.2.11"]);
    let taken = hold(6379);
    let mut checkouts = vec![Checkout::new("port-local", "redis_url: RedisDsn", path_with(&[&redis]), None)];
    checkouts.extend(
        engine.as_ref().map(|engine| Checkout::new("port-engine", "redis_url: RedisDsn", path_with(&[]), Some(engine))),
    );
    for checkout in &checkouts {
        let answer = checkout.takk(&["up", "--env", "dev"]);
        assert_eq!(answer.code, 0, "{answer:?}");
        assert!(!checkout.value("REDIS_URL").contains(":6379/"), "{answer:?}");
        let wanted = if taken.is_some() { format!("(pid {}); using ", std::process::id()) } else { "; using ".to_owned() };
        assert!(answer.err.contains("port 6379 is ") && answer.err.contains(&wanted), "{answer:?}");
        checkout.is_ready();
    }
}

#[test]
fn a_port_that_is_taken_while_the_server_is_down_changes_the_variables() {
    let Some(redis) = debian("redis-server") else { return };
    let checkout = Checkout::new("port-later", "redis_url: RedisDsn", path_with(&[&redis]), None);
    checkout.takk(&["up", "--env", "dev"]).done();
    let before = checkout.value("REDIS_URL");
    checkout.takk(&["down", "--env", "dev"]).done();
    let port = before.rsplit([':', '/']).nth(1).expect("a port").to_owned();
    let taken = hold(port.parse().expect("a number"));
    checkout.takk(&["up", "--env", "dev"]).done();
    assert_ne!(checkout.value("REDIS_URL"), before);
    checkout.is_ready();
    drop(taken);
}

#[test]
fn what_takk_did_not_create_is_left_alone() {
    let Some(engine) = Engine::shared(&["redis:7.2.11"]) else { return };
    let checkout = Checkout::new("foreign", "redis_url: RedisDsn", path_with(&[]), Some(&engine));
    checkout.killed_after("redis/default:image:stored", &["up", "--env", "dev"]);
    let name = checkout.servers()[0]["place"].as_str().expect("a name").to_owned();
    // A volume of someone else.
    let labels = json!({ "takk.store": "of somebody else" });
    engine.ask("POST", "/volumes/create", &json!({ "Name": name, "Labels": labels }));
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    insta::assert_snapshot!("foreign_volume", without(&words(&answer), &name, "takk-name"));
    engine.ask("DELETE", &format!("/volumes/{name}"), &json!(null));
    // A container of someone else.
    let (status, said) = engine.ask("POST", &format!("/containers/create?name={name}"), &json!({ "Image": "redis:7.2.11" }));
    assert_eq!(status, 201, "{said}");
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    insta::assert_snapshot!("foreign_container", without(&words(&answer), &name, "takk-name"));
    assert_eq!(engine.ask("GET", &format!("/containers/{name}/json"), &json!(null)).0, 200, "it is still there");
    engine.ask("DELETE", &format!("/containers/{name}?force=1"), &json!(null));
    // Labels that lie: the volume has another password.
    engine.ask("DELETE", &format!("/volumes/{name}"), &json!(null));
    let servers = checkout.servers();
    let store = servers[0]["store"].as_str().unwrap_or_default();
    let labels = json!({
        "takk.store": store, "takk.project": "foreign", "takk.environment": "dev", "takk.resource": "redis/default", "takk.credential": "another",
    });
    engine.ask("POST", "/volumes/create", &json!({ "Name": name, "Labels": labels }));
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    engine.ask("DELETE", &format!("/volumes/{name}"), &json!(null));
    checkout.takk(&["up", "--env", "dev"]).done();
    checkout.is_ready();
}

#[test]
fn an_image_that_cannot_be_pulled_is_stood_in_for() {
    let Some(engine) = Engine::own("stand-in", &["nats:2.12.2"]) else { return };
    let checkout = Checkout::new("stand-in", "nats_url: NatsDsn", path_with(&[]), Some(&engine));
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.err.contains("using nats:2.12.2-alpine, which is present"), "{answer:?}");
    checkout.is_ready();
    let other = Checkout::new("no-image", "broker: AmqpDsn", path_with(&[]), Some(&engine));
    let answer = other.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.err.contains("cannot pull rabbitmq:") && answer.err.contains("check the network"), "{answer:?}");
}

#[test]
fn two_at_once_create_one() {
    let Some(redis) = debian("redis-server") else { return };
    let checkout = Checkout::new("at-once", "redis_url: RedisDsn", path_with(&[&redis]), None);
    // The store, its key and the link of the checkout exist.
    checkout.takk(&["env", "create", "preview/first"]).done();
    let start = || {
        let mut command = checkout.command(&["up", "--env", "dev"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run")
    };
    let both = [start(), start(), start()].map(|child| child.wait_with_output().expect("run"));
    for output in &both {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let servers = checkout.servers();
    assert_eq!((servers.len(), &servers[0]["generation"]), (1, &json!(1)));
    assert_eq!(processes_in(servers[0]["place"].as_str().expect("a place")).len(), 1);
    checkout.is_ready();
}

#[test]
fn projects_that_want_one_port_each_get_one() {
    let Some(redis) = debian("redis-server") else { return };
    let checkouts: Vec<Checkout> = (0..4)
        .map(|number| Checkout::new(&format!("wants-{number}"), "redis_url: RedisDsn", path_with(&[&redis]), None))
        .collect();
    let start = |checkout: &Checkout| {
        let mut command = checkout.command(&["up", "--env", "dev"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run")
    };
    let all: Vec<_> = checkouts.iter().map(start).collect();
    for child in all {
        let output = child.wait_with_output().expect("run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let mut urls: Vec<String> = checkouts.iter().map(|checkout| checkout.value("REDIS_URL")).collect();
    checkouts.iter().for_each(Checkout::is_ready);
    let port = |url: &String| url.rsplit([':', '/']).nth(1).map(str::to_owned);
    urls.sort_by_key(port);
    urls.dedup_by_key(|url| port(url));
    assert_eq!(urls.len(), checkouts.len(), "{urls:?}");
}

#[test]
fn a_second_takk_waits_for_the_first() {
    let Some(redis) = debian("redis-server") else { return };
    let checkout = Checkout::new("waits", "redis_url: RedisDsn", path_with(&[&redis]), None);
    let mut first = checkout.command(&["up", "--env", "dev"]);
    let mut first = first
        .env("TAKK_TEST_STOP_AFTER", "redis/default:reserved")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("run");
    let pid = rustix::process::Pid::from_child(&first);
    let is_stopped = || fs::read_to_string(format!("/proc/{}/stat", first.id())).is_ok_and(|stat| stat.contains(") T "));
    while !is_stopped() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let mut second = checkout.command(&["up", "--env", "dev"]);
    let second = second.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run");
    std::thread::sleep(std::time::Duration::from_secs(1));
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).expect("it is ours");
    assert!(first.wait().expect("run").success());
    let output = second.wait_with_output().expect("run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains(&format!("waiting for takk of anna (process {}", pid.as_raw_nonzero())), "{said}");
    assert_eq!(checkout.servers()[0]["generation"], 1);
}

#[test]
fn ctrl_c_leaves_what_the_next_run_continues() {
    let Some(postgres) = postgres(18) else { return };
    let bin = postgres.join("bin");
    for milliseconds in [20, 150, 400, 900, 1500] {
        let checkout = Checkout::new(&format!("ctrl-c-{milliseconds}"), "database_url: PostgresDsn", path_with(&[&bin]), None);
        let mut command = checkout.command(&["up", "--env", "dev"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run");
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let _ = rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT);
        let output = child.wait_with_output().expect("run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            matches!(output.status.code(), Some(0 | 130)) || output.status.code().is_none(),
            "{milliseconds}: {:?} {said}",
            output.status
        );
        checkout.takk(&["up", "--env", "dev"]).done();
        checkout.is_ready();
        assert_eq!(checkout.servers()[0]["generation"], 1);
    }
}

#[test]
fn data_of_another_major_version_is_kept() {
    let (Some(old), Some(new)) = (postgres(17), postgres(18)) else { return };
    let (old, new) = (old.join("bin"), new.join("bin"));
    let checkout = Checkout::new("major", "database_url: PostgresDsn", path_with(&[&old, &new]), None);
    let declare = |version: u32| {
        let text = format!(
            "from settings import Settings\nfrom takk import Project\nfrom takk.resources import PostgresInstance\n\n\
             project = Project(name=\"major\", shared_settings=[Settings], main=PostgresInstance(version={version}))\n"
        );
        fs::write(checkout.root().join("project.py"), text).expect("write");
    };
    declare(17);
    checkout.takk(&["up", "--env", "dev"]).done();
    assert!(checkout.servers()[0]["version"].as_str().expect("a version").starts_with("17."));
    checkout.takk(&["down", "--env", "dev"]).done();
    declare(18);
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let place = checkout.servers()[0]["place"].as_str().expect("a place").to_owned();
    insta::assert_snapshot!("other_major", without(&words(&answer), &place, "/servers/takk-name"));
    declare(17);
    checkout.takk(&["up", "--env", "dev"]).done();
    checkout.is_ready();
}

#[test]
fn production_and_servers_of_a_team_are_refused() {
    let checkout = Checkout::new("prod", "redis_url: RedisDsn", path_with(&[]), None);
    insta::assert_snapshot!("production", words(&checkout.takk(&["up", "--env", "prod"])));
    insta::assert_snapshot!("unknown_resource", words(&checkout.takk(&["up", "rediss", "--env", "dev"])));
}

#[test]
fn an_environment_goes_with_its_servers() {
    let Some(redis) = debian("redis-server") else { return };
    let checkout = Checkout::new("goes", "redis_url: RedisDsn", path_with(&[&redis]), None);
    checkout.takk(&["env", "create", "preview/x"]).done();
    checkout.takk(&["up", "--env", "preview/x"]).done();
    let listed = checkout.takk(&["ps", "--json", "--env", "preview/x"]).done();
    let servers: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let place = servers[0]["place"].as_str().expect("a place").to_owned();
    assert_eq!(processes_in(&place).len(), 1);
    checkout.takk(&["env", "delete", "preview/x", "--yes"]).done();
    assert!(processes_in(&place).is_empty() && !std::path::Path::new(&place).exists(), "{place}");
}

#[test]
fn what_run_started_is_stopped_with_it() {
    let Some(redis) = debian("redis-server") else { return };
    let checkout = Checkout::new("run-up", "redis_url: RedisDsn", path_with(&[&redis]), None);
    let answer = checkout.takk(&["run", "--up", "--env", "dev", "--", "sh", "-c", "echo $REDIS_URL; exit 7"]);
    assert_eq!(answer.code, 7, "{answer:?}");
    assert!(answer.out.starts_with("redis://"), "{answer:?}");
    assert_eq!(checkout.servers()[0]["status"], "stopped");
    checkout.takk(&["up", "--env", "dev"]).done();
    let answer = checkout.takk(&["run", "--up", "--env", "dev", "--", "sh", "-c", "echo $REDIS_URL"]);
    assert_eq!((answer.code, checkout.servers()[0]["status"].as_str()), (0, Some("running")), "{answer:?}");
}

#[test]
fn what_leads_to_a_server_of_one_environment_is_not_copied_to_another() {
    let Some(redis) = debian("redis-server") else { return };
    let checkout = Checkout::new("copied", "redis_url: RedisDsn; session_secret: SecretStr", path_with(&[&redis]), None);
    checkout.takk(&["up", "--env", "dev"]).done();
    checkout.takk(&["env", "create", "preview/x", "--from", "dev"]).done();
    let listed = checkout.takk(&["secrets", "list", "--env", "preview/x"]).done();
    assert!(listed.contains("SESSION_SECRET") && !listed.contains("REDIS_URL"), "{listed}");
    let promoted = checkout.takk(&["secrets", "promote", "--from", "dev", "--to", "test", "--yes"]);
    let listed = checkout.takk(&["secrets", "list", "--env", "test"]);
    assert!(!listed.out.contains("REDIS_URL"), "{promoted:?} {listed:?}");
    // The preview gets a server of its own.
    checkout.takk(&["up", "--env", "preview/x"]).done();
    let of = |environment: &str| checkout.takk(&["secrets", "get", "REDIS_URL", "--env", environment]).done();
    assert_ne!(of("dev"), of("preview/x"));
    checkout.takk(&["env", "delete", "preview/x", "--yes"]).done();
    checkout.is_ready();
}

#[test]
fn the_values_of_a_person_are_replaced_only_where_that_is_asked_for() {
    let Some(redis) = debian("redis-server") else { return };
    let checkout = Checkout::new("adopted", "redis_url: RedisDsn", path_with(&[&redis]), None);
    let set = checkout.command(&["secrets", "set", "REDIS_URL", "--env", "dev", "--stdin"]);
    assert_eq!(piped(set, b"redis://elsewhere:6379/1").code, 0);
    checkout.takk(&["up", "redis", "--env", "dev"]).done();
    assert_eq!(checkout.value("REDIS_URL"), "redis://elsewhere:6379/1");
    checkout.takk(&["up", "redis", "--adopt", "--env", "dev"]).done();
    assert!(checkout.value("REDIS_URL").contains("127.0.0.1"));
    checkout.is_ready();
}
