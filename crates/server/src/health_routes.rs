//! Health checks and metrics: whether the server responds, whether it is ready, and how much it does.

use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::problem::Refused;
use crate::hosted::Refusal;

/// `GET /healthz`: whether the process responds.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: whether the store responds, too.
pub(super) async fn readyz(State(app): State<App>) -> Result<&'static str, Refused> {
    app.ready().await?;
    Ok("ok\n")
}

/// `GET /metrics`, in the format of Prometheus.
pub(super) async fn metrics(State(app): State<App>) -> Response {
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], app.metrics().text()).into_response()
}

/// The response for unknown paths: a page for browsers, a problem document for programs.
pub(super) fn nothing_here(headers: &HeaderMap, uri: &Uri, page: fn(Refusal) -> Response) -> Response {
    let refusal = Refusal::not_found("there is no page or endpoint at this path");
    let is_browser = headers.get(ACCEPT).and_then(|kinds| kinds.to_str().ok()).is_some_and(|kinds| kinds.contains("text/html"));
    if is_browser && !uri.path().starts_with("/api/") {
        return page(refusal);
    }
    Refused(refusal.hint("see /api/v1/openapi.json for the endpoints")).into_response()
}
