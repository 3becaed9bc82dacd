//! Malformed requests, and starts that cannot work: a clear error, and nothing is lost.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::{Server, command, in_shop};

#[test]
fn a_body_that_is_wrong_is_said_by_its_place() {
    let server = Server::start();
    server.shop();
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    let bodies: [(Value, &str); 8] = [
        (json!([]), "structure"),
        (json!({"changes": [{"name": "A", "value": 17}]}), "structure"),
        (json!({"changes": [{"name": "A", "value": "hunter2", "more": 1}]}), "structure"),
        (json!({"changes": [{"name": "A\u{7}B", "value": "hunter2"}]}), "non-printable"),
        (json!({"changes": [{"name": "", "value": "hunter2"}]}), "empty"),
        (json!({"changes": [{"name": "A=B", "value": "hunter2"}]}), "must not contain `=`"),
        (json!({"changes": [{"name": "A", "value": "hunter2"}, {"name": "A", "value": "hunter2"}]}), "twice"),
        (json!({"changes": [{"name": "A", "value": "hunter2\u{0}"}]}), "NUL"),
    ];
    for (body, why) in bodies {
        let answer = server.own("POST", &in_shop("dev", "changes"), Some(body));
        assert_eq!((answer.status, answer.body["type"].as_str()), (400, Some("/problems/invalid")), "{}", answer.text);
        assert!(answer.text.contains(why) && !answer.text.contains("hunter2"), "{why}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let nested = serde_json::from_str::<Value>(&deep);
    assert!(nested.is_err(), "the test cannot send it either");
    for environment in ["Dev", "a%00b", "%2e%2e", "x%0d%0aSet-Cookie:%20a=b"] {
        let answer = server.own("GET", &in_shop(environment, "values"), None);
        assert!([400, 404].contains(&answer.status), "{environment}: {}", answer.text);
        assert!(answer.header("set-cookie").is_empty());
    }
}

#[test]
fn a_start_that_cannot_work_says_why() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let home = tempfile::tempdir().expect("a directory");
    for (options, message, hint) in [
        (vec!["--listen", address.as_str()], "cannot listen on", "the port is already in use"),
        (vec!["--listen", "here"], "is not an address with a port", "127.0.0.1:8421"),
        (vec!["--listen", "192.0.2.1:80"], "cannot listen on", "does not have that address"),
        (vec!["--trusted-proxy", "10.0.0.0/40"], "`10.0.0.0/40` is not a network in CIDR notation", "10.0.0.0/8"),
        (
            vec!["--oidc-issuer", "https://id.example"],
            "--oidc-issuer requires --oidc-client-id",
            "the client ID of this server",
        ),
        (vec!["--oidc-issuer", "http://id.example", "--oidc-client-id", "x"], "is not a secure issuer URL", "https://"),
        (vec!["--ci-issuer", "http://169.254.169.254"], "is not a secure issuer URL", "https://"),
    ] {
        let output = command(home.path()).arg("serve").args(&options).output().expect("run");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(message) && said.contains(hint), "{said}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("takk_p_"), "the token is shown when it can be used");
    }
}

#[test]
fn another_master_key_is_refused() {
    let server = Server::start();
    server.shop();
    let home = server.kill();
    let key = home.path().join("home").join("master.key");
    std::fs::write(&key, "0".repeat(64)).expect("written");
    let output = command(&home.path().join("home")).args(["serve", "--listen", "127.0.0.1:0"]).output().expect("run");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("master key does not match") && said.contains("TAKK_MASTER_KEY_FILE"), "{said}");
}

#[test]
fn names_that_cannot_be_shown_are_refused_everywhere() {
    let server = Server::start();
    server.shop();
    let names =
        ["", " ", "a\nb", "a\u{0}b", "\u{1b}[31mred", "a\u{7f}", "a\u{85}b", "a\u{202e}b", "a\u{200b}b", &"x".repeat(201)];
    let part = |name: &str| name.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    for name in names {
        let encoded = part(name);
        let token = |field: &str, value: Value| {
            let mut body = json!({"label": "x", "kind": "personal", "role": "viewer", "projects": ["shop"]});
            body[field] = value;
            ("POST", "/api/v1/tokens".to_owned(), body)
        };
        let asked = [
            ("PUT", format!("/api/v1/projects/{encoded}"), json!({})),
            ("PUT", format!("/api/v1/projects/shop/environments/{encoded}"), json!({})),
            ("PUT", format!("/api/v1/projects/shop/members/{encoded}"), json!({"role": "viewer"})),
            ("POST", in_shop("dev", "changes"), json!({"changes": [{"name": name, "value": "x"}]})),
            token("label", json!(name)),
            token("projects", json!([name])),
            token("environments", json!([name])),
            ("POST", "/api/v1/login/device".to_owned(), json!({"name": name})),
            ("POST", "/api/v1/login/device/approve".to_owned(), json!({"code": name})),
        ];
        for (method, path, body) in asked {
            let answer = server.own(method, &path, Some(body));
            // A path without the name is another route.
            let is_refused = answer.status == 400 || (name.is_empty() && [404, 405].contains(&answer.status));
            assert!(is_refused, "{method} {path} takes {name:?}: {} {}", answer.status, answer.text);
            let is_shown = answer.text.chars().any(|c| c.is_control() || c == '\u{202e}');
            assert!(!is_shown, "{method} {path} shows {name:?}: {:?}", answer.text);
        }
    }
    let log = server.log();
    assert!(!log.contains('\u{1b}') && !log.contains('\u{202e}'), "{log}");
    let projects = server.own("GET", "/api/v1/projects", None).expect(200);
    assert_eq!(projects["items"].as_array().map(Vec::len), Some(1), "{projects}");
}
