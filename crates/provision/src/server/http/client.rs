//! Requests to one server: no redirects, an end to every wait, and no more of a response than is useful.

use std::thread;
use std::time::Duration;

use takk_model::error::{Error, Result};
use takk_model::is_this_machine;
use ureq::Agent;
use ureq::http::{HeaderName, HeaderValue, Request, Uri};
use zeroize::Zeroizing;

use super::super::tls;
use crate::login::cleaned;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a request may take, with its response: removing what is large takes a while.
const REQUEST: Duration = Duration::from_mins(1);
/// The most bytes of a response. Lists of a large server have some hundred kilobytes.
const MOST: u64 = 8 << 20;

/// How often a request is sent that the server fails to carry out.
const ATTEMPTS: usize = 5;
/// How long to wait between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

/// A client of a server.
pub(in super::super) struct Http {
    agent: Agent,
    /// Scheme, host, port and path.
    base: String,
    secrets: Vec<Zeroizing<String>>,
}

/// A response, whatever its status.
pub(in super::super) struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    /// The server's clock.
    pub date: Option<String>,
    /// Its `Server` header.
    pub server: Option<String>,
}

/// Why there is no response.
#[derive(Debug)]
pub(in super::super) enum Failure {
    /// Nothing answers, or not in time.
    NoAnswer(String),
    /// TLS does not fit.
    Untrusted(String),
    /// What answers does not speak HTTP, or the request cannot be sent.
    Other(String),
}

impl Http {
    /// A client of the server of an address. What `secrets` has is in no error.
    pub(in super::super) fn new(base: &str, roots: Option<&str>, secrets: Vec<Zeroizing<String>>) -> Result<Self> {
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("takk")
            .tls_config(tls::of_http(roots)?)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(REQUEST));
        // There is no proxy in front of this machine.
        let is_here = base.parse::<Uri>().is_ok_and(|uri| uri.host().is_some_and(is_this_machine));
        let config = if is_here { config.proxy(None) } else { config };
        Ok(Self { agent: config.build().new_agent(), base: base.to_owned(), secrets })
    }

    /// Sends a request to a path of the server, with its query. It is repeated if the server fails and a repetition is harmless:
    /// RabbitMQ answers with 500 if a connection closes by itself while it is being closed, and S3 with 503 if it is busy.
    pub(in super::super) fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, Failure> {
        let mut reply = self.send_once(method, target, headers, body)?;
        for _ in 1..ATTEMPTS {
            if !may_repeat(method, reply.status) {
                break;
            }
            thread::sleep(PAUSE);
            reply = self.send_once(method, target, headers, body)?;
        }
        Ok(reply)
    }

    /// The same without a repetition, for what any response tells.
    pub(in super::super) fn send_once(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, Failure> {
        let mut request = Request::builder().method(method).uri(format!("{}{target}", self.base));
        for (name, value) in headers {
            let unfit = |_| Failure::Other("the login has characters that HTTP does not allow".to_owned());
            let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(unfit)?;
            value.set_sensitive(true);
            request = request.header(HeaderName::from_bytes(name.as_bytes()).expect("it is written here"), value);
        }
        let unusable = |_| Failure::Other("its address is not valid".to_owned());
        let has_body = !body.is_empty() || matches!(method, "PUT" | "POST");
        let reply = if has_body {
            self.agent.run(request.body(body).map_err(unusable)?)
        } else {
            self.agent.run(request.body(()).map_err(unusable)?)
        };
        let reply = reply.map_err(|error| self.failed(error))?;
        let header = |name: &str| reply.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, date, server) = (reply.status().as_u16(), header("date"), header("server"));
        let body = reply.into_body().into_with_config().limit(MOST).read_to_vec().map_err(|error| self.failed(error))?;
        Ok(Reply { status, body, date, server })
    }

    /// What the server said, short and without a secret.
    pub(in super::super) fn said(&self, text: &[u8]) -> String {
        cleaned(text, &self.secrets)
    }

    fn failed(&self, error: ureq::Error) -> Failure {
        match error {
            ureq::Error::Io(error) => match tls::trouble(&error) {
                Some(why) => Failure::Untrusted(why),
                None => Failure::NoAnswer(error.kind().to_string()),
            },
            ureq::Error::Rustls(error) => Failure::Untrusted(error.to_string()),
            ureq::Error::Tls(why) => Failure::Untrusted(why.to_owned()),
            ureq::Error::Timeout(_) => Failure::NoAnswer("it did not respond in time".to_owned()),
            ureq::Error::HostNotFound => Failure::NoAnswer("there is no host of that name".to_owned()),
            ureq::Error::ConnectionFailed => Failure::NoAnswer("nothing listens there".to_owned()),
            error => Failure::Other(self.said(error.to_string().as_bytes())),
        }
    }
}

impl Failure {
    /// The error for people.
    pub(in super::super) fn error(&self, doing: &str) -> Error {
        match self {
            Self::NoAnswer(why) => Error::system(format!("{doing}: no answer: {why}"))
                .hint("check host and port, and whether the server runs; what was begun continues with the same command"),
            Self::Untrusted(why) => Error::usage(format!("{doing}: TLS does not fit: {why}"))
                .hint("use the host name in the certificate, and name the CA that signed it: ?cacertfile=/path/to/ca.pem"),
            Self::Other(why) => Error::usage(format!("{doing}: {why}")).hint("check the address: is it `https` or `http`?"),
        }
    }
}

/// Whether a request that got this status may be sent again: 429 and 503 say that nothing was done, and all methods but `POST` may be
/// repeated (RFC 9110, section 9.2.2).
fn may_repeat(method: &str, status: u16) -> bool {
    matches!(status, 429 | 503) || (method != "POST" && matches!(status, 500 | 502 | 504))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    #[test]
    fn what_failed_is_repeated_where_that_is_harmless() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("it has one"));
        let server = thread::spawn(move || {
            let statuses = ["500 X", "204 X", "503 X", "200 X", "500 X", "404 X"];
            for status in statuses {
                let (mut stream, _) = listener.accept().expect("a request");
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).expect("read");
                let reply = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(reply.as_bytes()).expect("written");
            }
        });
        let http = Http::new(&base, None, Vec::new()).expect("a client");
        let status = |method: &str| http.send(method, "/", &[], b"").map(|reply| reply.status).ok();
        assert_eq!(status("DELETE"), Some(204));
        assert_eq!(status("POST"), Some(200));
        // It may have been done.
        assert_eq!(status("POST"), Some(500));
        assert_eq!(status("GET"), Some(404));
        server.join().expect("six requests");
    }
}
