//! Why a request to a server failed, and what to do about it.

use std::error::Error as StdError;
use std::io;

use super::answer::Answer;
use takk_api::Problem;
use takk_model::error::Error;
use takk_project::platform::Address;

/// How much of a server's text is shown.
const SHOWN: usize = 300;

#[derive(Debug)]
pub struct Failure {
    pub error: Error,
    /// What kind of failure it is.
    pub kind: FailureKind,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The server cannot be reached, or cannot respond now.
    Unreachable {
        /// Whether the request may have been processed: then only idempotent ones are retried.
        sent: bool,
    },
    /// The server responded with this status.
    Answered(u16),
    Here,
    /// The response is not from the expected server: a wrong certificate, another program, another version.
    Foreign,
}

impl Failure {
    /// A failure before anything was sent.
    pub(super) fn of_this_side(error: Error) -> Self {
        Self { error, kind: FailureKind::Here }
    }

    /// Whether the server could not be reached, or could not respond.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.kind, FailureKind::Unreachable { .. } | FailureKind::Answered(502..=504))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// A request without a response.
pub(super) fn of_transport(address: &Address, error: ureq::Error) -> Failure {
    use ureq::Error as E;
    let unreachable = |why: String, sent: bool| {
        let error = Error::system(format!("cannot reach {address}: {why}"));
        let kind = FailureKind::Unreachable { sent };
        Failure { error: error.hint("check the URL and the network, and that the server is running"), kind }
    };
    match error {
        E::HostNotFound => unreachable("host not found".to_owned(), false),
        E::ConnectionFailed => unreachable("nothing is listening there".to_owned(), false),
        E::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
            unreachable("nothing is listening there".to_owned(), false)
        }
        E::Timeout(_) => unreachable("the request timed out".to_owned(), true),
        E::ConnectProxyFailed(why) => unreachable(format!("the proxy refused the connection ({})", shown(&why)), false),
        E::InvalidProxyUrl => unreachable("the proxy in HTTPS_PROXY is not a valid URL".to_owned(), false),
        E::Io(error) => match certificate_trouble(&error) {
            Some(why) => bad_certificate(address, &why),
            None => match error.kind() {
                io::ErrorKind::ConnectionRefused => unreachable("the connection is refused".to_owned(), false),
                io::ErrorKind::InvalidData => bad_certificate(address, &error.to_string()),
                _ => unreachable(shown(&error.to_string()), true),
            },
        },
        E::Rustls(error) => bad_certificate(address, &error.to_string()),
        E::Tls(why) => bad_certificate(address, why),
        E::BodyExceedsLimit(_) | E::LargeResponseHeader(..) | E::Http(_) | E::Protocol(_) => foreign(address),
        other => unreachable(shown(&other.to_string()), true),
    }
}

/// What is wrong with the certificate or TLS, if that is the error.
fn certificate_trouble(error: &io::Error) -> Option<String> {
    let mut source: Option<&(dyn StdError + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(inner) = source {
        let text = inner.to_string();
        if text.contains("certificate") || text.contains("corrupt message") || text.contains("received fatal alert") {
            return Some(text);
        }
        source = inner.source();
    }
    None
}

fn bad_certificate(address: &Address, why: &str) -> Failure {
    let why = shown(why);
    let error = if why.contains("corrupt message") {
        Error::system(format!("{address} does not speak TLS")).hint("is the port right?")
    } else {
        Error::system(format!("cannot trust {address}: its certificate is not valid"))
            .caused_by(why)
            .hint("use the host name in the certificate, and check the clock of this machine")
            .hint("for your own certificate authority: TAKK_CA_FILE=/path/to/ca.pem")
    };
    Failure { error, kind: FailureKind::Foreign }
}

/// The server does not seem to be takk.
pub(super) fn foreign(address: &Address) -> Failure {
    let error = Error::system(format!("{address} is not a compatible takk server"));
    Failure { error, kind: FailureKind::Foreign }
}

/// A request that the server rejected or could not process. `has_variable` is whether the token is from `TAKK_TOKEN`.
pub(super) fn of_answer(address: &Address, answer: &Answer, has_variable: bool) -> Failure {
    let status = answer.status;
    let kind = FailureKind::Answered(status);
    let problem: Option<Problem> = serde_json::from_slice(&answer.body).ok();
    let error = match (status, &problem) {
        (401, _) => not_accepted(address, has_variable),
        (300..=399, _) => {
            let to = shown(answer.location.as_deref().unwrap_or("another URL"));
            Error::system(format!("{address} redirects to {to}, but takk does not send the token there"))
                .hint(format!("use {to}"))
        }
        (_, Some(problem)) => of_problem(address, problem),
        (502..=504, None) => Error::system(format!("{address} is unavailable (status {status})")).hint("try again later"),
        (_, None) => return foreign(address),
    };
    Failure { error, kind }
}

fn not_accepted(address: &Address, has_variable: bool) -> Error {
    let error = Error::usage(format!("{address} rejected the token: it is expired, revoked, or from another server"));
    if has_variable {
        error.hint("set TAKK_TOKEN to a token that is valid")
    } else {
        error.hint(format!("takk login {address}"))
    }
}

fn of_problem(address: &Address, problem: &Problem) -> Error {
    let message = format!("{address} refused the request: {}", shown(&problem.detail));
    let mut error = match problem.status {
        500.. => Error::system(format!("{address} failed: {}", shown(&problem.detail))),
        _ => Error::usage(message),
    };
    if let Some(id) = problem.request_id.as_ref().filter(|_| problem.status >= 500) {
        error = error.about(format!("the server log lists it as {}", shown(id)));
    }
    for hint in &problem.hints {
        error = error.hint(shown(hint));
    }
    if !error.hints.is_empty() {
        return error;
    }
    error.hint(match problem.status {
        403 => "run `takk whoami` to see your roles; an owner of the project can change yours",
        404 => "check the name; the server responds the same if you do not have access",
        409 => "review the change, then run the command again",
        429 | 500.. => "try again later",
        _ => "run `takk doctor` to check whether this takk and the server are compatible",
    })
}

/// A text of the server in a form that can be shown: one line without control characters.
pub(super) fn shown(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    line.trim().to_owned()
}
