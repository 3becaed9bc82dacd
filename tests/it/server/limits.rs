//! Bounds: what is too large, too deep, too slow or too often.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{Server, in_shop};

/// Sends bytes as they are, and gives what comes back.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
    // It may answer and close before everything is written.
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
    // Who still sends may find the connection closed instead.
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
    // Nobody is trusted: whatever is said, it is one caller.
    let server = start(&[]);
    let statuses: Vec<u16> = (1..5).map(|number| from(&server, &format!("198.51.100.{number}"))).collect();
    assert_eq!(statuses, [401, 401, 429, 429]);
    // Another network is trusted, and not where this comes from.
    let server = start(&["--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "2001:db8::/32"]);
    let statuses: Vec<u16> = (1..5).map(|number| from(&server, &format!("198.51.100.{number}"))).collect();
    assert_eq!(statuses, [401, 401, 429, 429]);
    // What is in front is trusted: each has a count of its own, and nobody gets another one by what they put before it.
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
