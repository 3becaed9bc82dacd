//! `takk up` from nothing to a running program, with and without a container engine, and what it must not touch.

use std::path::Path;

use super::engine::Engine;
use super::project::{Checkout, processes_in};
use super::servers::{debian, nats_server, path_with, postgres};
use crate::schema::assert_follows;

const FIELDS: &str = "database_url: PostgresDsn; redis_url: RedisDsn; nats_url: NatsDsn; session_secret: SecretStr";

/// A checkout whose servers are programs of this machine.
fn local(name: &str, fields: &str) -> Option<Checkout> {
    let (postgres, redis, nats) = (postgres(18)?.join("bin"), debian("redis-server")?, nats_server("2.15"));
    Some(Checkout::new(name, fields, path_with(&[&postgres, &redis, &nats]), None))
}

/// One whose servers are containers.
fn contained(name: &str, fields: &str) -> Option<(Checkout, Engine)> {
    let engine = Engine::shared(&["postgres:18", "redis:7.2.11", "nats:2.15.2-alpine"])?;
    let checkout = Checkout::new(name, fields, path_with(&[]), Some(&engine));
    Some((checkout, engine))
}

fn script(checkout: &Checkout) -> String {
    let script = "import os\nfor name in ('DATABASE_URL', 'REDIS_URL', 'NATS_URL', 'SESSION_SECRET'): assert os.environ[name], name\nprint('started')\n";
    let file = checkout.root().join("main.py");
    std::fs::write(&file, script).expect("write");
    "main.py".to_owned()
}

/// The output of `takk ps`, `takk status` and `takk up` for programs, and its schemas.
fn follows_schemas(checkout: &Checkout) {
    for line in checkout.takk(&["up", "--env", "dev", "--json"]).out.lines() {
        assert_follows("up-event.json", &serde_json::from_str(line).expect("an event"));
    }
    for (name, command) in [("ps.json", &["ps"][..]), ("status.json", &["status"]), ("up-preview.json", &["up", "--dry-run"])] {
        let answer = checkout.takk(&[command, &["--json", "--env", "dev"]].concat());
        assert_follows(name, &serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}")));
    }
}

fn tells_the_story(checkout: &Checkout) {
    let main = script(checkout);
    // What the plan proposes is what is done below.
    let plan = |environment: &str| {
        let plan = checkout.takk(&["plan", "--env", environment]).done();
        plan.split_once("Next: ").expect("a next step").1.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(plan("dev"), "4 values are missing; `takk up --env dev` creates servers and sets them");
    assert_eq!(plan("prod"), "4 values are missing; `takk secrets set --env prod` asks for them");
    let before = checkout.takk(&["run", "--env", "dev", "--", "python3", &main]);
    assert_eq!(before.code, 2, "{before:?}");
    let first = checkout.takk(&["up", "--env", "dev", "--", "python3", &main]);
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.out.contains("started"), "{first:?}");
    assert!(first.err.contains("Generated SESSION_SECRET."), "{first:?}");
    checkout.is_ready();
    let values = ["DATABASE_URL", "REDIS_URL", "NATS_URL", "SESSION_SECRET"].map(|name| checkout.value(name));
    let versions = |checkout: &Checkout| checkout.takk(&["secrets", "list", "--json", "--env", "dev"]).done();
    let stored = versions(checkout);
    // The second time, there is nothing to do, and nothing is written.
    checkout.takk(&["up", "--env", "dev"]).done();
    assert_eq!(versions(checkout), stored);
    // A stopped server starts again as it was.
    checkout.takk(&["down", "--env", "dev"]).done();
    assert!(checkout.servers().iter().all(|server| server["status"] == "stopped"), "{:#?}", checkout.servers());
    assert_eq!(checkout.takk(&["status", "--env", "dev"]).code, 1);
    follows_schemas(checkout);
    checkout.is_ready();
    assert_eq!(["DATABASE_URL", "REDIS_URL", "NATS_URL", "SESSION_SECRET"].map(|name| checkout.value(name)), values);
    assert!(
        values[0].starts_with("postgresql://") && values[1].starts_with("redis://") && values[2].starts_with("nats://"),
        "{values:?}"
    );
    // Passwords appear nowhere but in the values.
    let password = values[0].split([':', '@']).nth(2).expect("a password").to_owned();
    assert_eq!(password.len(), 32, "{}", values[0]);
    let said =
        checkout.takk(&["up", "--env", "dev", "--json"]).done() + &checkout.takk(&["ps", "--json", "--env", "dev"]).done();
    let said = said
        + &checkout.takk(&["logs", "postgres", "--env", "dev"]).done()
        + &checkout.takk(&["plan", "--format", "json"]).done();
    assert!(!said.contains(&password));
}

#[test]
fn a_program_runs_on_servers_of_this_machine() {
    let Some(checkout) = local("story-local", FIELDS) else { return };
    tells_the_story(&checkout);
    let places: Vec<String> =
        checkout.servers().iter().map(|server| server["place"].as_str().expect("a place").to_owned()).collect();
    for place in &places {
        assert_eq!(processes_in(place).len(), 1, "{place}");
    }
    // No password is visible in the process list.
    let password = checkout.value("DATABASE_URL").split([':', '@']).nth(2).expect("a password").to_owned();
    for process in places.iter().flat_map(|place| processes_in(place)) {
        for file in ["cmdline", "environ"] {
            let text = std::fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&text).contains(&password), "{process} {file}");
        }
    }
    checkout.takk(&["down", "--data", "--confirm", "dev", "--env", "dev"]).done();
    for place in &places {
        assert!(!Path::new(place).exists() && processes_in(place).is_empty(), "{place}");
    }
    let kept = checkout.takk(&["secrets", "list", "--env", "dev"]).done();
    assert!(kept.contains("SESSION_SECRET") && !kept.contains("DATABASE_URL"), "{kept}");
}

#[test]
fn a_program_runs_on_containers() {
    let Some((checkout, engine)) = contained("story-engine", FIELDS) else { return };
    tells_the_story(&checkout);
    let present = engine.labelled("takk.project=story-engine");
    assert_eq!((present.containers.len(), present.volumes.len()), (3, 3), "{present:?}");
    let password = checkout.value("DATABASE_URL").split([':', '@']).nth(2).expect("a password").to_owned();
    for container in &present.containers {
        let facts = engine.get(&format!("/containers/{container}/json")).to_string();
        assert!(!facts.contains(&password), "{facts}");
        assert!(!engine.container_log(container).contains(&password));
    }
    checkout.takk(&["down", "--data", "--confirm", "dev", "--env", "dev"]).done();
    let present = engine.labelled("takk.project=story-engine");
    assert!(present.containers.is_empty() && present.volumes.is_empty(), "{present:?}");
}

#[test]
fn what_a_person_set_is_never_touched() {
    let Some(checkout) = local("by-hand", "database_url: PostgresDsn; redis_url: RedisDsn") else { return };
    let theirs = "postgresql://anna:secret@db.example.org/shop";
    let mut set = checkout.command(&["secrets", "set", "DATABASE_URL", "--env", "dev", "--stdin"]);
    set.stdin(std::process::Stdio::piped());
    let answer = crate::process::piped(set, theirs.as_bytes());
    assert_eq!(answer.code, 0, "{answer:?}");
    let preview = checkout.takk(&["up", "--env", "dev", "--dry-run"]).done();
    assert!(preview.contains("DATABASE_URL is set by hand (v1, anna): left alone"), "{preview}");
    checkout.takk(&["up", "--env", "dev"]).done();
    assert_eq!(checkout.value("DATABASE_URL"), theirs);
    assert_eq!(checkout.servers().len(), 1, "only Redis was created");
    // Not even if they set it after takk created it.
    let answer = crate::process::piped(
        checkout.command(&["secrets", "set", "REDIS_URL", "--env", "dev", "--stdin"]),
        b"redis://elsewhere:6379/1",
    );
    assert_eq!(answer.code, 0, "{answer:?}");
    checkout.takk(&["up", "--env", "dev"]).done();
    assert_eq!(checkout.value("REDIS_URL"), "redis://elsewhere:6379/1");
    checkout.takk(&["down", "--data", "--confirm", "dev", "--env", "dev"]).done();
    assert_eq!(checkout.value("REDIS_URL"), "redis://elsewhere:6379/1");
}
