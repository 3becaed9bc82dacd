//! What the webhook provider of the External Secrets Operator gets from a real server, with the texts of `docs/external-secrets.md`.
//!
//! The request is the one that the provider sends: <https://github.com/external-secrets/external-secrets>, `pkg/common/webhook/webhook.go`.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::{Server, in_shop};

/// The store that the page describes: the last text of each key.
fn page() -> HashMap<String, String> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/external-secrets.md")).expect("the page");
    let row = |line: &str| {
        let (key, text) = line.trim().split_once(": ")?;
        Some((key.to_owned(), text.trim_matches('"').to_owned()))
    };
    page.lines().filter_map(row).collect()
}

/// Sends what Go's client sends for a store, and returns status and body.
fn requested(server: &Server, page: &HashMap<String, String>, environment: &str, key: &str, token: &str) -> (u16, Value) {
    let escaped: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let url = page["url"].replace("{{ .remoteRef.key }}", &escaped).replace("/prod/", &format!("/{environment}/"));
    let path = url.strip_prefix("https://takk.example.org").expect("the host of the page");
    let authorization = page["Authorization"].replace("{{ .takk.token }}", token);
    let host = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("it listens");
    let request = format!(
        "{} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Go-http-client/1.1\r\nAuthorization: {authorization}\r\n\
         Accept-Encoding: gzip\r\n\r\n",
        page["method"]
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).expect("a response"), 0, "{head}");
    }
    let head = head.to_lowercase();
    assert!(!head.contains("content-encoding"), "{head}");
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).expect("a header");
    let mut body = vec![0; header("content-length").parse().expect("a length")];
    reader.read_exact(&mut body).expect("the body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, serde_json::from_slice(&body).expect("JSON"))
}

/// What a `jsonPath` of one name selects.
fn selected<'v>(page: &HashMap<String, String>, body: &'v Value) -> &'v Value {
    &body[page["jsonPath"].strip_prefix("$.").expect("a path of one name")]
}

#[test]
fn the_webhook_provider_gets_values() {
    let (server, page) = (Server::start(), page());
    server.shop();
    let text = "postgresql://shop:p%40ss@db/shop?x=\"1\"\nsecond line ü";
    let body = json!({"changes": [{"name": "DATABASE_URL", "value": text}, {"name": "GONE", "value": "x"}]});
    server.own("POST", &in_shop("prod", "changes"), Some(body)).expect(200);
    server.own("POST", &in_shop("prod", "changes"), Some(json!({"changes": [{"name": "GONE", "value": null}]}))).expect(200);
    let body = json!({"account": "cluster", "label": "External Secrets", "role": "operator", "environments": ["prod"]});
    let made = server.own("POST", "/api/v1/projects/shop/service-tokens", Some(body)).expect(201);
    let token = made["token"].as_str().expect("a token");

    let (status, body) = requested(&server, &page, "prod", "DATABASE_URL", token);
    assert_eq!((status, selected(&page, &body)), (200, &text.into()));
    assert_eq!(selected(&page, &requested(&server, &page, "prod", "KEY", token).1), "the value of prod");
    assert_eq!(requested(&server, &page, "prod", "NEVER_SET", token).0, 404, "which the provider takes for a deleted secret");
    let (status, body) = requested(&server, &page, "prod", "GONE", token);
    assert_eq!((status, selected(&page, &body)), (200, &Value::Null));
    for odd in ["a/b", "..", "a b", "?x=1"] {
        let (status, body) = requested(&server, &page, "prod", odd, token);
        assert!((400..500).contains(&status) && selected(&page, &body).is_null(), "{odd}: {status} {body}");
    }

    // The token is for this environment alone, and every read is recorded.
    let (status, body) = requested(&server, &page, "dev", "KEY", token);
    assert!(matches!(status, 403 | 404) && selected(&page, &body).is_null(), "{status} {body}");
    let log = server.own("GET", "/api/v1/projects/shop/audit", None).expect(200).to_string();
    assert!(log.contains("shop/cluster") && log.contains("DATABASE_URL"), "{log}");
    let id = made["info"]["info"]["id"].as_i64().or_else(|| made["info"]["id"].as_i64()).expect("an ID");
    let revoked = server.own("DELETE", &format!("/api/v1/projects/shop/service-tokens/{id}"), None);
    assert!((200..300).contains(&revoked.status), "{}", revoked.text);
    assert_eq!(requested(&server, &page, "prod", "KEY", token).0, 401);
    assert_eq!(requested(&server, &page, "prod", "KEY", "").0, 401);
}
