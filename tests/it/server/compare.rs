//! The routes that compare environments by fingerprint and copy values, and the page of what an environment needs.

use serde_json::{Value, json};

use super::manifests::inspected;
use super::pages::Browser;
use super::{Server, in_shop};

const SETTINGS: &str = "from pydantic import PostgresDsn, RedisDsn, SecretStr\nfrom pydantic_settings import BaseSettings\n\n\n\
    class Settings(BaseSettings):\n    key: SecretStr\n    database_url: PostgresDsn\n    cache: RedisDsn = RedisDsn('redis://a')\n";

/// A server where `dev` has values that `prod` lacks or has with another value.
fn differing() -> Server {
    let server = Server::start();
    server.shop();
    for (environment, name, value) in
        [("dev", "SAME", "x"), ("prod", "SAME", "x"), ("dev", "NEW", "hunter2"), ("prod", "OLD", "y")]
    {
        let body = json!({"changes": [{"name": name, "value": value}]});
        server.own("POST", &in_shop(environment, "changes"), Some(body)).expect(200);
    }
    server
}

#[test]
fn a_diff_names_what_differs_and_no_value() {
    let server = differing();
    let answer = server.own("GET", &in_shop("dev", "diff?with=prod"), None);
    assert!(!answer.text.contains("hunter2") && !answer.text.contains("the value of"), "{}", answer.text);
    let diff = answer.expect(200);
    let told: Vec<(&str, bool, bool)> = diff["differing"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["name"].as_str().expect("text"), row["here"].is_object(), row["there"].is_object()))
        .collect();
    assert_eq!(told, [("KEY", true, true), ("NEW", true, false), ("OLD", false, true)]);
    assert_eq!(diff["same"], 1);
    for (query, status) in
        [("diff", 400), ("diff?with=", 400), ("diff?with=Prod", 400), ("diff?with=qa", 404), ("diff?with=dev", 200)]
    {
        assert_eq!(server.own("GET", &in_shop("dev", query), None).status, status, "{query}");
    }
}

#[test]
fn values_are_taken_over_all_or_none() {
    let server = differing();
    let promote = |token: &str, body: Value| server.ask(token, "POST", &in_shop("prod", "promote"), Some(body));
    let body = |names: Value, versions: Value| json!({"from": "dev", "names": names, "expected_versions": versions});
    let late = promote(&server.owner, body(json!(["KEY", "NEW"]), json!({"KEY": 7})));
    assert_eq!((late.status, late.body["type"].as_str()), (409, Some("/problems/version-conflict")), "{}", late.text);
    for (wrong, status) in [
        (body(json!([]), json!({})), 400),
        (body(json!(["KEY"]), json!({"KEY": 1, "NEW": 0})), 400),
        (body(json!(["NONE"]), json!({})), 404),
        (body(json!(["KEY", "NONE"]), json!({})), 404),
        (json!({"from": "prod", "names": ["KEY"]}), 400),
        (json!({"from": "qa", "names": ["KEY"]}), 404),
        (json!({"from": "Dev", "names": ["KEY"]}), 400),
        (json!({"from": "dev", "names": ["KEY"], "more": 1}), 400),
    ] {
        let answer = promote(&server.owner, wrong.clone());
        assert_eq!(answer.status, status, "{wrong}: {}", answer.text);
    }
    assert_eq!(server.own("GET", &in_shop("prod", "secrets/NEW"), None).status, 404, "nothing was taken over");
    let developer = server.member("developer", "developer");
    assert_eq!(promote(&developer, body(json!(["NEW"]), json!({}))).status, 403);
    let operator = server.member("operator", "operator");
    let done = promote(&operator, body(json!(["NEW", "KEY"]), json!({"KEY": 1, "NEW": 0}))).expect(200);
    assert_eq!(done["versions"], json!([2, 1]), "in the order of their names");
    let taken = server.own("GET", &in_shop("prod", "secrets/NEW"), None).expect(200);
    assert_eq!(
        (&taken["value"], &taken["origin"], &taken["author"]),
        (&json!("hunter2"), &json!("promoted"), &json!("operator"))
    );
    assert_eq!(server.own("GET", &in_shop("dev", "diff?with=prod"), None).expect(200)["same"], 3);
}

#[test]
fn a_page_shows_what_an_environment_needs() {
    let server = differing();
    let page = "/projects/shop/environments/dev/resources";
    let viewer = server.member("viewer", "viewer");
    let mut browser = Browser::signed_in(&server, &viewer);
    assert!(browser.show(page).text.contains("takk push --env dev"));
    server.own("PUT", &in_shop("dev", "manifest"), Some(inspected(SETTINGS))).expect(200);
    let shown = browser.show(page);
    assert_eq!(shown.status, 200, "{}", shown.text);
    for part in [
        "<strong class=\"lacking\">1 missing</strong>",
        "postgres <code>default</code>",
        "<code>DATABASE_URL</code></th><td><strong class=\"lacking\">missing</strong>",
        "<code>CACHE</code></th><td>default",
        "<svg class=\"graph\"",
        "settings.Settings, settings.py:6",
        "Set, but unused",
        "<code>NEW</code>",
    ] {
        assert!(shown.text.contains(part), "no {part}: {}", shown.text);
    }
    assert!(!shown.text.contains("/set\""), "a viewer sets nothing");
    assert!(!shown.text.contains("hunter2") && !shown.text.contains("the value of"));
    let mut owner = Browser::signed_in(&server, &server.owner);
    assert!(owner.show(page).text.contains("/projects/shop/environments/dev/set\""));
}
