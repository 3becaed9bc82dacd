//! The REST API of OpenSearch and of its security plugin: JSON over HTTP, with basic authentication.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::super::http::{Failure, Http};
use crate::login::cleaned;

/// A client with one login.
pub(super) struct Api {
    http: Http,
    authorization: Zeroizing<String>,
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

/// Why a request was not done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The cluster does not accept the login.
    Login(String),
    /// The login may not do this.
    Rights(String),
    /// The cluster says why not.
    Said {
        status: u16,
        message: String,
    },
    Failed(Failure),
}

impl Call {
    pub(super) fn put(path: String, body: Value) -> Self {
        Self { method: "PUT", path, body: Some(body), may_miss: false }
    }

    pub(super) fn delete(path: String) -> Self {
        Self { method: "DELETE", path, body: None, may_miss: true }
    }
}

/// The request for people, without the password.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        let Some(mut body) = self.body.clone() else { return Ok(()) };
        if let Some(password) = body.get_mut("password") {
            *password = Value::from("...");
        }
        write!(f, " {body}")
    }
}

impl Api {
    pub(super) fn new(base: &str, roots: Option<&str>, user: &str, password: &Zeroizing<String>) -> Result<Self> {
        let pair = Zeroizing::new(format!("{user}:{}", password.as_str()));
        let basic = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        let authorization = Zeroizing::new(format!("Basic {}", basic.as_str()));
        Ok(Self { http: Http::new(base, roots, vec![basic, password.clone()])?, authorization })
    }

    /// What is there; `None` if nothing is.
    pub(super) fn get(&self, path: &str) -> Result<Option<Value>, Refusal> {
        match self.send("GET", path, None) {
            Err(Refusal::Said { status: 404, .. }) => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Changes something.
    pub(super) fn call(&self, call: &Call) -> Result<(), Refusal> {
        match self.send(call.method, &call.path, call.body.as_ref()) {
            Err(Refusal::Said { status: 404, .. }) if call.may_miss => Ok(()),
            answer => answer.map(drop),
        }
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Refusal> {
        let text = body.map(|body| Zeroizing::new(body.to_string()));
        let bytes = text.as_ref().map(|text| text.as_bytes()).unwrap_or_default();
        let headers = [("authorization", self.authorization.as_str()), ("content-type", "application/json")];
        let reply = self.http.send(method, path, &headers, bytes).map_err(Refusal::Failed)?;
        let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
        if let (200 | 201, Some(json)) = (reply.status, json.as_ref()) {
            return Ok(json.clone());
        }
        // The security plugin has `message`, and OpenSearch itself `error` with a `reason`.
        let message = json.as_ref().and_then(|json| json.get("message").or(json.pointer("/error/reason"))?.as_str());
        let password = body.and_then(|body| body.get("password")?.as_str()).map(|password| Zeroizing::new(password.to_owned()));
        let said = self.http.said(message.map_or(reply.body.as_slice(), str::as_bytes));
        let message = cleaned(said.as_bytes(), &password.into_iter().collect::<Vec<_>>());
        Err(match reply.status {
            401 => Refusal::Login(message),
            403 => Refusal::Rights(message),
            status => Refusal::Said { status, message },
        })
    }
}

impl Refusal {
    /// The error for people.
    pub(super) fn error(&self, doing: &str) -> Error {
        match self {
            Self::Login(said) => {
                Error::usage(format!("{doing}: the cluster rejects the login: {said}")).hint("check user and password")
            }
            Self::Rights(said) => Error::usage(format!("{doing}: {said}"))
                .hint("an administrator can do this once, or give the admin the right; then run the command again"),
            Self::Said { status, message } => Error::usage(format!("{doing}: HTTP status {status}: {message}")),
            Self::Failed(failure) => failure.error(doing),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_request_shows_a_password() {
        let call = Call::put("/x".to_owned(), json!({ "password": "s3cret", "roles": [] }));
        assert_eq!(call.to_string(), "PUT /x {\"password\":\"...\",\"roles\":[]}");
        assert_eq!(Call::delete("/x".to_owned()).to_string(), "DELETE /x");
    }
}
