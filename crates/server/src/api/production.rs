//! `/api/v1/projects/{project}/production`

use axum::Json;
use axum::extract::State;

use super::address::InProject;
use crate::access::{Access, People, Project};
use crate::app::App;
use crate::body::Sent;
use crate::hosted::production;
use crate::problem::Refused;
use takk_api::Production;

/// Get which environments of a project are declared as production, and which are not
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/production", tag = "environments", security(("token" = [])), params(InProject),
    responses((status = 200, body = Production)),
)]
pub(crate) async fn list(access: Access<Project>, State(app): State<App>) -> Result<Json<Production>, Refused> {
    app.work(move |hosted| production::list(hosted, &access.visit)).await.map(Json)
}

/// Declare which environments are production and which are not; replaces earlier declarations
///
/// `prod` is always production; `dev`, `test`, `qa` and `preview/...` are not unless declared; all others are unless declared
/// otherwise.
#[utoipa::path(
    put, path = "/api/v1/projects/{project}/production", tag = "environments", security(("token" = [])), params(InProject),
    request_body = Production, responses((status = 200, body = Production)),
)]
pub(crate) async fn put(
    access: Access<People>,
    State(app): State<App>,
    body: Sent<Production>,
) -> Result<Json<Production>, Refused> {
    app.work(move |hosted| production::name(hosted, &access.visit, body.value)).await.map(Json)
}
