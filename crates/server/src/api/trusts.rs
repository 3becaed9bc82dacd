//! `/api/v1/projects/{project}/trusts`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::address::{At, InProject, Numbered, NumberedPageQuery};
use crate::access::{Access, People};
use crate::app::App;
use crate::body::{Parameters, Sent};
use crate::hosted::trusts;
use crate::problem::Refused;
use takk_api::{NewTrust, Page, Problem, TrustInfo};

/// List the trusts for programs without a takk token, such as CI jobs
#[utoipa::path(
    get, path = "/api/v1/projects/{project}/trusts", tag = "people", security(("token" = [])),
    params(InProject, NumberedPageQuery), responses((status = 200, body = Page<TrustInfo>)),
)]
pub(crate) async fn list(
    access: Access<People>,
    State(app): State<App>,
    Parameters(page): Parameters<NumberedPageQuery>,
) -> Result<Json<Page<TrustInfo>>, Refused> {
    app.work(move |hosted| trusts::list(hosted, &access.visit, &page.into())).await.map(Json)
}

/// Trust programs by their identity tokens, such as the CI jobs of a repository
#[utoipa::path(
    post, path = "/api/v1/projects/{project}/trusts", tag = "people", security(("token" = [])), params(InProject),
    request_body = NewTrust,
    responses(
        (status = 201, body = TrustInfo),
        (status = 409, description = "A user with that name already exists", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn create(
    access: Access<People>,
    State(app): State<App>,
    body: Sent<NewTrust>,
) -> Result<(StatusCode, Json<TrustInfo>), Refused> {
    let issuers = app.ci_issuers().to_vec();
    let made = app.work(move |hosted| trusts::create(hosted, &access.visit, body.value, &issuers)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Delete a trust and revoke every token of its programs
#[utoipa::path(
    delete, path = "/api/v1/projects/{project}/trusts/{id}", tag = "people", security(("token" = [])),
    params(InProject, Numbered), responses((status = 204, description = "The trust is deleted")),
)]
pub(crate) async fn remove(
    access: Access<People>,
    State(app): State<App>,
    At(address): At<Numbered>,
) -> Result<StatusCode, Refused> {
    app.work(move |hosted| trusts::remove(hosted, &access.visit, address.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
