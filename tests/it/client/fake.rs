//! A server with programmed responses.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as received.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `GET /api/v1/whoami`
    pub line: String,
    /// Names in lower case, values unchanged.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What it does with a connection after a request.
type Behaviour = dyn Fn(usize, &Request, &mut TcpStream) + Send + Sync;

/// The server, which ends with the test process.
pub(crate) struct Fake {
    pub url: String,
    pub requests: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    /// Runs `behaviour` for each request, numbered from 0.
    pub(crate) fn new(behaviour: impl Fn(usize, &Request, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (behaviour, seen): (Arc<Behaviour>, _) = (Arc::new(behaviour), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (behaviour, seen) = (Arc::clone(&behaviour), Arc::clone(&seen));
                std::thread::spawn(move || attend(stream, &*behaviour, &seen));
            }
        });
        Self { url, requests }
    }

    /// The requests so far: method and path.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").iter().map(|request| request.line.clone()).collect()
    }
}

fn attend(mut stream: TcpStream, behaviour: &Behaviour, seen: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream.try_clone().expect("cloned"));
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        let _ = reader.read_line(&mut header);
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let mut request = Request { line: line.trim_end().trim_end_matches(" HTTP/1.1").to_owned(), headers, body: String::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    let _ = reader.by_ref().take(length).read_to_end(&mut body);
    request.body = String::from_utf8_lossy(&body).into_owned();
    let number = {
        let mut seen = seen.lock().expect("no panic");
        seen.push(request.clone());
        seen.len() - 1
    };
    behaviour(number, &request, &mut stream);
}

/// Sends a response with a body, and closes the connection.
pub(crate) fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    );
}

/// The response to `whoami` from a server of that version.
pub(crate) fn whoami(version: &str) -> String {
    format!(
        r#"{{"user":{{"id":1,"name":"ada"}},"token":{{"id":1,"label":"t","kind":"personal","projects":[],"environments":[],
        "role":"owner","created_at":0}},"version":"{version}"}}"#
    )
}

/// The values of an environment.
pub(crate) const VALUES: &str = r#"{"revision":3,"values":[
    {"name":"TOKEN","version":1,"is_set":true,"set_at":0,"fingerprint":"00","origin":"set","author":"ada","value":"the value"},
    {"name":"PORT","version":1,"is_set":true,"set_at":0,"fingerprint":"01","origin":"set","author":"ada","value":"80"}]}"#;
