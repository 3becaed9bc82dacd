//! `/api/v1/projects/{project}/environments/{environment}/changes`

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use super::address::InEnvironment;
use crate::access::{ForQueue, Values};
use crate::app::App;
use crate::body::Sent;
use crate::hosted::{Refusal, changes};
use crate::problem::Refused;
use takk_api::{Changed, Changes, Problem};

/// Change values, all or none; creates the environment if it does not exist
#[utoipa::path(
    post, path = "/api/v1/projects/{project}/environments/{environment}/changes", tag = "secrets", security(("token" = [])),
    params(
        InEnvironment,
        ("Idempotency-Key" = Option<String>, Header, description = "A request with the same key and the same body within a day changes \
         nothing a second time, and gets the same answer", min_length = 1, max_length = 200, pattern = "^[A-Za-z0-9._:-]+$"),
    ),
    request_body = Changes,
    responses(
        (status = 200, body = Changed),
        (status = 409, description = "The current version is not the expected one", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The key was used with a different body", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn apply(
    write_queue: ForQueue<Values>,
    State(app): State<App>,
    headers: HeaderMap,
    body: Sent<Changes>,
) -> Result<Json<Changed>, Refused> {
    let key = idempotency_key(&headers)?;
    let given = write_queue.ask(&app, |visitor| changes::asked(visitor, key, &body.bytes, body.value)).await?;
    Ok(Json(changes::done(given)?))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let is_plain = |key: &&str| {
        !key.is_empty() && key.len() <= 200 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
    };
    let key = key.to_str().ok().filter(is_plain);
    let invalid = || Refusal::invalid("an `Idempotency-Key` must be 1 to 200 letters, digits, `.`, `_`, `:` or `-`");
    key.map(|key| Some(key.to_owned())).ok_or_else(invalid)
}
