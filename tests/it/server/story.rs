//! A team's values over the API: written, read, changed concurrently, found in the audit log; and they leak nowhere else.

use std::thread;

use serde_json::json;

use super::{Server, in_shop};

/// A value that may appear only in the responses that are about it.
const CANARY: &str = "canary-9f8e7d6c5b4a";

#[test]
fn values_are_written_read_and_remembered() {
    let server = Server::start();
    server.own("PUT", "/api/v1/projects/shop", None).expect(201);
    let change = |body| server.own("POST", &in_shop("prod", "changes"), Some(body));
    let made =
        change(json!({"changes": [{"name": "KEY", "value": CANARY, "expected_version": 0}, {"name": "URL", "value": "u"}]}));
    assert_eq!(made.expect(200), json!({"revision": 0, "versions": [1, 1]}));
    let conflict = change(json!({"changes": [{"name": "KEY", "value": CANARY, "expected_version": 4}]}));
    assert_eq!(conflict.body["type"], "/problems/version-conflict");
    assert!(!conflict.text.contains(CANARY));
    change(json!({"changes": [{"name": "KEY", "value": "the 2nd one"}, {"name": "URL", "value": null}]})).expect(200);

    let values = server.own("GET", &in_shop("prod", "values"), None).expect(200);
    assert_eq!(values["values"].as_array().map(Vec::len), Some(1), "{values}");
    assert_eq!(values["values"][0]["value"], "the 2nd one");
    let first = server.own("GET", &in_shop("prod", "secrets/KEY/versions/1"), None).expect(200);
    assert_eq!((first["value"].as_str(), first["author"].as_str()), (Some(CANARY), Some("ada")));
    let list = server.own("GET", &in_shop("prod", "secrets"), None);
    assert!(!list.text.contains("the 2nd one"), "{}", list.text);
    let tag = list.header("etag").to_owned();
    let again = server.ask_with(&server.owner, "GET", &in_shop("prod", "secrets"), None, &[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.text.as_str()), (304, ""));

    let audit = server.own("GET", "/api/v1/projects/shop/audit?limit=2", None).expect(200);
    assert_eq!(audit["items"][0]["action"], "values.read");
    assert_eq!(audit["items"][0]["names"], json!(["KEY@1"]));
    let next = format!("/api/v1/projects/shop/audit?cursor={}", audit["next"].as_str().expect("there is more"));
    let rest = server.own("GET", &next, None).expect(200);
    let oldest = rest["items"].as_array().and_then(|rows| rows.last()).expect("rows");
    assert_eq!((oldest["action"].as_str(), rest["next"].is_null()), (Some("project.made"), true));

    let metrics = server.ask("", "GET", "/metrics", None).text;
    assert!(metrics.contains("takk_http_requests_total"), "{metrics}");
    let log = server.log();
    assert!(log.contains("/api/v1/projects/{project}/environments/{environment}/values"), "{log}");
    for hidden in [CANARY, "the 2nd one", &server.owner, "KEY"] {
        assert!(!log.contains(hidden) && !metrics.contains(hidden), "{hidden}");
    }
    let (code, said) = server.takk(&["audit", "verify"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("passes authentication"), "{said}");
}

#[test]
fn a_request_that_comes_twice_happens_once() {
    let server = Server::start();
    server.shop();
    let body = json!({"changes": [{"name": "TWICE", "value": "x"}]});
    let send = |body: &serde_json::Value, key| {
        let key = [("Idempotency-Key", key)];
        server.ask_with(&server.owner, "POST", &in_shop("dev", "changes"), Some(body.clone()), &key)
    };
    let first = send(&body, "one").expect(200);
    assert_eq!(send(&body, "one").expect(200), first);
    let other = send(&json!({"changes": [{"name": "TWICE", "value": "y"}]}), "one");
    assert_eq!((other.status, other.body["type"].as_str()), (422, Some("/problems/key-reused")));
    assert_eq!(send(&body, "two").expect(200)["versions"], json!([2]));
    assert_eq!(send(&body, "no key\u{e4}").status, 400);
}

#[test]
fn of_many_writers_none_is_lost() {
    const WRITERS: usize = 16;
    const ROUNDS: usize = 5;
    let server = Server::start();
    server.shop();
    server.own("POST", &in_shop("dev", "changes"), Some(json!({"changes": [{"name": "COUNT", "value": "0"}]}))).expect(200);
    let count_up = || {
        for _ in 0..ROUNDS {
            loop {
                let now = server.own("GET", &in_shop("dev", "secrets/COUNT"), None).expect(200);
                let next = now["value"].as_str().and_then(|text| text.parse::<usize>().ok()).expect("a number") + 1;
                let change = json!({"name": "COUNT", "value": next.to_string(), "expected_version": now["version"]});
                let answer = server.own("POST", &in_shop("dev", "changes"), Some(json!({"changes": [change]})));
                match answer.status {
                    200 => break,
                    409 => {}
                    other => panic!("{other}: {}", answer.text),
                }
            }
        }
    };
    thread::scope(|scope| (0..WRITERS).for_each(|_| drop(scope.spawn(count_up))));
    let now = server.own("GET", &in_shop("dev", "secrets/COUNT"), None).expect(200);
    assert_eq!(now["value"], json!((WRITERS * ROUNDS).to_string()));
    assert_eq!(now["version"], json!(WRITERS * ROUNDS + 1));
}

#[test]
fn lists_come_a_page_at_a_time() {
    let server = Server::start();
    for number in 0..5 {
        server.own("PUT", &format!("/api/v1/projects/project-{number}"), None).expect(201);
    }
    let (mut cursor, mut names) = (String::new(), Vec::new());
    loop {
        let page = server.own("GET", &format!("/api/v1/projects?limit=2{cursor}"), None).expect(200);
        names.extend(
            page["items"].as_array().expect("items").iter().map(|item| item["name"].as_str().expect("text").to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names, (0..5).map(|number| format!("project-{number}")).collect::<Vec<_>>());
}

#[test]
fn a_program_is_let_in_once() {
    let server = Server::start();
    let begun = server.ask("", "POST", "/api/v1/login/device", Some(json!({"name": "takk on laptop"}))).expect(200);
    let poll = || server.ask("", "POST", "/api/v1/login/device/poll", Some(json!({"poll_secret": begun["poll_secret"]})));
    poll().expect(202);
    assert_eq!(server.own("POST", "/api/v1/login/device/approve", Some(json!({"code": "XXXX-XXXX"}))).status, 404);
    server.own("POST", "/api/v1/login/device/approve", Some(json!({"code": begun["code"]}))).expect(204);
    let token = poll().expect(200)["token"].as_str().expect("text").to_owned();
    assert_eq!(server.ask(&token, "GET", "/api/v1/whoami", None).expect(200)["user"]["name"], "ada");
    assert_eq!(poll().status, 404);
}

#[test]
fn it_ends_when_it_is_told_to_and_the_owner_is_made_once() {
    let mut server = Server::start();
    server.shop();
    assert_eq!(server.terminate(), Some(0));
    let again = Server::with(server.kill(), &["--log", "json"]);
    again.own("GET", &in_shop("dev", "values"), None).expect(200);
    let log = again.log();
    let last: serde_json::Value = serde_json::from_str(log.lines().last().expect("a line")).expect("JSON");
    assert_eq!((last["user"].as_str(), last["status"].as_u64()), (Some("ada"), Some(200)), "{last}");
}

#[test]
fn the_same_in_postgresql_with_two_servers() {
    let Some(cluster) = crate::store::cluster::Cluster::shared() else { return };
    let database = cluster.database();
    let options = ["--database", database.as_str()];
    let home = std::sync::Arc::new(tempfile::tempdir().expect("a directory"));
    let servers = [Server::with(std::sync::Arc::clone(&home), &options), Server::with(home, &options)];
    servers[0].shop();
    let count_up = |server: &Server| {
        for _ in 0..10 {
            let now = server.own("GET", &in_shop("dev", "secrets/KEY"), None).expect(200);
            let change = json!({"name": "KEY", "value": "next", "expected_version": now["version"]});
            let status = server.own("POST", &in_shop("dev", "changes"), Some(json!({"changes": [change]}))).status;
            assert!([200, 409].contains(&status), "{status}");
        }
    };
    thread::scope(|scope| servers.iter().for_each(|server| drop(scope.spawn(move || count_up(server)))));
    let seen = servers.each_ref().map(|server| server.own("GET", &in_shop("dev", "values"), None).expect(200));
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0]["values"][0]["version"].as_i64() > Some(10), "{}", seen[0]);
    let [mut one, _] = servers;
    assert_eq!(one.terminate(), Some(0));
}
