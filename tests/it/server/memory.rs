//! Anonymous clients and viewers against a server with the 256 MiB of its own manifests (docs/deploy): whatever they send, request and
//! leave open, it keeps serving everyone else.
//!
//! Where a control group can be created (as root, or in a delegated one), the server runs in it, so that the kernel kills it above the
//! limit. On Linux its peak is always read afterwards.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::manifests::inspected;
use super::pages::Browser;
use super::{Server, in_shop};

/// The limit in docs/deploy.
const LIMIT: u64 = 256 << 20;

/// A control group with a memory limit, removed on drop.
struct Group(PathBuf);

impl Group {
    /// `None` if it cannot be created: then only the peak is checked.
    fn make(limit: u64) -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("takk-test-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let tree = Path::new("/sys/fs/cgroup");
        let of = |parent: PathBuf, file: &str| {
            let group = Self(parent.join(&name));
            fs::create_dir(&group.0).ok()?;
            fs::write(group.0.join(file), limit.to_string()).ok()?;
            Some(group)
        };
        of(tree.join("memory"), "memory.limit_in_bytes").or_else(|| of(tree.to_owned(), "memory.max"))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for _ in 0..100 {
            // It is empty once the kernel has reaped its last process.
            if fs::remove_dir(&self.0).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn limited() -> (Server, Option<Group>) {
    let group = Group::make(LIMIT);
    if group.is_none() {
        eprintln!("no control group can be made here: the kernel does not end the server, only its peak is looked at");
    }
    let home = Arc::new(tempfile::tempdir().expect("a directory"));
    let server = Server::within(home, &[], group.as_ref().map(|group| group.0.join("cgroup.procs")));
    (server, group)
}

/// The peak memory of the server.
fn peak(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).expect("it lives");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("it has a peak");
    line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).expect("a number") << 10
}

/// Asserts that the peak stayed below a limit.
#[track_caller]
fn assert_peak(server: &Server, most: u64) {
    let peak = peak(server);
    eprintln!("{} MiB at most", peak >> 20);
    assert!(peak < most, "{} MiB", peak >> 20);
}

/// A manifest of the maximum size, with realistic fields.
pub(super) fn large() -> Value {
    let mut manifest =
        inspected("from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    key: int = 1\n");
    let field = manifest["settings"][0]["fields"][0].clone();
    let fields = (0..).map(|number| {
        let mut field = field.clone();
        (field["name"], field["env"]) = (json!(format!("key_{number}")), json!([format!("KEY_{number}")]));
        field
    });
    let length = field.to_string().len() + 10;
    manifest["settings"][0]["fields"] = fields.take(((2 << 20) - 10_000) / length).collect();
    manifest
}

fn connect(server: &Server, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).expect("it listens");
    // The server may respond and close before everything is written.
    let _ = stream.write_all(text.as_bytes());
    stream
}

/// Sends requests as a member with work to do until it is told to stop. Returns how many were served.
fn at_work(server: &Server, is_over: &AtomicBool) -> usize {
    let mut answered = 0;
    while !is_over.load(Ordering::Relaxed) {
        server.own("GET", &in_shop("dev", "values"), None).expect(200);
        server.ask("", "GET", "/readyz", None).expect_text(200);
        answered += 1;
    }
    answered
}

#[test]
fn wrong_passwords_take_no_memory() {
    let (server, _group) = limited();
    server.shop();
    let is_over = AtomicBool::new(false);
    let (answered, statuses) = thread::scope(|scope| {
        let work = scope.spawn(|| at_work(&server, &is_over));
        let strangers: Vec<_> = (0..12)
            .map(|number| {
                let server = &server;
                scope.spawn(move || {
                    let mut browser = Browser::new(server);
                    let wrong = |attempt: usize, browser: &mut Browser| {
                        let name = if number % 2 == 0 { "ada".to_owned() } else { format!("nobody {number} {attempt}") };
                        browser.sign_in(&[("way", "password"), ("name", &name), ("password", "a wrong horse battery")]).status
                    };
                    (0..10).map(|attempt| wrong(attempt, &mut browser)).collect::<Vec<_>>()
                })
            })
            .collect();
        let statuses: Vec<u16> = strangers.into_iter().flat_map(|stranger| stranger.join().expect("no panic")).collect();
        is_over.store(true, Ordering::Relaxed);
        (work.join().expect("whoever has work to do is answered"), statuses)
    });
    assert!(statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?}");
    assert!(statuses.iter().filter(|status| **status == 200).count() >= 40, "{statuses:?}");
    assert!(answered > 0, "{answered}");
    // Two buffers of 19 MiB, and not one per attempt.
    assert_peak(&server, 128 << 20);
}

#[test]
fn what_strangers_leave_lying_takes_little_memory() {
    let (server, _group) = limited();
    server.shop();
    let part = |length: usize| format!("{length:x}\r\n{}\r\n", "x".repeat(length));
    let begun: Vec<TcpStream> = (0..400)
        .map(|number| match number % 4 {
            0 => connect(&server, &format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}", "x".repeat(31 * 1024))),
            1 => connect(
                &server,
                &format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: takk={}\r\nAuthorization: Bear", "x".repeat(8 * 1024)),
            ),
            2 => connect(
                &server,
                &format!(
                    "POST /api/v1/login/device HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: \
                     chunked\r\n\r\n{}",
                    part(15 * 1024)
                ),
            ),
            _ => connect(
                &server,
                &format!(
                    "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: \
                     16000\r\n\r\n{}",
                    "x=y&".repeat(3 * 1024)
                ),
            ),
        })
        .collect();
    server.own("GET", &in_shop("dev", "values"), None).expect(200);
    // More than an anonymous client may send is refused, though members may send it.
    for path in ["/login", "/invitations/x", "/api/v1/login/device", "/api/v1/login/device/poll", "/api/v1/login/oidc"] {
        let head =
            "HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 2000000\r\n\r\n";
        let mut stream = connect(&server, &format!("POST {path} {head}"));
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 413"), "{path}: {answer}");
    }
    let forged = (0..200).map(|number| server.ask(&format!("takk_p_{number}"), "GET", &in_shop("dev", "values"), None).status);
    assert_eq!(forged.filter(|status| *status == 401).count(), 200);
    assert_peak(&server, 128 << 20);
    drop(begun);
}

#[test]
fn a_large_manifest_stops_nobody() {
    let (server, _group) = limited();
    server.shop();
    let (developer, viewer) = (server.member("dora", "developer"), server.member("vic", "viewer"));
    let manifest = large();
    server.ask(&developer, "PUT", &in_shop("dev", "manifest"), Some(manifest)).expect(200);
    // Responses that nobody reads.
    let left: Vec<TcpStream> = (0..40)
        .map(|_| {
            let head = format!("HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {viewer}\r\n\r\n");
            connect(&server, &format!("GET {} {head}", in_shop("dev", "plan")))
        })
        .collect();
    let is_over = AtomicBool::new(false);
    let (answered, statuses) = thread::scope(|scope| {
        let work = scope.spawn(|| at_work(&server, &is_over));
        let viewers: Vec<_> =
            (0..24).map(|_| scope.spawn(|| server.ask(&viewer, "GET", &in_shop("dev", "plan"), None))).collect();
        let answers: Vec<_> = viewers.into_iter().map(|viewer| viewer.join().expect("no panic")).collect();
        is_over.store(true, Ordering::Relaxed);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.header("retry-after"), "1", "{answer:?}");
        }
        (
            work.join().expect("whoever has work to do is answered"),
            answers.iter().map(|answer| answer.status).collect::<Vec<_>>(),
        )
    });
    assert!(statuses.iter().all(|status| [200, 429, 503].contains(status)), "{statuses:?}");
    assert!(answered > 0, "{answered}");
    drop(left);
    // Everyone else still sees the previous state.
    let plan = server.own("GET", &in_shop("dev", "plan"), None).expect(200);
    assert!(plan["variables"].as_array().is_some_and(|variables| variables.len() > 1000));
    assert_peak(&server, LIMIT);
}
