//! Limits: requests that are too large, too deep, too slow or too frequent.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{Server, in_shop};

/// Sends raw bytes and returns the response.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
    // The server may respond and close before everything is written.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn what_is_too_large_is_refused() {
    let server = Server::start();
    server.shop();
    let large = json!({"changes": [{"name": "BIG", "value": "x".repeat(3 * 1024 * 1024)}]});
    let answer = server.try_ask(&server.owner, "POST", &in_shop("dev", "changes"), Some(large), &[]);
    // A client that is still sending may find the connection closed instead.
    assert!(answer.as_ref().map_or(true, |answer| answer.status == 413), "{answer:?}");
    let announced = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: 52428800\r\n\r\n",
        in_shop("dev", "changes"),
        server.owner
    );
    let answer = raw(&server, announced.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("/problems/too-large"), "{answer}");
    let headers = format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(64 * 1024));
    assert!(raw(&server, headers.as_bytes()).starts_with("HTTP/1.1 431"));
    server.own("GET", &in_shop("dev", "values"), None).expect(200);
}

#[test]
fn too_many_bad_tokens_have_to_wait_and_a_good_one_does_not() {
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let server = Server::with(home, &["--failures-per-minute", "3"]);
    let statuses: Vec<u16> = (0..5).map(|_| server.ask("takk_p_x", "GET", "/api/v1/whoami", None).status).collect();
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    let answer = server.ask("takk_p_x", "GET", "/api/v1/whoami", None);
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds <= 60), "{answer:?}");
    server.own("GET", "/api/v1/whoami", None).expect(200);
    assert!(server.ask("", "GET", "/metrics", None).text.contains("takk_failed_sign_ins_total 6"));
}

#[test]
fn only_a_proxy_that_is_trusted_says_who_asks() {
    let from = |server: &Server, address: &str| {
        server.ask_with("takk_p_x", "GET", "/api/v1/whoami", None, &[("X-Forwarded-For", address)]).status
    };
    let start = |options: &[&str]| {
        let home = Arc::new(tempfile::tempdir().expect("a directory"));
        Server::with(home, &[&["--failures-per-minute", "2"], options].concat())
    };
    // Without a trusted proxy, everything counts as one client whatever the headers say.
    let server = start(&[]);
    let statuses: Vec<u16> = (1..5).map(|number| from(&server, &format!("198.51.100.{number}"))).collect();
    assert_eq!(statuses, [401, 401, 429, 429]);
    // Another network is trusted, and the request does not come from it.
    let server = start(&["--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "2001:db8::/32"]);
    let statuses: Vec<u16> = (1..5).map(|number| from(&server, &format!("198.51.100.{number}"))).collect();
    assert_eq!(statuses, [401, 401, 429, 429]);
    // The proxy is trusted: every client has a budget of its own, and nobody gets a fresh one by forging the header.
    let server = start(&["--trusted-proxy", "127.0.0.1"]);
    let statuses: Vec<u16> = (1..5).map(|number| from(&server, &format!("203.0.113.{number}, 198.51.100.1"))).collect();
    assert_eq!(statuses, [401, 401, 429, 429]);
    assert_eq!(from(&server, "198.51.100.2"), 401);
    let forwarded = [("Forwarded", "for=198.51.100.9"), ("X-Forwarded-For", "198.51.100.1")];
    let other_header = server.ask_with("takk_p_x", "GET", "/api/v1/whoami", None, &forwarded).status;
    assert_eq!(other_header, 429, "the header that the proxy does not write is not read");
    let server = start(&["--trusted-proxy", "127.0.0.0/8", "--forwarded-header", "forwarded"]);
    let forwarded = |number: u8| {
        let text = format!("for=198.51.100.{number}");
        server.ask_with("takk_p_x", "GET", "/api/v1/whoami", None, &[("Forwarded", &text)]).status
    };
    assert_eq!([1, 1, 1, 2].map(forwarded), [401, 401, 429, 401]);
}

#[test]
fn slow_callers_keep_nobody_waiting() {
    let server = Server::start();
    server.shop();
    let slow: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).expect("it listens");
            stream.write_all(b"POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Le").expect("written");
            stream
        })
        .collect();
    server.own("GET", &in_shop("dev", "values"), None).expect(200);
    drop(slow);
}

#[test]
fn a_body_of_fifty_megabytes_is_refused_by_every_route_that_takes_one() {
    const SIZE: usize = 50 << 20;
    let server = Server::start();
    server.shop();
    let document = server.ask("", "GET", "/api/v1/openapi.json", None).expect(200);
    let mut routes = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, _) in operations.as_object().expect("operations").iter().filter(|(_, that)| !that["requestBody"].is_null())
        {
            let path = path.replace("{project}", "shop").replace("{environment}", "dev").replace("{user}", "bob");
            // Without a `Content-Length`.
            let head = format!(
                "{} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
                 Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
                method.to_uppercase(),
                server.owner
            );
            let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).expect("it listens");
            stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
            stream.write_all(head.as_bytes()).expect("written");
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            let sent = (0..SIZE / 0x10000).take_while(|_| stream.write_all(chunk.as_bytes()).is_ok()).count() * 0x10000;
            assert!(sent < SIZE, "{method} {path} takes all of it");
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            // A client that is still sending may find the connection closed instead.
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{method} {path}: {answer}");
            routes += 1;
        }
    }
    assert!(routes > 5, "{routes}");
    server.own("GET", &in_shop("dev", "values"), None).expect(200);
}

#[test]
fn what_is_too_deep_or_too_many_is_refused() {
    let server = Server::start();
    server.shop();
    let send = |body: &str, more: &str| {
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {}\r\n{more}\r\n{body}",
            in_shop("dev", "changes"),
            server.owner,
            body.len()
        );
        raw(&server, request.as_bytes())
    };
    for deep in [
        "[".repeat(100_000),
        "{\"changes\":".repeat(50_000),
        format!("{{\"changes\": {}1{}}}", "[".repeat(200), "]".repeat(200)),
    ] {
        let answer = send(&deep, "");
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("/problems/invalid"), "{answer}");
    }
    let many: Vec<_> = (0..40_000).map(|number| json!({"name": format!("K{number}"), "value": "x"})).collect();
    let answer = send(&json!({"changes": many}).to_string(), "");
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("at most 1000 changes"), "{answer}");
    let headers = (0..300).map(|number| format!("X-{number}: y\r\n")).collect::<Vec<_>>().concat();
    assert!(send("{}", &headers).starts_with("HTTP/1.1 431"));
    let long = format!("{}?name={}", in_shop("dev", "values"), "x".repeat(100_000));
    let answer = raw(&server, format!("GET {long} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 414") || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let values = server.own("GET", &in_shop("dev", "values"), None).expect(200);
    assert_eq!(values["values"].as_array().map(Vec::len), Some(1), "nothing of it was taken");
}
