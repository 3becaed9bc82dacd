//! `/api/v1/projects/{project}/environments/{environment}/secrets`

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::address::{At, InEnvironment, Named};
use super::tag::tagged;
use crate::access::{Access, ForQueue, Names, Values};
use crate::app::App;
use crate::hosted::{secrets, versions};
use crate::problem::Refused;
use takk_api::{SecretList, Version};

/// List the names of an environment with their metadata, without values
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/secrets", tag = "secrets", security(("token" = [])),
    params(InEnvironment), responses((status = 200, body = SecretList), (status = 304, description = "Not modified")),
)]
pub(crate) async fn list(access: Access<Names>, State(app): State<App>, headers: HeaderMap) -> Result<Response, Refused> {
    let (list, tag) = app.work(move |hosted| secrets::list(hosted, &access.visit)).await?;
    Ok(tagged(&headers, &tag, || list))
}

/// Get the current version of a name, with its value
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/secrets/{name}", tag = "secrets", security(("token" = [])),
    params(InEnvironment, Named), responses((status = 200, body = Version)),
)]
pub(crate) async fn current(
    write_queue: ForQueue<Values>,
    State(app): State<App>,
    At(address): At<Named>,
) -> Result<Json<Version>, Refused> {
    let given = write_queue.ask(&app, |visitor| versions::asked(visitor, &address.name, None)).await?;
    Ok(Json(versions::one(given)?))
}
