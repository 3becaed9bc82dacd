//! Requests to a backend: with limits on time and size, without redirects, and with errors that contain the place but nothing
//! that was sent.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Request, Response};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use url::{Host, Url};
use zeroize::Zeroizing;

use super::connection::agent;
use super::deadline::Deadline;
use super::error::{Error, Result, shown};
use super::fork::PerProcess;
use super::interrupt;

/// The timeout of establishing a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// The timeout of a request, including its response.
pub(crate) const REQUEST: Duration = Duration::from_secs(10);
/// The maximum size of a response: an entry of Vault has at most 1 MiB, ten parameters of SSM 80 KiB.
const MOST_BYTES: u64 = 8 << 20;
/// How long an idle connection is kept.
pub(crate) const IDLE: Duration = Duration::from_secs(15);
/// How many idle connections are kept.
pub(crate) const CONNECTIONS: usize = 8;

/// A client for one server.
pub(crate) struct Http {
    agent: PerProcess<Agent>,
    /// The server's name in messages: `Vault at https://vault.example`.
    place: String,
    /// The hint for a certificate that is not trusted.
    ca_hint: String,
}

/// A request.
pub(crate) struct Question<'q> {
    pub method: &'static str,
    pub url: &'q str,
    pub headers: &'q [(&'q str, &'q str)],
    pub body: Option<&'q [u8]>,
}

/// A response.
pub(crate) struct Answer {
    pub status: u16,
    pub location: Option<String>,
    /// The server's clock.
    pub date: Option<String>,
    pub retry_after: Option<Duration>,
    pub body: Zeroizing<Vec<u8>>,
}

impl Http {
    /// `ca_file` contains the certificate authorities to trust instead of the public ones; `ca_hint` says how to set one.
    pub(crate) fn new(place: String, url: &str, ca_file: Option<&Path>, ca_hint: &str) -> Result<Self> {
        Self::kept(place, url, ca_file, ca_hint, Some(IDLE))
    }

    /// The same with the time that an idle connection is kept. `None` keeps no connections.
    pub(crate) fn kept(
        place: String,
        url: &str,
        ca_file: Option<&Path>,
        ca_hint: &str,
        idle: Option<Duration>,
    ) -> Result<Self> {
        let tls = ca_file.map_or_else(|| Ok(TlsConfig::default()), |path| authorities(path, ca_hint))?;
        let is_local = is_local(url);
        let connections = if idle.is_some() { CONNECTIONS } else { 0 };
        let make = move || {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .max_idle_connections(connections)
                .max_idle_connections_per_host(connections)
                .max_idle_age(idle.unwrap_or_default())
                .user_agent(concat!("takk/", env!("CARGO_PKG_VERSION")))
                .tls_config(tls.clone())
                .timeout_connect(Some(CONNECT));
            // This machine and the local link are never behind a proxy.
            let config = if is_local { config.proxy(None) } else { config };
            agent(config.build())
        };
        Ok(Self { agent: PerProcess::new(make), place, ca_hint: ca_hint.to_owned() })
    }

    /// The server's name in messages.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Sends a request. Any status is a response; without a response, it fails.
    ///
    /// The server may have closed an idle connection in the meantime, so a request that only reads is then sent once more.
    pub(crate) fn send(&self, question: &Question, deadline: Deadline) -> Result<Answer> {
        if deadline.has_passed() {
            return Err(self.unreachable("there is no time left"));
        }
        let answer = match self.send_once(question, deadline)? {
            Err(ureq::Error::Io(error)) if question.method == "GET" && is_closed(&error) => {
                self.send_once(question, deadline)?
            }
            answer => answer,
        };
        answer.map_err(|error| self.failed(error))
    }

    fn send_once(&self, question: &Question, deadline: Deadline) -> Result<Result<Answer, ureq::Error>> {
        let mut request = Request::builder().method(question.method).uri(question.url);
        for (name, value) in question.headers {
            request = request.header(*name, *value);
        }
        // A header that cannot be sent is a token with a line break, which the error would expose.
        let unsendable = |_| {
            let error = Error::config(format!("cannot ask {}: the URL or the token contains invalid characters", self.place));
            error.hint("pass the token alone, without quotes or line breaks")
        };
        let (parts, ()) = request.body(()).map_err(unsendable)?.into_parts();
        let agent = &self.agent.here().value;
        let timeout = Some(deadline.left_within(REQUEST));
        if interrupt::is_stopped_at_start() {
            return Err(interrupt::interrupted());
        }
        let answer = if let Some(body) = question.body {
            let request = agent.configure_request(Request::from_parts(parts, body));
            agent.run(request.timeout_global(timeout).build())
        } else {
            let request = agent.configure_request(Request::from_parts(parts, ()));
            agent.run(request.timeout_global(timeout).build())
        };
        let answer = answer.and_then(whole);
        if answer.is_err() && interrupt::was_stopped() {
            return Err(interrupt::interrupted());
        }
        Ok(answer)
    }

    /// The error if a server does not respond.
    fn unreachable(&self, why: &str) -> Error {
        Error::transient(format!("cannot reach {}: {}", self.place, shown(why, &[])))
            .hint("check the URL, the network and the proxy, and that the server is running")
    }

    fn failed(&self, error: ureq::Error) -> Error {
        use ureq::Error as E;
        match error {
            E::HostNotFound => self.unreachable("host not found"),
            E::ConnectionFailed | E::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
                self.unreachable("nothing is listening there")
            }
            E::Timeout(_) => self.unreachable("the request timed out"),
            E::ConnectProxyFailed(why) => self.unreachable(&format!("the proxy refused the connection ({why})")),
            E::InvalidProxyUrl => Error::config(format!("cannot reach {}: the proxy URL is not valid", self.place))
                .hint("correct HTTPS_PROXY or HTTP_PROXY"),
            E::Io(error) => match tls_trouble(&error) {
                Some(why) => self.untrusted(&why),
                None if error.kind() == io::ErrorKind::ConnectionRefused => self.unreachable("the connection is refused"),
                None => self.unreachable(&error.to_string()),
            },
            E::Rustls(error) => self.untrusted(&error.to_string()),
            E::Tls(why) => self.untrusted(why),
            E::BodyExceedsLimit(_) | E::LargeResponseHeader(..) | E::Http(_) | E::Protocol(_) => {
                Error::config(format!("the response of {} is not valid HTTP", self.place))
                    .hint("check the host and the port of the URL, and whether it is http or https")
            }
            E::BadUri(_) => Error::config(format!("the URL of {} is not valid", self.place)),
            other => self.unreachable(&other.to_string()),
        }
    }

    fn untrusted(&self, why: &str) -> Error {
        if why.contains("corrupt message") || why.contains("InvalidContentType") {
            return Error::config(format!("{} does not speak TLS", self.place)).hint("check the port, or use http://");
        }
        let why = shown(why, &[]);
        Error::config(format!("cannot trust {}: its certificate is not valid ({why})", self.place))
            .hint("use the host name in the certificate, and check the clock of this machine")
            .hint(format!("for your own certificate authority: {}", self.ca_hint))
    }
}

/// Whether the server has closed the connection.
fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    [BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof].contains(&error.kind())
}

fn whole(response: Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let (parts, body) = response.into_parts();
    let header = |name: &str| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
    Ok(Answer {
        status: parts.status.as_u16(),
        location: header("location"),
        date: header("date"),
        retry_after: header("retry-after").and_then(|wait| wait.trim().parse().ok()).map(Duration::from_secs),
        body: Zeroizing::new(body.into_with_config().limit(MOST_BYTES).read_to_vec()?),
    })
}

/// What is wrong with the certificate or TLS, if that is the error.
fn tls_trouble(error: &io::Error) -> Option<String> {
    let mut source: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(inner) = source {
        let text = inner.to_string();
        if text.contains("certificate") || text.contains("corrupt message") || text.contains("received fatal alert") {
            return Some(text);
        }
        source = inner.source();
    }
    (error.kind() == io::ErrorKind::InvalidData).then(|| error.to_string())
}

/// Whether a URL is on this machine or the local link: loopback, and the metadata services of clouds.
fn is_local(url: &str) -> bool {
    match Url::parse(url).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        None => false,
    }
}

/// The certificate authorities in a PEM file.
fn authorities(path: &Path, ca_hint: &str) -> Result<TlsConfig> {
    let message = format!("cannot use the certificates in `{}`", path.display());
    let pem = takk_files::given(path, takk_files::MOST_OF_KEYS)
        .map_err(|error| Error::config(format!("{message}: {error}")).hint(ca_hint))?;
    let certificate = |item| if let Ok(PemItem::Certificate(certificate)) = item { Some(certificate) } else { None };
    let certificates: Vec<_> = parse_pem(&pem).filter_map(certificate).collect();
    if certificates.is_empty() {
        return Err(Error::config(format!("{message}: there are none")).hint("use a PEM file: -----BEGIN CERTIFICATE-----"));
    }
    Ok(TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(certificates))).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    fn asked(url: &str, headers: &[(&str, &str)], deadline: Deadline) -> Result<Answer> {
        let http = Http::new(format!("the server at {url}"), url, None, "CA=/path").expect("no file is read");
        http.send(&Question { method: "GET", url, headers, body: None }, deadline)
    }

    /// A server that sends the same response to everyone.
    fn server(says: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("it has one");
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let mut request = [0; 1024];
                drop(stream.read(&mut request));
                drop(stream.write_all(says));
            }
        });
        format!("http://{address}/")
    }

    #[test]
    fn every_failure_has_a_kind_and_names_the_place() {
        let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let silent = (silent.local_addr().expect("it has one"), silent);
        for (url, kind, says) in [
            (format!("http://{nobody}/"), ErrorKind::Transient, "the connection is refused"),
            (format!("http://{}/", silent.0), ErrorKind::Transient, "timed out"),
            (server(b"220 smtp.example ready\r\n"), ErrorKind::Config, "is not valid HTTP"),
            (server(b"HTTP/1.1 200 OK\r\n\r\n").replace("http:", "https:"), ErrorKind::Config, "does not speak TLS"),
        ] {
            let error =
                asked(&url, &[], Deadline::after(Duration::from_millis(500))).err().unwrap_or_else(|| panic!("{url} answers"));
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(says) && error.to_string().contains(&url), "{error}");
        }
    }

    #[test]
    fn a_token_with_a_line_break_is_not_shown() {
        let error = asked("http://127.0.0.1:1/", &[("X-Vault-Token", "hunter2\n")], Deadline::NONE).err().expect("unsendable");
        assert!(error.kind() == ErrorKind::Config && !error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn an_answer_is_taken_as_it_is() {
        let url =
            server(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://x/\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nhi");
        let answer = asked(&url, &[], Deadline::NONE).expect("it answers");
        assert_eq!((answer.status, answer.location.as_deref()), (307, Some("http://x/")));
        assert_eq!((answer.retry_after, answer.body.as_slice()), (Some(Duration::from_secs(7)), b"hi".as_slice()));
        assert!(asked(&url, &[], Deadline::after(Duration::ZERO)).is_err());
    }
}
