//! HTTPS to an outside service: with a deadline and a limit of size, without redirects, and without a proxy to this machine.

use std::io::{self, Read};
use std::time::Duration;

use takk_model::is_this_machine;
use takk_model::visible::one_line;
use ureq::Agent;
use ureq::http::{HeaderName, HeaderValue, Request, Uri};
use zeroize::Zeroizing;

/// How long a request may take, with the lookup of the host name and the whole response.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// The maximum size of a response. The list of models of a large gateway has several hundred KiB.
const MOST_BYTES: u64 = 4 << 20;

/// A request. Header values and the body may contain credentials.
pub(crate) struct Call<'c> {
    pub method: &'static str,
    pub url: &'c str,
    pub headers: Vec<(&'c str, Zeroizing<String>)>,
    pub body: Option<&'c str>,
    pub patience: Duration,
}

/// A response.
pub(crate) struct Reply {
    pub status: u16,
    pub body: Zeroizing<Vec<u8>>,
}

impl Reply {
    /// The body, if it is JSON.
    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there is no response, in words that contain nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// Whoever responds is not to be trusted, or does not speak HTTP.
    #[error("{0}")]
    NotIt(String),
    #[error("the key contains characters that HTTP does not allow, such as a line break")]
    Unsendable,
}

/// Sends a request. Any status is a response, including a redirect, which is not followed.
pub(crate) fn send(call: &Call<'_>) -> Result<Reply, Failure> {
    let uri: Uri = call.url.parse().map_err(|_| Failure::NotIt("its URL is not valid".to_owned()))?;
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent("takk")
        .timeout_global(Some(call.patience));
    // There is no proxy in front of this machine.
    let config = if uri.host().is_some_and(is_this_machine) { config.proxy(None) } else { config };
    let agent: Agent = config.build().into();
    let mut request = Request::builder().method(call.method).uri(uri);
    for (name, value) in &call.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Failure::Unsendable)?;
        let mut value = HeaderValue::from_str(value).map_err(|_| Failure::Unsendable)?;
        value.set_sensitive(true);
        request = request.header(name, value);
    }
    let reply = if let Some(body) = call.body {
        request = request.header("content-type", "application/json");
        agent.run(request.body(body.as_bytes()).map_err(|_| Failure::Unsendable)?)
    } else if matches!(call.method, "POST" | "PUT") {
        agent.run(request.body(&b""[..]).map_err(|_| Failure::Unsendable)?)
    } else {
        agent.run(request.body(()).map_err(|_| Failure::Unsendable)?)
    };
    let reply = reply.map_err(failed)?;
    let status = reply.status().as_u16();
    let mut body = Zeroizing::new(Vec::new());
    reply.into_body().into_reader().take(MOST_BYTES).read_to_end(&mut body).map_err(|error| of_io(&error))?;
    Ok(Reply { status, body })
}

fn failed(error: ureq::Error) -> Failure {
    use ureq::Error as E;
    let unreachable = |why: &str| Failure::Unreachable(why.to_owned());
    match error {
        E::HostNotFound => unreachable("the host is not found"),
        E::Timeout(_) => unreachable("it does not respond in time"),
        E::ConnectionFailed => unreachable("nothing is listening there"),
        E::Io(error) => of_io(&error),
        E::Rustls(error) => untrusted(&error.to_string()),
        E::Tls(why) => untrusted(why),
        E::ConnectProxyFailed(_) => unreachable("the proxy refused the connection"),
        E::InvalidProxyUrl => unreachable("the URL of the proxy in HTTPS_PROXY is not valid"),
        E::BodyExceedsLimit(_) | E::LargeResponseHeader(..) | E::Http(_) | E::Protocol(_) => {
            Failure::NotIt("its response is not valid HTTP".to_owned())
        }
        _ => unreachable("the request failed"),
    }
}

fn of_io(error: &io::Error) -> Failure {
    let mut source: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(inner) = source {
        let text = inner.to_string();
        if text.contains("certificate") || text.contains("corrupt message") || text.contains("fatal alert") {
            return untrusted(&text);
        }
        if text.contains("timeout") {
            return Failure::Unreachable("it does not respond in time".to_owned());
        }
        source = inner.source();
    }
    Failure::Unreachable(match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection is refused".to_owned(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "it does not respond in time".to_owned(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
            "it closes the connection".to_owned()
        }
        kind => kind.to_string(),
    })
}

fn untrusted(why: &str) -> Failure {
    Failure::NotIt(format!("its certificate cannot be trusted ({})", one_line(why)))
}
