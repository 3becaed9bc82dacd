//! `/api/v1/projects/{project}/environments/{environment}/manifest` and `.../plan`

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::de::IgnoredAny;

use super::address::InEnvironment;
use super::tag::{tagged, tagged_json};
use crate::access::{Access, Names, Values};
use crate::app::App;
use crate::body::Sent;
use crate::hosted::manifests;
use crate::problem::Refused;
use takk_api::{ManifestKept, StoredPlan};

/// Store the manifest of an environment: the JSON of `takk inspect`
///
/// Creates the environment if it does not exist. Sending the same manifest again changes nothing. The server drops the defaults of secrets.
#[utoipa::path(
    put, path = "/api/v1/projects/{project}/environments/{environment}/manifest", tag = "environments", security(("token" = [])),
    params(InEnvironment), request_body(content = serde_json::Value, content_type = "application/json"),
    responses((status = 200, body = ManifestKept)),
)]
pub(crate) async fn put(
    access: Access<Values>,
    State(app): State<App>,
    body: Sent<IgnoredAny>,
) -> Result<Json<ManifestKept>, Refused> {
    let visit = access.visit;
    let person = visit.caller.user.id;
    let declaration = app.slowly(person, move |_| manifests::read(&body.bytes)).await?;
    let stored = visit.clone();
    let changed = app.work(move |hosted| manifests::store(hosted, &stored, &declaration)).await?;
    app.slowly(person, move |hosted| manifests::kept(hosted, &visit, changed)).await.map(Json)
}

/// Get the most recent manifest of an environment
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/manifest", tag = "environments", security(("token" = [])),
    params(InEnvironment),
    responses((status = 200, body = serde_json::Value), (status = 304, description = "Not modified")),
)]
pub(crate) async fn show(access: Access<Names>, State(app): State<App>, headers: HeaderMap) -> Result<Response, Refused> {
    let person = access.visit.caller.user.id;
    let (text, tag) = app.slowly(person, move |hosted| manifests::text(hosted, &access.visit)).await?;
    Ok(tagged_json(&headers, &tag, text))
}

/// Get the plan of an environment: what the code needs, and what is set; names and states, no values
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/plan", tag = "environments", security(("token" = [])),
    params(InEnvironment), responses((status = 200, body = StoredPlan), (status = 304, description = "Not modified")),
)]
pub(crate) async fn plan(access: Access<Names>, State(app): State<App>, headers: HeaderMap) -> Result<Response, Refused> {
    let answer = app.slowly(access.visit.caller.user.id, move |hosted| {
        let needed = manifests::known(hosted, &access.visit)?;
        Ok(tagged(&headers, &needed.tag, || manifests::stored_plan(&needed)))
    });
    answer.await
}
