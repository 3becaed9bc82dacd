//! The login of a program to its cluster, with the stored credentials and over TLS if its URL says so.

use serde_json::Value;

use super::super::http::Failure;
use super::ENDPOINT;
use super::api::{Api, Refusal};
use crate::ledger::Entry;
use crate::login::{Accepted, NotReady};

/// Logs in once, and asks for the version.
pub(super) fn log_in(entry: &Entry) -> Result<Accepted, NotReady> {
    let credential = |name: &str| entry.credentials.get(name).cloned().unwrap_or_default();
    let roots = entry.ssl_roots.as_deref();
    let api = Api::new(&credential(ENDPOINT), roots, &credential("username"), &credential("password"));
    let api = api.map_err(|error| NotReady::OtherServer(error.to_string()))?;
    let page = api.get("/").map_err(not_ready)?.unwrap_or_default();
    Ok(Accepted { version: page.pointer("/version/number").and_then(Value::as_str).map(str::to_owned) })
}

fn not_ready(refusal: Refusal) -> NotReady {
    match refusal {
        Refusal::Login(said) | Refusal::Rights(said) => NotReady::Refused(said),
        Refusal::Said { status: 503, message } => NotReady::Starting(message),
        Refusal::Said { message, .. } => NotReady::OtherServer(message),
        Refusal::Failed(Failure::NoAnswer(why)) => NotReady::NoAnswer(why),
        Refusal::Failed(Failure::Untrusted(why) | Failure::Other(why)) => NotReady::OtherServer(why),
    }
}
