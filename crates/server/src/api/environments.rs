//! `/api/v1/projects/{project}/environments`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::address::{InEnvironment, InProject, PageQuery};
use super::tag::tagged;
use crate::access::{Access, Names, Ownership, Values};
use crate::app::App;
use crate::body::{Parameters, Sent};
use crate::hosted::environments;
use crate::problem::Refused;
use takk_api::{EnvironmentInfo, NewEnvironment, Page};

/// List the environments of a project, sorted by name
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments", tag = "environments", security(("token" = [])),
    params(InProject, PageQuery), responses((status = 200, body = Page<EnvironmentInfo>)),
)]
pub(crate) async fn list(
    access: Access<Names>,
    State(app): State<App>,
    Parameters(page): Parameters<PageQuery>,
) -> Result<Json<Page<EnvironmentInfo>>, Refused> {
    app.work(move |hosted| environments::list(hosted, &access.visit, &page.into())).await.map(Json)
}

/// Get an environment
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/environments/{environment}", tag = "environments", security(("token" = [])),
    params(InEnvironment), responses((status = 200, body = EnvironmentInfo), (status = 304, description = "Not modified")),
)]
pub(crate) async fn one(access: Access<Names>, State(app): State<App>, headers: HeaderMap) -> Result<Response, Refused> {
    let (info, tag) = app.work(move |hosted| environments::one(hosted, &access.visit)).await?;
    Ok(tagged(&headers, &tag, || info))
}

/// Create an environment with its first values, all or none
#[utoipa::path(
    put, path = "/api/v1/projects/{project}/environments/{environment}", tag = "environments", security(("token" = [])),
    params(InEnvironment), request_body = NewEnvironment,
    responses(
        (status = 201, body = EnvironmentInfo),
        (status = 409, description = "It already exists", body = takk_api::Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn create(
    access: Access<Values>,
    State(app): State<App>,
    body: Sent<NewEnvironment>,
) -> Result<(StatusCode, Json<EnvironmentInfo>), Refused> {
    app.write_queue().ask(environments::new((&access.visit).into(), body.value)?).await?;
    let (info, _) = app.work(move |hosted| environments::one(hosted, &access.visit)).await?;
    Ok((StatusCode::CREATED, Json(info)))
}

/// Delete an environment and destroy its key, and with it all of its values
#[utoipa::path(
    delete, path = "/api/v1/projects/{project}/environments/{environment}", tag = "environments", security(("token" = [])),
    params(InEnvironment), responses((status = 204, description = "The environment is deleted")),
)]
pub(crate) async fn delete(access: Access<Ownership>, State(app): State<App>) -> Result<StatusCode, Refused> {
    app.write_queue().ask(environments::end((&access.visit).into())).await?;
    Ok(StatusCode::NO_CONTENT)
}
