//! `/api/v1/projects/{project}/invitations`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::address::{At, InProject, Numbered, NumberedPageQuery};
use crate::access::{Access, People};
use crate::app::App;
use crate::body::{Parameters, Sent};
use crate::hosted::invitations;
use crate::problem::Refused;
use takk_api::{InvitationInfo, MadeInvitation, NewInvitation, Page};

/// List unused invitations, oldest first
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/invitations", tag = "people", security(("token" = [])),
    params(InProject, NumberedPageQuery), responses((status = 200, body = Page<InvitationInfo>)),
)]
pub(crate) async fn list(
    access: Access<People>,
    State(app): State<App>,
    Parameters(page): Parameters<NumberedPageQuery>,
) -> Result<Json<Page<InvitationInfo>>, Refused> {
    app.work(move |hosted| invitations::list(hosted, &access.visit, &page.into())).await.map(Json)
}

/// Invite one person to a project; only this response contains the link
#[utoipa::path(
    post, path = "/api/v1/projects/{project}/invitations", tag = "people", security(("token" = [])), params(InProject),
    request_body = NewInvitation, responses((status = 201, body = MadeInvitation)),
)]
pub(crate) async fn create(
    access: Access<People>,
    State(app): State<App>,
    body: Sent<NewInvitation>,
) -> Result<(StatusCode, Json<MadeInvitation>), Refused> {
    let url = app.public_url().to_owned();
    let made = app.work(move |hosted| invitations::create(hosted, &access.visit, body.value, &url)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revoke an invitation; its link stops working
#[utoipa::path(
    delete, path = "/api/v1/projects/{project}/invitations/{id}", tag = "people", security(("token" = [])),
    params(InProject, Numbered), responses((status = 204, description = "Revoked")),
)]
pub(crate) async fn revoke(
    access: Access<People>,
    State(app): State<App>,
    At(address): At<Numbered>,
) -> Result<StatusCode, Refused> {
    app.work(move |hosted| invitations::revoke(hosted, &access.visit, address.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
