//! Pulling an image from an engine that replays recorded responses; and engines that send nonsense, or nothing for a while.

use std::time::Duration;

use serde_json::Value;

use super::project::Checkout;
use super::servers::path_with;
use super::stub::{Answer, FAILED, PULLED, Stub, UNREACHABLE, usual};

fn checkout(name: &str, stub: &Stub) -> Checkout {
    Checkout::with_host(name, "nats_url: NatsDsn", path_with(&[]), &format!("unix://{}", stub.socket().display()))
}

/// The events of a run that fails, and its error.
fn events(checkout: &Checkout) -> (Vec<Value>, Value) {
    let answer = checkout.takk(&["up", "--env", "dev", "--json"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let events: Vec<Value> = answer.out.lines().map(|line| serde_json::from_str(line).expect("an event")).collect();
    let failed = events.iter().find(|event| event["event"] == "failed").expect("it fails").clone();
    (events, failed)
}

#[test]
fn a_download_is_counted_over_all_layers() {
    let stub = Stub::pulling(PULLED);
    let checkout = checkout("pulled", &stub);
    let (events, _) = events(&checkout);
    let pulling: Vec<(u64, u64)> = events
        .iter()
        .filter(|event| event["event"] == "pulling")
        .map(|event| (event["done"].as_u64().expect("a number"), event["total"].as_u64().expect("a number")))
        .collect();
    assert!(pulling.len() > 5, "{pulling:?}");
    assert!(pulling.iter().all(|(done, total)| done <= total), "{pulling:?}");
    let most = pulling.iter().max().expect("there are some");
    assert_eq!(most.0, most.1, "all of it arrives: {pulling:?}");
    // Without a terminal it is one line.
    let answer = checkout.takk(&["up", "--env", "dev"]);
    assert_eq!(answer.err.matches("pulling").count(), 1, "{}", answer.err);
}

#[test]
fn an_error_inside_of_an_answer_that_began_well_is_an_error() {
    let stub = Stub::pulling(FAILED);
    let (_, failed) = events(&checkout("failed", &stub));
    insta::assert_json_snapshot!("pull_failed", failed);
}

#[test]
fn a_registry_that_cannot_be_reached_is_named() {
    let stub = Stub::pulling(UNREACHABLE);
    let (_, failed) = events(&checkout("unreachable", &stub));
    insta::assert_json_snapshot!("pull_unreachable", failed);
}

#[test]
fn an_engine_that_answers_nonsense_is_none() {
    for bytes in [&b"SSH-2.0-OpenSSH_9.2\r\n"[..], b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot JSON!", b""] {
        let stub = Stub::new(move |_| Answer::Bytes(bytes));
        let (_, failed) = events(&checkout("nonsense", &stub));
        let said = failed.to_string();
        assert!(said.contains("no container engine is used") && said.contains("looked at unix://"), "{said}");
    }
    // Nonsense later in the stream fails the resource, with an error that names the engine.
    let stub = Stub::new(
        |request| if request.contains("/images/") { Answer::Json(200, "nonsense".to_owned()) } else { usual(request) },
    );
    let (_, failed) = events(&checkout("nonsense-later", &stub));
    assert!(failed["error"].as_str().expect("text").contains("does not speak the Docker API"), "{failed}");
}

#[test]
fn an_engine_that_is_slow_is_waited_for() {
    let stub = Stub::new(|request| Answer::After(Duration::from_millis(300), Box::new(usual(request))));
    let (_, failed) = events(&checkout("slow", &stub));
    assert!(failed["error"].as_str().expect("text").contains("cannot pull nats:"), "{failed}");
}
