//! Requests over HTTP/1.1, with the bounds of [`super::wire`]: until the deadline, and the first bytes of the body.

use std::io::Read;
use std::time::Instant;

use ureq::Agent;
use ureq::http::{HeaderName, HeaderValue, Request};

use super::wire::{MOST_OF_MESSAGE, of_io};
use super::words::foreign;
use super::{Login, NotReady};

/// A client of one server.
pub(super) struct Http<'l> {
    login: &'l Login<'l>,
    agent: Agent,
    /// Host and port, as in a URL.
    pub authority: String,
    deadline: Instant,
}

/// A response.
pub(super) struct Reply {
    pub status: u16,
    /// The beginning of the body, if it is long.
    pub body: Vec<u8>,
    /// The server's clock.
    pub date: Option<String>,
    /// Its `Server` header.
    pub server: Option<String>,
}

impl<'l> Http<'l> {
    /// A client of the server on a port of the login's host.
    pub(super) fn new(login: &'l Login<'l>, port: u16, deadline: Instant) -> Self {
        // Ignores the environment: there is no proxy between this machine and its own server.
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("takk")
            .build();
        let host = if login.host.contains(':') { format!("[{}]", login.host) } else { login.host.to_owned() };
        Self { login, agent: config.new_agent(), authority: format!("{host}:{port}"), deadline }
    }

    /// Requests a page.
    pub(super) fn get(&self, path: &str) -> Result<Reply, NotReady> {
        self.send("GET", path, &[], b"")
    }

    /// Sends a request, and returns the response with any status.
    pub(super) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply, NotReady> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(of_io(&std::io::ErrorKind::TimedOut.into(), true));
        }
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.authority));
        for (name, value) in headers {
            let unfit =
                |_| NotReady::Refused(format!("the credential in `{name}` contains characters that HTTP does not allow"));
            // From bytes, because it may contain characters outside of ASCII.
            let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(unfit)?;
            value.set_sensitive(true);
            request = request.header(HeaderName::from_bytes(name.as_bytes()).expect("it is written here"), value);
        }
        let unusable = |_| NotReady::NoAnswer(format!("`{}` is not a valid address", self.authority));
        let reply = if body.is_empty() && method != "PUT" {
            let request = request.body(()).map_err(unusable)?;
            self.agent.run(self.agent.configure_request(request).timeout_global(Some(left)).build())
        } else {
            let request = request.body(body).map_err(unusable)?;
            self.agent.run(self.agent.configure_request(request).timeout_global(Some(left)).build())
        };
        let reply = reply.map_err(|error| self.failed(error, false))?;
        let header = |name: &str| reply.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, date, server) = (reply.status().as_u16(), header("date"), header("server"));
        let mut body = Vec::new();
        let most = u64::try_from(MOST_OF_MESSAGE).expect("it is small");
        let mut reader = reply.into_body().into_reader().take(most);
        reader.read_to_end(&mut body).map_err(|error| of_io(&error, true))?;
        Ok(Reply { status, body, date, server })
    }

    fn failed(&self, error: ureq::Error, is_heard: bool) -> NotReady {
        match error {
            ureq::Error::Io(error) => of_io(&error, is_heard),
            ureq::Error::Timeout(_) => of_io(&std::io::ErrorKind::TimedOut.into(), is_heard),
            ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => NotReady::NoAnswer(error.to_string()),
            error => NotReady::OtherServer(foreign(self.login, error.to_string().as_bytes())),
        }
    }
}

impl Reply {
    /// The response if its status says success; otherwise what the status says about the server.
    pub(super) fn done(self, login: &Login<'_>) -> Result<Self, NotReady> {
        let said = || format!("HTTP status {}: `{}`", self.status, foreign(login, &self.body));
        match self.status {
            200..=299 => Ok(self),
            401 | 403 => Err(NotReady::Refused(said())),
            429 | 500..=599 => Err(NotReady::Starting(said())),
            _ => Err(NotReady::OtherServer(said())),
        }
    }

    /// The body, if it is JSON.
    pub(super) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
