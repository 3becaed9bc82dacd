//! `/api/v1/login/device`: a program without a browser gets a token once a person confirms (after RFC 8628).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::access::{Beginner, Signed, Stranger};
use crate::app::App;
use crate::body::Sent;
use crate::hosted::login::{self, Polled};
use crate::problem::Refused;
use takk_api::{Approval, DeviceCode, DeviceLogin, DevicePoll, DeviceToken, Pending, Problem};

/// Request a token that a person authorizes in a browser
#[utoipa::path(
    post, path = "/api/v1/login/device", tag = "people", request_body = DeviceLogin,
    responses((status = 200, body = DeviceCode), (status = 429, body = Problem, content_type = "application/problem+json")),
)]
pub(crate) async fn begin(_: Beginner, State(app): State<App>, body: Sent<DeviceLogin>) -> Result<Json<DeviceCode>, Refused> {
    let url = app.public_url().to_owned();
    app.work_of_stranger(move |hosted| login::begin(hosted, &body.value.name, &url)).await.map(Json)
}

/// Poll until somebody authorizes the login; only one response contains the token
#[utoipa::path(
    post, path = "/api/v1/login/device/poll", tag = "people", request_body = DevicePoll,
    responses((status = 200, body = DeviceToken), (status = 202, description = "Not authorized yet", body = Pending),
        (status = 404, description = "The login is unknown or has expired", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json")),
)]
pub(crate) async fn poll(_: Stranger, State(app): State<App>, body: Sent<DevicePoll>) -> Result<Response, Refused> {
    let polled = app.work_of_stranger(move |hosted| login::poll(hosted, &body.value.poll_secret)).await?;
    Ok(match polled {
        Polled::Pending(pending) => (StatusCode::ACCEPTED, Json(pending)).into_response(),
        Polled::Token(token) => Json(token).into_response(),
    })
}

/// Authorize the program that shows a code to act for the caller
#[utoipa::path(
    post, path = "/api/v1/login/device/approve", tag = "people", security(("token" = [])), request_body = Approval,

    responses((status = 204, description = "Authorized; the program gets its token"),
        (status = 404, description = "The code is unknown or has expired", body = Problem, content_type = "application/problem+json")),
)]
pub(crate) async fn approve(
    Signed(caller): Signed,
    State(app): State<App>,
    body: Sent<Approval>,
) -> Result<StatusCode, Refused> {
    app.work(move |hosted| login::approve(hosted, &caller, &body.value.code)).await?;
    Ok(StatusCode::NO_CONTENT)
}
