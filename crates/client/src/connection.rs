//! The connection to one server: HTTP with a token, timeouts for everything, and no way to send the token to another server.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{HeaderMap, Request, Response};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};
use zeroize::Zeroizing;

use super::TokenSource;
use super::answer::Answer;
use super::failure::{self, Failure};
use super::retry::Attempts;
use super::version;
use takk_api::Plain;
use takk_model::error::{Error, Result};
use takk_project::config::{self, Home};
use takk_project::platform::Address;
use takk_vault::{Random, SystemRandom};

/// The timeout of a request, including retries and waits.
const BUDGET: Duration = Duration::from_secs(30);
/// The timeout of connecting.
const CONNECT: Duration = Duration::from_secs(5);
/// The maximum size of a response.
const MOST_BYTES: u64 = 64 << 20;

/// The timeout of a request that waits for other servers: until its response begins, and in total.
const LONG: Duration = Duration::from_mins(1);
const VERY_LONG: Duration = Duration::from_mins(30);
/// The longest line of a response that tells what happens.
const LONGEST_LINE: u64 = 1 << 20;

/// Receives the lines of a response. `false` ends the request.
type Lines<'l> = dyn FnMut(&[u8]) -> Result<bool, Failure> + 'l;

/// A server, with a token for it.
pub struct Connection {
    address: Address,
    token: Option<(Plain, TokenSource)>,
    agent: Agent,
    budget: Duration,
}

/// A request.
pub(super) struct Question<'q> {
    pub method: &'static str,
    /// The path below `/api/v1`, encoded.
    pub path: &'q str,
    pub body: Option<Zeroizing<Vec<u8>>>,
    /// The `ETag` of the known content: `If-None-Match`.
    pub known: Option<&'q str>,
    /// Whether it may be processed twice.
    pub is_safe: bool,
    /// The idempotency key of a change.
    pub key: Option<String>,
}

impl Connection {
    /// With a token, or without if there is none yet. Sends no request.
    pub fn new(home: &Home, address: Address, token: Option<(Plain, TokenSource)>) -> Result<Self> {
        let budget = budget(home)?;
        let tls = authorities(home)?;
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("takk/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .timeout_connect(Some(CONNECT.min(budget)))
            // If a request is accepted but never answered, there is time left for a retry.
            .timeout_recv_response(Some(budget / 3));
        let agent = if address.is_local() { agent.proxy(None) } else { agent };
        Ok(Self { agent: agent.build().new_agent(), address, token, budget })
    }

    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The source of its token.
    pub fn token_source(&self) -> Option<&TokenSource> {
        self.token.as_ref().map(|(_, source)| source)
    }

    pub(super) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let answer = self.ask(&Question { method: "GET", path, body: None, known: None, is_safe: true, key: None })?;
        self.read(&answer)
    }

    /// Reads something, unless its `ETag` still is `known`: then `None`.
    pub(super) fn get_changed(&self, path: &str, known: Option<&str>) -> Result<Option<Answer>, Failure> {
        let answer = self.ask(&Question { method: "GET", path, body: None, known, is_safe: true, key: None })?;
        Ok((answer.status != 304).then_some(answer))
    }

    /// Changes something. With `is_keyed`, the request has an idempotency key, so that it can be retried.
    pub(super) fn send(
        &self,
        method: &'static str,
        path: &str,
        body: &impl Serialize,
        is_keyed: bool,
    ) -> Result<Answer, Failure> {
        let body = serde_json::to_vec(body).map(Zeroizing::new);
        let body = body.map_err(|error| Failure::of_this_side(Error::internal("cannot write a request").caused_by(error)))?;
        let key = is_keyed.then(idempotency_key).transpose().map_err(Failure::of_this_side)?;
        self.ask(&Question { method, path, body: Some(body), known: None, is_safe: is_keyed, key })
    }

    pub(super) fn delete(&self, path: &str) -> Result<(), Failure> {
        self.ask(&Question { method: "DELETE", path, body: None, known: None, is_safe: false, key: None }).map(drop)
    }

    /// Sends a request, and passes each line of its response on as it arrives. The server ends its work when the connection is closed.
    pub(super) fn lines(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&impl Serialize>,
        sink: &mut Lines<'_>,
    ) -> Result<(), Failure> {
        let body = body.map(|body| serde_json::to_vec(body).map(Zeroizing::new)).transpose();
        let body = body.map_err(|error| Failure::of_this_side(Error::internal("cannot write a request").caused_by(error)))?;
        let question = Question { method, path, body, known: None, is_safe: false, key: None };
        let mut attempts = Attempts::new(self.budget, false);
        let response = loop {
            let (failure, retry_after) = match self.begin(&question, (LONG, VERY_LONG)) {
                Ok(response) if response.status().is_success() => break response,
                Ok(response) => {
                    let answer = answer(response).map_err(|error| failure::of_transport(&self.address, error))?;
                    let has_variable = self.token_source() == Some(&TokenSource::Variable);
                    (failure::of_answer(&self.address, &answer, has_variable), answer.retry_after)
                }
                Err(failure) => (failure, None),
            };
            if !attempts.wait(&failure, retry_after) {
                return Err(failure);
            }
        };
        let mut reader = BufReader::new(response.into_body().into_reader());
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line);
            // A line without its end is one of a server that was interrupted.
            match read {
                Ok(_) if line.ends_with(b"\n") => {}
                Ok(_) | Err(_) => return Ok(()),
            }
            if !sink(line.trim_ascii())? {
                return Ok(());
            }
        }
    }

    /// Sends a request that waits for other servers.
    pub(super) fn send_for_long(&self, path: &str, body: &impl Serialize) -> Result<Answer, Failure> {
        let body = serde_json::to_vec(body).map(Zeroizing::new);
        let body = body.map_err(|error| Failure::of_this_side(Error::internal("cannot write a request").caused_by(error)))?;
        let question = Question { method: "POST", path, body: Some(body), known: None, is_safe: false, key: None };
        let unread = |error: ureq::Error| failure::of_transport(&self.address, error);
        let answer = answer(self.begin(&question, (LONG, LONG))?).map_err(unread)?;
        if answer.status < 300 {
            return Ok(answer);
        }
        let has_variable = self.token_source() == Some(&TokenSource::Variable);
        Err(failure::of_answer(&self.address, &answer, has_variable))
    }

    /// Parses the body of a response.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Failure> {
        // The error's message may contain a value.
        serde_json::from_slice(&answer.body).map_err(|_| self.foreign())
    }

    /// Sends a request, with retries if that makes sense.
    fn ask(&self, question: &Question) -> Result<Answer, Failure> {
        let mut attempts = Attempts::new(self.budget, question.is_safe);
        loop {
            let (failure, retry_after) = match self.ask_once(question, attempts.left()) {
                Ok(answer) if answer.status < 300 || answer.status == 304 => return Ok(answer),
                Ok(answer) => {
                    let has_variable = self.token_source() == Some(&TokenSource::Variable);
                    (failure::of_answer(&self.address, &answer, has_variable), answer.retry_after)
                }
                Err(failure) => (failure, None),
            };
            if !attempts.wait(&failure, retry_after) {
                return Err(if failure.kind == failure::FailureKind::Foreign && failure.error.hints.is_empty() {
                    self.foreign()
                } else {
                    failure
                });
            }
        }
    }

    fn ask_once(&self, question: &Question, left: Duration) -> Result<Answer, Failure> {
        let response = self.begin(question, (self.budget / 3, left))?;
        answer(response).map_err(|error| failure::of_transport(&self.address, error))
    }

    /// Sends a request, and waits until its response begins: that long, and that long in total.
    fn begin(&self, question: &Question, (first, left): (Duration, Duration)) -> Result<Response<Body>, Failure> {
        let unsent = |error: ureq::Error| failure::of_transport(&self.address, error);
        let mut request = Request::builder().method(question.method);
        request = request.uri(format!("{}/api/v1{}", self.address, question.path)).header("Accept", "application/json");
        if let Some((token, _)) = &self.token {
            request = request.header("Authorization", Zeroizing::new(format!("Bearer {}", token.expose())).as_str());
        }
        if let Some(known) = question.known {
            request = request.header("If-None-Match", known);
        }
        if let Some(key) = &question.key {
            request = request.header("Idempotency-Key", key);
        }
        let answered = if let Some(body) = &question.body {
            let request = request.header("Content-Type", "application/json").body(body.as_slice());
            let request = request.map_err(|_| self.unusable_token())?;
            let request = self.agent.configure_request(request).timeout_recv_response(Some(first));
            self.agent.run(request.timeout_global(Some(left)).build())
        } else {
            let request = request.body(()).map_err(|_| self.unusable_token())?;
            let request = self.agent.configure_request(request).timeout_recv_response(Some(first));
            self.agent.run(request.timeout_global(Some(left)).build())
        };
        answered.map_err(unsent)
    }

    /// The error for a response that is not from takk, or from an incompatible version. Says which side to upgrade, if that can be
    /// determined.
    fn foreign(&self) -> Failure {
        let mut failure = failure::foreign(&self.address);
        let path = "/whoami";
        let question = Question { method: "GET", path, body: None, known: None, is_safe: true, key: None };
        let answer = self.ask_once(&question, CONNECT);
        failure.error = failure.error.hint(version::hint(answer.ok().as_ref().map(|answer| answer.body.as_slice())));
        failure
    }

    fn unusable_token(&self) -> Failure {
        Failure::of_this_side(
            Error::usage(format!("the token for {} contains invalid characters", self.address))
                .hint("pass the token alone, without quotes"),
        )
    }
}

/// The response with its whole body.
fn answer(response: Response<Body>) -> Result<Answer, ureq::Error> {
    let (parts, body) = response.into_parts();
    let header = |name: &str| text(&parts.headers, name);
    Ok(Answer {
        status: parts.status.as_u16(),
        etag: header("etag"),
        location: header("location"),
        retry_after: header("retry-after").and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs),
        body: Zeroizing::new(body.into_with_config().limit(MOST_BYTES).read_to_vec()?),
    })
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn idempotency_key() -> Result<String> {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes).map_err(|error| Error::system(error.to_string()).hint("try again"))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

fn budget(home: &Home) -> Result<Duration> {
    let Some(text) = &home.server.timeout else { return Ok(BUDGET) };
    config::duration(text).filter(|duration| !duration.is_zero()).ok_or_else(|| {
        Error::usage(format!("TAKK_TIMEOUT is `{text}`, which is not a duration"))
            .hint("write a number and s or m: TAKK_TIMEOUT=30s")
    })
}

/// The trusted certificate authorities: the public ones, or those in the file that `TAKK_CA_FILE` names.
pub fn authorities(home: &Home) -> Result<TlsConfig> {
    let Some(path) = &home.server.ca_file else { return Ok(TlsConfig::default()) };
    let message = format!("cannot use the certificates in `{}`, which TAKK_CA_FILE names", path.display());
    let pem =
        takk_files::given(path, takk_files::MOST_OF_KEYS).map_err(|error| Error::system(message.clone()).caused_by(error))?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(|item| if let Ok(PemItem::Certificate(certificate)) = item { Some(certificate) } else { None })
        .collect();
    if certificates.is_empty() {
        return Err(Error::system(message).hint("use a PEM file that contains certificates: -----BEGIN CERTIFICATE-----"));
    }
    Ok(TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(certificates))).build())
}
