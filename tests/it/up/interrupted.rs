//! Ctrl-C in a terminal, at every line of progress: running the command again continues, and no credentials are generated twice.

use std::time::{Duration, Instant};

use super::engine::Engine;
use super::project::{Checkout, processes_in};
use super::servers::{debian, path_with, postgres};
use super::stub::{Answer, PULLED, Stub, usual};
use crate::terminal::{Conversation, interrupt, takk};

/// `takk up` in a terminal, where Ctrl-C is pressed when `line` appears. `variables` are added to those of the checkout.
fn interrupted(checkout: &Checkout, line: &str, variables: &[(&str, &str)]) -> Conversation {
    let own = checkout.variables();
    let own = own.iter().map(|(name, value)| (*name, value.as_str())).chain(variables.iter().copied());
    let command = [&takk(), "up", "--env", "dev"];
    interrupt(checkout.root(), &command, &own.collect::<Vec<_>>(), line, "\u{3}")
}

/// Asserts that it reported the interruption, and that running it again completes the work.
fn is_continued(checkout: &Checkout, line: &str, said: &Conversation) {
    assert_eq!(said.code, Some(130), "{line}: {}", said.screen);
    assert!(!said.screen.contains("error:") && !said.screen.contains("failed"), "{line}: {}", said.screen);
    assert!(said.screen.contains("Interrupted. `takk up` continues where this stopped."), "{line}: {}", said.screen);
    let first = checkout.servers().first().map(|server| server["credential"].clone());
    checkout.takk(&["up", "--env", "dev"]).done();
    checkout.is_ready();
    let servers = checkout.servers();
    assert_eq!((servers.len(), &servers[0]["generation"]), (1, &serde_json::json!(1)), "{line}");
    assert!(first.is_none_or(|first| first == servers[0]["credential"]), "{line}: other credentials");
}

/// Lines of progress, each with the step at which takk pauses, so that the line is visible.
fn at_every_line(key: &str, new: &dyn Fn(&str) -> Checkout, lines: &[(&str, &str)]) {
    for (number, (line, step)) in lines.iter().enumerate() {
        let checkout = new(&format!("ctrl-c-{}-{number}", key.replace('/', "-")));
        let line = format!("{key}  {line}");
        let began = Instant::now();
        let said = interrupted(&checkout, &line, &[("TAKK_TEST_PAUSE_AFTER", &format!("{key}:{step}"))]);
        assert!(began.elapsed() < Duration::from_secs(10), "{line}: it goes on for {:?}", began.elapsed());
        is_continued(&checkout, &line, &said);
    }
}

#[test]
fn at_every_line_of_a_server_of_this_machine() {
    let Some(postgres) = postgres(18) else { return };
    let bin = postgres.join("bin");
    let new = |name: &str| Checkout::new(name, "database_url: PostgresDsn", path_with(&[&bin]), None);
    let lines = [("creating", "ports"), ("starting", "started"), ("waiting for a login", "login")];
    at_every_line("postgres/default", &new, &lines);
}

#[test]
fn while_a_program_prepares_the_data() {
    let Some(postgres) = postgres(18) else { return };
    let checkout = Checkout::new("ctrl-c-initdb", "database_url: PostgresDsn", path_with(&[&postgres.join("bin")]), None);
    // initdb runs for up to a second, and gets the signal as well.
    let said = interrupted(&checkout, "postgres/default  creating", &[]);
    assert!(!said.screen.contains("initdb"), "{}", said.screen);
    is_continued(&checkout, "initdb", &said);
    let place = checkout.servers()[0]["place"].as_str().expect("a place").to_owned();
    assert_eq!(processes_in(&place).len(), 1);
}

#[test]
fn at_every_line_of_a_container() {
    let Some(engine) = Engine::shared(&["redis:7.2.11"]) else { return };
    let new = |name: &str| Checkout::new(name, "redis_url: RedisDsn", path_with(&[]), Some(&engine));
    let lines = [("creating", "ports"), ("starting", "started"), ("waiting for a login", "login")];
    at_every_line("redis/default", &new, &lines);
}

#[test]
fn while_an_image_is_pulled() {
    let Some(redis) = debian("redis-server") else { return };
    // Its registry stalls in the middle of a layer.
    let stub = Stub::new(|request| match request.split(['?', ' ']).nth(1) {
        Some("/images/create") => Answer::Stream(PULLED, Duration::from_secs(20)),
        _ => usual(request),
    });
    let host = format!("unix://{}", stub.socket().display());
    let checkout = Checkout::with_host("ctrl-c-pull", "redis_url: RedisDsn", path_with(&[&redis]), &host);
    let began = Instant::now();
    let said = interrupted(&checkout, "redis/default  pulling", &[]);
    assert!(began.elapsed() < Duration::from_secs(10), "it waits for the registry for {:?}", began.elapsed());
    assert_eq!(said.code, Some(130), "{}", said.screen);
    drop(stub);
    checkout.takk(&["up", "--env", "dev", "--engine", "local"]).done();
    checkout.is_ready();
    assert_eq!(checkout.servers()[0]["generation"], 1);
}
