//! `/api/v1/projects/{project}/environments/{environment}/secrets/{name}/versions`

use axum::Json;
use axum::extract::State;

use super::address::{At, InEnvironment, Named, Versioned};
use crate::access::{Access, ForQueue, Names, Values};
use crate::app::App;
use crate::hosted::versions;
use crate::problem::Refused;
use takk_api::{Version, VersionList};

/// List the versions of a name, newest first, without values
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/secrets/{name}/versions", tag = "secrets",
    security(("token" = [])), params(InEnvironment, Named), responses((status = 200, body = VersionList)),
)]
pub(crate) async fn list(
    access: Access<Names>,
    State(app): State<App>,
    At(address): At<Named>,
) -> Result<Json<VersionList>, Refused> {
    app.work(move |hosted| versions::list(hosted, &access.visit, &address.name)).await.map(Json)
}

/// Get a version of a name, with its value
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}/secrets/{name}/versions/{version}", tag = "secrets",
    security(("token" = [])), params(InEnvironment, Versioned), responses((status = 200, body = Version)),
)]
pub(crate) async fn one(
    write_queue: ForQueue<Values>,
    State(app): State<App>,
    At(address): At<Versioned>,
) -> Result<Json<Version>, Refused> {
    let given = write_queue.ask(&app, |visitor| versions::asked(visitor, &address.name, Some(address.version))).await?;
    Ok(Json(versions::one(given)?))
}
