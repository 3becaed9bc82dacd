//! Requests to Vault and OpenBao, and the meaning of responses without values.

use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::deadline::Deadline;
use crate::error::{Error, Result, shown};
use crate::http::{Answer, Http, Question};
use crate::text::SecretText;

/// A client for one server and namespace.
pub(super) struct Wire {
    http: Http,
    /// `https://vault.example/v1/`
    base: String,
    namespace: Option<String>,
}

/// The message of an error response, in a form that can be shown.
pub(super) struct Problem {
    pub text: String,
    pub is_json: bool,
}

impl Problem {
    pub(super) fn has(&self, part: &str) -> bool {
        self.text.contains(part)
    }
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<String>,
}

impl Wire {
    pub(super) fn new(http: Http, url: &str, namespace: Option<String>) -> Self {
        let base = format!("{}/v1/", url.trim_end_matches('/'));
        let namespace =
            namespace.map(|namespace| namespace.trim_matches('/').to_owned()).filter(|namespace| !namespace.is_empty());
        Self { http, base, namespace }
    }

    pub(super) fn place(&self) -> &str {
        self.http.place()
    }

    pub(super) fn get(&self, path: &str, token: &SecretText, deadline: Deadline) -> Result<Answer> {
        self.send("GET", path, Some(token), None, deadline)
    }

    pub(super) fn post(&self, path: &str, token: Option<&SecretText>, body: &Value, deadline: Deadline) -> Result<Answer> {
        let body = Zeroizing::new(body.to_string());
        self.send("POST", path, token, Some(body.as_bytes()), deadline)
    }

    fn send(
        &self,
        method: &'static str,
        path: &str,
        token: Option<&SecretText>,
        body: Option<&[u8]>,
        deadline: Deadline,
    ) -> Result<Answer> {
        // The second header says that the request is not from a page in a browser. Some proxies and agents require it.
        let mut headers = vec![("Accept", "application/json"), ("X-Vault-Request", "true")];
        headers.extend(token.map(|token| ("X-Vault-Token", token.expose())));
        headers.extend(self.namespace.as_deref().map(|namespace| ("X-Vault-Namespace", namespace)));
        if body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        let url = format!("{}{path}", self.base);
        self.http.send(&Question { method, url: &url, headers: &headers, body }, deadline)
    }

    /// The message of an error response. `secrets` are those that were sent.
    pub(super) fn problem(&self, answer: &Answer, secrets: &[&str]) -> Problem {
        match serde_json::from_slice::<Errors>(&answer.body) {
            Ok(Errors { errors }) => {
                let text = errors.join("; ").replace("1 error occurred:", "").replace("* ", "");
                Problem { text: shown(&text, secrets), is_json: true }
            }
            Err(_) => Problem { text: format!("status {}", answer.status), is_json: false },
        }
    }

    /// The error for a response that concerns the server rather than the request. `what` describes the operation and the
    /// identity.
    pub(super) fn other(&self, answer: &Answer, what: &str, problem: &Problem) -> Error {
        match answer.status {
            300..=399 => {
                let to = shown(answer.location.as_deref().unwrap_or("another URL"), &[]);
                Error::config(format!("{what}: it redirects to {to}, but takk does not send the token there"))
                    .hint("set VAULT_ADDR to the URL of the active server or of its load balancer")
            }
            404 if problem.has("namespace not found") => {
                let namespace = self.namespace.as_deref().unwrap_or_default();
                Error::config(format!("{what}: there is no namespace `{namespace}`"))
                    .hint("correct VAULT_NAMESPACE or `namespace`")
            }
            503 if problem.has("sealed") => {
                Error::transient(format!("{what}: the server is sealed")).hint("ask its operators to unseal it")
            }
            412 | 429 | 500.. => {
                Error::transient(format!("{what}: {}", problem.text)).retry_after(answer.retry_after).hint("try again later")
            }
            _ if !problem.is_json => {
                Error::config(format!("{what}: the response is not from Vault or OpenBao (status {})", answer.status))
                    .hint("check the URL: it must be that of the server, without a path")
            }
            _ => Error::config(format!("{what}: {}", problem.text)),
        }
    }
}
