//! A server for unit tests: returns the responses that a test provides.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

/// Starts a server, and returns its URL. `answer` returns the whole response to a request, given its first line and headers.
pub(crate) fn serve(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("it has one"));
    let answer = Arc::new(answer);
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || {
                let mut request = Vec::new();
                let mut buffer = [0; 4096];
                loop {
                    let text = String::from_utf8_lossy(&request).into_owned();
                    if let Some((head, body)) = text.split_once("\r\n\r\n") {
                        let length =
                            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                        if body.len() >= length.unwrap_or(0) {
                            drop(stream.write_all(answer(&text).as_bytes()));
                            return;
                        }
                    }
                    match stream.read(&mut buffer) {
                        Ok(count @ 1..) => request.extend_from_slice(&buffer[..count]),
                        _ => return,
                    }
                }
            });
        }
    });
    url
}

/// A response with a status, more headers (each with its line break) and a body.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Random JSON composed of typical parts of responses, and text that is not JSON: the same in every run.
pub(crate) fn strange_bodies(count: usize) -> Vec<String> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"data\"",
        "\"metadata\"",
        "\"errors\"",
        "\"version\"",
        "\"keys\"",
        "\"subkeys\"",
        "\"versions\"",
        "\"auth\"",
        "\"client_token\"",
        "\"Parameters\"",
        "\"InvalidParameters\"",
        "\"Name\"",
        "\"__type\"",
        "\"hunter2\"",
        "null",
        "7",
        "-1",
        "1e999",
        "true",
        "\"\\ud800\"",
        "\u{0}",
        "<html>",
        " ",
    ];
    let mut state = 11_u64;
    let mut next = move |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % most
    };
    let mut bodies: Vec<String> = (0..count).map(|_| (0..next(12)).map(|_| pieces[next(pieces.len())]).collect()).collect();
    // Valid responses, each with one part replaced.
    for whole in [
        r#"{"data":{"data":{"value":"x"},"metadata":{"version":1,"created_time":"2020-01-01T00:00:00Z"}}}"#,
        r#"{"data":{"current_version":1,"versions":{"1":{"created_time":"","deletion_time":"","destroyed":false}}}}"#,
        r#"{"data":{"subkeys":{"value":null}}}"#,
        r#"{"Parameters":[{"Name":"/a","Value":"x","Version":1,"LastModifiedDate":1.5}],"InvalidParameters":[]}"#,
        r#"{"errors":["permission denied"]}"#,
    ] {
        for (at, _) in whole.match_indices(':') {
            for piece in ["null", "7", "{}", "[]", "\"hunter2\"", "-1", "1e400"] {
                let end = whole[at + 1..].find([',', '}']).map_or(whole.len(), |end| at + 1 + end);
                bodies.push(format!("{}{piece}{}", &whole[..=at], &whole[end..]));
            }
        }
    }
    bodies
}
