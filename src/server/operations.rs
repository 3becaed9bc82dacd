//! What keeps the server running asks: is it there, can it work, how much does it do.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::problem::Refused;
use crate::ops::hosted::{Hosted, Refusal};

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers too.
pub(super) async fn readyz(State(app): State<App>) -> Result<&'static str, Refused> {
    app.work(Hosted::ready).await?;
    Ok("ok\n")
}

/// `GET /metrics`, as Prometheus reads it.
pub(super) async fn metrics(State(app): State<App>) -> Response {
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], app.metrics().text()).into_response()
}

/// Every address that is none.
pub(super) async fn nothing_here() -> Refused {
    Refusal::not_found("there is nothing at this address").hint("/api/v1/openapi.json lists what there is").into()
}
