//! Requests with an admin key. No error contains a text of a response, which may repeat a key.

use serde_json::Value;
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use crate::provider::{Call, PATIENCE, send};

/// The most pages of a list that are read.
pub(super) const PAGES: usize = 100;

/// The API of a service.
pub(super) struct Client {
    /// Its name in sentences.
    pub product: &'static str,
    /// Its URL, without a slash at the end.
    pub base: String,
    /// The admin key.
    pub key: Zeroizing<String>,
}

impl Client {
    pub(super) fn get(&self, path: &str) -> Result<Value> {
        self.found(self.ask("GET", path, None)?)
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.found(self.ask("POST", path, Some(body))?)
    }

    /// Deletes what may be gone already.
    pub(super) fn delete(&self, path: &str) -> Result<()> {
        self.ask("DELETE", path, None).map(|_| ())
    }

    fn found(&self, answer: Option<Value>) -> Result<Value> {
        answer.ok_or_else(|| self.unexpected("HTTP status 404"))
    }

    /// The error for a response that the service does not document.
    pub(super) fn unexpected(&self, what: &str) -> Error {
        Error::system(format!("{} does not answer as documented: {what}", self.product))
    }

    /// The JSON of a response; `None` for 404.
    fn ask(&self, method: &'static str, path: &str, body: Option<&Value>) -> Result<Option<Value>> {
        let body = body.map(Value::to_string);
        let reply = send(&Call {
            method,
            url: &format!("{}{path}", self.base),
            headers: vec![("Authorization", Zeroizing::new(format!("Bearer {}", self.key.as_str())))],
            body: body.as_deref(),
            patience: PATIENCE,
        });
        let product = self.product;
        let reply = reply.map_err(|failure| Error::system(format!("{product} {failure}")))?;
        match reply.status {
            200..=299 => reply.json().map(Some).ok_or_else(|| self.unexpected("its response is not JSON")),
            404 => Ok(None),
            401 => Err(Error::usage(format!(
                "{product} refuses the admin key: it is unknown, revoked or expired (HTTP status 401)"
            ))
            .hint("store another one with `takk provision admin set`")),
            403 => Err(Error::usage(format!("{product} knows the admin key, but it may not manage keys (HTTP status 403)"))
                .hint("use an admin key, not one with which programs use the service")),
            429 => Err(Error::system(format!("{product} limits the admin key (HTTP status 429)")).hint("try again later")),
            status => Err(self.unexpected(&format!("HTTP status {status}"))),
        }
    }
}

/// The text at a key of an object.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

/// The objects in the list at a key.
pub(super) fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
