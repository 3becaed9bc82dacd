//! `/api/v1/projects/{project}/production`

use axum::Json;
use axum::extract::State;

use super::address::InProject;
use crate::ops::hosted::production;
use crate::server::access::{Access, Names, Ownership};
use crate::server::app::App;
use crate::server::body::Sent;
use crate::server::problem::Refused;
use crate::wire::Production;

/// Which environments of a project are production
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/production", tag = "environments", security(("token" = [])), params(InProject),
    responses((status = 200, body = Production)),
)]
pub async fn list(access: Access<Names>, State(app): State<App>) -> Result<Json<Production>, Refused> {
    app.work(move |hosted| production::list(hosted, &access.visit)).await.map(Json)
}

/// Name the environments that are production, instead of those that were; `prod` is one in any case
#[utoipa::path(
    put, path = "/api/v1/projects/{project}/production", tag = "environments", security(("token" = [])), params(InProject),
    request_body = Production, responses((status = 200, body = Production)),
)]
pub async fn put(
    access: Access<Ownership>,
    State(app): State<App>,
    body: Sent<Production>,
) -> Result<Json<Production>, Refused> {
    app.work(move |hosted| production::name(hosted, &access.visit, body.value)).await.map(Json)
}
