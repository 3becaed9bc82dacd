//! Servers with hostile responses: none at all, one byte at a time, endless ones, impossible lengths, or what they received.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::super::until_ready;
use super::{Answer, CHECKS, NotReady, attempt, fake, with_login};

const PASSWORD: &str = "s3cret-of-the-test";

const CREDENTIALS: &[(&str, &str)] = &[
    ("username", "shop"),
    ("password", PASSWORD),
    ("database", "shop_dev"),
    ("access_key", "AKIA"),
    ("secret_key", PASSWORD),
    ("bucket", "shop-dev"),
];

const TIMEOUT: Duration = Duration::from_millis(300);

/// Additional time for a machine that is busy with other tests.
const GRACE: Duration = Duration::from_secs(3);

/// The maximum that a check reads, plus what the system buffers between the two sides.
const MOST: usize = 24 << 20;

/// Logs in to every kind at the same time, and checks the results.
fn on_every_kind(name: &str, handle: impl Fn(TcpStream) + Send + Sync + 'static) -> Vec<(&'static str, Answer)> {
    let port = fake::serve(handle);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let one = |kind: &'static str| {
            scope.spawn(move || {
                let start = Instant::now();
                let answer = attempt(kind, port, CREDENTIALS, TIMEOUT);
                (kind, answer, start.elapsed())
            })
        };
        let threads: Vec<_> = CHECKS.iter().map(|(kind, _)| one(kind)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    for (kind, answer, took) in &answers {
        assert!(*took < TIMEOUT + GRACE, "{name} {kind}: {took:?}");
        let Err(reason) = answer else { panic!("{name}: {kind} is accepted") };
        let words = reason.to_string();
        let is_clean = words.chars().count() < 300 && !words.contains(|c: char| c.is_control());
        assert!(is_clean && !words.contains(PASSWORD), "{name} {kind}: {words}");
        let debug = format!("{answer:?}");
        // As basic authentication encodes it.
        assert!(!debug.contains(PASSWORD) && !debug.contains("c2hvcDpzM2NyZXQ"), "{name} {kind}: {debug}");
    }
    answers.into_iter().map(|(kind, answer, _)| (kind, answer)).collect()
}

/// Sends the same text forever, and counts the bytes.
fn endless(start: &'static [u8], text: &'static [u8], count: Arc<AtomicUsize>) -> impl Fn(TcpStream) {
    move |mut stream| {
        let block = text.repeat(4096 / text.len() + 1);
        let mut sent = 0;
        let mut said = stream.write_all(start);
        while said.is_ok() && sent < 2 * MOST {
            said = stream.write_all(&block);
            sent += block.len();
            count.fetch_max(sent, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_server_that_closes_at_once_is_starting() {
    for (kind, answer) in on_every_kind("closed", drop) {
        assert!(matches!(answer, Err(NotReady::Starting(_))), "{kind}: {answer:?}");
    }
}

#[test]
fn a_server_that_says_nothing_is_no_answer() {
    for (kind, answer) in on_every_kind("silent", |stream| {
        std::thread::sleep(GRACE);
        drop(stream);
    }) {
        assert!(matches!(answer, Err(NotReady::NoAnswer(_))), "{kind}: {answer:?}");
    }
}

#[test]
fn one_byte_is_no_answer() {
    for byte in *b"+INSRH\x00\x01\x08\x0a\xff" {
        on_every_kind("one byte", move |mut stream| {
            let _ = stream.write_all(&[byte]);
            fake::close(stream);
        });
    }
    on_every_kind("one byte, and nothing", |mut stream| {
        let _ = stream.write_all(b"H");
        std::thread::sleep(GRACE);
    });
}

#[test]
fn a_byte_from_time_to_time_does_not_prolong_a_check() {
    let starts: [&'static [u8]; 6] =
        [b"", b"INFO {", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"R\0\0\x40\0", b"\0\x40\0\0\x0a"];
    for start in starts {
        on_every_kind("drip", move |mut stream| {
            let mut said = stream.write_all(start);
            while said.is_ok() {
                std::thread::sleep(Duration::from_millis(10));
                said = stream.write_all(b"I");
            }
        });
    }
}

#[test]
fn an_answer_without_an_end_is_read_to_a_bound() {
    let texts: [&'static [u8]; 10] = [
        b"\0",
        b"A",
        b"+OK\r\n",
        b"\xff",
        b"\r\n",
        b"PING\r\n",
        b"INFO {}\r\n",
        b"S\0\0\0\x04",
        b"N\0\0\0\x04",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ];
    let starts: [&'static [u8]; 4] = [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"];
    let pairs = starts.iter().flat_map(|start| texts.iter().map(move |text| (start, text)));
    for (start, text) in pairs.filter(|(start, text)| start.is_empty() || texts[..3].contains(text)) {
        let count = Arc::new(AtomicUsize::new(0));
        let name = format!("{} after {}", text.escape_ascii(), start.escape_ascii());
        on_every_kind(&name, endless(start, text, count.clone()));
        let sent = count.load(Ordering::Relaxed);
        assert!(sent <= MOST, "{sent} bytes of {name}");
    }
}

#[test]
fn a_length_that_nobody_has_is_not_believed() {
    let starts: [&'static [u8]; 10] = [
        b"$4294967295\r\n",
        b"$99999999999999999999\r\n",
        b"-NOAUTH\r\n+OK\r\n+OK\r\n+PONG\r\n$2147483647\r\n",
        b"R\x7f\xff\xff\xff",
        b"R\0\0\0\0",
        b"\xff\xff\xff\0\x0a",
        b"\x7f\xff\xff\xff",
        b"\xff\xff\xff\x7f",
        b"\x01\0\0\xff\xff\xff\xff",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n",
    ];
    for start in starts {
        let count = Arc::new(AtomicUsize::new(0));
        on_every_kind("length", endless(start, b"1234567890", count.clone()));
        assert!(count.load(Ordering::Relaxed) <= MOST, "{start:?}");
    }
}

#[test]
fn what_was_sent_comes_back_and_is_not_told() {
    on_every_kind("echo", |mut stream| {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            if stream.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
    });
    // As a protocol error, or as a page.
    let starts: [&'static [u8]; 4] =
        [b"-ERR unknown command, with args: ", b"INFO {\"auth_required\":true}\r\n-ERR ", b"E\0\0\x03\0M", b""];
    for start in starts {
        on_every_kind("echo in an error", move |mut stream| {
            let mut buffer = [0; 4096];
            let _ = stream
                .write_all(&start[..start.len().min(start.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1))]);
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                let heard: Vec<u8> = buffer[..read].iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
                let page = format!("HTTP/1.1 403 No\r\nContent-Length: {}\r\n\r\n", heard.len()).into_bytes();
                let first = if start.is_empty() { &page } else { start };
                if stream.write_all(&[first, &heard, b"\r\n", &[0; 1024]].concat()).is_err() {
                    break;
                }
            }
        });
    }
}

#[test]
fn noise_is_no_server() {
    for seed in 1..40_u64 {
        on_every_kind("noise", move |mut stream| {
            // Xorshift, so that every run is the same.
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut noise = Vec::new();
            for _ in 0..256 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                noise.extend(state.to_le_bytes());
            }
            let _ = stream.write_all(&noise);
            fake::close(stream);
        });
    }
}

#[test]
fn a_server_of_another_kind_is_not_waited_for() {
    let port =
        fake::script(&[Vec::new(), b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec()], |_, byte| Some(byte));
    for kind in ["redis", "postgres", "amqp", "kafka", "mongo", "spark", "otel", "loki"] {
        let answer = attempt(kind, port, CREDENTIALS, super::TIMEOUT);
        assert!(matches!(answer, Err(NotReady::OtherServer(_))), "{kind}: {answer:?}");
    }
}

#[test]
fn a_server_that_comes_up_is_waited_for() {
    let port = fake::free_port();
    let start = Instant::now();
    let server = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(400));
        let listener = std::net::TcpListener::bind(("127.0.0.1", port)).expect("it is free");
        let (mut stream, _) = listener.accept().expect("a client");
        let _ = stream.write_all(b"\0\0\0\x04\0\0\0\0\0");
        fake::close(stream);
    });
    let answer = with_login("spark", port, &[], super::TIMEOUT, |login| until_ready(login, Duration::from_secs(20), || true));
    assert_eq!(answer, super::accepted(""));
    assert!(start.elapsed() >= Duration::from_millis(400));
    server.join().expect("it does not panic");
    let start = Instant::now();
    let answer = with_login("spark", port, &[], super::TIMEOUT, |login| until_ready(login, Duration::from_secs(20), || false));
    assert!(matches!(answer, Err(NotReady::NoAnswer(_))) && start.elapsed() < GRACE, "{answer:?}");
}
