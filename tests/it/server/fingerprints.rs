//! What people who may not read values learn about them: that they exist, and no fingerprint to compare guesses with.

use serde_json::{Value, json};

use super::pages::Browser;
use super::{Server, in_shop};

/// A shop where `dev` and `prod` have the same PIN, with a member of each role.
fn shop() -> (Server, Vec<(&'static str, String)>) {
    let server = Server::start();
    server.shop();
    for environment in ["dev", "prod", "qa"] {
        let changes = json!({"changes": [{"name": "PIN", "value": "1234"}]});
        server.own("POST", &in_shop(environment, "changes"), Some(changes)).expect(200);
    }
    let tokens = ["viewer", "developer", "operator"].map(|role| (role, server.member(role, role)));
    (server, tokens.into())
}

/// Whether a response contains a fingerprint.
fn tells(body: &Value) -> bool {
    match body {
        Value::Object(fields) => fields.iter().any(|(name, value)| name == "fingerprint" || tells(value)),
        Value::Array(all) => all.iter().any(tells),
        _ => false,
    }
}

#[test]
fn fingerprints_are_for_those_who_may_read_the_values() {
    let (server, tokens) = shop();
    for (role, token) in &tokens {
        for environment in ["dev", "prod"] {
            let may_read = *role == "operator" || (*role == "developer" && environment == "dev");
            for path in ["secrets", "secrets/PIN/versions"] {
                let told = server.ask(token, "GET", &in_shop(environment, path), None).expect(200);
                assert_eq!(tells(&told), may_read, "{role} {environment} {path}: {told}");
            }
            for path in ["", "/secrets/PIN", "/secrets/PIN/versions/1", "/values", "/plan", "/manifest", "/diff?with=qa"] {
                let place = in_shop(environment, path.trim_start_matches('/'));
                let told = server.ask(token, "GET", place.trim_end_matches('/'), None);
                assert!(may_read || !tells(&told.body), "{role} {environment} {path}: {}", told.text);
            }
        }
        let others = ["/api/v1/projects/shop/environments", "/api/v1/projects/shop/members", "/api/v1/whoami"];
        for path in others {
            assert!(!tells(&server.ask(token, "GET", path, None).expect(200)), "{role} {path}");
        }
    }
    // A token for `dev` alone learns nothing about its owner's other environments.
    let bounded = json!({"label": "x", "kind": "personal", "role": "viewer"});
    let made = server.own("POST", "/api/v1/tokens", Some(bounded)).expect(201);
    let token = made["token"].as_str().expect("text");
    assert!(!tells(&server.ask(token, "GET", &in_shop("dev", "secrets"), None).expect(200)));
}

#[test]
fn the_list_of_somebody_who_may_read_by_now_is_another_one() {
    let (server, tokens) = shop();
    let (_, viewer) = &tokens[0];
    let first = server.ask(viewer, "GET", &in_shop("dev", "secrets"), None);
    server.own("PUT", "/api/v1/projects/shop/members/viewer", Some(json!({"role": "developer"}))).expect(200);
    let again = server.ask_with(viewer, "GET", &in_shop("dev", "secrets"), None, &[("If-None-Match", first.header("etag"))]);
    assert!(tells(&again.expect(200)));
}

#[test]
fn whether_two_values_are_the_same_is_for_those_who_may_read_both() {
    let (server, tokens) = shop();
    for (role, token) in &tokens {
        for (here, there) in [("dev", "prod"), ("prod", "dev"), ("dev", "qa"), ("prod", "qa")] {
            let may_tell = *role == "operator" || (*role == "developer" && here != "prod" && there != "prod");
            // KEY is in `dev` and `prod`, PIN is in all of them.
            let diff = server.ask(token, "GET", &in_shop(here, &format!("diff?with={there}")), None).expect(200);
            let both = if there == "qa" { json!(["PIN"]) } else { json!(["KEY", "PIN"]) };
            let (same, unknown) = if may_tell { (1, json!([])) } else { (0, both) };
            assert_eq!((&diff["same"], &diff["unknown"]), (&json!(same), &unknown), "{role} {here} {there}: {diff}");
            let mut browser = Browser::signed_in(&server, token);
            let page = browser.show(&format!("/projects/shop/compare?from={here}&to={there}"));
            assert_eq!(page.status, 200, "{}", page.text);
            assert_eq!(page.text.contains("have the same value in both"), may_tell, "{role} {here} {there}");
        }
    }
}

#[test]
fn nothing_that_is_written_tells_a_value_that_may_not_be_read() {
    let (server, tokens) = shop();
    let (_, developer) = &tokens[1];
    // A correct guess and a wrong one get the same response, on every route that takes a value.
    let guess = |value: &str| {
        let changes = json!({"changes": [{"name": "PIN", "value": value}]});
        let forbidden = server.ask(developer, "POST", &in_shop("prod", "changes"), Some(changes.clone()));
        let own = server.ask(developer, "POST", &in_shop("dev", "changes"), Some(changes)).expect(200);
        let promoted = json!({"from": "prod", "names": ["PIN"]});
        let taken = server.ask(developer, "POST", &in_shop("dev", "promote"), Some(promoted));
        let diff = server.ask(developer, "GET", &in_shop("dev", "diff?with=prod"), None).expect(200);
        let versions = server.ask(developer, "GET", &in_shop("prod", "secrets/PIN/versions"), None).expect(200);
        assert!(own["versions"][0].as_i64().is_some_and(|version| version > 1), "an equal value is a version too");
        let told =
            [forbidden.body["detail"].clone(), taken.body["detail"].clone(), diff["same"].clone(), diff["unknown"].clone()];
        (forbidden.status, taken.status, told, versions)
    };
    assert_eq!(guess("1234"), guess("9999"));
}
