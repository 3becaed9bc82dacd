//! IAM that settles late: a new key is refused for a while, as on AWS, where it takes seconds until every server knows it.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::server::{Server, checkout, set};

/// How long a key is unknown after it was first used.
const LATE: Duration = Duration::from_secs(3);
const REFUSAL: &str = "<?xml version=\"1.0\"?><Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does \
    not exist in our records.</Message></Error>";

/// A proxy in front of a server, which does not know keys before some time has passed.
struct Late {
    port: u16,
    refused: Arc<AtomicUsize>,
}

impl Late {
    /// `known` is the key of the admin, which has settled long ago.
    fn new(server: u16, known: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let (port, refused) = (listener.local_addr().expect("an address").port(), Arc::new(AtomicUsize::new(0)));
        let (known, count) = (known.to_owned(), Arc::clone(&refused));
        let seen: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (known, count, seen) = (known.clone(), Arc::clone(&count), Arc::clone(&seen));
                thread::spawn(move || {
                    let is_unknown = |key: &str| {
                        let mut seen = seen.lock().expect("no panic");
                        // Without a key, takk only looks whether it is such a service.
                        !key.is_empty()
                            && key != known
                            && seen.entry(key.to_owned()).or_insert_with(Instant::now).elapsed() < LATE
                    };
                    pass(client, server, is_unknown, &count);
                });
            }
        });
        Self { port, refused }
    }
}

/// Passes on the one request of a connection, unless its key is not known yet.
fn pass(mut client: TcpStream, server: u16, is_unknown: impl Fn(&str) -> bool, refused: &AtomicUsize) -> Option<()> {
    client.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let (mut received, mut buffer) = (Vec::new(), [0; 8192]);
    let (head, length) = loop {
        let read = client.read(&mut buffer).ok().filter(|read| *read > 0)?;
        received.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&received).into_owned();
        if let Some(end) = text.find("\r\n\r\n") {
            let head = text[..end].to_owned();
            let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            break (head, end + 4 + length.unwrap_or(0));
        }
    };
    while received.len() < length {
        let read = client.read(&mut buffer).ok().filter(|read| *read > 0)?;
        received.extend_from_slice(&buffer[..read]);
    }
    let key = head.split("Credential=").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if is_unknown(key) {
        refused.fetch_add(1, Ordering::Relaxed);
        let length = REFUSAL.len();
        let answer = format!("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{REFUSAL}");
        return client.write_all(answer.as_bytes()).ok();
    }
    let mut upstream = TcpStream::connect(("127.0.0.1", server)).ok()?;
    // So that each request has a connection of its own. The signature does not cover it.
    let request = String::from_utf8_lossy(&received[..head.len()]).into_owned() + "\r\nConnection: close";
    upstream.write_all(request.as_bytes()).ok()?;
    upstream.write_all(&received[head.len()..]).ok()?;
    std::io::copy(&mut upstream, &mut client).ok().map(|_| ())
}

#[test]
fn a_key_that_is_not_known_yet_is_waited_for() {
    let server = Server::seaweedfs();
    let late = Late::new(server.port, &server.access_key);
    let checkout = checkout("shop");
    let address = server.admin_url().replace(&format!(":{}", server.port), &format!(":{}", late.port));
    set(&checkout, "s3", "dev", &address).done();
    checkout.takk(&["provision", "--env", "dev"]).done();
    assert!(late.refused.load(Ordering::Relaxed) > 0, "the key was refused at first");
    checkout.is_ready();
    assert_eq!(checkout.servers()[0]["generation"], 1);
    checkout.takk(&["provision", "remove", "s3", "--env", "dev", "--confirm", "dev"]).done();
    server.has_no_trace_of("shop");
}
