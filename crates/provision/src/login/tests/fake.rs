//! Servers that say what a test wants.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A port on which nothing listens, now or later: it is below the ephemeral range, so that no other test gets it.
pub(super) fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id() * 8 + TAKEN.fetch_add(1, Ordering::Relaxed);
        let port = 20_000 + u16::try_from(number % 12_000).expect("it is small");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Handles every connection on its own thread, until the test process ends. Returns the port.
pub(super) fn serve(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let handle = Arc::new(handle);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = stream.set_nodelay(true);
            let handle = handle.clone();
            std::thread::spawn(move || handle(stream));
        }
    });
    port
}

/// Reads what the client still sends, so that it reads everything before the connection is reset.
pub(super) fn close(mut stream: TcpStream) {
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let _ = std::io::copy(&mut stream, &mut std::io::sink());
}

/// A server that sends the first text when a client connects, and each further text after it has received something. `change` may replace
/// each byte, given its index; `None` ends the conversation there.
pub(super) fn script(texts: &[Vec<u8>], change: impl Fn(usize, u8) -> Option<u8> + Send + Sync + 'static) -> u16 {
    let texts = texts.to_vec();
    serve(move |mut stream| {
        let mut at = 0;
        let mut heard = [0; 8192];
        for (turn, text) in texts.iter().enumerate() {
            if turn > 0 && !matches!(stream.read(&mut heard), Ok(1..)) {
                break;
            }
            let said: Vec<u8> = text.iter().enumerate().map_while(|(number, byte)| change(at + number, *byte)).collect();
            let is_over = said.len() < text.len();
            at += text.len();
            if stream.write_all(&said).is_err() || is_over {
                break;
            }
        }
        close(stream);
    })
}

/// A server of pages. `answer` receives the first line and the rest of a request.
pub(super) fn pages(answer: impl Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static) -> u16 {
    serve(move |mut stream| {
        while let Some((line, rest)) = request(&mut stream) {
            if stream.write_all(&answer(&line, &rest)).is_err() {
                return;
            }
        }
    })
}

/// One request: its first line without the version, and everything after it.
fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut heard = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let text = String::from_utf8_lossy(&heard).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                let (line, rest) = text.split_once("\r\n")?;
                return Some((line.trim_end_matches(" HTTP/1.1").to_owned(), rest.to_owned()));
            }
        }
        match stream.read(&mut buffer) {
            Ok(read @ 1..) => heard.extend(&buffer[..read]),
            _ => return None,
        }
    }
}

/// An HTTP response.
pub(super) fn page(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let date = "Date: Sun, 29 Nov 2026 13:25:11 GMT\r\n";
    format!("HTTP/1.1 {status} X\r\n{date}{headers}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
