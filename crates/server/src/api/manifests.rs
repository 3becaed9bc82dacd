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

/// Store what the code needs in an environment: the JSON of `takk inspect`
///
/// An environment that is not there is made. The same manifest a second time changes nothing. What secrets default to is left out.
#[utoipa::path(
    put, path = "/api/v1/projects/{project}/environments/{environment}/manifest", tag = "environments", security(("token" = [])),
    params(InEnvironment), request_body(content = serde_json::Value, content_type = "application/json"),
    responses((status = 200, body = ManifestKept)),
)]
pub async fn put(
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

/// What the code needs in an environment, as it was stored last
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/manifest", tag = "environments", security(("token" = [])),
    params(InEnvironment),
    responses((status = 200, body = serde_json::Value), (status = 304, description = "It is what the caller has")),
)]
pub async fn show(access: Access<Names>, State(app): State<App>, headers: HeaderMap) -> Result<Response, Refused> {
    let person = access.visit.caller.user.id;
    let (text, tag) = app.slowly(person, move |hosted| manifests::text(hosted, &access.visit)).await?;
    Ok(tagged_json(&headers, &tag, text))
}

/// What the code needs in an environment, and what of it is there: names and states, no values
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/plan", tag = "environments", security(("token" = [])),
    params(InEnvironment), responses((status = 200, body = StoredPlan), (status = 304, description = "It is what the caller has")),
)]
pub async fn plan(access: Access<Names>, State(app): State<App>, headers: HeaderMap) -> Result<Response, Refused> {
    let answer = app.slowly(access.visit.caller.user.id, move |hosted| {
        let needed = manifests::known(hosted, &access.visit)?;
        Ok(tagged(&headers, &needed.tag, || manifests::stored_plan(&needed)))
    });
    answer.await
}
