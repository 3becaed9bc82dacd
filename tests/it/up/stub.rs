//! A container engine that responds as a test says: recorded pulls, slow responses, nonsense. It is an HTTP server on a Unix socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;

use super::api::ask;

/// A pull that succeeds, as dockerd 20.10 reports it.
pub(crate) const PULLED: &str = include_str!("stub/pulled.jsonl");
/// A pull that fails after it has begun: the status was already 200, and the last line has the error.
pub(crate) const FAILED: &str = include_str!("stub/failed.jsonl");

/// The response, with status 500, when no registry can be reached.
pub(crate) const UNREACHABLE: &str = r#"{"message": "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: no such host"}"#;

/// How to respond to a request.
pub(crate) enum Answer {
    /// A status and a body of JSON.
    Json(u16, String),
    /// Lines of JSON, in chunks, with a pause after each.
    Stream(&'static str, Duration),
    /// Another response, after a pause.
    After(Duration, Box<Answer>),
    /// Bytes that are not HTTP, or are truncated.
    Bytes(&'static [u8]),
}

/// An engine without containers. It responds until it is dropped.
pub(crate) struct Stub {
    directory: TempDir,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    /// `answer` is called with each request as `GET /path?query`, without the API version in front of the path.
    pub(crate) fn new(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let stub = Self { directory: tempfile::tempdir().expect("a directory"), requests: Arc::default() };
        let listener = UnixListener::bind(stub.socket()).expect("its path is short");
        let (answer, requests) = (Arc::new(answer), Arc::clone(&stub.requests));
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (answer, requests) = (Arc::clone(&answer), Arc::clone(&requests));
                std::thread::spawn(move || serve(&connection, &*answer, &requests));
            }
        });
        stub
    }

    /// An engine that has no image, and whose pulls are replayed as recorded; or refused, where the record is not a stream.
    pub(crate) fn pulling(recorded: &'static str) -> Self {
        Self::new(move |request| match request.split(['?', ' ']).nth(1) {
            Some("/images/create") if recorded == UNREACHABLE => Answer::Json(500, UNREACHABLE.to_owned()),
            Some("/images/create") => Answer::Stream(recorded, Duration::from_millis(5)),
            _ => usual(request),
        })
    }

    /// Its socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("docker.sock")
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no thread of the stub panics").clone()
    }
}

/// The responses of an engine that has nothing.
pub(crate) fn usual(request: &str) -> Answer {
    let path = request.split(['?', ' ']).nth(1).unwrap_or_default();
    let version = r#"{"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"}"#;
    match path {
        "/_ping" => Answer::Json(200, "OK".to_owned()),
        "/version" => Answer::Json(200, version.to_owned()),
        "/info" => Answer::Json(200, r#"{"ID": "stub", "ServerVersion": "20.10.24", "OSType": "linux"}"#.to_owned()),
        "/containers/json" | "/images/json" | "/networks" => Answer::Json(200, "[]".to_owned()),
        "/volumes" => Answer::Json(200, r#"{"Volumes": [], "Warnings": null}"#.to_owned()),
        _ => Answer::Json(404, format!(r#"{{"message": "no such object: {path}"}}"#)),
    }
}

fn serve(connection: &UnixStream, answer: &dyn Fn(&str) -> Answer, requests: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(connection);
    // A client may send several requests on one connection.
    while let Some((request, is_last)) = read(&mut reader) {
        requests.lock().expect("no thread of the stub panics").push(request.clone());
        // A client that has disconnected does not matter.
        if write(connection, &answer(&request)).is_err() || is_last {
            return;
        }
    }
}

/// The next request, and whether the client wants the connection closed after it.
fn read(reader: &mut BufReader<&UnixStream>) -> Option<(String, bool)> {
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|length| *length > 0)?;
    let mut length = 0;
    let mut is_last = first.trim().ends_with("HTTP/1.0");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        is_last |= line == "connection: close";
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    let (method, path) = first.trim().trim_end_matches(" HTTP/1.1").trim_end_matches(" HTTP/1.0").split_once(' ')?;
    // `/v1.41/_ping` is the same as `/_ping`.
    let is_version = |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let path = match path[1..].split_once('/') {
        Some((version, rest)) if is_version(version) => format!("/{rest}"),
        _ => path.to_owned(),
    };
    Some((format!("{method} {path}"), is_last))
}

fn write(mut connection: &UnixStream, answer: &Answer) -> std::io::Result<()> {
    match answer {
        Answer::Json(status, body) => write!(
            connection,
            "HTTP/1.1 {status} Stub\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
        Answer::Stream(lines, pause) => {
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            for line in lines.lines() {
                write!(connection, "{:x}\r\n{line}\r\n\r\n", line.len() + 2)?;
                std::thread::sleep(*pause);
            }
            connection.write_all(b"0\r\n\r\n")
        }
        Answer::After(pause, answer) => {
            std::thread::sleep(*pause);
            write(connection, answer)
        }
        Answer::Bytes(bytes) => {
            connection.write_all(bytes)?;
            connection.shutdown(std::net::Shutdown::Both)
        }
    }
}

#[test]
fn the_stub_answers_as_it_is_told() {
    let nothing = &serde_json::Value::Null;
    let stub = Stub::pulling(FAILED);
    assert_eq!(ask(&stub.socket(), "GET", "/_ping", nothing).expect("an answer").0, 200);
    assert_eq!(ask(&stub.socket(), "GET", "/v1.41/containers/x/json", nothing).expect("an answer").0, 404);
    let (status, said) =
        ask(&stub.socket(), "POST", "/v1.41/images/create?fromImage=postgres&tag=17", nothing).expect("an answer");
    assert!(status == 200 && said.to_string().contains("unknown blob"), "{status} {said}");
    assert_eq!(stub.requests(), ["GET /_ping", "GET /containers/x/json", "POST /images/create?fromImage=postgres&tag=17"]);
    let (_, said) =
        ask(&Stub::pulling(PULLED).socket(), "POST", "/images/create?fromImage=postgres", nothing).expect("an answer");
    assert!(said.to_string().contains("Downloaded newer image"), "{said}");
    let (status, _) =
        ask(&Stub::pulling(UNREACHABLE).socket(), "POST", "/images/create?fromImage=x", nothing).expect("an answer");
    assert_eq!(status, 500);
    let nonsense = Stub::new(|_| Answer::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n"));
    assert_eq!(ask(&nonsense.socket(), "GET", "/_ping", nothing), None);
    let slow = Stub::new(|request| Answer::After(Duration::from_millis(300), Box::new(usual(request))));
    let started = std::time::Instant::now();
    assert!(ask(&slow.socket(), "GET", "/_ping", nothing).is_some() && started.elapsed() >= Duration::from_millis(300));
}
