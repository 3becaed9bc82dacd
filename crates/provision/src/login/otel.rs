//! OpenTelemetry's protocol over HTTP, without credentials: an export of no traces.

use std::time::Instant;

use super::http::Http;
use super::words::other;
use super::{Accepted, Answer, Login};

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let http = Http::new(login, login.port, deadline);
    let page = http.send("POST", "/v1/traces", &[("content-type", "application/json")], b"{}")?.done(login)?;
    // An `ExportTraceServiceResponse`, which may be empty. Another server may respond to every path.
    let is_response = page.body.is_empty() || page.json().is_some_and(|json| json.is_object());
    if is_response { Ok(Accepted { version: None }) } else { Err(other(login, "it responded with", &page.body)) }
}
