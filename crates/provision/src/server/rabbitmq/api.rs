//! The management API of RabbitMQ: JSON over HTTP, with basic authentication.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::super::http::{Failure, Http, HttpAddress, Reply};

/// A client of the API.
pub(super) struct Api {
    http: Http,
    authorization: Zeroizing<String>,
}

/// Why a request was not done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The broker does not accept the login.
    Login(String),
    /// The login is no administrator.
    Rights(String),
    /// The broker says why not.
    Said(String),
    Failed(Failure),
}

/// A request that changes something.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub method: &'static str,
    pub path: String,
    pub body: Option<Value>,
    /// Whether it is done if there is nothing of that name.
    pub may_miss: bool,
}

impl Call {
    pub(super) fn put(path: String, body: Value) -> Self {
        Self { method: "PUT", path, body: Some(body), may_miss: false }
    }

    pub(super) fn delete(path: String) -> Self {
        Self { method: "DELETE", path, body: None, may_miss: true }
    }
}

/// The request for people, without the hash of a password.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        let Some(mut body) = self.body.clone() else { return Ok(()) };
        if let Some(hash) = body.get_mut("password_hash") {
            *hash = Value::from("...");
        }
        write!(f, " {body}")
    }
}

impl Api {
    pub(super) fn new(address: &HttpAddress) -> Result<Self> {
        let pair = Zeroizing::new(format!("{}:{}", address.user, address.password.as_str()));
        let basic = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        let authorization = Zeroizing::new(format!("Basic {}", basic.as_str()));
        let secrets = vec![basic, address.password.clone()];
        Ok(Self { http: Http::new(&address.base, address.roots.as_deref(), secrets)?, authorization })
    }

    /// What is there; `None` if nothing is.
    pub(super) fn get(&self, path: &str) -> Result<Option<Value>, Refusal> {
        let reply = self.send("GET", path, b"")?;
        if reply.status == 404 {
            return Ok(None);
        }
        let reply = self.done(reply)?;
        let other = || Refusal::Said(format!("its response to {path} is not JSON: `{}`", self.http.said(&reply.body)));
        serde_json::from_slice(&reply.body).map(Some).map_err(|_| other())
    }

    /// Changes something.
    pub(super) fn call(&self, call: &Call) -> Result<(), Refusal> {
        let body = call.body.as_ref().map(|body| Zeroizing::new(body.to_string()));
        let body = body.as_ref().map(|body| body.as_bytes()).unwrap_or_default();
        let reply = self.send(call.method, &call.path, body)?;
        if reply.status == 404 && call.may_miss {
            return Ok(());
        }
        self.done(reply).map(drop)
    }

    fn send(&self, method: &str, path: &str, body: &[u8]) -> Result<Reply, Refusal> {
        let headers = [("authorization", self.authorization.as_str()), ("content-type", "application/json")];
        self.http.send(method, path, &headers, body).map_err(Refusal::Failed)
    }

    fn done(&self, reply: Reply) -> Result<Reply, Refusal> {
        if (200..300).contains(&reply.status) {
            return Ok(reply);
        }
        let body: Option<Value> = serde_json::from_slice(&reply.body).ok();
        let reason = body.as_ref().and_then(|body| body.get("reason")?.as_str());
        let said = self.http.said(reason.map_or(reply.body.as_slice(), str::as_bytes));
        Err(match reply.status {
            // `Not management user` and `Not administrator user` say that the login itself is right.
            401 | 403 if said.starts_with("Not ") => Refusal::Rights(said),
            401 | 403 => Refusal::Login(said),
            status => Refusal::Said(format!("HTTP status {status}: {said}")),
        })
    }
}

impl Refusal {
    /// The error for people.
    pub(super) fn error(&self, doing: &str) -> Error {
        match self {
            Self::Login(said) => Error::usage(format!("{doing}: {said}"))
                .hint("check user and password; RabbitMQ accepts `guest` from its own machine alone"),
            Self::Rights(said) => Error::usage(format!("{doing}: {said}"))
                .hint("it lacks the tag administrator: rabbitmqctl set_user_tags USER administrator"),
            Self::Said(said) => Error::usage(format!("{doing}: {said}")),
            Self::Failed(failure) => failure.error(doing),
        }
    }
}
