//! Requests that were in flight when their caller lost access: every route that changes something gets all of its request but the last
//! byte; then the token is revoked, or the person is removed or given a lesser role; then the last byte is sent.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use super::invitations::servers;
use super::pages::{Browser, form_token};
use super::{Server, in_shop};

/// A request whose last byte is yet to be sent.
struct Held {
    stream: TcpStream,
    last: u8,
    what: String,
}

impl Held {
    fn send(server: &Server, method: &str, path: &str, header: &str, kind: &str, body: &str) -> Self {
        let host = server.url.strip_prefix("http://").expect("an address");
        let mut stream = TcpStream::connect(host).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
        let (first, last) = body.as_bytes().split_at(body.len() - 1);
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{header}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(first)).expect("written");
        Self { stream, last: last[0], what: format!("{method} {path}") }
    }

    /// Sends the last byte. Returns the request and the status of the response.
    fn end(mut self) -> (String, u16) {
        // A server that has already refused the request reads no more of it.
        let _ = self.stream.write_all(&[self.last]);
        let mut answer = Vec::new();
        let _ = self.stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (self.what, status.unwrap_or_else(|| panic!("no answer: {answer}")))
    }
}

/// Every route of the API that changes something and has a body, and whether it belongs to the project. `{code}` is a device code.
const ROUTES: [(&str, &str, &str, bool); 13] = [
    ("PUT", "/projects/shop/environments/test", "{}", true),
    ("POST", "/projects/shop/environments/dev/changes", r#"{"changes": [{"name": "KEY", "value": "late"}]}"#, true),
    ("POST", "/projects/shop/environments/prod/promote", r#"{"from": "dev", "names": ["OTHER"]}"#, true),
    ("PUT", "/projects/shop/environments/dev/manifest", super::roles::MANIFEST, true),
    ("PUT", "/projects/shop/production", r#"{"environments": ["late"]}"#, true),
    ("PUT", "/projects/shop/members/late", r#"{"role": "owner"}"#, true),
    ("PUT", "/projects/shop/members/eve", r#"{"role": "owner"}"#, true),
    ("POST", "/projects/shop/invitations", r#"{"name": "late", "role": "owner"}"#, true),
    (
        "POST",
        "/projects/shop/trusts",
        r#"{"name": "late", "issuer": "https://gitlab.com", "claims": {"project_id": "1"}, "role": "operator"}"#,
        true,
    ),
    ("POST", "/projects/shop/service-tokens", r#"{"account": "robot", "label": "late", "role": "operator"}"#, true),
    ("POST", "/tokens", r#"{"label": "late", "kind": "personal", "role": "owner"}"#, false),
    ("POST", "/login/device/approve", r#"{"code": "{code}"}"#, false),
    ("PUT", "/projects/shop/dev", super::published::COMPILED, true),
];

/// Every form of the dashboard that changes something.
const FORMS: [(&str, &str, bool); 16] = [
    ("/projects/shop/members", "name=late&role=owner", true),
    ("/projects/shop/members/remove", "name=temp", true),
    ("/projects/shop/invitations", "name=late&role=owner", true),
    ("/projects/shop/trusts", "name=page&issuer=https%3A%2F%2Fgitlab.com&claims=project_id%3D1&role=operator", true),
    ("/projects/shop/service-tokens", "account=machine&label=late&role=operator", true),
    ("/projects/shop/production", "production=late", true),
    ("/projects/shop/promote", "from=dev&to=prod&name=OTHER", true),
    ("/projects/shop/environments/qa/delete", "name=qa", true),
    ("/projects/shop/environments/dev/set", "value%3AKEY=late&version%3AKEY=1", true),
    ("/projects/shop/environments/dev/secrets/KEY/unset", "version=1", true),
    ("/projects/shop/environments/dev/secrets/KEY/rollback", "version=1&current=1", true),
    ("/projects/shop/environments/dev/secrets/KEY/reveal", "version=1", true),
    ("/tokens", "label=late&kind=personal&role=owner&days=1", false),
    ("/projects", "name=late", false),
    ("/login/device", "code={code}", false),
    ("/account/sign-out-everywhere", "x=y", false),
];

/// A shop, and a second owner of it: her token, and her browser.
fn shop(server: &Server) -> (String, Browser<'_>) {
    server.shop();
    server.own("POST", &in_shop("qa", "changes"), Some(json!({"changes": []}))).expect(200);
    server.own("POST", &in_shop("dev", "changes"), Some(json!({"changes": [{"name": "OTHER", "value": "x"}]}))).expect(200);
    server.own("PUT", "/api/v1/projects/shop/members/temp", Some(json!({"role": "viewer"}))).expect(200);
    server.person("eve", "owner")
}

fn code(server: &Server) -> String {
    let device = server.ask("", "POST", "/api/v1/login/device", Some(json!({"name": "late"}))).expect(200);
    device["code"].as_str().expect("text").to_owned()
}

fn routes(server: &Server, token: &str, only_inside: bool) -> Vec<Held> {
    let header = format!("Authorization: Bearer {token}");
    let code = code(server);
    let wanted = ROUTES.iter().filter(|(.., is_inside)| *is_inside || !only_inside);
    let held = wanted.map(|(method, path, body, _)| {
        Held::send(server, method, &format!("/api/v1{path}"), &header, "application/json", &body.replace("{code}", &code))
    });
    let held = held.collect();
    // Time for the server to authenticate the caller.
    std::thread::sleep(Duration::from_millis(700));
    held
}

fn forms(server: &Server, browser: &mut Browser, only_inside: bool) -> Vec<Held> {
    let csrf = form_token(&browser.show("/tokens").text);
    let header = format!("Cookie: {}", browser.cookie);
    let code = code(server);
    let wanted = FORMS.iter().filter(|(.., is_inside)| *is_inside || !only_inside);
    let held = wanted.map(|(path, fields, _)| {
        let body = format!("csrf={csrf}&{}", fields.replace("{code}", &code));
        Held::send(server, "POST", path, &header, "application/x-www-form-urlencoded", &body)
    });
    let held = held.collect();
    std::thread::sleep(Duration::from_millis(700));
    held
}

#[track_caller]
fn assert_all(held: Vec<Held>, expected: impl Fn(u16) -> bool) {
    let wrong: Vec<(String, u16)> = held.into_iter().map(Held::end).filter(|(_, status)| !expected(*status)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Asserts that nobody who lost access has changed anything.
fn assert_unchanged(server: &Server) {
    for environment in ["dev", "prod"] {
        let kept = server.own("GET", &in_shop(environment, "secrets/KEY"), None).expect(200);
        assert_eq!(kept["version"], 1, "{kept}");
    }
    server.own("GET", "/api/v1/projects/shop/environments/test", None).expect(404);
    server.own("GET", "/api/v1/projects/shop/environments/qa", None).expect(200);
    server.own("GET", &in_shop("dev", "manifest"), None).expect(404);
    let members = server.own("GET", "/api/v1/projects/shop/members", None).expect(200);
    let names: Vec<(&str, &str)> = members["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|member| (member["user"]["name"].as_str().expect("text"), member["role"].as_str().expect("text")))
        .filter(|(name, _)| *name != "eve")
        .collect();
    assert_eq!(names, [("ada", "owner"), ("temp", "viewer")]);
    for list in ["invitations", "trusts", "service-tokens"] {
        let listed = server.own("GET", &format!("/api/v1/projects/shop/{list}"), None).expect(200);
        assert_eq!(listed["items"], json!([]), "{list}");
    }
    let production = server.own("GET", "/api/v1/projects/shop/production", None).expect(200);
    assert_eq!(production, json!({"environments": ["prod"], "not_production": []}));
}

#[test]
fn what_is_held_back_is_done_for_those_who_still_may() {
    let server = Server::start();
    let (token, mut browser) = shop(&server);
    // So that the tests below cannot pass because of a malformed request. One after the other, since some change what others refer to.
    for held in routes(&server, &token, false) {
        let (what, status) = held.end();
        assert!((200..300).contains(&status), "{what}: {status}");
    }
    let held = forms(&server, &mut browser, false);
    let done: Vec<(String, u16)> = held.into_iter().map(Held::end).collect();
    // The value has a newer version by then.
    let is_late = |what: &str| what.contains("/secrets/KEY/") || what.ends_with("/set");
    for (what, status) in done {
        assert!([200, 303].contains(&status) || is_late(&what), "{what}: {status}");
    }
}

#[test]
fn a_token_that_is_revoked_meanwhile_changes_nothing() {
    for server in servers() {
        let (token, _) = shop(&server);
        let held = routes(&server, &token, false);
        let own = server.ask(&token, "GET", "/api/v1/whoami", None).expect(200)["token"]["id"].clone();
        server.ask(&token, "DELETE", &format!("/api/v1/tokens/{own}"), None).expect(204);
        assert_all(held, |status| status == 401);
        assert_unchanged(&server);
    }
}

#[test]
fn a_session_that_is_ended_meanwhile_changes_nothing() {
    let server = Server::start();
    let (_, mut browser) = shop(&server);
    let held = forms(&server, &mut browser, false);
    assert_eq!(browser.fill("/account", "/account/sign-out-everywhere", &[]).status, 303);
    assert_all(held, |status| status == 401);
    assert_unchanged(&server);
}

#[test]
fn somebody_who_is_taken_out_or_may_do_less_meanwhile_changes_nothing() {
    for (method, body) in [("DELETE", None), ("PUT", Some(json!({"role": "viewer"})))] {
        for server in servers() {
            let (token, mut browser) = shop(&server);
            let held: Vec<Held> = routes(&server, &token, true).into_iter().chain(forms(&server, &mut browser, true)).collect();
            server.own(method, "/api/v1/projects/shop/members/eve", body.clone()).expect(200);
            assert_all(held, |status| status == 403 || status == 404);
            assert_unchanged(&server);
            let eve = server.ask(&token, "GET", &in_shop("dev", "values"), None).status;
            assert!([403, 404].contains(&eve), "{eve}");
        }
    }
}
