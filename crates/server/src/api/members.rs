//! `/api/v1/projects/{project}/members`

use axum::Json;
use axum::extract::State;

use super::address::{At, InProject, OfUser, PageQuery};
use crate::access::{Access, People, Project};
use crate::app::App;
use crate::body::{Parameters, Sent};
use crate::hosted::members;
use crate::problem::Refused;
use takk_api::{ChangedMember, Ended, Member, NewMember, Page, Problem};

/// List the members of a project, sorted by name
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/members", tag = "people", security(("token" = [])), params(InProject, PageQuery),
    responses((status = 200, body = Page<Member>)),
)]
pub(crate) async fn list(
    access: Access<Project>,
    State(app): State<App>,
    Parameters(page): Parameters<PageQuery>,
) -> Result<Json<Page<Member>>, Refused> {
    app.work(move |hosted| members::list(hosted, &access.visit, &page.into())).await.map(Json)
}

/// Give a user a role in a project; creates the user if they do not exist
///
/// A lower role revokes whatever they created for others that exceeds it: tokens, invitations, and trusts for programs.
#[utoipa::path(
    put, path = "/api/v1/projects/{project}/members/{user}", tag = "people", security(("token" = [])),
    params(InProject, OfUser), request_body = NewMember,
    responses(
        (status = 200, body = ChangedMember),
        (status = 409, description = "A project must keep at least one owner", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn put(
    access: Access<People>,
    State(app): State<App>,
    At(address): At<OfUser>,
    body: Sent<NewMember>,
) -> Result<Json<ChangedMember>, Refused> {
    app.work(move |hosted| members::put(hosted, &access.visit, &address.user, &body.value)).await.map(Json)
}

/// Remove a user from a project, and revoke what they created for others there
#[utoipa::path(
    delete, path = "/api/v1/projects/{project}/members/{user}", tag = "people", security(("token" = [])),
    params(InProject, OfUser),
    responses(
        (status = 200, body = Ended),
        (status = 409, description = "A project must keep at least one owner", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn remove(
    access: Access<People>,
    State(app): State<App>,
    At(address): At<OfUser>,
) -> Result<Json<Ended>, Refused> {
    app.work(move |hosted| members::remove(hosted, &access.visit, &address.user)).await.map(Json)
}
