//! `/api/v1/projects`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::address::{At, InProject, PageQuery};
use crate::access::Signed;
use crate::app::App;
use crate::body::Parameters;
use crate::hosted::projects;
use crate::problem::Refused;
use takk_api::{Page, ProjectInfo};

/// List the projects in which the caller has a role, sorted by name
#[utoipa::path(
    get, path = "/api/v1/projects", tag = "projects", security(("token" = [])), params(PageQuery),
    responses((status = 200, body = Page<ProjectInfo>)),
)]
pub(crate) async fn list(
    Signed(caller): Signed,
    State(app): State<App>,
    Parameters(page): Parameters<PageQuery>,
) -> Result<Json<Page<ProjectInfo>>, Refused> {
    app.work(move |hosted| projects::list(hosted, &caller, &page.into())).await.map(Json)
}

/// Create a project; the caller becomes its owner
///
/// If the project already exists, returns it to callers who have a role in it.
#[utoipa::path(
    put, path = "/api/v1/projects/{project}", tag = "projects", security(("token" = [])), params(InProject),
    responses((status = 201, body = ProjectInfo), (status = 200, body = ProjectInfo)),
)]
pub(crate) async fn put(
    Signed(caller): Signed,
    State(app): State<App>,
    At(address): At<InProject>,
) -> Result<(StatusCode, Json<ProjectInfo>), Refused> {
    let (project, is_new) = app.work(move |hosted| projects::put(hosted, &caller, &address.project)).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(project)))
}
