//! The HTTP API of a container engine on its socket, as far as tests need it. The program under test has a client of its own.

use std::fs::File;
use std::io::{Read, Write, copy};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// A response: its status and body; `null` for none, a list for several values, a string for anything that is not JSON.
pub(crate) type Answer = (u16, Value);

/// Sends a request to an engine. `None` if it does not respond.
pub(crate) fn ask(socket: &Path, method: &str, path: &str, body: &Value) -> Option<Answer> {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let head = head(method, path, "application/json", text.len() as u64);
    exchange(socket, |stream| stream.write_all(format!("{head}{text}").as_bytes()))
}

/// Sends a file.
pub(super) fn send(socket: &Path, path: &str, file: &Path) -> Option<Answer> {
    let mut file = File::open(file).expect("it was just written");
    let length = file.metadata().expect("it is open").len();
    exchange(socket, |stream| {
        stream.write_all(head("POST", path, "application/x-tar", length).as_bytes())?;
        copy(&mut file, stream).map(drop)
    })
}

/// HTTP/1.0: no keep-alive, and no chunked bodies.
fn head(method: &str, path: &str, kind: &str, length: u64) -> String {
    format!("{method} {path} HTTP/1.0\r\nHost: engine\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n")
}

fn exchange(socket: &Path, write: impl FnOnce(&mut UnixStream) -> std::io::Result<()>) -> Option<Answer> {
    let mut stream = UnixStream::connect(socket).ok()?;
    stream.set_read_timeout(Some(Duration::from_mins(2))).expect("a timeout that is not zero");
    // An engine that rejects a request may respond before it has read all of it.
    let _ = write(&mut stream);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let _ = stream.shutdown(Shutdown::Both);
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, parsed(body)))
}

fn parsed(body: &str) -> Value {
    let Ok(mut values) = serde_json::Deserializer::from_str(body).into_iter().collect::<Result<Vec<Value>, _>>() else {
        return Value::from(body);
    };
    match values.len() {
        0 => Value::Null,
        1 => values.remove(0),
        _ => Value::from(values),
    }
}

/// A component of a path or a query, percent-encoded.
pub(crate) fn encoded(word: &str) -> String {
    url::form_urlencoded::byte_serialize(word.as_bytes()).collect()
}
