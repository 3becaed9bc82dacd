//! Signed requests to one service, with the server's own clock.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use takk_model::error::{Error, Result};
use takk_model::percent::encoded;
use zeroize::Zeroizing;

use super::super::http::{Failure, Http, Reply};
use super::xml;
use crate::ledger::Entry;
use crate::login::NotReady;
use crate::sigv4::{Signing, Unsigned, timestamp};

/// How long a time of the server is used. A signature is valid for 15 minutes.
const CURRENT: Duration = Duration::from_mins(5);

/// An access key and its secret.
#[derive(Clone)]
pub(in super::super) struct Keys {
    pub access_key: String,
    pub secret_key: Zeroizing<String>,
}

/// A client of a service.
pub(in super::super) struct Client {
    http: Http,
    authority: String,
    keys: Keys,
    pub region: String,
    service: &'static str,
    /// The server's time, and when it was asked.
    time: Mutex<Option<(Instant, String)>>,
}

/// Why a request was not done.
#[derive(Debug)]
pub(in super::super) enum Refusal {
    /// The service says so: its code, and its message.
    Said {
        status: u16,
        code: String,
        message: String,
    },
    Failed(Failure),
}

impl Client {
    /// A client of the service at an address without a path.
    pub(in super::super) fn new(
        base: &str,
        roots: Option<&str>,
        keys: Keys,
        region: &str,
        service: &'static str,
    ) -> Result<Self> {
        let http = Http::new(base, roots, vec![keys.secret_key.clone()])?;
        let authority = base.split_once("://").map_or(base, |(_, authority)| authority).to_owned();
        Ok(Self { http, authority, keys, region: region.to_owned(), service, time: Mutex::new(None) })
    }

    /// A client with the keys of a program, as its variables have them.
    pub(in super::super) fn of_entry(entry: &Entry, service: &'static str) -> Result<Self, NotReady> {
        let part = |name: &str| entry.credentials.get(name).map(|value| value.as_str()).unwrap_or_default();
        let keys = Keys { access_key: part("access_key").to_owned(), secret_key: part("secret_key").to_owned().into() };
        if keys.access_key.is_empty() {
            return Err(NotReady::Refused("it has no access key yet".to_owned()));
        }
        let client = Self::new(part("endpoint"), entry.ssl_roots.as_deref(), keys, part("region"), service);
        client.map_err(|error| NotReady::OtherServer(error.to_string()))
    }

    /// A request of the query protocol: an action with its parameters.
    pub(in super::super) fn action(&self, action: &str, version: &str, form: &[(&str, &str)]) -> Result<Reply, Refusal> {
        let all = [("Action", action), ("Version", version)];
        let pairs = all.iter().chain(form).map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let body = Zeroizing::new(pairs.collect::<Vec<_>>().join("&"));
        self.send("POST", "/", &[], &[], body.as_bytes())
    }

    /// A request. The query must be sorted by name; `headers` are signed.
    pub(in super::super) fn send(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, Refusal> {
        let now = self.now()?;
        let Keys { access_key, secret_key } = &self.keys;
        let signing = Signing { access_key, secret_key, region: &self.region, service: self.service, now: &now };
        let signed = signing.sign(&Unsigned { method, authority: &self.authority, path, query, headers, body });
        let mut all: Vec<(&str, &str)> = signed.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend(headers);
        if method == "POST" && query.is_empty() {
            all.push(("content-type", "application/x-www-form-urlencoded"));
        }
        let reply = self.http.send(method, &signed.target, &all, body).map_err(Refusal::Failed)?;
        if (200..300).contains(&reply.status) { Ok(reply) } else { Err(self.refusal(&reply)) }
    }

    fn refusal(&self, reply: &Reply) -> Refusal {
        let text = String::from_utf8_lossy(&reply.body);
        let said = |name: &str| xml::first(&text, name).map(|text| self.http.said(text.as_bytes()));
        let message = said("Message").unwrap_or_else(|| self.http.said(&reply.body));
        Refusal::Said { status: reply.status, code: said("Code").unwrap_or_default(), message }
    }

    /// The server's time, by an unsigned request.
    fn now(&self) -> Result<String, Refusal> {
        let mut time = self.time.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, now)) = time.as_ref().filter(|(asked, _)| asked.elapsed() < CURRENT) {
            return Ok(now.clone());
        }
        let reply = self.http.send_once("GET", "/", &[], b"").map_err(Refusal::Failed)?;
        let now = reply.date.as_deref().and_then(timestamp);
        let now = now.ok_or_else(|| Refusal::Failed(Failure::Other("it is not a service like those of AWS".to_owned())))?;
        *time = Some((Instant::now(), now.clone()));
        Ok(now)
    }
}

impl Refusal {
    /// The code of the service.
    pub(in super::super) fn code(&self) -> &str {
        if let Self::Said { code, .. } = self { code } else { "" }
    }

    /// Whether there is nothing of that name.
    pub(in super::super) fn is_missing(&self) -> bool {
        let codes = ["NoSuchEntity", "NoSuchBucket", "NoSuchTagSet", "NoSuchKey", "QueueDoesNotExist"];
        codes.contains(&self.code()) || self.code().ends_with(".NonExistentQueue")
    }

    /// Whether the login may not do it.
    pub(in super::super) fn is_denied(&self) -> bool {
        ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"].contains(&self.code())
    }

    /// Whether the server refuses every change of users: SeaweedFS does, unless it is told otherwise.
    pub(in super::super) fn is_read_only(&self) -> bool {
        matches!(self, Self::Said { message, .. } if message.contains("write operations are disabled"))
    }

    /// What it says about a login.
    pub(in super::super) fn not_ready(&self) -> NotReady {
        match self {
            Self::Said { status, code, message } if *status == 429 || *status >= 500 => {
                NotReady::Starting(format!("{code}: {message}"))
            }
            Self::Said { code, message, .. } => NotReady::Refused(format!("{code}: {message}")),
            Self::Failed(Failure::NoAnswer(why)) => NotReady::NoAnswer(why.clone()),
            Self::Failed(Failure::Untrusted(why) | Failure::Other(why)) => NotReady::OtherServer(why.clone()),
        }
    }

    /// The error for people.
    pub(in super::super) fn error(&self, doing: &str) -> Error {
        match self {
            Self::Said { code, message, .. } if code.is_empty() => Error::usage(format!("{doing}: {message}")),
            Self::Said { code, message, .. } => {
                let error = Error::usage(format!("{doing}: {code}: {message}"));
                match code.as_str() {
                    "InvalidAccessKeyId" | "InvalidClientTokenId" | "SignatureDoesNotMatch" => {
                        error.hint("check access key and secret key")
                    }
                    "AuthorizationHeaderMalformed" | "PermanentRedirect" => error.hint("name the region: ?region=eu-central-1"),
                    _ if self.is_read_only() => error.hint(READ_ONLY),
                    _ => error,
                }
            }
            Self::Failed(failure) => failure.error(doing),
        }
    }
}

/// What makes SeaweedFS accept changes of users.
pub(super) const READ_ONLY: &str = "start SeaweedFS with -s3.iam.readOnly=false (weed s3: -iam.readOnly=false)";
