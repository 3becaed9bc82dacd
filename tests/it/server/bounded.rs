//! Clients that are slow, silent or gone, with limits short enough for a test. The server runs in the test's own process.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use takk_client::authorities;
use takk_dashboard::dashboard;
use takk_oidc::Issuers;
use takk_project::config::{Home, Limits, ServeSettings, ServerVariables, TrustedProxies};
use takk_server::hosted::Opener;
use takk_server::hosted::first_start::first_start;

/// A server in this process, shut down on drop.
struct Bounded {
    address: SocketAddr,
    owner: String,
    _home: tempfile::TempDir,
}

fn start(limits: Limits) -> Bounded {
    let directory = tempfile::tempdir().expect("a directory");
    let home = || Home {
        directory: Some(directory.path().join("home")),
        master_key: None,
        author: "ada".to_owned(),
        keyring: false,
        server: ServerVariables::default(),
        project: None,
        is_build: false,
    };
    let settings = ServeSettings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        database: None,
        public_url: None,
        proxies: TrustedProxies::default(),
        oidc: None,
        sweep_interval: takk_project::config::SWEEP_INTERVAL,
        ci_issuers: Vec::new(),
        limits,
    };
    let issuers = Issuers::new(authorities(&home()).expect("the public ones"));
    let opener = Opener::new(home(), None).expect("a store");
    let first = opener.first().expect("it opens").hosted;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        takk_server::serve(&settings, opener, first, issuers, dashboard(), |address, hosted| {
            let owner = first_start(hosted, "ada", true).expect("made").expect("the first");
            tell.send((address, owner.token.expect("asked for").expose().to_owned())).expect("the test waits");
            Ok(())
        })
    });
    let (address, owner) = told.recv().expect("it listens");
    Bounded { address, owner, _home: directory }
}

impl Bounded {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
        stream
    }

    /// The start of a request with the owner's token.
    fn head(&self, line: &str, more: &str) -> String {
        format!(
            "{line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n{more}\r\n",
            self.owner
        )
    }

    /// Sends a request on a new connection and returns the response.
    fn ask(&self, line: &str, body: &str) -> String {
        let mut stream = self.connect();
        let head = self.head(line, &format!("Connection: close\r\nContent-Length: {}\r\n", body.len()));
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("written");
        rest(&mut stream)
    }

    /// The number of open connections, without this one.
    fn connections(&self) -> usize {
        let metrics = self.ask("GET /metrics", "");
        let line = metrics.lines().find(|line| line.starts_with("takk_connections ")).expect("counted");
        line.rsplit(' ').next().and_then(|count| count.parse::<usize>().ok()).expect("a number") - 1
    }

    /// Waits until nobody else is connected.
    #[track_caller]
    fn assert_alone_within(&self, patience: Duration) {
        let start = Instant::now();
        while self.connections() > 0 {
            assert!(start.elapsed() < patience, "{} are still there", self.connections());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Reads until the connection is closed.
fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn limits() -> Limits {
    Limits {
        header_wait: Duration::from_secs(1),
        request: Duration::from_secs(1),
        silence: Duration::from_secs(2),
        ..Limits::default()
    }
}

#[test]
fn who_sends_slowly_is_answered_in_time() {
    let server = start(limits());
    // Headers that never end, a connection that never sends anything, and one that stops sending.
    let mut half = server.connect();
    half.write_all(b"GET /healthz HTTP/1.1\r\nHos").expect("written");
    let mut silent = server.connect();
    let mut idle = server.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").expect("written");
    for stream in [&mut half, &mut silent, &mut idle] {
        let start = Instant::now();
        rest(stream);
        assert!(start.elapsed() < Duration::from_secs(10), "it ends");
    }
    // A body that arrives one byte at a time.
    let mut slow = server.connect();
    let head = server.head("POST /api/v1/tokens", "Content-Length: 1000\r\n");
    slow.write_all(head.as_bytes()).expect("written");
    let mut writer = slow.try_clone().expect("cloned");
    std::thread::spawn(move || {
        while writer.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let answer = rest(&mut slow);
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("/problems/too-slow"), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    server.assert_alone_within(Duration::from_secs(10));
}

#[test]
fn who_does_not_read_or_is_gone_is_forgotten() {
    let server = start(limits());
    // More responses than the system's buffers hold.
    let questions = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500);
    let unread: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = server.connect();
            rustix::net::sockopt::set_socket_recv_buffer_size(&stream, 4096).expect("set");
            stream.write_all(questions.as_bytes()).expect("written");
            stream
        })
        .collect();
    // Longer than every other timeout that closes a connection here.
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(server.connections(), 4);
    server.assert_alone_within(Duration::from_secs(20));
    drop(unread);
}

#[test]
fn more_connections_than_there_may_be_wait() {
    let server = start(Limits { connections: 4, ..limits() });
    let held: Vec<TcpStream> = (0..4).map(|_| server.connect()).collect();
    let start = Instant::now();
    // It is served when one of those ahead of it is closed as idle.
    let answer = server.ask("GET /healthz", "");
    assert!(answer.starts_with("HTTP/1.1 200") && start.elapsed() > Duration::from_millis(500), "{answer}");
    drop(held);
}
