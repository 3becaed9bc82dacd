//! `/api/v1/projects/{project}/service-tokens`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::address::{At, InProject, Numbered, NumberedPageQuery};
use crate::access::{Access, People};
use crate::app::App;
use crate::body::{Parameters, Sent};
use crate::hosted::service_tokens;
use crate::problem::Refused;
use takk_api::{MadeServiceToken, NewServiceToken, Page, Problem, ServiceToken};

/// List the tokens of the project's service accounts, oldest first
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/service-tokens", tag = "people", security(("token" = [])),
    params(InProject, NumberedPageQuery), responses((status = 200, body = Page<ServiceToken>)),
)]
pub(crate) async fn list(
    access: Access<People>,
    State(app): State<App>,
    Parameters(page): Parameters<NumberedPageQuery>,
) -> Result<Json<Page<ServiceToken>>, Refused> {
    app.work(move |hosted| service_tokens::list(hosted, &access.visit, &page.into())).await.map(Json)
}

/// Create a token for a program; it belongs to the project, and only this response contains it
#[utoipa::path(
    post, path = "/api/v1/projects/{project}/service-tokens", tag = "people", security(("token" = [])), params(InProject),
    request_body = NewServiceToken,
    responses(
        (status = 201, body = MadeServiceToken),
        (status = 409, description = "A user with that name already exists", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn create(
    access: Access<People>,
    State(app): State<App>,
    body: Sent<NewServiceToken>,
) -> Result<(StatusCode, Json<MadeServiceToken>), Refused> {
    let made = app.work(move |hosted| service_tokens::create(hosted, &access.visit, body.value)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revoke a token of a service account
#[utoipa::path(
    delete, path = "/api/v1/projects/{project}/service-tokens/{id}", tag = "people", security(("token" = [])),
    params(InProject, Numbered), responses((status = 204, description = "Revoked")),
)]
pub(crate) async fn revoke(
    access: Access<People>,
    State(app): State<App>,
    At(address): At<Numbered>,
) -> Result<StatusCode, Refused> {
    app.work(move |hosted| service_tokens::revoke(hosted, &access.visit, address.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
